/**
 * Mail keys. A key opens exactly one thing for one member: it is the reply address of a mail and, as /p/:party/k/:key, a link that works without an
 * account. 128 random bits, of which the SHA-256 alone is kept, so that a copy of the database opens nothing; each mail therefore carries a key of
 * its own. A key ends with its time, with its member's leaving and with erasure.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Reader, Tx } from '../../db/database.ts';
import type { MemberId, PartyId } from '../../ids.ts';
import type { Work } from '../../house.ts';
import { problem } from '../../problem.ts';
import { findMemberById } from './store.ts';
import type { Member } from './member.ts';

/** What a mail is about and a key opens. Kinds are the slices' own: 'membership', 'session', 'inquiry', 'proposal' ... */
export interface Thing {
  readonly kind: string;
  readonly id: string;
}

export interface OpenedKey {
  readonly member: Member;
  readonly thing: Thing;
}

// RFC 4648, section 6, in lower case: mail programs change the case of addresses, so case must not count.
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const keyBytes = 16;

export const mailKeyPattern = /^[a-z2-7]{26}$/i;

/** A reply may come after a long summer. */
export const keyLifeMs = 400 * 86_400_000;

function newKey(): string {
  let value = BigInt(`0x${randomBytes(keyBytes).toString('hex')}`) << 2n; // 128 bits in 26 letters of 5
  let key = '';
  for (let at = 0; at < 26; at++) {
    key = alphabet.charAt(Number(value & 31n)) + key;
    value >>= 5n;
  }
  return key;
}

/** What of a key is kept, and looked up. */
export const hashKey = (key: string): Buffer => createHash('sha256').update(key.toLowerCase()).digest();

export async function mailKeyFor(work: Work, member: MemberId, thing: Thing): Promise<string> {
  const [key] = await mailKeysFor(work, [{ member, thing }]);
  if (key === undefined) throw new TypeError('no key was made');
  return key;
}

export interface Opens {
  readonly member: MemberId;
  readonly thing: Thing;
}

/** One for each, in their order: for mails that go to many. */
export async function mailKeysFor(work: Work, opens: readonly Opens[]): Promise<readonly string[]> {
  const { tx } = work;
  const { party } = tx;
  if (party === undefined) throw problem.notAllowed({ needs: 'party' });
  if (opens.length === 0) return [];
  const keys = opens.map((each) => ({ ...each, key: newKey() }));
  await tx.db
    .insertInto('mail_keys')
    .values(
      keys.map(({ member, thing, key }) => ({
        key_hash: hashKey(key),
        party_id: party,
        member_id: member,
        kind: thing.kind,
        thing_id: thing.id,
        made_at: tx.now,
        expires_at: new Date(tx.now.getTime() + keyLifeMs),
      })),
    )
    .execute();
  return keys.map(({ key }) => key);
}

/** Undefined for a key that never was, has ended, or whose member has left. */
export async function findByMailKey(reader: Reader, key: string, now: Date): Promise<OpenedKey | undefined> {
  if (!mailKeyPattern.test(key)) return undefined;
  const row = await reader
    .selectFrom('mail_keys')
    .select(['member_id', 'kind', 'thing_id'])
    .where('key_hash', '=', hashKey(key))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  const member = row && (await findMemberById(reader, row.member_id));
  if (!row || !member || member.leftOn !== undefined) return undefined;
  return { member, thing: { kind: row.kind, id: row.thing_id } };
}

/** Once a day, by whoever sends mail. */
export async function forgetExpiredKeys(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('mail_keys').where('expires_at', '<=', tx.now).execute();
}

export async function forgetKeysOf(tx: Tx, member: MemberId): Promise<void> {
  await tx.db.deleteFrom('mail_keys').where('member_id', '=', member).execute();
}

export const keyPath = (party: string, key: string): string => `/p/${party}/k/${key}`;

declare module '../../db/schema.ts' {
  interface Tables {
    mail_keys: {
      key_hash: Buffer;
      party_id: PartyId;
      member_id: MemberId;
      kind: string;
      thing_id: string;
      made_at: Date;
      expires_at: Date;
    };
  }
}
