import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool, type PoolConfig } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { openLog } from '../log.ts';
import { OperatorError } from '../operator-error.ts';
import { findServer, stopServer } from './cluster-server.ts';
import { openCluster, type ClusterOptions } from './cluster.ts';

const isRoot = process.getuid?.() === 0;
const log = openLog({ level: 'error', clock: systemClock });

let dataDir: string;
let holders: ChildProcess[];

// Making a database takes longer than most of these tests. They share one, of which each leaves nothing running.
let sharedDir: string;

beforeAll(async () => {
  sharedDir = makeDataDir();
  await (await open('join', { dataDir: sharedDir })).stop();
});

afterAll(() => fs.rmSync(sharedDir, { recursive: true, force: true }));

beforeEach(() => {
  dataDir = sharedDir;
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) holder.kill('SIGKILL');
  await stopServer(placeOf(dataDir));
  if (dataDir !== sharedDir) fs.rmSync(dataDir, { recursive: true, force: true });
});

function makeDataDir(): string {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'reciproca-cluster-')));
  if (isRoot) fs.chmodSync(dir, 0o711); // so that nobody can reach it
  return dir;
}

function placeOf(dir: string) {
  return { pgDir: path.join(dir, 'postgres'), startLog: path.join(dir, 'postgres-start.log') };
}

function open(mode: 'serve' | 'join', options: Partial<ClusterOptions> = {}) {
  return openCluster({ dataDir, mode, log, durable: false, ...options });
}

interface Holder {
  readonly process: ChildProcess;
  readonly errors: () => string;
  /** What the process said when it had the cluster; rejects when it ended without it. */
  readonly opened: Promise<{ readonly connection: PoolConfig }>;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Another process that opens the cluster and keeps it. */
function hold(mode: 'serve' | 'join'): Holder {
  const script = path.join(import.meta.dirname, '../../test/support/hold-cluster.ts');
  const child = spawn(process.execPath, ['--conditions=source', script, dataDir, mode, 'throwaway'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  holders.push(child);
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const opened = new Promise<{ readonly connection: PoolConfig }>((resolve, reject) => {
    readline.createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
    void ended.then((end) => reject(new Error(`the holder ended with ${end}: ${errors}`)));
  });
  opened.catch(() => {});
  return { process: child, errors: () => errors, opened, ended };
}

async function query(connection: PoolConfig, sql: string): Promise<readonly unknown[]> {
  const client = new Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function readCommandLine(pid: number): string {
  return fs.existsSync(`/proc/${pid}`) ? fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedMs > 20_000) throw new Error(`still not so after 20 s: ${String(condition)}`);
    await delay(5);
  }
}

describe('one data directory belongs to one running node', () => {
  test('a second serve is refused, and told which process has it', async () => {
    const first = hold('serve');
    await first.opened;
    await expect(open('serve')).rejects.toThrow(
      new RegExp(`already running on ${dataDir} \\(process ${first.process.pid},`),
    );
  });

  test('a second serve is refused in the same process too', async () => {
    await using _first = await open('serve');
    await expect(open('serve')).rejects.toThrow(OperatorError);
  });

  test('a second serve is refused where the database is the operator’s own, and no server is started', async () => {
    const databaseUrl = 'postgres://u@db.example.org/reciproca';
    dataDir = makeDataDir();
    await using first = await open('serve', { databaseUrl });
    expect(first.connection).toEqual({ connectionString: databaseUrl });
    await expect(open('serve', { databaseUrl })).rejects.toThrow(/already running/);
    expect(fs.readdirSync(dataDir)).toEqual(['locks']);
  });

  test('it is free again after an orderly stop', async () => {
    await (await open('serve')).stop();
    const again = await open('serve');
    await expect(again.stop()).resolves.toBeUndefined();
  });

  test('an unusable data directory is refused by name', async () => {
    const file = path.join(dataDir, 'file');
    fs.writeFileSync(file, '');
    for (const unusable of [file, path.join(file, 'below'), '/proc/data'])
      await expect(open('serve', { dataDir: unusable })).rejects.toThrow(
        /data directory .* cannot be used.*RECIPROCA_DATA/s,
      );
  });
});

describe('other commands', () => {
  test('use the server of the running node', async () => {
    const serving = hold('serve');
    const { connection } = await serving.opened;
    await query(connection, 'create table seen (by_whom text)');
    await using joined = await open('join');
    await query(joined.connection, "insert into seen values ('join')");
    expect(await query(connection, 'select * from seen')).toEqual([{ by_whom: 'join' }]);
  });

  test('start a server when none runs, and the last one out stops it', async () => {
    dataDir = makeDataDir();
    const joiners = Array.from({ length: 3 }, () => hold('join'));
    const [connection] = (await Promise.all(joiners.map(({ opened }) => opened))).map((line) => line.connection);
    const server = findServer(placeOf(dataDir));
    expect(server).toBeDefined();
    for (const joiner of joiners) {
      expect(await query(connection ?? {}, 'select 1 as one')).toEqual([{ one: 1 }]);
      joiner.process.kill('SIGTERM');
      expect(await joiner.ended).toBe(0);
    }
    expect(findServer(placeOf(dataDir))).toBeUndefined();
  });

  test('are not cut off when the node stops before they have finished', async () => {
    const serving = hold('serve');
    await serving.opened;
    const joined = await open('join');
    serving.process.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
    expect(await query(joined.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    await joined.stop();
    expect(findServer(placeOf(dataDir))).toBeUndefined();
  });
});

describe('after a kill the next start finds everything that was acknowledged', () => {
  async function holdWithRow(): Promise<Holder> {
    const serving = hold('serve');
    const { connection } = await serving.opened;
    await query(connection, 'drop table if exists kept; create table kept (id int); insert into kept values (7)');
    return serving;
  }

  async function startAgainAndRead(): Promise<readonly unknown[]> {
    await using next = await open('serve');
    return await query(next.connection, 'select * from kept');
  }

  test('of the node: its orphaned server is stopped, and a new one started', async () => {
    const killed = await holdWithRow();
    const orphan = findServer(placeOf(dataDir));
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(findServer(placeOf(dataDir))).toEqual(orphan);
    expect(await startAgainAndRead()).toEqual([{ id: 7 }]);
    expect(orphan).toBeDefined();
    // Its process may linger as a zombie where nothing collects those; its command line is gone with its memory.
    expect(readCommandLine(orphan?.pid ?? Number.NaN)).toBe('');
  });

  test('of the node and its server at once', async () => {
    const killed = await holdWithRow();
    const server = findServer(placeOf(dataDir));
    killed.process.kill('SIGKILL');
    process.kill(server?.pid ?? Number.NaN, 'SIGKILL');
    await killed.ended;
    expect(await startAgainAndRead()).toEqual([{ id: 7 }]);
  });

  test('and a reboot, when the process id of the old server belongs to another program', async () => {
    const killed = await holdWithRow();
    const server = findServer(placeOf(dataDir));
    killed.process.kill('SIGKILL');
    process.kill(server?.pid ?? Number.NaN, 'SIGKILL');
    await killed.ended;
    await until(() => findServer(placeOf(dataDir)) === undefined);
    // A program of the same user, the only kind whose life PostgreSQL can mistake for its own.
    const other = spawn('sleep', ['60'], isRoot ? { uid: 65_534, gid: 65_534 } : {});
    onTestFinished(() => void other.kill());
    const lockFile = path.join(dataDir, 'postgres', 'postmaster.pid');
    fs.writeFileSync(lockFile, fs.readFileSync(lockFile, 'utf8').replace(/^\d+/, String(other.pid)));
    expect(await startAgainAndRead()).toEqual([{ id: 7 }]);
  });

  test.each([
    [
      'while the database is being made',
      (names: readonly string[]) => names.some((name) => name.includes('unfinished')),
    ],
    ['when the database has just been made', (names: readonly string[]) => names.includes('postgres')],
    ['while the server is starting', (names: readonly string[]) => names.includes('postgres-start.log')],
  ])('of a node %s: the next start makes it whole', async (_, isSo) => {
    dataDir = makeDataDir();
    const killed = hold('serve');
    await until(() => isSo(fs.readdirSync(dataDir)));
    killed.process.kill('SIGKILL');
    await killed.ended;
    await using next = await open('serve');
    expect(await query(next.connection, 'select current_user')).toEqual([{ current_user: 'reciproca' }]);
    expect(fs.readdirSync(dataDir).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

test('a server that dies under a running node is started again, and the pool goes on', async () => {
  await using cluster = await open('serve');
  const pool = new Pool(cluster.connection);
  pool.on('error', () => {});
  await pool.query('drop table if exists kept; create table kept (id int); insert into kept values (7)');
  const killed = findServer(placeOf(dataDir))?.pid ?? Number.NaN;
  process.kill(killed, 'SIGKILL');
  await until(() => (findServer(placeOf(dataDir))?.pid ?? killed) !== killed);
  await until(() => pool.query('select from kept').then(Boolean, () => false));
  expect((await pool.query('select * from kept')).rows).toEqual([{ id: 7 }]);
  await pool.end();
});

describe('the server', () => {
  test('listens on no network, waits for the disk, and checks its pages', async () => {
    await using cluster = await open('join', { durable: true });
    expect(
      await query(
        cluster.connection,
        `select name, setting from pg_settings where name in
          ('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'jit', 'server_encoding')
          order by name`,
      ),
    ).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'jit', setting: 'off' },
      { name: 'listen_addresses', setting: '' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  test('admits only who may enter the directory of its socket', async () => {
    await using cluster = await open('join');
    const stat = fs.statSync(cluster.connection.host ?? '');
    expect(stat.mode & 0o777).toBe(0o700);
    expect(path.join(cluster.connection.host ?? '', '.s.PGSQL.5432').length).toBeLessThan(104);
  });

  test('gives the node a role that is no superuser and cannot pass over row-level security', async () => {
    await using cluster = await open('join');
    expect(
      await query(
        cluster.connection,
        'select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
      ),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: true }]);
  });

  test('writes no row into its log, not even one that violates a constraint', async () => {
    await using cluster = await open('join');
    await expect(
      query(cluster.connection, "create temporary table t (a text unique); insert into t values ('amina'), ('amina')"),
    ).rejects.toThrow(/duplicate key/);
    const logs = path.join(dataDir, 'postgres', 'log');
    const written = (): string =>
      fs
        .readdirSync(logs)
        .map((name) => fs.readFileSync(path.join(logs, name), 'utf8'))
        .join('');
    await until(() => written().includes('duplicate key'));
    expect(written()).not.toMatch(/amina/);
  });

  // PostgreSQL refuses to run as root, and what root keeps under /root nobody else can reach.
  const places = isRoot
    ? [
        { where: 'that the user nobody can reach', mode: 0o711, owner: 65_534, description: /nobody/ },
        { where: 'that only root can reach', mode: 0o700, owner: 0, description: /user namespace/ },
      ]
    : [{ where: 'of an ordinary user', mode: 0o700, owner: process.getuid?.() ?? -1, description: /this user/ }];

  test.each(places)('runs in a data directory $where', async ({ mode, owner, description }) => {
    fs.chmodSync(dataDir, mode);
    await using cluster = await open('serve');
    expect(cluster.description).toMatch(description);
    expect(fs.statSync(path.join(dataDir, 'postgres')).uid).toBe(owner);
    expect(await query(cluster.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('can reach a data directory that the node itself makes, and finds nothing of others in it', async () => {
    dataDir = makeDataDir();
    const made = path.join(dataDir, 'made', 'here');
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    await using cluster = await open('join', { dataDir: made });
    expect(cluster.description).toMatch(places[0]?.description ?? '');
    for (const name of fs.readdirSync(made)) expect(fs.statSync(path.join(made, name)).mode & 0o077).toBe(0);
  });

  test('follows a data directory that was moved from one such place to the other, and back', async () => {
    for (const { mode, owner } of [...places, ...places]) {
      fs.chmodSync(dataDir, mode);
      await using _cluster = await open('serve');
      expect(fs.statSync(path.join(dataDir, 'postgres', 'PG_VERSION')).uid).toBe(owner);
    }
  });
});
