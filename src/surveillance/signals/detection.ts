/**
 * Detection over the series that have changed, in three steps that each survive a crash. Series are judged in batches, one indicator after the
 * other, because its series share detectors, kind of period and therefore what has to be loaded: a batch is one transaction that takes their
 * rows out of `changed_series`, loads as much history as the methods look back on, keeps what they say, and lists the areas around them. Then
 * those areas are judged, by the sum of what lies in them. Then everything new is put together into signals (consolidation.ts). Memory is
 * bounded by the batch, whatever the number of series.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { House, Work } from '../../house.ts';
import { work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { periodOf, periodsBetween, shiftPeriod, startOf, type Period } from '../../period.ts';
import { requireParty } from '../person.ts';
import { consolidateSignals } from './consolidation.ts';
import { countsBetween } from './counts.ts';
import { saveJudgements, type SeriesJudgements } from './judgement-store.ts';
import { defaultMethod, historyNeeded, isSlow, judge, signalledPeriods, suits, suitsSums } from './method.ts';
import type { IndicatorFacts } from './reported.ts';
import type { DetectorId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';

export interface DetectionReport {
  /** Series of places that report; the areas around them come on top. */
  readonly series: number;
  readonly raised: number;
  /** Alarms added to signals that stand already, or corrected in them. */
  readonly recorded: number;
}

// A thousand series of EARS, or of five years of weeks: what a batch holds in memory.
const batchValues = 300_000;
const batchSeries = 1000;
// Seconds of fitting, not minutes, in one transaction.
const batchSlowSeries = 20;
// A sum may be over a thousand series.
const batchAreas = 10;

/** As actor the part of the node that runs it: it raises signals and can do nothing else with them. */
export async function detectChanges(
  house: House,
  party: PartyId,
  system: 'jobs' | 'command-line',
  onBatch: (seriesSoFar: number) => void = () => {},
): Promise<DetectionReport> {
  const step = <T>(run: (working: Work) => Promise<T>): Promise<T> => work(house, { party }, { system }, run);
  let series = 0;
  // Series that another worker holds are left to it: a round in which nothing could be taken is the last.
  for (let takenInRound = -1; takenInRound !== 0;) {
    takenInRound = 0;
    for (const indicator of await house.database.read({ party }, reported.listChangedIndicators))
      for (;;) {
        const { taken, judged } = await step((working) => judgeChangedSeries(working, indicator));
        if (taken === 0) break;
        takenInRound += taken;
        series += judged;
        onBatch(series);
      }
  }
  while ((await step(judgeChangedAreas)) > 0);
  return { series, ...(await step(consolidateSignals)) };
}

/** Several facilities of one area are taken one by one and judged together. */
async function judgeChangedSeries(
  working: Work,
  indicatorId: number,
): Promise<{ readonly taken: number; readonly judged: number }> {
  const watched = await openIndicator(working, indicatorId);
  const most = watched?.active.some(({ method }) => isSlow(method)) ? batchSlowSeries : batchSeries;
  const limit = Math.min(most, Math.max(1, Math.floor(batchValues / Math.max(1, watched?.history ?? 1))));
  const { taken, changed } = await reported.takeChangedSeries(working.tx, indicatorId, limit);
  if (watched) await saveJudgements(working.tx, requireParty(working), await judgeSeries(working, watched, changed));
  await reported.markAreasAbove(working.tx, requireParty(working), changed);
  return { taken, judged: changed.length };
}

async function judgeChangedAreas(working: Work): Promise<number> {
  const changed = await reported.takeChangedAreas(working.tx, batchAreas);
  const found: SeriesJudgements[] = [];
  for (const [indicatorId, group] of Map.groupBy(changed, (area) => area.indicatorId)) {
    const watched = await openIndicator(working, indicatorId);
    if (!watched) continue;
    const onSums = watched.active.filter(({ method }) => suitsSums(method));
    found.push(...(await judgeSeries(working, { ...watched, active: onSums }, group)));
  }
  await saveJudgements(working.tx, requireParty(working), found);
  return changed.length;
}

/** What an indicator is watched by, up to which period, and how many periods are loaded for that. */
interface WatchedIndicator {
  readonly indicator: IndicatorFacts;
  readonly active: readonly store.Detector[];
  readonly last: Period;
  /** Earliest period in which an alarm still raises a signal. */
  readonly earliest: Period;
  readonly first: Period;
  readonly history: number;
}

/** Undefined: nobody watches it, or nobody has reported it. */
async function openIndicator(working: Work, id: number): Promise<WatchedIndicator | undefined> {
  const { tx } = working;
  const indicator = (await reported.listIndicators(tx.db, [id])).get(id);
  const latest = (await reported.listLatestPeriods(tx.db, [id])).get(id);
  if (!indicator) return undefined;
  const active = (await ensureDetectors(working, [indicator])).filter(
    ({ isActive, method }) => isActive && suits(method, indicator.periodKind),
  );
  if (latest === undefined || active.length === 0) return undefined;
  const last = periodOf(indicator.periodKind, latest);
  const earliest = shiftPeriod(last, 1 - signalledPeriods[indicator.periodKind]);
  const lookedBack = Math.max(...active.map(({ method }) => historyNeeded(method, indicator.periodKind)));
  const first = shiftPeriod(earliest, -lookedBack);
  return { indicator, active, last, earliest, first, history: periodsBetween(first, last) + 1 };
}

async function judgeSeries(
  { tx }: Work,
  { indicator, active, last, earliest, first }: WatchedIndicator,
  changed: readonly reported.ChangedSeries[],
): Promise<readonly SeriesJudgements[]> {
  if (changed.length === 0 || active.length === 0) return [];
  const places = changed.map(({ placeId }) => placeId);
  const values = await reported.listValues(tx.db, indicator.id, places, startOf(first), startOf(last));
  const toCounts = countsBetween(first, last);
  const found: SeriesJudgements[] = [];
  let rested = performance.now();
  for (const { placeId, population, since } of changed) {
    const from = periodOf(indicator.periodKind, since > startOf(earliest) ? since : startOf(earliest));
    const judged = periodsBetween(from, last) + 1;
    if (judged <= 0) continue;
    const counts = toCounts(values.get(placeId)?.byPeriod, population);
    for (const { id, method } of active) {
      found.push({ detector: id, place: placeId, judgements: judge(method, counts, judged) });
      // The process may be the one that answers requests.
      if (performance.now() - rested < longestBusyMs) continue;
      await setImmediate();
      rested = performance.now();
    }
  }
  return found;
}

const longestBusyMs = 30;

/** An indicator nobody has set up is watched by the default for its kind. One that somebody switched off stays off. */
async function ensureDetectors(
  working: Work,
  indicators: readonly IndicatorFacts[],
): Promise<readonly store.Detector[]> {
  const { tx } = working;
  const ids = indicators.map(({ id }) => id);
  const known = await store.listDetectors(tx.db, ids);
  const without = indicators.filter(({ id }) => !known.some(({ indicatorId }) => indicatorId === id));
  if (without.length === 0) return known;
  for (const indicator of without.toSorted((a, b) => a.id - b.id)) {
    await store.lockIndicatorDetectors(tx, indicator.id);
    if ((await store.listDetectors(tx.db, [indicator.id])).length > 0) continue;
    const id = randomUUID() as DetectorId;
    await store.insertDetector(tx, requireParty(working), {
      id,
      indicatorId: indicator.id,
      method: defaultMethod(indicator),
      isActive: true,
    });
    await tx.audit('detector.default', { detector: id, indicator: indicator.id });
  }
  return store.listDetectors(tx.db, ids);
}
