/** A person’s account: profile, parties and roles, open sessions. */
import { z } from 'zod';
import { noAnswer, noFields, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { PartyId } from '../../../ids.ts';
import { ButtonForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Age, Facts, Time } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import { roles as everyRole, type View } from '../../../ui/view.ts';
import { endOtherSessions, endSession, requireAccount, sessionIdleMs, switchParty } from '../actions.ts';
import * as store from '../store.ts';
import { instant, own, when } from './own.ts';

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

export const overviewEndpoints: readonly Endpoint[] = [overview, endOneSession, endOthers, switchTo];
