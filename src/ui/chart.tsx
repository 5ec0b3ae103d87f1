/**
 * Charts drawn on the server. Ink is what was reported, the shaded band what was expected, the dashed line the threshold.
 * A period without a report is a gap with a cross, never a zero; recent periods that are still filling up are striped;
 * a signal has a shape and a word. Coordinates are whole numbers and looks are classes: a year takes less than 1.2 kB
 * compressed. Time runs from left to right in every language.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Period } from '../period.ts';
import { formatNumber, formatPeriod, formatPeriodShort, formatYear } from './format.ts';
import { DownloadLinks } from './parts.tsx';
import type { Downloads } from './parts.tsx';
import type { View } from './view.ts';

export interface CurvePoint {
  readonly period: Period;
  /** Undefined: nobody reported. Zero: somebody reported none. */
  readonly observed: number | undefined;
  readonly expected?: { readonly lower: number; readonly upper: number } | undefined;
  readonly threshold?: number | undefined;
  readonly signal?: boolean;
  /** Reports are still expected to arrive. */
  readonly incomplete?: boolean;
  /** How many there will be once late reports are in: a mark with its interval over the bar. */
  readonly final?: { readonly median: number; readonly lower: number; readonly upper: number } | undefined;
}

export interface CurveProps {
  readonly view: View;
  /** Unique on the page. */
  readonly id: string;
  /** What is counted, where: `Measles, Northern District`. */
  readonly title: string;
  /** Consecutive periods of one kind, oldest first. */
  readonly points: readonly CurvePoint[];
  /** One plain sentence that says what is to be seen. */
  readonly sentence: Child;
  readonly data: Downloads;
  /** A line instead of bars, for what is no count. */
  readonly asLine?: boolean;
}

// Drawing units. A phone shows about one CSS pixel for each, a desk two; the stylesheet sets the text for both.
const left = 30;
const right = 4;
const top = 24;
const plotHeight = 96;
const axisHeight = 18;
const base = top + plotHeight;
const widest = 324;
const width = left + widest + right;

/** `12`, ` 5` or `-3`: as short as the SVG path grammar allows between two numbers. */
const after = (value: number): string => (value < 0 ? String(value) : ` ${value}`);

type Point = readonly [x: number, y: number];

/** Relative segments through the points after `from`. */
function segments(from: Point, points: readonly Point[]): string {
  let [x, y] = from;
  const pieces = points.map((point) => {
    const piece = `${point[0] - x}${after(point[1] - y)}`;
    [x, y] = point;
    return piece;
  });
  return pieces.length === 0 ? '' : `l${pieces.join(' ').replaceAll(' -', '-')}`;
}

function polyline(points: readonly Point[]): string {
  const [first, ...rest] = points;
  return first ? `M${first[0]}${after(first[1])}${segments(first, rest)}` : '';
}

/** Runs of neighbours for which there is something to draw. */
function runs<T>(items: readonly (T | undefined)[]): readonly (readonly T[])[] {
  const found: T[][] = [];
  let open: T[] | undefined;
  for (const item of items) {
    if (item === undefined) open = undefined;
    else if (open) open.push(item);
    else found.push((open = [item]));
  }
  return found;
}

/** Steps of 1, 2 or 5 times a power of ten, at most five of them; whole ones where counts are drawn. */
export function chooseTicks(highest: number, whole: boolean): readonly number[] {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const step = whole ? Math.max(1, nice) : nice;
  // 0.3 / 0.1 is a little less than 3.
  return Array.from({ length: Math.floor(highest / step + 1e-9) + 1 }, (_, position) => position * step);
}

interface Scale {
  /** More periods than bars fit. */
  readonly asLine: boolean;
  /** Width of a bar. */
  readonly stroke: number;
  readonly x: (position: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

function scaleOf(points: readonly CurvePoint[], isLine: boolean): Scale {
  const known = Math.max(
    0,
    ...points.flatMap(({ observed, expected, threshold: limit }) => [observed ?? 0, expected?.upper ?? 0, limit ?? 0]),
  );
  // An estimate may be ten times what was reported, and more uncertain still: it must not press the reports flat.
  const highest = Math.min(Math.max(known, ...points.map(({ final }) => final?.upper ?? 0)), known * 2) || 1;
  const whole = points.every(({ observed }) => observed === undefined || Number.isInteger(observed));
  const count = Math.max(1, points.length);
  // Bars all have one width and one distance, in whole units; a line may share the room exactly.
  const step = Math.floor(widest / count);
  const asLine = isLine || step < 3;
  const firstBar = left + Math.floor((widest - step * count + step) / 2);
  return {
    asLine,
    stroke: Math.min(14, step - (step > 3 ? 2 : 1)),
    x: asLine
      ? (position) => left + Math.round(((position + 0.5) * widest) / count)
      : (position) => firstBar + step * position,
    y: (value) => base - Math.round((value / highest) * plotHeight),
    ticks: chooseTicks(highest, whole),
  };
}

/** Stems from the base line: stroked as wide as a bar, striped by a dash pattern where they are incomplete. */
function stems(scale: Scale, points: readonly CurvePoint[], wanted: (point: CurvePoint) => boolean): string {
  let x = 0;
  let y = 0;
  let path = '';
  points.forEach((point, position) => {
    if (!point.observed || !wanted(point)) return;
    const height = Math.max(1, base - scale.y(point.observed));
    path += path === '' ? `M${scale.x(position)} ${base}` : `m${scale.x(position) - x}${after(base - y)}`;
    path += `v-${height}`;
    [x, y] = [scale.x(position), base - height];
  });
  return path;
}

function line(scale: Scale, points: readonly CurvePoint[]): string {
  const places = points.map(({ observed }, position): Point | undefined =>
    observed === undefined ? undefined : [scale.x(position), scale.y(observed)],
  );
  // A report between two gaps is a dot: a round-capped line of no length.
  return runs(places)
    .map((run) => (run.length === 1 ? `${polyline(run)}h0` : polyline(run)))
    .join('');
}

function band(scale: Scale, points: readonly CurvePoint[]): string {
  const edges = points.map(
    ({ expected }, position) =>
      expected && {
        upper: [scale.x(position), scale.y(expected.upper)] as const,
        lower: [scale.x(position), scale.y(expected.lower)] as const,
      },
  );
  return runs(edges)
    .map((run) => `${polyline([...run.map(({ upper }) => upper), ...run.map(({ lower }) => lower).toReversed()])}z`)
    .join('');
}

function threshold(scale: Scale, points: readonly CurvePoint[]): string {
  const places = points.map((point, position): Point | undefined =>
    point.threshold === undefined ? undefined : [scale.x(position), scale.y(point.threshold)],
  );
  return runs(places).map(polyline).join('');
}

/** An interval with its median; what goes beyond the top of the plot ends there in an arrow. */
const finals = (scale: Scale, points: readonly CurvePoint[]): string =>
  points
    .map(({ final }, position) => {
      if (final === undefined) return '';
      const x = scale.x(position);
      const [bottom, end] = [scale.y(final.lower), scale.y(final.upper)].map((y) => Math.max(top, y)) as [
        number,
        number,
      ];
      const arrow = scale.y(final.upper) < top ? 'm-2 4l2-4 2 4' : '';
      const median = scale.y(final.median) < top ? '' : `M${x - 2} ${scale.y(final.median)}h4`;
      return `M${x} ${bottom}V${end}${arrow}${median}`;
    })
    .join('');

const crosses = (scale: Scale, points: readonly CurvePoint[]): string =>
  points
    .map(({ observed }, position) =>
      observed === undefined ? `M${scale.x(position) - 2} ${base - 8}l5 5m0-5l-5 5` : '',
    )
    .join('');

// Narrower than this, two words would touch.
const wordWidth = 50;

/** Each signal carries the shape; the last of consecutive ones carries the word. */
function signals(view: View, scale: Scale, points: readonly CurvePoint[]): Child {
  const marked = points.flatMap((point, position) => (point.signal ? [{ point, position }] : []));
  if (marked.length === 0) return null;
  const markY = (point: CurvePoint): number => scale.y(point.observed ?? 0) - 3;
  // Over all that the word would otherwise be written across.
  const wordY = (point: CurvePoint, position: number): number => {
    const beside = points.filter((_, at) => Math.abs(scale.x(at) - scale.x(position)) < wordWidth / 2);
    return Math.min(markY(point), ...beside.map(markY)) - 10;
  };
  let lastWord = Infinity;
  const named = marked.toReversed().filter(({ position }) => {
    const free = !points[position + 1]?.signal && lastWord - scale.x(position) > wordWidth;
    if (free) lastWord = scale.x(position);
    return free;
  });
  return (
    <>
      <path
        class="sig"
        d={marked.map(({ point, position }) => `M${scale.x(position)} ${markY(point)}l-4-7h8z`).join('')}
      />
      {named.map(({ point, position }) => (
        <text class={scale.x(position) > width / 2 ? 'e' : undefined} x={scale.x(position)} y={wordY(point, position)}>
          {view.t('chart.signal')}
        </text>
      ))}
    </>
  );
}

/** Number of the week or month in its year. */
const placeInYear = ({ label }: Period): number => Number(label.slice(5).replace('W', ''));

// Weeks nearest to the starts of months, quarters, halves and years.
const weekTicks = [[1, 5, 9, 14, 18, 22, 27, 31, 35, 40, 44, 48], [1, 14, 27, 40], [1, 27], [1]];
const monthTicks = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 4, 7, 10], [1, 7], [1]];
const mostTicks = 7;

/** Positions of the periods named on the axis: months, else quarters, halves or years; for days, months or even steps. */
export function choosePeriodTicks(periods: readonly Period[]): readonly number[] {
  const positionsOf = (accept: (period: Period, position: number) => boolean): readonly number[] =>
    periods.flatMap((period, position) => (accept(period, position) ? [position] : []));
  const everyNth = (positions: readonly number[]): readonly number[] => {
    const stride = Math.ceil(positions.length / mostTicks);
    return positions.filter((_, index) => index % stride === 0);
  };
  if (periods[0]?.kind === 'day') {
    const firstDays = positionsOf(({ label }) => label.endsWith('-01'));
    return everyNth(firstDays.length >= 3 ? firstDays : positionsOf(() => true));
  }
  const choices = periods[0]?.kind === 'month' ? monthTicks : weekTicks;
  const found = choices
    .map((choice) => positionsOf((period) => choice.includes(placeInYear(period))))
    .find((positions) => positions.length <= mostTicks);
  if (found === undefined) return everyNth(positionsOf((period) => placeInYear(period) === 1));
  return found.length >= 2 ? found : everyNth(positionsOf(() => true));
}

function PeriodAxis({
  view,
  scale,
  points,
}: {
  readonly view: View;
  readonly scale: Scale;
  readonly points: readonly CurvePoint[];
}): JSX.Element {
  const periods = points.map(({ period }) => period);
  const ticks = choosePeriodTicks(periods);
  const named = ticks.flatMap((position) => periods[position] ?? []);
  const beginsYear = (period: Period): boolean => period.kind !== 'day' && placeInYear(period) === 1;
  const nameOf = (period: Period, index: number): string => {
    if (beginsYear(period)) return formatYear(view, period);
    const name = formatPeriodShort(view, period);
    // Where no tick begins a year, the first one says which year it is.
    return index === 0 && !named.some(beginsYear) ? `${name} ${formatYear(view, period)}` : name;
  };
  return (
    <g class="x">
      <path
        d={`M${left} ${base}H${width - right}${ticks.map((position) => `M${scale.x(position)} ${base}v3`).join('')}`}
      />
      {named.map((period, index) => (
        <text x={scale.x(ticks[index] ?? 0)} y={base + 14}>
          {nameOf(period, index)}
        </text>
      ))}
    </g>
  );
}

function describe(view: View, points: readonly CurvePoint[]): string {
  const { t } = view;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return t('common.none');
  const peak = points.reduce((best, point) => ((point.observed ?? -1) > (best.observed ?? -1) ? point : best), first);
  const count = (test: (point: CurvePoint) => boolean): number => points.filter(test).length;
  const missing = count(({ observed }) => observed === undefined);
  const incomplete = count((point) => point.incomplete === true);
  const signalled = count((point) => point.signal === true);
  return [
    t('chart.span', { from: formatPeriod(view, first.period), to: formatPeriod(view, last.period) }),
    peak.observed === undefined
      ? ''
      : t('chart.peak', { value: peak.observed, period: formatPeriod(view, peak.period) }),
    signalled > 0 ? t('chart.signals', { count: signalled }) : '',
    missing > 0 ? t('chart.missing-count', { count: missing }) : '',
    incomplete > 0 ? t('chart.incomplete-count', { count: incomplete }) : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

export function EpidemicCurve(props: CurveProps): JSX.Element {
  const { view, id, title, points, sentence, data } = props;
  const scale = scaleOf(points, props.asLine ?? false);
  const { asLine } = scale;
  const paths = {
    band: band(scale, points),
    thr: threshold(scale, points),
    obs: asLine ? '' : stems(scale, points, ({ incomplete }) => !incomplete),
    inc: asLine ? '' : stems(scale, points, ({ incomplete }) => incomplete === true),
    line: asLine ? line(scale, points) : '',
    miss: crosses(scale, points),
    fin: finals(scale, points),
  };
  return (
    <figure class="chart">
      <svg class="curve" viewBox={`0 0 ${width} ${base + axisHeight}`} role="img" aria-labelledby={`${id}-t ${id}-d`}>
        <title id={`${id}-t`}>{title}</title>
        <desc id={`${id}-d`}>{describe(view, points)}</desc>
        {paths.band === '' ? null : <path class="band" d={paths.band} />}
        <g class="y">
          <path
            class="grid"
            d={scale.ticks
              .slice(1)
              .map((tick) => `M${left} ${scale.y(tick)}H${width - right}`)
              .join('')}
          />
          {scale.ticks.map((tick) => (
            <text x={left - 5} y={scale.y(tick) + 4}>
              {formatNumber(view, tick)}
            </text>
          ))}
        </g>
        <g stroke-width={scale.stroke}>
          {paths.obs === '' ? null : <path class="obs" d={paths.obs} />}
          {paths.inc === '' ? null : <path class="obs inc" d={paths.inc} />}
        </g>
        {paths.line === '' ? null : <path class="line" d={paths.line} />}
        {paths.thr === '' ? null : <path class="thr" d={paths.thr} />}
        {paths.fin === '' ? null : <path class="fin" d={paths.fin} />}
        {paths.miss === '' ? null : <path class="miss" d={paths.miss} />}
        {signals(view, scale, points)}
        <PeriodAxis view={view} scale={scale} points={points} />
      </svg>
      <figcaption>
        {sentence} <DownloadLinks view={view} data={data} />
      </figcaption>
    </figure>
  );
}

/** Once on a page, however many curves it has. */
export function CurveLegend({
  view,
  withFinal = false,
}: {
  readonly view: View;
  readonly withFinal?: boolean;
}): JSX.Element {
  const keys = [
    { name: 'chart.observed', mark: <path class="obs" stroke-width="6" d="M6 16v-10m8 10v-14m8 14v-7" /> },
    { name: 'chart.expected', mark: <path class="band" d="M1 4h26v9H1z" /> },
    { name: 'chart.threshold', mark: <path class="thr" d="M1 9h26" /> },
    { name: 'chart.signal', mark: <path class="sig" d="M14 13l-5-9h10z" /> },
    { name: 'chart.incomplete', mark: <path class="obs inc" stroke-width="6" d="M10 16v-14m8 14v-9" /> },
    { name: 'chart.missing', mark: <path class="miss" d="M11 6l6 6m0-6l-6 6" /> },
    ...(withFinal ? [{ name: 'chart.final', mark: <path class="fin" d="M14 3v13m-4-7h8" /> } as const] : []),
  ] as const;
  return (
    <ul class="legend">
      {keys.map(({ name, mark }) => (
        <li>
          <svg class="curve" viewBox="0 0 28 18" aria-hidden="true">
            {mark}
          </svg>
          {view.t(name)}
        </li>
      ))}
    </ul>
  );
}

/** A word-sized line beside a number. Gaps stay gaps. */
export function Sparkline({
  label,
  values,
}: {
  readonly label: string;
  readonly values: readonly (number | undefined)[];
}): JSX.Element {
  const highest = Math.max(1, ...values.map((value) => value ?? 0));
  const step = Math.max(1, Math.floor(96 / Math.max(1, values.length - 1)));
  const places = values.map((value, position): Point | undefined =>
    value === undefined ? undefined : [2 + position * step, 18 - Math.round((value / highest) * 16)],
  );
  const path = runs(places)
    .map((run) => (run.length === 1 ? `${polyline(run)}h0` : polyline(run)))
    .join('');
  return (
    <svg
      class="curve spark"
      viewBox={`0 0 ${4 + Math.max(96, (values.length - 1) * step)} 20`}
      role="img"
      aria-label={label}
    >
      <path class="line" d={path} />
    </svg>
  );
}

/** A share as a bar beside its number, which the caller writes. An unknown share is hatched, not empty. */
export function ShareBar({
  share,
  target,
}: {
  readonly share: number | undefined;
  readonly target?: number;
}): JSX.Element {
  const at = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <path class={share === undefined ? 'none' : undefined} d="M0 4h100" />
      {share === undefined ? null : <path class="part" d={`M0 4h${at(share)}`} />}
      {target === undefined ? null : <path class="aim" d={`M${at(target)} 0v8`} />}
    </svg>
  );
}

export interface Dot {
  readonly label: Child;
  readonly value: number | undefined;
  /** The value in words: `92.5 %`, or why it is unknown. */
  readonly text: Child;
}

/** Many places on one scale from 0 to `highest`: easier to compare than bars. */
export function DotPlot({
  dots,
  highest,
  target,
}: {
  readonly dots: readonly Dot[];
  readonly highest: number;
  readonly target?: number;
}): JSX.Element {
  const at = (value: number): number => 4 + Math.round(Math.min(1, Math.max(0, value / highest)) * 192);
  return (
    <ul class="dots">
      {dots.map(({ label, value, text }) => (
        <li>
          <span>{label}</span>
          <svg class="curve" viewBox="0 0 200 16" aria-hidden="true">
            <path class="grid" d="M4 8h192" />
            {target === undefined ? null : <path class="aim" d={`M${at(target)} 1v14`} />}
            {value === undefined ? null : <circle class="dot" cx={at(value)} cy="8" r="4" />}
          </svg>
          <span class="n">{text}</span>
        </li>
      ))}
    </ul>
  );
}
