/** Series of dialogues and communities of practice. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import type { MemberId, SpaceId } from '../../../ids.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { emailSchema } from '../../../network/members/entry-form.tsx';
import { findMember, isSecretariat } from '../../../network/members/member.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { findMemberByEmail } from '../../../network/members/store.ts';
import { plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { describeSpace, spacePath, spaceSummary } from '../answers.ts';
import type { ThingSource } from '../things.ts';
import { zoneQuery } from '../zone.ts';
import * as actions from './actions.ts';
import { spaceFormValues, spaceSchema, spaceValuesOf } from './form.tsx';
import { spaceFormPage, spacePage, spacesPage, type SpaceFormAnswer } from './pages.tsx';
import { describeSpacePage, spaceAnswer } from './reading.ts';
import { slugForm, spaceKinds, spaceRoles, type Space, type SpaceKind } from './space.ts';
import * as store from './store.ts';
import { copySpace } from './templates.ts';

export const spaceParams = z.object({ space: z.string().regex(slugForm) });
export const done = z.object({ path: z.string() });

const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';

/** Of the space in the path, for those who may see it. */
export const spaceOf = (work: Work & Caller, slug: string): Promise<Space> =>
  actions.getVisibleSpace(work.tx.db, work, slug);

const pageLength = 50;

const after = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}_[0-9a-f-]{36}$/)
  .transform((text) => ({ openedOn: text.slice(0, 10) as PlainDate, id: text.slice(11) as SpaceId }));

const listOf = (kind: SpaceKind, path: string, summary: string): Endpoint =>
  read({
    path,
    summary,
    for: 'anyone',
    query: z.object({ after: after.optional() }),
    answer: z.object({
      network: networkFacts,
      kind: z.enum(spaceKinds),
      spaces: z.array(spaceSummary),
      drafts: z.array(spaceSummary),
      next: z.string().nullable(),
      mayDraft: z.boolean(),
    }),
    async handle(reading, { query }) {
      const { reader, house, locale } = reading;
      const today = plainDateAt(house.clock.now(), 'UTC');
      const describe = (space: Space) => describeSpace(space, slugOfParty(reading), locale, today);
      const found = await store.listSpaces(reader, {
        kind,
        states: ['open', 'closed'],
        after: query.after,
        limit: pageLength + 1,
      });
      const shown = found.slice(0, pageLength);
      const last = shown.at(-1);
      const isOffice = isSecretariat(reading);
      return {
        network: networkFactsOf(reading),
        kind,
        spaces: shown.map(describe),
        drafts: isOffice
          ? (await store.listSpaces(reader, { kind, states: ['draft'], limit: pageLength })).map(describe)
          : [],
        next: found.length > pageLength && last ? `${last.openedOn ?? ''}_${last.id}` : null,
        mayDraft: isOffice || (await findMember(reader, reading)) !== undefined,
      };
    },
    page: spacesPage,
  });

const one = (sources: readonly ThingSource[]): Endpoint =>
  read({
    path: '/p/:party/spaces/:space',
    summary: 'One series or community: what it is for, what it owes by when, its sessions, who convenes it',
    for: 'anyone',
    params: spaceParams,
    query: z.object({ zone: zoneQuery }),
    answer: spaceAnswer,
    handle: (reading, { params, query }) => describeSpacePage(reading, sources, params.space, query.zone),
    page: spacePage,
  });

// New ones, and changes

const formAnswer = z.object({
  network: networkFacts,
  kind: z.enum(spaceKinds),
  path: z.string().nullable(),
  title: z.string().nullable(),
  from: z.string().nullable(),
  language: z.string(),
  saved: z.record(z.string(), z.string()),
});

async function requireAuthor(reading: Reading & Caller): Promise<void> {
  if (isSecretariat(reading)) return;
  if (!reading.viewer.account) throw problem.notSignedIn({});
  if (!(await findMember(reading.reader, reading))) throw problem.notAllowed({ needs: 'member' });
}

async function describeNew(
  reading: Reading & Caller,
  kind: SpaceKind,
  from: string | undefined,
): Promise<SpaceFormAnswer> {
  await requireAuthor(reading);
  const source = from === undefined ? undefined : await actions.getVisibleSpace(reading.reader, reading, from);
  const { base: _, slug: __, ...saved } = source ? spaceFormValues(source, source.language) : { base: '', slug: '' };
  return {
    network: networkFactsOf(reading),
    kind: source?.kind ?? kind,
    path: null,
    title: null,
    from: source?.slug ?? null,
    language: source?.language ?? reading.locale,
    saved: { ...saved, outputLink: '', outputDueOn: '' },
  };
}

const newForm = read({
  path: '/p/:party/spaces/new',
  summary: 'What is asked of a new series or community; `from` is an earlier one to begin with',
  for: 'anyone',
  query: z.object({ kind: z.enum(spaceKinds).default('series'), from: z.string().regex(slugForm).optional() }),
  answer: formAnswer,
  handle: (reading, { query }) => describeNew(reading, query.kind, query.from),
  page: (answer, view) =>
    spaceFormPage(
      answer,
      view,
      blankForm({
        language: view.locale,
        timeZone: view.timeZone ?? 'UTC',
        joining: 'open',
        outputKind: '',
        ...answer.saved,
      }),
    ),
});

const draft = write({
  path: '/p/:party/spaces',
  summary: 'Drafts a series or community; the secretariat opens it',
  for: 'anyone',
  bodyLimitBytes: 200_000,
  body: spaceSchema.extend({ from: z.string().regex(slugForm).optional(), firstDay: z.iso.date().optional() }),
  answer: done,
  async handle(work, { body }) {
    const values = spaceValuesOf(body);
    if (body.from === undefined) await actions.draftSpace(work, values);
    else await copySpace(work, (await spaceOf(work, body.from)).id, values, body.firstDay as PlainDate | undefined);
    return { path: spacePath(slugOfParty(work), values.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async ({ form }, view, reading) => {
    const { kind, from } = form.values;
    const isCommunity = kind === 'community';
    return spaceFormPage(
      await describeNew(reading, isCommunity ? 'community' : 'series', typeof from === 'string' ? from : undefined),
      view,
      form,
    );
  },
});

async function describeEdit(reading: Reading & Caller, slug: string, language: string | undefined) {
  const space = await actions.getVisibleSpace(reading.reader, reading, slug);
  await actions.requireConvening(reading.reader, reading, space.id);
  const wished = language ?? (Object.hasOwn(space.title, reading.locale) ? reading.locale : space.language);
  const answer = {
    network: networkFactsOf(reading),
    kind: space.kind,
    path: spacePath(slugOfParty(reading), space.slug),
    title: space.title[space.language] ?? space.slug,
    from: null,
    language: wished,
    saved: spaceFormValues(space, wished),
  };
  return { space, answer };
}

const editForm = read({
  path: '/p/:party/spaces/:space/edit',
  summary: 'A space as it is, in one language, for changing it',
  for: 'anyone',
  params: spaceParams,
  query: z.object({ in: z.enum(locales).optional() }),
  answer: formAnswer,
  handle: async (reading, { params, query }) => (await describeEdit(reading, params.space, query.in)).answer,
  page: (answer, view) => spaceFormPage(answer, view, blankForm(answer.saved)),
});

const edit = write({
  path: '/p/:party/spaces/:space/edit',
  summary: 'Changes a space in one language; `base` is the revision that was seen',
  for: 'anyone',
  params: spaceParams,
  bodyLimitBytes: 200_000,
  body: spaceSchema.extend({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body }) {
    const space = await spaceOf(work, params.space);
    const values = spaceValuesOf(body, space);
    await actions.editSpace(work, space.id, body.base, values);
    return { path: spacePath(slugOfParty(work), values.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { language } = attempt.form.values;
    const { space, answer } = await describeEdit(
      reading,
      attempt.params.space,
      typeof language === 'string' ? language : undefined,
    );
    return spaceFormPage(answer, view, rebase(attempt, space.revision));
  },
});

const step = (
  name: string,
  summary: string,
  notice: Parameters<typeof withNotice>[1],
  run: (work: Work & Caller, space: SpaceId) => Promise<void>,
): Endpoint =>
  write({
    path: `/p/:party/spaces/:space/${name}`,
    summary,
    for: 'anyone',
    params: spaceParams,
    body: z.object({}),
    answer: done,
    async handle(work, { params }) {
      const space = await spaceOf(work, params.space);
      await run(work, space.id);
      return { path: spacePath(slugOfParty(work), space.slug) };
    },
    then: ({ path }) => withNotice(path, notice),
  });

// People

async function memberOf(work: Work, email: string): Promise<MemberId> {
  const member = await findMemberByEmail(work.tx.db, email);
  if (!member)
    throw problem.inputInvalid({ fields: [{ path: 'email', code: 'members.not-a-member', message: email }] });
  return member.id;
}

const giveRole = write({
  path: '/p/:party/spaces/:space/people',
  summary: 'Gives a member a role in a space',
  for: 'anyone',
  params: spaceParams,
  body: z.object({ email: emailSchema, role: z.enum(spaceRoles) }),
  answer: done,
  async handle(work, { params, body }) {
    const space = await spaceOf(work, params.space);
    await actions.requireConvenor(work, space.id);
    await actions.giveRole(work, space.id, await memberOf(work, body.email), body.role);
    return { path: spacePath(slugOfParty(work), space.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
});

const endRole = write({
  path: '/p/:party/spaces/:space/people/end',
  summary: 'Ends a member’s role in a space',
  for: 'anyone',
  params: spaceParams,
  body: z.object({ member: z.uuid(), role: z.enum(spaceRoles) }),
  answer: done,
  async handle(work, { params, body }) {
    const space = await spaceOf(work, params.space);
    await actions.endRole(work, space.id, body.member as MemberId, body.role);
    return { path: spacePath(slugOfParty(work), space.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
});

const handOver = write({
  path: '/p/:party/spaces/:space/people/hand-over',
  summary: 'One convenor hands over to another member',
  for: 'anyone',
  params: spaceParams,
  body: z.object({ from: z.uuid(), next: emailSchema }),
  answer: done,
  async handle(work, { params, body }) {
    const space = await spaceOf(work, params.space);
    await actions.requireConvenor(work, space.id);
    const to = await memberOf(work, body.next);
    await actions.handOverConvening(work, space.id, body.from as MemberId, to);
    return { path: spacePath(slugOfParty(work), space.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
});

export const spaceEndpoints = (sources: readonly ThingSource[]): readonly Endpoint[] => [
  listOf('series', '/p/:party/dialogues', 'Series of policy dialogues, the latest first'),
  listOf(
    'community',
    '/p/:party/communities',
    'Communities of practice, the latest first, with what each owes by when',
  ),
  one(sources),
  newForm,
  draft,
  editForm,
  edit,
  step('open', 'Opens a series or community to the public', 'programme.done-opened', actions.openSpace),
  step('close', 'Closes a series or community; it stays readable', 'programme.done-closed', actions.closeSpace),
  step('join', 'The caller takes part in a space', 'programme.done-joined', actions.joinSpace),
  step('leave', 'The caller takes part no longer', 'programme.done-left', actions.leaveSpace),
  giveRole,
  endRole,
  handOver,
];
