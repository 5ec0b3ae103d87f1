import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { periodOf, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { formatCsv } from '../csv.ts';
import * as actions from './actions.ts';
import {
  describeAround,
  describeAssessment,
  describeCurve,
  describeHistory,
  describePeriod,
  describeSignal,
  describeWorklist,
  seriesPath,
  signalListAnswer,
  signalPageAnswer,
  signalPath,
  stepsFor,
  titleOf,
  worklistAnswer,
  type KnownElsewhere,
  type SignalPageAnswer,
} from './answers.ts';
import { explainDelays, readDelays } from './delays/reading.ts';
import { describeMethod } from './explanation.ts';
import { listHeldBack, listMembers } from './judgement-store.ts';
import { isOpen, signalStatuses } from './life-cycle.ts';
import { capacityPage, recordPage, riskPage, type Choices } from './form-pages.tsx';
import { allSignalsPage, beyondPage, heldBackAnswer, heldBackPage, worklistPage } from './pages.tsx';
import { plainSteps, signalPage } from './signal-page.tsx';
import { findSignal, readCurves, readPlacesAround, readSignals, readWorklist, type SignalReading } from './reading.ts';
import { nameIn } from './reported.ts';
import { confidences, consequences, likelihoods } from './risk-assessment.ts';
import type { SignalId } from './signal.ts';
import * as reported from './reported/store.ts';
import * as store from './store.ts';
import { wordsOf } from './words.ts';

export const office = { role: ['officer', 'administrator'] } as const;
export const officers = { role: ['officer'] } as const;

/** What others know that bears on a signal: a warning a neighbour sent, an item of news. Given by app.ts. */
export type OtherSource = (
  reading: Reading & Caller,
  about: { readonly indicatorId: number | undefined; readonly placeId: number | undefined; readonly since: Date },
) => Promise<readonly KnownElsewhere[]>;

export interface SignalHooks {
  /** Tells the sender of a rumour what came of it. */
  readonly answer: actions.Answer;
  readonly otherSources: readonly OtherSource[];
}

const idParam = z.object({ id: z.uuid() });
const plainDate = z.iso.date().transform((text) => text as PlainDate);
const dayMs = 86_400_000;

const worklist = read({
  path: '/signals',
  summary:
    'The signals to look into now, up to the stated capacity of the office, with their curves; and those taken up already',
  for: office,
  answer: worklistAnswer,
  async handle(reading) {
    const list = await readWorklist(reading.reader, reading.house.clock.now());
    const curves = await readCurves(
      reading.reader,
      list.fresh.listed.map(({ candidate }) => candidate.signal),
    );
    return describeWorklist(wordsOf(reading), list, curves);
  },
  page: worklistPage,
});

const worklistCsv = raw({
  path: '/signals.csv',
  summary: 'The signals to look into now as a table',
  for: office,
  contentTypes: ['text/csv'],
  async handle(reading) {
    const { taken, fresh } = await readWorklist(reading.reader, reading.house.clock.now());
    const words = wordsOf(reading);
    const listed = fresh.listed.map((ranked) => describeSignal(words, ranked.candidate.signal, ranked));
    return csvOf('signals.csv', signalTable([...listed, ...taken.map((signal) => describeSignal(words, signal))]));
  },
});

function signalTable(signals: readonly ReturnType<typeof describeSignal>[]): string {
  return formatCsv(
    [
      'id',
      'status',
      'source',
      'raised',
      'indicator',
      'place',
      'place_name',
      'period',
      'observed',
      'usual_lower',
      'usual_upper',
      'threshold',
      'holds',
      'score',
      'sentence',
    ],
    signals.map(({ id, status, source, raisedAt, indicator, place, alarm, rank, sentence }) => [
      id,
      status,
      source,
      raisedAt,
      indicator?.code,
      place?.code,
      place?.name,
      alarm?.period.label,
      alarm?.observed,
      alarm?.usual?.lower,
      alarm?.usual?.upper,
      alarm?.threshold,
      alarm?.holds,
      rank?.score,
      sentence,
    ]),
  );
}

const csvOf = (fileName: string, body: string) => ({ contentType: 'text/csv; charset=utf-8', body, fileName });

const beyond = read({
  path: '/signals/beyond',
  summary: 'New signals beyond the capacity of the office, in the order of triage',
  for: office,
  answer: signalListAnswer,
  async handle(reading) {
    const { fresh } = await readWorklist(reading.reader, reading.house.clock.now());
    const words = wordsOf(reading);
    return {
      status: null,
      signals: fresh.overflow.slice(0, 500).map((ranked) => describeSignal(words, ranked.candidate.signal, ranked)),
    };
  },
  page: beyondPage,
});

const heldBack = read({
  path: '/signals/held-back',
  summary: 'Alarms of the latest periods that raised no signal because, among so many tests, they may well be chance',
  for: office,
  answer: heldBackAnswer,
  async handle(reading) {
    const { falseDiscoveryRate } = await store.readOffice(reading.reader);
    const held = await listHeldBack(reading.reader, 500);
    const places = await reported.listPlaces(reading.reader, [...new Set(held.map(({ place }) => place))]);
    const indicators = await reported.listIndicators(reading.reader, [
      ...new Set(held.map(({ indicator }) => indicator)),
    ]);
    return {
      falsePercent: Number((falseDiscoveryRate * 100).toPrecision(6)),
      alarms: held.flatMap(({ place, indicator, start, observed, expected, pValue }) => {
        const at = places.get(place);
        const what = indicators.get(indicator);
        if (!at || !what) return [];
        return [
          {
            place: at.name,
            indicator: nameIn(reading.locale, what.names, what.code),
            period: describePeriod(periodOf(what.periodKind, start)),
            observed,
            expected: expected ?? null,
            pValue: pValue ?? null,
          },
        ];
      }),
    };
  },
  page: heldBackPage,
});

const all = read({
  path: '/signals/all',
  summary: 'All signals, latest first, of one status or any',
  for: office,
  query: z.object({ status: z.enum(signalStatuses).optional() }),
  answer: signalListAnswer,
  async handle(reading, { query }) {
    const words = wordsOf(reading);
    const signals = await readSignals(reading.reader, {
      ...(query.status ? { statuses: [query.status] } : {}),
      limit: 200,
    });
    return { status: query.status ?? null, signals: signals.map((signal) => describeSignal(words, signal)) };
  },
  page: allSignalsPage,
});

async function getSignal({ reader }: Reading, id: string): Promise<SignalReading> {
  const signal = await findSignal(reader, id as SignalId);
  if (!signal) throw problem.notFound({ what: 'signal' });
  return signal;
}

const elsewhereDays = 30;

function one({ otherSources }: SignalHooks) {
  return read({
    path: '/signals/:id',
    summary:
      'One signal: curve, places around it, what else is known, every decision and assessment, the steps that may be taken',
    for: office,
    params: idParam,
    answer: signalPageAnswer,
    handle: (reading, { params }) => describeOne(reading, params.id, otherSources),
    page: (answer, view) => signalPage(answer, view),
  });
}

async function describeOne(
  reading: Reading & Caller,
  id: string,
  otherSources: readonly OtherSource[],
): Promise<z.input<typeof signalPageAnswer>> {
  const { reader, viewer } = reading;
  const words = wordsOf(reading);
  const signal = await getSignal(reading, id);
  const curves = await readCurves(reader, [signal]);
  const delays =
    signal.indicator && signal.place
      ? await readDelays(reader, signal.indicator, signal.place.id, reading.house.clock.now())
      : undefined;
  const since = new Date(signal.raisedAt.getTime() - elsewhereDays * dayMs);
  const near = await readNear(reader, signal, since);
  const told: KnownElsewhere[] = [];
  for (const source of otherSources)
    told.push(...(await source(reading, { indicatorId: signal.indicatorId, placeId: signal.placeId, since })));
  return {
    ...describeSignal(words, signal),
    rule: signal.method && signal.indicator ? describeMethod(words, signal.method, signal.indicator.periodKind) : null,
    summary:
      signal.submissionId === undefined
        ? (signal.summary ?? null)
        : ((await reported.findRumourText(reader, signal.submissionId)) ?? null),
    alarms: signal.alarms
      .map((alarm) => describeSignal(words, { ...signal, alarms: [alarm] }).alarm)
      .filter((alarm) => alarm !== null),
    curve: describeCurve(curves.get(signal.id) ?? [], delays),
    late: delays ? explainDelays(words, delays) : null,
    seriesPath: signal.indicator && signal.place ? seriesPath(signal.indicator.code, signal.place.code) : null,
    around: describeAround(await readPlacesAround(reader, signal), signal.placeId),
    elsewhere: [
      ...near.map((other): KnownElsewhere => ({
        kind: other.source === 'rumour' ? 'rumour' : 'signal',
        path: signalPath(other.id),
        text: `${titleOf(words, other)} – ${words.t(`signals.status-${other.status}`)}`,
        at: other.raisedAt.toISOString(),
      })),
      ...told,
    ],
    history: describeHistory(await store.listDecisions(reader, [signal.id])),
    assessments: (await store.listRiskAssessments(reader, [signal.id])).map(describeAssessment),
    steps: stepsFor(signal, viewer.roles.has('officer')),
    members: await describeMembers(reading, signal),
    similar: (await readSignals(reader, { ...similarTo(signal), limit: 50 }))
      .filter((other) => other.id !== signal.id && other.status !== 'duplicate')
      .map((other) => ({ id: other.id, title: titleOf(words, other) })),
  };
}

async function describeMembers(
  reading: Reading & Caller,
  signal: SignalReading,
): Promise<z.input<typeof signalPageAnswer>['members']> {
  const words = wordsOf(reading);
  const members = await listMembers(reading.reader, [signal.id]);
  const places = await reported.listPlaces(reading.reader, [...new Set(members.map(({ place }) => place))]);
  const kind = signal.indicator?.periodKind;
  const detectors = new Map(
    (await store.listDetectors(reading.reader, signal.indicatorId === undefined ? [] : [signal.indicatorId])).map(
      (each) => [each.id, each],
    ),
  );
  return members.flatMap(({ place, detector, start, observed, expected, pValue }) => {
    const at = places.get(place);
    const method = detectors.get(detector)?.method;
    if (!at || !method || kind === undefined) return [];
    return [
      {
        place: at.name,
        code: at.code,
        rule: describeMethod(words, method, kind),
        period: describePeriod(periodOf(kind, start)),
        observed,
        expected: expected ?? null,
        pValue: pValue ?? null,
      },
    ];
  });
}

/** Of the same place, whatever is counted; and of the places next to it, of the same indicator. */
async function readNear(
  reader: Reading['reader'],
  signal: SignalReading,
  since: Date,
): Promise<readonly SignalReading[]> {
  if (signal.placeId === undefined) return [];
  const neighbours = (await reported.listNeighbours(reader, [signal.placeId])).get(signal.placeId) ?? [];
  const here = await readSignals(reader, { place: signal.placeId, raisedFrom: since, limit: 20 });
  const beside =
    signal.indicatorId === undefined
      ? []
      : await readSignals(reader, { places: neighbours, indicator: signal.indicatorId, raisedFrom: since, limit: 20 });
  return [...here, ...beside].filter(({ id }) => id !== signal.id);
}

const openStatuses = signalStatuses.filter(isOpen);

function similarTo(signal: SignalReading): Pick<store.SignalFilter, 'statuses' | 'place' | 'indicator'> {
  if (signal.placeId !== undefined) return { statuses: openStatuses, place: signal.placeId };
  return signal.indicatorId === undefined
    ? { statuses: openStatuses }
    : { statuses: openStatuses, indicator: signal.indicatorId };
}

const curveCsv = raw({
  path: '/signals/:id/curve.csv',
  summary: "A signal's curve as a table",
  for: office,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const signal = await getSignal(reading, params.id);
    const curve = describeCurve((await readCurves(reading.reader, [signal])).get(signal.id) ?? []);
    return csvOf(
      'curve.csv',
      formatCsv(
        [
          'period',
          'first_day',
          'last_day',
          'reported',
          'tested',
          'usual_lower',
          'usual_upper',
          'threshold',
          'signal',
          'incomplete',
        ],
        curve.map(({ period, reported, tested, usual, threshold, isSignal, isIncomplete }) => [
          period.label,
          period.start,
          period.end,
          reported,
          tested,
          usual?.lower,
          usual?.upper,
          threshold,
          isSignal,
          isIncomplete,
        ]),
      ),
    );
  },
});

const aroundCsv = raw({
  path: '/signals/:id/around.csv',
  summary: 'The places around a signal as a table',
  for: office,
  params: idParam,
  contentTypes: ['text/csv'],
  async handle(reading, { params }) {
    const signal = await getSignal(reading, params.id);
    const around = describeAround(await readPlacesAround(reading.reader, signal), signal.placeId);
    return csvOf(
      'around.csv',
      formatCsv(
        ['place', 'name', 'reported', 'neighbour', 'signal'],
        around.map(({ code, name, value, isNeighbour, hasSignal }) => [code, name, value, isNeighbour, hasSignal]),
      ),
    );
  },
});

const stepBody = z
  .object({
    step: z.enum(plainSteps),
    why: z.string().trim().min(1).max(2000),
    until: plainDate.optional(),
    of: z.uuid().optional(),
    reply: z.string().trim().max(2000).optional(),
  })
  .superRefine(({ step, until, of }, context) => {
    if (step === 'monitor' && until === undefined)
      context.addIssue({ code: 'custom', path: ['until'], message: 'required' });
    if (step === 'mark-duplicate' && of === undefined)
      context.addIssue({ code: 'custom', path: ['of'], message: 'required' });
  });

function toStep({ step, why, until, of, reply }: z.output<typeof stepBody>): actions.Step {
  const reason = { why, reply };
  // The schema has made sure of both.
  if (step === 'monitor') return { ...reason, step, until: until as PlainDate };
  if (step === 'mark-duplicate') return { ...reason, step, of: of as SignalId };
  return { ...reason, step };
}

const stepAnswer = z.object({ id: z.uuid(), status: z.enum(signalStatuses) });

function step(hooks: SignalHooks) {
  return write({
    path: '/signals/:id/step',
    summary: 'Takes a step on a signal, with the reason',
    for: officers,
    params: idParam,
    body: stepBody,
    answer: stepAnswer,
    async handle(work, { params, body }) {
      const status = await actions.takeStep(work, params.id as SignalId, toStep(body), hooks.answer);
      return { id: params.id, status };
    },
    then: ({ id }) => withNotice(signalPath(id), 'signals.done-step'),
    async form({ form, params }, view, reading) {
      const answer = await describeOne(reading, params.id, hooks.otherSources);
      return signalPage(signalPageAnswer.parse(answer) satisfies SignalPageAnswer, view, form);
    },
  });
}

const scopeBody = z.object({
  likelihood: z.enum(likelihoods),
  consequence: z.enum(consequences),
  confidence: z.enum(confidences),
});
const longText = z.string().trim().min(1).max(4000);
const riskBody = z.object({
  question: z.string().trim().min(1).max(500),
  hazard: longText,
  exposure: longText,
  context: longText,
  national: scopeBody,
  regional: scopeBody,
  global: scopeBody,
  reassessOn: plainDate.optional(),
});

const riskForm = read({
  path: '/signals/:id/risk',
  summary: 'The form of a rapid risk assessment',
  for: officers,
  params: idParam,
  answer: z.object({ path: z.string(), title: z.string() }),
  async handle(reading, { params }) {
    const signal = await getSignal(reading, params.id);
    return { path: signalPath(signal.id), title: titleOf(wordsOf(reading), signal) };
  },
  page: (answer, view) => riskPage(view, answer),
});

const risk = write({
  path: '/signals/:id/risk',
  summary: 'Assesses the risk of a verified signal for three scopes',
  for: officers,
  params: idParam,
  body: riskBody,
  answer: stepAnswer,
  async handle(work, { params, body }) {
    const { question, hazard, exposure, context, national, regional, global, reassessOn } = body;
    const status = await actions.assessRisk(work, params.id as SignalId, {
      question,
      hazard,
      exposure,
      context,
      scopes: { national, regional, global },
      reassessOn,
    });
    return { id: params.id, status };
  },
  then: ({ id }) => withNotice(signalPath(id), 'signals.done-assessed'),
  async form({ form, params }, view, reading) {
    const signal = await getSignal(reading, params.id);
    return riskPage(view, { path: signalPath(signal.id), title: titleOf(view, signal) }, form);
  },
});

async function choicesOf(reading: Reading & Caller): Promise<Choices> {
  const indicators = await reported.listIndicators(reading.reader);
  const places = await reported.listPlaces(reading.reader);
  return {
    indicators: [...indicators.values()].map(({ id, names, code }) => ({
      id,
      name: nameIn(reading.locale, names, code),
    })),
    places: [...places.values()].map(({ id, name }) => ({ id, name })),
  };
}

const recordForm = read({
  path: '/signals/new',
  summary: 'The form for a signal that somebody told the office',
  for: officers,
  answer: z.object({
    indicators: z.array(z.object({ id: z.int(), name: z.string() })),
    places: z.array(z.object({ id: z.int(), name: z.string() })),
  }),
  async handle(reading) {
    const { indicators, places } = await choicesOf(reading);
    return { indicators: [...indicators], places: [...places] };
  },
  page: (answer, view) => recordPage(view, answer, blankForm({ attempt: randomUUID() })),
});

const record = write({
  path: '/signals/new',
  summary: 'Records a signal that somebody told the office',
  for: officers,
  body: z.object({
    attempt: z.uuid().optional(),
    summary: z.string().trim().min(1).max(4000),
    place: z.int().optional(),
    indicator: z.int().optional(),
  }),
  answer: z.object({ id: z.uuid() }),
  async handle(work, { body }) {
    const id = await actions.recordSignal(work, {
      attempt: body.attempt,
      summary: body.summary,
      placeId: body.place,
      indicatorId: body.indicator,
    });
    return { id };
  },
  then: ({ id }) => withNotice(signalPath(id), 'signals.done-recorded'),
  form: async ({ form }, view, reading) => recordPage(view, await choicesOf(reading), form),
});

const capacityAnswer = z.object({
  perWeek: z.int().nullable(),
  /** Of the signals that a test raises, the percentage that may be expected to be nothing. */
  falsePercent: z.number(),
});

const describeOffice = ({ signalsPerWeek, falseDiscoveryRate }: store.Office): z.input<typeof capacityAnswer> => ({
  perWeek: signalsPerWeek ?? null,
  falsePercent: Number((falseDiscoveryRate * 100).toPrecision(6)),
});

const capacityForm = read({
  path: '/signals/capacity',
  summary: 'How many signals a week the office can look into',
  for: office,
  answer: capacityAnswer,
  handle: async ({ reader }) => describeOffice(await store.readOffice(reader)),
  page: ({ perWeek, falsePercent }, view) =>
    capacityPage(
      view,
      blankForm({ perWeek: perWeek === null ? undefined : String(perWeek), falsePercent: String(falsePercent) }),
    ),
});

const capacity = write({
  path: '/signals/capacity',
  summary: 'States how many signals a week the office can look into',
  for: office,
  body: z.object({
    perWeek: z.int().min(0).max(10_000).optional(),
    falsePercent: z.number().min(0.1).max(50).optional(),
  }),
  answer: capacityAnswer,
  async handle(work, { body }) {
    const before = await store.readOffice(work.tx.db);
    const office = {
      signalsPerWeek: body.perWeek,
      falseDiscoveryRate: body.falsePercent === undefined ? before.falseDiscoveryRate : body.falsePercent / 100,
    };
    await actions.stateOffice(work, office);
    return describeOffice(office);
  },
  then: () => withNotice('/signals', 'signals.done-capacity'),
  form: ({ form }, view) => capacityPage(view, form),
});

export function signalEndpoints(hooks: SignalHooks): readonly Endpoint[] {
  return [
    worklist,
    worklistCsv,
    beyond,
    heldBack,
    all,
    recordForm,
    record,
    capacityForm,
    capacity,
    one(hooks),
    curveCsv,
    aroundCsv,
    step(hooks),
    riskForm,
    risk,
  ];
}
