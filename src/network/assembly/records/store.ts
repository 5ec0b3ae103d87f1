import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, PartyId } from '../../../ids.ts';
import type { BudgetLine } from './budget.ts';

export const recordKinds = ['strategy', 'budget', 'annual-report'] as const;
export type RecordKind = (typeof recordKinds)[number];

interface RecordsTable {
  id: string;
  party_id: PartyId;
  kind: RecordKind;
  year: number;
  version: number;
  title: string;
  language: string;
  words: string;
  currency: string | null;
  lines: readonly BudgetLine[] | null;
  what_changed: string | null;
  published_at: Date;
  published_by: AccountId;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    network_records: RecordsTable;
  }
}

export type NetworkRecord = Omit<RecordsTable, 'party_id'>;

export async function insertRecord(tx: Tx, party: PartyId, record: NetworkRecord): Promise<void> {
  await tx.db
    .insertInto('network_records')
    .values({
      ...record,
      party_id: party,
      lines: record.lines && sql<readonly BudgetLine[]>`${JSON.stringify(record.lines)}::jsonb`,
    })
    .execute();
}

/** The latest version of each, the latest year first. */
export async function listRecords(reader: Reader): Promise<NetworkRecord[]> {
  return reader
    .selectFrom('network_records')
    .distinctOn(['year', 'kind'])
    .selectAll()
    .orderBy('year', 'desc')
    .orderBy('kind')
    .orderBy('version', 'desc')
    .limit(500)
    .execute();
}

/** The latest version first. */
export async function listVersions(reader: Reader, kind: RecordKind, year: number): Promise<NetworkRecord[]> {
  return reader
    .selectFrom('network_records')
    .selectAll()
    .where('kind', '=', kind)
    .where('year', '=', year)
    .orderBy('version', 'desc')
    .execute();
}

export async function findRecord(reader: Reader, id: string): Promise<NetworkRecord | undefined> {
  return reader.selectFrom('network_records').selectAll().where('id', '=', id).executeTakeFirst();
}
