/**
 * The map of opinions as numbers that a page can draw, without anybody's place in it. People are gathered into patches of at least five
 * (Mondrian: LeFevre, DeWitt & Ramakrishnan 2006, halving at the median as long as both halves are large enough); a patch gives the mean
 * place of its people and how many they are. The outline of a group runs around its patches, not around its people.
 */
import { floorOfPeople } from './floor.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Patch extends Point {
  /** Undefined where the size of the group is withheld. */
  readonly people: number | undefined;
}

export interface PictureGroup {
  readonly group: number;
  readonly patches: readonly Patch[];
  /** Corners, anticlockwise; one or two where the patches lie on a point or a line. */
  readonly outline: readonly Point[];
}

export interface Picture {
  readonly groups: readonly PictureGroup[];
  /** People in no group; empty where they are fewer than five. */
  readonly ungrouped: readonly Patch[];
  /** What the drawing must hold, the patches and the middle. */
  readonly extent: { readonly minX: number; readonly maxX: number; readonly minY: number; readonly maxY: number };
}

interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** `sizes` of the groups, undefined where withheld. */
export function drawPicture(places: Places, groupOf: Int32Array, sizes: readonly (number | undefined)[]): Picture {
  const membersOf = (group: number): number[] => [...groupOf.keys()].filter((row) => groupOf[row] === group);
  const drawn = sizes.map((size, group): PictureGroup => {
    const patches = gather(places, membersOf(group)).map((patch) =>
      size === undefined ? { ...patch, people: size } : patch,
    );
    return { group, patches, outline: outlineOf(patches) };
  });
  const ungrouped = gather(places, membersOf(-1));
  const all = [{ x: 0, y: 0 }, ...ungrouped, ...drawn.flatMap(({ patches }) => patches)];
  return {
    groups: drawn,
    ungrouped,
    extent: {
      minX: Math.min(...all.map(({ x }) => x)),
      maxX: Math.max(...all.map(({ x }) => x)),
      minY: Math.min(...all.map(({ y }) => y)),
      maxY: Math.max(...all.map(({ y }) => y)),
    },
  };
}

const mostPatches = 200;

function gather(places: Places, rows: readonly number[]): readonly Patch[] {
  return rows.length < floorOfPeople
    ? []
    : split(places, rows, Math.max(floorOfPeople, Math.ceil(rows.length / mostPatches)));
}

function split(places: Places, rows: readonly number[], smallest: number): readonly Patch[] {
  const { x, y } = places;
  const along = widthOf(x, rows) >= widthOf(y, rows) ? x : y;
  if (rows.length < 2 * smallest || widthOf(along, rows) === 0)
    return [{ x: meanOf(x, rows), y: meanOf(y, rows), people: rows.length }];
  const sorted = [...rows].sort((a, b) => along[a]! - along[b]!);
  const middle = Math.floor(sorted.length / 2);
  return [...split(places, sorted.slice(0, middle), smallest), ...split(places, sorted.slice(middle), smallest)];
}

/** Convex hull, Andrew's monotone chain. */
export function outlineOf(points: readonly Point[]): readonly Point[] {
  const sorted = points.map(({ x, y }) => ({ x, y })).sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const chain = (ordered: readonly Point[]): readonly Point[] => {
    const hull: Point[] = [];
    for (const point of ordered) {
      while (hull.length > 1 && turn(hull.at(-2)!, hull.at(-1)!, point) <= 0) hull.pop();
      hull.push(point);
    }
    return hull.slice(0, -1);
  };
  return [...chain(sorted), ...chain([...sorted].reverse())];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function widthOf(values: Float64Array, rows: readonly number[]): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    least = Math.min(least, values[row]!);
    most = Math.max(most, values[row]!);
  }
  return most - least;
}

function meanOf(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
}
