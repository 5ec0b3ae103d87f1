/**
 * The node's own log. An act is *saved* with the transaction of the action that declared it; one pass of this writer later it is *logged*:
 * it has an index, its leaf is in tiles and a signed checkpoint covers it. A pass, with what a crash after each step leaves:
 *
 *   1. assign   saved acts get the next indexes (one transaction).    Indexes without tiles: step 2 of the next pass writes them.
 *   2. write    tiles and entry bundles, each synced to disk.         Files that no checkpoint covers: written again, alike.
 *   3. swap     the new checkpoint replaces the one it extends        The commit point: before it nothing was promised, after it the
 *               (compare-and-swap on the old size, in the database).  checkpoint is served, and may never be contradicted.
 *   4. process  the new leaves are carried out like a peer's.         Unprocessed leaves: processed by the next pass.
 *
 * The database row is the lock store and is trusted; tile files are not: what is read back is checked against the signed root. Several
 * processes may run passes; the swap lets one of them win. While the log is closed (a restore not yet checked, a fork found) acts are
 * saved and wait.
 */
import { sql } from 'kysely';
import { parseCheckpoint, signCheckpoint } from '@reciproca/tlog/checkpoint';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot, leafHash } from '@reciproca/tlog/hash';
import { KEY_TYPES, makeSigningKey, type SigningKey as NoteKey } from '@reciproca/tlog/key';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { makeNoteSigner, parseNote } from '@reciproca/tlog/note';
import type { House } from '../house.ts';
import type { ActId } from '../ids.ts';
import type { LogFiles } from './files.ts';
import type { Keyring } from './keyring.ts';
import { seedOf } from './keys.ts';
import type { Protocol } from './protocol.ts';
import { processLog } from './receive.ts';
import { checkAgainstPeers } from './restore-check.ts';
import * as store from './store.ts';

export interface Journal {
  readonly protocol: Protocol;
  readonly keyring: Keyring;
  readonly files: LogFiles;
  /** Resolves when the act is logged and carried out here, or after a few seconds: it is saved in any case. */
  settle(id: ActId): Promise<void>;
  /** Runs passes until nothing is left to do. One at a time in this process; a call during a pass waits for the next one. */
  run(): Promise<void>;
  /** Has a pass run soon, without waiting for it. */
  wake(): void;
  /** Called after every pass that grew the log. */
  onGrown(listener: () => void): void;
  stop(): Promise<void>;
}

const passActs = 1_024;
const settleMs = 3_000;

export function openJournal(getHouse: () => House, protocol: Protocol, keyring: Keyring, files: LogFiles): Journal {
  const waiting = new Map<ActId, () => void>();
  const listeners: (() => void)[] = [];
  let running: Promise<void> | undefined;
  let again: Promise<void> | undefined;
  let stopped = false;
  let isChecked = false;

  /** False while nobody has answered, or for good when the log has been closed. */
  const mayGoOn = async (house: House): Promise<boolean> => {
    if (isChecked) return true;
    const result = await checkAgainstPeers(house);
    if (result === 'consistent') isChecked = true;
    else if (result === 'no-answer') house.log.warn('no peer answers: acts are saved and wait until one does');
    else await closeLog(house, result);
    return isChecked;
  };

  const pass = async (): Promise<void> => {
    const house = getHouse();
    let grew = false;
    while (!stopped && (await mayGoOn(house)) && (await runPass(house, keyring, files))) grew = true;
    for (const [id, wake] of waiting) if (await isCarriedOut(house, id)) wake();
    if (grew) for (const listener of listeners) listener();
  };

  const run = (): Promise<void> => {
    if (!running) {
      running = pass().finally(() => (running = undefined));
      return running;
    }
    again ??= running
      .catch(() => {})
      .then(() => {
        again = undefined;
        return run();
      });
    return again;
  };

  return {
    protocol,
    keyring,
    files,
    run,
    wake() {
      if (stopped) return;
      run().catch((error: unknown) => getHouse().log.error('the log could not take up saved acts', { error }));
    },
    onGrown: (listener) => void listeners.push(listener),
    async settle(id) {
      const carriedOut = new Promise<void>((resolve) => waiting.set(id, resolve));
      const patience = new Promise<void>((resolve) => setTimeout(resolve, settleMs).unref());
      try {
        await Promise.race([run().then(() => carriedOut), patience]);
      } catch (error) {
        // The act is saved; the sweep (see app.ts) goes on trying, and says so until it succeeds.
        getHouse().log.error('the log could not take up saved acts', { error });
      } finally {
        waiting.delete(id);
      }
    },
    async stop() {
      stopped = true;
      await Promise.allSettled([running, again]);
    },
  };
}

async function closeLog(house: House, reason: string): Promise<void> {
  house.log.error('this log is closed: peers hold what it does not; see docs/operating.md, "After a restore"', {
    reason,
  });
  await house.database.transact('node', { system: 'federation' }, async ({ db }) => {
    await db.updateTable('logs').set({ closed_reason: reason }).where('is_own', '=', true).execute();
  });
}

async function isCarriedOut(house: House, id: ActId): Promise<boolean> {
  const act = await house.database.read('node', (reader) => store.findAct(reader, id));
  return act !== undefined && act.standing !== 'new';
}

/** True when there may be more to do. */
async function runPass(house: House, keyring: Keyring, files: LogFiles): Promise<boolean> {
  const log = await house.database.read('node', (reader) => store.findOwnLog(reader));
  if (!log) return false;
  if (log.closedReason !== null) return false;
  const size = await assign(house, log.id);
  if (size === log.provenSize) {
    await processLog(house, log.id);
    return false;
  }
  const old =
    log.checkpoint === null ? { size: 0, root: emptyRoot() } : parseCheckpoint(parseNote(log.checkpoint).text);
  const tree = await writeLeaves(house, files, log.id, old, size);
  const signer = await house.database.read('node', (reader) => getLogKey(reader, keyring, log.origin));
  const checkpoint = signCheckpoint({ origin: log.origin, ...tree }, makeNoteSigner(signer));
  await swap(house, log.id, old.size, tree.size, checkpoint);
  await processLog(house, log.id);
  return true;
}

async function assign(house: House, logId: number): Promise<number> {
  return house.database.transact('node', { system: 'federation' }, async ({ db }) => {
    const { size } = await db
      .selectFrom('logs')
      .select('size')
      .where('id', '=', logId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const saved = await db
      .selectFrom('acts')
      .select(['id', 'jws'])
      .where('log_id', '=', logId)
      .where('log_index', 'is', null)
      .orderBy('saved_order')
      .limit(passActs)
      .execute();
    if (saved.length === 0) return size;
    const ids = saved.map((act) => act.id);
    const hashes = saved.map((act) => Buffer.from(leafHash(act.jws)));
    await sql`insert into log_leaves (log_id, index, leaf_hash, act)
      select ${logId}, ${size} + ordinality - 1, leaf_hash, act
      from unnest(${ids}::text[], ${hashes}::bytea[]) with ordinality as leaf (act, leaf_hash, ordinality)`.execute(db);
    await sql`update acts set log_index = ${size} + ordinality - 1
      from unnest(${ids}::text[]) with ordinality as leaf (act, ordinality) where acts.id = leaf.act`.execute(db);
    await db
      .updateTable('logs')
      .set({ size: size + saved.length })
      .where('id', '=', logId)
      .execute();
    return size + saved.length;
  });
}

async function writeLeaves(
  house: House,
  files: LogFiles,
  logId: number,
  old: TreeHead,
  size: number,
): Promise<TreeHead> {
  const leaves = await house.database.read('node', (reader) =>
    reader
      .selectFrom('log_leaves')
      .innerJoin('acts', 'acts.id', 'log_leaves.act')
      .select('acts.jws')
      .where('log_leaves.log_id', '=', logId)
      .where('log_leaves.index', '>=', old.size)
      .where('log_leaves.index', '<', size)
      .orderBy('log_leaves.index')
      .execute(),
  );
  const { tree, writes } = await growLog(
    old,
    leaves.map((leaf) => leaf.jws),
    (path) => files.read(path),
  );
  await Promise.all(writes.map(({ path, bytes }) => files.write(path, bytes)));
  return tree;
}

async function getLogKey(
  reader: Parameters<typeof store.findOwnLog>[0],
  keyring: Keyring,
  origin: string,
): Promise<NoteKey> {
  return makeSigningKey(origin, KEY_TYPES.note, seedOf(await keyring.getNodeKey(reader, 'log')));
}

/** Another process that was faster wins; what this one wrote beyond is harmless and its acts are taken up in the next pass. */
async function swap(house: House, logId: number, oldSize: number, newSize: number, checkpoint: string): Promise<void> {
  await house.database.transact('node', { system: 'federation' }, async ({ db }) => {
    await db
      .updateTable('logs')
      .set({ proven_size: newSize, checkpoint })
      .where('id', '=', logId)
      .where('proven_size', '=', oldSize)
      .where('closed_reason', 'is', null)
      .execute();
  });
}
