/**
 * A map of areas or points, drawn on the server in whole numbers. Five tints of one hue, dark for much (light for much in
 * the dark), so that it reads without colour vision; hatching is "no report" and nothing is ever white. What has no
 * geometry is listed below, and the table below the map says everything that the map shows.
 */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatList, formatNumber } from './format.ts';
import { layOut } from './map-geometry.ts';
import type { Geometry } from './map-geometry.ts';
import { DownloadLinks } from './parts.tsx';
import type { Downloads } from './parts.tsx';
import { Table } from './table.tsx';
import type { View } from './view.ts';

export interface MapPlace {
  readonly name: string;
  readonly geometry: Geometry | undefined;
  /** Undefined: nobody reported. */
  readonly value: number | undefined;
  /** The place the page is about: a heavy outline and a mark. */
  readonly signal?: boolean;
  /** Places beside it: a second outline. */
  readonly neighbour?: boolean;
}

export interface MapProps {
  readonly view: View;
  /** Unique on the page. */
  readonly id: string;
  /** What the tints mean, with its unit: `Measles, cases per 100,000 people, week 12`. */
  readonly title: string;
  /** Head of the value's column. */
  readonly valueLabel: string;
  readonly places: readonly MapPlace[];
  /** Lower bounds of classes 2 to 5. Chosen from the values when absent; give them where maps are compared. */
  readonly breaks?: readonly number[];
  readonly decimals?: number;
  readonly sentence: Child;
  readonly data: Downloads;
  /** What the mark means, where it is not a signal. */
  readonly markLabel?: string;
}

/** With more places than this, only those that the page is about are named on the map; all are in the table. */
const mostNames = 16;

/** Two significant digits: a bound that people can say. */
function round(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(2));
}

/**
 * Up to four bounds that put about as many places into each class; equal values never fall into two classes. None and some are never one class: where
 * both occur, zero is alone.
 */
export function chooseBreaks(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const lowest = sorted[0] ?? 0;
  const positive = sorted.filter((value) => value > 0);
  const isZeroAlone = lowest === 0 && positive.length > 0;
  const spread = isZeroAlone ? positive : sorted;
  const classes = isZeroAlone ? 4 : 5;
  const bounds = Array.from({ length: classes - 1 }, (_, at) =>
    round(spread[Math.floor(((at + 1) * spread.length) / classes)] ?? 0),
  );
  const first = isZeroAlone ? [Math.min(...positive)] : [];
  return [...new Set([...first, ...bounds])].filter((bound) => bound > lowest).toSorted((a, b) => a - b);
}

const classOf = (breaks: readonly number[], value: number): number => breaks.filter((bound) => value >= bound).length;

/** Few classes take tints that are far apart. */
const tint = (breaks: readonly number[], position: number): number =>
  breaks.length === 0 ? 3 : 1 + Math.round((position * 4) / breaks.length);

/** Counts that were classed here are named by the first and last that occur; other numbers, and classes that other maps share, by where each begins. */
function classLabel(
  view: View,
  write: (value: number) => string,
  known: readonly number[],
  from: number,
  below: number | undefined,
): string {
  if (below === undefined)
    return Math.max(...known) > from ? view.t('chart.above', { from: write(from) }) : write(from);
  if (![...known, from, below].every(Number.isInteger))
    return view.t('chart.below', { from: write(from), below: write(below) });
  return below - from === 1 ? write(from) : `${write(from)}–${write(below - 1)}`;
}

export function PlaceMap(props: MapProps): JSX.Element {
  const { view, id, title, valueLabel, places, decimals, sentence, data } = props;
  const { t } = view;
  const markLabel = props.markLabel ?? t('chart.signal');
  const known = places.flatMap(({ value }) => value ?? []);
  const breaks = props.breaks ?? chooseBreaks(known);
  const write = (value: number): string => formatNumber(view, value, decimals);
  const read = ({ value }: MapPlace): string => (value === undefined ? t('chart.missing') : write(value));
  const look = (value: number | undefined): string =>
    value === undefined ? 'k0' : `k${tint(breaks, classOf(breaks, value))}`;
  const fill = (value: number | undefined): string | undefined => (value === undefined ? `url(#${id}-h)` : undefined);
  const { width, height, shapes } = layOut(places.map(({ geometry }) => geometry));
  const drawn = places.flatMap((place, position) => {
    const shape = shapes[position];
    return shape ? [{ place, shape }] : [];
  });
  const unplaced = places.filter((_, position) => !shapes[position]);
  const lowest = known.length === 0 ? 0 : Math.min(...known);
  const named = drawn.length <= mostNames ? drawn : drawn.filter(({ place }) => place.signal || place.neighbour);

  return (
    <figure class="chart">
      <svg class="map" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-t`}>
        <title id={`${id}-t`}>{t('chart.classes', { title, count: drawn.length })}</title>
        <defs>
          <pattern id={`${id}-h`} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path class="hatch" d="M0 0v4" />
          </pattern>
        </defs>
        {drawn.map(({ place, shape }) => (
          <path class={`${look(place.value)}${shape.point ? ' pt' : ''}`} fill={fill(place.value)} d={shape.path}>
            <title>{`${place.name}: ${read(place)}`}</title>
          </path>
        ))}
        {drawn.map(({ place, shape }) =>
          place.neighbour && !place.signal ? <path class="next" d={shape.path} /> : null,
        )}
        {drawn.map(({ place, shape }) =>
          place.signal ? (
            <>
              <path class="here" d={shape.path} />
              <path class="sig" d={`M${shape.x} ${shape.y}l-5-9h10z`} />
            </>
          ) : null,
        )}
        {named.map(({ place, shape }) => (
          <text class={place.signal ? 'about' : undefined} x={shape.x} y={shape.y + 14}>
            {place.name}
          </text>
        ))}
      </svg>
      <ul class="legend">
        {known.length === 0
          ? null
          : [lowest, ...breaks].map((bound, position) => {
              const inClass = known.filter((value) => classOf(breaks, value) === position);
              if (inClass.length === 0) return null;
              const isCounted = props.breaks === undefined && known.every(Number.isInteger);
              return (
                <li>
                  <Swatch look={`k${tint(breaks, position)}`} />
                  {isCounted
                    ? [...new Set([Math.min(...inClass), Math.max(...inClass)])].map(write).join('–')
                    : classLabel(view, write, known, bound, breaks[position])}
                </li>
              );
            })}
        {places.some(({ value }) => value === undefined) ? (
          <li>
            <Swatch look="k0" fill={`url(#${id}-h)`} />
            {t('chart.missing')}
          </li>
        ) : null}
        {places.some(({ signal }) => signal) ? (
          <li>
            <svg viewBox="0 0 24 16" aria-hidden="true">
              <path class="sig" d="M12 13l-6-10h12z" />
            </svg>
            {markLabel}
          </li>
        ) : null}
        {places.some(({ neighbour }) => neighbour) ? (
          <li>
            <Swatch look="next" />
            {t('chart.neighbour')}
          </li>
        ) : null}
      </ul>
      <figcaption>
        {sentence} <DownloadLinks view={view} data={data} />
      </figcaption>
      {unplaced.length > 0 ? (
        <p>
          {t('chart.unplaced', {
            places: formatList(
              view,
              unplaced.map((place) => `${place.name} (${read(place)})`),
            ),
          })}
        </p>
      ) : null}
      <details>
        <summary>{t('chart.as-table')}</summary>
        <Table
          view={view}
          id={`${id}-table`}
          caption={title}
          columns={[
            { key: 'place', header: t('chart.place'), cell: (place: MapPlace) => <bdi>{place.name}</bdi> },
            { key: 'value', header: valueLabel, cell: read, numeric: true },
            {
              key: 'remark',
              header: t('chart.remark'),
              cell: (place) => (place.signal ? markLabel : place.neighbour ? t('chart.neighbour') : ''),
            },
          ]}
          rows={places}
        />
      </details>
    </figure>
  );
}

function Swatch({ look, fill }: { readonly look: string; readonly fill?: string }): JSX.Element {
  return (
    <svg class="map" viewBox="0 0 24 16" aria-hidden="true">
      <path class={look} fill={fill} d="M1 1h22v14H1z" />
    </svg>
  );
}
