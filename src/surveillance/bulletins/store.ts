import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { periodOf, startOf, type Period, type PlainDate } from '../../period.ts';
import type { Locale } from '../../ui/locales.ts';
import type { BulletinDraft, BulletinText } from './draft.ts';
import type { DraftedSentence } from './figures.ts';

declare const brand: unique symbol;
export type BulletinId = string & { readonly [brand]: 'BulletinId' };
export type WeekKind = 'iso-week' | 'mmwr-week';

interface BulletinsTable {
  id: BulletinId;
  party_id: PartyId;
  period_kind: WeekKind;
  period_start: PlainDate;
  locale: Locale;
  revision: number;
  published_revision: number | null;
  published_by: AccountId | null;
  published_at: Date | null;
  drafted: unknown;
}

interface BulletinRevisionsTable {
  bulletin_id: BulletinId;
  revision: number;
  party_id: PartyId;
  title: string;
  text: string;
  account_id: AccountId;
  at: Date;
}

declare module '../../db/schema.ts' {
  interface Tables {
    bulletins: BulletinsTable;
    bulletin_revisions: BulletinRevisionsTable;
  }
}

export interface Bulletin {
  readonly id: BulletinId;
  readonly period: Period<WeekKind>;
  readonly locale: Locale;
  readonly revision: number;
  readonly published: { readonly revision: number; readonly by: string; readonly at: Date } | undefined;
}

export interface Revision extends BulletinText {
  readonly revision: number;
  readonly by: string;
  readonly at: Date;
}

function selectBulletins(reader: Reader) {
  return reader
    .selectFrom('bulletins')
    .leftJoin('accounts', 'accounts.id', 'bulletins.published_by')
    .selectAll('bulletins')
    .select('accounts.name as publisher');
}

function toBulletin(row: Awaited<ReturnType<ReturnType<typeof selectBulletins>['executeTakeFirstOrThrow']>>): Bulletin {
  return {
    id: row.id,
    period: periodOf(row.period_kind, row.period_start),
    locale: row.locale,
    revision: row.revision,
    published:
      row.published_revision === null || row.published_at === null
        ? undefined
        : { revision: row.published_revision, by: row.publisher ?? '', at: row.published_at },
  };
}

export async function findBulletin(reader: Reader, id: BulletinId): Promise<Bulletin | undefined> {
  const row = await selectBulletins(reader).where('bulletins.id', '=', id).executeTakeFirst();
  return row && toBulletin(row);
}

export async function findBulletinOf(
  reader: Reader,
  period: Period<WeekKind>,
  locale: Locale,
): Promise<Bulletin | undefined> {
  const row = await selectBulletins(reader)
    .where('period_kind', '=', period.kind)
    .where('period_start', '=', startOf(period))
    .where('locale', '=', locale)
    .executeTakeFirst();
  return row && toBulletin(row);
}

/** As insertBulletin alone wrote it. */
export async function listDrafted(reader: Reader, id: BulletinId): Promise<readonly DraftedSentence[]> {
  const row = await reader.selectFrom('bulletins').select('drafted').where('id', '=', id).executeTakeFirstOrThrow();
  return row.drafted as readonly DraftedSentence[];
}

/** Latest week first. */
export async function listBulletins(
  reader: Reader,
  which: 'all' | 'published',
  limit: number,
): Promise<readonly Bulletin[]> {
  let query = selectBulletins(reader);
  if (which === 'published') query = query.where('published_revision', 'is not', null);
  const rows = await query
    .orderBy('period_start', 'desc')
    .orderBy('period_kind')
    .orderBy('locale')
    .limit(limit)
    .execute();
  return rows.map(toBulletin);
}

export async function lockBulletin(tx: Tx, id: BulletinId): Promise<void> {
  await tx.db.selectFrom('bulletins').select('id').where('id', '=', id).forUpdate().execute();
}

export async function insertBulletin(
  tx: Tx,
  party: PartyId,
  bulletin: { readonly id: BulletinId; readonly period: Period<WeekKind>; readonly locale: Locale },
  by: AccountId,
  draft: BulletinDraft,
): Promise<void> {
  await tx.db
    .insertInto('bulletins')
    .values({
      id: bulletin.id,
      party_id: party,
      period_kind: bulletin.period.kind,
      period_start: startOf(bulletin.period),
      locale: bulletin.locale,
      revision: 1,
      published_revision: null,
      published_by: null,
      published_at: null,
      drafted: JSON.stringify(draft.drafted),
    })
    .execute();
  await insertRevision(tx, party, bulletin.id, 1, by, draft);
}

export async function addRevision(
  tx: Tx,
  party: PartyId,
  id: BulletinId,
  revision: number,
  by: AccountId,
  text: BulletinText,
): Promise<void> {
  await insertRevision(tx, party, id, revision, by, text);
  await tx.db.updateTable('bulletins').set({ revision }).where('id', '=', id).execute();
}

async function insertRevision(
  tx: Tx,
  party: PartyId,
  id: BulletinId,
  revision: number,
  by: AccountId,
  { title, text }: BulletinText,
): Promise<void> {
  await tx.db
    .insertInto('bulletin_revisions')
    .values({ bulletin_id: id, revision, party_id: party, title, text, account_id: by, at: tx.now })
    .execute();
}

export async function publish(tx: Tx, id: BulletinId, revision: number, by: AccountId): Promise<void> {
  await tx.db
    .updateTable('bulletins')
    .set({ published_revision: revision, published_by: by, published_at: tx.now })
    .where('id', '=', id)
    .execute();
}

export async function withdraw(tx: Tx, id: BulletinId): Promise<void> {
  await tx.db
    .updateTable('bulletins')
    .set({ published_revision: null, published_by: null, published_at: null })
    .where('id', '=', id)
    .execute();
}

export async function findRevision(reader: Reader, id: BulletinId, revision: number): Promise<Revision | undefined> {
  return (await listRevisionsWhere(reader, id, revision))[0];
}

/** Latest first. */
export async function listRevisions(reader: Reader, id: BulletinId): Promise<readonly Revision[]> {
  return listRevisionsWhere(reader, id);
}

async function listRevisionsWhere(reader: Reader, id: BulletinId, revision?: number): Promise<readonly Revision[]> {
  let query = reader
    .selectFrom('bulletin_revisions')
    .innerJoin('accounts', 'accounts.id', 'bulletin_revisions.account_id')
    .select(['revision', 'title', 'text', 'at', 'accounts.name as by'])
    .where('bulletin_id', '=', id);
  if (revision !== undefined) query = query.where('revision', '=', revision);
  return query.orderBy('revision', 'desc').execute();
}
