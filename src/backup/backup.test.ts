import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openCountry, type Country } from '../../test/support/surveillance.ts';
import { jobs, openHouse } from '../app.ts';
import { findOwnLog } from '../acts/store.ts';
import { openLog } from '../log.ts';
import { openHostedParty } from '../network/set-up.ts';
import { backup } from './backup.ts';
import { checkBackup, refuseUnlessEmptyDirectory, restore } from './restore.ts';

const passphrase = 'correct horse battery';
const scratch = mkdtempSync(join(tmpdir(), 'reciproca-backup-'));
const file = join(scratch, 'backup');
const progress = (): void => {};
let country: Country;
let connection: ClientConfig;

const withClient = async <T>(target: ClientConfig, run: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client(target);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
};

/** Rows of every table as its owner sees them, policies aside, with a hash over what they say. */
const contentsOf = (target: ClientConfig): Promise<Record<string, string>> =>
  withClient(target, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations' order by 1",
    );
    const contents: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ n: number; hash: string }>(
        `select count(*)::int as n, md5(string_agg(t::text, '|' order by t::text)) as hash from ${client.escapeIdentifier(name)} t`,
      );
      contents[name] = `${rows[0]?.n} rows, ${rows[0]?.hash}`;
    }
    return contents;
  });

const emptyDirectory = (): string => mkdtempSync(join(scratch, 'data-'));
const logger = (): ReturnType<typeof openLog> =>
  openLog({ level: 'error', clock: country.clock, target: process.stderr });

async function restoreInto(database: TestDatabase, dataDir: string): Promise<void> {
  const { manifest } = await checkBackup(file, passphrase);
  await restore(
    { connection: database.connection, dataDir, log: logger(), jobs },
    file,
    passphrase,
    manifest,
    progress,
  );
}

beforeAll(async () => {
  country = await openCountry();
  await country.reportQuietYear('measles');
  await country.report('measles', 1, country.lastWeek, 40);
  await country.detect();
  await country.house.journal.run();
  await country.actAs('amina', async ({ tx, house }) => {
    const [job] = jobs;
    await house.jobs.enqueue(
      tx,
      job!,
      { 'a ☂ "quoted"\tvalue': 1 },
      { key: 'one', after: new Date('2030-01-01T00:00:00Z') },
    );
  });
  const { dataDir } = country.house.config;
  connection = country.connection;
  await backup(
    { connection, dataDir, publicUrl: country.house.config.publicUrl, now: country.clock.now() },
    file,
    passphrase,
    progress,
  );
});
afterAll(async () => {
  await country[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

describe('a backup', { timeout: 60_000 }, () => {
  it('is refused, and writes nothing, when its end is missing or the passphrase is another', async () => {
    const cut = join(scratch, 'cut');
    writeFileSync(cut, readFileSync(file).subarray(0, -10));
    await expect(checkBackup(cut, passphrase)).rejects.toThrow(/Nothing was restored/);
    await expect(checkBackup(file, 'wrong horse battery')).rejects.toThrow(/passphrase is wrong/);
  });

  it('is not put back over anything: neither into a used directory nor into a used database', async () => {
    await expect(refuseUnlessEmptyDirectory(country.house.config.dataDir)).rejects.toThrow(/not empty/);
    const before = await contentsOf(connection);
    const { manifest } = await checkBackup(file, passphrase);
    const dataDir = emptyDirectory();
    await expect(
      restore({ connection, dataDir, log: logger(), jobs }, file, passphrase, manifest, progress),
    ).rejects.toThrow(/holds a node already/);
    expect(await contentsOf(connection)).toEqual(before);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('brings back every row of every table, those behind row-level security too, and every file', async () => {
    await using database = await createTestDatabase('empty');
    const dataDir = emptyDirectory();
    await restoreInto(database, dataDir);
    const before = await contentsOf(connection);
    expect(await contentsOf(database.connection)).toEqual(before);
    // Each of these is under row-level security, and none is empty here.
    for (const table of ['audit', 'memberships', 'observations', 'signals', 'act_bodies', 'places'])
      expect(before[table], table).not.toMatch(/^0 rows/);
    for (const name of ['secret', 'log/tile/entries/000.p/1'])
      expect(
        readFileSync(join(dataDir, name)).equals(readFileSync(join(country.house.config.dataDir, name))),
        name,
      ).toBe(true);
    expect(existsSync(join(dataDir, 'locks'))).toBe(false);
  });

  it('brings back a node that goes on: numbers continue, triggers fire, jobs wait, keys open, the log grows', async () => {
    await using database = await createTestDatabase('empty');
    const dataDir = emptyDirectory();
    await restoreInto(database, dataDir);
    await withClient(database.connection, async (client) => {
      const { rows: triggers } = await client.query(
        "select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'",
      );
      expect(triggers).toEqual([]);
      const { rows: waiting } = await client.query(
        "select data, singleton_key as key, start_after as after from pgboss.job where state = 'created' and singleton_key = 'one'",
      );
      expect(waiting).toEqual([
        { data: { 'a ☂ "quoted"\tvalue': 1 }, key: 'one', after: new Date('2030-01-01T00:00:00Z') },
      ]);
      const { rows: ids } = await client.query<{ last: number; next: number }>(
        "with last as (select max(id) as id from audit) insert into audit (at, action, details) select now(), 'test', '{}' returning id as next, (select id from last) as last",
      );
      expect(ids[0]?.next).toBe((ids[0]?.last ?? 0) + 1);
      const { rows: revised } = await client.query(
        'with o as (select * from observations limit 1) update observations set value = coalesce(o.value, 0) + 1 from o where observations.series_id = o.series_id and observations.period_start = o.period_start returning 1',
      );
      expect(revised).toHaveLength(1);
    });
    const house = await openHouse({
      config: { ...country.house.config, dataDir },
      connection: database.connection,
      clock: country.clock,
      log: logger(),
    });
    try {
      const size = (await house.database.read('node', findOwnLog))?.provenSize ?? 0;
      await house.database.transact('node', { system: 'set-up' }, (tx) =>
        openHostedParty(
          { house, tx },
          { slug: 'later', name: 'Later', kind: 'academia', country: null, languages: ['en'] },
        ),
      );
      await house.journal.run();
      expect((await house.database.read('node', findOwnLog))?.provenSize).toBe(size + 1);
    } finally {
      await house.close();
    }
  });
});
