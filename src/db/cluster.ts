import * as fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type PoolConfig } from 'pg';
import type { Logger } from '../log.ts';
import { OperatorError } from '../operator-error.ts';
import { tryLock, waitForLock } from './cluster-lock.ts';
import {
  chooseServerUser,
  connectionTo,
  ensureInitialised,
  findServer,
  startServer,
  stopServer,
  type RunningServer,
  type ServerPlace,
  type ServerUser,
} from './cluster-server.ts';

// The PostgreSQL of a data directory, shared by the processes that use it. Three locks in DATA/locks, all dropped by the
// kernel when their holder dies:
//   serve  exclusive, by the one `serve`, for its life
//   use    shared, by every process that uses the server, for its life
//   start  exclusive, by whoever is starting or stopping the server, for that moment
// Whoever holds `start` and can take `use` exclusively is alone: a server that runs nevertheless was left by a killed process,
// and is stopped before a new one starts. Whoever leaves last stops the server. A SIGKILL at any point leaves at most a
// running server that nobody uses, which is the case just described.

export interface Cluster extends AsyncDisposable {
  readonly connection: Readonly<PoolConfig>;
  /** Whose server it is, and for the managed one as which user it runs. */
  readonly description: string;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly dataDir: string;
  /** `serve` is alone on its data directory, and restarts a server that dies. `join` uses the server that runs, else starts one. */
  readonly mode: 'serve' | 'join';
  readonly log: Logger;
  /** A PostgreSQL server of the operator's. No server is started, and the data directory is locked all the same. */
  readonly databaseUrl?: string | undefined;
  /** False only for servers that live no longer than a test run: what they acknowledge survives a kill, but no power cut. */
  readonly durable?: boolean;
}

const watchIntervalMs = 250;
const longestBackoffMs = 30_000;
// As long as the replay of a long write-ahead log may take.
const startPatienceMs = 3_600_000;

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const dataDir = ensureDataDir(options.dataDir);
  const locks = path.join(dataDir, 'locks');
  fs.mkdirSync(locks, { recursive: true, mode: 0o700 });
  const serving = options.mode === 'serve' ? await claimDataDir(dataDir, locks) : undefined;
  try {
    const cluster =
      options.databaseUrl === undefined ? await openManaged(dataDir, locks, options) : openGiven(options.databaseUrl);
    const stop = once(async () => {
      try {
        await cluster.stop();
      } finally {
        serving?.[Symbol.dispose]();
      }
    });
    return { ...cluster, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    serving?.[Symbol.dispose]();
    throw error;
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}

function openGiven(connectionString: string) {
  return { connection: { connectionString }, description: 'DATABASE_URL', stop: async () => {} };
}

// Others may pass through a directory that root makes, because PostgreSQL does not run as root; what lies in it is closed to them.
function ensureDataDir(given: string): string {
  try {
    makeDirectory(path.resolve(given), process.getuid?.() === 0 ? 0o711 : 0o700);
    fs.accessSync(given, fs.constants.W_OK | fs.constants.X_OK);
    return fs.realpathSync(given);
  } catch (error) {
    throw new OperatorError(
      `The data directory ${given} cannot be used: ${error instanceof Error ? error.message : String(error)}.\n` +
        'Make it writable for the user that runs Reciproca, or set RECIPROCA_DATA to another directory.',
      { cause: error },
    );
  }
}

// Not `recursive: true`, which never returns below a directory that answers ENOENT, as /proc does (Node 24).
function makeDirectory(dir: string, mode: number): void {
  if (fs.existsSync(dir)) return;
  makeDirectory(path.dirname(dir), mode);
  try {
    fs.mkdirSync(dir, { mode });
    fs.chmodSync(dir, mode); // whatever the umask
  } catch (error) {
    if (!fs.existsSync(dir)) throw error; // else another process has just made it
  }
}

// A node that was killed a moment ago may not quite be gone, hence the little patience.
async function claimDataDir(dataDir: string, locks: string): Promise<Disposable> {
  const holder = path.join(locks, 'serve.json'); // only for the message: the lock itself cannot say who holds it
  const startedMs = performance.now();
  do {
    const lock = tryLock(path.join(locks, 'serve.lock'), 'exclusive');
    if (lock !== undefined) {
      fs.writeFileSync(holder, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
      return lock;
    }
    await delay(50);
  } while (performance.now() - startedMs < 1000);
  const { pid, since } = readHolder(holder);
  throw new OperatorError(
    `A node is already running on ${dataDir} (process ${pid}, since ${since}).\n` +
      'One data directory belongs to one running node. Stop that one first, or set RECIPROCA_DATA to another directory.',
  );
}

function readHolder(file: string): { readonly pid: string; readonly since: string } {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && 'pid' in value && 'since' in value)
      return { pid: String(value.pid), since: String(value.since) };
  } catch {
    // Being written just now.
  }
  return { pid: 'unknown', since: 'just now' };
}

async function openManaged(dataDir: string, locks: string, { mode, log, durable = true }: ClusterOptions) {
  const place: ServerPlace = {
    pgDir: path.join(dataDir, 'postgres'),
    startLog: path.join(dataDir, 'postgres-start.log'),
  };
  const files = { start: path.join(locks, 'start.lock'), use: path.join(locks, 'use.lock') };

  const whileNobodyStarts = async <T>(run: () => Promise<T>): Promise<T> => {
    using _start = await waitForLock(files.start, 'exclusive', {
      timeoutMs: startPatienceMs,
      onWait: () => log.info('waiting for another process that is starting or stopping the database'),
    });
    return await run(); // awaited here, or the lock would be gone at once
  };

  const start = async (user: ServerUser): Promise<RunningServer> => {
    await ensureInitialised(place, user, durable);
    const server = await startServer(place, user, {
      durable,
      onRecovery: (elapsedMs) =>
        log.info('the database is recovering from an interruption', { elapsedSeconds: Math.round(elapsedMs / 1000) }),
    });
    await ensureDatabase(server);
    return server;
  };

  const opened = await whileNobodyStarts(async () => {
    const alone = tryLock(files.use, 'exclusive');
    let server = findServer(place);
    if (alone !== undefined && server !== undefined) {
      log.warn('stopping a database server that a killed process left', { pid: server.pid });
      await stopServer(place);
      server = undefined;
    }
    const user = server === undefined ? await chooseServerUser(dataDir) : undefined;
    server ??= await start(user ?? (await chooseServerUser(dataDir)));
    alone?.[Symbol.dispose]();
    const use = await waitForLock(files.use, 'shared', { timeoutMs: 10_000 });
    return { server, use, description: user?.description ?? 'a server that another process started' };
  });
  log[mode === 'serve' ? 'info' : 'debug']('the database is running', {
    pid: opened.server.pid,
    as: opened.description,
  });

  const ending = new AbortController();
  const watching = mode === 'serve' ? watch(ending.signal) : Promise.resolve();

  async function watch(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      await delay(failures === 0 ? watchIntervalMs : Math.min(250 * 2 ** failures, longestBackoffMs), undefined, {
        signal,
        ref: false,
      }).catch(() => {});
      if (signal.aborted || findServer(place) !== undefined) {
        failures = 0;
        continue;
      }
      try {
        log.error('the database server has ended unexpectedly; starting it again', { attempt: failures + 1 });
        // Another process may have started it while this one waited for the lock.
        const server = await whileNobodyStarts(
          async () => findServer(place) ?? (await start(await chooseServerUser(dataDir))),
        );
        log.info('the database server runs again', { pid: server.pid });
        failures = 0;
      } catch (error) {
        failures += 1;
        log.error('the database server could not be started again', { error, attempt: failures });
      }
    }
  }

  const stop = async (): Promise<void> => {
    ending.abort();
    await watching;
    await whileNobodyStarts(async () => {
      opened.use[Symbol.dispose]();
      using alone = tryLock(files.use, 'exclusive');
      if (alone === undefined) log.debug('the database keeps running for another process');
      else await stopServer(place);
    });
  };
  return { connection: connectionTo(opened.server, 'reciproca', 'reciproca'), description: opened.description, stop };
}

/** The node works as an ordinary role that owns its database, so that row-level security and grants mean something. */
async function ensureDatabase(server: RunningServer): Promise<void> {
  const client = new Client(connectionTo(server, 'postgres', 'postgres'));
  client.on('error', () => {});
  await client.connect();
  try {
    const role = await client.query("select from pg_roles where rolname = 'reciproca'");
    if (role.rowCount === 0) await client.query('create role reciproca login createrole');
    const database = await client.query("select from pg_database where datname = 'reciproca'");
    if (database.rowCount === 0) await client.query('create database reciproca owner reciproca');
  } finally {
    await client.end();
  }
}
