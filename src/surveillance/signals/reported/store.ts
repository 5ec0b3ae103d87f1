/** What reporting keeps (migration 0004), as detection and its pages read it. A signal is about an area: what the facilities in it report is put together here. */
import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { PeriodKind, PlainDate } from '../../../period.ts';
import type { Geometry } from '../../../ui/map-geometry.ts';
import type { IndicatorFacts, PlaceFacts, PlaceShape } from '../reported.ts';

interface IndicatorColumns {
  readonly id: number;
  readonly code: string;
  readonly names: Readonly<Record<string, string>>;
  readonly icd10: string | null;
  readonly icd11: string | null;
  readonly period_kind: PeriodKind;
  readonly is_immediate: boolean;
}

/** Of these, or all. */
export async function listIndicators(
  reader: Reader,
  ids?: readonly number[],
): Promise<ReadonlyMap<number, IndicatorFacts>> {
  const { rows } = await sql<IndicatorColumns>`
    select id, code, names, icd10, icd11, period_kind, is_immediate from indicators
    where ${ids === undefined ? sql`true` : sql`id = any (${ids}::int[])`} order by code`.execute(reader);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        code: row.code,
        names: row.names,
        icd10: row.icd10 ?? undefined,
        icd11: row.icd11 ?? undefined,
        periodKind: row.period_kind,
        isImmediate: row.is_immediate,
      },
    ]),
  );
}

interface PlaceColumns {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly level: number;
  readonly population: number | null;
}

const toPlace = (row: PlaceColumns): PlaceFacts => ({
  id: row.id,
  code: row.code,
  name: row.name,
  level: row.level,
  population: row.population ?? undefined,
});

/** Of these, or every area. */
export async function listPlaces(reader: Reader, ids?: readonly number[]): Promise<ReadonlyMap<number, PlaceFacts>> {
  const { rows } = await sql<PlaceColumns>`
    select id, code, name, level, population from places
    where ${ids === undefined ? sql`kind = 'area'` : sql`id = any (${ids}::int[])`} order by code`.execute(reader);
  return new Map(rows.map((row) => [row.id, toPlace(row)]));
}

interface ShapeColumns extends PlaceColumns {
  readonly shape: Geometry | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

const toShape = (row: ShapeColumns): PlaceShape => ({
  ...toPlace(row),
  geometry:
    row.shape ??
    (row.longitude === null || row.latitude === null
      ? undefined
      : { type: 'Point', coordinates: [row.longitude, row.latitude] }),
});

/** The areas around one on the map: those with the same parent, and its neighbours wherever they lie. */
export async function listPlacesAround(reader: Reader, place: number): Promise<readonly PlaceShape[]> {
  const { rows } = await sql<ShapeColumns>`
    select id, code, name, level, population, shape, latitude, longitude from places
    where kind = 'area' and (
      id = ${place}
      or parent_id = (select parent_id from places where id = ${place})
      or id in (select neighbour_id from place_neighbours where place_id = ${place})
      or id in (select place_id from place_neighbours where neighbour_id = ${place}))
    order by code limit 400`.execute(reader);
  return rows.map(toShape);
}

export async function listShapes(reader: Reader, ids: readonly number[]): Promise<readonly PlaceShape[]> {
  const { rows } = await sql<ShapeColumns>`
    select id, code, name, level, population, shape, latitude, longitude from places
    where id = any (${ids}::int[]) order by code`.execute(reader);
  return rows.map(toShape);
}

/** Neighbours of each place, both ways. */
export async function listNeighbours(
  reader: Reader,
  places: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await sql<{ readonly place: number; readonly neighbour: number }>`
    select place_id as place, neighbour_id as neighbour from place_neighbours where place_id = any (${places}::int[])
    union all
    select neighbour_id, place_id from place_neighbours where neighbour_id = any (${places}::int[])
    order by 1, 2`.execute(reader);
  const groups = Map.groupBy(rows, ({ place }) => place);
  return new Map([...groups].map(([place, pairs]) => [place, pairs.map(({ neighbour }) => neighbour)]));
}

export interface ChangedSeries {
  readonly indicatorId: number;
  readonly placeId: number;
  readonly since: PlainDate;
  readonly population: number | undefined;
}

/** Indicators of which series have changed. */
export async function listChangedIndicators(reader: Reader): Promise<readonly number[]> {
  const { rows } = await sql<{ readonly indicator_id: number }>`
    select distinct series.indicator_id from changed_series join series on series.id = changed_series.series_id
    where changed_series.party_id = current_party() order by 1`.execute(reader);
  return rows.map(({ indicator_id }) => indicator_id);
}

/**
 * Takes up to `limit` series of an indicator out of the list of those that have changed; other workers go on with others. Several facilities
 * of one area are one change.
 */
export async function takeChangedSeries(
  tx: Tx,
  indicator: number,
  limit: number,
): Promise<{ readonly taken: number; readonly changed: readonly ChangedSeries[] }> {
  const { rows } = await sql<{
    readonly area_id: number;
    readonly since: PlainDate;
    readonly population: number | null;
    readonly members: number;
  }>`
    with taken as (
      delete from changed_series where series_id in (
        select changed_series.series_id from series join changed_series on changed_series.series_id = series.id
        where series.indicator_id = ${indicator} and changed_series.party_id = current_party()
        order by series.place_id limit ${limit} for update of changed_series skip locked)
      returning series_id, since)
    select coalesce(judged.area_id, series.place_id) as area_id, min(taken.since) as since, max(area.population) as population,
      count(*)::int as members
    from taken
      join series on series.id = taken.series_id
      join indicators on indicators.id = series.indicator_id
      left join place_areas judged on judged.place_id = series.place_id and indicators.aggregation <> 'none'
      join places area on area.id = coalesce(judged.area_id, series.place_id)
    group by 1 order by 1`.execute(tx.db);
  return {
    taken: rows.reduce((sum, { members }) => sum + members, 0),
    changed: rows.map((row) => ({
      indicatorId: indicator,
      placeId: row.area_id,
      since: row.since,
      population: row.population ?? undefined,
    })),
  };
}

/**
 * Takes up to `limit` areas whose sum of what lies below has changed. What lies below them was judged before, in the transaction that
 * listed them here.
 */
export async function takeChangedAreas(tx: Tx, limit: number): Promise<readonly ChangedSeries[]> {
  const { rows } = await sql<{
    readonly indicator_id: number;
    readonly area_id: number;
    readonly since: PlainDate;
    readonly population: number | null;
  }>`
    with taken as (
      delete from changed_areas where (indicator_id, area_id) in (
        select indicator_id, area_id from changed_areas where party_id = current_party()
        order by indicator_id, area_id limit ${limit} for update skip locked)
      returning indicator_id, area_id, since)
    select taken.indicator_id, taken.area_id, taken.since, places.population
    from taken join places on places.id = taken.area_id order by 1, 2`.execute(tx.db);
  return rows.map((row) => ({
    indicatorId: row.indicator_id,
    placeId: row.area_id,
    since: row.since,
    population: row.population ?? undefined,
  }));
}

/**
 * Lists the areas around changed ones for which the numbers add up, up to the first that reports by itself. Of indicators whose numbers say
 * nothing about the area above, none.
 */
export async function markAreasAbove(tx: Tx, party: PartyId, changed: readonly ChangedSeries[]): Promise<void> {
  if (changed.length === 0) return;
  const json = JSON.stringify(
    changed.map(({ indicatorId, placeId, since }) => ({ indicator_id: indicatorId, area_id: placeId, since })),
  );
  await sql`
    with recursive changed as (
      select changed.* from jsonb_to_recordset(${json}::jsonb) as changed (indicator_id int, area_id int, since date)
        join indicators on indicators.id = changed.indicator_id where indicators.aggregation <> 'none'),
    reporting as (
      select distinct series.indicator_id, judged.area_id from series join place_areas judged on judged.place_id = series.place_id
      where series.indicator_id in (select indicator_id from changed)),
    above (indicator_id, area_id, since) as (
      select changed.indicator_id, places.parent_id, changed.since
        from changed join places on places.id = changed.area_id where places.parent_id is not null
      union
      select above.indicator_id, places.parent_id, above.since from above join places on places.id = above.area_id
        where places.parent_id is not null
          and not exists (select from reporting where reporting.indicator_id = above.indicator_id and reporting.area_id = above.area_id))
    insert into changed_areas (indicator_id, area_id, party_id, since)
    select indicator_id, area_id, ${party}, min(since) from above
    where not exists (select from reporting where reporting.indicator_id = above.indicator_id and reporting.area_id = above.area_id)
    group by indicator_id, area_id order by indicator_id, area_id
    on conflict (indicator_id, area_id) do update set since = least(changed_areas.since, excluded.since)`.execute(
    tx.db,
  );
}

/** Everything of an indicator is looked at again, because the way it is watched has changed. */
export async function markIndicatorChanged(tx: Tx, indicator: number, since: PlainDate): Promise<void> {
  await sql`
    insert into changed_series (series_id, party_id, since)
    select id, party_id, ${since}::date from series where indicator_id = ${indicator}
    on conflict (series_id) do update set since = least(changed_series.since, excluded.since)`.execute(tx.db);
}

export async function markEverythingChanged(tx: Tx): Promise<void> {
  await sql`
    insert into changed_series (series_id, party_id, since) select id, party_id, date '1900-01-01' from series
    on conflict (series_id) do update set since = excluded.since`.execute(tx.db);
}

export async function countChangedSeries(reader: Reader): Promise<number> {
  const row = await reader
    .selectFrom('changed_series')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** First day of the latest period that anybody has reported, by indicator. */
export async function listLatestPeriods(
  reader: Reader,
  indicators: readonly number[],
): Promise<ReadonlyMap<number, PlainDate>> {
  // One step down the primary key for each series, rather than a walk over all observations.
  const { rows } = await sql<{ readonly indicator_id: number; readonly latest: PlainDate }>`
    select series.indicator_id, max(newest.period_start) as latest
    from series cross join lateral (
      select period_start from observations where series_id = series.id and value is not null order by period_start desc limit 1) newest
    where series.indicator_id = any (${indicators}::int[])
    group by 1`.execute(reader);
  return new Map(rows.map(({ indicator_id, latest }) => [indicator_id, latest]));
}

export interface ReportedValue {
  readonly value: number;
  /** Places that make it up. */
  readonly places: number;
}

export interface AreaValues {
  readonly byPeriod: ReadonlyMap<PlainDate, ReportedValue>;
  /** Places that have ever reported the indicator here. */
  readonly places: number;
}

/**
 * One indicator in several areas. An area's own number counts; where it has none, what its facilities reported is added up, or the highest
 * taken, as the indicator says; and where neither it nor its facilities ever report, the uppermost areas inside it that do. A value that was
 * taken back is missing.
 */
export async function listValues(
  reader: Reader,
  indicator: number,
  areas: readonly number[],
  from: PlainDate,
  until: PlainDate,
): Promise<ReadonlyMap<number, AreaValues>> {
  const own = await listOwnValues(reader, indicator, areas, from, until);
  const others = areas.filter((area) => !own.has(area));
  const parts = await listReportingInside(reader, indicator, others);
  if (parts.size === 0) return own;
  return new Map([...own, ...(await listSums(reader, indicator, parts, from, until))]);
}

/** Below this share of the places that have begun to report, a sum says little about the area and is missing. */
const leastReporting = 0.8;

/** Of each area what the areas in it reported, put together as the indicator says: a thousand series become one before they are read. */
async function listSums(
  reader: Reader,
  indicator: number,
  parts: ReadonlyMap<number, readonly number[]>,
  from: PlainDate,
  until: PlainDate,
): Promise<ReadonlyMap<number, AreaValues>> {
  const pairs = JSON.stringify([...parts].flatMap(([top, members]) => members.map((area) => ({ top, area }))));
  const { rows } = await sql<{
    readonly top: number;
    readonly period_start: PlainDate;
    readonly value: number;
    readonly places: number;
    readonly begun: number;
  }>`
    with parts as materialized (select * from jsonb_to_recordset(${pairs}::jsonb) as parts (top int, area int)),
    members as (
      select series.id, series.place_id, coalesce(judged.area_id, series.place_id) as area_id, indicators.aggregation
      from series
        join indicators on indicators.id = series.indicator_id
        left join place_areas judged on judged.place_id = series.place_id and indicators.aggregation <> 'none'
      where series.indicator_id = ${indicator} and coalesce(judged.area_id, series.place_id) in (select area from parts)),
    reported as materialized (
      select members.area_id, observations.period_start, min(members.aggregation) as aggregation,
        coalesce(max(value) filter (where members.place_id = members.area_id),
          case min(members.aggregation) when 'highest' then max(value) else sum(value) end)::float8 as value
      from members
        join observations on observations.series_id = members.id
          and observations.period_start between ${from}::date and ${until}::date and observations.value is not null
      group by members.area_id, observations.period_start),
    begun as materialized (
      select parts.top, min(reported.period_start) as since
      from reported join parts on parts.area = reported.area_id group by parts.top, reported.area_id),
    sums as (
      select parts.top, reported.period_start, count(*)::int as places,
        case min(reported.aggregation) when 'highest' then max(reported.value) else sum(reported.value) end as value
      from reported join parts on parts.area = reported.area_id group by parts.top, reported.period_start)
    select sums.*, (select count(*) from begun where begun.top = sums.top and begun.since <= sums.period_start)::int as begun
    from sums`.execute(reader);
  const groups = Map.groupBy(rows, ({ top }) => top);
  return new Map(
    [...parts].map(([top, members]) => [
      top,
      {
        places: members.length,
        byPeriod: new Map(
          (groups.get(top) ?? [])
            .filter(({ places, begun }) => places >= leastReporting * begun)
            .map(({ period_start, value, places }) => [period_start, { value, places }] as const),
        ),
      },
    ]),
  );
}

/** For each area the uppermost areas inside it that report, themselves or by their facilities; none for numbers that do not add up. */
async function listReportingInside(
  reader: Reader,
  indicator: number,
  areas: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (areas.length === 0) return new Map();
  const { rows } = await sql<{ readonly top: number; readonly area: number }>`
    with recursive reporting as materialized (
      select distinct judged.area_id from series join indicators on indicators.id = series.indicator_id
        join place_areas judged on judged.place_id = series.place_id
      where series.indicator_id = ${indicator} and indicators.aggregation <> 'none'),
    below (top, area) as (
      select parent_id, id from places where parent_id = any (${areas}::int[]) and kind = 'area'
      union
      select below.top, places.id from below join places on places.parent_id = below.area and places.kind = 'area'
      where below.area not in (select area_id from reporting))
    select top, area from below where area in (select area_id from reporting) order by 1, 2`.execute(reader);
  const groups = Map.groupBy(rows, ({ top }) => top);
  return new Map([...groups].map(([top, group]) => [top, group.map(({ area }) => area)]));
}

async function listOwnValues(
  reader: Reader,
  indicator: number,
  areas: readonly number[],
  from: PlainDate,
  until: PlainDate,
): Promise<ReadonlyMap<number, AreaValues>> {
  const { rows } = await sql<{
    readonly area_id: number;
    readonly period_start: PlainDate | null;
    readonly value: number | null;
    readonly places: number;
    readonly known: number;
  }>`
    with members as (
      select series.id, series.place_id, coalesce(judged.area_id, series.place_id) as area_id, indicators.aggregation
      from series
        join indicators on indicators.id = series.indicator_id
        left join place_areas judged on judged.place_id = series.place_id and indicators.aggregation <> 'none'
      where series.indicator_id = ${indicator} and coalesce(judged.area_id, series.place_id) = any (${areas}::int[])),
    sizes as (select area_id, count(*)::int as places from members group by 1)
    select members.area_id, observations.period_start, sizes.places, count(observations.value)::int as known,
      coalesce(max(value) filter (where members.place_id = members.area_id),
        case min(members.aggregation) when 'highest' then max(value) else sum(value) end)::float8 as value
    from members join sizes using (area_id)
      left join observations on observations.series_id = members.id
        and observations.period_start between ${from}::date and ${until}::date and observations.value is not null
    group by members.area_id, observations.period_start, sizes.places`.execute(reader);
  const groups = Map.groupBy(rows, ({ area_id }) => area_id);
  return new Map(
    [...groups].map(([area, group]) => [
      area,
      {
        places: group[0]?.places ?? 0,
        byPeriod: new Map(
          group.flatMap(({ period_start, value, known }) =>
            period_start === null || value === null ? [] : [[period_start, { value, places: known }] as const],
          ),
        ),
      },
    ]),
  );
}

/** By indicator, the areas that report it and lie in no other area that does; only of indicators whose numbers add up. */
export async function listUppermostAreas(
  reader: Reader,
  indicators: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await sql<{ readonly indicator_id: number; readonly area_id: number }>`
    with recursive reporting as (
      select distinct series.indicator_id, judged.area_id
      from series join indicators on indicators.id = series.indicator_id join place_areas judged on judged.place_id = series.place_id
      where indicators.aggregation = 'sum' and indicators.id = any (${indicators}::int[])),
    above (place_id, ancestor_id) as (
      select id, parent_id from places where id in (select area_id from reporting) and parent_id is not null
      union
      select above.place_id, places.parent_id from above join places on places.id = above.ancestor_id where places.parent_id is not null)
    select reporting.indicator_id, reporting.area_id from reporting
    where not exists (
      select from above join reporting upper on upper.area_id = above.ancestor_id and upper.indicator_id = reporting.indicator_id
      where above.place_id = reporting.area_id)
    order by 1, 2`.execute(reader);
  const groups = Map.groupBy(rows, ({ indicator_id }) => indicator_id);
  return new Map([...groups].map(([indicator, group]) => [indicator, group.map(({ area_id }) => area_id)]));
}

/** What the sender of a rumour wrote. Who it was stays where it was received. */
export async function findRumourText(reader: Reader, submission: number): Promise<string | undefined> {
  const { rows } = await sql<{ readonly what: string }>`
    select what from rumours where submission_id = ${submission}`.execute(reader);
  return rows[0]?.what;
}

/** For each area the one it lies in. */
export async function listParents(reader: Reader): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ readonly id: number; readonly parent_id: number }>`
    select id, parent_id from places where kind = 'area' and parent_id is not null`.execute(reader);
  return new Map(rows.map(({ id, parent_id }) => [id, parent_id]));
}

export interface ReportingArea {
  readonly area: number;
  readonly total: number;
  /** What the total is of; of none it is not zero, but not known. */
  readonly reports: number;
}

/** Areas that report an indicator, themselves or by their facilities, with what they reported since that day, the largest first. */
export async function listReportingAreas(
  reader: Reader,
  indicator: number,
  since: PlainDate,
): Promise<readonly ReportingArea[]> {
  const { rows } = await sql<ReportingArea>`
    select judged.area_id as area, coalesce(sum(observations.value), 0)::float8 as total,
      count(observations.value)::int as reports
    from series join place_areas judged on judged.place_id = series.place_id
      left join observations on observations.series_id = series.id and observations.period_start >= ${since}::date
    where series.indicator_id = ${indicator} group by 1 order by 2 desc, 1`.execute(reader);
  return rows;
}
