/** Who takes part in a session and who leads it, for those who accompany it (src/dialogue/companion) and count it (src/dialogue/equity). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { PartyKind } from '../../../acts/spine-types.ts';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { DialogueSessionId, MemberId } from '../../../ids.ts';
import type { Member } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { mayConvene, mayDocument } from '../spaces/actions.ts';
import type { AttendanceMode, DialogueSession, SessionRole } from './session.ts';
import * as store from './store.ts';

/** Registered, seen there, or on the programme. */
export async function takesPart(reader: Reader, session: DialogueSessionId, member: MemberId): Promise<boolean> {
  return (await listRolesIn(reader, session, member)).length > 0;
}

async function listRolesIn(reader: Reader, session: DialogueSessionId, member: MemberId): Promise<SessionRole[]> {
  const rows = await reader
    .selectFrom('session_people')
    .select('role')
    .where('session_id', '=', session)
    .where('member_id', '=', member)
    .execute();
  return rows.map(({ role }) => role);
}

/** Those who convene the space, and whoever stands on the programme as chair or moderator. */
export async function mayChair(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  session: DialogueSession,
  member: Member | undefined,
): Promise<boolean> {
  if (await mayConvene(reader, caller, session.space)) return true;
  const roles = member ? await listRolesIn(reader, session.id, member.id) : [];
  return roles.includes('chair') || roles.includes('moderator');
}

/** Those who document the space, and whoever stands on the programme as rapporteur. */
export async function mayTakeNotes(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  session: DialogueSession,
  member: Member | undefined,
): Promise<boolean> {
  if (await mayDocument(reader, caller, session.space)) return true;
  const roles = member ? await listRolesIn(reader, session.id, member.id) : [];
  return roles.includes('rapporteur');
}

/** By the person herself. Of a session under the Chatham House Rule nobody is stored, and the database says so. */
export async function attend(
  work: Work,
  session: DialogueSession,
  member: MemberId,
  mode: AttendanceMode,
): Promise<void> {
  const isNew = await store.insertSessionPerson(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    session_id: session.id,
    is_chatham_house: session.isChathamHouse,
    member_id: member,
    name: null,
    named_with_consent_at: null,
    affiliation: null,
    about: null,
    input_link: null,
    role: 'attended',
    mode,
    position: 0,
    at: work.tx.now,
  });
  if (isNew) await work.tx.audit('session.attend', { session: session.id, member });
}

/** Members who are registered, were seen or stand on the programme, each once. */
export async function countByConstituency(
  reader: Reader,
  session: DialogueSessionId,
): Promise<ReadonlyMap<PartyKind, number>> {
  const rows = await reader
    .selectFrom('session_people')
    .innerJoin('members', 'members.id', 'session_people.member_id')
    .select(['members.constituency', sql<number>`count(distinct members.id)::int`.as('people')])
    .where('session_people.session_id', '=', session)
    .groupBy('members.constituency')
    .execute();
  return new Map(rows.map(({ constituency, people }) => [constituency, people]));
}

export interface ExpectedPerson {
  readonly member: MemberId;
  readonly name: string;
  readonly mode: AttendanceMode | undefined;
  readonly attended: boolean;
}

/** Registered members with whether they were seen, for the list at the door. */
export async function listExpected(
  reader: Reader,
  session: DialogueSessionId,
  limit: number,
): Promise<readonly ExpectedPerson[]> {
  const rows = await reader
    .selectFrom('session_people as registered')
    .innerJoin('members', 'members.id', 'registered.member_id')
    .leftJoin('session_people as seen', (join) =>
      join
        .onRef('seen.session_id', '=', 'registered.session_id')
        .onRef('seen.member_id', '=', 'registered.member_id')
        .on('seen.role', '=', 'attended'),
    )
    .select(['members.id as member', 'members.name', 'registered.mode', 'seen.id as seen'])
    .where('registered.session_id', '=', session)
    .where('registered.role', '=', 'registered')
    .orderBy(sql`lower(members.name)`)
    .orderBy('members.id')
    .limit(limit)
    .execute();
  return rows.map(({ member, name, mode, seen }) => ({
    member,
    name,
    mode: mode ?? undefined,
    attended: seen !== null,
  }));
}
