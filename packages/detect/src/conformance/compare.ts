import type { GoldenNumber } from './case.ts';

export interface Comparison {
  readonly what: string;
  readonly ours: readonly GoldenNumber[];
  readonly theirs: readonly GoldenNumber[];
  /** Largest relative difference allowed. */
  readonly tolerance: number;
  /** Absolute difference below which two values are the same; rounding around zero. */
  readonly floor?: number;
  /** Positions that the reference itself leaves to rounding, with the reason. */
  readonly tie?: ((at: number) => string | undefined) | undefined;
}

export interface Measurement {
  readonly passed: boolean;
  /** Largest relative difference, ties left out; infinite where one side has no value. */
  readonly difference: number;
  readonly at: number;
  readonly ours: GoldenNumber;
  readonly theirs: GoldenNumber;
  readonly notes: readonly string[];
}

export function measure(comparison: Comparison): Measurement {
  const { ours, theirs, tolerance, floor = 1e-12, tie } = comparison;
  if (ours.length !== theirs.length)
    return { passed: false, difference: Infinity, at: -1, ours: ours.length, theirs: theirs.length, notes: [] };
  let difference = 0;
  let at = 0;
  let passed = true;
  const notes: string[] = [];
  for (const [i, expected] of theirs.entries()) {
    const found = differ(ours[i], expected, floor);
    if (found.counts && found.relative > tolerance) {
      const reason = tie?.(i);
      if (reason !== undefined) {
        notes.push(reason);
        continue;
      }
      passed = false;
    }
    if (found.relative > difference) {
      difference = found.relative;
      at = i;
    }
  }
  return { passed, difference, at, ours: ours[at], theirs: theirs[at], notes };
}

/** A distance within the floor is shown but does not count, and is measured against 1 at least. */
function differ(
  ours: GoldenNumber,
  theirs: GoldenNumber,
  floor: number,
): { readonly relative: number; readonly counts: boolean } {
  const a = ours === undefined || Number.isNaN(ours) ? undefined : ours;
  if (a === undefined || theirs === undefined) return { relative: a === theirs ? 0 : Infinity, counts: true };
  if (a === theirs) return { relative: 0, counts: false };
  const distance = Math.abs(a - theirs);
  const size = Math.max(Math.abs(a), Math.abs(theirs));
  if (!Number.isFinite(distance)) return { relative: Infinity, counts: true };
  const counts = distance > floor;
  return { relative: distance / (counts ? size : Math.max(1, size)), counts };
}
