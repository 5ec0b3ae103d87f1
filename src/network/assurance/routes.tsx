import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { actIdSchema } from '../../acts/payload.ts';
import { publicKeyPattern } from '../../acts/keys.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import { Actions, blankForm, Button } from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Code, Facts, Notice } from '../../ui/parts.tsx';
import { translator } from '../../ui/locales.ts';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { PasskeyForm } from '../people/passkey-form.tsx';
import { startAssertion } from '../people/passkeys.ts';
import { actInWords, type ActInWords, type DescribeAct } from './act-words.ts';
import { getOwnPrepared, stateByPasskey, stateByPersonKey } from './actions.ts';
import { signingKeyEndpoints } from './key-pages.tsx';

const idParam = z.object({ id: actIdSchema });

const preparedAnswer = z.object({
  id: actIdSchema,
  type: z.string(),
  method: z.enum(['node', 'session', 'person-key', 'passkey']),
  words: actInWords.nullable(),
  /** The bytes that the identifier is the hash of, base64url. */
  payload: z.string(),
  expiresAt: z.iso.datetime(),
  /** For `navigator.credentials.get`; null when the act waits for a person's key instead. */
  request: z.record(z.string(), z.unknown()).nullable(),
  /** Of this node: where a person's key is used from. */
  address: z.string(),
});

const prepared = (describe: DescribeAct) =>
  read({
    path: '/acts/prepared/:id',
    summary: 'An act whose payload is fixed and that waits for its person’s passkey or key, in words and exactly',
    for: 'signed-in',
    params: idParam,
    answer: preparedAnswer,
    async handle(reading, { params }) {
      const { reader, house, locale } = reading;
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
        words: (await describe(reader, { t: translator(locale), locale }, found)) ?? null,
        payload: found.payloadBytes.toString('base64url'),
        expiresAt: found.expiresAt.toISOString(),
        request,
        address: house.config.publicUrl,
      };
    },
    page: preparedPage,
  });

function preparedPage(answer: z.output<typeof preparedAnswer>, view: View): Page {
  const { t } = view;
  const { words } = answer;
  return {
    title: t('network.prove-title'),
    body: (
      <>
        {words ? <p class="lead">{words.consent}</p> : null}
        <p>{t('network.prove-lead')}</p>
        {words ? <InWords view={view} words={words} /> : null}
        <details open={!words}>
          <summary>{t('network.prove-exactly')}</summary>
          <Facts
            facts={[
              { label: t('network.prove-act'), value: <Code>{answer.type}</Code> },
              { label: t('network.identifier'), value: <Code>{answer.id}</Code> },
            ]}
          />
        </details>
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
              <Code>{`bin/reciproca sign ${answer.id} --key my-key.json --url ${answer.address} --token-file token`}</Code>
            </p>
          </>
        )}
        <p>
          <a href="/account/signing-keys">{t('network.signing-keys')}</a>
        </p>
      </>
    ),
  };
}

function InWords({ view, words }: { readonly view: View; readonly words: ActInWords }): JSX.Element {
  const { t } = view;
  return (
    <>
      <Facts
        facts={[
          { label: t('network.prove-agreement'), value: <Name>{words.title}</Name> },
          ...(words.version === null ? [] : [{ label: t('network.prove-version-label'), value: words.version }]),
          { label: t('network.prove-party'), value: <Name>{words.party}</Name> },
        ]}
      />
      <h2>{t('network.prove-text')}</h2>
      {words.parts.map(({ heading, paragraphs, terms }) => (
        <section>
          <h3>{heading}</h3>
          {paragraphs.map((paragraph) => (
            <p>{paragraph}</p>
          ))}
          {terms.length > 0 ? (
            <ul>
              {terms.map((term) => (
                <li>{term}</li>
              ))}
            </ul>
          ) : null}
        </section>
      ))}
    </>
  );
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

export const assuranceEndpoints = (describe: DescribeAct): readonly Endpoint[] => [
  prepared(describe),
  byPasskey,
  byKey,
  ...signingKeyEndpoints,
];
