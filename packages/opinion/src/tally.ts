import type { VoteMatrix } from './vote-matrix.ts';

/** Votes on one statement by some people. `seen` are all of them, passes included. */
export interface Count {
  readonly agrees: number;
  readonly disagrees: number;
  readonly seen: number;
}

/** Votes by group and statement: the cell of group g and statement s stands at g · statements + s. */
export interface Tally {
  readonly groups: number;
  readonly statements: number;
  readonly agrees: Int32Array;
  readonly disagrees: Int32Array;
  readonly seen: Int32Array;
}

/** `groupOf` names each participant's group from 0; -1 for who is in none. */
export function tallyVotes(matrix: VoteMatrix, groupOf: Int32Array, groups: number): Tally {
  const { rowStarts, columns, votes } = matrix;
  const width = matrix.statements.length;
  const agrees = new Int32Array(groups * width);
  const disagrees = new Int32Array(groups * width);
  const seen = new Int32Array(groups * width);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row]!;
    if (group < 0) continue;
    for (let at = rowStarts[row]!, end = rowStarts[row + 1]!; at < end; at++) {
      const cell = group * width + columns[at]!;
      const vote = votes[at]!;
      // Without branches: which way a vote goes cannot be predicted.
      seen[cell]! += 1;
      agrees[cell]! += (vote + 1) >> 1;
      disagrees[cell]! += (1 - vote) >> 1;
    }
  }
  return { groups, statements: width, agrees, disagrees, seen };
}

export function countOf({ agrees, disagrees, seen, statements }: Tally, group: number, statement: number): Count {
  const cell = group * statements + statement;
  return { agrees: agrees[cell]!, disagrees: disagrees[cell]!, seen: seen[cell]! };
}

/** All groups together. Who is in none does not count. */
export function countAll(tally: Tally, statement: number): Count {
  let [agrees, disagrees, seen] = [0, 0, 0];
  for (let group = 0; group < tally.groups; group++) {
    const count = countOf(tally, group, statement);
    agrees += count.agrees;
    disagrees += count.disagrees;
    seen += count.seen;
  }
  return { agrees, disagrees, seen };
}

/** All groups together, statement by statement. */
export function countStatements(
  tally: Tally,
  isLeftOut: Uint8Array,
): readonly { readonly statement: number; readonly count: Count }[] {
  return Array.from({ length: tally.statements }, (_, statement) => statement)
    .filter((statement) => !isLeftOut[statement])
    .map((statement) => ({ statement, count: countAll(tally, statement) }));
}

export function subtract(a: Count, b: Count): Count {
  return { agrees: a.agrees - b.agrees, disagrees: a.disagrees - b.disagrees, seen: a.seen - b.seen };
}
