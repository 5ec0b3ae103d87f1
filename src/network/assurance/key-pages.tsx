/** The keys a person signs with: what she has, and what her party's log says of each. */
import { z } from 'zod';
import { publicKeyPattern } from '../../acts/keys.ts';
import type { Caller } from '../../http/caller.ts';
import { noAnswer, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  Form,
  SelectField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { givenPassword } from '../people/password.ts';
import { enrolForParty, enrolPersonKey, listOwnKeys, revokeSigningKey } from './actions.ts';
import { signatories } from './enrolments.ts';

const path = '/account/signing-keys';

/** In person only: a leaked API token must not be able to add a key that then signs in its person's name. */
const inPerson = { for: 'signed-in', scope: 'node', sessionOnly: true } as const;

const keyText = z.string().regex(/^[A-Za-z0-9_-]{43,4000}$/);

const keysAnswer = z.object({
  party: z.string().nullable(),
  /** Whether she may sign for it. */
  maySign: z.boolean(),
  keys: z.array(
    z.object({
      method: z.enum(['passkey', 'person-key']),
      key: keyText,
      name: z.string(),
      addedAt: z.iso.datetime(),
      standing: z.enum(['unnamed', 'named', 'revoked']),
      /** The entry of the party's log that names it. */
      index: z.int().nullable(),
    }),
  ),
});
type KeysAnswer = z.output<typeof keysAnswer>;

async function loadKeys(reading: Reading & Caller): Promise<KeysAnswer> {
  const { party, roles } = reading.viewer;
  return {
    party: party?.name ?? null,
    maySign: signatories.some((role) => roles.has(role)),
    keys: (await listOwnKeys(reading)).map(({ addedAt, isRevoked, index, ...key }) => ({
      ...key,
      index,
      addedAt: addedAt.toISOString(),
      standing: isRevoked ? 'revoked' : index === null ? 'unnamed' : 'named',
    })),
  };
}

const keys = read({
  ...inPerson,
  path,
  summary: 'The person’s passkeys and own keys, and which of them her party’s log names',
  answer: keysAnswer,
  handle: loadKeys,
  page: (answer, view) => keysPage(view, answer, blankForm()),
});

/** One page holds two forms: each shows only what was typed into it. */
const ofForm = (form: FormState, field: string): FormState => (field in form.values ? form : blankForm());

function keysPage(view: View, answer: KeysAnswer, form: FormState): Page {
  const { t } = view;
  const unnamed = answer.keys.filter(({ standing }) => standing === 'unnamed');
  return {
    title: t('network.signing-keys'),
    wide: true,
    breadcrumbs: [{ path: '/account', label: t('accounts.account') }],
    body: (
      <>
        <p class="lead">{t('network.signing-keys-lead')}</p>
        <KeysTable view={view} answer={answer} />
        {answer.party !== null && answer.maySign && unnamed.length > 0 ? (
          <>
            <h2>{t('network.signing-key-name', { party: answer.party })}</h2>
            <NamingForm view={view} form={ofForm(form, 'key')} keys={unnamed} />
          </>
        ) : null}
        <h2>{t('network.signing-key-new')}</h2>
        <p>{t('network.person-keys-lead')}</p>
        <NewKeyForm view={view} form={ofForm(form, 'x')} />
      </>
    ),
  };
}

function KeysTable({ view, answer }: { readonly view: View; readonly answer: KeysAnswer }) {
  const { t } = view;
  const { party } = answer;
  return (
    <Table
      view={view}
      id="keys"
      caption={t('network.signing-keys')}
      rows={answer.keys}
      empty={t('network.signing-keys-none')}
      columns={[
        { key: 'key', header: t('network.signing-key'), cell: ({ name }) => <Name>{name}</Name> },
        {
          key: 'kind',
          header: t('network.signing-key-kind'),
          cell: ({ method }) => t(`network.signing-key-${method}`),
        },
        {
          key: 'added',
          header: t('accounts.added'),
          cell: ({ addedAt }) => <Time view={view} at={new Date(addedAt)} />,
        },
        ...(party === null
          ? []
          : [
              {
                key: 'standing',
                header: t('network.signing-key-standing', { party }),
                cell: ({ standing, index }: KeysAnswer['keys'][number]) =>
                  standing === 'named'
                    ? t('network.signing-key-entry', { index: index ?? 0 })
                    : t(`network.signing-key-${standing}`),
              },
            ]),
        {
          key: 'revoke',
          header: t('network.signing-key-revoke'),
          cell: ({ key, method, standing }) =>
            standing === 'revoked' || (standing === 'unnamed' && method === 'passkey') ? (
              '–'
            ) : (
              <ButtonForm
                view={view}
                action={`${path}/revoke`}
                label={t('network.signing-key-revoke')}
                hidden={{ key }}
                kind="danger"
              />
            ),
        },
      ]}
    />
  );
}

function NamingForm(props: { readonly view: View; readonly form: FormState; readonly keys: KeysAnswer['keys'] }) {
  const { view, form } = props;
  const options = props.keys.map(({ method, key, name }) => ({
    value: `${method} ${key}`,
    label: `${name} – ${view.t(`network.signing-key-${method}`)}`,
  }));
  return (
    <Form view={view} action={`${path}/enrol`} form={form}>
      <SelectField view={view} form={form} name="key" label={view.t('network.field-signing-key')} options={options} />
      <PasswordField view={view} form={form} />
      <Actions>
        <Button>{view.t('network.signing-key-name-it')}</Button>
      </Actions>
    </Form>
  );
}

function NewKeyForm({ view, form }: { readonly view: View; readonly form: FormState }) {
  const { t } = view;
  return (
    <Form view={view} action={path} form={form}>
      <TextField view={view} form={form} name="x" label={t('network.field-person-key')} code />
      <TextField view={view} form={form} name="name" label={t('network.field-person-key-name')} width="medium" />
      <PasswordField view={view} form={form} />
      <Actions>
        <Button kind="secondary">{t('network.enrol')}</Button>
      </Actions>
    </Form>
  );
}

function PasswordField({ view, form }: { readonly view: View; readonly form: FormState }) {
  return (
    <TextField
      view={view}
      form={form}
      name="password"
      label={view.t('accounts.password-current')}
      type="password"
      autocomplete="current-password"
    />
  );
}

const add = write({
  ...inPerson,
  path,
  summary: 'Enrols the public half of a key made by `bin/reciproca person new-key`; the party’s log names it at once',
  limit: 'sign-in',
  body: z.object({
    x: z.string().trim().regex(publicKeyPattern),
    name: z.string().trim().min(1).max(100),
    password: givenPassword,
  }),
  answer: noAnswer,
  async handle(work, { body }) {
    await enrolPersonKey(work, body);
    return {};
  },
  then: () => withNotice(path, 'network.done-enrolled'),
  form: async ({ form }, view, reading) => keysPage(view, await loadKeys(reading), form),
});

// As the form's one field sends it: method " " key
const methodAndKey = z
  .string()
  .regex(/^(?:passkey|person-key) [A-Za-z0-9_-]{43,4000}$/)
  .transform((text) => {
    const [method, key = ''] = text.split(' ');
    return { method: method === 'passkey' ? ('passkey' as const) : ('person-key' as const), key };
  });

const enrol = write({
  ...inPerson,
  path: `${path}/enrol`,
  summary: 'Names one of the person’s keys in the log of the party she works for: "method key"',
  limit: 'sign-in',
  body: z.object({ key: methodAndKey, password: givenPassword }),
  answer: noAnswer,
  async handle(work, { body }) {
    await enrolForParty(work, { ...body.key, password: body.password });
    return {};
  },
  then: () => withNotice(path, 'network.done-key-named'),
  form: async ({ form }, view, reading) => keysPage(view, await loadKeys(reading), form),
});

const revoke = write({
  ...inPerson,
  path: `${path}/revoke`,
  summary: 'Revokes a key: it stands behind nothing more from here on',
  body: z.object({ key: keyText }),
  answer: noAnswer,
  async handle(work, { body }) {
    await revokeSigningKey(work, body.key);
    return {};
  },
  then: () => withNotice(path, 'network.done-key-revoked'),
});

export const signingKeyEndpoints: readonly Endpoint[] = [keys, add, enrol, revoke];
