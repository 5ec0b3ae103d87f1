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
  const k = clusters.length;
  const centreX = Float64Array.from(clusters, (cluster) => cluster.x);
  const centreY = Float64Array.from(clusters, (cluster) => cluster.y);
  const members: number[][] = clusters.map(() => []);
  for (let row = 0; row < x.length; row++) {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < k; at++) {
      const [dx, dy] = [x[row]! - centreX[at]!, y[row]! - centreY[at]!];
      const distance = dx * dx + dy * dy;
      // Of centres at the same distance Clojure's min-key takes the last.
      if (distance <= least) [nearest, least] = [at, distance];
    }
    members[nearest]!.push(row);
  }
  return clusters.flatMap((cluster, at) =>
    members[at]!.length === 0 ? [] : [recentre({ ...cluster, members: members[at]! }, points, weights)],
  );
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
