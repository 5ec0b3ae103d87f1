/**
 * A million observations in one file, from the start of the command to its end, beside a plain COPY of the same rows in the order of the file into a
 * committed, empty table with the same primary and foreign keys. Same server, same minute; `synchronous_commit` is on in both.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { systemClock } from '../src/clock.ts';
import { openCluster } from '../src/db/cluster.ts';
import { openLog } from '../src/log.ts';
import { parsePlainDate, periodOf, shiftPeriod, startOf, type Period } from '../src/period.ts';
import { runCommand, type Run } from './command.ts';

export interface ImportResult {
  readonly name: 'import';
  readonly rows: number;
  readonly fileMegabytes: number;
  readonly importSeconds: number;
  readonly copySeconds: number;
  readonly ratio: number;
  /** Largest resident set of the command's process; null where /proc does not exist. */
  readonly peakMegabytes: number | null;
  readonly again: { readonly seconds: number; readonly unchanged: number };
}

const indicatorCount = 24;
/** As many districts as fill the weeks since 2008, and no week that has not begun. */
const weekCount = 868;
const placeCountOf = (rowCount: number): number => Math.ceil(rowCount / (indicatorCount * weekCount));

export async function benchImport(rowCount = 1_000_000): Promise<ImportResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server runs as another user
  const log = openLog({ level: 'error', clock: systemClock, target: process.stderr });
  try {
    await using cluster = await openCluster({ dataDir, mode: 'join', log });
    const run = (...args: readonly string[]): Promise<Run> => runCommand(dataDir, args);
    await run(
      'party',
      'set-up',
      '--name',
      'Bench',
      '--kind',
      'government',
      '--recovery-file',
      path.join(dataDir, 'recovery'),
    );
    const file = await writeFiles(dataDir, rowCount);
    await run('import', 'places', path.join(dataDir, 'places.csv'));
    await run('import', 'indicators', path.join(dataDir, 'indicators.csv'));
    const report = [
      'import',
      'reports',
      file,
      '--map',
      'period=week,place=district,indicator=disease,value=cases',
      '--json',
    ];
    const imported = await run(...report);
    if (imported.answer['accepted'] !== rowCount)
      throw new Error(`accepted ${String(imported.answer['accepted'])} of ${rowCount}`);
    const client = new Client(cluster.connection);
    await client.connect();
    const copySeconds = await copyPlainly(client, dataDir, rowCount);
    await client.end();
    const again = await run(...report);
    return {
      name: 'import',
      rows: rowCount,
      fileMegabytes: round(imported.bytes(file) / 1e6),
      importSeconds: round(imported.seconds),
      copySeconds: round(copySeconds),
      ratio: round(imported.seconds / copySeconds),
      peakMegabytes: imported.peakMegabytes,
      again: { seconds: round(again.seconds), unchanged: Number(again.answer['unchanged']) },
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;

function* rowsOf(
  rowCount: number,
): Generator<{ readonly period: Period; readonly place: number; readonly indicator: number; readonly value: number }> {
  const first = parsePlainDate('2008-01-07');
  if (first.error !== undefined) return;
  let period = periodOf('iso-week', first.value);
  let value = 1;
  const placeCount = placeCountOf(rowCount);
  for (let row = 0; row < rowCount;) {
    for (let place = 0; place < placeCount; place++)
      for (let indicator = 0; indicator < indicatorCount && row < rowCount; indicator++, row++) {
        // A linear congruential generator: the same file on every machine.
        value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
        yield { period, place, indicator, value: value % 40 };
      }
    period = shiftPeriod(period, 1);
  }
}

async function writeFiles(dataDir: string, rowCount: number): Promise<string> {
  const list = (count: number, row: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => `${row(at)}\n`).join('');
  await writeFile(
    path.join(dataDir, 'places.csv'),
    `code,name,parent\nAA,Country,\n${list(placeCountOf(rowCount), (at) => `AA-${at},District ${at},AA`)}`,
  );
  await writeFile(
    path.join(dataDir, 'indicators.csv'),
    `code,name,period\n${list(indicatorCount, (at) => `disease-${at},Disease ${at},iso-week`)}`,
  );
  const file = path.join(dataDir, 'reports.csv');
  await pipeline(
    Readable.from(
      inPieces(
        'week,district,disease,cases\n',
        rowsOf(rowCount),
        ({ period, place, indicator, value }) => `${period.label},AA-${place},disease-${indicator},${value}\n`,
      ),
    ),
    createWriteStream(file),
  );
  return file;
}

function* inPieces<Row>(head: string, rows: Iterable<Row>, format: (row: Row) => string): Generator<string> {
  let piece = head;
  for (const row of rows) {
    piece += format(row);
    if (piece.length > 65_536) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

async function copyPlainly(client: Client, dataDir: string, rowCount: number): Promise<number> {
  const { rows: series } = await client.query<{ key: string; id: number }>(
    `select indicators.code || ' ' || places.code as key, series.id from series join indicators on indicators.id = indicator_id join places on places.id = place_id`,
  );
  const idOf = new Map(series.map(({ key, id }) => [key, id]));
  const { rows: submissions } = await client.query<{ id: number; party: string }>(
    `select id, party_id as party from submissions where content = 'reports' order by id desc limit 1`,
  );
  const { id: submission, party } = submissions[0] ?? { id: 0, party: '' };
  const file = path.join(dataDir, 'copy.tsv');
  await pipeline(
    Readable.from(
      inPieces(
        '',
        rowsOf(rowCount),
        ({ period, place, indicator, value }) =>
          `${[idOf.get(`disease-${indicator} AA-${place}`), startOf(period), value, submission, party].join('\t')}\n`,
      ),
    ),
    createWriteStream(file),
  );
  await client.query(`create table plain (like observations);
    alter table plain add primary key (series_id, period_start),
      add foreign key (submission_id, series_id) references submission_series (submission_id, series_id)`);
  const { rows } = await client.query<{ synchronous_commit: string }>('show synchronous_commit');
  if (rows[0]?.synchronous_commit !== 'on') throw new Error('synchronous_commit is off');
  const started = performance.now();
  await pipeline(createReadStream(file), client.query(copyFrom('copy plain from stdin')));
  return (performance.now() - started) / 1000;
}
