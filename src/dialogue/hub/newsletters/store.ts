import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, MemberId, PartyId } from '../../../ids.ts';
import type { Texts } from '../../texts.ts';

interface NewslettersTable {
  id: string;
  party_id: PartyId;
  title: Texts;
  lead: Texts;
  language: string;
  state: 'draft' | 'sent';
  made_by: AccountId | null;
  made_at: Date;
  sent_at: Date | null;
  recipients: number;
  reached: MemberId | null;
  revision: number;
}

interface NewsletterItemsTable {
  newsletter_id: string;
  item_id: string;
  party_id: PartyId;
  position: number;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    newsletters: NewslettersTable;
    newsletter_items: NewsletterItemsTable;
  }
}

export interface Newsletter {
  readonly id: string;
  readonly title: Texts;
  readonly lead: Texts;
  /** Of its first title; what it is read in by members whose own is missing. */
  readonly language: string;
  readonly sentAt: Date | undefined;
  readonly recipients: number;
  readonly revision: number;
  /** In their order. */
  readonly items: readonly string[];
}

const query = (reader: Reader) =>
  reader
    .selectFrom('newsletters')
    .selectAll()
    .select((select) =>
      select
        .selectFrom('newsletter_items')
        .whereRef('newsletter_id', '=', 'newsletters.id')
        .select(sql<string[]>`coalesce(array_agg(item_id::text order by position), '{}')`.as('items'))
        .as('items'),
    );

type Row = Awaited<ReturnType<ReturnType<typeof query>['execute']>>[number];

const toNewsletter = (row: Row): Newsletter => ({
  id: row.id,
  title: row.title,
  lead: row.lead,
  language: row.language,
  sentAt: row.sent_at ?? undefined,
  recipients: row.recipients,
  revision: row.revision,
  items: row.items ?? [],
});

/** The latest first. */
export async function listNewsletters(reader: Reader, limit: number): Promise<Newsletter[]> {
  return (await query(reader).orderBy('made_at', 'desc').orderBy('id').limit(limit).execute()).map(toNewsletter);
}

export async function findNewsletter(reader: Reader, id: string): Promise<Newsletter | undefined> {
  const row = await query(reader).where('id', '=', id).executeTakeFirst();
  return row && toNewsletter(row);
}

/** When the last one left; what was told since then is offered for the next. */
export async function findLastSentAt(reader: Reader): Promise<Date | undefined> {
  const row = await reader
    .selectFrom('newsletters')
    .select((select) => select.fn.max('sent_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

export interface NewsletterValues {
  readonly title: Texts;
  readonly lead: Texts;
  readonly language: string;
  readonly items: readonly string[];
}

const json = (texts: Texts) => sql<Texts>`${JSON.stringify(texts)}::jsonb`;

export async function insertNewsletter(
  tx: Tx,
  party: PartyId,
  id: string,
  values: NewsletterValues,
  by: AccountId,
): Promise<void> {
  await tx.db
    .insertInto('newsletters')
    .values({
      id,
      party_id: party,
      title: json(values.title),
      lead: json(values.lead),
      language: values.language,
      state: 'draft',
      made_by: by,
      made_at: tx.now,
      sent_at: null,
      recipients: 0,
      reached: null,
      revision: 1,
    })
    .execute();
  await writeItems(tx, party, id, values.items);
}

/** False when somebody else was faster, or it has left. */
export async function updateNewsletter(
  tx: Tx,
  party: PartyId,
  id: string,
  base: number,
  values: NewsletterValues,
): Promise<boolean> {
  const result = await tx.db
    .updateTable('newsletters')
    .set({ title: json(values.title), lead: json(values.lead), revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .where('state', '=', 'draft')
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) return false;
  await tx.db.deleteFrom('newsletter_items').where('newsletter_id', '=', id).execute();
  await writeItems(tx, party, id, values.items);
  return true;
}

async function writeItems(tx: Tx, party: PartyId, id: string, items: readonly string[]): Promise<void> {
  if (items.length === 0) return;
  await tx.db
    .insertInto('newsletter_items')
    .values(items.map((item, position) => ({ newsletter_id: id, item_id: item, party_id: party, position })))
    .execute();
}

/** False when it has left already: a button pressed twice sends once. */
export async function markSent(tx: Tx, id: string, base: number): Promise<boolean> {
  const result = await tx.db
    .updateTable('newsletters')
    .set({ state: 'sent', sent_at: tx.now, revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .where('state', '=', 'draft')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** False when somebody has gone on from there before: a job that runs twice sends once. */
export async function moveReached(
  tx: Tx,
  id: string,
  from: string | undefined,
  to: MemberId,
  count: number,
): Promise<boolean> {
  const result = await tx.db
    .updateTable('newsletters')
    .set((update) => ({ reached: to, recipients: update('recipients', '+', count) }))
    .where('id', '=', id)
    .where('reached', from === undefined ? 'is' : '=', (from ?? null) as MemberId | null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Members who want mail at all, after this one in the order of their identifiers. */
export async function listReaders(reader: Reader, after: string | undefined, limit: number): Promise<MemberId[]> {
  let found = reader
    .selectFrom('members')
    .select('id')
    .where('left_on', 'is', null)
    .where('confirmed_at', 'is not', null)
    .where('mail_state', '=', 'active')
    .where('digest', '<>', 'none');
  if (after !== undefined) found = found.where('id', '>', after as MemberId);
  return (await found.orderBy('id').limit(limit).execute()).map(({ id }) => id);
}
