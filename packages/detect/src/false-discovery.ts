/**
 * Many tests at once: of the series called unusual, at most a share `rate` may be expected to be nothing. Benjamini & Hochberg
 * 1995 (J R Stat Soc B 57:289-300), valid for independent or positively dependent series such as a place within its region;
 * 'any' dependence costs the factor of Benjamini & Yekutieli 2001.
 */
import { requireOneOf, requireProbability } from './control.ts';

export type Dependence = 'positive' | 'any';

export interface FalseDiscovery {
  /** Smallest rate at which each test would stand; undefined for a test without p value. */
  readonly adjusted: readonly (number | undefined)[];
  readonly stands: readonly boolean[];
}

/** A test without p value did not take place: it neither stands nor counts among the tests. */
export function controlFalseDiscovery(
  pValues: readonly (number | undefined)[],
  rate: number,
  dependence: Dependence = 'positive',
): FalseDiscovery {
  requireProbability('rate', rate);
  requireOneOf('dependence', dependence, ['positive', 'any']);
  const tested = pValues
    .map((p, index) => ({ p, index }))
    .filter((test): test is { p: number; index: number } => test.p !== undefined && !Number.isNaN(test.p))
    .toSorted((a, b) => b.p - a.p);
  const total = tested.length;
  let factor = 1;
  if (dependence === 'any') {
    factor = 0;
    for (let i = 1; i <= total; i++) factor += 1 / i;
  }
  const adjusted: (number | undefined)[] = pValues.map(() => undefined);
  let smallest = 1;
  // From the largest p value down, so that none is adjusted below a smaller one.
  for (const [i, { p, index }] of tested.entries()) {
    smallest = Math.min(smallest, (p * total * factor) / (total - i));
    adjusted[index] = smallest;
  }
  return { adjusted, stands: adjusted.map((p) => p !== undefined && p <= rate) };
}
