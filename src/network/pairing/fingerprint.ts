import { createHash } from 'node:crypto';

/**
 * What two people read to each other on the phone before their nodes pair: 40 decimal digits of SHA-256 over entry 0 of the log
 * (about 132 bits); pages show them in groups of four.
 */
export function fingerprintOf(opening: Uint8Array): string {
  const digest = createHash('sha256').update('reciproca fingerprint\n').update(opening).digest();
  const groups = Array.from({ length: 8 }, (_, group) => {
    const value = digest.readUIntBE(group * 4, 4) % 100_000;
    return String(value).padStart(5, '0');
  });
  return groups.join('');
}
