/**
 * What a detector is worth, as measured by Bedubourg & Le Strat 2017 (PLoS ONE 12:e0181227): false positives where there is no
 * outbreak; whether, when and how often an outbreak is flagged where there is one. A period that could not be judged counts
 * as not flagged.
 */
import { createRandom, drawIndex } from '../random.ts';
import type { Outbreak } from './scenarios.ts';

/** Flags over the periods evaluated, on one series without and with its outbreak. Positions count from the first evaluated. */
export interface Trial {
  readonly without: readonly boolean[];
  readonly withOutbreak: readonly boolean[];
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
  readonly metrics: Metrics;
  /** 95 % limits from resampling whole trials. */
  readonly lower: Metrics;
  readonly upper: Metrics;
}

interface Tally {
  readonly periods: number;
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
  return { trials: trials.length, metrics, lower: limit(0.025), upper: limit(0.975) };
}

function tally({ without, withOutbreak, outbreak }: Trial): Tally {
  let truePositives = 0;
  let flaggedOutside = 0;
  let missed = 0;
  let silentOutside = 0;
  let first: number | undefined;
  for (const [t, flag] of withOutbreak.entries()) {
    const inside = t >= outbreak.start && t <= outbreak.end;
    if (inside && flag) {
      truePositives++;
      first ??= t;
    } else if (inside) missed++;
    else if (flag) flaggedOutside++;
    else silentOutside++;
  }
  return {
    periods: without.length,
    falsePositives: without.filter(Boolean).length,
    detected: first === undefined ? 0 : 1,
    atOnce: first === outbreak.start ? 1 : 0,
    delay: first === undefined ? 0 : first - outbreak.start,
    truePositives,
    flaggedOutside,
    missed,
    silentOutside,
  };
}

/** Not a number where there is nothing to divide by. */
function combine(tallies: readonly Tally[], periodsPerYear: number): Metrics {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, entry) => total + of(entry), 0);
  const truePositives = sum((entry) => entry.truePositives);
  const detected = sum((entry) => entry.detected);
  const sensitivity = truePositives / (truePositives + sum((entry) => entry.missed));
  const positivePredictiveValue = truePositives / (truePositives + sum((entry) => entry.flaggedOutside));
  const silentOutside = sum((entry) => entry.silentOutside);
  const falsePositiveRate = sum((entry) => entry.falsePositives) / sum((entry) => entry.periods);
  return {
    falsePositiveRate,
    detected: detected / tallies.length,
    detectedAtOnce: sum((entry) => entry.atOnce) / tallies.length,
    sensitivity,
    specificity: silentOutside / (silentOutside + sum((entry) => entry.flaggedOutside)),
    positivePredictiveValue,
    negativePredictiveValue: silentOutside / (silentOutside + sum((entry) => entry.missed)),
    f1: (2 * sensitivity * positivePredictiveValue) / (sensitivity + positivePredictiveValue),
    meanDelay: sum((entry) => entry.delay) / detected,
    falseAlarmsPerYear: falsePositiveRate * periodsPerYear,
  };
}
