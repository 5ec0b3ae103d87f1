/**
 * What a detector is worth, as measured by Bedubourg & Le Strat 2017 (PLoS ONE 12:e0181227): false positives where there is no
 * outbreak; whether, when and how often an outbreak is flagged where there is one. A period that could not be judged counts
 * as not flagged, as it does there; `judged` says how many could, and without one there is nothing to measure.
 */
import { createRandom, drawIndex } from '../random.ts';
import type { Outbreak } from './scenarios.ts';

/** Undefined: could not be judged. */
export type Flag = boolean | undefined;

/** Flags over the periods evaluated, on one series without and with its outbreak. Positions count from the first evaluated. */
export interface Trial {
  readonly without: readonly Flag[];
  readonly withOutbreak: readonly Flag[];
  readonly outbreak: Pick<Outbreak, 'start' | 'end'>;
}

export interface Metrics {
  /** Share of periods flagged where there is no outbreak. */
  readonly falsePositiveRate: number;
  /** Share of outbreaks flagged at least once, and in their first period. */
  readonly detected: number;
  readonly detectedAtOnce: number;
  /** By period: share of outbreak periods flagged, of others not flagged, of flags that are right, of silences that are right. */
  readonly sensitivity: number;
  readonly specificity: number;
  readonly positivePredictiveValue: number;
  readonly negativePredictiveValue: number;
  readonly f1: number;
  /** Periods from the start of a detected outbreak to its first flag. */
  readonly meanDelay: number;
  /** Periods flagged without outbreak, in a year of one series. */
  readonly falseAlarmsPerYear: number;
}

export interface MetricsWithIntervals {
  readonly trials: number;
  /** Share of the periods without outbreak that could be judged at all. When it is 0 all metrics are NaN. */
  readonly judged: number;
  readonly metrics: Metrics;
  /** 95 % limits from resampling whole trials. */
  readonly lower: Metrics;
  readonly upper: Metrics;
}

interface Tally {
  readonly periods: number;
  readonly judged: number;
  readonly falsePositives: number;
  readonly detected: number;
  readonly atOnce: number;
  readonly delay: number;
  readonly truePositives: number;
  readonly flaggedOutside: number;
  readonly missed: number;
  readonly silentOutside: number;
}

const RESAMPLES = 400;

export function measureTrials(trials: readonly Trial[], periodsPerYear: number, seed: number): MetricsWithIntervals {
  const tallies = trials.map(tally);
  const judged = total(tallies, 'judged') / total(tallies, 'periods');
  if (judged === 0) return { trials: trials.length, judged, metrics: nothing, lower: nothing, upper: nothing };
  const metrics = combine(tallies, periodsPerYear);
  const random = createRandom(seed);
  const samples = Array.from({ length: tallies.length === 0 ? 0 : RESAMPLES }, () =>
    combine(
      tallies.map(() => tallies[drawIndex(random, tallies.length)]!),
      periodsPerYear,
    ),
  );
  const limit = (share: number): Metrics => {
    const at = (name: keyof Metrics): number => {
      const values = samples
        .map((sample) => sample[name])
        .filter((value) => !Number.isNaN(value))
        .toSorted((a, b) => a - b);
      return values[Math.round(share * (values.length - 1))] ?? Number.NaN;
    };
    return {
      falsePositiveRate: at('falsePositiveRate'),
      detected: at('detected'),
      detectedAtOnce: at('detectedAtOnce'),
      sensitivity: at('sensitivity'),
      specificity: at('specificity'),
      positivePredictiveValue: at('positivePredictiveValue'),
      negativePredictiveValue: at('negativePredictiveValue'),
      f1: at('f1'),
      meanDelay: at('meanDelay'),
      falseAlarmsPerYear: at('falseAlarmsPerYear'),
    };
  };
  return { trials: trials.length, judged, metrics, lower: limit(0.025), upper: limit(0.975) };
}

function tally({ without, withOutbreak, outbreak }: Trial): Tally {
  let truePositives = 0;
  let flaggedOutside = 0;
  let missed = 0;
  let silentOutside = 0;
  let first: number | undefined;
  for (const [t, flag] of withOutbreak.entries()) {
    const inside = t >= outbreak.start && t <= outbreak.end;
    if (inside && flag === true) {
      truePositives++;
      first ??= t;
    } else if (inside) missed++;
    else if (flag === true) flaggedOutside++;
    else silentOutside++;
  }
  return {
    periods: without.length,
    judged: without.filter((flag) => flag !== undefined).length,
    falsePositives: without.filter((flag) => flag === true).length,
    detected: first === undefined ? 0 : 1,
    atOnce: first === outbreak.start ? 1 : 0,
    delay: first === undefined ? 0 : first - outbreak.start,
    truePositives,
    flaggedOutside,
    missed,
    silentOutside,
  };
}

function total(tallies: readonly Tally[], of: keyof Tally): number {
  return tallies.reduce((sum, entry) => sum + entry[of], 0);
}

const nothing: Metrics = {
  falsePositiveRate: Number.NaN,
  detected: Number.NaN,
  detectedAtOnce: Number.NaN,
  sensitivity: Number.NaN,
  specificity: Number.NaN,
  positivePredictiveValue: Number.NaN,
  negativePredictiveValue: Number.NaN,
  f1: Number.NaN,
  meanDelay: Number.NaN,
  falseAlarmsPerYear: Number.NaN,
};

/** Not a number where there is nothing to divide by. */
function combine(tallies: readonly Tally[], periodsPerYear: number): Metrics {
  const sum = (of: keyof Tally): number => total(tallies, of);
  const truePositives = sum('truePositives');
  const detected = sum('detected');
  const sensitivity = truePositives / (truePositives + sum('missed'));
  const positivePredictiveValue = truePositives / (truePositives + sum('flaggedOutside'));
  const silentOutside = sum('silentOutside');
  const falsePositiveRate = sum('falsePositives') / sum('periods');
  return {
    falsePositiveRate,
    detected: detected / tallies.length,
    detectedAtOnce: sum('atOnce') / tallies.length,
    sensitivity,
    specificity: silentOutside / (silentOutside + sum('flaggedOutside')),
    positivePredictiveValue,
    negativePredictiveValue: silentOutside / (silentOutside + sum('missed')),
    f1: (2 * sensitivity * positivePredictiveValue) / (sensitivity + positivePredictiveValue),
    meanDelay: sum('delay') / detected,
    falseAlarmsPerYear: falsePositiveRate * periodsPerYear,
  };
}
