import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '../test/support/database.ts';
import { systemClock } from './clock.ts';
import { openDatabase } from './db/database.ts';
import type { House } from './house.ts';
import { openJobs, type Job } from './jobs.ts';
import { openLog } from './log.ts';

describe('a job', () => {
  it('whose process was killed in the middle of it is taken up by another', { timeout: 40_000 }, async () => {
    await using test = await createTestDatabase();
    const { connection } = test;
    const ran: string[] = [];
    const job: Job<{ id: string }> = {
      name: 'count-something',
      data: z.object({ id: z.string() }),
      run: async (_house, { id }) => void ran.push(id),
    };
    const log = openLog({ level: 'error', clock: systemClock, target: process.stderr });
    const database = openDatabase(connection, systemClock);
    const jobs = await openJobs(connection, [job], log);
    const id = randomUUID();
    await database.transact('node', { system: 'jobs' }, (tx) => jobs.enqueue(tx, job, { id }));
    // What a process leaves that took it a minute ago and was killed.
    const owner = new Client(connection);
    await owner.connect();
    const taken = await owner.query(`update pgboss.job set state = 'active', started_on = now() - interval '1 minute',
      heartbeat_on = now() - interval '1 minute' where name = 'count-something' and heartbeat_seconds is not null`);
    expect(taken.rowCount).toBe(1);
    await owner.end();
    await jobs.work({ database, log } as House);
    await vi.waitFor(() => expect(ran).toEqual([id]), { timeout: 30_000, interval: 200 });
    await jobs.stop();
    await database.close();
  });
});
