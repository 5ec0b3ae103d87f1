/**
 * Work that happens after a request: queued in the transaction that causes it (so it exists exactly if that commits), run at least once by any
 * number of worker processes on the same database. A job must therefore be able to run twice.
 */
import { fromKysely, PgBoss } from 'pg-boss';
import type { Client, PoolConfig } from 'pg';
import type { z } from 'zod';
import type { Tx } from './db/database.ts';
import type { House } from './house.ts';
import type { Logger } from './log.ts';

export interface Job<Data extends object = object> {
  readonly name: string;
  readonly data: z.ZodType<Data>;
  /** Also by the clock, with no data, while some process takes jobs: five fields of cron, UTC. However many processes run, once each time. */
  readonly schedule?: string;
  run(house: House, data: Data): Promise<void>;
}

export interface Jobs {
  /**
   * `key`: while a job of this name and key waits, another one adds nothing. `after`: not before this instant.
   */
  enqueue<Data extends object>(
    tx: Tx,
    job: Pick<Job<Data>, 'name'>,
    data: Data,
    options?: { readonly key?: string; readonly after?: Date },
  ): Promise<void>;
  /** Starts taking jobs until `stop`. */
  work(house: House): Promise<void>;
  /** Runs what is due now, and what that brings up, in this process; for commands that end and for tests. */
  drain(house: House): Promise<void>;
  /** Queues what another database held, in the transaction open on `client`. False when nothing here takes jobs of that name. */
  putBack(client: Client, job: WaitingJob): Promise<boolean>;
  stop(): Promise<void>;
}

/** A job as backups carry it: without its place in the queue's own tables, which differ from version to version. */
export interface WaitingJob {
  readonly name: string;
  readonly data: object | null;
  readonly key: string | null;
  /** An instant, ISO 8601. */
  readonly after: string;
}

/** Queued, to be tried again, or begun: one that was begun may have to run twice anyway. */
export async function listWaitingJobs(client: Client): Promise<WaitingJob[]> {
  const { rows: found } = await client.query<{ job: string | null }>("select to_regclass('pgboss.job')::text as job");
  if (found[0]?.job == null) return [];
  const { rows } = await client.query<{ name: string; data: object | null; key: string | null; after: Date }>(
    `select name, data, singleton_key as key, start_after as after from pgboss.job
     where state in ('created', 'retry', 'active') and name not like '\\_\\_pgboss%' order by created_on`,
  );
  return rows.map((row) => ({ ...row, after: row.after.toISOString() }));
}

const retryLimit = 5;
const pollingIntervalSeconds = 2;
/** While the database announces new jobs; what is tried again, or was set for a later time, is found by looking. */
const notifyPollingIntervalSeconds = 5;
/** A process that was killed says nothing more; after this long its jobs are taken up by others, and not only when their time has run out. */
const heartbeatSeconds = 30;
const heartbeatRefreshSeconds = 5;
const working = { pollingIntervalSeconds, notifyPollingIntervalSeconds, heartbeatRefreshSeconds };
const superviseIntervalSeconds = 10;

export async function openJobs(connection: PoolConfig, jobs: readonly Job[], log: Logger): Promise<Jobs> {
  const boss = new PgBoss({
    ...(connection as Record<string, never>),
    application_name: 'reciproca jobs',
    max: 3,
    useListenNotify: true,
    superviseIntervalSeconds,
    monitorIntervalSeconds: superviseIntervalSeconds,
  });
  boss.on('error', (error) => log.error('jobs', { error }));
  await boss.start();
  for (const { name } of jobs) {
    const options = { notify: true, retryLimit, retryBackoff: true, retryDelay: 1, heartbeatSeconds };
    await boss.createQueue(name, { policy: 'short', ...options });
    // One made by an older release.
    await boss.updateQueue(name, options);
  }
  const db = boss.getDb();
  await db.executeSql('grant usage on schema pgboss to reciproca_app', []);
  await db.executeSql('grant select, insert, update on all tables in schema pgboss to reciproca_app', []);

  const run = async (house: House, job: Job, data: object): Promise<void> => {
    await job.run(house, job.data.parse(data));
  };

  return {
    async enqueue(tx, { name }, data, options = {}) {
      await boss.send(name, data, {
        db: fromKysely(tx.db),
        ...(options.key !== undefined && { singletonKey: options.key }),
        ...(options.after && { startAfter: options.after }),
      });
    },
    async work(house) {
      for (const { name, schedule } of jobs)
        if (schedule !== undefined) await boss.schedule(name, schedule, {}, { tz: 'UTC' });
      for (const job of jobs)
        await boss.work<object>(job.name, { batchSize: 1, ...working }, async ([item]) => {
          if (!item) return;
          try {
            await run(house, job, item.data);
          } catch (error) {
            log.warn('a job failed and will be tried again', { job: job.name, id: item.id, error });
            throw error;
          }
        });
    },
    async drain(house) {
      let found = true;
      while (found) {
        found = false;
        for (const job of jobs)
          for (const item of (await boss.fetch<object>(job.name, { batchSize: 20 })) ?? []) {
            found = true;
            await run(house, job, item.data);
            await boss.complete(job.name, item.id);
          }
      }
    },
    async putBack(client, { name, data, key, after }) {
      if (!jobs.some((job) => job.name === name)) return false;
      const executeSql = (text: string, values?: unknown[]) => client.query(text, values);
      await boss.send(name, data, {
        db: { executeSql },
        ...(key !== null && { singletonKey: key }),
        startAfter: new Date(after),
      });
      return true;
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: 10_000, close: true });
    },
  };
}
