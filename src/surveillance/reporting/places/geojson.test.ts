import { describe, expect, test } from 'vitest';
import { findNeighbours, listProperties, readDocument, readGeojson } from './geojson.ts';

type Ring = readonly (readonly [number, number])[];
const square = (west: number, south: number): Ring => [
  [west, south],
  [west + 1, south],
  [west + 1, south + 1],
  [west, south + 1],
  [west, south],
];
const feature = (code: string, geometry: unknown) => ({
  type: 'Feature',
  properties: { code, name: `Place ${code}`, size: 3 },
  geometry,
});
const collection = (...features: readonly unknown[]): never => ({ type: 'FeatureCollection', features }) as never;
const polygon = (...rings: readonly Ring[]) => ({ type: 'Polygon', coordinates: rings });
const columns = { code: 'code', name: 'name', population: 'size' };

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('a document that is no FeatureCollection', () => {
  test('is refused', async () => {
    expect(readGeojson({ type: 'Feature' }, columns)).toBeUndefined();
    expect(readGeojson([], columns)).toBeUndefined();
    await expect(readDocument(bytes('{"type":'))).rejects.toThrow('not-geojson');
    await expect(readDocument(bytes('{"type":"a","type":"b"}'))).rejects.toThrow('not-geojson');
  });
});

describe('features', () => {
  test('give their properties as cells and their geometry as a shape, with its middle as the point', () => {
    const [place] = readGeojson(collection(feature('A', polygon(square(10, 50)))), columns) ?? [];
    expect(place?.cells).toEqual({ code: 'A', name: 'Place A', population: '3', latitude: '50.5', longitude: '10.5' });
    expect(place?.shape).toEqual(polygon(square(10, 50)));
    expect(listProperties(collection(feature('A', null)))).toEqual(['code', 'name', 'size']);
  });
  test('with a geometry that is no place on Earth have none', () => {
    const wrong = [
      polygon([
        [0, 0],
        [200, 0],
        [200, 5],
        [0, 0],
      ]),
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
      polygon([
        [0, 0],
        [1, 1],
      ] as never),
      null,
      'x',
    ];
    for (const geometry of wrong)
      expect(readGeojson(collection(feature('A', geometry)), columns)?.[0]?.shape).toBeUndefined();
  });
});

describe('neighbours', () => {
  const place = (code: string, ring: Ring, level = 1) => ({ code, level, shape: polygon(ring) as never });
  test('share a stretch of border; a common corner, another level and a gap are none', () => {
    const places = [
      place('A', square(0, 0)),
      place('B', square(1, 0)),
      place('C', square(1, 1)),
      place('D', square(5, 5)),
      place('E', square(0, 0), 0),
    ];
    expect(findNeighbours(places)).toEqual([
      ['A', 'B'],
      ['B', 'C'],
    ]);
  });
  test('are found whichever way round a border is drawn', () => {
    expect(findNeighbours([place('A', square(0, 0)), place('B', square(1, 0).toReversed())])).toEqual([['A', 'B']]);
  });
});
