import type { Reader } from '../../db/database.ts';
import type { Did, SubjectId } from '../../ids.ts';

export async function findLog(reader: Reader, origin: string | undefined) {
  const query = reader
    .selectFrom('logs')
    .leftJoin('parties', 'parties.did', 'logs.operator')
    .select([
      'logs.id',
      'logs.origin',
      'logs.url',
      'logs.operator',
      'logs.vkey',
      'logs.is_own',
      'logs.proven_size',
      'logs.checkpoint',
      'logs.closed_reason',
      'parties.name',
    ]);
  return (
    origin === undefined ? query.where('is_own', '=', true) : query.where('origin', '=', origin)
  ).executeTakeFirst();
}

/** The opening entry, from which the fingerprint is computed. */
export async function findOpening(reader: Reader, logId: number): Promise<Uint8Array | undefined> {
  const row = await reader
    .selectFrom('log_leaves as leaf')
    .leftJoin('acts', 'acts.id', 'leaf.act')
    .select(['leaf.raw', 'acts.jws'])
    .where('leaf.log_id', '=', logId)
    .where('leaf.index', '=', 0)
    .executeTakeFirst();
  return row?.raw ?? row?.jws ?? undefined;
}

export interface EntryChoice {
  readonly type?: string | undefined;
  readonly party?: Did | undefined;
  readonly subject?: SubjectId | undefined;
  /** Only entries below this index. */
  readonly before?: number | undefined;
}

const columns = [
  'leaf.index',
  'leaf.leaf_hash',
  'leaf.raw',
  'acts.id',
  'acts.jws',
  'acts.type',
  'acts.party',
  'acts.subject',
  'acts.received_at',
  'acts.standing',
  'acts.standing_reason',
  'parties.name',
] as const;

/** Latest first. */
export async function listEntries(
  reader: Reader,
  log: { readonly id: number; readonly proven_size: number },
  choice: EntryChoice,
  limit: number,
) {
  let query = reader
    .selectFrom('log_leaves as leaf')
    .leftJoin('acts', 'acts.id', 'leaf.act')
    .leftJoin('parties', 'parties.did', 'acts.party')
    .select(columns)
    .where('leaf.log_id', '=', log.id)
    .where('leaf.index', '<', Math.min(choice.before ?? log.proven_size, log.proven_size));
  // The act's own columns, so that the indexes of acts serve.
  if (choice.type !== undefined) query = query.where('acts.log_id', '=', log.id).where('acts.type', '=', choice.type);
  if (choice.party !== undefined)
    query = query.where('acts.log_id', '=', log.id).where('acts.party', '=', choice.party);
  if (choice.subject !== undefined) query = query.where('acts.subject', '=', choice.subject);
  return query.orderBy('leaf.index', 'desc').limit(limit).execute();
}

export async function findEntry(
  reader: Reader,
  log: { readonly id: number; readonly proven_size: number },
  index: number,
) {
  if (index >= log.proven_size) return undefined;
  return reader
    .selectFrom('log_leaves as leaf')
    .leftJoin('acts', 'acts.id', 'leaf.act')
    .leftJoin('parties', 'parties.did', 'acts.party')
    .select(columns)
    .where('leaf.log_id', '=', log.id)
    .where('leaf.index', '=', index)
    .executeTakeFirst();
}

/** Saved acts that the log has not taken up yet, latest first. */
export async function listSaved(reader: Reader, logId: number, limit: number) {
  return reader
    .selectFrom('acts')
    .leftJoin('parties', 'parties.did', 'acts.party')
    .leftJoin('logs', 'logs.id', 'acts.log_id')
    .select(['acts.id', 'acts.type', 'acts.party', 'acts.subject', 'acts.received_at', 'acts.standing', 'parties.name'])
    .where('acts.log_id', '=', logId)
    .where((where) =>
      where.or([where('acts.log_index', 'is', null), where('acts.log_index', '>=', where.ref('logs.proven_size'))]),
    )
    .orderBy('acts.saved_order', 'desc')
    .limit(limit)
    .execute();
}

export async function listTypes(reader: Reader, logId: number): Promise<string[]> {
  const rows = await reader
    .selectFrom('acts')
    .select('type')
    .distinct()
    .where('log_id', '=', logId)
    .orderBy('type')
    .execute();
  return rows.map(({ type }) => type);
}

export async function listPartiesOf(reader: Reader, logId: number) {
  return reader.selectFrom('parties').select(['did', 'name']).where('log_id', '=', logId).orderBy('name').execute();
}

/** Each keeper's confirmation of the smallest state beyond an index, or of the largest state of all. */
export async function listConfirmations(reader: Reader, logId: number, which: { readonly beyond: number } | 'latest') {
  const query = reader
    .selectFrom('cosignatures')
    .leftJoin('logs as keeper_log', 'keeper_log.cosigner_vkey', 'cosignatures.keeper')
    .leftJoin('parties', 'parties.did', 'keeper_log.operator')
    .select(['cosignatures.size', 'cosignatures.time', 'cosignatures.keeper', 'parties.name'])
    .distinctOn('cosignatures.keeper')
    .where('cosignatures.log_id', '=', logId)
    .orderBy('cosignatures.keeper');
  const rows =
    which === 'latest'
      ? await query.orderBy('cosignatures.size', 'desc').execute()
      : await query.where('cosignatures.size', '>', which.beyond).orderBy('cosignatures.size').execute();
  return rows.map(({ size, time, keeper, name }) => ({
    size,
    at: new Date(time * 1000).toISOString(),
    keeper: name ?? keeper.split('+')[0] ?? keeper,
  }));
}

export async function listForks(reader: Reader, logId: number) {
  return reader.selectFrom('log_forks').selectAll().where('log_id', '=', logId).orderBy('found_at').execute();
}

export async function findBody(reader: Reader, act: string) {
  return reader
    .selectFrom('act_bodies')
    .select(['body', 'is_public', 'erased_by'])
    .where('act', '=', act as never)
    .executeTakeFirst();
}

export async function isErased(reader: Reader, commitment: string): Promise<boolean> {
  return (
    (await reader.selectFrom('erasures').select('act').where('commitment', '=', commitment).executeTakeFirst()) !==
    undefined
  );
}

export async function findState(reader: Reader, instrument: SubjectId): Promise<unknown> {
  return (await reader.selectFrom('subjects').select('state').where('id', '=', instrument).executeTakeFirst())?.state;
}
