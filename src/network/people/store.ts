import { sql, type Generated } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import type { Role } from '../../ui/view.ts';

interface AccountsTable {
  id: AccountId;
  email: string;
  name: string;
  password_hash: string;
  language: string | null;
  time_zone: string | null;
  is_first: Generated<boolean>;
  created_at: Date;
}

interface SessionsTable {
  id: string;
  token_hash: Buffer;
  account_id: AccountId;
  party_id: PartyId | null;
  browser: string;
  created_at: Date;
  seen_at: Date;
  expires_at: Date;
}

interface PasskeysTable {
  id: string;
  account_id: AccountId;
  public_key: Buffer;
  counter: number;
  transports: string[];
  name: string;
  created_at: Date;
  used_at: Date | null;
}

interface ApiTokensTable {
  id: string;
  token_hash: Buffer;
  account_id: AccountId;
  party_id: PartyId;
  name: string;
  read_only: boolean;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
  revoked_at: Date | null;
}

interface InvitationsTable {
  id: string;
  token_hash: Buffer;
  party_id: PartyId | null;
  account_id: AccountId | null;
  roles: Role[];
  note: string;
  made_by: AccountId | null;
  made_at: Date;
  expires_at: Date;
  used_at: Date | null;
  used_by: AccountId | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    accounts: AccountsTable;
    memberships: {
      account_id: AccountId;
      party_id: PartyId;
      role: Role;
      granted_at: Date;
      granted_by: AccountId | null;
    };
    sessions: SessionsTable;
    passkeys: PasskeysTable;
    passkey_challenges: { challenge: string; account_id: AccountId | null; expires_at: Date };
    api_tokens: ApiTokensTable;
    invitations: InvitationsTable;
  }
}

// Accounts

export interface NewAccount {
  readonly id: AccountId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly language: string | null;
  readonly isFirst: boolean;
}

export async function insertAccount(tx: Tx, account: NewAccount): Promise<void> {
  await tx.db
    .insertInto('accounts')
    .values({
      id: account.id,
      email: account.email,
      name: account.name,
      password_hash: account.passwordHash,
      language: account.language,
      time_zone: null,
      is_first: account.isFirst,
      created_at: tx.now,
    })
    .execute();
}

export async function hasAccounts(reader: Reader): Promise<boolean> {
  return (await reader.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export async function findAccount(reader: Reader, id: AccountId) {
  return reader.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findAccountByEmail(reader: Reader, email: string) {
  return reader.selectFrom('accounts').selectAll().where('email', '=', email).executeTakeFirst();
}

export async function findFirstAccount(reader: Reader): Promise<AccountId | undefined> {
  return (await reader.selectFrom('accounts').select('id').where('is_first', '=', true).executeTakeFirst())?.id;
}

export async function setPassword(tx: Tx, id: AccountId, passwordHash: string): Promise<void> {
  await tx.db.updateTable('accounts').set({ password_hash: passwordHash }).where('id', '=', id).execute();
}

export async function setProfile(
  tx: Tx,
  id: AccountId,
  profile: { name: string; language: string; timeZone: string | null },
): Promise<void> {
  const { name, language, timeZone } = profile;
  await tx.db.updateTable('accounts').set({ name, language, time_zone: timeZone }).where('id', '=', id).execute();
}

// Memberships

export async function listMemberships(reader: Reader, account: AccountId) {
  return reader
    .selectFrom('memberships')
    .innerJoin('parties', 'parties.id', 'memberships.party_id')
    .select(['parties.id', 'parties.did', 'parties.slug', 'parties.name', 'memberships.role'])
    .where('memberships.account_id', '=', account)
    .where('parties.is_hosted', '=', true)
    .orderBy('parties.is_operator', 'desc')
    .orderBy('parties.slug')
    .orderBy('memberships.role')
    .execute();
}

/** Networks hosted here in which the account is a member, whichever party the transaction sees. */
export async function listNetworks(reader: Reader, account: AccountId): Promise<readonly PartyId[]> {
  const { rows } = await sql<{ id: PartyId }>`select networks_of_account(${account}) as id`.execute(reader);
  return rows.map(({ id }) => id);
}

export async function listRoles(reader: Reader, account: AccountId, party: PartyId): Promise<Role[]> {
  const rows = await reader
    .selectFrom('memberships')
    .select('role')
    .where('account_id', '=', account)
    .where('party_id', '=', party)
    .execute();
  return rows.map(({ role }) => role);
}

export async function listPeople(reader: Reader, party: PartyId) {
  return reader
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select([
      'accounts.id',
      'accounts.name',
      'accounts.email',
      sql<Role[]>`array_agg(memberships.role order by memberships.role)`.as('roles'),
    ])
    .where('memberships.party_id', '=', party)
    .groupBy(['accounts.id', 'accounts.name', 'accounts.email'])
    .orderBy('accounts.name')
    .orderBy('accounts.id')
    .execute();
}

/** Two administrators who take the role from each other at the same moment wait for one another here. */
export async function lockMemberships(tx: Tx, party: PartyId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`memberships ${party}`}, 0))`.execute(tx.db);
}

export async function countAdministrators(reader: Reader, party: PartyId): Promise<number> {
  const { count } = await reader
    .selectFrom('memberships')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('party_id', '=', party)
    .where('role', '=', 'administrator')
    .executeTakeFirstOrThrow();
  return count;
}

export async function replaceRoles(
  tx: Tx,
  account: AccountId,
  party: PartyId,
  roles: readonly Role[],
  by: AccountId | null,
): Promise<void> {
  await tx.db.deleteFrom('memberships').where('account_id', '=', account).where('party_id', '=', party).execute();
  if (roles.length === 0) return;
  const values = roles.map((role) => ({
    account_id: account,
    party_id: party,
    role,
    granted_at: tx.now,
    granted_by: by,
  }));
  await tx.db.insertInto('memberships').values(values).execute();
}

// Sessions

export async function insertSession(tx: Tx, session: Omit<SessionsTable, 'created_at' | 'seen_at'>): Promise<void> {
  await tx.db
    .insertInto('sessions')
    .values({ ...session, created_at: tx.now, seen_at: tx.now })
    .execute();
}

export async function findSession(reader: Reader, tokenHash: Buffer) {
  return reader
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select([
      'sessions.id',
      'sessions.party_id',
      'sessions.seen_at',
      'sessions.expires_at',
      'accounts.id as account',
      'accounts.email',
      'accounts.name',
      'accounts.language',
      'accounts.time_zone',
    ])
    .where('sessions.token_hash', '=', tokenHash)
    .executeTakeFirst();
}

export async function listSessions(reader: Reader, account: AccountId, seenAfter: Date, now: Date) {
  return reader
    .selectFrom('sessions')
    .select(['id', 'browser', 'created_at', 'seen_at'])
    .where('account_id', '=', account)
    .where('seen_at', '>', seenAfter)
    .where('expires_at', '>', now)
    .orderBy('seen_at', 'desc')
    .execute();
}

export async function touchSession(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('sessions').set({ seen_at: tx.now }).where('id', '=', id).execute();
}

/** The same person and browser under a new token, from now on known by it alone. */
export async function replaceToken(
  tx: Tx,
  id: string,
  tokenHash: Buffer,
  party: PartyId | null,
): Promise<Date | undefined> {
  const row = await tx.db
    .updateTable('sessions')
    .set({ token_hash: tokenHash, party_id: party, seen_at: tx.now })
    .where('id', '=', id)
    .returning('expires_at')
    .executeTakeFirst();
  return row?.expires_at;
}

export async function deleteSession(tx: Tx, account: AccountId, id: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('sessions')
    .where('id', '=', id)
    .where('account_id', '=', account)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

export async function deleteSessions(tx: Tx, account: AccountId, except?: string): Promise<void> {
  let query = tx.db.deleteFrom('sessions').where('account_id', '=', account);
  if (except !== undefined) query = query.where('id', '<>', except);
  await query.execute();
}

export async function deleteExpired(tx: Tx, idleSince: Date): Promise<void> {
  await tx.db
    .deleteFrom('sessions')
    .where((where) => where.or([where('expires_at', '<=', tx.now), where('seen_at', '<=', idleSince)]))
    .execute();
  await tx.db.deleteFrom('passkey_challenges').where('expires_at', '<=', tx.now).execute();
}

// Passkeys

export async function insertChallenge(
  tx: Tx,
  challenge: string,
  account: AccountId | null,
  expiresAt: Date,
): Promise<void> {
  await tx.db
    .insertInto('passkey_challenges')
    .values({ challenge, account_id: account, expires_at: expiresAt })
    .execute();
}

/** True once. */
export async function takeChallenge(tx: Tx, challenge: string, account: AccountId | null): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('passkey_challenges')
    .where('challenge', '=', challenge)
    .where('account_id', account === null ? 'is' : '=', account)
    .where('expires_at', '>', tx.now)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

export async function insertPasskey(tx: Tx, passkey: Omit<PasskeysTable, 'created_at' | 'used_at'>): Promise<void> {
  await tx.db
    .insertInto('passkeys')
    .values({ ...passkey, created_at: tx.now, used_at: null })
    .execute();
}

export async function findPasskey(reader: Reader, id: string) {
  return reader.selectFrom('passkeys').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listPasskeys(reader: Reader, account: AccountId) {
  return reader
    .selectFrom('passkeys')
    .selectAll()
    .where('account_id', '=', account)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function usePasskey(tx: Tx, id: string, counter: number): Promise<void> {
  await tx.db.updateTable('passkeys').set({ counter, used_at: tx.now }).where('id', '=', id).execute();
}

export async function deletePasskey(tx: Tx, account: AccountId, id: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('account_id', '=', account)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

// API tokens

export async function insertToken(
  tx: Tx,
  token: Omit<ApiTokensTable, 'created_at' | 'used_at' | 'revoked_at'>,
): Promise<void> {
  await tx.db
    .insertInto('api_tokens')
    .values({ ...token, created_at: tx.now, used_at: null, revoked_at: null })
    .execute();
}

export async function findToken(reader: Reader, tokenHash: Buffer, now: Date) {
  return reader
    .selectFrom('api_tokens')
    .innerJoin('accounts', 'accounts.id', 'api_tokens.account_id')
    .select([
      'api_tokens.id',
      'api_tokens.party_id',
      'api_tokens.read_only',
      'api_tokens.used_at',
      'accounts.id as account',
      'accounts.email',
      'accounts.name',
      'accounts.language',
      'accounts.time_zone',
    ])
    .where('api_tokens.token_hash', '=', tokenHash)
    .where('api_tokens.revoked_at', 'is', null)
    .where('api_tokens.expires_at', '>', now)
    .executeTakeFirst();
}

export async function touchToken(tx: Tx, id: string): Promise<void> {
  await tx.db.updateTable('api_tokens').set({ used_at: tx.now }).where('id', '=', id).execute();
}

export async function listTokens(reader: Reader, account: AccountId) {
  return reader
    .selectFrom('api_tokens')
    .innerJoin('parties', 'parties.id', 'api_tokens.party_id')
    .select([
      'api_tokens.id',
      'api_tokens.name',
      'api_tokens.read_only',
      'api_tokens.created_at',
      'api_tokens.expires_at',
      'api_tokens.used_at',
      'api_tokens.revoked_at',
      'parties.name as party',
    ])
    .where('api_tokens.account_id', '=', account)
    .orderBy('api_tokens.created_at', 'desc')
    .execute();
}

export async function revokeToken(tx: Tx, account: AccountId, id: string): Promise<boolean> {
  const result = await tx.db
    .updateTable('api_tokens')
    .set({ revoked_at: tx.now })
    .where('id', '=', id)
    .where('account_id', '=', account)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function revokeTokensFor(tx: Tx, account: AccountId, party: PartyId): Promise<void> {
  await tx.db
    .updateTable('api_tokens')
    .set({ revoked_at: tx.now })
    .where('account_id', '=', account)
    .where('party_id', '=', party)
    .where('revoked_at', 'is', null)
    .execute();
}

// Invitations

export async function insertInvitation(
  tx: Tx,
  invitation: Omit<InvitationsTable, 'made_at' | 'used_at' | 'used_by'>,
): Promise<void> {
  await tx.db
    .insertInto('invitations')
    .values({ ...invitation, made_at: tx.now, used_at: null, used_by: null })
    .execute();
}

export async function findInvitation(reader: Reader, tokenHash: Buffer, now: Date) {
  return reader
    .selectFrom('invitations')
    .leftJoin('parties', 'parties.id', 'invitations.party_id')
    .leftJoin('accounts', 'accounts.id', 'invitations.made_by')
    .leftJoin('accounts as members', 'members.id', 'invitations.account_id')
    .select([
      'invitations.id',
      'invitations.party_id as party',
      'invitations.account_id as account',
      'members.name as accountName',
      'members.email as accountEmail',
      'invitations.roles',
      'invitations.expires_at as expiresAt',
      'parties.name as partyName',
      'accounts.name as madeByName',
      'invitations.made_by as madeBy',
    ])
    .where('invitations.token_hash', '=', tokenHash)
    .where('invitations.used_at', 'is', null)
    .where('invitations.expires_at', '>', now)
    .executeTakeFirst();
}

/** False when somebody was faster: of two who open one link at the same moment, one comes in. */
export async function useInvitation(tx: Tx, id: string, account: AccountId): Promise<boolean> {
  const result = await tx.db
    .updateTable('invitations')
    .set({ used_at: tx.now, used_by: account })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', tx.now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function listInvitations(reader: Reader, party: PartyId, now: Date) {
  return reader
    .selectFrom('invitations')
    .select(['id', 'roles', 'note', 'made_at', 'expires_at'])
    .where('party_id', '=', party)
    .where('account_id', 'is', null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('made_at')
    .execute();
}

export async function deleteInvitation(tx: Tx, party: PartyId, id: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('invitations')
    .where('id', '=', id)
    .where('party_id', '=', party)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** A member has one link for a new password at most. */
export async function deleteResets(tx: Tx, account: AccountId): Promise<void> {
  await tx.db.deleteFrom('invitations').where('account_id', '=', account).where('used_at', 'is', null).execute();
}

export async function deleteFirstInvitations(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('invitations').where('party_id', 'is', null).where('used_at', 'is', null).execute();
}

// Parties, as people see them

export async function findHostedParty(reader: Reader, slug: string) {
  return reader
    .selectFrom('parties')
    .select(['id', 'did', 'slug', 'name'])
    .where('slug', '=', slug)
    .where('is_hosted', '=', true)
    .executeTakeFirst();
}
