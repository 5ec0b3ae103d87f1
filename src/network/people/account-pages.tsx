/** A person's own pages: profile, password, passkeys, sessions, API tokens, and the party she works for. */
import { z } from 'zod';
import { noAnswer, noFields, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  NumberField,
  SelectField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { languageNames, locales } from '../../ui/locales.ts';
import { Age, Code, Facts, Notice, Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import { roles as everyRole } from '../../ui/view.ts';
import type { View } from '../../ui/view.ts';
import {
  changePassword,
  changeProfile,
  endOtherSessions,
  endSession,
  makeToken,
  requireAccount,
  requireParty,
  requirePassword,
  revokeToken,
  sessionIdleMs,
  switchParty,
} from './actions.ts';
import { PasskeyForm } from './passkey-form.tsx';
import { ceremonyText, finishRegistration, removePasskey, startRegistration } from './passkeys.ts';
import { givenPassword, newPassword } from './password.ts';
import { ceremonyOptions, NewPasswordField, personName } from './sign-in.tsx';
import * as store from './store.ts';

const instant = z.iso.datetime();
const when = (date: Date): string => date.toISOString();

// What every endpoint here has: the account is the viewer's own, whichever party she works for; and no API token may do any of it.
const own = { for: 'signed-in', scope: 'node', sessionOnly: true } as const;

const crumbs = (view: View) => [{ path: '/account', label: view.t('accounts.account') }];

// Overview

const overviewAnswer = z.object({
  name: z.string(),
  email: z.string(),
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  passkeys: z.int(),
  parties: z.array(
    z.object({ id: z.string(), name: z.string(), roles: z.array(z.enum(everyRole)), isCurrent: z.boolean() }),
  ),
  sessions: z.array(
    z.object({ id: z.string(), browser: z.string(), begunAt: instant, seenAt: instant, isThis: z.boolean() }),
  ),
});
type Overview = z.output<typeof overviewAnswer>;

const overview = read({
  ...own,
  path: '/account',
  summary: 'The person’s account: profile, parties and roles, open sessions.',
  answer: overviewAnswer,
  handle: async (reading) => {
    const { reader, house, viewer, credential } = reading;
    const id = requireAccount(reading);
    const account = await store.findAccount(reader, id);
    const memberships = await store.listMemberships(reader, id);
    const parties = [...new Map(memberships.map((row) => [row.id, row])).values()];
    const now = house.clock.now();
    const sessions = await store.listSessions(reader, id, new Date(now.getTime() - sessionIdleMs), now);
    return {
      name: account?.name ?? '',
      email: account?.email ?? '',
      language: account?.language ?? null,
      timeZone: account?.time_zone ?? null,
      passkeys: (await store.listPasskeys(reader, id)).length,
      parties: parties.map((party) => ({
        id: party.id,
        name: party.name,
        roles: memberships.filter((row) => row.id === party.id).map(({ role }) => role),
        isCurrent: party.id === viewer.party?.id,
      })),
      sessions: sessions.map((session) => ({
        id: session.id,
        browser: session.browser,
        begunAt: when(session.created_at),
        seenAt: when(session.seen_at),
        isThis: credential.kind === 'session' && credential.id === session.id,
      })),
    };
  },
  page: (answer, view) => ({
    title: view.t('accounts.account'),
    wide: true,
    body: (
      <>
        <AccountFacts view={view} account={answer} />
        <PartiesTable view={view} parties={answer.parties} />
        <SessionsTable view={view} sessions={answer.sessions} />
        <p>
          <a href="/account/signing-keys">{view.t('network.signing-keys')}</a>
        </p>
        <p>
          <a href="/account/tokens">{view.t('accounts.tokens')}</a>
        </p>
      </>
    ),
  }),
});

function AccountFacts({ view, account }: { readonly view: View; readonly account: Overview }) {
  const { t } = view;
  const locale = locales.find((each) => each === account.language);
  const change = (path: string, what: string) => (
    <a href={path}>
      {t('accounts.change')}
      <span class="hidden"> {what}</span>
    </a>
  );
  return (
    <Facts
      facts={[
        {
          label: t('accounts.name'),
          value: <Name>{account.name}</Name>,
          change: change('/account/profile', t('accounts.name')),
        },
        { label: t('accounts.email'), value: account.email },
        {
          label: t('accounts.language'),
          value: locale ? languageNames[locale] : t('accounts.language-of-browser'),
          change: change('/account/profile', t('accounts.language')),
        },
        {
          label: t('accounts.time-zone'),
          value: account.timeZone ?? 'UTC',
          change: change('/account/profile', t('accounts.time-zone')),
        },
        {
          label: t('accounts.password'),
          value: '••••••••',
          change: change('/account/password', t('accounts.password')),
        },
        {
          label: t('accounts.passkeys'),
          value: t('accounts.passkeys-count', { count: account.passkeys }),
          change: change('/account/passkeys', t('accounts.passkeys')),
        },
      ]}
    />
  );
}

function PartiesTable({ view, parties }: { readonly view: View; readonly parties: Overview['parties'] }) {
  const { t } = view;
  return (
    <Table
      view={view}
      id="parties"
      caption={t('accounts.parties')}
      rows={parties}
      empty={t('accounts.parties-none')}
      columns={[
        { key: 'party', header: t('accounts.party'), cell: ({ name }) => <Name>{name}</Name> },
        {
          key: 'roles',
          header: t('accounts.roles'),
          cell: ({ roles }) => roles.map((role) => t(`accounts.role-${role}`)).join(', '),
        },
        {
          key: 'switch',
          header: t('accounts.working-for'),
          cell: ({ id, isCurrent }) =>
            isCurrent ? (
              t('accounts.party-current')
            ) : (
              <ButtonForm
                view={view}
                action="/account/party"
                label={t('accounts.party-switch')}
                hidden={{ party: id }}
              />
            ),
        },
      ]}
    />
  );
}

function SessionsTable({ view, sessions }: { readonly view: View; readonly sessions: Overview['sessions'] }) {
  const { t } = view;
  return (
    <>
      <Table
        view={view}
        id="sessions"
        caption={t('accounts.sessions')}
        rows={sessions}
        columns={[
          { key: 'browser', header: t('accounts.browser'), cell: ({ browser }) => browser },
          {
            key: 'begun',
            header: t('accounts.begun'),
            cell: ({ begunAt }) => <Time view={view} at={new Date(begunAt)} />,
          },
          { key: 'seen', header: t('accounts.seen'), cell: ({ seenAt }) => <Age view={view} at={new Date(seenAt)} /> },
          {
            key: 'end',
            header: t('accounts.end'),
            cell: ({ id, isThis }) =>
              isThis ? (
                t('accounts.session-this')
              ) : (
                <ButtonForm view={view} action={`/account/sessions/${id}/end`} label={t('accounts.end')} />
              ),
          },
        ]}
      />
      {sessions.length > 1 ? (
        <ButtonForm view={view} action="/account/sessions/end-others" label={t('accounts.end-others')} kind="danger" />
      ) : null}
    </>
  );
}

const endOneSession = write({
  ...own,
  path: '/account/sessions/:id/end',
  summary: 'Ends one of the person’s sessions.',
  params: z.object({ id: z.uuid() }),
  body: noFields,
  answer: noAnswer,
  handle: async (work, { params }) => {
    await endSession(work, params.id);
    return {};
  },
  then: () => withNotice('/account', 'accounts.done-session-ended'),
});

const endOthers = write({
  ...own,
  path: '/account/sessions/end-others',
  summary: 'Signs the person out everywhere else.',
  body: noFields,
  answer: noAnswer,
  handle: async (work) => {
    await endOtherSessions(work);
    return {};
  },
  then: () => withNotice('/account', 'accounts.done-session-ended'),
});

const switchTo = write({
  ...own,
  path: '/account/party',
  summary: 'Goes on for another party that the person belongs to.',
  body: z.object({ party: z.uuid() }),
  answer: noAnswer,
  handle: async (work, { body }) => switchParty(work, body.party as PartyId),
  then: () => '/',
  change: (session) => ({ session }),
});

// Profile

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

function profilePage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('accounts.profile'),
    breadcrumbs: crumbs(view),
    body: (
      <Form view={view} action="/account/profile" form={form}>
        <TextField
          view={view}
          form={form}
          name="name"
          label={t('accounts.name')}
          hint={t('accounts.name-hint')}
          autocomplete="name"
        />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('accounts.language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <TextField
          view={view}
          form={form}
          name="timeZone"
          label={t('accounts.time-zone')}
          hint={t('accounts.time-zone-hint')}
          optional
          code
          width="medium"
        />
        <Actions>
          <Button>{t('accounts.save')}</Button>
        </Actions>
      </Form>
    ),
  };
}

const profile = read({
  ...own,
  path: '/account/profile',
  summary: 'Name, language and time zone.',
  answer: z.object({ name: z.string(), language: z.string().nullable(), timeZone: z.string().nullable() }),
  handle: async (reading) => {
    const account = await store.findAccount(reading.reader, requireAccount(reading));
    return { name: account?.name ?? '', language: account?.language ?? null, timeZone: account?.time_zone ?? null };
  },
  page: ({ name, language, timeZone }, view) =>
    profilePage(view, blankForm({ name, language: language ?? view.locale, timeZone: timeZone ?? '' })),
});

const profileWrite = write({
  ...own,
  path: '/account/profile',
  summary: 'Changes name, language and time zone.',
  body: z.object({
    name: personName,
    language: z.enum(locales),
    timeZone: z.string().trim().max(60).refine(isTimeZone, 'accounts.time-zone-unknown').optional(),
  }),
  answer: z.object({ language: z.enum(locales) }),
  handle: async (work, { body }) => {
    await changeProfile(work, { name: body.name, language: body.language, timeZone: body.timeZone ?? null });
    return { language: body.language };
  },
  then: () => withNotice('/account', 'accounts.done-saved'),
  change: ({ language }) => ({ locale: language }),
  form: ({ form }, view) => profilePage(view, form),
});

// Password

function passwordPage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('accounts.password-change'),
    breadcrumbs: crumbs(view),
    body: (
      <Form view={view} action="/account/password" form={form}>
        <TextField
          view={view}
          form={form}
          name="current"
          label={t('accounts.password-current')}
          type="password"
          autocomplete="current-password"
        />
        <NewPasswordField view={view} form={form} />
        <p>{t('accounts.password-ends-sessions')}</p>
        <Actions>
          <Button>{t('accounts.password-change')}</Button>
        </Actions>
      </Form>
    ),
  };
}

const password = read({
  ...own,
  path: '/account/password',
  summary: 'The page that changes the password.',
  answer: noAnswer,
  handle: async () => ({}),
  page: (_answer, view) => passwordPage(view, blankForm({ current: '', password: '' })),
});

const passwordWrite = write({
  ...own,
  path: '/account/password',
  summary: 'Changes the password and ends all other sessions.',
  limit: 'sign-in',
  body: z.object({ current: givenPassword, password: newPassword }),
  secrets: ['current'],
  answer: noAnswer,
  handle: async (work, { body }) => changePassword(work, body),
  then: () => withNotice('/account', 'accounts.done-saved'),
  change: (session) => ({ session }),
  form: ({ form }, view) => passwordPage(view, form),
});

// Passkeys

const passkeysAnswer = z.object({
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), addedAt: instant, usedAt: instant.nullable() })),
});

async function loadPasskeys(
  reading: Reading & Parameters<typeof requireAccount>[0],
): Promise<z.input<typeof passkeysAnswer>> {
  const rows = await store.listPasskeys(reading.reader, requireAccount(reading));
  return {
    passkeys: rows.map((row) => ({
      id: row.id,
      name: row.name,
      addedAt: when(row.created_at),
      usedAt: row.used_at && when(row.used_at),
    })),
  };
}

function passkeysPage(view: View, form: FormState, { passkeys }: z.output<typeof passkeysAnswer>): Page {
  const { t } = view;
  return {
    title: t('accounts.passkeys'),
    breadcrumbs: crumbs(view),
    body: (
      <>
        <p>{t('accounts.passkeys-words')}</p>
        <Table
          view={view}
          id="passkeys"
          caption={t('accounts.passkeys')}
          isTitled
          rows={passkeys}
          columns={[
            { key: 'name', header: t('accounts.passkey-name'), cell: ({ name }) => <Name>{name}</Name> },
            {
              key: 'added',
              header: t('accounts.added'),
              cell: ({ addedAt }) => <Time view={view} at={new Date(addedAt)} />,
            },
            {
              key: 'used',
              header: t('accounts.used'),
              cell: ({ usedAt }) => (usedAt === null ? t('accounts.never') : <Age view={view} at={new Date(usedAt)} />),
            },
            {
              key: 'remove',
              header: t('accounts.remove'),
              cell: ({ id }) => (
                <ButtonForm
                  view={view}
                  action="/account/passkeys/remove"
                  label={t('accounts.remove')}
                  hidden={{ id }}
                  kind="danger"
                />
              ),
            },
          ]}
        />
        <noscript>
          <Notice>
            <p>{t('accounts.passkey-needs-script')}</p>
          </Notice>
        </noscript>
        <PasskeyForm
          view={view}
          kind="create"
          action="/account/passkeys"
          options={{ path: '/api/account/passkeys/options' }}
          form={form}
        >
          <TextField
            view={view}
            form={form}
            name="name"
            label={t('accounts.passkey-name')}
            hint={t('accounts.passkey-name-hint')}
            width="medium"
          />
          <TextField
            view={view}
            form={form}
            name="password"
            label={t('accounts.password-current')}
            type="password"
            autocomplete="current-password"
          />
          <Actions>
            <Button>{t('accounts.passkey-add')}</Button>
          </Actions>
        </PasskeyForm>
      </>
    ),
  };
}

const passkeys = read({
  ...own,
  path: '/account/passkeys',
  summary: 'The person’s passkeys.',
  answer: passkeysAnswer,
  handle: loadPasskeys,
  page: (answer, view) => passkeysPage(view, blankForm({ name: '', password: '' }), answer),
});

const passkeyOptions = write({
  ...own,
  path: '/account/passkeys/options',
  summary: 'What a device is asked, to make a passkey (WebAuthn).',
  body: noFields,
  answer: ceremonyOptions,
  handle: async (work) => ({ ...(await startRegistration(work)) }),
  then: () => '/account/passkeys',
});

const passkeyAdd = write({
  ...own,
  path: '/account/passkeys',
  summary: 'Adds the passkey that a device has made.',
  limit: 'sign-in',
  body: z.object({ name: z.string().trim().min(1).max(100), password: givenPassword, response: ceremonyText }),
  secrets: ['response'],
  answer: noAnswer,
  handle: async (work, { body }) => {
    await finishRegistration(work, body);
    return {};
  },
  then: () => withNotice('/account/passkeys', 'accounts.done-passkey-added'),
  form: async ({ form }, view, reading) => passkeysPage(view, form, passkeysAnswer.parse(await loadPasskeys(reading))),
});

const passkeyRemove = write({
  ...own,
  path: '/account/passkeys/remove',
  summary: 'Removes a passkey.',
  body: z.object({ id: z.string().max(2000) }),
  answer: noAnswer,
  handle: async (work, { body }) => {
    await removePasskey(work, body.id);
    return {};
  },
  then: () => withNotice('/account/passkeys', 'accounts.done-removed'),
});

// API tokens

const tokensAnswer = z.object({
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      party: z.string(),
      readOnly: z.boolean(),
      madeAt: instant,
      expiresAt: instant,
      usedAt: instant.nullable(),
      state: z.enum(['active', 'expired', 'revoked']),
    }),
  ),
});

async function loadTokens(
  reading: Reading & Parameters<typeof requireAccount>[0],
): Promise<z.input<typeof tokensAnswer>> {
  const rows = await store.listTokens(reading.reader, requireAccount(reading));
  const now = reading.house.clock.now();
  return {
    tokens: rows.map((row) => ({
      id: row.id,
      name: row.name,
      party: row.party,
      readOnly: row.read_only,
      madeAt: when(row.created_at),
      expiresAt: when(row.expires_at),
      usedAt: row.used_at && when(row.used_at),
      state: row.revoked_at ? 'revoked' : row.expires_at <= now ? 'expired' : 'active',
    })),
  };
}

function tokensPage(view: View, form: FormState, { tokens }: z.output<typeof tokensAnswer>): Page {
  const { t, viewer } = view;
  return {
    title: t('accounts.tokens'),
    breadcrumbs: crumbs(view),
    wide: true,
    body: (
      <>
        <p>{t('accounts.tokens-words')}</p>
        <Table
          view={view}
          id="tokens"
          caption={t('accounts.tokens')}
          isTitled
          rows={tokens}
          columns={[
            { key: 'name', header: t('accounts.token-name'), cell: ({ name }) => <Name>{name}</Name> },
            { key: 'party', header: t('accounts.party'), cell: ({ party }) => <Name>{party}</Name> },
            {
              key: 'may',
              header: t('accounts.token-may'),
              cell: ({ readOnly }) => t(readOnly ? 'accounts.token-reads' : 'accounts.token-writes'),
            },
            {
              key: 'expires',
              header: t('accounts.expires'),
              cell: ({ expiresAt }) => <Time view={view} at={new Date(expiresAt)} />,
            },
            {
              key: 'used',
              header: t('accounts.used'),
              cell: ({ usedAt }) => (usedAt === null ? t('accounts.never') : <Age view={view} at={new Date(usedAt)} />),
            },
            {
              key: 'state',
              header: t('accounts.state'),
              cell: ({ id, state }) =>
                state === 'active' ? (
                  <ButtonForm
                    view={view}
                    action={`/account/tokens/${id}/revoke`}
                    label={t('accounts.revoke')}
                    kind="danger"
                  />
                ) : (
                  t(`accounts.token-${state}`)
                ),
            },
          ]}
        />
        {viewer.party ? (
          <Form view={view} action="/account/tokens" form={form}>
            <h2>{t('accounts.token-new', { party: viewer.party.name })}</h2>
            <TextField
              view={view}
              form={form}
              name="name"
              label={t('accounts.token-name')}
              hint={t('accounts.token-name-hint')}
            />
            <NumberField
              view={view}
              form={form}
              name="days"
              label={t('accounts.token-days')}
              hint={t('accounts.token-days-hint')}
            />
            <CheckboxesField
              view={view}
              form={form}
              name="readOnly"
              label={t('accounts.token-may')}
              options={[{ value: 'true', label: t('accounts.token-reads-only') }]}
            />
            <TextField
              view={view}
              form={form}
              name="password"
              label={t('accounts.password-current')}
              type="password"
              autocomplete="current-password"
            />
            <Actions>
              <Button>{t('accounts.token-make')}</Button>
            </Actions>
          </Form>
        ) : null}
      </>
    ),
  };
}

const tokens = read({
  ...own,
  path: '/account/tokens',
  summary: 'The person’s API tokens.',
  answer: tokensAnswer,
  handle: loadTokens,
  page: (answer, view) => tokensPage(view, blankForm({ name: '', days: '90', readOnly: 'true', password: '' }), answer),
});

const tokenMake = write({
  ...own,
  path: '/account/tokens',
  summary: 'Makes an API token for the party the person works for. It is shown once.',
  limit: 'sign-in',
  body: z.object({
    name: z.string().trim().min(1).max(100),
    days: z.int().min(1).max(366),
    readOnly: z.boolean(),
    password: givenPassword,
  }),
  answer: z.object({ token: z.string() }),
  handle: async (work, { body }) => {
    const account = requireAccount(work);
    await requirePassword(work, body.password, 'password');
    return { token: await makeToken(work, account, requireParty(work), body) };
  },
  show: ({ token }, view) => ({
    title: view.t('accounts.token-made'),
    breadcrumbs: [...crumbs(view), { path: '/account/tokens', label: view.t('accounts.tokens') }],
    body: (
      <>
        <p>{view.t('accounts.shown-once')}</p>
        <p>
          <Code>{token}</Code>
        </p>
        <p>
          <a href="/account/tokens">{view.t('accounts.tokens')}</a>
        </p>
      </>
    ),
  }),
  form: async ({ form }, view, reading) => tokensPage(view, form, tokensAnswer.parse(await loadTokens(reading))),
});

const tokenRevoke = write({
  ...own,
  path: '/account/tokens/:id/revoke',
  summary: 'Revokes an API token.',
  params: z.object({ id: z.uuid() }),
  body: noFields,
  answer: noAnswer,
  handle: async (work, { params }) => {
    await revokeToken(work, params.id);
    return {};
  },
  then: () => withNotice('/account/tokens', 'accounts.done-removed'),
});

export const accountEndpoints: readonly Endpoint[] = [
  overview,
  endOneSession,
  endOthers,
  switchTo,
  profile,
  profileWrite,
  password,
  passwordWrite,
  passkeys,
  passkeyOptions,
  passkeyAdd,
  passkeyRemove,
  tokens,
  tokenMake,
  tokenRevoke,
];
