/**
 * The order of a subject's acts. Its host takes each act up as number n, or refuses it, in its own log; everybody else recomputes
 * what the host decided and follows. A host decides and applies in one transaction, so its own entry finds its step already there.
 */
import type { Work } from '../house.ts';
import type { ActId, SubjectId } from '../ids.ts';
import { byNode, declare } from './declare.ts';
import { parseAct } from './jws.ts';
import {
  applyStep,
  parseSummary,
  reasonAgainst,
  type AnyProcedure,
  type FoldAct,
  type ReceivedAct,
} from './protocol.ts';
import { refused, sequenced } from './spine-types.ts';
import { loadFoldAct } from './subject.ts';
import * as store from './store.ts';

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

export type Subject = NonNullable<Awaited<ReturnType<typeof store.lockSubject>>>;
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
  const reason = await reasonAgainstHere(work, procedure, subject, foldAct);
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

export async function reasonAgainstHere(
  { tx }: Work,
  procedure: AnyProcedure,
  { state }: Subject,
  act: FoldAct,
): Promise<string | undefined> {
  return reasonAgainst(procedure, state, act, await store.loadKeeperKeys(tx.db));
}

export function refusedStep(subject: Subject, act: ActId, entry: ActId, reason: string) {
  return { subject: subject.id, kind: 'refused' as const, n: subject.head_n, act, entry, legal_time: null, reason };
}

export async function applyAct(
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
    frozen_reason: await frozenReasonOf(work, subject.id),
  });
  await stateChanged(work, subject.id, procedure, state);
}

/** A number given to what nobody stated: its host had not heard that the party had moved. It stands, and changes nothing. */
export async function countNothing(
  work: Work,
  subject: Subject,
  step: { readonly n: number; readonly act: ActId; readonly entry: ActId },
): Promise<void> {
  await store.appendStep(work.tx, { subject: subject.id, kind: 'act', ...step, legal_time: null, reason: null });
  const frozen_reason = await frozenReasonOf(work, subject.id);
  await store.updateSubject(work.tx, subject.id, { head_n: step.n, head_act: step.act, frozen_reason });
}

/** What was missing has arrived; an act that the host refused against the fold freezes its subject until it is numbered. */
export async function frozenReasonOf({ tx }: Work, subject: SubjectId): Promise<'refusal-differs' | null> {
  const rows = await tx.db
    .selectFrom('acts')
    .select('jws')
    .where('subject', '=', subject)
    .where('type', '=', refused.name)
    .where('standing_reason', '=', 'refusal-differs')
    .execute();
  for (const { jws } of rows)
    if (!(await store.findStepOf(tx.db, parseSummary(refused, parseAct(jws).payload).act))) return 'refusal-differs';
  return null;
}

export async function stateChanged(
  work: Work,
  subject: SubjectId,
  procedure: AnyProcedure,
  state: unknown,
): Promise<void> {
  await work.house.journal.protocol.findWatcher(procedure.kind)?.(work, subject, state);
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
  const frozen_reason = await frozenReasonOf(work, subject.id);
  await store.updateSubject(work.tx, subject.id, { state: JSON.stringify(state), frozen_reason });
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

/** The legal times there are, by number. */
export async function loadTimes({ tx }: Work, subject: SubjectId): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.db
    .selectFrom('subject_steps')
    .select(['n', 'legal_time'])
    .where('subject', '=', subject)
    .where('kind', '=', 'timed')
    .execute();
  return new Map(rows.map(({ n, legal_time: time }) => [n, time ?? 0]));
}
