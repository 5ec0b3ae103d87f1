/**
 * The two levels of groups of Polis: about a hundred base clusters of people, and two to five groups of base clusters. Both start from the
 * clusters of the last update, and a new number of groups is taken over only after being best four times running.
 */
import { enoughPeople, enoughVotes } from './compat-founders.ts';
import { type Cluster, clusterPoints } from './compat-kmeans.ts';
import type { Plane } from './compat-pca.ts';
import { meanSilhouette } from './silhouette.ts';

const baseClusters = 100;
const baseIterations = 100;
const groupIterations = 20;
const mostGroups = 5;
const basesPerExtraGroup = 12;
const updatesUntilAdopted = 4;

/** What the next update starts from. People and base clusters are named, since rows move as people come. */
export interface GroupHistory {
  readonly clustered: readonly string[];
  readonly bases: readonly {
    readonly id: number;
    readonly x: number;
    readonly y: number;
    readonly members: readonly string[];
  }[];
  /** By number of groups; members are ids of base clusters. */
  readonly groupings: ReadonlyMap<number, readonly Cluster[]>;
  readonly best: { readonly k: number; readonly times: number; readonly adopted: number };
}

export interface CompatGroups {
  /** -1: has voted too little to be in a group. */
  readonly groupOf: Int32Array;
  readonly groups: readonly { readonly id: number; readonly x: number; readonly y: number; readonly size: number }[];
  /** By number of groups tried. */
  readonly silhouettes: ReadonlyMap<number, number>;
  readonly history: GroupHistory;
}

/** Who is put into groups: min(7, statements) votes, or in it once; the most active are added until there are fifteen. */
export function chooseClustered(
  participants: readonly string[],
  voteCounts: Int32Array,
  statements: number,
  before: readonly string[] = [],
): readonly number[] {
  const earlier = new Set(before);
  const enough = Math.min(enoughVotes, statements);
  const isIn = participants.map((id, row) => voteCounts[row]! >= enough || earlier.has(id));
  const count = isIn.filter(Boolean).length;
  if (count < enoughPeople) {
    const others = participants.flatMap((_, row) => (isIn[row] ? [] : [row]));
    others.sort((a, b) => voteCounts[b]! - voteCounts[a]! || a - b);
    for (const row of others.slice(0, enoughPeople - count)) isIn[row] = true;
  }
  return participants.flatMap((_, row) => (isIn[row] ? [row] : []));
}

export function findCompatGroups(
  participants: readonly string[],
  plane: Plane,
  clustered: readonly number[],
  history?: GroupHistory,
): CompatGroups {
  const points = pick(plane, clustered);
  const names = clustered.map((row) => participants[row]!);
  const rowOf = new Map(names.map((name, row) => [name, row]));
  const previous = history?.bases.map((base) => ({
    ...base,
    members: base.members.flatMap((name) => rowOf.get(name) ?? []),
  }));
  const settings = { k: baseClusters, iterations: baseIterations };
  const bases = [...clusterPoints(points, previous === undefined ? settings : { ...settings, previous })].sort(
    (a, b) => a.id - b.id,
  );
  const { groupings, silhouettes } = groupBases(bases, history);
  const best = smooth(findBest(silhouettes), history?.best);
  const chosen = groupings.get(best.adopted) ?? groupings.get(findBest(silhouettes)) ?? [];

  const groupOf = new Int32Array(participants.length).fill(-1);
  for (const [at, group] of chosen.entries())
    for (const base of group.members) for (const row of bases[base]!.members) groupOf[clustered[row]!] = at;
  return {
    groupOf,
    groups: chosen.map(({ id, x, y, members }) => ({
      id,
      x,
      y,
      size: members.reduce((size, base) => size + bases[base]!.members.length, 0),
    })),
    silhouettes,
    history: {
      clustered: names,
      bases: bases.map(({ members, ...base }) => ({ ...base, members: members.map((row) => names[row]!) })),
      groupings: new Map(
        [...groupings].map(([k, groups]) => [
          k,
          groups.map((group) => ({ ...group, members: group.members.map((base) => bases[base]!.id) })),
        ]),
      ),
      best,
    },
  };
}

function groupBases(
  bases: readonly Cluster[],
  history: GroupHistory | undefined,
): { readonly groupings: Map<number, readonly Cluster[]>; readonly silhouettes: Map<number, number> } {
  const points: Plane = { x: Float64Array.from(bases, ({ x }) => x), y: Float64Array.from(bases, ({ y }) => y) };
  const weights = Float64Array.from(bases, ({ members }) => members.length);
  const rowOf = new Map(bases.map(({ id }, row) => [id, row]));
  const groupings = new Map<number, readonly Cluster[]>();
  const silhouettes = new Map<number, number>();
  const most = Math.min(mostGroups, 2 + Math.floor(bases.length / basesPerExtraGroup));
  for (let k = 2; k <= most && bases.length > 0; k++) {
    const previous = history?.groupings.get(k)?.map((group) => ({
      ...group,
      members: group.members.flatMap((id) => rowOf.get(id) ?? []),
    }));
    const settings = { k, iterations: groupIterations, weights };
    const groups = clusterPoints(points, previous === undefined ? settings : { ...settings, previous });
    const labels = new Int32Array(bases.length);
    for (const [at, { members }] of groups.entries()) for (const base of members) labels[base] = at;
    groupings.set(k, groups);
    silhouettes.set(k, meanSilhouette(points, labels, groups.length));
  }
  return { groupings, silhouettes };
}

/** Of numbers of groups with the same silhouette, the larger: Clojure's max-key takes the last. */
function findBest(silhouettes: ReadonlyMap<number, number>): number {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (const [k, value] of silhouettes) if (value >= most) [best, most] = [k, value];
  return best;
}

function smooth(k: number, before: GroupHistory['best'] | undefined): GroupHistory['best'] {
  const times = before?.k === k ? before.times + 1 : 1;
  return { k, times, adopted: before === undefined || times >= updatesUntilAdopted ? k : before.adopted };
}

function pick({ x, y }: Plane, rows: readonly number[]): Plane {
  return { x: Float64Array.from(rows, (row) => x[row]!), y: Float64Array.from(rows, (row) => y[row]!) };
}
