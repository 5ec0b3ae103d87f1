/** For addresses that name a network without standing under /p/:party: feeds, OAI-PMH, WebFinger. */
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';
import type { PartyFacts } from '../../http/caller.ts';
import type { PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';

/** By name. */
export async function listHosted(reader: Reader): Promise<PartyFacts[]> {
  return reader
    .selectFrom('parties')
    .select(['id', 'did', 'slug', 'name'])
    .where('is_hosted', '=', true)
    .orderBy('is_operator', 'desc')
    .orderBy(sql`lower(name)`)
    .execute();
}

/** For jobs. */
export async function getHosted(reader: Reader, party: PartyId): Promise<PartyFacts> {
  return reader
    .selectFrom('parties')
    .select(['id', 'did', 'slug', 'name'])
    .where('id', '=', party)
    .where('is_hosted', '=', true)
    .executeTakeFirstOrThrow();
}

/** From the node's scope down to that network's, for the rest of this transaction. Never from one network to another. */
export async function enterNetwork(reader: Reader, slug: string): Promise<PartyFacts> {
  const party = await reader
    .selectFrom('parties')
    .select(['id', 'did', 'slug', 'name'])
    .where('slug', '=', slug)
    .where('is_hosted', '=', true)
    .executeTakeFirst();
  if (!party) throw problem.notFound({ what: 'party' });
  await sql`select set_config('reciproca.party', ${party.id}, true) where current_party() is null`.execute(reader);
  return party;
}
