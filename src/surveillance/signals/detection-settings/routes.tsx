import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { changeDetector, watchIndicator } from '../actions.ts';
import { describeMethod } from '../explanation.ts';
import { defaultMethod } from '../method.ts';
import { nameIn } from '../reported.ts';
import { office, officers } from '../routes.tsx';
import type { DetectorId } from '../signal.ts';
import * as reported from '../reported/store.ts';
import * as store from '../store.ts';
import { wordsOf } from '../words.ts';
import { kindOf, methodBody, methodKindNames, methodOf, usualValues, valuesOf } from './method-form.ts';
import { detectionAnswer, detectionPage, methodPage, ruleAnswer, type RuleAnswer } from './pages.tsx';

const list = read({
  path: '/detection',
  summary: 'How each indicator is watched',
  for: office,
  answer: detectionAnswer,
  async handle(reading) {
    const words = wordsOf(reading);
    const indicators = await reported.listIndicators(reading.reader);
    const detectors = Map.groupBy(await store.listDetectors(reading.reader), ({ indicatorId }) => indicatorId);
    return {
      mayChange: reading.viewer.roles.has('officer'),
      waiting: await reported.countChangedSeries(reading.reader),
      indicators: [...indicators.values()].map((indicator) => ({
        id: indicator.id,
        code: indicator.code,
        name: nameIn(reading.locale, indicator.names, indicator.code),
        isImmediate: indicator.isImmediate,
        byDefault: detectors.has(indicator.id)
          ? null
          : describeMethod(words, defaultMethod(indicator), indicator.periodKind),
        rules: (detectors.get(indicator.id) ?? []).map(({ id, method, isActive }) => ({
          id,
          text: describeMethod(words, method, indicator.periodKind),
          isActive,
          method,
        })),
      })),
    };
  },
  page: detectionPage,
});

const indicatorParam = z.object({ indicator: z.coerce.number().int().positive() });
const ruleParam = z.object({ id: z.uuid() });

async function nameOfIndicator({ reader, locale }: Reading & Caller, id: number): Promise<string> {
  const indicator = (await reported.listIndicators(reader, [id])).get(id);
  if (!indicator) throw problem.notFound({ what: 'indicator' });
  return nameIn(locale, indicator.names, indicator.code);
}

const addForm = read({
  path: '/detection/:indicator/add',
  summary: 'The form for another way to watch an indicator: first the kind, then its numbers',
  for: officers,
  params: indicatorParam,
  query: z.object({ kind: methodBody.shape.kind.optional() }),
  answer: ruleAnswer,
  handle: async (reading, { params, query }) => ({
    indicator: await nameOfIndicator(reading, params.indicator),
    path: `/detection/${params.indicator}/add`,
    kind: query.kind ?? null,
    values: query.kind ? { kind: query.kind, ...usualValues(query.kind) } : {},
    isNew: true,
    isActive: true,
  }),
  page: (answer, view) => methodPage(view, answer, blankForm(answer.values)),
});

const add = write({
  path: '/detection/:indicator/add',
  summary: 'Watches an indicator in one more way',
  for: officers,
  params: indicatorParam,
  body: methodBody,
  answer: z.object({ id: z.uuid() }),
  handle: async (work, { params, body }) => ({ id: await watchIndicator(work, params.indicator, methodOf(body)) }),
  then: () => withNotice('/detection', 'signals.done-rule'),
  async form({ form, params }, view, reading) {
    const answer: RuleAnswer = {
      indicator: await nameOfIndicator(reading, params.indicator),
      path: `/detection/${params.indicator}/add`,
      kind: kindIn(form.values['kind']),
      values: {},
      isNew: true,
      isActive: true,
    };
    return methodPage(view, answer, form);
  },
});

const kindIn = (value: unknown): RuleAnswer['kind'] => methodKindNames.find((kind) => kind === value) ?? null;

async function describeRule(reading: Reading & Caller, id: string): Promise<RuleAnswer> {
  const detector = await store.findDetector(reading.reader, id as DetectorId);
  if (!detector) throw problem.notFound({ what: 'detector' });
  return {
    indicator: await nameOfIndicator(reading, detector.indicatorId),
    path: `/detection/rules/${id}`,
    kind: kindOf(detector.method),
    values: { ...valuesOf(detector.method), ...(detector.isActive ? { isActive: 'true' } : {}) },
    isNew: false,
    isActive: detector.isActive,
  };
}

const changeForm = read({
  path: '/detection/rules/:id',
  summary: 'The form of one way to watch an indicator',
  for: officers,
  params: ruleParam,
  answer: ruleAnswer,
  handle: (reading, { params }) => describeRule(reading, params.id),
  page: (answer, view) => methodPage(view, answer, blankForm(answer.values)),
});

const change = write({
  path: '/detection/rules/:id',
  summary: 'Changes one way to watch an indicator, or switches it off',
  for: officers,
  params: ruleParam,
  body: methodBody,
  answer: z.object({ id: z.uuid() }),
  async handle(work, { params, body }) {
    await changeDetector(work, params.id as DetectorId, { method: methodOf(body), isActive: body.isActive ?? false });
    return { id: params.id };
  },
  then: () => withNotice('/detection', 'signals.done-rule'),
  form: async ({ form, params }, view, reading) => methodPage(view, await describeRule(reading, params.id), form),
});

export const detectionEndpoints: readonly Endpoint[] = [list, changeForm, change, addForm, add];
