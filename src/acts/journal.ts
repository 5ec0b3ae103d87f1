/**
 * The node's own log. An act is *saved* with the transaction of the action that declared it; one pass of this writer later it is *logged*:
 * it has an index, its leaf is in tiles and a signed checkpoint covers it. A pass, with what a crash after each step leaves:
 *
 *   1. assign   saved acts get the next indexes (one transaction).    Indexes without tiles: step 2 of the next pass writes them.
 *   2. write    tiles and entry bundles, each synced to disk.         Files that no checkpoint covers: written again, alike.
 *   3. swap     the new checkpoint replaces the one it extends        The commit point: before it nothing was promised, after it the
 *               (compare-and-swap on the old size, in the database).  checkpoint is served, and may never be contradicted.
 *   4. tidy     partial tiles of which the full one now exists go.    Files that nobody needs.
 *
 * Carrying out (receive.ts) follows on its own, so that a long queue there never keeps an act from being logged; leaves that a crash left
 * unprocessed are processed next time.
 *
 * The database row is the lock store and is trusted; tile files are not: what is read back is checked against the signed root. Several
 * processes may run passes; the swap lets one of them win. While the log is closed (a restore not yet checked, a fork found) acts are
 * saved and wait.
 */
import { sql } from 'kysely';
import { parseCheckpoint, signCheckpoint } from '@reciproca/tlog/checkpoint';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot } from '@reciproca/tlog/hash';
import { KEY_TYPES, makeSigningKey, type SigningKey as NoteKey } from '@reciproca/tlog/key';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { makeNoteSigner, parseNote } from '@reciproca/tlog/note';
import type { Database, Reader, Tx } from '../db/database.ts';
import type { House } from '../house.ts';
import type { ActId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { dropPartials, writeAll, type LogFiles } from './files.ts';
import type { Keyring } from './keyring.ts';
import { seedOf } from './keys.ts';
import type { Protocol } from './protocol.ts';
import { processLog } from './receive.ts';
import { checkAgainstPeers } from './restore-check.ts';
import { singleFlight } from './single-flight.ts';
import * as store from './store.ts';

export interface Journal {
  readonly protocol: Protocol;
  readonly keyring: Keyring;
  readonly files: LogFiles;
  /** Whether acts are logged here, as of the last time this process looked. */
  condition(): Condition;
  /**
   * A peer, named by its log, holds what this log does not, or another history of it. From then on no process signs anything (each pass reads the mark
   * in the database), and this one refuses what people would state. What was stated and not yet logged is saved and waits: `restore --recover` logs it, or
   * sets it aside where the log says otherwise.
   */
  close(reason: string, peer?: string): Promise<void>;
  /** Undefined before set-up; the same ever after. */
  findOwnLogId(reader: Reader): Promise<number | undefined>;
  /** Resolves when a signed checkpoint covers every act saved before the call. Throws what stops it. */
  takeUp(): Promise<void>;
  /** Resolves when the act is logged and carried out here, or after a few seconds. */
  settle(id: ActId): Promise<void>;
  /** Runs passes until nothing is left to do, then carries out what was logged. Throws what stops it. */
  run(): Promise<void>;
  /** Has a pass run soon, without waiting for it. */
  wake(): void;
  /** Called after every pass that grew the log. */
  onGrown(listener: () => void): void;
  stop(): Promise<void>;
}

/** `waiting`: no peer has yet said that it holds no more of our log than we do. `closed`: one holds more, or another history; or the node was moved. */
export type Condition =
  { readonly is: 'unchecked' | 'waiting' | 'open' } | { readonly is: 'closed'; readonly reason: string };

const passActs = 1_024;
const settleMs = 3_000;

export interface JournalParts {
  readonly getHouse: () => House;
  readonly protocol: Protocol;
  readonly keyring: Keyring;
  readonly files: LogFiles;
  /** Connections of its own: a pass that queued for one behind those who wait for the pass would be as slow as they are many. */
  readonly database: Database;
}

export function openJournal({ getHouse, protocol, keyring, files, database }: JournalParts): Journal {
  const carriedOut = new Waiters();
  const listeners: (() => void)[] = [];
  let ownLogId: number | undefined;
  let stopped = false;
  let condition: Condition = { is: 'unchecked' };

  /** False while nobody has answered, and while the log is closed. */
  const mayGoOn = async (house: House): Promise<boolean> => {
    if (condition.is === 'open') return true;
    const own = await house.database.read('node', store.findOwnLog);
    const result = own?.closedReason == null ? await checkAgainstPeers(house) : 'closed';
    if (result === 'consistent') condition = { is: 'open' };
    else if (result === 'no-answer') {
      if (condition.is !== 'waiting') house.log.warn('no peer answers: acts are saved and wait until one does');
      condition = { is: 'waiting' };
    } else {
      if (result === 'closed') condition = { is: 'closed', reason: own?.closedReason ?? result };
      else await close(result);
    }
    return condition.is === 'open';
  };

  const close = async (reason: string, peer?: string): Promise<void> => {
    await closeLog(getHouse(), reason, peer);
    condition = { is: 'closed', reason };
  };

  // One pass a flight, unless it was full: whoever waits for a flight that began after its COMMIT finds its act logged at the end of it.
  const takeUp = singleFlight(async () => {
    const house = getHouse();
    let taken = passActs;
    let total = 0;
    while (taken === passActs && !stopped && (await mayGoOn(house))) {
      taken = await runPass(database, keyring, files, house.log);
      total += taken;
    }
    if (total > 0) for (const listener of listeners) listener();
  });

  const carryOut = singleFlight(async () => {
    const house = getHouse();
    const log = await house.database.read('node', (reader) => store.findOwnLog(reader));
    if (log && !stopped) await processLog(house, log.id, (ids) => carriedOut.wake(ids));
  });

  const run = async (): Promise<void> => {
    await takeUp();
    await carryOut();
  };

  const wake = (): void => {
    if (stopped) return;
    // The act is saved; the rounds go on trying, and say so until it succeeds.
    run().catch((error: unknown) => getHouse().log.error('the log could not take up saved acts', { error }));
  };

  const settle = async (id: ActId): Promise<void> => {
    const reached = carriedOut.add(id);
    wake();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, settleMs).unref()));
    await Promise.race([reached, patience]);
    clearTimeout(timer);
    carriedOut.remove(id);
  };

  return {
    protocol,
    keyring,
    files,
    condition: () => condition,
    close,
    async findOwnLogId(reader) {
      ownLogId ??= (await store.findOwnLog(reader))?.id;
      return ownLogId;
    },
    run,
    wake,
    takeUp,
    settle,
    onGrown: (listener) => void listeners.push(listener),
    async stop() {
      stopped = true;
      // Whatever runs ends at its next step; nothing new begins.
      await Promise.allSettled([takeUp(), carryOut()]);
      await database.close();
    },
  };
}

async function closeLog(house: House, reason: string, peer: string | undefined): Promise<void> {
  house.log.error('this log is closed: peers hold what it does not; see docs/operating.md, "After a restore"', {
    reason,
    peer,
  });
  await house.database.transact('node', { system: 'federation' }, async (tx) => {
    await tx.db
      .updateTable('logs')
      .set({ closed_reason: reason })
      .where('is_own', '=', true)
      .where('closed_reason', 'is', null)
      .execute();
    await tx.audit('log.closed', { reason, peer });
  });
}

/** Those who wait for something to become of an act. */
class Waiters {
  readonly #waiting = new Map<ActId, () => void>();

  add(id: ActId): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  remove(id: ActId): void {
    this.#waiting.delete(id);
  }

  wake(ids: readonly ActId[]): void {
    for (const id of ids) this.#waiting.get(id)?.();
  }
}

/** How many acts this pass took up. */
async function runPass(database: Database, keyring: Keyring, files: LogFiles, log: Logger): Promise<number> {
  const assigned = await assign(database, keyring);
  if (!assigned || assigned.leaves.length === 0) return 0;
  const { id, origin, old, leaves, key } = assigned;
  const { tree, writes } = await growLog(old, leaves, (path) => files.read(path));
  await writeAll(files, writes);
  await swap(database, id, old.size, tree.size, signCheckpoint({ origin, ...tree }, makeNoteSigner(key)));
  await dropPartials(files, writes).catch((error: unknown) =>
    log.warn('tiles that nobody needs any more could not be removed', { error }),
  );
  return leaves.length;
}

interface Assigned {
  readonly id: number;
  readonly origin: string;
  /** The tree of the latest signed checkpoint. */
  readonly old: TreeHead;
  /** Everything with an index beyond it: what a crash left, and what was assigned now. */
  readonly leaves: readonly Uint8Array[];
  readonly key: NoteKey;
}

async function assign(database: Database, keyring: Keyring): Promise<Assigned | undefined> {
  return database.transact('node', { system: 'federation' }, async ({ db }) => {
    const log = await db
      .selectFrom('logs')
      .select(['id', 'origin', 'size', 'proven_size', 'checkpoint', 'closed_reason'])
      .where('is_own', '=', true)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!log || log.closed_reason !== null) return undefined;
    const left = log.size === log.proven_size ? [] : await listLeaves(db, log.id, log.proven_size);
    const saved = await giveIndexes(db, log);
    return {
      id: log.id,
      origin: log.origin,
      old: log.checkpoint === null ? { size: 0, root: emptyRoot() } : parseCheckpoint(parseNote(log.checkpoint).text),
      leaves: [...left, ...saved].map((leaf) => leaf.jws),
      key: makeSigningKey(log.origin, KEY_TYPES.note, seedOf(await keyring.getNodeKey(db, 'log'))),
    };
  });
}

async function listLeaves(db: Tx['db'], logId: number, from: number) {
  return db
    .selectFrom('log_leaves')
    .innerJoin('acts', 'acts.id', 'log_leaves.act')
    .select('acts.jws')
    .where('log_leaves.log_id', '=', logId)
    .where('log_leaves.index', '>=', from)
    .orderBy('log_leaves.index')
    .execute();
}

/** The log's row is locked: nobody else gives any. Acts that a recovery set aside (backup/recover.ts) are refused already, and never logged. */
async function giveIndexes(
  db: Tx['db'],
  log: { readonly id: number; readonly size: number },
): Promise<readonly { readonly jws: Buffer }[]> {
  // The hash of a leaf, RFC 6962, 2.1: SHA-256 over a zero byte and the entry.
  const { rows } = await sql<{ jws: Buffer }>`with saved as (
      select id, jws, row_number() over (order by saved_order) - 1 + ${log.size}::bigint as index
      from acts where log_id = ${log.id} and log_index is null and standing = 'new' order by saved_order limit ${passActs}
    ), kept as (
      insert into log_leaves (log_id, index, leaf_hash, act)
      select ${log.id}, index, sha256('\\x00'::bytea || jws), id from saved
    ), indexed as (
      update acts set log_index = saved.index from saved where acts.id = saved.id
    ), grown as (
      update logs set size = size + (select count(*) from saved) where id = ${log.id} and exists (select from saved)
    )
    select jws from saved order by index`.execute(db);
  return rows;
}

/** Another process that was faster wins; what this one wrote beyond is harmless and its acts are taken up in the next pass. */
async function swap(
  database: Database,
  logId: number,
  oldSize: number,
  newSize: number,
  checkpoint: string,
): Promise<void> {
  await database.transact('node', { system: 'federation' }, async ({ db }) => {
    await db
      .updateTable('logs')
      .set({ proven_size: newSize, checkpoint })
      .where('id', '=', logId)
      .where('proven_size', '=', oldSize)
      .where('closed_reason', 'is', null)
      .execute();
  });
}
