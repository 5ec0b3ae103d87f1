import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId } from '../../ids.ts';

declare module '../../db/schema.ts' {
  interface Tables {
    person_keys: { account_id: AccountId; x: string; name: string; created_at: Date; revoked_at: Date | null };
  }
}

export async function insertPersonKey(tx: Tx, account: AccountId, x: string, name: string): Promise<void> {
  await tx.db
    .insertInto('person_keys')
    .values({ account_id: account, x, name, created_at: tx.now, revoked_at: null })
    .execute();
}

export async function listPersonKeys(reader: Reader, account: AccountId) {
  return reader
    .selectFrom('person_keys')
    .selectAll()
    .where('account_id', '=', account)
    .orderBy('created_at')
    .orderBy('x')
    .execute();
}

/** A revoked one as well: it does not come back. */
export async function isKnown(reader: Reader, account: AccountId, x: string): Promise<boolean> {
  return (await listPersonKeys(reader, account)).some((row) => row.x === x);
}

export async function isUsable(reader: Reader, account: AccountId, x: string): Promise<boolean> {
  return (await listPersonKeys(reader, account)).some((row) => row.x === x && row.revoked_at === null);
}

/** False when she has no such key that could be revoked. */
export async function revokePersonKey(tx: Tx, account: AccountId, x: string): Promise<boolean> {
  const result = await tx.db
    .updateTable('person_keys')
    .set({ revoked_at: tx.now })
    .where('account_id', '=', account)
    .where('x', '=', x)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
