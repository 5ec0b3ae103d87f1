import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../clock.ts';
import { openDatabase } from './database.ts';

describe('a database whose server goes away', () => {
  it('fails the transaction under way, not the process, and serves the next', async () => {
    await using test = await createTestDatabase();
    const database = openDatabase(test.connection, systemClock);
    const cutOff = database.transact('node', { system: 'jobs' }, async ({ db }) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
      // Between two statements: nobody waits for an answer that could carry the error.
      await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await sql`select 1`.execute(db);
    });
    await expect(cutOff).rejects.toThrow(/connection/i);
    const isReached = await database.read('node', async (reader) => (await sql`select 1`.execute(reader)).rows.length);
    expect(isReached).toBe(1);
    await database.close();
  });
});
