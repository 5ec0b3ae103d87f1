/**
 * Everything a node is, in one encrypted file: all rows in one snapshot, the jobs that wait, the files of its data directory, the secret that
 * opens its keys. Rows are in COPY's text form, which every later PostgreSQL reads. Jobs are not rows of ours: they are queued anew, whatever the
 * version of the queue. Files are copied after the snapshot was taken: log files that are ahead of it are written anew when the log grows again, and
 * an attachment without a row is harmless.
 */
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { listWaitingJobs } from '../jobs.ts';
import { createArchive, type ArchiveWriter } from './archive.ts';
import { listTables } from './tables.ts';

export interface BackupSummary {
  readonly tables: number;
  readonly rows: number;
  /** Queued or begun, and not finished. */
  readonly jobs: number;
  readonly files: number;
  readonly bytes: number;
}

export type Progress = (what: string) => void;

export interface Manifest {
  readonly format: 'reciproca-backup/1';
  readonly publicUrl: string;
  readonly migration: number;
  readonly made: string;
  /** Of the log, in the same snapshot. */
  readonly logSize: number;
}

/** Directories that belong to this machine: the running database itself, locks, half-received uploads. */
const leftOut = new Set(['postgres', 'locks', 'tmp', 'demo', 'run']);
const leftOutFiles = /^postgres.*\.log$|\.new$/;
const dataBytes = 128 * 1024;

export async function backup(
  source: {
    readonly connection: ClientConfig;
    readonly dataDir: string;
    readonly publicUrl: string;
    readonly now: Date;
  },
  path: string,
  passphrase: string,
  progress: Progress,
): Promise<BackupSummary> {
  const client = new Client({ ...source.connection, application_name: 'reciproca backup' });
  await client.connect();
  let archive: ArchiveWriter | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    // COPY TO under row-level security exports what the policies show, without saying so. As the owner, with this off, it exports all or fails.
    await client.query('set local row_security = off');
    archive = await createArchive(path, passphrase);
    const summary = { tables: 0, rows: 0, jobs: 0, files: 0, bytes: 0 };
    await archive.write('manifest', Buffer.from(JSON.stringify(await readManifest(client, source))));
    for (const table of await listTables(client)) {
      progress(table.name);
      await archive.write('open', Buffer.from(JSON.stringify({ table: table.name, columns: table.columns })));
      const copy = client.query(copyTo(`copy (select ${table.columns.join(', ')} from ${table.sql}) to stdout`));
      for await (const chunk of copy as AsyncIterable<Buffer>) {
        summary.bytes += chunk.length;
        for (let at = 0; at < chunk.length; at += dataBytes)
          await archive.write('data', chunk.subarray(at, at + dataBytes));
      }
      await archive.write('close', Buffer.from(JSON.stringify({ rows: copy.rowCount })));
      summary.tables += 1;
      summary.rows += copy.rowCount;
    }
    const jobs = await listWaitingJobs(client);
    await archive.write('open', Buffer.from(JSON.stringify({ jobs: jobs.length })));
    for (const job of jobs) await archive.write('data', Buffer.from(JSON.stringify(job)));
    await archive.write('close', Buffer.from('{}'));
    summary.jobs = jobs.length;
    for await (const file of listFiles(source.dataDir, source.dataDir)) {
      progress(file);
      await archive.write('open', Buffer.from(JSON.stringify({ file })));
      for await (const chunk of createReadStream(join(source.dataDir, file), {
        highWaterMark: dataBytes,
      }) as AsyncIterable<Buffer>) {
        summary.bytes += chunk.length;
        await archive.write('data', chunk);
      }
      await archive.write('close', Buffer.from('{}'));
      summary.files += 1;
    }
    await archive.write('end', Buffer.from(JSON.stringify(summary)));
    await archive.finish();
    return summary;
  } catch (error) {
    await archive?.abandon().catch(() => {});
    throw error;
  } finally {
    await client.end();
  }
}

async function readManifest(
  client: Client,
  source: { readonly publicUrl: string; readonly now: Date },
): Promise<Manifest> {
  const { rows } = await client.query<{ migration: number; size: number | null }>(
    'select (select max(number) from schema_migrations)::int as migration, (select proven_size from logs where is_own)::float8 as size',
  );
  return {
    format: 'reciproca-backup/1',
    publicUrl: source.publicUrl,
    migration: rows[0]?.migration ?? 0,
    made: source.now.toISOString(),
    logSize: rows[0]?.size ?? 0,
  };
}

async function* listFiles(root: string, directory: string): AsyncGenerator<string> {
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    const facts = await lstat(path);
    if (facts.isDirectory() && !(directory === root && leftOut.has(name))) yield* listFiles(root, path);
    else if (facts.isFile() && !leftOutFiles.test(name)) yield relative(root, path);
  }
}
