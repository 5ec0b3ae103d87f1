import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollUp, type PlaceNode } from './counts.ts';

const place = (id: number, parent: number | null, isArea = true): PlaceNode => ({
  id,
  code: String(id),
  name: String(id),
  isArea,
  parent,
  level: 0,
});

describe('a place’s count', () => {
  const places = [place(1, null), place(2, 1), place(3, 1), place(4, 2, false), place(5, 2, false)];

  it('is its own where it has one', () => {
    expect(
      rollUp(
        places,
        new Map([
          [2, 7],
          [4, 1],
          [5, 1],
        ]),
        'sum',
      )(2),
    ).toBe(7);
  });

  it('else is added up from what is known of the places in it', () => {
    expect(
      rollUp(
        places,
        new Map([
          [3, 7],
          [4, 1],
        ]),
        'sum',
      )(1),
    ).toBe(8);
    expect(
      rollUp(
        places,
        new Map([
          [3, 7],
          [4, 9],
        ]),
        'highest',
      )(1),
    ).toBe(9);
  });

  it('is missing where nothing is known, or counts below say nothing about above; zero is known', () => {
    expect(rollUp(places, new Map([[3, 7]]), 'sum')(2)).toBeUndefined();
    expect(rollUp(places, new Map([[4, 7]]), 'none')(2)).toBeUndefined();
    expect(rollUp(places, new Map([[4, 0]]), 'sum')(1)).toBe(0);
  });

  it('of the country is the sum of all leaves, when only leaves report', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(9), { minLength: 30, maxLength: 30 }),
        (values, parents) => {
          const regions = [
            place(0, null),
            ...Array.from({ length: 10 }, (_, at) => place(at + 1, at === 0 ? 0 : (parents[at] ?? 0) % (at + 1))),
          ];
          const leaves = values.map((_, at) => place(100 + at, 1 + ((parents[29 - (at % 30)] ?? 0) % 10)));
          const own = new Map(values.map((value, at) => [100 + at, value]));
          expect(rollUp([...regions, ...leaves], own, 'sum')(0)).toBe(values.reduce((sum, value) => sum + value, 0));
        },
      ),
    );
  });
});
