import { sql, type SqlBool } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, MemberId, PartyId, SpaceId } from '../../../ids.ts';
import type { Item, ItemKind, ItemState, ItemValues, PublishedItem } from './item.ts';
import { isPublished } from './item.ts';

interface HubItemsTable {
  id: string;
  party_id: PartyId;
  kind: ItemKind;
  state: ItemState;
  language: string;
  title: string;
  body: string;
  link: string | null;
  licence: string | null;
  authors: readonly string[];
  member_id: MemberId | null;
  space_id: SpaceId | null;
  local_start: string | null;
  time_zone: string | null;
  minutes: number | null;
  place: string | null;
  feed_id: string | null;
  origin_key: Buffer | null;
  source_kind: string | null;
  source_id: string | null;
  created_at: Date;
  published_at: Date | null;
  changed_at: Date;
  decided_by: AccountId | null;
  revision: number;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    hub_items: HubItemsTable;
  }
}

/** PostgreSQL's timestamp without zone, as a wall shows it: never a Date, which would be read in this machine's zone. */
const wall = sql<string | null>`to_char(hub_items.local_start, 'YYYY-MM-DD"T"HH24:MI')`;

const itemQuery = (reader: Reader) =>
  reader
    .selectFrom('hub_items')
    .leftJoin('gathered_feeds', 'gathered_feeds.id', 'hub_items.feed_id')
    .select([
      'hub_items.id',
      'kind',
      'state',
      'hub_items.language',
      'hub_items.title',
      'body',
      'link',
      'hub_items.licence',
      'authors',
      'member_id',
      'space_id',
      wall.as('local_start'),
      'time_zone',
      'minutes',
      'place',
      'feed_id',
      'gathered_feeds.title as feed_title',
      'gathered_feeds.address as feed_address',
      'published_at',
      'changed_at',
      'revision',
    ]);

type ItemRow = Awaited<ReturnType<ReturnType<typeof itemQuery>['execute']>>[number];

function toItem(row: ItemRow): Item {
  const { local_start: localStart, time_zone: timeZone, minutes } = row;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    language: row.language,
    title: row.title,
    body: row.body,
    link: row.link ?? undefined,
    licence: row.licence ?? undefined,
    authors: row.authors,
    space: row.space_id ?? undefined,
    member: row.member_id ?? undefined,
    time:
      localStart === null || timeZone === null || minutes === null
        ? undefined
        : { localStart, timeZone, minutes, place: row.place ?? undefined },
    origin:
      row.feed_id === null
        ? undefined
        : { feed: row.feed_id, title: row.feed_title ?? '', address: row.feed_address ?? '' },
    publishedAt: row.published_at ?? undefined,
    changedAt: row.changed_at,
    revision: row.revision,
  };
}

export interface ItemFilter {
  readonly kind?: ItemKind | undefined;
  readonly language?: string | undefined;
  readonly space?: SpaceId | undefined;
  /** Only what the network itself told. */
  readonly isOwn?: boolean;
  readonly after?: { readonly publishedAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** The latest first. */
export async function listPublished(reader: Reader, filter: ItemFilter): Promise<PublishedItem[]> {
  let query = itemQuery(reader).where('state', '=', 'published');
  if (filter.kind) query = query.where('kind', '=', filter.kind);
  if (filter.language) query = query.where('hub_items.language', '=', filter.language);
  if (filter.space) query = query.where('space_id', '=', filter.space);
  if (filter.isOwn) query = query.where('feed_id', 'is', null);
  if (filter.after)
    query = query.where(
      sql<SqlBool>`(published_at, hub_items.id) < (${filter.after.publishedAt}, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy('published_at', 'desc')
    .orderBy('hub_items.id', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map(toItem).filter(isPublished);
}

/** Events that begin on this wall-clock minute or later, the next first; also those withdrawn, so that calendars let them go. */
export async function listEventsFrom(reader: Reader, localFrom: string, limit: number): Promise<Item[]> {
  const rows = await itemQuery(reader)
    .where('published_at', 'is not', null)
    .where('kind', '=', 'event')
    .where('local_start', '>=', localFrom)
    .orderBy('local_start')
    .orderBy('hub_items.id')
    .limit(limit)
    .execute();
  return rows.map(toItem);
}

/** What members proposed and nobody has decided, the oldest first. */
export async function listProposed(reader: Reader, limit: number): Promise<Item[]> {
  const rows = await itemQuery(reader)
    .where('state', '=', 'proposed')
    .orderBy('created_at')
    .orderBy('hub_items.id')
    .limit(limit)
    .execute();
  return rows.map(toItem);
}

export async function findItem(reader: Reader, id: string): Promise<Item | undefined> {
  const row = await itemQuery(reader).where('hub_items.id', '=', id).executeTakeFirst();
  return row && toItem(row);
}

export async function listItemsById(reader: Reader, ids: readonly string[]): Promise<Item[]> {
  if (ids.length === 0) return [];
  const rows = await itemQuery(reader)
    .where('hub_items.id', 'in', [...ids])
    .execute();
  return rows.map(toItem);
}

const columnsOf = (values: ItemValues) => ({
  kind: values.kind,
  language: values.language,
  title: values.title,
  body: values.body,
  link: values.link ?? null,
  licence: values.licence ?? null,
  authors: values.authors,
  space_id: values.space ?? null,
  local_start: values.time?.localStart ?? null,
  time_zone: values.time?.timeZone ?? null,
  minutes: values.time?.minutes ?? null,
  place: values.time?.place ?? null,
});

export interface Birth {
  readonly id: string;
  readonly party: PartyId;
  readonly state: 'proposed' | 'published';
  readonly member?: MemberId | undefined;
  readonly decidedBy?: AccountId | undefined;
  readonly publishedAt: Date | undefined;
  readonly feed?: { readonly id: string; readonly key: Buffer } | undefined;
  readonly source?: { readonly kind: string; readonly id: string } | undefined;
}

function rowOf(tx: Tx, values: ItemValues, birth: Birth): HubItemsTable {
  return {
    ...columnsOf(values),
    id: birth.id,
    party_id: birth.party,
    state: birth.state,
    member_id: birth.member ?? null,
    feed_id: birth.feed?.id ?? null,
    origin_key: birth.feed?.key ?? null,
    source_kind: birth.source?.kind ?? null,
    source_id: birth.source?.id ?? null,
    created_at: tx.now,
    published_at: birth.publishedAt ?? null,
    changed_at: tx.now,
    decided_by: birth.decidedBy ?? null,
    revision: 1,
  };
}

export async function insertItem(tx: Tx, values: ItemValues, birth: Birth): Promise<void> {
  await tx.db
    .insertInto('hub_items')
    .values(rowOf(tx, values, birth))
    .execute();
}

/** Of one thing of another slice there is one item; told again, it is changed. */
export async function upsertOfSource(tx: Tx, values: ItemValues, birth: Birth): Promise<string> {
  const { id } = await tx.db
    .insertInto('hub_items')
    .values(rowOf(tx, values, birth))
    .onConflict((conflict) =>
      conflict.columns(['party_id', 'source_kind', 'source_id']).doUpdateSet((update) => ({
        ...columnsOf(values),
        state: 'published',
        changed_at: tx.now,
        revision: update('hub_items.revision', '+', 1),
      })),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What was gathered before under this key; false when nothing is new about it. Somebody who withdrew it here has decided. */
export async function upsertGathered(tx: Tx, values: ItemValues, birth: Birth): Promise<boolean> {
  const result = await tx.db
    .insertInto('hub_items')
    .values(rowOf(tx, values, birth))
    .onConflict((conflict) =>
      conflict.columns(['party_id', 'origin_key']).doUpdateSet((update) => ({
        ...columnsOf(values),
        changed_at: tx.now,
        revision: update('hub_items.revision', '+', 1),
      })).where(sql<SqlBool>`hub_items.state = 'published' and hub_items.feed_id = excluded.feed_id and
          (hub_items.title, hub_items.body, hub_items.link, hub_items.licence, hub_items.authors, hub_items.local_start, hub_items.time_zone,
            hub_items.minutes, hub_items.place)
          is distinct from (excluded.title, excluded.body, excluded.link, excluded.licence, excluded.authors, excluded.local_start,
            excluded.time_zone, excluded.minutes, excluded.place)`),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** False when somebody else was faster. */
export async function updateItem(tx: Tx, id: string, base: number, values: ItemValues): Promise<boolean> {
  const result = await tx.db
    .updateTable('hub_items')
    .set({ ...columnsOf(values), changed_at: tx.now, revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function setItemState(
  tx: Tx,
  id: string,
  base: number,
  state: ItemState,
  decided: { readonly publishedAt: Date | undefined; readonly by: AccountId },
): Promise<boolean> {
  const result = await tx.db
    .updateTable('hub_items')
    .set({
      state,
      published_at: decided.publishedAt ?? null,
      decided_by: decided.by,
      changed_at: tx.now,
      revision: base + 1,
    })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
