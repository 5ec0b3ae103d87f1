/** Secrets that are carried rather than remembered: 256 random bits, of which only the hash is kept. */
import { createHash, randomBytes } from 'node:crypto';

export function newSecret(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** Plain SHA-256: 256 random bits cannot be guessed from their hash, unlike a password. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Recognisable in a leaked file, by people and by secret scanners. */
export const tokenPrefix = 'rcp_';
