/**
 * What hosts say in their logs about the order and time of a subject, taken in by everybody else: recomputed, never believed. A host's entries on
 * one subject are a chain, and an act whose predecessor is held is held too (receive.ts): so one that cannot be judged yet keeps those behind
 * it waiting, and all nodes judge each entry against the same state, whenever its acts and bodies reach them.
 *
 * When in doubt a subject freezes: an act that the host counted or refused and this node cannot judge (not here, unknown type) or would have
 * judged otherwise. Frozen means that nothing new is permitted under it; reading, refusing and withdrawing go on. It thaws when what was missing arrives.
 */
import type { Work } from '../house.ts';
import { isInOrder, legalTimeOf } from './legal-time.ts';
import { moveHost } from './host-move.ts';
import { parseSummary, type ReceivedAct } from './protocol.ts';
import {
  applyAct,
  countNothing,
  applyTime,
  decideOnWaiting,
  findActStep,
  frozenReasonOf,
  loadTimes,
  reasonAgainstHere,
  refusedStep,
  type Subject,
} from './sequence.ts';
import { hostMove, hostMoveOne, refused, sequenced, timed } from './spine-types.ts';
import { loadFoldAct } from './subject.ts';
import * as store from './store.ts';

export const frozenReasons = [
  'act-missing',
  'type-unknown',
  'admission-differs',
  'refusal-differs',
  'keeper-unknown',
  'time-in-future',
] as const;
export type FrozenReason = (typeof frozenReasons)[number];

const orderTypes: readonly string[] = [sequenced.name, refused.name, timed.name];

/** An accepted act of the spine that gives order or time to a subject. Other acts pass through untouched. */
export async function takeEntry(work: Work, entry: ReceivedAct): Promise<void> {
  const { payload } = entry;
  if (payload.type === hostMoveOne.name) return refuseEntry(work, entry, 'silence-not-shown');
  if (payload.type !== hostMove.name && !orderTypes.includes(payload.type)) return;
  const subject = await store.lockSubject(work.tx, payload.subject);
  if (!subject) return;
  if (payload.type === hostMove.name) {
    if (await moveHost(work, subject, entry)) await decideOnWaiting(work, subject.id);
    return;
  }
  if (await isStepAlready(work, entry)) return;
  if (!(await isItsHost(work, subject, entry))) return refuseEntry(work, entry, 'not-the-host');
  const take = { [sequenced.name]: takeSequenced, [refused.name]: takeRefused }[payload.type] ?? takeTimed;
  await take(work, subject, entry);
  if (subject.frozen_reason === null || (await store.findAct(work.tx.db, entry.id))?.standing === 'held') return;
  // It has been judged, whatever came of it; what waits behind it freezes the subject again if it must.
  await store.updateSubject(work.tx, subject.id, { frozen_reason: await frozenReasonOf(work, subject.id) });
}

/** A time is the copy-keepers' word: a host that has been replaced may still publish those of the numbers that it gave. */
async function isItsHost(work: Work, subject: Subject, { payload }: ReceivedAct): Promise<boolean> {
  if (subject.host === payload.party) return true;
  if (payload.type !== timed.name) return false;
  const step = await findActStep(work, subject.id, parseSummary(timed, payload).n);
  return step !== undefined && (await store.findAct(work.tx.db, step.entry))?.party === payload.party;
}

async function isStepAlready({ tx }: Work, { id }: ReceivedAct): Promise<boolean> {
  const row = await tx.db.selectFrom('subject_steps').select('n').where('entry', '=', id).executeTakeFirst();
  return row !== undefined;
}

async function refuseEntry(work: Work, entry: ReceivedAct, reason: string): Promise<void> {
  await store.setStanding(work.tx, entry.id, 'refused', reason);
}

/** Back to held: retried when the next thing arrives for this subject. */
async function freeze(work: Work, subject: Subject, entry: ReceivedAct, reason: FrozenReason): Promise<void> {
  await store.updateSubject(work.tx, subject.id, { frozen_reason: subject.frozen_reason ?? reason });
  await store.setStanding(work.tx, entry.id, 'held', reason);
}

/**
 * An entry of the host that waits behind an act of its own which this node cannot judge: what the host says of order from here on is not known, so
 * nothing new is permitted. It thaws like every freeze, when the entry has been judged.
 */
export async function freezeBehind(work: Work, entry: ReceivedAct): Promise<void> {
  const { type, subject: id, prev } = entry.payload;
  if (!orderTypes.includes(type) || prev === null) return;
  const subject = await store.lockSubject(work.tx, id);
  if (!subject || subject.frozen_reason !== null || !(await isItsHost(work, subject, entry))) return;
  const before = await store.findAct(work.tx.db, prev);
  const reason: FrozenReason = before?.standing_reason === 'type-unknown' ? 'type-unknown' : 'act-missing';
  await store.updateSubject(work.tx, id, { frozen_reason: reason });
}

async function takeSequenced(work: Work, subject: Subject, entry: ReceivedAct): Promise<void> {
  const { tx, house } = work;
  const { n, act: id, prevHead } = parseSummary(sequenced, entry.payload);
  if (n !== subject.head_n + 1 || prevHead !== subject.head_act) {
    if (n <= subject.head_n) return refuseEntry(work, entry, 'number-taken');
    return freeze(work, subject, entry, 'act-missing');
  }
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  const row = await store.findAct(tx.db, id);
  const type = row && house.journal.protocol.findType(row.type);
  if (row && (!type || !procedure)) return freeze(work, subject, entry, 'type-unknown');
  if (row?.standing_reason === 'moved-away') return countNothing(work, subject, { n, act: id, entry: entry.id });
  const foldAct = row?.standing === 'accepted' ? await loadFoldAct(tx.db, house.journal.protocol, id) : undefined;
  if (!procedure || !foldAct || row?.subject !== subject.id) return freeze(work, subject, entry, 'act-missing');
  if ((await store.findStepOf(tx.db, id)) || (await reasonAgainstHere(work, procedure, subject, foldAct)) !== undefined)
    return freeze(work, subject, entry, 'admission-differs');
  await applyAct(work, procedure, subject, foldAct, n, entry.id);
}

/**
 * A host can refuse only what the fold refuses. If it refuses more, its refusal is none: the act goes on waiting for its number, with what it
 * takes away in effect from its receipt, and the subject is frozen until the act has been numbered.
 */
async function takeRefused(work: Work, subject: Subject, entry: ReceivedAct): Promise<void> {
  const { tx, house } = work;
  const { act: id, reason } = parseSummary(refused, entry.payload);
  const row = await store.findAct(tx.db, id);
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  const type = row && house.journal.protocol.findType(row.type);
  if (row && (!type || !procedure)) return freeze(work, subject, entry, 'type-unknown');
  // It counts for nobody, so refusing it changes nothing; unless what was seen so far is only a stranger's copy.
  if (row && isOutOfCount(row)) return;
  const foldAct = row?.standing === 'accepted' ? await loadFoldAct(tx.db, house.journal.protocol, id) : undefined;
  if (!procedure || !foldAct || row?.subject !== subject.id) return freeze(work, subject, entry, 'act-missing');
  if (await store.findStepOf(tx.db, id)) return refuseEntry(work, entry, 'already-decided');
  if ((await reasonAgainstHere(work, procedure, subject, foldAct)) !== undefined)
    return store.appendStep(tx, refusedStep(subject, id, entry.id, reason));
  await refuseEntry(work, entry, 'refusal-differs');
  await store.updateSubject(tx, subject.id, { frozen_reason: 'refusal-differs' });
}

const isOutOfCount = ({ standing, standing_reason: reason }: store.ActRow): boolean =>
  standing === 'equivocal' || (standing === 'refused' && reason !== 'key-not-valid' && reason !== 'signature-invalid');

async function takeTimed(work: Work, subject: Subject, entry: ReceivedAct): Promise<void> {
  const { n, checkpoint } = parseSummary(timed, entry.payload);
  const procedure = work.house.journal.protocol.findProcedure(subject.kind);
  const step = await findActStep(work, subject.id, n);
  if (!procedure || !step || subject.state === null) return freeze(work, subject, entry, 'act-missing');
  const times = await loadTimes(work, subject.id);
  if (times.has(n)) return refuseEntry(work, entry, 'time-taken');
  const time = await legalTimeOf(work, procedure.copyKeepers(subject.state), step.entry, checkpoint);
  if (time === undefined) return refuseEntry(work, entry, 'not-confirmed');
  if ('wait' in time) return freeze(work, subject, entry, time.wait);
  const { unixSeconds } = time;
  if (!isInOrder(times, n, unixSeconds)) return refuseEntry(work, entry, 'time-runs-back');
  await applyTime(work, procedure, subject, { n, act: step.act, entry: entry.id, unixSeconds });
}
