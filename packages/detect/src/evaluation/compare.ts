/**
 * Which detector suits these data? Every candidate on the same series, without and with an outbreak in the periods evaluated:
 * the simulated scenarios, or a series of one's own with outbreaks put into its last year.
 */
import { requireWhole } from '../control.ts';
import { detect } from '../method.ts';
import { createRandom, drawIndex, splitSeed } from '../random.ts';
import type { IndexRange } from '../result.ts';
import { countAt, createSeries, type Series } from '../series.ts';
import { fitHarmonicMean } from '../harmonic-mean.ts';
import type { Candidate } from './candidates.ts';
import { type Flag, measureTrials, type MetricsWithIntervals, type Trial } from './metrics.ts';
import {
  drawOutbreak,
  FIRST_CURRENT_WEEK,
  type Outbreak,
  scenarios,
  SIMULATED_WEEKS,
  simulateScenario,
  type SimulatedSeries,
} from './scenarios.ts';

export interface CandidateResult extends MetricsWithIntervals {
  readonly id: string;
}

const WEEKS_PER_YEAR = 52;

/** All 42 scenarios, each so many times. */
export function simulateAll(replicates: number, seed: number): SimulatedSeries[] {
  requireWhole('replicates', replicates, 1, 100_000);
  return Array.from({ length: replicates }, (_, replicate) =>
    scenarios.map((scenario) => simulateScenario(scenario, replicate, seed)),
  ).flat();
}

/** One candidate on simulated series; the last 49 weeks count. */
export function evaluateOnSimulated(
  candidate: Candidate,
  simulated: readonly SimulatedSeries[],
  seed: number,
): CandidateResult {
  const range = { first: FIRST_CURRENT_WEEK, last: SIMULATED_WEEKS - 1 };
  const trials = simulated.map(({ counts, countsWithoutCurrent, current }): Trial => ({
    without: flag(createSeries({ kind: 'week', counts: countsWithoutCurrent }), candidate, range),
    withOutbreak: flag(createSeries({ kind: 'week', counts }), candidate, range),
    outbreak: { start: current.start - range.first, end: current.end - range.first },
  }));
  return { id: candidate.id, ...measureTrials(trials, WEEKS_PER_YEAR, seed) };
}

export interface InjectionControl {
  readonly replicates?: number;
  readonly seed?: number;
  /** Smallest and largest size of an outbreak, in standard deviations of the series at that time. */
  readonly sizes?: readonly [least: number, most: number];
  /** Periods evaluated; by default the last year. */
  readonly range?: IndexRange | undefined;
}

export interface InjectedTrial {
  readonly series: Series;
  readonly outbreak: Outbreak;
}

/**
 * Outbreaks put into one's own series. What really happened in its last year stays in it: if that was an outbreak, its
 * flags are counted as false, for all candidates alike.
 */
export function evaluateOnOwn(
  candidatesToCompare: readonly Candidate[],
  series: Series,
  control: InjectionControl = {},
): CandidateResult[] {
  const { replicates = 100, seed = 1 } = control;
  requireWhole('control.replicates', replicates, 1, 100_000);
  const range = control.range ?? lastYear(series);
  if (range.last < range.first) return [];
  const injected = Array.from({ length: replicates }, (_, i) =>
    injectOutbreak(series, range, control, splitSeed(seed, i)),
  );
  return candidatesToCompare.map((candidate) => {
    const without = flag(series, candidate, range);
    const trials = injected.map((trial): Trial => ({
      without,
      withOutbreak: flag(trial.series, candidate, range),
      outbreak: { start: trial.outbreak.start - range.first, end: trial.outbreak.end - range.first },
    }));
    return { id: candidate.id, ...measureTrials(trials, series.periodsPerYear, seed) };
  });
}

export function injectOutbreak(
  series: Series,
  range: IndexRange,
  control: Pick<InjectionControl, 'sizes'>,
  seed: number,
): InjectedTrial {
  const [least, most] = control.sizes ?? [1, 10];
  requireWhole('control.sizes[0]', least, 1, 1000);
  requireWhole('control.sizes[1]', most, least, 1000);
  const random = createRandom(seed);
  const k = least + drawIndex(random, most - least + 1);
  const start = range.first + drawIndex(random, range.last - range.first + 1);
  const cases = drawOutbreak(random, start, k * spreadAt(series, range.first, start), range.last + 1);
  const added = new Map<number, number>();
  for (const period of cases) added.set(period, (added.get(period) ?? 0) + 1);
  const counts = Array.from(series.values, (_, t) => {
    const count = countAt(series, t);
    // A period that was not reported would not have reported the outbreak either.
    return count === undefined ? undefined : count + (added.get(t) ?? 0);
  });
  const changed = createSeries({ kind: series.kind, periodsPerYear: series.periodsPerYear, counts });
  return {
    series: { ...series, values: changed.values },
    outbreak: { start, end: Math.max(start, ...cases), size: cases.length, k },
  };
}

function flag(series: Series, { method }: Candidate, range: IndexRange): Flag[] {
  return detect(series, method, range).map(({ alarm }) => alarm);
}

function lastYear(series: Series): IndexRange {
  const length = series.values.length;
  return { first: Math.max(0, length - series.periodsPerYear), last: length - 1 };
}

/** Standard deviation of a count: that of a yearly wave with the overdispersion of what lies before the range. */
function spreadAt(series: Series, trainingLength: number, t: number): number {
  const model = { harmonics: 1, trend: false, phase: 0, alpha: 0 };
  const fit =
    fitHarmonicMean(series, model, trainingLength, 0, Math.max(t, trainingLength - 1)) ??
    fitHarmonicMean(series, { ...model, harmonics: 0 }, series.values.length, 0, series.values.length - 1);
  if (fit === undefined) return 1;
  let squares = 0;
  let known = 0;
  for (let i = 0; i < trainingLength; i++) {
    const count = countAt(series, i);
    if (count === undefined) continue;
    squares += (count - fit.means[i]!) ** 2 / fit.means[i]!;
    known++;
  }
  return Math.sqrt(Math.max(1, squares / Math.max(1, known - 3)) * fit.means[t]!);
}
