import { sql, type Generated, type RawBuilder } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { PeriodKind, PlainDate } from '../../../period.ts';
import { encodeIntArray } from '../import/int-arrays.ts';

declare module '../../../db/schema.ts' {
  interface Tables {
    series: { id: Generated<number>; party_id: PartyId; indicator_id: number; place_id: number };
    submission_series: {
      submission_id: number;
      series_id: number;
      party_id: PartyId;
      accepted: Generated<number>;
      changed: Generated<number>;
      first_period: PlainDate;
      last_period: PlainDate;
    };
    observations: {
      series_id: number;
      period_start: PlainDate;
      value: number | null;
      submission_id: number;
      party_id: PartyId;
    };
    observation_revisions: {
      series_id: number;
      period_start: PlainDate;
      replaced_order: Generated<number>;
      value: number | null;
      submission_id: number;
      replaced_by: number;
      party_id: PartyId;
    };
  }
}

export interface SeriesKey {
  readonly indicatorId: number;
  readonly placeId: number;
}

/** The ids of these series, in their order; those that do not exist yet are made. */
export async function ensureSeries(tx: Tx, party: PartyId, keys: readonly SeriesKey[]): Promise<readonly number[]> {
  const indicators = encodeIntArray(Int32Array.from(keys, ({ indicatorId }) => indicatorId));
  const places = encodeIntArray(Int32Array.from(keys, ({ placeId }) => placeId));
  const wanted = sql`unnest(${indicators}::int4[], ${places}::int4[]) with ordinality as wanted (indicator_id, place_id, position)`;
  await sql`insert into series (party_id, indicator_id, place_id)
    select ${party}, indicator_id, place_id from ${wanted} order by 2, 3
    on conflict (indicator_id, place_id) do nothing`.execute(tx.db);
  const { rows } = await sql<{ id: number }>`select series.id from ${wanted}
    join series using (indicator_id, place_id) order by position`.execute(tx.db);
  return rows.map(({ id }) => id);
}

/** A table of this transaction, in which a file's values wait until all of them are known. */
export async function createIncoming(tx: Tx): Promise<void> {
  await sql`create temporary table incoming (
    row_no integer not null, series_id integer not null, period_start date not null, value integer not null
  ) on commit drop`.execute(tx.db);
  // Sorting and hashing a million rows of twenty bytes in memory rather than on the disk.
  await sql`select set_config('work_mem', '64MB', true)`.execute(tx.db);
}

export interface IncomingRows {
  readonly rows: Int32Array;
  readonly series: Int32Array;
  /** First days of the periods, counted from 1970-01-01. */
  readonly days: Int32Array;
  readonly values: Int32Array;
  readonly length: number;
}

export async function appendIncoming(tx: Tx, { rows, series, days, values, length }: IncomingRows): Promise<void> {
  const [row, id, day, value] = [rows, series, days, values].map((numbers) => encodeIntArray(numbers, length));
  await sql`insert into incoming select row_no, series_id, date '1970-01-01' + day, value
    from unnest(${row}::int4[], ${id}::int4[], ${day}::int4[], ${value}::int4[]) as batch (row_no, series_id, day, value)`.execute(
    tx.db,
  );
}

export interface RepeatedValue {
  readonly row: number;
  readonly indicator: string;
  readonly place: string;
  readonly period: PlainDate;
  readonly value: number;
}

/**
 * One value for each series and period is left in `incoming`, or none where the file contradicts itself: then nobody can say which
 * was meant: those go to `onContradiction`.
 */
export async function removeRepeated(
  tx: Tx,
  onContradiction: (values: readonly RepeatedValue[]) => Promise<void>,
): Promise<void> {
  await sql`analyze incoming`.execute(tx.db);
  const { numAffectedRows } = await sql`create temporary table repeated on commit drop as
    select series_id, period_start, min(row_no) as first_row, min(value) <> max(value) as contradicts
    from incoming group by series_id, period_start having count(*) > 1`.execute(tx.db);
  if (numAffectedRows === 0n) {
    await sql`drop table repeated`.execute(tx.db);
    return;
  }
  await sql`declare contradictions no scroll cursor for
    select row_no as "row", indicators.code as indicator, places.code as place, period_start as period, value
    from incoming join repeated using (series_id, period_start)
    join series on series.id = series_id join indicators on indicators.id = indicator_id join places on places.id = place_id
    where contradicts order by row_no, indicators.code, places.code`.execute(tx.db);
  for (;;) {
    const { rows } = await sql<RepeatedValue>`fetch 5000 from contradictions`.execute(tx.db);
    if (rows.length === 0) break;
    await onContradiction(rows);
  }
  await sql`close contradictions`.execute(tx.db);
  await sql`delete from incoming using repeated
    where incoming.series_id = repeated.series_id and incoming.period_start = repeated.period_start and contradicts`.execute(
    tx.db,
  );
  await sql`delete from incoming using repeated
    where incoming.series_id = repeated.series_id and incoming.period_start = repeated.period_start and row_no <> first_row`.execute(
    tx.db,
  );
  await sql`drop table repeated`.execute(tx.db);
}

export interface SeriesSpan {
  readonly seriesId: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Before its observations, which refer to it. */
export async function insertSubmissionSeries(
  tx: Tx,
  party: PartyId,
  submission: number,
  spans: readonly SeriesSpan[],
): Promise<void> {
  const [ids, first, last] = [
    spans.map(({ seriesId }) => seriesId),
    spans.map(({ firstDay }) => firstDay),
    spans.map(({ lastDay }) => lastDay),
  ].map((numbers) => encodeIntArray(Int32Array.from(numbers)));
  await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
    select ${submission}, series_id, ${party}, date '1970-01-01' + first_day, date '1970-01-01' + last_day
    from unnest(${ids}::int4[], ${first}::int4[], ${last}::int4[]) as span (series_id, first_day, last_day)`.execute(
    tx.db,
  );
}

export interface ChangedSeries {
  readonly seriesId: number;
  readonly accepted: number;
  readonly changed: number;
  /** First day of the earliest period that differs from before. */
  readonly since: PlainDate;
}

export const incomingTable: RawBuilder<unknown> = sql`incoming`;

/** Given values as a source for `mergeObservations`; null takes a value back. */
export function givenValues(
  values: readonly { readonly seriesId: number; readonly period: PlainDate; readonly value: number | null }[],
): RawBuilder<unknown> {
  const json = JSON.stringify(
    values.map(({ seriesId, period, value }) => ({ series_id: seriesId, period_start: period, value })),
  );
  return sql`jsonb_to_recordset(${json}::jsonb) as incoming (series_id integer, period_start date, value integer)`;
}

/**
 * Writes what differs from what is held, and only that; a value said again stays where it came from. Rows go in by key, so that two of
 * these cannot wait for each other; where another transaction writes the same observation, the later one is a revision of it.
 */
export async function mergeObservations(
  tx: Tx,
  party: PartyId,
  submission: number,
  source: RawBuilder<unknown>,
): Promise<readonly ChangedSeries[]> {
  const { rows } = await sql<{ seriesId: number; written: number; since: PlainDate }>`with written as (
      insert into observations as held (series_id, period_start, value, submission_id, party_id)
      select series_id, period_start, value, ${submission}::integer, ${party}::uuid from ${source}
      where not exists (
        select from observations as same where same.series_id = incoming.series_id
          and same.period_start = incoming.period_start and same.value is not distinct from incoming.value
      )
      order by series_id, period_start
      on conflict (series_id, period_start) do update set value = excluded.value, submission_id = excluded.submission_id
        where held.value is distinct from excluded.value
      returning series_id, period_start
    )
    select series_id as "seriesId", count(*)::integer as written, min(period_start) as since from written group by series_id`.execute(
    tx.db,
  );
  const replaced = await sql<{
    seriesId: number;
    changed: number;
  }>`select series_id as "seriesId", count(*)::integer as changed
    from observation_revisions where replaced_by = ${submission} group by series_id`.execute(tx.db);
  const changed = new Map(replaced.rows.map((row) => [row.seriesId, row.changed]));
  return rows.map(({ seriesId, written, since }) => {
    const ofThem = changed.get(seriesId) ?? 0;
    return { seriesId, accepted: written - ofThem, changed: ofThem, since };
  });
}

/** What came of it, for the submission's page; and what detection has to look at, which takes it from `changed_series` (signals/detect-job.ts). */
export async function recordChanges(
  tx: Tx,
  party: PartyId,
  submission: number,
  changes: readonly ChangedSeries[],
): Promise<void> {
  const [ids, accepted, changed] = [
    changes.map(({ seriesId }) => seriesId),
    changes.map((change) => change.accepted),
    changes.map((change) => change.changed),
  ].map((numbers) => encodeIntArray(Int32Array.from(numbers)));
  await sql`update submission_series set accepted = change.accepted, changed = change.changed
    from unnest(${ids}::int4[], ${accepted}::int4[], ${changed}::int4[]) as change (series_id, accepted, changed)
    where submission_id = ${submission} and submission_series.series_id = change.series_id`.execute(tx.db);
  const since = changes.map((change) => change.since);
  await sql`insert into changed_series (series_id, party_id, since)
    select series_id, ${party}, since from unnest(${ids}::int4[], ${since}::date[]) as change (series_id, since) order by series_id
    on conflict (series_id) do update set since = least(changed_series.since, excluded.since)`.execute(tx.db);
}

export interface Held {
  readonly period: PlainDate;
  readonly placeId: number;
  /** Null: reported and taken back. */
  readonly value: number | null;
  readonly submissionId: number;
}

export interface ObservationFilter {
  readonly indicatorId: number;
  readonly placeIds: readonly number[];
  readonly first: PlainDate;
  readonly last: PlainDate;
}

/** What is held now, by place and period. */
export async function listObservations(
  reader: Reader,
  { indicatorId, placeIds, first, last }: ObservationFilter,
): Promise<readonly Held[]> {
  return reader
    .selectFrom('observations')
    .innerJoin('series', 'series.id', 'observations.series_id')
    .select(['period_start as period', 'series.place_id as placeId', 'value', 'submission_id as submissionId'])
    .where('series.indicator_id', '=', indicatorId)
    .where('series.place_id', '=', sql<number>`any(${encodeIntArray(Int32Array.from(placeIds))}::int4[])`)
    .where('period_start', '>=', first)
    .where('period_start', '<=', last)
    .orderBy('placeId')
    .orderBy('period')
    .execute();
}

/**
 * What was held at an instant. A value counts from the moment its submission was known until the moment the submission that replaced it was.
 * Two submissions may overtake each other, known in one order and committed in the other; then the later commit is
 * what counts from either moment on, as it does today.
 */
export async function listObservationsAsOf(
  reader: Reader,
  { indicatorId, placeIds, first, last }: ObservationFilter,
  asOf: Date,
): Promise<readonly Held[]> {
  const places = encodeIntArray(Int32Array.from(placeIds));
  const { rows } = await sql<Held>`with wanted as (
      select id, place_id from series where indicator_id = ${indicatorId} and place_id = any(${places}::int4[])
    ), versions as (
      select observations.series_id, period_start, value, submission_id, known_at, null::timestamptz as replaced_at, null::bigint as replaced_order
      from observations join wanted on wanted.id = series_id join submissions on submissions.id = submission_id
      where period_start between ${first} and ${last}
      union all
      select r.series_id, r.period_start, r.value, r.submission_id, source.known_at, replacing.known_at, r.replaced_order
      from observation_revisions as r join wanted on wanted.id = r.series_id
      join submissions as source on source.id = r.submission_id join submissions as replacing on replacing.id = r.replaced_by
      where r.period_start between ${first} and ${last}
    )
    select distinct on (place_id, period_start)
      period_start as period, place_id as "placeId", value, submission_id as "submissionId"
    from versions join wanted on wanted.id = versions.series_id
    where known_at <= ${asOf} and (replaced_at is null or replaced_at > ${asOf})
    order by place_id, period_start, replaced_order desc nulls first`.execute(reader);
  return rows;
}

export interface Version {
  readonly value: number | null;
  readonly submissionId: number;
  readonly knownAt: Date;
}

/** All that was ever held for one observation, the latest first. */
export async function listVersions(reader: Reader, key: SeriesKey, period: PlainDate): Promise<readonly Version[]> {
  const { rows } = await sql<Version>`select value, submission_id as "submissionId", known_at as "knownAt" from (
      select series_id, value, submission_id, null::bigint as replaced_order from observations where period_start = ${period}
      union all
      select series_id, value, submission_id, replaced_order from observation_revisions where period_start = ${period}
    ) as versions
    join series on series.id = versions.series_id join submissions on submissions.id = submission_id
    where indicator_id = ${key.indicatorId} and place_id = ${key.placeId}
    order by replaced_order desc nulls first`.execute(reader);
  return rows;
}

/** Places for which anything was ever reported. */
export async function listReportingPlaceIds(reader: Reader): Promise<ReadonlySet<number>> {
  const rows = await reader.selectFrom('series').select('place_id').distinct().execute();
  return new Set(rows.map((row) => row.place_id));
}

/** First days of the earliest and latest period that anything was ever held for. */
export async function findExtent(
  reader: Reader,
  key: SeriesKey,
): Promise<{ readonly earliest: PlainDate; readonly latest: PlainDate } | undefined> {
  const row = await reader
    .selectFrom('observations')
    .innerJoin('series', 'series.id', 'observations.series_id')
    .select((eb) => [eb.fn.min('period_start').as('earliest'), eb.fn.max('period_start').as('latest')])
    .where('indicator_id', '=', key.indicatorId)
    .where('place_id', '=', key.placeId)
    .executeTakeFirst();
  return row?.earliest == null || row.latest == null ? undefined : { earliest: row.earliest, latest: row.latest };
}

export interface ExportedObservation {
  readonly kind: PeriodKind;
  readonly period: PlainDate;
  readonly place: string;
  readonly indicator: string;
  readonly value: number | null;
  readonly knownAt: Date;
  readonly submission: number;
}

/** Some thousand rows at a time, series by series, in one snapshot; what was taken back is there with no value. */
export async function* exportObservations(
  reader: Reader,
  only: { readonly indicator?: string | undefined; readonly place?: string | undefined },
): AsyncGenerator<readonly ExportedObservation[]> {
  await sql`declare exported no scroll cursor for
    select indicators.period_kind as kind, period_start as period, places.code as place, indicators.code as indicator, value,
      known_at as "knownAt", submission_id as submission
    from observations join series on series.id = series_id join places on places.id = place_id
    join indicators on indicators.id = indicator_id join submissions on submissions.id = submission_id
    where indicators.code = coalesce(${only.indicator ?? null}, indicators.code) and places.code = coalesce(${only.place ?? null}, places.code)
    order by series_id, period_start`.execute(reader);
  for (;;) {
    const { rows } = await sql<ExportedObservation>`fetch 5000 from exported`.execute(reader);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close exported`.execute(reader);
}
