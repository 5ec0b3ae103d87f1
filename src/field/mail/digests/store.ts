import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { MemberId, PartyId } from '../../../ids.ts';
import type { Rhythm } from './rhythm.ts';

/** What a number stands for, as it is kept. */
export interface NumberedThing {
  readonly source: string;
  readonly kind: string;
  readonly id: string;
  readonly ref: string | null;
  /** The beginning of its words, for the page. */
  readonly title: string;
}

interface DigestsTable {
  id: string;
  party_id: PartyId;
  member_id: MemberId;
  due_at: Date;
  entries: readonly NumberedThing[];
}

declare module '../../../db/schema.ts' {
  interface Tables {
    digest_readers: { member_id: MemberId; party_id: PartyId; told_until: Date };
    digests: DigestsTable;
  }
}

/** Members who are written to at the same hour. */
export interface Group {
  readonly rhythm: Rhythm;
  readonly timeZone: string;
  readonly hour: number;
  /** How far the one who waits longest was told. */
  readonly toldUntil: Date;
}

const wanting = (reader: Reader) =>
  reader
    .selectFrom('members')
    .leftJoin('digest_readers', 'digest_readers.member_id', 'members.id')
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is not', null)
    .where('members.mail_state', '=', 'active')
    .where('members.digest', '<>', 'none');

/** Nobody is told of what was before she came in. */
const toldUntil = sql<Date>`coalesce(digest_readers.told_until, members.confirmed_at)`;

export async function listGroups(reader: Reader): Promise<readonly Group[]> {
  const rows = await wanting(reader)
    .select(['members.digest', 'members.time_zone', 'members.digest_hour', sql<Date>`min(${toldUntil})`.as('told')])
    .groupBy(['members.digest', 'members.time_zone', 'members.digest_hour'])
    .execute();
  return rows.map((row) => ({
    rhythm: row.digest as Rhythm,
    timeZone: row.time_zone,
    hour: row.digest_hour,
    toldUntil: row.told,
  }));
}

export interface Waiting {
  readonly member: MemberId;
  readonly toldUntil: Date;
}

/** Of a group, those who were not told of this hour, by identifier. */
export async function listWaiting(
  reader: Reader,
  { rhythm, timeZone, hour }: Omit<Group, 'toldUntil'>,
  due: Date,
  after: MemberId | undefined,
  limit: number,
): Promise<readonly Waiting[]> {
  let query = wanting(reader)
    .select(['members.id', toldUntil.as('told')])
    .where('members.digest', '=', rhythm)
    .where('members.time_zone', '=', timeZone)
    .where('members.digest_hour', '=', hour)
    .where(toldUntil, '<', due);
  if (after !== undefined) query = query.where('members.id', '>', after);
  const rows = await query.orderBy('members.id').limit(limit).execute();
  return rows.map(({ id, told }) => ({ member: id, toldUntil: told }));
}

/** Theirs until this transaction ends: another run that takes the same members waits here, and then gets none of them. */
export async function claim(
  tx: Tx,
  party: PartyId,
  members: readonly MemberId[],
  due: Date,
): Promise<ReadonlySet<MemberId>> {
  const rows = await tx.db
    .insertInto('digest_readers')
    .values(members.map((member_id) => ({ member_id, party_id: party, told_until: due })))
    .onConflict((conflict) =>
      conflict.column('member_id').doUpdateSet({ told_until: due }).where('digest_readers.told_until', '<', due),
    )
    .returning('member_id')
    .execute();
  return new Set(rows.map(({ member_id }) => member_id));
}

export async function insertDigests(
  tx: Tx,
  party: PartyId,
  due: Date,
  digests: readonly { readonly id: string; readonly member: MemberId; readonly entries: readonly NumberedThing[] }[],
): Promise<void> {
  if (digests.length === 0) return;
  await tx.db
    .insertInto('digests')
    .values(
      digests.map(({ id, member, entries }) => ({
        id,
        party_id: party,
        member_id: member,
        due_at: due,
        entries: sql<NumberedThing[]>`${JSON.stringify(entries)}::jsonb`,
      })),
    )
    .execute();
}

export async function findDigest(
  reader: Reader,
  id: string,
  member: MemberId,
): Promise<readonly NumberedThing[] | undefined> {
  const row = await reader
    .selectFrom('digests')
    .select('entries')
    .where('id', '=', id)
    .where('member_id', '=', member)
    .executeTakeFirst();
  return row?.entries;
}

/** When each of these members last had a mail about a thing, since then. By `mailedKey`. */
export async function listMailed(
  reader: Reader,
  members: readonly MemberId[],
  since: Date,
): Promise<ReadonlyMap<string, Date>> {
  const rows = await reader
    .selectFrom('outgoing_mails')
    .select(['member_id', 'kind', 'thing_id', sql<Date>`max(queued_at)`.as('at')])
    .where('member_id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .where('queued_at', '>=', since)
    .where('kind', '<>', 'digest')
    .groupBy(['member_id', 'kind', 'thing_id'])
    .execute();
  return new Map(rows.map(({ member_id, kind, thing_id, at }) => [mailedKey(member_id, kind, thing_id), at]));
}

export const mailedKey = (member: MemberId, kind: string, id: string): string => `${member} ${kind} ${id}`;

/** As long as the keys that answer them, and no longer. */
export async function forgetDigests(tx: Tx, before: Date): Promise<void> {
  await tx.db.deleteFrom('digests').where('due_at', '<', before).execute();
}
