/**
 * Would the same groups be found among other people of the same kind? And are they groups, or cuts through one cloud?
 *
 * Stability is prediction strength (Tibshirani & Walther 2005, "Cluster validation by prediction strength", Journal of Computational and
 * Graphical Statistics 14): people are split into two halves that know nothing of each other; directions, places and groups are computed
 * for each. Of two people whom their own half puts into one group, how often does the other half's grouping put them into one group too?
 * The least over the groups, the mean over the splits and both ways. They recommend to trust groups from 0.8.
 *
 * Beside it, for comparison with other software, the adjusted Rand index between the grouping of all and that of a half.
 *
 * Separation: whether the silhouette exceeds those of k-means on as many places drawn from one normal distribution with the same spread
 * (the null hypothesis of SigClust: Liu, Hayes, Nobel & Marron 2008). 19 draws, all exceeded: one chance in twenty. It says whether to
 * speak of camps or of two ends of one spectrum; it does not decide whether groups are shown.
 */
import { adjustedRand } from './agreement.ts';
import { createRandom, drawNormal, drawSubset, splitSeed } from './random.ts';
import { chooseGrouped, findPartitions, type Partition, silhouetteOf, smallestGroup } from './robust-groups.ts';
import { assignNearest } from './robust-kmeans.ts';
import { fitPlane, placePeople, type RobustPlane } from './robust-plane.ts';
import { takeRows, type VoteMatrix } from './vote-matrix.ts';

export const stableFrom = 0.8;
const splits = 10;
const mostInHalf = 2000;
const startsPerFit = 10;
const nullDraws = 19;
const mostNullPlaces = 400;

export interface Stability {
  readonly k: number;
  readonly predictionStrength: number;
  readonly adjustedRand: number;
  readonly silhouette: number;
  /** The largest silhouette that one cloud gave. */
  readonly silhouetteOfOneCloud: number;
}

export interface StabilityReport {
  readonly splits: number;
  /** For the numbers of groups that keep every group large enough. */
  readonly byNumber: readonly Stability[];
  /** Votes at the time of measuring: it is not measured anew with each vote. */
  readonly measuredAtVotes: number;
}

interface Whole {
  readonly matrix: VoteMatrix;
  readonly isLeftOut: Uint8Array;
  readonly plane: RobustPlane;
  readonly grouped: Int32Array;
  readonly partitions: readonly Partition[];
  readonly seed: number;
}

export function measureStability(whole: Whole): StabilityReport {
  const { matrix, grouped, partitions, plane, seed } = whole;
  const measured =
    partitions.length === 0
      ? []
      : Array.from({ length: splits }, (_, split) => measureSplit(whole, splitSeed(seed, split)));
  return {
    splits,
    measuredAtVotes: matrix.columns.length,
    byNumber: partitions.map((partition, at) => ({
      k: partition.k,
      predictionStrength: mean(measured.map((each) => each[at]!.strength)),
      adjustedRand: mean(measured.map((each) => each[at]!.rand)),
      silhouette: silhouetteOf(partition),
      silhouetteOfOneCloud: silhouetteOfOneCloud(plane, grouped, partition.k, seed),
    })),
  };
}

interface Half {
  /** Rows of the whole matrix. */
  readonly rows: Int32Array;
  readonly plane: RobustPlane;
  /** Places in `rows` of those who voted enough. */
  readonly grouped: Int32Array;
  /** By place in the whole's partitions. */
  readonly partitions: readonly (Partition | undefined)[];
}

/** For each partition of the whole, what one split into halves says of it. */
function measureSplit(whole: Whole, seed: number): readonly { readonly strength: number; readonly rand: number }[] {
  // Only those who voted enough to be grouped are split: the others would leave halves of different kinds.
  const size = Math.min(mostInHalf, Math.floor(whole.grouped.length / 2));
  const drawn = drawSubset(createRandom(seed), 2 * size, whole.grouped.length);
  const isFirst = new Uint8Array(drawn.length);
  for (const at of drawSubset(createRandom(~seed), size, drawn.length)) isFirst[at] = 1;
  const rows = drawn.map((at) => whole.grouped[at]!);
  const halves = [1, 0].map((side) =>
    fitHalf(
      whole,
      rows.filter((_, at) => isFirst[at] === side),
      seed + side,
    ),
  ) as [Half, Half];
  const rowsOf: readonly Int32Array[] = halves.map((half) => half.grouped.map((place) => half.rows[place]!));
  // Where each half would put the people of the other.
  const foreign = rowsOf.map((own, side) =>
    placePeople(takeRows(whole.matrix, own), whole.isLeftOut, halves[1 - side]!.plane),
  );
  const labelOf = new Int32Array(whole.matrix.participants.length);
  return whole.partitions.map((partition, at) => {
    for (const [place, row] of whole.grouped.entries()) labelOf[row] = partition.labels[place]!;
    const found = halves.map((half, side) => {
      const [own, other] = [half.partitions[at], halves[1 - side]!.partitions[at]];
      if (own === undefined || other === undefined) return { strength: 0, rand: 0 };
      const predicted = assignNearest(foreign[side]!.x, foreign[side]!.y, other.centres);
      return {
        strength: predictionStrength(own.labels, predicted, partition.k),
        rand: adjustedRand(
          own.labels,
          rowsOf[side]!.map((row) => labelOf[row]!),
        ),
      };
    });
    return { strength: mean(found.map(({ strength }) => strength)), rand: mean(found.map(({ rand }) => rand)) };
  });
}

function fitHalf({ matrix, isLeftOut, plane, partitions }: Whole, rows: Int32Array, seed: number): Half {
  // Starting from the whole's directions saves time and changes nothing.
  const own = fitPlane(takeRows(matrix, rows), isLeftOut, plane.directions);
  const grouped = chooseGrouped(own, isLeftOut);
  const smallest = Math.max(2, Math.floor(smallestGroup(grouped.length) / 2));
  const settings = { starts: startsPerFit, seed, smallest };
  const ks = partitions.map(({ k }) => k);
  const found = findPartitions(own, grouped, settings, ks);
  return { rows, plane: own, grouped, partitions: ks.map((k) => found.find((each) => each.k === k)) };
}

/** The least, over the groups, share of pairs in one group that `predicted` leaves together. */
export function predictionStrength(labels: Int32Array, predicted: Int32Array, k: number): number {
  let least = 1;
  for (let group = 0; group < k; group++) {
    const counts = new Float64Array(k);
    for (let at = 0; at < labels.length; at++) if (labels[at] === group) counts[predicted[at]!]!++;
    const size = counts.reduce((sum, count) => sum + count, 0);
    const together = counts.reduce((sum, count) => sum + count * (count - 1), 0);
    if (size > 1) least = Math.min(least, together / (size * (size - 1)));
  }
  return least;
}

function silhouetteOfOneCloud({ x, y }: RobustPlane, grouped: Int32Array, k: number, seed: number): number {
  const { xx, xy, yy } = covariance(x, y, grouped);
  // Cholesky's root of the covariance turns independent normal numbers into a cloud of its shape.
  const l11 = Math.sqrt(xx);
  const l21 = l11 === 0 ? 0 : xy / l11;
  const l22 = Math.sqrt(Math.max(0, yy - l21 * l21));
  const places = Math.min(mostNullPlaces, grouped.length);
  const rows = Int32Array.from({ length: places }, (_, at) => at);
  const settings = { starts: startsPerFit, seed, smallest: smallestGroup(places) };
  let most = Number.NEGATIVE_INFINITY;
  for (let draw = 0; draw < nullDraws; draw++) {
    const random = createRandom(splitSeed(seed ^ 0x5eed, draw));
    const cloud = { x: new Float64Array(places), y: new Float64Array(places) };
    for (let at = 0; at < places; at++) {
      const [a, b] = [drawNormal(random), drawNormal(random)];
      cloud.x[at] = l11 * a;
      cloud.y[at] = l21 * a + l22 * b;
    }
    for (const found of findPartitions(cloud, rows, settings, [k])) most = Math.max(most, silhouetteOf(found));
  }
  return most;
}

function covariance(
  x: Float64Array,
  y: Float64Array,
  rows: Int32Array,
): { readonly xx: number; readonly xy: number; readonly yy: number } {
  let [meanX, meanY] = [0, 0];
  for (const row of rows) {
    meanX += x[row]! / rows.length;
    meanY += y[row]! / rows.length;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (const row of rows) {
    xx += (x[row]! - meanX) ** 2 / rows.length;
    xy += ((x[row]! - meanX) * (y[row]! - meanY)) / rows.length;
    yy += (y[row]! - meanY) ** 2 / rows.length;
  }
  return { xx, xy, yy };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
