import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Reading } from '../../house.ts';
import type { DecisionId } from '../../ids.ts';
import { networkFactsOf } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { paperPath } from '../papers/answers.ts';
import { listUnadopted } from '../papers/unadopted.ts';
import { findPaper } from '../papers/store.ts';
import { findSpeaker, listSpokenFor, maySee } from '../papers/speaker.ts';
import { spacePath } from '../programme/answers.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { inLanguage } from '../texts.ts';
import type { At } from './actions.ts';
import { decisionPath, type DecisionAnswer, type PositionAnswer } from './answers.ts';
import { outcomeDueAt, standAt, type Standing } from './counting.ts';
import * as store from './store.ts';

/** For those who may see what is under way in its space; an outcome that was told is anybody's. */
export async function findDecisionFor(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  id: string,
): Promise<At> {
  const decision = await store.findDecision(reader, id as DecisionId);
  const space = decision && (await findSpace(reader, decision.space));
  if (!decision || !space) throw problem.notFound({ what: 'decision' });
  const speaker = await findSpeaker(reader, caller, space);
  if (!maySee(space, decision.outcome === undefined, speaker)) throw problem.notFound({ what: 'decision' });
  return { decision, space, speaker };
}

export const stageAt = (decision: store.Decision, standing: Standing): DecisionAnswer['stage'] => {
  if (decision.state === 'withdrawn') return 'withdrawn';
  if (decision.result !== undefined) return decision.result;
  const { state } = standing.outcome;
  return state === 'not-open' ? 'open' : state;
};

export async function describeDecision(asking: Reading & Caller, at: At, base: string): Promise<DecisionAnswer> {
  const { reader, house, locale } = asking;
  const { decision, space, speaker } = at;
  const now = house.clock.now();
  const network = networkFactsOf(asking);
  const voices = await store.listVoices(reader, decision.id);
  const stated = await store.listPositions(reader, decision.id);
  // What was counted at its end is what is shown from then on.
  const standing = standAt(decision, voices, stated, decision.state === 'closed' ? decision.closesAt : now);
  const stage = stageAt(decision, standing);
  const paper = decision.paper && (await findPaper(reader, decision.paper));
  const title = inLanguage(space.title, locale, space.language) ?? { language: space.language, text: space.slug };
  const { language } = decision;
  return {
    network,
    space: { title, path: spacePath(network.slug, space.slug) },
    base,
    path: decisionPath(network.slug, decision.id),
    question: { language, text: decision.question },
    explanation: decision.explanation === undefined ? null : { language, text: decision.explanation },
    paper: paper
      ? { title: { language: paper.language, text: paper.title }, path: paperPath(network.slug, paper.slug) }
      : null,
    method: decision.method,
    options: [...decision.options],
    entitled: decision.entitled,
    voices: voices.length,
    quorum: decision.quorum,
    opensAt: decision.opensAt.toISOString(),
    closesAt: decision.closesAt.toISOString(),
    stage,
    withdrawalReason: decision.withdrawalReason ?? null,
    counts: standing.outcome.counts,
    spoke: standing.counted.length,
    positions: standing.counted.map((position) => describePosition(position, decision.outcomeAnswers)),
    observers: standing.observers.map((position) => describePosition(position, {})),
    ranked: decision.state === 'closed' ? describeRanked(decision, standing) : null,
    outcome: decision.outcome === undefined ? null : { language, text: decision.outcome },
    outcomeAt: decision.outcomeAt?.toISOString() ?? null,
    outcomeDueAt: outcomeDueAt(decision).toISOString(),
    isOutcomeOverdue: decision.state === 'closed' && decision.outcome === undefined && now >= outcomeDueAt(decision),
    unadopted:
      paper?.heldBy === decision.id && speaker.pen !== undefined && stage === 'adopted'
        ? await listUnadopted(reader, paper.id)
        : [],
    own: await describeOwn(asking, at, voices, stated),
  };
}

const describePosition = (
  { id, memberName, organisation, choice, reason, at }: store.StoredPosition,
  answers: store.Decision['outcomeAnswers'],
): PositionAnswer => ({
  id,
  name: memberName ?? null,
  organisation: organisation?.name ?? null,
  choice: choice ?? null,
  reason: reason ?? null,
  at: at.toISOString(),
  answer: answers[id] ?? null,
});

function describeRanked({ options }: store.Decision, { ranked }: Standing): DecisionAnswer['ranked'] {
  if (!ranked) return null;
  return {
    winners: ranked.winners.map(Number),
    rounds: ranked.rounds.map(({ counts, exhausted, out }) => ({
      counts: options.map((_, index) => counts[String(index + 1)] ?? null),
      exhausted,
      out: out.map(Number),
    })),
  };
}

async function describeOwn(
  asking: Reading & Caller,
  { decision, speaker }: At,
  voices: readonly string[],
  stated: readonly store.StoredPosition[],
): Promise<DecisionAnswer['own']> {
  const now = asking.house.clock.now();
  const speaksFor = await listSpokenFor(asking.reader, speaker, plainDateAt(now, 'UTC'));
  const entitledFor = speaksFor.filter(({ id }) => voices.includes(id));
  const { member } = speaker;
  const last = stated.findLast((position) => position.member === member?.id);
  return {
    mayAnswer:
      decision.state === 'open' && now < decision.closesAt && member !== undefined && speaker.voice !== undefined,
    isEntitled: (member !== undefined && voices.includes(member.id)) || entitledFor.length > 0,
    choice: last?.choice ?? null,
    ranking: [...(last?.ranking ?? [])],
    reason: last?.reason ?? null,
    speaksFor: [...(store.areOrganisations(decision.entitled) ? entitledFor : [])],
    holdsPen: speaker.pen !== undefined,
  };
}
