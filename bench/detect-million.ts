/**
 * Ten years of weeks in the database of a node, and its own detection job over the current week of all of them: EARS C2 for every series,
 * Farrington-flexible too for one disease in five, the seasonal ones. The job is killed on the way and started again. `--series 1000000` is the
 * size it is named for (some 60 GB of disk and hours to fill); what is printed is the size that was run.
 */
import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { noufailySettings } from '@reciproca/detect/farrington-flexible';
import { createRandom, drawPoisson } from '@reciproca/detect/random';
import { Client, type ClientConfig } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { systemClock } from '../src/clock.ts';
import { openCluster } from '../src/db/cluster.ts';
import { openLog } from '../src/log.ts';
import { findPackageRoot } from '../src/package-root.ts';
import { parsePlainDate, periodOf, shiftPeriod, startOf, type Period } from '../src/period.ts';
import type { RunLine } from './detect-million-run.ts';

export interface MillionResult {
  readonly name: 'detect-million';
  readonly series: number;
  readonly weeks: number;
  readonly seriesPerSecond: number;
  readonly hoursForAMillion: number;
  /** Shares of the time. Reading and writing: waiting for the database, the making of rows included. */
  readonly reading: number;
  readonly writing: number;
  readonly computing: number;
  readonly cpuShare: number;
  /** Of the process that detects. */
  readonly peakMegabytes: number;
  readonly killedAfterSeries: number;
  readonly seriesAfterRestart: number;
  /** Series judged for the current week, and judgements there: each once, whatever was killed. */
  readonly judgedSeries: number;
  readonly judgements: number;
  readonly expectedJudgements: number;
}

const seasonalOneIn = 5;
const placesOf = (series: number): number => Math.min(1000, Math.max(10, Math.round(Math.sqrt(series * 2))));
const bytesPerObservation = 115;

export async function benchDetectMillion(wantedSeries = 2000, weeks = 520): Promise<MillionResult> {
  const places = placesOf(wantedSeries);
  const indicators = Math.max(seasonalOneIn, Math.round(wantedSeries / places));
  const total = places * indicators;
  requireSpace(total * weeks * bytesPerObservation);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server runs as another user
  const log = openLog({ level: 'error', clock: systemClock, target: process.stderr });
  try {
    await using cluster = await openCluster({ dataDir, mode: 'join', log });
    const last = lastWeek();
    await setUp(dataDir, places, indicators, last);
    const client = new Client(cluster.connection);
    await client.connect();
    try {
      const party = await fillHistory(cluster.connection, total, weeks, last);
      await watchSeasonally(client);
      const expectedJudgements = await countExpected(client);
      const first = await detect(dataDir, party, total, Math.ceil(total / 3));
      const left = await countChanged(client);
      const second = await detect(dataDir, party, left);
      const { judged_series: judgedSeries, judgements } = await countJudged(client, startOf(last));
      return summarise({ total, weeks, first, second, judgedSeries, judgements, expectedJudgements });
    } finally {
      await client.end();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function requireSpace(bytes: number): void {
  const { bavail, bsize } = statfsSync(os.tmpdir());
  const gigabytes = (count: number): number => Math.ceil(count / 1e9);
  process.stderr.write(`needs about ${gigabytes(bytes)} GB of disk\n`);
  if (bavail * bsize < 1.3 * bytes)
    throw new Error(`${os.tmpdir()} has ${gigabytes(bavail * bsize)} GB left, ${gigabytes(1.3 * bytes)} GB are needed`);
}

/** The last week that is over. */
function lastWeek(): Period {
  const today = parsePlainDate(systemClock.now().toISOString().slice(0, 10));
  if (today.error !== undefined) throw new Error('the clock has no date');
  return shiftPeriod(periodOf('iso-week', today.value), -1);
}

/** Everything but the history goes in as an operator puts it in; the report of the current week makes the series. */
async function setUp(dataDir: string, places: number, indicators: number, week: Period): Promise<void> {
  const file = (name: string): string => path.join(dataDir, name);
  const list = (count: number, row: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => `${row(at)}\n`).join('');
  await writeFile(
    file('places.csv'),
    `code,name,parent\nAA,Country,\n${list(places, (at) => `AA-${at},District ${at},AA`)}`,
  );
  await writeFile(
    file('indicators.csv'),
    `code,name,period\n${list(indicators, (at) => `disease-${at},Disease ${at},iso-week`)}`,
  );
  const random = createRandom(1);
  const reports = list(places, (place) =>
    Array.from(
      { length: indicators },
      (_, at) => `${week.label},AA-${place},disease-${at},${drawPoisson(random, random() < 0.01 ? 40 : 6)}`,
    ).join('\n'),
  );
  await writeFile(file('reports.csv'), `week,district,disease,cases\n${reports}`);
  await reciproca(
    dataDir,
    'party',
    'set-up',
    '--name',
    'Bench',
    '--kind',
    'government',
    '--recovery-file',
    file('recovery'),
  );
  await reciproca(dataDir, 'import', 'places', file('places.csv'));
  await reciproca(dataDir, 'import', 'indicators', file('indicators.csv'));
  await reciproca(
    dataDir,
    'import',
    'reports',
    file('reports.csv'),
    '--map',
    'period=week,place=district,indicator=disease,value=cases',
  );
}

interface SeriesRow {
  readonly id: number;
  readonly submission: number;
  readonly party: string;
}

/** As the owner of the database, under the submission that made the series. Answers the party. */
async function fillHistory(connection: ClientConfig, total: number, weeks: number, last: Period): Promise<string> {
  const reader = new Client(connection);
  const writer = new Client(connection);
  await Promise.all([reader.connect(), writer.connect()]);
  try {
    const days = Array.from({ length: weeks - 1 }, (_, i) => startOf(shiftPeriod(last, i + 1 - weeks)));
    const random = createRandom(2);
    let filled = 0;
    let owner = '';
    const lines = async function* (): AsyncGenerator<string> {
      for await (const { id, submission, party } of readSeries(reader)) {
        owner = party;
        const level = 1 + 11 * random();
        yield days
          .map((day, t) => {
            const value = drawPoisson(random, level * (1 + 0.5 * Math.cos((2 * Math.PI * t) / 52)));
            return `${id}\t${day}\t${value}\t${submission}\t${party}\n`;
          })
          .join('');
        if (++filled % 1000 === 0) process.stderr.write(`${filled} of ${total} series written\r`);
      }
    };
    await pipeline(
      Readable.from(lines()),
      writer.query(copyFrom('copy observations (series_id, period_start, value, submission_id, party_id) from stdin')),
    );
    await writer.query('analyze');
    return owner;
  } finally {
    await Promise.all([reader.end(), writer.end()]);
  }
}

async function* readSeries(client: Client): AsyncGenerator<SeriesRow> {
  await client.query('begin');
  await client.query(
    `declare filled no scroll cursor for
     select series_id as id, submission_id as submission, party_id as party from submission_series order by series_id`,
  );
  for (;;) {
    const { rows } = await client.query<SeriesRow>('fetch 1000 from filled');
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.query('commit');
}

/** EARS C2 is what an indicator has that nobody has set up; stated here, because one that has a method gets no other by itself. */
async function watchSeasonally(client: Client): Promise<void> {
  const ears = { method: 'ears', control: { method: 'C2', baseline: 7, alpha: 0.001, minSigma: 1 } };
  const flexible = { method: 'farrington-flexible', control: { ...noufailySettings, alpha: 0.01 } };
  const insert = `insert into detectors (id, party_id, indicator_id, method, is_active, changed_at)
    select gen_random_uuid(), party_id, id, $1::jsonb, true, now() from indicators where id % $2 = 0`;
  await client.query(insert, [JSON.stringify(ears), 1]);
  await client.query(insert, [JSON.stringify(flexible), seasonalOneIn]);
}

async function countExpected(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from series join detectors using (indicator_id)',
  );
  return rows[0]?.count ?? 0;
}

async function countChanged(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from changed_series');
  return rows[0]?.count ?? 0;
}

/** The areas above, whose sums the job judges as well, left out. */
async function countJudged(client: Client, week: string): Promise<{ judged_series: number; judgements: number }> {
  const { rows } = await client.query<{ judged_series: number; judgements: number }>(
    `select count(distinct (indicator_id, place_id))::int as judged_series, count(*)::int as judgements
     from judgements join detectors on detectors.id = detector_id join series using (indicator_id, place_id) where period_start = $1`,
    [week],
  );
  return rows[0] ?? { judged_series: 0, judgements: 0 };
}

/** Until the end, or killed as soon as so many series are done. Answers the last line it printed. */
async function detect(
  dataDir: string,
  party: string,
  total: number,
  killAfter = Infinity,
): Promise<RunLine | undefined> {
  const root = findPackageRoot();
  const child = spawn(
    process.execPath,
    [path.join(root, 'bin/run.mjs'), 'tsx-node', 'bench/detect-million-run.ts', party],
    { cwd: root, env: environmentOf(dataDir), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  let latest: RunLine | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    latest = JSON.parse(text) as RunLine;
    process.stderr.write(
      `${latest.series} of ${total} series, ${Math.round(latest.series / latest.seconds)} a second\r`,
    );
    if (latest.series >= killAfter) child.kill('SIGKILL');
  }
  const code = await closed;
  if (code !== 0 && killAfter === Infinity) throw new Error(`detection ended with ${code}`);
  return latest;
}

function summarise(found: {
  readonly total: number;
  readonly weeks: number;
  readonly first: RunLine | undefined;
  readonly second: RunLine | undefined;
  readonly judgedSeries: number;
  readonly judgements: number;
  readonly expectedJudgements: number;
}): MillionResult {
  const { total, weeks, first, second, judgedSeries, judgements, expectedJudgements } = found;
  const run = second ?? first;
  if (run === undefined) throw new Error('detection printed nothing');
  const share = (seconds: number): number => Number((seconds / run.seconds).toFixed(3));
  const seriesPerSecond = run.series / run.seconds;
  return {
    name: 'detect-million',
    series: total,
    weeks,
    seriesPerSecond: Math.round(seriesPerSecond),
    hoursForAMillion: Number((1e6 / seriesPerSecond / 3600).toFixed(2)),
    reading: share(run.readSeconds),
    writing: share(run.writeSeconds),
    computing: share(run.seconds - run.readSeconds - run.writeSeconds),
    cpuShare: share(run.cpuSeconds),
    peakMegabytes: Math.max(first?.peakMegabytes ?? 0, run.peakMegabytes),
    killedAfterSeries: first?.series ?? 0,
    seriesAfterRestart: run.series,
    judgedSeries,
    judgements,
    expectedJudgements,
  };
}

const environmentOf = (dataDir: string): NodeJS.ProcessEnv => ({
  ...process.env,
  RECIPROCA_DATA: dataDir,
  RECIPROCA_LOG_LEVEL: 'error',
});

async function reciproca(dataDir: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(findPackageRoot(), 'bin/reciproca'), ...args], {
    cwd: dataDir,
    env: environmentOf(dataDir),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${args.slice(0, 2).join(' ')} ended with ${code}`);
}
