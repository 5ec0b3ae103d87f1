/** A column that keeps less than this share of its length after the others are taken out is a combination of them. */
const RANK_TOLERANCE = 1e-11;

export interface LeastSquares {
  readonly coefficients: Float64Array<ArrayBuffer>;
  /** (X'WX)^-1, by rows. */
  readonly unscaledCovariance: readonly Float64Array[];
}

/** Weighted least squares by Householder reflections; undefined when the columns are linearly dependent. */
export function solveLeastSquares(
  columns: readonly Float64Array[],
  response: Float64Array,
  weights: Float64Array,
): LeastSquares | undefined {
  const n = response.length;
  const p = columns.length;
  if (n < p) return undefined;
  const root = weights.map(Math.sqrt);
  const q = columns.map((column) => column.map((value, i) => value * root[i]!));
  const rhs = response.map((value, i) => value * root[i]!);
  const diagonal = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const column = q[j]!;
    const full = norm(column, 0);
    const rest = norm(column, j);
    if (!(rest > RANK_TOLERANCE * full) || !Number.isFinite(rest)) return undefined;
    const head = column[j]!;
    const alpha = head > 0 ? -rest : rest;
    diagonal[j] = alpha;
    // The reflector is kept in place of the column, from row j down.
    column[j] = head - alpha;
    const scale = alpha * column[j]!;
    for (const target of [...q.slice(j + 1), rhs]) {
      let dot = 0;
      for (let i = j; i < n; i++) dot += column[i]! * target[i]!;
      const factor = dot / scale;
      for (let i = j; i < n; i++) target[i] = target[i]! + factor * column[i]!;
    }
  }
  const coefficients = new Float64Array(p);
  for (let j = p - 1; j >= 0; j--) {
    let value = rhs[j]!;
    for (let k = j + 1; k < p; k++) value -= q[k]![j]! * coefficients[k]!;
    coefficients[j] = value / diagonal[j]!;
  }
  return { coefficients, unscaledCovariance: invertGram(q, diagonal) };
}

/** R^-1 R^-T from the upper triangle left in the columns. */
function invertGram(q: readonly Float64Array[], diagonal: Float64Array): Float64Array[] {
  const p = diagonal.length;
  const inverse = Array.from({ length: p }, () => new Float64Array(p));
  for (let j = p - 1; j >= 0; j--) {
    inverse[j]![j] = 1 / diagonal[j]!;
    for (let k = j + 1; k < p; k++) {
      let sum = 0;
      for (let i = j + 1; i <= k; i++) sum -= q[i]![j]! * inverse[i]![k]!;
      inverse[j]![k] = sum / diagonal[j]!;
    }
  }
  return inverse.map((row, i) => Float64Array.from(inverse, (other, j) => dot(row, other, Math.max(i, j))));
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(values: Float64Array, from: number): number {
  return Math.sqrt(dot(values, values, from));
}
