/**
 * What parties of this node wrote down from an act whose content was erased: counts and warnings. The giver's own ledger keeps what it let out: the
 * recipient has read it, and forgetting that would let the next table tell the difference.
 */
import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { ActId } from '../ids.ts';
import { asParty } from './store.ts';

/** What a warning said stands in the summary of the signal that a person made of it. */
export async function noteSignalOf({ db }: Tx, act: ActId, signal: string): Promise<void> {
  await sql`update received_warnings set signal_id = ${signal} where act = ${act}`.execute(db);
}

export async function forgetFlow({ tx }: Work, act: ActId): Promise<void> {
  const parties = await tx.db.selectFrom('parties').select('id').where('is_hosted', '=', true).execute();
  for (const { id } of parties)
    await asParty(tx, id, async () => {
      await sql`update signals set summary = '–'
        where id in (select signal_id from received_warnings where act = ${act})`.execute(tx.db);
      for (const table of ['received_warnings', 'received_counts'] as const)
        await tx.db.deleteFrom(table).where('act', '=', act).execute();
    });
}
