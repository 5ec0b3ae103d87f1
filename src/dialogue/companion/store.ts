import { sql, type SqlBool } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { DialogueSessionId, MemberId, PartyId } from '../../ids.ts';
import type { SpeakingGroup } from './floor-time.ts';
import type { Heard } from './queue.ts';

interface FloorRequestsTable {
  id: string;
  party_id: PartyId;
  session_id: DialogueSessionId;
  is_chatham_house: boolean;
  member_id: MemberId | null;
  constituency: SpeakingGroup;
  asked_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

interface FloorTimesTable {
  session_id: DialogueSessionId;
  constituency: SpeakingGroup;
  party_id: PartyId;
  turns: number;
  seconds: number;
}

interface SessionNotesTable {
  session_id: DialogueSessionId;
  party_id: PartyId;
  language: string;
  words: string;
  published_at: Date | null;
  changed_at: Date;
  revision: number;
}

declare module '../../db/schema.ts' {
  interface Tables {
    floor_requests: FloorRequestsTable;
    floor_times: FloorTimesTable;
    session_notes: SessionNotesTable;
  }
}

export interface FloorRequest {
  readonly id: string;
  readonly member: MemberId | undefined;
  readonly name: string | undefined;
  readonly constituency: SpeakingGroup;
  readonly turns: number;
  readonly askedAt: Date;
  readonly startedAt: Date | undefined;
}

/** Who waits or speaks, each with how often the person has spoken in this session. */
export async function listOpenRequests(reader: Reader, session: DialogueSessionId): Promise<readonly FloorRequest[]> {
  const rows = await reader
    .selectFrom('floor_requests')
    .leftJoin('members', 'members.id', 'floor_requests.member_id')
    .select([
      'floor_requests.id',
      'floor_requests.member_id',
      'members.name',
      'floor_requests.constituency',
      'floor_requests.asked_at',
      'floor_requests.started_at',
      (query) =>
        query
          .selectFrom('floor_requests as earlier')
          .select(sql<number>`count(*)::int`.as('turns'))
          .whereRef('earlier.session_id', '=', 'floor_requests.session_id')
          .whereRef('earlier.member_id', '=', 'floor_requests.member_id')
          .where('earlier.ended_at', 'is not', null)
          .as('turns'),
    ])
    .where('floor_requests.session_id', '=', session)
    .where('floor_requests.ended_at', 'is', null)
    .orderBy('floor_requests.asked_at')
    .orderBy('floor_requests.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: row.member_id ?? undefined,
    name: row.name ?? undefined,
    constituency: row.constituency,
    turns: row.turns ?? 0,
    askedAt: row.asked_at,
    startedAt: row.started_at ?? undefined,
  }));
}

export async function listHeard(
  reader: Reader,
  session: DialogueSessionId,
): Promise<ReadonlyMap<SpeakingGroup, Heard>> {
  const rows = await reader
    .selectFrom('floor_times')
    .select(['constituency', 'turns', 'seconds'])
    .where('session_id', '=', session)
    .execute();
  return new Map(rows.map(({ constituency, turns, seconds }) => [constituency, { turns, seconds }]));
}

export interface NewRequest {
  readonly id: string;
  readonly session: DialogueSessionId;
  readonly isChathamHouse: boolean;
  readonly member: MemberId | undefined;
  readonly constituency: SpeakingGroup;
  readonly startedAt?: Date;
}

/** Asking twice is asking once. */
export async function insertRequest(tx: Tx, party: PartyId, request: NewRequest): Promise<boolean> {
  const result = await tx.db
    .insertInto('floor_requests')
    .values({
      id: request.id,
      party_id: party,
      session_id: request.session,
      is_chatham_house: request.isChathamHouse,
      member_id: request.member ?? null,
      constituency: request.constituency,
      asked_at: tx.now,
      started_at: request.startedAt ?? null,
      ended_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['session_id', 'member_id'])
        .where('ended_at', 'is', null)
        .where('member_id', 'is not', null)
        .doNothing(),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

export async function deleteWaiting(tx: Tx, session: DialogueSessionId, member: MemberId): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('floor_requests')
    .where('session_id', '=', session)
    .where('member_id', '=', member)
    .where('started_at', 'is', null)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** `as`: under which name the turn is counted. Without a name where the session stores no speaker. */
export async function startTurn(
  tx: Tx,
  id: string,
  { as, isChathamHouse }: { readonly as: SpeakingGroup; readonly isChathamHouse: boolean },
): Promise<void> {
  await tx.db
    .updateTable('floor_requests')
    .set({ started_at: tx.now, constituency: as, ...(isChathamHouse && { member_id: null }) })
    .where('id', '=', id)
    .execute();
}

/** What is left of a turn: its seconds; and, where speakers are stored, who it was. */
export async function endTurn(tx: Tx, id: string, isChathamHouse: boolean): Promise<void> {
  if (isChathamHouse) await tx.db.deleteFrom('floor_requests').where('id', '=', id).execute();
  else await tx.db.updateTable('floor_requests').set({ ended_at: tx.now }).where('id', '=', id).execute();
}

export async function addFloorTime(
  tx: Tx,
  party: PartyId,
  session: DialogueSessionId,
  constituency: SpeakingGroup,
  seconds: number,
): Promise<void> {
  await tx.db
    .insertInto('floor_times')
    .values({ session_id: session, constituency, party_id: party, turns: 1, seconds })
    .onConflict((conflict) =>
      conflict.columns(['session_id', 'constituency']).doUpdateSet((update) => ({
        turns: update('floor_times.turns', '+', 1),
        seconds: update('floor_times.seconds', '+', seconds),
      })),
    )
    .execute();
}

/** Whoever still waits when a session is long over waits for nothing, and of a turn that nobody ended nobody knows how long it was. */
export async function forgetOpenRequests(tx: Tx, before: Date): Promise<number> {
  const result = await tx.db
    .deleteFrom('floor_requests')
    .where('ended_at', 'is', null)
    .where('session_id', 'in', (query) =>
      query
        .selectFrom('dialogue_sessions')
        .select('dialogue_sessions.id')
        .where(sql<SqlBool>`(local_start at time zone time_zone) + minutes * interval '1 minute' < ${before}`),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

// Notes

export interface Notes {
  readonly language: string;
  readonly words: string;
  readonly publishedAt: Date | undefined;
  readonly changedAt: Date;
  readonly revision: number;
}

export async function findNotes(reader: Reader, session: DialogueSessionId): Promise<Notes | undefined> {
  const row = await reader.selectFrom('session_notes').selectAll().where('session_id', '=', session).executeTakeFirst();
  return (
    row && {
      language: row.language,
      words: row.words,
      publishedAt: row.published_at ?? undefined,
      changedAt: row.changed_at,
      revision: row.revision,
    }
  );
}

export interface NotesGiven {
  readonly language: string;
  readonly words: string;
  readonly isPublished: boolean;
}

/** `base` 0: nothing was there. False when somebody else was faster. */
export async function saveNotes(
  tx: Tx,
  party: PartyId,
  session: DialogueSessionId,
  base: number,
  { language, words, isPublished }: NotesGiven,
): Promise<boolean> {
  const values = { language, words, changed_at: tx.now, revision: base + 1 };
  if (base === 0) {
    const result = await tx.db
      .insertInto('session_notes')
      .values({ session_id: session, party_id: party, ...values, published_at: isPublished ? tx.now : null })
      .onConflict((conflict) => conflict.column('session_id').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
  }
  const result = await tx.db
    .updateTable('session_notes')
    .set({ ...values, published_at: isPublished ? sql<Date>`coalesce(published_at, ${tx.now})` : null })
    .where('session_id', '=', session)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
