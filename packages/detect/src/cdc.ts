/**
 * Historical limits of the CDC (Stroup et al. 1989, Stat Med 8:323-329): the sum of the last four weeks against the mean and
 * standard deviation of the same four weeks, and of the m four-week blocks to either side, in the past b years.
 * `observed` is that sum. Weeks of the past are found by counting, 52 to a year.
 */
import { requireProbability, requireWhole, resolveRange } from './control.ts';
import { normalQuantile, normalTail } from './distributions/normal.ts';
import { DetectError } from './errors.ts';
import { cannotJudge, type Detection, type IndexRange, type ReferencePeriod, type Warning } from './result.ts';
import type { Series } from './series.ts';

export interface CdcControl {
  readonly b?: number;
  readonly m?: number;
  /** Two-sided. */
  readonly alpha?: number;
}

const BLOCK_WEEKS = 4;

export function detectCdc(series: Series, control: CdcControl, range?: IndexRange): Detection[] {
  const { b = 5, m = 1, alpha = 0.025 } = control;
  requireWhole('control.b', b, 1, 100);
  requireWhole('control.m', m, 0, 6);
  requireProbability('control.alpha', alpha);
  if (series.kind !== 'week' || series.periodsPerYear !== 52)
    throw new DetectError('period-not-supported', 'series.kind', series.kind);
  const { first, last } = resolveRange(series, range);
  const blocks = b * (2 * m + 1);
  const quantile = normalQuantile(1 - alpha / 2) * Math.sqrt(1 + 1 / blocks);
  const needs = b * series.periodsPerYear + BLOCK_WEEKS * m + BLOCK_WEEKS - 1;
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const current = sumBlock(series, t);
    const observed = Number.isNaN(current) ? undefined : current;
    if (t < needs) {
      detections.push(cannotJudge(t, observed, 'more-than', [{ code: 'history-too-short', needs, has: t }]));
      continue;
    }
    const sums: number[] = [];
    const reference: ReferencePeriod[] = [];
    for (let year = b; year >= 1; year--)
      for (let block = -m; block <= m; block++) {
        const end = t - year * series.periodsPerYear + block * BLOCK_WEEKS;
        sums.push(sumBlock(series, end));
        for (let i = end - BLOCK_WEEKS + 1; i <= end; i++) reference.push({ index: i, weight: 1 });
      }
    const missing = reference.filter(({ index }) => Number.isNaN(series.values[index])).length;
    const mean = sums.reduce((sum, value) => sum + value, 0) / blocks;
    const sd = Math.sqrt(sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (blocks - 1));
    const threshold = mean + quantile * sd;
    const warnings: Warning[] = [];
    if (observed === undefined) warnings.push({ code: 'current-missing' });
    if (missing > 0) warnings.push({ code: 'reference-missing', periods: missing });
    if (mean === 0) warnings.push({ code: 'all-zero' });
    if (sd === 0) warnings.push({ code: 'no-variation' });
    if (Number.isNaN(threshold)) {
      detections.push(cannotJudge(t, observed, 'more-than', warnings));
      continue;
    }
    detections.push({
      ...cannotJudge(t, observed, 'more-than', warnings),
      alarm: observed === undefined ? undefined : observed > threshold,
      expected: mean,
      threshold,
      pValue:
        observed === undefined || sd === 0
          ? undefined
          : normalTail((observed - mean) / (sd * Math.sqrt(1 + 1 / blocks))),
      reference,
    });
  }
  return detections;
}

function sumBlock(series: Series, end: number): number {
  let sum = 0;
  for (let i = end - BLOCK_WEEKS + 1; i <= end; i++) sum += series.values[i] ?? Number.NaN;
  return sum;
}
