/** Which statement to show next, as Polis does: those that few have seen, that many agree with, and that tell people apart. */
import type { Random } from './random.ts';
import type { Count } from './tally.ts';
import type { VoteMatrix } from './vote-matrix.ts';

const metaPriority = 7 ** 2;

export interface PriorityInput {
  readonly count: Count;
  /** Distance from the middle of the map at which somebody would stand who agreed with this statement only. */
  readonly extremity: number;
  readonly isMeta: boolean;
}

export interface Priority {
  readonly value: number;
  /** Chance that the next person does not pass, 1 - (passes + 1)/(seen + 2). */
  readonly notPassed: number;
  /** Chance that the next person agrees, (agrees + 1)/(seen + 2). */
  readonly agreed: number;
  readonly extremity: number;
  /** 9 for a statement that nobody has seen, falling to 1: 1 + 8 · 2^(-seen/5). */
  readonly newness: number;
}

/** [notPassed · agreed · (extremity + 1) · newness]² ; 49 for a meta statement. */
export function explainPriority({ count, extremity, isMeta }: PriorityInput): Priority {
  const passes = count.seen - count.agrees - count.disagrees;
  const notPassed = 1 - (passes + 1) / (count.seen + 2);
  const agreed = (count.agrees + 1) / (count.seen + 2);
  const newness = 1 + 8 * 2 ** (-count.seen / 5);
  const value = isMeta ? metaPriority : (notPassed * (extremity + 1) * agreed * newness) ** 2;
  return { value, notPassed, agreed, extremity, newness };
}

export interface Candidate {
  readonly statement: string;
  readonly priority: number;
}

export interface RoutingLimits {
  /** Votes after which a person is asked nothing more. */
  readonly votesPerPerson: number;
}

/** A statement that the person has not voted on, each with a chance in proportion to its priority; undefined when it is enough. */
export function chooseNext(
  matrix: VoteMatrix,
  participant: string,
  open: readonly Candidate[],
  random: Random,
  { votesPerPerson }: RoutingLimits = { votesPerPerson: Number.POSITIVE_INFINITY },
): Candidate | undefined {
  const row = matrix.participants.indexOf(participant);
  const [from, to] = row < 0 ? [0, 0] : [matrix.rowStarts[row]!, matrix.rowStarts[row + 1]!];
  if (to - from >= votesPerPerson) return undefined;
  const seen = new Set(Array.from(matrix.columns.subarray(from, to), (column) => matrix.statements[column]));
  return drawByPriority(
    open.filter(({ statement }) => !seen.has(statement)),
    random,
  );
}

export function drawByPriority(candidates: readonly Candidate[], random: Random): Candidate | undefined {
  let left = random() * candidates.reduce((sum, { priority }) => sum + priority, 0);
  for (const candidate of candidates) {
    left -= candidate.priority;
    if (left < 0) return candidate;
  }
  return candidates.at(-1);
}
