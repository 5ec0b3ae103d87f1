/** Requests between nodes that know each other, signed with the transport keys their logs open with. */
import type { Tx } from '../db/database.ts';
import type { House, Work } from '../house.ts';
import { problem } from '../problem.ts';
import { dial, type PeerAnswer } from './dial.ts';
import { signRequest, verifyRequest, type Nonces } from './http-signature.ts';
import { parseAddress } from './address.ts';

declare module '../db/schema.ts' {
  interface Tables {
    used_nonces: { key_id: string; nonce: string; expires_at: Date };
  }
}

interface PeerLog {
  readonly url: string;
}

export async function sendToPeer(
  house: House,
  peer: PeerLog,
  path: string,
  body: string,
  limitBytes = 32_000_000,
): Promise<PeerAnswer> {
  const key = await house.database.read('node', (reader) => house.journal.keyring.getNodeKey(reader, 'transport'));
  const message = { method: 'POST', url: peer.url + path, contentType: 'application/json', body: Buffer.from(body) };
  const headers = signRequest(message, parseAddress(house.config.publicUrl).did, key, house.clock.now());
  return dial(message.url, {
    method: 'POST',
    headers: { ...headers },
    body: message.body,
    limitBytes,
    timeoutMs: 30_000,
  });
}

/** Expired ones go as new ones come. */
export const noncesIn = ({ db, now }: Pick<Tx, 'db' | 'now'>): Nonces => ({
  async use(keyId, nonce, expiresAt) {
    await db.deleteFrom('used_nonces').where('expires_at', '<', now).execute();
    const inserted = await db
      .insertInto('used_nonces')
      .values({ key_id: keyId, nonce, expires_at: expiresAt })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  },
});

interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** The log of the node that signed this request, or `not-a-known-node`. */
export async function verifyPeer(work: Work, request: SignedRequest) {
  const peers = await work.tx.db.selectFrom('logs').selectAll().where('is_own', '=', false).execute();
  const message = {
    method: request.method,
    url: request.url,
    contentType: request.headers.get('content-type') ?? '',
    body: request.bytes,
    headers: request.headers,
  };
  const verified = await verifyRequest(
    message,
    async (did) => peers.find((peer) => peer.operator === did)?.transport_key,
    noncesIn(work.tx),
    work.tx.now,
  );
  if ('fault' in verified) throw problem.notAKnownNode({ fault: verified.fault });
  const peer = peers.find((candidate) => candidate.operator === verified.keyId);
  if (!peer) throw problem.notAKnownNode({ fault: 'unknown-key' });
  return peer;
}
