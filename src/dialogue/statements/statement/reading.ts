import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import { findMember } from '../../../network/members/member.ts';
import { problem } from '../../../problem.ts';
import { saidSchema } from '../../texts.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { describeFrame, frameAnswer } from '../inquiries/reading.ts';
import { describeStatement, describeTranslation, listShown, statementAnswer, statementStates } from './answers.ts';
import { reasons, unrepeated, type Statement } from './statement.ts';
import * as store from './store.ts';

export const statementsAnswer = frameAnswer.extend({
  statements: z.array(statementAnswer),
  languages: z.array(z.string()),
});
export type StatementsAnswer = z.output<typeof statementsAnswer>;

export async function describeStatements(reading: Reading & Caller, inquiry: Inquiry): Promise<StatementsAnswer> {
  return {
    ...(await describeFrame(reading, inquiry)),
    statements: await listShown(reading.reader, inquiry.id, reading.locale),
    languages: [...inquiry.languages],
  };
}

const decisionAnswer = z.object({
  number: z.int(),
  /** Null: not repeated here, because of why it was taken out. */
  text: saidSchema.nullable(),
  state: z.enum(statementStates),
  reason: z.enum(reasons).nullable(),
  note: z.string().nullable(),
  /** Null: by the rule, because its author said that it names somebody. */
  by: z.string().nullable(),
  at: z.iso.datetime(),
});
export type DecisionAnswer = z.output<typeof decisionAnswer>;

export const moderationAnswer = frameAnswer.extend({
  decisions: z.array(decisionAnswer),
  /** For those who convene: what waits to be looked at. */
  held: z.array(statementAnswer),
});
export type ModerationAnswer = z.output<typeof moderationAnswer>;

/** More than an inquiry has statements; a log is read from its end. */
const decisionsShown = 2000;

export async function describeModeration(reading: Reading & Caller, inquiry: Inquiry): Promise<ModerationAnswer> {
  const { reader, locale } = reading;
  const frame = await describeFrame(reading, inquiry);
  const translations = await store.listTranslations(reader, inquiry.id, locale);
  const decisions = await store.listDecisions(reader, inquiry.id, decisionsShown);
  const repeated = repeatable(decisions);
  return {
    ...frame,
    decisions: decisions.map((decision) =>
      describeDecision(decision, frame.mayConvene || repeated(decision.statement)),
    ),
    held: frame.mayConvene
      ? (await store.listStatements(reader, inquiry.id, ['held'])).map((statement) =>
          describeStatement(statement, translations.get(statement.id)),
        )
      : [],
  };
}

/** What is shown can be read anyway. What was taken out can, too, unless the latest reason says that reading it does harm; what is held, not yet. */
function repeatable(decisions: readonly store.Decision[]): (statement: Statement) => boolean {
  const latest = new Map<string, store.Decision>();
  for (const decision of decisions) if (!latest.has(decision.statement.id)) latest.set(decision.statement.id, decision);
  return ({ id, state }) => {
    const reason = latest.get(id)?.reason;
    return state === 'shown' || (state === 'hidden' && !(reason !== undefined && unrepeated.has(reason)));
  };
}

const describeDecision = (decision: store.Decision, isRepeated: boolean): DecisionAnswer => ({
  number: decision.statement.number,
  text: isRepeated ? { language: decision.statement.language, text: decision.statement.text } : null,
  state: decision.state,
  reason: decision.reason ?? null,
  note: decision.note ?? null,
  by: decision.by ?? null,
  at: decision.at.toISOString(),
});

export const oneStatementAnswer = frameAnswer.extend({
  number: z.int(),
  state: z.enum(statementStates),
  /** Null: not for this reader, or not to be repeated. */
  statement: statementAnswer.nullable(),
  isOwn: z.boolean(),
  translations: z.array(saidSchema.extend({ by: z.string(), machine: z.string().nullable(), at: z.iso.datetime() })),
  decisions: z.array(decisionAnswer),
});
export type OneStatementAnswer = z.output<typeof oneStatementAnswer>;

export async function describeOneStatement(
  reading: Reading & Caller,
  inquiry: Inquiry,
  number: number,
): Promise<OneStatementAnswer> {
  const { reader, locale } = reading;
  const statement = await store.findStatement(reader, inquiry.id, number);
  if (!statement) throw problem.notFound({ what: 'statement' });
  const frame = await describeFrame(reading, inquiry);
  const member = await findMember(reader, reading);
  const decisions = await store.listDecisionsOf(reader, statement);
  const isOwn = member !== undefined && statement.author === member.id;
  const isRead = frame.mayConvene || isOwn || repeatable(decisions)(statement);
  const translations = isRead ? await store.listTranslationsOf(reader, statement.id) : [];
  return {
    ...frame,
    number,
    state: statement.state,
    statement: isRead
      ? describeStatement(
          statement,
          translations.find(({ language }) => language === locale),
        )
      : null,
    isOwn,
    translations: translations.map(describeTranslation),
    decisions: decisions.map((decision) => describeDecision(decision, isRead)),
  };
}
