import type { Reader } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';

/** Undefined as slug: the party that runs the node. */
export async function findHostedParty(reader: Reader, slug: string | undefined): Promise<PartyId | undefined> {
  const query = reader.selectFrom('parties').select('id').where('is_hosted', '=', true);
  const row = await (
    slug === undefined ? query.where('is_operator', '=', true) : query.where('slug', '=', slug)
  ).executeTakeFirst();
  return row?.id;
}

export async function listHostedSlugs(reader: Reader): Promise<readonly string[]> {
  const rows = await reader
    .selectFrom('parties')
    .select('slug')
    .where('is_hosted', '=', true)
    .orderBy('slug')
    .execute();
  return rows.map(({ slug }) => slug);
}
