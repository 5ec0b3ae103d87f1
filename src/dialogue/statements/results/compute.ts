/**
 * The job that turns votes into what is published, after votes and never in a request.
 *
 * While the inquiry is open, what is published lags behind: on each statement at least the last five people wait, and only five or more are
 * added at a time, so that no publication differs from the one before, or the last one from it, by fewer than five people. Declared groups
 * (constituency, region, income) are published once, at the end. Opinion groups are found anew each time.
 *
 * Three steps, each on its own: mark the votes that are published, compute, save. A crash in between leaves votes marked that nobody has seen yet,
 * and the next run publishes them with its own: more people together, never fewer.
 */
import { floorOfPeople } from '@reciproca/opinion/floor';
import { analyseRobust, type RobustAnalysis } from '@reciproca/opinion/robust';
import { explainPriority } from '@reciproca/opinion/routing';
import { OpinionTracker } from '@reciproca/opinion/tracker';
import type { Vote, VoteMatrix } from '@reciproca/opinion/vote-matrix';
import type { z } from 'zod';
import { work, type House } from '../../../house.ts';
import type { InquiryId, PartyId } from '../../../ids.ts';
import type { Job } from '../../../jobs.ts';
import { listCountryGroups } from '../../../network/members/groups.ts';
import { findInquiry } from '../inquiries/store.ts';
import { listCandidates, setPriorities } from '../statement/store.ts';
import { listPublishedVotes, publishVotes, tallyShown } from '../voting/store.ts';
import { describeResult, divide, matrixOf } from './describe.ts';
import { computeJob } from './request.ts';
import * as store from './store.ts';

type Request = z.output<typeof computeJob.data>;

export function computeResults(): Job<Request> {
  const trackers = new Map<InquiryId, OpinionTracker>();
  return {
    ...computeJob,
    run: (house, request) => run(house, request, trackers),
  };
}

async function run(
  house: House,
  { party, inquiry: id }: Request,
  trackers: Map<InquiryId, OpinionTracker>,
): Promise<void> {
  const begun = await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    const inquiry = await findInquiry(tx.db, id);
    const standing = await store.findStanding(tx.db, id);
    if (!inquiry || inquiry.state === 'draft' || standing?.isFinal) return undefined;
    const isFinal = inquiry.state === 'closed';
    await publishVotes(tx, id, floorOfPeople, isFinal);
    return { isFinal, revision: standing?.revision ?? 0, closedAt: inquiry.closedAt };
  });
  if (!begun) return void trackers.delete(id);
  const { isFinal, revision } = begun;
  const year = isFinal ? (begun.closedAt ?? house.clock.now()).getUTCFullYear() : undefined;
  const read = await house.database.read({ party }, async (reader) => ({
    votes: await listPublishedVotes(reader, id),
    shown: (await listCandidates(reader, id)).map(({ number }) => number),
    tally: await tallyShown(reader, id),
    declared: year === undefined ? undefined : await store.listDeclared(reader, id),
    countries: year === undefined ? undefined : await listCountryGroups(reader, year),
  }));
  const matrix = matrixOf(read.votes, read.shown);
  const analysis = isFinal
    ? analyseRobust({ matrix, isLeftOut: new Uint8Array(matrix.statements.length) })
    : follow(trackers, id, matrix);
  const declared = read.declared && read.countries ? divide(matrix, read.declared, read.countries) : [];
  const content = describeResult({ matrix, analysis, declared, year });
  const isSaved = await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    await setPriorities(tx, id, prioritiesOf(read.tally, matrix, analysis));
    if (!(await store.saveResult(tx, party, id, revision, content))) return false;
    if (isFinal) await tx.audit('inquiry.result', { inquiry: id });
    return true;
  });
  if (isFinal) trackers.delete(id);
  if (!isSaved) await again(house, party, id);
}

/** Somebody else saved while this one computed: what both saw is counted together. */
async function again(house: House, party: PartyId, inquiry: InquiryId): Promise<void> {
  await work(house, { party }, { system: 'jobs' }, ({ tx }) =>
    house.jobs.enqueue(tx, computeJob, { party, inquiry }, { key: inquiry }),
  );
}

/** Of so many inquiries at a time, the last used. */
const mostTrackers = 8;
/** Fewer votes one by one than this are faster than beginning anew. */
const mostSteps = 40;
/** The stability belongs to the conversation and not to one vote. */
const growthToMeasure = 1.05;

/** Vote by vote from where the last computation in this process stood; from the beginning where that is far, or statements came or went. */
function follow(trackers: Map<InquiryId, OpinionTracker>, id: InquiryId, matrix: VoteMatrix): RobustAnalysis {
  const known = trackers.get(id);
  trackers.delete(id);
  const steps = known && differences(known.matrix, matrix);
  const tracker = known && steps ? known : new OpinionTracker({ matrix });
  for (const step of steps ?? []) tracker.vote(step);
  trackers.set(id, tracker);
  const [oldest] = trackers.keys();
  if (trackers.size > mostTrackers && oldest !== undefined) trackers.delete(oldest);
  const analysis = tracker.analyse();
  const { measuredAtVotes } = analysis.stability;
  return matrix.votes.length > measuredAtVotes * growthToMeasure ? tracker.measure() : analysis;
}

/** The votes by which the second goes beyond the first; undefined where it does not, or by too many. */
function differences(
  from: VoteMatrix,
  to: VoteMatrix,
): readonly { readonly participant: string; readonly statement: string; readonly vote: Vote }[] | undefined {
  if (from.statements.join() !== to.statements.join() || to.votes.length - from.votes.length > mostSteps)
    return undefined;
  const rowOf = new Map(from.participants.map((id, row) => [id, row]));
  const steps: { participant: string; statement: string; vote: Vote }[] = [];
  let kept = 0;
  for (const [row, participant] of to.participants.entries()) {
    const before = votesOf(from, rowOf.get(participant));
    for (const [column, vote] of votesOf(to, row)) {
      const earlier = before.get(column);
      if (earlier !== undefined) kept++;
      if (earlier === vote) continue;
      if (steps.length === mostSteps) return undefined;
      steps.push({ participant, statement: to.statements[column] ?? '', vote });
    }
  }
  return kept === from.votes.length ? steps : undefined;
}

function votesOf({ rowStarts, columns, votes }: VoteMatrix, row: number | undefined): Map<number, Vote> {
  const found = new Map<number, Vote>();
  if (row === undefined) return found;
  for (let at = rowStarts[row] ?? 0, end = rowStarts[row + 1] ?? 0; at < end; at++)
    found.set(columns[at] ?? -1, votes[at] as Vote);
  return found;
}

/** From all votes as they stand now; how far a statement divides people, from what is published. */
function prioritiesOf(
  tally: Awaited<ReturnType<typeof tallyShown>>,
  { statements }: VoteMatrix,
  { plane }: RobustAnalysis,
): ReadonlyMap<number, number> {
  const scale = Math.sqrt(statements.length);
  const columnOf = new Map(statements.map((id, column) => [Number(id), column]));
  return new Map(
    tally.map(({ number, ...count }) => {
      const column = columnOf.get(number) ?? -1;
      const along = (at: 0 | 1): number =>
        scale * (1 - (plane.means[column] ?? 0)) * (plane.directions[at][column] ?? 0);
      return [number, explainPriority({ count, extremity: Math.hypot(along(0), along(1)), isMeta: false }).value];
    }),
  );
}
