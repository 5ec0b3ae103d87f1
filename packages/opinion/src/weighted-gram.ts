/**
 * The matrix whose eigenvectors are the directions, kept up to date vote by vote: entry (j, k) is the sum over the people who saw both, each
 * each with a weight, of (vote on j - mean of j) · (vote on k - mean of k). Means change with each vote, so what is kept are sums that do not
 * contain them. Symmetric, so only j ≤ k is kept; 20 bytes times the square of the number of statements.
 */
import { findWeights } from './robust-plane.ts';
import type { VoteMatrix } from './vote-matrix.ts';

/** Over people who saw both: weight · vote · vote, weight · vote on j, weight · vote on k, weight. */
const sumsPerPair = 4;

export class WeightedGram {
  readonly #width: number;
  readonly #sums: Float64Array;
  readonly #entries: Float64Array;

  constructor(matrix: VoteMatrix, isLeftOut: Uint8Array, means: Float64Array) {
    this.#width = matrix.statements.length;
    const pairs = (this.#width * (this.#width + 1)) / 2;
    this.#sums = new Float64Array(sumsPerPair * pairs);
    this.#entries = new Float64Array(pairs);
    const weights = findWeights(matrix, isLeftOut);
    for (let row = 0; row < weights.length; row++) this.addPerson(listVotes(matrix, row, isLeftOut), weights[row]!);
    for (let j = 0; j < this.#width; j++) this.#refreshFrom(j, means);
  }

  /** A negative weight takes the person out again. Columns ascend. */
  addPerson({ columns, votes }: PersonVotes, weight: number): void {
    const sums = this.#sums;
    for (let j = 0; j < columns.length; j++) {
      const start = this.#startOf(columns[j]!);
      const first = weight * votes[j]!;
      for (let k = j; k < columns.length; k++) {
        const at = sumsPerPair * (start + columns[k]!);
        sums[at]! += first * votes[k]!;
        sums[at + 1]! += first;
        sums[at + 2]! += weight * votes[k]!;
        sums[at + 3]! += weight;
      }
    }
  }

  /** After the sums or the mean of these statements have changed. */
  refresh(means: Float64Array, statements: Int32Array): void {
    for (const j of statements) {
      this.#refreshFrom(j, means);
      for (let k = 0; k < j; k++) this.#refreshPair(this.#startOf(k) + j, means[k]!, means[j]!);
    }
  }

  multiply(vector: Float64Array): Float64Array {
    const entries = this.#entries;
    const width = this.#width;
    const product = new Float64Array(width);
    for (let j = 0; j < width; j++) {
      const start = this.#startOf(j);
      const factor = vector[j]!;
      let sum = entries[start + j]! * factor;
      for (let k = j + 1; k < width; k++) {
        const entry = entries[start + k]!;
        sum += entry * vector[k]!;
        product[k]! += entry * factor;
      }
      product[j]! += sum;
    }
    return product;
  }

  /** Pair (j, k) with j ≤ k stands at startOf(j) + k. */
  #startOf(j: number): number {
    return j * this.#width - (j * (j + 1)) / 2;
  }

  #refreshFrom(j: number, means: Float64Array): void {
    const start = this.#startOf(j);
    for (let k = j; k < this.#width; k++) this.#refreshPair(start + k, means[j]!, means[k]!);
  }

  #refreshPair(pair: number, meanJ: number, meanK: number): void {
    const at = sumsPerPair * pair;
    const sums = this.#sums;
    this.#entries[pair] = sums[at]! - meanK * sums[at + 1]! - meanJ * sums[at + 2]! + meanJ * meanK * sums[at + 3]!;
  }
}

export interface PersonVotes {
  readonly columns: Int32Array;
  readonly votes: Int8Array;
}

/** The votes of a person that count. */
export function listVotes(matrix: VoteMatrix, row: number, isLeftOut: Uint8Array): PersonVotes {
  const [from, to] = [matrix.rowStarts[row]!, matrix.rowStarts[row + 1]!];
  const columns = matrix.columns.subarray(from, to);
  const votes = matrix.votes.subarray(from, to);
  if (columns.every((column) => !isLeftOut[column])) return { columns, votes };
  return {
    columns: columns.filter((column) => !isLeftOut[column]),
    votes: votes.filter((_, at) => !isLeftOut[columns[at]!]),
  };
}
