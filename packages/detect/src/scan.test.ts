import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, drawPoisson } from './random.ts';
import { scanSpaceTime } from './scan.ts';

/** A grid of 6 x 6 areas over 12 periods. */
const SIDE = 6;
const centroids = Array.from({ length: SIDE * SIDE }, (_, i) => ({ x: i % SIDE, y: Math.floor(i / SIDE) }));
const neighbours = centroids.map(({ x, y }) =>
  centroids.flatMap((other, j) => (Math.abs(other.x - x) + Math.abs(other.y - y) === 1 ? [j] : [])),
);
const people = centroids.map((_, i) => 1000 + 100 * i);

function simulate(seed: number, raised: readonly number[] = [], since = 10, factor = 1): number[][] {
  const random = createRandom(seed);
  return people.map((size, area) =>
    Array.from({ length: 12 }, (_, t) =>
      drawPoisson(random, size * 0.001 * (raised.includes(area) && t >= since ? factor : 1)),
    ),
  );
}

describe('the scan refuses', () => {
  const counts = simulate(1);
  it.each([
    ['a Poisson scan without people at risk', { places: { centroids }, counts }, 'population-required', 'baseline'],
    ['areas without a place', { places: { centroids: [] }, counts, baseline: people }, 'length-mismatch', 'places'],
    [
      'a neighbour that does not exist',
      { places: { neighbours: neighbours.with(0, [99]) }, counts, baseline: people },
      'control-out-of-range',
      'places.neighbours[0]',
    ],
    [
      'a negative count',
      { places: { centroids }, counts: counts.with(2, counts[2]!.with(3, -1)), baseline: people },
      'count-negative',
      'counts[2][3]',
    ],
    [
      'cases among nobody',
      { places: { centroids }, counts: counts.with(2, counts[2]!.with(3, 1)), baseline: people.with(2, 0) },
      'population-invalid',
      'baseline[2]',
    ],
  ])('%s', (_, input, code, field) => {
    expect(() => scanSpaceTime(input, { model: 'poisson' })).toThrow(expect.objectContaining({ code, field }));
  });

  it('a cell not reported in the permutation model, which has no baseline to leave out', () => {
    const holed = simulate(1).map((row) => row.map((count, t) => (t === 4 ? undefined : count)));
    expect(() => scanSpaceTime({ places: { centroids }, counts: holed }, { model: 'permutation' })).toThrow(
      expect.objectContaining({ code: 'count-not-a-number', field: 'counts[0][4]' }),
    );
  });
});

const layouts = [
  ['centroids', { centroids }],
  ['a neighbour graph', { neighbours }],
  ['degrees', { coordinates: centroids.map(({ x, y }) => ({ latitude: y / 10, longitude: 20 + x / 10 })) }],
] as const;

describe.each(layouts)('on %s', (_, places) => {
  const raised = [14, 15, 20, 21];

  it.each(['poisson', 'permutation'] as const)('the %s scan finds areas that rose in the last two periods', (model) => {
    const counts = simulate(3, raised, 10, 5);
    const [first] = scanSpaceTime(
      { places, counts, baseline: people },
      { model, replicates: 199, maxDuration: 4 },
    ).clusters;
    expect(first?.pValue).toBe(1 / 200);
    expect(first?.firstPeriod).toBe(10);
    const hit = first?.areas.filter((area) => raised.includes(area)) ?? [];
    expect(hit.length).toBeGreaterThanOrEqual(3);
    expect(first?.areas.length).toBeLessThanOrEqual(9);
    expect(first?.relativeRisk).toBeGreaterThan(1.5);
  });
});

it('the p value of data without a cluster is uniform', () => {
  const values = Array.from({ length: 60 }, (_, i) => {
    const { clusters } = scanSpaceTime(
      { places: { centroids }, counts: simulate(100 + i), baseline: people },
      { model: 'poisson', replicates: 39, seed: i, maxDuration: 3 },
    );
    return clusters[0]?.pValue ?? 1;
  });
  const below = (level: number) => values.filter((value) => value <= level).length;
  // Binomial(60, 1/2) and Binomial(60, 1/10), four standard errors.
  expect(below(0.5)).toBeGreaterThan(14);
  expect(below(0.5)).toBeLessThan(46);
  expect(below(0.1)).toBeLessThan(16);
});

it('a rise everywhere is no permutation cluster', () => {
  const counts = simulate(8, [...centroids.keys()], 10, 3);
  const { clusters } = scanSpaceTime({ places: { centroids }, counts }, { model: 'permutation', replicates: 99 });
  expect(clusters[0]?.pValue ?? 1).toBeGreaterThan(0.01);
});

it('the same seed gives the same p values, and the order of the areas does not matter to the best cluster', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.shuffledSubarray([...centroids.keys()], { minLength: 36 }),
      (seed, order) => {
        const counts = simulate(seed, [7, 8], 9, 4);
        const control = { model: 'poisson', replicates: 19, seed } as const;
        const plain = scanSpaceTime({ places: { centroids }, counts, baseline: people }, control);
        expect(scanSpaceTime({ places: { centroids }, counts, baseline: people }, control)).toEqual(plain);
        const shuffled = scanSpaceTime(
          {
            places: { centroids: order.map((i) => centroids[i]!) },
            counts: order.map((i) => counts[i]!),
            baseline: order.map((i) => people[i]!),
          },
          control,
        );
        expect(shuffled.clusters[0]?.logLikelihoodRatio).toBeCloseTo(plain.clusters[0]?.logLikelihoodRatio ?? -1, 9);
      },
    ),
    { numRuns: 10 },
  );
});

it('a cell that was not reported takes its people out of the comparison', () => {
  const counts: (number | undefined)[][] = simulate(4);
  const holed = counts.map((row, area) => (area < 18 ? row.with(11, undefined) : row));
  const { clusters } = scanSpaceTime(
    { places: { centroids }, counts: holed, baseline: people },
    { model: 'poisson', replicates: 99, maxDuration: 2 },
  );
  expect(clusters[0]?.pValue).toBeGreaterThan(0.02);
});

it('no cases, no areas, no clusters', () => {
  const none = simulate(1).map((row) => row.map(() => 0));
  expect(
    scanSpaceTime({ places: { centroids }, counts: none, baseline: people }, { model: 'poisson' }).clusters,
  ).toEqual([]);
  expect(scanSpaceTime({ places: { centroids: [] }, counts: [] }, { model: 'permutation' }).clusters).toEqual([]);
});
