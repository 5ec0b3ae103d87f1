/** For each number of groups the best grouping of those who voted enough. Which of them is shown, if any, stability.ts helps to decide. */
import type { RobustPlane } from './robust-plane.ts';
import { assignNearest, type Cells, type Centres, gatherCells, groupCells } from './robust-kmeans.ts';
import { meanSilhouette } from './silhouette.ts';

export const leastPeoplePerGroup = 5;
const leastShare = 0.05;
const fewestVotes = 7;
export const groupNumbers = [2, 3, 4, 5] as const;

export interface Partition {
  readonly k: number;
  /** By place in `clustered`. Groups are numbered from the largest. */
  readonly labels: Int32Array;
  readonly sizes: readonly number[];
  readonly centres: Centres;
  readonly cells: Cells;
  /** Group of each cell. */
  readonly cellLabels: Int32Array;
}

/** Mean silhouette over people, each at the middle of a cell. */
export function silhouetteOf({ cells, cellLabels, k }: Partition): number {
  return meanSilhouette(cells, cellLabels, k, cells.mass);
}

/** Participants with min(7, statements) votes that count. */
export function chooseGrouped({ seen }: Pick<RobustPlane, 'seen'>, isLeftOut: Uint8Array): Int32Array {
  const statements = isLeftOut.reduce((count, is) => count + (is ? 0 : 1), 0);
  const enough = Math.max(1, Math.min(fewestVotes, statements));
  return Int32Array.from([...seen.keys()].filter((row) => seen[row]! >= enough));
}

/** Five people, or one in twenty. */
export function smallestGroup(people: number): number {
  return Math.max(leastPeoplePerGroup, Math.ceil(leastShare * people));
}

export interface GroupSettings {
  readonly starts: number;
  readonly seed: number;
  readonly smallest: number;
}

export function findPartitions(
  plane: Pick<RobustPlane, 'x' | 'y'>,
  rows: Int32Array,
  settings: GroupSettings,
  ks: readonly number[] = groupNumbers,
): readonly Partition[] {
  const x = Float64Array.from(rows, (row) => plane.x[row]!);
  const y = Float64Array.from(rows, (row) => plane.y[row]!);
  const cells = gatherCells(x, y);
  return ks.flatMap((k) => findPartition(x, y, cells, k, settings) ?? []);
}

function findPartition(
  x: Float64Array,
  y: Float64Array,
  cells: Cells,
  k: number,
  { starts, seed, smallest }: GroupSettings,
): Partition | undefined {
  const grouping = groupCells(cells, { k, starts, seed: seed + k, smallest });
  if (grouping === undefined) return undefined;
  const nearest = assignNearest(x, y, grouping.centres);
  const sizes = new Int32Array(k);
  for (const label of nearest) sizes[label]!++;
  if (sizes.some((size) => size < smallest)) return undefined;
  const order = [...sizes.keys()].sort(
    (a, b) => sizes[b]! - sizes[a]! || grouping.centres.x[a]! - grouping.centres.x[b]!,
  );
  const place = Int32Array.from(sizes, (_, group) => order.indexOf(group));
  return {
    k,
    labels: nearest.map((label) => place[label]!),
    sizes: order.map((group) => sizes[group]!),
    centres: {
      x: Float64Array.from(order, (group) => grouping.centres.x[group]!),
      y: Float64Array.from(order, (group) => grouping.centres.y[group]!),
    },
    cells,
    cellLabels: grouping.labels.map((label) => place[label]!),
  };
}
