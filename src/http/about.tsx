/** What the API says about itself: its description, and what can go wrong. */
import { z } from 'zod';
import { problem } from '../problem.ts';
import { translator } from '../ui/locales.ts';
import { raw, read, type Endpoint } from './endpoint.ts';
import { messageOf } from './failure.tsx';
import { describeApi } from './openapi.ts';

const errors = read({
  path: '/errors',
  summary: 'Every failure that the API may answer with; each has a code that never changes its meaning.',
  for: 'anyone',
  scope: 'node',
  answer: z.object({
    problems: z.array(z.object({ code: z.string(), status: z.int(), retryable: z.boolean(), title: z.string() })),
  }),
  handle: async ({ locale }) => {
    const t = translator(locale);
    return {
      problems: Object.values(problem).map(({ code, status, retryable }) => ({
        code,
        status,
        retryable,
        // Details are known only when it happens.
        title: messageOf({ code, details: {} }, t).replace(/\{\w+\}/g, '…'),
      })),
    };
  },
  page: ({ problems }, { t }) => ({
    title: t('problems.title'),
    body: (
      <dl>
        {problems.map(({ code, status, retryable, title }) => (
          <>
            <dt id={code}>
              <code>{code}</code>
            </dt>
            <dd>
              {title}{' '}
              <small>
                {t('problems.status')} {status}. {t('problems.retryable')}:{' '}
                {retryable ? t('problems.yes') : t('problems.no')}.
              </small>
            </dd>
          </>
        ))}
      </dl>
    ),
  }),
});

export function aboutEndpoints(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const description = JSON.stringify(describeApi([...endpoints, errors]), null, 1);
  const api = raw({
    path: '/api/openapi.json',
    summary: 'This description.',
    for: 'anyone',
    scope: 'node',
    contentTypes: ['application/json'],
    handle: async () => ({ contentType: 'application/json', body: description, cache: 'shared' }),
  });
  return [errors, api];
}
