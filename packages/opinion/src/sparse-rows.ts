import type { VoteMatrix } from './vote-matrix.ts';

/** A matrix of which only the written cells are kept; the others are zero. */
export interface SparseRows {
  readonly width: number;
  readonly rowStarts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Mean vote of each statement over those who voted on it; 0 where nobody did or the column is left out. */
export function findMeans(matrix: VoteMatrix, isLeftOut: Uint8Array): Float64Array {
  const sums = new Float64Array(matrix.statements.length);
  const counts = new Float64Array(matrix.statements.length);
  for (let at = 0; at < matrix.columns.length; at++) {
    const column = matrix.columns[at]!;
    sums[column]! += matrix.votes[at]!;
    counts[column]! += 1;
  }
  return sums.map((sum, column) => (counts[column] === 0 || isLeftOut[column] ? 0 : sum / counts[column]!));
}

/**
 * Votes less the mean of their statement. Filling a missing vote with that mean, as principal component analysis needs and Polis does,
 * makes it zero here, so missing votes cost nothing.
 */
export function centreVotes(matrix: VoteMatrix, means: Float64Array, isLeftOut: Uint8Array): SparseRows {
  const rowStarts = new Int32Array(matrix.rowStarts.length);
  const columns = new Int32Array(matrix.columns.length);
  const values = new Float64Array(matrix.columns.length);
  let size = 0;
  for (let row = 0; row + 1 < rowStarts.length; row++) {
    for (let at = matrix.rowStarts[row]!; at < matrix.rowStarts[row + 1]!; at++) {
      const column = matrix.columns[at]!;
      if (isLeftOut[column]) continue;
      columns[size] = column;
      values[size] = matrix.votes[at]! - means[column]!;
      size++;
    }
    rowStarts[row + 1] = size;
  }
  return { width: means.length, rowStarts, columns: columns.subarray(0, size), values: values.subarray(0, size) };
}

export function dotRow({ rowStarts, columns, values }: SparseRows, row: number, vector: Float64Array): number {
  let sum = 0;
  for (let at = rowStarts[row]!, end = rowStarts[row + 1]!; at < end; at++) sum += values[at]! * vector[columns[at]!]!;
  return sum;
}

/** XᵀWX v without XᵀWX: one pass over the votes. W are the weights of the rows, 1 where none are given. */
export function multiplyByGram(rows: SparseRows, vector: Float64Array, weights?: Float64Array): Float64Array {
  const { rowStarts, columns, values } = rows;
  const product = new Float64Array(rows.width);
  for (let row = 0; row + 1 < rowStarts.length; row++) {
    const factor = dotRow(rows, row, vector) * (weights === undefined ? 1 : weights[row]!);
    if (factor === 0) continue;
    for (let at = rowStarts[row]!, end = rowStarts[row + 1]!; at < end; at++)
      product[columns[at]!]! += factor * values[at]!;
  }
  return product;
}
