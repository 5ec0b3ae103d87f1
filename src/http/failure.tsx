import type { JSX } from 'hono/jsx/jsx-runtime';
import { Problem, problem, type FieldError } from '../problem.ts';
import { CsrfField, type Page } from '../ui/layout.tsx';
import { isMessageKey, type Translate } from '../ui/locales.ts';
import { whyOf } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import { inWords } from './field-errors.ts';

/** What left a handler as an exception, as a Problem. What nobody foresaw says nothing about itself to the outside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // PostgreSQL 57014 query_canceled: statement_timeout, set by the pipeline.
  if ((error as { code?: unknown } | null)?.code === '57014') return problem.busy({}, error);
  return problem.internal({}, error);
}

export function fieldsOf(refusal: Problem, t: Translate): readonly FieldError[] {
  const { fields } = refusal.details;
  return Array.isArray(fields) ? inWords(fields as readonly FieldError[], t) : [];
}

/** What was refused, and why where that has words. Details that are codes, lists or objects are for programs. */
export function messageOf(refusal: Pick<Problem, 'code' | 'details'>, t: Translate): string {
  const key = `problems.${refusal.code}`;
  if (!isMessageKey(key)) return refusal.code;
  const values = Object.entries(refusal.details).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  const { reason, needs } = refusal.details;
  const why = [reason, needs].flatMap((code) => (typeof code === 'string' ? (whyOf(t, code) ?? []) : []));
  return [t(key, Object.fromEntries(values) as Record<string, string | number>), ...why].join(' ');
}

/** RFC 9457. */
export function formatProblem(refusal: Problem, t: Translate, requestId: string): string {
  const fields = fieldsOf(refusal, t);
  return JSON.stringify({
    type: `/errors#${refusal.code}`,
    title: messageOf(refusal, t),
    status: refusal.status,
    code: refusal.code,
    details: fields.length > 0 ? { ...refusal.details, fields } : refusal.details,
    retryable: refusal.retryable,
    requestId,
  });
}

/** Headers that a status obliges to (RFC 9110, 10.2.3 and 11.6.1). */
export function headersOf(refusal: Problem, isApi: boolean): Readonly<Record<string, string>> {
  const { retryAfterSeconds } = refusal.details;
  if (typeof retryAfterSeconds === 'number') return { 'retry-after': String(retryAfterSeconds) };
  if (refusal.status === 503) return { 'retry-after': '5' };
  if (refusal.status === 413) return { connection: 'close' };
  return refusal.status === 401 && isApi ? { 'www-authenticate': 'Bearer realm="reciproca"' } : {};
}

/** What was typed into a form that has no page of its own to be shown on again. */
export interface Unsent {
  readonly action: string;
  readonly pairs: readonly (readonly [string, string])[];
}

export function problemPage(view: View, refusal: Problem, requestId: string, unsent: Unsent | undefined): Page {
  const { t } = view;
  const fields = fieldsOf(refusal, t);
  return {
    title: messageOf(refusal, t),
    body: (
      <>
        {fields.length > 0 ? (
          <ul>
            {fields.map(({ path, message }) => (
              <li>
                {path === '' ? null : (
                  <>
                    <code>{path}</code>:{' '}
                  </>
                )}
                {message}
              </li>
            ))}
          </ul>
        ) : null}
        {unsent ? <SendAgain view={view} refusal={refusal} unsent={unsent} /> : <p>{t('problems.nothing-changed')}</p>}
        <p>
          <a href={view.path}>{t('problems.back')}</a>
        </p>
        <p class="hint">
          {t('problems.request-id', { id: requestId })} <code>{refusal.code}</code>
        </p>
      </>
    ),
  };
}

/** Nothing typed is lost when a session ends or a node is busy in the middle of a long form. */
function SendAgain(props: { readonly view: View; readonly refusal: Problem; readonly unsent: Unsent }): JSX.Element {
  const { view, refusal, unsent } = props;
  return (
    <>
      {refusal.status === 401 ? (
        <p>
          <a href={`/sign-in?next=${encodeURIComponent(view.path)}`} target="_blank">
            {view.t('problems.sign-in-elsewhere')}
          </a>
        </p>
      ) : null}
      <p>{view.t('problems.kept')}</p>
      <form method="post" action={unsent.action}>
        <CsrfField view={view} />
        {unsent.pairs.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button class="primary">{view.t('problems.send-again')}</button>
      </form>
    </>
  );
}
