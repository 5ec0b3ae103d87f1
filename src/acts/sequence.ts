/**
 * The order of a subject's acts. Its host takes each act up as number n, or refuses it, in its own log; everybody else recomputes
 * what the host decided and follows. A host decides and applies in one transaction, so its own entry finds its step already there.
 *
 * When in doubt a subject freezes: an act that the host counted and this node cannot judge (not here, unknown type) or would have
 * refused. Frozen means that nothing new is permitted under it; reading, refusing and withdrawing go on. It thaws when what was missing arrives.
 */
import type { Work } from '../house.ts';
import type { ActId, SubjectId } from '../ids.ts';
import { byNode, declare } from './declare.ts';
import { moveHost } from './host-move.ts';
import { parseAct } from './jws.ts';
import { legalTimeOf } from './legal-time.ts';
import { applyStep, parseSummary, type AnyProcedure, type FoldAct, type ReceivedAct } from './protocol.ts';
import { hostMove, refused, sequenced, timed } from './spine-types.ts';
import { loadFoldAct } from './subject.ts';
import * as store from './store.ts';

export type FrozenReason = 'act-missing' | 'type-unknown' | 'admission-differs';

/** An accepted act of a sequenced type: opens its subject if it is of an opening type, and is put in order if the host is here. */
export async function sequence(work: Work, act: ReceivedAct): Promise<void> {
  const { tx, house } = work;
  const { payload } = act;
  const opens = house.journal.protocol.findProcedureOpenedBy(payload.type);
  if (opens && !(await store.findSubject(tx.db, payload.subject)))
    await store.insertSubject(tx, { id: payload.subject, kind: opens.kind, host: payload.party, openingAct: act.id });
  const subject = await store.lockSubject(tx, payload.subject);
  const host = subject && (await store.findParty(tx.db, subject.host));
  if (subject && host?.is_hosted) await decideAsHost(work, subject, host, act);
}

/** A new host, or a public body that came late: the accepted acts without a number, in the order they were taken in. */
export async function decideOnWaiting(work: Work, id: SubjectId): Promise<void> {
  const waiting = await work.tx.db
    .selectFrom('acts')
    .selectAll()
    .where('subject', '=', id)
    .where('standing', '=', 'accepted')
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('subject_steps as step')
            .select('step.n')
            .whereRef('step.act', '=', 'acts.id')
            .where('step.kind', '!=', 'timed'),
        ),
      ),
    )
    .orderBy('saved_order')
    .execute();
  for (const row of waiting)
    if (work.house.journal.protocol.findType(row.type)?.sequenced && row.log_index !== null)
      await sequence(work, {
        id: row.id,
        payload: parseAct(row.jws).payload,
        logId: row.log_id,
        logIndex: row.log_index,
      });
}

type Subject = NonNullable<Awaited<ReturnType<typeof store.lockSubject>>>;
type Party = NonNullable<Awaited<ReturnType<typeof store.findParty>>>;

async function decideAsHost(work: Work, subject: Subject, host: Party, act: ReceivedAct): Promise<void> {
  const { tx, house } = work;
  if (await store.findStepOf(tx.db, act.id)) return;
  // What was decided is in the log, and taken from there like any other host's decision; the rest is decided once the log is whole.
  if (house.isRecovering) return;
  const procedure = house.journal.protocol.findProcedure(subject.kind);
  const foldAct = await loadFoldAct(tx.db, house.journal.protocol, act.id);
  // A public body on its way: the act is put in order when it is here (see bodies.ts).
  if (!procedure || !foldAct) return;
  const reason = refusalReason(procedure, subject, foldAct);
  const entry = { party: host, subject: subject.id, assurance: byNode };
  if (reason !== undefined) {
    const id = await declare(work, { ...entry, type: refused, summary: { act: act.id, reason } });
    await store.appendStep(tx, refusedStep(subject, act.id, id, reason));
    return;
  }
  const n = subject.head_n + 1;
  const id = await declare(work, {
    ...entry,
    type: sequenced,
    summary: { n, act: act.id, prevHead: subject.head_act },
  });
  await applyAct(work, procedure, subject, foldAct, n, id);
}

function refusalReason(procedure: AnyProcedure, subject: Subject, act: FoldAct): string | undefined {
  if (subject.state === null) return act.type === procedure.opening ? procedure.refusesOpening(act) : 'not-open';
  if (act.type === procedure.opening) return 'already-open';
  return procedure.refuses(subject.state, act);
}

function refusedStep(subject: Subject, act: ActId, entry: ActId, reason: string) {
  return { subject: subject.id, kind: 'refused' as const, n: subject.head_n, act, entry, legal_time: null, reason };
}

async function applyAct(
  work: Work,
  procedure: AnyProcedure,
  subject: Subject,
  act: FoldAct,
  n: number,
  entry: ActId,
): Promise<void> {
  const state = applyStep(procedure, subject.state ?? undefined, { kind: 'act', n, act });
  await store.appendStep(work.tx, {
    subject: subject.id,
    kind: 'act',
    n,
    act: act.id,
    entry,
    legal_time: null,
    reason: null,
  });
  await store.updateSubject(work.tx, subject.id, {
    head_n: n,
    head_act: act.id,
    state: JSON.stringify(state),
    frozen_reason: null,
  });
  await stateChanged(work, subject.id, procedure, state);
}

async function stateChanged(work: Work, subject: SubjectId, procedure: AnyProcedure, state: unknown): Promise<void> {
  await work.house.journal.protocol.findWatcher(procedure.kind)?.(work, subject, state);
}

/** An accepted act of the spine that gives order or time to a subject. Other acts pass through untouched. */
export async function takeEntry(work: Work, entry: ReceivedAct): Promise<void> {
  const { payload } = entry;
  const isEntry = [sequenced.name, refused.name, timed.name, hostMove.name].includes(payload.type);
  if (!isEntry) return;
  const subject = await store.lockSubject(work.tx, payload.subject);
  if (!subject) return;
  if (payload.type === hostMove.name) {
    if (await moveHost(work, subject, entry)) await decideOnWaiting(work, subject.id);
    return;
  }
  if (await isStepAlready(work, entry.id)) return;
  if (subject.host !== payload.party) return refuseEntry(work, entry, 'not-the-host');
  switch (payload.type) {
    case sequenced.name:
      return takeSequenced(work, subject, entry);
    case refused.name: {
      const { act, reason } = parseSummary(refused, payload);
      return store.appendStep(work.tx, refusedStep(subject, act, entry.id, reason));
    }
    default:
      return takeTimed(work, subject, entry);
  }
}

async function isStepAlready(work: Work, entry: ActId): Promise<boolean> {
  const row = await work.tx.db.selectFrom('subject_steps').select('n').where('entry', '=', entry).executeTakeFirst();
  return row !== undefined;
}

async function refuseEntry(work: Work, entry: ReceivedAct, reason: string): Promise<void> {
  await store.setStanding(work.tx, entry.id, 'refused', reason);
}

/** Back to held: retried when the next thing arrives for this subject. */
async function freeze(work: Work, subject: Subject, entry: ReceivedAct, reason: FrozenReason): Promise<void> {
  await store.updateSubject(work.tx, subject.id, { frozen_reason: reason });
  await store.setStanding(work.tx, entry.id, 'held', reason);
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
  const foldAct = row?.standing === 'accepted' ? await loadFoldAct(tx.db, house.journal.protocol, id) : undefined;
  if (!procedure || !foldAct || row?.subject !== subject.id) return freeze(work, subject, entry, 'act-missing');
  if (refusalReason(procedure, subject, foldAct) !== undefined)
    return freeze(work, subject, entry, 'admission-differs');
  await applyAct(work, procedure, subject, foldAct, n, entry.id);
}

async function takeTimed(work: Work, subject: Subject, entry: ReceivedAct): Promise<void> {
  const { n, checkpoint } = parseSummary(timed, entry.payload);
  const procedure = work.house.journal.protocol.findProcedure(subject.kind);
  const step = await findActStep(work, subject.id, n);
  if (!procedure || !step || subject.state === null) return freeze(work, subject, entry, 'act-missing');
  const isFirst = !(await isTimed(work, subject.id, n));
  const unixSeconds = await legalTimeOf(work, procedure.copyKeepers(subject.state), step.entry, checkpoint);
  if (!isFirst || unixSeconds === undefined) return refuseEntry(work, entry, isFirst ? 'not-confirmed' : 'time-taken');
  await applyTime(work, procedure, subject, { n, act: step.act, entry: entry.id, unixSeconds });
}

export async function applyTime(
  work: Work,
  procedure: AnyProcedure,
  subject: Subject,
  time: { readonly n: number; readonly act: ActId; readonly entry: ActId; readonly unixSeconds: number },
): Promise<void> {
  const { n, act, entry, unixSeconds } = time;
  const state = applyStep(procedure, subject.state ?? undefined, { kind: 'timed', n, unixSeconds });
  await store.appendStep(work.tx, {
    subject: subject.id,
    kind: 'timed',
    n,
    act,
    entry,
    legal_time: unixSeconds,
    reason: null,
  });
  await store.updateSubject(work.tx, subject.id, { state: JSON.stringify(state) });
  await stateChanged(work, subject.id, procedure, state);
}

export async function findActStep(work: Work, subject: SubjectId, n: number) {
  return work.tx.db
    .selectFrom('subject_steps')
    .select(['act', 'entry'])
    .where('subject', '=', subject)
    .where('n', '=', n)
    .where('kind', '=', 'act')
    .executeTakeFirst();
}

export async function isTimed(work: Work, subject: SubjectId, n: number): Promise<boolean> {
  const row = await work.tx.db
    .selectFrom('subject_steps')
    .select('n')
    .where('subject', '=', subject)
    .where('n', '=', n)
    .where('kind', '=', 'timed')
    .executeTakeFirst();
  return row !== undefined;
}
