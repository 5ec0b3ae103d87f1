import type { Generated, Selectable } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import type { PlainDate } from '../../period.ts';
import type {
  ActionEntry,
  Annex2Entry,
  Entered,
  EventFacts,
  EventId,
  EventOutcome,
  Finding,
  FindingCode,
  FindingKind,
  MilestoneEntry,
  RecordedDate,
  Task,
  TaskHorizon,
} from './event.ts';
import type { Annex2List } from './ihr-annex2.ts';
import type { ActionState, Interval, ResponseAction } from './seven-one-seven.ts';

interface EventsTable {
  id: EventId;
  party_id: PartyId;
  title: string;
  indicator_id: number | null;
  place_id: number | null;
  opened_by: AccountId;
  opened_at: Date;
  closed_by: AccountId | null;
  closed_at: Date | null;
  outcome: EventOutcome | null;
  lessons: string | null;
}

interface Entry {
  id: Generated<number>;
  party_id: PartyId;
  event_id: EventId;
  account_id: AccountId;
  at: Date;
}

interface EventMilestonesTable extends Entry {
  milestone: RecordedDate;
  on_date: PlainDate | null;
  source: string;
}

interface EventActionsTable extends Entry {
  action: ResponseAction;
  state: ActionState['state'];
  on_date: PlainDate | null;
  reason: string | null;
}

interface Annex2AssessmentsTable extends Entry {
  table_version: string;
  list: Annex2List;
  answers: unknown;
}

interface EventFindingsTable extends Entry {
  during: Interval;
  kind: FindingKind;
  code: FindingCode;
  note: string;
}

interface EventTasksTable extends Omit<Entry, 'id'> {
  id: string;
  horizon: TaskHorizon;
  what: string;
  owner: string;
  due_on: PlainDate;
  done_by: AccountId | null;
  done_at: Date | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    events: EventsTable;
    event_milestones: EventMilestonesTable;
    event_actions: EventActionsTable;
    annex2_assessments: Annex2AssessmentsTable;
    event_findings: EventFindingsTable;
    event_tasks: EventTasksTable;
  }
}

export async function insertEvent(
  tx: Tx,
  party: PartyId,
  event: Pick<EventFacts, 'id' | 'title' | 'indicatorId' | 'placeId' | 'openedBy'>,
): Promise<void> {
  await tx.db
    .insertInto('events')
    .values({
      id: event.id,
      party_id: party,
      title: event.title,
      indicator_id: event.indicatorId ?? null,
      place_id: event.placeId ?? null,
      opened_by: event.openedBy,
      opened_at: tx.now,
    })
    .execute();
}

function selectEvents(reader: Reader) {
  return reader
    .selectFrom('events')
    .leftJoin('accounts as closer', 'closer.id', 'events.closed_by')
    .selectAll('events')
    .select('closer.name as closer_name');
}

function toEvent(row: Selectable<EventsTable> & { readonly closer_name: string | null }): EventFacts {
  return {
    id: row.id,
    title: row.title,
    indicatorId: row.indicator_id ?? undefined,
    placeId: row.place_id ?? undefined,
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    closed:
      row.closed_at && row.outcome
        ? { at: row.closed_at, by: row.closer_name ?? '', outcome: row.outcome, lessons: row.lessons ?? '' }
        : undefined,
  };
}

export async function findEvent(reader: Reader, id: EventId): Promise<EventFacts | undefined> {
  const row = await selectEvents(reader).where('events.id', '=', id).executeTakeFirst();
  return row && toEvent(row);
}

/** Open ones first, then the latest. */
export async function listEvents(reader: Reader, limit: number): Promise<readonly EventFacts[]> {
  const rows = await selectEvents(reader)
    .orderBy((expression) => expression('events.closed_at', 'is not', null))
    .orderBy('events.opened_at', 'desc')
    .orderBy('events.id')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

export async function closeEvent(
  tx: Tx,
  id: EventId,
  by: AccountId,
  outcome: EventOutcome,
  lessons: string,
): Promise<void> {
  await tx.db
    .updateTable('events')
    .set({ closed_by: by, closed_at: tx.now, outcome, lessons })
    .where('id', '=', id)
    .execute();
}

/** Waits for others who are writing to the same event. */
export async function lockEvent(tx: Tx, id: EventId): Promise<void> {
  await tx.db.selectFrom('events').select('id').where('id', '=', id).forUpdate().execute();
}

export async function insertMilestone(
  tx: Tx,
  event: EventId,
  by: AccountId,
  party: PartyId,
  entry: MilestoneEntry,
): Promise<void> {
  await tx.db
    .insertInto('event_milestones')
    .values({
      party_id: party,
      event_id: event,
      milestone: entry.milestone,
      on_date: entry.on ?? null,
      source: entry.source,
      account_id: by,
      at: tx.now,
    })
    .execute();
}

/** Latest first, of several events at once. */
export async function listMilestones(
  reader: Reader,
  events: readonly EventId[],
): Promise<ReadonlyMap<EventId, readonly Entered<MilestoneEntry>[]>> {
  if (events.length === 0) return new Map();
  const rows = await reader
    .selectFrom('event_milestones')
    .innerJoin('accounts', 'accounts.id', 'event_milestones.account_id')
    .select(['event_id', 'milestone', 'on_date', 'source', 'at', 'accounts.name'])
    .where('event_id', 'in', events)
    .orderBy('event_milestones.id', 'desc')
    .execute();
  return groupByEvent(rows, (row) => ({
    value: { milestone: row.milestone, on: row.on_date ?? undefined, source: row.source },
    by: row.name,
    at: row.at,
  }));
}

export async function insertAction(
  tx: Tx,
  event: EventId,
  by: AccountId,
  party: PartyId,
  { action, state }: ActionEntry,
): Promise<void> {
  await tx.db
    .insertInto('event_actions')
    .values({
      party_id: party,
      event_id: event,
      action,
      state: state.state,
      on_date: state.state === 'done' ? state.on : null,
      reason: state.state === 'not-applicable' ? state.reason : null,
      account_id: by,
      at: tx.now,
    })
    .execute();
}

function toActionState(row: {
  state: ActionState['state'];
  on_date: PlainDate | null;
  reason: string | null;
}): ActionState {
  if (row.state === 'done' && row.on_date !== null) return { state: 'done', on: row.on_date };
  if (row.state === 'not-applicable') return { state: 'not-applicable', reason: row.reason ?? '' };
  return { state: 'not-done' };
}

export async function listActions(
  reader: Reader,
  events: readonly EventId[],
): Promise<ReadonlyMap<EventId, readonly Entered<ActionEntry>[]>> {
  if (events.length === 0) return new Map();
  const rows = await reader
    .selectFrom('event_actions')
    .innerJoin('accounts', 'accounts.id', 'event_actions.account_id')
    .select(['event_id', 'action', 'state', 'on_date', 'reason', 'at', 'accounts.name'])
    .where('event_id', 'in', events)
    .orderBy('event_actions.id', 'desc')
    .execute();
  return groupByEvent(rows, (row) => ({
    value: { action: row.action, state: toActionState(row) },
    by: row.name,
    at: row.at,
  }));
}

export async function insertAnnex2(
  tx: Tx,
  event: EventId,
  by: AccountId,
  party: PartyId,
  entry: Annex2Entry,
): Promise<void> {
  await tx.db
    .insertInto('annex2_assessments')
    .values({
      party_id: party,
      event_id: event,
      table_version: entry.tableVersion,
      list: entry.list,
      answers: JSON.stringify(entry.answers),
      account_id: by,
      at: tx.now,
    })
    .execute();
}

export async function listAnnex2(
  reader: Reader,
  events: readonly EventId[],
): Promise<ReadonlyMap<EventId, readonly Entered<Annex2Entry>[]>> {
  if (events.length === 0) return new Map();
  const rows = await reader
    .selectFrom('annex2_assessments')
    .innerJoin('accounts', 'accounts.id', 'annex2_assessments.account_id')
    .select(['event_id', 'table_version', 'list', 'answers', 'at', 'accounts.name'])
    .where('event_id', 'in', events)
    .orderBy('annex2_assessments.id', 'desc')
    .execute();
  return groupByEvent(rows, (row) => ({
    // Written by insertAnnex2 alone.
    value: { tableVersion: row.table_version, list: row.list, answers: row.answers as Annex2Entry['answers'] },
    by: row.name,
    at: row.at,
  }));
}

export async function insertFinding(
  tx: Tx,
  event: EventId,
  by: AccountId,
  party: PartyId,
  finding: Finding,
): Promise<void> {
  await tx.db
    .insertInto('event_findings')
    .values({ party_id: party, event_id: event, ...finding, account_id: by, at: tx.now })
    .execute();
}

export async function listFindings(reader: Reader, event: EventId): Promise<readonly Entered<Finding>[]> {
  const rows = await reader
    .selectFrom('event_findings')
    .innerJoin('accounts', 'accounts.id', 'event_findings.account_id')
    .select(['during', 'kind', 'code', 'note', 'at', 'accounts.name'])
    .where('event_id', '=', event)
    .orderBy('event_findings.id')
    .execute();
  return rows.map(({ name, at, ...value }) => ({ value, by: name, at }));
}

export async function insertTask(
  tx: Tx,
  event: EventId,
  by: AccountId,
  party: PartyId,
  task: Pick<Task, 'id' | 'horizon' | 'what' | 'owner' | 'dueOn'>,
): Promise<void> {
  await tx.db
    .insertInto('event_tasks')
    .values({
      id: task.id,
      party_id: party,
      event_id: event,
      horizon: task.horizon,
      what: task.what,
      owner: task.owner,
      due_on: task.dueOn,
      account_id: by,
      at: tx.now,
    })
    .execute();
}

/** False when there is no such open task. */
export async function finishTask(tx: Tx, event: EventId, id: string, by: AccountId): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('event_tasks')
    .set({ done_by: by, done_at: tx.now })
    .where('id', '=', id)
    .where('event_id', '=', event)
    .where('done_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

function selectTasks(reader: Reader) {
  return reader
    .selectFrom('event_tasks')
    .leftJoin('accounts', 'accounts.id', 'event_tasks.done_by')
    .select(['event_tasks.id', 'event_id', 'horizon', 'what', 'owner', 'due_on', 'done_at', 'accounts.name']);
}

function toTask(row: {
  id: string;
  horizon: TaskHorizon;
  what: string;
  owner: string;
  due_on: PlainDate;
  done_at: Date | null;
  name: string | null;
}): Task {
  return {
    id: row.id,
    horizon: row.horizon,
    what: row.what,
    owner: row.owner,
    dueOn: row.due_on,
    done: row.done_at ? { by: row.name ?? '', at: row.done_at } : undefined,
  };
}

export async function listTasks(reader: Reader, event: EventId): Promise<readonly Task[]> {
  const rows = await selectTasks(reader)
    .where('event_id', '=', event)
    .orderBy('due_on')
    .orderBy('event_tasks.id')
    .execute();
  return rows.map(toTask);
}

/** Of all events of the party, due on that day or before. */
export async function listTasksDue(
  reader: Reader,
  on: PlainDate,
): Promise<readonly (Task & { readonly event: EventId })[]> {
  const rows = await selectTasks(reader)
    .where('done_at', 'is', null)
    .where('due_on', '<=', on)
    .orderBy('due_on')
    .orderBy('event_tasks.id')
    .execute();
  return rows.map((row) => ({ ...toTask(row), event: row.event_id }));
}

function groupByEvent<Row extends { readonly event_id: EventId }, T>(
  rows: readonly Row[],
  map: (row: Row) => T,
): ReadonlyMap<EventId, readonly T[]> {
  const groups = Map.groupBy(rows, ({ event_id }) => event_id);
  return new Map([...groups].map(([id, group]) => [id, group.map(map)]));
}
