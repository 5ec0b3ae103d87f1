import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyVotes, listRows } from './conversations.fixture.ts';
import { defaultLimits } from './limits.ts';
import { collectVotes, compareIds, countVotes, findVotedOn, placeVote, takeRows, type VoteRow } from './vote-matrix.ts';

/** One map, as one would write it on a napkin. */
function fold(rows: readonly VoteRow[]): Map<string, number> {
  const last = new Map<string, number>();
  const inTime = rows
    .map((row, at) => ({ row, at }))
    .sort((a, b) => (a.row.time ?? 0) - (b.row.time ?? 0) || a.at - b.at);
  for (const { row } of inTime) last.set(`${row.participant} ${row.statement}`, row.vote);
  return last;
}

const asMap = (rows: readonly VoteRow[]): Map<string, number> =>
  new Map(rows.map(({ participant, statement, vote }) => [`${participant} ${statement}`, vote]));

describe('limits', () => {
  const rows: VoteRow[] = [
    { participant: 'a', statement: 's', vote: 1 },
    { participant: 'b', statement: 't', vote: 1 },
  ];
  test.for([
    ['participants', 'too-many-participants'],
    ['statements', 'too-many-statements'],
    ['votes', 'too-many-votes'],
  ] as const)('more than one of %s is refused where one is allowed', ([limit, code]) => {
    expect(() => collectVotes(rows, { ...defaultLimits, [limit]: 1 })).toThrow(expect.objectContaining({ code }));
  });
});

test('ids: numbers by value, before words', () => {
  expect(['b', '10', 'a', '9', '010'].sort(compareIds)).toEqual(['9', '10', '010', 'a', 'b']);
});

test('the last vote in time counts, and of one moment the last row', () => {
  fc.assert(
    fc.property(anyVotes(), (rows) => {
      expect(asMap(listRows(collectVotes(rows)))).toEqual(fold(rows));
    }),
  );
});

test('the order of the rows changes nothing but the arrival, where no two votes are at one moment', () => {
  fc.assert(
    fc.property(anyVotes(), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (rows, keys) => {
      const timed = rows.map((row, at) => ({ ...row, time: at }));
      const order = [...keys.take(rows.length)];
      const shuffled = timed.map((row, at) => ({ row, key: order[at]! })).sort((a, b) => a.key - b.key);
      const { arrival: _, ...there } = collectVotes(timed);
      const { arrival: __, ...back } = collectVotes(shuffled.map(({ row }) => row));
      expect(back).toEqual(there);
    }),
  );
});

test('one vote placed into a matrix gives the matrix of all votes', () => {
  fc.assert(
    fc.property(anyVotes(), (rows) => {
      const untimed = rows.map((row) => ({ ...row, time: 0 }));
      const before = collectVotes(untimed.slice(0, -1));
      const { founders: _, ...placed } = placeVote(before, untimed.at(-1)!).matrix;
      const { founders: __, ...whole } = collectVotes(untimed);
      expect(placed).toEqual(whole);
    }),
  );
});

test('counts of votes, and which statements have any, against loops', () => {
  fc.assert(
    fc.property(anyVotes(), (rows) => {
      const matrix = collectVotes(rows);
      const kept = [...fold(rows).keys()].map((key) => key.split(' '));
      expect([...countVotes(matrix)]).toEqual(
        matrix.participants.map((id) => kept.filter(([participant]) => participant === id).length),
      );
      expect([...findVotedOn(matrix)].every((is) => is === 1)).toBe(true);
    }),
  );
});

test('some of the rows are those people’s votes', () => {
  fc.assert(
    fc.property(anyVotes(), fc.nat(3), (rows, step) => {
      const matrix = collectVotes(rows);
      const chosen = Int32Array.from([...matrix.participants.keys()].filter((row) => row % (step + 1) === 0));
      const names = new Set(Array.from(chosen, (row) => matrix.participants[row]!));
      expect(listRows(takeRows(matrix, chosen))).toEqual(
        listRows(matrix).filter(({ participant }) => names.has(participant)),
      );
    }),
  );
});
