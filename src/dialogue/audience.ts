/** Who is written to about a thing of a space, in pieces that a job can take one by one. */
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import type { House } from '../house.ts';
import type { MemberId, PartyId, SpaceId } from '../ids.ts';

/** Present members with any role in the space, by identifier. */
export async function listPeopleAfter(
  reader: Reader,
  space: SpaceId,
  after: MemberId | null,
  limit: number,
): Promise<readonly MemberId[]> {
  const rows = await reader
    .selectFrom('space_people')
    .innerJoin('members', 'members.id', 'space_people.member_id')
    .select('members.id')
    .distinct()
    .where('space_people.space_id', '=', space)
    .where('space_people.until', 'is', null)
    .where('members.left_on', 'is', null)
    .where(sql<boolean>`${after}::uuid is null or members.id > ${after}::uuid`)
    .orderBy('members.id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** For what the clock brings about in each network. */
export async function listHostedParties(house: House): Promise<readonly PartyId[]> {
  const rows = await house.database.read('node', (reader) =>
    reader.selectFrom('parties').select('id').where('is_hosted', '=', true).execute(),
  );
  return rows.map(({ id }) => id);
}

/** In which spaces each of these members has a role now. */
export async function listSpacesOf(
  reader: Reader,
  members: readonly MemberId[],
): Promise<ReadonlyMap<MemberId, ReadonlySet<SpaceId>>> {
  const rows = await reader
    .selectFrom('space_people')
    .select(['member_id', 'space_id'])
    .distinct()
    .where('member_id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .where('until', 'is', null)
    .execute();
  const spaces = new Map<MemberId, Set<SpaceId>>();
  for (const { member_id, space_id } of rows) {
    const held = spaces.get(member_id);
    if (held) held.add(space_id);
    else spaces.set(member_id, new Set([space_id]));
  }
  return spaces;
}
