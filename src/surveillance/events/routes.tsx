import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../http/endpoint.ts';
import type { Reading } from '../../house.ts';
import { plainDateAt, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { blankForm } from '../../ui/forms.tsx';
import { withNotice } from '../../ui/layout.tsx';
import { formatCsv } from '../csv.ts';
import { describeSignal, signalPath, titleOf } from '../signals/answers.ts';
import { findSignal, listEventSignals } from '../signals/reading.ts';
import { office, officers } from '../signals/routes.tsx';
import type { SignalId } from '../signals/signal.ts';
import { wordsOf } from '../signals/words.ts';
import * as actions from './actions.ts';
import {
  describeEvent,
  describeEventFully,
  describeEvents,
  eventAnswer,
  eventListAnswer,
  eventPath,
} from './answers.ts';
import { eventOutcomes, findingCodes, findingKinds, recordedDates, taskHorizons, type EventId } from './event.ts';
import {
  annex2Answers,
  annex2Criteria,
  annex2Lists,
  annex2Table,
  proposeAnnex2List,
  type Annex2Criterion,
} from './ihr-annex2.ts';
import {
  actionPage,
  annex2Page,
  closePage,
  findingPage,
  milestonePage,
  openEventPage,
  taskPage,
  type EventRef,
  type OpenEventChoices,
} from './form-pages.tsx';
import { eventListPage, eventPage } from './pages.tsx';
import { findEvent, readEvents, type EventReading } from './reading.ts';
import {
  intervals,
  responseActionCodes,
  responseActions,
  type ActionState,
  type ResponseAction,
} from './seven-one-seven.ts';
import * as store from './store.ts';

const idParam = z.object({ id: z.uuid() });
const plainDate = z.iso.date().transform((text) => text as PlainDate);
const saved = z.object({ id: z.uuid() });

const todayOf = ({ house }: Reading): PlainDate => plainDateAt(house.clock.now(), 'UTC');

async function getEvent(reading: Reading, id: string): Promise<EventReading> {
  const event = await findEvent(reading.reader, id as EventId, todayOf(reading));
  if (!event) throw problem.notFound({ what: 'event' });
  return event;
}

const refOf = ({ id, title }: EventReading): EventRef => ({ path: eventPath(id), title });
const refAnswer = z.object({ path: z.string(), title: z.string() });

const list = read({
  path: '/events',
  summary: 'All events with their 7-1-7 clocks, and how often each target was met, by hazard and place',
  for: office,
  answer: eventListAnswer,
  handle: async (reading) => describeEvents(wordsOf(reading), await readEvents(reading.reader, todayOf(reading))),
  page: eventListPage,
});

const listCsv = raw({
  path: '/events.csv',
  summary: 'All events with their 7-1-7 dates and intervals as a table',
  for: office,
  contentTypes: ['text/csv'],
  async handle(reading) {
    const words = wordsOf(reading);
    const events = await readEvents(reading.reader, todayOf(reading));
    const rows = events.map((event) => {
      const { id, title, indicator, place, openedAt, isOpen, outcome, clocks } = describeEvent(words, event);
      return [
        id,
        title,
        indicator,
        place,
        openedAt,
        isOpen ? 'open' : outcome,
        event.dates.emergence,
        event.dates.detection,
        event.dates.notification,
        clocks.responseCompleted,
        ...intervals.flatMap((interval) => [clocks[interval].state, clocks[interval].days]),
        clocks.overall,
      ];
    });
    const header = [
      'id',
      'title',
      'indicator',
      'place',
      'opened',
      'state',
      'emergence',
      'detection',
      'notification',
      'response_completed',
    ];
    const columns = intervals.flatMap((interval) => [interval, `${interval}_days`]);
    return {
      contentType: 'text/csv; charset=utf-8',
      fileName: 'events.csv',
      body: formatCsv([...header, ...columns, 'overall'], rows),
    };
  },
});

const one = read({
  path: '/events/:id',
  summary: 'One event: 7-1-7 clocks, dates, response actions, Annex 2, findings, tasks',
  for: office,
  params: idParam,
  answer: eventAnswer,
  async handle(reading, { params }) {
    const { reader, viewer } = reading;
    const words = wordsOf(reading);
    const event = await getEvent(reading, params.id);
    const signals = await listEventSignals(reader, event.id);
    return describeEventFully(words, event, {
      mayDecide: viewer.roles.has('officer'),
      today: todayOf(reading),
      findings: await store.listFindings(reader, event.id),
      tasks: await store.listTasks(reader, event.id),
      signals: signals.map((signal) => {
        const { path, title, status, sentence } = describeSignal(words, signal);
        return { path, title, status, sentence };
      }),
    });
  },
  page: eventPage,
});

const openChoices = z.object({ signal: refAnswer, openEvents: z.array(z.object({ id: z.uuid(), title: z.string() })) });

async function choicesFor(reading: Reading & Caller, id: string): Promise<OpenEventChoices> {
  const signal = await findSignal(reading.reader, id as SignalId);
  if (!signal) throw problem.notFound({ what: 'signal' });
  const events = await store.listEvents(reading.reader, 100);
  return {
    signal: { path: signalPath(id), title: titleOf(wordsOf(reading), signal) },
    openEvents: events.filter(({ closed }) => !closed).map((event) => ({ id: event.id, title: event.title })),
  };
}

const openForm = read({
  path: '/signals/:id/event',
  summary: 'The form that turns an assessed signal into an event, or joins it to one',
  for: officers,
  params: idParam,
  answer: openChoices,
  async handle(reading, { params }) {
    const { signal, openEvents } = await choicesFor(reading, params.id);
    return { signal, openEvents: [...openEvents] };
  },
  page: (answer, view) => openEventPage(view, answer, blankForm({ title: answer.signal.title })),
});

function openEvent(onVerified: actions.OnVerified) {
  return write({
    path: '/signals/:id/event',
    summary: 'Turns an assessed signal into an event, by a named person; or joins it to one that is open',
    for: officers,
    // A program with a token is no person.
    sessionOnly: true,
    params: idParam,
    body: z.object({
      event: z.uuid().optional(),
      /** Of a new one. */
      title: z.string().trim().max(200).optional(),
      why: z.string().trim().min(1).max(2000),
    }),
    answer: saved,
    async handle(work, { params, body: { event, title, why } }) {
      const signal = params.id as SignalId;
      if (event !== undefined) {
        await actions.joinEvent(work, signal, event as EventId, why, onVerified);
        return { id: event };
      }
      if (!title) throw problem.inputInvalid({ fields: [{ path: 'title', code: 'required', message: 'required' }] });
      return { id: await actions.openEvent(work, signal, { title, why }, onVerified) };
    },
    then: ({ id }) => withNotice(eventPath(id), 'events.done-opened'),
    form: async ({ form, params }, view, reading) => openEventPage(view, await choicesFor(reading, params.id), form),
  });
}

const milestoneParams = z.object({ id: z.uuid(), milestone: z.enum(recordedDates) });

const milestoneForm = read({
  path: '/events/:id/dates/:milestone',
  summary: 'The form for one of the dates of 7-1-7',
  for: officers,
  params: milestoneParams,
  answer: refAnswer.extend({ milestone: z.enum(recordedDates), on: z.iso.date().nullable() }),
  async handle(reading, { params: { id, milestone } }) {
    const event = await getEvent(reading, id);
    return { ...refOf(event), milestone, on: event.dates[milestone] ?? null };
  },
  page: (answer, view) => milestonePage(view, answer, answer.milestone, blankForm({ on: answer.on ?? undefined })),
});

const milestone = write({
  path: '/events/:id/dates/:milestone',
  summary: 'Records one of the dates of 7-1-7, with where it is known from; the earlier entry is kept',
  for: officers,
  params: milestoneParams,
  body: z.object({ on: plainDate.optional(), source: z.string().trim().min(1).max(300) }),
  answer: saved,
  async handle(work, { params, body }) {
    await actions.recordMilestone(work, params.id as EventId, {
      milestone: params.milestone,
      on: body.on,
      source: body.source,
    });
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-saved'),
  form: async ({ form, params }, view, reading) =>
    milestonePage(view, refOf(await getEvent(reading, params.id)), params.milestone, form),
});

const actionCodes = z.enum(responseActionCodes as readonly [ResponseAction, ...ResponseAction[]]);
const actionParams = z.object({ id: z.uuid(), action: actionCodes });

const actionForm = read({
  path: '/events/:id/actions/:action',
  summary: 'The form for one of the seven early response actions',
  for: officers,
  params: actionParams,
  answer: refAnswer.extend({
    action: actionCodes,
    state: z.string(),
    on: z.iso.date().nullable(),
    reason: z.string().nullable(),
  }),
  async handle(reading, { params: { id, action } }) {
    const event = await getEvent(reading, id);
    const state: ActionState = event.actions[action] ?? { state: 'not-done' };
    return {
      ...refOf(event),
      action,
      state: state.state,
      on: state.state === 'done' ? state.on : null,
      reason: state.state === 'not-applicable' ? state.reason : null,
    };
  },
  page: (answer, view) =>
    actionPage(
      view,
      answer,
      answer.action,
      responseActions[answer.action],
      blankForm({ state: answer.state, on: answer.on ?? undefined, reason: answer.reason ?? undefined }),
    ),
});

const actionBody = z
  .object({
    state: z.enum(['done', 'not-done', 'not-applicable']),
    on: plainDate.optional(),
    reason: z.string().trim().max(500).optional(),
  })
  .superRefine(({ state, on, reason }, context) => {
    if (state === 'done' && on === undefined) context.addIssue({ code: 'custom', path: ['on'], message: 'required' });
    if (state === 'not-applicable' && !reason)
      context.addIssue({ code: 'custom', path: ['reason'], message: 'required' });
  });

function toActionState({ state, on, reason }: z.output<typeof actionBody>): ActionState {
  if (state === 'done' && on !== undefined) return { state, on };
  if (state === 'not-applicable') return { state, reason: reason ?? '' };
  return { state: 'not-done' };
}

const action = write({
  path: '/events/:id/actions/:action',
  summary: 'Records one of the seven early response actions',
  for: officers,
  params: actionParams,
  body: actionBody,
  answer: saved,
  async handle(work, { params, body }) {
    await actions.recordAction(work, params.id as EventId, params.action, toActionState(body));
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-saved'),
  form: async ({ form, params }, view, reading) =>
    actionPage(view, refOf(await getEvent(reading, params.id)), params.action, responseActions[params.action], form),
});

const annex2Form = read({
  path: '/events/:id/annex2',
  summary: 'The form of the decision instrument of IHR Annex 2',
  for: officers,
  params: idParam,
  answer: refAnswer.extend({ list: z.enum(annex2Lists), tableVersion: z.string() }),
  async handle(reading, { params }) {
    const event = await getEvent(reading, params.id);
    const { indicator } = event;
    return {
      ...refOf(event),
      list: proposeAnnex2List({ icd10: indicator?.icd10, icd11: indicator?.icd11 }),
      tableVersion: annex2Table.version,
    };
  },
  page: (answer, view) => annex2Page(view, answer, blankForm({ list: answer.list })),
});

const criterionBody = z.object({ answer: z.enum(annex2Answers), reason: z.string().trim().min(1).max(2000) });
const annex2Body = z.object({
  list: z.enum(annex2Lists),
  ...Object.fromEntries(annex2Criteria.map((criterion) => [criterion, criterionBody])),
} as { list: z.ZodEnum<{ [L in (typeof annex2Lists)[number]]: L }> } & Record<Annex2Criterion, typeof criterionBody>);

const annex2 = write({
  path: '/events/:id/annex2',
  summary: 'Answers the decision instrument of IHR Annex 2; earlier answers are kept',
  for: officers,
  params: idParam,
  body: annex2Body,
  answer: saved,
  async handle(work, { params, body: { list, ...answers } }) {
    await actions.assessAnnex2(work, params.id as EventId, { list, answers });
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-annex2'),
  form: async ({ form, params }, view, reading) =>
    annex2Page(view, { ...refOf(await getEvent(reading, params.id)), tableVersion: annex2Table.version }, form),
});

const findingForm = read({
  path: '/events/:id/findings',
  summary: 'The form for what held an interval up or helped it along',
  for: officers,
  params: idParam,
  answer: refAnswer,
  handle: async (reading, { params }) => refOf(await getEvent(reading, params.id)),
  page: (answer, view) => findingPage(view, answer),
});

const finding = write({
  path: '/events/:id/findings',
  summary: 'Records what held an interval up or helped it along',
  for: officers,
  params: idParam,
  body: z.object({
    kind: z.enum(findingKinds),
    during: z.enum(intervals),
    code: z.enum(findingCodes),
    note: z.string().trim().min(1).max(2000),
  }),
  answer: saved,
  async handle(work, { params, body }) {
    await actions.recordFinding(work, params.id as EventId, body);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-saved'),
  form: async ({ form, params }, view, reading) => findingPage(view, refOf(await getEvent(reading, params.id)), form),
});

const taskForm = read({
  path: '/events/:id/tasks',
  summary: 'The form for a corrective action',
  for: officers,
  params: idParam,
  answer: refAnswer,
  handle: async (reading, { params }) => refOf(await getEvent(reading, params.id)),
  page: (answer, view) => taskPage(view, answer),
});

const task = write({
  path: '/events/:id/tasks',
  summary: 'Adds a corrective action with owner and date',
  for: officers,
  params: idParam,
  body: z.object({
    what: z.string().trim().min(1).max(1000),
    owner: z.string().trim().min(1).max(200),
    horizon: z.enum(taskHorizons),
    dueOn: plainDate,
  }),
  answer: saved,
  async handle(work, { params, body }) {
    await actions.addTask(work, params.id as EventId, body);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-saved'),
  form: async ({ form, params }, view, reading) => taskPage(view, refOf(await getEvent(reading, params.id)), form),
});

const taskDone = write({
  path: '/events/:id/tasks/:task/done',
  summary: 'Marks a corrective action as done',
  for: officers,
  params: z.object({ id: z.uuid(), task: z.uuid() }),
  body: z.object({}),
  answer: saved,
  async handle(work, { params }) {
    await actions.finishTask(work, params.id as EventId, params.task);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-saved'),
});

const closeForm = read({
  path: '/events/:id/close',
  summary: 'The form that closes an event',
  for: officers,
  params: idParam,
  answer: refAnswer,
  handle: async (reading, { params }) => refOf(await getEvent(reading, params.id)),
  page: (answer, view) => closePage(view, answer),
});

const close = write({
  path: '/events/:id/close',
  summary: 'Closes an event with its outcome and lessons, and its signals with it',
  for: officers,
  params: idParam,
  body: z.object({
    outcome: z.enum(eventOutcomes),
    lessons: z.string().trim().min(1).max(8000),
    why: z.string().trim().min(1).max(2000),
  }),
  answer: saved,
  async handle(work, { params, body }) {
    await actions.closeEvent(work, params.id as EventId, body);
    return { id: params.id };
  },
  then: ({ id }) => withNotice(eventPath(id), 'events.done-closed'),
  form: async ({ form, params }, view, reading) => closePage(view, refOf(await getEvent(reading, params.id)), form),
});

export function eventEndpoints(onVerified: actions.OnVerified): readonly Endpoint[] {
  return [
    list,
    listCsv,
    one,
    openForm,
    openEvent(onVerified),
    milestoneForm,
    milestone,
    actionForm,
    action,
    annex2Form,
    annex2,
    findingForm,
    finding,
    taskForm,
    task,
    taskDone,
    closeForm,
    close,
  ];
}
