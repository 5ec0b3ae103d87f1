/**
 * The offline key that can move a party to another log and open a successor of a lost one. It is shown once, on paper; the node keeps only its
 * hash. Written in Crockford's base32 (no I, L, O, U), 14 groups of four: 52 characters of key, 4 of checksum.
 */
import { createHash, randomBytes } from 'node:crypto';
import { problem } from '../problem.ts';
import { signingKeyOfSeed, type SigningKey } from './keys.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const seedBytes = 32;
const checkCharacters = 4;

export interface RecoveryKey extends SigningKey {
  readonly text: string;
}

export function generateRecoveryKey(): RecoveryKey {
  const seed = randomBytes(seedBytes);
  return { ...signingKeyOfSeed(seed), text: formatSeed(seed) };
}

function formatSeed(seed: Uint8Array): string {
  const characters = encode(seed) + checksum(seed);
  return (characters.match(/.{4}/g) ?? []).join('-');
}

/** Forgives case, spaces and the letters people confuse; a mistyped key is told from a wrong one by its checksum. */
export function parseRecoveryKey(text: string): RecoveryKey {
  const characters = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
  if (!/^[0-9A-HJKMNP-TV-Z]{56}$/.test(characters)) throw problem.recoveryKeyInvalid({ reason: 'length' });
  const seed = decode(characters.slice(0, -checkCharacters));
  if (checksum(seed) !== characters.slice(-checkCharacters)) throw problem.recoveryKeyInvalid({ reason: 'checksum' });
  return { ...signingKeyOfSeed(seed), text: formatSeed(seed) };
}

function encode(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet.charAt((value >> (bits - 5)) & 31);
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((value << (5 - bits)) & 31);
}

function decode(text: string): Uint8Array {
  let bits = 0;
  let value = 0;
  const bytes: number[] = [];
  for (const character of text) {
    value = (value << 5) | alphabet.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bytes.push((value >> (bits - 8)) & 255);
      bits -= 8;
    }
    value &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes.slice(0, seedBytes));
}

function checksum(seed: Uint8Array): string {
  return encode(createHash('sha256').update('reciproca recovery key\n').update(seed).digest()).slice(
    0,
    checkCharacters,
  );
}
