import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findComponents, iterate } from './compat-pca.ts';
import { anyVotes, plant } from './conversations.fixture.ts';
import { findLeading } from './eigenvectors.ts';
import { createRandom, drawNormal } from './random.ts';
import { dot } from './vectors.ts';
import { collectVotes, type VoteMatrix } from './vote-matrix.ts';

type Matrix = readonly Float64Array[];

/** All eigenpairs by Jacobi's rotations, largest first: dense, slow, and another method than ours. */
function jacobi(given: Matrix): { readonly value: number; readonly vector: Float64Array }[] {
  const a = given.map((row) => row.slice());
  const size = a.length;
  const vectors = a.map((_, at) => new Float64Array(size).fill(1, at, at + 1));
  for (let sweep = 0; sweep < 60; sweep++)
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(a[p]![q]!) < 1e-300) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const cosine = 1 / Math.hypot(t, 1);
        const sine = t * cosine;
        const turn = (row: Float64Array): void => {
          const [x, y] = [row[p]!, row[q]!];
          row[p] = cosine * x - sine * y;
          row[q] = sine * x + cosine * y;
        };
        a.forEach(turn);
        const [rowP, rowQ] = [a[p]!.slice(), a[q]!.slice()];
        a[p] = rowP.map((x, at) => cosine * x - sine * rowQ[at]!);
        a[q] = rowP.map((x, at) => sine * x + cosine * rowQ[at]!);
        vectors.forEach(turn);
      }
  return a
    .map((row, at) => ({ value: row[at]!, vector: Float64Array.from(vectors, (each) => each[at]!) }))
    .sort((x, y) => y.value - x.value);
}

const multiply =
  (matrix: Matrix) =>
  (vector: Float64Array): Float64Array =>
    Float64Array.from(matrix, (row) => dot(row, vector));

/** XᵀX of the filled-in, centred matrix, cell by cell. */
function denseGram({ participants, statements, rowStarts, columns, votes }: VoteMatrix): Matrix {
  const cells = participants.map(() => statements.map((): number | undefined => undefined));
  for (const [row] of participants.entries())
    for (let at = rowStarts[row]!; at < rowStarts[row + 1]!; at++) cells[row]![columns[at]!] = votes[at]!;
  const centred = cells.map((row) => Float64Array.from(row, () => 0));
  for (const [column] of statements.entries()) {
    const seen = cells.flatMap((row) => row[column] ?? []);
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    for (const [row, own] of cells.entries()) centred[row]![column] = (own[column] ?? mean) - mean;
  }
  return statements.map((_, j) =>
    Float64Array.from(statements, (__, k) => centred.reduce((sum, row) => sum + row[j]! * row[k]!, 0)),
  );
}

describe('the leading eigenvectors', () => {
  const symmetric = fc
    .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 20 }), fc.integer())
    .map(([size, rank, seed]) => {
      const random = createRandom(seed);
      const rows = Array.from({ length: rank }, () => Float64Array.from({ length: size }, () => drawNormal(random)));
      return Array.from({ length: size }, (_, j) =>
        Float64Array.from({ length: size }, (__, k) => rows.reduce((sum, row) => sum + row[j]! * row[k]!, 0)),
      );
    });

  test('are those of a dense decomposition', () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const dense = jacobi(matrix);
        const found = findLeading(multiply(matrix), matrix.length, 2);
        for (const at of [0, 1]) {
          const theirs = dense[at];
          const scale = Math.max(1, dense[0]!.value);
          if (theirs === undefined || theirs.value < 1e-9 * scale) continue;
          expect(Math.abs(found[at]!.value - theirs.value)).toBeLessThan(1e-10 * scale);
          const gap = Math.min(
            ...[dense[at - 1], dense[at + 1]].flatMap((near) => (near ? [Math.abs(near.value - theirs.value)] : [])),
          );
          if (gap > 1e-3 * scale) expect(Math.abs(dot(found[at]!.vector, theirs.vector))).toBeGreaterThan(1 - 1e-10);
        }
      }),
    );
  });

  test('do not depend on where the search starts', () => {
    fc.assert(
      fc.property(symmetric, fc.integer(), (matrix, seed) => {
        const random = createRandom(seed);
        const start = Float64Array.from({ length: matrix.length }, () => drawNormal(random));
        const [cold] = findLeading(multiply(matrix), matrix.length, 1);
        const [warm] = findLeading(multiply(matrix), matrix.length, 1, [start]);
        expect(Math.abs(warm!.value - cold!.value)).toBeLessThan(1e-10 * Math.max(1, cold!.value));
      }),
    );
  });

  test('of a matrix of zeroes are zero, or of length 1', () => {
    const [first, second] = findLeading((vector) => vector.map(() => 0), 3, 2);
    expect([first!.value, second!.value]).toEqual([0, 0]);
  });
});

describe('principal components of votes', () => {
  test('are those of the filled-in matrix, decomposed densely', () => {
    fc.assert(
      fc.property(anyVotes(), (rows) => {
        const matrix = collectVotes(rows);
        const dense = jacobi(denseGram(matrix));
        const { directions } = findComponents(matrix, new Uint8Array(matrix.statements.length));
        const [one, two, three] = dense.map(({ value }) => value);
        if (one! - (two ?? 0) > 1e-3 * one!)
          expect(Math.abs(dot(directions[0], dense[0]!.vector))).toBeGreaterThan(1 - 1e-9);
        if (two !== undefined && Math.min(one! - two, two - (three ?? 0)) > 1e-3 * one!)
          expect(Math.abs(dot(directions[1], dense[1]!.vector))).toBeGreaterThan(1 - 1e-9);
      }),
    );
  });

  test('are where the published power iteration ends from a random start', () => {
    const { matrix } = plant({ people: 80, statements: 30, groups: 3, difference: 1, share: 0.6, seed: 4 });
    const gram = denseGram(matrix);
    const random = createRandom(9);
    const start = Float64Array.from(matrix.statements, () => random());
    const published = iterate(multiply(gram), start, 3000);
    const { directions } = findComponents(matrix, new Uint8Array(matrix.statements.length));
    expect(Math.abs(dot(published, directions[0]))).toBeGreaterThan(1 - 1e-12);
  });
});
