/**
 * Putting a backup back, into a data directory and a database that hold nothing. The whole file is read and checked first, so that a damaged one
 * changes nothing; then rows, jobs and files are written, the files before the rows are committed. A crash on the way leaves a database without
 * rows: begin again with another empty directory. The restored node compares its log with its peers before it signs again (acts/restore-check.ts).
 */
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, type PoolConfig } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { migrate, readMigrations } from '../db/migrate.ts';
import { openJobs, type Job, type Jobs, type WaitingJob } from '../jobs.ts';
import type { Logger } from '../log.ts';
import { OperatorError } from '../operator-error.ts';
import { readArchive, type ArchiveRecord } from './archive.ts';
import type { BackupSummary, Manifest, Progress } from './backup.ts';
import { listTables, type TableFacts } from './tables.ts';

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

/** Before a database is made in it. */
export async function refuseUnlessEmptyDirectory(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  if (names.some((name) => name !== 'lost+found'))
    throw new OperatorError(
      `${dataDir} is not empty. A backup is put back into an empty directory only: set RECIPROCA_DATA to another one.`,
    );
}

export interface RestoreTarget {
  readonly connection: PoolConfig;
  readonly dataDir: string;
  readonly log: Logger;
  readonly jobs: readonly Job[];
}

export async function restore(
  target: RestoreTarget,
  path: string,
  passphrase: string,
  manifest: Manifest,
  progress: Progress,
): Promise<void> {
  const { connection, log } = target;
  const migrations = readMigrations();
  const highest = Math.max(...migrations.map(({ number }) => number));
  if (manifest.migration > highest)
    throw new OperatorError(
      `The backup is of a newer version (schema ${manifest.migration}; this one has ${highest}).`,
    );
  await migrate(
    connection,
    log,
    migrations.filter(({ number }) => number <= manifest.migration),
  );
  const jobs = await openJobs(connection, target.jobs, log);
  const client = new Client({ ...connection, application_name: 'reciproca restore' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('begin');
    await refuseUnlessEmpty(client);
    const tables = await listTables(client);
    // Rows that a migration brought along are in the backup too.
    await client.query(`truncate ${tables.map(({ sql }) => sql).join(', ')}`);
    // Rows come back as they were: no trigger may add to them.
    for (const { sql } of tables) await client.query(`alter table ${sql} disable trigger user`);
    await putBack(client, tables, jobs, target, readArchive(path, passphrase), progress);
    // What waits to be checked at the end is checked now: a table with checks pending cannot be altered.
    await client.query('set constraints all immediate');
    for (const { sql } of tables) await client.query(`alter table ${sql} enable trigger user`);
    await advanceSequences(client);
    await client.query('commit');
  } finally {
    await client.end();
    await jobs.stop();
  }
  await migrate(connection, log);
}

async function refuseUnlessEmpty(client: Client): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(
    'select exists (select from logs) or exists (select from accounts) as used',
  );
  if (rows[0]?.used) throw new OperatorError('This database holds a node already. Restore into an empty one.');
}

interface Entry {
  readonly table?: string;
  readonly columns?: readonly string[];
  readonly jobs?: number;
  readonly file?: string;
}

async function putBack(
  client: Client,
  tables: readonly TableFacts[],
  jobs: Jobs,
  { dataDir, log }: RestoreTarget,
  records: AsyncGenerator<ArchiveRecord>,
  progress: Progress,
): Promise<void> {
  try {
    for (let record = await records.next(); !record.done; record = await records.next()) {
      if (record.value.kind !== 'open') continue;
      const entry = JSON.parse(record.value.bytes.toString('utf8')) as Entry;
      const content = readUntilClose(records);
      if (entry.table !== undefined) {
        progress(entry.table);
        await putBackTable(client, tables, entry, content);
      } else if (entry.file !== undefined) {
        progress(entry.file);
        await putBackFile(dataDir, entry.file, content);
      } else {
        for await (const bytes of content) {
          const job = JSON.parse(bytes.toString('utf8')) as WaitingJob;
          if (!(await jobs.putBack(client, job)))
            log.warn('a job of a kind that this version does not know was left out', { job: job.name });
        }
      }
    }
  } finally {
    await records.return(undefined);
  }
}

interface Content extends AsyncIterable<Buffer> {
  /** What stands at its end; read after it. */
  readonly closing: () => { readonly rows?: number };
}

/** By hand, not with `for await`, which would close the archive at the end of its first entry. */
function readUntilClose(records: AsyncGenerator<ArchiveRecord>): Content {
  let closing = {};
  return {
    closing: () => closing,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const record = await records.next();
        if (record.done) throw new OperatorError('The backup ends in the middle of an entry.');
        const { kind, bytes } = record.value;
        if (kind === 'close') {
          closing = JSON.parse(bytes.toString('utf8')) as object;
          return;
        }
        yield bytes;
      }
    },
  };
}

async function putBackTable(
  client: Client,
  tables: readonly TableFacts[],
  { table, columns = [] }: Entry,
  content: Content,
): Promise<void> {
  const target = tables.find(({ name }) => name === table);
  if (!target) throw new OperatorError(`The backup has a table that its version never had: ${table}.`);
  const copy = client.query(copyFrom(`copy ${target.sql} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(content, { objectMode: false }), copy);
  const { rows } = content.closing();
  if (copy.rowCount !== rows)
    throw new OperatorError(`The table ${table} came back with ${copy.rowCount} rows instead of ${rows}.`);
}

async function putBackFile(dataDir: string, name: string, content: Content): Promise<void> {
  const path = normalize(name);
  if (isAbsolute(path) || path.startsWith('..'))
    throw new OperatorError(`The backup names a file outside its directory: ${name}`);
  const target = join(dataDir, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const file = await open(target, 'w', 0o600);
  try {
    for await (const bytes of content) await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
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
