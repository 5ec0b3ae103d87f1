/** Signals put together for people, pages and other slices, from one snapshot. */
import type { Reader } from '../../db/database.ts';
import { periodOf, periodsBetween, shiftPeriod, startOf, type Period } from '../../period.ts';
import { cutToCapacity, type Cut } from './capacity.ts';
import { toCounts } from './counts.ts';
import { countHeldBack } from './judgement-store.ts';
import { isOpen, type SignalStatus } from './life-cycle.ts';
import { comparesCounts, historyNeeded, judge, type Judgement } from './method.ts';
import type { IndicatorFacts, PlaceFacts, PlaceShape } from './reported.ts';
import type { Alarm, Signal, SignalId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';
import { rank, type Candidate, type Ranked } from './triage.ts';

export interface SignalReading extends Signal {
  readonly indicator: IndicatorFacts | undefined;
  readonly place: PlaceFacts | undefined;
  /** Oldest first. */
  readonly alarms: readonly Alarm[];
}

export async function readSignals(reader: Reader, filter: store.SignalFilter): Promise<readonly SignalReading[]> {
  return complete(reader, await store.listSignals(reader, filter));
}

export async function findSignal(reader: Reader, id: SignalId): Promise<SignalReading | undefined> {
  const signal = await store.findSignal(reader, id);
  return signal && (await complete(reader, [signal]))[0];
}

export async function listEventSignals(reader: Reader, event: string): Promise<readonly SignalReading[]> {
  return (await readSignals(reader, { event, limit: 500 })).toReversed();
}

/** By event: when the first of its signals was raised or told. */
export const listFirstRaised = store.listFirstRaised;

async function complete(reader: Reader, signals: readonly Signal[]): Promise<readonly SignalReading[]> {
  const indicators = await reported.listIndicators(reader, [
    ...new Set(signals.flatMap(({ indicatorId }) => indicatorId ?? [])),
  ]);
  const places = await reported.listPlaces(reader, [...new Set(signals.flatMap(({ placeId }) => placeId ?? []))]);
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  const alarms = await store.listAlarms(
    reader,
    signals.map(({ id }) => id),
    (id) => indicators.get(byId.get(id)?.indicatorId ?? -1)?.periodKind,
  );
  return signals.map((signal) => ({
    ...signal,
    indicator: indicators.get(signal.indicatorId ?? -1),
    place: places.get(signal.placeId ?? -1),
    alarms: alarms.get(signal.id) ?? [],
  }));
}

/** For other slices, which do not reach into this one's store. */
export const listIndicatorFacts = reported.listIndicators;
export const listPlaceFacts = reported.listPlaces;
export const { findDetector, listDetectors } = store;
export const readFalseDiscoveryRate = async (reader: Reader): Promise<number> =>
  (await store.readOffice(reader)).falseDiscoveryRate;
export const listRisks = store.listRiskAssessments;

/** The latest period in which the rule still speaks; if a correction silenced it everywhere, the latest at all. */
export function headline(signal: SignalReading): Alarm | undefined {
  return signal.alarms.findLast(({ holds }) => holds) ?? signal.alarms.at(-1);
}

const dayMs = 86_400_000;

export type RankedSignal = Ranked<Candidate & { readonly signal: SignalReading }>;

export interface Worklist {
  /** Taken up by somebody and not finished: always listed. */
  readonly taken: readonly SignalReading[];
  /** New ones, in the order of triage, up to the office's capacity; and those beyond. */
  readonly fresh: Cut<RankedSignal>;
  readonly perWeek: number | undefined;
  readonly triagedThisWeek: number;
  readonly heldBack: number;
}

const takenStatuses = ['to-verify', 'monitoring', 'verified', 'assessed'] as const satisfies readonly SignalStatus[];

// More than an office could look at in a year; a rule that raises more is wrong, and what it raised stays countable.
const mostFresh = 5000;

export async function readWorklist(reader: Reader, now: Date): Promise<Worklist> {
  const fresh = await readSignals(reader, { statuses: ['new'], limit: mostFresh });
  const taken = await readSignals(reader, { statuses: takenStatuses, limit: mostFresh });
  const { signalsPerWeek: perWeek } = await store.readOffice(reader);
  const triagedThisWeek = await store.countTriagedSince(reader, new Date(now.getTime() - 7 * dayMs));
  const neighbours = await reported.listNeighbours(
    reader,
    fresh.flatMap(({ placeId }) => placeId ?? []),
  );
  const open = new Set([...fresh, ...taken].map(({ indicatorId, placeId }) => `${indicatorId} ${placeId}`));
  const candidates = fresh.map((signal) => {
    const alarm = headline(signal);
    const around = signal.placeId === undefined ? [] : (neighbours.get(signal.placeId) ?? []);
    return {
      id: signal.id,
      isImmediate: signal.indicator?.isImmediate ?? false,
      isToldByPerson: signal.source !== 'detector',
      observed: alarm?.observed,
      usual: alarm?.expected,
      limit: alarm?.threshold,
      pValue: alarm?.pValue,
      neighbours: around.filter((place) => open.has(`${signal.indicatorId} ${place}`)).length,
      alarmPeriods: signal.alarms.filter(({ holds }) => holds).length,
      raisedAt: signal.raisedAt,
      signal,
    };
  });
  return {
    taken,
    fresh: cutToCapacity(
      rank(candidates),
      { perWeek, used: triagedThisWeek },
      ({ candidate }) => candidate.isImmediate,
    ),
    perWeek,
    triagedThisWeek,
    heldBack: await countHeldBack(reader),
  };
}

export interface CurveReading extends Judgement {
  /** Some of the places that usually report have not. */
  readonly isIncomplete: boolean;
  /** What was reported, also where the method tests something else than the count. */
  readonly count: number | undefined;
  readonly isSignal: boolean;
}

const shownPeriods = { day: 90, 'iso-week': 52, 'mmwr-week': 52, month: 36 } as const;

/** The curves of signals of one day's list: what was reported in the last year, with what the method expected of each period. */
export async function readCurves(
  reader: Reader,
  signals: readonly SignalReading[],
): Promise<ReadonlyMap<SignalId, readonly CurveReading[]>> {
  const curves = new Map<SignalId, readonly CurveReading[]>();
  for (const [indicatorId, group] of Map.groupBy(signals, ({ indicatorId }) => indicatorId)) {
    const indicator = group[0]?.indicator;
    if (indicatorId === undefined || !indicator) continue;
    const latest = (await reported.listLatestPeriods(reader, [indicatorId])).get(indicatorId);
    if (latest === undefined) continue;
    const last = periodOf(indicator.periodKind, latest);
    const shown = shownPeriods[indicator.periodKind];
    const history = Math.max(
      0,
      ...group.map(({ method }) => (method ? historyNeeded(method, indicator.periodKind) : 0)),
    );
    const first = shiftPeriod(last, 1 - shown - history);
    const values = await reported.listValues(
      reader,
      indicatorId,
      group.flatMap(({ placeId }) => placeId ?? []),
      startOf(first),
      startOf(last),
    );
    for (const signal of group)
      curves.set(signal.id, drawCurve(signal, values.get(signal.placeId ?? -1), first, last, shown));
  }
  return curves;
}

function drawCurve(
  signal: SignalReading,
  values: reported.AreaValues | undefined,
  first: Period,
  last: Period,
  shown: number,
): readonly CurveReading[] {
  const counts = toCounts(first, last, values?.byPeriod, signal.place?.population);
  const judged = signal.method
    ? judge(signal.method, counts, shown)
    : counts.values.slice(-shown).map((observed, position): Judgement => ({
        period: shiftPeriod(last, position + 1 - Math.min(shown, counts.values.length)),
        observed,
        alarm: undefined,
        expected: undefined,
        range: undefined,
        threshold: undefined,
        raisedWhen: 'more-than',
        pValue: undefined,
        score: undefined,
        scoreLimit: undefined,
        reference: [],
        warnings: [],
      }));
  // The limit of a sum or a rate has no place on a curve of counts.
  const testsCounts = signal.method !== undefined && comparesCounts(signal.method);
  const raised = new Set(signal.alarms.filter(({ holds }) => holds).map(({ period }) => startOf(period)));
  return judged.map((judgement) => {
    const reported = values?.byPeriod.get(startOf(judgement.period));
    return {
      ...judgement,
      threshold: testsCounts ? judgement.threshold : undefined,
      count: reported?.value,
      isIncomplete:
        reported !== undefined && reported.places < (values?.places ?? 0) && periodsBetween(judgement.period, last) < 4,
      isSignal: raised.has(startOf(judgement.period)),
    };
  });
}

export interface PlaceAround {
  readonly place: PlaceShape;
  readonly value: number | undefined;
  readonly isNeighbour: boolean;
  readonly hasSignal: boolean;
}

/** The signal's place among those around it, in the period of its headline. */
export async function readPlacesAround(reader: Reader, signal: SignalReading): Promise<readonly PlaceAround[]> {
  const alarm = headline(signal);
  if (signal.placeId === undefined || signal.indicatorId === undefined || !alarm) return [];
  const places = await reported.listPlacesAround(reader, signal.placeId);
  const ids = places.map(({ id }) => id);
  const start = startOf(alarm.period);
  const values = await reported.listValues(reader, signal.indicatorId, ids, start, start);
  const neighbours = new Set((await reported.listNeighbours(reader, [signal.placeId])).get(signal.placeId) ?? []);
  const open = await store.listSignals(reader, { places: ids, indicator: signal.indicatorId, limit: mostFresh });
  const signalled = new Set(open.filter(({ status }) => isOpen(status)).map(({ placeId }) => placeId));
  return places.map((place) => ({
    place,
    value: values.get(place.id)?.byPeriod.get(start)?.value,
    isNeighbour: neighbours.has(place.id),
    hasSignal: signalled.has(place.id) || place.id === signal.placeId,
  }));
}

export interface Total {
  /** Undefined: no place reported. */
  readonly count: number | undefined;
  readonly placesReported: number;
  readonly places: number;
}

/**
 * Of each indicator whose numbers may be added up, the sum over the uppermost areas that report it: a district inside a region that reports
 * itself is not counted twice.
 */
export async function listTotals(
  reader: Reader,
  indicators: readonly IndicatorFacts[],
  period: Period,
): Promise<ReadonlyMap<number, Total>> {
  const uppermost = await reported.listUppermostAreas(
    reader,
    indicators.map(({ id }) => id),
  );
  const totals = new Map<number, Total>();
  for (const [indicator, areas] of uppermost) {
    const values = await reported.listValues(reader, indicator, areas, startOf(period), startOf(period));
    const known = [...values.values()].flatMap(({ byPeriod }) => byPeriod.get(startOf(period))?.value ?? []);
    totals.set(indicator, {
      count: known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0),
      placesReported: known.length,
      places: areas.length,
    });
  }
  return totals;
}
