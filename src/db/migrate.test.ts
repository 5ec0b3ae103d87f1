import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../clock.ts';
import { openLog } from '../log.ts';
import { migrate, readMigrations, type Migration } from './migrate.ts';

const log = openLog({ level: 'error', clock: systemClock });

function aMigration(number: number, sql: string): Migration {
  return { number, name: `step-${number}`, sql, sha256: createHash('sha256').update(sql).digest('hex') };
}

async function query(database: TestDatabase, sql: string): Promise<readonly unknown[]> {
  const client = new Client(database.connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const one = aMigration(1, 'create table one (id int)');
const two = aMigration(2, 'create table two (id int)');

describe('a database is refused', () => {
  test('that a newer version has migrated', async () => {
    await using database = await createTestDatabase('empty');
    await migrate(database.connection, log, [one, two]);
    await expect(migrate(database.connection, log, [one])).rejects.toThrow(/migration 0002-step-2.*newer/s);
  });

  test('when an applied migration has been changed since', async () => {
    await using database = await createTestDatabase('empty');
    await migrate(database.connection, log, [one, two]);
    const changed = aMigration(1, 'create table one (id bigint)');
    await expect(migrate(database.connection, log, [changed, two])).rejects.toThrow(/0001-step-1 was changed/);
  });

  test('when a migration appears below one that is applied', async () => {
    await using database = await createTestDatabase('empty');
    await migrate(database.connection, log, [two]);
    await expect(migrate(database.connection, log, [one, two])).rejects.toThrow(/0001-step-1/);
    expect(await query(database, "select to_regclass('one') as one")).toEqual([{ one: null }]);
  });
});

test('a migration that fails half-way leaves no trace, and the ones before it stay', async () => {
  await using database = await createTestDatabase('empty');
  const broken = aMigration(2, 'create table two (id int); select 1 / 0');
  await expect(migrate(database.connection, log, [one, broken])).rejects.toThrow(/migration 2/);
  expect(await query(database, "select to_regclass('one')::text as one, to_regclass('two')::text as two")).toEqual([
    { one: 'one', two: null },
  ]);
  expect(await migrate(database.connection, log, [one, two])).toEqual([two]);
});

test('several starts at once apply each migration exactly once', async () => {
  await using database = await createTestDatabase('empty');
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(database.connection, log, [one, two])));
  expect(applied.flat()).toHaveLength(2);
});

test('two databases of one server can be migrated at once, although roles belong to the server', async () => {
  await using first = await createTestDatabase('empty');
  await using second = await createTestDatabase('empty');
  const ground = readMigrations().filter(({ number }) => number === 1);
  await Promise.all([migrate(first.connection, log, ground), migrate(second.connection, log, ground)]);
  expect(await query(second, "select pg_has_role('reciproca', 'reciproca_app', 'set') as can")).toEqual([
    { can: true },
  ]);
});

test('the migrations of this version apply to an empty database, and a second time there is nothing to do', async () => {
  await using database = await createTestDatabase('empty');
  const migrations = readMigrations();
  expect(await migrate(database.connection, log)).toEqual(migrations);
  expect(await migrate(database.connection, log)).toEqual([]);
});

describe('the role under which statements run', () => {
  test('reads and writes what migrations create, and cannot change the schema', async () => {
    await using database = await createTestDatabase();
    const statements = 'create table later (id int generated always as identity, word text)';
    await query(database, statements);
    const client = new Client(database.connection);
    await client.connect();
    await client.query('set role reciproca_app');
    await client.query("insert into later (word) values ('a')");
    expect((await client.query('select id, word from later')).rows).toEqual([{ id: 1, word: 'a' }]);
    await expect(client.query('create table mine (id int)')).rejects.toThrow(/permission denied/);
    await expect(client.query('truncate later')).rejects.toThrow(/permission denied/);
    await expect(client.query('select * from schema_migrations')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  test('works for no party until a transaction names one', async () => {
    await using database = await createTestDatabase();
    expect(
      await query(
        database,
        `select current_party() as none, set_config('reciproca.party', '', false) as empty, current_party() as still`,
      ),
    ).toEqual([{ none: null, empty: '', still: null }]);
    expect(
      await query(
        database,
        `select set_config('reciproca.party', '6f9619ff-8b86-d011-b42d-00c04fc964ff', false), current_party() as party`,
      ),
    ).toMatchObject([{ party: '6f9619ff-8b86-d011-b42d-00c04fc964ff' }]);
  });
});
