import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { MemberId, OrganisationId, PartyId } from '../../../ids.ts';
import type { Count } from './count.ts';

export type ElectionState = 'nominations' | 'open' | 'counted';

/** `rounds`: null where so few voted that a table would tell who wanted whom. */
export type ElectionResult = Omit<Count, 'rounds'> & { readonly rounds: Count['rounds'] | null };

interface ElectionsTable {
  id: string;
  party_id: PartyId;
  assembly_id: string;
  number: number;
  office: string;
  explanation: string | null;
  seats: number;
  state: ElectionState;
  opens_at: Date | null;
  closes_at: Date | null;
  result: ElectionResult | null;
}

interface CandidatesTable {
  id: string;
  party_id: PartyId;
  election_id: string;
  number: number;
  member_id: MemberId;
  organisation_id: OrganisationId | null;
  statement: string;
  conflicts: string;
  stood_at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    elections: ElectionsTable;
    election_candidates: CandidatesTable;
    election_roll: {
      election_id: string;
      organisation_id: OrganisationId;
      party_id: PartyId;
      has_voted: boolean;
    };
    election_urns: { election_id: string; party_id: PartyId; ballots: readonly (readonly number[])[] };
  }
}

export interface Candidate {
  readonly id: string;
  readonly number: number;
  readonly member: MemberId;
  /** Undefined once the person has been forgotten. */
  readonly name: string | undefined;
  readonly organisation: string | undefined;
  readonly statement: string;
  readonly conflicts: string;
}

export interface Election extends Omit<ElectionsTable, 'party_id'> {
  readonly candidates: readonly Candidate[];
}

async function withCandidates(reader: Reader, rows: readonly ElectionsTable[]): Promise<Election[]> {
  if (rows.length === 0) return [];
  const found = await reader
    .selectFrom('election_candidates')
    .innerJoin('members', 'members.id', 'election_candidates.member_id')
    .leftJoin('organisations', 'organisations.id', 'election_candidates.organisation_id')
    .select([
      'election_candidates.id',
      'election_id',
      'number',
      'member_id',
      'members.name',
      'members.erased_at',
      'organisations.name as organisation',
      'statement',
      'conflicts',
    ])
    .where(
      'election_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    ...row,
    candidates: found
      .filter((each) => each.election_id === row.id)
      .map((each) => ({
        id: each.id,
        number: each.number,
        member: each.member_id,
        name: each.erased_at === null ? each.name : undefined,
        organisation: each.organisation ?? undefined,
        statement: each.statement,
        conflicts: each.conflicts,
      })),
  }));
}

export async function listElections(reader: Reader, assembly: string): Promise<Election[]> {
  const rows = await reader
    .selectFrom('elections')
    .selectAll()
    .where('assembly_id', '=', assembly)
    .orderBy('number')
    .execute();
  return withCandidates(reader, rows);
}

export async function findElection(reader: Reader, id: string): Promise<Election | undefined> {
  const row = await reader.selectFrom('elections').selectAll().where('id', '=', id).executeTakeFirst();
  return row && (await withCandidates(reader, [row]))[0];
}

/** Whoever votes, stands or counts waits for the others. */
export async function lockElection(tx: Tx, id: string): Promise<Election | undefined> {
  const row = await tx.db.selectFrom('elections').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && (await withCandidates(tx.db, [row]))[0];
}

export async function insertElection(
  tx: Tx,
  party: PartyId,
  election: Pick<Election, 'id' | 'assembly_id' | 'number' | 'office' | 'explanation' | 'seats'>,
): Promise<void> {
  await tx.db
    .insertInto('elections')
    .values({ ...election, party_id: party, state: 'nominations', opens_at: null, closes_at: null, result: null })
    .execute();
}

export async function insertCandidate(tx: Tx, row: CandidatesTable): Promise<void> {
  await tx.db.insertInto('election_candidates').values(row).execute();
}

export async function deleteCandidate(tx: Tx, election: string, member: MemberId): Promise<boolean> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('election_candidates')
    .where('election_id', '=', election)
    .where('member_id', '=', member)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** The roll as it stands now, and an empty urn. */
export async function openRoll(
  tx: Tx,
  party: PartyId,
  election: string,
  voices: readonly OrganisationId[],
  closesAt: Date,
): Promise<void> {
  await tx.db
    .insertInto('election_roll')
    .values(voices.map((id) => ({ election_id: election, organisation_id: id, party_id: party, has_voted: false })))
    .execute();
  await tx.db
    .insertInto('election_urns')
    .values({ election_id: election, party_id: party, ballots: sql`'[]'::jsonb` })
    .execute();
  await tx.db
    .updateTable('elections')
    .set({ state: 'open', opens_at: tx.now, closes_at: closesAt })
    .where('id', '=', election)
    .execute();
}

export async function listRoll(
  reader: Reader,
  election: string,
): Promise<readonly { readonly organisation: OrganisationId; readonly hasVoted: boolean }[]> {
  return reader
    .selectFrom('election_roll')
    .select(['organisation_id as organisation', 'has_voted as hasVoted'])
    .where('election_id', '=', election)
    .execute();
}

/** False when this organisation is not on the roll, or has voted. */
export async function strikeOff(tx: Tx, election: string, organisation: OrganisationId): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('election_roll')
    .set({ has_voted: true })
    .where('election_id', '=', election)
    .where('organisation_id', '=', organisation)
    .where('has_voted', '=', false)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function readUrn(reader: Reader, election: string): Promise<readonly (readonly number[])[]> {
  const row = await reader
    .selectFrom('election_urns')
    .select('ballots')
    .where('election_id', '=', election)
    .executeTakeFirstOrThrow();
  return row.ballots;
}

const byNumbers = (a: readonly number[], b: readonly number[]): number => {
  const [one, other] = [a.join(' '), b.join(' ')];
  return one < other ? -1 : one > other ? 1 : 0;
};

/** The whole urn is written anew, in the order of what stands on the ballots: nothing in it says which came last. */
export async function putInUrn(tx: Tx, election: string, ballot: readonly number[]): Promise<void> {
  const ballots = [...(await readUrn(tx.db, election)), ballot].toSorted(byNumbers);
  await tx.db
    .updateTable('election_urns')
    .set({ ballots: sql<readonly (readonly number[])[]>`${JSON.stringify(ballots)}::jsonb` })
    .where('election_id', '=', election)
    .execute();
}

export async function setResult(tx: Tx, election: string, result: ElectionResult): Promise<void> {
  await tx.db
    .updateTable('elections')
    .set({ state: 'counted', result: sql<ElectionResult>`${JSON.stringify(result)}::jsonb` })
    .where('id', '=', election)
    .execute();
}

export async function listOver(reader: Reader, now: Date): Promise<string[]> {
  const rows = await reader
    .selectFrom('elections')
    .select('id')
    .where('state', '=', 'open')
    .where('closes_at', '<=', now)
    .execute();
  return rows.map(({ id }) => id);
}
