/** Deciding together: opening, answering, taking back, telling what came of it. A decision on a paper holds its text until it is made and told. */
import { randomUUID } from 'node:crypto';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import { newDecisionId, type DecisionId, type OrganisationId } from '../../ids.ts';
import { requireParty } from '../../network/members/party.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import type { Paper } from '../papers/paper.ts';
import { answersTo, publishPaper } from '../papers/publication.ts';
import { findPaper, setHeldBy } from '../papers/store.ts';
import { listSpokenFor, requireMandate, requirePen, requireVoice, type Speaker } from '../papers/speaker.ts';
import { openText, readText, textRefuses } from '../papers/text.ts';
import { requireConvenor } from '../programme/spaces/actions.ts';
import type { Space } from '../programme/spaces/space.ts';
import { standAt } from './counting.ts';
import { needsReason, refusesRule, type Choice, type Method } from './decision.ts';
import { askRoundJob, closeDecisionJob } from './jobs.ts';
import * as store from './store.ts';

export interface NewDecision {
  readonly question: string;
  readonly explanation: string | undefined;
  readonly language: string;
  readonly method: Method;
  readonly options: readonly string[];
  readonly entitled: store.Entitlement;
  readonly quorum: number;
  readonly hours: number;
  readonly outcomeDueDays: number;
  readonly paper: Paper | undefined;
}

/** Asks for a mind, not for words to be adopted. */
const takesNoText = (method: Method): boolean => method === 'sense-check' || method === 'ranked-choice';

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

export async function openDecision(work: Work & Caller, space: Space, given: NewDecision): Promise<DecisionId> {
  await requireConvenor(work, space.id);
  if (space.state !== 'open') throw problem.stepNotAllowed({ step: 'open-decision', status: space.state });
  const { tx, house } = work;
  const { method, paper, hours } = given;
  const options = method === 'ranked-choice' ? given.options : [];
  if (method === 'ranked-choice' && (options.length < 2 || new Set(options).size < options.length))
    throw refuseField('options', 'decisions.two-options');
  const party = requireParty(work);
  const id = newDecisionId();
  const closesAt = new Date(tx.now.getTime() + hours * 3_600_000);
  const values = {
    ...given,
    id,
    space: space.id,
    paper: paper?.id,
    options,
    closesAt,
    openedBy: work.viewer.account?.id,
  };
  await store.insertDecision(tx, party, values);
  const voices = await store.insertVoices(tx, party, values);
  const entitled = Array.from({ length: voices }, (_, index) => String(index));
  const refused = refusesRule({ method, opensAt: tx.now, closesAt, entitled, quorum: given.quorum });
  if (refused) throw refuseField(fieldOfRefusal[refused], `decisions.${refused}`);
  if (paper && !takesNoText(method)) await holdText(work, paper, id);
  await tx.audit('decision.open', { decision: id, method, paper: paper?.id ?? null });
  await house.jobs.enqueue(tx, closeDecisionJob, { party, decision: id }, { key: id, after: closesAt });
  await house.jobs.enqueue(tx, askRoundJob, { party, decision: id, after: null }, { key: id });
  return id;
}

const fieldOfRefusal = {
  'ends-before-it-begins': 'hours',
  'silence-too-short': 'hours',
  'nobody-entitled': 'entitled',
  'quorum-too-large': 'quorum',
} as const;

/** Nobody decides on words that may change meanwhile, or while somebody waits for an answer. */
async function holdText(work: Work, paper: Paper, id: DecisionId): Promise<void> {
  const { state } = await openText(work, paper.id);
  if (state.proposals.some(({ status }) => status === 'open')) throw textRefuses('proposals-open');
  await setHeldBy(work.tx, paper.id, id);
}

export interface At {
  readonly decision: store.Decision;
  readonly space: Space;
  readonly speaker: Speaker;
}

export interface Answer {
  readonly choice: Choice | undefined;
  /** Numbers of options, from the most wanted on. */
  readonly ranking: readonly number[] | undefined;
  readonly reason: string | undefined;
  /** That the member speaks for. Where organisations decide and there is only one, it is meant. */
  readonly organisation: string | undefined;
}

/** Returns whether it counts; who is not entitled is heard. The latest of each voice counts, and every one is kept. */
export async function answer(
  work: Work,
  { decision: { id }, speaker }: At,
  given: Answer,
): Promise<'counted' | 'heard'> {
  const { tx } = work;
  const decision = await store.lockDecision(tx, id);
  if (!decision) throw problem.notFound({ what: 'decision' });
  requireVoice(speaker);
  const { member } = speaker;
  if (!member) throw problem.notAllowed({ needs: 'member' });
  if (decision.state === 'withdrawn') throw problem.stepNotAllowed({ step: 'answer', status: 'withdrawn' });
  // Also in the moments before the job has counted.
  if (decision.state === 'closed' || tx.now >= decision.closesAt)
    throw problem.answersLate({ closedAt: formatUtc(decision.closesAt) });
  const { choice, ranking } = contentOf(decision, given);
  if (choice === 'object' && given.reason === undefined && needsReason(decision.method))
    throw refuseField('reason', 'decisions.objection-needs-reason');
  const organisation = await organisationFor(work, decision, speaker, given.organisation);
  await store.insertPosition(tx, requireParty(work), id, {
    id: randomUUID(),
    member: member.id,
    organisation,
    choice,
    ranking,
    reason: given.reason,
  });
  await tx.audit('decision.answer', { decision: id, member: member.id, organisation: organisation ?? null });
  return (await store.hasVoice(tx.db, id, organisation ?? member.id)) ? 'counted' : 'heard';
}

export const formatUtc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function contentOf({ method, options }: store.Decision, { choice, ranking }: Answer) {
  if (method !== 'ranked-choice') {
    if (choice === undefined) throw refuseField('choice', 'required');
    return { choice, ranking: undefined };
  }
  if (ranking === undefined || ranking.length === 0) throw refuseField('ranking', 'required');
  const isSound =
    new Set(ranking).size === ranking.length && ranking.every((option) => option >= 1 && option <= options.length);
  if (!isSound) throw refuseField('ranking', 'decisions.ranking-form');
  return { choice: undefined, ranking };
}

async function organisationFor(
  work: Work,
  decision: store.Decision,
  speaker: Speaker,
  named: string | undefined,
): Promise<OrganisationId | undefined> {
  const on = plainDateAt(work.tx.now, 'UTC');
  if (named !== undefined) return requireMandate(work.tx.db, speaker, named, on);
  if (!store.areOrganisations(decision.entitled)) return undefined;
  const entitled: OrganisationId[] = [];
  for (const { id } of await listSpokenFor(work.tx.db, speaker, on))
    if (await store.hasVoice(work.tx.db, decision.id, id)) entitled.push(id);
  if (entitled.length > 1) throw refuseField('organisation', 'decisions.which-organisation');
  return entitled[0];
}

/** By those who convene, while it runs; everybody reads why. The text can be changed again. */
export async function withdrawDecision(work: Work, { decision: { id }, speaker }: At, reason: string): Promise<void> {
  requirePen(speaker);
  const decision = await store.lockDecision(work.tx, id);
  if (!decision || decision.state !== 'open')
    throw problem.stepNotAllowed({ step: 'withdraw', status: decision?.state ?? 'unknown' });
  await store.setWithdrawn(work.tx, id, reason);
  await releaseText(work, decision);
  await work.tx.audit('decision.withdraw', { decision: id });
}

async function releaseText({ tx }: Work, { id, paper }: store.Decision): Promise<void> {
  const held = paper && (await findPaper(tx.db, paper));
  if (held?.heldBy === id) await setHeldBy(tx, held.id, undefined);
}

/** At its time and not before, once; counted as the positions stood then. */
export async function closeDecision(work: Work, id: DecisionId): Promise<void> {
  const { tx } = work;
  const decision = await store.lockDecision(tx, id);
  if (!decision || decision.state !== 'open' || tx.now < decision.closesAt) return;
  const [voices, stated] = [await store.listVoices(tx.db, id), await store.listPositions(tx.db, id)];
  const { state } = standAt(decision, voices, stated, decision.closesAt).outcome;
  if (state === 'open' || state === 'not-open') throw new RangeError('a decision is open at its end');
  await store.setClosed(tx, id, state);
  // Adopted words wait unchanged for the statement that publishes them.
  if (state !== 'adopted') await releaseText(work, decision);
  await tx.audit('decision.close', { decision: id, result: state });
}

export interface Outcome {
  readonly text: string;
  /** By position: what is said to those who objected. */
  readonly answers: Readonly<Record<string, string>>;
  /** By proposal: why it was not adopted. */
  readonly proposals: Readonly<Record<string, string>>;
}

/** Tells what came of it. Of an adopted paper it is the publication; whoever objected, and whatever was not adopted, has an answer first. */
export async function publishOutcome(
  work: Work,
  { decision: { id }, space, speaker }: At,
  given: Outcome,
): Promise<void> {
  requirePen(speaker);
  const { tx } = work;
  const decision = await store.lockDecision(tx, id);
  if (!decision || decision.state !== 'closed' || decision.outcome !== undefined)
    throw problem.stepNotAllowed({
      step: 'publish-outcome',
      status: decision?.outcome === undefined ? (decision?.state ?? 'unknown') : 'told',
    });
  const answers = answersToObjections(await listObjections(tx.db, decision), given.answers);
  const paper = decision.paper && (await findPaper(tx.db, decision.paper));
  if (paper?.heldBy === id) {
    // What the paper needs is asked first, so that one form names everything that is missing.
    answersTo(await readText(tx.db, paper.id), given.proposals);
    await setHeldBy(tx, paper.id, undefined);
    await publishPaper(work, { paper, space, speaker }, given.proposals);
  }
  await store.setOutcome(tx, id, given.text, answers);
  await tx.audit('decision.tell', { decision: id });
}

/** Of those entitled, as they stood at its end; in a majority vote, a no without a reason has nothing to be answered. */
export async function listObjections(
  reader: Reader,
  decision: store.Decision,
): Promise<readonly store.StoredPosition[]> {
  const [voices, stated] = [
    await store.listVoices(reader, decision.id),
    await store.listPositions(reader, decision.id),
  ];
  return standAt(decision, voices, stated, decision.closesAt).counted.filter(
    ({ choice, reason }) => choice === 'object' && (reason !== undefined || needsReason(decision.method)),
  );
}

function answersToObjections(
  objections: readonly store.StoredPosition[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const said = objections.map(({ id, memberName, organisation }) => ({
    id,
    name: organisation?.name ?? memberName ?? '…',
    text: given[id]?.trim() ?? '',
  }));
  const missing = said.filter(({ text }) => text === '');
  if (missing.length > 0)
    throw problem.reasonsMissing({
      for: missing.map(({ name }) => name).join(', '),
      fields: missing.map(({ id }) => ({ path: `answers.${id}`, code: 'required', message: 'required' })),
    });
  return Object.fromEntries(said.map(({ id, text }) => [id, text]));
}
