import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastPeople } from '../equity/funnel.ts';
import { groupOf, showFloorTime, smallerGroups, type SpeakingGroup } from './floor-time.ts';

const group = (constituency: SpeakingGroup, people: number, seconds: number) => ({
  constituency,
  people,
  turns: seconds > 0 ? 1 : 0,
  seconds,
});

describe('floor time', () => {
  test('of fewer than five people is not shown at all', () => {
    expect(showFloorTime([group('union', 2, 60), group('community', 2, 0)])).toBeUndefined();
    expect(showFloorTime([group('union', 4, 60)])).toBeUndefined();
  });

  test('of a small group stands together with the next larger one, so that the rest does not tell it', () => {
    expect(showFloorTime([group('union', 4, 60), group('community', 6, 100), group('government', 9, 900)])).toEqual([
      { constituency: 'government', people: 9, turns: 1, seconds: 900 },
      { constituency: null, people: 10, turns: 2, seconds: 160 },
    ]);
  });

  test('shows who is there and was not heard', () => {
    expect(showFloorTime([group('union', 5, 0), group('community', 6, 100)])).toEqual([
      { constituency: 'community', people: 6, turns: 1, seconds: 100 },
      { constituency: 'union', people: 5, turns: 0, seconds: 0 },
    ]);
  });
});

test('only under the Chatham House Rule a small group is nameless already where it is stored', () => {
  const people = new Map([
    ['union', 4],
    ['community', 5],
  ] as const);
  expect(groupOf('union', people, true)).toBe(smallerGroups);
  expect(groupOf('community', people, true)).toBe('community');
  expect(groupOf('government', people, true)).toBe(smallerGroups);
  expect(groupOf('union', people, false)).toBe('union');
});

test('every line speaks of five people or more, and the lines add up to everything', () => {
  const groups = fc.uniqueArray(
    fc.record({
      constituency: fc.constantFrom('union', 'community', 'government', 'network', smallerGroups),
      people: fc.nat({ max: 12 }),
      turns: fc.nat({ max: 3 }),
      seconds: fc.nat({ max: 500 }),
    }),
    { selector: ({ constituency }) => constituency },
  );
  fc.assert(
    fc.property(groups, (given) => {
      const shown = showFloorTime(given);
      const counted = given.filter(({ people, turns }) => people > 0 || turns > 0);
      const sum = (some: readonly { readonly seconds: number }[]) =>
        some.reduce((all, { seconds }) => all + seconds, 0);
      if (shown === undefined) {
        expect(counted.reduce((all, { people }) => all + people, 0)).toBeLessThan(leastPeople);
        return;
      }
      for (const { people } of shown) expect(people).toBeGreaterThanOrEqual(leastPeople);
      expect(sum(shown)).toBe(sum(counted));
    }),
  );
});
