/** Who came how far, counted in the database: a network of fifty thousand is some hundred lines. */
import { sql } from 'kysely';
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Reader } from '../../db/database.ts';
import type { DialogueSessionId, MemberId, SpaceId } from '../../ids.ts';
import type { Gender } from '../../network/members/member.ts';

export interface Alike {
  readonly constituency: PartyKind;
  readonly gender: Gender | null;
  readonly country: string | null;
  readonly attended: boolean;
  readonly spoke: boolean;
  readonly convened: boolean;
  readonly adopted: boolean;
  readonly decided: boolean;
  readonly people: number;
}

export interface Reach {
  /** Undefined: the whole network, where whoever is a member is invited. */
  readonly space: SpaceId | undefined;
  readonly at: Date;
  readonly adopted: readonly MemberId[];
  readonly decided: readonly MemberId[];
}

/**
 * What sessions left: of those that have not begun, and of those under the Chatham House Rule, only who convenes. Drafts and templates count nothing.
 */
export async function listAlike(reader: Reader, { space, at, adopted, decided }: Reach): Promise<readonly Alike[]> {
  const { rows } = await sql<Alike>`
    with counted as (
      select dialogue_sessions.id, not is_chatham_house and (local_start at time zone dialogue_sessions.time_zone) <= ${at} as tells
      from dialogue_sessions join spaces on spaces.id = dialogue_sessions.space_id
      where dialogue_sessions.state = 'announced' and spaces.state <> 'draft' and not spaces.is_template
        and (${space ?? null}::uuid is null or space_id = ${space ?? null})
    ), traces as (
      select member_id,
        tells and role <> 'registered' as attended,
        tells and role = 'speaker' as spoke,
        role in ('chair', 'moderator', 'rapporteur') as convened
      from session_people join counted on counted.id = session_people.session_id
      union all
      select member_id, true, true, false
      from floor_requests join counted on counted.id = floor_requests.session_id
      where tells and started_at is not null
      union all
      select member_id, false, false, role in ('convenor', 'facilitator', 'rapporteur')
      from space_people join spaces on spaces.id = space_people.space_id
      where spaces.state <> 'draft' and not spaces.is_template and (${space ?? null}::uuid is null or space_id = ${space ?? null})
      union all
      select unnest(${[...adopted, ...decided]}::uuid[]), false, false, false
    ), involved as (
      select member_id, bool_or(attended) as attended, bool_or(spoke) as spoke, bool_or(convened) as convened
      from traces where member_id is not null group by member_id
    )
    select constituency, gender, country,
      coalesce(attended, false) as attended, coalesce(spoke, false) as spoke, coalesce(convened, false) as convened,
      members.id = any(${[...adopted]}::uuid[]) as adopted, members.id = any(${[...decided]}::uuid[]) as decided,
      count(*)::int as people
    from members left join involved on involved.member_id = members.id
    where involved.member_id is not null
      or (${space ?? null}::uuid is null and members.left_on is null and members.confirmed_at is not null)
    group by 1, 2, 3, 4, 5, 6, 7, 8`.execute(reader);
  return rows;
}

/** Sessions that have begun: those counted, and those under the Chatham House Rule, of which nothing can be. */
export async function countSessions(
  reader: Reader,
  space: SpaceId | undefined,
  at: Date,
): Promise<{ readonly counted: number; readonly chathamHouse: number }> {
  const { rows } = await sql<{ counted: number; chathamHouse: number }>`
    select count(*) filter (where not is_chatham_house)::int as counted,
      count(*) filter (where is_chatham_house)::int as "chathamHouse"
    from dialogue_sessions
    where state = 'announced' and (local_start at time zone time_zone) <= ${at}
      and (${space ?? null}::uuid is null or space_id = ${space ?? null})`.execute(reader);
  return rows[0] ?? { counted: 0, chathamHouse: 0 };
}

/** Seconds of the floor of everybody who was in these sessions, silent people with zero, as one list without names. */
export async function listPersonSeconds(
  reader: Reader,
  sessions: readonly DialogueSessionId[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ seconds: number }>`
    with there as (
      select member_id from session_people
      where session_id = any(${[...sessions]}::uuid[]) and member_id is not null and role <> 'registered'
      union
      select member_id from floor_requests
      where session_id = any(${[...sessions]}::uuid[]) and member_id is not null and ended_at is not null
    )
    select coalesce(sum(extract(epoch from ended_at - started_at)), 0)::float as seconds
    from there left join floor_requests on floor_requests.member_id = there.member_id
      and floor_requests.session_id = any(${[...sessions]}::uuid[]) and ended_at is not null
    group by there.member_id`.execute(reader);
  return rows.map(({ seconds }) => seconds);
}
