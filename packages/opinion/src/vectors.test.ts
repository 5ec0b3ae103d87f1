import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyseCompat } from './compat.ts';
import { groupInformedConsensus } from './consensus.ts';
import { contrastGroup, findRepresentative, testProportion, testTwoProportions } from './representative.ts';
import { explainPriority } from './routing.ts';
import { countAll, countOf, tallyVotes } from './tally.ts';
import { collectVotes, type Vote } from './vote-matrix.ts';

const folder = path.join(import.meta.dirname, '../../../test/vectors/opinion');
const exact = 1e-9;

interface Vector {
  readonly votes: readonly (readonly [string, string, Vote, number])[];
  readonly moderatedOut: readonly string[];
  readonly meta: readonly string[];
  readonly groupOf: Readonly<Record<string, number>>;
  readonly expected: {
    readonly last: readonly (readonly [string, string, Vote])[];
    readonly centre: Readonly<Record<string, number>>;
    readonly positions: Readonly<Record<string, readonly [number, number]>>;
    readonly extremity: Readonly<Record<string, number>>;
    readonly consensus: Readonly<Record<string, number>>;
    readonly priority: Readonly<Record<string, number>>;
    readonly representative: readonly (readonly Readonly<Record<string, unknown>>[])[];
  };
}

const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'formulas.json');

describe('a separate dense implementation', () => {
  test.for(files)('agrees on %s', (file) => {
    const vector = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Vector;
    const { expected } = vector;
    const matrix = collectVotes(
      vector.votes.map(([participant, statement, vote, time]) => ({ participant, statement, vote, time })),
    );
    const last = matrix.participants.flatMap((participant, row) =>
      Array.from(matrix.columns.subarray(matrix.rowStarts[row], matrix.rowStarts[row + 1]), (column, at) => [
        participant,
        matrix.statements[column],
        matrix.votes[matrix.rowStarts[row]! + at],
      ]),
    );
    expect(new Set(last.map(String))).toEqual(new Set(expected.last.map(String)));

    const out = new Set([...vector.moderatedOut, ...vector.meta]);
    const isZeroed = Uint8Array.from(matrix.statements, (id) => (out.has(id) ? 1 : 0));
    const { components, positions, statementPositions } = analyseCompat({ matrix, isZeroed });
    for (const [axis, places] of [positions.x, positions.y].entries()) {
      const theirs = matrix.participants.map((id) => expected.positions[id]![axis as 0 | 1]);
      const sign = Math.sign(theirs.reduce((sum, value, row) => sum + value * places[row]!, 0));
      for (const [row, value] of theirs.entries()) expect(Math.abs(value - sign * places[row]!)).toBeLessThan(exact);
    }

    const groups = Math.max(...Object.values(vector.groupOf)) + 1;
    const tally = tallyVotes(
      matrix,
      Int32Array.from(matrix.participants, (id) => vector.groupOf[id] ?? -1),
      groups,
    );
    for (const [at, id] of matrix.statements.entries()) {
      expect(components.centre[at]).toBeCloseTo(expected.centre[id]!, 12);
      const extremity = Math.hypot(statementPositions.x[at]!, statementPositions.y[at]!);
      expect(Math.abs(extremity - expected.extremity[id]!)).toBeLessThan(exact);
      const counts = Array.from({ length: groups }, (_, group) => countOf(tally, group, at));
      expect(groupInformedConsensus(counts)).toBeCloseTo(expected.consensus[id]!, 12);
      const priority = explainPriority({ count: countAll(tally, at), extremity, isMeta: vector.meta.includes(id) });
      expect(Math.abs(priority.value - expected.priority[id]!)).toBeLessThan(exact);
    }
    for (const [group, theirs] of expected.representative.entries()) {
      const ours = findRepresentative(contrastGroup(tally, group, isZeroed));
      expect(ours).toHaveLength(theirs.length);
      for (const [place, each] of theirs.entries()) {
        const { statement, ...numbers } = ours[place]!;
        expect({ ...numbers, statement: matrix.statements[statement] }).toMatchObject(
          Object.fromEntries(
            Object.entries(each).map(([key, value]) => [
              key,
              typeof value === 'number' ? expect.closeTo(value, 9) : value,
            ]),
          ),
        );
      }
    }
  });
});

test('single formulas give the values checked by hand', () => {
  const formulas = JSON.parse(readFileSync(path.join(folder, 'formulas.json'), 'utf8')) as {
    proportionTest: { successes: number; trials: number; z: number }[];
    twoProportionTest: {
      successes: number;
      trials: number;
      othersSuccesses: number;
      othersTrials: number;
      z: number;
    }[];
    priority: { agrees: number; passes: number; seen: number; extremity: number; value: number }[];
  };
  for (const { successes, trials, z } of formulas.proportionTest)
    expect(testProportion(successes, trials)).toBeCloseTo(z, 5);
  for (const { successes, trials, othersSuccesses, othersTrials, z } of formulas.twoProportionTest)
    expect(testTwoProportions(successes, trials, othersSuccesses, othersTrials)).toBeCloseTo(z, 5);
  for (const { agrees, passes, seen, extremity, value } of formulas.priority)
    expect(
      explainPriority({ count: { agrees, disagrees: seen - agrees - passes, seen }, extremity, isMeta: false }).value,
    ).toBeCloseTo(value, 5);
});
