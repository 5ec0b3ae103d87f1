import { findOperator } from '../../acts/store.ts';
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../http/caller.ts';
import type { Reader } from '../../db/database.ts';
import type { Work } from '../../house.ts';
import { newAccountId, type AccountId, type PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import type { Locale } from '../../ui/locales.ts';
import { roles as everyRole, type Role } from '../../ui/view.ts';
import { revokeEnrolments, signatories } from '../assurance/enrolments.ts';
import { describeBrowser } from './browser-name.ts';
import { hashPassword, isOutdated, isPassword } from './password.ts';
import { hashSecret, newSecret, tokenPrefix } from './secret.ts';
import * as store from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A day without a request ends a session, as do two weeks in any case. */
export const sessionIdleMs = dayMs;
const sessionLongestMs = 14 * dayMs;
const invitationMs = 7 * dayMs;
const resetMs = dayMs;

/** What the browser is given; only its hash stays here. */
export interface NewSession {
  readonly token: string;
  readonly expiresAt: Date;
}

export const normaliseEmail = (email: string): string => email.trim().toLowerCase();

// Sign-in

export async function signIn(work: Work & Caller, given: { email: string; password: string }): Promise<NewSession> {
  const account = await store.findAccountByEmail(work.tx.db, normaliseEmail(given.email));
  const isRight = await isPassword(given.password, account?.password_hash);
  if (!account || !isRight) throw problem.signInFailed({});
  if (isOutdated(account.password_hash))
    await store.setPassword(work.tx, account.id, await hashPassword(given.password));
  return beginSession(work, account.id);
}

/** Always a new token, and the one this browser had before ends: a token planted before sign-in is worth nothing after it. */
export async function beginSession(
  work: Work & Caller,
  account: AccountId,
  party: PartyId | null = null,
): Promise<NewSession> {
  const { tx, credential, viewer } = work;
  await store.deleteExpired(tx, new Date(tx.now.getTime() - sessionIdleMs));
  if (credential.kind === 'session' && viewer.account) await store.deleteSession(tx, viewer.account.id, credential.id);
  const token = newSecret();
  const expiresAt = new Date(tx.now.getTime() + sessionLongestMs);
  const id = randomUUID();
  await store.insertSession(tx, {
    id,
    token_hash: hashSecret(token),
    account_id: account,
    party_id: party,
    browser: describeBrowser(work.userAgent),
    expires_at: expiresAt,
  });
  await tx.audit('session.begun', { account, session: id });
  return { token, expiresAt };
}

/** After every change of what the session may do. */
async function renewSession({ tx, credential }: Work & Caller, party: PartyId | null): Promise<NewSession> {
  if (credential.kind !== 'session') throw problem.notAllowed({ needs: 'session' });
  const token = newSecret();
  const expiresAt = await store.replaceToken(tx, credential.id, hashSecret(token), party);
  if (!expiresAt) throw problem.notSignedIn({});
  return { token, expiresAt };
}

export async function signOut({ tx, viewer, credential }: Work & Caller): Promise<void> {
  if (!viewer.account || credential.kind !== 'session') return;
  await store.deleteSession(tx, viewer.account.id, credential.id);
  await tx.audit('session.ended', { session: credential.id });
}

export async function endSession(work: Work & Caller, id: string): Promise<void> {
  const account = requireAccount(work);
  if (!(await store.deleteSession(work.tx, account, id))) throw problem.notFound({ what: 'session' });
  await work.tx.audit('session.ended', { session: id });
}

export async function endOtherSessions(work: Work & Caller): Promise<void> {
  const account = requireAccount(work);
  const { credential } = work;
  await store.deleteSessions(work.tx, account, credential.kind === 'session' ? credential.id : undefined);
  await work.tx.audit('session.others-ended');
}

/** Only for a party the person belongs to. */
export async function switchParty(work: Work & Caller, party: PartyId): Promise<NewSession> {
  const account = requireAccount(work);
  if ((await store.listRoles(work.tx.db, account, party)).length === 0) throw problem.notFound({ what: 'party' });
  await work.tx.audit('session.party-switched', { party });
  return renewSession(work, party);
}

// The account itself

export async function changePassword(
  work: Work & Caller,
  given: { current: string; password: string },
): Promise<NewSession> {
  const account = requireAccount(work);
  await requirePassword(work, given.current, 'current');
  refuseOwnEmail(given.password, work.viewer.account?.email ?? '');
  await store.setPassword(work.tx, account, await hashPassword(given.password));
  const session = await renewSession(work, work.viewer.party?.id ?? null);
  await endOtherSessions(work);
  await work.tx.audit('password.changed');
  return session;
}

/** Before anything that would let a thief of one session come back: a stolen cookie does not know the password. */
export async function requirePassword(work: Work & Caller, password: string, path: string): Promise<void> {
  const account = await store.findAccount(work.tx.db, requireAccount(work));
  if (await isPassword(password, account?.password_hash)) return;
  const code = 'accounts.password-wrong';
  throw problem.inputInvalid({ fields: [{ path, code, message: code }] });
}

export async function changeProfile(
  work: Work & Caller,
  profile: { name: string; language: Locale; timeZone: string | null },
): Promise<void> {
  await store.setProfile(work.tx, requireAccount(work), profile);
  await work.tx.audit('profile.changed');
}

// The first administrator

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly language: Locale | null;
}

/** Undefined when somebody has an account already. Of two processes that try at once the database lets one. */
export async function createFirstAdministrator(work: Work, person: Person): Promise<AccountId | undefined> {
  if (await store.hasAccounts(work.tx.db)) return undefined;
  await store.deleteFirstInvitations(work.tx);
  const account = await createAccount(work, person, true);
  const operator = await findOperator(work.tx.db);
  if (operator) await makeAdministrator(work, account, operator.id);
  return account;
}

/**
 * The path to open on a node that nobody has an account on; undefined otherwise. Made anew at each start, because only its hash is
 * kept: the former one ends.
 */
export async function inviteFirstAdministrator({ tx }: Work): Promise<string | undefined> {
  if (await store.hasAccounts(tx.db)) return undefined;
  await store.deleteFirstInvitations(tx);
  return insertInvitation(tx, { party: null, roles: ['administrator'] });
}

/** For set-up: whoever opened the node administers its operator. False while nobody has an account: whoever comes first will. */
export async function appointFirstAdministrator(work: Work, operator: PartyId): Promise<boolean> {
  const account = await store.findFirstAccount(work.tx.db);
  if (account) await makeAdministrator(work, account, operator);
  return account !== undefined;
}

async function makeAdministrator({ tx }: Work, account: AccountId, party: PartyId): Promise<void> {
  await store.replaceRoles(tx, account, party, ['administrator'], null);
  await tx.audit('roles.set', { account, party, roles: ['administrator'] });
}

/** For a party that has just come to this node, which nobody here works for yet. */
export async function appointAdministrator(work: Work, email: string, party: PartyId): Promise<void> {
  const account = await store.findAccountByEmail(work.tx.db, normaliseEmail(email));
  if (!account) throw problem.notFound({ what: 'account' });
  await makeAdministrator(work, account.id, party);
}

/** For commands that act in the name of an administrator of a party. */
export async function getAdministrator(
  reader: Reader,
  email: string,
  slug: string,
): Promise<{ readonly account: AccountId; readonly party: PartyId }> {
  const party = await store.findHostedParty(reader, slug);
  if (!party) throw problem.notFound({ what: 'party' });
  const account = await store.findAccountByEmail(reader, normaliseEmail(email));
  const roles = account ? await store.listRoles(reader, account.id, party.id) : [];
  if (!account || !roles.includes('administrator')) throw problem.notAllowed({ needs: 'administrator' });
  return { account: account.id, party: party.id };
}

/** The path of a link for the first person of a party that has come to this node. Undefined when somebody administers it already. */
export async function inviteItsAdministrator(work: Work, party: PartyId): Promise<string | undefined> {
  if ((await store.countAdministrators(work.tx.db, party)) > 0) return undefined;
  return invite(work, party, { roles: ['administrator'], note: '' });
}

export async function createAccount({ tx }: Work, person: Person, isFirst: boolean): Promise<AccountId> {
  const email = normaliseEmail(person.email);
  refuseOwnEmail(person.password, email);
  const id = newAccountId();
  const passwordHash = await hashPassword(person.password);
  await store.insertAccount(tx, { id, email, name: person.name, passwordHash, language: person.language, isFirst });
  await tx.audit('account.created', { account: id });
  return id;
}

function refuseOwnEmail(password: string, email: string): void {
  if (normaliseEmail(password) !== email) return;
  const code = 'accounts.password-is-email';
  throw problem.inputInvalid({ fields: [{ path: 'password', code, message: code }] });
}

// Invitations and roles

/** The path of a link that lets one person in, once. */
export async function invite(
  { tx }: Work,
  party: PartyId,
  given: { readonly roles: readonly Role[]; readonly note: string },
): Promise<string> {
  return insertInvitation(tx, { party, ...given });
}

/**
 * The path of a link with which a member who has forgotten her password sets a new one. Whoever makes it could use it, and so act as
 * her; therefore only for somebody who belongs to this party alone. For others the command line of the node's operator has it.
 */
export async function inviteBack({ tx }: Work, party: PartyId, account: AccountId): Promise<string> {
  if ((await store.listRoles(tx.db, account, party)).length === 0) throw problem.notFound({ what: 'person' });
  if ('account' in tx.actor && !(await belongsOnlyTo(tx.db, party, account)))
    throw problem.notAllowed({ needs: 'operator' });
  await store.deleteResets(tx, account);
  return insertInvitation(tx, { party, account, roles: [] });
}

/** Works for it, for no other party, and is a member of no other party's network. */
async function belongsOnlyTo(reader: Reader, party: PartyId, account: AccountId): Promise<boolean> {
  const worksFor = (await store.listMemberships(reader, account)).map(({ id }) => id);
  const networks = await store.listNetworks(reader, account);
  return worksFor.includes(party) && [...worksFor, ...networks].every((id) => id === party);
}

interface NewInvitation {
  readonly party: PartyId | null;
  readonly account?: AccountId;
  readonly roles: readonly Role[];
  readonly note?: string;
}

async function insertInvitation(tx: Work['tx'], { party, account, roles, note }: NewInvitation): Promise<string> {
  const token = newSecret();
  const id = randomUUID();
  await store.insertInvitation(tx, {
    id,
    token_hash: hashSecret(token),
    party_id: party,
    account_id: account ?? null,
    roles: [...roles],
    note: note ?? '',
    made_by: 'account' in tx.actor ? tx.actor.account : null,
    expires_at: new Date(tx.now.getTime() + (account ? resetMs : invitationMs)),
  });
  await tx.audit('invitation.made', { invitation: id, roles, ...(account && { account }) });
  return `/invitations/${token}`;
}

export async function revokeInvitation({ tx }: Work, party: PartyId, id: string): Promise<void> {
  if (!(await store.deleteInvitation(tx, party, id))) throw problem.notFound({ what: 'invitation' });
  await tx.audit('invitation.revoked', { invitation: id });
}

/** A person who is signed in takes the roles; anyone else makes an account with them. */
export async function acceptInvitation(
  work: Work & Caller,
  token: string,
  person: Person | undefined,
): Promise<NewSession> {
  const { tx, viewer } = work;
  const invitation = await findInvitation(work, token);
  if (invitation.account) throw problem.invitationInvalid({});
  const isFirst = invitation.party === null;
  let account = viewer.account?.id;
  if (isFirst) account = person && (await createFirstAdministrator(work, person));
  else if (!account && person) account = await createAccount(work, person, false);
  if (!account) throw problem.invitationInvalid({});
  if (!isFirst) await useInvitation(work, invitation.id, account);
  if (invitation.party) {
    await store.lockMemberships(tx, invitation.party);
    const held = await store.listRoles(tx.db, account, invitation.party);
    const roles = everyRole.filter((role) => held.includes(role) || invitation.roles.includes(role));
    await store.replaceRoles(tx, account, invitation.party, roles, null);
  }
  return beginSession(work, account, invitation.party);
}

/** The end of `inviteBack`. Every session of hers ends: one may be why she asked. */
export async function resetPassword(work: Work & Caller, token: string, password: string): Promise<NewSession> {
  const { tx } = work;
  const { id, account, accountEmail, party, madeBy } = await findInvitation(work, token);
  if (!account) throw problem.invitationInvalid({});
  // She may have joined another party since, or left this one: whoever made the link would act there as her.
  const isStillOnlyHere = party !== null && (await belongsOnlyTo(tx.db, party, account));
  if (madeBy !== null && !isStillOnlyHere) throw problem.invitationInvalid({});
  await useInvitation(work, id, account);
  refuseOwnEmail(password, accountEmail ?? '');
  await store.setPassword(tx, account, await hashPassword(password));
  await store.deleteSessions(tx, account);
  await tx.audit('password.reset', { account });
  return beginSession(work, account, party);
}

async function findInvitation({ tx }: Work, token: string) {
  const invitation = await store.findInvitation(tx.db, hashSecret(token), tx.now);
  if (!invitation) throw problem.invitationInvalid({});
  return invitation;
}

/** Of two at the same moment, one comes in. */
async function useInvitation({ tx }: Work, id: string, account: AccountId): Promise<void> {
  if (!(await store.useInvitation(tx, id, account))) throw problem.invitationInvalid({});
  await tx.audit('invitation.used', { invitation: id, account });
}

/**
 * No role at all: the person no longer belongs to the party. Her sessions end, so that none goes on with what it may no longer do; the
 * administrator who changes her own roles goes on under a new token, which is returned.
 */
export async function setRoles(
  work: Work & Caller,
  party: PartyId,
  account: AccountId,
  wanted: readonly Role[],
): Promise<NewSession | undefined> {
  const { tx, viewer } = work;
  await store.lockMemberships(tx, party);
  const held = await store.listRoles(tx.db, account, party);
  if (held.length === 0) throw problem.notFound({ what: 'person' });
  const roles = everyRole.filter((role) => wanted.includes(role));
  const steps = held.includes('administrator') && !roles.includes('administrator');
  if (steps && (await store.countAdministrators(tx.db, party)) === 1) throw problem.lastAdministrator({});
  await store.replaceRoles(tx, account, party, roles, viewer.account?.id ?? null);
  if (roles.length === 0) await store.revokeTokensFor(tx, account, party);
  if (!signatories.some((role) => roles.includes(role)))
    await revokeEnrolments(work, account, party, viewer.account?.id ?? account);
  await tx.audit('roles.set', { account, roles });
  if (account === viewer.account?.id && work.credential.kind === 'session')
    return renewSession(work, roles.length > 0 ? party : null);
  await store.deleteSessions(tx, account);
  return undefined;
}

// API tokens

export interface NewToken {
  readonly name: string;
  readonly readOnly: boolean;
  readonly days: number;
}

/** For the command line: who may run commands on the node's machine may make tokens for its people. */
export async function makeTokenFor(work: Work, email: string, slug: string, given: NewToken): Promise<string> {
  const account = await store.findAccountByEmail(work.tx.db, normaliseEmail(email));
  const party = await store.findHostedParty(work.tx.db, slug);
  if (!account) throw problem.notFound({ what: 'person' });
  if (!party) throw problem.notFound({ what: 'party' });
  if (!Number.isInteger(given.days) || given.days < 1 || given.days > 366)
    throw problem.inputInvalid({ fields: [{ path: 'days', code: 'wrong-form', message: '1 to 366' }] });
  return makeToken(work, account.id, party.id, given);
}

/** For one party, with the roles its person has there at the moment of each use. */
export async function makeToken({ tx }: Work, account: AccountId, party: PartyId, given: NewToken): Promise<string> {
  if ((await store.listRoles(tx.db, account, party)).length === 0) throw problem.notAllowed({ needs: 'membership' });
  const token = newSecret(tokenPrefix);
  const id = randomUUID();
  await store.insertToken(tx, {
    id,
    token_hash: hashSecret(token),
    account_id: account,
    party_id: party,
    name: given.name,
    read_only: given.readOnly,
    expires_at: new Date(tx.now.getTime() + given.days * dayMs),
  });
  await tx.audit('token.made', { token: id, readOnly: given.readOnly, days: given.days });
  return token;
}

export async function revokeToken(work: Work & Caller, id: string): Promise<void> {
  if (!(await store.revokeToken(work.tx, requireAccount(work), id))) throw problem.notFound({ what: 'token' });
  await work.tx.audit('token.revoked', { token: id });
}

export function requireAccount({ viewer }: Pick<Caller, 'viewer'>): AccountId {
  if (!viewer.account) throw problem.notSignedIn({});
  return viewer.account.id;
}

export function requireParty({ viewer }: Pick<Caller, 'viewer'>): PartyId {
  if (!viewer.party) throw problem.notAllowed({ needs: 'membership' });
  return viewer.party.id;
}
