import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { JsonError, parseJsonBytes, type Json } from '../json.ts';
import { problem } from '../problem.ts';

/** A body may hold a whole agreement or one table; larger content travels as an attachment that the body names by hash. */
export const bodyLimitBytes = 1_000_000;

export interface SealedBody {
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
  readonly commitment: string;
}

/** The salt keeps a body of few possible values (a name, a count) from being guessed through its commitment. */
export function sealBody(body: Json): SealedBody {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  if (bytes.length > bodyLimitBytes) throw problem.bodyTooLarge({ limitBytes: bodyLimitBytes });
  const salt = randomBytes(16);
  return { salt, bytes, commitment: commitmentOf(salt, bytes) };
}

export function commitmentOf(salt: Uint8Array, bytes: Uint8Array): string {
  return createHash('sha256').update(salt).update(bytes).digest('base64url');
}

export function opensCommitment(commitment: string, salt: Uint8Array, bytes: Uint8Array): boolean {
  const [expected, actual] = [Buffer.from(commitment), Buffer.from(commitmentOf(salt, bytes))];
  return salt.length === 16 && expected.length === actual.length && timingSafeEqual(expected, actual);
}

export function parseBody(bytes: Uint8Array): Json {
  try {
    return parseJsonBytes(bytes, bodyLimitBytes);
  } catch (error) {
    if (error instanceof JsonError) throw problem.actMalformed({ reason: `body: ${error.message}` }, error);
    throw error;
  }
}
