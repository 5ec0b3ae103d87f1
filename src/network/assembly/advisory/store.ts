import type { Reader, Tx } from '../../../db/database.ts';
import type { MemberId, PartyId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';

interface GroupsTable {
  id: string;
  party_id: PartyId;
  title: string;
  language: string;
  mandate: string;
  since: PlainDate;
  until: PlainDate | null;
}

interface SeatsTable {
  id: string;
  party_id: PartyId;
  group_id: string;
  member_id: MemberId;
  since: PlainDate;
  until: PlainDate;
}

interface DeclarationsTable {
  id: string;
  party_id: PartyId;
  seat_id: string;
  member_id: MemberId;
  interests: string;
  declared_on: PlainDate;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    advisory_groups: GroupsTable;
    advisory_seats: SeatsTable;
    interest_declarations: DeclarationsTable;
  }
}

export type AdvisoryGroup = Omit<GroupsTable, 'party_id'>;

export async function insertGroup(tx: Tx, party: PartyId, group: AdvisoryGroup): Promise<void> {
  await tx.db
    .insertInto('advisory_groups')
    .values({ ...group, party_id: party })
    .execute();
}

export async function listGroups(reader: Reader, limit: number): Promise<AdvisoryGroup[]> {
  return reader.selectFrom('advisory_groups').selectAll().orderBy('since', 'desc').orderBy('id').limit(limit).execute();
}

export async function findGroup(reader: Reader, id: string): Promise<AdvisoryGroup | undefined> {
  return reader.selectFrom('advisory_groups').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface Seat {
  readonly id: string;
  readonly member: MemberId;
  /** Undefined once the person has been forgotten. */
  readonly name: string | undefined;
  readonly since: PlainDate;
  readonly until: PlainDate;
  /** The latest. */
  readonly declaration: { readonly interests: string; readonly on: PlainDate } | undefined;
}

/** Those that run longest first. */
export async function listSeats(reader: Reader, group: string): Promise<Seat[]> {
  const rows = await reader
    .selectFrom('advisory_seats')
    .innerJoin('members', 'members.id', 'advisory_seats.member_id')
    .select(['advisory_seats.id', 'member_id', 'members.name', 'members.erased_at', 'since', 'until'])
    .where('group_id', '=', group)
    .orderBy('until', 'desc')
    .orderBy('members.name')
    .limit(500)
    .execute();
  if (rows.length === 0) return [];
  const declarations = await reader
    .selectFrom('interest_declarations')
    .distinctOn('seat_id')
    .select(['seat_id', 'interests', 'declared_on'])
    .where(
      'seat_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('seat_id')
    .orderBy('declared_on', 'desc')
    .execute();
  const latest = new Map(declarations.map((each) => [each.seat_id, each]));
  return rows.map((row) => {
    const found = latest.get(row.id);
    return {
      id: row.id,
      member: row.member_id,
      name: row.erased_at === null ? row.name : undefined,
      since: row.since,
      until: row.until,
      declaration: found && { interests: found.interests, on: found.declared_on },
    };
  });
}

export async function insertSeat(tx: Tx, row: SeatsTable): Promise<void> {
  await tx.db.insertInto('advisory_seats').values(row).execute();
}

export async function endSeat(tx: Tx, id: string, on: PlainDate): Promise<void> {
  await tx.db.updateTable('advisory_seats').set({ until: on }).where('id', '=', id).execute();
}

export async function insertDeclaration(tx: Tx, row: DeclarationsTable): Promise<void> {
  await tx.db.insertInto('interest_declarations').values(row).execute();
}
