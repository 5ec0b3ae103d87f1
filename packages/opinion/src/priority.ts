/** Which statement to show next, as Polis does: those that few have seen, that many agree with, and that tell people apart. */
import type { Count } from './tally.ts';
import type { Random } from './random.ts';

const metaPriority = 7 ** 2;

export interface PriorityInput {
  /** Over all groups together. */
  readonly count: Count;
  readonly extremity: number;
  readonly isMeta: boolean;
}

/** [(1 - (passes + 1)/(seen + 2)) · (extremity + 1) · (agrees + 1)/(seen + 2) · (1 + 8 · 2^(-seen/5))]² ; 49 for a meta statement. */
export function findPriority({ count, extremity, isMeta }: PriorityInput): number {
  if (isMeta) return metaPriority;
  const passes = count.seen - count.agrees - count.disagrees;
  const importance = (1 - (passes + 1) / (count.seen + 2)) * (extremity + 1) * ((count.agrees + 1) / (count.seen + 2));
  return (importance * (1 + 8 * 2 ** (-count.seen / 5))) ** 2;
}

/** One of the statements, each with a chance in proportion to its priority; undefined when none is left. */
export function drawNext<T extends { readonly priority: number }>(unseen: readonly T[], random: Random): T | undefined {
  const total = unseen.reduce((sum, { priority }) => sum + priority, 0);
  let left = random() * total;
  for (const statement of unseen) {
    left -= statement.priority;
    if (left < 0) return statement;
  }
  return unseen.at(-1);
}
