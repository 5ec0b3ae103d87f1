/** Putting a question to a space or a session, and closing it. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reader } from '../../../db/database.ts';
import type { Reading, Work } from '../../../house.ts';
import type { InquiryId } from '../../../ids.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { addDays, plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { spacePath } from '../../programme/answers.ts';
import { findSessionBySlug } from '../../programme/sessions/store.ts';
import { getVisibleSpace, mayConvene, requireConvening } from '../../programme/spaces/actions.ts';
import { slugForm, type Space } from '../../programme/spaces/space.ts';
import { inLanguage, saidSchema, withText } from '../../texts.ts';
import { askByMail } from '../voting/asking.ts';
import { inquiryParams } from '../voting/routes.tsx';
import * as actions from './actions.ts';
import { describeInquiry, inquiryPath, inquirySummary } from './answers.ts';
import { inquiryFormValues, inquirySchema, inquiryValuesOf } from './form.tsx';
import type { Inquiry } from './inquiry.ts';
import { closePage, inquiriesPage, inquiryFormPage, inquiryPage, type InquiryFormAnswer } from './pages.tsx';
import { describeFrame, describeInquiryPage, frameAnswer, inquiryAnswer } from './reading.ts';
import * as store from './store.ts';

const done = z.object({ path: z.string() });
const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';
const ownPath = (work: Caller, { slug }: Pick<Inquiry, 'slug'>): string => inquiryPath(slugOfParty(work), slug);

const pageLength = 50;

const after = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}_[0-9a-f-]{36}$/)
  .transform((text) => ({ openedOn: text.slice(0, 10) as PlainDate, id: text.slice(11) as InquiryId }));

const spaceFacts = z.object({ path: z.string(), slug: z.string(), title: saidSchema });

const describeSpace = (reading: Caller, space: Space) => ({
  path: spacePath(slugOfParty(reading), space.slug),
  slug: space.slug,
  title: inLanguage(space.title, reading.locale, space.language) ?? { language: space.language, text: space.slug },
});

const list = read({
  path: '/p/:party/inquiries',
  summary: 'Questions put to the members, the latest first; `space` asks for those of one space',
  for: 'anyone',
  query: z.object({ space: z.string().regex(slugForm).optional(), after: after.optional() }),
  answer: z.object({
    network: networkFacts,
    space: spaceFacts.nullable(),
    inquiries: z.array(inquirySummary),
    drafts: z.array(inquirySummary),
    next: z.string().nullable(),
    mayDraft: z.boolean(),
  }),
  async handle(reading, { query }) {
    const { reader, house, locale } = reading;
    const space = query.space === undefined ? undefined : await getVisibleSpace(reader, reading, query.space);
    const convenes = space !== undefined && (await mayConvene(reader, reading, space.id));
    const found = await store.listInquiries(reader, {
      states: ['open', 'closed'],
      space: space?.id,
      after: query.after,
      limit: pageLength + 1,
    });
    const shown = found.slice(0, pageLength);
    const last = shown.at(-1);
    const describe = (inquiry: Inquiry) => describeInquiry(inquiry, slugOfParty(reading), locale, house.clock.now());
    return {
      network: networkFactsOf(reading),
      space: space ? describeSpace(reading, space) : null,
      inquiries: shown.map(describe),
      drafts: convenes
        ? (await store.listInquiries(reader, { states: ['draft'], space: space.id, limit: pageLength })).map(describe)
        : [],
      next: found.length > pageLength && last ? `${last.openedOn ?? ''}_${last.id}` : null,
      mayDraft: convenes,
    };
  },
  page: inquiriesPage,
});

const one = read({
  path: '/p/:party/inquiries/:inquiry',
  summary: 'One question: who may answer until when, how many have, and what came of it',
  for: 'anyone',
  params: inquiryParams,
  answer: inquiryAnswer,
  handle: async (reading, { params }) =>
    describeInquiryPage(reading, await actions.getVisibleInquiry(reading.reader, reading, params.inquiry)),
  page: inquiryPage,
});

// New ones, and changes

const formAnswer = z.object({
  network: networkFacts,
  space: spaceFacts,
  session: z.string().nullable(),
  path: z.string().nullable(),
  question: z.string().nullable(),
  language: z.string(),
  timeZone: z.string(),
  saved: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

const spaceParams = z.object({ space: z.string().regex(slugForm) });
const session = z.string().regex(slugForm).optional();

async function findPlace(reader: Reader, caller: Caller, slug: string, session: string | undefined) {
  const space = await getVisibleSpace(reader, caller, slug);
  await requireConvening(reader, caller, space.id);
  const found = session === undefined ? undefined : await findSessionBySlug(reader, space.id, session);
  if (session !== undefined && !found) throw problem.notFound({ what: 'session' });
  return { space, session: found };
}

const votingDays = 14;

async function describeNew(
  reading: Reading & Caller,
  slug: string,
  session: string | undefined,
): Promise<z.output<typeof formAnswer>> {
  const { space } = await findPlace(reading.reader, reading, slug, session);
  const today = plainDateAt(reading.house.clock.now(), space.timeZone);
  return {
    network: networkFactsOf(reading),
    space: describeSpace(reading, space),
    session: session ?? null,
    path: null,
    question: null,
    language: reading.locale,
    timeZone: space.timeZone,
    saved: {
      language: reading.locale,
      languages: [...locales],
      votesFrom: today,
      closesOn: addDays(today, votingDays),
      voters: 'anyone',
      moderation: 'after',
      statementsEach: '5',
    },
  };
}

const newForm = read({
  path: '/p/:party/spaces/:space/inquiries/new',
  summary: 'What is asked of a new inquiry in this space or session',
  for: 'anyone',
  params: spaceParams,
  query: z.object({ session }),
  answer: formAnswer,
  handle: (reading, { params, query }) => describeNew(reading, params.space, query.session),
  page: (answer, view) => inquiryFormPage(answer, view, blankForm(answer.saved)),
});

const draft = write({
  path: '/p/:party/spaces/:space/inquiries',
  summary: 'Drafts an inquiry; those who convene the space open it',
  for: 'anyone',
  params: spaceParams,
  body: inquirySchema.extend({ session }),
  answer: done,
  async handle(work, { params, body }) {
    const { space, session: found } = await findPlace(work.tx.db, work, params.space, body.session);
    const values = inquiryValuesOf(body);
    const place = {
      space: space.id,
      session: found?.id,
      isChathamHouse: found?.isChathamHouse ?? false,
      timeZone: space.timeZone,
    };
    await actions.draftInquiry(work, place, values);
    return { path: ownPath(work, values) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async ({ form, params }, view, reading) => {
    const asked = session.safeParse(form.values['session'] || undefined).data;
    return inquiryFormPage(await describeNew(reading, params.space, asked), view, form);
  },
});

async function describeEdit(reading: Reading & Caller, slug: string, language: string | undefined) {
  const inquiry = await actions.getVisibleInquiry(reading.reader, reading, slug);
  await requireConvening(reading.reader, reading, inquiry.space);
  const { space, network } = await describeFrame(reading, inquiry);
  const wished = language ?? (Object.hasOwn(inquiry.question, reading.locale) ? reading.locale : inquiry.language);
  const answer: InquiryFormAnswer & z.output<typeof formAnswer> = {
    network,
    space: { ...space, slug: space.path.split('/').at(-1) ?? '' },
    session: null,
    path: ownPath(reading, inquiry),
    question: inquiry.question[inquiry.language] ?? inquiry.slug,
    language: wished,
    timeZone: inquiry.timeZone,
    saved: inquiryFormValues(inquiry, wished),
  };
  return { inquiry, answer };
}

const editForm = read({
  path: '/p/:party/inquiries/:inquiry/edit',
  summary: 'An inquiry as it is, in one language, for changing it',
  for: 'anyone',
  params: inquiryParams,
  query: z.object({ in: z.enum(locales).optional() }),
  answer: formAnswer,
  handle: async (reading, { params, query }) => (await describeEdit(reading, params.inquiry, query.in)).answer,
  page: (answer, view) => inquiryFormPage(answer, view, blankForm(answer.saved)),
});

const edit = write({
  path: '/p/:party/inquiries/:inquiry/edit',
  summary:
    'Changes an inquiry in one language; `base` is the revision that was seen. Its rules are fixed once it is open',
  for: 'anyone',
  params: inquiryParams,
  body: inquirySchema.extend({ base: z.int().min(1) }),
  answer: done,
  async handle(work, { params, body }) {
    const inquiry = await actions.getVisibleInquiry(work.tx.db, work, params.inquiry);
    const values = inquiryValuesOf(body, inquiry);
    await actions.editInquiry(work, inquiry, body.base, values);
    return { path: ownPath(work, values) };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { language } = attempt.form.values;
    const { inquiry, answer } = await describeEdit(
      reading,
      attempt.params.inquiry,
      typeof language === 'string' ? language : undefined,
    );
    return inquiryFormPage(answer, view, rebase(attempt, inquiry.revision));
  },
});

const step = (
  name: string,
  summary: string,
  notice: Parameters<typeof withNotice>[1],
  run: (work: Work & Caller, inquiry: Inquiry) => Promise<void>,
): Endpoint =>
  write({
    path: `/p/:party/inquiries/:inquiry/${name}`,
    summary,
    for: 'anyone',
    params: inquiryParams,
    body: z.object({}),
    answer: done,
    async handle(work, { params }) {
      const inquiry = await actions.getVisibleInquiry(work.tx.db, work, params.inquiry);
      await run(work, inquiry);
      return { path: ownPath(work, inquiry) };
    },
    then: ({ path }) => withNotice(path, notice),
  });

async function describeClosing(reading: Reading & Caller, slug: string) {
  const inquiry = await actions.getVisibleInquiry(reading.reader, reading, slug);
  await requireConvening(reading.reader, reading, inquiry.space);
  return describeFrame(reading, inquiry);
}

const closeForm = read({
  path: '/p/:party/inquiries/:inquiry/close',
  summary: 'What is asked of whoever closes an inquiry',
  for: 'anyone',
  params: inquiryParams,
  answer: frameAnswer,
  handle: (reading, { params }) => describeClosing(reading, params.inquiry),
  page: (answer, view) => closePage(answer, view, blankForm()),
});

const close = write({
  path: '/p/:party/inquiries/:inquiry/close',
  summary: 'Closes an inquiry for good; its result counts every vote and never changes',
  for: 'anyone',
  params: inquiryParams,
  body: z.object({ language: z.enum(locales), outcome: z.string().trim().max(5000).default('') }),
  answer: done,
  async handle(work, { params, body }) {
    const inquiry = await actions.getVisibleInquiry(work.tx.db, work, params.inquiry);
    await actions.closeInquiry(work, inquiry, withText({}, body.language, body.outcome));
    return { path: ownPath(work, inquiry) };
  },
  then: ({ path }) => withNotice(path, 'statements.done-closed'),
  form: async ({ form, params }, view, reading) =>
    closePage(await describeClosing(reading, params.inquiry), view, form),
});

export const inquiryEndpoints: readonly Endpoint[] = [
  list,
  newForm,
  one,
  draft,
  editForm,
  edit,
  step(
    'open',
    'Opens an inquiry: statements come in, and votes from its first day',
    'statements.done-opened',
    actions.openInquiry,
  ),
  step('ask', 'Asks by mail whoever may vote and was not asked so far', 'statements.done-asked', askByMail),
  closeForm,
  close,
];
