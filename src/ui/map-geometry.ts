/**
 * From longitude and latitude to whole drawing units. Equirectangular with the scale true at the middle latitude: shapes
 * are recognisable for any one country or region, and it costs no library. The cut runs through the widest empty span of
 * longitude, so that Fiji or Chukotka is not torn apart at the antimeridian.
 */

type Position = readonly number[];

/** GeoJSON (RFC 7946, 3.1) as far as places need it. */
export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] };

interface Shape {
  /** SVG path data. */
  readonly path: string;
  /** Drawn as discs, because it has no area at this size. */
  readonly point: boolean;
  /** Where a mark for the place goes: the middle of its largest part. */
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** In the order given; undefined where there was no geometry. */
  readonly shapes: readonly (Shape | undefined)[];
}

type Pair = readonly [number, number];

const width = 400;
const tallest = 440;
const margin = 6;

/** Rings and points of a geometry, each ring continuous in longitude even where it crosses the antimeridian. */
function partsOf(geometry: Geometry): {
  readonly rings: readonly (readonly Pair[])[];
  readonly points: readonly Pair[];
} {
  const pair = (position: Position): Pair => [position[0] ?? 0, position[1] ?? 0];
  switch (geometry.type) {
    case 'Point':
      return { rings: [], points: [pair(geometry.coordinates)] };
    case 'MultiPoint':
      return { rings: [], points: geometry.coordinates.map(pair) };
    case 'Polygon':
      return { rings: geometry.coordinates.map((ring) => unwrap(ring.map(pair))), points: [] };
    case 'MultiPolygon':
      return { rings: geometry.coordinates.flat().map((ring) => unwrap(ring.map(pair))), points: [] };
  }
}

/** Adds or takes whole turns so that no step is longer than half a turn. */
function unwrap(ring: readonly Pair[]): readonly Pair[] {
  let turns = 0;
  let before = ring[0]?.[0] ?? 0;
  return ring.map(([longitude, latitude]) => {
    if (longitude - before > 180) turns -= 360;
    else if (longitude - before < -180) turns += 360;
    before = longitude;
    return [longitude + turns, latitude];
  });
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** The meridian at which the map begins, in whole degrees: the end of the widest span of longitude without anything. */
function westEdge(spans: readonly Pair[]): number {
  const taken = Array.from({ length: 360 }, () => false);
  for (const [west, east] of spans) {
    for (let degree = Math.floor(west); degree <= Math.min(east, west + 359); degree++)
      taken[modulo(degree, 360)] = true;
  }
  let best = { length: 0, end: -180 };
  let length = 0;
  // Twice around, so that an empty span over the starting point is seen whole.
  for (let degree = -180; degree < 540; degree++) {
    length = taken[modulo(degree, 360)] ? 0 : length + 1;
    if (length > best.length && length < 360) best = { length, end: degree + 1 };
  }
  return best.end;
}

/** Absolute area in square units, doubled: only compared. */
function doubleArea(ring: readonly Pair[]): number {
  const twice = ring.reduce((sum, [x, y], position) => {
    const [nextX, nextY] = ring[(position + 1) % ring.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice);
}

/**
 * Drops corners that rounding made equal or that lie on a straight line between their neighbours. Both depend only on the
 * rounded corners themselves, so two places keep the same common border.
 */
function thin(ring: readonly Pair[]): readonly Pair[] {
  const distinct = ring.filter(([x, y], position) => {
    const [beforeX, beforeY] = ring[(position + ring.length - 1) % ring.length] ?? [NaN, NaN];
    return x !== beforeX || y !== beforeY;
  });
  return distinct.filter(([x, y], position) => {
    const [beforeX, beforeY] = distinct[(position + distinct.length - 1) % distinct.length] ?? [x, y];
    const [nextX, nextY] = distinct[(position + 1) % distinct.length] ?? [x, y];
    return (x - beforeX) * (nextY - y) !== (y - beforeY) * (nextX - x);
  });
}

const after = (value: number): string => (value < 0 ? String(value) : ` ${value}`);

function ringPath(ring: readonly Pair[]): string {
  let [x, y] = ring[0] ?? [0, 0];
  const start = `M${x}${after(y)}`;
  const steps = ring.slice(1).map((point) => {
    const step = `${point[0] - x}${after(point[1] - y)}`;
    [x, y] = point;
    return step;
  });
  return `${start}l${steps.join(' ').replaceAll(' -', '-')}z`;
}

// A disc from two half circles, so that discs and areas are the same kind of path.
const discPath = ([x, y]: Pair): string => `M${x - 5} ${y}a5 5 0 0 1 10 0a5 5 0 0 1-10 0z`;

function middleOf(ring: readonly Pair[]): Pair {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  return [Math.round((Math.min(...xs) + Math.max(...xs)) / 2), Math.round((Math.min(...ys) + Math.max(...ys)) / 2)];
}

export function layOut(geometries: readonly (Geometry | undefined)[]): Layout {
  const parts = geometries.map((geometry) => geometry && partsOf(geometry));
  const lines = parts.flatMap((part) => (part ? [...part.rings, ...part.points.map((point) => [point])] : []));
  if (lines.length === 0) return { width, height: margin * 2, shapes: geometries.map(() => undefined) };

  const spans = lines.map((line): Pair => {
    const longitudes = line.map(([longitude]) => longitude);
    return [Math.min(...longitudes), Math.max(...longitudes)];
  });
  const edge = westEdge(spans);
  /** Each line as a whole is turned to begin at or after the edge. */
  const turn = (line: readonly Pair[]): readonly Pair[] => {
    const west = Math.min(...line.map(([longitude]) => longitude));
    const shift = modulo(west - edge, 360) + edge - west;
    return line.map(([longitude, latitude]) => [longitude + shift, latitude]);
  };
  const turned = parts.map(
    (part) => part && { rings: part.rings.map(turn), points: part.points.map((point) => turn([point])[0] ?? point) },
  );
  const all = turned.flatMap((part) => (part ? [...part.rings.flat(), ...part.points] : []));
  const [west, east] = extent(all.map(([longitude]) => longitude));
  const [south, north] = extent(all.map(([, latitude]) => latitude));
  const squeeze = Math.max(0.1, Math.cos((((south + north) / 2) * Math.PI) / 180));
  const room = width - 2 * margin;
  // Degrees to units; a single point has no extent and any scale will do.
  const scale = Math.min(
    room / Math.max(1e-6, (east - west) * squeeze),
    (tallest - 2 * margin) / Math.max(1e-6, north - south),
  );
  const place = ([longitude, latitude]: Pair): Pair => [
    margin + Math.round((longitude - west) * squeeze * scale),
    margin + Math.round((north - latitude) * scale),
  ];

  const shapes = turned.map((part): Shape | undefined => {
    if (!part) return undefined;
    const rings = part.rings.map((ring) => thin(ring.map(place))).filter((ring) => ring.length >= 3);
    const largest = rings.toSorted((a, b) => doubleArea(b) - doubleArea(a))[0];
    if (largest) {
      const [x, y] = middleOf(largest);
      return { path: rings.map(ringPath).join(''), point: false, x, y };
    }
    // Points, and areas too small for the grid.
    const discs =
      part.points.length > 0 ? part.points.map(place) : part.rings.slice(0, 1).map((ring) => middleOf(ring.map(place)));
    const [x, y] = discs[0] ?? [0, 0];
    return discs.length > 0 ? { path: discs.map(discPath).join(''), point: true, x, y } : undefined;
  });
  return {
    width: Math.round((east - west) * squeeze * scale) + 2 * margin,
    height: Math.round((north - south) * scale) + 2 * margin,
    shapes,
  };
}

function extent(values: readonly number[]): Pair {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}
