import { periodsBetween, shiftPeriod, startOf, type Period, type PlainDate } from '../../period.ts';
import type { Counts } from './method.ts';

type Values = ReadonlyMap<PlainDate, { readonly value: number }>;

/** Every period between the two, both included; those that nobody reported stay without a number. Made once for many series. */
export function countsBetween(
  first: Period,
  last: Period,
): (values: Values | undefined, population: number | undefined) => Counts {
  const length = Math.max(0, periodsBetween(first, last) + 1);
  const starts = Array.from({ length }, (_, position) => startOf(shiftPeriod(first, position)));
  return (values, population) => ({ first, values: starts.map((start) => values?.get(start)?.value), population });
}

/** Of one series. */
export function toCounts(
  first: Period,
  last: Period,
  values: Values | undefined,
  population: number | undefined,
): Counts {
  return countsBetween(first, last)(values, population);
}
