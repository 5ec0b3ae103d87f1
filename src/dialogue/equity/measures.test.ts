import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disparity, evenness, gini, parityRatio, theilBetween, wilsonInterval, type GroupShare } from './measures.ts';

describe('spread', () => {
  test('of known cases', () => {
    expect(gini([1, 1, 1, 1])).toBe(0);
    expect(gini([0, 0, 0, 10])).toBe(1);
    expect(gini([0, 0, 0])).toBeUndefined();
    expect(gini([5])).toBeUndefined();
    expect(evenness([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 12);
    expect(evenness([1, 0])).toBe(0);
  });
  test('of persons is half the mean difference of all pairs by the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 30 }), (amounts) => {
        const total = amounts.reduce((sum, amount) => sum + amount, 0);
        if (total === 0) return;
        const n = amounts.length;
        const differences = amounts
          .flatMap((a) => amounts.map((b) => Math.abs(a - b)))
          .reduce((sum, each) => sum + each, 0);
        expect(gini(amounts)).toBeCloseTo(differences / (n * (n - 1)) / (2 * (total / n)), 9);
      }),
    );
  });
  test('silent people count', () => {
    expect(gini([10, 10])).toBe(0);
    expect(gini([10, 10, 0, 0, 0, 0, 0, 0])).toBeGreaterThan(0.8);
  });
});

describe('groups', () => {
  const groups: readonly GroupShare[] = [
    { group: 'north', share: 0.7, reference: 0.4 },
    { group: 'south', share: 0.3, reference: 0.6 },
  ];
  test('against their reference', () => {
    expect(disparity(groups)).toBeCloseTo(0.3, 12);
    expect(groups.map(parityRatio)).toEqual([expect.closeTo(1.75, 12), expect.closeTo(0.5, 12)]);
    expect(theilBetween(groups)).toBeCloseTo(0.7 * Math.log(1.75) + 0.3 * Math.log(0.5), 12);
    expect(parityRatio({ group: 'x', share: 0.1, reference: 0 })).toBeUndefined();
  });
});

test("Wilson's interval: 8 of 10, and the edges", () => {
  // Newcombe 1998, Statistics in Medicine 17:857, method 3: 81/263 is 0.2553 to 0.3662, 0/20 is 0 to 0.1611, 1/29 is 0.0061 to 0.1718.
  expect(wilsonInterval(81, 263)).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)]);
  expect(wilsonInterval(0, 20)).toEqual([0, expect.closeTo(0.1611, 4)]);
  expect(wilsonInterval(1, 29)).toEqual([expect.closeTo(0.0061, 4), expect.closeTo(0.1718, 4)]);
  expect(wilsonInterval(0, 0)).toBeUndefined();
});
