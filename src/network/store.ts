import type { Reader } from '../db/database.ts';

/** Hosted ones first, then by name. */
export async function listParties(reader: Reader) {
  return reader
    .selectFrom('parties')
    .innerJoin('logs', 'logs.id', 'parties.log_id')
    .select(['did', 'name', 'kind', 'country', 'is_hosted', 'is_operator', 'logs.origin'])
    .orderBy('is_hosted', 'desc')
    .orderBy('name')
    .execute();
}

/** Entry 0 of our own log. */
export async function findOwnOpening(reader: Reader) {
  return reader
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select('acts.jws')
    .where('logs.is_own', '=', true)
    .where('acts.log_index', '=', 0)
    .executeTakeFirst();
}
