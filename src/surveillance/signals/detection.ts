/**
 * Detection over the series that have changed, in three steps that each survive a crash. Series are judged in batches: a batch is one
 * transaction that takes their rows out of `changed_series`, loads as much history as the methods look back on, keeps what they say, and lists
 * the areas around them. Then those areas are judged, by the sum of what lies in them. Then everything new is put together into
 * signals (consolidation.ts). Memory is bounded by the batch, whatever the number of series.
 */
import { randomUUID } from 'node:crypto';
import type { House, Work } from '../../house.ts';
import { work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { periodOf, periodsBetween, shiftPeriod, startOf } from '../../period.ts';
import { requireParty } from '../person.ts';
import { consolidateSignals } from './consolidation.ts';
import { toCounts } from './counts.ts';
import { saveJudgements, type SeriesJudgements } from './judgement-store.ts';
import { defaultMethod, historyNeeded, judge, signalledPeriods, suits, suitsSums } from './method.ts';
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

// 100 series with five years of weeks are some 30,000 numbers.
const batchSeries = 100;
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
  for (let count = -1; count !== 0;) {
    count = await step(judgeChangedSeries);
    series += count;
    if (count > 0) onBatch(series);
  }
  while ((await step(judgeChangedAreas)) > 0);
  return { series, ...(await step(consolidateSignals)) };
}

async function judgeChangedSeries(working: Work): Promise<number> {
  const changed = await reported.takeChangedSeries(working.tx, batchSeries);
  await judgeSeries(working, changed, false);
  await reported.markAreasAbove(working.tx, requireParty(working), changed);
  return changed.length;
}

async function judgeChangedAreas(working: Work): Promise<number> {
  const changed = await reported.takeChangedAreas(working.tx, batchAreas);
  await judgeSeries(working, changed, true);
  return changed.length;
}

async function judgeSeries(working: Work, changed: readonly reported.ChangedSeries[], areSums: boolean): Promise<void> {
  if (changed.length === 0) return;
  const { tx } = working;
  const indicators = await reported.listIndicators(tx.db, [...new Set(changed.map(({ indicatorId }) => indicatorId))]);
  const latest = await reported.listLatestPeriods(tx.db, [...indicators.keys()]);
  const detectors = Map.groupBy(
    await ensureDetectors(working, [...indicators.values()]),
    ({ indicatorId }) => indicatorId,
  );
  const found: SeriesJudgements[] = [];
  // By indicator: its series share detectors, kind of period and therefore what has to be loaded.
  for (const [indicatorId, group] of Map.groupBy(changed, (series) => series.indicatorId)) {
    const indicator = indicators.get(indicatorId);
    const lastStart = latest.get(indicatorId);
    const active = (detectors.get(indicatorId) ?? []).filter(
      ({ isActive, method }) => isActive && (!areSums || suitsSums(method)),
    );
    if (!indicator || lastStart === undefined || active.length === 0) continue;
    const last = periodOf(indicator.periodKind, lastStart);
    const earliest = shiftPeriod(last, 1 - signalledPeriods[indicator.periodKind]);
    const history = Math.max(...active.map(({ method }) => historyNeeded(method, indicator.periodKind)));
    const first = shiftPeriod(earliest, -history);
    const places = group.map(({ placeId }) => placeId);
    const values = await reported.listValues(tx.db, indicatorId, places, startOf(first), startOf(last));
    for (const series of group) {
      const counts = toCounts(first, last, values.get(series.placeId)?.byPeriod, series.population);
      const from = periodOf(indicator.periodKind, series.since > startOf(earliest) ? series.since : startOf(earliest));
      const judged = periodsBetween(from, last) + 1;
      if (judged <= 0) continue;
      for (const { id, method } of active)
        if (suits(method, indicator.periodKind))
          found.push({ detector: id, place: series.placeId, judgements: judge(method, counts, judged) });
    }
  }
  await saveJudgements(tx, requireParty(working), found);
}

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
