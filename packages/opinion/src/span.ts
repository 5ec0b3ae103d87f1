/**
 * What follows from sums. Each row marks the atoms (disjoint sets of people) that a published number runs over; whatever is a combination of
 * rows can be computed by whoever holds them. Gauss and Jordan's elimination modulo a prime: a row is a combination modulo p exactly when
 * it is over the rationals, unless p divides a minor of the matrix, which is not to be feared of these.
 */

// The largest prime below 2^26: products of two residues stay exact in a double.
const prime = 67_108_859;

const modulo = (value: number): number => ((value % prime) + prime) % prime;

/** A reduced basis of the rows' span: each pivot is 1 and stands in no other row. */
export class Span {
  readonly #rows: { readonly row: Float64Array; readonly pivot: number }[] = [];

  constructor(rows: readonly (readonly number[])[]) {
    for (const each of rows) this.#add(each);
  }

  has(target: readonly number[]): boolean {
    return this.#reduce(target).every((value) => value === 0);
  }

  /** Sets of atoms that a row of the basis runs over. A single atom that can be computed is one of them. */
  listSupports(): readonly (readonly number[])[] {
    return this.#rows.map(({ row }) => [...row.keys()].filter((atom) => row[atom] !== 0));
  }

  #add(given: readonly number[]): void {
    const row = this.#reduce(given);
    const pivot = row.findIndex((value) => value !== 0);
    if (pivot < 0) return;
    const factor = inverse(row[pivot]!);
    for (let at = 0; at < row.length; at++) row[at] = modulo(row[at]! * factor);
    for (const known of this.#rows) subtractFrom(known.row, known.row[pivot]!, row);
    this.#rows.push({ row, pivot });
  }

  #reduce(given: readonly number[]): Float64Array {
    const row = Float64Array.from(given);
    for (const known of this.#rows) subtractFrom(row, row[known.pivot]!, known.row);
    return row;
  }
}

function subtractFrom(row: Float64Array, factor: number, other: Float64Array): void {
  if (factor === 0) return;
  for (let at = 0; at < row.length; at++) row[at] = modulo(row[at]! - ((factor * other[at]!) % prime));
}

function inverse(value: number): number {
  let [low, high, x, y] = [value, prime, 1, 0];
  while (low > 1) {
    const quotient = Math.floor(high / low);
    [low, high] = [high - quotient * low, low];
    [x, y] = [y - quotient * x, x];
  }
  return modulo(x);
}
