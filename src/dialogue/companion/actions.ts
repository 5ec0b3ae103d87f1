/**
 * The floor of a session: asking for it, giving it, ending a turn; presence; notes. Every write takes the session's row first, so that of two who press
 * at once one waits and then sees what the other did. Under the Chatham House Rule asking leaves no audit row: it would say who wanted to speak.
 */
import { randomUUID } from 'node:crypto';
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import type { DialogueSessionId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import { requireParty } from '../../network/members/party.ts';
import { problem } from '../../problem.ts';
import { finishOf, startOf, type AttendanceMode, type DialogueSession } from '../programme/sessions/session.ts';
import { lockSession } from '../programme/sessions/store.ts';
import { attend, countByConstituency, mayChair, mayTakeNotes, takesPart } from '../programme/sessions/taking-part.ts';
import { groupOf, type SpeakingGroup } from './floor-time.ts';
import { orderQueue } from './queue.ts';
import * as store from './store.ts';

/** Who acts: the caller, and the member that she is, by her account or by the key from a mail. */
export type Acting = Work & Pick<Caller, 'viewer' | 'party'> & { readonly member: Member | undefined };

const hourMs = 3_600_000;

/** People are let in early and sessions end late. */
export function isFloorOpen(session: DialogueSession, at: Date): boolean {
  const opensAt = startOf(session).getTime() - hourMs;
  const closesAt = finishOf(session).getTime() + 2 * hourMs;
  return session.state === 'announced' && at.getTime() >= opensAt && at.getTime() < closesAt;
}

async function lockOpen(work: Work, id: DialogueSessionId, step: string): Promise<DialogueSession> {
  const session = await lockSession(work.tx, id);
  if (!session || session.state === 'draft') throw problem.notFound({ what: 'session' });
  if (!isFloorOpen(session, work.tx.now)) throw problem.stepNotAllowed({ step, status: 'not-running' });
  return session;
}

async function requireTakingPart(work: Acting, session: DialogueSession): Promise<Member> {
  const { member } = work;
  if (!member) throw work.viewer.account ? problem.notAllowed({ needs: 'member' }) : problem.notSignedIn({});
  if (!(await takesPart(work.tx.db, session.id, member.id))) throw problem.notAllowed({ needs: 'registered' });
  return member;
}

async function requireChair(work: Acting, session: DialogueSession): Promise<void> {
  if (await mayChair(work.tx.db, work, session, work.member)) return;
  throw work.viewer.account || work.member ? problem.notAllowed({ needs: 'chair' }) : problem.notSignedIn({});
}

/** Asking twice is asking once. Whoever asks is there. */
export async function askForFloor(work: Acting, id: DialogueSessionId): Promise<void> {
  const session = await lockOpen(work, id, 'ask-for-the-floor');
  const member = await requireTakingPart(work, session);
  const isNew = await store.insertRequest(work.tx, requireParty(work), {
    id: randomUUID(),
    session: id,
    isChathamHouse: session.isChathamHouse,
    member: member.id,
    constituency: member.constituency,
  });
  if (session.isChathamHouse) return;
  if (isNew) await work.tx.audit('floor.ask', { session: id, member: member.id });
  await attend(work, session, member.id, 'remote');
}

export async function withdrawRequest(work: Acting, id: DialogueSessionId): Promise<void> {
  const session = await lockOpen(work, id, 'withdraw');
  const member = await requireTakingPart(work, session);
  const was = await store.deleteWaiting(work.tx, id, member.id);
  if (was && !session.isChathamHouse) await work.tx.audit('floor.withdraw', { session: id, member: member.id });
}

export async function sayPresent(work: Acting, id: DialogueSessionId, mode: AttendanceMode): Promise<void> {
  const session = await lockOpen(work, id, 'attend');
  const member = await requireTakingPart(work, session);
  await attend(work, session, member.id, mode);
}

export type GivenTo =
  | 'next'
  /** One who waits, out of turn: the chair may depart from the rule. */
  | { readonly request: string }
  /** Somebody in the room who is not on the list. */
  | { readonly constituency: PartyKind };

/** `speaking`: the turn that was on the chair's screen, which ends here; pressing twice gives the floor once. */
export async function giveFloor(
  work: Acting,
  id: DialogueSessionId,
  speaking: string | undefined,
  to: GivenTo,
): Promise<void> {
  const session = await lockOpen(work, id, 'give-the-floor');
  await requireChair(work, session);
  const people = await countByConstituency(work.tx.db, id);
  const groupFor = (constituency: SpeakingGroup): SpeakingGroup =>
    constituency === 'smaller-groups' ? constituency : groupOf(constituency, people, session.isChathamHouse);
  await endSpeaking(work, session, speaking);
  if (typeof to === 'object' && 'constituency' in to) {
    await store.insertRequest(work.tx, requireParty(work), {
      id: randomUUID(),
      session: id,
      isChathamHouse: session.isChathamHouse,
      member: undefined,
      constituency: groupFor(to.constituency),
      startedAt: work.tx.now,
    });
  } else {
    const waiting = (await store.listOpenRequests(work.tx.db, id)).filter(({ startedAt }) => startedAt === undefined);
    const heard = await store.listHeard(work.tx.db, id);
    const queue = orderQueue(
      waiting.map((request) => ({ ...request, constituency: groupFor(request.constituency) })),
      heard,
    );
    const next = to === 'next' ? queue[0] : queue.find((request) => request.id === to.request);
    if (!next) throw problem.notFound({ what: 'request' });
    await store.startTurn(work.tx, next.id, { as: next.constituency, isChathamHouse: session.isChathamHouse });
  }
  await work.tx.audit('floor.give', { session: id });
}

export async function endTurn(work: Acting, id: DialogueSessionId, speaking: string): Promise<void> {
  const session = await lockOpen(work, id, 'end-turn');
  await requireChair(work, session);
  await endSpeaking(work, session, speaking);
  await work.tx.audit('floor.end', { session: id });
}

async function endSpeaking(work: Acting, session: DialogueSession, seen: string | undefined): Promise<void> {
  const open = await store.listOpenRequests(work.tx.db, session.id);
  const speaking = open.find(({ startedAt }) => startedAt !== undefined);
  if (speaking?.id !== seen) throw problem.conflict({ what: 'floor' });
  if (!speaking?.startedAt) return;
  const seconds = Math.round((work.tx.now.getTime() - speaking.startedAt.getTime()) / 1000);
  await store.addFloorTime(work.tx, requireParty(work), session.id, speaking.constituency, Math.max(0, seconds));
  await store.endTurn(work.tx, speaking.id, session.isChathamHouse);
}

/** `base`: the revision that was on the screen, 0 for the first. Notes may be written at any time, before and long after. */
export async function writeNotes(
  work: Acting,
  id: DialogueSessionId,
  base: number,
  given: store.NotesGiven,
): Promise<void> {
  const session = await lockSession(work.tx, id);
  if (!session) throw problem.notFound({ what: 'session' });
  if (!(await mayTakeNotes(work.tx.db, work, session, work.member)))
    throw work.viewer.account || work.member ? problem.notAllowed({ needs: 'rapporteur' }) : problem.notSignedIn({});
  if (!(await store.saveNotes(work.tx, requireParty(work), id, base, given))) {
    const held = await store.findNotes(work.tx.db, id);
    throw problem.textHasMovedOn({ version: String(held?.revision ?? 0) });
  }
  await work.tx.audit('session.write-notes', { session: id, isPublished: given.isPublished });
}
