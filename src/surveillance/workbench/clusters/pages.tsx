import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { periodKinds, type PeriodLabel } from '../../../period.ts';
import { formatList, formatNumber, formatPeriod } from '../../../ui/format.ts';
import { Actions, Button, Form, RadiosField, SelectField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { PlaceMap } from '../../../ui/map.tsx';
import type { Geometry } from '../../../ui/map-geometry.ts';
import { Age, Notice, Status } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { formatProbability, writeProbability } from '../../signals/explanation.ts';
import { signalsCrumb } from '../../signals/pages.tsx';
import { progressAnswer } from '../answers.ts';
import { Progress } from '../pages.tsx';

export const models = ['permutation', 'poisson'] as const;

/** Rarer by chance than this: said to be a cluster. */
export const clearProbability = 0.05;

export const clustersAnswer = z.object({
  mayAsk: z.boolean(),
  indicators: z.array(z.object({ value: z.string(), name: z.string() })),
  scans: z.array(
    z.object({
      path: z.string(),
      subject: z.string(),
      model: z.enum(models),
      askedAt: z.iso.datetime(),
      isFinished: z.boolean(),
    }),
  ),
});
export type ClustersAnswer = z.output<typeof clustersAnswer>;

const crumb = (view: View): NonNullable<Page['breadcrumbs']>[number] => ({
  path: '/clusters',
  label: view.t('clusters.title'),
});

export function clustersPage(answer: ClustersAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('clusters.title'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('clusters.lead')}</p>
        {answer.mayAsk && answer.indicators.length > 0 ? (
          <Form view={view} action="/clusters" form={form}>
            <SelectField
              view={view}
              form={form}
              name="indicator"
              label={t('workbench.indicator')}
              options={answer.indicators.map(({ value, name }) => ({ value, label: name }))}
            />
            <RadiosField
              view={view}
              form={form}
              name="model"
              label={t('clusters.model')}
              options={models.map((value) => ({
                value,
                label: t(`clusters.model-${value}`),
                hint: t(`clusters.model-hint-${value}`),
              }))}
            />
            <Actions>
              <Button>{t('clusters.look')}</Button>
            </Actions>
          </Form>
        ) : null}
        <Table
          view={view}
          id="scans"
          caption={t('clusters.earlier')}
          rows={answer.scans}
          columns={[
            {
              key: 'subject',
              header: t('workbench.indicator'),
              cell: ({ path, subject }) => (
                <a href={path}>
                  <Name>{subject}</Name>
                </a>
              ),
            },
            { key: 'model', header: t('clusters.model'), cell: ({ model }) => t(`clusters.model-${model}`) },
            {
              key: 'state',
              header: t('workbench.state'),
              cell: ({ isFinished }) => (
                <Status tone={isFinished ? 'good' : 'active'}>
                  {t(isFinished ? 'workbench.finished' : 'workbench.running')}
                </Status>
              ),
            },
            {
              key: 'asked',
              header: t('workbench.asked'),
              cell: ({ askedAt }) => <Age view={view} at={new Date(askedAt)} />,
            },
          ]}
        />
      </>
    ),
  };
}

const clusterAnswer = z.object({
  number: z.int(),
  places: z.array(z.string()),
  since: z.string(),
  observed: z.number(),
  expected: z.number(),
  relativeRisk: z.number().nullable(),
  pValue: z.number(),
  isClear: z.boolean(),
});

export const scanAnswer = z.object({
  path: z.string(),
  subject: z.string(),
  model: z.enum(models),
  progress: progressAnswer,
  isFinished: z.boolean(),
  result: z
    .object({
      kind: z.enum(periodKinds),
      from: z.string(),
      until: z.string(),
      areas: z.int(),
      cases: z.number(),
      leftOut: z.array(z.string()),
      baseline: z.enum(['people', 'past', 'none']),
      byNeighbours: z.boolean(),
      clusters: z.array(clusterAnswer),
      map: z.array(
        z.object({ name: z.string(), value: z.number().nullable(), isInside: z.boolean(), geometry: z.unknown() }),
      ),
      /** First period whose cases the map counts. */
      mapSince: z.string(),
    })
    .nullable(),
});
export type ScanAnswer = z.output<typeof scanAnswer>;

export function scanPage(answer: ScanAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('clusters.of', { indicator: answer.subject }),
    breadcrumbs: [signalsCrumb(view), crumb(view)],
    wide: true,
    body: (
      <>
        {answer.isFinished ? null : <Progress view={view} path={answer.path} progress={answer.progress} />}
        {answer.isFinished && answer.result === null ? <Notice tone="warn">{t('clusters.nothing')}</Notice> : null}
        {answer.result === null ? null : <Result view={view} answer={answer} result={answer.result} />}
      </>
    ),
  };
}

function Result(props: {
  readonly view: View;
  readonly answer: ScanAnswer;
  readonly result: NonNullable<ScanAnswer['result']>;
}): JSX.Element {
  const { view, answer, result } = props;
  const { t } = view;
  // Labels are of the kind that stands beside them.
  const period = (label: string): string => formatPeriod(view, { kind: result.kind, label: label as PeriodLabel });
  const clear = result.clusters.filter(({ isClear }) => isClear);
  const write = (value: number): string => formatNumber(view, Math.round(value * 10) / 10);
  return (
    <>
      <p class="lead">
        {clear.length === 0 ? t('clusters.none-clear') : t('clusters.some-clear', { count: clear.length })}
      </p>
      {clear.map((cluster) => (
        <p>
          {t('clusters.sentence', {
            places: formatList(view, cluster.places),
            since: period(cluster.since),
            observed: cluster.observed,
            expected: write(cluster.expected),
            p: formatProbability(view, cluster.pValue),
          })}
        </p>
      ))}
      <PlaceMap
        view={view}
        id="map"
        title={t('clusters.map-title', {
          indicator: answer.subject,
          since: period(result.mapSince),
          until: period(result.until),
        })}
        valueLabel={t('clusters.cases')}
        markLabel={t('clusters.inside')}
        sentence={t('clusters.map-sentence')}
        data={{ csv: `${answer.path}/clusters.csv`, json: `/api${answer.path}` }}
        places={result.map.map(({ name, value, isInside, geometry }) => ({
          name,
          value: value ?? undefined,
          // GeoJSON as reporting stored it, checked there.
          geometry: (geometry ?? undefined) as Geometry | undefined,
          signal: isInside,
        }))}
      />
      <Table
        view={view}
        id="clusters"
        caption={t('clusters.table')}
        rows={result.clusters}
        columns={[
          {
            key: 'places',
            header: t('clusters.places'),
            cell: ({ places, isClear }) => (
              <>
                <Name>{formatList(view, places)}</Name>{' '}
                {isClear ? <Status tone="warn">{t('clusters.clear')}</Status> : null}
              </>
            ),
          },
          { key: 'since', header: t('clusters.since'), cell: ({ since }) => period(since) },
          {
            key: 'observed',
            header: t('signals.observed'),
            cell: ({ observed }) => formatNumber(view, observed),
            numeric: true,
          },
          { key: 'expected', header: t('signals.expected'), cell: ({ expected }) => write(expected), numeric: true },
          {
            key: 'risk',
            header: t('clusters.risk'),
            cell: ({ relativeRisk }) => (relativeRisk === null ? '' : write(relativeRisk)),
            numeric: true,
          },
          {
            key: 'p',
            header: t('signals.p-value'),
            cell: ({ pValue }) => writeProbability(view, pValue),
            numeric: true,
          },
        ]}
      />
      <h2>{t('clusters.how')}</h2>
      <p>
        {t(`clusters.how-${result.baseline}`)}{' '}
        {t(result.byNeighbours ? 'clusters.by-neighbours' : 'clusters.by-distance')} {t('clusters.how-p')}
      </p>
      <p>
        {t('clusters.covers', {
          count: result.areas,
          cases: formatNumber(view, result.cases),
          from: period(result.from),
          until: period(result.until),
        })}{' '}
        {result.leftOut.length === 0
          ? ''
          : t('clusters.left-out', { places: formatList(view, result.leftOut.slice(0, 40)) })}
      </p>
    </>
  );
}
