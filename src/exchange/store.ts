import { sql, type Generated, type Selectable } from 'kysely';
import type { Content } from '../agreement/document.ts';
import type { Reader, Tx } from '../db/database.ts';
import type { AccountId, ActId, Did, PartyId, SubjectId } from '../ids.ts';
import { endOf, startOf, type Period, type PlainDate } from '../period.ts';
import type { DecisionRecord, FlowRefusal } from './decision.ts';
import { parseStoredPeriod, type ReleasedColumn } from './ledger.ts';

interface FlowsTable {
  id: string;
  party_id: PartyId;
  direction: 'out' | 'in';
  content: Content | null;
  key: string;
  act: ActId | null;
  counterparts: Did[];
  instrument: SubjectId | null;
  article: string | null;
  purposes: string[];
  indicators: string[];
  level: number | null;
  period_kind: string | null;
  period: string | null;
  decisions: unknown;
  refusal: unknown;
  release_on: PlainDate | null;
  published_by: ActId | null;
  is_published_otherwise: boolean;
  at: Date;
}

interface FlowAnswersTable {
  act: ActId;
  party_id: PartyId;
  flow_id: string;
  receiver: Did;
  kind: 'receipt' | 'refusal';
  matches: boolean | null;
  reason: string | null;
  article: string | null;
  at: Date;
}

interface ReleasedColumnsTable {
  id: Generated<number>;
  party_id: PartyId;
  act: ActId | null;
  recipient: string | null;
  indicator: string;
  level: number;
  period_kind: string;
  period: string;
  first_day: PlainDate;
  last_day: PlainDate;
  minimum_count: number;
  cells: unknown;
  sent_at: Date;
}

interface ReceivedCountsTable {
  party_id: PartyId;
  act: ActId;
  giver: Did;
  indicator: string;
  level: number;
  place_code: string;
  place_name: string;
  period_kind: string;
  period: string;
  first_day: PlainDate;
  value: number | null;
  is_withheld: boolean;
  reported: number | null;
  expected: number | null;
  received_at: Date;
}

interface ReceivedWarningsTable {
  party_id: PartyId;
  act: ActId;
  giver: Did;
  event: string;
  is_agreed: boolean;
  content: 'warning' | 'signal';
  indicator: string;
  indicator_name: string;
  level: number;
  place_code: string;
  place_name: string;
  period_kind: string | null;
  period: string | null;
  cases: number | null;
  is_withheld: boolean;
  decided_on: PlainDate;
  received_at: Date;
  triaged_by: AccountId | null;
  triaged_at: Date | null;
  triage: 'taken-up' | 'set-aside' | null;
}

interface DataRequestsTable {
  id: string;
  party_id: PartyId;
  asker: Did | null;
  giver: Did;
  content: string;
  indicator: string;
  level: number;
  purpose: string;
  instrument: SubjectId | null;
  n: number | null;
  article: string | null;
  reason: string | null;
  rule: string | null;
  at: Date;
}

export type NoticeKind = 'left' | 'received' | 'not-taken' | 'came-back' | 'request-refused';

interface CommunityNoticesTable {
  id: Generated<number>;
  party_id: PartyId;
  kind: NoticeKind;
  giver: Did;
  receivers: Did[];
  content: string;
  instrument: SubjectId | null;
  article: string | null;
  purposes: string[];
  indicators: string[];
  level: number | null;
  period_kind: string | null;
  period: string | null;
  reason: string | null;
  act: ActId | null;
  at: Date;
}

declare module '../db/schema.ts' {
  interface Tables {
    held_flows: { act: ActId; instrument: SubjectId };
    flows: FlowsTable;
    flow_answers: FlowAnswersTable;
    released_columns: ReleasedColumnsTable;
    received_counts: ReceivedCountsTable;
    received_warnings: ReceivedWarningsTable;
    data_requests: DataRequestsTable;
    community_notices: CommunityNoticesTable;
  }
}

/** Rows of one party in a transaction that works for the node: row-level security opens for this party alone, and closes again. */
export async function asParty<T>(tx: Tx, party: PartyId, run: () => Promise<T>): Promise<T> {
  if (tx.party === party) return run();
  await sql`select set_config('reciproca.party', ${party}, true)`.execute(tx.db);
  // When `run` fails, the transaction or savepoint that is rolled back takes the setting with it.
  const result = await run();
  await sql`select set_config('reciproca.party', ${tx.party ?? ''}, true)`.execute(tx.db);
  return result;
}

/** Two builds of what one recipient gets wait for each other: each must see what the other has released. */
export async function lockReleases(tx: Tx, giver: Did): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`releases ${giver}`}, 0))`.execute(tx.db);
}

export interface NewFlow {
  readonly id: string;
  readonly direction: 'out' | 'in';
  readonly content: Content | null;
  readonly key: string;
  readonly act: ActId | null;
  readonly counterparts: readonly Did[];
  readonly instrument: SubjectId | null;
  readonly article: string | null;
  readonly purposes: readonly string[];
  readonly indicators: readonly string[];
  readonly level: number | null;
  readonly period: Period | null;
  readonly decisions: readonly DecisionRecord[];
  readonly refusal: FlowRefusal | null;
  readonly releaseOn: PlainDate | null;
}

/** False when the party has a flow of this key already. */
export async function insertFlow(tx: Tx, party: PartyId, flow: NewFlow): Promise<boolean> {
  const { period, releaseOn, counterparts, purposes, indicators, decisions, refusal, ...rest } = flow;
  const result = await tx.db
    .insertInto('flows')
    .values({
      ...rest,
      party_id: party,
      counterparts: [...counterparts],
      purposes: [...purposes],
      indicators: [...indicators],
      period_kind: period?.kind ?? null,
      period: period?.label ?? null,
      decisions: JSON.stringify(decisions),
      refusal: refusal && JSON.stringify(refusal),
      release_on: releaseOn,
      published_by: null,
      is_published_otherwise: false,
      at: tx.now,
    })
    .onConflict((conflict) => conflict.columns(['party_id', 'direction', 'key']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function hasFlow(reader: Reader, direction: 'out' | 'in', key: string): Promise<boolean> {
  const row = await reader
    .selectFrom('flows')
    .select('id')
    .where('direction', '=', direction)
    .where('key', '=', key)
    .executeTakeFirst();
  return row !== undefined;
}

export interface StoredFlow extends Omit<NewFlow, 'key'> {
  readonly at: Date;
  /** The giver has published something else about it than what was received. */
  readonly isPublishedOtherwise: boolean;
  readonly savedAt: Date | undefined;
  readonly logIndex: number | undefined;
  readonly origin: string | undefined;
  /** Unix seconds; undefined while the proof is pending. */
  readonly confirmedAt: number | undefined;
  readonly isReleased: boolean;
  readonly body: Buffer | undefined;
}

function selectFlows(reader: Reader) {
  return reader
    .selectFrom('flows')
    .leftJoin('acts', 'acts.id', 'flows.act')
    .leftJoin('logs', 'logs.id', 'acts.log_id')
    .leftJoin('act_proofs', 'act_proofs.act', 'flows.act')
    .leftJoin('act_bodies', 'act_bodies.act', 'flows.act')
    .selectAll('flows')
    .select([
      'acts.received_at',
      'acts.log_index',
      'logs.origin',
      'act_proofs.confirmed_at',
      'act_bodies.is_public',
      'act_bodies.body',
    ]);
}

type FlowRow = Awaited<ReturnType<ReturnType<typeof selectFlows>['execute']>>[number];

function toFlow(row: FlowRow): StoredFlow {
  return {
    id: row.id,
    direction: row.direction,
    content: row.content,
    act: row.act,
    counterparts: row.counterparts,
    instrument: row.instrument,
    article: row.article,
    purposes: row.purposes,
    indicators: row.indicators,
    level: row.level,
    period: row.period_kind === null || row.period === null ? null : parseStoredPeriod(row.period_kind, row.period),
    // Written by insertFlow alone.
    decisions: row.decisions as readonly DecisionRecord[],
    refusal: row.refusal as FlowRefusal | null,
    releaseOn: row.release_on,
    isPublishedOtherwise: row.is_published_otherwise,
    at: row.at,
    savedAt: row.received_at ?? undefined,
    logIndex: row.log_index ?? undefined,
    origin: row.origin ?? undefined,
    confirmedAt: row.confirmed_at ?? undefined,
    isReleased: row.published_by !== null || (row.is_public ?? false),
    body: row.body ?? undefined,
  };
}

/** Latest first. `after`: the last flow of the page before; several flows of one transaction share its instant. */
export async function listFlows(
  reader: Reader,
  filter: { readonly after?: string | undefined; readonly limit: number },
): Promise<StoredFlow[]> {
  let query = selectFlows(reader);
  if (filter.after !== undefined)
    query = query.where(
      sql<boolean>`(flows.at, flows.id) < (select last.at, last.id from flows as last where last.id = ${filter.after})`,
    );
  const rows = await query.orderBy('flows.at', 'desc').orderBy('flows.id', 'desc').limit(filter.limit).execute();
  return rows.map(toFlow);
}

export async function findFlow(reader: Reader, id: string): Promise<StoredFlow | undefined> {
  const row = await selectFlows(reader).where('flows.id', '=', id).executeTakeFirst();
  return row && toFlow(row);
}

export async function findFlowOfAct(
  reader: Reader,
  direction: 'out' | 'in',
  act: ActId,
): Promise<StoredFlow | undefined> {
  const row = await selectFlows(reader)
    .where('flows.direction', '=', direction)
    .where('flows.act', '=', act)
    .executeTakeFirst();
  return row && toFlow(row);
}

/** What went out, was not published yet, and has its date. */
export async function listDueReleases(reader: Reader, today: PlainDate): Promise<StoredFlow[]> {
  const rows = await selectFlows(reader)
    .where('flows.direction', '=', 'out')
    .where('flows.act', 'is not', null)
    .where('flows.release_on', '<=', today)
    .where('flows.published_by', 'is', null)
    .orderBy('flows.at')
    .orderBy('flows.id')
    .execute();
  return rows.map(toFlow);
}

export async function notePublished(tx: Tx, flow: string, act: ActId, isOtherwise = false): Promise<void> {
  await tx.db
    .updateTable('flows')
    .set({ published_by: act, is_published_otherwise: isOtherwise })
    .where('id', '=', flow)
    .execute();
}

export interface FlowAnswer {
  readonly act: ActId;
  readonly flow: string;
  readonly receiver: Did;
  readonly kind: 'receipt' | 'refusal';
  readonly matches: boolean | null;
  readonly reason: string | null;
  readonly article: string | null;
  readonly at: Date;
}

export async function saveFlowAnswer(tx: Tx, party: PartyId, answer: Omit<FlowAnswer, 'at'>): Promise<void> {
  const { flow, ...rest } = answer;
  const known = { reason: answer.reason, article: answer.article };
  await tx.db
    .insertInto('flow_answers')
    .values({ ...rest, party_id: party, flow_id: flow, at: tx.now })
    .onConflict((conflict) => conflict.column('act').doUpdateSet(known))
    .execute();
}

export async function listFlowAnswers(reader: Reader, flows: readonly string[]): Promise<FlowAnswer[]> {
  if (flows.length === 0) return [];
  const rows = await reader
    .selectFrom('flow_answers')
    .selectAll()
    .where('flow_id', 'in', [...flows])
    .orderBy('at')
    .orderBy('act')
    .execute();
  return rows.map(({ act, flow_id, receiver, kind, matches, reason, article, at }) => ({
    act,
    flow: flow_id,
    receiver,
    kind,
    matches,
    reason,
    article,
    at,
  }));
}

/** `act`: null for what is let out by none. */
export async function insertReleased(
  tx: Tx,
  party: PartyId,
  act: ActId | null,
  columns: readonly ReleasedColumn[],
): Promise<void> {
  if (columns.length === 0) return;
  await tx.db
    .insertInto('released_columns')
    .values(
      columns.map(({ recipient, indicator, level, period, minimumCount, cells }) => ({
        party_id: party,
        act,
        recipient,
        indicator,
        level,
        period_kind: period.kind,
        period: period.label,
        first_day: startOf(period),
        last_day: endOf(period),
        minimum_count: minimumCount,
        cells: JSON.stringify(cells),
        sent_at: tx.now,
      })),
    )
    .execute();
}

export interface HeldColumn extends ReleasedColumn {
  readonly act: ActId | null;
  readonly sentAt: Date;
}

/** Everything the party has let out of these indicators on these days, to whomever, oldest first. */
export async function listReleased(
  reader: Reader,
  indicators: readonly string[],
  [first, last]: readonly [PlainDate, PlainDate],
): Promise<HeldColumn[]> {
  if (indicators.length === 0) return [];
  const rows = await reader
    .selectFrom('released_columns')
    .selectAll()
    .where('indicator', 'in', [...indicators])
    .where('first_day', '<=', last)
    .where('last_day', '>=', first)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    act: row.act,
    recipient: row.recipient,
    indicator: row.indicator,
    level: row.level,
    period: parseStoredPeriod(row.period_kind, row.period),
    minimumCount: row.minimum_count,
    // Written by insertReleased alone.
    cells: row.cells as ReleasedColumn['cells'],
    sentAt: row.sent_at,
  }));
}

export interface LatestGiven {
  readonly cells: ReleasedColumn['cells'];
  /** Undefined while its proof is pending. */
  readonly confirmedAt: Date | undefined;
  /** Its content has been erased: what it said was still read. */
  readonly isErased: boolean;
}

/** The latest version of each column of a period's table that this recipient was given, by indicator. */
export async function listLatestGiven(
  reader: Reader,
  recipient: Did,
  indicators: readonly string[],
  level: number,
  period: Period,
): Promise<ReadonlyMap<string, LatestGiven>> {
  if (indicators.length === 0) return new Map();
  const rows = await reader
    .selectFrom('released_columns')
    .innerJoin('acts', 'acts.id', 'released_columns.act')
    .leftJoin('act_proofs', 'act_proofs.act', 'released_columns.act')
    .leftJoin('act_bodies', 'act_bodies.act', 'released_columns.act')
    .select(['indicator', 'cells', 'act_proofs.confirmed_at', 'act_bodies.erased_by'])
    .where('acts.type', 'in', ['dispatch/1', 'dispatch/2'])
    .where('recipient', '=', recipient)
    .where('indicator', 'in', [...indicators])
    .where('level', '=', level)
    .where('period_kind', '=', period.kind)
    .where('period', '=', period.label)
    .orderBy('released_columns.id')
    .execute();
  return new Map(
    rows.map(({ indicator, cells, confirmed_at, erased_by }) => [
      indicator,
      {
        // Written by insertReleased alone.
        cells: cells as ReleasedColumn['cells'],
        confirmedAt: confirmed_at === null ? undefined : new Date(confirmed_at * 1000),
        isErased: erased_by !== null,
      },
    ]),
  );
}

export async function holdFlow(tx: Tx, act: ActId, instrument: SubjectId): Promise<void> {
  await tx.db
    .insertInto('held_flows')
    .values({ act, instrument })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Subjects of the acts that wait for this instrument. */
export async function takeHeldFlows(tx: Tx, instrument: SubjectId): Promise<SubjectId[]> {
  const rows = await tx.db
    .deleteFrom('held_flows')
    .using('acts')
    .whereRef('acts.id', '=', 'held_flows.act')
    .where('held_flows.instrument', '=', instrument)
    .returning('acts.subject')
    .execute();
  return [...new Set(rows.map((row) => row.subject))];
}

/** Legal time of what the act's instrument asks to be confirmed; undefined while it is not. */
export async function findLegalTime(reader: Reader, act: ActId): Promise<Date | undefined> {
  const row = await reader.selectFrom('act_proofs').select('confirmed_at').where('act', '=', act).executeTakeFirst();
  return row?.confirmed_at == null ? undefined : new Date(row.confirmed_at * 1000);
}

/** When the party was given the latest version of these counts, by indicator. */
export async function listReceivedTimes(
  reader: Reader,
  giver: Did,
  indicators: readonly string[],
  level: number,
  period: Period,
  besides: ActId,
): Promise<ReadonlyMap<string, Date>> {
  if (indicators.length === 0) return new Map();
  const rows = await reader
    .selectFrom('received_counts')
    .innerJoin('act_proofs', 'act_proofs.act', 'received_counts.act')
    .select(({ fn }) => ['indicator', fn.max('act_proofs.confirmed_at').as('at')])
    .where('giver', '=', giver)
    .where('received_counts.act', '!=', besides)
    .where('indicator', 'in', [...indicators])
    .where('level', '=', level)
    .where('period_kind', '=', period.kind)
    .where('period', '=', period.label)
    .groupBy('indicator')
    .execute();
  return new Map(rows.flatMap(({ indicator, at }) => (at === null ? [] : [[indicator, new Date(at * 1000)]])));
}

export interface ReceivedCount {
  readonly giver: Did;
  readonly act: ActId;
  readonly indicator: string;
  readonly level: number;
  readonly place: { readonly code: string; readonly name: string };
  readonly period: Period;
  readonly value: number | null | 'withheld';
  /** Of the reports that were due in the place, how many its count is made up of; null: the giver does not say. */
  readonly reports: { readonly received: number; readonly expected: number } | null;
  readonly receivedAt: Date;
}

export async function insertReceivedCounts(
  tx: Tx,
  party: PartyId,
  counts: readonly (Omit<ReceivedCount, 'receivedAt'> & { readonly firstDay: PlainDate })[],
): Promise<void> {
  // Four thousand rows of fifteen values are less than the most that one statement's 65,535 parameters hold, with room to spare.
  for (let from = 0; from < counts.length; from += 4_000)
    await tx.db
      .insertInto('received_counts')
      .values(
        counts
          .slice(from, from + 4_000)
          .map(({ giver, act, indicator, level, place, period, value, reports, firstDay }) => ({
            party_id: party,
            act,
            giver,
            indicator,
            level,
            place_code: place.code,
            place_name: place.name,
            period_kind: period.kind,
            period: period.label,
            first_day: firstDay,
            value: value === 'withheld' ? null : value,
            is_withheld: value === 'withheld',
            reported: reports?.received ?? null,
            expected: reports?.expected ?? null,
            received_at: tx.now,
          })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** What neighbours report now: of several versions of a count, the latest received. */
export async function listReceivedCounts(
  reader: Reader,
  filter: {
    readonly indicator?: string;
    readonly giver?: Did;
    readonly act?: ActId;
    readonly from?: PlainDate;
    readonly limit: number;
  },
): Promise<ReceivedCount[]> {
  let query = reader
    .selectFrom('received_counts')
    .selectAll()
    .distinctOn(['giver', 'indicator', 'period_kind', 'first_day', 'place_code']);
  if (filter.indicator !== undefined) query = query.where('indicator', '=', filter.indicator);
  if (filter.giver !== undefined) query = query.where('giver', '=', filter.giver);
  if (filter.act !== undefined) query = query.where('act', '=', filter.act);
  if (filter.from !== undefined) query = query.where('first_day', '>=', filter.from);
  const rows = await query
    .orderBy('giver')
    .orderBy('indicator')
    .orderBy('period_kind')
    .orderBy('first_day', 'desc')
    .orderBy('place_code')
    .orderBy('received_at', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({
    giver: row.giver,
    act: row.act,
    indicator: row.indicator,
    level: row.level,
    place: { code: row.place_code, name: row.place_name },
    period: parseStoredPeriod(row.period_kind, row.period),
    value: row.is_withheld ? 'withheld' : row.value,
    reports: row.reported === null || row.expected === null ? null : { received: row.reported, expected: row.expected },
    receivedAt: row.received_at,
  }));
}

export interface ReceivedWarning {
  readonly act: ActId;
  readonly giver: Did;
  readonly event: string;
  readonly isAgreed: boolean;
  readonly content: 'warning' | 'signal';
  readonly indicator: string;
  readonly indicatorName: string;
  readonly level: number;
  readonly place: { readonly code: string; readonly name: string };
  readonly period: Period | null;
  readonly cases: number | null | 'withheld';
  readonly on: PlainDate;
}

export interface StoredWarning extends ReceivedWarning {
  readonly receivedAt: Date;
  readonly confirmedAt: number | undefined;
  readonly triage: 'taken-up' | 'set-aside' | undefined;
}

export async function insertReceivedWarning(tx: Tx, party: PartyId, warning: ReceivedWarning): Promise<void> {
  const { act, giver, event, isAgreed, content, indicator, indicatorName, level, place, period, cases, on } = warning;
  await tx.db
    .insertInto('received_warnings')
    .values({
      party_id: party,
      act,
      giver,
      event,
      is_agreed: isAgreed,
      content,
      indicator,
      indicator_name: indicatorName,
      level,
      place_code: place.code,
      place_name: place.name,
      period_kind: period?.kind ?? null,
      period: period?.label ?? null,
      cases: cases === 'withheld' ? null : cases,
      is_withheld: cases === 'withheld',
      decided_on: on,
      received_at: tx.now,
      triaged_by: null,
      triaged_at: null,
      triage: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Latest first; those that wait for triage before all others. */
export async function listReceivedWarnings(reader: Reader, limit: number): Promise<StoredWarning[]> {
  const rows = await reader
    .selectFrom('received_warnings')
    .leftJoin('act_proofs', 'act_proofs.act', 'received_warnings.act')
    .selectAll('received_warnings')
    .select('act_proofs.confirmed_at')
    .orderBy(sql`triage is not null`)
    .orderBy('received_at', 'desc')
    .orderBy('received_warnings.act')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    act: row.act,
    giver: row.giver,
    event: row.event,
    isAgreed: row.is_agreed,
    content: row.content,
    indicator: row.indicator,
    indicatorName: row.indicator_name,
    level: row.level,
    place: { code: row.place_code, name: row.place_name },
    period: row.period_kind === null || row.period === null ? null : parseStoredPeriod(row.period_kind, row.period),
    cases: row.is_withheld ? 'withheld' : row.cases,
    on: row.decided_on,
    receivedAt: row.received_at,
    confirmedAt: row.confirmed_at ?? undefined,
    triage: row.triage ?? undefined,
  }));
}

/** False when there is none that waits. */
export async function triageWarning(
  tx: Tx,
  act: ActId,
  by: AccountId,
  triage: 'taken-up' | 'set-aside',
): Promise<boolean> {
  const result = await tx.db
    .updateTable('received_warnings')
    .set({ triage, triaged_by: by, triaged_at: tx.now })
    .where('act', '=', act)
    .where('triage', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export type DataRequestRow = Selectable<DataRequestsTable>;

export async function insertRequest(tx: Tx, request: Omit<DataRequestRow, 'at'>): Promise<void> {
  await tx.db
    .insertInto('data_requests')
    .values({ ...request, at: tx.now })
    .execute();
}

export async function listRequests(reader: Reader, limit: number): Promise<DataRequestRow[]> {
  return reader.selectFrom('data_requests').selectAll().orderBy('at', 'desc').orderBy('id').limit(limit).execute();
}

export type Notice = Omit<CommunityNoticesTable, 'id' | 'party_id' | 'at' | 'period_kind' | 'period'> & {
  readonly period: Period | null;
};

export async function insertNotice(tx: Tx, community: PartyId, { period, ...notice }: Notice): Promise<void> {
  await tx.db
    .insertInto('community_notices')
    .values({
      ...notice,
      period_kind: period?.kind ?? null,
      period: period?.label ?? null,
      party_id: community,
      at: tx.now,
    })
    .execute();
}

export async function listNotices(
  reader: Reader,
  community: PartyId,
  limit: number,
): Promise<(Notice & { readonly at: Date })[]> {
  const rows = await reader
    .selectFrom('community_notices')
    .selectAll()
    .where('party_id', '=', community)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    giver: row.giver,
    receivers: row.receivers,
    content: row.content,
    instrument: row.instrument,
    article: row.article,
    purposes: row.purposes,
    indicators: row.indicators,
    level: row.level,
    period: row.period_kind === null || row.period === null ? null : parseStoredPeriod(row.period_kind, row.period),
    reason: row.reason,
    act: row.act,
    at: row.at,
  }));
}

/** Acts by which data crossed a border, as the logs that are followed here show them. */
export async function listPublicFlows(reader: Reader, types: readonly string[], limit: number) {
  return reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .leftJoin('act_bodies', 'act_bodies.act', 'acts.id')
    .leftJoin('act_proofs', 'act_proofs.act', 'acts.id')
    .select([
      'acts.id',
      'acts.type',
      'acts.party',
      'acts.jws',
      'acts.commitment',
      'acts.log_index',
      'acts.received_at',
      'acts.standing',
      'logs.origin',
      'logs.is_own',
      'act_bodies.is_public',
      'act_proofs.confirmed_at',
    ])
    .where('acts.type', 'in', [...types])
    .where('acts.log_index', 'is not', null)
    .orderBy('acts.saved_order', 'desc')
    .limit(limit)
    .execute();
}

export async function listWaiting(reader: Reader) {
  return reader
    .selectFrom('held_flows')
    .innerJoin('acts', 'acts.id', 'held_flows.act')
    .select(['acts.id', 'acts.party', 'acts.standing_reason', 'acts.received_at', 'held_flows.instrument'])
    .where('acts.standing', '=', 'held')
    .orderBy('acts.saved_order')
    .limit(200)
    .execute();
}

/** Everybody who can be asked or can ask. */
export async function listKnownParties(reader: Reader) {
  return reader.selectFrom('parties').select(['id', 'did', 'name']).orderBy('name').orderBy('did').execute();
}
