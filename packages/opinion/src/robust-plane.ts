/**
 * Where people stand, without the two habits of Polis that place them by how much they voted rather than by how.
 *
 * 1. Weight. Filling missing votes with the mean, Polis gives a person who voted on 300 statements nine hundred times the weight in the
 *    directions of one who voted on ten. Here each person's votes are divided by their number: every person weighs the same.
 * 2. Place. Polis enlarges the sum of few votes by √(statements / seen), so those who said least stand furthest out. Here a place is the
 *    posterior mean of probabilistic principal components given the votes that were cast (Tipping & Bishop 1999; with missing values Ilin
 *    & Raiko 2010): who said little stands near the middle, where nothing is claimed.
 *
 * Statements moderated out, and those that ask about the voter, are left out; Polis makes them zeroes that everybody has seen.
 */
import { findLeading, type Product } from './eigenvectors.ts';
import { centreVotes, findMeans, multiplyByGram } from './sparse-rows.ts';
import type { VoteMatrix } from './vote-matrix.ts';

export interface RobustPlane {
  readonly means: Float64Array;
  readonly directions: readonly [Float64Array, Float64Array];
  /** Votes that count, by participant. */
  readonly seen: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Variance of a vote that the two directions do not explain, and of people along each direction. */
  readonly noise: number;
  readonly spread: readonly [number, number];
}

export function fitPlane(
  matrix: VoteMatrix,
  isLeftOut: Uint8Array,
  starts: readonly Float64Array[] = [],
  means = findMeans(matrix, isLeftOut),
  product: Product = productOf(matrix, isLeftOut, means),
): RobustPlane {
  const [first, second] = findLeading(product, matrix.statements.length, 2, starts);
  const directions = [orient(first!.vector), orient(second!.vector)] as const;
  const sums = sumVotes(matrix, isLeftOut, means, directions);
  const variances = estimateVariances(sums);
  return { means, directions, ...variances, ...solve(sums, variances) };
}

/** What each participant weighs: one over the number of their votes that count. */
export function findWeights({ rowStarts, columns }: VoteMatrix, isLeftOut: Uint8Array): Float64Array {
  const weights = new Float64Array(rowStarts.length - 1);
  for (let row = 0; row < weights.length; row++) {
    let seen = 0;
    for (let at = rowStarts[row]!; at < rowStarts[row + 1]!; at++) seen += isLeftOut[columns[at]!] ? 0 : 1;
    weights[row] = seen === 0 ? 0 : 1 / seen;
  }
  return weights;
}

function productOf(matrix: VoteMatrix, isLeftOut: Uint8Array, means: Float64Array): Product {
  const rows = centreVotes(matrix, means, isLeftOut);
  const weights = findWeights(matrix, isLeftOut);
  return (vector) => multiplyByGram(rows, vector, weights);
}

/** A direction and its opposite are the same; the heaviest statement decides, so that the map does not turn over with each vote. */
function orient(direction: Float64Array): Float64Array {
  let heaviest = 0;
  for (let at = 0; at < direction.length; at++)
    // The margin lets the first of two equally heavy ones decide, whatever the last bit says.
    if (Math.abs(direction[at]!) > Math.abs(direction[heaviest]!) * (1 + 1e-9)) heaviest = at;
  return (direction[heaviest] ?? 0) < 0 ? direction.map((part) => -part) : direction;
}

/** Where other people would stand in a plane that was fitted without them. */
export function placePeople(
  matrix: VoteMatrix,
  isLeftOut: Uint8Array,
  plane: RobustPlane,
): Pick<RobustPlane, 'x' | 'y' | 'seen'> {
  return solve(sumVotes(matrix, isLeftOut, plane.means, plane.directions), plane);
}

/** For each person the sums over the seen statements that least squares needs: a = Wᵀz and H = WᵀW. */
interface Sums {
  readonly seen: Int32Array;
  readonly a1: Float64Array;
  readonly a2: Float64Array;
  readonly h11: Float64Array;
  readonly h12: Float64Array;
  readonly h22: Float64Array;
  readonly cells: number;
  readonly squares: number;
}

function sumVotes(
  { rowStarts, columns, votes }: VoteMatrix,
  isLeftOut: Uint8Array,
  means: Float64Array,
  [first, second]: RobustPlane['directions'],
): Sums {
  const people = rowStarts.length - 1;
  const seen = new Int32Array(people);
  const [a1, a2] = [new Float64Array(people), new Float64Array(people)];
  const [h11, h12, h22] = [new Float64Array(people), new Float64Array(people), new Float64Array(people)];
  const packed = new Float64Array(4 * means.length);
  for (let at = 0; at < means.length; at++)
    packed.set([means[at]!, first[at]!, second[at]!, isLeftOut[at] ? 0 : 1], 4 * at);
  let cells = 0;
  let squares = 0;
  for (let row = 0; row < people; row++) {
    let p = 0;
    let q = 0;
    let pp = 0;
    let pq = 0;
    let qq = 0;
    let count = 0;
    for (let at = rowStarts[row]!, end = rowStarts[row + 1]!; at < end; at++) {
      const place = 4 * columns[at]!;
      const difference = (votes[at]! - packed[place]!) * packed[place + 3]!;
      const u = packed[place + 1]!;
      const v = packed[place + 2]!;
      p += difference * u;
      q += difference * v;
      pp += u * u;
      pq += u * v;
      qq += v * v;
      squares += difference * difference;
      count += packed[place + 3]!;
    }
    a1[row] = p;
    a2[row] = q;
    h11[row] = pp;
    h12[row] = pq;
    h22[row] = qq;
    seen[row] = count;
    cells += count;
  }
  return { seen, a1, a2, h11, h12, h22, cells, squares };
}

/** Posterior mean (H + σ² S⁻¹)⁻¹ a, with S the variances of people along the directions. No variance, no place but 0. */
function solve(
  { seen, a1, a2, h11, h12, h22 }: Sums,
  { noise, spread }: Pick<RobustPlane, 'noise' | 'spread'>,
): Pick<RobustPlane, 'x' | 'y' | 'seen'> {
  const x = new Float64Array(seen.length);
  const y = new Float64Array(seen.length);
  const [ridge1, ridge2] = [noise / spread[0], noise / spread[1]];
  for (let row = 0; row < seen.length; row++) {
    const [c1, c2, c12] = [h11[row]! + ridge1, h22[row]! + ridge2, h12[row]!];
    if (spread[0] > 0 && spread[1] > 0) {
      const determinant = c1 * c2 - c12 * c12;
      x[row] = (c2 * a1[row]! - c12 * a2[row]!) / determinant;
      y[row] = (c1 * a2[row]! - c12 * a1[row]!) / determinant;
    } else if (spread[0] > 0) x[row] = a1[row]! / c1;
    else if (spread[1] > 0) y[row] = a2[row]! / c2;
  }
  return { seen, x, y };
}

const momentRounds = 5;

/**
 * By moments: for a person whose place along a direction has variance s, the sum a over his votes has E[a²] = h²s + hσ², and the votes
 * together have the variance σ² + Σ h s. Solved for s and σ² in turn.
 */
function estimateVariances({ a1, a2, h11, h22, cells, squares }: Sums): Pick<RobustPlane, 'noise' | 'spread'> {
  const moments = (
    [
      [a1, h11],
      [a2, h22],
    ] as const
  ).map(([sums, masses]) => {
    let [squared, mass, massSquared] = [0, 0, 0];
    for (let row = 0; row < sums.length; row++) {
      squared += sums[row]! ** 2;
      mass += masses[row]!;
      massSquared += masses[row]! ** 2;
    }
    return { squared, mass, massSquared };
  });
  let noise = cells === 0 ? 0 : squares / cells;
  const spread: [number, number] = [0, 0];
  for (let round = 0; round < momentRounds; round++) {
    let explained = 0;
    for (const axis of [0, 1] as const) {
      const { squared, mass, massSquared } = moments[axis]!;
      spread[axis] = massSquared === 0 ? 0 : Math.max(0, (squared - mass * noise) / massSquared);
      explained += spread[axis] * mass;
    }
    // Votes always scatter: a noise of nothing would trust a single vote without bounds.
    noise = cells === 0 ? 0 : Math.max((squares - explained) / cells, (0.05 * squares) / cells);
  }
  return { noise, spread };
}
