/**
 * argon2id (RFC 9106) with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane): about 30 ms of one core.
 * Length is the only rule (NIST SP 800-63B, 3.1.1.2). Stored in the PHC string format, so that a later release may raise the cost and
 * recognise what was made before.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { problem } from '../../problem.ts';

export const minimumPasswordCharacters = 10;

/** The upper limit only bounds the work; NFKC, so that the same keys on another keyboard give the same bytes (SP 800-63B). */
export const newPassword = z.string().min(minimumPasswordCharacters, 'accounts.password-short').max(200);

/** What is given to be compared: anything, within reason. */
export const givenPassword = z.string().min(1).max(1000);

const memoryKib = 19_456;
const passes = 2;
const parallelism = 1;
const tagLength = 32;

// Each hash holds a database connection, 19 MiB and a core. More than this at once is a flood, and the node stays usable for the rest.
const maximumAtOnce = 6;
let running = 0;

async function derive(password: string, nonce: Buffer, memory: number, rounds: number): Promise<Buffer> {
  if (running >= maximumAtOnce) throw problem.busy({});
  running++;
  try {
    const message = password.normalize('NFKC');
    return await new Promise<Buffer>((resolve, reject) => {
      argon2('argon2id', { message, nonce, parallelism, tagLength, memory, passes: rounds }, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  } finally {
    running--;
  }
}

function formatHash(salt: Buffer, key: Buffer): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${base64(salt)}$${base64(key)}`;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return formatHash(salt, await derive(password, salt, memoryKib, passes));
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

// Of no password at all: an unknown account costs exactly the work of a known one.
const nobodysHash = formatHash(randomBytes(16), randomBytes(tagLength));

/** False also when there is no such account, after the same time. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, memory, rounds, salt, expected] = phc.exec(stored ?? nobodysHash) ?? [];
  if (!memory || !rounds || !salt || !expected)
    throw new Error('a stored password hash is not in the PHC string format');
  const key = await derive(password, Buffer.from(salt, 'base64'), Number(memory), Number(rounds));
  return timingSafeEqual(key, Buffer.from(expected, 'base64')) && stored !== undefined;
}

/** True for a hash made when the cost was lower: replaced at the next sign-in, when the password is at hand. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$`);
}
