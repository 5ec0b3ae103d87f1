import { DetectError } from './errors.ts';
import { findSeasonalIndex } from './seasonal-reference.ts';
import type { Series } from './series.ts';

export interface LabelPlan {
  readonly b: number;
  readonly w: number;
  readonly noPeriods: number;
}

/**
 * Labels every period up to k with its season, 1..noPeriods, 0 where unused. Windows around the same season of each year have
 * the label of the period under test; what lies between two windows is cut into noPeriods - 1 blocks, oldest first, the
 * first ones longer by one where the division leaves a rest. Newer years are labelled first and older ones write over them.
 * Answers the first labelled period, -1 when the history does not reach far enough. `references` has room for b + 1.
 */
export function labelReferences(
  { b, w, noPeriods }: LabelPlan,
  series: Series,
  labels: Int16Array,
  references: Int32Array,
  k: number,
): number {
  for (let i = 0; i <= b; i++) references[i] = findSeasonalIndex(series, k, i);
  const oldest = references[b]!;
  if (oldest < 0 || oldest - w < -1) return -1;
  const from = Math.max(0, oldest - w);
  labels.fill(0, from, k + 1);
  labels.fill(noPeriods, Math.max(0, k - w), k + 1);
  for (let i = 1; i <= b; i++) {
    const reference = references[i]!;
    labels.fill(noPeriods, Math.max(0, reference - w), reference + w + 1);
    if (noPeriods === 1) continue;
    const gap = references[i - 1]! - 2 * w - 1 - reference;
    if (gap < noPeriods - (2 * w + 1)) throw new DetectError('control-out-of-range', 'control.noPeriods', noPeriods);
    const length = Math.floor(gap / (noPeriods - 1));
    const longer = gap - length * (noPeriods - 1);
    let start = reference + w + 1;
    for (let label = 1; label < noPeriods; label++) {
      const next = start + length + (label <= longer ? 1 : 0);
      // More blocks than periods: R then counts backwards from start to start - 1 and labels both.
      if (next > start) labels.fill(label, start, next);
      else labels.fill(label, start - 1, start + 1);
      start = next;
    }
  }
  return from;
}
