import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustedRand } from './agreement.ts';
import { clusterPoints } from './compat-kmeans.ts';
import { groupCells, gatherCells } from './robust-kmeans.ts';
import { meanSilhouette } from './silhouette.ts';
import { predictionStrength } from './stability.ts';

const coordinate = fc.integer({ min: -40, max: 40 }).map((value) => value / 8);
const points = (most: number): fc.Arbitrary<{ x: Float64Array; y: Float64Array }> =>
  fc
    .array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: most })
    .map((list) => ({ x: Float64Array.from(list, ([x]) => x), y: Float64Array.from(list, ([, y]) => y) }));

describe('the k-means of Polis', () => {
  test('puts every point to a centre that is nearest, by looking at all', () => {
    fc.assert(
      fc.property(points(60), fc.integer({ min: 1, max: 12 }), ({ x, y }, k) => {
        // One round from the first different points: the assignment is checked against the centres it started from.
        const starts = clusterPoints({ x, y }, { k, iterations: -1 });
        const once = clusterPoints({ x, y }, { k, iterations: 0 });
        const distance = (row: number, centre: { x: number; y: number }): number =>
          (x[row]! - centre.x) ** 2 + (y[row]! - centre.y) ** 2;
        for (const { id, members } of once)
          for (const row of members) {
            const own = starts.find((start) => start.id === id)!;
            expect(distance(row, own)).toBe(Math.min(...starts.map((start) => distance(row, start))));
          }
        expect(once.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...x.keys()]);
      }),
    );
  });
});

describe('k-means with many starts', () => {
  test('never leaves a group smaller than allowed, and finds the same groups in any order', () => {
    fc.assert(
      fc.property(points(60), fc.integer({ min: 2, max: 4 }), fc.integer(), ({ x, y }, k, seed) => {
        const settings = { k, starts: 8, seed, smallest: 3 };
        const found = groupCells(gatherCells(x, y), settings);
        const back = groupCells(gatherCells(x.toReversed(), y.toReversed()), settings);
        expect(back).toEqual(found);
        if (found === undefined) return;
        for (let group = 0; group < k; group++)
          expect(found.labels.filter((label) => label === group).length).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});

describe('measures', () => {
  const labelled = points(25).chain((plane) =>
    fc.tuple(fc.constant(plane), fc.array(fc.nat(2), { minLength: plane.x.length, maxLength: plane.x.length })),
  );

  test('silhouette: as Rousseeuw defines it, point by point', () => {
    fc.assert(
      fc.property(labelled, ([{ x, y }, list]) => {
        const labels = Int32Array.from(list);
        const values = list.map((own, at) => {
          const meanTo = (group: number): number | undefined => {
            const others = list.flatMap((label, other) =>
              label === group && other !== at ? [Math.hypot(x[at]! - x[other]!, y[at]! - y[other]!)] : [],
            );
            return others.length === 0 ? undefined : others.reduce((sum, value) => sum + value, 0) / others.length;
          };
          const a = meanTo(own);
          const b = Math.min(...[0, 1, 2].filter((group) => group !== own).map((group) => meanTo(group) ?? Infinity));
          if (a === undefined || b === Infinity || Math.max(a, b) === 0) return 0;
          return (b - a) / Math.max(a, b);
        });
        const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(meanSilhouette({ x, y }, labels, 3)).toBeCloseTo(expected, 10);
      }),
    );
  });

  test('silhouette: a point of weight three is three points', () => {
    const once = { x: Float64Array.of(0, 1, 5, 7), y: Float64Array.of(0, 0, 1, 1) };
    const thrice = { x: Float64Array.of(0, 0, 0, 1, 5, 7), y: Float64Array.of(0, 0, 0, 0, 1, 1) };
    expect(meanSilhouette(once, Int32Array.of(0, 0, 1, 1), 2, Float64Array.of(3, 1, 1, 1))).toBeCloseTo(
      meanSilhouette(thrice, Int32Array.of(0, 0, 0, 0, 1, 1), 2),
      12,
    );
  });

  test('adjusted Rand index: by counting pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { minLength: 2, maxLength: 20 }), (list) => {
        const a = list.map(([label]) => label);
        const b = list.map(([, label]) => label);
        let [both, inA, inB, all] = [0, 0, 0, 0];
        for (let i = 0; i < a.length; i++)
          for (let j = 0; j < i; j++) {
            all++;
            if (a[i] === a[j]) inA++;
            if (b[i] === b[j]) inB++;
            if (a[i] === a[j] && b[i] === b[j]) both++;
          }
        const chance = (inA * inB) / all;
        const most = (inA + inB) / 2;
        expect(adjustedRand(a, b)).toBeCloseTo(most === chance ? 1 : (both - chance) / (most - chance), 10);
      }),
    );
  });

  test('prediction strength: pairs of the worst group that stay together', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 20 }), (list) => {
        const shares = [0, 1, 2].flatMap((group) => {
          const predicted = list.filter(([label]) => label === group).map(([, other]) => other);
          const pairs = predicted.flatMap((one, i) => predicted.slice(0, i).map((other) => one === other));
          return pairs.length === 0 ? [] : [pairs.filter(Boolean).length / pairs.length];
        });
        const [own, other] = [0, 1].map((side) => Int32Array.from(list, (pair) => pair[side as 0 | 1]));
        expect(predictionStrength(own!, other!, 3)).toBeCloseTo(Math.min(1, ...shares), 12);
      }),
    );
  });
});
