import { listAffectedCommunities } from '../agreement/standing.ts';
import type { Work } from '../house.ts';
import type { Did } from '../ids.ts';
import { insertNotice, type Notice } from './store.ts';

/** Writes what happened with a giver's data to the communities concerned that live on this node, in the same transaction. */
export async function tellCommunities({ tx }: Work, giver: Did, notice: Notice): Promise<void> {
  for (const community of await listAffectedCommunities(tx.db, giver))
    if (community.is_hosted) await insertNotice(tx, community.id, notice);
}
