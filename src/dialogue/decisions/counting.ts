/** A decision as it stands at an instant: counted by the rules (decision.ts, ranked-choice.ts) from every position that was taken. Pure. */
import { decide, latestOf, type DecisionOutcome, type DecisionRule, type Position } from './decision.ts';
import { countRankedChoice, type RankedResult } from './ranked-choice.ts';
import type { Decision, StoredPosition } from './store.ts';

/** Whose voice it is: of the organisation where somebody speaks for one. */
export const voiceOf = ({ member, organisation }: Pick<StoredPosition, 'member' | 'organisation'>): string =>
  organisation?.id ?? member;

export const ruleOf = (decision: Decision, entitled: readonly string[]): DecisionRule => ({
  method: decision.method,
  opensAt: decision.opensAt,
  closesAt: decision.closesAt,
  entitled,
  quorum: decision.quorum,
});

export interface Standing {
  readonly outcome: DecisionOutcome;
  /** Of each voice that is entitled, the latest in time. */
  readonly counted: readonly StoredPosition[];
  /** Of whoever else spoke, the latest: heard, never counted. */
  readonly observers: readonly StoredPosition[];
  readonly ranked: RankedResult | undefined;
}

export function standAt(
  decision: Decision,
  entitled: readonly string[],
  stated: readonly StoredPosition[],
  at: Date,
): Standing {
  const rule = ruleOf(decision, entitled);
  const voiced = stated.map((position) => ({ ...position, by: voiceOf(position) }));
  const counted = latestOf(rule, voiced, at);
  const may = new Set(entitled);
  const others = voiced.filter(({ by }) => !may.has(by));
  const observers = latestOf({ ...rule, entitled: others.map(({ by }) => by) }, others, at);
  // A ballot is a position too: whoever ranked has spoken, and abstains from nothing.
  const positions = voiced.map(({ by, choice, reason, at: since }): Position => ({
    by,
    choice: choice ?? 'agree',
    reason: reason ?? null,
    at: since,
  }));
  const ballots = counted.map(({ by, ranking = [] }) => ({ by, ranking: ranking.map(String) }));
  return {
    outcome: decide(rule, positions, at),
    counted,
    observers,
    ranked:
      decision.method === 'ranked-choice'
        ? countRankedChoice(
            decision.options.map((_, index) => String(index + 1)),
            ballots,
          )
        : undefined,
  };
}

/** When its outcome has to be told. */
export const outcomeDueAt = ({ closesAt, outcomeDueDays }: Decision): Date =>
  new Date(closesAt.getTime() + outcomeDueDays * 86_400_000);
