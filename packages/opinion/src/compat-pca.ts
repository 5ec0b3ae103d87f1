/**
 * Principal components as Polis computes them (math/src/polismath/math/pca.clj, described in the README): missing votes filled with the
 * statement's mean, columns of moderated and meta statements zero for everybody, power iteration, the second component after deflation.
 *
 * Polis starts each update from the components of the last one, thousands of times in a living conversation, so what it publishes is the
 * point at which power iteration stands still. We go there by Lanczos' method and let its power iteration run a few more times from there.
 */
import { findLeading } from './eigenvectors.ts';
import { centreVotes, dotRow, findMeans, multiplyByGram, type SparseRows } from './sparse-rows.ts';
import { addTo, dot, lengthOf, scaled } from './vectors.ts';
import { findVotedOn, type VoteMatrix } from './vote-matrix.ts';

export interface Components {
  /** Mean of each statement. */
  readonly centre: Float64Array;
  /** Two directions of length 1, or zero where the votes have no such direction. */
  readonly directions: readonly [Float64Array, Float64Array];
}

export interface Plane {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

// Polis: 100, or until the eigenvalue repeats.
const powerIterations = 8;

export function findComponents(
  matrix: VoteMatrix,
  isZeroed: Uint8Array,
  starts?: Components['directions'],
): Components {
  const centre = findMeans(matrix, isZeroed);
  const rows = centreVotes(matrix, centre, isZeroed);
  const [first, second] = findLeading((vector) => multiplyByGram(rows, vector), rows.width, 2, starts ?? []);
  const one = iterate((vector) => multiplyByGram(rows, vector), first!.vector, powerIterations);
  const two = iterate((vector) => multiplyDeflated(rows, one, vector), second!.vector, powerIterations);
  return { centre, directions: [one, two] };
}

/** Multiply and divide by the length; stops when the length, the eigenvalue, repeats. */
export function iterate(
  product: (vector: Float64Array) => Float64Array,
  start: Float64Array,
  iterations: number,
): Float64Array {
  let vector = start;
  let last = 0;
  for (let at = 0; at < iterations; at++) {
    const next = product(vector);
    const eigenvalue = lengthOf(next);
    if (eigenvalue === 0) return vector;
    vector = scaled(next, 1 / eigenvalue);
    if (eigenvalue === last) break;
    last = eigenvalue;
  }
  return vector;
}

/** XᵀX v where every row of X has lost its part along `first`. */
function multiplyDeflated(rows: SparseRows, first: Float64Array, vector: Float64Array): Float64Array {
  const across = vector.slice();
  addTo(across, -dot(vector, first), first);
  const product = multiplyByGram(rows, across);
  addTo(product, -dot(product, first), first);
  return product;
}

/** Each participant's place: the seen votes only, enlarged by √(statements / seen). A zeroed column counts as seen by everybody. */
export function projectParticipants(matrix: VoteMatrix, isZeroed: Uint8Array, components: Components): Plane {
  const isVotedOn = findVotedOn(matrix);
  const zeroed = isVotedOn.reduce((count, is, column) => count + (is && isZeroed[column] ? 1 : 0), 0);
  const width = isVotedOn.reduce((count, is) => count + is, 0);
  const rows = centreVotes(matrix, components.centre, isZeroed);
  const x = new Float64Array(matrix.participants.length);
  const y = new Float64Array(matrix.participants.length);
  for (let row = 0; row < x.length; row++) {
    const seen = rows.rowStarts[row + 1]! - rows.rowStarts[row]! + zeroed;
    const scale = Math.sqrt(width / Math.max(seen, 1));
    x[row] = scale * dotRow(rows, row, components.directions[0]);
    y[row] = scale * dotRow(rows, row, components.directions[1]);
  }
  return { x, y };
}

/** Where a person would stand who agreed with this statement and had seen nothing else. Its distance from the middle is the extremity. */
export function projectStatements(matrix: VoteMatrix, { centre, directions }: Components): Plane {
  const scale = Math.sqrt(findVotedOn(matrix).reduce((count, is) => count + is, 0));
  const along = (direction: Float64Array): Float64Array =>
    direction.map((part, column) => scale * (1 - centre[column]!) * part);
  return { x: along(directions[0]), y: along(directions[1]) };
}
