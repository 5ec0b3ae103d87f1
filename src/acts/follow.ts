/**
 * Following a peer's log. Its index is the cursor: what is new since the leaves held here is read from the public entry bundles, the tree is
 * rebuilt over all of it, and only a tree equal to the peer's signed checkpoint is taken over. A checkpoint that contradicts what
 * this peer signed before is a fork: both are kept, the log is closed and nothing more is taken from it.
 *
 * A crash after the tiles are written and before the transaction commits leaves files that no row refers to: written again, alike.
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
import type { House } from '../house.ts';
import { work as doWork } from '../house.ts';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { problem } from '../problem.ts';
import { writeAll } from './files.ts';
import { filesOf, rootAt } from './mirror.ts';
import { keepLeaf, processLog } from './receive.ts';
import * as store from './store.ts';

const checkpointLimitBytes = 64_000;
/** 256 entries of the largest size, each behind two bytes of length. */
const bundleLimitBytes = TILE_WIDTH * (65_535 + 2);

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
  const leaves = await fetchLeaves(log, head.size);
  const files = filesOf(house.journal.files, log);
  const held = log.checkpoint === null ? undefined : parseCheckpoint(parseNote(log.checkpoint).text);
  const old = { size: log.proven_size, root: held?.root ?? emptyRoot() };
  const { tree, writes } = await growTiles(old, leaves.map(leafHash), (path) => files.read(path));
  if (!equalHashes(tree.root, head.root)) {
    if (await isFork(log, old, head)) await refuseFork(house, log, note);
    throw problem.peerAnswerInvalid({ peer: log.origin, reason: 'entries that do not lead to the root it signed' });
  }
  if (leaves.length > 0) {
    await writeAll(files, writes);
    await keepLeaves(house, log, leaves, note);
  }
  await processLog(house, logId);
  await keepConfirmations(house, log, note);
  return leaves.length > 0;
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

async function fetchLeaves(log: Log, size: number): Promise<Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  for (const tile of changedBundles(log.proven_size, size)) {
    const bundle = await readBundle(tile, (path) => fetchFile(log, `/log/${path}`)).catch((error: unknown) => {
      if (!(error instanceof TlogError)) throw error;
      throw problem.peerAnswerInvalid({ peer: log.origin, reason: `entries: ${error.message}` }, error);
    });
    const first = tile.index * TILE_WIDTH;
    leaves.push(...bundle.slice(Math.max(0, log.proven_size - first)));
  }
  return leaves;
}

async function keepLeaves(house: House, log: Log, leaves: readonly Uint8Array[], note: string): Promise<void> {
  await doWork(house, 'node', { system: 'federation' }, async (work) => {
    const { size } = await work.tx.db
      .selectFrom('logs')
      .select('size')
      .where('id', '=', log.id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    // Another process of this node was faster.
    if (size !== log.proven_size) return;
    let index = size;
    for (const leaf of leaves) await keepLeaf(work, log.id, index++, leaf, leafHash(leaf));
    await work.tx.db
      .updateTable('logs')
      .set({ size: index, proven_size: index, checkpoint: note })
      .where('id', '=', log.id)
      .execute();
  });
}

async function closeForFork(house: House, log: Log, note: string): Promise<void> {
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
