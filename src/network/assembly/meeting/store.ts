import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type {
  AccountId,
  ActId,
  DecisionId,
  DialogueSessionId,
  MemberId,
  OrganisationId,
  PaperId,
  PartyId,
} from '../../../ids.ts';
import type { NamedOrganisation } from '../voices.ts';

export type AssemblyState = 'planned' | 'called' | 'open' | 'closed';

interface AssembliesTable {
  id: string;
  party_id: PartyId;
  session_id: DialogueSessionId;
  notice_days: number;
  quorum_percent: number;
  state: AssemblyState;
  called_at: Date | null;
  opened_at: Date | null;
  voices: number | null;
  present: number | null;
  closed_at: Date | null;
  minutes: string | null;
  minutes_language: string | null;
  minutes_revision: number;
  minutes_approved_at: Date | null;
  minutes_approved_by: AccountId | null;
  result_act: ActId | null;
}

interface ItemsTable {
  id: string;
  party_id: PartyId;
  assembly_id: string;
  position: number;
  title: string;
  explanation: string | null;
  minutes: number;
  paper_id: PaperId | null;
  link: string | null;
}

interface MotionsTable {
  id: string;
  party_id: PartyId;
  assembly_id: string;
  item_id: string;
  number: number;
  words: string;
  explanation: string | null;
  language: string;
  moved_for: OrganisationId;
  moved_by: MemberId;
  moved_at: Date;
  seconded_for: OrganisationId | null;
  seconded_by: MemberId | null;
  decision_id: DecisionId | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    assemblies: AssembliesTable;
    assembly_items: ItemsTable;
    assembly_presence: {
      assembly_id: string;
      organisation_id: OrganisationId;
      party_id: PartyId;
      member_id: MemberId;
      at: Date;
    };
    assembly_motions: MotionsTable;
  }
}

export type Assembly = Omit<AssembliesTable, 'party_id'>;

export async function insertAssembly(
  tx: Tx,
  party: PartyId,
  assembly: Pick<Assembly, 'id' | 'session_id' | 'notice_days' | 'quorum_percent'>,
): Promise<void> {
  await tx.db
    .insertInto('assemblies')
    .values({
      ...assembly,
      party_id: party,
      state: 'planned',
      called_at: null,
      opened_at: null,
      voices: null,
      present: null,
      closed_at: null,
      minutes: null,
      minutes_language: null,
      minutes_revision: 0,
      minutes_approved_at: null,
      minutes_approved_by: null,
      result_act: null,
    })
    .execute();
}

export async function findAssembly(reader: Reader, id: string): Promise<Assembly | undefined> {
  return reader.selectFrom('assemblies').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function lockAssembly(tx: Tx, id: string): Promise<Assembly | undefined> {
  return tx.db.selectFrom('assemblies').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function listAssemblies(reader: Reader, limit: number): Promise<Assembly[]> {
  return reader
    .selectFrom('assemblies')
    .innerJoin('dialogue_sessions', 'dialogue_sessions.id', 'assemblies.session_id')
    .selectAll('assemblies')
    .orderBy('dialogue_sessions.local_start', 'desc')
    .limit(limit)
    .execute();
}

/** Sessions of this space that are assemblies already. */
export async function listAssemblySessions(reader: Reader): Promise<ReadonlySet<string>> {
  const rows = await reader.selectFrom('assemblies').select('session_id').execute();
  return new Set(rows.map(({ session_id }) => session_id));
}

type Change = Partial<Omit<Assembly, 'id' | 'session_id'>>;

export async function updateAssembly(tx: Tx, id: string, change: Change): Promise<void> {
  await tx.db.updateTable('assemblies').set(change).where('id', '=', id).execute();
}

/** False when somebody wrote them since. */
export async function saveMinutes(tx: Tx, id: string, base: number, language: string, words: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('assemblies')
    .set({ minutes: words, minutes_language: language, minutes_revision: base + 1 })
    .where('id', '=', id)
    .where('minutes_revision', '=', base)
    .where('minutes_approved_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

// Agenda

export interface Item extends Omit<ItemsTable, 'party_id'> {
  readonly paper: { readonly slug: string; readonly title: string; readonly language: string } | undefined;
}

export async function listItems(reader: Reader, assembly: string): Promise<Item[]> {
  const rows = await reader
    .selectFrom('assembly_items')
    .leftJoin('papers', 'papers.id', 'assembly_items.paper_id')
    .selectAll('assembly_items')
    .select(['papers.slug', 'papers.title as paper_title', 'papers.language'])
    .where('assembly_id', '=', assembly)
    .orderBy('position')
    .execute();
  return rows.map(({ slug, paper_title, language, ...row }) => ({
    ...row,
    paper: slug === null ? undefined : { slug, title: paper_title ?? '', language: language ?? '' },
  }));
}

export async function insertItem(tx: Tx, party: PartyId, item: Omit<ItemsTable, 'party_id'>): Promise<void> {
  await tx.db
    .insertInto('assembly_items')
    .values({ ...item, party_id: party })
    .execute();
}

export async function deleteItem(tx: Tx, assembly: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('assembly_items')
    .where('assembly_id', '=', assembly)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Two items change places; the constraint is looked at when the transaction ends. */
export async function setPosition(tx: Tx, id: string, position: number): Promise<void> {
  await tx.db.updateTable('assembly_items').set({ position }).where('id', '=', id).execute();
}

// Who is there

export async function listPresent(reader: Reader, assembly: string): Promise<NamedOrganisation[]> {
  return reader
    .selectFrom('assembly_presence')
    .innerJoin('organisations', 'organisations.id', 'assembly_presence.organisation_id')
    .select(['organisations.id', 'organisations.name'])
    .where('assembly_id', '=', assembly)
    .orderBy('organisations.name')
    .execute();
}

export async function savePresence(
  tx: Tx,
  party: PartyId,
  presence: { readonly assembly: string; readonly organisation: OrganisationId; readonly member: MemberId },
): Promise<void> {
  const { assembly, organisation, member } = presence;
  await tx.db
    .insertInto('assembly_presence')
    .values({ assembly_id: assembly, organisation_id: organisation, party_id: party, member_id: member, at: tx.now })
    .onConflict((conflict) => conflict.columns(['assembly_id', 'organisation_id']).doNothing())
    .execute();
}

// Motions

export interface Motion extends Omit<MotionsTable, 'party_id'> {
  readonly movedFor: string;
  readonly secondedFor: string | undefined;
}

export async function listMotions(reader: Reader, assembly: string): Promise<Motion[]> {
  const rows = await reader
    .selectFrom('assembly_motions')
    .innerJoin('organisations as movers', 'movers.id', 'assembly_motions.moved_for')
    .leftJoin('organisations as seconders', 'seconders.id', 'assembly_motions.seconded_for')
    .selectAll('assembly_motions')
    .select(['movers.name as mover', 'seconders.name as seconder'])
    .where('assembly_id', '=', assembly)
    .orderBy('number')
    .execute();
  return rows.map(({ mover, seconder, ...row }) => ({ ...row, movedFor: mover, secondedFor: seconder ?? undefined }));
}

export async function nextMotionNumber(reader: Reader, assembly: string): Promise<number> {
  const { last } = await reader
    .selectFrom('assembly_motions')
    .select(sql<number | null>`max(number)`.as('last'))
    .where('assembly_id', '=', assembly)
    .executeTakeFirstOrThrow();
  return (last ?? 0) + 1;
}

export async function insertMotion(
  tx: Tx,
  party: PartyId,
  motion: Omit<MotionsTable, 'party_id' | 'seconded_for' | 'seconded_by' | 'decision_id' | 'moved_at'>,
): Promise<void> {
  await tx.db
    .insertInto('assembly_motions')
    .values({ ...motion, party_id: party, moved_at: tx.now, seconded_for: null, seconded_by: null, decision_id: null })
    .execute();
}

export async function setSeconded(
  tx: Tx,
  id: string,
  by: { readonly organisation: OrganisationId; readonly member: MemberId },
): Promise<void> {
  await tx.db
    .updateTable('assembly_motions')
    .set({ seconded_for: by.organisation, seconded_by: by.member })
    .where('id', '=', id)
    .execute();
}

export async function setDecision(tx: Tx, id: string, decision: DecisionId): Promise<void> {
  await tx.db.updateTable('assembly_motions').set({ decision_id: decision }).where('id', '=', id).execute();
}
