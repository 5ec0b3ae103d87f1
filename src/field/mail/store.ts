import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { MemberId, PartyId } from '../../ids.ts';
import type { Thing } from '../../network/members/mail-keys.ts';

export type IncomingOutcome =
  'done' | 'refused' | 'empty' | 'automatic' | 'bounce' | 'other-sender' | 'too-many' | 'unsubscribed';

interface OutgoingMailsTable {
  id: string;
  party_id: PartyId;
  member_id: MemberId;
  kind: string;
  thing_id: string;
  message_id: string;
  envelope_from: string;
  raw: Buffer | null;
  state: 'waiting' | 'sent' | 'failed';
  attempts: Generated<number>;
  queued_at: Date;
  next_at: Date;
  settled_at: Date | null;
  failure: string | null;
}

interface IncomingMailsTable {
  id: string;
  party_id: PartyId;
  member_id: MemberId;
  kind: string;
  thing_id: string;
  sha256: Buffer;
  received_at: Date;
  outcome: IncomingOutcome;
  raw: Buffer | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    outgoing_mails: OutgoingMailsTable;
    incoming_mails: IncomingMailsTable;
  }
}

export interface NewMail {
  readonly id: string;
  readonly member: MemberId;
  readonly thing: Thing;
  readonly messageId: string;
  readonly envelopeFrom: string;
  readonly raw: Buffer;
}

export interface WaitingMail {
  readonly id: string;
  readonly member: MemberId;
  readonly email: string | null;
  readonly envelopeFrom: string;
  readonly raw: Buffer;
  readonly attempts: number;
}

export async function insertOutgoing(tx: Tx, party: PartyId, mails: readonly NewMail[]): Promise<void> {
  if (mails.length === 0) return;
  await tx.db
    .insertInto('outgoing_mails')
    .values(
      mails.map((mail) => ({
        id: mail.id,
        party_id: party,
        member_id: mail.member,
        kind: mail.thing.kind,
        thing_id: mail.thing.id,
        message_id: mail.messageId,
        envelope_from: mail.envelopeFrom,
        raw: mail.raw,
        state: 'waiting' as const,
        queued_at: tx.now,
        next_at: tx.now,
      })),
    )
    .execute();
}

/** Those that are due, oldest first. */
export async function listWaiting(reader: Reader, now: Date, limit: number): Promise<readonly WaitingMail[]> {
  const rows = await reader
    .selectFrom('outgoing_mails')
    .innerJoin('members', 'members.id', 'outgoing_mails.member_id')
    .select(['outgoing_mails.id', 'member_id', 'members.email', 'envelope_from', 'raw', 'attempts'])
    .where('state', '=', 'waiting')
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .orderBy('outgoing_mails.id')
    .limit(limit)
    .execute();
  return rows.flatMap(({ raw, ...row }) =>
    raw === null
      ? []
      : [
          {
            id: row.id,
            member: row.member_id,
            email: row.email,
            envelopeFrom: row.envelope_from,
            raw,
            attempts: row.attempts,
          },
        ],
  );
}

export async function findNextAt(reader: Reader): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('outgoing_mails')
    .select((eb) => eb.fn.min('next_at').as('at'))
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return row?.at ?? undefined;
}

export async function settleOutgoing(
  tx: Tx,
  ids: readonly string[],
  state: 'sent' | 'failed',
  failure?: string,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .updateTable('outgoing_mails')
    .set({ state, settled_at: tx.now, raw: null, failure: failure ?? null, attempts: sql`attempts + 1` })
    .where('id', 'in', [...ids])
    .execute();
}

export async function postponeOutgoing(tx: Tx, id: string, nextAt: Date, failure: string): Promise<void> {
  await tx.db
    .updateTable('outgoing_mails')
    .set({ attempts: sql`attempts + 1`, next_at: nextAt, failure })
    .where('id', '=', id)
    .execute();
}

/** In any scope: whoever has the key may learn which party it belongs to. */
export async function findPartyOfKey(reader: Reader, keyHash: Buffer): Promise<PartyId | undefined> {
  const { rows } = await sql<{ party: PartyId | null }>`select party_of_mail_key(${keyHash}) as party`.execute(reader);
  return rows[0]?.party ?? undefined;
}

/** False when these very bytes were taken in before. */
export async function insertIncoming(
  tx: Tx,
  party: PartyId,
  mail: {
    readonly id: string;
    readonly member: MemberId;
    readonly thing: Thing;
    readonly sha256: Buffer;
    readonly outcome: IncomingOutcome;
    readonly raw: Buffer | null;
  },
): Promise<boolean> {
  const row = await tx.db
    .insertInto('incoming_mails')
    .values({
      id: mail.id,
      party_id: party,
      member_id: mail.member,
      kind: mail.thing.kind,
      thing_id: mail.thing.id,
      sha256: mail.sha256,
      received_at: tx.now,
      outcome: mail.outcome,
      raw: mail.raw,
    })
    .onConflict((oc) => oc.constraint('incoming_mails_once_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function countIncomingSince(reader: Reader, member: MemberId, since: Date): Promise<number> {
  const row = await reader
    .selectFrom('incoming_mails')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('member_id', '=', member)
    .where('received_at', '>', since)
    .executeTakeFirstOrThrow();
  return row.count;
}
