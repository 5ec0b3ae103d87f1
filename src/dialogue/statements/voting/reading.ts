/** One statement at a time, in an order that gives each a fair chance of being seen. */
import { createHash } from 'node:crypto';
import { createRandom } from '@reciproca/opinion/random';
import { drawByPriority } from '@reciproca/opinion/routing';
import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import type { InquiryId, MemberId } from '../../../ids.ts';
import type { Member } from '../../../network/members/member.ts';
import { phaseAt, type Inquiry } from '../inquiries/inquiry.ts';
import { describeFrame, frameAnswer } from '../inquiries/reading.ts';
import { isEligible } from '../inquiries/store.ts';
import { listShown, statementAnswer } from '../statement/answers.ts';
import { countStatements, listCandidates } from '../statement/store.ts';
import { choices, nameOf } from './choice.ts';
import { listOwnVotes } from './store.ts';

export const voteAnswer = frameAnswer.extend({
  /** Where the forms of this page post to. */
  path: z.string(),
  /** Where the next statement stands. */
  votePath: z.string(),
  name: z.string(),
  mayVote: z.boolean(),
  /** Null: there is nothing (more) to vote on. */
  statement: statementAnswer.nullable(),
  /** On this statement, when it was voted on before. */
  choice: z.enum(choices).nullable(),
  voted: z.int(),
  shown: z.int(),
  /** The latest first, so that a slip can be put right. */
  latest: z.array(z.object({ statement: statementAnswer, choice: z.enum(choices) })),
  languages: z.array(z.string()),
  /** Further statements that this person may write. */
  statementsLeft: z.int(),
  maySubmit: z.boolean(),
});
export type VoteAnswer = z.output<typeof voteAnswer>;

const latestShown = 5;

export async function describeVoting(
  reading: Reading & Caller,
  inquiry: Inquiry,
  member: Member,
  paths: Pick<VoteAnswer, 'path' | 'votePath'>,
  asked: number | undefined,
): Promise<VoteAnswer> {
  const { reader, house, locale } = reading;
  const now = house.clock.now();
  const phase = phaseAt(inquiry, now);
  const mayTakePart = await isEligible(reader, inquiry, member.id);
  const own = new Map((await listOwnVotes(reader, inquiry.id, member.id)).map(({ number, vote }) => [number, vote]));
  const shown = new Map(
    (await listShown(reader, inquiry.id, locale)).map((statement) => [statement.number, statement]),
  );
  const next =
    asked !== undefined && shown.has(asked) ? asked : (await chooseNext(reader, inquiry.id, member.id, 1))[0];
  const isOpen = phase === 'voting' && mayTakePart;
  const statement = isOpen && next !== undefined ? shown.get(next) : undefined;
  const chosen = statement && own.get(statement.number);
  const counts = await countStatements(reader, inquiry.id, member.id);
  return {
    ...(await describeFrame(reading, inquiry)),
    ...paths,
    name: member.name,
    mayVote: isOpen,
    statement: statement ?? null,
    choice: chosen === undefined ? null : nameOf(chosen),
    voted: own.size,
    shown: shown.size,
    latest: [...own].slice(0, latestShown).flatMap(([number, vote]) => {
      const each = shown.get(number);
      return each ? [{ statement: each, choice: nameOf(vote) }] : [];
    }),
    languages: [...inquiry.languages],
    statementsLeft: Math.max(0, inquiry.statementsEach - counts.own),
    maySubmit: mayTakePart && (phase === 'voting' || phase === 'collecting') && inquiry.statementsEach > 0,
  };
}

/**
 * Drawn by priority among what this person has not voted on. The draw is fixed by who she is and by how much she has said so far: the page shows the
 * same statement when it is opened again (until priorities are computed anew), and another person another one.
 */
export async function chooseNext(
  reader: Reader,
  inquiry: InquiryId,
  member: MemberId,
  count: number,
): Promise<readonly number[]> {
  const own = new Set((await listOwnVotes(reader, inquiry, member)).map(({ number }) => number));
  const left = (await listCandidates(reader, inquiry)).filter(({ number }) => !own.has(number));
  const seed = createHash('sha256').update(`${inquiry} ${member} ${own.size}`).digest().readInt32BE();
  const random = createRandom(seed);
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0) {
    const drawn = drawByPriority(
      left.map(({ number, priority }) => ({ statement: String(number), priority })),
      random,
    );
    const at = left.findIndex(({ number }) => String(number) === drawn?.statement);
    chosen.push(...left.splice(at, 1).map(({ number }) => number));
  }
  return chosen;
}
