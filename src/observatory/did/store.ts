import type { Reader } from '../../db/database.ts';

/** A party hosted here, with the log that names its keys. Without a slug: the operator. */
export async function findHosted(reader: Reader, slug: string | undefined) {
  const query = reader
    .selectFrom('parties')
    .innerJoin('logs', 'logs.id', 'parties.log_id')
    .select([
      'parties.did',
      'logs.id',
      'logs.operator',
      'logs.url',
      'logs.origin',
      'logs.vkey',
      'logs.transport_key',
      'logs.proven_size',
    ])
    .where('parties.is_hosted', '=', true)
    .where('logs.is_own', '=', true);
  return (
    slug === undefined
      ? query.where('is_operator', '=', true)
      : query.where('is_operator', '=', false).where('slug', '=', slug)
  ).executeTakeFirst();
}

/** Keys that the log has added and not revoked by now. */
export async function listValidKeys(
  reader: Reader,
  party: string,
  log: { readonly id: number; readonly proven_size: number },
) {
  return reader
    .selectFrom('act_keys')
    .select(['kid', 'x'])
    .where('party', '=', party as never)
    .where('log_id', '=', log.id)
    .where('valid_from', '<=', log.proven_size)
    .where((where) => where.or([where('revoked_from', 'is', null), where('revoked_from', '>', log.proven_size)]))
    .orderBy('valid_from')
    .execute();
}
