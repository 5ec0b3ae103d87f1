/** Planning, announcing, moving and cancelling sessions; who stands on the programme; registration. One function a write. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { newDialogueSessionId, type DialogueSessionId, type MemberId, type SpaceId } from '../../../ids.ts';
import { noteNewcomer, type Entry } from '../../../network/members/actions.ts';
import { isSecretariat, type Member } from '../../../network/members/member.ts';
import { askForMail } from '../../../network/members/outgoing.ts';
import { requireParty } from '../../../network/members/party.ts';
import { findMemberById } from '../../../network/members/store.ts';
import { problem } from '../../../problem.ts';
import { requireConvenor, requireDocumenter } from '../spaces/actions.ts';
import { findSpace } from '../spaces/store.ts';
import { isLeftOut } from '../when.ts';
import {
  concernsCalendars,
  finishOf,
  type AttendanceMode,
  type DialogueSession,
  type ProgrammeRole,
  type SessionValues,
} from './session.ts';
import * as store from './store.ts';

/** `uid`: of an imported event, which keeps its own, so that calendars that hold it already see the same one. */
export async function planSession(
  work: Work & Caller,
  space: SpaceId,
  values: SessionValues,
  uid?: string,
): Promise<DialogueSessionId> {
  await requireConvenor(work, space);
  requirePossibleTime(values);
  const id = newDialogueSessionId();
  const own = `${id}@${new URL(work.house.config.publicUrl).hostname}`;
  await store.insertSession(work.tx, requireParty(work), id, space, values, uid ?? own);
  await work.tx.audit('session.plan', { session: id, space });
  return id;
}

/** `base` is the revision that was on the screen. What calendars must know raises the sequence, and those registered are told. */
export async function editSession(
  work: Work & Caller,
  id: DialogueSessionId,
  base: number,
  values: SessionValues,
): Promise<void> {
  const session = await getSession(work, id);
  await requireConvenor(work, session.space);
  requirePossibleTime(values);
  const moves = concernsCalendars(session, values);
  const sequence = session.sequence + (moves && session.state !== 'draft' ? 1 : 0);
  if (!(await store.updateSession(work.tx, id, base, values, sequence)))
    throw problem.textHasMovedOn({ version: String(session.revision) });
  await work.tx.audit('session.edit', { session: id, moves });
  if (moves && session.state === 'announced') await tellRegistered(work, id);
}

/** From now on it is public, once its space is. */
export async function announceSession(work: Work & Caller, id: DialogueSessionId): Promise<void> {
  const session = await getSession(work, id);
  await requireConvenor(work, session.space);
  if (session.state === 'announced') return;
  await store.setSessionState(work.tx, id, 'announced', session.sequence + (session.state === 'cancelled' ? 1 : 0));
  await work.tx.audit('session.announce', { session: id });
  if (session.state === 'cancelled') await tellRegistered(work, id);
}

/** It stays on the programme, crossed out, and in calendars as cancelled. */
export async function cancelSession(work: Work & Caller, id: DialogueSessionId): Promise<void> {
  const session = await getSession(work, id);
  await requireConvenor(work, session.space);
  if (session.state === 'cancelled') return;
  if (session.state === 'draft') throw problem.stepNotAllowed({ step: 'cancel', status: 'draft' });
  await store.setSessionState(work.tx, id, 'cancelled', session.sequence + 1);
  await work.tx.audit('session.cancel', { session: id });
  await tellRegistered(work, id);
}

async function tellRegistered(work: Work, id: DialogueSessionId): Promise<void> {
  for (const member of await store.listRegisteredIds(work.tx.db, id))
    await askForMail(work, member, { kind: 'session', id });
}

// The programme

export interface SpeakerGiven {
  readonly role: ProgrammeRole;
  /** A member, or a name whose bearer agreed to being named. */
  readonly who: { readonly member: MemberId } | { readonly name: string; readonly affiliation: string | undefined };
  readonly about: string | undefined;
  readonly inputLink: string | undefined;
}

export async function addToProgramme(work: Work & Caller, id: DialogueSessionId, given: SpeakerGiven): Promise<string> {
  const session = await getSession(work, id);
  await requireDocumenter(work, session.space);
  if ('member' in given.who) {
    const member = await findMemberById(work.tx.db, given.who.member);
    if (!member || member.leftOn !== undefined) throw problem.notFound({ what: 'member' });
  }
  const person = randomUUID();
  const known = await store.listSessionPeople(work.tx.db, id, [given.role], 1000);
  await store.insertSessionPerson(work.tx, {
    id: person,
    party_id: requireParty(work),
    session_id: id,
    is_chatham_house: session.isChathamHouse,
    member_id: 'member' in given.who ? given.who.member : null,
    name: 'name' in given.who ? given.who.name : null,
    named_with_consent_at: 'name' in given.who ? work.tx.now : null,
    affiliation: 'name' in given.who ? (given.who.affiliation ?? null) : null,
    about: given.about ?? null,
    input_link: given.inputLink ?? null,
    role: given.role,
    mode: null,
    position: known.length + 1,
    at: work.tx.now,
  });
  await work.tx.audit('session.add-to-programme', { session: id, person, role: given.role });
  return person;
}

export async function takeFromProgramme(work: Work & Caller, id: DialogueSessionId, person: string): Promise<void> {
  const session = await getSession(work, id);
  await requireDocumenter(work, session.space);
  if (!(await store.deleteSessionPerson(work.tx, id, person))) throw problem.notFound({ what: 'person' });
  await work.tx.audit('session.take-from-programme', { session: id, person });
}

// Registration: by a member in a browser, or with the key from a mail

export async function registerFor(
  work: Work,
  member: Member,
  id: DialogueSessionId,
  mode: AttendanceMode,
): Promise<void> {
  const session = await store.lockSession(work.tx, id);
  if (!session || session.state === 'draft') throw problem.notFound({ what: 'session' });
  requireRegistrable(work, session);
  if (await store.findInRole(work.tx.db, id, member.id, 'registered')) return;
  if (session.capacity !== undefined && (await store.countInRole(work.tx.db, id, 'registered')) >= session.capacity)
    throw problem.stepNotAllowed({ step: 'register', status: 'full' });
  await insertAs(work, session, member.id, 'registered', mode);
  await work.tx.audit('session.register', { session: id, member: member.id });
  await askForMail(work, member.id, { kind: 'session', id });
}

export async function withdrawFrom(work: Work, member: Member, id: DialogueSessionId): Promise<void> {
  const registered = await store.findInRole(work.tx.db, id, member.id, 'registered');
  if (!registered) return;
  await store.deleteSessionPerson(work.tx, id, registered.id);
  await work.tx.audit('session.withdraw', { session: id, member: member.id });
}

/** By whoever kept the list at the door or saw who was in the call. */
export async function noteAttendance(
  work: Work & Caller,
  id: DialogueSessionId,
  member: MemberId,
  mode: AttendanceMode,
): Promise<void> {
  const session = await getSession(work, id);
  await requireDocumenter(work, session.space);
  await insertAs(work, session, member, 'attended', mode);
  await work.tx.audit('session.note-attendance', { session: id, member });
}

async function insertAs(
  work: Work,
  session: DialogueSession,
  member: MemberId,
  role: 'registered' | 'attended',
  mode: AttendanceMode,
): Promise<void> {
  await store.insertSessionPerson(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    session_id: session.id,
    is_chatham_house: session.isChathamHouse,
    member_id: member,
    name: null,
    named_with_consent_at: null,
    affiliation: null,
    about: null,
    input_link: null,
    role,
    mode,
    position: 0,
    at: work.tx.now,
  });
}

async function getSession(work: Work & Caller, id: DialogueSessionId): Promise<DialogueSession> {
  const session = await store.findSession(work.tx.db, id);
  const space = session && (await findSpace(work.tx.db, session.space));
  if (!session || !space || (space.isTemplate && !isSecretariat(work))) throw problem.notFound({ what: 'session' });
  return session;
}

function requirePossibleTime(values: SessionValues): void {
  if (isLeftOut(values))
    throw problem.inputInvalid({
      fields: [{ path: 'localStart', code: 'programme.time-left-out', message: values.localStart }],
    });
}

/** Somebody whom the network does not know: the mail asks her, and its key registers and lets her in at once. */
export async function registerNewcomer(
  work: Work & Caller,
  id: DialogueSessionId,
  email: string,
  entry: Entry,
): Promise<void> {
  const session = await store.findSession(work.tx.db, id);
  if (!session || session.state === 'draft') throw problem.notFound({ what: 'session' });
  requireRegistrable(work, session);
  if (session.registration === 'members') throw problem.stepNotAllowed({ step: 'register', status: 'members' });
  const member = await noteNewcomer(work, email, entry);
  await askForMail(work, member, { kind: 'session', id });
}

function requireRegistrable(work: Work, session: DialogueSession): void {
  const status =
    session.state === 'cancelled'
      ? 'cancelled'
      : session.registration === 'closed'
        ? 'closed'
        : finishOf(session) <= work.tx.now
          ? 'over'
          : undefined;
  if (status !== undefined) throw problem.stepNotAllowed({ step: 'register', status });
}
