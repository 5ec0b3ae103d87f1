/** Conversations for tests, drawn from a seed. */
import * as fc from 'fast-check';
import { createRandom, drawNormal } from './random.ts';
import { collectVotes, type Vote, type VoteMatrix, type VoteRow } from './vote-matrix.ts';

export interface Planted {
  readonly people: number;
  readonly statements: number;
  readonly groups: number;
  /** How far groups differ; 0: not at all. */
  readonly difference: number;
  /** Share of the statements that a person votes on. */
  readonly share: number;
  readonly seed: number;
}

/** People in groups of about the same size; `groupOf` of the matrix's participants. */
export function plant({ people, statements, groups, difference, share, seed }: Planted): {
  readonly matrix: VoteMatrix;
  readonly groupOf: Int32Array;
} {
  const random = createRandom(seed);
  const profiles = Array.from({ length: groups }, () =>
    Array.from({ length: statements }, () => (random() < 0.5 ? -1 : 1)),
  );
  const rows: VoteRow[] = [];
  for (let who = 0; who < people; who++)
    for (let what = 0; what < statements; what++) {
      if (random() > share) continue;
      const opinion = difference * profiles[who % groups]![what]! + drawNormal(random);
      rows.push({ participant: `p${who}`, statement: `s${what}`, vote: opinion > 0.3 ? 1 : opinion < -0.3 ? -1 : 0 });
    }
  const matrix = collectVotes(rows);
  return { matrix, groupOf: Int32Array.from(matrix.participants, (id) => Number(id.slice(1)) % groups) };
}

export function listRows(matrix: VoteMatrix): VoteRow[] {
  return matrix.participants.flatMap((participant, row) =>
    Array.from(matrix.columns.subarray(matrix.rowStarts[row], matrix.rowStarts[row + 1]), (column, at) => ({
      participant,
      statement: matrix.statements[column]!,
      vote: matrix.votes[matrix.rowStarts[row]! + at]! as Vote,
    })),
  );
}

/** Any votes by a few people on a few statements, with repetitions, in any order of time. */
export const anyVotes = (most = 60): fc.Arbitrary<VoteRow[]> =>
  fc.array(
    fc.record({
      participant: fc.integer({ min: 0, max: 11 }).map((id) => `p${id}`),
      statement: fc.integer({ min: 0, max: 6 }).map((id) => `s${id}`),
      vote: fc.constantFrom<Vote>(1, 0, -1),
      time: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 1, maxLength: most },
  );
