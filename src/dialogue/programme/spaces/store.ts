import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { MemberId, PartyId, SpaceId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import type { Texts } from '../../texts.ts';
import type { OutputKind, Space, SpaceKind, SpaceRole, SpaceState, SpaceValues } from './space.ts';

interface SpacesTable {
  id: SpaceId;
  party_id: PartyId;
  slug: string;
  kind: SpaceKind;
  title: Texts;
  overview: Texts;
  language: string;
  time_zone: string;
  mandate: Texts;
  charter: Texts;
  output_kind: OutputKind | null;
  output_due_on: PlainDate | null;
  output_paper: string | null;
  output_link: string | null;
  convenor_term_months: number | null;
  joining: 'open' | 'by-invitation';
  state: SpaceState;
  is_template: boolean;
  copied_from: SpaceId | null;
  opened_on: PlainDate | null;
  revision: number;
  created_at: Date;
}

interface SpacePeopleTable {
  space_id: SpaceId;
  member_id: MemberId;
  role: SpaceRole;
  party_id: PartyId;
  since: PlainDate;
  until: PlainDate | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    spaces: SpacesTable;
    space_people: SpacePeopleTable;
  }
}

function toSpace(row: SpacesTable): Space {
  return {
    id: row.id,
    slug: row.slug,
    kind: row.kind,
    title: row.title,
    overview: row.overview,
    language: row.language,
    timeZone: row.time_zone,
    mandate: row.mandate,
    charter: row.charter,
    outputKind: row.output_kind ?? undefined,
    outputDueOn: row.output_due_on ?? undefined,
    outputPaper: row.output_paper ?? undefined,
    outputLink: row.output_link ?? undefined,
    convenorTermMonths: row.convenor_term_months ?? undefined,
    joining: row.joining,
    state: row.state,
    isTemplate: row.is_template,
    openedOn: row.opened_on ?? undefined,
    revision: row.revision,
  };
}

const json = (texts: Texts) => sql<Texts>`${JSON.stringify(texts)}::jsonb`;

const columnsOf = (values: SpaceValues) => ({
  slug: values.slug,
  kind: values.kind,
  title: json(values.title),
  overview: json(values.overview),
  language: values.language,
  time_zone: values.timeZone,
  mandate: json(values.mandate),
  charter: json(values.charter),
  output_kind: values.outputKind ?? null,
  output_due_on: values.outputDueOn ?? null,
  output_link: values.outputLink ?? null,
  convenor_term_months: values.convenorTermMonths ?? null,
  joining: values.joining,
});

export async function insertSpace(
  tx: Tx,
  party: PartyId,
  id: SpaceId,
  values: SpaceValues,
  origin: { readonly isTemplate: boolean; readonly copiedFrom: SpaceId | undefined },
): Promise<void> {
  await tx.db
    .insertInto('spaces')
    .values({
      ...columnsOf(values),
      id,
      party_id: party,
      output_paper: null,
      state: 'draft',
      is_template: origin.isTemplate,
      copied_from: origin.copiedFrom ?? null,
      opened_on: null,
      revision: 1,
      created_at: tx.now,
    })
    .execute();
}

/** False when somebody else was faster. */
export async function updateSpace(tx: Tx, id: SpaceId, base: number, values: SpaceValues): Promise<boolean> {
  const result = await tx.db
    .updateTable('spaces')
    .set({ ...columnsOf(values), revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function setSpaceState(tx: Tx, id: SpaceId, state: SpaceState, openedOn: PlainDate | null): Promise<void> {
  await tx.db
    .updateTable('spaces')
    .set((update) => ({ state, opened_on: openedOn, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function setOutputPaper(tx: Tx, id: SpaceId, paper: string): Promise<void> {
  await tx.db.updateTable('spaces').set({ output_paper: paper }).where('id', '=', id).execute();
}

export async function findSpace(reader: Reader, id: SpaceId): Promise<Space | undefined> {
  const row = await reader.selectFrom('spaces').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toSpace(row);
}

export async function findSpaceBySlug(reader: Reader, slug: string): Promise<Space | undefined> {
  const row = await reader.selectFrom('spaces').selectAll().where('slug', '=', slug).executeTakeFirst();
  return row && toSpace(row);
}

export interface SpaceFilter {
  readonly kind: SpaceKind;
  /** Drafts are for those who write them. */
  readonly states: readonly SpaceState[];
  readonly after?: { readonly openedOn: PlainDate; readonly id: SpaceId } | undefined;
  readonly limit: number;
}

/** The latest first. */
export async function listSpaces(reader: Reader, filter: SpaceFilter): Promise<Space[]> {
  let query = reader
    .selectFrom('spaces')
    .selectAll()
    .where('kind', '=', filter.kind)
    .where('state', 'in', [...filter.states]);
  if (filter.after)
    query = query.where(sql<boolean>`(opened_on, id) < (${filter.after.openedOn}::date, ${filter.after.id}::uuid)`);
  const rows = await query.orderBy('opened_on', 'desc').orderBy('id', 'desc').limit(filter.limit).execute();
  return rows.map(toSpace);
}

// People

export interface SpacePerson {
  readonly member: MemberId;
  readonly name: string;
  readonly organisation: string | undefined;
  readonly country: string | undefined;
  readonly role: SpaceRole;
  readonly since: PlainDate;
}

/**
 * Present members in their present roles. Whoever left the network left the space. Offices by the day they began; the many who take part as the
 * index has them, because sorting fifty thousand to show a hundred takes longer than a page may.
 */
export async function listSpacePeople(
  reader: Reader,
  space: SpaceId,
  roles: readonly SpaceRole[],
  limit: number,
): Promise<SpacePerson[]> {
  const isMany = roles.includes('participant');
  const rows = await reader
    .selectFrom('space_people')
    .innerJoin('members', 'members.id', 'space_people.member_id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select([
      'members.id as member',
      'members.name',
      'members.country',
      'organisations.name as organisation',
      'space_people.role',
      'space_people.since',
    ])
    .where('space_people.space_id', '=', space)
    .where('space_people.role', 'in', [...roles])
    .where('space_people.until', 'is', null)
    .where('members.left_on', 'is', null)
    .$if(!isMany, (query) => query.orderBy('space_people.since').orderBy(sql`lower(members.name)`))
    .$if(isMany, (query) => query.orderBy('space_people.member_id'))
    .limit(limit)
    .execute();
  return rows.map(({ organisation, country, ...row }) => ({
    ...row,
    organisation: organisation ?? undefined,
    country: country ?? undefined,
  }));
}

/** Who convenes or facilitates the space, or ever did. */
export async function listEverConvening(reader: Reader, space: SpaceId): Promise<ReadonlySet<MemberId>> {
  const rows = await reader
    .selectFrom('space_people')
    .select('member_id')
    .where('space_id', '=', space)
    .where('role', 'in', ['convenor', 'facilitator'])
    .execute();
  return new Set(rows.map(({ member_id }) => member_id));
}

/** Those who left the network are few; they are counted apart, so that the others need not be looked at one by one. */
export async function countSpacePeople(reader: Reader, space: SpaceId): Promise<number> {
  const { all } = await reader
    .selectFrom('space_people')
    .select(sql<number>`count(distinct member_id)::int`.as('all'))
    .where('space_id', '=', space)
    .where('until', 'is', null)
    .executeTakeFirstOrThrow();
  const { left } = await reader
    .selectFrom('members')
    .innerJoin('space_people', 'space_people.member_id', 'members.id')
    .select(sql<number>`count(distinct members.id)::int`.as('left'))
    .where('space_people.space_id', '=', space)
    .where('space_people.until', 'is', null)
    .where('members.left_on', 'is not', null)
    .executeTakeFirstOrThrow();
  return all - left;
}

export async function listRoles(reader: Reader, space: SpaceId, member: MemberId): Promise<SpaceRole[]> {
  const rows = await reader
    .selectFrom('space_people')
    .select('role')
    .where('space_id', '=', space)
    .where('member_id', '=', member)
    .where('until', 'is', null)
    .execute();
  return rows.map(({ role }) => role);
}

/** False when the member has the role already. */
export async function insertSpacePerson(tx: Tx, row: SpacePeopleTable): Promise<boolean> {
  // Given up and taken again on one day: the row of that day goes on.
  const result = await tx.db
    .insertInto('space_people')
    .values(row)
    .onConflict((conflict) => conflict.columns(['space_id', 'member_id', 'role', 'since']).doUpdateSet({ until: null }))
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function endSpaceRole(
  tx: Tx,
  space: SpaceId,
  member: MemberId,
  role: SpaceRole,
  on: PlainDate,
): Promise<boolean> {
  const result = await tx.db
    .updateTable('space_people')
    .set({ until: on })
    .where('space_id', '=', space)
    .where('member_id', '=', member)
    .where('role', '=', role)
    .where('until', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function findSpacesById(reader: Reader, ids: readonly SpaceId[]): Promise<Space[]> {
  if (ids.length === 0) return [];
  const rows = await reader
    .selectFrom('spaces')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return rows.map(toSpace);
}
