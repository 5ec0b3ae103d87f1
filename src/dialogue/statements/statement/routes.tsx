/** Statements before the public, the log of what was decided about them, and translations. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Attempt, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading, Work } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { getVisibleInquiry } from '../inquiries/actions.ts';
import { inquiryPath } from '../inquiries/answers.ts';
import { inquiryParams } from '../voting/routes.tsx';
import * as actions from './actions.ts';
import { statementStates } from './answers.ts';
import { moderationPage, statementPage, statementsPage, type Attempted } from './pages.tsx';
import {
  describeModeration,
  describeOneStatement,
  describeStatements,
  moderationAnswer,
  oneStatementAnswer,
  statementsAnswer,
} from './reading.ts';
import { reasons } from './statement.ts';
import { findStatement } from './store.ts';

const statementParams = inquiryParams.extend({ number: z.coerce.number().int().min(1).max(100_000) });
const done = z.object({ path: z.string() });

const slugOfParty = ({ party }: Caller): string => party?.slug ?? '';

const inquiryOf = (reading: Reading & Caller, slug: string) => getVisibleInquiry(reading.reader, reading, slug);

const list = read({
  path: '/p/:party/inquiries/:inquiry/statements',
  summary:
    'All statements before the public, in the reader’s language where somebody has translated them, with the original',
  for: 'anyone',
  params: inquiryParams,
  answer: statementsAnswer,
  handle: async (reading, { params }) => describeStatements(reading, await inquiryOf(reading, params.inquiry)),
  page: (answer, view) => statementsPage(answer, view),
});

const seed = write({
  path: '/p/:party/inquiries/:inquiry/seeds',
  summary: 'A statement by those who convene, to begin with',
  for: 'anyone',
  params: inquiryParams,
  body: z.object({
    text: z.string().min(1).max(2000),
    language: z.enum(locales),
    namesPerson: z.boolean().default(false),
  }),
  answer: done,
  async handle(work, { params, body }) {
    const inquiry = await getVisibleInquiry(work.tx.db, work, params.inquiry);
    await actions.seedStatement(work, inquiry, body);
    return { path: `${inquiryPath(slugOfParty(work), inquiry.slug)}/statements` };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async ({ form, params }, view, reading) =>
    statementsPage(
      statementsAnswer.parse(await describeStatements(reading, await inquiryOf(reading, params.inquiry))),
      view,
      form,
    ),
});

const log = read({
  path: '/p/:party/inquiries/:inquiry/moderation',
  summary: 'Every decision about a statement, with its reason; for those who convene also what waits to be looked at',
  for: 'anyone',
  params: inquiryParams,
  answer: moderationAnswer,
  handle: async (reading, { params }) => describeModeration(reading, await inquiryOf(reading, params.inquiry)),
  page: moderationPage,
});

const one = read({
  path: '/p/:party/inquiries/:inquiry/statements/:number',
  summary: 'One statement with its translations and what was decided about it',
  for: 'anyone',
  params: statementParams,
  answer: oneStatementAnswer,
  handle: async (reading, { params }) =>
    describeOneStatement(reading, await inquiryOf(reading, params.inquiry), params.number),
  page: (answer, view) => statementPage(answer, view),
});

async function statementOf(work: Work & Caller, params: z.output<typeof statementParams>) {
  const inquiry = await getVisibleInquiry(work.tx.db, work, params.inquiry);
  const statement = await findStatement(work.tx.db, inquiry.id, params.number);
  if (!statement) throw problem.notFound({ what: 'statement' });
  const path = `${inquiryPath(slugOfParty(work), inquiry.slug)}/statements/${statement.number}`;
  return { inquiry, statement, path };
}

const drawnAgain =
  (step: Attempted['step']) =>
  async (
    { form, params }: Attempt<z.output<typeof statementParams>>,
    view: Parameters<typeof statementPage>[1],
    reading: Reading & Caller,
  ) => {
    const answer = await describeOneStatement(reading, await inquiryOf(reading, params.inquiry), params.number);
    return statementPage(oneStatementAnswer.parse(answer), view, { step, form });
  };

const decide = write({
  path: '/p/:party/inquiries/:inquiry/statements/:number/decide',
  summary: 'Shows a statement, holds it or takes it out, with a reason that everybody can read',
  for: 'anyone',
  params: statementParams,
  body: z.object({
    state: z.enum(statementStates),
    reason: z.enum(reasons).optional(),
    note: z.string().trim().max(500).optional(),
  }),
  answer: done,
  async handle(work, { params, body }) {
    const { inquiry, statement, path } = await statementOf(work, params);
    await actions.moderateStatement(work, inquiry, statement, {
      state: body.state,
      reason: body.reason,
      note: body.note || undefined,
    });
    return { path };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: drawnAgain('decide'),
});

const translate = write({
  path: '/p/:party/inquiries/:inquiry/statements/:number/translate',
  summary: 'Puts a translation beside a statement; `machine` names what made it, when no person did',
  for: 'anyone',
  params: statementParams,
  body: z.object({
    in: z.enum(locales),
    words: z.string().trim().min(1).max(600),
    machine: z.string().trim().max(100).optional(),
  }),
  answer: done,
  async handle(work, { params, body }) {
    const { inquiry, statement, path } = await statementOf(work, params);
    const given = { language: body.in, text: body.words, machine: body.machine || undefined };
    await actions.translateStatement(work, inquiry, statement, given);
    return { path };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: drawnAgain('translate'),
});

export const statementEndpoints: readonly Endpoint[] = [list, seed, log, one, decide, translate];
