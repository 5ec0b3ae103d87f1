import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, DialogueSessionId, MemberId, PartyId, ReferenceId, SpaceId } from '../../../ids.ts';
import type { Csl } from './csl.ts';

export type ReferenceState = 'proposed' | 'accepted' | 'declined';
export type CreditSource = 'chat' | 'mail' | 'web' | 'import';

interface SharedReferencesTable {
  id: ReferenceId;
  party_id: PartyId;
  key: string;
  csl: unknown;
  link: string | null;
  file_name: string | null;
  media_type: string | null;
  size_bytes: number | null;
  sha256: string | null;
  state: ReferenceState;
  decided_by: AccountId | null;
  decided_at: Date | null;
  added_at: Date;
  revision: number;
}

interface ReferenceContributionsTable {
  id: string;
  party_id: PartyId;
  reference_id: ReferenceId;
  space_id: SpaceId | null;
  session_id: DialogueSessionId | null;
  is_chatham_house: boolean;
  member_id: MemberId | null;
  name: string | null;
  source: CreditSource;
  said_at: Date | null;
  added_at: Date;
  position: number;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    shared_references: SharedReferencesTable;
    reference_contributions: ReferenceContributionsTable;
  }
}

export interface Reference {
  readonly id: ReferenceId;
  readonly key: string;
  readonly csl: unknown;
  readonly link: string | undefined;
  readonly file:
    | { readonly name: string; readonly mediaType: string; readonly sizeBytes: number; readonly sha256: string }
    | undefined;
  readonly state: ReferenceState;
  readonly revision: number;
}

const toReference = (row: SharedReferencesTable): Reference => ({
  id: row.id,
  key: row.key,
  csl: row.csl,
  link: row.link ?? undefined,
  file:
    row.sha256 === null
      ? undefined
      : {
          name: row.file_name ?? row.sha256,
          mediaType: row.media_type ?? 'application/octet-stream',
          sizeBytes: row.size_bytes ?? 0,
          sha256: row.sha256,
        },
  state: row.state,
  revision: row.revision,
});

const json = (csl: Csl) => sql`${JSON.stringify(csl)}::jsonb`;

export interface NewReference {
  readonly id: ReferenceId;
  readonly key: string;
  readonly csl: Csl;
  readonly link: string | undefined;
  readonly file?: Reference['file'];
  readonly state: ReferenceState;
}

/** The one with this key: found, or new. */
export async function keepReference(
  tx: Tx,
  party: PartyId,
  given: NewReference,
): Promise<{ readonly id: ReferenceId; readonly isNew: boolean }> {
  const inserted = await tx.db
    .insertInto('shared_references')
    .values({
      id: given.id,
      party_id: party,
      key: given.key,
      csl: json(given.csl),
      link: given.link ?? null,
      file_name: given.file?.name ?? null,
      media_type: given.file?.mediaType ?? null,
      size_bytes: given.file?.sizeBytes ?? null,
      sha256: given.file?.sha256 ?? null,
      state: given.state,
      decided_by: null,
      decided_at: null,
      added_at: tx.now,
      revision: 1,
    })
    .onConflict((conflict) => conflict.columns(['party_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { id: inserted.id, isNew: true };
  const { id } = await tx.db
    .selectFrom('shared_references')
    .select('id')
    .where('key', '=', given.key)
    .executeTakeFirstOrThrow();
  return { id, isNew: false };
}

/** False when the same person shared the same thing here before. */
export async function insertContribution(tx: Tx, row: ReferenceContributionsTable): Promise<boolean> {
  const result = await tx.db
    .insertInto('reference_contributions')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['reference_id', 'space_id', 'session_id', 'member_id', 'name']).doNothing(),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findReference(reader: Reader, id: ReferenceId): Promise<Reference | undefined> {
  const row = await reader.selectFrom('shared_references').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toReference(row);
}

export interface ReferenceFilter {
  readonly states: readonly ReferenceState[];
  readonly space?: SpaceId | undefined;
  readonly session?: DialogueSessionId | undefined;
  readonly limit: number;
  readonly offset?: number;
}

/** The latest first; of one session or space in the order in which they came. */
export async function listReferences(reader: Reader, filter: ReferenceFilter): Promise<Reference[]> {
  let query = reader
    .selectFrom('shared_references')
    .selectAll('shared_references')
    .where('shared_references.state', 'in', [...filter.states]);
  const { space, session } = filter;
  if (space !== undefined || session !== undefined)
    query = query.where((where) =>
      where.exists(
        where
          .selectFrom('reference_contributions')
          .select('reference_contributions.id')
          .whereRef('reference_contributions.reference_id', '=', 'shared_references.id')
          .$if(session !== undefined, (of) => of.where('reference_contributions.session_id', '=', session ?? null))
          .$if(space !== undefined, (of) => of.where('reference_contributions.space_id', '=', space ?? null)),
      ),
    );
  const rows = await query
    .orderBy('added_at', 'desc')
    .orderBy('id')
    .limit(filter.limit)
    .offset(filter.offset ?? 0)
    .execute();
  return rows.map(toReference);
}

export interface Credit {
  readonly reference: ReferenceId;
  readonly name: string | undefined;
  readonly saidAt: Date | undefined;
  readonly source: CreditSource;
  readonly session: DialogueSessionId | undefined;
}

/** Who shared what, the first first. A member's present name stands for the one in the chat. */
export async function listCredits(reader: Reader, references: readonly ReferenceId[]): Promise<Credit[]> {
  if (references.length === 0) return [];
  const rows = await reader
    .selectFrom('reference_contributions')
    .leftJoin('members', 'members.id', 'reference_contributions.member_id')
    .select([
      'reference_contributions.reference_id',
      'reference_contributions.name',
      'members.name as member_name',
      'reference_contributions.said_at',
      'reference_contributions.source',
      'reference_contributions.session_id',
    ])
    .where('reference_contributions.reference_id', '=', sql<ReferenceId>`any(${[...references]}::uuid[])`)
    .orderBy('reference_contributions.added_at')
    .orderBy('reference_contributions.position')
    .execute();
  return rows.map((row) => ({
    reference: row.reference_id,
    name: row.member_name ?? row.name ?? undefined,
    saidAt: row.said_at ?? undefined,
    source: row.source,
    session: row.session_id ?? undefined,
  }));
}

/** Names in lower case to the one present member who bears each; a name that two bear is nobody's. */
export async function findMembersByName(
  reader: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, MemberId>> {
  if (names.length === 0) return new Map();
  const rows = await reader
    .selectFrom('members')
    .select([
      sql<string>`lower(name)`.as('folded'),
      sql<MemberId>`min(id::text)`.as('id'),
      sql<number>`count(*)::int`.as('bearers'),
    ])
    .where(sql<string>`lower(name)`, '=', sql<string>`any(${names.map((name) => name.toLowerCase())}::text[])`)
    .where('left_on', 'is', null)
    .where('confirmed_at', 'is not', null)
    .groupBy(sql`lower(name)`)
    .execute();
  return new Map(rows.flatMap(({ folded, id, bearers }) => (bearers === 1 ? [[folded, id] as const] : [])));
}

/** False when somebody else was faster. */
export async function decideReference(
  tx: Tx,
  id: ReferenceId,
  base: number,
  decision: { readonly state: ReferenceState; readonly csl: Csl; readonly by: AccountId },
): Promise<boolean> {
  const result = await tx.db
    .updateTable('shared_references')
    .set({
      state: decision.state,
      csl: json(decision.csl),
      decided_by: decision.by,
      decided_at: tx.now,
      revision: base + 1,
    })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** In which spaces it was shared. Drafts do not count: any member may write one, and would judge in it what others brought. */
export async function listSpacesOf(reader: Reader, id: ReferenceId): Promise<SpaceId[]> {
  const rows = await reader
    .selectFrom('reference_contributions')
    .innerJoin('spaces', 'spaces.id', 'reference_contributions.space_id')
    .select('spaces.id')
    .distinct()
    .where('reference_contributions.reference_id', '=', id)
    .where('spaces.state', '<>', 'draft')
    .execute();
  return rows.map((row) => row.id);
}
