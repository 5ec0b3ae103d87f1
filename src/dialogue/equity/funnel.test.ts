import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countFunnel,
  countSilent,
  powerParity,
  leastPeople,
  notSaid,
  type FunnelStep,
  type Participation,
} from './funnel.ts';

const people = (
  group: string | undefined,
  count: number,
  ...steps: readonly FunnelStep[]
): readonly Participation[] => [{ group, steps: new Set(steps), people: count }];
const cellsOf = (rows: ReturnType<typeof countFunnel>, step: FunnelStep) =>
  Object.fromEntries(rows.find((row) => row.step === step)!.groups.map(({ group, people: count }) => [group, count]));

describe('the way from being invited to deciding', () => {
  test('shows each group at each step, with its parity', () => {
    const rows = countFunnel(
      [
        ...people('south', 20, 'invited', 'attended'),
        ...people('south', 10, 'invited'),
        ...people('north', 20, 'invited', 'attended', 'spoke'),
        ...people('north', 10, 'invited', 'attended'),
      ],
      ['north', 'south'],
    );
    expect(cellsOf(rows, 'invited')).toEqual({ north: 30, south: 30, [notSaid]: 0 });
    expect(cellsOf(rows, 'attended')).toEqual({ north: 30, south: 20, [notSaid]: 0 });
    expect(rows[1]!.groups.map(({ parity }) => parity)).toEqual([expect.closeTo(1.2, 9), expect.closeTo(0.8, 9), null]);
    expect(cellsOf(rows, 'spoke')).toEqual({ north: 20, south: 0, [notSaid]: 0 });
  });
  test('withholds a group of four, and gives the others in fives', () => {
    const rows = countFunnel(
      [...people('a', 4, 'invited'), ...people('b', 9, 'invited'), ...people('c', 31, 'invited')],
      ['a', 'b', 'c'],
    );
    expect(cellsOf(rows, 'invited')).toEqual({ a: null, b: 5, c: 30, [notSaid]: 0 });
    expect(rows[0]?.total).toBe(40);
  });
  test('lets two of a group fall away without telling it', () => {
    const rows = countFunnel([...people('a', 12, 'invited', 'attended'), ...people('a', 2, 'invited')], ['a']);
    expect([cellsOf(rows, 'invited')['a'], cellsOf(rows, 'attended')['a']]).toEqual([10, 10]);
  });
  test('withholds a total that would leave one possibility only', () => {
    // 20 to 24 in all, 20 at least in the first: four groups of one to four can then only be one each.
    const ones = ['b', 'c', 'd', 'e'].flatMap((group) => people(group, 1, 'invited'));
    const rows = countFunnel([...people('a', 20, 'invited'), ...ones], ['a', 'b', 'c', 'd', 'e']);
    expect(rows[0]?.total).toBeNull();
  });
});

test('what is shown never leaves one possibility for a group of one to four', () => {
  const groups = ['a', 'b', 'c', 'd', 'e', 'f'];
  const counts = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 30 })), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(counts, (drawn) => {
      const [row] = countFunnel(
        drawn.flatMap((count, at) => people(groups[at], count, 'invited')),
        groups,
      );
      const cells = row!.groups.map(({ people: count }) => count);
      for (const count of cells) if (count !== null) expect(count % leastPeople).toBe(0);
      const hidden = cells.filter((cell) => cell === null).length;
      if (hidden === 0 || row!.total === null) return;
      // Every sum of the withheld ones that fits what is shown, found by trying.
      const shownRange = cells.reduce<readonly [number, number]>(
        ([least, most], cell) => (cell === null ? [least, most] : [least + cell, most + cell + (cell === 0 ? 0 : 4)]),
        [0, 0],
      );
      const possible = Array.from({ length: 4 * hidden }, (_, at) => at + 1)
        .filter((sum) => sum >= hidden)
        .filter((sum) => shownRange[0] + sum <= row!.total! + 4 && shownRange[1] + sum >= row!.total!);
      expect(possible.some((sum) => sum > hidden)).toBe(true);
      expect(possible.some((sum) => sum < 4 * hidden)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe('beside the steps', () => {
  const participations = [
    ...people('south', 40, 'invited', 'attended'),
    ...people('south', 10, 'invited', 'attended', 'spoke'),
    ...people('north', 30, 'invited', 'attended', 'spoke'),
    ...people('north', 20, 'invited', 'attended'),
  ];
  const rows = countFunnel(participations, ['north', 'south'], ['invited', 'attended', 'spoke']);

  test('who was there and said nothing is counted, unless they are one to four', () => {
    expect(countSilent(participations)).toBe(60);
    expect(countSilent(people('a', 30, 'invited', 'attended', 'spoke'))).toBe(0);
    expect(countSilent(people('a', 3, 'invited', 'attended'))).toBeNull();
  });

  test('one number tells what a group has of what was to be expected, and none where a step is withheld or nobody came so far', () => {
    expect(powerParity(rows, 'south')).toBeCloseTo(0.5, 9);
    expect(powerParity(rows, 'north')).toBeCloseTo(1.5, 9);
    expect(powerParity(countFunnel(people('a', 30, 'invited'), ['a']), 'a')).toBeNull();
  });
});
