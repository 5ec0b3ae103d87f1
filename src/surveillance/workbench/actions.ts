import { randomUUID } from 'node:crypto';
import { purposes } from '../../agreement/purposes.ts';
import type { Reader } from '../../db/database.ts';
import type { Work } from '../../house.ts';
import type { Did } from '../../ids.ts';
import { addDays, plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { requireParty, requirePerson } from '../person.ts';
import { changeDetector, watchIndicator } from '../signals/actions.ts';
import type { Method } from '../signals/method.ts';
import * as reported from '../signals/reported/store.ts';
import type { DetectorId } from '../signals/signal.ts';
import { findDetector, listDetectors } from '../signals/reading.ts';
import type { Detector } from '../signals/store.ts';
import * as store from './analysis-store.ts';
import type { AnalysisId } from './analysis-store.ts';
import type { ClusterTask } from './cluster-analysis.ts';
import { comparisonTask } from './comparison-analysis.ts';
import { comparisonResult, isSame, type CandidateResult, type ComparisonSettings } from './comparison.ts';
import { listReceivedIndicators, loadReceivedSeries } from './received.ts';
import { spread, type Source } from './series.ts';
import { analyseJob } from './steps.ts';

const daysLookedBack = 3 * 366;

async function ask(
  work: Work,
  kind: 'comparison' | 'clusters',
  indicatorId: number | undefined,
  settings: object,
): Promise<AnalysisId> {
  requirePerson(work);
  const party = requireParty(work);
  const id = randomUUID() as AnalysisId;
  await store.insertAnalysis(work.tx, party, { id, kind, indicatorId, settings, result: undefined });
  await work.house.jobs.enqueue(work.tx, analyseJob, { party, kind, id }, { key: id });
  return id;
}

/** On the office's own series of one indicator, from the largest to the smallest. */
export async function compareDetectors(
  work: Work,
  indicatorId: number,
  settings: ComparisonSettings,
): Promise<AnalysisId> {
  const { db } = work.tx;
  if ((await reported.listIndicators(db, [indicatorId])).size === 0) throw problem.notFound({ what: 'indicator' });
  const since = addDays(plainDateAt(work.tx.now, 'UTC'), -daysLookedBack);
  const areas = (await reported.listReportingAreas(db, indicatorId, since)).map(({ area }) => area);
  const source: Source = { kind: 'own', indicator: indicatorId, places: [...spread(areas, settings.series)] };
  const id = await ask(work, 'comparison', indicatorId, {
    source,
    settings,
    inUse: (await activeDetectors(work, indicatorId)).map(({ method }) => method),
  });
  await work.tx.audit('analysis.ask', { analysis: id, indicator: indicatorId });
  return id;
}

/** On what a neighbour gave, for a purpose that it gave it for; the audit row says which. */
export async function compareOnReceived(
  work: Work,
  received: { readonly giver: Did; readonly indicator: string; readonly purpose: string },
  settings: ComparisonSettings,
): Promise<AnalysisId> {
  const { db } = work.tx;
  const known = await findReceived(work, received);
  const series = await loadReceivedSeries(db, { ...known, purpose: received.purpose }, 1);
  const source: Source = {
    kind: 'received',
    giver: known.giver,
    giverName: known.giverName,
    indicator: known.indicator,
    periodKind: known.kind,
    purpose: received.purpose,
    places: [
      ...spread(
        series.map(({ code }) => code),
        settings.series,
      ),
    ],
  };
  const id = await ask(work, 'comparison', undefined, { source, settings, inUse: [] });
  await work.tx.audit('received.use', {
    analysis: id,
    giver: known.giver,
    indicator: known.indicator,
    purpose: received.purpose,
  });
  return id;
}

async function findReceived(
  { tx }: Work,
  { giver, indicator, purpose }: { readonly giver: Did; readonly indicator: string; readonly purpose: string },
) {
  const known = (await listReceivedIndicators(tx.db)).find(
    (each) => each.giver === giver && each.indicator === indicator,
  );
  if (!known) throw problem.notFound({ what: 'received' });
  const isKnown = purposes.find((each) => each === purpose);
  if (isKnown === undefined || !known.purposes.includes(purpose)) throw problem.notAllowed({ needs: 'purpose' });
  return known;
}

export async function lookForClusters(work: Work, task: ClusterTask): Promise<AnalysisId> {
  if ((await reported.listIndicators(work.tx.db, [task.indicator])).size === 0)
    throw problem.notFound({ what: 'indicator' });
  const id = await ask(work, 'clusters', task.indicator, task);
  await work.tx.audit('analysis.ask', { analysis: id, indicator: task.indicator });
  return id;
}

const activeDetectors = async (work: Work, indicatorId: number): Promise<readonly Detector[]> =>
  (await listDetectors(work.tx.db, [indicatorId])).filter(({ isActive }) => isActive);

export interface Choice {
  readonly indicatorId: number;
  readonly candidate: CandidateResult;
  /** Statistics in use, which the chosen one takes the place of; rules that people wrote stay. */
  readonly replaced: readonly Detector[];
  readonly kept: readonly Detector[];
}

/** What choosing would do. Throws when there is nothing to choose: not finished, another's data, an unknown candidate. */
export async function readChoice(reader: Reader, id: AnalysisId, candidateId: string): Promise<Choice> {
  const analysis = await store.findAnalysis(reader, 'comparison', id);
  if (!analysis) throw problem.notFound({ what: 'comparison' });
  const result = comparisonResult.safeParse(analysis.result);
  const { source } = comparisonTask.parse(analysis.settings);
  const candidate = result.data?.candidates.find((each) => each.id === candidateId);
  if (!candidate || source.kind !== 'own') throw problem.notFound({ what: 'candidate' });
  const active = (await listDetectors(reader, [source.indicator])).filter(({ isActive }) => isActive);
  const isReplaced = ({ method }: Detector): boolean => method.method !== 'rule';
  return {
    indicatorId: source.indicator,
    candidate,
    replaced: active.filter(isReplaced),
    kept: active.filter((detector) => !isReplaced(detector)),
  };
}

/** From now on this disease is watched by the chosen one. A detector that stands keeps its signals: it changes its method. */
export async function chooseDetector(work: Work, id: AnalysisId, candidateId: string): Promise<void> {
  requirePerson(work);
  const { indicatorId, candidate, replaced, kept } = await readChoice(work.tx.db, id, candidateId);
  const method: Method = candidate.method;
  const [first, ...others] = replaced;
  const isThere = kept.some((detector) => isSame(detector.method, method));
  let detector: DetectorId | undefined;
  if (first && !isThere) {
    detector = first.id;
    await changeDetector(work, first.id, { method, isActive: true });
  } else if (!isThere) detector = await watchIndicator(work, indicatorId, method);
  for (const each of isThere ? replaced : others) {
    const now = await findDetector(work.tx.db, each.id);
    if (now) await changeDetector(work, each.id, { method: now.method, isActive: false });
  }
  await work.tx.audit('detector.choose', {
    analysis: id,
    candidate: candidateId,
    indicator: indicatorId,
    detector: detector ?? null,
  });
}
