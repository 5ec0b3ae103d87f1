/**
 * How much the groups of the compat engine depend on who happened to come, and in which order: they are found again from four fifths of the
 * people, arriving in random order, and compared over those (subsampling after Ben-Hur, Elisseeff & Guyon 2002; adjusted Rand index).
 * Polis shows no such number. Values below 0.6 say that the groups should not be relied on.
 */
import { adjustedRand } from './agreement.ts';
import { analyseCompat, type CompatAnalysis } from './compat.ts';
import { createRandom, drawSubset, splitSeed } from './random.ts';
import { takeRows, type VoteMatrix } from './vote-matrix.ts';

const draws = 10;
const shareDrawn = 0.8;
const mostDrawn = 2000;

export interface CompatStability {
  readonly draws: number;
  /** Mean over the draws. */
  readonly adjustedRand: number;
}

export function measureCompatStability(
  matrix: VoteMatrix,
  isZeroed: Uint8Array,
  { groups }: CompatAnalysis,
  seed = 1,
): CompatStability {
  const people = matrix.participants.length;
  const size = Math.min(mostDrawn, Math.round(shareDrawn * people));
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const random = createRandom(splitSeed(seed, draw));
    const rows = drawSubset(random, size, people);
    const arrival = Int32Array.from(rows, (_, at) => at);
    for (let at = arrival.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      const moved = arrival[at]!;
      arrival[at] = arrival[other]!;
      arrival[other] = moved;
    }
    const again = analyseCompat({ matrix: { ...takeRows(matrix, rows), arrival }, isZeroed }).groups.groupOf;
    const both = [...rows.keys()].filter((at) => again[at]! >= 0 && groups.groupOf[rows[at]!]! >= 0);
    sum += adjustedRand(
      both.map((at) => again[at]!),
      both.map((at) => groups.groupOf[rows[at]!]!),
    );
  }
  return { draws, adjustedRand: sum / draws };
}
