import { sql } from 'kysely';
import type { AccountId, PartyId } from '../../../ids.ts';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PlainDate } from '../../../period.ts';

interface SerialIntervalsTable {
  indicator_id: number;
  party_id: PartyId;
  mean_days: number;
  sd_days: number;
  source: string;
  account_id: AccountId;
  at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    serial_intervals: SerialIntervalsTable;
  }
}

/** One value of one place and period, and while it was what the node knew. */
export interface Version {
  readonly series: number;
  readonly start: PlainDate;
  /** Null: taken back. */
  readonly value: number | null;
  readonly knownAt: Date;
  /** Undefined: it still is. */
  readonly replacedAt: Date | undefined;
}

/**
 * Everything ever held of the places that make up an area: itself, where it reports; else its facilities; else the same of the
 * uppermost areas inside it that report.
 */
export async function listVersions(
  reader: Reader,
  indicator: number,
  area: number,
  from: PlainDate,
): Promise<readonly Version[]> {
  const { rows } = await sql<{
    readonly series: number;
    readonly start: PlainDate;
    readonly value: number | null;
    readonly known_at: Date;
    readonly replaced_at: Date | null;
  }>`
    with recursive judged as (
      select series.id, series.place_id, place_areas.area_id
      from series join place_areas on place_areas.place_id = series.place_id where series.indicator_id = ${indicator}),
    inside (area, reports) as (
      select ${area}::int, exists (select from judged where area_id = ${area})
      union
      select places.id, exists (select from judged where area_id = places.id)
      from inside join places on places.parent_id = inside.area and places.kind = 'area' where not inside.reports),
    members as (
      select judged.id from judged join inside on inside.area = judged.area_id and inside.reports
      where judged.place_id = judged.area_id
        or not exists (select from judged own where own.area_id = judged.area_id and own.place_id = own.area_id)),
    versions as (
      select series_id, period_start, value, submissions.known_at, null::timestamptz as replaced_at
      from observations join members on members.id = series_id join submissions on submissions.id = submission_id
      where period_start >= ${from}::date
      union all
      select r.series_id, r.period_start, r.value, source.known_at, replacing.known_at
      from observation_revisions r join members on members.id = r.series_id
        join submissions source on source.id = r.submission_id join submissions replacing on replacing.id = r.replaced_by
      where r.period_start >= ${from}::date)
    select series_id as series, period_start as start, value, known_at, replaced_at from versions
    where known_at is not null order by series_id, period_start, known_at`.execute(reader);
  return rows.map((row) => ({
    series: row.series,
    start: row.start,
    value: row.value,
    knownAt: row.known_at,
    replacedAt: row.replaced_at ?? undefined,
  }));
}

export interface SerialInterval {
  readonly meanDays: number;
  readonly sdDays: number;
  /** Where the numbers come from, as the officer wrote it. */
  readonly source: string;
}

export async function findSerialInterval(reader: Reader, indicator: number): Promise<SerialInterval | undefined> {
  const row = await reader
    .selectFrom('serial_intervals')
    .selectAll()
    .where('indicator_id', '=', indicator)
    .executeTakeFirst();
  return row && { meanDays: row.mean_days, sdDays: row.sd_days, source: row.source };
}

export async function saveSerialInterval(
  tx: Tx,
  party: PartyId,
  by: AccountId,
  indicator: number,
  { meanDays, sdDays, source }: SerialInterval,
): Promise<void> {
  const values = { mean_days: meanDays, sd_days: sdDays, source, account_id: by, at: tx.now };
  await tx.db
    .insertInto('serial_intervals')
    .values({ indicator_id: indicator, party_id: party, ...values })
    .onConflict((conflict) => conflict.column('indicator_id').doUpdateSet(values))
    .execute();
}
