import { periodsBetween, shiftPeriod, startOf, type Period, type PlainDate } from '../../period.ts';
import type { Counts } from './method.ts';

/** Every period between the two, both included; those that nobody reported stay without a number. */
export function toCounts(
  first: Period,
  last: Period,
  values: ReadonlyMap<PlainDate, { readonly value: number }> | undefined,
  population: number | undefined,
): Counts {
  const length = Math.max(0, periodsBetween(first, last) + 1);
  return {
    first,
    values: Array.from({ length }, (_, position) => values?.get(startOf(shiftPeriod(first, position)))?.value),
    population,
  };
}
