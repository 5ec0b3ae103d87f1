import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, MemberId, PartyId, SpaceId } from '../../ids.ts';
import type { PersonalTable } from '../../network/members/personal-data.ts';
import type { PlainDate } from '../../period.ts';
import type { Texts } from '../texts.ts';

export type ComplaintState = 'waiting' | 'answered' | 'closed';

declare module '../../db/schema.ts' {
  interface Tables {
    conduct_codes: {
      party_id: PartyId;
      version: number;
      words: Texts;
      answer_days: number;
      published_at: Date;
      published_by: AccountId | null;
    };
    complaint_handlers: { party_id: PartyId; member_id: MemberId; instance: number; since: PlainDate };
    complaints: {
      id: string;
      party_id: PartyId;
      member_id: MemberId;
      space_id: SpaceId | null;
      state: ComplaintState;
      instance: number;
      filed_at: Date;
      due_at: Date;
    };
    complaint_subjects: { complaint_id: string; member_id: MemberId; party_id: PartyId };
    complaint_words: {
      id: string;
      complaint_id: string;
      party_id: PartyId;
      member_id: MemberId;
      words: string;
      at: Date;
    };
  }
}

// Personal data

/** `table`, `columns` and `by` are ours, written in the slices, never anybody's input. */
export async function listPersonalRows(
  reader: Reader,
  { table, columns, by = 'member_id' }: PersonalTable,
  member: MemberId,
): Promise<readonly Record<string, unknown>[]> {
  if (columns.length === 0) return [];
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(table)}
    where (${sql.raw(by)})::text = ${member} order by 1 limit 10000`.execute(reader);
  return rows;
}

/** The entry stays as one that left, under a name that says no more than what it was. */
export async function eraseMember(tx: Tx, id: MemberId, formerName: string): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({
      name: formerName,
      email: null,
      account_id: null,
      organisation_id: null,
      country: null,
      gender: null,
      about: null,
      language: 'en',
      time_zone: 'UTC',
      digest: 'none',
      mail_state: 'unsubscribed',
      photo_consent_at: null,
      recording_consent_at: null,
      erased_at: tx.now,
      revision: update('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

// The code of conduct

export interface ConductCode {
  readonly version: number;
  readonly words: Texts;
  readonly answerDays: number;
  readonly publishedAt: Date;
}

export async function listCodes(reader: Reader): Promise<readonly ConductCode[]> {
  const rows = await reader.selectFrom('conduct_codes').selectAll().orderBy('version', 'desc').limit(200).execute();
  return rows.map(({ version, words, answer_days, published_at }) => ({
    version,
    words,
    answerDays: answer_days,
    publishedAt: published_at,
  }));
}

/** False when somebody else published this version first. */
export async function insertCode(
  tx: Tx,
  party: PartyId,
  by: AccountId,
  code: { readonly version: number; readonly words: Texts; readonly answerDays: number },
): Promise<boolean> {
  const result = await tx.db
    .insertInto('conduct_codes')
    .values({
      party_id: party,
      version: code.version,
      words: sql<Texts>`${JSON.stringify(code.words)}::jsonb`,
      answer_days: code.answerDays,
      published_at: tx.now,
      published_by: by,
    })
    .onConflict((conflict) => conflict.constraint('conduct_codes_pkey').doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

// Handlers

export interface Handler {
  readonly member: MemberId;
  readonly name: string;
  readonly organisation: string | undefined;
  readonly instance: number;
}

export async function listHandlers(reader: Reader): Promise<readonly Handler[]> {
  const rows = await reader
    .selectFrom('complaint_handlers')
    .innerJoin('members', 'members.id', 'complaint_handlers.member_id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select(['members.id', 'members.name', 'organisations.name as organisation', 'complaint_handlers.instance'])
    .where('members.left_on', 'is', null)
    .orderBy('complaint_handlers.instance')
    .orderBy(sql`lower(members.name)`)
    .execute();
  return rows.map(({ id, name, organisation, instance }) => ({
    member: id,
    name,
    organisation: organisation ?? undefined,
    instance,
  }));
}

export async function upsertHandler(
  tx: Tx,
  party: PartyId,
  member: MemberId,
  instance: number,
  since: PlainDate,
): Promise<void> {
  await tx.db
    .insertInto('complaint_handlers')
    .values({ party_id: party, member_id: member, instance, since })
    .onConflict((conflict) => conflict.constraint('complaint_handlers_pkey').doUpdateSet({ instance, since }))
    .execute();
}

export async function deleteHandler(tx: Tx, member: MemberId): Promise<boolean> {
  const result = await tx.db.deleteFrom('complaint_handlers').where('member_id', '=', member).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

// Complaints

export interface Complaint {
  readonly id: string;
  readonly complainant: MemberId;
  readonly space: SpaceId | undefined;
  readonly state: ComplaintState;
  readonly instance: number;
  readonly filedAt: Date;
  readonly dueAt: Date;
  /** Handlers whom it is about. */
  readonly about: ReadonlySet<MemberId>;
}

const complaintQuery = (reader: Reader) =>
  reader
    .selectFrom('complaints')
    .selectAll('complaints')
    .select(
      sql<MemberId[]>`array(select member_id from complaint_subjects where complaint_id = complaints.id)`.as('about'),
    );

type ComplaintRow = Awaited<ReturnType<ReturnType<typeof complaintQuery>['executeTakeFirstOrThrow']>>;

const toComplaint = (row: ComplaintRow): Complaint => ({
  id: row.id,
  complainant: row.member_id,
  space: row.space_id ?? undefined,
  state: row.state,
  instance: row.instance,
  filedAt: row.filed_at,
  dueAt: row.due_at,
  about: new Set(row.about),
});

export async function findComplaint(reader: Reader, id: string): Promise<Complaint | undefined> {
  const row = await complaintQuery(reader).where('id', '=', id).executeTakeFirst();
  return row && toComplaint(row);
}

export async function lockComplaint(tx: Tx, id: string): Promise<Complaint | undefined> {
  await tx.db.selectFrom('complaints').select('id').where('id', '=', id).forUpdate().execute();
  return findComplaint(tx.db, id);
}

export async function listComplaints(
  reader: Reader,
  filter: { readonly complainant?: MemberId; readonly state?: ComplaintState; readonly dueBefore?: Date },
): Promise<readonly Complaint[]> {
  let query = complaintQuery(reader);
  if (filter.complainant) query = query.where('member_id', '=', filter.complainant);
  if (filter.state) query = query.where('state', '=', filter.state);
  if (filter.dueBefore) query = query.where('due_at', '<=', filter.dueBefore);
  return (await query.orderBy('filed_at', 'desc').orderBy('id').limit(500).execute()).map(toComplaint);
}

export async function insertComplaint(tx: Tx, party: PartyId, complaint: Complaint): Promise<void> {
  const { id, complainant, space = null, state, instance, filedAt, dueAt, about } = complaint;
  await tx.db
    .insertInto('complaints')
    .values({
      id,
      party_id: party,
      member_id: complainant,
      space_id: space,
      state,
      instance,
      filed_at: filedAt,
      due_at: dueAt,
    })
    .execute();
  if (about.size > 0)
    await tx.db
      .insertInto('complaint_subjects')
      .values([...about].map((member) => ({ complaint_id: id, member_id: member, party_id: party })))
      .execute();
}

export async function updateComplaint(
  tx: Tx,
  id: string,
  to: { readonly state: ComplaintState; readonly instance?: number; readonly dueAt?: Date },
): Promise<void> {
  await tx.db
    .updateTable('complaints')
    .set({
      state: to.state,
      ...(to.instance !== undefined && { instance: to.instance }),
      ...(to.dueAt && { due_at: to.dueAt }),
    })
    .where('id', '=', id)
    .execute();
}

export interface Words {
  readonly by: MemberId;
  readonly name: string;
  readonly words: string;
  readonly at: Date;
}

export async function listWords(reader: Reader, complaint: string): Promise<readonly Words[]> {
  return reader
    .selectFrom('complaint_words')
    .innerJoin('members', 'members.id', 'complaint_words.member_id')
    .select(['members.id as by', 'members.name', 'complaint_words.words', 'complaint_words.at'])
    .where('complaint_id', '=', complaint)
    .orderBy('complaint_words.at')
    .orderBy('complaint_words.id')
    .execute();
}

export async function insertWords(
  tx: Tx,
  party: PartyId,
  row: { readonly id: string; readonly complaint: string; readonly by: MemberId; readonly words: string },
): Promise<void> {
  await tx.db
    .insertInto('complaint_words')
    .values({
      id: row.id,
      complaint_id: row.complaint,
      party_id: party,
      member_id: row.by,
      words: row.words,
      at: tx.now,
    })
    .execute();
}
