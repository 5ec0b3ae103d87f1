/**
 * One's own entry, through either of two doors: signed in (/p/:party/me), or with the key from a mail (/p/:party/k/:key) and no account at all. Both
 * do the same things.
 */
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { noFields, raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reader } from '../../db/database.ts';
import type { Reading, Work } from '../../house.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import * as actions from './actions.ts';
import { entryAnswer, formValuesOf, type EntryAnswer } from './answers.ts';
import { openMemberAccount } from './account.ts';
import { editSchema, entryOf } from './entry-form.tsx';
import { newPassword } from '../people/password.ts';
import { findMember, type Member } from './member.ts';
import { rebase } from './moved-on.tsx';
import { keyParams, openKey } from './opened-key.ts';
import { entryPage, unsubscribePage } from './own-pages.tsx';
import { networkFactsOf, networkPath } from './section.tsx';
import { listMandates } from './store.ts';

type Asking = Caller & ({ readonly reader: Reader } | Work);

const readerOf = (asking: Asking): Reader => ('reader' in asking ? asking.reader : asking.tx.db);

/** How a request says whose entry it means. */
interface Door<Params extends z.ZodObject> {
  readonly path: string;
  readonly params: Params;
  find(asking: Asking, params: z.output<Params>, now: Date): Promise<Member>;
  pathOf(slug: string, params: z.output<Params>): string;
}

const signedIn: Door<typeof noFields> = {
  path: '/p/:party/me',
  params: noFields,
  async find(asking) {
    if (!asking.viewer.account) throw problem.notSignedIn({});
    const member = await findMember(readerOf(asking), asking);
    if (!member) throw problem.notFound({ what: 'member' });
    return member;
  },
  pathOf: (slug) => `${networkPath(slug)}/me`,
};

const byKey: Door<typeof keyParams> = {
  path: '/p/:party/k/:key/membership',
  params: keyParams,
  find: async (asking, { key }, now) => (await openKey(readerOf(asking), key, now, 'membership')).member,
  pathOf: (slug, { key }) => `${networkPath(slug)}/k/${key}/membership`,
};

async function describe(reading: Reading & Caller, member: Member, path: string): Promise<EntryAnswer> {
  const on = plainDateAt(reading.house.clock.now(), 'UTC');
  const mandates = await listMandates(reading.reader, { member: member.id, on, limit: 20 });
  return {
    network: networkFactsOf(reading),
    id: member.id,
    name: member.name,
    email: member.email ?? null,
    language: member.language,
    timeZone: member.timeZone,
    organisation: member.organisation?.name ?? null,
    constituency: member.constituency,
    country: member.country ?? null,
    gender: member.gender ?? null,
    about: member.about ?? null,
    digest: member.digest,
    digestHour: member.digestHour,
    consents: [...member.consents],
    mailState: member.mailState,
    isConfirmed: member.confirmedAt !== undefined,
    hasAccount: member.account !== undefined,
    joinedOn: member.joinedOn,
    revision: member.revision,
    mandates: mandates.map(({ id, organisation, scope, since }) => ({
      id,
      organisation: organisation.name,
      scope,
      since,
    })),
    path,
  };
}

const done = z.object({ path: z.string() });

function endpointsOf<Params extends z.ZodObject>(door: Door<Params>): readonly Endpoint[] {
  const { path, params } = door;
  const facts = { for: 'anyone', params } as const;
  const slugOf = ({ party }: Caller): string => party?.slug ?? '';
  const step = (
    name: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    run: (work: Work & Caller, member: Member) => Promise<void>,
  ) =>
    write({
      ...facts,
      path: `${path}/${name}`,
      summary,
      body: z.object({}),
      answer: done,
      async handle(work, input) {
        await run(work, await door.find(work, input.params, work.tx.now));
        return { path: name === 'leave' ? networkPath(slugOf(work)) : door.pathOf(slugOf(work), input.params) };
      },
      then: (answer) => withNotice(answer.path, notice),
    });
  return [
    read({
      ...facts,
      path,
      summary: 'The caller’s own entry as a member: what is known, what was agreed to, for whom the person speaks',
      answer: entryAnswer,
      handle: async (reading, input) =>
        describe(
          reading,
          await door.find(reading, input.params, reading.house.clock.now()),
          door.pathOf(slugOf(reading), input.params),
        ),
      page: (answer, view) => entryPage(answer, view, blankForm(formValuesOf(answer))),
    }),
    write({
      ...facts,
      path,
      summary: 'Changes the caller’s own entry; `base` is the revision that was seen',
      body: editSchema,
      answer: done,
      async handle(work, input) {
        const member = await door.find(work, input.params, work.tx.now);
        await actions.editEntry(work, member, input.body.base, entryOf(input.body), 'self');
        return { path: door.pathOf(slugOf(work), input.params) };
      },
      then: (answer) => withNotice(answer.path, 'common.done-saved'),
      form: async (attempt, view, reading) => {
        const member = await door.find(reading, attempt.params, reading.house.clock.now());
        const answer = await describe(reading, member, door.pathOf(slugOf(reading), attempt.params));
        return entryPage(answer, view, rebase(attempt, member.revision));
      },
    }),
    step('leave', 'Leaves the network at once: no more mail, no consent stands', 'members.done-left', actions.leave),
    step('unsubscribe', 'No more mail; the membership goes on', 'members.done-unsubscribed', actions.unsubscribe),
    step('resubscribe', 'Mail again', 'members.done-resubscribed', actions.resubscribe),
  ];
}

/** The address in every mail. Each kind of thing has its page below it, served by the slice whose thing it is. */
const enterByKey = raw({
  path: '/p/:party/k/:key',
  summary: 'Leads to the one thing that a key from a mail opens',
  for: 'anyone',
  params: keyParams,
  contentTypes: ['text/plain'],
  async handle({ reader, house, party }, { params }) {
    const { thing } = await openKey(reader, params.key, house.clock.now());
    const location = `${networkPath(party?.slug ?? '')}/k/${params.key}/${thing.kind}`;
    return {
      status: 303,
      contentType: 'text/plain',
      body: '',
      headers: { location, 'referrer-policy': 'no-referrer' },
    };
  },
});

const confirm = write({
  path: '/p/:party/k/:key/membership/confirm',
  summary: 'Comes in, by the link in the mail',
  for: 'anyone',
  params: keyParams,
  body: z.object({}),
  answer: done,
  async handle(work, { params }) {
    const { member } = await openKey(work.tx.db, params.key, work.tx.now, 'membership');
    await actions.confirmMembership(work, member);
    return { path: byKey.pathOf(work.party?.slug ?? '', params) };
  },
  then: ({ path }) => withNotice(path, 'members.done-confirmed'),
});

const link = write({
  path: '/p/:party/k/:key/membership/link-account',
  summary: 'Whoever signs in with the caller’s account is this member from now on',
  for: 'anyone',
  params: keyParams,
  body: z.object({}),
  answer: done,
  async handle(work, { params }) {
    const opened = await openKey(work.tx.db, params.key, work.tx.now, 'membership');
    await actions.linkAccount(work, opened);
    return { path: signedIn.pathOf(work.party?.slug ?? '', {}) };
  },
  then: ({ path }) => withNotice(path, 'members.done-linked'),
});

const openAccount = write({
  path: '/p/:party/k/:key/membership/open-account',
  summary: 'Makes an account for a member who has none, with the address the key was mailed to, and signs in',
  for: 'anyone',
  limit: 'sign-in',
  params: keyParams,
  body: z.object({ password: newPassword }),
  answer: done,
  async handle(work, { params, body }) {
    const opened = await openKey(work.tx.db, params.key, work.tx.now, 'membership');
    const session = await openMemberAccount(work, opened, body.password);
    return { path: signedIn.pathOf(work.party?.slug ?? '', {}), session };
  },
  change: ({ session }) => ({ session }),
  then: ({ path }) => withNotice(path, 'members.done-linked'),
  form: async (attempt, view, reading) => {
    const member = await byKey.find(reading, attempt.params, reading.house.clock.now());
    const answer = await describe(reading, member, byKey.pathOf(reading.party?.slug ?? '', attempt.params));
    return entryPage(answer, view, { ...attempt.form, values: formValuesOf(answer) });
  },
});

/** At the foot of every mail, whatever it is about; also for a mail program's own button (RFC 8058). */
const unsubscribeForm = read({
  path: '/p/:party/k/:key/unsubscribe',
  summary: 'Asks whether mail to the bearer of the key shall stop',
  for: 'anyone',
  params: keyParams,
  answer: z.object({ network: entryAnswer.shape.network, path: z.string(), isStopped: z.boolean() }),
  async handle(reading, { params }) {
    const { member } = await openKey(reading.reader, params.key, reading.house.clock.now());
    const network = networkFactsOf(reading);
    return {
      network,
      path: `${networkPath(network.slug)}/k/${params.key}/unsubscribe`,
      isStopped: member.mailState === 'unsubscribed',
    };
  },
  page: unsubscribePage,
});

const unsubscribe = write({
  path: '/p/:party/k/:key/unsubscribe',
  summary: 'No more mail to the bearer of the key. One step; RFC 8058',
  for: 'anyone',
  params: keyParams,
  body: z.object({}),
  answer: done,
  async handle(work, { params }) {
    const { member } = await openKey(work.tx.db, params.key, work.tx.now);
    await actions.unsubscribe(work, member);
    return { path: `${networkPath(work.party?.slug ?? '')}/k/${params.key}/unsubscribe` };
  },
  then: ({ path }) => withNotice(path, 'members.done-unsubscribed'),
});

export const ownEndpoints: readonly Endpoint[] = [
  ...endpointsOf(signedIn),
  ...endpointsOf(byKey),
  enterByKey,
  confirm,
  link,
  openAccount,
  unsubscribeForm,
  unsubscribe,
];
