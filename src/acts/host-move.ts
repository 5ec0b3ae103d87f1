/**
 * When a host falls silent its subject must not die with it. After seven days another participant takes over from number n: the other party of two,
 * or the one that a majority of the participants besides the host names in equal words. Seven days are proven, not claimed: two
 * confirmed checkpoints of the author's own log, the first covering the act that the host did not take up, the later one younger by seven days.
 */
import { equalHashes } from '@reciproca/tlog/hash';
import type { Work } from '../house.ts';
import type { Did, SubjectId } from '../ids.ts';
import { mergeCosignatures } from './confirm-note.ts';
import { parseAct } from './jws.ts';
import { kthSmallest, openConfirmed } from './legal-time.ts';
import { rootAt } from './mirror.ts';
import { parseSummary, type ReceivedAct } from './protocol.ts';
import { hostMove } from './spine-types.ts';
import * as store from './store.ts';

const silenceSeconds = 7 * 86_400;

type Subject = NonNullable<Awaited<ReturnType<typeof store.lockSubject>>>;

/** True when the subject has a new host, who now decides on the acts that wait. */
export async function moveHost(work: Work, subject: Subject, move: ReceivedAct): Promise<boolean> {
  const { tx, house } = work;
  const { n, head, to } = parseSummary(hostMove, move.payload);
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  if (!procedure || subject.state === null) return false;
  const reason = await refusalOf(work, subject, move);
  if (reason !== undefined) {
    await store.setStanding(tx, move.id, 'refused', reason);
    return false;
  }
  const others = procedure.participants(subject.state).filter((party) => party !== subject.host);
  const supporters = await listSupporters(work, subject, { n, head, to });
  if (!others.includes(to) || supporters.filter((party) => others.includes(party)).length * 2 <= others.length)
    return false;
  await store.appendStep(tx, {
    subject: subject.id,
    kind: 'moved',
    n,
    act: move.id,
    entry: move.id,
    legal_time: null,
    reason: to,
  });
  await store.updateSubject(tx, subject.id, { host: to, frozen_reason: null });
  return true;
}

async function refusalOf(work: Work, subject: Subject, move: ReceivedAct): Promise<string | undefined> {
  const { n, head, waiting, first, later } = parseSummary(hostMove, move.payload);
  if (n !== subject.head_n || head !== subject.head_act) return 'not-at-head';
  const act = await store.findAct(work.tx.db, waiting);
  if (act?.subject !== subject.id || act.log_index === null || (await store.findStepOf(work.tx.db, waiting)))
    return 'nothing-waits';
  const log = await store.findLog(work.tx.db, act.log_id);
  const procedure = work.house.journal.protocol.findProcedure(subject.kind);
  if (!log || !procedure) return 'nothing-waits';
  const { vkeys, k } = procedure.copyKeepers(subject.state);
  const times: number[] = [];
  for (const note of [first, later]) {
    const opened = openConfirmed(note, log, vkeys);
    if (!opened || opened.size <= act.log_index || opened.size > log.proven_size) return 'silence-not-proven';
    if (!equalHashes(opened.root, await rootAt(work.house, log, opened.size))) return 'silence-not-proven';
    const time = kthSmallest(opened.timesS, k);
    if (time === undefined) return 'silence-not-proven';
    times.push(time);
  }
  const [from = 0, until = 0] = times;
  return until - from >= silenceSeconds ? undefined : 'silence-too-short';
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

/** For the party that takes over: its oldest act that waits, and two confirmed checkpoints of its own log that prove seven days. */
export async function findProofOfSilence(work: Work, id: SubjectId, party: Did) {
  const { tx, house } = work;
  const subject = await store.findSubject(tx.db, id);
  const procedure = subject && house.journal.protocol.findProcedure(subject.kind);
  if (!subject || !procedure || subject.head_act === null) return undefined;
  const waiting = await tx.db
    .selectFrom('acts')
    .innerJoin('logs', 'logs.id', 'acts.log_id')
    .select(['acts.id', 'acts.type', 'acts.log_id', 'acts.log_index', 'logs.vkey', 'logs.cosigner_vkey'])
    .where('acts.subject', '=', id)
    .where('acts.party', '=', party)
    .where('acts.standing', '=', 'accepted')
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('subject_steps as step').select('step.n').whereRef('step.act', '=', 'acts.id')),
      ),
    )
    .orderBy('acts.log_index')
    .execute();
  const act = waiting.find((each) => house.journal.protocol.findType(each.type)?.sequenced);
  if (!act || act.log_index === null) return undefined;
  const { vkeys, k } = procedure.copyKeepers(subject.state);
  const sizes = await tx.db
    .selectFrom('cosignatures')
    .select('size')
    .distinct()
    .where('log_id', '=', act.log_id)
    .where('size', '>', act.log_index)
    .orderBy('size')
    .execute();
  let first: { readonly note: string; readonly time: number } | undefined;
  for (const { size } of sizes) {
    const note = await mergeCosignatures(tx.db, act.log_id, size);
    const opened = note === undefined ? undefined : openConfirmed(note, act, vkeys);
    const time = opened && kthSmallest(opened.timesS, k);
    if (note === undefined || time === undefined) continue;
    if (first && time - first.time >= silenceSeconds)
      return { n: subject.head_n, head: subject.head_act, waiting: act.id, first: first.note, later: note };
    first ??= { note, time };
  }
  return undefined;
}
