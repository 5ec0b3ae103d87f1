/** What a peer's log feed delivers: each leaf is kept whatever it is, because the root of the log covers it. */
import { leafHash } from '@reciproca/tlog/hash';
import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { parseAct, type ParsedAct } from './jws.ts';

/** Leaves from `from` on, in order. An act that is known already keeps its bytes, and this leaf its own. */
export async function keepLeaves(tx: Tx, logId: number, from: number, leaves: readonly Uint8Array[]): Promise<void> {
  const parsed = leaves.map((leaf, at) => ({ index: from + at, leaf: Buffer.from(leaf), act: tryParse(leaf) }));
  const acts = parsed.flatMap(({ index, leaf, act }) => (act ? [{ index, leaf, act }] : []));
  const text = (of: (act: ParsedAct) => string | null) => sql`${acts.map(({ act }) => of(act))}::text[]`;
  const { rows: added } = await sql<{ index: number }>`insert into acts
      (id, log_id, log_index, jws, type, party, subject, prev, commitment, received_at)
    select id, ${logId}, index, jws, type, party, subject, prev, commitment, ${tx.now}
    from unnest(
      ${text(({ id }) => id)}, ${acts.map(({ index }) => index)}::bigint[], ${acts.map(({ leaf }) => leaf)}::bytea[],
      ${text(({ payload }) => payload.type)}, ${text(({ payload }) => payload.party)}, ${text(({ payload }) => payload.subject)},
      ${text(({ payload }) => payload.prev)}, ${text(({ payload }) => payload.commitment)}
    ) as new (id, index, jws, type, party, subject, prev, commitment) order by index
    on conflict (id) do nothing returning log_index as index`.execute(tx.db);
  const isNew = new Set(added.map(({ index }) => index));
  await sql`insert into log_leaves (log_id, index, leaf_hash, act, raw)
    select ${logId}, index, leaf_hash, act, raw from unnest(
      ${parsed.map(({ index }) => index)}::bigint[], ${parsed.map(({ leaf }) => Buffer.from(leafHash(leaf)))}::bytea[],
      ${parsed.map(({ act }) => act?.id ?? null)}::text[],
      ${parsed.map(({ index, leaf }) => (isNew.has(index) ? null : leaf))}::bytea[]
    ) as leaf (index, leaf_hash, act, raw)`.execute(tx.db);
}

export function tryParse(leaf: Uint8Array): ParsedAct | undefined {
  try {
    return parseAct(leaf);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
