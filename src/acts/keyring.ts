/**
 * The node's private keys: one for acts per hosted party; one for the log, one for confirming other logs and one for transport per
 * node. They lie in the database sealed with a secret that is a file of the data directory, so that neither a copy of
 * the database nor a copy of the file is enough to sign in a party's name.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reader, Tx } from '../db/database.ts';
import type { PartyId } from '../ids.ts';
import { seedOf, signingKeyOfSeed, type SigningKey } from './keys.ts';
import type { KeyPurpose } from './store.ts';

export interface Keyring {
  store(tx: Tx, purpose: KeyPurpose, key: SigningKey, party: PartyId | null): Promise<void>;
  /** The newest act key of a hosted party. */
  getActKey(reader: Reader, party: PartyId): Promise<SigningKey>;
  getNodeKey(reader: Reader, purpose: Exclude<KeyPurpose, 'act'>): Promise<SigningKey>;
  /** Keyed hash for pseudonyms: unlinkable without the secret. */
  readonly secret: Uint8Array;
}

const nonceBytes = 12;
const tagBytes = 16;

export function openKeyring(dataDirectory: string): Keyring {
  const secret = readOrCreateSecret(join(dataDirectory, 'secret'));
  const opened = new Map<string, SigningKey>();
  /** Keys are added, never taken away: a process that has not heard of a newer one signs with one that is still valid. */
  const latest = new Map<string, SigningKey>();

  const open = (sealed: Buffer, kid: string): SigningKey => {
    const known = opened.get(kid);
    if (known) return known;
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, nonceBytes));
    decipher.setAAD(Buffer.from(kid));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const seed = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    const key = signingKeyOfSeed(seed);
    opened.set(kid, key);
    return key;
  };

  const remember = (whose: string, key: SigningKey): SigningKey => {
    latest.set(whose, key);
    return key;
  };

  return {
    secret,
    async store(tx, purpose, key, party) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      cipher.setAAD(Buffer.from(key.kid));
      const sealed = Buffer.concat([nonce, cipher.update(seedOf(key)), cipher.final(), cipher.getAuthTag()]);
      await tx.db.insertInto('private_keys').values({ purpose, kid: key.kid, party_id: party, sealed }).execute();
      tx.onCommit(() => void latest.delete(party ?? purpose));
    },
    async getActKey(reader, party) {
      const known = latest.get(party);
      if (known) return known;
      const row = await reader
        .selectFrom('private_keys')
        .select(['kid', 'sealed'])
        .where('purpose', '=', 'act')
        .where('party_id', '=', party)
        .orderBy('stored_order', 'desc')
        .executeTakeFirstOrThrow();
      return remember(party, open(row.sealed, row.kid));
    },
    async getNodeKey(reader, purpose) {
      const known = latest.get(purpose);
      if (known) return known;
      const row = await reader
        .selectFrom('private_keys')
        .select(['kid', 'sealed'])
        .where('purpose', '=', purpose)
        .executeTakeFirstOrThrow();
      return remember(purpose, open(row.sealed, row.kid));
    },
  };
}

function readOrCreateSecret(path: string): Buffer {
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(path);
  if (secret.length !== 32)
    throw new Error(`${path} must hold exactly 32 bytes: restore it from a backup, do not make a new one`);
  return secret;
}
