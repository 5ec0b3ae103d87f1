import type { Comparison } from '@reciproca/detect/result';
import { sql, type Generated, type Insertable, type Selectable } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { periodOf, startOf, type PeriodKind, type PlainDate } from '../../period.ts';
import type { Standing } from './absorb.ts';
import { endedStatuses, type SignalStatus, type SignalStep } from './life-cycle.ts';
import { parseMethod, type Judgement, type Method, type ReferencePeriod } from './method.ts';
import type { RiskScope, ScopeAssessment } from './risk-assessment.ts';
import type { Alarm, DetectorId, Signal, SignalId, SignalSource } from './signal.ts';

interface OfficesTable {
  party_id: PartyId;
  signals_per_week: number | null;
  false_discovery_rate: Generated<number>;
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
  p_value: number | null;
  score: number | null;
  score_limit: number | null;
  reference: unknown;
  warnings: unknown;
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

export interface Office {
  /** Undefined: not said; then everything is listed. */
  readonly signalsPerWeek: number | undefined;
  /** Of the signals raised by a test, the share that may be expected to be nothing. */
  readonly falseDiscoveryRate: number;
}

export const standardFalseDiscoveryRate = 0.1;

export async function readOffice(reader: Reader): Promise<Office> {
  const row = await reader.selectFrom('surveillance_offices').selectAll().executeTakeFirst();
  return {
    signalsPerWeek: row?.signals_per_week ?? undefined,
    falseDiscoveryRate: row?.false_discovery_rate ?? standardFalseDiscoveryRate,
  };
}

export async function saveOffice(tx: Tx, party: PartyId, office: Office): Promise<void> {
  const values = {
    signals_per_week: office.signalsPerWeek ?? null,
    false_discovery_rate: office.falseDiscoveryRate,
  };
  await tx.db
    .insertInto('surveillance_offices')
    .values({ party_id: party, ...values })
    .onConflict((conflict) => conflict.column('party_id').doUpdateSet(values))
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

export async function listFirstRaised(reader: Reader, events: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (events.length === 0) return new Map();
  const rows = await reader
    .selectFrom('signals')
    .select(['event_id', (eb) => eb.fn.min('raised_at').as('at')])
    .where('event_id', 'in', [...events])
    .groupBy('event_id')
    .execute();
  return new Map(rows.flatMap(({ event_id, at }) => (event_id === null ? [] : [[event_id, at]])));
}

export async function countTriagedSince(reader: Reader, since: Date): Promise<number> {
  const row = await reader
    .selectFrom('signals')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('triaged_at', '>=', since)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** False when an open signal of the rule and place is already there. */
type SignalToInsert = Pick<
  Signal,
  'id' | 'source' | 'indicatorId' | 'placeId' | 'detectorId' | 'method' | 'submissionId' | 'summary'
>;

const newRow = (tx: Tx, party: PartyId, signal: SignalToInsert): Insertable<SignalsTable> => ({
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
});

export async function insertSignal(tx: Tx, party: PartyId, signal: SignalToInsert): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('signals')
    .values(newRow(tx, party, signal))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export interface NewSignal {
  readonly id: SignalId;
  readonly detector: Detector;
  readonly place: number;
  readonly alarms: readonly (Judgement & { readonly observed: number })[];
}

/** Which of them are new: a series has one open signal. */
export async function insertDetectorSignals(
  tx: Tx,
  party: PartyId,
  signals: readonly NewSignal[],
): Promise<ReadonlySet<SignalId>> {
  if (signals.length === 0) return new Set();
  const rows = await tx.db
    .insertInto('signals')
    .values(
      signals.map(({ id, detector, place }) =>
        newRow(tx, party, {
          id,
          source: 'detector',
          indicatorId: detector.indicatorId,
          placeId: place,
          detectorId: detector.id,
          method: detector.method,
          submissionId: undefined,
          summary: undefined,
        }),
      ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Of signals that are new. */
export async function insertAlarms(
  tx: Tx,
  party: PartyId,
  alarms: readonly { readonly signal: SignalId; readonly alarm: Judgement & { readonly observed: number } }[],
): Promise<void> {
  if (alarms.length === 0) return;
  await tx.db
    .insertInto('signal_alarms')
    .values(
      alarms.map(({ signal, alarm }) => ({
        signal_id: signal,
        party_id: party,
        period_start: startOf(alarm.period),
        ...alarmValues(tx, alarm, true),
      })),
    )
    .execute();
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

/**
 * Where each detector stands at each place: the signal it raised or goes along with, the open one before those that ended, and the periods from
 * that day on that it has spoken of; of several signals about one, the highest number.
 */
export async function listStandings(
  tx: Tx,
  detectors: readonly DetectorId[],
  places: readonly number[],
  from: PlainDate,
): Promise<ReadonlyMap<string, Standing>> {
  if (detectors.length === 0 || places.length === 0) return new Map();
  const { rows: latest } = await sql<{
    readonly id: SignalId;
    readonly detector_id: DetectorId;
    readonly place_id: number;
    readonly ended_at: Date | null;
    readonly is_member: boolean;
  }>`
    select distinct on (detector_id, place_id) * from (
      select id, detector_id, place_id, ended_at, false as is_member from signals
        where detector_id = any (${detectors}::uuid[]) and place_id = any (${places}::int[])
      union all
      select signals.id, member.detector_id, member.place_id, signals.ended_at, true
        from signal_members member join signals on signals.id = member.signal_id
        where member.detector_id = any (${detectors}::uuid[]) and member.place_id = any (${places}::int[])) as stands
    order by detector_id, place_id, ended_at desc nulls first, is_member`.execute(tx.db);
  const { rows: alarms } = await sql<{
    readonly detector_id: DetectorId;
    readonly place_id: number;
    readonly signal_id: SignalId;
    readonly period_start: PlainDate;
    readonly observed: number;
    readonly holds: boolean;
  }>`
    select detector_id, place_id, signal_id, period_start, observed, holds
      from signal_alarms join signals on signals.id = signal_alarms.signal_id
      where detector_id = any (${detectors}::uuid[]) and place_id = any (${places}::int[]) and period_start >= ${from}
    union all
    select detector_id, place_id, signal_id, period_start, observed, holds from signal_members
      where detector_id = any (${detectors}::uuid[]) and place_id = any (${places}::int[]) and period_start >= ${from}
    order by observed`.execute(tx.db);
  const byPair = Map.groupBy(alarms, (row) => standingKey(row.detector_id, row.place_id));
  return new Map(
    latest.map((row) => {
      const key = standingKey(row.detector_id, row.place_id);
      return [
        key,
        {
          signal: row.id,
          endedAt: row.ended_at ?? undefined,
          isMember: row.is_member,
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
  alarm: Judgement & { readonly observed: number },
  holds: boolean,
): Promise<void> {
  const values = alarmValues(tx, alarm, holds);
  await tx.db
    .insertInto('signal_alarms')
    .values({ signal_id: signal, party_id: party, period_start: startOf(alarm.period), ...values })
    .onConflict((conflict) => conflict.columns(['signal_id', 'period_start']).doUpdateSet(values))
    .execute();
}

const alarmValues = (tx: Tx, alarm: Judgement & { readonly observed: number }, holds: boolean) => ({
  observed: alarm.observed,
  usual_lower: alarm.range?.lower ?? null,
  usual_upper: alarm.range?.upper ?? null,
  expected: alarm.expected ?? null,
  threshold: alarm.threshold ?? null,
  raised_when: alarm.raisedWhen,
  p_value: alarm.pValue ?? null,
  score: alarm.score ?? null,
  score_limit: alarm.scoreLimit ?? null,
  reference: writeReference(alarm.reference),
  warnings: JSON.stringify(alarm.warnings),
  holds,
  known_at: tx.now,
});

export const writeReference = (reference: readonly ReferencePeriod[]): string =>
  JSON.stringify(reference.map(({ start, count, weight }) => [start, count ?? null, weight]));

/** Written by `writeReference` alone. */
export const readReference = (stored: unknown): readonly ReferencePeriod[] =>
  (stored as readonly [PlainDate, number | null, number][]).map(([start, count, weight]) => ({
    start,
    count: count ?? undefined,
    weight,
  }));

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
    pValue: row.p_value ?? undefined,
    score: row.score ?? undefined,
    scoreLimit: row.score_limit ?? undefined,
    reference: readReference(row.reference),
    // Written by saveAlarm alone.
    warnings: row.warnings as Alarm['warnings'],
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

export async function listHostedParties(
  reader: Reader,
): Promise<readonly { readonly id: PartyId; readonly slug: string }[]> {
  return reader.selectFrom('parties').select(['id', 'slug']).where('is_hosted', '=', true).orderBy('slug').execute();
}
