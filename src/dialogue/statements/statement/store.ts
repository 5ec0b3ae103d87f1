import { sql, type Generated, type Insertable } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, InquiryId, MemberId, PartyId, StatementId } from '../../../ids.ts';
import type { Reason, Statement, StatementState } from './statement.ts';

interface StatementsTable {
  id: StatementId;
  party_id: PartyId;
  inquiry_id: InquiryId;
  is_chatham_house: boolean;
  number: number;
  text: string;
  language: string;
  fingerprint: string;
  member_id: MemberId | null;
  is_by_convenor: boolean;
  source: 'web' | 'mail';
  state: StatementState;
  priority: number;
  submitted_at: Date;
}

interface StatementDecisionsTable {
  position: Generated<number>;
  id: string;
  party_id: PartyId;
  statement_id: StatementId;
  state: StatementState;
  reason: Reason | null;
  note: string | null;
  decided_by: AccountId | null;
  at: Date;
}

interface StatementTranslationsTable {
  id: string;
  party_id: PartyId;
  statement_id: StatementId;
  language: string;
  text: string;
  machine: string | null;
  brought_by: AccountId;
  at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    statements: StatementsTable;
    statement_decisions: StatementDecisionsTable;
    statement_translations: StatementTranslationsTable;
  }
}

const toStatement = (row: StatementsTable): Statement => ({
  id: row.id,
  inquiry: row.inquiry_id,
  number: row.number,
  text: row.text,
  language: row.language,
  author: row.member_id ?? undefined,
  isByConvenor: row.is_by_convenor,
  state: row.state,
  submittedAt: row.submitted_at,
});

/** Two who write at once: the second waits at the inquiry's row, which its action has locked, and gets the next number. */
export async function insertStatement(
  tx: Tx,
  party: PartyId,
  given: Omit<Statement, 'number' | 'submittedAt'> & {
    readonly isChathamHouse: boolean;
    readonly fingerprint: string;
    readonly source: 'web' | 'mail';
    readonly priority: number;
  },
): Promise<number> {
  const { number } = await tx.db
    .insertInto('statements')
    .values({
      id: given.id,
      party_id: party,
      inquiry_id: given.inquiry,
      is_chatham_house: given.isChathamHouse,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from statements where inquiry_id = ${given.inquiry})`,
      text: given.text,
      language: given.language,
      fingerprint: given.fingerprint,
      member_id: given.author ?? null,
      is_by_convenor: given.isByConvenor,
      source: given.source,
      state: given.state,
      priority: given.priority,
      submitted_at: tx.now,
    })
    .returning('number')
    .executeTakeFirstOrThrow();
  return number;
}

export async function findStatement(
  reader: Reader,
  inquiry: InquiryId,
  number: number,
): Promise<Statement | undefined> {
  const row = await reader
    .selectFrom('statements')
    .selectAll()
    .where('inquiry_id', '=', inquiry)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toStatement(row);
}

export async function findByFingerprint(
  reader: Reader,
  inquiry: InquiryId,
  fingerprint: string,
): Promise<Statement | undefined> {
  const row = await reader
    .selectFrom('statements')
    .selectAll()
    .where('inquiry_id', '=', inquiry)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst();
  return row && toStatement(row);
}

/** By number. */
export async function listStatements(
  reader: Reader,
  inquiry: InquiryId,
  states: readonly StatementState[],
): Promise<Statement[]> {
  const rows = await reader
    .selectFrom('statements')
    .selectAll()
    .where('inquiry_id', '=', inquiry)
    .where('state', 'in', [...states])
    .orderBy('number')
    .execute();
  return rows.map(toStatement);
}

export interface StatementCounts {
  readonly shown: number;
  readonly held: number;
  readonly all: number;
  /** By this author. */
  readonly own: number;
}

export async function countStatements(
  reader: Reader,
  inquiry: InquiryId,
  author: MemberId | undefined,
): Promise<StatementCounts> {
  return reader
    .selectFrom('statements')
    .select([
      sql<number>`(count(*) filter (where state = 'shown'))::int`.as('shown'),
      sql<number>`(count(*) filter (where state = 'held'))::int`.as('held'),
      sql<number>`count(*)::int`.as('all'),
      sql<number>`(count(*) filter (where member_id = ${author ?? null}::uuid))::int`.as('own'),
    ])
    .where('inquiry_id', '=', inquiry)
    .executeTakeFirstOrThrow();
}

export async function setStatementState(tx: Tx, id: StatementId, state: StatementState): Promise<void> {
  await tx.db.updateTable('statements').set({ state }).where('id', '=', id).execute();
}

export async function insertDecision(tx: Tx, row: Insertable<StatementDecisionsTable>): Promise<void> {
  await tx.db.insertInto('statement_decisions').values(row).execute();
}

export interface Decision {
  readonly statement: Statement;
  readonly state: StatementState;
  readonly reason: Reason | undefined;
  readonly note: string | undefined;
  /** Undefined: by the rule. */
  readonly by: string | undefined;
  readonly at: Date;
}

const decisionQuery = (reader: Reader) =>
  reader
    .selectFrom('statement_decisions as decision')
    .innerJoin('statements', 'statements.id', 'decision.statement_id')
    .leftJoin('accounts', 'accounts.id', 'decision.decided_by')
    .selectAll('statements')
    .select([
      'decision.state as decided',
      'decision.reason',
      'decision.note',
      'decision.at as decided_at',
      'accounts.name as decider',
    ])
    .orderBy('decision.position', 'desc');

type DecisionRow = Awaited<ReturnType<ReturnType<typeof decisionQuery>['execute']>>[number];

const toDecision = (row: DecisionRow): Decision => ({
  statement: toStatement(row),
  state: row.decided,
  reason: row.reason ?? undefined,
  note: row.note ?? undefined,
  by: row.decider ?? undefined,
  at: row.decided_at,
});

/** The latest first. */
export async function listDecisions(reader: Reader, inquiry: InquiryId, limit: number): Promise<Decision[]> {
  const rows = await decisionQuery(reader).where('statements.inquiry_id', '=', inquiry).limit(limit).execute();
  return rows.map(toDecision);
}

export async function listDecisionsOf(reader: Reader, { id }: Statement): Promise<Decision[]> {
  return (await decisionQuery(reader).where('decision.statement_id', '=', id).execute()).map(toDecision);
}

export async function insertTranslation(tx: Tx, row: StatementTranslationsTable): Promise<void> {
  await tx.db.insertInto('statement_translations').values(row).execute();
}

export interface Translation {
  readonly statement: StatementId;
  readonly language: string;
  readonly text: string;
  readonly machine: string | undefined;
  readonly by: string;
  readonly at: Date;
}

const translationQuery = (reader: Reader) =>
  reader
    .selectFrom('statement_translations as translation')
    .innerJoin('accounts', 'accounts.id', 'translation.brought_by')
    .select([
      'translation.statement_id as statement',
      'translation.language',
      'translation.text',
      'translation.machine',
      'translation.at',
      'accounts.name as by',
    ]);

/** The latest of each statement in this language. */
export async function listTranslations(
  reader: Reader,
  inquiry: InquiryId,
  language: string,
): Promise<ReadonlyMap<StatementId, Translation>> {
  const rows = await translationQuery(reader)
    .innerJoin('statements', 'statements.id', 'translation.statement_id')
    .distinctOn('translation.statement_id')
    .where('statements.inquiry_id', '=', inquiry)
    .where('translation.language', '=', language)
    .orderBy('translation.statement_id')
    .orderBy('translation.at', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.statement, { ...row, machine: row.machine ?? undefined }]));
}

/** All of one statement, the latest first: the first of a language is shown, the others are its history. */
export async function listTranslationsOf(reader: Reader, statement: StatementId): Promise<Translation[]> {
  const rows = await translationQuery(reader)
    .where('translation.statement_id', '=', statement)
    .orderBy('translation.at', 'desc')
    .orderBy('translation.id')
    .execute();
  return rows.map((row) => ({ ...row, machine: row.machine ?? undefined }));
}

export async function setPriorities(
  tx: Tx,
  inquiry: InquiryId,
  priorities: ReadonlyMap<number, number>,
): Promise<void> {
  if (priorities.size === 0) return;
  await sql`
    update statements set priority = given.priority
    from unnest(${[...priorities.keys()]}::int[], ${[...priorities.values()]}::float8[]) as given (number, priority)
    where statements.inquiry_id = ${inquiry} and statements.number = given.number
      and statements.priority is distinct from given.priority`.execute(tx.db);
}

/** What may be put before people, with its chance. */
export async function listCandidates(
  reader: Reader,
  inquiry: InquiryId,
): Promise<{ readonly number: number; readonly priority: number }[]> {
  return reader
    .selectFrom('statements')
    .select(['number', 'priority'])
    .where('inquiry_id', '=', inquiry)
    .where('state', '=', 'shown')
    .orderBy('number')
    .execute();
}
