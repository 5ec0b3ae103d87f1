/**
 * When a host falls silent its subject must not die with it. After seven days another participant takes over from number n: the other party of two,
 * or the one that a majority of the participants besides the host names in equal words.
 *
 * Seven days are proven, not claimed, and against the host's own log. `first` covers an act that waits: a checkpoint of its author's log, confirmed
 * by copy-keepers. `silent` is a checkpoint of the host's log that copy-keepers confirmed seven days later or more: it is all that the host had
 * published by then, and no decision on the act is in it. A keeper confirms the same state again for whoever asks (C2SP tlog-witness), so the last
 * state of a host that is gone can be had anew (silence.ts). Neither counts the operator of the party that moves.
 *
 * What the old host logged beyond number n counts no more, also for whoever has read it already: all take it back.
 */
import { equalHashes } from '@reciproca/tlog/hash';
import type { Work } from '../house.ts';
import type { Did, SubjectId } from '../ids.ts';
import { openConfirmed, timeIn, type CopyKeepers, type LegalTime } from './legal-time.ts';
import { parseAct } from './jws.ts';
import { rootAt } from './mirror.ts';
import { parseSummary, type AnyProcedure, type ReceivedAct } from './protocol.ts';
import { frozenReasonOf, type Subject } from './sequence.ts';
import { listFirstNotes, listSilentNotes, listWaiting } from './silence.ts';
import { hostMove } from './spine-types.ts';
import * as store from './store.ts';
import { refold } from './subject.ts';
import { takeBack } from './take-back.ts';

export const silenceSeconds = 7 * 86_400;

/** True when the subject has a new host, who now decides on the acts that wait. */
export async function moveHost(work: Work, subject: Subject, move: ReceivedAct): Promise<boolean> {
  const { tx, house } = work;
  const { n, head, to } = parseSummary(hostMove, move.payload);
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  if (!procedure || subject.state === null) return false;
  const verdict = await judgeMove(work, subject, procedure, move);
  if ('refuse' in verdict) {
    await store.setStanding(tx, move.id, 'refused', verdict.refuse);
    return false;
  }
  if ('hold' in verdict) {
    await store.setStanding(tx, move.id, 'held', verdict.hold);
    return false;
  }
  const isBeyond = (step: store.SubjectStep): boolean => step.n > n || (step.n === n && step.kind === 'refused');
  const state = await refold(tx.db, house.journal.protocol, procedure, subject.id, (step) => !isBeyond(step));
  const others = procedure.participants(state).filter((party) => party !== subject.host);
  const supporters = await listSupporters(work, subject, { n, head, to });
  if (!others.includes(to) || supporters.filter((party) => others.includes(party)).length * 2 <= others.length)
    return false;
  await takeBack(work, subject.id, isBeyond, 'not-the-host');
  await store.appendStep(tx, {
    subject: subject.id,
    kind: 'moved',
    n,
    act: move.id,
    entry: move.id,
    legal_time: null,
    reason: to,
  });
  await store.updateSubject(tx, subject.id, { host: to, frozen_reason: await frozenReasonOf(work, subject.id) });
  return true;
}

type Verdict = { readonly refuse: string } | { readonly hold: string } | { readonly prove: true };

async function judgeMove(work: Work, subject: Subject, procedure: AnyProcedure, move: ReceivedAct): Promise<Verdict> {
  const { n, head, waiting, first, silent } = parseSummary(hostMove, move.payload);
  const { db } = work.tx;
  const act = await store.findAct(db, waiting);
  if (!act || act.standing === 'held' || act.standing === 'new') return { hold: 'act-missing' };
  const isWaiting =
    act.subject === subject.id &&
    act.standing === 'accepted' &&
    work.house.journal.protocol.findType(act.type)?.sequenced === true;
  if (!isWaiting || act.log_index === null) return { refuse: 'nothing-waits' };
  const [mover, host] = [await store.findLog(db, move.logId), await findLogOf(work, subject.host)];
  if (!mover || !host) return { hold: 'host-log-unread' };
  const { keepers, k } = procedure.copyKeepers(subject.state);
  const independent = { keepers: keepers.filter(({ operator }) => operator !== mover.operator), k };

  const size = sizeIn(silent);
  if (size === undefined) return { refuse: 'silence-not-proven' };
  // Only who has read all that the host had published can tell that nothing in it decides.
  if (size > host.processed) return { hold: 'host-log-unread' };
  const from = await confirmedAt(work, independent, act.log_id, act.log_index, first);
  const until = await confirmedAt(work, independent, host.id, size - 1, silent);
  if (from === undefined || until === undefined) return { refuse: 'silence-not-proven' };
  if ('wait' in from) return { hold: from.wait };
  if ('wait' in until) return { hold: until.wait };
  if (until.unixSeconds - from.unixSeconds < silenceSeconds) return { refuse: 'silence-too-short' };

  const places = await store.listStepPlaces(db, subject.id);
  const before = places.filter(({ logId, logIndex }) => logId !== host.id || (logIndex ?? size) < size);
  if (before.some((step) => step.act === waiting && step.kind !== 'timed')) return { refuse: 'nothing-waits' };
  const last = before.findLast(({ kind }) => kind === 'act');
  return last?.n === n && last.act === head ? { prove: true } : { refuse: 'not-at-head' };
}

const sizeIn = (note: string): number | undefined => {
  const size = Number(note.split('\n')[1]);
  return Number.isSafeInteger(size) && size > 0 ? size : undefined;
};

async function findLogOf({ tx }: Work, did: Did) {
  const party = await store.findParty(tx.db, did);
  return party && store.findLog(tx.db, party.log_id);
}

/** When copy-keepers held the leaf at this index, as the checkpoint says. */
async function confirmedAt(
  { tx, house }: Work,
  { keepers, k }: CopyKeepers,
  logId: number,
  index: number,
  note: string,
): Promise<LegalTime | undefined> {
  const log = await store.findLog(tx.db, logId);
  const opened = log && openConfirmed(note, log, keepers);
  if (!opened || opened.size <= index || opened.size > log.proven_size) return undefined;
  if (!equalHashes(opened.root, await rootAt(house, log, opened.size))) return undefined;
  return timeIn(opened, k, await store.loadKeeperKeys(tx.db), Math.floor(tx.now.getTime() / 1000));
}

/** Who has signed a move in these words. The acts checked before are accepted; the one at hand is among them by now. */
async function listSupporters(
  work: Work,
  subject: Subject,
  words: { n: number; head: string; to: Did },
): Promise<Did[]> {
  const rows = await work.tx.db
    .selectFrom('acts')
    .select(['party', 'jws'])
    .where('subject', '=', subject.id)
    .where('type', '=', hostMove.name)
    .where('standing', '=', 'accepted')
    .execute();
  const agreeing = rows.filter((row) => {
    const { n, head, to } = parseSummary(hostMove, parseAct(row.jws).payload);
    return n === words.n && head === words.head && to === words.to;
  });
  return [...new Set(agreeing.map((row) => row.party))];
}

/** For the party that takes over: its oldest act that waits, and what proves that the host has left it waiting for seven days. */
export async function findProofOfSilence(work: Work, id: SubjectId, party: Did) {
  const { tx, house } = work;
  const subject = await store.findSubject(tx.db, id);
  if (!subject || subject.head_act === null) return undefined;
  const [act] = (await listWaiting(tx.db, house.journal.protocol, id)).filter((each) => each.party === party);
  const host = await findLogOf(work, subject.host);
  const own = act && (await store.findLog(tx.db, act.logId));
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  if (!act || !own || !host || !procedure) return undefined;
  const { keepers, k } = procedure.copyKeepers(subject.state);
  const independent = { keepers: keepers.filter(({ operator }) => operator !== own.operator), k };
  for (const first of await listFirstNotes(tx.db, act, independent)) {
    const from = await confirmedAt(work, independent, act.logId, act.logIndex, first);
    if (!from || 'wait' in from) continue;
    for (const silent of await listSilentNotes(tx.db, host.id)) {
      const until = await confirmedAt(work, independent, host.id, 0, silent);
      if (until && 'unixSeconds' in until && until.unixSeconds - from.unixSeconds >= silenceSeconds)
        return { n: subject.head_n, head: subject.head_act, waiting: act.id, first, silent };
    }
    return undefined;
  }
  return undefined;
}
