/**
 * Somebody else's log, read over HTTP by who trusts nothing but one key: the signed checkpoint fixes the tree, and every tile and entry is checked
 * against it before it is used. The other side may answer garbage, slowly or never; each becomes a LogFault that says which file of it is meant.
 */
import { openCheckpoint, parseCheckpoint, type OpenedCheckpoint } from '@reciproca/tlog/checkpoint';
import { openTree, type TreeReader } from '@reciproca/tlog/client';
import { readBundle } from '@reciproca/tlog/bundle';
import { equalHashes, formatHash, leafHash, type Hash } from '@reciproca/tlog/hash';
import { parseVkey } from '@reciproca/tlog/key';
import { frontierRoot, readFrontier, type TreeHead } from '@reciproca/tlog/merkle';
import { makeNoteVerifier, parseNote } from '@reciproca/tlog/note';
import { MAX_PROOF_BYTES } from '@reciproca/tlog/proof';
import { edgeTiles, formatTilePath, hashInTile, joinTileHashes, readHashTile, TILE_WIDTH } from '@reciproca/tlog/tile';
import { TlogError } from '@reciproca/tlog/tlog-error';
import { originHash } from '@reciproca/tlog/witness';
import { z } from 'zod';
import { bodyLimitBytes, opensCommitment, parseBody } from '../acts/body.ts';
import { isSignedBy, parseAct } from '../acts/jws.ts';
import { nodeOpen } from '../acts/spine-types.ts';
import { parseSummary } from '../acts/protocol.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { parseAddress } from '../network/address.ts';
import { dial, PeerUnreachable, type PeerAnswer } from '../network/dial.ts';
import { fingerprintOf } from '../network/pairing/fingerprint.ts';
import { Problem } from '../problem.ts';
import type { LogSource } from './audit.ts';
import { readOpening } from './keys.ts';

/** The log is not what it must be, or could not be read. The message names the log and the file. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
}

export interface RemoteLog extends LogSource {
  readonly url: string;
  readonly operator: string;
  readonly vkey: string;
  readonly cosigner: string;
  readonly fingerprint: string;
  readonly note: string;
  readonly tree: TreeHead;
  /** What the node behind this log has confirmed of another one (C2SP tlog-witness, monitoring). */
  findView(origin: string): Promise<string | undefined>;
  /** Throws LogFault when this log is not an extension of that tree. */
  demandExtensionOf(older: TreeHead): Promise<void>;
}

const checkpointLimitBytes = 64_000;
const tileLimitBytes = TILE_WIDTH * 32;
const bundleLimitBytes = TILE_WIDTH * (65_535 + 2);
/** For one file, at most 16 MB, over a poor line. */
const defaultTimeoutMs = 60_000;
const attempts = 4;
const longestWaitMs = 60_000;

/** `key` pins the log's key; without it, the key that entry 0 names is taken, and its fingerprint is for comparing. */
export async function openRemoteLog(
  givenUrl: string,
  { key, timeoutMs = defaultTimeoutMs }: { readonly key?: string | undefined; readonly timeoutMs?: number } = {},
): Promise<RemoteLog> {
  const { url, logOrigin } = parseAddress(givenUrl);
  const at = (what: string): string => `${logOrigin}: ${what}`;
  const fetchFile = (path: string, limitBytes: number): Promise<PeerAnswer> =>
    fetchPatiently(`${url}${path}`, { limitBytes, timeoutMs }, at);
  const readFile = async (path: string): Promise<Uint8Array | undefined> => {
    const answer = await fetchFile(
      `/log/${path}`,
      path.startsWith('tile/entries/') ? bundleLimitBytes : tileLimitBytes,
    );
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new LogFault(at(`answered ${answer.status} to /log/${path}`));
    return answer.body;
  };
  const check = async <T>(what: string, run: () => Promise<T> | T): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (
        error instanceof TlogError ||
        error instanceof Problem ||
        error instanceof JsonError ||
        error instanceof z.ZodError
      )
        throw new LogFault(at(`${what}: ${error instanceof z.ZodError ? 'not of the expected form' : error.message}`), {
          cause: error,
        });
      throw error;
    }
  };

  const answer = await fetchFile('/log/checkpoint', checkpointLimitBytes);
  if (answer.status !== 200) throw new LogFault(at(`no log there: answered ${answer.status} to /log/checkpoint`));
  const note = Buffer.from(answer.body).toString('utf8');
  const claimed = await check('checkpoint', () => parseCheckpoint(parseNote(answer.body).text));
  if (claimed.origin !== logOrigin) throw new LogFault(at(`the checkpoint is of another log, ${claimed.origin}`));
  if (claimed.size === 0) throw new LogFault(at('the log is empty'));
  const opening = await check('entry 0', () => readEntryZero(readFile, claimed.size, logOrigin));
  const vkey = key ?? opening.log.vkey;
  if (vkey !== opening.log.vkey)
    throw new LogFault(at(`entry 0 names another key than the one given: ${opening.log.vkey}`));
  const checkpoint: OpenedCheckpoint = await check('checkpoint', () =>
    openCheckpoint(answer.body, [makeNoteVerifier(parseVkey(vkey))]),
  );
  const tree: TreeReader = await openTree(checkpoint, readFile).catch(async (error: unknown) => {
    if (!(error instanceof TlogError)) throw error;
    const where =
      error.code === 'tile.mismatch' ? await check('tiles', () => findDamage(checkpoint, readFile)) : undefined;
    throw new LogFault(at(where ?? error.message), { cause: error });
  });

  const roots = new Map<number, Hash>();
  return {
    origin: logOrigin,
    url,
    operator: opening.log.operator,
    size: checkpoint.size,
    vkey,
    cosigner: opening.log.cosigner,
    fingerprint: opening.fingerprint,
    note,
    tree: { size: checkpoint.size, root: checkpoint.root },
    readEntries: (from) => readAll(tree, from, check),
    readChains: () => readAll(tree, 0, check),
    async rootAt(size) {
      const known = roots.get(size);
      if (known) return known;
      const root = await check('tiles', async () => frontierRoot(await readFrontier(size, tree.readHashes)));
      if (roots.size > 1_000) roots.clear();
      roots.set(size, root);
      return root;
    },
    async findPublicBody({ id, commitment }) {
      const path = `/log/body/${commitment}`;
      const given = await fetchFile(path, 2 * bodyLimitBytes);
      if (given.status === 404) return { state: 'missing' };
      if (given.status === 410) return { state: 'erased' };
      if (given.status !== 200) throw new LogFault(at(`answered ${given.status} to ${path}`));
      return check(`body of act ${id}`, () => {
        const { salt, body } = bodySchema.parse(parseJsonBytes(given.body, 2 * bodyLimitBytes));
        const opened = { salt: Buffer.from(salt, 'base64url'), bytes: Buffer.from(body, 'base64url') };
        if (!opensCommitment(commitment, opened.salt, opened.bytes))
          throw new LogFault(at(`${path} is not the body that act ${id} commits to`));
        return { state: 'given', value: parseBody(opened.bytes), opened } as const;
      });
    },
    async findProof(act) {
      const path = `/log/proof/${act}`;
      const given = await fetchFile(path, MAX_PROOF_BYTES);
      if (given.status === 404) return undefined;
      if (given.status !== 200) throw new LogFault(at(`answered ${given.status} to ${path}`));
      return Buffer.from(given.body).toString('utf8');
    },
    async findView(origin) {
      const path = `/witness/${originHash(origin)}/checkpoint`;
      const given = await fetchFile(path, checkpointLimitBytes);
      if (given.status === 404) return undefined;
      if (given.status !== 200) throw new LogFault(at(`answered ${given.status} to ${path}`));
      return Buffer.from(given.body).toString('utf8');
    },
    async demandExtensionOf(older) {
      if (older.size > checkpoint.size)
        throw new LogFault(at(`has ${checkpoint.size} entries, and had ${older.size} when it was last verified`));
      try {
        await tree.proveExtension(older);
      } catch (error) {
        if (!(error instanceof TlogError) || error.code !== 'consistency.invalid') throw error;
        throw new LogFault(
          at(
            `shows another history than when it was last verified: then ${older.size} entries with root ${formatHash(older.root)}; now ${checkpoint.size} with root ${formatHash(checkpoint.root)}`,
          ),
          { cause: error },
        );
      }
    },
  };
}

const bodySchema = z.object({ salt: z.base64url().max(40), body: z.base64url() });

type Check = <T>(what: string, run: () => Promise<T> | T) => Promise<T>;

async function* readAll(tree: TreeReader, from: number, check: Check) {
  const entries = tree.readEntries(from, tree.tree.size);
  for (;;) {
    const { done, value } = await check('entries', () => entries.next());
    if (done === true) return;
    yield value;
  }
}

async function readEntryZero(
  readFile: (path: string) => Promise<Uint8Array | undefined>,
  size: number,
  origin: string,
) {
  const [entry] = await readBundle({ level: 'entries', index: 0, width: Math.min(TILE_WIDTH, size) }, readFile);
  if (!entry) throw new LogFault(`${origin}: no entry 0`);
  const act = parseAct(entry);
  const log = readOpening(act, origin);
  if (!log || !isSignedBy(act, parseSummary(nodeOpen, act.payload).key))
    throw new LogFault(`${origin}: entry 0 does not open this log`);
  return { log, fingerprint: fingerprintOf(entry) };
}

/** Waits and asks again when the other side is busy or the line breaks; says so when it stays so. */
async function fetchPatiently(
  url: string,
  limits: { readonly limitBytes: number; readonly timeoutMs: number },
  at: (what: string) => string,
): Promise<PeerAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await dial(url, limits);
      const isBusy = answer.status === 429 || answer.status === 503;
      if (!isBusy || attempt === attempts) return answer;
      const seconds = Number(answer.headers['retry-after'] ?? 1);
      await wait(Math.min(longestWaitMs, 1000 * (Number.isFinite(seconds) ? Math.max(1, seconds) : 1)));
    } catch (error) {
      if (!(error instanceof PeerUnreachable)) throw error;
      const isLate = isTimeout(error.cause);
      if (isLate)
        throw new LogFault(at(`cannot be read: no whole answer within ${limits.timeoutMs / 1000} s to ${url}`), {
          cause: error,
        });
      if (attempt === attempts || isFinal(error.cause))
        throw new LogFault(at(`cannot be read: ${error.message}`), { cause: error });
      await wait(250 * 2 ** attempt);
    }
  }
}

const isTimeout = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError');

/** Asking again cannot help: nobody listens there, or the answer is longer than it may be. */
function isFinal(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || cause.message.startsWith('answered more');
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The tiles at the right edge do not lead to the signed root: which of them contradicts what lies below it? */
async function findDamage(
  tree: TreeHead,
  readFile: (path: string) => Promise<Uint8Array | undefined>,
): Promise<string | undefined> {
  for (const tile of edgeTiles(tree.size)) {
    const path = formatTilePath(tile);
    const bytes = await readHashTile(tile, readFile);
    const bundle = { ...tile, level: 'entries' as const };
    const entries = tile.level === 0 ? await readBundle(bundle, readFile) : [];
    for (let position = 0; position < tile.width; position++) {
      const index = tile.index * TILE_WIDTH + position;
      const entry = entries[position];
      const below = tile.level === 0 ? undefined : { level: tile.level - 1, index, width: TILE_WIDTH };
      const expected = entry
        ? leafHash(entry)
        : below
          ? joinTileHashes(await readHashTile(below, readFile))
          : undefined;
      if (expected && !equalHashes(expected, hashInTile(bytes, position)))
        return `${path} and ${formatTilePath(below ?? bundle)} contradict each other${entry ? ` about entry ${index}` : ''}; the signed root fits at most one of them`;
    }
  }
  return 'the tiles and the entries agree with each other, but not with the signed root';
}
