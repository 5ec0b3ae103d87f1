import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import type { Did } from '../../ids.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { formatCsv } from '../csv.ts';
import { describeMethod } from '../signals/explanation.ts';
import { nameIn } from '../signals/reported.ts';
import { listIndicatorFacts } from '../signals/reading.ts';
import { office, officers } from '../signals/routes.tsx';
import { wordsOf } from '../signals/words.ts';
import * as actions from './actions.ts';
import { findAnalysis, listAnalyses, type AnalysisId } from './analysis-store.ts';
import { comparisonAnswer, comparisonPath, describeComparison } from './answers.ts';
import { comparisonTask } from './comparison-analysis.ts';
import { comparisonSettings, type Estimate } from './comparison.ts';
import { choiceAnswer, choicePage, comparisonPage, purposeName, workbenchAnswer, workbenchPage } from './pages.tsx';
import { listReceivedIndicators } from './received.ts';

const idParam = z.object({ id: z.uuid().transform((id) => id as AnalysisId) });

export const usualSizes = { series: '20', outbreaks: '10', smallest: '2', largest: '10' } as const;

/** Of a received series: giver, indicator and purpose in one value, as a form sends it. */
export const receivedValue = (giver: string, indicator: string, purpose: string): string =>
  [giver, indicator, purpose].join(' ');

export function parseReceivedValue(value: string): {
  readonly giver: Did;
  readonly indicator: string;
  readonly purpose: string;
} {
  const [giver = '', indicator = '', purpose = ''] = value.split(' ');
  return { giver: giver as Did, indicator, purpose };
}

async function readWorkbench(reading: Reading & Caller): Promise<z.input<typeof workbenchAnswer>> {
  const { reader, locale } = reading;
  const indicators = await listIndicatorFacts(reader);
  const name = (id: number | undefined): string => {
    const found = indicators.get(id ?? -1);
    return found ? nameIn(locale, found.names, found.code) : '';
  };
  const words = wordsOf(reading);
  return {
    mayAsk: reading.viewer.roles.has('officer'),
    indicators: [...indicators.values()].map(({ id }) => ({ value: String(id), name: name(id) })),
    received: (await listReceivedIndicators(reader)).flatMap(({ giver, giverName, indicator, purposes }) =>
      purposes.map((purpose) => ({
        value: receivedValue(giver, indicator, purpose),
        name: words.t('workbench.received-choice', {
          indicator,
          giver: giverName,
          purpose: purposeName(words, purpose),
        }),
      })),
    ),
    comparisons: (await listAnalyses(reader, 'comparison', 20)).map((analysis) => {
      const { source } = comparisonTask.parse(analysis.settings);
      return {
        path: comparisonPath(analysis.id),
        subject: source.kind === 'own' ? name(source.indicator) : source.indicator,
        giver: source.kind === 'own' ? null : source.giverName,
        askedAt: analysis.askedAt.toISOString(),
        isFinished: analysis.result !== undefined,
      };
    }),
  };
}

const workbench = read({
  path: '/workbench',
  summary: 'Which detector suits these data? The question, and the comparisons made before',
  for: office,
  answer: workbenchAnswer,
  handle: readWorkbench,
  page: (answer, view) => workbenchPage(answer, view, blankForm(usualSizes)),
});

const sizes = comparisonSettings.extend({ withSlow: z.boolean().optional() });

const settingsOf = ({ withSlow, ...rest }: z.output<typeof sizes>) => ({ ...rest, withSlow: withSlow ?? false });

const compare = write({
  path: '/workbench',
  summary: "Compares detectors on the office's own series of an indicator, with outbreaks put into them",
  for: officers,
  body: sizes.extend({ indicator: z.int().positive() }),
  answer: z.object({ id: z.uuid() }),
  async handle(work, { body: { indicator, ...rest } }) {
    return { id: await actions.compareDetectors(work, indicator, settingsOf(rest)) };
  },
  then: ({ id }) => comparisonPath(id),
  form: async ({ form }, view, reading) =>
    workbenchPage(workbenchAnswer.parse(await readWorkbench(reading)), view, form),
});

const compareReceived = write({
  path: '/workbench/received',
  summary: 'Compares detectors on series that a neighbour gave, for a purpose that they were given for',
  for: officers,
  body: z.object({ received: z.string().max(500) }),
  answer: z.object({ id: z.uuid() }),
  async handle(work, { body }) {
    const settings = { series: 20, outbreaks: 10, smallest: 2, largest: 10, withSlow: false };
    return { id: await actions.compareOnReceived(work, parseReceivedValue(body.received), settings) };
  },
  then: ({ id }) => comparisonPath(id),
  form: async ({ form }, view, reading) =>
    workbenchPage(workbenchAnswer.parse(await readWorkbench(reading)), view, {
      ...form,
      values: { ...usualSizes, ...form.values },
    }),
});

async function readComparison(reading: Reading & Caller, id: AnalysisId): Promise<z.input<typeof comparisonAnswer>> {
  const analysis = await findAnalysis(reading.reader, 'comparison', id);
  if (!analysis) throw problem.notFound({ what: 'comparison' });
  return describeComparison(
    wordsOf(reading),
    analysis,
    await nameOf(reading, analysis.indicatorId),
    reading.viewer.roles.has('officer'),
  );
}

async function nameOf({ reader, locale }: Reading & Caller, id: number | undefined): Promise<string | undefined> {
  const indicator = id === undefined ? undefined : (await listIndicatorFacts(reader, [id])).get(id);
  return indicator && nameIn(locale, indicator.names, indicator.code);
}

const one = read({
  path: '/workbench/:id',
  summary: 'A comparison of detectors: how far it is, or what came of it',
  for: office,
  params: idParam,
  answer: comparisonAnswer,
  handle: (reading, { params }) => readComparison(reading, params.id),
  page: comparisonPage,
});

const table = raw({
  path: '/workbench/:id/table.csv',
  summary: 'A comparison of detectors as a table, with the limits of its intervals',
  for: office,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const { result } = await readComparison(reading, params.id);
    if (!result) throw problem.notFound({ what: 'comparison' });
    const measures = ['detected', 'sensitivity', 'falseAlarmsPerYear', 'positivePredictiveValue', 'delay'] as const;
    const cells = (estimate: Estimate) => [estimate?.value, estimate?.lower, estimate?.upper];
    return {
      contentType: 'text/csv; charset=utf-8',
      fileName: 'detectors.csv',
      body: formatCsv(
        [
          'number',
          'id',
          'name',
          'judged',
          ...measures.flatMap((name) => [name, `${name}_lower`, `${name}_upper`]),
          'method',
        ],
        result.candidates.map((candidate) => [
          candidate.number,
          candidate.id,
          candidate.name,
          candidate.judged,
          ...measures.flatMap((name) => cells(candidate[name])),
          JSON.stringify(candidate.method),
        ]),
      ),
    };
  },
});

const candidateQuery = z.object({ candidate: z.string().max(100) });

async function readChoice(
  reading: Reading & Caller,
  id: AnalysisId,
  candidateId: string,
): Promise<z.input<typeof choiceAnswer>> {
  const { indicatorId, candidate, replaced, kept } = await actions.readChoice(reading.reader, id, candidateId);
  const indicator = (await listIndicatorFacts(reading.reader, [indicatorId])).get(indicatorId);
  const write = (method: Parameters<typeof describeMethod>[1]): string =>
    describeMethod(wordsOf(reading), method, indicator?.periodKind ?? 'iso-week');
  return {
    path: comparisonPath(id),
    subject: (await nameOf(reading, indicatorId)) ?? '',
    candidate: candidate.id,
    name: write(candidate.method),
    replaced: replaced.map(({ method }) => write(method)),
    kept: kept.map(({ method }) => write(method)),
  };
}

const chooseForm = read({
  path: '/workbench/:id/choose',
  summary: 'What choosing a detector would change',
  for: officers,
  params: idParam,
  query: candidateQuery,
  answer: choiceAnswer,
  handle: (reading, { params, query }) => readChoice(reading, params.id, query.candidate),
  page: (answer, view) => choicePage(answer, view, blankForm()),
});

const choose = write({
  path: '/workbench/:id/choose',
  summary: 'From now on the indicator is watched by this detector',
  for: officers,
  params: idParam,
  body: candidateQuery,
  answer: z.object({ id: z.uuid() }),
  async handle(work, { params, body }) {
    await actions.chooseDetector(work, params.id, body.candidate);
    return { id: params.id };
  },
  then: () => withNotice('/detection', 'workbench.done-chosen'),
  form: async ({ form, params }, view, reading) => {
    const { candidate } = form.values;
    return choicePage(
      choiceAnswer.parse(await readChoice(reading, params.id, typeof candidate === 'string' ? candidate : '')),
      view,
      form,
    );
  },
});

export const workbenchEndpoints: readonly Endpoint[] = [
  workbench,
  compare,
  compareReceived,
  one,
  table,
  chooseForm,
  choose,
];
