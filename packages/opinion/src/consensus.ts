import type { Count } from './tally.ts';

/** The chance that the next person of these agrees, from a flat prior (Laplace's rule of succession). */
export function chanceOfAgreeing({ agrees, seen }: Count): number {
  return (agrees + 1) / (seen + 2);
}

/** Group-informed consensus of Polis: Π over the groups of (agrees + 1) / (seen + 2). People in no group do not count. */
export function groupInformedConsensus(groups: readonly Count[]): number {
  return groups.reduce((product, count) => product * chanceOfAgreeing(count), 1);
}

/** The same as a geometric mean, so that conversations and breakdowns with different numbers of groups can be compared. */
export function consensusPerGroup(groups: readonly Count[]): number | undefined {
  return groups.length === 0 ? undefined : groupInformedConsensus(groups) ** (1 / groups.length);
}
