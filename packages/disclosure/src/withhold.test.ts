import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withholdSmall } from './withhold.ts';

test('small counts are withheld, zeros shown, missing stays missing', () => {
  expect(withholdSmall([0, 1, 4, 5, 12, null], 5)).toEqual([0, 'withheld', 'withheld', 5, 12, null]);
});

test('a minimum of 1 withholds nothing', () => {
  expect(withholdSmall([0, 1, null], 1)).toEqual([0, 1, null]);
});

test('no number from 1 to below the minimum ever comes out, and nothing else changes', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(40))), fc.integer({ min: 1, max: 20 }), (values, minimum) => {
      const given = withholdSmall(values, minimum);
      values.forEach((value, at) => {
        const small = value !== null && value > 0 && value < minimum;
        expect(given[at]).toBe(small ? 'withheld' : value);
      });
    }),
  );
});
