/**
 * A GeoJSON FeatureCollection (RFC 7946) as rows of places: a feature's properties are its cells, its geometry is its shape. Areas that share
 * a stretch of border are neighbours; a common corner is not a border.
 */
import type { Geometry } from '../../../ui/map-geometry.ts';
import { JsonError, parseJsonBytes, type Json } from '../../../json.ts';
import { rolesOf } from '../import/mapping.ts';
import { limit, type Cells } from '../import/rows.ts';
import { FileError } from '../import/text-stream.ts';
import type { PlaceRow } from './place-rows.ts';

/** Kept whole in memory, several times over while it is read. */
const geojsonLimitBytes = 20_000_000;

export async function readDocument(pieces: AsyncIterable<Uint8Array>): Promise<Json> {
  const taken: Uint8Array[] = [];
  for await (const piece of limit(pieces, geojsonLimitBytes)) taken.push(piece);
  const bytes = Buffer.concat(taken);
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    return parseJsonBytes(isMarked ? bytes.subarray(3) : bytes, geojsonLimitBytes);
  } catch (error) {
    throw error instanceof JsonError ? new FileError('not-geojson') : error;
  }
}

/** Undefined: this is not a FeatureCollection of GeoJSON. */
export function readGeojson(
  document: Json,
  columns: Readonly<Record<string, string>>,
): readonly PlaceRow[] | undefined {
  if (!isObject(document) || document['type'] !== 'FeatureCollection' || !Array.isArray(document['features']))
    return undefined;
  const features = document['features'] as readonly Json[];
  return features.map((feature, at): PlaceRow => {
    const row = at + 1;
    if (!isObject(feature) || feature['type'] !== 'Feature') return { row, cells: {} };
    const properties = isObject(feature['properties']) ? feature['properties'] : {};
    const cells: Record<string, string> = {};
    for (const role of Object.keys(rolesOf.places)) {
      const name = columns[role];
      if (name === undefined || !Object.hasOwn(properties, name)) continue;
      const value = properties[name];
      cells[role] =
        typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? String(value).trim()
          : '';
    }
    const shape = readGeometry(feature['geometry'] ?? null);
    const middle = shape && cells['latitude'] === undefined ? pointOf(shape) : undefined;
    return { row, cells: middle ? { ...cells, ...middle } : cells, ...(shape ? { shape } : {}) };
  });
}

/** The names of all properties: what takes the place of a table's header. */
export function listProperties(document: Json): readonly string[] {
  const features =
    isObject(document) && Array.isArray(document['features']) ? (document['features'] as readonly Json[]) : [];
  const names = features.flatMap((feature) =>
    isObject(feature) && isObject(feature['properties']) ? Object.keys(feature['properties']) : [],
  );
  return [...new Set(names)];
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Position = readonly number[];
type Ring = readonly Position[];

/** Undefined for no geometry, for kinds that are no place (lines) and for numbers that are no position on Earth. */
function readGeometry(geometry: Json): Geometry | undefined {
  if (!isObject(geometry)) return undefined;
  const { type, coordinates } = geometry;
  switch (type) {
    case 'Point':
      return isPosition(coordinates) ? { type, coordinates: roundPosition(coordinates) } : undefined;
    case 'Polygon':
      return isPolygon(coordinates) ? { type, coordinates: coordinates.map(roundRing) } : undefined;
    case 'MultiPolygon':
      return Array.isArray(coordinates) && coordinates.every(isPolygon)
        ? { type, coordinates: (coordinates as readonly (readonly Ring[])[]).map((polygon) => polygon.map(roundRing)) }
        : undefined;
    default:
      return undefined;
  }
}

const isPosition = (value: Json | undefined): value is readonly number[] =>
  Array.isArray(value) &&
  value.length >= 2 &&
  value.every((number) => typeof number === 'number' && Number.isFinite(number)) &&
  Math.abs(value[0] as number) <= 180 &&
  Math.abs(value[1] as number) <= 90;

const isPolygon = (value: Json | undefined): value is readonly (readonly (readonly number[])[])[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((ring) => Array.isArray(ring) && ring.length >= 4 && ring.every(isPosition));

// Five decimals are a metre; more is noise that makes equal borders differ.
const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
const roundPosition = ([longitude = 0, latitude = 0]: Position): Position => [round(longitude), round(latitude)];
const roundRing = (ring: Ring): Ring => ring.map(roundPosition);

const ringsOf = (shape: Geometry): readonly Ring[] =>
  shape.type === 'Polygon' ? shape.coordinates : shape.type === 'MultiPolygon' ? shape.coordinates.flat() : [];

/** A point for lists and space-time methods: the middle of the largest ring by its area, or the point itself. */
function pointOf(shape: Geometry): Cells | undefined {
  if (shape.type === 'Point') {
    const [longitude, latitude] = shape.coordinates;
    return { latitude: String(latitude), longitude: String(longitude) };
  }
  const middles = ringsOf(shape).map(middleOf);
  const largest = middles.toSorted((a, b) => b.area - a.area)[0];
  return largest && { latitude: String(round(largest.latitude)), longitude: String(round(largest.longitude)) };
}

/** Centroid by the shoelace formula. */
function middleOf(ring: Ring): { readonly area: number; readonly longitude: number; readonly latitude: number } {
  const [first] = ring;
  let twiceArea = 0;
  let x = 0;
  let y = 0;
  for (let at = 0; at + 1 < ring.length; at++) {
    const [x1 = 0, y1 = 0] = ring[at] ?? [];
    const [x2 = 0, y2 = 0] = ring[at + 1] ?? [];
    const cross = x1 * y2 - x2 * y1;
    twiceArea += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  }
  if (twiceArea === 0) return { area: 0, longitude: first?.[0] ?? 0, latitude: first?.[1] ?? 0 };
  return { area: Math.abs(twiceArea), longitude: x / (3 * twiceArea), latitude: y / (3 * twiceArea) };
}

/**
 * Pairs of places whose shapes have an edge in common. Places of different levels are not compared: a district is no neighbour
 * of the region it lies in.
 */
export function findNeighbours(
  places: readonly { readonly code: string; readonly level: number; readonly shape: Geometry | undefined }[],
): readonly (readonly [string, string])[] {
  const edges = new Map<string, string[]>();
  for (const { code, level, shape } of places)
    for (const ring of shape ? ringsOf(shape) : [])
      for (let at = 0; at + 1 < ring.length; at++) {
        const ends = [ring[at] ?? [], ring[at + 1] ?? []].map((position) => position.join(' '));
        const key = `${level}|${ends.toSorted().join('|')}`;
        const owners = edges.get(key);
        if (!owners) edges.set(key, [code]);
        else if (!owners.includes(code)) owners.push(code);
      }
  const pairs = new Map<string, readonly [string, string]>();
  for (const owners of edges.values())
    for (const [at, a] of owners.entries())
      for (const b of owners.slice(at + 1)) {
        const pair = a < b ? ([a, b] as const) : ([b, a] as const);
        pairs.set(pair.join('\u0000'), pair);
      }
  return [...pairs.values()];
}
