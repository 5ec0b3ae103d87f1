/**
 * Refilling a log that was put back to an older state from the copies that its peers hold. Every entry is public and every peer keeps all of
 * them, so what was logged after the backup comes back as it was signed; then it is carried out again by the code that carried it out first.
 * What that code would state is already in the log and is found there instead (acts/declare.ts, findStated). Bodies come back from
 * whoever holds them; those that nobody else was given are lost with the disk.
 *
 *   1. take     entries after ours, each checked against the checkpoint that our own key signed. In memory; a crash leaves nothing.
 *   2. write    tiles and bundles, as the journal does.                  Files that no row refers to: written again, alike.
 *   3. keep     rows and the newer checkpoint, in one transaction.       Closed still, whole, not carried out: run again.
 *   4. carry    out our entries and our peers', in turns, with bodies.   Carried out in part: run again.
 *   5. reopen   acts that were saved here meanwhile and contradict       Open.
 *               the log are set aside; the rest are logged now.
 */
import { openCheckpoint, parseCheckpoint } from '@reciproca/tlog/checkpoint';
import { openTree, type LogEntry } from '@reciproca/tlog/client';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot, equalHashes } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier, parseNote } from '@reciproca/tlog/note';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import { sql } from 'kysely';
import { fetchBodies } from '../acts/bodies.ts';
import { writeAll } from '../acts/files.ts';
import { followLog } from '../acts/follow.ts';
import { parseAct } from '../acts/jws.ts';
import { rootAt } from '../acts/mirror.ts';
import { processLog, retryHeld } from '../acts/receive.ts';
import { askPeer, listPeersToAsk } from '../acts/restore-check.ts';
import { decideOnWaiting } from '../acts/sequence.ts';
import * as store from '../acts/store.ts';
import type { Tx } from '../db/database.ts';
import { work as doWork, type House, type Work } from '../house.ts';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { sendToPeer } from '../network/peer-request.ts';
import { OperatorError } from '../operator-error.ts';
import { Problem } from '../problem.ts';
import type { Progress } from './backup.ts';

export interface Recovery {
  readonly from: number;
  readonly to: number;
  /** Acts saved on the restored node that the log contradicts. They were shown to nobody, and stay in the database as refused. */
  readonly setAside: number;
  /** Private bodies of our own acts that no peer gave back. */
  readonly bodiesMissing: number;
}

const by = { system: 'command-line' } as const;
const longestTurns = 50;

type Log = NonNullable<Awaited<ReturnType<typeof store.findLog>>>;
type Peer = Awaited<ReturnType<typeof listPeersToAsk>>[number];

export async function recover(house: House, progress: Progress): Promise<Recovery> {
  const { own, peers } = await house.database.read('node', async (reader) => ({
    own: await reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirst(),
    peers: await listPeersToAsk(reader),
  }));
  if (!own) throw new OperatorError('This node has no log yet: there is nothing to refill.');
  const source = await findLargestCopy(house, own, peers);
  await requireOneHistory(house, peers);
  if (source.size > own.proven_size) {
    progress(`entries ${own.proven_size} to ${source.size} from ${source.peer.origin}`);
    await refill(house, own, source);
  }
  const recovering: House = { ...house, isRecovering: true };
  await carryOut(recovering, own.id, peers, progress);
  const setAside = await reopen(house, own, source.size);
  await house.journal.run();
  const bodiesMissing = await countMissingBodies(house, own.id);
  return { from: own.proven_size, to: source.size, setAside, bodiesMissing };
}

/** A copy that goes further is proven to extend what is here; one that does not may still be of another history. */
async function requireOneHistory(house: House, peers: readonly Peer[]): Promise<void> {
  for (const peer of peers)
    if ((await askPeer(house, peer)) === 'another-history')
      throw new OperatorError(
        `${peer.origin} has confirmed another history of this log. Nothing was changed, and the log stays closed: its parties go on in another one (docs/operating.md, "After a restore").`,
      );
}

interface Copy {
  readonly peer: Log;
  readonly note: string;
  readonly size: number;
  readonly entries: readonly LogEntry[];
}

/** The copy that goes furthest. Refuses when a peer has confirmed more than any of them holds: those entries existed, and are not here. */
async function findLargestCopy(house: House, own: Log, peers: readonly Peer[]): Promise<Copy> {
  const asItIs: Copy = { peer: own, note: own.checkpoint ?? '', size: own.proven_size, entries: [] };
  const answers = await Promise.all(peers.map((peer) => askCopy(own, peer)));
  const reached = answers.flatMap((answer) => answer ?? []);
  // Nobody knows us: nobody else has anything of this log.
  if (reached.length === 0 && !peers.some(({ knowsUs }) => knowsUs)) return asItIs;
  if (reached.length === 0)
    throw new OperatorError('No peer answers. Try again when one does: what it holds of our log decides.');
  const [largest] = reached.toSorted((a, b) => (b.copy?.size ?? 0) - (a.copy?.size ?? 0));
  const confirmed = Math.max(...reached.map(({ confirmedSize }) => confirmedSize));
  const size = largest?.copy?.size ?? 0;
  if (confirmed > Math.max(size, own.proven_size))
    throw new OperatorError(
      `A peer has confirmed ${confirmed} entries of this log, and no copy that can be reached has more than ${Math.max(size, own.proven_size)}.\n` +
        'The log stays closed. When other peers can be reached, try again; if nobody has the rest, its parties go on in another log (docs/operating.md, "After a restore").',
    );
  if (!largest?.copy || size <= own.proven_size) return { ...asItIs, peer: largest?.peer ?? own };
  return readCopy(house, own, largest.peer, largest.copy.note);
}

/** Undefined also when it is merely observed, and holds nothing of ours. */
async function askCopy(own: Log, peer: Peer) {
  try {
    const copy = openOwn(own, await fetchFrom(peer, `/mirror/${originHash(own.origin)}/log/checkpoint`));
    const confirmed = openOwn(own, await fetchFrom(peer, `/witness/${originHash(own.origin)}/checkpoint`));
    return copy || confirmed || peer.knowsUs ? { peer, copy, confirmedSize: confirmed?.size ?? 0 } : undefined;
  } catch (error) {
    if (error instanceof PeerUnreachable) return undefined;
    throw error;
  }
}

async function fetchFrom(peer: Log, path: string): Promise<Uint8Array | undefined> {
  const answer = await dial(peer.url + path, { limitBytes: 20_000_000, timeoutMs: 30_000 });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new PeerUnreachable(`${peer.origin} answered ${answer.status} to ${path}`);
  return answer.body;
}

/** What our own key has not signed says nothing about our log. */
function openOwn(own: Log, note: Uint8Array | undefined) {
  if (note === undefined) return undefined;
  try {
    const { size } = openCheckpoint(note, [makeNoteVerifier(parseVkey(own.vkey))]);
    return { size, note: Buffer.from(note).toString('utf8') };
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

async function readCopy(house: House, own: Log, peer: Log, note: string): Promise<Copy> {
  const head = openCheckpoint(note, [makeNoteVerifier(parseVkey(own.vkey))]);
  try {
    const tree = await openTree(head, (path) => fetchFrom(peer, `/mirror/${originHash(own.origin)}/log/${path}`));
    if (own.proven_size > 0)
      await tree.proveExtension({ size: own.proven_size, root: await rootAt(house, own, own.proven_size) });
    const entries: LogEntry[] = [];
    for await (const entry of tree.readEntries(own.proven_size, head.size)) entries.push(entry);
    return { peer, note, size: head.size, entries };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new OperatorError(`The copy at ${peer.origin} cannot be used: ${error.message}. Nothing was changed.`, {
      cause: error,
    });
  }
}

async function refill(house: House, own: Log, { note, size, entries }: Copy): Promise<void> {
  const old =
    own.checkpoint === null ? { size: 0, root: emptyRoot() } : parseCheckpoint(parseNote(own.checkpoint).text);
  const { files } = house.journal;
  const { tree, writes } = await growLog(
    old,
    entries.map(({ entry }) => entry),
    (path) => files.read(path),
  );
  const head = parseCheckpoint(parseNote(note).text);
  if (!equalHashes(tree.root, head.root)) throw new Error('verified entries lead to another root');
  await writeAll(files, writes);
  await house.database.transact('node', by, async (tx) => {
    const { db } = tx;
    const { proven_size: now } = await db
      .selectFrom('logs')
      .select('proven_size')
      .where('id', '=', own.id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (now !== own.proven_size) throw new OperatorError('Another process has changed the log meanwhile. Look again.');
    // Indexes that were given and never signed: the log says which act has which.
    await db.deleteFrom('log_leaves').where('log_id', '=', own.id).where('index', '>=', now).execute();
    await db
      .updateTable('acts')
      .set({ log_index: null })
      .where('log_id', '=', own.id)
      .where('log_index', '>=', now)
      .execute();
    for (const { index, entry, leaf } of entries) {
      const { id, payload } = parseAct(entry);
      const { type, party, subject, prev, commitment } = payload;
      const isNew = await store.insertAct(tx, {
        id,
        logId: own.id,
        logIndex: index,
        jws: entry,
        type,
        party,
        subject,
        prev,
        commitment,
      });
      if (!isNew) await db.updateTable('acts').set({ log_id: own.id, log_index: index }).where('id', '=', id).execute();
      await db
        .insertInto('log_leaves')
        .values({ log_id: own.id, index, leaf_hash: Buffer.from(leaf), act: id, raw: null })
        .execute();
    }
    const reason = own.closed_reason ?? 'peer-holds-more';
    await db
      .updateTable('logs')
      .set({ size, proven_size: size, checkpoint: note, closed_reason: reason })
      .where('id', '=', own.id)
      .execute();
    await tx.audit('log.refilled', { from: now, to: size });
  });
}

/** Ours and theirs in turns, because each may wait for the other's, until a turn changes nothing. */
async function carryOut(house: House, ownId: number, peers: readonly Log[], progress: Progress): Promise<void> {
  let before = '';
  for (let turn = 0; turn < longestTurns; turn++) {
    progress(`carrying out, turn ${turn + 1}`);
    await processLog(house, ownId);
    for (const peer of peers) {
      await ignoringAbsence(house, () => followLog(house, peer.id));
      const send = (path: string, body: string) => sendToPeer(house, peer, path, body);
      await ignoringAbsence(house, () => fetchBodies(house, peer.id, send));
      await askAnew(house, ownId);
      await ignoringAbsence(house, () => fetchBodies(house, ownId, send));
    }
    const after = await describe(house);
    if (after === before) return;
    before = after;
  }
}

async function ignoringAbsence(house: House, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof PeerUnreachable) && !(error instanceof Problem)) throw error;
    house.log.warn('a peer could not be asked', { reason: error.message });
  }
}

/** Each peer may have what the one before it had not. */
async function askAnew(house: House, ownId: number): Promise<void> {
  await house.database.transact('node', by, ({ db }) =>
    db.updateTable('wanted_bodies').set({ state: 'wanted' }).where('log_id', '=', ownId).execute(),
  );
}

async function describe(house: House): Promise<string> {
  return house.database.read('node', async (reader) => {
    const logs = await reader.selectFrom('logs').select(['id', 'proven_size', 'processed']).orderBy('id').execute();
    const standings = await reader
      .selectFrom('acts')
      .select((select) => ['standing', select.fn.countAll<number>().as('n')])
      .groupBy('standing')
      .orderBy('standing')
      .execute();
    const wanted = await reader.selectFrom('wanted_bodies').select('act').orderBy('act').execute();
    return JSON.stringify({ logs, standings, wanted });
  });
}

/** How many acts were set aside. What is tried again here may state something: the log takes it up. */
async function reopen(house: House, own: Log, size: number): Promise<number> {
  return doWork(house, 'node', by, async (work) => {
    const { tx } = work;
    // What came back is its author's own, and no other party of this node's.
    await sql`update act_bodies set readers = array[parties.id] from acts join parties on parties.did = acts.party
      where acts.id = act_bodies.act and acts.log_id = ${own.id} and acts.log_index >= ${own.proven_size} and not is_public`.execute(
      tx.db,
    );
    await sql`delete from act_heads using acts where acts.party = act_heads.party and acts.subject = act_heads.subject
      and acts.log_id = ${own.id} and acts.log_index is null`.execute(tx.db);
    await sql`insert into act_heads (party, subject, act)
      select distinct on (party, subject) party, subject, id from acts
      where log_id = ${own.id} and log_index is not null order by party, subject, log_index desc
      on conflict (party, subject) do update set act = excluded.act`.execute(tx.db);
    const setAside = await setContradictionsAside(tx, own.id);
    await tx.db.updateTable('logs').set({ closed_reason: null }).where('id', '=', own.id).execute();
    await tx.db.updateTable('wanted_bodies').set({ state: 'wanted' }).where('state', '=', 'not-now').execute();
    await tx.audit('log.reopened', { size, setAside });
    const subjects = await tx.db
      .selectFrom('acts')
      .select('subject')
      .distinct()
      .where('standing', '=', 'held')
      .execute();
    for (const { subject } of subjects) await attempt(work, () => retryHeld(work, subject));
    const hosted = await tx.db
      .selectFrom('subjects')
      .innerJoin('parties', 'parties.did', 'subjects.host')
      .select('subjects.id')
      .where('parties.is_hosted', '=', true)
      .execute();
    for (const { id } of hosted) await attempt(work, () => decideOnWaiting(work, id));
    return setAside;
  });
}

/** What fails for one subject must not keep the log closed: it stays held, and is tried again when something arrives for it. */
async function attempt({ tx, house }: Work, run: () => Promise<void>): Promise<void> {
  await sql`savepoint attempt`.execute(tx.db);
  try {
    await run();
    await sql`release savepoint attempt`.execute(tx.db);
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(tx.db);
    house.log.error('acts of a subject could not be carried out after a recovery', { error });
  }
}

/** Saved while no peer could be asked: an act goes on from its author's last one, or it would be a second one after the same predecessor. */
async function setContradictionsAside(tx: Tx, ownId: number): Promise<number> {
  const saved = await tx.db
    .selectFrom('acts')
    .select(['id', 'party', 'subject', 'prev'])
    .where('log_id', '=', ownId)
    .where('log_index', 'is', null)
    .where('standing', '=', 'new')
    .orderBy('saved_order')
    .execute();
  let setAside = 0;
  for (const { id, party, subject, prev } of saved) {
    if ((await store.lockHead(tx, party, subject)) === prev) await store.moveHead(tx, party, subject, id);
    else {
      await store.setStanding(tx, id, 'refused', 'overtaken-by-restore');
      setAside += 1;
    }
  }
  return setAside;
}

async function countMissingBodies(house: House, ownId: number): Promise<number> {
  return house.database.read('node', async (reader) => {
    const { n } = await reader
      .selectFrom('wanted_bodies')
      .select((select) => select.fn.countAll<number>().as('n'))
      .where('log_id', '=', ownId)
      .executeTakeFirstOrThrow();
    return n;
  });
}
