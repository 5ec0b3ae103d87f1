import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { systemClock } from '../../src/clock.ts';
import { tryLock } from '../../src/db/cluster-lock.ts';
import { findServer, stopServer } from '../../src/db/cluster-server.ts';
import { openCluster } from '../../src/db/cluster.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openLog } from '../../src/log.ts';

// Run by Vitest once before the first test that may need a database: one PostgreSQL server for the whole run, holding one
// migrated database that every test clones (database.ts). Nothing in it outlives the run, so it does not wait for the disk.

declare module 'vitest' {
  interface ProvidedContext {
    readonly testCluster: { readonly socketDir: string; readonly port: number };
  }
}

const prefix = 'reciproca-test-';
const abandonedAfterMs = 600_000;

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  if (process.getuid?.() === 0) fs.chmodSync(dataDir, 0o711); // the server runs as another user
  const log = openLog({ level: 'warn', clock: systemClock, target: process.stderr });
  const cluster = await openCluster({ dataDir, mode: 'serve', log, durable: false });
  const { host, port } = cluster.connection;
  if (host === undefined || port === undefined) throw new Error('the test server has no socket');

  const superuser = new Client({ ...cluster.connection, user: 'postgres', database: 'postgres' });
  await superuser.connect();
  await superuser.query('create database reciproca_template owner reciproca');
  await superuser.end();
  await migrate({ ...cluster.connection, database: 'reciproca_template' }, log);

  project.provide('testCluster', { socketDir: host, port });
  return async () => {
    await cluster.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  };
}

// A run that was killed leaves a server behind. Its lock is free, as a living run's is not.
async function removeAbandoned(): Promise<void> {
  for (const name of fs.readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dataDir = path.join(os.tmpdir(), name);
    const lockFile = path.join(dataDir, 'locks', 'serve.lock');
    const age = Date.now() - (fs.statSync(dataDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age < abandonedAfterMs || !fs.existsSync(lockFile)) continue;
    using lock = tryLock(lockFile, 'exclusive');
    if (lock === undefined) continue;
    const place = { pgDir: path.join(dataDir, 'postgres'), startLog: path.join(dataDir, 'postgres-start.log') };
    if (findServer(place) !== undefined) await stopServer(place);
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}
