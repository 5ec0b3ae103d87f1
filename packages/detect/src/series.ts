import { addMonths, formatDay, parseDay } from './calendar.ts';
import { requireOneOf } from './control.ts';
import { DetectError } from './errors.ts';

export const periodKinds = ['day', 'week', 'month'] as const;
export type PeriodKind = (typeof periodKinds)[number];

/**
 * One validated series of counts in consecutive periods, oldest first. Made by `createSeries` or `parseSeries` only;
 * detectors trust it. It is plain data and may be posted to a worker.
 *
 * A week is seven days from whatever weekday the first period starts on (ISO Monday, MMWR Sunday, a Wednesday): the weekday
 * is kept, never re-derived from a label. A year with 53 weeks simply has 53 of them.
 */
export interface Series {
  readonly kind: PeriodKind;
  /** Periods in a seasonal cycle: 365, 52, 12 unless the maker said otherwise. */
  readonly periodsPerYear: number;
  /** First day of each period, as days since 1970-01-01. Undefined: no dates are known and seasons are found by counting periods. */
  readonly startDays: Int32Array | undefined;
  /** Whole non-negative counts; NaN is a missing period, which is never the same as zero. */
  readonly values: Float64Array;
  /** People at risk in each period; NaN where unknown. */
  readonly population: Float64Array | undefined;
}

export interface SeriesInput {
  readonly kind: PeriodKind;
  /** First day of the first period, YYYY-MM-DD. */
  readonly start?: string | undefined;
  readonly periodsPerYear?: number | undefined;
  readonly counts: ArrayLike<number | undefined | null>;
  readonly population?: ArrayLike<number | undefined | null> | undefined;
}

export interface SeriesRow {
  /** First day of the period, YYYY-MM-DD. */
  readonly start: string;
  readonly count: number | undefined | null;
  readonly population?: number | undefined | null;
}

const DEFAULT_PERIODS_PER_YEAR: Record<PeriodKind, number> = { day: 365, week: 52, month: 12 };

/** More people than there are: a count beyond this is a unit error or a corrupted file. */
const LARGEST_COUNT = 1e9;

/** From counts of consecutive periods. Missing is undefined, null is read as missing; NaN is an error, not a missing value. */
export function createSeries(input: SeriesInput): Series {
  requireOneOf('kind', input.kind, periodKinds);
  const periodsPerYear = input.periodsPerYear ?? DEFAULT_PERIODS_PER_YEAR[input.kind];
  if (!Number.isInteger(periodsPerYear) || periodsPerYear < 1 || periodsPerYear > 366)
    throw new DetectError('control-out-of-range', 'periodsPerYear', periodsPerYear);
  const { counts, population } = input;
  const values = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) values[i] = parseCount(counts[i], `counts[${i}]`);
  return {
    kind: input.kind,
    periodsPerYear,
    startDays: input.start === undefined ? undefined : consecutiveDays(input.kind, input.start, counts.length),
    values,
    population: population === undefined ? undefined : parsePopulation(population, counts.length),
  };
}

/**
 * From dated rows in ascending order. Periods between two rows for which there is no row become missing, so that silence
 * is never read as zero. A row that does not fall on the grid of the first one belongs to another period system.
 */
export function parseSeries(kind: PeriodKind, rows: readonly SeriesRow[]): Series {
  const [first] = rows;
  if (first === undefined) return createSeries({ kind, counts: [] });
  const firstDay = requireDay(first.start, 'rows[0].start');
  const counts: (number | undefined | null)[] = [];
  const population: (number | undefined | null)[] = [];
  let previous = -1;
  for (const [i, row] of rows.entries()) {
    const position = periodsBetween(kind, firstDay, requireDay(row.start, `rows[${i}].start`));
    if (!Number.isInteger(position)) throw new DetectError('periods-mixed', `rows[${i}].start`, row.start);
    if (position === previous) throw new DetectError('periods-duplicate', `rows[${i}].start`, row.start);
    if (position < previous) throw new DetectError('periods-unsorted', `rows[${i}].start`, row.start);
    while (counts.length < position) {
      counts.push(undefined);
      population.push(undefined);
    }
    parseCount(row.count, `rows[${i}].count`);
    counts.push(row.count);
    population.push(row.population);
    previous = position;
  }
  const known = population.some((people) => people !== undefined && people !== null);
  return createSeries({ kind, start: first.start, counts, population: known ? population : undefined });
}

export function countAt(series: Series, index: number): number | undefined {
  const value = series.values[index];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

export function populationAt(series: Series, index: number): number | undefined {
  const value = series.population?.[index];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** First day of a period as YYYY-MM-DD; undefined for a series without dates or an index outside it. */
export function periodStartAt(series: Series, index: number): string | undefined {
  const day = series.startDays?.[index];
  return day === undefined ? undefined : formatDay(day);
}

function parseCount(count: number | undefined | null, field: string): number {
  if (count === undefined || count === null) return Number.NaN;
  if (typeof count !== 'number' || Number.isNaN(count))
    throw new DetectError('count-not-a-number', field, String(count));
  if (!Number.isFinite(count)) throw new DetectError('count-not-finite', field, count);
  if (count < 0) throw new DetectError('count-negative', field, count);
  if (!Number.isInteger(count)) throw new DetectError('count-fractional', field, count);
  if (count > LARGEST_COUNT) throw new DetectError('count-too-large', field, count);
  return count;
}

function parsePopulation(population: ArrayLike<number | undefined | null>, length: number): Float64Array {
  if (population.length !== length) throw new DetectError('length-mismatch', 'population', population.length);
  const people = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const given = population[i] ?? undefined;
    if (given !== undefined && !(Number.isFinite(given) && given > 0))
      throw new DetectError('population-invalid', `population[${i}]`, given);
    people[i] = given ?? Number.NaN;
  }
  return people;
}

function consecutiveDays(kind: PeriodKind, start: string, length: number): Int32Array {
  const first = requireDay(start, 'start');
  const days = new Int32Array(length);
  for (let i = 0; i < length; i++)
    days[i] = kind === 'month' ? addMonths(first, i) : first + i * (kind === 'week' ? 7 : 1);
  return days;
}

/** Fractional when the day is not the start of a period of this grid. */
function periodsBetween(kind: PeriodKind, from: number, to: number): number {
  if (kind === 'day') return to - from;
  if (kind === 'week') return (to - from) / 7;
  const months = Math.round((to - from) / 30.436875);
  for (const candidate of [months - 1, months, months + 1]) if (addMonths(from, candidate) === to) return candidate;
  return Number.NaN;
}

function requireDay(text: string, field: string): number {
  const day = parseDay(text);
  if (day === undefined) throw new DetectError('date-invalid', field, text);
  return day;
}
