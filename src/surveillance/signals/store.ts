import type { Comparison } from '@reciproca/detect/result';
import { sql, type Generated, type Selectable } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { periodOf, startOf, type PeriodKind, type PlainDate } from '../../period.ts';
import type { Standing } from './absorb.ts';
import { endedStatuses, type SignalStatus, type SignalStep } from './life-cycle.ts';
import type { Geometry } from '../../ui/map-geometry.ts';
import { parseMethod, type Judgement, type Method } from './method.ts';
import type { RiskScope, ScopeAssessment } from './risk-assessment.ts';
import type { IndicatorFacts, PlaceFacts, PlaceShape } from './reported.ts';
import type { Alarm, DetectorId, Signal, SignalId, SignalSource } from './signal.ts';

interface OfficesTable {
  party_id: PartyId;
  signals_per_week: number | null;
}

interface DetectorsTable {
  id: DetectorId;
  added_order: Generated<number>;
  party_id: PartyId;
  indicator_id: number;
  method: unknown;
  is_active: boolean;
  changed_at: Date;
}

interface ChangedSeriesTable {
  series_id: number;
  party_id: PartyId;
  since: PlainDate;
}

interface SignalsTable {
  id: SignalId;
  party_id: PartyId;
  source: SignalSource;
  status: SignalStatus;
  indicator_id: number | null;
  place_id: number | null;
  detector_id: DetectorId | null;
  method: unknown;
  submission_id: number | null;
  summary: string | null;
  raised_at: Date;
  decided_by: AccountId | null;
  decided_at: Date | null;
  triaged_at: Date | null;
  monitor_until: PlainDate | null;
  duplicate_of: SignalId | null;
  event_id: string | null;
  ended_at: Date | null;
}

interface SignalAlarmsTable {
  signal_id: SignalId;
  party_id: PartyId;
  period_start: PlainDate;
  observed: number;
  usual_lower: number | null;
  usual_upper: number | null;
  expected: number | null;
  threshold: number | null;
  raised_when: Comparison;
  missing_reference: number;
  holds: boolean;
  known_at: Date;
}

interface SignalDecisionsTable {
  id: Generated<number>;
  party_id: PartyId;
  signal_id: SignalId;
  step: SignalStep;
  from_status: SignalStatus;
  to_status: SignalStatus;
  account_id: AccountId;
  at: Date;
  why: string;
  details: unknown;
}

interface RiskAssessmentsTable {
  id: Generated<number>;
  party_id: PartyId;
  signal_id: SignalId;
  account_id: AccountId;
  at: Date;
  question: string;
  hazard: string;
  exposure: string;
  context: string;
  matrix_version: string;
  scopes: unknown;
  reassess_on: PlainDate | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    surveillance_offices: OfficesTable;
    detectors: DetectorsTable;
    changed_series: ChangedSeriesTable;
    signals: SignalsTable;
    signal_alarms: SignalAlarmsTable;
    signal_decisions: SignalDecisionsTable;
    risk_assessments: RiskAssessmentsTable;
  }
}

export async function findSignalsPerWeek(reader: Reader): Promise<number | undefined> {
  const row = await reader.selectFrom('surveillance_offices').select('signals_per_week').executeTakeFirst();
  return row?.signals_per_week ?? undefined;
}

export async function saveSignalsPerWeek(tx: Tx, party: PartyId, perWeek: number | undefined): Promise<void> {
  await tx.db
    .insertInto('surveillance_offices')
    .values({ party_id: party, signals_per_week: perWeek ?? null })
    .onConflict((conflict) => conflict.column('party_id').doUpdateSet({ signals_per_week: perWeek ?? null }))
    .execute();
}

export interface Detector {
  readonly id: DetectorId;
  readonly indicatorId: number;
  readonly method: Method;
  readonly isActive: boolean;
}

const toDetector = (row: Selectable<DetectorsTable>): Detector => ({
  id: row.id,
  indicatorId: row.indicator_id,
  method: parseMethod(row.method),
  isActive: row.is_active,
});

export async function listDetectors(reader: Reader, indicators?: readonly number[]): Promise<readonly Detector[]> {
  if (indicators?.length === 0) return [];
  let query = reader.selectFrom('detectors').selectAll();
  if (indicators) query = query.where('indicator_id', 'in', indicators);
  return (await query.orderBy('indicator_id').orderBy('added_order').execute()).map(toDetector);
}

export async function findDetector(reader: Reader, id: DetectorId): Promise<Detector | undefined> {
  const row = await reader.selectFrom('detectors').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toDetector(row);
}

export async function insertDetector(tx: Tx, party: PartyId, detector: Detector): Promise<void> {
  await tx.db
    .insertInto('detectors')
    .values({
      id: detector.id,
      party_id: party,
      indicator_id: detector.indicatorId,
      method: JSON.stringify(detector.method),
      is_active: detector.isActive,
      changed_at: tx.now,
    })
    .execute();
}

export async function updateDetector(tx: Tx, { id, method, isActive }: Detector): Promise<void> {
  await tx.db
    .updateTable('detectors')
    .set({ method: JSON.stringify(method), is_active: isActive, changed_at: tx.now })
    .where('id', '=', id)
    .execute();
}

/** One indicator at a time gets its default method, however many jobs find it without one. */
export async function lockIndicatorDetectors(tx: Tx, indicator: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('detectors'), ${indicator})`.execute(tx.db);
}

type SignalRow = Selectable<SignalsTable>;

function toSignal(row: SignalRow): Signal {
  return {
    id: row.id,
    source: row.source,
    status: row.status,
    raisedAt: row.raised_at,
    indicatorId: row.indicator_id ?? undefined,
    placeId: row.place_id ?? undefined,
    detectorId: row.detector_id ?? undefined,
    method: row.method === null ? undefined : parseMethod(row.method),
    submissionId: row.submission_id ?? undefined,
    summary: row.summary ?? undefined,
    monitorUntil: row.monitor_until ?? undefined,
    duplicateOf: row.duplicate_of ?? undefined,
    eventId: row.event_id ?? undefined,
    triagedAt: row.triaged_at ?? undefined,
  };
}

export async function findSignal(reader: Reader, id: SignalId): Promise<Signal | undefined> {
  const row = await reader.selectFrom('signals').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSignal(row);
}

/** Whoever decides about a signal waits for whoever is deciding. */
export async function lockSignal(tx: Tx, id: SignalId): Promise<Signal | undefined> {
  const row = await tx.db.selectFrom('signals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toSignal(row);
}

export interface SignalFilter {
  readonly statuses?: readonly SignalStatus[];
  readonly ids?: readonly SignalId[];
  readonly event?: string;
  readonly place?: number;
  readonly places?: readonly number[];
  readonly indicator?: number;
  readonly raisedFrom?: Date;
  readonly raisedBefore?: Date;
  readonly triagedFrom?: Date;
  readonly limit: number;
}

/** Latest first. */
export async function listSignals(reader: Reader, filter: SignalFilter): Promise<readonly Signal[]> {
  let query = reader.selectFrom('signals').selectAll();
  if (filter.statuses) query = query.where('status', 'in', filter.statuses);
  if (filter.ids) query = query.where('id', 'in', filter.ids.length === 0 ? [noSignal] : filter.ids);
  if (filter.event !== undefined) query = query.where('event_id', '=', filter.event);
  if (filter.place !== undefined) query = query.where('place_id', '=', filter.place);
  if (filter.places) query = query.where('place_id', 'in', filter.places.length === 0 ? [-1] : filter.places);
  if (filter.indicator !== undefined) query = query.where('indicator_id', '=', filter.indicator);
  if (filter.raisedFrom) query = query.where('raised_at', '>=', filter.raisedFrom);
  if (filter.raisedBefore) query = query.where('raised_at', '<', filter.raisedBefore);
  if (filter.triagedFrom) query = query.where('triaged_at', '>=', filter.triagedFrom);
  return (await query.orderBy('raised_at', 'desc').orderBy('id').limit(filter.limit).execute()).map(toSignal);
}

// The nil UUID is no random one.
const noSignal = '00000000-0000-0000-0000-000000000000' as SignalId;

export async function countTriagedSince(reader: Reader, since: Date): Promise<number> {
  const row = await reader
    .selectFrom('signals')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('triaged_at', '>=', since)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** False when an open signal of the rule and place is already there. */
export async function insertSignal(
  tx: Tx,
  party: PartyId,
  signal: Pick<
    Signal,
    'id' | 'source' | 'indicatorId' | 'placeId' | 'detectorId' | 'method' | 'submissionId' | 'summary'
  >,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('signals')
    .values({
      id: signal.id,
      party_id: party,
      source: signal.source,
      status: 'new',
      indicator_id: signal.indicatorId ?? null,
      place_id: signal.placeId ?? null,
      detector_id: signal.detectorId ?? null,
      method: signal.method === undefined ? null : JSON.stringify(signal.method),
      submission_id: signal.submissionId ?? null,
      summary: signal.summary ?? null,
      raised_at: tx.now,
      decided_by: null,
      decided_at: null,
      triaged_at: null,
      monitor_until: null,
      duplicate_of: null,
      event_id: null,
      ended_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export interface Decision {
  readonly signal: Signal;
  readonly step: SignalStep;
  readonly to: SignalStatus;
  readonly by: AccountId;
  readonly why: string;
  readonly monitorUntil?: PlainDate;
  readonly duplicateOf?: SignalId;
  readonly event?: string;
}

/** The step and its record, together. */
export async function saveDecision(tx: Tx, party: PartyId, decision: Decision): Promise<void> {
  const { signal, step, to, by, why, monitorUntil, duplicateOf, event } = decision;
  await tx.db
    .updateTable('signals')
    .set({
      status: to,
      decided_by: by,
      decided_at: tx.now,
      triaged_at: signal.triagedAt ?? tx.now,
      monitor_until: to === 'monitoring' ? (monitorUntil ?? null) : null,
      duplicate_of: to === 'duplicate' ? (duplicateOf ?? null) : null,
      ended_at: endedStatuses.includes(to) ? tx.now : null,
      ...(event === undefined ? {} : { event_id: event }),
    })
    .where('id', '=', signal.id)
    .execute();
  await tx.db
    .insertInto('signal_decisions')
    .values({
      party_id: party,
      signal_id: signal.id,
      step,
      from_status: signal.status,
      to_status: to,
      account_id: by,
      at: tx.now,
      why,
      details: JSON.stringify({ monitorUntil, duplicateOf, event }),
    })
    .execute();
}

export interface DecisionRecord {
  readonly signal: SignalId;
  readonly step: SignalStep;
  readonly to: SignalStatus;
  readonly by: string;
  readonly at: Date;
  readonly why: string;
  readonly monitorUntil: PlainDate | undefined;
  readonly duplicateOf: SignalId | undefined;
}

export async function listDecisions(reader: Reader, signals: readonly SignalId[]): Promise<readonly DecisionRecord[]> {
  if (signals.length === 0) return [];
  const rows = await reader
    .selectFrom('signal_decisions')
    .innerJoin('accounts', 'accounts.id', 'signal_decisions.account_id')
    .select(['signal_id', 'step', 'to_status', 'at', 'why', 'details', 'accounts.name'])
    .where('signal_id', 'in', signals)
    .orderBy('signal_decisions.id')
    .execute();
  return rows.map((row) => {
    // Written by saveDecision alone.
    const details = row.details as { readonly monitorUntil?: PlainDate; readonly duplicateOf?: SignalId };
    return {
      signal: row.signal_id,
      step: row.step,
      to: row.to_status,
      by: row.name,
      at: row.at,
      why: row.why,
      monitorUntil: details.monitorUntil,
      duplicateOf: details.duplicateOf,
    };
  });
}

/** Where each rule stands at each place, with the periods from that day on that it has spoken of; of several signals about one, the highest number. */
export async function listStandings(
  tx: Tx,
  detectors: readonly DetectorId[],
  places: readonly number[],
  from: PlainDate,
): Promise<ReadonlyMap<string, Standing>> {
  if (detectors.length === 0 || places.length === 0) return new Map();
  const latest = await tx.db
    .selectFrom('signals')
    .select(['id', 'detector_id', 'place_id', 'ended_at'])
    .distinctOn(['detector_id', 'place_id'])
    .where('detector_id', 'in', detectors)
    .where('place_id', 'in', places)
    .orderBy('detector_id')
    .orderBy('place_id')
    .orderBy('ended_at', (order) => order.desc().nullsFirst())
    .execute();
  const alarms = await tx.db
    .selectFrom('signal_alarms')
    .innerJoin('signals', 'signals.id', 'signal_alarms.signal_id')
    .select(['detector_id', 'place_id', 'signal_id', 'period_start', 'observed', 'holds'])
    .where('detector_id', 'in', detectors)
    .where('place_id', 'in', places)
    .where('period_start', '>=', from)
    .orderBy('observed')
    .execute();
  const byPair = Map.groupBy(alarms, (row) => standingKey(row.detector_id, row.place_id));
  return new Map(
    latest.map((row) => {
      const key = standingKey(row.detector_id, row.place_id);
      return [
        key,
        {
          signal: row.id,
          endedAt: row.ended_at ?? undefined,
          covered: new Map(
            (byPair.get(key) ?? []).map((alarm) => [
              alarm.period_start,
              { signal: alarm.signal_id, observed: alarm.observed, holds: alarm.holds },
            ]),
          ),
        },
      ];
    }),
  );
}

export const standingKey = (detector: DetectorId | null, place: number | null): string => `${detector} ${place}`;

export async function saveAlarm(
  tx: Tx,
  party: PartyId,
  signal: SignalId,
  {
    period,
    observed,
    range,
    expected,
    threshold,
    raisedWhen,
    missingReference,
  }: Judgement & { readonly observed: number },
  holds: boolean,
): Promise<void> {
  const values = {
    observed,
    usual_lower: range?.lower ?? null,
    usual_upper: range?.upper ?? null,
    expected: expected ?? null,
    threshold: threshold ?? null,
    raised_when: raisedWhen,
    missing_reference: missingReference,
    holds,
    known_at: tx.now,
  };
  await tx.db
    .insertInto('signal_alarms')
    .values({ signal_id: signal, party_id: party, period_start: startOf(period), ...values })
    .onConflict((conflict) => conflict.columns(['signal_id', 'period_start']).doUpdateSet(values))
    .execute();
}

/** The report behind an alarm was withdrawn: the number stays as it was, and no longer holds. */
export async function withdrawAlarm(tx: Tx, signal: SignalId, period: PlainDate): Promise<void> {
  await tx.db
    .updateTable('signal_alarms')
    .set({ holds: false, known_at: tx.now })
    .where('signal_id', '=', signal)
    .where('period_start', '=', period)
    .execute();
}

export async function updateSignalMethod(tx: Tx, signal: SignalId, method: Method): Promise<void> {
  await tx.db
    .updateTable('signals')
    .set({ method: JSON.stringify(method) })
    .where('id', '=', signal)
    .execute();
}

/** Oldest first. `kindOf`: the period kind of the signal's indicator. */
export async function listAlarms(
  reader: Reader,
  signals: readonly SignalId[],
  kindOf: (signal: SignalId) => PeriodKind | undefined,
): Promise<ReadonlyMap<SignalId, readonly Alarm[]>> {
  if (signals.length === 0) return new Map();
  const rows = await reader
    .selectFrom('signal_alarms')
    .selectAll()
    .where('signal_id', 'in', signals)
    .orderBy('signal_id')
    .orderBy('period_start')
    .execute();
  const groups = Map.groupBy(rows, ({ signal_id }) => signal_id);
  return new Map(
    [...groups].map(([id, group]) => {
      const kind = kindOf(id);
      return [id, kind === undefined ? [] : group.map((row) => toAlarm(row, kind))];
    }),
  );
}

function toAlarm(row: Selectable<SignalAlarmsTable>, kind: PeriodKind): Alarm {
  return {
    period: periodOf(kind, row.period_start),
    observed: row.observed,
    expected: row.expected ?? undefined,
    range:
      row.usual_lower === null || row.usual_upper === null
        ? undefined
        : { lower: row.usual_lower, upper: row.usual_upper },
    threshold: row.threshold ?? undefined,
    raisedWhen: row.raised_when,
    missingReference: row.missing_reference,
    holds: row.holds,
  };
}

export interface RiskAssessment {
  readonly question: string;
  readonly hazard: string;
  readonly exposure: string;
  readonly context: string;
  readonly matrixVersion: string;
  readonly scopes: { readonly [S in RiskScope]: ScopeAssessment };
  readonly reassessOn: PlainDate | undefined;
}

export interface RiskAssessmentRecord extends RiskAssessment {
  readonly signal: SignalId;
  readonly by: string;
  readonly at: Date;
}

export async function insertRiskAssessment(
  tx: Tx,
  party: PartyId,
  signal: SignalId,
  by: AccountId,
  assessment: RiskAssessment,
): Promise<void> {
  await tx.db
    .insertInto('risk_assessments')
    .values({
      party_id: party,
      signal_id: signal,
      account_id: by,
      at: tx.now,
      question: assessment.question,
      hazard: assessment.hazard,
      exposure: assessment.exposure,
      context: assessment.context,
      matrix_version: assessment.matrixVersion,
      scopes: JSON.stringify(assessment.scopes),
      reassess_on: assessment.reassessOn ?? null,
    })
    .execute();
}

/** Latest first. */
export async function listRiskAssessments(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<readonly RiskAssessmentRecord[]> {
  if (signals.length === 0) return [];
  const rows = await reader
    .selectFrom('risk_assessments')
    .innerJoin('accounts', 'accounts.id', 'risk_assessments.account_id')
    .selectAll('risk_assessments')
    .select('accounts.name')
    .where('signal_id', 'in', signals)
    .orderBy('risk_assessments.id', 'desc')
    .execute();
  return rows.map((row) => ({
    signal: row.signal_id,
    by: row.name,
    at: row.at,
    question: row.question,
    hazard: row.hazard,
    exposure: row.exposure,
    context: row.context,
    matrixVersion: row.matrix_version,
    // Written by insertRiskAssessment alone.
    scopes: row.scopes as RiskAssessment['scopes'],
    reassessOn: row.reassess_on ?? undefined,
  }));
}

// What reporting keeps (migration 0004). A signal is about an area; what the facilities in it report is put together here.

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

/** The areas around one on the map: those with the same parent, and its neighbours wherever they lie. */
export async function listPlacesAround(reader: Reader, place: number): Promise<readonly PlaceShape[]> {
  const { rows } = await sql<
    PlaceColumns & {
      readonly shape: Geometry | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
    }
  >`
    select id, code, name, level, population, shape, latitude, longitude from places
    where kind = 'area' and (
      id = ${place}
      or parent_id = (select parent_id from places where id = ${place})
      or id in (select neighbour_id from place_neighbours where place_id = ${place})
      or id in (select place_id from place_neighbours where neighbour_id = ${place}))
    order by code limit 400`.execute(reader);
  return rows.map((row) => ({
    ...toPlace(row),
    geometry:
      row.shape ??
      (row.longitude === null || row.latitude === null
        ? undefined
        : { type: 'Point', coordinates: [row.longitude, row.latitude] }),
  }));
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

/**
 * Takes up to `limit` series out of the list of those that have changed; other workers go on with others. Several facilities of one area
 * are one change.
 */
export async function takeChangedSeries(tx: Tx, limit: number): Promise<readonly ChangedSeries[]> {
  const { rows } = await sql<{
    readonly indicator_id: number;
    readonly area_id: number;
    readonly since: PlainDate;
    readonly population: number | null;
  }>`
    with taken as (
      delete from changed_series where series_id in (
        select series_id from changed_series where party_id = current_party() order by series_id limit ${limit} for update skip locked)
      returning series_id, since)
    select series.indicator_id, coalesce(judged.area_id, series.place_id) as area_id, min(taken.since) as since, max(area.population) as population
    from taken
      join series on series.id = taken.series_id
      join indicators on indicators.id = series.indicator_id
      left join place_areas judged on judged.place_id = series.place_id and indicators.aggregation <> 'none'
      join places area on area.id = coalesce(judged.area_id, series.place_id)
    group by 1, 2 order by 1, 2`.execute(tx.db);
  return rows.map((row) => ({
    indicatorId: row.indicator_id,
    placeId: row.area_id,
    since: row.since,
    population: row.population ?? undefined,
  }));
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

export async function listHostedParties(
  reader: Reader,
): Promise<readonly { readonly id: PartyId; readonly slug: string }[]> {
  return reader.selectFrom('parties').select(['id', 'slug']).where('is_hosted', '=', true).orderBy('slug').execute();
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
 * taken, as the indicator says. A value that was taken back is missing.
 */
export async function listValues(
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
