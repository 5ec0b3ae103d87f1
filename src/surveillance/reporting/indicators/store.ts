import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { PeriodKind } from '../../../period.ts';
import type { IndicatorEntry } from '../import/report-rows.ts';
import type { Aggregation, Indicator, IndicatorDescription, IndicatorSet } from './indicator.ts';

interface IndicatorsTable {
  id: Generated<number>;
  party_id: PartyId;
  code: string;
  names: unknown;
  icd10: string | null;
  icd11: string | null;
  period_kind: PeriodKind;
  is_immediate: boolean;
  aggregation: Aggregation;
}

interface IndicatorSetsTable {
  id: Generated<number>;
  party_id: PartyId;
  code: string;
  name: string;
  period_kind: PeriodKind;
  due_hours: number;
  time_zone: string;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    indicators: IndicatorsTable;
    indicator_sets: IndicatorSetsTable;
    indicator_parts: { whole_id: number; part_id: number; party_id: PartyId };
    indicator_set_members: {
      set_id: number;
      indicator_id: number;
      position: number;
      period_kind: PeriodKind;
      party_id: PartyId;
    };
  }
}

export async function listIndicators(reader: Reader): Promise<readonly Indicator[]> {
  const rows = await reader.selectFrom('indicators').selectAll().orderBy('code').execute();
  const parts = await reader
    .selectFrom('indicator_parts')
    .innerJoin('indicators as part', 'part.id', 'part_id')
    .select(['whole_id', 'part.code'])
    .execute();
  const partsOf = Map.groupBy(parts, (row) => row.whole_id);
  return rows.map(
    ({ id, code, names, icd10, icd11, period_kind: periodKind, is_immediate: isImmediate, aggregation }) => ({
      id,
      code,
      names: names as Readonly<Record<string, string>>,
      icd10: icd10 ?? undefined,
      icd11: icd11 ?? undefined,
      periodKind,
      isImmediate,
      aggregation,
      parts: (partsOf.get(id) ?? []).map((part) => part.code).toSorted(),
    }),
  );
}

/** Two changes at once could close a circle that neither sees. */
export async function lockIndicators(tx: Tx, party: PartyId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`indicators ${party}`}, 0))`.execute(tx.db);
}

/** By code, as much as reading a file of reports needs. */
export async function listIndicatorEntries(reader: Reader): Promise<ReadonlyMap<string, IndicatorEntry>> {
  const rows = await reader.selectFrom('indicators').select(['code', 'id', 'period_kind']).execute();
  return new Map(rows.map(({ code, id, period_kind: kind }) => [code, { id, kind }]));
}

/** Those for which something was reported. */
export async function listReportedIndicatorIds(reader: Reader): Promise<ReadonlySet<number>> {
  const rows = await reader.selectFrom('series').select('indicator_id').distinct().execute();
  return new Set(rows.map((row) => row.indicator_id));
}

export async function saveIndicators(
  tx: Tx,
  party: PartyId,
  indicators: readonly IndicatorDescription[],
): Promise<void> {
  const given = indicators.map(({ code, names, icd10, icd11, periodKind, isImmediate, aggregation, parts }) => ({
    code,
    names,
    icd10: icd10 ?? null,
    icd11: icd11 ?? null,
    period_kind: periodKind,
    is_immediate: isImmediate,
    aggregation,
    parts,
  }));
  await sql`insert into indicators (party_id, code, names, icd10, icd11, period_kind, is_immediate, aggregation)
    select ${party}, code, names, icd10, icd11, period_kind, is_immediate, aggregation
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (code text, names jsonb, icd10 text, icd11 text,
      period_kind text, is_immediate boolean, aggregation text) order by code
    on conflict (party_id, code) do update set names = excluded.names, icd10 = excluded.icd10, icd11 = excluded.icd11,
      period_kind = excluded.period_kind, is_immediate = excluded.is_immediate, aggregation = excluded.aggregation`.execute(
    tx.db,
  );
  const codes = indicators.map(({ code }) => code);
  await sql`delete from indicator_parts using indicators
    where indicators.id = whole_id and indicators.code = any (${codes}::text[])`.execute(tx.db);
  await sql`insert into indicator_parts (whole_id, part_id, party_id) select whole.id, part.id, ${party}
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (code text, parts jsonb)
      cross join jsonb_array_elements_text(given.parts) as named (code)
      join indicators as whole on whole.code = given.code join indicators as part on part.code = named.code`.execute(
    tx.db,
  );
}

export async function listSets(reader: Reader): Promise<readonly IndicatorSet[]> {
  const rows = await reader
    .selectFrom('indicator_sets')
    .leftJoin('indicator_set_members as member', 'member.set_id', 'indicator_sets.id')
    .select([
      'id',
      'code',
      'name',
      'indicator_sets.period_kind',
      'due_hours',
      'time_zone',
      'member.indicator_id',
      'member.position',
    ])
    .orderBy('code')
    .orderBy('member.position')
    .orderBy('member.indicator_id')
    .execute();
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((members) => {
    const [set] = members;
    if (!set) return [];
    const { id, code, name, period_kind: periodKind, due_hours: dueHours, time_zone: timeZone } = set;
    return [
      {
        id,
        code,
        name,
        periodKind,
        dueHours,
        timeZone,
        indicatorIds: members.flatMap(({ indicator_id: indicator }) => indicator ?? []),
      },
    ];
  });
}

export type SetFields = Omit<IndicatorSet, 'id' | 'indicatorIds'>;

/** Its id. An existing set takes the name and deadline given, and keeps its kind of period unless nothing is in it. */
export async function saveSet(tx: Tx, party: PartyId, set: SetFields): Promise<number> {
  const values = { name: set.name, period_kind: set.periodKind, due_hours: set.dueHours, time_zone: set.timeZone };
  const { id } = await tx.db
    .insertInto('indicator_sets')
    .values({ party_id: party, code: set.code, ...values })
    .onConflict((conflict) => conflict.columns(['party_id', 'code']).doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function addMembers(tx: Tx, party: PartyId, set: number, indicators: readonly number[]): Promise<void> {
  if (indicators.length === 0) return;
  await sql`insert into indicator_set_members (set_id, indicator_id, position, period_kind, party_id)
    select ${set}, indicators.id, coalesce((select max(position) + 1 from indicator_set_members where set_id = ${set}), 0) + given.position,
      period_kind, ${party}
    from jsonb_array_elements_text(${JSON.stringify(indicators)}::jsonb) with ordinality as given (id, position)
    join indicators on indicators.id = given.id::integer
    on conflict (set_id, indicator_id) do nothing`.execute(tx.db);
}

export async function removeMembers(tx: Tx, set: number): Promise<void> {
  await tx.db.deleteFrom('indicator_set_members').where('set_id', '=', set).execute();
}
