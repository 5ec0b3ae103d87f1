import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, PartyId } from '../../../ids.ts';
import type { RumourAnswer } from '../../signals/actions.ts';

declare module '../../../db/schema.ts' {
  interface Tables {
    rumours: {
      submission_id: number;
      party_id: PartyId;
      reference: string;
      secret_hash: Buffer;
      language: string;
      what: string;
      location: string | null;
      place_id: number | null;
      sender_contact: string | null;
    };
    rumour_answers: {
      id: Generated<number>;
      party_id: PartyId;
      submission_id: number;
      at: Date;
      account_id: AccountId;
      came: RumourAnswer;
      reply: string | null;
    };
  }
}

export interface NewRumour {
  readonly submission: number;
  readonly reference: string;
  readonly secretHash: Buffer;
  readonly language: string;
  readonly what: string;
  readonly location: string | undefined;
  readonly placeId: number | undefined;
  readonly senderContact: string | undefined;
}

export async function insertRumour(tx: Tx, party: PartyId, rumour: NewRumour): Promise<void> {
  await tx.db
    .insertInto('rumours')
    .values({
      submission_id: rumour.submission,
      party_id: party,
      reference: rumour.reference,
      secret_hash: rumour.secretHash,
      language: rumour.language,
      what: rumour.what,
      location: rumour.location ?? null,
      place_id: rumour.placeId ?? null,
      sender_contact: rumour.senderContact ?? null,
    })
    .execute();
}

/** Two at once of one form: the second waits, and then finds the first. Ends with the transaction. */
export async function lockSecret(tx: Tx, secretHash: Buffer): Promise<void> {
  await sql`select pg_advisory_xact_lock(${secretHash.readBigInt64BE().toString()}::bigint)`.execute(tx.db);
}

export async function isRumour(reader: Reader, submission: number): Promise<boolean> {
  const row = await reader
    .selectFrom('rumours')
    .select('reference')
    .where('submission_id', '=', submission)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Answered {
  readonly at: Date;
  readonly came: RumourAnswer;
  readonly reply: string | undefined;
}

export interface Rumour {
  readonly submission: number;
  readonly reference: string;
  readonly language: string;
  readonly what: string;
  readonly location: string | undefined;
  readonly receivedAt: Date;
  readonly senderContact: string | undefined;
  /** In the order in which the sender was told. */
  readonly answers: readonly Answered[];
}

const selectRumours = (reader: Reader) =>
  reader
    .selectFrom('rumours')
    .innerJoin('submissions', 'submissions.id', 'rumours.submission_id')
    .select([
      'submission_id',
      'reference',
      'language',
      'what',
      'location',
      'sender_contact',
      'submissions.received_at',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof selectRumours>['execute']>>[number];

async function complete(reader: Reader, rows: readonly Row[]): Promise<readonly Rumour[]> {
  if (rows.length === 0) return [];
  const answers = await reader
    .selectFrom('rumour_answers')
    .select(['submission_id', 'at', 'came', 'reply'])
    .where(
      'submission_id',
      'in',
      rows.map((row) => row.submission_id),
    )
    .orderBy('id')
    .execute();
  const byRumour = Map.groupBy(answers, (answer) => answer.submission_id);
  return rows.map((row) => ({
    submission: row.submission_id,
    reference: row.reference,
    language: row.language,
    what: row.what,
    location: row.location ?? undefined,
    receivedAt: row.received_at,
    senderContact: row.sender_contact ?? undefined,
    answers: (byRumour.get(row.submission_id) ?? []).map(({ at, came, reply }) => ({
      at,
      came,
      reply: reply ?? undefined,
    })),
  }));
}

/** By what only its sender holds. */
export async function findRumourBySecret(reader: Reader, secretHash: Buffer): Promise<Rumour | undefined> {
  const rows = await selectRumours(reader).where('secret_hash', '=', secretHash).execute();
  return (await complete(reader, rows))[0];
}

export async function findRumour(reader: Reader, submission: number): Promise<Rumour | undefined> {
  const rows = await selectRumours(reader).where('submission_id', '=', submission).execute();
  return (await complete(reader, rows))[0];
}

/** The latest first. */
export async function listRumours(reader: Reader, limit: number): Promise<readonly Rumour[]> {
  return complete(reader, await selectRumours(reader).orderBy('submission_id', 'desc').limit(limit).execute());
}

export async function insertAnswer(
  tx: Tx,
  party: PartyId,
  answer: {
    readonly submission: number;
    readonly account: AccountId;
    readonly came: RumourAnswer;
    readonly reply: string | undefined;
  },
): Promise<void> {
  await tx.db
    .insertInto('rumour_answers')
    .values({
      party_id: party,
      submission_id: answer.submission,
      at: tx.now,
      account_id: answer.account,
      came: answer.came,
      reply: answer.reply ?? null,
    })
    .execute();
}

/** Returns whether there was anything to forget. */
export async function forgetSender(tx: Tx, submission: number): Promise<boolean> {
  const result = await tx.db
    .updateTable('rumours')
    .set({ sender_contact: null })
    .where('submission_id', '=', submission)
    .where('sender_contact', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
