/**
 * The leading eigenvectors of a large symmetric matrix of which only products with a vector are known.
 *
 * Lanczos' method with full reorthogonalisation (Golub & Van Loan, Matrix Computations, 4th edition, 10.1 and 10.3), restarted from the
 * sum of the eigenvectors found so far. Deterministic. A good start saves products and does not change the answer.
 */
import { createRandom } from './random.ts';
import { addTo, dot, lengthOf, scaled } from './vectors.ts';

export type Product = (vector: Float64Array) => Float64Array;

export interface Eigenpair {
  readonly value: number;
  /** Length 1, or all zero where the matrix has no further direction. */
  readonly vector: Float64Array;
}

const tolerance = 1e-13;
const stepsBeforeRestart = 60;
const stepsBetweenChecks = 6;
const mostRestarts = 40;

export function findLeading(
  product: Product,
  width: number,
  count: number,
  starts: readonly Float64Array[] = [],
): Eigenpair[] {
  let start = combineStarts(starts, width);
  let found: Eigenpair[] = [];
  for (let restart = 0; restart < mostRestarts; restart++) {
    const { pairs, isExact } = runLanczos(product, width, count, start);
    found = pairs;
    if (isExact) break;
    start = new Float64Array(width);
    for (const { vector } of found) addTo(start, 1, vector);
  }
  while (found.length < count) found.push({ value: 0, vector: new Float64Array(width) });
  return found;
}

function combineStarts(starts: readonly Float64Array[], width: number): Float64Array {
  const start = new Float64Array(width);
  for (const vector of starts) addTo(start, 1, vector);
  const isUseful = lengthOf(start) > 0.5;
  const random = createRandom(0x1a2c05);
  // A trace of every direction, so that no eigenvector is missed because the start is exactly orthogonal to it.
  for (let at = 0; at < width; at++) start[at]! += (isUseful ? 1e-9 : 1) * (random() - 0.5);
  return start;
}

function runLanczos(
  product: Product,
  width: number,
  count: number,
  start: Float64Array,
): { readonly pairs: Eigenpair[]; readonly isExact: boolean } {
  const basis = [scaled(start, 1 / lengthOf(start))];
  const diagonal: number[] = [];
  const beside: number[] = [];
  const most = Math.min(stepsBeforeRestart, width);
  for (let step = 0; ; step++) {
    const next = product(basis[step]!);
    diagonal.push(dot(next, basis[step]!));
    for (let round = 0; round < 2; round++) for (const known of basis) addTo(next, -dot(next, known), known);
    const rest = lengthOf(next);
    const scale = Math.max(...diagonal.map(Math.abs), ...beside, Number.MIN_VALUE);
    const isInvariant = rest <= 1e-14 * scale;
    const isLast = step + 1 === most || isInvariant;
    if (isLast || (step + 1) % stepsBetweenChecks === 0) {
      const inner = diagonaliseTridiagonal(diagonal, beside);
      const leading = inner.slice(0, count);
      // The residual of a Ritz pair is |rest · last component|.
      const isExact = leading.every(({ vector }) => Math.abs(rest * vector[step]!) <= tolerance * scale);
      if (isLast || (isExact && leading.length === count)) {
        const isWhole = isInvariant || step + 1 === width;
        return { pairs: leading.map((pair) => lift(pair, basis, width)), isExact: isExact || isWhole };
      }
    }
    beside.push(rest);
    basis.push(scaled(next, 1 / rest));
  }
}

function lift({ value, vector }: Eigenpair, basis: readonly Float64Array[], width: number): Eigenpair {
  const lifted = new Float64Array(width);
  for (let at = 0; at < vector.length; at++) addTo(lifted, vector[at]!, basis[at]!);
  const length = lengthOf(lifted);
  return { value, vector: length === 0 ? lifted : scaled(lifted, 1 / length) };
}

/** All eigenpairs, largest value first: implicit QL with Wilkinson's shift (EISPACK tql2, in the form of Golub & Van Loan 8.3). */
export function diagonaliseTridiagonal(diagonal: readonly number[], beside: readonly number[]): Eigenpair[] {
  const size = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = Float64Array.from({ length: size }, (_, at) => beside[at] ?? 0);
  const vectors = Array.from({ length: size }, (_, at) => new Float64Array(size).fill(1, at, at + 1));
  for (let low = 0; low < size; low++) {
    for (let round = 0; round < 60; round++) {
      let high = low;
      while (high + 1 < size && Math.abs(e[high]!) > Number.EPSILON * (Math.abs(d[high]!) + Math.abs(d[high + 1]!)))
        high++;
      if (high === low) break;
      rotateBlock(d, e, vectors, low, high);
    }
  }
  return Array.from(d, (value, at) => ({ value, vector: Float64Array.from(vectors, (row) => row[at]!) })).sort(
    (a, b) => b.value - a.value,
  );
}

/** One implicit QL sweep over rows low to high. */
function rotateBlock(
  d: Float64Array,
  e: Float64Array,
  vectors: readonly Float64Array[],
  low: number,
  high: number,
): void {
  let g = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  let r = Math.hypot(g, 1);
  g = d[high]! - d[low]! + e[low]! / (g + (g < 0 ? -r : r));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let at = high - 1; at >= low; at--) {
    const f = sine * e[at]!;
    const b = cosine * e[at]!;
    r = Math.hypot(f, g);
    e[at + 1] = r;
    if (r === 0) {
      d[at + 1]! -= shift;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[at + 1]! - shift;
    r = (d[at]! - g) * sine + 2 * cosine * b;
    shift = sine * r;
    d[at + 1] = g + shift;
    g = cosine * r - b;
    for (const row of vectors) {
      const kept = row[at + 1]!;
      row[at + 1] = sine * row[at]! + cosine * kept;
      row[at] = cosine * row[at]! - sine * kept;
    }
  }
  d[low]! -= shift;
  e[low] = g;
  e[high] = 0;
}
