import { sql, type Generated, type Selectable } from 'kysely';
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, MemberId, OrganisationId, PartyId } from '../../ids.ts';
import { plainDateAt, type PlainDate } from '../../period.ts';
import type { Consent, Digest, Gender, MailState, Member } from './member.ts';

interface MembersTable {
  id: MemberId;
  party_id: PartyId;
  account_id: AccountId | null;
  email: string | null;
  name: string;
  language: string;
  time_zone: string;
  organisation_id: OrganisationId | null;
  constituency: PartyKind;
  country: string | null;
  gender: Gender | null;
  about: string | null;
  digest: Digest;
  digest_hour: Generated<number>;
  mail_state: MailState;
  directory_consent_at: Date | null;
  contact_consent_at: Date | null;
  photo_consent_at: Date | null;
  recording_consent_at: Date | null;
  joined_on: PlainDate;
  confirmed_at: Date | null;
  left_on: PlainDate | null;
  erased_at: Date | null;
  revision: number;
}

interface OrganisationsTable {
  id: OrganisationId;
  party_id: PartyId;
  name: string;
  kind: PartyKind;
  country: string | null;
  did: string | null;
  website: string | null;
  revision: number;
  created_at: Date;
}

interface MandatesTable {
  id: string;
  party_id: PartyId;
  member_id: MemberId;
  organisation_id: OrganisationId;
  scope: string;
  since: PlainDate;
  until: PlainDate | null;
  recorded_by: AccountId | null;
  recorded_at: Date;
}

declare module '../../db/schema.ts' {
  interface Tables {
    members: MembersTable;
    organisations: OrganisationsTable;
    mandates: MandatesTable;
  }
}

const memberQuery = (reader: Reader) =>
  reader
    .selectFrom('members')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .selectAll('members')
    .select('organisations.name as organisation_name');

type MemberRow = Selectable<MembersTable> & { organisation_name: string | null };

function toMember(row: MemberRow): Member {
  const given: Record<Consent, Date | null> = {
    directory: row.directory_consent_at,
    contact: row.contact_consent_at,
    photo: row.photo_consent_at,
    recording: row.recording_consent_at,
  };
  return {
    id: row.id,
    account: row.account_id ?? undefined,
    email: row.email ?? undefined,
    name: row.name,
    language: row.language,
    timeZone: row.time_zone,
    organisation:
      row.organisation_id === null ? undefined : { id: row.organisation_id, name: row.organisation_name ?? '' },
    constituency: row.constituency,
    country: row.country ?? undefined,
    gender: row.gender ?? undefined,
    about: row.about ?? undefined,
    digest: row.digest,
    digestHour: row.digest_hour,
    mailState: row.mail_state,
    consents: new Set((Object.keys(given) as Consent[]).filter((consent) => given[consent] !== null)),
    joinedOn: row.joined_on,
    confirmedAt: row.confirmed_at ?? undefined,
    leftOn: row.left_on ?? undefined,
    revision: row.revision,
  };
}

const first = <Row>(rows: readonly Row[]): Row | undefined => rows[0];

/** Confirmed and not gone. */
export async function findPresentMember(reader: Reader, account: AccountId): Promise<Member | undefined> {
  const row = await memberQuery(reader)
    .where('members.account_id', '=', account)
    .where('members.confirmed_at', 'is not', null)
    .where('members.left_on', 'is', null)
    .executeTakeFirst();
  return row && toMember(row);
}

export async function findMemberById(reader: Reader, id: MemberId): Promise<Member | undefined> {
  return first(await listMembersById(reader, [id]));
}

export async function listMembersById(reader: Reader, ids: readonly MemberId[]): Promise<Member[]> {
  if (ids.length === 0) return [];
  const rows = await memberQuery(reader)
    .where('members.id', '=', sql<MemberId>`any(${ids}::uuid[])`)
    .execute();
  return rows.map(toMember);
}

/** Whatever its standing: pending, present or gone. */
export async function findMemberByEmail(reader: Reader, email: string): Promise<Member | undefined> {
  const row = await memberQuery(reader).where('members.email', '=', email).executeTakeFirst();
  return row && toMember(row);
}

export interface MemberFilter {
  /** Part of a name. */
  readonly text?: string | undefined;
  readonly constituency?: PartyKind | undefined;
  readonly country?: string | undefined;
  /** Only those who agreed to stand in the directory. */
  readonly listed?: boolean;
  /** After this place in the order of names. */
  readonly after?: { readonly name: string; readonly id: MemberId } | undefined;
  readonly limit: number;
}

/** Present members by name. */
export async function listMembers(reader: Reader, filter: MemberFilter): Promise<Member[]> {
  let query = memberQuery(reader).where('members.left_on', 'is', null).where('members.confirmed_at', 'is not', null);
  if (filter.listed) query = query.where('members.directory_consent_at', 'is not', null);
  if (filter.constituency) query = query.where('members.constituency', '=', filter.constituency);
  if (filter.country) query = query.where('members.country', '=', filter.country);
  if (filter.text) query = query.where('members.name', 'ilike', `%${filter.text.replace(/[\\%_]/g, String.raw`\$&`)}%`);
  if (filter.after)
    query = query.where(
      sql<boolean>`(lower(members.name), members.id) > (lower(${filter.after.name}), ${filter.after.id})`,
    );
  const rows = await query
    .orderBy(sql`lower(members.name)`)
    .orderBy('members.id')
    .limit(filter.limit)
    .execute();
  return rows.map(toMember);
}

/** Who asked to come in and has not confirmed, the latest first. */
export async function listPendingMembers(reader: Reader, limit: number): Promise<Member[]> {
  const rows = await memberQuery(reader)
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is', null)
    .orderBy('members.joined_on', 'desc')
    .orderBy('members.id')
    .limit(limit)
    .execute();
  return rows.map(toMember);
}

export interface MemberCounts {
  readonly present: number;
  readonly pending: number;
}

/** Two counts, because each has an index of its own. */
export async function countMembers(reader: Reader): Promise<MemberCounts> {
  const count = async (confirmed: 'is' | 'is not'): Promise<number> => {
    const { found } = await reader
      .selectFrom('members')
      .select(sql<number>`count(*)::int`.as('found'))
      .where('left_on', 'is', null)
      .where('confirmed_at', confirmed, null)
      .executeTakeFirstOrThrow();
    return found;
  };
  return { present: await count('is not'), pending: await count('is') };
}

export interface MemberValues {
  readonly email: string;
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
  readonly organisation: OrganisationId | undefined;
  readonly constituency: PartyKind;
  readonly country: string | undefined;
  readonly gender: Gender | undefined;
  readonly about: string | undefined;
  readonly digest: Digest;
  /** On the member's own wall. Left as it is when nothing is said. */
  readonly digestHour?: number | undefined;
  readonly consents: ReadonlySet<Consent>;
}

/** A consent that stands keeps the moment it was given. */
function columnsOf(values: MemberValues, now: Date) {
  const consent = (name: Consent) =>
    values.consents.has(name) ? sql<Date>`coalesce(members.${sql.raw(`${name}_consent_at`)}, ${now})` : null;
  return {
    email: values.email,
    name: values.name,
    language: values.language,
    time_zone: values.timeZone,
    organisation_id: values.organisation ?? null,
    constituency: values.constituency,
    country: values.country ?? null,
    gender: values.gender ?? null,
    about: values.about ?? null,
    digest: values.digest,
    ...(values.digestHour !== undefined && { digest_hour: values.digestHour }),
    directory_consent_at: consent('directory'),
    contact_consent_at: consent('contact'),
    photo_consent_at: consent('photo'),
    recording_consent_at: consent('recording'),
  };
}

/** Without an account: see setMemberAccount. */
export async function insertMember(
  tx: Tx,
  party: PartyId,
  id: MemberId,
  values: MemberValues,
  standing: { readonly joinedOn: PlainDate; readonly confirmedAt: Date | null },
): Promise<void> {
  const at = (name: Consent): Date | null => (values.consents.has(name) ? tx.now : null);
  await tx.db
    .insertInto('members')
    .values({
      ...columnsOf(values, tx.now),
      directory_consent_at: at('directory'),
      contact_consent_at: at('contact'),
      photo_consent_at: at('photo'),
      recording_consent_at: at('recording'),
      id,
      party_id: party,
      account_id: null,
      mail_state: 'active',
      joined_on: standing.joinedOn,
      confirmed_at: standing.confirmedAt,
      left_on: null,
      erased_at: null,
      revision: 1,
    })
    .execute();
}

/** False when somebody else was faster. */
export async function updateMember(tx: Tx, id: MemberId, base: number, values: MemberValues): Promise<boolean> {
  const result = await tx.db
    .updateTable('members')
    .set({ ...columnsOf(values, tx.now), revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .where('left_on', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function confirmMember(tx: Tx, id: MemberId): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({ confirmed_at: tx.now, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .where('confirmed_at', 'is', null)
    .execute();
}

export async function setMemberAccount(tx: Tx, id: MemberId, account: AccountId): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({ account_id: account, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function setMailState(tx: Tx, id: MemberId, state: MailState): Promise<void> {
  await tx.db.updateTable('members').set({ mail_state: state }).where('id', '=', id).execute();
}

export async function setDigest(tx: Tx, id: MemberId, digest: Digest): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({ digest, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** The entry stays, for what was said and signed; the consents end, and so does every mail. */
export async function markLeft(tx: Tx, id: MemberId, on: PlainDate): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({
      left_on: on,
      account_id: null,
      mail_state: 'unsubscribed',
      directory_consent_at: null,
      contact_consent_at: null,
      photo_consent_at: null,
      recording_consent_at: null,
      revision: update('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

/** Comes in again under the same entry, so that what was said before stays with the same person. */
export async function markReturned(tx: Tx, id: MemberId, on: PlainDate): Promise<void> {
  await tx.db
    .updateTable('members')
    .set((update) => ({
      left_on: null,
      confirmed_at: null,
      joined_on: on,
      mail_state: 'active',
      revision: update('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

/**
 * Who asked to come in before that day and never used the link. Of somebody new nothing is kept; somebody who had left before, and whose entry has
 * been changed since, is again one who left.
 */
export async function forgetUnconfirmed(tx: Tx, before: PlainDate): Promise<number> {
  const today = sql<PlainDate>`greatest(joined_on, ${plainDateAt(tx.now, 'UTC')}::date)`;
  const waiting = tx.db
    .updateTable('members')
    .where('confirmed_at', 'is', null)
    .where('left_on', 'is', null)
    .where('joined_on', '<', before);
  const nothing = {
    directory_consent_at: null,
    contact_consent_at: null,
    photo_consent_at: null,
    recording_consent_at: null,
  };
  const forgotten = await waiting
    .set({
      ...nothing,
      email: null,
      name: '…',
      account_id: null,
      organisation_id: null,
      country: null,
      gender: null,
      about: null,
      mail_state: 'unsubscribed',
      left_on: today,
      erased_at: tx.now,
    })
    .where('revision', '=', 1)
    .executeTakeFirst();
  await waiting.set({ ...nothing, mail_state: 'unsubscribed', left_on: today }).execute();
  return Number(forgotten.numUpdatedRows);
}

// Organisations

export interface Organisation {
  readonly id: OrganisationId;
  readonly name: string;
  readonly kind: PartyKind;
  readonly country: string | undefined;
  readonly did: string | undefined;
  readonly website: string | undefined;
  readonly revision: number;
}

const toOrganisation = (row: OrganisationsTable): Organisation => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  country: row.country ?? undefined,
  did: row.did ?? undefined,
  website: row.website ?? undefined,
  revision: row.revision,
});

export async function listOrganisations(
  reader: Reader,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Organisation[]> {
  let query = reader.selectFrom('organisations').selectAll();
  if (page.after !== undefined) query = query.where(sql`lower(name)`, '>', sql<string>`lower(${page.after})`);
  const rows = await query
    .orderBy(sql`lower(name)`)
    .limit(page.limit)
    .execute();
  return rows.map(toOrganisation);
}

export async function findOrganisation(reader: Reader, id: OrganisationId): Promise<Organisation | undefined> {
  const row = await reader.selectFrom('organisations').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toOrganisation(row);
}

export async function findOrganisationByName(reader: Reader, name: string): Promise<Organisation | undefined> {
  const row = await reader
    .selectFrom('organisations')
    .selectAll()
    .where(sql`lower(name)`, '=', sql<string>`lower(${name})`)
    .executeTakeFirst();
  return row && toOrganisation(row);
}

export async function insertOrganisation(
  tx: Tx,
  party: PartyId,
  organisation: Omit<Organisation, 'revision'>,
): Promise<void> {
  const { id, name, kind, country = null, did = null, website = null } = organisation;
  await tx.db
    .insertInto('organisations')
    .values({ id, party_id: party, name, kind, country, did, website, revision: 1, created_at: tx.now })
    .execute();
}

export async function updateOrganisation(tx: Tx, base: number, organisation: Omit<Organisation, 'revision'>) {
  const { id, name, kind, country = null, did = null, website = null } = organisation;
  const result = await tx.db
    .updateTable('organisations')
    .set({ name, kind, country, did, website, revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

// Mandates

export interface Mandate {
  readonly id: string;
  readonly member: { readonly id: MemberId; readonly name: string };
  readonly organisation: { readonly id: OrganisationId; readonly name: string };
  readonly scope: string;
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
}

/** Those in force on the day; of one organisation, one member, or all. */
export async function listMandates(
  reader: Reader,
  of: {
    readonly organisation?: OrganisationId;
    readonly member?: MemberId;
    readonly on: PlainDate;
    readonly limit: number;
  },
): Promise<Mandate[]> {
  let query = reader
    .selectFrom('mandates')
    .innerJoin('members', 'members.id', 'mandates.member_id')
    .innerJoin('organisations', 'organisations.id', 'mandates.organisation_id')
    .select([
      'mandates.id',
      'mandates.scope',
      'mandates.since',
      'mandates.until',
      'members.id as member_id',
      'members.name as member_name',
      'organisations.id as organisation_id',
      'organisations.name as organisation_name',
    ])
    .where('mandates.since', '<=', of.on)
    .where((where) => where.or([where('mandates.until', 'is', null), where('mandates.until', '>=', of.on)]));
  if (of.organisation) query = query.where('mandates.organisation_id', '=', of.organisation);
  if (of.member) query = query.where('mandates.member_id', '=', of.member);
  const rows = await query
    .orderBy(sql`lower(organisations.name)`)
    .orderBy(sql`lower(members.name)`)
    .limit(of.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: { id: row.member_id, name: row.member_name },
    organisation: { id: row.organisation_id, name: row.organisation_name },
    scope: row.scope,
    since: row.since,
    until: row.until ?? undefined,
  }));
}

export async function insertMandate(tx: Tx, mandate: MandatesTable): Promise<void> {
  await tx.db.insertInto('mandates').values(mandate).execute();
}

export async function endMandates(
  tx: Tx,
  of: { readonly id: string } | { readonly member: MemberId },
  on: PlainDate,
): Promise<number> {
  let query = tx.db
    .updateTable('mandates')
    .set({ until: sql<PlainDate>`greatest(since, ${on}::date)` })
    .where((where) => where.or([where('until', 'is', null), where('until', '>', on)]));
  query = 'id' in of ? query.where('id', '=', of.id) : query.where('member_id', '=', of.member);
  const result = await query.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Kinds by name in lower case. */
export async function listOrganisationKinds(reader: Reader): Promise<ReadonlyMap<string, PartyKind>> {
  const rows = await reader.selectFrom('organisations').select(['name', 'kind']).execute();
  return new Map(rows.map(({ name, kind }) => [name.toLowerCase(), kind]));
}
