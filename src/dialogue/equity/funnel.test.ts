import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countFunnel,
  countSilent,
  powerParity,
  funnelSteps,
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
  test('withholds a group of four, and another with it', () => {
    const rows = countFunnel(
      [...people('a', 4, 'invited'), ...people('b', 9, 'invited'), ...people('c', 30, 'invited')],
      ['a', 'b', 'c'],
    );
    expect(cellsOf(rows, 'invited')).toEqual({ a: null, b: null, c: 30, [notSaid]: 0 });
  });
  test('withholds where two of a group fell away, which the difference would tell', () => {
    const rows = countFunnel(
      [
        ...people('a', 8, 'invited', 'attended'),
        ...people('a', 2, 'invited'),
        ...people('b', 20, 'invited', 'attended'),
        ...people('c', 20, 'invited', 'attended'),
      ],
      ['a', 'b', 'c'],
    );
    expect(cellsOf(rows, 'invited')['a']).toBeNull();
  });
});

test('no sum and no difference of what is shown speaks of one to four people', () => {
  const person = fc.record({
    group: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    depth: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(person, { maxLength: 60 }), (drawn) => {
      const rows = countFunnel(
        drawn.map(({ group, depth }) => ({ group, steps: new Set(funnelSteps.slice(0, depth)), people: 1 })),
        ['a', 'b', 'c'],
      );
      const small = (count: number): boolean => count > 0 && count < leastPeople;
      // For each step, whoever reads knows the shown groups, the total if shown, and thereby the rest together.
      const known = rows.map(({ groups, total }) => {
        const shown = groups.map(({ people: count }) => count);
        const rest =
          total === null || !shown.includes(null)
            ? null
            : total - shown.reduce((sum: number, count) => sum + (count ?? 0), 0);
        return [...shown, rest];
      });
      for (let column = 0; column < 5; column++) {
        const values = known.flatMap((row) => row[column] ?? []);
        for (const value of values) {
          expect(small(value)).toBe(false);
          for (const other of values) expect(small(Math.abs(value - other))).toBe(false);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe('beside the steps', () => {
  const rows = countFunnel(
    [
      ...people('south', 40, 'invited', 'attended'),
      ...people('south', 10, 'invited', 'attended', 'spoke'),
      ...people('north', 30, 'invited', 'attended', 'spoke'),
      ...people('north', 20, 'invited', 'attended'),
    ],
    ['north', 'south'],
    { steps: ['invited', 'attended', 'spoke'] },
  );

  test('who was there and said nothing is counted, unless they are one to four', () => {
    expect(countSilent(rows)).toBe(60);
    const few = countFunnel([...people('a', 30, 'invited', 'attended', 'spoke')], ['a']);
    expect(countSilent(few)).toBe(0);
    expect(
      countSilent([
        { step: 'attended', total: 12, groups: [] },
        { step: 'spoke', total: 9, groups: [] },
      ]),
    ).toBeNull();
    expect(countSilent(countFunnel([...people('a', 3, 'invited', 'attended')], ['a']))).toBeNull();
  });

  test('one number tells what a group has of what was to be expected, and none where a step is withheld or nobody came so far', () => {
    expect(powerParity(rows, 'south')).toBeCloseTo(0.5, 9);
    expect(powerParity(rows, 'north')).toBeCloseTo(1.5, 9);
    expect(powerParity(countFunnel([...people('a', 30, 'invited')], ['a']), 'a')).toBeNull();
  });

  test('where parts stand elsewhere, what is shown is a multiple of five, and what is computed comes from that', () => {
    const rounded = countFunnel(
      [...people('a', 14, 'invited'), ...people('b', 27, 'invited', 'attended')],
      ['a', 'b'],
      {
        roundTo: 5,
      },
    );
    expect(rounded[0]).toMatchObject({ total: 40, groups: [{ people: 10 }, { people: 25 }, { people: 0 }] });
    expect(rounded[1]?.groups[1]?.parity).toBeCloseTo(25 / 25 / (25 / 40), 9);
  });
});
