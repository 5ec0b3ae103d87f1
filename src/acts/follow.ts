/**
 * Following a peer's log. Its index is the cursor: what is new since the leaves held here is read from the public entry bundles, a few at a time,
 * and the tree is rebuilt over all of it. Only a tree equal to the peer's signed checkpoint is taken over. A checkpoint that contradicts what
 * this peer signed before is a fork: both are kept, the log is closed and nothing more is taken from it.
 *
 * A log has `size` leaves kept here, of which a signed checkpoint covers `proven_size`: only those are shown, confirmed and carried out. What a
 * crash after each step leaves, a piece being a few bundles:
 *
 *   1. write      tiles of a piece              Files that no row refers to: written again, alike, or over by others.
 *   2. keep       its leaves, in a transaction  Leaves that do not count; the next time goes on after them.
 *   3. take over  with the last piece, when the root is the signed one: then all of them count. If it is not, what does not count is dropped.
 */
import { readBundle } from '@reciproca/tlog/bundle';
import { openCheckpoint, parseCheckpoint } from '@reciproca/tlog/checkpoint';
import { openTree } from '@reciproca/tlog/client';
import { cosignatureTimeS, makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { growTiles } from '@reciproca/tlog/grow';
import { emptyRoot, equalHashes, leafHash } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { formatNote, makeNoteVerifier, parseNote, verifySignatures, type NoteSignature } from '@reciproca/tlog/note';
import { changedBundles, TILE_WIDTH } from '@reciproca/tlog/tile';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { sql } from 'kysely';
import type { House, Work } from '../house.ts';
import { work as doWork } from '../house.ts';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { problem } from '../problem.ts';
import { dropPartials, writeAll } from './files.ts';
import { keepLeaves } from './keep-leaves.ts';
import { filesOf, rootAt } from './mirror.ts';
import { processLog } from './receive.ts';
import * as store from './store.ts';

const checkpointLimitBytes = 64_000;
/** 256 entries of the largest size, each behind two bytes of length. */
const bundleLimitBytes = TILE_WIDTH * (65_535 + 2);
/** What is held in memory at once, and kept in one transaction. */
const pieceBundles = 4;

type Log = NonNullable<Awaited<ReturnType<typeof store.findLog>>>;

/** `url`: read from a copy at another node instead (mirror-routes.ts). True when something new was taken over. Throws PeerUnreachable, or a Problem when the peer answers what it must not. */
export async function followLog(house: House, logId: number, url?: string): Promise<boolean> {
  const found = await house.database.read('node', (reader) => store.findLog(reader, logId));
  const log = found && { ...found, url: url ?? found.url };
  if (!log || log.is_own || log.closed_reason !== null) return false;
  const note = await fetchText(log, '/log/checkpoint', checkpointLimitBytes);
  const head = openSigned(log, note);
  if (head.size < log.proven_size) {
    if (!equalHashes(await rootAt(house, log, head.size), head.root)) await refuseFork(house, log, note);
    return false;
  }
  const old = { size: log.proven_size, root: heldRoot(log) };
  const isNew = head.size > log.proven_size;
  if (isNew ? !(await takeIn(house, log, head, note)) : !equalHashes(old.root, head.root)) {
    if (await isFork(log, old, head)) await refuseFork(house, log, note);
    throw problem.peerAnswerInvalid({ peer: log.origin, reason: 'entries that do not lead to the root it signed' });
  }
  await processLog(house, logId);
  await keepConfirmations(house, log, note);
  return isNew;
}

const heldRoot = (log: Log) =>
  log.checkpoint === null ? emptyRoot() : parseCheckpoint(parseNote(log.checkpoint).text).root;

/** False when the entries do not lead to the root of `head`: then nothing of them is left here. */
async function takeIn(house: House, log: Log, head: TreeHead, note: string): Promise<boolean> {
  const files = filesOf(house.journal.files, log);
  let tree = (await readKept(house, log, head)) ?? { size: log.proven_size, root: heldRoot(log) };
  for await (const leaves of fetchPieces(log, tree.size, head.size)) {
    const grown = await growTiles(tree, leaves.map(leafHash), (path) => files.read(path));
    const isLast = grown.tree.size === head.size;
    if (isLast && !equalHashes(grown.tree.root, head.root)) {
      await dropUnproven(house, log);
      return false;
    }
    await writeAll(files, grown.writes);
    // Another process of this node was faster.
    if (!(await keepPiece(house, log, tree.size, leaves, isLast ? note : undefined))) return true;
    await dropPartials(files, grown.writes);
    ({ tree } = grown);
  }
  return true;
}

/** The tree over everything kept here, proven or not. Undefined when what is not proven cannot be gone on from; then it is dropped. */
async function readKept(house: House, log: Log, head: TreeHead): Promise<TreeHead | undefined> {
  if (log.size === log.proven_size) return undefined;
  try {
    if (log.size <= head.size)
      return { size: log.size, root: await rootAt(house, { ...log, proven_size: log.size }, log.size) };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  await dropUnproven(house, log);
  return undefined;
}

/** Lines of copy-keepers whose keys we know: anybody here may then see who else holds this state of the peer's log. */
async function keepConfirmations(house: House, log: Log, note: string): Promise<void> {
  const { vkeys, known } = await house.database.read('node', async (reader) => ({
    vkeys: await reader.selectFrom('logs').select('cosigner_vkey').where('id', '!=', log.id).execute(),
    known: await reader
      .selectFrom('cosignatures')
      .select(['size', 'keeper'])
      .where('log_id', '=', log.id)
      .orderBy('size', 'desc')
      .limit(100)
      .execute(),
  }));
  const { text, signatures } = parseNote(note);
  const { size } = parseCheckpoint(text);
  const rows = vkeys.flatMap(({ cosigner_vkey: keeper }) => {
    if (known.some((row) => row.size === size && row.keeper === keeper)) return [];
    const [line] = verifiedLines(text, signatures, keeper);
    if (!line) return [];
    const own = signatures.filter(({ name }) => name === log.origin);
    const whole = formatNote({ text, signatures: [...own, line] });
    return [{ log_id: log.id, size, keeper, time: cosignatureTimeS(line.signature), note: whole }];
  });
  if (rows.length === 0) return;
  await doWork(house, 'node', { system: 'federation' }, ({ tx }) =>
    tx.db
      .insertInto('cosignatures')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

/** A false line proves nothing, and says nothing of the log that carries it. */
function verifiedLines(text: string, signatures: readonly NoteSignature[], vkey: string): readonly NoteSignature[] {
  try {
    return verifySignatures(text, signatures, [makeCosignatureVerifier(parseVkey(vkey))]);
  } catch (error) {
    if (error instanceof TlogError) return [];
    throw error;
  }
}

/**
 * Two signed states that cannot both be true, and not merely a file that was damaged on the way or on the peer's disk: of one size, or the peer's
 * own hashes, which do lead to its newer root, contain another older one. A peer that keeps those hashes back is not followed any further either.
 */
async function isFork(log: Log, old: TreeHead, head: TreeHead): Promise<boolean> {
  if (old.size === head.size) return true;
  try {
    const tree = await openTree(head, (path) => fetchFile(log, `/log/${path}`));
    await tree.proveExtension(old);
    return false;
  } catch (error) {
    if (error instanceof TlogError) return error.code === 'consistency.invalid';
    throw error;
  }
}

async function refuseFork(house: House, log: Log, note: string): Promise<never> {
  await closeForFork(house, log, note);
  throw problem.peerAnswerInvalid({ peer: log.origin, reason: 'another history than the one it signed before' });
}

function openSigned(log: Log, note: string) {
  try {
    return openCheckpoint(note, [makeNoteVerifier(parseVkey(log.vkey))]);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw problem.peerAnswerInvalid({ peer: log.origin, reason: `checkpoint: ${error.message}` }, error);
  }
}

/** Entries [from, to), a few bundles at a time; one piece at least. */
async function* fetchPieces(log: Log, from: number, to: number): AsyncGenerator<Uint8Array[], void, undefined> {
  let piece: Uint8Array[] = [];
  let bundles = 0;
  for (const tile of changedBundles(from, to)) {
    const bundle = await readBundle(tile, (path) => fetchFile(log, `/log/${path}`)).catch((error: unknown) => {
      if (!(error instanceof TlogError)) throw error;
      throw problem.peerAnswerInvalid({ peer: log.origin, reason: `entries: ${error.message}` }, error);
    });
    piece.push(...bundle.slice(Math.max(0, from - tile.index * TILE_WIDTH)));
    if (++bundles < pieceBundles) continue;
    yield piece;
    piece = [];
    bundles = 0;
  }
  if (bundles > 0 || from === to) yield piece;
}

/** `note`: with these leaves everything kept is what this checkpoint covers. False when somebody else has kept them meanwhile. */
async function keepPiece(
  house: House,
  log: Log,
  from: number,
  leaves: readonly Uint8Array[],
  note: string | undefined,
): Promise<boolean> {
  return doWork(house, 'node', { system: 'federation' }, async (work) => {
    const now = await lockLog(work, log);
    if (now.size !== from || now.proven_size !== log.proven_size) return false;
    await keepLeaves(work.tx, log.id, from, leaves);
    const size = from + leaves.length;
    const proven = note === undefined ? {} : { proven_size: size, checkpoint: note };
    await work.tx.db
      .updateTable('logs')
      .set({ size, ...proven })
      .where('id', '=', log.id)
      .execute();
    return true;
  });
}

async function dropUnproven(house: House, log: Log): Promise<void> {
  await doWork(house, 'node', { system: 'federation' }, async (work) => {
    const { db } = work.tx;
    const { proven_size: proven } = await lockLog(work, log);
    await db.deleteFrom('log_leaves').where('log_id', '=', log.id).where('index', '>=', proven).execute();
    // Another log may have repeated one of them: then its leaf still says which act it is.
    await sql`delete from acts where log_id = ${log.id} and log_index >= ${proven}
      and not exists (select from log_leaves where log_leaves.act = acts.id)`.execute(db);
    await db.updateTable('logs').set({ size: proven }).where('id', '=', log.id).execute();
  });
}

async function lockLog({ tx }: Work, { id }: Log) {
  return tx.db
    .selectFrom('logs')
    .select(['size', 'proven_size'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Both states are kept, whatever becomes of the log. */
export async function closeForFork(house: House, log: Log, note: string): Promise<void> {
  await doWork(house, 'node', { system: 'federation' }, async ({ tx }) => {
    await tx.db
      .insertInto('log_forks')
      .values({ log_id: log.id, held_note: log.checkpoint ?? '', other_note: note, found_at: tx.now })
      .execute();
    await tx.db.updateTable('logs').set({ closed_reason: 'fork' }).where('id', '=', log.id).execute();
  });
}

async function fetchText(log: Log, path: string, limitBytes: number): Promise<string> {
  const bytes = await fetchFile(log, path, limitBytes);
  if (bytes === undefined) throw problem.peerAnswerInvalid({ peer: log.origin, reason: `no ${path}` });
  return Buffer.from(bytes).toString('utf8');
}

async function fetchFile(log: Log, path: string, limitBytes = bundleLimitBytes): Promise<Uint8Array | undefined> {
  const answer = await dial(log.url + path, { limitBytes });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new PeerUnreachable(`${log.origin} answered ${answer.status} to ${path}`);
  return answer.body;
}
