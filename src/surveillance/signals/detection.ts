/**
 * Detection over the series that have changed. A batch of series is one transaction: it takes their rows out of `changed_series`, loads as much
 * history as the methods look back on, and writes what it found. A crash leaves the rows or the findings. Memory is bounded by the
 * batch, whatever the number of series.
 */
import { randomUUID } from 'node:crypto';
import type { House, Work } from '../../house.ts';
import { work } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { periodOf, periodsBetween, shiftPeriod, startOf } from '../../period.ts';
import { requireParty } from '../person.ts';
import { absorb, type Change } from './absorb.ts';
import { toCounts } from './counts.ts';
import { defaultMethod, historyNeeded, judge, signalledPeriods, suits } from './method.ts';
import type { IndicatorFacts } from './reported.ts';
import type { DetectorId, SignalId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';

export interface DetectionReport {
  readonly series: number;
  readonly raised: number;
  /** Alarms added to signals that stand already, or corrected in them. */
  readonly recorded: number;
}

// 100 series with five years of weeks are some 30,000 numbers.
const batchSeries = 100;

/** As actor the part of the node that runs it: it raises signals and can do nothing else with them. */
export async function detectChanges(
  house: House,
  party: PartyId,
  system: 'jobs' | 'command-line',
  onBatch: (soFar: DetectionReport) => void = () => {},
): Promise<DetectionReport> {
  let total: DetectionReport = { series: 0, raised: 0, recorded: 0 };
  for (;;) {
    const batch = await work(house, { party }, { system }, detectBatch);
    if (batch.series === 0) return total;
    total = {
      series: total.series + batch.series,
      raised: total.raised + batch.raised,
      recorded: total.recorded + batch.recorded,
    };
    onBatch(total);
  }
}

async function detectBatch(working: Work): Promise<DetectionReport> {
  const { tx } = working;
  const party = requireParty(working);
  const changed = await reported.takeChangedSeries(tx, batchSeries);
  if (changed.length === 0) return { series: 0, raised: 0, recorded: 0 };
  const indicators = await reported.listIndicators(tx.db, [...new Set(changed.map(({ indicatorId }) => indicatorId))]);
  const latest = await reported.listLatestPeriods(tx.db, [...indicators.keys()]);
  const detectors = Map.groupBy(
    await ensureDetectors(working, [...indicators.values()]),
    ({ indicatorId }) => indicatorId,
  );

  let raised = 0;
  let recorded = 0;
  // By indicator: its series share detectors, kind of period and therefore what has to be loaded.
  for (const [indicatorId, group] of Map.groupBy(changed, (series) => series.indicatorId)) {
    const indicator = indicators.get(indicatorId);
    const lastStart = latest.get(indicatorId);
    const active = (detectors.get(indicatorId) ?? []).filter(({ isActive }) => isActive);
    if (!indicator || lastStart === undefined || active.length === 0) continue;
    const last = periodOf(indicator.periodKind, lastStart);
    const earliest = shiftPeriod(last, 1 - signalledPeriods[indicator.periodKind]);
    const history = Math.max(...active.map(({ method }) => historyNeeded(method, indicator.periodKind)));
    const first = shiftPeriod(earliest, -history);
    const places = group.map(({ placeId }) => placeId);
    const values = await reported.listValues(tx.db, indicatorId, places, startOf(first), startOf(last));
    const rules = active.map(({ id }) => id);
    const standings = await store.listStandings(tx, rules, places, startOf(earliest));
    for (const series of group) {
      const counts = toCounts(first, last, values.get(series.placeId)?.byPeriod, series.population);
      const from = periodOf(indicator.periodKind, series.since > startOf(earliest) ? series.since : startOf(earliest));
      const judged = periodsBetween(from, last) + 1;
      for (const detector of active) {
        if (judged <= 0 || !suits(detector.method, indicator.periodKind)) continue;
        const standing = standings.get(store.standingKey(detector.id, series.placeId));
        const changes = absorb(judge(detector.method, counts, judged), standing, tx.now);
        const done = await applyChanges(working, party, { ...detector, placeId: series.placeId }, changes);
        raised += done.raised;
        recorded += done.recorded;
      }
    }
  }
  return { series: changed.length, raised, recorded };
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

async function applyChanges(
  working: Work,
  party: PartyId,
  rule: store.Detector & { readonly placeId: number },
  changes: readonly Change[],
): Promise<{ readonly raised: number; readonly recorded: number }> {
  const { tx } = working;
  let raised = 0;
  let recorded = 0;
  for (const change of changes)
    switch (change.kind) {
      case 'raise': {
        const id = randomUUID() as SignalId;
        const isNew = await store.insertSignal(tx, party, {
          id,
          source: 'detector',
          indicatorId: rule.indicatorId,
          placeId: rule.placeId,
          detectorId: rule.id,
          method: rule.method,
          submissionId: undefined,
          summary: undefined,
        });
        // Another worker was faster with another series of this place; its signal takes these alarms up at the next change.
        if (!isNew) break;
        for (const alarm of change.alarms) await store.saveAlarm(tx, party, id, alarm, true);
        await tx.audit('signal.raise', { signal: id, detector: rule.id, indicator: rule.indicatorId });
        raised++;
        break;
      }
      case 'record':
        await store.saveAlarm(tx, party, change.signal, change.alarm, change.holds);
        await store.updateSignalMethod(tx, change.signal, rule.method);
        recorded++;
        break;
      case 'withdraw':
        await store.withdrawAlarm(tx, change.signal, change.period);
        recorded++;
        break;
    }
  return { raised, recorded };
}
