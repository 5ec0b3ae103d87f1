import { z } from 'zod';
import { actIdSchema } from '../../acts/payload.ts';
import { publicKeyPattern } from '../../acts/keys.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import { Actions, blankForm, Button } from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Code, Facts, Notice } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import { PasskeyForm } from '../people/passkey-form.tsx';
import { startAssertion } from '../people/passkeys.ts';
import { getOwnPrepared, stateByPasskey, stateByPersonKey } from './actions.ts';

const idParam = z.object({ id: actIdSchema });

const preparedAnswer = z.object({
  id: actIdSchema,
  type: z.string(),
  method: z.enum(['node', 'session', 'person-key', 'passkey']),
  /** The bytes that the identifier is the hash of, base64url. */
  payload: z.string(),
  expiresAt: z.iso.datetime(),
  /** For `navigator.credentials.get`; null when the act waits for a person's key instead. */
  request: z.record(z.string(), z.unknown()).nullable(),
});

const prepared = read({
  path: '/acts/prepared/:id',
  summary: 'An act whose payload is fixed and that waits for its person’s passkey or key',
  for: 'signed-in',
  params: idParam,
  answer: preparedAnswer,
  async handle(reading, { params }) {
    const found = await getOwnPrepared(reading, params.id);
    const { type, assurance } = found.payload;
    const request =
      assurance.method === 'passkey'
        ? { ...(await startAssertion(reading, found.account, { challenge: params.id })) }
        : null;
    return {
      id: params.id,
      type,
      method: assurance.method,
      payload: found.payloadBytes.toString('base64url'),
      expiresAt: found.expiresAt.toISOString(),
      request,
    };
  },
  page: preparedPage,
});

function preparedPage(answer: z.output<typeof preparedAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('network.prove-title'),
    body: (
      <>
        <p class="lead">{t('network.prove-lead')}</p>
        <Facts
          facts={[
            { label: t('network.prove-act'), value: <Code>{answer.type}</Code> },
            { label: t('network.identifier'), value: <Code>{answer.id}</Code> },
          ]}
        />
        {answer.request ? (
          <>
            <noscript>
              <Notice tone="warn">
                <p>{t('network.prove-no-script')}</p>
              </Notice>
            </noscript>
            <PasskeyForm
              view={view}
              kind="get"
              action={`/acts/prepared/${answer.id}/passkey`}
              options={{ request: answer.request }}
              form={blankForm()}
            >
              <Actions>
                <Button>{t('network.prove-passkey')}</Button>
              </Actions>
            </PasskeyForm>
          </>
        ) : (
          <>
            <p>{t('network.prove-key')}</p>
            <p>
              <Code>{`bin/reciproca sign ${answer.id} --key my-key.json --url <this node> --token-file token`}</Code>
            </p>
          </>
        )}
      </>
    ),
  };
}

const stated = z.object({ subject: z.string() });
const afterwards = ({ subject }: z.output<typeof stated>): string =>
  withNotice(`/agreements/${subject.slice(subject.lastIndexOf('/') + 1)}`, 'agreement.done-step');

const byPasskey = write({
  path: '/acts/prepared/:id/passkey',
  summary: 'States a prepared act with the passkey’s answer, whose challenge is the act’s id',
  for: 'signed-in',
  sessionOnly: true,
  params: idParam,
  body: z.object({ response: z.string().max(20_000) }),
  answer: stated,
  handle: async (work, { params, body }) => ({ subject: await stateByPasskey(work, params.id, body.response) }),
  then: afterwards,
});

const byKey = write({
  path: '/acts/prepared/:id/person-key',
  summary: 'States a prepared act with a signature by a person’s enrolled key',
  for: 'signed-in',
  params: idParam,
  body: z.object({ x: z.string().regex(publicKeyPattern), signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/) }),
  answer: stated,
  handle: async (work, { params, body }) => ({ subject: await stateByPersonKey(work, params.id, body) }),
  then: afterwards,
});

export const assuranceEndpoints: readonly Endpoint[] = [prepared, byPasskey, byKey];
