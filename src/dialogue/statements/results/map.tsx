/**
 * The map of opinions, drawn on the server: who votes alike stands near each other. A mark stands for at least five people, never for one; its
 * area grows with them. Groups differ by shape and letter before they differ by colour, and everything is said in words beside it.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { View } from '../../../ui/view.ts';
import type { ResultContent } from './content.ts';

type Picture = NonNullable<ResultContent['picture']>;
type Point = { readonly x: number; readonly y: number };

/** A, B, C ...: the same on the map, in the legend and in the text. At most five groups are ever found. */
export const letterOf = (group: number): string => String.fromCharCode(65 + group);

const width = 480;
const height = 320;
const margin = 36;

export function OpinionMap(props: {
  readonly view: View;
  readonly picture: Picture;
  readonly title: string;
}): JSX.Element {
  const { picture, title } = props;
  const at = scaleFor(picture.extent);
  const largest = Math.max(
    5,
    ...[picture.ungrouped, ...picture.groups.map(({ patches }) => patches)].flat().map(({ people }) => people ?? 5),
  );
  const radiusOf = (people: number | null): number => 4 + 8 * Math.sqrt((people ?? 5) / largest);
  return (
    <figure>
      <svg class="map" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="opinion-map">
        <title id="opinion-map">{title}</title>
        <Middle at={at} />
        {picture.groups.map(({ outline }) => (
          <Outline points={outline.map(at)} />
        ))}
        {picture.ungrouped.map(({ people, ...place }) => (
          <Mark shape={-1} at={at(place)} radius={radiusOf(people)} />
        ))}
        {picture.groups.map(({ patches }, group) =>
          patches.map(({ people, ...place }) => <Mark shape={group} at={at(place)} radius={radiusOf(people)} />),
        )}
        {picture.groups.map(({ patches }, group) => (
          <Letter at={at(middleOf(patches))} letter={letterOf(group)} />
        ))}
      </svg>
    </figure>
  );
}

/** One scale for both directions, so that distances mean the same; the middle of opinion stays on the map. */
function scaleFor({ minX, maxX, minY, maxY }: Picture['extent']): (point: Point) => Point {
  const scale = Math.min(
    (width - 2 * margin) / Math.max(maxX - minX, 0.01),
    (height - 2 * margin) / Math.max(maxY - minY, 0.01),
  );
  const centre = { x: (minX + maxX) / 2, y: (minY + maxY) / 2 };
  return ({ x, y }) => ({
    x: Math.round(width / 2 + (x - centre.x) * scale),
    y: Math.round(height / 2 - (y - centre.y) * scale),
  });
}

function Middle({ at }: { readonly at: (point: Point) => Point }): Child {
  const { x, y } = at({ x: 0, y: 0 });
  return (
    <g stroke="currentColor" stroke-opacity="0.3" stroke-dasharray="2 4">
      <line x1={x} y1={margin / 2} x2={x} y2={height - margin / 2} />
      <line x1={margin / 2} y1={y} x2={width - margin / 2} y2={y} />
    </g>
  );
}

const outlineRoom = 16;
const listOf = (points: readonly Point[]): string => points.map(({ x, y }) => `${x},${y}`).join(' ');

/** Around the marks with room to spare: wide round joins instead of geometry. */
function Outline({ points }: { readonly points: readonly Point[] }): Child {
  return (
    <polygon
      points={listOf(points)}
      fill="var(--c1)"
      stroke="var(--c1)"
      stroke-width={2 * outlineRoom}
      stroke-linejoin="round"
      stroke-linecap="round"
    />
  );
}

/** Corners of a mark with radius one: square, triangle, diamond. Circles and crosses are drawn as such. */
const corners: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  1: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  2: [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  3: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
};

const fills = ['var(--c4)', 'var(--c5)', 'var(--c3)', 'var(--c4)'] as const;

/** Circle, square, triangle, diamond, cross; a ring (-1) for people in no group. */
export function Mark(props: { readonly shape: number; readonly at: Point; readonly radius: number }): Child {
  const { shape, at, radius } = props;
  const { x, y } = at;
  const r = Math.round(radius * 10) / 10;
  const edge = { stroke: 'var(--paper)', 'stroke-width': '0.75' };
  if (shape === -1) return <circle cx={x} cy={y} r={r} fill="none" stroke="currentColor" stroke-opacity="0.7" />;
  if (shape === 0) return <circle cx={x} cy={y} r={r} fill={fills[0]} {...edge} />;
  const around = corners[shape];
  if (around) {
    const points = around.map(([right, down]) => ({ x: Math.round(x + right * r), y: Math.round(y + down * r) }));
    return <polygon points={listOf(points)} fill={fills[shape]} {...edge} />;
  }
  return (
    <g stroke="currentColor" stroke-width="2">
      <line x1={x - r} y1={y - r} x2={x + r} y2={y + r} />
      <line x1={x - r} y1={y + r} x2={x + r} y2={y - r} />
    </g>
  );
}

function Letter({ at, letter }: { readonly at: Point; readonly letter: string }): Child {
  return (
    <text
      x={at.x}
      y={at.y + 7}
      text-anchor="middle"
      font-size="20"
      font-weight="700"
      fill="currentColor"
      stroke="var(--paper)"
      stroke-width="4"
      paint-order="stroke"
      aria-hidden="true"
    >
      {letter}
    </text>
  );
}

function middleOf(points: readonly Point[]): Point {
  const mean = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / Math.max(1, points.length);
  return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
}
