/** How one indicator is watched: a rule as a guideline writes it, or EARS. Plain data, stored as it is, so that a signal keeps the method that raised it. */
import { detectEars } from '@reciproca/detect/ears';
import { DetectError } from '@reciproca/detect/errors';
import type { Detection } from '@reciproca/detect/result';
import { detectRule, parseRule, type Rule } from '@reciproca/detect/rules';
import { createSeries, type Series } from '@reciproca/detect/series';
import { shiftPeriod, startOf, type Period, type PeriodKind } from '../../period.ts';

export type EarsVariant = 'C1' | 'C2' | 'C3';
export const earsVariants = ['C1', 'C2', 'C3'] as const satisfies readonly EarsVariant[];

export type Method =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | {
      readonly kind: 'ears';
      readonly variant: EarsVariant;
      /** Periods that the expectation is learnt from. */
      readonly baseline: number;
      /** One-sided probability of an alarm when nothing has changed. */
      readonly alpha: number;
      /** Least standard deviation: one case after silent weeks is then no alarm. */
      readonly minSigma: number;
    };

/**
 * C2 leaves two periods between the baseline and now, so that a slow beginning does not raise its own limit. A disease for immediate
 * notification is never a matter of statistics: one case is enough.
 */
export function defaultMethod(indicator: { readonly isImmediate: boolean }): Method {
  return indicator.isImmediate
    ? { kind: 'rule', rule: { kind: 'cases', compare: 'at-least', cases: 1 } }
    : { kind: 'ears', variant: 'C2', baseline: 7, alpha: 0.001, minSigma: 1 };
}

/** From stored or received JSON. Throws DetectError naming the field. */
export function parseMethod(input: unknown): Method {
  const record: Readonly<Record<string, unknown>> = typeof input === 'object' && input !== null ? { ...input } : {};
  if (record['kind'] === 'rule') return { kind: 'rule', rule: parseRule(record['rule']) };
  const variant = earsVariants.find((each) => each === record['variant']);
  if (record['kind'] !== 'ears' || variant === undefined)
    throw new DetectError('control-unknown', 'method', String(record['kind']));
  const number = (field: string): number => {
    const value = record[field];
    if (typeof value !== 'number') throw new DetectError('input-malformed', field);
    return value;
  };
  const method: Method = {
    kind: 'ears',
    variant,
    baseline: number('baseline'),
    alpha: number('alpha'),
    minSigma: number('minSigma'),
  };
  // The package knows what is sensible and says so when it is asked for nothing.
  detectEars(createSeries({ kind: 'week', counts: [] }), { method: variant, ...controlOf(method) });
  return method;
}

const controlOf = ({ baseline, alpha, minSigma }: Extract<Method, { kind: 'ears' }>) => ({ baseline, alpha, minSigma });

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
  /** Periods that the expectation would have been learnt from and that have no report. */
  readonly missingReference: number;
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

const seriesKind = (kind: PeriodKind): Series['kind'] => (kind === 'iso-week' || kind === 'mmwr-week' ? 'week' : kind);

/** Judges the last `last` periods of the counts. */
export function judge(method: Method, counts: Counts, last: number): readonly Judgement[] {
  const { first, values, population } = counts;
  const series = createSeries({
    kind: seriesKind(first.kind),
    start: startOf(first),
    counts: values,
    ...(population === undefined ? {} : { population: values.map(() => population) }),
  });
  const range = { first: Math.max(0, values.length - last), last: values.length - 1 };
  const detections =
    method.kind === 'rule'
      ? detectRule(series, method.rule, range)
      : detectEars(series, { method: method.variant, ...controlOf(method) }, range);
  return detections.map((detection) => toJudgement(first, values, detection));
}

function toJudgement(first: Period, values: readonly (number | undefined)[], detection: Detection): Judgement {
  const { index, observed, alarm, expected, threshold, raisedWhen, warnings } = detection;
  return {
    period: shiftPeriod(first, index),
    observed,
    alarm,
    expected,
    range: usualRange(
      detection.reference.flatMap((reference) => values[reference.index] ?? []),
      threshold,
    ),
    threshold,
    raisedWhen,
    missingReference: warnings.reduce(
      (sum, warning) => sum + (warning.code === 'reference-missing' ? warning.periods : 0),
      0,
    ),
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
  const limit = Math.floor(threshold);
  return { lower: Math.min(at(0.1), limit), upper: Math.min(at(0.9), limit) };
}

const periodsPerYear = { day: 366, 'iso-week': 53, 'mmwr-week': 53, month: 12 } as const satisfies Record<
  PeriodKind,
  number
>;

/** How many periods before the first one to be judged the method looks at: what has to be loaded, and no more. */
export function historyNeeded(method: Method, kind: PeriodKind): number {
  if (method.kind === 'ears') return method.baseline + 5;
  const { rule } = method;
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
  if (method.kind === 'ears') return true;
  const days = 'windowDays' in method.rule ? method.rule.windowDays : undefined;
  return days === undefined || kind === 'day' || (kind !== 'month' && days % 7 === 0);
}

/** False where the sum of a window or a rate is put to the test instead of the count of a period. */
export function comparesCounts(method: Method): boolean {
  return method.kind === 'ears' || (method.rule.kind !== 'cases-in-window' && method.rule.kind !== 'rate-per-100k');
}
