/** The code of conduct, who handles complaints, and complaints. One function a write. */
import { randomUUID } from 'node:crypto';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import type { MemberId, SpaceId } from '../../ids.ts';
import { requireSecretariat, type Member } from '../../network/members/member.ts';
import { askForMail } from '../../network/members/outgoing.ts';
import { requireParty } from '../../network/members/party.ts';
import { findMemberByEmail } from '../../network/members/store.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { findSpace, listEverConvening } from '../programme/spaces/store.ts';
import { withText } from '../texts.ts';
import { handlersAt, maySee, nextInstance, type ComplaintFacts } from './complaint.ts';
import * as store from './store.ts';

const dayMs = 86_400_000;
/** Until a network has said otherwise in its code. */
export const usualAnswerDays = 14;

export const complaintThing = (id: string) => ({ kind: 'complaint', id }) as const;

// The code

/** Each publishing is a version; earlier ones stay readable. `base`: the version that was on the screen, 0 for none. */
export async function publishCode(
  work: Work & Caller,
  base: number,
  given: { readonly language: string; readonly words: string; readonly answerDays: number },
): Promise<void> {
  const account = requireSecretariat(work);
  const [latest] = await store.listCodes(work.tx.db);
  if ((latest?.version ?? 0) !== base) throw problem.textHasMovedOn({ version: String(latest?.version ?? 0) });
  const version = base + 1;
  const words = withText(latest?.words ?? {}, given.language, given.words);
  if (!(await store.insertCode(work.tx, requireParty(work), account, { version, words, answerDays: given.answerDays })))
    throw problem.textHasMovedOn({ version: String(version) });
  await work.tx.audit('conduct.publish', { version });
}

export async function nameHandler(work: Work & Caller, email: string, instance: number): Promise<void> {
  requireSecretariat(work);
  const member = await findMemberByEmail(work.tx.db, email);
  if (!member || member.leftOn !== undefined || member.confirmedAt === undefined)
    throw problem.inputInvalid({ fields: [{ path: 'email', code: 'members.not-a-member', message: email }] });
  await store.upsertHandler(work.tx, requireParty(work), member.id, instance, plainDateAt(work.tx.now, 'UTC'));
  await work.tx.audit('conduct.name-handler', { member: member.id, instance });
  await tellOfWaiting(work, member.id);
}

export async function endHandler(work: Work & Caller, member: MemberId): Promise<void> {
  requireSecretariat(work);
  if (!(await store.deleteHandler(work.tx, member))) throw problem.notFound({ what: 'handler' });
  await work.tx.audit('conduct.end-handler', { member });
}

// Complaints

export async function factsOf(
  reader: Reader,
  complaint: Pick<store.Complaint, 'complainant' | 'about' | 'space'>,
): Promise<ComplaintFacts> {
  return {
    complainant: complaint.complainant,
    about: complaint.about,
    // Whoever could hand over, or take the space up, to read what is said of her would.
    conveners: complaint.space ? await listEverConvening(reader, complaint.space) : new Set(),
  };
}

export interface ComplaintGiven {
  readonly space: SpaceId | undefined;
  /** Handlers whom it is about. */
  readonly about: readonly MemberId[];
  readonly words: string;
}

/** It is kept also when nobody may handle it: whoever is named next finds it. */
export async function fileComplaint(work: Work, member: Member, given: ComplaintGiven): Promise<string> {
  const { tx } = work;
  if (given.space && !(await findSpace(tx.db, given.space))) throw problem.notFound({ what: 'space' });
  const handlers = await store.listHandlers(tx.db);
  if (given.about.some((about) => !handlers.some((handler) => handler.member === about)))
    throw problem.notFound({ what: 'handler' });
  const draft = { complainant: member.id, space: given.space, about: new Set(given.about) };
  const facts = await factsOf(tx.db, draft);
  const complaint: store.Complaint = {
    ...draft,
    id: randomUUID(),
    state: 'waiting',
    instance: nextInstance(handlers, facts, 0) ?? 1,
    filedAt: tx.now,
    dueAt: await dueFrom(work),
  };
  const party = requireParty(work);
  await store.insertComplaint(tx, party, complaint);
  await store.insertWords(tx, party, {
    id: randomUUID(),
    complaint: complaint.id,
    by: member.id,
    words: given.words,
  });
  await tx.audit('complaint.file', { complaint: complaint.id });
  await askForMail(work, member.id, complaintThing(complaint.id));
  await tellHandlers(work, complaint, facts);
  return complaint.id;
}

/** An answer by who handles it, or more by who complains. Whose word it is, is decided by who speaks. */
export async function addWords(work: Work, member: Member, id: string, words: string): Promise<'answered' | 'added'> {
  const { tx } = work;
  const { complaint, facts } = await lockSeen(work, member, id);
  if (complaint.state === 'closed') throw problem.stepNotAllowed({ step: 'write', status: 'closed' });
  const party = requireParty(work);
  await store.insertWords(tx, party, { id: randomUUID(), complaint: id, by: member.id, words });
  if (member.id === complaint.complainant) {
    if (complaint.state === 'answered')
      await store.updateComplaint(tx, id, { state: 'waiting', dueAt: await dueFrom(work) });
    await tx.audit('complaint.add', { complaint: id });
    await tellHandlers(work, complaint, facts);
    return 'added';
  }
  await store.updateComplaint(tx, id, { state: 'answered' });
  await tx.audit('complaint.answer', { complaint: id });
  await askForMail(work, complaint.complainant, complaintThing(id));
  return 'answered';
}

/** By who complains and is not content, at any time. */
export async function goFurther(work: Work, member: Member, id: string): Promise<void> {
  const { complaint, facts } = await lockSeen(work, member, id);
  if (member.id !== complaint.complainant) throw problem.notAllowed({ needs: 'complainant' });
  if (complaint.state === 'closed') throw problem.stepNotAllowed({ step: 'go-further', status: 'closed' });
  if (!(await moveOn(work, complaint, facts))) throw problem.stepNotAllowed({ step: 'go-further', status: 'last' });
}

export async function closeComplaint(work: Work, member: Member, id: string): Promise<void> {
  const { complaint } = await lockSeen(work, member, id);
  if (member.id !== complaint.complainant) throw problem.notAllowed({ needs: 'complainant' });
  await store.updateComplaint(work.tx, id, { state: 'closed' });
  await work.tx.audit('complaint.close', { complaint: id });
}

/** By the clock. At the last instance it goes on waiting, and says so to whoever sees it. */
export async function moveOverdue(work: Work): Promise<number> {
  let moved = 0;
  for (const { id } of await store.listComplaints(work.tx.db, { state: 'waiting', dueBefore: work.tx.now })) {
    const complaint = await store.lockComplaint(work.tx, id);
    if (complaint?.state !== 'waiting' || complaint.dueAt > work.tx.now) continue;
    if (await moveOn(work, complaint, await factsOf(work.tx.db, complaint))) moved++;
  }
  return moved;
}

/** False: there is no further instance. */
async function moveOn(work: Work, complaint: store.Complaint, facts: ComplaintFacts): Promise<boolean> {
  const instance = nextInstance(await store.listHandlers(work.tx.db), facts, complaint.instance);
  if (instance === undefined) return false;
  const dueAt = await dueFrom(work);
  await store.updateComplaint(work.tx, complaint.id, { state: 'waiting', instance, dueAt });
  await work.tx.audit('complaint.move-on', { complaint: complaint.id, instance });
  await askForMail(work, complaint.complainant, complaintThing(complaint.id));
  await tellHandlers(work, { ...complaint, instance }, facts);
  return true;
}

/** Whoever was just named hears of what waits for her; what waited for nobody goes to whoever may handle it. */
async function tellOfWaiting(work: Work, named: MemberId): Promise<void> {
  const handlers = await store.listHandlers(work.tx.db);
  for (const complaint of await store.listComplaints(work.tx.db, { state: 'waiting' })) {
    const facts = await factsOf(work.tx.db, complaint);
    const able = handlersAt(handlers, facts, complaint.instance);
    if (able.some(({ member }) => member === named)) await askForMail(work, named, complaintThing(complaint.id));
    else if (able.length === 0) await moveOn(work, complaint, facts);
  }
}

async function lockSeen(work: Work, member: Member, id: string) {
  const complaint = await store.lockComplaint(work.tx, id);
  // Whoever may not see it is told what strangers are told.
  if (!complaint) throw problem.notFound({ what: 'complaint' });
  const facts = await factsOf(work.tx.db, complaint);
  const handlers = await store.listHandlers(work.tx.db);
  if (!maySee(member.id, handlers, { ...facts, instance: complaint.instance }))
    throw problem.notFound({ what: 'complaint' });
  return { complaint, facts };
}

async function tellHandlers(work: Work, complaint: store.Complaint, facts: ComplaintFacts): Promise<void> {
  for (const { member } of handlersAt(await store.listHandlers(work.tx.db), facts, complaint.instance))
    await askForMail(work, member, complaintThing(complaint.id));
}

async function dueFrom({ tx }: Work): Promise<Date> {
  const [code] = await store.listCodes(tx.db);
  return new Date(tx.now.getTime() + (code?.answerDays ?? usualAnswerDays) * dayMs);
}
