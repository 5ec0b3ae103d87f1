/**
 * Moving epidemic method for seasonal influenza (Vega et al. 2013, Influenza Other Respir Viruses 7:546-558; intensity levels:
 * Vega et al. 2015, 9:234-246). In each past season the epidemic is the stretch of weeks that, for its length, holds the
 * most of the season's sum; the length is where one more week adds less than `delta` per cent. The highest values outside
 * the epidemics give the thresholds for its start and end, the highest inside them the levels of intensity.
 *
 * The curve of maximal sums is smoothed by a local linear regression (normal kernel, bandwidth one week), as the authors'
 * R package `mem` does for its fixed criterion. Missing weeks inside a season are filled in on a straight line.
 */
import { splitDay, toDay } from './calendar.ts';
import { requireProbability, requireWhole, requireWithin, resolveRange } from './control.ts';
import { normalDensity, normalQuantile } from './distributions/normal.ts';
import { DetectError } from './errors.ts';
import { cannotJudge, type Detection, type IndexRange, type ReferencePeriod } from './result.ts';
import { countAt, populationAt, type Series } from './series.ts';

/** Rates or counts of the weeks of one season, in order. */
export type Season = readonly (number | undefined)[];

export interface MovingEpidemicControl {
  /** Least growth of the share, in per cent of the season's sum, that one more epidemic week has to bring. */
  readonly delta?: number;
  /** One-sided level of the limit above which a week is epidemic. */
  readonly thresholdLevel?: number;
  /** One-sided levels of medium, high and very high intensity. */
  readonly intensityLevels?: readonly number[];
  /** Values taken from each season; 30 divided by the number of seasons when not given. */
  readonly valuesPerSeason?: number | undefined;
}

export interface EpidemicPeriod {
  /** First and last epidemic week, from 0. */
  readonly first: number;
  readonly last: number;
  /** Share of the season's sum, in per cent. */
  readonly sharePercent: number;
}

export interface MovingEpidemicModel {
  /** Undefined for a season without cases. */
  readonly epidemics: readonly (EpidemicPeriod | undefined)[];
  /** Mean of the highest values before the epidemics, which the threshold for the start lies above. */
  readonly usualBeforeStart: number;
  readonly startThreshold: number;
  readonly endThreshold: number;
  readonly intensityThresholds: readonly { readonly level: number; readonly threshold: number }[];
  readonly valuesPerSeason: number;
}

const LEAST_SEASONS = 2;

function planMovingEpidemic(
  control: MovingEpidemicControl,
): Required<Pick<MovingEpidemicControl, 'delta' | 'thresholdLevel' | 'intensityLevels'>> {
  const { delta = 2.8, thresholdLevel = 0.95, intensityLevels = [0.4, 0.9, 0.975] } = control;
  requireWithin('control.delta', delta, 0.01, 100);
  requireProbability('control.thresholdLevel', thresholdLevel);
  for (const [i, level] of intensityLevels.entries()) requireProbability(`control.intensityLevels[${i}]`, level);
  if (control.valuesPerSeason !== undefined) requireWhole('control.valuesPerSeason', control.valuesPerSeason, 1);
  return { delta, thresholdLevel, intensityLevels };
}

/** Undefined when fewer than two seasons have any cases. */
export function fitMovingEpidemic(
  seasons: readonly Season[],
  control: MovingEpidemicControl = {},
): MovingEpidemicModel | undefined {
  const { delta, thresholdLevel, intensityLevels } = planMovingEpidemic(control);
  for (const [s, season] of seasons.entries())
    for (const [i, value] of season.entries())
      if (value !== undefined && !(Number.isFinite(value) && value >= 0))
        throw new DetectError('count-negative', `seasons[${s}][${i}]`, value);
  const filled = seasons.map(fillInside);
  const epidemics = filled.map((season) => findEpidemic(season, delta));
  const usable = epidemics.filter((epidemic) => epidemic !== undefined).length;
  if (usable < LEAST_SEASONS) return undefined;
  const valuesPerSeason = control.valuesPerSeason ?? Math.max(1, Math.round(30 / usable));

  const before: number[] = [];
  const during: number[] = [];
  const after: number[] = [];
  for (const [s, epidemic] of epidemics.entries()) {
    if (epidemic === undefined) continue;
    const season = filled[s]!;
    before.push(...highest(season.slice(0, epidemic.first), valuesPerSeason));
    during.push(...highest(season.slice(epidemic.first, epidemic.last + 1), valuesPerSeason));
    after.push(...highest(season.slice(epidemic.last + 1), valuesPerSeason));
  }
  return {
    epidemics,
    usualBeforeStart: before.reduce((sum, value) => sum + value, 0) / before.length,
    startThreshold: upperLimit(before, thresholdLevel),
    endThreshold: upperLimit(after, thresholdLevel),
    intensityThresholds: intensityLevels.map((level) => ({ level, threshold: upperGeometricLimit(during, level) })),
    valuesPerSeason,
  };
}

/** The current season against the threshold for the start: every week is judged by itself. */
export function detectMovingEpidemic(
  pastSeasons: readonly Season[],
  current: Season,
  control: MovingEpidemicControl = {},
): Detection[] {
  const model = fitMovingEpidemic(pastSeasons, control);
  return current.map((value, index) => {
    if (value !== undefined) requireWithin(`current[${index}]`, value, 0);
    if (model === undefined || Number.isNaN(model.startThreshold))
      return cannotJudge(index, value, 'more-than', [
        { code: 'history-too-short', needs: LEAST_SEASONS, has: pastSeasons.length },
      ]);
    return {
      ...cannotJudge(index, value, 'more-than', value === undefined ? [{ code: 'current-missing' }] : []),
      alarm: value === undefined ? undefined : value > model.startThreshold,
      expected: model.usualBeforeStart,
      threshold: model.startThreshold,
    };
  });
}

function findEpidemic(season: readonly (number | undefined)[], delta: number): EpidemicPeriod | undefined {
  const weeks = season.length;
  const total = season.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  if (!(total > 0)) return undefined;
  const starts: number[] = [];
  const shares = [0];
  for (let length = 1; length <= weeks; length++) {
    let best = -1;
    let start = 0;
    for (let from = 0; from + length <= weeks; from++) {
      let sum = 0;
      for (let i = from; i < from + length; i++) sum += season[i] ?? 0;
      if (sum > best) {
        best = sum;
        start = from;
      }
    }
    starts.push(start);
    shares.push((100 * best) / total);
  }
  const smooth = smoothLocally(shares);
  let length = weeks;
  for (let x = 1; x <= weeks; x++)
    if (smooth[x]! - smooth[x - 1]! < delta) {
      length = Math.max(1, x - 1);
      break;
    }
  const first = starts[length - 1]!;
  return { first, last: first + length - 1, sharePercent: shares[length]! };
}

/** Local linear regression with a normal kernel of bandwidth 1; below zero is cut. */
function smoothLocally(values: readonly number[]): number[] {
  return values.map((_, x) => {
    let weight = 0;
    let first = 0;
    let second = 0;
    let sum = 0;
    let moment = 0;
    for (const [i, y] of values.entries()) {
      const distance = i - x;
      const w = normalDensity(distance);
      weight += w;
      first += w * distance;
      second += w * distance * distance;
      sum += w * y;
      moment += w * distance * y;
    }
    return Math.max(0, (second * sum - first * moment) / (weight * second - first * first));
  });
}

function fillInside(season: Season): (number | undefined)[] {
  const filled = [...season];
  let before = -1;
  for (const [i, value] of season.entries()) {
    if (value === undefined) continue;
    const start = season[before];
    if (before >= 0 && start !== undefined)
      for (let j = before + 1; j < i; j++) filled[j] = start + ((value - start) * (j - before)) / (i - before);
    before = i;
  }
  return filled;
}

function highest(values: readonly (number | undefined)[], count: number): number[] {
  return values
    .filter((value) => value !== undefined)
    .toSorted((a, b) => b - a)
    .slice(0, count);
}

/** Mean plus the normal quantile times the standard deviation of single values. */
function upperLimit(values: readonly number[], level: number): number {
  if (values.length < 2) return Number.NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean + normalQuantile(level) * Math.sqrt(squares / (values.length - 1));
}

function upperGeometricLimit(values: readonly number[], level: number): number {
  const shift = values.includes(0) ? 1 : 0;
  return (
    Math.exp(
      upperLimit(
        values.map((value) => Math.log(value + shift)),
        level,
      ),
    ) - shift
  );
}

export interface SeasonControl extends MovingEpidemicControl {
  /** Month in which a season starts: its first week is the first one that starts on or after the 1st. */
  readonly seasonStartMonth?: number;
}

/**
 * The current season of a dated series of weeks against all complete ones before it, as rates per 100,000 when the
 * people at risk are known. Periods before the current season are not judged.
 */
export function detectMovingEpidemicInSeries(
  series: Series,
  control: SeasonControl = {},
  range?: IndexRange,
): Detection[] {
  const { seasonStartMonth = 10 } = control;
  requireWhole('control.seasonStartMonth', seasonStartMonth, 1, 12);
  planMovingEpidemic(control);
  if (series.kind !== 'week') throw new DetectError('period-not-supported', 'series.kind', series.kind);
  const { first, last } = resolveRange(series, range);
  const days = series.startDays;
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const observed = rateAt(series, t);
    const start = days === undefined ? undefined : findSeasonStart(days, t, seasonStartMonth);
    if (days === undefined || start === undefined) {
      detections.push(
        cannotJudge(t, observed, 'more-than', [
          { code: 'history-too-short', needs: (LEAST_SEASONS + 1) * series.periodsPerYear, has: t },
        ]),
      );
      continue;
    }
    const past: Season[] = [];
    let oldest = start;
    while (oldest > 0) {
      const before = findSeasonStart(days, oldest - 1, seasonStartMonth);
      if (before === undefined) break;
      past.push(Array.from({ length: oldest - before }, (_, i) => rateAt(series, before + i)));
      oldest = before;
    }
    const [found] = detectMovingEpidemic(past.toReversed(), [observed], control);
    if (found === undefined) continue;
    const reference: ReferencePeriod[] = [];
    for (let index = oldest; index < start; index++)
      if (rateAt(series, index) !== undefined) reference.push({ index, weight: 1 });
    detections.push({ ...found, index: t, reference });
  }
  return detections;
}

/** First period of the season that t belongs to; undefined when the series does not reach back to it. */
function findSeasonStart(days: Int32Array, t: number, month: number): number | undefined {
  for (let i = t; i > 0; i--) {
    const [year] = splitDay(days[i]!);
    for (const boundary of [toDay(year, month, 1), toDay(year - 1, month, 1)])
      if (days[i]! >= boundary && days[i - 1]! < boundary) return i;
  }
  return undefined;
}

function rateAt(series: Series, t: number): number | undefined {
  const count = countAt(series, t);
  if (series.population === undefined || count === undefined) return count;
  const people = populationAt(series, t);
  return people === undefined ? undefined : (count * 100_000) / people;
}
