import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from './map-geometry.ts';
import type { Geometry } from './map-geometry.ts';
import { chooseBreaks, PlaceMap } from './map.tsx';
import type { MapPlace } from './map.tsx';
import { renderElement } from './layout.tsx';
import { sampleView } from './style-guide.tsx';

const square = (west: number, south: number, size = 1): Geometry => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
});

/** Corners of the first ring, from the path data alone. */
function cornersOf(path: string): readonly (readonly [number, number])[] {
  const numbers = (path.split('z')[0]?.match(/-?\d+/g) ?? []).map(Number);
  const corners: [number, number][] = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < numbers.length; at += 2) {
    [x, y] = [x + (numbers[at] ?? NaN), y + (numbers[at + 1] ?? NaN)];
    corners.push([x, y]);
  }
  return corners;
}

describe('geometry', () => {
  test('what has none has no shape, and a map of nothing is empty rather than broken', () => {
    expect(layOut([undefined]).shapes).toEqual([undefined]);
    expect(layOut([]).shapes).toEqual([]);
  });

  test('places on both sides of the antimeridian lie side by side', () => {
    const { shapes, width } = layOut([square(178, -18), square(-181, -18), square(-179, -18)]);
    const xs = shapes.map((shape) => shape?.x ?? NaN);
    expect(xs[0]).toBe(xs[0]);
    expect(xs[0]).toBeLessThan(xs[1] ?? NaN);
    expect(xs[1]).toBeLessThan(xs[2] ?? NaN);
    expect(width).toBeGreaterThan(300);
  });

  test('a ring that crosses the antimeridian is not drawn across the whole map', () => {
    const crossing: Geometry = {
      type: 'Polygon',
      coordinates: [
        [
          [179, -18],
          [-179, -18],
          [-179, -16],
          [179, -16],
          [179, -18],
        ],
      ],
    };
    const [alone] = layOut([crossing, square(177, -18, 2)]).shapes;
    const xs = cornersOf(alone?.path ?? '').map(([x]) => x);
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(210);
  });

  test('neighbours keep one common border, wherever they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -180, max: 179 }),
        fc.integer({ min: -60, max: 60 }),
        fc.array(
          fc.tuple(fc.double({ min: -0.4, max: 0.4, noNaN: true }), fc.double({ min: 0.001, max: 0.2, noNaN: true })),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        (west, south, bends) => {
          const total = bends.reduce((sum, [, step]) => sum + step, 0);
          let latitude = south;
          const border = bends.map(([bend, step]): [number, number] => [
            west + 1 + bend,
            (latitude += (step / total) * 0.9),
          ]);
          const from: [number, number] = [west + 1, south];
          const to: [number, number] = [west + 1, south + 1];
          const a: Geometry = {
            type: 'Polygon',
            coordinates: [[[west, south], from, ...border, to, [west, south + 1], [west, south]]],
          };
          const b: Geometry = {
            type: 'Polygon',
            coordinates: [[from, [west + 2, south], [west + 2, south + 1], to, ...border.toReversed(), from]],
          };
          const { shapes, width } = layOut([a, b]);
          const [left, right] = shapes.map((shape) => cornersOf(shape?.path ?? ''));
          // The areas of both together are the area of the frame they fill, so there is neither gap nor overlap.
          const area = (corners: readonly (readonly [number, number])[] = []): number =>
            Math.abs(
              corners.reduce((sum, [x, y], at) => {
                const [nextX, nextY] = corners[(at + 1) % corners.length] ?? [x, y];
                return sum + x * nextY - nextX * y;
              }, 0),
            ) / 2;
          const ys = [...(left ?? []), ...(right ?? [])].map(([, y]) => y);
          const frame = (width - 12) * (Math.max(...ys) - Math.min(...ys));
          expect(area(left) + area(right)).toBe(frame);
        },
      ),
    );
  });

  test('a point, and an area too small to see, become discs', () => {
    const { shapes } = layOut([square(30, 0, 5), square(31, 1, 0.0001), { type: 'Point', coordinates: [33, 3] }]);
    expect(shapes.map((shape) => shape?.point)).toEqual([false, true, true]);
  });

  test('north is up', () => {
    const { shapes } = layOut([square(30, 0), square(30, 2)]);
    expect(shapes[1]?.y).toBeLessThan(shapes[0]?.y ?? NaN);
  });
});

describe('classes', () => {
  test('equal values never fall into two, every value falls into one, and there are at most five', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }), (values) => {
        const breaks = chooseBreaks(values);
        expect(breaks.length).toBeLessThanOrEqual(4);
        expect([...breaks].sort((a, b) => a - b)).toEqual(breaks);
        expect(breaks.every((bound) => bound > Math.min(...values))).toBe(true);
      }),
    );
  });
});

describe('classes', () => {
  test.each([
    [
      [0, 0, 0, 13, 14],
      [13, 14],
    ],
    [
      [0, 0.4, 2.5],
      [0.4, 2.5],
    ],
    [[0, 0], []],
    [[7, 7, 7], []],
  ])('of %j begin at %j: none and some are never alike', (values, breaks) => {
    expect(chooseBreaks(values)).toEqual(breaks);
  });
});

describe('a map', () => {
  const places: readonly MapPlace[] = [
    { name: 'North', geometry: square(30, 1), value: 0 },
    { name: 'South', geometry: square(30, 0), value: undefined, neighbour: true },
    { name: 'East', geometry: square(31, 0), value: 12, signal: true },
    { name: '<Isle>', geometry: undefined, value: 3 },
  ];
  const html = renderElement(
    <PlaceMap
      view={sampleView()}
      id="m"
      title="Measles, week 12"
      valueLabel="Cases"
      places={places}
      sentence="Highest in the East."
      data={{ csv: '/m.csv', json: '/api/m' }}
    />,
  );

  test('shows zero as a tint and a missing report as hatching', () => {
    expect(html).toMatch(/<path class="k1" d="[^"]*"><title>North: 0</);
    expect(html).toMatch(/<path class="k0" fill="url\(#m-h\)" d="[^"]*"><title>South: No report</);
  });

  test('lists what it cannot draw, with its number', () => {
    expect(html).toContain('Not on the map: &lt;Isle&gt; (3).');
  });

  test('says everything again as a table', () => {
    expect(html).toMatch(/<bdi>South<\/bdi><\/th><td[^>]*>No report<\/td><td[^>]*>Neighbour</);
    expect(html).toMatch(/<bdi>East<\/bdi><\/th><td[^>]*>12<\/td><td[^>]*>Signal</);
    expect(html).toMatch(/<bdi>&lt;Isle&gt;<\/bdi><\/th><td[^>]*>3</);
  });
});
