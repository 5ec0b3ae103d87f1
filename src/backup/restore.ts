/**
 * Putting a backup back, into a data directory and a database that hold nothing. The whole file is read and checked first, so that a damaged one
 * changes nothing; then rows and files are written. The restored node compares its log with its peers before it signs again (acts/restore-check.ts).
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Client, type ClientConfig } from 'pg';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { migrate, readMigrations } from '../db/migrate.ts';
import type { Logger } from '../log.ts';
import { OperatorError } from '../operator-error.ts';
import { readArchive } from './archive.ts';
import type { BackupSummary, Manifest, Progress } from './backup.ts';
import { listTables } from './tables.ts';

/** Reads everything and writes nothing. Throws when the file is not whole. */
export async function checkBackup(
  path: string,
  passphrase: string,
): Promise<{ readonly manifest: Manifest; readonly summary: BackupSummary }> {
  let manifest: Manifest | undefined;
  let summary: BackupSummary | undefined;
  for await (const { kind, bytes } of readArchive(path, passphrase)) {
    if (kind === 'manifest') manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
    if (kind === 'end') summary = JSON.parse(bytes.toString('utf8')) as BackupSummary;
  }
  if (!manifest || !summary) throw new OperatorError(`${path} is not complete. Nothing was restored.`);
  if (manifest.format !== 'reciproca-backup/1') throw new OperatorError(`${path} was made by a newer version.`);
  return { manifest, summary };
}

export async function restore(
  target: { readonly connection: ClientConfig; readonly dataDir: string; readonly log: Logger },
  path: string,
  passphrase: string,
  manifest: Manifest,
  progress: Progress,
): Promise<void> {
  const migrations = readMigrations();
  const highest = Math.max(...migrations.map(({ number }) => number));
  if (manifest.migration > highest)
    throw new OperatorError(
      `The backup is of a newer version (schema ${manifest.migration}; this one has ${highest}).`,
    );
  await migrate(
    target.connection,
    target.log,
    migrations.filter(({ number }) => number <= manifest.migration),
  );
  const client = new Client({ ...target.connection, application_name: 'reciproca restore' });
  await client.connect();
  try {
    await client.query('begin');
    await refuseUnlessEmpty(client);
    const tables = await listTables(client);
    // Rows come back as they were: no trigger may add to them.
    for (const { sql } of tables) await client.query(`alter table ${sql} disable trigger user`);
    await putBack(client, target.dataDir, path, passphrase, progress);
    for (const { sql } of tables) await client.query(`alter table ${sql} enable trigger user`);
    await advanceSequences(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
  await migrate(target.connection, target.log);
}

async function refuseUnlessEmpty(client: Client): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(
    'select exists (select from logs) or exists (select from accounts) as used',
  );
  if (rows[0]?.used)
    throw new OperatorError(
      'This node is in use already. Restore into a new data directory (RECIPROCA_DATA), or an empty database.',
    );
}

async function putBack(
  client: Client,
  dataDir: string,
  path: string,
  passphrase: string,
  progress: Progress,
): Promise<void> {
  let copy: CopyStreamQuery | undefined;
  let file: FileHandle | undefined;
  for await (const { kind, bytes } of readArchive(path, passphrase)) {
    if (kind === 'open') {
      const entry = JSON.parse(bytes.toString('utf8')) as { table?: string; columns?: string[]; file?: string };
      progress(entry.table ?? entry.file ?? '');
      if (entry.table !== undefined)
        copy = client.query(
          copyFrom(
            `copy ${client.escapeIdentifier(entry.table)} (${(entry.columns ?? []).join(', ')}) from stdin (format binary)`,
          ),
        );
      else file = await createFile(dataDir, entry.file ?? '');
    } else if (kind === 'data') {
      if (copy && !copy.write(Buffer.from(bytes))) await once(copy, 'drain');
      else if (file) await file.writeFile(bytes);
    } else if (kind === 'close') {
      if (copy) {
        copy.end();
        await finished(copy);
        const { rows } = JSON.parse(bytes.toString('utf8')) as { rows: number };
        if (copy.rowCount !== rows)
          throw new OperatorError(`A table came back with ${copy.rowCount} rows instead of ${rows}.`);
      }
      if (file) {
        await file.sync();
        await file.close();
      }
      copy = undefined;
      file = undefined;
    }
  }
}

async function createFile(dataDir: string, name: string): Promise<FileHandle> {
  const path = normalize(name);
  if (isAbsolute(path) || path.startsWith('..'))
    throw new OperatorError(`The backup names a file outside its directory: ${name}`);
  const target = join(dataDir, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  return open(target, 'w', 0o600);
}

/** Identity columns go on after the highest number that came back. */
async function advanceSequences(client: Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(`
    select pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) as sequence,
      format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where a.attidentity <> '' and n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`);
  for (const { sequence, table, column } of rows)
    await client.query(`select setval('${sequence}', coalesce((select max(${column}) from ${table}), 0) + 1, false)`);
}
