/**
 * How many cases of the last periods there will be once late reports are in. "What was known when" gives the reporting triangle: the value
 * of each period as the node knew it now, one period ago, two periods ago, each at the same point of the week as now, so that the cells of past periods
 * are of the same age as those of today.
 *
 * A correction downwards is taken to have been so from the beginning: only what came late is estimated. Periods that came in one piece
 * long after they ended (history that was imported) say nothing of delays and are left out.
 */
import { nowcast, type NowcastMethod, type ReportingTriangle } from '@reciproca/detect/nowcast';
import { periodOf, plainDateAt, shiftPeriod, startOf, type Period, type PeriodKind } from '../../../period.ts';
import type { Version } from './versions-store.ts';

/** Periods after which a report is no longer waited for. */
export const longestDelay = { day: 21, 'iso-week': 6, 'mmwr-week': 6, month: 3 } as const satisfies Record<
  PeriodKind,
  number
>;
/** Complete periods from which delays can be learnt. */
const leastComplete = { day: 28, 'iso-week': 8, 'mmwr-week': 8, month: 6 } as const satisfies Record<
  PeriodKind,
  number
>;
/** Periods that delays are learnt from at most: how people report changes. */
const mostLearnt = { day: 120, 'iso-week': 52, 'mmwr-week': 52, month: 24 } as const satisfies Record<
  PeriodKind,
  number
>;

export interface FinalCount {
  readonly period: Period;
  readonly reported: number;
  readonly median: number;
  /** 95 %. */
  readonly lower: number;
  readonly upper: number;
}

export type Delays =
  /** Fewer periods have been reported as they went by than delays can be learnt from. */
  | { readonly state: 'too-few'; readonly has: number; readonly needs: number }
  /** Nothing has come late so far: what is known is expected to be all. */
  | { readonly state: 'nothing-late'; readonly learntFrom: number }
  | {
      readonly state: 'estimated';
      readonly method: NowcastMethod;
      readonly learntFrom: number;
      /** The periods that may still grow, oldest first. */
      readonly periods: readonly FinalCount[];
      /** Share known within the period after its end, as of the same point of the week. */
      readonly knownAtOnce: number;
    };

export const periodsNeeded = (kind: PeriodKind): number => mostLearnt[kind] + longestDelay[kind] + 1;

export function estimateFinal(versions: readonly Version[], kind: PeriodKind, now: Date): Delays {
  const last = shiftPeriod(periodOf(kind, plainDateAt(now, 'UTC')), -1);
  const delay = longestDelay[kind];
  const table = asKnown(versions, last, now, periodsNeeded(kind));
  const complete = table.slice(delay);
  // Newest first; two periods in a row that nobody reported in time end what was reported as it went by.
  const end = complete.findIndex((_, i) => !isLive(complete, i) && !isLive(complete, i + 1));
  const live = end < 0 ? complete.length : end;
  if (live < leastComplete[kind]) return { state: 'too-few', has: live, needs: leastComplete[kind] };
  const rows = table.slice(0, delay + live).toReversed();
  const triangle: ReportingTriangle = {
    maxDelay: delay,
    cut: 0,
    counts: rows.map(({ known }) => increments(known, delay)),
  };
  const late = triangle.counts.some((row) => row.slice(1).some((count) => (count ?? 0) > 0));
  if (!late) return { state: 'nothing-late', learntFrom: live };
  const largest = Math.max(...rows.map(({ known }) => known.at(-1) ?? 0));
  // Exact for small counts; for large ones the normal approximation, whose work does not grow with the counts.
  const method: NowcastMethod = largest <= 300 ? 'bayes-trunc' : 'lawless';
  const { periods, delayCdf } = nowcast(triangle, {
    method,
    samples: 400,
    seed: 1,
    maxCount: Math.max(60, 12 * largest),
  });
  return {
    state: 'estimated',
    method,
    learntFrom: live,
    knownAtOnce: delayCdf?.[0] ?? 1,
    periods: periods.slice(-delay).map(({ index, observed, median, lower, upper }) => ({
      period: shiftPeriod(last, index + 1 - rows.length),
      reported: observed,
      median,
      lower,
      upper,
    })),
  };
}

interface Known {
  /** As known at this point after the period: 0 periods later, 1 later, ... as far as time has gone. */
  readonly known: readonly number[];
  /** Something was known within the longest delay. */
  readonly inTime: boolean;
}

const isLive = (rows: readonly Known[], i: number): boolean => rows[i]?.inTime ?? false;

/** Newest first. */
function asKnown(versions: readonly Version[], last: Period, now: Date, length: number): readonly Known[] {
  const delay = longestDelay[last.kind];
  const byPeriod = Map.groupBy(versions, ({ start }) => start);
  return Array.from({ length }, (_, age) => {
    const period = shiftPeriod(last, -age);
    const own = byPeriod.get(startOf(period)) ?? [];
    const known: number[] = [];
    let inTime = false;
    for (let later = 0; later <= Math.min(delay, age); later++) {
      const at = pointBack(now, last.kind, age - later);
      const held = own.filter(
        ({ knownAt, replacedAt }) => knownAt <= at && (replacedAt === undefined || replacedAt > at),
      );
      if (held.length > 0) inTime = true;
      known.push(held.reduce((sum, { value }) => sum + (value ?? 0), 0));
    }
    return { known, inTime };
  });
}

const dayMs = 86_400_000;

/** The same point of the period, so many periods ago. */
function pointBack(now: Date, kind: PeriodKind, periods: number): Date {
  if (kind !== 'month') return new Date(now.getTime() - periods * (kind === 'day' ? 1 : 7) * dayMs);
  const back = new Date(now);
  const day = back.getUTCDate();
  back.setUTCDate(1);
  back.setUTCMonth(back.getUTCMonth() - periods);
  back.setUTCDate(Math.min(day, new Date(Date.UTC(back.getUTCFullYear(), back.getUTCMonth() + 1, 0)).getUTCDate()));
  return back;
}

function increments(known: readonly number[], delay: number): readonly (number | undefined)[] {
  const settled = [...known];
  for (let d = settled.length - 2; d >= 0; d--) settled[d] = Math.min(settled[d] ?? 0, settled[d + 1] ?? 0);
  return Array.from({ length: delay + 1 }, (_, d) => {
    const value = settled[d];
    return value === undefined ? undefined : value - (d === 0 ? 0 : (settled[d - 1] ?? 0));
  });
}
