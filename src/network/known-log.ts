/** A node that is known by entry 0 of its log, paired or not: its log is followed. Without a pair nothing is given to it that is not everybody's. */
import { isSignedBy, parseAct } from '../acts/jws.ts';
import { parseSummary } from '../acts/protocol.ts';
import { nodeOpen } from '../acts/spine-types.ts';
import { findLogByOrigin } from '../acts/store.ts';
import type { Tx } from '../db/database.ts';
import type { Did } from '../ids.ts';
import { problem } from '../problem.ts';
import { parseAddress } from './address.ts';

export interface Opening {
  readonly operator: Did;
  readonly origin: string;
  readonly url: string;
  readonly bytes: Uint8Array;
}

/** Refuses what is not the entry 0 that the node at this address would write. */
export function readOpening(bytes: Uint8Array): Opening {
  const act = parseAct(bytes);
  const summary = parseSummary(nodeOpen, act.payload);
  const address = parseAddress(summary.url);
  const isItsOwn =
    act.payload.type === nodeOpen.name && act.payload.party === address.did && summary.origin === address.logOrigin;
  if (!isItsOwn || !isSignedBy(act, summary.key))
    throw problem.peerAnswerInvalid({ peer: summary.url, reason: 'entry 0 is not its own' });
  return { operator: act.payload.party, origin: summary.origin, url: address.url, bytes };
}

/**
 * The log's id here, whoever made it known first: pairing, observing and a party's move meet the same nodes, in any order. `opening` must be what the
 * node's own address answers, or what a person who runs this node took from a copy. Another opening for a known log changes nothing.
 */
export async function knowLog(tx: Tx, { operator, origin, url, bytes }: Opening): Promise<number> {
  const {
    log: vkey,
    cosigner: cosigner_vkey,
    transport: transport_key,
  } = parseSummary(nodeOpen, parseAct(bytes).payload);
  const keys = { vkey, cosigner_vkey, transport_key };
  const known = await findLogByOrigin(tx.db, origin);
  if (known) {
    const isSame =
      known.vkey === vkey && known.cosigner_vkey === cosigner_vkey && known.transport_key === transport_key;
    if (!isSame) throw problem.cannotPair({ reason: 'known-with-other-keys' });
    return known.id;
  }
  const { id } = await tx.db
    .insertInto('logs')
    .values({ origin, url, operator, ...keys, is_own: false, checkpoint: null, closed_reason: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.audit('log.known', { operator });
  return id;
}
