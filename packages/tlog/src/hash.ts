import { hash } from 'node:crypto';
import { formatBase64, parseBase64 } from './base64.ts';
import { TlogError } from './tlog-error.ts';

/** A SHA-256 value: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

/** RFC 6962 section 2.1: a leaf is SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Hash {
  const input = Buffer.allocUnsafe(1 + entry.byteLength);
  input[0] = 0x00;
  input.set(entry, 1);
  return sha256(input);
}

// Reused between calls: hashing is synchronous, so nobody else can see it half filled.
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = 0x01;

/** RFC 6962 section 2.1: an interior node is SHA-256(0x01 || left || right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  // Two hashes of other lengths could concatenate to the same 64 bytes.
  checkHash(left);
  checkHash(right);
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** The root of a tree without leaves: SHA-256 of the empty string. */
export function emptyRoot(): Hash {
  return sha256(Buffer.alloc(0));
}

export function equalHashes(a: Hash, b: Hash): boolean {
  checkHash(a);
  checkHash(b);
  return Buffer.compare(a, b) === 0;
}

export function parseHash(base64: string): Hash {
  const bytes = parseBase64(base64);
  checkHash(bytes);
  return bytes;
}

export function formatHash(value: Hash): string {
  checkHash(value);
  return formatBase64(value);
}

/** Through a string, because node:crypto makes one in half the time that it needs for a small Buffer. */
function sha256(input: Uint8Array): Hash {
  return Buffer.from(hash('sha256', input, 'binary'), 'binary');
}

function checkHash(value: Uint8Array): void {
  if (value.byteLength !== HASH_BYTES) throw new TlogError('hash.malformed', 'a hash has 32 bytes');
}
