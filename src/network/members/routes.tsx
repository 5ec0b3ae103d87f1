/** The people of a network: coming in, the directory, what the secretariat keeps. */
import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import type { Caller } from '../../http/caller.ts';
import { read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import type { MemberId } from '../../ids.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import * as actions from './actions.ts';
import { describeListed, entryAnswer, formValuesOf, listedMember, networkFacts, type EntryAnswer } from './answers.ts';
import { isCountry } from './countries.ts';
import { blankValues, editSchema, entryOf, newEntrySchema } from './entry-form.tsx';
import { importEndpoints } from './import-routes.tsx';
import { isSecretariat, type Member } from './member.ts';
import { rebase } from './moved-on.tsx';
import { organisationEndpoints } from './organisation-routes.tsx';
import { ownEndpoints } from './own-routes.tsx';
import { directoryPage, joinPage, memberPage } from './pages.tsx';
import { networkFactsOf, networkPath } from './section.tsx';
import * as store from './store.ts';

export const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;

const done = z.object({ path: z.string() });
const idParams = z.object({ id: z.uuid() });

const joinAnswer = z.object({ network: networkFacts, invites: z.boolean() });

const joinForm = read({
  path: '/p/:party/join',
  summary: 'What a network asks of somebody who wants to come in',
  for: 'anyone',
  answer: joinAnswer,
  handle: async (reading) => ({ network: networkFactsOf(reading), invites: false }),
  page: (answer, view) => joinPage(answer, view, blankForm(blankValues(view))),
});

const join = write({
  path: '/p/:party/join',
  summary: 'Asks to come in. A mail with a link follows; the answer is the same whether or not the address is known',
  for: 'anyone',
  limit: 'sign-in',
  limitKey: ({ body }) => body.email,
  body: newEntrySchema,
  answer: done,
  async handle(work, { body }) {
    await actions.askToJoin(work, body.email, entryOf(body));
    return { path: networkPath(work.party?.slug ?? '') };
  },
  then: ({ path }) => withNotice(path, 'members.done-asked'),
  form: ({ form }, view, reading) => joinPage({ network: networkFactsOf(reading), invites: false }, view, form),
});

const inviteForm = read({
  path: '/p/:party/members/invite',
  summary: 'What the secretariat says of somebody it invites',
  for: secretariat,
  answer: joinAnswer,
  handle: async (reading) => ({ network: networkFactsOf(reading), invites: true }),
  page: (answer, view) => joinPage(answer, view, blankForm(blankValues(view))),
});

const invite = write({
  path: '/p/:party/members/invite',
  summary: 'Invites somebody by mail; the person comes in by the link in it',
  for: secretariat,
  body: newEntrySchema,
  answer: done,
  async handle(work, { body }) {
    await actions.inviteMember(work, body.email, entryOf(body));
    return { path: `${networkPath(work.party?.slug ?? '')}/members` };
  },
  then: ({ path }) => withNotice(path, 'members.done-invited'),
  form: ({ form }, view, reading) => joinPage({ network: networkFactsOf(reading), invites: true }, view, form),
});

// The directory

const pageLength = 100;

/** Place in the order of names, as the address of a page carries it. */
const cursor = z
  .string()
  .max(600)
  .transform((text, context) => {
    try {
      return z.tuple([z.string(), z.uuid()]).parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    } catch {
      context.addIssue({ code: 'custom', message: 'wrong-form' });
      return z.NEVER;
    }
  });

const cursorOf = ({ name, id }: Member): string => Buffer.from(JSON.stringify([name, id])).toString('base64url');

const directory = read({
  path: '/p/:party/members',
  summary: 'Members who agreed to be listed, by name; for the secretariat all of them',
  for: 'anyone',
  query: z.object({
    q: z.string().trim().max(100).optional(),
    constituency: z.enum(partyKinds).optional(),
    country: z.string().refine(isCountry, 'not-a-choice').optional(),
    after: cursor.optional(),
  }),
  answer: z.object({
    network: networkFacts,
    /** Null unless the secretariat asks. */
    counts: z.object({ present: z.int(), pending: z.int() }).nullable(),
    members: z.array(listedMember),
    pending: z.array(listedMember),
    next: z.string().nullable(),
  }),
  async handle(reading, { query }) {
    const { reader } = reading;
    const isOffice = isSecretariat(reading);
    const found = await store.listMembers(reader, {
      text: query.q,
      constituency: query.constituency,
      country: query.country,
      listed: !isOffice,
      after: query.after && { name: query.after[0], id: query.after[1] as MemberId },
      limit: pageLength + 1,
    });
    const shown = found.slice(0, pageLength);
    const last = shown.at(-1);
    return {
      network: networkFactsOf(reading),
      counts: isOffice ? await store.countMembers(reader) : null,
      members: shown.map((member) => describeListed(member, isOffice)),
      pending: isOffice
        ? (await store.listPendingMembers(reader, 20)).map((member) => describeListed(member, true))
        : [],
      next: found.length > pageLength && last ? cursorOf(last) : null,
    };
  },
  page: (answer, view, { query }) => directoryPage(answer, view, query),
});

async function describe(reading: Reading & Caller, id: string): Promise<EntryAnswer> {
  const member = await store.findMemberById(reading.reader, id as MemberId);
  if (!member || member.leftOn !== undefined) throw problem.notFound({ what: 'member' });
  const on = plainDateAt(reading.house.clock.now(), 'UTC');
  const mandates = await store.listMandates(reading.reader, { member: member.id, on, limit: 20 });
  const network = networkFactsOf(reading);
  return {
    network,
    id: member.id,
    name: member.name,
    email: member.email ?? null,
    language: member.language,
    timeZone: member.timeZone,
    organisation: member.organisation?.name ?? null,
    constituency: member.constituency,
    country: member.country ?? null,
    gender: null,
    about: member.about ?? null,
    digest: member.digest,
    digestHour: member.digestHour,
    consents: [...member.consents],
    mailState: member.mailState,
    isConfirmed: member.confirmedAt !== undefined,
    hasAccount: member.account !== undefined,
    joinedOn: member.joinedOn,
    revision: member.revision,
    mandates: mandates.map(({ id: mandate, organisation, scope, since }) => ({
      id: mandate,
      organisation: organisation.name,
      scope,
      since,
    })),
    path: `${networkPath(network.slug)}/members/${member.id}`,
  };
}

const one = read({
  path: '/p/:party/members/:id',
  summary: 'One member’s entry, for the secretariat; what the person says of her gender is not in it',
  for: secretariat,
  params: idParams,
  answer: entryAnswer,
  handle: (reading, { params }) => describe(reading, params.id),
  page: (answer, view) => memberPage(answer, view, blankForm(formValuesOf(answer))),
});

const edit = write({
  path: '/p/:party/members/:id',
  summary: 'Corrects a member’s entry; consents and gender stay what the person said',
  for: secretariat,
  params: idParams,
  body: editSchema,
  answer: done,
  async handle(work, { params, body }) {
    const member = await store.findMemberById(work.tx.db, params.id as MemberId);
    if (!member) throw problem.notFound({ what: 'member' });
    await actions.editEntry(work, member, body.base, entryOf(body), 'secretariat');
    return { path: `${networkPath(work.party?.slug ?? '')}/members/${member.id}` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const answer = await describe(reading, attempt.params.id);
    return memberPage(answer, view, rebase(attempt, answer.revision));
  },
});

const remove = write({
  path: '/p/:party/members/:id/leave',
  summary: 'Ends a membership at the member’s wish, told by telephone or letter',
  for: secretariat,
  params: idParams,
  body: z.object({}),
  answer: done,
  async handle(work, { params }) {
    const member = await store.findMemberById(work.tx.db, params.id as MemberId);
    if (!member) throw problem.notFound({ what: 'member' });
    await actions.leave(work, member);
    return { path: `${networkPath(work.party?.slug ?? '')}/members` };
  },
  then: ({ path }) => withNotice(path, 'members.done-removed'),
});

export const memberEndpoints: readonly Endpoint[] = [
  joinForm,
  join,
  inviteForm,
  invite,
  directory,
  one,
  edit,
  remove,
  ...ownEndpoints,
  ...organisationEndpoints,
  ...importEndpoints,
];
