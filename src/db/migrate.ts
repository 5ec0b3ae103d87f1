import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { Client, type ClientConfig } from 'pg';
import type { Logger } from '../log.ts';
import { OperatorError } from '../operator-error.ts';
import { findPackageRoot } from '../package-root.ts';

// Plain SQL files, NNNN-name.sql, applied once each in order of their numbers, forward only. Each runs in a transaction with the row that
// records it: a crash leaves a migration wholly done or not begun. An advisory lock lets one process migrate at a time.

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

// "RECI" in ASCII: any constant that no other program is likely to take in this database.
const lockKey = 0x52454349;

export function readMigrations(dir = path.join(findPackageRoot(), 'src/db/migrations')): readonly Migration[] {
  const migrations = fs
    .readdirSync(dir)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => {
      const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
      if (match?.[1] === undefined || match[2] === undefined)
        throw new Error(`${file} in ${dir} is not named NNNN-some-name.sql`);
      const sql = fs.readFileSync(path.join(dir, file), 'utf8');
      return { number: Number(match[1]), name: match[2], sql, sha256: createHash('sha256').update(sql).digest('hex') };
    })
    .toSorted((a, b) => a.number - b.number);
  for (const [index, { number }] of migrations.entries())
    if (migrations[index + 1]?.number === number) throw new Error(`two migrations in ${dir} have the number ${number}`);
  return migrations;
}

/** Brings the database to the version of this code; returns what it applied. Connect as the owner of the database. */
export async function migrate(
  connection: ClientConfig,
  log: Logger,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly Migration[]> {
  const client = new Client({ ...connection, application_name: 'reciproca migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query(`create table if not exists schema_migrations (
      number int primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
    const applied = await client.query<{ number: number; name: string; sha256: string }>(
      'select number, name, sha256 from schema_migrations order by number',
    );
    refuseUnknown(applied.rows, migrations);
    const pending = migrations.slice(applied.rows.length);
    for (const migration of pending) {
      await apply(client, migration);
      log.info('migrated the database', { number: migration.number, migration: migration.name });
    }
    return pending;
  } finally {
    await client.end(); // also lets go of the lock
  }
}

function formatTitle({ number, name }: { readonly number: number; readonly name: string }): string {
  return `${String(number).padStart(4, '0')}-${name}`;
}

function refuseUnknown(
  applied: readonly { readonly number: number; readonly name: string; readonly sha256: string }[],
  migrations: readonly Migration[],
): void {
  for (const [index, row] of applied.entries()) {
    const title = formatTitle(row);
    const known = migrations.find(({ number }) => number === row.number);
    if (known === undefined)
      throw new OperatorError(
        `The database has migration ${title}, which this version of Reciproca does not know: it was last used by a newer one.\n` +
          'Start that version again. An older one cannot read its data; to go back, restore a backup that the older one made.',
      );
    if (known.sha256 !== row.sha256)
      throw new OperatorError(
        `Migration ${title} was changed after it had been applied to this database, so the two may differ in ways nobody has tested.\n` +
          'Put the file back as it was released, and make the change in a new migration.',
      );
    const expected = migrations[index];
    if (expected !== undefined && expected.number < row.number)
      throw new OperatorError(
        `The database has migration ${title}, but not ${formatTitle(expected)}, which stands before it.\n` +
          'Migrations are applied in order: give the new one the next free number.',
      );
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (number, name, sha256) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw new Error(`migration ${migration.number} (${migration.name}) failed and left no trace`, { cause: error });
  }
}
