/** Sessions: their page is their documentation. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { blankValues, emailSchema, entryOf, newEntrySchema } from '../../../network/members/entry-form.tsx';
import { requireMember } from '../../../network/members/member.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { findMemberByEmail } from '../../../network/members/store.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { describeSession, describeSpace, sessionPath, sessionSummary, spaceSummary } from '../answers.ts';
import { getVisibleSpace, requireConvening } from '../spaces/actions.ts';
import { spaceOf, spaceParams } from '../spaces/routes.tsx';
import { slugForm, type Space } from '../spaces/space.ts';
import type { SessionPart } from '../session-parts.ts';
import { zoneQuery } from '../zone.ts';
import * as actions from './actions.ts';
import { sessionFormValues, sessionSchema, sessionValuesOf } from './form.tsx';
import { addMaterial, removeMaterial } from './materials.ts';
import { newcomerPage } from './newcomer-page.tsx';
import { sessionFormPage, sessionPage } from './pages.tsx';
import { describeSessionPage, getVisibleSession, sessionAnswer } from './reading.ts';
import { registrationsPage } from './registrations-page.tsx';
import { attendanceModes, programmeRoles, type DialogueSession } from './session.ts';
import * as store from './store.ts';

export const sessionParams = z.object({ space: z.string().regex(slugForm), session: z.string().regex(slugForm) });
const done = z.object({ path: z.string() });

const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';

type Found = { readonly space: Space; readonly session: DialogueSession };

export const sessionOf = (work: Work & Caller, params: z.output<typeof sessionParams>): Promise<Found> =>
  getVisibleSession(work.tx.db, work, params.space, params.session);

export const pathOf = (caller: Caller, { space, session }: Found): string =>
  sessionPath(slugOfParty(caller), space.slug, session.slug);

const one = (parts: readonly SessionPart[]) =>
  read({
    path: '/p/:party/spaces/:space/sessions/:session',
    summary: 'One session with what it left behind; the link to the meeting only for who is registered',
    for: 'anyone',
    params: sessionParams,
    query: z.object({ zone: zoneQuery }),
    answer: sessionAnswer,
    handle: (reading, { params, query }) =>
      describeSessionPage(reading, parts, params.space, params.session, query.zone),
    page: (answer, view) => sessionPage(answer, parts, view),
  });

// Planning

const formAnswer = z.object({
  network: networkFacts,
  space: spaceSummary,
  path: z.string().nullable(),
  title: z.string().nullable(),
  language: z.string(),
  saved: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

type FormAnswer = z.input<typeof formAnswer>;

const summaryOf = (reading: Reading & Caller, space: Space) =>
  describeSpace(space, slugOfParty(reading), reading.locale, plainDateAt(reading.house.clock.now(), 'UTC'));

async function describeNew(reading: Reading & Caller, slug: string): Promise<FormAnswer> {
  const space = await getVisibleSpace(reading.reader, reading, slug);
  await requireConvening(reading.reader, reading, space.id);
  return {
    network: networkFactsOf(reading),
    space: summaryOf(reading, space),
    path: null,
    title: null,
    language: space.language,
    saved: {
      language: space.language,
      timeZone: space.timeZone,
      minutes: '90',
      registration: 'open',
      openUntilDays: '14',
      languages: [],
    },
  };
}

const newForm = read({
  path: '/p/:party/spaces/:space/sessions/new',
  summary: 'What is asked of a new session',
  for: 'anyone',
  params: spaceParams,
  answer: formAnswer,
  handle: (reading, { params }) => describeNew(reading, params.space),
  page: (answer, view) => sessionFormPage(answer, view, blankForm(answer.saved)),
});

const plan = write({
  path: '/p/:party/spaces/:space/sessions',
  summary: 'Plans a session: a draft until it is announced',
  for: 'anyone',
  params: spaceParams,
  body: sessionSchema,
  answer: done,
  async handle(work, { params, body }) {
    const space = await spaceOf(work, params.space);
    const values = sessionValuesOf(body);
    await actions.planSession(work, space.id, values);
    return { path: sessionPath(slugOfParty(work), space.slug, values.slug) };
  },
  then: ({ path }) => withNotice(path, 'programme.done-planned'),
  form: async ({ form, params }, view, reading) =>
    sessionFormPage(formAnswer.parse(await describeNew(reading, params.space)), view, form),
});

async function describeEdit(
  reading: Reading & Caller,
  params: z.output<typeof sessionParams>,
  language: string | undefined,
) {
  const found = await getVisibleSession(reading.reader, reading, params.space, params.session);
  const { space, session } = found;
  await requireConvening(reading.reader, reading, space.id);
  const own = Object.hasOwn(session.title, space.language) ? space.language : (Object.keys(session.title)[0] ?? 'en');
  const wished = language ?? (Object.hasOwn(session.title, reading.locale) ? reading.locale : own);
  const answer: FormAnswer = {
    network: networkFactsOf(reading),
    space: summaryOf(reading, space),
    path: pathOf(reading, found),
    title: session.title[own] ?? session.slug,
    language: wished,
    saved: Object.fromEntries(
      Object.entries(sessionFormValues(session, wished)).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : [...value],
      ]),
    ),
  };
  return { session, answer: formAnswer.parse(answer) };
}

const editForm = read({
  path: '/p/:party/spaces/:space/sessions/:session/edit',
  summary: 'A session as it is, in one language, for changing it',
  for: 'anyone',
  params: sessionParams,
  query: z.object({ in: z.enum(locales).optional() }),
  answer: formAnswer,
  handle: async (reading, { params, query }) => (await describeEdit(reading, params, query.in)).answer,
  page: (answer, view) => sessionFormPage(answer, view, blankForm(answer.saved)),
});

const edit = write({
  path: '/p/:party/spaces/:space/sessions/:session/edit',
  summary:
    'Changes or moves a session; `base` is the revision that was seen. Those registered are told when calendars must know',
  for: 'anyone',
  params: sessionParams,
  body: sessionSchema.extend({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body }) {
    const { space, session } = await sessionOf(work, params);
    const values = sessionValuesOf(body, session);
    await actions.editSession(work, session.id, body.base, values);
    return { path: sessionPath(slugOfParty(work), space.slug, values.slug) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { language } = attempt.form.values;
    const { session, answer } = await describeEdit(
      reading,
      attempt.params,
      typeof language === 'string' ? language : undefined,
    );
    return sessionFormPage(answer, view, rebase(attempt, session.revision));
  },
});

// Steps

const stepOf =
  (parts: readonly SessionPart[]) =>
  <Body extends z.ZodObject>(
    name: string,
    summary: string,
    notice: Parameters<typeof withNotice>[1],
    body: Body,
    run: (work: Work & Caller, found: Found, body: z.output<Body>) => Promise<unknown>,
  ): Endpoint =>
    write({
      path: `/p/:party/spaces/:space/sessions/:session/${name}`,
      summary,
      for: 'anyone',
      params: sessionParams,
      body,
      answer: done,
      async handle(work, input) {
        const found = await sessionOf(work, input.params);
        await run(work, found, input.body);
        return { path: pathOf(work, found) };
      },
      then: ({ path }) => withNotice(path, notice),
      form: async ({ form, params }: Attempt<z.output<typeof sessionParams>>, view, reading) => {
        const answer = sessionAnswer.parse(
          await describeSessionPage(reading, parts, params.space, params.session, undefined),
        );
        return sessionPage(answer, parts, view, { step: name, form });
      },
    });

const modeBody = z.object({ mode: z.enum(attendanceModes).default('remote') });

const httpLink = z.url({ protocol: /^https?$/ }).max(2000);

const speakerBody = z.object({
  role: z.enum(programmeRoles),
  email: emailSchema.optional(),
  name: z.string().trim().max(200).optional(),
  affiliation: z.string().trim().max(200).optional(),
  agreed: z.boolean().default(false),
  about: z.string().trim().max(2000).optional(),
  inputLink: httpLink.optional(),
});

async function addSpeaker(work: Work & Caller, { session }: Found, body: z.output<typeof speakerBody>): Promise<void> {
  const { role, about, inputLink } = body;
  const refuse = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });
  if (body.email !== undefined) {
    const member = await findMemberByEmail(work.tx.db, body.email);
    if (!member) throw refuse('email', 'members.not-a-member');
    await actions.addToProgramme(work, session.id, { role, about, inputLink, who: { member: member.id } });
    return;
  }
  if (body.name === undefined || body.name === '') throw refuse('name', 'required');
  // Nobody is named here who has not agreed to it.
  if (!body.agreed) throw refuse('agreed', 'programme.speaker-must-agree');
  const who = { name: body.name, affiliation: body.affiliation };
  await actions.addToProgramme(work, session.id, { role, about, inputLink, who });
}

// Newcomers

const newcomerAnswer = z.object({ network: networkFacts, space: spaceSummary, session: sessionSummary });

async function describeNewcomer(reading: Reading & Caller, params: z.output<typeof sessionParams>) {
  const found = await getVisibleSession(reading.reader, reading, params.space, params.session);
  const { space, session } = found;
  return {
    network: networkFactsOf(reading),
    space: summaryOf(reading, space),
    session: describeSession(
      session,
      pathOf(reading, found),
      reading.locale,
      space.language,
      reading.house.clock.now(),
    ),
  };
}

const newcomerForm = read({
  path: '/p/:party/spaces/:space/sessions/:session/newcomer',
  summary: 'What is asked of somebody who registers and is not yet known',
  for: 'anyone',
  params: sessionParams,
  answer: newcomerAnswer,
  handle: (reading, { params }) => describeNewcomer(reading, params),
  page: (answer, view) => newcomerPage(answer, view, blankForm({ ...blankValues(view), digest: 'none' })),
});

const newcomer = write({
  path: '/p/:party/spaces/:space/sessions/:session/newcomer',
  summary: 'Registers somebody who is not yet known; the link in the mail makes it count',
  for: 'anyone',
  limit: 'sign-in',
  limitKey: ({ body }) => body.email,
  params: sessionParams,
  body: newEntrySchema,
  answer: done,
  async handle(work, { params, body }) {
    const found = await sessionOf(work, params);
    await actions.registerNewcomer(work, found.session.id, body.email, entryOf(body));
    return { path: pathOf(work, found) };
  },
  then: ({ path }) => withNotice(path, 'members.done-asked'),
  form: async ({ form, params }, view, reading) => newcomerPage(await describeNewcomer(reading, params), view, form),
});

const registrationsPageLength = 100;

const registrations = read({
  path: '/p/:party/spaces/:space/sessions/:session/registrations',
  summary: 'Who is registered, for those who convene',
  for: 'anyone',
  params: sessionParams,
  query: z.object({ page: z.coerce.number().int().min(1).max(10_000).default(1) }),
  answer: z.object({
    network: networkFacts,
    space: spaceSummary,
    session: sessionSummary,
    people: z.array(
      z.object({ name: z.string(), affiliation: z.string().nullable(), mode: z.enum(attendanceModes).nullable() }),
    ),
    next: z.string().nullable(),
  }),
  async handle(reading, { params, query }) {
    const found = await getVisibleSession(reading.reader, reading, params.space, params.session);
    await requireConvening(reading.reader, reading, found.space.id);
    const people = await store.listRegistrations(reading.reader, found.session.id, {
      limit: registrationsPageLength + 1,
      offset: (query.page - 1) * registrationsPageLength,
    });
    return {
      ...(await describeNewcomer(reading, params)),
      people: people.slice(0, registrationsPageLength),
      next: people.length > registrationsPageLength ? String(query.page + 1) : null,
    };
  },
  page: registrationsPage,
});

export const sessionEndpoints = (parts: readonly SessionPart[]): readonly Endpoint[] => {
  const step = stepOf(parts);
  return [
    one(parts),
    newForm,
    plan,
    editForm,
    edit,
    step('announce', 'Announces a session', 'programme.done-announced', z.object({}), (work, { session }) =>
      actions.announceSession(work, session.id),
    ),
    step(
      'cancel',
      'Cancels a session; those registered are told',
      'programme.done-cancelled',
      z.object({}),
      (work, { session }) => actions.cancelSession(work, session.id),
    ),
    step(
      'register',
      'Registers the caller, a member',
      'programme.done-registered',
      modeBody,
      async (work, { session }, { mode }) => actions.registerFor(work, await requireMember(work), session.id, mode),
    ),
    step(
      'withdraw',
      'Takes the caller’s registration back',
      'programme.done-withdrawn',
      z.object({}),
      async (work, { session }) => actions.withdrawFrom(work, await requireMember(work), session.id),
    ),
    step(
      'programme',
      'Puts somebody on the programme: a member, or somebody who agreed to being named',
      'common.done-saved',
      speakerBody,
      addSpeaker,
    ),
    step(
      'programme/remove',
      'Takes somebody from the programme',
      'common.done-saved',
      z.object({ person: z.uuid() }),
      (work, { session }, { person }) => actions.takeFromProgramme(work, session.id, person),
    ),
    step(
      'materials',
      'Adds a link to what the session leaves to read',
      'common.done-saved',
      z.object({ title: z.string().trim().min(1).max(300), link: httpLink, language: z.enum(locales).optional() }),
      (work, { session }, { title, link, language }) => addMaterial(work, session, { title, link, language }),
    ),
    step(
      'materials/remove',
      'Takes a material away',
      'common.done-saved',
      z.object({ material: z.uuid() }),
      (work, { session }, { material }) => removeMaterial(work, session, material),
    ),
    newcomerForm,
    newcomer,
    registrations,
  ];
};
