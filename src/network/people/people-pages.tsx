/** The people of one party, as its administrators see them: who may do what, and who is invited. */
import { z } from 'zod';
import { noAnswer, noFields, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { AccountId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import { withNotice, type Page } from '../../ui/layout.tsx';
import { Code, Notice, Time } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import { roles as everyRole } from '../../ui/view.ts';
import type { View } from '../../ui/view.ts';
import { invite, inviteBack, requireParty, revokeInvitation, setRoles } from './actions.ts';
import * as store from './store.ts';

const role = z.enum(everyRole);
const administrators = { for: { role: ['administrator'] }, sessionOnly: true } as const;

const peopleAnswer = z.object({
  people: z.array(z.object({ id: z.string(), name: z.string(), email: z.string(), roles: z.array(role) })),
  invitations: z.array(
    z.object({
      id: z.string(),
      note: z.string(),
      roles: z.array(role),
      madeAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
    }),
  ),
});

async function loadPeople(reading: Reading & Caller): Promise<z.input<typeof peopleAnswer>> {
  const party = requireParty(reading);
  const { reader, house } = reading;
  const invitations = await store.listInvitations(reader, party, house.clock.now());
  return {
    people: (await store.listPeople(reader, party)).map((each) => ({
      ...each,
      roles: everyRole.filter((one) => each.roles.includes(one)),
    })),
    invitations: invitations.map(({ id, note, roles, made_at, expires_at }) => ({
      id,
      note,
      roles,
      madeAt: made_at.toISOString(),
      expiresAt: expires_at.toISOString(),
    })),
  };
}

const rolesInWords = (view: View, roles: readonly z.output<typeof role>[]): string =>
  roles.map((each) => view.t(`accounts.role-${each}`)).join(', ');

const roleOptions = (view: View) =>
  everyRole.map((each) => ({
    value: each,
    label: view.t(`accounts.role-${each}`),
    hint: view.t(`accounts.role-${each}-does`),
  }));

function peoplePage(view: View, form: FormState, { people, invitations }: z.output<typeof peopleAnswer>): Page {
  const { t } = view;
  return {
    title: t('accounts.people'),
    wide: true,
    body: (
      <>
        <Table
          view={view}
          id="people"
          caption={t('accounts.people')}
          isTitled
          rows={people}
          columns={[
            { key: 'name', header: t('accounts.name'), cell: ({ name }) => <Name>{name}</Name> },
            { key: 'email', header: t('accounts.email'), cell: ({ email }) => email },
            { key: 'roles', header: t('accounts.roles'), cell: ({ roles }) => rolesInWords(view, roles) },
            {
              key: 'change',
              header: t('accounts.change'),
              cell: ({ id, name }) => (
                <a href={`/people/${id}`}>
                  {t('accounts.change')}
                  <span class="hidden"> {name}</span>
                </a>
              ),
            },
          ]}
        />
        <Table
          view={view}
          id="invitations"
          caption={t('accounts.invitations')}
          rows={invitations}
          columns={[
            {
              key: 'note',
              header: t('accounts.invitation-note'),
              cell: ({ note }) => <Name>{note === '' ? '–' : note}</Name>,
            },
            { key: 'roles', header: t('accounts.roles'), cell: ({ roles }) => rolesInWords(view, roles) },
            {
              key: 'expires',
              header: t('accounts.expires'),
              cell: ({ expiresAt }) => <Time view={view} at={new Date(expiresAt)} />,
            },
            {
              key: 'revoke',
              header: t('accounts.revoke'),
              cell: ({ id }) => (
                <ButtonForm
                  view={view}
                  action={`/people/invitations/${id}/revoke`}
                  label={t('accounts.revoke')}
                  kind="danger"
                />
              ),
            },
          ]}
        />
        <Form view={view} action="/people/invitations" form={form}>
          <h2>{t('accounts.invite-title')}</h2>
          <p>{t('accounts.invite-words')}</p>
          <TextField
            view={view}
            form={form}
            name="note"
            label={t('accounts.invitation-note')}
            hint={t('accounts.invitation-note-hint')}
            optional
          />
          <CheckboxesField
            view={view}
            form={form}
            name="roles"
            label={t('accounts.roles')}
            options={roleOptions(view)}
          />
          <Actions>
            <Button>{t('accounts.invite')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

const people = read({
  ...administrators,
  path: '/people',
  summary: 'The people of the party and its open invitations.',
  answer: peopleAnswer,
  handle: loadPeople,
  page: (answer, view) => peoplePage(view, blankForm({ note: '', roles: [] }), answer),
});

const invitePerson = write({
  ...administrators,
  path: '/people/invitations',
  summary: 'Makes a link that lets one person into the party, once, within a week. It is shown once.',
  body: z.object({ roles: z.array(role).min(1).max(everyRole.length), note: z.string().trim().max(200).default('') }),
  answer: z.object({ link: z.string() }),
  handle: async (work, { body }) => ({
    link: work.house.config.publicUrl + (await invite(work, requireParty(work), body)),
  }),
  show: ({ link }, view) => ({
    title: view.t('accounts.invitation-made'),
    breadcrumbs: [{ path: '/people', label: view.t('accounts.people') }],
    body: (
      <>
        <p>{view.t('accounts.invitation-give')}</p>
        <p>
          <Code>{link}</Code>
        </p>
        <Notice tone="warn">
          <p>{view.t('accounts.shown-once')}</p>
        </Notice>
        <p>
          <a href="/people">{view.t('accounts.people')}</a>
        </p>
      </>
    ),
  }),
  form: async ({ form }, view, reading) => peoplePage(view, form, peopleAnswer.parse(await loadPeople(reading))),
});

const revoke = write({
  ...administrators,
  path: '/people/invitations/:id/revoke',
  summary: 'Takes an unused invitation back.',
  params: z.object({ id: z.uuid() }),
  body: noFields,
  answer: noAnswer,
  handle: async (work, { params }) => {
    await revokeInvitation(work, requireParty(work), params.id);
    return {};
  },
  then: () => withNotice('/people', 'accounts.done-removed'),
});

const personAnswer = z.object({ id: z.string(), name: z.string(), email: z.string(), roles: z.array(role) });

async function loadPerson(reading: Reading & Caller, account: string): Promise<z.input<typeof personAnswer>> {
  const found = (await store.listPeople(reading.reader, requireParty(reading))).find(({ id }) => id === account);
  if (!found) throw problem.notFound({ what: 'person' });
  return found;
}

function personPage(view: View, form: FormState, person: z.output<typeof personAnswer>): Page {
  const { t } = view;
  return {
    title: person.name,
    breadcrumbs: [{ path: '/people', label: t('accounts.people') }],
    body: (
      <>
        <Form view={view} action={`/people/${person.id}`} form={form}>
          <p>{person.email}</p>
          <CheckboxesField
            view={view}
            form={form}
            name="roles"
            label={t('accounts.roles')}
            hint={t('accounts.roles-hint')}
            options={roleOptions(view)}
          />
          <Actions>
            <Button>{t('accounts.save')}</Button>
          </Actions>
        </Form>
        <h2>{t('accounts.password')}</h2>
        <p>{t('accounts.reset-hint')}</p>
        <ButtonForm view={view} action={`/people/${person.id}/reset`} label={t('accounts.reset')} />
      </>
    ),
  };
}

const person = read({
  ...administrators,
  path: '/people/:account',
  summary: 'One person of the party.',
  params: z.object({ account: z.uuid() }),
  answer: personAnswer,
  handle: async (reading, { params }) => loadPerson(reading, params.account),
  page: (answer, view) => personPage(view, blankForm({ roles: answer.roles }), answer),
});

const personRoles = write({
  ...administrators,
  path: '/people/:account',
  summary: 'Sets what a person may do for the party; with no role she no longer belongs to it.',
  params: z.object({ account: z.uuid() }),
  body: z.object({ roles: z.array(role).max(everyRole.length) }),
  answer: noAnswer,
  handle: async (work, { params, body }) => ({
    session: await setRoles(work, requireParty(work), params.account as AccountId, body.roles),
  }),
  then: () => withNotice('/people', 'accounts.done-saved'),
  change: ({ session }) => (session ? { session } : {}),
  form: async ({ form, params }, view, reading) =>
    personPage(view, form, personAnswer.parse(await loadPerson(reading, params.account))),
});

const personReset = write({
  ...administrators,
  path: '/people/:account/reset',
  // To see whether the person belongs to other parties as well.
  scope: 'node',
  summary: 'Makes a link with which a member sets a forgotten password anew, once, within a day. It is shown once.',
  params: z.object({ account: z.uuid() }),
  body: noFields,
  answer: z.object({ link: z.string(), name: z.string() }),
  handle: async (work, { params }) => {
    const account = params.account as AccountId;
    const path = await inviteBack(work, requireParty(work), account);
    return {
      link: work.house.config.publicUrl + path,
      name: (await store.findAccount(work.tx.db, account))?.name ?? '',
    };
  },
  show: ({ link, name }, view) => ({
    title: view.t('accounts.reset-made'),
    breadcrumbs: [{ path: '/people', label: view.t('accounts.people') }],
    body: (
      <>
        <p>{view.t('accounts.reset-give', { name })}</p>
        <p>
          <Code>{link}</Code>
        </p>
        <Notice tone="warn">
          <p>{view.t('accounts.shown-once')}</p>
        </Notice>
      </>
    ),
  }),
});

export const peopleEndpoints: readonly Endpoint[] = [people, invitePerson, revoke, person, personRoles, personReset];
