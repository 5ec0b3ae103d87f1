/**
 * The reproduction number of the last periods (Cori et al. 2013), from what is reported and, for the periods that may still grow, what is
 * expected in the end. Reports of days, or of weeks where a case causes others more than a week later on average.
 */
import { discretiseSerialInterval, estimateReproduction } from '@reciproca/detect/reproduction-number';
import { shiftPeriod, type Period, type PeriodKind } from '../../../period.ts';
import type { SerialInterval } from './versions-store.ts';

export interface ReproductionPoint {
  /** Last period of the window. */
  readonly period: Period;
  readonly mean: number;
  /** 95 %. */
  readonly lower: number;
  readonly upper: number;
}

export type Reproduction =
  | { readonly state: 'no-interval' }
  /** The time from case to case is shorter than what is reported about. */
  | { readonly state: 'interval-too-short' }
  | { readonly state: 'too-few'; readonly needs: number }
  | { readonly state: 'estimated'; readonly window: number; readonly points: readonly ReproductionPoint[] };

const windowOf = { day: 7, 'iso-week': 3, 'mmwr-week': 3, month: 2 } as const satisfies Record<PeriodKind, number>;
const daysIn = { day: 1, 'iso-week': 7, 'mmwr-week': 7, month: 30.44 } as const satisfies Record<PeriodKind, number>;

/** Counts of consecutive periods, the last one first known as `last`. Only what lies after the latest gap is used. */
export function estimateSpread(
  counts: readonly (number | undefined)[],
  last: Period,
  interval: SerialInterval | undefined,
  shown: number,
): Reproduction {
  if (interval === undefined) return { state: 'no-interval' };
  const { kind } = last;
  const mean = interval.meanDays / daysIn[kind];
  const sd = interval.sdDays / daysIn[kind];
  if (!(mean > 1.05)) return { state: 'interval-too-short' };
  const gap = counts.findLastIndex((count) => count === undefined);
  const local = counts.slice(gap + 1).map((count) => count ?? 0);
  const window = windowOf[kind];
  const needs = window + Math.ceil(mean) + 1;
  if (local.length < needs) return { state: 'too-few', needs };
  const first = Math.max(1, local.length - shown);
  const windows = Array.from({ length: local.length - first }, (_, i) => first + i)
    .filter((end) => end - window + 1 >= 1)
    .map((end) => [end - window + 1, end] as const);
  const serialInterval = discretiseSerialInterval(mean, sd, Math.ceil(mean + 6 * sd) + 2);
  const points = estimateReproduction({ local }, { serialInterval, windows, probabilities: [0.025, 0.975] }).flatMap(
    ({ last: end, mean: value, quantiles }) => {
      const [lower, upper] = [quantiles[0]?.value, quantiles[1]?.value];
      return value === undefined || lower === undefined || upper === undefined
        ? []
        : [{ period: shiftPeriod(last, end + 1 - local.length), mean: value, lower, upper }];
    },
  );
  return points.length === 0 ? { state: 'too-few', needs } : { state: 'estimated', window, points };
}
