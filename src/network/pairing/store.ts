import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, ActId, Did } from '../../ids.ts';

interface PairingsTable {
  id: string;
  url: string;
  operator: string;
  name: string;
  opening: Buffer;
  token: string | null;
  direction: 'invited' | 'inviting';
  log_id: number | null;
  made_at: Date;
  confirmed_at: Date | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    pairings: PairingsTable;
    pairing_invitations: {
      token_hash: Buffer;
      made_by: AccountId;
      made_at: Date;
      expires_at: Date;
      used_at: Date | null;
    };
  }
}

export async function insertInvitation(
  tx: Tx,
  invitation: { tokenHash: Buffer; madeBy: AccountId; expiresAt: Date },
): Promise<void> {
  const { tokenHash, madeBy, expiresAt } = invitation;
  await tx.db
    .insertInto('pairing_invitations')
    .values({ token_hash: tokenHash, made_by: madeBy, made_at: tx.now, expires_at: expiresAt, used_at: null })
    .execute();
}

export async function isInvitationOpen(reader: Reader, tokenHash: Buffer, now: Date): Promise<boolean> {
  const row = await reader
    .selectFrom('pairing_invitations')
    .select('used_at')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** False when there is no such invitation, or it was used or has run out. */
export async function useInvitation(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const result = await tx.db
    .updateTable('pairing_invitations')
    .set({ used_at: tx.now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', tx.now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * A node is known once: naming it again before confirming replaces what was looked up, fingerprint and all. What has been confirmed stays; a token
 * that is still to be sent does too.
 */
export async function savePairing(
  tx: Tx,
  pairing: {
    id: string;
    url: string;
    operator: string;
    name: string;
    opening: Uint8Array;
    token: string | null;
    direction: 'invited' | 'inviting';
  },
): Promise<string> {
  const { id, url, operator, name, token, direction } = pairing;
  const opening = Buffer.from(pairing.opening);
  const row = await tx.db
    .insertInto('pairings')
    .values({ id, url, operator, name, opening, token, direction, log_id: null, made_at: tx.now, confirmed_at: null })
    .onConflict((conflict) =>
      conflict.column('operator').doUpdateSet({
        name,
        url: sql`case when pairings.confirmed_at is null then excluded.url else pairings.url end`,
        opening: sql`case when pairings.confirmed_at is null then excluded.opening else pairings.opening end`,
        token: sql`coalesce(excluded.token, pairings.token)`,
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function lockPairing(tx: Tx, id: string) {
  return tx.db.selectFrom('pairings').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function markConfirmed(tx: Tx, id: string, logId: number): Promise<void> {
  await tx.db.updateTable('pairings').set({ confirmed_at: tx.now, log_id: logId }).where('id', '=', id).execute();
}

export async function listUnsentRequests(reader: Reader): Promise<{ id: string; url: string; token: string | null }[]> {
  return reader
    .selectFrom('pairings')
    .select(['id', 'url', 'token'])
    .where('token', 'is not', null)
    .where('confirmed_at', 'is not', null)
    .execute();
}

export async function forgetToken(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('pairings').set({ token: null }).where('id', '=', id).execute();
}

export interface PairingSummary {
  readonly id: string;
  readonly url: string;
  readonly operator: string;
  readonly name: string;
  readonly opening: Buffer;
  readonly direction: 'invited' | 'inviting';
  readonly confirmedAt: Date | null;
  readonly theyConfirmed: boolean;
  readonly closedReason: string | null;
  readonly heldSize: number | null;
}

/** With whether the other side's own log says that it confirmed us. */
export async function listPairings(
  reader: Reader,
  confirmationsOfUs: ReadonlyMap<string, ActId>,
): Promise<PairingSummary[]> {
  const rows = await reader
    .selectFrom('pairings')
    .leftJoin('logs', 'logs.id', 'pairings.log_id')
    .select([
      'pairings.id',
      'pairings.url',
      'pairings.operator',
      'name',
      'opening',
      'direction',
      'confirmed_at as confirmedAt',
      'closed_reason as closedReason',
      'proven_size as heldSize',
    ])
    .orderBy('made_at')
    .execute();
  return rows.map((row) => ({ ...row, theyConfirmed: confirmationsOfUs.has(row.operator) }));
}

export async function listConfirmActs(reader: Reader): Promise<{ id: ActId; party: Did; jws: Buffer }[]> {
  return reader
    .selectFrom('acts')
    .select(['id', 'party', 'jws'])
    .where('type', '=', 'pairing.confirm/1')
    .where('standing', '=', 'accepted')
    .execute();
}
