/** What the pages and the API say of signals: one shape for both. */
import { z } from 'zod';
import { endOf, periodKinds, startOf, type Period } from '../../period.ts';
import type { MessageKey } from '../../ui/locales.ts';
import type { Delays } from './delays/delays.ts';
import { explainAlarm, explainRank, explainWarnings, type Words } from './explanation.ts';
import { allowedSteps, signalStatuses, signalSteps } from './life-cycle.ts';
import {
  headline,
  type CurveReading,
  type PlaceAround,
  type RankedSignal,
  type SignalReading,
  type Worklist,
} from './reading.ts';
import { nameIn } from './reported.ts';
import {
  confidences,
  consequences,
  likelihoods,
  riskLevel,
  riskLevels,
  riskMatrices,
  riskScopes,
} from './risk-assessment.ts';
import { signalSources } from './signal.ts';
import type { DecisionRecord, RiskAssessmentRecord } from './store.ts';

const instant = z.iso.datetime();
export const periodAnswer = z.object({
  kind: z.enum(periodKinds),
  label: z.string(),
  start: z.iso.date(),
  end: z.iso.date(),
});

export const describePeriod = (period: Period): z.input<typeof periodAnswer> => ({
  kind: period.kind,
  label: period.label,
  start: startOf(period),
  end: endOf(period),
});

const rangeAnswer = z.object({ lower: z.number(), upper: z.number() });
const alarmAnswer = z.object({
  period: periodAnswer,
  observed: z.number(),
  usual: rangeAnswer.nullable(),
  threshold: z.number().nullable(),
  raisedWhen: z.enum(['more-than', 'at-least']),
  /** False: a later report took the number below the threshold. */
  holds: z.boolean(),
  expected: z.number().nullable(),
  pValue: z.number().nullable(),
  score: z.number().nullable(),
  scoreLimit: z.number().nullable(),
  /** What the expectation was learnt from; a weight below 1 is a past outbreak held down. */
  reference: z.array(z.object({ start: z.iso.date(), count: z.number().nullable(), weight: z.number() })),
  /** What should make a reader careful, as codes and in the language asked for. */
  warnings: z.array(z.object({ code: z.string() })),
  cautions: z.array(z.string()),
});

export const signalAnswer = z.object({
  id: z.uuid(),
  path: z.string(),
  source: z.enum(signalSources),
  status: z.enum(signalStatuses),
  raisedAt: instant,
  title: z.string(),
  indicator: z.object({ code: z.string(), name: z.string(), isImmediate: z.boolean() }).nullable(),
  place: z.object({ code: z.string(), name: z.string() }).nullable(),
  alarm: alarmAnswer.nullable(),
  /** Why it was raised, in the language asked for. */
  sentence: z.string(),
  rank: z
    .object({
      score: z.number(),
      reasons: z.array(
        z.object({
          code: z.enum(['immediate', 'told', 'evidence', 'excess', 'over-limit', 'neighbours', 'persisting']),
          text: z.string(),
        }),
      ),
    })
    .nullable(),
  monitorUntil: z.iso.date().nullable(),
  eventPath: z.string().nullable(),
});
export type SignalAnswer = z.output<typeof signalAnswer>;

export const curveAnswer = z.array(
  z.object({
    period: periodAnswer,
    /** Null: nobody reported, which is not zero. */
    reported: z.number().nullable(),
    /** What the method put to the test, where that is not the count itself: the sum of a window, a rate. */
    tested: z.number().nullable(),
    usual: rangeAnswer.nullable(),
    threshold: z.number().nullable(),
    isSignal: z.boolean(),
    isIncomplete: z.boolean(),
    /** How many there will be once late reports are in, with 95 % limits; null where nothing is estimated. */
    final: z.object({ median: z.number(), lower: z.number(), upper: z.number() }).nullable(),
  }),
);
export type CurveAnswer = z.output<typeof curveAnswer>;

const listedSignal = signalAnswer.extend({ curve: curveAnswer });
export type ListedSignal = z.output<typeof listedSignal>;

export const worklistAnswer = z.object({
  /** Null: the office has not said how many it can look into. */
  signalsPerWeek: z.int().nullable(),
  triagedThisWeek: z.int(),
  /** New signals that stand beyond the capacity. */
  overflow: z.int(),
  /** Alarms of the latest periods that are too many to be believed, listed apart. */
  heldBack: z.int(),
  fresh: z.array(listedSignal),
  taken: z.array(signalAnswer),
});
export type WorklistAnswer = z.output<typeof worklistAnswer>;

export const signalListAnswer = z.object({ signals: z.array(signalAnswer), status: z.enum(signalStatuses).nullable() });
export type SignalListAnswer = z.output<typeof signalListAnswer>;

const scopeAnswer = z.object({
  likelihood: z.enum(likelihoods),
  consequence: z.enum(consequences),
  confidence: z.enum(confidences),
  level: z.enum(riskLevels),
});

export const knownElsewhere = z.object({
  kind: z.enum(['signal', 'rumour', 'other']),
  path: z.string().nullable(),
  text: z.string(),
  at: instant,
});
export type KnownElsewhere = z.input<typeof knownElsewhere>;

export const signalPageAnswer = signalAnswer.extend({
  rule: z.string().nullable(),
  summary: z.string().nullable(),
  alarms: z.array(alarmAnswer),
  curve: curveAnswer,
  /** What is said of late reports; null where there is no series. */
  late: z.string().nullable(),
  /** The series of the place, with the reproduction number. */
  seriesPath: z.string().nullable(),
  around: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      value: z.number().nullable(),
      isNeighbour: z.boolean(),
      hasSignal: z.boolean(),
      isHere: z.boolean(),
      geometry: z.unknown(),
    }),
  ),
  elsewhere: z.array(knownElsewhere),
  history: z.array(
    z.object({
      step: z.enum(signalSteps),
      to: z.enum(signalStatuses),
      by: z.string(),
      at: instant,
      why: z.string(),
      monitorUntil: z.iso.date().nullable(),
      duplicateOf: z.string().nullable(),
    }),
  ),
  assessments: z.array(
    z.object({
      by: z.string(),
      at: instant,
      question: z.string(),
      hazard: z.string(),
      exposure: z.string(),
      context: z.string(),
      matrixVersion: z.string(),
      reassessOn: z.iso.date().nullable(),
      scopes: z.object({ national: scopeAnswer, regional: scopeAnswer, global: scopeAnswer }),
    }),
  ),
  /** Steps that this person may take now. */
  steps: z.array(z.enum(signalSteps)),
  /** Series in alarm that go along with this signal: the area around it, areas inside it, other rules of the place. */
  members: z.array(
    z.object({
      place: z.string(),
      code: z.string(),
      rule: z.string(),
      period: periodAnswer,
      observed: z.number(),
      expected: z.number().nullable(),
      pValue: z.number().nullable(),
    }),
  ),
  /** Other open signals that this one may repeat. */
  similar: z.array(z.object({ id: z.uuid(), title: z.string() })),
});
export type SignalPageAnswer = z.output<typeof signalPageAnswer>;

const asNull = <T>(value: T | undefined): T | null => value ?? null;

export function titleOf(words: Words, signal: SignalReading): string {
  const { indicator, place } = signal;
  const what = indicator
    ? nameIn(words.locale, indicator.names, indicator.code)
    : words.t(`signals.source-${signal.source}`);
  return place ? words.t('signals.title-of', { indicator: what, place: place.name }) : what;
}

/** The curve of one place: reports, what is still to come, the reproduction number. */
export const seriesPath = (indicator: string, place: string): string =>
  `/curves/${encodeURIComponent(indicator)}/${encodeURIComponent(place)}`;

export const signalPath = (id: string): string => `/signals/${id}`;

function sentenceOf(words: Words, signal: SignalReading): string {
  const { indicator, place, method } = signal;
  const alarm = headline(signal);
  if (!indicator || !place || !method || !alarm)
    return signal.summary ?? words.t(`signals.told-${signal.source}` satisfies MessageKey);
  return explainAlarm(words, {
    ...alarm,
    indicator: nameIn(words.locale, indicator.names, indicator.code),
    place: place.name,
    method,
  });
}

const describeAlarm = (words: Words, alarm: SignalReading['alarms'][number]): z.input<typeof alarmAnswer> => ({
  period: describePeriod(alarm.period),
  observed: alarm.observed,
  usual: asNull(alarm.range),
  threshold: asNull(alarm.threshold),
  raisedWhen: alarm.raisedWhen,
  holds: alarm.holds,
  expected: asNull(alarm.expected),
  pValue: asNull(alarm.pValue),
  score: asNull(alarm.score),
  scoreLimit: asNull(alarm.scoreLimit),
  reference: alarm.reference.map(({ start, count, weight }) => ({ start, count: asNull(count), weight })),
  warnings: alarm.warnings.map(({ code }) => ({ code })),
  cautions: [...explainWarnings(words, alarm.warnings)],
});

export function describeSignal(
  words: Words,
  signal: SignalReading,
  ranked?: RankedSignal,
): z.input<typeof signalAnswer> {
  const { indicator, place } = signal;
  const alarm = headline(signal);
  return {
    id: signal.id,
    path: signalPath(signal.id),
    source: signal.source,
    status: signal.status,
    raisedAt: signal.raisedAt.toISOString(),
    title: titleOf(words, signal),
    indicator: indicator
      ? {
          code: indicator.code,
          name: nameIn(words.locale, indicator.names, indicator.code),
          isImmediate: indicator.isImmediate,
        }
      : null,
    place: place ? { code: place.code, name: place.name } : null,
    alarm: alarm ? describeAlarm(words, alarm) : null,
    sentence: sentenceOf(words, signal),
    rank: ranked
      ? {
          score: ranked.score,
          reasons: ranked.reasons.map((reason) => ({ code: reason.code, text: explainRank(words, reason) })),
        }
      : null,
    monitorUntil: asNull(signal.monitorUntil),
    eventPath: signal.eventId === undefined ? null : `/events/${signal.eventId}`,
  };
}

export function describeCurve(curve: readonly CurveReading[], delays?: Delays): z.input<typeof curveAnswer> {
  const finals = new Map(
    delays?.state === 'estimated'
      ? delays.periods
          .filter(({ reported, upper }) => upper > reported)
          .map(({ period, median, lower, upper }) => [startOf(period), { median, lower, upper }] as const)
      : [],
  );
  return curve.map((point) => ({
    period: describePeriod(point.period),
    reported: asNull(point.count),
    tested: point.observed === point.count ? null : asNull(point.observed),
    usual: asNull(point.range),
    threshold: asNull(point.threshold),
    isSignal: point.isSignal,
    isIncomplete: point.isIncomplete,
    final: asNull(finals.get(startOf(point.period))),
  }));
}

export function describeWorklist(
  words: Words,
  list: Worklist,
  curves: ReadonlyMap<string, readonly CurveReading[]>,
): z.input<typeof worklistAnswer> {
  return {
    signalsPerWeek: asNull(list.perWeek),
    triagedThisWeek: list.triagedThisWeek,
    overflow: list.fresh.overflow.length,
    heldBack: list.heldBack,
    fresh: list.fresh.listed.map((ranked) => ({
      ...describeSignal(words, ranked.candidate.signal, ranked),
      curve: describeCurve(curves.get(ranked.candidate.id) ?? []),
    })),
    taken: list.taken.map((signal) => describeSignal(words, signal)),
  };
}

export const describeAround = (
  around: readonly PlaceAround[],
  here: number | undefined,
): z.input<typeof signalPageAnswer>['around'] =>
  around.map(({ place, value, isNeighbour, hasSignal }) => ({
    code: place.code,
    name: place.name,
    value: asNull(value),
    isNeighbour,
    hasSignal,
    isHere: place.id === here,
    geometry: place.geometry,
  }));

export const describeHistory = (history: readonly DecisionRecord[]): z.input<typeof signalPageAnswer>['history'] =>
  history.map(({ step, to, by, at, why, monitorUntil, duplicateOf }) => ({
    step,
    to,
    by,
    at: at.toISOString(),
    why,
    monitorUntil: asNull(monitorUntil),
    duplicateOf: duplicateOf === undefined ? null : signalPath(duplicateOf),
  }));

export function describeAssessment(
  record: RiskAssessmentRecord,
): z.input<typeof signalPageAnswer>['assessments'][number] {
  // Its own version, so that a corrected matrix does not rewrite what was decided.
  const matrix = riskMatrices.find(({ version }) => version === record.matrixVersion);
  const scope = (name: (typeof riskScopes)[number]) => ({
    ...record.scopes[name],
    level: riskLevel(record.scopes[name], matrix),
  });
  return {
    by: record.by,
    at: record.at.toISOString(),
    question: record.question,
    hazard: record.hazard,
    exposure: record.exposure,
    context: record.context,
    matrixVersion: record.matrixVersion,
    reassessOn: asNull(record.reassessOn),
    scopes: { national: scope('national'), regional: scope('regional'), global: scope('global') },
  };
}

export const stepsFor = (signal: SignalReading, mayDecide: boolean): z.input<typeof signalPageAnswer>['steps'] =>
  mayDecide ? [...allowedSteps(signal.status)] : [];
