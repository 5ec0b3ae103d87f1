/** Events put together for people, for the bulletin and for what is shared. */
import type { Reader } from '../../db/database.ts';
import type { AccountId } from '../../ids.ts';
import type { Period, PlainDate } from '../../period.ts';
import {
  headline,
  listEventSignals,
  listFirstRaised,
  listIndicatorFacts,
  listPlaceFacts,
  listRisks,
  type SignalReading,
} from '../signals/reading.ts';
import type { IndicatorFacts, PlaceFacts } from '../signals/reported.ts';
import {
  riskLevel,
  riskMatrices,
  type RiskLevel,
  type RiskScope,
  type ScopeAssessment,
} from '../signals/risk-assessment.ts';
import {
  recordedDates,
  type ActionEntry,
  type Annex2Entry,
  type Entered,
  type EventFacts,
  type EventId,
  type MilestoneEntry,
  type RecordedDate,
} from './event.ts';
import {
  annex2Clocks,
  annex2Criteria,
  decideAnnex2,
  type Annex2Clocks,
  type Annex2Decision,
  type Annex2Input,
} from './ihr-annex2.ts';
import {
  evaluateSevenOneSeven,
  responseActionCodes,
  type ActionStates,
  type SevenOneSeven,
} from './seven-one-seven.ts';
import * as store from './store.ts';

export type RecordedDates = { readonly [D in RecordedDate]?: PlainDate | undefined };

export interface EventReading extends EventFacts {
  readonly indicator: IndicatorFacts | undefined;
  readonly place: PlaceFacts | undefined;
  readonly dates: RecordedDates;
  readonly actions: ActionStates;
  readonly clocks: SevenOneSeven;
  /** Latest first, with what each replaced. */
  readonly milestoneEntries: readonly Entered<MilestoneEntry>[];
  readonly actionEntries: readonly Entered<ActionEntry>[];
  readonly annex2: readonly (Entered<Annex2Entry> & { readonly decision: Annex2Decision })[];
  readonly annex2Clocks: Annex2Clocks;
}

export async function findEvent(reader: Reader, id: EventId, today: PlainDate): Promise<EventReading | undefined> {
  const event = await store.findEvent(reader, id);
  return event && (await complete(reader, [event], today))[0];
}

export async function readEvents(reader: Reader, today: PlainDate, limit = 500): Promise<readonly EventReading[]> {
  return complete(reader, await store.listEvents(reader, limit), today);
}

async function complete(
  reader: Reader,
  events: readonly EventFacts[],
  today: PlainDate,
): Promise<readonly EventReading[]> {
  const ids = events.map(({ id }) => id);
  const indicators = await listIndicatorFacts(
    reader,
    events.flatMap(({ indicatorId }) => indicatorId ?? []),
  );
  const places = await listPlaceFacts(
    reader,
    events.flatMap(({ placeId }) => placeId ?? []),
  );
  const milestoneEntries = await store.listMilestones(reader, ids);
  const actionEntries = await store.listActions(reader, ids);
  const annex2 = await store.listAnnex2(reader, ids);
  const firstReports = await listFirstRaised(reader, ids);
  return events.map((event) => {
    const entered = milestoneEntries.get(event.id) ?? [];
    const done = actionEntries.get(event.id) ?? [];
    const dates = currentDates(entered.map(({ value }) => value));
    const actions = currentActions(done.map(({ value }) => value));
    const assessed = (annex2.get(event.id) ?? []).map((entry) => ({ ...entry, decision: decisionOf(entry) }));
    return {
      ...event,
      indicator: indicators.get(event.indicatorId ?? -1),
      place: places.get(event.placeId ?? -1),
      dates,
      actions,
      clocks: evaluateSevenOneSeven(dates, actions, today),
      milestoneEntries: entered,
      actionEntries: done,
      annex2: assessed,
      annex2Clocks: annex2Clocks(
        firstReports.get(event.id) ?? event.openedAt,
        assessed,
        dates['who-notified'] !== undefined,
      ),
    };
  });
}

/** Of entries with the latest first. */
export function currentDates(entries: readonly MilestoneEntry[]): RecordedDates {
  return Object.fromEntries(
    recordedDates.map((milestone) => [milestone, entries.find((entry) => entry.milestone === milestone)?.on]),
  );
}

function currentActions(entries: readonly ActionEntry[]): ActionStates {
  return Object.fromEntries(
    responseActionCodes.map((code) => [code, entries.find(({ action }) => action === code)?.state]),
  );
}

export function decisionOf({ value, at }: Entered<Annex2Entry>): Annex2Decision {
  const answers = Object.fromEntries(annex2Criteria.map((criterion) => [criterion, value.answers[criterion].answer]));
  // Every criterion has been put in.
  return decideAnnex2(value.list, answers as Annex2Input, at);
}

/** What a person has verified and opened as an event: all that may be told to anybody outside, under the terms of an agreement. */
export interface VerifiedEvent {
  readonly id: EventId;
  readonly title: string;
  readonly indicator: IndicatorFacts | undefined;
  readonly place: PlaceFacts | undefined;
  readonly openedBy: AccountId;
  readonly openedAt: Date;
  readonly isClosed: boolean;
  /** Of the signals that make it up: place, period and number of each one's latest alarm that still holds. */
  readonly reports: readonly {
    readonly indicator: IndicatorFacts | undefined;
    readonly place: PlaceFacts | undefined;
    readonly period: Period;
    readonly observed: number;
  }[];
  readonly dates: RecordedDates;
  /** Of the latest assessment. */
  readonly risk: { readonly [S in RiskScope]: RiskLevel } | undefined;
}

export async function findVerifiedEvent(reader: Reader, id: EventId): Promise<VerifiedEvent | undefined> {
  // Clocks are not part of it, so any day will do.
  const event = await findEvent(reader, id, '2000-01-01' as PlainDate);
  if (!event) return undefined;
  const signals = await listEventSignals(reader, id);
  const risk = (
    await listRisks(
      reader,
      signals.map((signal) => signal.id),
    )
  )[0];
  return {
    id,
    title: event.title,
    indicator: event.indicator,
    place: event.place,
    openedBy: event.openedBy,
    openedAt: event.openedAt,
    isClosed: event.closed !== undefined,
    reports: signals.flatMap(reportOf),
    dates: event.dates,
    risk: risk && levelsOf(risk.scopes, risk.matrixVersion),
  };
}

function reportOf(signal: SignalReading): VerifiedEvent['reports'] {
  const alarm = headline(signal);
  return alarm
    ? [{ indicator: signal.indicator, place: signal.place, period: alarm.period, observed: alarm.observed }]
    : [];
}

function levelsOf(
  scopes: { readonly [S in RiskScope]: ScopeAssessment },
  version: string,
): { readonly [S in RiskScope]: RiskLevel } {
  const matrix = riskMatrices.find((each) => each.version === version);
  const level = (scope: RiskScope): RiskLevel => riskLevel(scopes[scope], matrix);
  return { national: level('national'), regional: level('regional'), global: level('global') };
}
