/**
 * Acts saved and taken up by the log, each acknowledged to its caller after COMMIT and after the checkpoint that covers it was swapped in over synced
 * tiles; beside single-row commits by as many callers on the same server. `synchronous_commit` and fsync are on.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { declare } from '../src/acts/declare.ts';
import { openHouse } from '../src/app.ts';
import { systemClock } from '../src/clock.ts';
import { openCluster } from '../src/db/cluster.ts';
import { migrate } from '../src/db/migrate.ts';
import { work } from '../src/house.ts';
import { newSubjectId } from '../src/ids.ts';
import { openLog } from '../src/log.ts';
import { setUpNode } from '../src/network/set-up.ts';
import { questionAnswer } from '../src/observatory/act-types.ts';

const callers = 64;
const seconds = 10;

export interface LogResult {
  readonly name: 'log';
  readonly callers: number;
  readonly seconds: number;
  readonly appendsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly singleRowCommitsPerSecond: number;
  readonly ratio: number;
}

export async function benchLog(): Promise<LogResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server runs as another user
  const log = openLog({ level: 'error', clock: systemClock, target: process.stderr });
  try {
    await using cluster = await openCluster({ dataDir, mode: 'join', log });
    await migrate(cluster.connection, log);
    const config = {
      port: 0,
      host: '127.0.0.1',
      dataDir,
      databaseUrl: undefined,
      publicUrl: 'http://bench.localhost:4000',
      firstAdministrator: undefined,
      logLevel: 'error' as const,
    };
    const house = await openHouse({ config, connection: cluster.connection, clock: systemClock, log });
    const operator = await work(house, 'node', { system: 'set-up' }, (w) =>
      setUpNode(w, { name: 'Bench', kind: 'government', country: null, languages: ['en'] }),
    );
    const append = async () => {
      await work(house, 'node', { system: 'federation' }, async (w) => {
        const subject = newSubjectId(operator.did);
        await declare(w, {
          type: questionAnswer,
          party: operator,
          subject,
          summary: { question: 'A'.repeat(43) },
          body: { text: 'The table was sent a day late: the line to the district was down.' },
          assurance: { method: 'session', signer: 'A'.repeat(22) },
        });
      });
      await house.journal.takeUp();
    };
    await measure(append, 1);
    const appends = await measure(append, seconds);
    await house.close();

    const pool = new Pool({ ...cluster.connection, max: callers });
    // An idle connection that ends with its server is not a fault here.
    pool.on('error', () => {});
    await pool.query(
      'create table bench_commits (id bigint generated always as identity primary key, bytes bytea not null)',
    );
    const bytes = Buffer.alloc(700);
    const commits = await measure(() => pool.query('insert into bench_commits (bytes) values ($1)', [bytes]), seconds);
    await pool.end();
    return {
      name: 'log',
      callers,
      seconds,
      appendsPerSecond: Math.round(appends.perSecond),
      p50Ms: appends.p50Ms,
      p99Ms: appends.p99Ms,
      singleRowCommitsPerSecond: Math.round(commits.perSecond),
      ratio: Number((appends.perSecond / commits.perSecond).toFixed(3)),
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** `callers` loops, each starting its next call when the last was acknowledged. */
async function measure(
  call: () => Promise<unknown>,
  forSeconds: number,
): Promise<{ perSecond: number; p50Ms: number; p99Ms: number }> {
  const start = performance.now();
  const end = start + forSeconds * 1000;
  const tookMs: number[] = [];
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) {
        const before = performance.now();
        await call();
        tookMs.push(performance.now() - before);
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { perSecond: tookMs.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99) };
}
