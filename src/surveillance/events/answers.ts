/** What the pages and the API say of events: one shape for both. */
import { z } from 'zod';
import type { PlainDate } from '../../period.ts';
import { nameIn } from '../signals/reported.ts';
import type { Words } from '../signals/explanation.ts';
import { signalStatuses } from '../signals/life-cycle.ts';
import {
  eventOutcomes,
  findingCodes,
  findingKinds,
  recordedDates,
  taskHorizons,
  type Entered,
  type Finding,
  type Task,
} from './event.ts';
import { annex2Answers, annex2Criteria, annex2Lists, annex2Table, proposeAnnex2List } from './ihr-annex2.ts';
import type { EventReading } from './reading.ts';
import {
  intervals,
  responseActionCodes,
  responseActions,
  summarise,
  type IntervalState,
  type ResponseAction,
} from './seven-one-seven.ts';

const instant = z.iso.datetime();
const day = z.iso.date();

const intervalAnswer = z.object({
  state: z.enum(['met', 'missed', 'running', 'waiting', 'not-assessable', 'data-error']),
  days: z.int().nullable(),
  daysLeft: z.int().nullable(),
  deadline: day.nullable(),
});
export type IntervalAnswer = z.output<typeof intervalAnswer>;

const clocksAnswer = z.object({
  detect: intervalAnswer,
  notify: intervalAnswer,
  respond: intervalAnswer,
  overall: z.enum(['met', 'missed', 'pending', 'not-assessable', 'data-error']),
  responseStarted: day.nullable(),
  responseCompleted: day.nullable(),
});

const eventCore = z.object({
  id: z.uuid(),
  path: z.string(),
  title: z.string(),
  indicator: z.string().nullable(),
  place: z.string().nullable(),
  openedAt: instant,
  isOpen: z.boolean(),
  outcome: z.enum(eventOutcomes).nullable(),
  clocks: clocksAnswer,
});
export type EventCore = z.output<typeof eventCore>;

const summaryAnswer = z.object({ assessed: z.int(), met: z.int(), medianDays: z.number().nullable() });
const reviewAnswer = z.object({
  detect: summaryAnswer,
  notify: summaryAnswer,
  respond: summaryAnswer,
  all: summaryAnswer,
});
export type ReviewAnswer = z.output<typeof reviewAnswer>;

export const eventListAnswer = z.object({
  events: z.array(eventCore),
  review: reviewAnswer,
  byHazard: z.array(z.object({ name: z.string(), review: reviewAnswer })),
  byPlace: z.array(z.object({ name: z.string(), review: reviewAnswer })),
});
export type EventListAnswer = z.output<typeof eventListAnswer>;

const entered = { by: z.string(), at: instant };
const decisionAnswer = z.object({
  outcome: z.enum(['notify', 'cannot-exclude', 'not-now']),
  because: z.enum(['listed', 'criteria']).nullable(),
  yes: z.array(z.enum(annex2Criteria)),
  unknown: z.array(z.enum(annex2Criteria)),
  reassessBy: instant.nullable(),
});

export const eventAnswer = eventCore.extend({
  mayDecide: z.boolean(),
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
  lessons: z.string().nullable(),
  dates: z.array(
    z.object({
      milestone: z.enum(recordedDates),
      on: day.nullable(),
      /** Empty: proposed from the signal. */
      source: z.string().nullable(),
      earlier: z.array(z.object({ on: day.nullable(), source: z.string(), ...entered })),
    }),
  ),
  actions: z.array(
    z.object({
      action: z.enum(responseActionCodes as readonly [ResponseAction, ...ResponseAction[]]),
      /** Whether its date is that of its beginning or of its end. */
      counts: z.enum(['started', 'completed']),
      state: z.enum(['done', 'not-done', 'not-applicable']),
      on: day.nullable(),
      reason: z.string().nullable(),
    }),
  ),
  annex2: z.object({
    proposedList: z.enum(annex2Lists),
    tableVersion: z.string(),
    assessBy: instant.nullable(),
    notifyBy: instant.nullable(),
    reassessBy: instant.nullable(),
    assessments: z.array(
      z.object({
        ...entered,
        list: z.enum(annex2Lists),
        tableVersion: z.string(),
        answers: z.array(
          z.object({ criterion: z.enum(annex2Criteria), answer: z.enum(annex2Answers), reason: z.string() }),
        ),
        decision: decisionAnswer,
      }),
    ),
  }),
  findings: z.array(
    z.object({
      during: z.enum(intervals),
      kind: z.enum(findingKinds),
      code: z.enum(findingCodes),
      note: z.string(),
      ...entered,
    }),
  ),
  tasks: z.array(
    z.object({
      id: z.uuid(),
      horizon: z.enum(taskHorizons),
      what: z.string(),
      owner: z.string(),
      dueOn: day,
      isLate: z.boolean(),
      doneBy: z.string().nullable(),
      doneAt: instant.nullable(),
    }),
  ),
  signals: z.array(
    z.object({ path: z.string(), title: z.string(), status: z.enum(signalStatuses), sentence: z.string() }),
  ),
});
export type EventAnswer = z.output<typeof eventAnswer>;

export const eventPath = (id: string): string => `/events/${id}`;

function describeInterval(interval: IntervalState): z.input<typeof intervalAnswer> {
  return {
    state: interval.state,
    days: 'days' in interval ? (interval.days ?? null) : null,
    daysLeft: 'daysLeft' in interval ? interval.daysLeft : null,
    deadline: 'deadline' in interval ? interval.deadline : null,
  };
}

export function describeEvent(words: Words, event: EventReading): z.input<typeof eventCore> {
  const { indicator, place, clocks } = event;
  return {
    id: event.id,
    path: eventPath(event.id),
    title: event.title,
    indicator: indicator ? nameIn(words.locale, indicator.names, indicator.code) : null,
    place: place?.name ?? null,
    openedAt: event.openedAt.toISOString(),
    isOpen: event.closed === undefined,
    outcome: event.closed?.outcome ?? null,
    clocks: {
      detect: describeInterval(clocks.detect),
      notify: describeInterval(clocks.notify),
      respond: describeInterval(clocks.respond),
      overall: clocks.overall,
      responseStarted: clocks.responseStarted ?? null,
      responseCompleted: clocks.responseCompleted ?? null,
    },
  };
}

function describeReview(events: readonly EventReading[]): z.input<typeof reviewAnswer> {
  const of = summarise(events.map(({ clocks }) => clocks));
  const plain = ({ assessed, met, medianDays }: (typeof of)['all']) => ({
    assessed,
    met,
    medianDays: medianDays ?? null,
  });
  return { detect: plain(of.detect), notify: plain(of.notify), respond: plain(of.respond), all: plain(of.all) };
}

export function describeEvents(words: Words, events: readonly EventReading[]): z.input<typeof eventListAnswer> {
  const described = events.map((event) => ({ event, core: describeEvent(words, event) }));
  const by = (name: (core: z.input<typeof eventCore>) => string | null) =>
    [...Map.groupBy(described, ({ core }) => name(core))]
      .flatMap(([key, group]) =>
        key === null ? [] : [{ name: key, review: describeReview(group.map(({ event }) => event)) }],
      )
      .toSorted((a, b) => a.name.localeCompare(b.name, words.locale));
  return {
    events: described.map(({ core }) => core),
    review: describeReview(events),
    byHazard: by(({ indicator }) => indicator),
    byPlace: by(({ place }) => place),
  };
}

const asNull = <T>(value: T | undefined): T | null => value ?? null;

export function describeEventFully(
  words: Words,
  event: EventReading,
  rest: {
    readonly mayDecide: boolean;
    readonly today: PlainDate;
    readonly findings: readonly Entered<Finding>[];
    readonly tasks: readonly Task[];
    readonly signals: z.input<typeof eventAnswer>['signals'];
  },
): z.input<typeof eventAnswer> {
  const { closed, annex2Clocks } = event;
  return {
    ...describeEvent(words, event),
    mayDecide: rest.mayDecide,
    closedAt: closed?.at.toISOString() ?? null,
    closedBy: closed?.by ?? null,
    lessons: closed?.lessons ?? null,
    dates: recordedDates.map((milestone) => {
      const [current, ...earlier] = event.milestoneEntries.filter(({ value }) => value.milestone === milestone);
      return {
        milestone,
        on: asNull(current?.value.on),
        source: asNull(current?.value.source),
        earlier: earlier.map(({ value, by, at }) => ({
          on: asNull(value.on),
          source: value.source,
          by,
          at: at.toISOString(),
        })),
      };
    }),
    actions: responseActionCodes.map((action) => {
      const state = event.actions[action] ?? { state: 'not-done' };
      return {
        action,
        counts: responseActions[action],
        state: state.state,
        on: state.state === 'done' ? state.on : null,
        reason: state.state === 'not-applicable' ? state.reason : null,
      };
    }),
    annex2: {
      proposedList: proposeAnnex2List({ icd10: event.indicator?.icd10, icd11: event.indicator?.icd11 }),
      tableVersion: annex2Table.version,
      assessBy: asNull(annex2Clocks.assessBy?.toISOString()),
      notifyBy: asNull(annex2Clocks.notifyBy?.toISOString()),
      reassessBy: asNull(annex2Clocks.reassessBy?.toISOString()),
      assessments: event.annex2.map(({ value, by, at, decision }) => ({
        by,
        at: at.toISOString(),
        list: value.list,
        tableVersion: value.tableVersion,
        answers: annex2Criteria.map((criterion) => ({ criterion, ...value.answers[criterion] })),
        decision: {
          outcome: decision.outcome,
          because: 'because' in decision ? decision.because : null,
          yes: 'yes' in decision ? [...decision.yes] : [],
          unknown: 'unknown' in decision ? [...decision.unknown] : [],
          reassessBy: 'reassessBy' in decision ? decision.reassessBy.toISOString() : null,
        },
      })),
    },
    findings: rest.findings.map(({ value, by, at }) => ({ ...value, by, at: at.toISOString() })),
    tasks: rest.tasks.map(({ id, horizon, what, owner, dueOn, done }) => ({
      id,
      horizon,
      what,
      owner,
      dueOn,
      isLate: done === undefined && dueOn < rest.today,
      doneBy: asNull(done?.by),
      doneAt: asNull(done?.at.toISOString()),
    })),
    signals: rest.signals,
  };
}
