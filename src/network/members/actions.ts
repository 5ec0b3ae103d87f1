/** Coming in, one's own entry, leaving; and what the secretariat keeps: organisations and mandates. One function a write. */
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import { newMemberId, newOrganisationId, type MemberId, type OrganisationId } from '../../ids.ts';
import { randomUUID } from 'node:crypto';
import { plainDateAt, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { forgetKeysOf, type OpenedKey } from './mail-keys.ts';
import { requireSecretariat, type Consent, type Digest, type Gender, type Member } from './member.ts';
import { askForMail } from './outgoing.ts';
import { requireParty } from './party.ts';
import * as store from './store.ts';

/** What a person says about herself. */
export interface Entry {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
  /** By name: one that is known, or a new one. */
  readonly organisation: string | undefined;
  readonly constituency: PartyKind;
  readonly country: string | undefined;
  readonly gender: Gender | undefined;
  readonly about: string | undefined;
  readonly digest: Digest;
  /** 0 to 23. Left as it is when nothing is said. */
  readonly digestHour?: number | undefined;
  readonly consents: ReadonlySet<Consent>;
}

export const membership = (member: MemberId) => ({ kind: 'membership', id: member }) as const;

const today = ({ tx }: Pick<Work, 'tx'>): PlainDate => plainDateAt(tx.now, 'UTC');

/**
 * Asks to come in. Nothing counts before the link in the mail is used, and the answer is the same whether or not the address is known: who belongs
 * to a network is nobody else's business.
 */
export async function askToJoin(work: Work, email: string, entry: Entry): Promise<MemberId> {
  const id = await noteNewcomer(work, email, entry);
  await askForMail(work, id, membership(id));
  return id;
}

/**
 * The entry that a mail will ask about. What a stranger types about somebody who is or was here changes nothing of hers; and whoever types, signed in or
 * not, need not be whose address it is: an account becomes this member in linkAccount and openMemberAccount alone, which ask for the key.
 */
export async function noteNewcomer(work: Work, email: string, entry: Entry): Promise<MemberId> {
  const { tx } = work;
  const known = await store.findMemberByEmail(tx.db, email);
  if (known) {
    if (known.leftOn !== undefined) await store.markReturned(tx, known.id, today(work));
    return known.id;
  }
  const id = newMemberId();
  const values = { ...(await resolve(work, entry)), email };
  await store.insertMember(tx, requireParty(work), id, values, { joinedOn: today(work), confirmedAt: null });
  await tx.audit('member.ask-to-join', { member: id });
  return id;
}

/** The secretariat knows the person; she still says herself that she comes in. */
export async function inviteMember(work: Work & Caller, email: string, entry: Entry): Promise<MemberId> {
  requireSecretariat(work);
  return askToJoin(work, email, { ...entry, gender: undefined, consents: new Set() });
}

/** By any key from a mail, which proves the mailbox. Doing it twice is doing it once. */
export async function confirmMembership(work: Work, member: Member): Promise<void> {
  if (member.confirmedAt !== undefined) return;
  await store.confirmMember(work.tx, member.id);
  await work.tx.audit('member.confirm', { member: member.id });
}

/**
 * From then on whoever signs in with that account is this member. The key proves the mailbox, the session the account. An account that is linked stays:
 * whoever was shown a mail cannot put another one in its place.
 */
export async function linkAccount(work: Work & Caller, { member, thing }: OpenedKey): Promise<void> {
  const { account } = work.viewer;
  if (!account) throw problem.notSignedIn({});
  if (thing.kind !== 'membership') throw problem.notFound({ what: 'link' });
  if (member.account === account.id) return;
  if (member.account !== undefined) throw problem.conflict({ what: 'account' });
  await store.setMemberAccount(work.tx, member.id, account.id);
  await work.tx.audit('member.link-account', { member: member.id, account: account.id });
}

/** Who changes an entry: the person herself, or the secretariat, which cannot give her consents or say her gender. */
export type EditedBy = 'self' | 'secretariat';

export async function editEntry(work: Work, member: Member, base: number, entry: Entry, by: EditedBy): Promise<void> {
  if (member.leftOn !== undefined || member.email === undefined) throw problem.notFound({ what: 'member' });
  const own = by === 'self' ? entry : { ...entry, gender: member.gender, consents: member.consents };
  const values = { ...(await resolve(work, own)), email: member.email };
  if (!(await store.updateMember(work.tx, member.id, base, values)))
    throw problem.textHasMovedOn({ version: String(member.revision) });
  await work.tx.audit('member.edit', { member: member.id, by });
}

/** At once and for good: no more mail, no consent stands, no mandate goes on. What was said and signed stays. */
export async function leave(work: Work, member: Member): Promise<void> {
  if (member.leftOn !== undefined) return;
  await store.endMandates(work.tx, { member: member.id }, today(work));
  await forgetKeysOf(work.tx, member.id);
  await store.markLeft(work.tx, member.id, today(work));
  await work.tx.audit('member.leave', { member: member.id });
}

export async function changeRhythm({ tx }: Work, member: Member, digest: Digest): Promise<void> {
  await store.setDigest(tx, member.id, digest);
  await tx.audit('member.change-rhythm', { member: member.id, digest });
}

/** One step, also from the foot of any mail. Membership goes on. */
export async function unsubscribe(work: Work, member: Member): Promise<void> {
  await store.setMailState(work.tx, member.id, 'unsubscribed');
  await work.tx.audit('member.unsubscribe', { member: member.id });
}

export async function resubscribe(work: Work, member: Member): Promise<void> {
  await store.setMailState(work.tx, member.id, 'active');
  await work.tx.audit('member.resubscribe', { member: member.id });
}

// Organisations and mandates

export type OrganisationGiven = Omit<store.Organisation, 'id' | 'revision'>;

export async function addOrganisation(work: Work & Caller, given: OrganisationGiven): Promise<OrganisationId> {
  requireSecretariat(work);
  const id = newOrganisationId();
  await store.insertOrganisation(work.tx, requireParty(work), { id, ...given });
  await work.tx.audit('organisation.add', { organisation: id });
  return id;
}

export async function editOrganisation(
  work: Work & Caller,
  id: OrganisationId,
  base: number,
  given: OrganisationGiven,
): Promise<void> {
  requireSecretariat(work);
  const held = await store.findOrganisation(work.tx.db, id);
  if (!held) throw problem.notFound({ what: 'organisation' });
  if (!(await store.updateOrganisation(work.tx, base, { id, ...given })))
    throw problem.textHasMovedOn({ version: String(held.revision) });
  await work.tx.audit('organisation.edit', { organisation: id });
}

export interface MandateGiven {
  readonly member: MemberId;
  readonly organisation: OrganisationId;
  readonly scope: string;
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
}

/** Recorded by the secretariat on the organisation's word; the person's own organisation need not be the one she speaks for. */
export async function recordMandate(work: Work & Caller, given: MandateGiven): Promise<string> {
  const account = requireSecretariat(work);
  const member = await store.findMemberById(work.tx.db, given.member);
  if (!member || member.leftOn !== undefined) throw problem.notFound({ what: 'member' });
  if (!(await store.findOrganisation(work.tx.db, given.organisation))) throw problem.notFound({ what: 'organisation' });
  const id = randomUUID();
  await store.insertMandate(work.tx, {
    id,
    party_id: requireParty(work),
    member_id: given.member,
    organisation_id: given.organisation,
    scope: given.scope,
    since: given.since,
    until: given.until ?? null,
    recorded_by: account,
    recorded_at: work.tx.now,
  });
  await work.tx.audit('mandate.record', { mandate: id, member: given.member, organisation: given.organisation });
  return id;
}

export async function endMandate(work: Work & Caller, id: string): Promise<void> {
  requireSecretariat(work);
  if ((await store.endMandates(work.tx, { id }, today(work))) === 0) throw problem.notFound({ what: 'mandate' });
  await work.tx.audit('mandate.end', { mandate: id });
}

/** An organisation's kind is its members' constituency; without an organisation the person declares one. */
export async function resolve(work: Work, entry: Entry): Promise<Omit<store.MemberValues, 'email'>> {
  const { organisation: name, ...rest } = entry;
  if (name === undefined) return { ...rest, organisation: undefined };
  const known = await store.findOrganisationByName(work.tx.db, name);
  if (known) return { ...rest, organisation: known.id, constituency: known.kind };
  const id = newOrganisationId();
  await store.insertOrganisation(work.tx, requireParty(work), {
    id,
    name,
    kind: entry.constituency,
    country: entry.country,
    did: undefined,
    website: undefined,
  });
  return { ...rest, organisation: id };
}
