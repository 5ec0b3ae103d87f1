import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, PartyId } from '../../../ids.ts';

interface GatheredFeedsTable {
  id: string;
  party_id: PartyId;
  address: string;
  title: string;
  language: string;
  licence: string | null;
  etag: string | null;
  last_modified: string | null;
  next_at: Date;
  read_at: Date | null;
  failures: number;
  failure: string | null;
  added_by: AccountId | null;
  added_at: Date;
  ended_at: Date | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    gathered_feeds: GatheredFeedsTable;
  }
}

export interface GatheredFeed {
  readonly id: string;
  readonly address: string;
  readonly title: string;
  /** Of its entries, unless they say otherwise. */
  readonly language: string;
  readonly licence: string | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly nextAt: Date;
  readonly readAt: Date | undefined;
  readonly failures: number;
  readonly failure: string | undefined;
}

const toFeed = (row: GatheredFeedsTable): GatheredFeed => ({
  id: row.id,
  address: row.address,
  title: row.title,
  language: row.language,
  licence: row.licence ?? undefined,
  etag: row.etag ?? undefined,
  lastModified: row.last_modified ?? undefined,
  nextAt: row.next_at,
  readAt: row.read_at ?? undefined,
  failures: row.failures,
  failure: row.failure ?? undefined,
});

/** Those that are read, by title. */
export async function listFeeds(reader: Reader): Promise<GatheredFeed[]> {
  const rows = await reader
    .selectFrom('gathered_feeds')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('title')
    .orderBy('id')
    .limit(1000)
    .execute();
  return rows.map(toFeed);
}

/** Undefined when it is not read any more. */
export async function findFeed(reader: Reader, id: string): Promise<GatheredFeed | undefined> {
  const row = await reader
    .selectFrom('gathered_feeds')
    .selectAll()
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toFeed(row);
}

export async function listDueFeeds(reader: Reader, now: Date, limit: number): Promise<string[]> {
  const rows = await reader
    .selectFrom('gathered_feeds')
    .select('id')
    .where('ended_at', 'is', null)
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export interface FeedValues {
  readonly address: string;
  readonly title: string;
  readonly language: string;
  readonly licence: string | undefined;
}

/** One that was given up before goes on under its old entry, so that what it brought is not brought again. */
export async function keepFeed(tx: Tx, party: PartyId, id: string, values: FeedValues, by: AccountId): Promise<string> {
  const { address, title, language, licence = null } = values;
  const kept = await tx.db
    .insertInto('gathered_feeds')
    .values({
      id,
      party_id: party,
      address,
      title,
      language,
      licence,
      etag: null,
      last_modified: null,
      next_at: tx.now,
      read_at: null,
      failures: 0,
      failure: null,
      added_by: by,
      added_at: tx.now,
      ended_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['party_id', 'address'])
        .doUpdateSet({ title, language, licence, ended_at: null, next_at: tx.now, failures: 0, failure: null }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return kept.id;
}

export async function endFeed(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('gathered_feeds').set({ ended_at: tx.now }).where('id', '=', id).execute();
}

export async function makeDue(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('gathered_feeds').set({ next_at: tx.now }).where('id', '=', id).execute();
}

export interface ReadingOutcome {
  readonly nextAt: Date;
  readonly failure: string | undefined;
  readonly failures: number;
  /** Of the answer; undefined leaves what is known. */
  readonly validators?: { readonly etag: string | undefined; readonly lastModified: string | undefined };
}

export async function noteReading(tx: Tx, id: string, outcome: ReadingOutcome): Promise<void> {
  const { nextAt, failure, failures, validators } = outcome;
  await tx.db
    .updateTable('gathered_feeds')
    .set({
      next_at: nextAt,
      failures,
      failure: failure ?? null,
      ...(failure === undefined && { read_at: tx.now }),
      ...(validators && { etag: validators.etag ?? null, last_modified: validators.lastModified ?? null }),
    })
    .where('id', '=', id)
    .execute();
}
