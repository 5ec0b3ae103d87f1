/**
 * k-means as Polis runs it (clusters.clj, described in the README): no random start but the first k different points in row order, or the
 * clusters of the last update. The result depends on both; robust-groups.ts is the answer to that.
 */
import type { Plane } from './compat-pca.ts';

export interface Cluster {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Rows of the points that were clustered. */
  readonly members: readonly number[];
}

const moveThatCounts = 0.01;

export interface ClusterSettings {
  readonly k: number;
  readonly iterations: number;
  /** One a point, 1 where not given. */
  readonly weights?: Float64Array;
  /** Clusters of the last update, their members in today's rows. */
  readonly previous?: readonly Cluster[];
}

export function clusterPoints(points: Plane, settings: ClusterSettings): readonly Cluster[] {
  let clusters = startClusters(points, settings);
  for (let left = settings.iterations; left >= 0; left--) {
    const next = step(points, clusters, settings.weights);
    const hasSettled = isSame(clusters, next);
    clusters = next;
    if (hasSettled) break;
  }
  return clusters;
}

function startClusters(points: Plane, { k, weights, previous }: ClusterSettings): readonly Cluster[] {
  if (previous === undefined || previous.length === 0) return firstDifferent(points, k);
  const kept = mergeIdentical(
    previous.flatMap((cluster) => (cluster.members.length === 0 ? [] : [recentre(cluster, points, weights)])),
  );
  while (kept.length < k) {
    const row = findMostDistant(points, kept);
    if (row === undefined) break;
    const id = Math.max(-1, ...kept.map((cluster) => cluster.id)) + 1;
    kept.push({ id, x: points.x[row]!, y: points.y[row]!, members: [row] });
  }
  return kept;
}

function firstDifferent({ x, y }: Plane, k: number): Cluster[] {
  const found: Cluster[] = [];
  for (let row = 0; row < x.length && found.length < k; row++)
    if (!found.some((cluster) => cluster.x === x[row] && cluster.y === y[row]))
      found.push({ id: found.length, x: x[row]!, y: y[row]!, members: [row] });
  return found;
}

function mergeIdentical(clusters: readonly Cluster[]): Cluster[] {
  const merged: Cluster[] = [];
  for (const cluster of clusters) {
    const at = merged.findIndex(({ x, y }) => x === cluster.x && y === cluster.y);
    if (at < 0) merged.push(cluster);
    else merged[at] = { ...merged[at]!, members: [...merged[at]!.members, ...cluster.members] };
  }
  return merged;
}

/** The point furthest from its nearest centre; undefined when every point is a centre. */
function findMostDistant({ x, y }: Plane, clusters: readonly Cluster[]): number | undefined {
  let furthest: number | undefined;
  let most = 0;
  for (let row = 0; row < x.length; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of clusters) least = Math.min(least, squaredDistance(x[row]!, y[row]!, cluster));
    if (least > most) [furthest, most] = [row, least];
  }
  return furthest;
}

function step(points: Plane, clusters: readonly Cluster[], weights: Float64Array | undefined): readonly Cluster[] {
  const { x, y } = points;
  const findNearest = createFinder(clusters);
  const members: number[][] = clusters.map(() => []);
  for (let row = 0; row < x.length; row++) members[findNearest(x[row]!, y[row]!)]!.push(row);
  return clusters.flatMap((cluster, at) =>
    members[at]!.length === 0 ? [] : [recentre({ ...cluster, members: members[at]! }, points, weights)],
  );
}

/** Place of the nearest cluster; of several at the same distance the last, as Clojure's min-key. Looks outwards from the point's x. */
function createFinder(clusters: readonly Cluster[]): (x: number, y: number) => number {
  const order = [...clusters.keys()].sort((a, b) => clusters[a]!.x - clusters[b]!.x);
  const centreX = Float64Array.from(order, (at) => clusters[at]!.x);
  const centreY = Float64Array.from(order, (at) => clusters[at]!.y);
  const places = Int32Array.from(order);
  return (x, y) => {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (centreX[middle]! < x) low = middle + 1;
      else high = middle;
    }
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    const look = (at: number): boolean => {
      const dx = x - centreX[at]!;
      if (dx * dx > least) return false;
      const dy = y - centreY[at]!;
      const distance = dx * dx + dy * dy;
      if (distance < least || (distance === least && places[at]! > nearest)) {
        least = distance;
        nearest = places[at]!;
      }
      return true;
    };
    let [left, right] = [low - 1, low];
    for (;;) {
      if (left >= 0 && !look(left--)) left = -1;
      if (right < places.length && !look(right++)) right = places.length;
      if (left < 0 && right >= places.length) return nearest;
    }
  };
}

function recentre(cluster: Cluster, { x, y }: Plane, weights: Float64Array | undefined): Cluster {
  let [sumX, sumY, total] = [0, 0, 0];
  for (const row of cluster.members) {
    const weight = weights === undefined ? 1 : weights[row]!;
    sumX += weight * x[row]!;
    sumY += weight * y[row]!;
    total += weight;
  }
  return { ...cluster, x: sumX / total, y: sumY / total };
}

function isSame(before: readonly Cluster[], after: readonly Cluster[]): boolean {
  if (before.length !== after.length) return false;
  const sorted = (clusters: readonly Cluster[]): readonly Cluster[] =>
    [...clusters].sort((a, b) => a.x - b.x || a.y - b.y);
  const old = sorted(before);
  return sorted(after).every(({ x, y }, at) => Math.sqrt(squaredDistance(x, y, old[at]!)) < moveThatCounts);
}

function squaredDistance(x: number, y: number, centre: { readonly x: number; readonly y: number }): number {
  return (x - centre.x) ** 2 + (y - centre.y) ** 2;
}
