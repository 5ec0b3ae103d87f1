/**
 * An invented island: a coast, and districts as the cells of a Voronoi diagram of jittered points, their common borders made uneven. Two districts that
 * touch have the very same points along their border, because neighbours are found by common edges.
 */
import { openRandom, type Random } from './random.ts';

export type Point = readonly [longitude: number, latitude: number];

export interface Cell {
  readonly centre: Point;
  /** Closed, counter-clockwise (RFC 7946). */
  readonly ring: readonly Point[];
  /** Positions of the cells it shares a border with. */
  readonly neighbours: readonly number[];
}

export interface LandPlan {
  readonly columns: number;
  readonly rows: number;
  readonly west: number;
  readonly south: number;
  /** Degrees. */
  readonly cellSize: number;
}

/** Cells row by row from the south, each row from the west. */
export function drawLand(seed: string, plan: LandPlan): readonly Cell[] {
  const random = openRandom(seed);
  const centres = Array.from({ length: plan.columns * plan.rows }, (_, at): Point => {
    const jitter = (): number => (random.uniform() - 0.5) * 0.55;
    return [
      plan.west + ((at % plan.columns) + 0.5 + jitter()) * plan.cellSize,
      plan.south + (Math.floor(at / plan.columns) + 0.5 + jitter()) * plan.cellSize,
    ];
  });
  const coast = drawCoast(random, plan);
  const corners = openCorners(plan.cellSize / 1e6);
  const rings = centres.map((centre, at) => {
    let ring: readonly Point[] = coast;
    for (const [other, point] of centres.entries()) if (other !== at) ring = keepNearer(ring, centre, point);
    return withoutRepeats(ring.map(corners.idOf));
  });
  const owners = new Map<string, number[]>();
  for (const [at, ring] of rings.entries())
    for (const [a, b] of edgesOf(ring)) owners.set(edgeKey(a, b), [...(owners.get(edgeKey(a, b)) ?? []), at]);
  const bends = new Map<string, readonly Point[]>();
  for (const key of [...owners.keys()].toSorted()) {
    const [a = 0, b = 0] = key.split(' ').map(Number);
    bends.set(key, bend(random, corners.at(a), corners.at(b)));
  }
  return centres.map((centre, at) => {
    const ring = rings[at] ?? [];
    const points = edgesOf(ring).flatMap(([a, b]) => {
      const between = bends.get(edgeKey(a, b)) ?? [];
      return [corners.at(a), ...(a < b ? between : between.toReversed())];
    });
    const closed = [...points, ...points.slice(0, 1)].map(roundPoint);
    const neighbours = new Set(edgesOf(ring).flatMap(([a, b]) => owners.get(edgeKey(a, b)) ?? []));
    neighbours.delete(at);
    return { centre: roundPoint(centre), ring: closed, neighbours: [...neighbours].toSorted((x, y) => x - y) };
  });
}

const edgesOf = (ring: readonly number[]): readonly (readonly [number, number])[] =>
  ring.map((id, at) => [id, ring[(at + 1) % ring.length] ?? id] as const);
const edgeKey = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

// Four decimals are eleven metres.
const roundPoint = ([x, y]: Point): Point => [Math.round(x * 1e4) / 1e4, Math.round(y * 1e4) / 1e4];

/** A convex outline, counter-clockwise, between an ellipse and the rectangle of the cells; convex, so that cutting it by lines leaves one piece. */
function drawCoast(random: Random, { columns, rows, west, south, cellSize }: LandPlan): readonly Point[] {
  const [halfWidth, halfHeight] = [(columns * cellSize) / 2, (rows * cellSize) / 2];
  const turn = random.uniform();
  const corners = 40;
  return Array.from({ length: corners }, (_, at): Point => {
    const angle = ((at + turn) / corners) * 2 * Math.PI;
    // A superellipse (Lamé curve) of exponent 5.
    const stretch = (Math.abs(Math.cos(angle)) ** 5 + Math.abs(Math.sin(angle)) ** 5) ** (-1 / 5);
    return [west + halfWidth * (1 + Math.cos(angle) * stretch), south + halfHeight * (1 + Math.sin(angle) * stretch)];
  });
}

/** The part of a convex ring that lies nearer to `own` than to `other` (Sutherland and Hodgman 1974, one plane). */
function keepNearer(ring: readonly Point[], own: Point, other: Point): readonly Point[] {
  const [dx, dy] = [other[0] - own[0], other[1] - own[1]];
  const limit = (other[0] ** 2 + other[1] ** 2 - own[0] ** 2 - own[1] ** 2) / 2;
  const beyond = ([x, y]: Point): number => x * dx + y * dy - limit;
  return ring.flatMap((from, at) => {
    const to = ring[(at + 1) % ring.length] ?? from;
    const [a, b] = [beyond(from), beyond(to)];
    const kept = a <= 0 ? [from] : [];
    if (a <= 0 === b <= 0) return kept;
    const share = a / (a - b);
    return [...kept, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])] as const];
  });
}

/** Corners that different cells computed a rounding error apart are one corner. */
function openCorners(tolerance: number) {
  const points: Point[] = [];
  return {
    at: (id: number): Point => points[id] ?? [0, 0],
    idOf(point: Point): number {
      const known = points.findIndex(
        ([x, y]) => Math.abs(x - point[0]) < tolerance && Math.abs(y - point[1]) < tolerance,
      );
      return known < 0 ? points.push(point) - 1 : known;
    },
  };
}

const withoutRepeats = (ring: readonly number[]): readonly number[] =>
  ring.filter((id, at) => id !== ring[(at + 1) % ring.length]);

/** Points between two corners, moved aside by so little that borders never cross. */
function bend(random: Random, [x1, y1]: Point, [x2, y2]: Point): readonly Point[] {
  const aside = (): number => (random.uniform() - 0.5) * 0.16;
  return [0.25, 0.5, 0.75].map((share): Point => {
    const off = aside();
    return [x1 + (x2 - x1) * share - (y2 - y1) * off, y1 + (y2 - y1) * share + (x2 - x1) * off];
  });
}
