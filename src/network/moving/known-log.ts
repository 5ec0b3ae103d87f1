/** A node that is known by entry 0 of its log, without being paired: its log is followed, nothing is given to it that is not everybody's. */
import { isSignedBy, parseAct } from '../../acts/jws.ts';
import { parseSummary } from '../../acts/protocol.ts';
import { nodeOpen } from '../../acts/spine-types.ts';
import { findLogByOrigin } from '../../acts/store.ts';
import type { Tx } from '../../db/database.ts';
import type { Did } from '../../ids.ts';
import { problem } from '../../problem.ts';
import { parseAddress } from '../address.ts';

export interface Opening {
  readonly operator: Did;
  readonly origin: string;
  readonly url: string;
  readonly bytes: Uint8Array;
}

/** Refuses what is not the entry 0 that the node at this address would write. */
export async function readOpening(bytes: Uint8Array): Promise<Opening> {
  const act = parseAct(bytes);
  const summary = parseSummary(nodeOpen, act.payload);
  const address = parseAddress(summary.url);
  const isItsOwn =
    act.payload.type === nodeOpen.name && act.payload.party === address.did && summary.origin === address.logOrigin;
  if (!isItsOwn || !isSignedBy(act, summary.key))
    throw problem.peerAnswerInvalid({ peer: summary.url, reason: 'entry 0 is not its own' });
  return { operator: act.payload.party, origin: summary.origin, url: address.url, bytes };
}

/** The log's id here. */
export async function knowLog(tx: Tx, { operator, origin, url, bytes }: Opening): Promise<number> {
  const known = await findLogByOrigin(tx.db, origin);
  if (known) return known.id;
  const { log, cosigner, transport } = parseSummary(nodeOpen, parseAct(bytes).payload);
  const facts = { origin, url, operator, vkey: log, cosigner_vkey: cosigner, transport_key: transport };
  const { id } = await tx.db
    .insertInto('logs')
    .values({ ...facts, is_own: false, checkpoint: null, closed_reason: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.audit('log.observed', { operator });
  return id;
}
