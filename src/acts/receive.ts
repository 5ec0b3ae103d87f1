/**
 * Taking acts in: one leaf after the other, in the order of the log it stands in, our own log exactly like a peer's. What an
 * act changes here (keys, subjects, a slice's rows) is committed together with the mark that this leaf is processed, so
 * a crash at any point leaves the leaf either unprocessed or fully processed.
 *
 * A defect of ours met by one act must not stop all that follow it in its log. A batch that fails is rolled back whole and taken again leaf by
 * leaf: then the act that cannot be taken in is held and said, with nothing of it half-applied.
 *
 * An act ends as accepted; held, when something it needs is not here yet (its predecessor, its subject, a public body, a type this release
 * does not know): it is tried again when that may have come; refused; or equivocal: its author
 * also signed another act after the same predecessor. Both are kept as evidence, and that author alone is blocked on that subject.
 */
import { sql } from 'kysely';
import type { House, Work } from '../house.ts';
import { work as doWork } from '../house.ts';
import type { ActId, SubjectId } from '../ids.ts';
import { admitByAssertion } from './assertion.ts';
import { parseBody } from './body.ts';
import type { ParsedAct } from './jws.ts';
import { tryParse } from './keep-leaves.ts';
import { assuranceMethods } from './payload.ts';
import { opensForAnother, type ActType, type Admission, type ReceivedAct } from './protocol.ts';
import { signingKeyProblem } from './signer.ts';
import { freezeBehind, takeEntry } from './entries.ts';
import { sequence } from './sequence.ts';
import * as store from './store.ts';

const batchLeaves = 64;
/** Held acts cost storage before anything is known of their worth; past this many, a sender's further ones are refused. */
export const heldLimitPerParty = 1_000;

/** `onProcessed` is told of each batch after its COMMIT. */
export async function processLog(
  house: House,
  logId: number,
  onProcessed: (ids: readonly ActId[]) => void = () => {},
): Promise<void> {
  let isDone = false;
  while (!isDone) {
    const batch = await processBatch(house, logId, takeLeaf).catch(() => processBatch(house, logId, takeLeafOrHold));
    onProcessed(batch.ids);
    ({ isDone } = batch);
  }
}

type Take = (work: Work, logId: number, leaf: Leaf) => Promise<void>;

interface Batch {
  readonly isDone: boolean;
  readonly ids: readonly ActId[];
}

function processBatch(house: House, logId: number, take: Take): Promise<Batch> {
  return doWork(house, 'node', { system: 'federation' }, (work) => takeBatch(work, logId, take));
}

async function takeBatch(work: Work, logId: number, take: Take): Promise<Batch> {
  const { tx } = work;
  await store.lockTakingIn(tx);
  const log = await tx.db.selectFrom('logs').selectAll().where('id', '=', logId).executeTakeFirstOrThrow();
  // Carrying out may state something, which a closed log cannot take: leaves are kept, and carried out once it is whole again.
  if (!work.house.isRecovering && (await store.findOwnLog(tx.db))?.closedReason != null)
    return { isDone: true, ids: [] };
  const leaves = await tx.db
    .selectFrom('log_leaves')
    .select(['index', 'act', 'raw'])
    .where('log_id', '=', logId)
    .where('index', '>=', log.processed)
    .where('index', '<', log.proven_size)
    .orderBy('index')
    .limit(batchLeaves)
    .execute();
  for (const leaf of leaves) await take(work, logId, leaf);
  const processed = log.processed + leaves.length;
  const isDone = processed >= log.proven_size;
  if (isDone)
    for (const subject of await store.listSubjectsWaitingForLogs(tx.db, work.house.journal.protocol.types))
      await retryHeld(work, subject);
  // Last: the next pass of the log waits for this row.
  if (leaves.length > 0) await tx.db.updateTable('logs').set({ processed }).where('id', '=', logId).execute();
  return { isDone, ids: leaves.flatMap((leaf) => leaf.act ?? []) };
}

interface Leaf {
  readonly index: number;
  readonly act: ActId | null;
  readonly raw: Buffer | null;
}

async function takeLeafOrHold(work: Work, logId: number, leaf: Leaf): Promise<void> {
  await sql`savepoint leaf`.execute(work.tx.db);
  try {
    await takeLeaf(work, logId, leaf);
    await sql`release savepoint leaf`.execute(work.tx.db);
  } catch (error) {
    if (isLost(error)) throw error;
    await sql`rollback to savepoint leaf`.execute(work.tx.db);
    work.house.log.error('an act could not be taken in', { log: logId, index: leaf.index, act: leaf.act, error });
    if (leaf.act !== null) await store.setStanding(work.tx, leaf.act, 'held', 'internal-error');
  }
}

/** The transaction or the connection itself is gone: everything is tried again later. */
export function isLost(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?:08|40|53|57|E)/.test(code);
}

async function takeLeaf(work: Work, logId: number, { index, act: id, raw }: Leaf): Promise<void> {
  if (id === null) return;
  let row = await store.findCase(work.tx.db, id);
  if (!row) return;
  if (row.log_id !== logId || row.log_index !== index) {
    const here = { log_id: logId, log_index: index, jws: raw ?? row.jws };
    if (!(await isItsPlace(work, row, here))) return;
    row = { ...row, ...(await store.moveAct(work.tx, row, here)) };
  }
  // A refused act is a predecessor as well; one that is held moves nothing.
  if ((await takeAct(work, row)) !== 'held' && row.has_held) await retryHeld(work, row.subject, id);
}

/**
 * Anybody may repeat an act in a log of their own, before or after its author's own leaf is read: it stands where its signature holds. Once
 * it counts from such a place it stays there.
 */
async function isItsPlace(work: Work, row: store.ActRow, here: store.ActPlace): Promise<boolean> {
  if (row.standing === 'accepted' || row.standing === 'equivocal') return false;
  return !(await isSigned(work, row)) && isSigned(work, { ...row, ...here });
}

async function isSigned(work: Work, { id, jws, log_id: logId, log_index: logIndex }: store.ActRow): Promise<boolean> {
  const act = logIndex === null ? undefined : tryParse(jws);
  if (!act || logIndex === null) return false;
  return (await signingKeyProblem(work.tx.db, act, { id, payload: act.payload, logId, logIndex })) === undefined;
}

/** Judges one act and, when it is accepted, carries it out. Also what a held act comes back to. */
async function takeAct(work: Work, row: store.ActCase): Promise<store.Standing> {
  const { id } = row;
  if (row.log_index === null || row.standing === 'accepted' || row.standing === 'refused') return row.standing;
  const act = tryParse(row.jws);
  if (!act) {
    await store.setStanding(work.tx, id, 'refused', 'malformed');
    return 'refused';
  }
  const received: ReceivedAct = { id, payload: act.payload, logId: row.log_id, logIndex: row.log_index };
  const verdict = await judge(work, act, row, received);
  if (verdict !== 'admit') {
    if ('hold' in verdict) {
      const standing = await hold(work, row, verdict.hold);
      if (standing === 'held') await freezeBehind(work, received);
      return standing;
    }
    const standing = verdict.refuse === 'equivocation' ? 'equivocal' : 'refused';
    await store.setStanding(work.tx, id, standing, verdict.refuse);
    return standing;
  }
  await store.setStanding(work.tx, id, 'accepted', null);
  // An act of our own moved it when it was declared, and its author may have gone on from there since.
  const isOwn = row.log_id === (await work.house.journal.findOwnLogId(work.tx.db));
  if (!isOwn) await store.moveHead(work.tx, act.payload.party, act.payload.subject, id);
  await carryOut(work, row, received);
  return 'accepted';
}

async function hold(work: Work, act: store.ActRow, reason: string): Promise<store.Standing> {
  const isTooMany =
    act.standing !== 'held' && (await store.countHeld(work.tx.db, act.party, heldLimitPerParty)) >= heldLimitPerParty;
  const standing = isTooMany ? 'refused' : 'held';
  await store.setStanding(work.tx, act.id, standing, isTooMany ? 'too-many-held' : reason);
  return standing;
}

async function judge(work: Work, act: ParsedAct, row: store.ActCase, received: ReceivedAct): Promise<Admission> {
  const { tx, house } = work;
  const { payload } = act;
  const signature = await signingKeyProblem(tx.db, act, received);
  if (signature !== undefined) return { refuse: signature };

  if (row.rival !== null) {
    await tx.db
      .insertInto('equivocations')
      .values({
        party: payload.party,
        subject: payload.subject,
        prev: payload.prev ?? '',
        first_act: row.rival,
        second_act: act.id,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return { refuse: 'equivocation' };
  }
  if (row.is_blocked) return { refuse: 'author-blocked' };
  // A refused act counts as a predecessor all the same: its author goes on from what it signed.
  const isBehindNothing = row.previous_standing === null || ['new', 'held'].includes(row.previous_standing);
  if (payload.prev !== null && isBehindNothing) return { hold: 'predecessor-missing' };

  const type = house.journal.protocol.findType(payload.type);
  if (!type) return { hold: 'type-unknown' };
  if (!type.summary.safeParse(payload.summary).success) return { refuse: 'summary-malformed' };
  if (opensForAnother(house.journal.protocol, payload)) return { refuse: 'opened-by-another' };
  if (assuranceMethods.indexOf(payload.assurance.method) < assuranceMethods.indexOf(type.assurance))
    return { refuse: 'assurance-too-low' };
  const verdict = await admission(work, type, received);
  return verdict === 'admit' ? admitByAssertion(work, received) : verdict;
}

async function admission(work: Work, type: ActType, act: ReceivedAct): Promise<Admission> {
  const receiver = work.house.journal.protocol.findReceiver(type.name);
  if (type.admission === 'terms') {
    if (!receiver?.admit) return { refuse: 'no-terms' };
    if (!act.payload.under) return { refuse: 'under-missing' };
    return receiver.admit(work, act);
  }
  if (type.admission === 'subject') {
    const subject = await store.findSubject(work.tx.db, act.payload.subject);
    if (!subject) return { hold: 'subject-unknown' };
    const procedure = work.house.journal.protocol.findProcedure(subject.kind);
    if (!procedure) return { hold: 'type-unknown' };
    const isHost = subject.host === act.payload.party;
    const takesPart = subject.state !== null && procedure.participants(subject.state).includes(act.payload.party);
    if (!isHost && !takesPart)
      return subject.state === null ? { hold: 'subject-not-open' } : { refuse: 'not-a-participant' };
  }
  return receiver?.admit ? receiver.admit(work, act) : 'admit';
}

async function carryOut(work: Work, row: store.ActCase, act: ReceivedAct): Promise<void> {
  const { protocol } = work.house.journal;
  const type = protocol.findType(act.payload.type);
  if (!type) return;
  await noteBody(work, row, act, type);
  await protocol.findReceiver(type.name)?.accepted?.(work, act);
  if (type.sequenced) await sequence(work, act);
  else await takeEntry(work, act);
}

/** Puts the body on the want-list, or hands it to the slice at once when it is already here (our own acts). */
async function noteBody(work: Work, row: store.ActCase, act: ReceivedAct, type: ActType): Promise<void> {
  if (row.body)
    await work.house.journal.protocol.findReceiver(type.name)?.bodyArrived?.(work, act, parseBody(row.body));
  if (row.has_body || (await store.isErased(work.tx.db, act.id))) return;
  await work.tx.db
    .insertInto('wanted_bodies')
    .values({ act: act.id, log_id: act.logId, state: 'wanted' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Something arrived for this subject, an act or what an act waited for: what that wakes is judged again, in the order of the logs, until nothing moves.
 * An act without its predecessor wakes when that one is settled, and with nothing else: so of an author's chain only its first held act is ever
 * judged in vain, however many wait behind it.
 */
export async function retryHeld(work: Work, subject: SubjectId, arrived?: ActId): Promise<void> {
  const { types } = work.house.journal.protocol;
  let settled: ActId[] = arrived === undefined ? [] : [arrived];
  do {
    // Grows while it is walked: what is settled wakes what comes after it.
    for (const id of settled)
      for (const next of await store.listHeldAfter(work.tx.db, subject, id))
        if (await isSettledNow(work, next)) settled.push(next);
    settled = [];
    for (const id of await store.listHeldForSubject(work.tx.db, subject, types))
      if (await isSettledNow(work, id)) settled.push(id);
  } while (settled.length > 0);
}

/** A defect of ours met by what was held before must not keep out what arrived. */
async function isSettledNow(work: Work, id: ActId): Promise<boolean> {
  const { db } = work.tx;
  const row = await store.findCase(db, id);
  if (!row) return false;
  await sql`savepoint held`.execute(db);
  try {
    await takeAct(work, row);
    await sql`release savepoint held`.execute(db);
  } catch (error) {
    if (isLost(error)) throw error;
    await sql`rollback to savepoint held`.execute(db);
    work.house.log.error('an act that was held could not be taken in', { act: id, error });
    return false;
  }
  // An entry whose act is missing has gone back to being held.
  return (await store.findAct(db, id))?.standing !== 'held';
}
