/** The robust engine: groups only where they would be found again; "no stable groups" is an answer. */
import {
  chooseGrouped,
  findPartitions,
  type GroupSettings,
  type Partition,
  silhouetteOf,
  smallestGroup,
} from './robust-groups.ts';
import { fitPlane, type RobustPlane } from './robust-plane.ts';
import { measureStability, type Stability, stableFrom, type StabilityReport } from './stability.ts';
import type { VoteMatrix } from './vote-matrix.ts';

/** With fewer, groups by votes are mostly chance (measured on fourteen published conversations); declared groups say more. */
export const fewestPeopleForGroups = 40;
const starts = 30;

export type NoGroupsReason =
  /** Fewer than 40 people voted enough. */
  | 'tooFewPeople'
  /** Every grouping has a group of less than five people or one in twenty. */
  | 'groupsTooSmall'
  /** Other people of the same kind would have given other groups. */
  | 'notStable';

export interface RobustAnalysis {
  readonly plane: RobustPlane;
  /** -1: in no group. */
  readonly groupOf: Int32Array;
  readonly groups: readonly { readonly id: number; readonly size: number }[];
  /** People who voted enough to be in a group. */
  readonly grouped: number;
  readonly smallestGroup: number;
  /** Why there are no groups; undefined where there are. */
  readonly noGroups: NoGroupsReason | undefined;
  /** Of the groups shown. */
  readonly shown: Stability | undefined;
  /** Whether the groups are further apart than cuts through one cloud; undefined where there are none. */
  readonly isSeparate: boolean | undefined;
  readonly stability: StabilityReport;
}

export interface RobustInput {
  readonly matrix: VoteMatrix;
  /** Moderated-out and meta statements. */
  readonly isLeftOut: Uint8Array;
  readonly seed?: number;
}

export function analyseRobust({ matrix, isLeftOut, seed = 1 }: RobustInput): RobustAnalysis {
  const plane = fitPlane(matrix, isLeftOut);
  const grouped = chooseGrouped(plane, isLeftOut);
  const partitions = partition(plane, grouped, seed);
  const stability = measureStability({ matrix, isLeftOut, plane, grouped, partitions, seed });
  return decide(plane, grouped, partitions, stability);
}

export function partition(plane: RobustPlane, grouped: Int32Array, seed: number): readonly Partition[] {
  const settings: GroupSettings = { starts, seed, smallest: smallestGroup(grouped.length) };
  return grouped.length < fewestPeopleForGroups ? [] : findPartitions(plane, grouped, settings);
}

/** Of the numbers of groups that are stable, the one with the largest silhouette. */
export function decide(
  plane: RobustPlane,
  grouped: Int32Array,
  partitions: readonly Partition[],
  stability: StabilityReport,
): RobustAnalysis {
  const measured = new Map(stability.byNumber.map((each) => [each.k, each]));
  const isStable = ({ k }: Partition): boolean => (measured.get(k)?.predictionStrength ?? 0) >= stableFrom;
  const stable = partitions.filter(isStable).map((each) => ({ partition: each, silhouette: silhouetteOf(each) }));
  const best = stable.reduce<(typeof stable)[number] | undefined>(
    (most, each) => (most === undefined || each.silhouette > most.silhouette ? each : most),
    undefined,
  );
  const chosen = best?.partition;
  const shown = chosen === undefined ? undefined : measured.get(chosen.k);
  const groupOf = new Int32Array(plane.x.length).fill(-1);
  if (chosen !== undefined) for (const [at, row] of grouped.entries()) groupOf[row] = chosen.labels[at]!;
  return {
    plane,
    groupOf,
    groups: (chosen?.sizes ?? []).map((size, id) => ({ id, size })),
    grouped: grouped.length,
    smallestGroup: smallestGroup(grouped.length),
    noGroups: chosen === undefined ? reasonOf(grouped.length, partitions.length) : undefined,
    shown,
    isSeparate: best && shown && best.silhouette > shown.silhouetteOfOneCloud,
    stability,
  };
}

function reasonOf(grouped: number, partitions: number): NoGroupsReason {
  if (grouped < fewestPeopleForGroups) return 'tooFewPeople';
  return partitions === 0 ? 'groupsTooSmall' : 'notStable';
}
