/** What detectors last said of the recent periods, and the series that go along with signals (migration 0013). */
import type { Comparison } from '@reciproca/detect/result';
import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { PartyId } from '../../ids.ts';
import { periodKinds, periodOf, startOf, type PeriodKind, type PlainDate } from '../../period.ts';
import type { Judgement } from './method.ts';
import type { DetectorId, SignalId } from './signal.ts';
import { readReference, writeReference } from './store.ts';

interface JudgementsTable {
  detector_id: DetectorId;
  place_id: number;
  period_start: PlainDate;
  party_id: PartyId;
  alarm: boolean | null;
  observed: number | null;
  expected: number | null;
  usual_lower: number | null;
  usual_upper: number | null;
  threshold: number | null;
  raised_when: Comparison;
  p_value: number | null;
  score: number | null;
  score_limit: number | null;
  reference: unknown;
  warnings: unknown;
  is_new: boolean;
  is_held_back: Generated<boolean>;
}

interface SignalMembersTable {
  signal_id: SignalId;
  detector_id: DetectorId;
  place_id: number;
  party_id: PartyId;
  period_start: PlainDate;
  observed: number;
  expected: number | null;
  threshold: number | null;
  p_value: number | null;
  holds: boolean;
  known_at: Date;
}

declare module '../../db/schema.ts' {
  interface Tables {
    judgements: JudgementsTable;
    signal_members: SignalMembersTable;
    changed_areas: { indicator_id: number; area_id: number; party_id: PartyId; since: PlainDate };
  }
}

export interface SeriesJudgements {
  readonly detector: DetectorId;
  readonly place: number;
  readonly judgements: readonly Judgement[];
}

/** Rows that say what they said before stay as they are, so that nothing is put together anew for them. */
export async function saveJudgements(tx: Tx, party: PartyId, series: readonly SeriesJudgements[]): Promise<void> {
  const rows = series.flatMap(({ detector, place, judgements }) =>
    judgements.map((judgement) => ({
      detector_id: detector,
      place_id: place,
      period_start: startOf(judgement.period),
      alarm: judgement.alarm ?? null,
      observed: judgement.observed ?? null,
      expected: finite(judgement.expected),
      usual_lower: judgement.range?.lower ?? null,
      usual_upper: judgement.range?.upper ?? null,
      threshold: finite(judgement.threshold),
      raised_when: judgement.raisedWhen,
      p_value: finite(judgement.pValue),
      score: finite(judgement.score),
      score_limit: finite(judgement.scoreLimit),
      reference: judgement.alarm === true ? writeReference(judgement.reference) : '[]',
      warnings: JSON.stringify(judgement.warnings),
    })),
  );
  if (rows.length === 0) return;
  await sql`
    insert into judgements as held (detector_id, place_id, period_start, party_id, alarm, observed, expected, usual_lower, usual_upper, threshold,
      raised_when, p_value, score, score_limit, reference, warnings, is_new)
    select detector_id, place_id, period_start, ${party}::uuid, alarm, observed, expected, usual_lower, usual_upper, threshold,
      raised_when, p_value, score, score_limit, reference::jsonb, warnings::jsonb, true
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (detector_id uuid, place_id int, period_start date, alarm boolean,
      observed float8, expected float8, usual_lower float8, usual_upper float8, threshold float8, raised_when text, p_value float8, score float8,
      score_limit float8, reference text, warnings text)
    order by detector_id, place_id, period_start
    on conflict (detector_id, place_id, period_start) do update set alarm = excluded.alarm, observed = excluded.observed,
      expected = excluded.expected, usual_lower = excluded.usual_lower, usual_upper = excluded.usual_upper, threshold = excluded.threshold,
      raised_when = excluded.raised_when, p_value = excluded.p_value, score = excluded.score, score_limit = excluded.score_limit,
      reference = excluded.reference, warnings = excluded.warnings, is_new = true
    where (held.alarm, held.observed, held.p_value, held.threshold) is distinct from
      (excluded.alarm, excluded.observed, excluded.p_value, excluded.threshold)`.execute(tx.db);
}

// JSON has no infinity; an unbounded threshold or score says nothing that a person could use.
const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

/** One test of a period. */
export interface Test {
  readonly detector: DetectorId;
  readonly indicator: number;
  readonly place: number;
  readonly alarm: boolean | undefined;
  readonly observed: number | undefined;
  readonly expected: number | undefined;
  readonly threshold: number | undefined;
  readonly pValue: number | undefined;
  readonly score: number | undefined;
  readonly scoreLimit: number | undefined;
}

const opt = (value: number | null): number | undefined => value ?? undefined;

/** The p values of all tests of one period: as numbers only, because there may be a million of them. */
export async function listPValues(reader: Reader, kind: PeriodKind, start: PlainDate): Promise<readonly number[]> {
  const { rows } = await sql<{ readonly values: readonly number[] | null }>`
    select array_agg(p_value) as values
    from judgements join detectors on detectors.id = judgements.detector_id join indicators on indicators.id = detectors.indicator_id
    where period_start = ${start}::date and detectors.is_active and indicators.period_kind = ${kind} and p_value is not null`.execute(
    reader,
  );
  return rows[0]?.values ?? [];
}

/** What active detectors said of one period where it matters: alarms, and what is new about series that an open signal speaks of. */
export async function listTests(reader: Reader, kind: PeriodKind, start: PlainDate): Promise<readonly Test[]> {
  const { rows } = await sql<{
    readonly detector_id: DetectorId;
    readonly indicator_id: number;
    readonly place_id: number;
    readonly alarm: boolean | null;
    readonly observed: number | null;
    readonly expected: number | null;
    readonly threshold: number | null;
    readonly p_value: number | null;
    readonly score: number | null;
    readonly score_limit: number | null;
  }>`
    select detector_id, detectors.indicator_id, place_id, alarm, observed, expected, threshold, p_value, score, score_limit
    from judgements join detectors on detectors.id = judgements.detector_id join indicators on indicators.id = detectors.indicator_id
    where period_start = ${start}::date and detectors.is_active and indicators.period_kind = ${kind}
      and (alarm or is_new and (
        exists (select from signals open where open.ended_at is null
          and open.detector_id = judgements.detector_id and open.place_id = judgements.place_id)
        or exists (select from signal_members member join signals open on open.id = member.signal_id
          where open.ended_at is null and member.detector_id = judgements.detector_id and member.place_id = judgements.place_id)))
    order by detectors.indicator_id, place_id, detectors.added_order`.execute(reader);
  return rows.map((row) => ({
    detector: row.detector_id,
    indicator: row.indicator_id,
    place: row.place_id,
    alarm: row.alarm ?? undefined,
    observed: opt(row.observed),
    expected: opt(row.expected),
    threshold: opt(row.threshold),
    pValue: opt(row.p_value),
    score: opt(row.score),
    scoreLimit: opt(row.score_limit),
  }));
}

/** Periods with something new in them, oldest first. */
export async function listNewPeriods(
  reader: Reader,
): Promise<readonly { readonly kind: PeriodKind; readonly start: PlainDate }[]> {
  const { rows } = await sql<{ readonly kind: PeriodKind; readonly start: PlainDate }>`
    select distinct indicators.period_kind as kind, period_start as start
    from judgements join detectors on detectors.id = judgements.detector_id join indicators on indicators.id = detectors.indicator_id
    where is_new order by 1, 2`.execute(reader);
  return rows.filter(({ kind }) => periodKinds.includes(kind));
}

/** All that is kept of these series, oldest first. */
export async function listJudgements(
  reader: Reader,
  series: readonly { readonly detector: DetectorId; readonly place: number }[],
  kindOf: (detector: DetectorId) => PeriodKind,
): Promise<readonly SeriesJudgements[]> {
  if (series.length === 0) return [];
  const pairs = JSON.stringify(series.map(({ detector, place }) => ({ detector_id: detector, place_id: place })));
  const { rows } = await sql<JudgementsTable>`
    select judgements.* from judgements
      join jsonb_to_recordset(${pairs}::jsonb) as wanted (detector_id uuid, place_id int) using (detector_id, place_id)
    order by detector_id, place_id, period_start`.execute(reader);
  return [...Map.groupBy(rows, (row) => `${row.detector_id} ${row.place_id}`).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const kind = kindOf(first.detector_id);
    return [
      { detector: first.detector_id, place: first.place_id, judgements: group.map((row) => toJudgement(row, kind)) },
    ];
  });
}

function toJudgement(row: JudgementsTable, kind: PeriodKind): Judgement {
  return {
    period: periodOf(kind, row.period_start),
    observed: opt(row.observed),
    alarm: row.alarm ?? undefined,
    expected: opt(row.expected),
    range:
      row.usual_lower === null || row.usual_upper === null
        ? undefined
        : { lower: row.usual_lower, upper: row.usual_upper },
    threshold: opt(row.threshold),
    raisedWhen: row.raised_when,
    pValue: opt(row.p_value),
    score: opt(row.score),
    scoreLimit: opt(row.score_limit),
    reference: readReference(row.reference),
    // Written by saveJudgements alone.
    warnings: row.warnings as Judgement['warnings'],
  };
}

export interface SeriesKey {
  readonly detector: DetectorId;
  readonly place: number;
}

/** Of one period, which alarms are held back; every other one is not. */
export async function saveHeldBack(
  tx: Tx,
  kind: PeriodKind,
  start: PlainDate,
  held: readonly SeriesKey[],
): Promise<void> {
  const json = JSON.stringify(held.map(({ detector, place }) => ({ detector_id: detector, place_id: place })));
  await sql`
    update judgements set is_held_back = given.held from (
      select judgements.detector_id, judgements.place_id, wanted.place_id is not null as held
      from judgements join detectors on detectors.id = judgements.detector_id join indicators on indicators.id = detectors.indicator_id
        left join jsonb_to_recordset(${json}::jsonb) as wanted (detector_id uuid, place_id int)
          on wanted.detector_id = judgements.detector_id and wanted.place_id = judgements.place_id
      where period_start = ${start}::date and indicators.period_kind = ${kind}) as given
    where judgements.detector_id = given.detector_id and judgements.place_id = given.place_id
      and period_start = ${start}::date and is_held_back <> given.held`.execute(tx.db);
}

export interface HeldBack extends SeriesKey {
  readonly indicator: number;
  readonly start: PlainDate;
  readonly observed: number;
  readonly expected: number | undefined;
  readonly pValue: number | undefined;
}

/** Smallest p value first. */
export async function listHeldBack(reader: Reader, limit: number): Promise<readonly HeldBack[]> {
  const rows = await reader
    .selectFrom('judgements')
    .innerJoin('detectors', 'detectors.id', 'judgements.detector_id')
    .select(['detector_id', 'place_id', 'detectors.indicator_id', 'period_start', 'observed', 'expected', 'p_value'])
    .where('is_held_back', '=', true)
    .where('observed', 'is not', null)
    .orderBy('p_value')
    .orderBy('period_start', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    detector: row.detector_id,
    place: row.place_id,
    indicator: row.indicator_id,
    start: row.period_start,
    observed: row.observed ?? 0,
    expected: opt(row.expected),
    pValue: opt(row.p_value),
  }));
}

export async function countHeldBack(reader: Reader): Promise<number> {
  const row = await reader
    .selectFrom('judgements')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('is_held_back', '=', true)
    .executeTakeFirstOrThrow();
  return row.count;
}

export interface OpenSeries extends SeriesKey {
  readonly signal: SignalId;
  readonly indicator: number;
  readonly isMember: boolean;
}

/** Every series that an open signal speaks of. */
export async function listOpenSeries(reader: Reader): Promise<readonly OpenSeries[]> {
  const { rows } = await sql<{
    readonly signal: SignalId;
    readonly detector: DetectorId;
    readonly place: number;
    readonly indicator: number;
    readonly is_member: boolean;
  }>`
    select id as signal, detector_id as detector, place_id as place, indicator_id as indicator, false as is_member
      from signals where ended_at is null and detector_id is not null
    union
    select signals.id, member.detector_id, member.place_id, signals.indicator_id, true
      from signal_members member join signals on signals.id = member.signal_id where signals.ended_at is null`.execute(
    reader,
  );
  return rows.map(({ is_member, ...row }) => ({ ...row, isMember: is_member }));
}

/** One transaction at a time puts the judgements of a party together. */
export async function lockConsolidation(tx: Tx, party: PartyId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`consolidation ${party}`}, 0))`.execute(tx.db);
}

/** Latest period that is kept, by kind. */
export async function listLatestJudged(reader: Reader): Promise<ReadonlyMap<PeriodKind, PlainDate>> {
  const { rows } = await sql<{ readonly kind: PeriodKind; readonly latest: PlainDate }>`
    select indicators.period_kind as kind, max(period_start) as latest
    from judgements join detectors on detectors.id = judgements.detector_id join indicators on indicators.id = detectors.indicator_id
    group by 1`.execute(reader);
  return new Map(rows.map(({ kind, latest }) => [kind, latest]));
}

/** Nothing is new any more; what is too old to raise a signal, or of a detector that was switched off, goes. */
export async function closeJudgements(tx: Tx, oldest: ReadonlyMap<PeriodKind, PlainDate>): Promise<void> {
  await sql`update judgements set is_new = false where is_new`.execute(tx.db);
  await sql`delete from judgements using detectors where detectors.id = judgements.detector_id and not detectors.is_active`.execute(
    tx.db,
  );
  for (const [kind, start] of oldest)
    await sql`
      delete from judgements using detectors, indicators
      where detectors.id = judgements.detector_id and indicators.id = detectors.indicator_id
        and indicators.period_kind = ${kind} and period_start < ${start}::date`.execute(tx.db);
}

export interface MemberAlarm {
  readonly signal: SignalId;
  readonly series: SeriesKey;
  readonly alarm: Judgement & { readonly observed: number };
  readonly holds: boolean;
}

/** Each of another signal, series or period. */
export async function saveMembers(tx: Tx, party: PartyId, members: readonly MemberAlarm[]): Promise<void> {
  if (members.length === 0) return;
  await tx.db
    .insertInto('signal_members')
    .values(
      members.map(({ signal, series, alarm, holds }) => ({
        signal_id: signal,
        detector_id: series.detector,
        place_id: series.place,
        party_id: party,
        period_start: startOf(alarm.period),
        observed: alarm.observed,
        expected: alarm.expected ?? null,
        threshold: alarm.threshold ?? null,
        p_value: alarm.pValue ?? null,
        holds,
        known_at: tx.now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['signal_id', 'detector_id', 'place_id', 'period_start']).doUpdateSet((eb) => ({
        observed: eb.ref('excluded.observed'),
        expected: eb.ref('excluded.expected'),
        threshold: eb.ref('excluded.threshold'),
        p_value: eb.ref('excluded.p_value'),
        holds: eb.ref('excluded.holds'),
        known_at: eb.ref('excluded.known_at'),
      })),
    )
    .execute();
}

export async function withdrawMember(
  tx: Tx,
  signal: SignalId,
  { detector, place }: { readonly detector: DetectorId; readonly place: number },
  period: PlainDate,
): Promise<void> {
  await tx.db
    .updateTable('signal_members')
    .set({ holds: false, known_at: tx.now })
    .where('signal_id', '=', signal)
    .where('detector_id', '=', detector)
    .where('place_id', '=', place)
    .where('period_start', '=', period)
    .execute();
}

export interface Member {
  readonly signal: SignalId;
  readonly detector: DetectorId;
  readonly place: number;
  readonly start: PlainDate;
  readonly observed: number;
  readonly expected: number | undefined;
  readonly threshold: number | undefined;
  readonly pValue: number | undefined;
}

/** Of each series that goes along, its latest alarm that still holds. */
export async function listMembers(reader: Reader, signals: readonly SignalId[]): Promise<readonly Member[]> {
  if (signals.length === 0) return [];
  const rows = await reader
    .selectFrom('signal_members')
    .selectAll()
    .distinctOn(['signal_id', 'detector_id', 'place_id'])
    .where('signal_id', 'in', signals)
    .where('holds', '=', true)
    .orderBy('signal_id')
    .orderBy('detector_id')
    .orderBy('place_id')
    .orderBy('period_start', 'desc')
    .execute();
  return rows.map((row) => ({
    signal: row.signal_id,
    detector: row.detector_id,
    place: row.place_id,
    start: row.period_start,
    observed: row.observed,
    expected: opt(row.expected),
    threshold: opt(row.threshold),
    pValue: opt(row.p_value),
  }));
}
