/** Events: a person turns an assessed signal into one, keeps its dates and actions, prepares the notification, and closes it with its lessons. */
import { randomUUID } from 'node:crypto';
import type { Work } from '../../house.ts';
import type { PlainDate } from '../../period.ts';
import { endOf, plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { requireParty, requirePerson } from '../person.ts';
import { openForStep, recordStep } from '../signals/actions.ts';
import { listEventSignals } from '../signals/reading.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Annex2Entry, EventFacts, EventId, EventOutcome, Finding, MilestoneEntry, Task } from './event.ts';
import { annex2Table } from './ihr-annex2.ts';
import { milestones, type ActionState, type MilestoneDates, type ResponseAction } from './seven-one-seven.ts';
import { currentDates } from './reading.ts';
import * as store from './store.ts';

/**
 * Told in the transaction in which an event is opened or grows by another signal, so that what is to be sent about it is decided with it or not
 * at all. What was told of it before is not told again. Nothing else of a signal is ever told to anybody outside.
 */
export type OnVerified = (work: Work, event: EventId) => Promise<void>;

export async function openEvent(
  work: Work,
  signalId: SignalId,
  input: { readonly title: string; readonly why: string },
  onVerified: OnVerified,
): Promise<EventId> {
  const by = requirePerson(work);
  const party = requireParty(work);
  const signal = await openForStep(work, signalId, 'open-event');
  const id = randomUUID() as EventId;
  const { indicatorId, placeId } = signal;
  await store.insertEvent(work.tx, party, { id, title: input.title, indicatorId, placeId, openedBy: by });
  await recordStep(work, signal, 'open-event', input.why, { event: id });
  await work.tx.audit('event.open', { event: id, signal: signalId });
  await proposeMilestones(work, id, signalId);
  await onVerified(work, id);
  return id;
}

/** Several districts, one event: the signal becomes part of one that is open already. It is verified like the first, and told like it. */
export async function joinEvent(
  work: Work,
  signalId: SignalId,
  id: EventId,
  why: string,
  onVerified: OnVerified,
): Promise<void> {
  const signal = await openForStep(work, signalId, 'open-event');
  await loadOpen(work, id);
  await recordStep(work, signal, 'open-event', why, { event: id });
  await work.tx.audit('event.join', { event: id, signal: signalId });
  await onVerified(work, id);
}

/**
 * What the signal itself knows, for a person to correct: emergence is the last day of the first period in alarm (but not after the day it was
 * detected), detection the day the exceedance was recorded, notification the day this office first took it up.
 */
async function proposeMilestones(work: Work, id: EventId, signalId: SignalId): Promise<void> {
  const signals = await listEventSignals(work.tx.db, id);
  const signal = signals.find((each) => each.id === signalId);
  if (!signal) return;
  const detection = plainDateAt(signal.raisedAt, 'UTC');
  const firstAlarm = signal.alarms[0];
  const exceeded = firstAlarm && endOf(firstAlarm.period);
  const emergence = exceeded !== undefined && exceeded > detection ? detection : exceeded;
  const notification = signal.triagedAt && plainDateAt(signal.triagedAt, 'UTC');
  for (const [milestone, on] of [
    ['emergence', emergence],
    ['detection', detection],
    ['notification', notification],
  ] as const)
    if (on !== undefined)
      await store.insertMilestone(work.tx, id, requirePerson(work), requireParty(work), { milestone, on, source: '' });
}

async function loadOpen(work: Work, id: EventId): Promise<EventFacts> {
  const event = await load(work, id);
  if (event.closed) throw problem.stepNotAllowed({ step: 'event', status: 'closed' });
  return event;
}

/** Dates and findings are still corrected in the review that follows the end. */
async function load(work: Work, id: EventId): Promise<EventFacts> {
  requirePerson(work);
  await store.lockEvent(work.tx, id);
  const event = await store.findEvent(work.tx.db, id);
  if (!event) throw problem.notFound({ what: 'event' });
  return event;
}

const invalid = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

/** Whoever writes may be a day ahead of the server: a date is in the future when it has not begun anywhere. */
function refuseFuture(work: Work, path: string, on: PlainDate | undefined): void {
  if (on !== undefined && on > plainDateAt(work.tx.now, 'Pacific/Kiritimati'))
    throw invalid(path, 'events.date-future');
}

export async function recordMilestone(work: Work, id: EventId, entry: MilestoneEntry): Promise<void> {
  await load(work, id);
  refuseFuture(work, 'on', entry.on);
  const known = currentDates((await store.listMilestones(work.tx.db, [id])).get(id)?.map(({ value }) => value) ?? []);
  if (!isOrdered({ ...known, [entry.milestone]: entry.on })) throw invalid('on', 'events.date-order');
  await store.insertMilestone(work.tx, id, requirePerson(work), requireParty(work), entry);
  await work.tx.audit('event.milestone', { event: id, milestone: entry.milestone });
}

/** An event is not detected before it emerges, nor notified before it is detected. */
function isOrdered(dates: MilestoneDates): boolean {
  const known = milestones.flatMap((milestone) => dates[milestone] ?? []);
  return known.every((date, position) => position === 0 || date >= (known[position - 1] ?? date));
}

export async function recordAction(work: Work, id: EventId, action: ResponseAction, state: ActionState): Promise<void> {
  await load(work, id);
  if (state.state === 'done') refuseFuture(work, 'on', state.on);
  await store.insertAction(work.tx, id, requirePerson(work), requireParty(work), { action, state });
  await work.tx.audit('event.action', { event: id, action, state: state.state });
}

/** A second assessor answers anew; no answer is overwritten. */
export async function assessAnnex2(work: Work, id: EventId, entry: Omit<Annex2Entry, 'tableVersion'>): Promise<void> {
  await loadOpen(work, id);
  await store.insertAnnex2(work.tx, id, requirePerson(work), requireParty(work), {
    ...entry,
    tableVersion: annex2Table.version,
  });
  await work.tx.audit('event.annex2', { event: id, list: entry.list });
}

export async function recordFinding(work: Work, id: EventId, finding: Finding): Promise<void> {
  await load(work, id);
  await store.insertFinding(work.tx, id, requirePerson(work), requireParty(work), finding);
  await work.tx.audit('event.finding', { event: id, during: finding.during, kind: finding.kind, code: finding.code });
}

export async function addTask(work: Work, id: EventId, task: Omit<Task, 'id' | 'done'>): Promise<void> {
  await load(work, id);
  const taskId = randomUUID();
  await store.insertTask(work.tx, id, requirePerson(work), requireParty(work), { id: taskId, ...task });
  await work.tx.audit('event.task', { event: id, task: taskId, horizon: task.horizon });
}

export async function finishTask(work: Work, id: EventId, task: string): Promise<void> {
  await load(work, id);
  if (!(await store.finishTask(work.tx, id, task, requirePerson(work)))) throw problem.notFound({ what: 'task' });
  await work.tx.audit('event.task-done', { event: id, task });
}

export async function closeEvent(
  work: Work,
  id: EventId,
  end: { readonly outcome: EventOutcome; readonly lessons: string; readonly why: string },
): Promise<void> {
  const by = requirePerson(work);
  await loadOpen(work, id);
  for (const { id: signalId, status } of await listEventSignals(work.tx.db, id))
    if (status === 'event') await recordStep(work, await openForStep(work, signalId, 'close'), 'close', end.why);
  await store.closeEvent(work.tx, id, by, end.outcome, end.lessons);
  await work.tx.audit('event.close', { event: id, outcome: end.outcome });
}
