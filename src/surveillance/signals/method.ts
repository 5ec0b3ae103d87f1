/**
 * How one indicator is watched: a rule as a guideline writes it, or a statistic, with the control names of its paper. Plain data, stored as
 * it is, so that a signal keeps the method that raised it.
 *
 * What a method says of a period depends on the counts and on that period alone, never on how much was loaded or asked for:
 *  - most look back over a fixed window;
 *  - charts (CUSUM, GLR, Rogerson, EWMA) follow a sum. They start afresh at a turn of the half-year that lies at least half a year
 *    back, and learn from the five years before it;
 *  - OutbreakP, which never forgets, starts afresh there too;
 *  - the moving epidemic method takes the seasons of the seven years before.
 */
import { chartMethods, detect, parseMethod as parsePackageMethod, type Method } from '@reciproca/detect/method';
import { cannotJudge, type Detection, type Warning } from '@reciproca/detect/result';
import { createSeries, type Series } from '@reciproca/detect/series';
import {
  periodOf,
  periodsBetween,
  shiftPeriod,
  startOf,
  type Period,
  type PeriodKind,
  type PlainDate,
} from '../../period.ts';

export type { Method } from '@reciproca/detect/method';

/** From stored or received JSON. Throws DetectError naming the field. */
export const parseMethod: (input: unknown) => Method = parsePackageMethod;

/**
 * C2 leaves two periods between the baseline and now, so that a slow beginning does not raise its own limit. A disease for immediate
 * notification is never a matter of statistics: one case is enough.
 */
export function defaultMethod(indicator: { readonly isImmediate: boolean }): Method {
  return indicator.isImmediate
    ? { method: 'rule', rule: { kind: 'cases', compare: 'at-least', cases: 1 } }
    : { method: 'ears', control: { method: 'C2', baseline: 7, alpha: 0.001, minSigma: 1 } };
}

/** Consecutive counts of one place, oldest first. Undefined is a period without a report. */
export interface Counts {
  readonly first: Period;
  readonly values: readonly (number | undefined)[];
  readonly population?: number | undefined;
}

/** What a method says of one period. */
export interface Judgement {
  readonly period: Period;
  /** What was put to the test: a count, the sum of a window, or a rate. Undefined: no report. */
  readonly observed: number | undefined;
  /** Undefined: could not be judged. */
  readonly alarm: boolean | undefined;
  readonly expected: number | undefined;
  readonly range: Range | undefined;
  readonly threshold: number | undefined;
  readonly raisedWhen: Detection['raisedWhen'];
  readonly pValue: number | undefined;
  readonly score: number | undefined;
  readonly scoreLimit: number | undefined;
  /** The periods that the expectation was learnt from; weight below 1 is a past outbreak held down. */
  readonly reference: readonly ReferencePeriod[];
  readonly warnings: readonly Warning[];
}

export interface ReferencePeriod {
  readonly start: PlainDate;
  readonly count: number | undefined;
  readonly weight: number;
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

const seriesKind = (kind: PeriodKind): Series['kind'] => (kind === 'iso-week' || kind === 'mmwr-week' ? 'week' : kind);

/** Judges the last `last` periods of the counts. */
export function judge(method: Method, counts: Counts, last: number): readonly Judgement[] {
  const end = counts.values.length - 1;
  const from = Math.max(0, counts.values.length - last);
  const judged = Array.from({ length: Math.max(0, end - from + 1) }, (_, i) => from + i);
  const groups = Map.groupBy(judged, (t) => anchorOf(method, shiftPeriod(counts.first, t)));
  return [...groups].flatMap(([anchor, periods]) =>
    run(method, counts, anchor, periods[0] ?? from, periods.at(-1) ?? end),
  );
}

/** First days from which the counts are looked at and, for a chart, from which they are followed. Equal for neighbouring periods. */
type Anchor = PlainDate | undefined;

const chartYears = 5;
const seasonYears = 7;

function anchorOf(method: Method, period: Period): Anchor {
  const day = startOf(period);
  const year = Number(day.slice(0, 4));
  if (method.method === 'moving-epidemic') return yearStart(year - seasonYears);
  if (method.method !== 'outbreak-p' && !chartMethods.includes(method.method)) return undefined;
  return day.slice(5) < '07-01' ? (`${year - 1}-07-01` as PlainDate) : yearStart(year);
}

const yearStart = (year: number): PlainDate => `${year}-01-01` as PlainDate;

function run(method: Method, counts: Counts, anchor: Anchor, from: number, to: number): readonly Judgement[] {
  const { first, values } = counts;
  const at = (day: PlainDate): number => periodsBetween(first, periodOf(first.kind, day));
  const isChart = chartMethods.includes(method.method);
  const firstReport = Math.max(
    0,
    values.findIndex((value) => value !== undefined),
  );
  const start =
    anchor === undefined
      ? 0
      : Math.max(firstReport, at(isChart ? yearStart(Number(anchor.slice(0, 4)) - chartYears) : anchor));
  // Half a year is the least that a chart can learn a mean from.
  const least = isChart ? periodsPerHalfYear[first.kind] : 0;
  const followed = isChart && anchor !== undefined ? Math.max(at(anchor), start + least) : start;
  const begin = Math.max(from, followed);
  const tooEarly = Array.from({ length: Math.max(0, Math.min(to + 1, begin) - from) }, (_, i) => {
    const t = from + i;
    const warning = { code: 'history-too-short', needs: least, has: Math.max(0, t - start) } as const;
    return toJudgement(counts, 0, cannotJudge(t, values[t], 'at-least', [warning]));
  });
  if (begin > to) return tooEarly;
  const range = { first: (isChart ? followed : begin) - start, last: to - start };
  return [
    ...tooEarly,
    ...detect(createSlice(counts, start, to), bounded(method, first.kind), range)
      .filter(({ index }) => index + start >= from)
      .map((detection) => toJudgement(counts, start, detection)),
  ];
}

/** A model fitted to "everything" is fitted to as many years as the charts learn from. */
function bounded(method: Method, kind: PeriodKind): Method {
  if (method.method !== 'hidden-markov' || (method.control.Mtilde ?? -1) !== -1) return method;
  return { method: 'hidden-markov', control: { ...method.control, Mtilde: chartYears * periodsPerYear[kind] } };
}

function createSlice({ first, values, population }: Counts, start: number, to: number): Series {
  const cut = values.slice(start, to + 1);
  return createSeries({
    kind: seriesKind(first.kind),
    start: startOf(shiftPeriod(first, start)),
    counts: cut,
    ...(population === undefined || population === 0 ? {} : { population: cut.map(() => population) }),
  });
}

function toJudgement({ first, values }: Counts, start: number, detection: Detection): Judgement {
  const { index, observed, alarm, expected, threshold, raisedWhen, pValue, score, scoreLimit, warnings } = detection;
  const reference = detection.reference.map(({ index: at, weight }) => ({
    start: startOf(shiftPeriod(first, start + at)),
    count: values[start + at],
    weight,
  }));
  return {
    period: shiftPeriod(first, start + index),
    observed,
    alarm,
    expected,
    range: usualRange(
      reference.flatMap(({ count }) => count ?? []),
      threshold,
    ),
    threshold,
    raisedWhen,
    pValue,
    score,
    scoreLimit,
    reference,
    warnings,
  };
}

/**
 * What was usual in the periods that the method compares with: the middle four fifths of their counts, in whole cases, and never beyond
 * the limit of the alarm. Of fewer than three periods nothing is said.
 */
function usualRange(reference: readonly number[], threshold: number | undefined): Range | undefined {
  if (reference.length < 3 || threshold === undefined) return undefined;
  const sorted = reference.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const limit = Math.max(0, Math.floor(threshold));
  return { lower: Math.min(at(0.1), limit), upper: Math.min(at(0.9), limit) };
}

const periodsPerYear = { day: 366, 'iso-week': 53, 'mmwr-week': 53, month: 12 } as const satisfies Record<
  PeriodKind,
  number
>;
const periodsPerHalfYear = { day: 182, 'iso-week': 26, 'mmwr-week': 26, month: 6 } as const satisfies Record<
  PeriodKind,
  number
>;

/** How many periods before the first one to be judged the method looks at: what has to be loaded, and no more. */
export function historyNeeded(method: Method, kind: PeriodKind): number {
  const perYear = periodsPerYear[kind];
  switch (method.method) {
    case 'rule':
      return historyOfRule(method, kind);
    case 'ears':
      return (method.control.baseline ?? 7) + 5;
    case 'farrington-flexible':
    case 'farrington':
    case 'boda':
      return (method.control.b ?? 5) * perYear + (method.control.w ?? 3) + 3;
    case 'bayes':
    case 'rki':
      return (method.control.b ?? 2) * perYear + (method.control.w ?? 6) + 3;
    case 'cdc':
      return ((method.control.b ?? 5) + 1) * perYear + 8 * (method.control.m ?? 1);
    case 'hidden-markov':
      return method.control.Mtilde === undefined || method.control.Mtilde === -1
        ? chartYears * perYear
        : method.control.Mtilde;
    case 'outbreak-p':
      return perYear + 1;
    case 'moving-epidemic':
      return (seasonYears + 1) * perYear;
    case 'cusum':
    case 'glr':
    case 'rogerson':
    case 'ewma':
      return (chartYears + 2) * perYear;
  }
}

function historyOfRule({ rule }: Extract<Method, { method: 'rule' }>, kind: PeriodKind): number {
  const daysIn = (days: number): number => (kind === 'day' ? days : Math.ceil(days / 7));
  switch (rule.kind) {
    case 'cases':
      return 0;
    case 'cases-in-window':
      return daysIn(rule.windowDays);
    case 'rate-per-100k':
      return rule.windowDays === undefined ? 0 : daysIn(rule.windowDays);
    case 'times-recent-mean':
    case 'successive-growth':
      return rule.periods;
    case 'quantile-of-past-years':
    case 'deviations-from-past-years':
      return rule.years * periodsPerYear[kind] + rule.halfWindow + 2;
  }
}

/** Fits a model for each period that is judged: tens of milliseconds, during which a process does nothing else. */
export const isSlow = ({ method }: Method): boolean => slowMethods.includes(method);

const slowMethods: readonly Method['method'][] = ['hidden-markov', 'boda', 'rogerson'];

/**
 * How far back a new or corrected report can still raise a signal: an alarm about last year is history, to be seen on the curve.
 * Counted from the latest period that anyone has reported for the indicator.
 */
export const signalledPeriods = { day: 28, 'iso-week': 4, 'mmwr-week': 4, month: 2 } as const satisfies Record<
  PeriodKind,
  number
>;

/** Whether the method can be used at all with periods of this kind; a rule about days cannot be kept with months. */
export function suits(method: Method, kind: PeriodKind): boolean {
  if (method.method === 'moving-epidemic' || method.method === 'cdc')
    return kind === 'iso-week' || kind === 'mmwr-week';
  if (method.method !== 'rule') return true;
  const days = 'windowDays' in method.rule ? method.rule.windowDays : undefined;
  return days === undefined || kind === 'day' || (kind !== 'month' && days % 7 === 0);
}

/** False where the sum of a window or a rate is put to the test instead of the count of a period. */
export function comparesCounts(method: Method): boolean {
  if (method.method === 'moving-epidemic' || method.method === 'cdc') return false;
  return method.method !== 'rule' || (method.rule.kind !== 'cases-in-window' && method.rule.kind !== 'rate-per-100k');
}

/**
 * Whether it makes sense for the sum of what lies below: a method with an expectation does; "one suspected case" and "three cases in 28 days"
 * say nothing more about a region than about its districts.
 */
export function suitsSums(method: Method): boolean {
  return method.method !== 'rule' || (method.rule.kind !== 'cases' && method.rule.kind !== 'cases-in-window');
}
