import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { raw, read, type Endpoint } from '../../../http/endpoint.ts';
import { problem } from '../../../problem.ts';
import { formatNumber } from '../../../ui/format.ts';
import type { Page } from '../../../ui/layout.tsx';
import { PlaceMap } from '../../../ui/map.tsx';
import { Facts, Notice } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { formatCsv } from '../../csv.ts';
import { readers } from '../access.ts';
import { isManager, reportingCrumb, Rooms } from '../section.tsx';
import { byName } from './order.ts';
import type { Place } from './place.ts';
import * as store from './store.ts';
import { plantTree } from './tree.ts';

const placeAnswer = z.object({
  code: z.string(),
  name: z.string(),
  kind: z.enum(['area', 'facility']),
  level: z.int(),
  parent: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  population: z.int().nullable(),
  validFrom: z.iso.date().nullable(),
  validUntil: z.iso.date().nullable(),
  neighbours: z.int(),
  /** Places directly in it. */
  contains: z.int(),
});
type PlaceAnswer = z.output<typeof placeAnswer>;

const placesAnswer = z.object({
  total: z.int(),
  /** The place looked into; null: the top. */
  here: placeAnswer.nullable(),
  above: z.array(z.object({ code: z.string(), name: z.string() })),
  places: z.array(placeAnswer.extend({ shape: z.unknown() })),
});
type PlacesAnswer = z.output<typeof placesAnswer>;

const list = read({
  path: '/reporting/places',
  summary: 'The places directly in one place, or at the top, with their shapes',
  for: readers,
  query: z.object({ in: z.string().max(60).optional() }),
  answer: placesAnswer,
  async handle({ reader }, { query }) {
    const all = await store.listPlaces(reader);
    const tree = plantTree(all);
    const neighbours = await store.countNeighbours(reader);
    const here = query.in === undefined ? undefined : all.find(({ code }) => code === query.in);
    if (query.in !== undefined && !here) throw problem.notFound({ what: 'place' });
    const describe = (place: Place) =>
      describePlace(place, neighbours.get(place.id) ?? 0, tree.childrenOf(place.id).length);
    const shown = (here ? tree.childrenOf(here.id) : tree.roots).toSorted(byName);
    const shapes = await store.listShapesOf(
      reader,
      shown.map(({ id }) => id),
    );
    return {
      total: all.length,
      here: here ? describe(here) : null,
      above: here ? tree.above(here.id).map(({ code, name }) => ({ code, name })) : [],
      places: shown.map((place) => ({ ...describe(place), shape: shapes.get(place.id) ?? null })),
    };
  },
  page: (answer, view) => placesPage(answer, view),
});

const describePlace = (place: Place, neighbours: number, contains: number): PlaceAnswer => ({
  code: place.code,
  name: place.name,
  kind: place.kind,
  level: place.level,
  parent: place.parent ?? null,
  latitude: place.point?.latitude ?? null,
  longitude: place.point?.longitude ?? null,
  population: place.population ?? null,
  validFrom: place.validFrom ?? null,
  validUntil: place.validUntil ?? null,
  neighbours,
  contains,
});

const listCsv = raw({
  path: '/reporting/places.csv',
  summary: 'All places, as they can be imported again',
  for: readers,
  contentTypes: ['text/csv'],
  async handle({ reader }) {
    const all = await store.listPlaces(reader);
    const tree = plantTree(all);
    // Each after the one it lies in.
    const ordered = tree.roots.flatMap(({ id }) => tree.within(id));
    const header = ['code', 'name', 'parent', 'level', 'kind', 'latitude', 'longitude', 'population', 'since', 'until'];
    const rows = ordered.map(({ code, name, parent, level, kind, point, population, validFrom, validUntil }) => [
      code,
      name,
      parent,
      level,
      kind,
      point?.latitude,
      point?.longitude,
      population,
      validFrom,
      validUntil,
    ]);
    return { contentType: 'text/csv; charset=utf-8', body: formatCsv(header, rows), fileName: 'places.csv' };
  },
});

export const placesEndpoints: readonly Endpoint[] = [list, listCsv];

function placesPage(answer: PlacesAnswer, view: View): Page {
  const { t } = view;
  const { here, above, places, total } = answer;
  const path = (code: string): string => `/reporting/places?in=${encodeURIComponent(code)}`;
  const crumbs = [reportingCrumb(view), ...(here ? [{ path: '/reporting/places', label: t('reporting.places') }] : [])];
  const columns: readonly Column<PlaceAnswer>[] = [
    {
      key: 'name',
      header: t('reporting.name'),
      cell: ({ code, name, contains }) =>
        contains > 0 ? <a href={path(code)}>{<Name>{name}</Name>}</a> : <Name>{name}</Name>,
    },
    { key: 'code', header: t('reporting.code'), cell: ({ code }) => <bdi>{code}</bdi> },
    { key: 'kind', header: t('reporting.kind'), cell: ({ kind }) => t(`reporting.kind-${kind}`) },
    {
      key: 'population',
      header: t('reporting.population'),
      numeric: true,
      cell: ({ population }) => (population === null ? t('reporting.unknown') : formatNumber(view, population)),
    },
    {
      key: 'neighbours',
      header: t('reporting.neighbours'),
      numeric: true,
      cell: ({ neighbours }) => formatNumber(view, neighbours),
    },
    {
      key: 'contains',
      header: t('reporting.contains'),
      numeric: true,
      cell: ({ contains }) => formatNumber(view, contains),
    },
  ];
  return {
    title: here ? here.name : t('reporting.places'),
    wide: true,
    breadcrumbs: [...crumbs, ...above.map(({ code, name }) => ({ path: path(code), label: name }))],
    body: (
      <>
        <Rooms view={view} />
        {total === 0 ? (
          <Notice title={t('reporting.no-places')}>
            <p>
              {t('reporting.no-places-why')}{' '}
              {isManager(view) ? <a href="/reporting/send?content=places">{t('reporting.send-places')}</a> : null}
            </p>
          </Notice>
        ) : null}
        {here ? <Here view={view} place={here} /> : null}
        {total > 0 ? (
          <Table
            view={view}
            id="places"
            caption={t('reporting.places-here', { count: places.length })}
            columns={columns}
            rows={places}
            data={{ csv: '/reporting/places.csv', json: `/api${view.path}` }}
          />
        ) : null}
        {places.some(({ shape, latitude }) => shape !== null || latitude !== null) ? (
          <Shapes view={view} places={places} />
        ) : null}
        {isManager(view) && total > 0 ? (
          <p>
            <a href="/reporting/send?content=places">{t('reporting.send-places')}</a>
          </p>
        ) : null}
      </>
    ),
  };
}

function Here({ view, place }: { readonly view: View; readonly place: PlaceAnswer }): JSX.Element {
  const { t } = view;
  const span = [place.validFrom, place.validUntil].map((date) => date ?? '…').join(' – ');
  return (
    <Facts
      facts={[
        { label: t('reporting.code'), value: <bdi>{place.code}</bdi> },
        { label: t('reporting.kind'), value: t(`reporting.kind-${place.kind}`) },
        { label: t('reporting.level'), value: formatNumber(view, place.level) },
        {
          label: t('reporting.population'),
          value: place.population === null ? t('reporting.unknown') : formatNumber(view, place.population),
        },
        ...(place.validFrom === null && place.validUntil === null
          ? []
          : [{ label: t('reporting.exists'), value: <bdi>{span}</bdi> }]),
      ]}
    />
  );
}

function Shapes({ view, places }: { readonly view: View; readonly places: PlacesAnswer['places'] }): JSX.Element {
  const { t } = view;
  return (
    <PlaceMap
      view={view}
      id="map"
      title={t('reporting.population')}
      valueLabel={t('reporting.population')}
      places={places.map(({ name, shape, latitude, longitude, population }) => ({
        name,
        geometry:
          (shape as never) ??
          (latitude === null || longitude === null ? undefined : { type: 'Point', coordinates: [longitude, latitude] }),
        value: population ?? undefined,
      }))}
      sentence={t('reporting.map-sentence')}
      data={{ csv: '/reporting/places.csv', json: `/api${view.path}` }}
    />
  );
}
