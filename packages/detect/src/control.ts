import { DetectError } from './errors.ts';
import type { IndexRange } from './result.ts';
import type { Series } from './series.ts';

/** R: reproduce R `surveillance` 1.20.3, faults included. Paper: follow the published method. */
export type Compat = 'r' | 'paper';

export function requireWhole(field: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new DetectError('control-out-of-range', field, value);
}

/** Finite and within [least, most]. */
export function requireWithin(field: string, value: number, least: number, most = Number.MAX_VALUE): void {
  if (!(Number.isFinite(value) && value >= least && value <= most))
    throw new DetectError('control-out-of-range', field, value);
}

export function requirePositive(field: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw new DetectError('control-out-of-range', field, value);
}

/** A probability strictly between 0 and 1. */
export function requireProbability(field: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new DetectError('control-out-of-range', field, value);
}

export function requireOneOf<T extends string>(field: string, value: T, allowed: readonly T[]): void {
  if (!allowed.includes(value)) throw new DetectError('control-out-of-range', field, value);
}

export function resolveRange(series: Series, range: IndexRange | undefined): IndexRange {
  const last = series.values.length - 1;
  if (range === undefined) return { first: 0, last };
  if (!Number.isInteger(range.first) || range.first < 0)
    throw new DetectError('range-outside-series', 'range.first', range.first);
  if (!Number.isInteger(range.last) || range.last > last || range.last < range.first - 1)
    throw new DetectError('range-outside-series', 'range.last', range.last);
  return range;
}

/**
 * Periods that a chart watches when it is not told: the last year, but never more than half of the series. What lies before
 * is what it learns from.
 */
export function resolveChartRange(series: Series, range: IndexRange | undefined): IndexRange {
  const length = series.values.length;
  return resolveRange(
    series,
    range ?? { first: length - Math.min(series.periodsPerYear, Math.floor(length / 2)), last: length - 1 },
  );
}
