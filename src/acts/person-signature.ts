/** A key of a person's own, kept in a file of theirs: what `bin/reciproca sign` uses where there is no passkey. */
import { sign, verify } from 'node:crypto';
import { publicKeyOf, type SigningKey } from './keys.ts';
import type { ActId } from '../ids.ts';

// Domain separation: a signature for an act can never be taken for one made for anything else.
const messageOf = (act: ActId): Buffer => Buffer.from(`reciproca person signature v1\n${act}\n`);

export function signActId(act: ActId, key: SigningKey): string {
  return sign(null, messageOf(act), key.privateKey).toString('base64url');
}

export function isPersonSignature(act: ActId, x: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  return bytes.length === 64 && verify(null, messageOf(act), publicKeyOf(x), bytes);
}
