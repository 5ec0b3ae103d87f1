/** Coming into a network as an organisation, and leaving it. Each is an act in the network's log, so that others need not take its word for it later. */
import { randomUUID } from 'node:crypto';
import { bySession, byNode, declare } from '../../../acts/declare.ts';
import type { PartyKind } from '../../../acts/spine-types.ts';
import { findParty, getHostedParty, lockTakingIn } from '../../../acts/store.ts';
import type { Caller } from '../../../http/caller.ts';
import { signedOut } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { newOrganisationId, type AccountId, type Did, type OrganisationId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';
import { noteNewcomer, membership } from '../../members/actions.ts';
import { isSecretariat, requireSecretariat } from '../../members/member.ts';
import { askForMail } from '../../members/outgoing.ts';
import { requireParty } from '../../members/party.ts';
import * as members from '../../members/store.ts';
import { networkAdmit, networkLeave } from '../act-types.ts';
import { findRules } from '../rules/rules.ts';
import { subjectOf } from '../subject.ts';
import { requireVoice, todayIn } from '../voices.ts';
import { findRing } from './ring.ts';
import * as store from './store.ts';

export interface ApplicationGiven {
  readonly name: string;
  readonly kind: PartyKind;
  readonly country: string | undefined;
  readonly did: Did | undefined;
  readonly website: string | undefined;
  readonly why: string;
  readonly contactName: string;
  readonly contactEmail: string;
  readonly language: string;
}

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

/** More that wait than a secretariat reads are somebody's machine. */
const mostWaiting = 500;

const dayMs = 86_400_000;

/** By anybody. Nothing of it is public: who answers for it is known to the secretariat alone, the rest to the members. */
export async function apply(work: Work, given: ApplicationGiven): Promise<string> {
  const { tx } = work;
  if ((await store.countWaiting(tx.db)) >= mostWaiting) throw problem.tooManyRequests({ retryAfterSeconds: 86_400 });
  if (await store.isWaiting(tx.db, given.name)) throw refuseField('name', 'assembly.applied-already');
  const known = await members.findOrganisationByName(tx.db, given.name);
  // Whoever applies in the name of an organisation that somebody speaks for already would take its voice.
  if (known && (await isTaken(work, known.id))) throw refuseField('name', 'assembly.member-already');
  await checkDid(work, given.kind, given.did, 'did');
  const rules = await findRules(tx.db);
  const id = randomUUID();
  await store.insertApplication(tx, requireParty(work), {
    id,
    name: given.name,
    kind: given.kind,
    country: given.country ?? null,
    did: given.did ?? null,
    website: given.website ?? null,
    why: given.why,
    contact_name: given.contactName,
    contact_email: given.contactEmail,
    language: given.language,
    applied_at: tx.now,
    silence_until: rules.admission === 'silence' ? new Date(tx.now.getTime() + rules.silenceDays * dayMs) : null,
    state: 'waiting',
    decided_by: null,
    decided_at: null,
    answer: null,
    organisation_id: null,
  });
  await tx.audit('admission.apply', { application: id, kind: given.kind });
  return id;
}

async function isTaken(work: Work, organisation: OrganisationId): Promise<boolean> {
  if ((await store.listAdmissions(work.tx.db, organisation)).some(({ left_on }) => left_on === null)) return true;
  return (await members.listMandates(work.tx.db, { organisation, on: todayIn(work), limit: 1 })).length > 0;
}

/** Whoever says that it states acts of its own is a party that is known here, and of that kind. */
async function checkDid({ tx }: Work, kind: PartyKind, did: Did | undefined, path: string): Promise<void> {
  if (did === undefined) return;
  const party = await findParty(tx.db, did);
  if (!party) throw refuseField(path, 'assembly.did-unknown');
  if (party.kind !== kind) throw refuseField(path, 'assembly.did-other-kind');
}

/** For an organisation of the network, while nobody has decided. Under silence it is then for people to decide. */
export async function objectTo(
  work: Work & Caller,
  id: string,
  organisation: string | undefined,
  reason: string,
): Promise<void> {
  const voice = await requireVoice(work, organisation);
  const application = await store.lockApplication(work.tx, id);
  if (!application) throw problem.notFound({ what: 'application' });
  if (application.state !== 'waiting') throw problem.stepNotAllowed({ step: 'object', status: application.state });
  await store.saveObjection(work.tx, requireParty(work), {
    application: id,
    organisation: voice.organisation.id,
    member: voice.member.id,
    reason,
  });
  await work.tx.audit('admission.object', { application: id, organisation: voice.organisation.id });
}

export interface Verdict {
  readonly isAdmitted: boolean;
  /** Needed when it is declined, or admitted against objections. */
  readonly answer: string | undefined;
}

/** By a named person of the secretariat. A silence procedure is not cut short: only what was objected to, or is over, is decided so. */
export async function decideApplication(work: Work & Caller, id: string, verdict: Verdict): Promise<void> {
  const account = requireSecretariat(work);
  const { tx } = work;
  const application = await store.lockApplication(tx, id);
  if (!application) throw problem.notFound({ what: 'application' });
  if (application.state !== 'waiting') throw problem.stepNotAllowed({ step: 'decide', status: application.state });
  const objections = await store.listObjections(tx.db, id);
  const isSilent = application.silence_until !== null && objections.length === 0;
  if (isSilent && tx.now < (application.silence_until ?? tx.now))
    throw problem.stepNotAllowed({ step: 'decide', status: 'silence-runs' });
  if (verdict.answer === undefined && (!verdict.isAdmitted || objections.length > 0))
    throw refuseField('answer', 'required');
  if (verdict.isAdmitted) await takeIn(work, application, account, verdict.answer);
  else
    await store.setDecided(tx, id, { state: 'declined', by: account, answer: verdict.answer, organisation: undefined });
  await tx.audit('admission.decide', { application: id, isAdmitted: verdict.isAdmitted });
}

/** At the end of a silence that nobody broke; twice is once. */
export async function closeSilence(work: Work, id: string): Promise<void> {
  const { tx } = work;
  const application = await store.lockApplication(tx, id);
  if (!application || application.state !== 'waiting' || application.silence_until === null) return;
  if (tx.now < application.silence_until || (await store.listObjections(tx.db, id)).length > 0) return;
  await takeIn(work, application, undefined, undefined);
  await tx.audit('admission.silence', { application: id });
}

/** The organisation has a voice as soon as the person who answers for it has used the link in the mail. */
async function takeIn(
  work: Work,
  application: store.Application,
  by: AccountId | undefined,
  answer: string | undefined,
): Promise<void> {
  const { tx } = work;
  const { name, kind, country, did, website } = application;
  const known = await members.findOrganisationByName(tx.db, name);
  const organisation = known?.id ?? newOrganisationId();
  const values = {
    id: organisation,
    name,
    kind,
    country: country ?? undefined,
    did: did ?? undefined,
    website: website ?? undefined,
  };
  if (known) await members.updateOrganisation(tx, known.revision, values);
  else await members.insertOrganisation(tx, requireParty(work), values);
  await admit(work, organisation, by);
  await inviteContact(work, application, organisation, by);
  await store.setDecided(tx, application.id, { state: 'admitted', by, answer, organisation });
}

async function inviteContact(
  work: Work,
  { name, kind, country, contact_name, contact_email, language }: store.Application,
  organisation: OrganisationId,
  by: AccountId | undefined,
): Promise<void> {
  if (contact_name === null || contact_email === null) return;
  const nobodySignedIn = { ...work, viewer: signedOut } as Work & Caller;
  const member = await noteNewcomer(nobodySignedIn, contact_email, {
    name: contact_name,
    language,
    timeZone: 'UTC',
    organisation: name,
    constituency: kind,
    country: country ?? undefined,
    gender: undefined,
    about: undefined,
    digest: 'weekly',
    consents: new Set(),
  });
  await askForMail(work, member, membership(member));
  await members.insertMandate(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    member_id: member,
    organisation_id: organisation,
    scope: '',
    since: todayIn(work),
    until: null,
    recorded_by: by ?? null,
    recorded_at: work.tx.now,
  });
}

/** States publicly that an organisation in the secretariat's list is a member: for those that were there before acts were stated. */
export async function stateMembership(work: Work & Caller, organisation: OrganisationId): Promise<void> {
  await admit(work, organisation, requireSecretariat(work));
}

async function admit(work: Work, id: OrganisationId, by: AccountId | undefined): Promise<void> {
  const { tx, house } = work;
  // Two networks that admit each other at one moment would each know nothing of the other.
  await lockTakingIn(tx);
  const organisation = await members.findOrganisation(tx.db, id);
  if (!organisation) throw problem.notFound({ what: 'organisation' });
  if (await store.lockPresentAdmission(tx, id)) throw problem.stepNotAllowed({ step: 'admit', status: 'member' });
  const party = await getHostedParty(tx.db, requireParty(work));
  const did = organisation.did as Did | undefined;
  await checkDid(work, organisation.kind, did, 'did');
  if (did !== undefined && findRing(await store.listMemberships(tx.db), party.did, did))
    throw refuseField('did', 'assembly.ring');
  const subject = subjectOf(party.did, id);
  const act = await declare(work, {
    type: networkAdmit,
    party,
    subject,
    summary: { member: did ?? null, kind: organisation.kind, country: organisation.country ?? null },
    body: { name: organisation.name },
    assurance: by ? bySession(house, by, subject) : byNode,
  });
  if (did !== undefined) await store.saveMembership(tx, act, party.did, did);
  await store.insertAdmission(tx, party.id, {
    id: randomUUID(),
    organisation_id: id,
    admitted_on: todayIn(work),
    admitted_by_act: act,
  });
  await tx.audit('admission.admit', { organisation: id, act });
}

/** By the secretariat on the organisation's word, or by whoever speaks for it. Its mandates end with it. */
export async function leaveNetwork(work: Work & Caller, id: OrganisationId): Promise<void> {
  const { tx, house } = work;
  const account = work.viewer.account?.id;
  if (account === undefined) throw problem.notSignedIn({});
  if (!isSecretariat(work)) await requireVoice(work, id);
  await lockTakingIn(tx);
  const admission = await store.lockPresentAdmission(tx, id);
  const organisation = await members.findOrganisation(tx.db, id);
  if (!admission || !organisation) throw problem.stepNotAllowed({ step: 'leave', status: 'not-a-member' });
  const party = await getHostedParty(tx.db, requireParty(work));
  const subject = subjectOf(party.did, id);
  const act = await declare(work, {
    type: networkLeave,
    party,
    subject,
    summary: { admitted: admission.admitted_by_act },
    body: { name: organisation.name },
    assurance: bySession(house, account, subject),
  });
  await store.endAdmission(tx, admission.id, todayIn(work), act);
  await store.endMembership(tx, admission.admitted_by_act, party.did, act);
  for (const mandate of await members.listMandates(tx.db, { organisation: id, on: todayIn(work), limit: 500 }))
    await members.endMandates(tx, { id: mandate.id }, todayIn(work));
  await tx.audit('admission.leave', { organisation: id, act });
}
