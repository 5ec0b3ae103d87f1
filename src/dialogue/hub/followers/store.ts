import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { PartyId, SpaceId } from '../../../ids.ts';

interface HubActorsTable {
  id: string;
  party_id: PartyId;
  space_id: SpaceId | null;
  private_key: string;
  public_key: string;
  made_at: Date;
}

interface HubFollowersTable {
  actor_id: string;
  follower: string;
  party_id: PartyId;
  inbox: string;
  followed_at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    hub_actors: HubActorsTable;
    hub_followers: HubFollowersTable;
  }
}

export interface ActorKeys {
  readonly id: string;
  readonly space: SpaceId | undefined;
  readonly privateKey: string;
  readonly publicKey: string;
}

const toKeys = (row: HubActorsTable): ActorKeys => ({
  id: row.id,
  space: row.space_id ?? undefined,
  privateKey: row.private_key,
  publicKey: row.public_key,
});

/** Of the network itself when no space is named. */
export async function findActorKeys(reader: Reader, space: SpaceId | undefined): Promise<ActorKeys | undefined> {
  const row = await reader
    .selectFrom('hub_actors')
    .selectAll()
    .where('space_id', space === undefined ? 'is' : '=', space ?? null)
    .executeTakeFirst();
  return row && toKeys(row);
}

export async function findActorKeysById(reader: Reader, id: string): Promise<ActorKeys | undefined> {
  const row = await reader.selectFrom('hub_actors').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toKeys(row);
}

/** Two who ask at once make one. */
export async function insertActorKeys(tx: Tx, party: PartyId, keys: ActorKeys): Promise<void> {
  await tx.db
    .insertInto('hub_actors')
    .values({
      id: keys.id,
      party_id: party,
      space_id: keys.space ?? null,
      private_key: keys.privateKey,
      public_key: keys.publicKey,
      made_at: tx.now,
    })
    .onConflict((conflict) => conflict.columns(['party_id', 'space_id']).doNothing())
    .execute();
}

export async function keepFollower(
  tx: Tx,
  party: PartyId,
  actor: string,
  follower: string,
  inbox: string,
): Promise<void> {
  await tx.db
    .insertInto('hub_followers')
    .values({ actor_id: actor, follower, party_id: party, inbox, followed_at: tx.now })
    .onConflict((conflict) => conflict.columns(['actor_id', 'follower']).doUpdateSet({ inbox }))
    .execute();
}

export async function isFollower(reader: Reader, follower: string): Promise<boolean> {
  const row = await reader
    .selectFrom('hub_followers')
    .select('actor_id')
    .where('follower', '=', follower)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of one actor, or of every actor of the network. */
export async function forgetFollower(tx: Tx, follower: string, actor?: string): Promise<void> {
  let query = tx.db.deleteFrom('hub_followers').where('follower', '=', follower);
  if (actor !== undefined) query = query.where('actor_id', '=', actor);
  await query.execute();
}

export async function forgetInbox(tx: Tx, actor: string, inbox: string): Promise<void> {
  await tx.db.deleteFrom('hub_followers').where('actor_id', '=', actor).where('inbox', '=', inbox).execute();
}

export async function countFollowers(reader: Reader, actor: string): Promise<number> {
  const { count } = await reader
    .selectFrom('hub_followers')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('actor_id', '=', actor)
    .executeTakeFirstOrThrow();
  return count;
}

/** Each once, however many follow behind it. */
export async function listInboxes(reader: Reader, actor: string): Promise<string[]> {
  const rows = await reader
    .selectFrom('hub_followers')
    .select('inbox')
    .distinct()
    .where('actor_id', '=', actor)
    .orderBy('inbox')
    .execute();
  return rows.map(({ inbox }) => inbox);
}
