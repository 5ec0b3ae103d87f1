/**
 * What every method answers for one period. Codes and numbers only: whoever shows them finds the words.
 * Missing stays missing: `alarm: undefined` means "could not be judged" and must never be shown as "no alarm".
 */
export interface Detection {
  /** Position in the series, from 0. */
  readonly index: number;
  /** The number put to the test: the count of the period, or for a window its sum, for a rate the rate. */
  readonly observed: number | undefined;
  readonly alarm: boolean | undefined;
  readonly expected: number | undefined;
  /** The value that `observed` has to pass; undefined for methods that only follow a score. */
  readonly threshold: number | undefined;
  /** Whether the alarm needs more than the threshold or is raised on reaching it. */
  readonly raisedWhen: Comparison;
  readonly pValue: number | undefined;
  /** The method's own statistic, and the value of it at which the alarm is raised. */
  readonly score: number | undefined;
  readonly scoreLimit: number | undefined;
  /** The periods that "expected" was learnt from. Weight 1 is an ordinary period, less is a past outbreak held down. */
  readonly reference: readonly ReferencePeriod[];
  readonly warnings: readonly Warning[];
}

export const comparisons = ['more-than', 'at-least'] as const;
export type Comparison = (typeof comparisons)[number];

export interface ReferencePeriod {
  readonly index: number;
  readonly weight: number;
}

export type Warning =
  /** The method looks back further than the series goes. */
  | { readonly code: 'history-too-short'; readonly needs: number; readonly has: number }
  | { readonly code: 'current-missing' }
  /** Reference periods without a count; they were left out. */
  | { readonly code: 'reference-missing'; readonly periods: number }
  | { readonly code: 'reference-date-missing'; readonly date: string }
  | { readonly code: 'population-missing' }
  /** The rule is for larger or smaller places than this. */
  | { readonly code: 'not-meant-for-population' }
  | { readonly code: 'all-zero' }
  /** The reference periods are all alike, so their spread is zero. */
  | { readonly code: 'no-variation' }
  /** Fewer recent cases than the method wants before it speaks. */
  | { readonly code: 'too-few-recent-cases'; readonly needs: number; readonly has: number }
  | { readonly code: 'not-converged' }
  | { readonly code: 'past-outbreaks-weighted-down'; readonly periods: number }
  | { readonly code: 'trend-dropped' }
  | { readonly code: 'overflow' };
export type WarningCode = Warning['code'];

/** Periods to answer for, from 0, both included. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
}

/** An answer that says why there is none. */
export function cannotJudge(
  index: number,
  observed: number | undefined,
  raisedWhen: Comparison,
  warnings: readonly Warning[],
): Detection {
  return {
    index,
    observed,
    alarm: undefined,
    expected: undefined,
    threshold: undefined,
    raisedWhen,
    pValue: undefined,
    score: undefined,
    scoreLimit: undefined,
    reference: [],
    warnings,
  };
}

export function isRaised(observed: number, comparison: Comparison, threshold: number): boolean {
  return comparison === 'at-least' ? observed >= threshold : observed > threshold;
}
