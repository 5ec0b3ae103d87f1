/**
 * What a receipt says: a hash that only who holds the body and its salt can compute, for this receiver and this act. The commitment in the public leaf
 * does not give it away; the giver, who holds the body, checks it at once, and everybody else when the body has been published.
 *
 *     received = base64url(SHA-256("reciproca receipt\n" || receiver || "\n" || act || "\n" || salt || body))
 */
import { createHash } from 'node:crypto';
import type { ActId, Did } from '../ids.ts';

export interface OpenedBody {
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

export function receivedHash(receiver: Did, act: ActId, { salt, bytes }: OpenedBody): string {
  return createHash('sha256')
    .update(`reciproca receipt\n${receiver}\n${act}\n`)
    .update(salt)
    .update(bytes)
    .digest('base64url');
}
