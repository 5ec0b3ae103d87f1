import { sql, type SqlBool } from 'kysely';
import type { Reader } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { Selection } from './arguments.ts';

interface HarvestedItemsView {
  id: string;
  party_id: PartyId;
  is_deleted: boolean;
  language: string;
  authors: readonly string[];
  published_at: Date;
  changed_at: Date;
  title: string | null;
  body: string | null;
  link: string | null;
  licence: string | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    harvested_items: HarvestedItemsView;
  }
}

export interface Harvested {
  readonly id: string;
  /** In seconds of UTC, the granularity of the protocol, without a zone: what is ordered by. */
  readonly stamp: string;
  readonly party: { readonly slug: string; readonly name: string };
  readonly content:
    | {
        readonly title: string;
        readonly body: string;
        readonly link: string | undefined;
        readonly licence: string | undefined;
        readonly language: string;
        readonly authors: readonly string[];
        readonly publishedAt: Date;
      }
    | undefined;
}

const second = sql<string>`date_trunc('second', harvested_items.changed_at at time zone 'UTC')`;

const query = (reader: Reader) =>
  reader
    .selectFrom('harvested_items')
    .innerJoin('parties', 'parties.id', 'harvested_items.party_id')
    .selectAll('harvested_items')
    .select(['parties.slug as party_slug', 'parties.name as party_name'])
    .select(sql<string>`to_char(${second}, 'YYYY-MM-DD"T"HH24:MI:SS')`.as('stamp'));

type Row = Awaited<ReturnType<ReturnType<typeof query>['execute']>>[number];

function toHarvested(row: Row): Harvested {
  return {
    id: row.id,
    stamp: row.stamp,
    party: { slug: row.party_slug, name: row.party_name },
    content: row.is_deleted
      ? undefined
      : {
          title: row.title ?? '',
          body: row.body ?? '',
          link: row.link ?? undefined,
          licence: row.licence ?? undefined,
          language: row.language,
          authors: row.authors,
          publishedAt: row.published_at,
        },
  };
}

const wall = (at: Date): string => at.toISOString().slice(0, 19);

/** By the second in which they were changed last: what changes during a harvest moves to its end and is met again. */
export async function listHarvested(reader: Reader, selection: Selection, limit: number): Promise<Harvested[]> {
  const { from, before, set, after } = selection;
  let found = query(reader);
  if (from) found = found.where(sql<SqlBool>`${second} >= ${wall(from)}::timestamp`);
  if (before) found = found.where(sql<SqlBool>`${second} < ${wall(before)}::timestamp`);
  if (set !== undefined) found = found.where('parties.slug', '=', set);
  if (after)
    found = found.where(sql<SqlBool>`(${second}, harvested_items.id) > (${after.stamp}::timestamp, ${after.id}::uuid)`);
  const rows = await found.orderBy(second).orderBy('harvested_items.id').limit(limit).execute();
  return rows.map(toHarvested);
}

export async function findHarvested(reader: Reader, id: string): Promise<Harvested | undefined> {
  const row = await query(reader).where('harvested_items.id', '=', id).executeTakeFirst();
  return row && toHarvested(row);
}

export async function findEarliest(reader: Reader): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('harvested_items')
    .select((select) => select.fn.min('changed_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}
