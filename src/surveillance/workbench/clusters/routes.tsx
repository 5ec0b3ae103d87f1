import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { parsePeriod, shiftPeriod, startOf } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { formatCsv } from '../../csv.ts';
import { nameIn } from '../../signals/reported.ts';
import { listIndicatorFacts } from '../../signals/reading.ts';
import * as reported from '../../signals/reported/store.ts';
import { office, officers } from '../../signals/routes.tsx';
import { lookForClusters } from '../actions.ts';
import { findAnalysis, listAnalyses, type Analysis, type AnalysisId } from '../analysis-store.ts';
import { describeProgress } from '../answers.ts';
import { clusterResult, clusterTask, longestCluster } from '../cluster-analysis.ts';
import { clearProbability, clustersAnswer, clustersPage, models, scanAnswer, scanPage } from './pages.tsx';

const idParam = z.object({ id: z.uuid().transform((id) => id as AnalysisId) });
const pathOf = (id: string): string => `/clusters/${id}`;

async function readClusters(reading: Reading & Caller): Promise<z.input<typeof clustersAnswer>> {
  const { reader, locale } = reading;
  const indicators = await listIndicatorFacts(reader);
  const name = (id: number | undefined): string => {
    const found = indicators.get(id ?? -1);
    return found ? nameIn(locale, found.names, found.code) : '';
  };
  return {
    mayAsk: reading.viewer.roles.has('officer'),
    indicators: [...indicators.values()].map(({ id }) => ({ value: String(id), name: name(id) })),
    scans: (await listAnalyses(reader, 'clusters', 20)).map((analysis) => ({
      path: pathOf(analysis.id),
      subject: name(analysis.indicatorId),
      model: clusterTask.parse(analysis.settings).model,
      askedAt: analysis.askedAt.toISOString(),
      isFinished: analysis.result !== undefined,
    })),
  };
}

const clusters = read({
  path: '/clusters',
  summary: 'Are there more cases somewhere than elsewhere? The question, and the answers given before',
  for: office,
  answer: clustersAnswer,
  handle: readClusters,
  page: (answer, view) => clustersPage(answer, view, blankForm({ model: 'permutation' })),
});

const look = write({
  path: '/clusters',
  summary: 'Looks for clusters of an indicator in space and time',
  for: officers,
  body: z.object({ indicator: z.int().positive(), model: z.enum(models) }),
  answer: z.object({ id: z.uuid() }),
  handle: async (work, { body }) => ({ id: await lookForClusters(work, body) }),
  then: ({ id }) => pathOf(id),
  form: async ({ form }, view, reading) => clustersPage(clustersAnswer.parse(await readClusters(reading)), view, form),
});

async function readScan(reading: Reading & Caller, id: AnalysisId): Promise<z.input<typeof scanAnswer>> {
  const { reader, locale } = reading;
  const analysis = await findAnalysis(reader, 'clusters', id);
  if (!analysis) throw problem.notFound({ what: 'clusters' });
  const task = clusterTask.parse(analysis.settings);
  const indicator = (await listIndicatorFacts(reader, [task.indicator])).get(task.indicator);
  return {
    path: pathOf(id),
    subject: indicator ? nameIn(locale, indicator.names, indicator.code) : '',
    model: task.model,
    progress: describeProgress(analysis),
    isFinished: analysis.result !== undefined,
    result: await describeResult(reader, analysis, task.indicator),
  };
}

async function describeResult(
  reader: Reading['reader'],
  analysis: Analysis,
  indicator: number,
): Promise<z.input<typeof scanAnswer>['result']> {
  const result = clusterResult.safeParse(analysis.result).data;
  if (!result || 'nothing' in result) return null;
  const { value: until } = parsePeriod(result.kind, result.until);
  if (until === undefined) return null;
  const mapSince = shiftPeriod(until, 1 - longestCluster[result.kind]);
  const areas = (await reported.listReportingAreas(reader, indicator, startOf(mapSince))).map(({ area }) => area);
  const shapes = await reported.listShapes(reader, areas);
  const names = new Map(shapes.map(({ id, name }) => [id, name]));
  const values = await reported.listValues(reader, indicator, areas, startOf(mapSince), startOf(until));
  const described = result.clusters.map((cluster, i) => ({
    ...cluster,
    number: i + 1,
    places: cluster.places.map((place) => names.get(place) ?? ''),
    isClear: cluster.pValue <= clearProbability,
  }));
  const inside = new Set(
    result.clusters.filter(({ pValue }) => pValue <= clearProbability).flatMap(({ places }) => places),
  );
  return {
    ...result,
    clusters: described,
    mapSince: mapSince.label,
    map: shapes.map(({ id, name, geometry }) => {
      const known = [...(values.get(id)?.byPeriod.values() ?? [])];
      return {
        name,
        value: known.length === 0 ? null : known.reduce((sum, { value }) => sum + value, 0),
        isInside: inside.has(id),
        geometry,
      };
    }),
  };
}

const one = read({
  path: '/clusters/:id',
  summary: 'Clusters in space and time: how far the search is, or what it found, with p values',
  for: office,
  params: idParam,
  answer: scanAnswer,
  handle: (reading, { params }) => readScan(reading, params.id),
  page: scanPage,
});

const csv = raw({
  path: '/clusters/:id/clusters.csv',
  summary: 'Clusters in space and time as a table',
  for: office,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const { result } = await readScan(reading, params.id);
    if (!result) throw problem.notFound({ what: 'clusters' });
    return {
      contentType: 'text/csv; charset=utf-8',
      fileName: 'clusters.csv',
      body: formatCsv(
        ['number', 'places', 'since', 'until', 'observed', 'expected', 'relative_risk', 'p_value'],
        result.clusters.map((cluster) => [
          cluster.number,
          cluster.places.join('; '),
          cluster.since,
          result.until,
          cluster.observed,
          cluster.expected,
          cluster.relativeRisk,
          cluster.pValue,
        ]),
      ),
    };
  },
});

export const clusterEndpoints: readonly Endpoint[] = [clusters, look, one, csv];
