/**
 * Many choices between two measures, drawn on the server: each a number in a ring with a line for the uncertainty of either measure. The
 * numbers are those of the table beside it, which says everything that the picture shows.
 */
import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatNumber, formatPercent } from './format.ts';
import type { View } from './view.ts';

export interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface TradeoffPoint {
  /** Its row in the table. */
  readonly number: number;
  readonly name: string;
  readonly x: Interval;
  /** A share, 0 to 1. */
  readonly y: Interval;
  readonly isBest: boolean;
}

// On a root scale, so that one bad choice does not press the good ones together.
const niceTicks = [0, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];

const left = 40;
const right = 12;
const top = 12;
const plotWidth = 348;
const plotHeight = 240;
const base = top + plotHeight;
const width = left + plotWidth + right;
const height = base + 36;

export function TradeoffPlot(props: {
  readonly view: View;
  readonly id: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly TradeoffPoint[];
}): JSX.Element {
  const { view, id, title, xLabel, yLabel, points } = props;
  const highest = Math.max(1, ...points.map(({ x }) => x.value)) * 1.1;
  const at = (value: number): number => left + Math.round(Math.sqrt(Math.min(value, highest) / highest) * plotWidth);
  const up = (share: number): number => base - Math.round(share * plotHeight);
  const ticks = niceTicks.filter((tick) => tick <= highest && (tick <= 1 || tick * 80 >= highest));
  // The best are drawn last, on top.
  const ordered = points.toSorted((a, b) => Number(a.isBest) - Number(b.isBest));
  return (
    <svg class="curve tradeoff" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-t`}>
      <title id={`${id}-t`}>{title}</title>
      <g class="y">
        <path class="grid" d={[0.25, 0.5, 0.75, 1].map((share) => `M${left} ${up(share)}h${plotWidth}`).join('')} />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text x={left - 5} y={up(share) + 4}>
            {formatPercent(view, share)}
          </text>
        ))}
      </g>
      <g class="x">
        <path d={`M${left} ${base}h${plotWidth}${ticks.map((tick) => `M${at(tick)} ${base}v3`).join('')}`} />
        {ticks.map((tick) => (
          <text x={at(tick)} y={base + 14}>
            {formatNumber(view, tick)}
          </text>
        ))}
        <text x={left + plotWidth / 2} y={base + 30}>
          {xLabel}
        </text>
      </g>
      <path
        class="spread"
        d={points
          .map(
            ({ x, y }) => `M${at(x.lower)} ${up(y.value)}H${at(x.upper)}M${at(x.value)} ${up(y.lower)}V${up(y.upper)}`,
          )
          .join('')}
      />
      {ordered.map(({ number, name, x, y, isBest }) => (
        <g class={isBest ? 'pick best' : 'pick'}>
          <title>{name}</title>
          <circle cx={at(x.value)} cy={up(y.value)} r="8" />
          <text x={at(x.value)} y={up(y.value) + 4}>
            {number}
          </text>
        </g>
      ))}
      <text class="axis" x={left} y={top - 2}>
        {yLabel}
      </text>
    </svg>
  );
}
