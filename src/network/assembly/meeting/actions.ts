/**
 * An assembly from its agenda to its approved minutes. When and where it meets is a session's; how its motions are decided is a decision's. What is
 * its own: notice in time, enough organisations present, who moved and seconded, and minutes that a named person approves.
 */
import { createHash, randomUUID } from 'node:crypto';
import { bySession, declare } from '../../../acts/declare.ts';
import { getHostedParty } from '../../../acts/store.ts';
import { openDecision } from '../../../dialogue/decisions/actions.ts';
import type { DialogueSession } from '../../../dialogue/programme/sessions/session.ts';
import { finishOf, startOf } from '../../../dialogue/programme/sessions/session.ts';
import { findSession } from '../../../dialogue/programme/sessions/store.ts';
import { requireConvenor } from '../../../dialogue/programme/spaces/actions.ts';
import type { Space } from '../../../dialogue/programme/spaces/space.ts';
import { findSpace } from '../../../dialogue/programme/spaces/store.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { DialogueSessionId, OrganisationId, PaperId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';
import { isSecretariat } from '../../members/member.ts';
import { askForMail } from '../../members/outgoing.ts';
import { requireParty } from '../../members/party.ts';
import { listMandates } from '../../members/store.ts';
import { assemblyResult } from '../act-types.ts';
import { listElections } from '../elections/store.ts';
import { findRules } from '../rules/rules.ts';
import { subjectOf } from '../subject.ts';
import { listVoices, requireVoice, todayIn } from '../voices.ts';
import { noticeDueAt, quorumOf } from './meeting.ts';
import { resultOf } from './results.ts';
import * as store from './store.ts';

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

const hourMs = 3_600_000;

export interface AtAssembly {
  readonly assembly: store.Assembly;
  readonly session: DialogueSession;
  readonly space: Space;
}

export async function lockAt(work: Work, id: string): Promise<AtAssembly> {
  const assembly = await store.lockAssembly(work.tx, id);
  const session = assembly && (await findSession(work.tx.db, assembly.session_id));
  const space = session && (await findSpace(work.tx.db, session.space));
  if (!assembly || !session || !space) throw problem.notFound({ what: 'assembly' });
  return { assembly, session, space };
}

function requireState(at: AtAssembly, step: string, ...states: readonly store.AssemblyState[]): void {
  if (!states.includes(at.assembly.state)) throw problem.stepNotAllowed({ step, status: at.assembly.state });
}

/** Makes a session of a series an assembly; who convenes the series convenes it. */
export async function planAssembly(work: Work & Caller, sessionId: DialogueSessionId): Promise<string> {
  const session = await findSession(work.tx.db, sessionId);
  if (!session) throw problem.notFound({ what: 'session' });
  await requireConvenor(work, session.space);
  if (session.state === 'cancelled') throw problem.stepNotAllowed({ step: 'plan-assembly', status: session.state });
  // Who moved what is written down and published; under the Chatham House Rule nobody could decide anything.
  if (session.isChathamHouse) throw refuseField('session', 'assembly.chatham');
  const rules = await findRules(work.tx.db);
  const id = randomUUID();
  await store.insertAssembly(work.tx, requireParty(work), {
    id,
    session_id: sessionId,
    notice_days: rules.noticeDays,
    quorum_percent: rules.quorumPercent,
  });
  await work.tx.audit('assembly.plan', { assembly: id, session: sessionId });
  return id;
}

export interface ItemGiven {
  readonly title: string;
  readonly explanation: string | undefined;
  readonly minutes: number;
  readonly paper: PaperId | undefined;
  readonly link: string | undefined;
}

const mostItems = 100;

/** Until notice is given: what members were told is what is on the agenda. */
async function lockPlanned(work: Work & Caller, id: string, step: string): Promise<readonly store.Item[]> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, step, 'planned');
  return store.listItems(work.tx.db, id);
}

export async function addItem(work: Work & Caller, id: string, given: ItemGiven): Promise<string> {
  const items = await lockPlanned(work, id, 'add-item');
  if (items.length >= mostItems) throw refuseField('title', 'too-many');
  const item = randomUUID();
  await store.insertItem(work.tx, requireParty(work), {
    id: item,
    assembly_id: id,
    position: (items.at(-1)?.position ?? 0) + 1,
    title: given.title,
    explanation: given.explanation ?? null,
    minutes: given.minutes,
    paper_id: given.paper ?? null,
    link: given.link ?? null,
  });
  await work.tx.audit('assembly.add-item', { assembly: id, item });
  return item;
}

export async function removeItem(work: Work & Caller, id: string, item: string): Promise<void> {
  await lockPlanned(work, id, 'remove-item');
  if (!(await store.deleteItem(work.tx, id, item))) throw problem.notFound({ what: 'item' });
  await work.tx.audit('assembly.remove-item', { assembly: id, item });
}

export async function moveItemUp(work: Work & Caller, id: string, item: string): Promise<void> {
  const items = await lockPlanned(work, id, 'move-item');
  const index = items.findIndex((each) => each.id === item);
  const [moved, above] = [items[index], items[index - 1]];
  if (!moved) throw problem.notFound({ what: 'item' });
  if (!above) return;
  await store.setPosition(work.tx, moved.id, above.position);
  await store.setPosition(work.tx, above.id, moved.position);
  await work.tx.audit('assembly.move-item', { assembly: id, item });
}

/** Notice: from now on the agenda stands, and whoever speaks for an organisation is told by mail. */
export async function callAssembly(work: Work & Caller, id: string): Promise<void> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'call', 'planned');
  if ((await store.listItems(work.tx.db, id)).length === 0)
    throw problem.stepNotAllowed({ step: 'call', status: 'no-agenda' });
  if (at.session.state !== 'announced') throw problem.stepNotAllowed({ step: 'call', status: at.session.state });
  if (work.tx.now > noticeDueAt(startOf(at.session), at.assembly.notice_days))
    throw problem.stepNotAllowed({ step: 'call', status: 'notice-too-short' });
  await store.updateAssembly(work.tx, id, { state: 'called', called_at: work.tx.now });
  const mandates = await listMandates(work.tx.db, { on: todayIn(work), limit: 5000 });
  for (const member of new Set(mandates.map((mandate) => mandate.member.id)))
    await askForMail(work, member, { kind: 'assembly', id });
  await work.tx.audit('assembly.call', { assembly: id });
}

/** For an organisation by whoever speaks for it; in the room, the secretariat may write it down. */
export async function sayPresent(work: Work & Caller, id: string, organisation: string | undefined): Promise<void> {
  const at = await lockAt(work, id);
  requireState(at, 'say-present', 'called', 'open');
  if (work.tx.now.getTime() < startOf(at.session).getTime() - hourMs)
    throw problem.stepNotAllowed({ step: 'say-present', status: 'too-early' });
  const { member, organisation: present } = await presentAs(work, organisation);
  await store.savePresence(work.tx, requireParty(work), { assembly: id, organisation: present, member });
  await work.tx.audit('assembly.present', { assembly: id, organisation: present });
}

async function presentAs(work: Work & Caller, organisation: string | undefined) {
  if (organisation === undefined || !isSecretariat(work)) {
    const voice = await requireVoice(work, organisation);
    return { member: voice.member.id, organisation: voice.organisation.id };
  }
  const on = todayIn(work);
  const [mandate] = await listMandates(work.tx.db, { organisation: organisation as OrganisationId, on, limit: 1 });
  if (!mandate) throw problem.notFound({ what: 'organisation' });
  return { member: mandate.member.id, organisation: mandate.organisation.id };
}

/** With a quorum and not without; an assembly that lacks it decides nothing. */
export async function openAssembly(work: Work & Caller, id: string): Promise<void> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'open', 'called');
  if (work.tx.now < startOf(at.session)) throw problem.stepNotAllowed({ step: 'open', status: 'too-early' });
  const voices = await listVoices(work.tx.db, todayIn(work));
  const may = new Set(voices.map((voice) => voice.id));
  const present = (await store.listPresent(work.tx.db, id)).filter((each) => may.has(each.id)).length;
  if (present < quorumOf(voices.length, at.assembly.quorum_percent))
    throw problem.stepNotAllowed({ step: 'open', status: 'no-quorum' });
  await store.updateAssembly(work.tx, id, {
    state: 'open',
    opened_at: work.tx.now,
    voices: voices.length,
    present,
  });
  await work.tx.audit('assembly.open', { assembly: id, voices: voices.length, present });
}

export interface MotionGiven {
  readonly item: string;
  readonly words: string;
  readonly explanation: string | undefined;
  readonly language: string;
  readonly organisation: string | undefined;
}

/** From the notice on, on an item of the agenda. */
export async function move(work: Work & Caller, id: string, given: MotionGiven): Promise<string> {
  const at = await lockAt(work, id);
  requireState(at, 'move', 'called', 'open');
  const voice = await requireVoice(work, given.organisation);
  if (!(await store.listItems(work.tx.db, id)).some((item) => item.id === given.item))
    throw refuseField('item', 'not-a-choice');
  const motion = randomUUID();
  await store.insertMotion(work.tx, requireParty(work), {
    id: motion,
    assembly_id: id,
    item_id: given.item,
    number: await store.nextMotionNumber(work.tx.db, id),
    words: given.words,
    explanation: given.explanation ?? null,
    language: given.language,
    moved_for: voice.organisation.id,
    moved_by: voice.member.id,
  });
  await work.tx.audit('assembly.move', { assembly: id, motion, organisation: voice.organisation.id });
  return motion;
}

async function getMotion(work: Work, id: string, motionId: string): Promise<store.Motion> {
  const motion = (await store.listMotions(work.tx.db, id)).find((each) => each.id === motionId);
  if (!motion) throw problem.notFound({ what: 'motion' });
  return motion;
}

/** By another organisation than the one that moved it. */
export async function second(
  work: Work & Caller,
  id: string,
  motionId: string,
  organisation: string | undefined,
): Promise<void> {
  const at = await lockAt(work, id);
  requireState(at, 'second', 'called', 'open');
  const motion = await getMotion(work, id, motionId);
  const voice = await requireVoice(work, organisation);
  if (motion.seconded_for !== null) throw problem.stepNotAllowed({ step: 'second', status: 'seconded' });
  if (motion.moved_for === voice.organisation.id)
    throw problem.stepNotAllowed({ step: 'second', status: 'own-motion' });
  await store.setSeconded(work.tx, motionId, { organisation: voice.organisation.id, member: voice.member.id });
  await work.tx.audit('assembly.second', { assembly: id, motion: motionId, organisation: voice.organisation.id });
}

/** What was seconded is voted on: one vote for each organisation that somebody speaks for now, by web or by mail. */
export async function putToVote(work: Work & Caller, id: string, motionId: string, minutes: number): Promise<void> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'put-to-vote', 'open');
  const motion = await getMotion(work, id, motionId);
  if (motion.seconded_for === null) throw problem.stepNotAllowed({ step: 'put-to-vote', status: 'not-seconded' });
  if (motion.decision_id !== null) throw problem.stepNotAllowed({ step: 'put-to-vote', status: 'voted' });
  const voices = await listVoices(work.tx.db, todayIn(work));
  const decision = await openDecision(work, at.space, {
    question: motion.words,
    explanation: motion.explanation ?? undefined,
    language: motion.language,
    method: 'majority',
    options: [],
    entitled: 'organisations-spoken-for',
    quorum: quorumOf(voices.length, at.assembly.quorum_percent),
    hours: minutes / 60,
    outcomeDueDays: 30,
    paper: undefined,
  });
  await store.setDecision(work.tx, motionId, decision);
  await work.tx.audit('assembly.put-to-vote', { assembly: id, motion: motionId, decision });
}

/** When nothing is being voted on any more. */
export async function closeAssembly(work: Work & Caller, id: string): Promise<void> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'close', 'open');
  for (const motion of await store.listMotions(work.tx.db, id))
    if ((await resultOf(work.tx.db, motion, work.tx.now)).stage === 'voting')
      throw problem.stepNotAllowed({ step: 'close', status: 'voting' });
  if ((await listElections(work.tx.db, id)).some(({ state }) => state === 'open'))
    throw problem.stepNotAllowed({ step: 'close', status: 'voting' });
  await store.updateAssembly(work.tx, id, { state: 'closed', closed_at: work.tx.now });
  await work.tx.audit('assembly.close', { assembly: id, late: work.tx.now > finishOf(at.session) });
}

export async function writeMinutes(
  work: Work & Caller,
  id: string,
  base: number,
  language: string,
  words: string,
): Promise<void> {
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'write-minutes', 'closed');
  if (at.assembly.minutes_approved_at) throw problem.stepNotAllowed({ step: 'write-minutes', status: 'approved' });
  if (!(await store.saveMinutes(work.tx, id, base, language, words)))
    throw problem.textHasMovedOn({ version: String(at.assembly.minutes_revision) });
  await work.tx.audit('assembly.write-minutes', { assembly: id });
}

/** By a named person, who says which version was read. From then on they are public and stand, and an act says what was decided. */
export async function approveMinutes(work: Work & Caller, id: string, base: number): Promise<void> {
  const { tx, house } = work;
  const at = await lockAt(work, id);
  await requireConvenor(work, at.space.id);
  requireState(at, 'approve-minutes', 'closed');
  const account = work.viewer.account?.id;
  const { minutes, minutes_revision, minutes_approved_at } = at.assembly;
  if (account === undefined) throw problem.notSignedIn({});
  if (minutes === null || minutes_approved_at !== null)
    throw problem.stepNotAllowed({ step: 'approve-minutes', status: minutes === null ? 'unwritten' : 'approved' });
  if (base !== minutes_revision) throw problem.textHasMovedOn({ version: String(minutes_revision) });
  const party = await getHostedParty(tx.db, requireParty(work));
  const subject = subjectOf(party.did, id);
  const act = await declare(work, {
    type: assemblyResult,
    party,
    subject,
    ...(await resultsOf(work, at, minutes)),
    assurance: bySession(house, account, subject),
  });
  await store.updateAssembly(tx, id, {
    minutes_approved_at: tx.now,
    minutes_approved_by: account,
    result_act: act,
  });
  await tx.audit('assembly.approve-minutes', { assembly: id, act });
}

async function resultsOf({ tx }: Work, { assembly, session }: AtAssembly, minutes: string) {
  const motions = [];
  for (const motion of await store.listMotions(tx.db, assembly.id)) {
    const { stage, ...votes } = await resultOf(tx.db, motion, tx.now);
    if (stage === 'carried' || stage === 'not-carried' || stage === 'no-quorum')
      motions.push({ number: motion.number, words: motion.words, isCarried: stage === 'carried', ...votes });
  }
  const elections = (await listElections(tx.db, assembly.id)).flatMap(({ office, seats, result, candidates }) =>
    result === null
      ? []
      : [
          {
            office,
            seats,
            elected: result.elected.map(
              (number) => candidates.find((candidate) => candidate.number === number)?.organisation ?? null,
            ),
            ballots: result.ballots,
          },
        ],
  );
  return {
    summary: {
      minutes: createHash('sha256').update(minutes).digest('hex'),
      voices: assembly.voices ?? 0,
      present: assembly.present ?? 0,
      carried: motions.filter(({ isCarried }) => isCarried).length,
      notCarried: motions.filter(({ isCarried }) => !isCarried).length,
      seatsFilled: elections.reduce((sum, { elected }) => sum + elected.length, 0),
    },
    body: { title: session.title[Object.keys(session.title)[0] ?? ''] ?? session.slug, motions, elections },
  };
}
