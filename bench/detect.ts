/**
 * Detectors on the 100 simulated series of the fixtures, last 49 weeks of each, one core, beside R's `surveillance` on the
 * first of them in the same minute where R is installed. Reading the file is not counted, on either side.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { computeEars, planEars, type EarsMethod } from '@reciproca/detect/ears';
import { simulateAll } from '@reciproca/detect/evaluation/compare';
import {
  createFlexibleWorkspace,
  evaluateFlexible,
  noufailySettings,
  planFarringtonFlexible,
  type PreparedSeries,
  prepareSeries,
} from '@reciproca/detect/farrington-flexible';
import { createSeries, type Series } from '@reciproca/detect/series';
import { findPackageRoot } from '../src/package-root.ts';

export interface DetectResult {
  readonly name: string;
  /** Median over the rounds. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly [detail: string]: unknown;
}

interface Input {
  readonly source: string;
  readonly series: readonly { readonly id: string; readonly counts: readonly number[] }[];
  readonly csv: string | undefined;
}

interface RRun {
  /** Evaluations per second by R's name of the method. */
  readonly perSecond: Readonly<Record<string, number>>;
  /** Bound and alarm by method, series and week. */
  readonly answers: ReadonlyMap<string, { readonly bound: number; readonly alarm: boolean }>;
}

const NOT_MEASURED = 'not measured';
const CURRENT_WEEKS = 49;
const ROUNDS = 21;
const SERIES_FOR_R = 10;
const R_METHODS = ['earsC1', 'earsC2', 'earsC3', 'flex_nb'];
const run = promisify(execFile);

export async function benchDetect(): Promise<readonly DetectResult[]> {
  const input = readInput();
  const series = input.series.map(({ counts }) => createSeries({ kind: 'week', counts }));
  const r = await runR(input);
  return [
    benchFlexible(input, series, r),
    ...(['C1', 'C2', 'C3'] as const).map((method) => benchEars(series, method, r)),
    benchCurrentWeek(series),
    await benchThreads(input),
  ];
}

function readInput(): Input {
  const file = path.join(fixtures(), 'golden/bench/batch100_series.csv');
  if (!existsSync(file)) {
    const simulated = simulateAll(3, 1).slice(0, 100);
    const series = simulated.map(({ scenario, replicate, counts }) => ({ id: `s${scenario}_r${replicate}`, counts }));
    return { source: 'simulated here', series, csv: undefined };
  }
  const csv = readFileSync(file, 'utf8');
  const byId = new Map<string, number[]>();
  for (const line of csv.trim().split('\n').slice(1)) {
    const fields = line.split(',');
    const id = fields[0] ?? '';
    const counts = byId.get(id) ?? [];
    counts.push(Number(fields[6]));
    byId.set(id, counts);
  }
  return { source: path.basename(file), series: [...byId].map(([id, counts]) => ({ id, counts })), csv };
}

function benchFlexible(input: Input, series: readonly Series[], r: RRun | undefined): DetectResult {
  // R's own answers are reproduced so that both do the same work and can be compared.
  const plan = planFarringtonFlexible({ ...noufailySettings, alpha: 0.01, compat: 'r' });
  const workspace = createFlexibleWorkspace(plan, longest(series));
  const { glm, outcome } = workspace;
  let steps = 0;
  let rows = 0;
  let runs = 0;
  let compared = 0;
  let different = 0;
  const evaluateAll = (visit?: (id: string, k: number) => void): number => {
    let evaluations = 0;
    for (const [i, one] of series.entries()) {
      const prepared = prepareSeries(one, plan);
      const { length } = one.values;
      for (let k = length - CURRENT_WEEKS; k < length; k++, evaluations++) {
        evaluateFlexible(plan, prepared, workspace, k);
        visit?.(input.series[i]?.id ?? '', k);
      }
    }
    return evaluations;
  };
  const measured = measure(() => evaluateAll());
  const evaluations = evaluateAll((id, k) => {
    // The first of the two fits takes about as many steps as the second, which is the one left in the workspace.
    steps += 2 * glm.iterations;
    rows += glm.rows;
    runs += glm.runs;
    const theirs = r?.answers.get(`flex_nb ${id} ${k + 1}`);
    if (theirs === undefined) return;
    compared++;
    const bound = Number.isNaN(outcome.threshold) === Number.isNaN(theirs.bound);
    const same =
      bound && (Number.isNaN(theirs.bound) || Math.abs(outcome.threshold - theirs.bound) <= 1e-6 * theirs.bound);
    if (!same || (outcome.alarm === true) !== theirs.alarm) different++;
  });
  const operations = countOperations(steps / evaluations, rows / evaluations, runs / evaluations, plan.noPeriods);
  return {
    name: 'farrington-flexible',
    ...measured,
    evaluations,
    input: input.source,
    operationsPerEvaluation: Math.round(operations),
    gigaOperationsPerCpuSecond: round((operations * measured.perCpuSecond) / 1e9, 2),
    r: besideR(r, 'flex_nb', measured.perSecond),
    differentFromR: r === undefined ? NOT_MEASURED : `${different} of ${compared}`,
  };
}

/**
 * Floating-point operations of one evaluation: what the sums need, an exponential or root counted as 20. A step: 14 a run, 8
 * for each length of run, 40 a level; once: 16 a row for the first step, and for each of two fits 11 a row and two
 * exponentials a run to settle, 8 a row to look for outbreaks.
 */
function countOperations(steps: number, rows: number, runs: number, levels: number): number {
  return steps * (14 * runs + 8 * 7 + 40 * levels) + 16 * rows + 2 * (11 * rows + 40 * runs) + 8 * rows;
}

function benchEars(series: readonly Series[], method: EarsMethod, r: RRun | undefined): DetectResult {
  const plan = planEars({ method, compat: 'r' });
  let alarms = 0;
  const measured = measure(() => {
    let evaluations = 0;
    alarms = 0;
    const first = plan.baseline + plan.gap + (method === 'C3' ? 2 : 0);
    for (const { values } of series) {
      const { threshold } = computeEars(values, plan, 0, values.length - 1);
      for (let t = first; t < values.length; t++, evaluations++) if (values[t]! > threshold[t]!) alarms++;
    }
    return evaluations;
  });
  return {
    name: `ears-${method.toLowerCase()}`,
    ...measured,
    alarms,
    r: besideR(r, `ears${method}`, measured.perSecond),
  };
}

/** As in a weekly job: ten years of each series, its last week only, EARS C2 and Farrington-flexible. */
function benchCurrentWeek(series: readonly Series[]): DetectResult {
  const years = series.map(({ values }) =>
    createSeries({ kind: 'week', counts: Array.from(values.subarray(values.length - 520)) }),
  );
  const ears = planEars({ method: 'C2' });
  const plan = planFarringtonFlexible({ ...noufailySettings, alpha: 0.01 });
  const workspace = createFlexibleWorkspace(plan, 520);
  let alarms = 0;
  let prepared: PreparedSeries | undefined;
  const measured = measure(() => {
    alarms = 0;
    for (let repeat = 0; repeat < 20; repeat++)
      for (const one of years) {
        const last = one.values.length - 1;
        if (one.values[last]! > computeEars(one.values, ears, last, last).threshold[0]!) alarms++;
        prepared = prepareSeries(one, plan, prepared);
        evaluateFlexible(plan, prepared, workspace, last);
        if (workspace.outcome.alarm === true) alarms++;
      }
    return 20 * years.length;
  });
  return { name: 'current-week', ...measured, alarms };
}

async function benchThreads(input: Input): Promise<DetectResult> {
  const counts = input.series.map((one) => one.counts);
  const one = await runThreads([counts]);
  const half = Math.ceil(counts.length / 2);
  const two = await runThreads([counts.slice(0, half), counts.slice(half)]);
  return {
    name: 'farrington-flexible-two-threads',
    perSecond: Math.round(two),
    perCpuSecond: Math.round(two / 2),
    oneThreadPerSecond: Math.round(one),
    ratio: round(two / one, 2),
    cores: os.availableParallelism(),
  };
}

async function runThreads(shares: readonly (readonly (readonly number[])[])[]): Promise<number> {
  const file = path.join(findPackageRoot(), 'bench/detect-worker.ts');
  const workers = shares.map(
    (counts) => new Worker(file, { workerData: { counts, periods: CURRENT_WEEKS, milliseconds: 3000 } }),
  );
  try {
    await Promise.all(workers.map(next));
    const answers = workers.map(next);
    for (const worker of workers) worker.postMessage('go', []);
    const found = await Promise.all(answers);
    return found.reduce<number>((sum, answer) => {
      const { evaluations, milliseconds } = answer as { readonly evaluations: number; readonly milliseconds: number };
      return sum + (1000 * evaluations) / milliseconds;
    }, 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function next(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** `work` answers how much it did. The compiler gets a second to warm up. */
function measure(work: () => number): {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly rounds: number;
} {
  const warm = performance.now();
  while (performance.now() - warm < 1000) work();
  const rates: number[] = [];
  let done = 0;
  const cpu = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) {
    const started = performance.now();
    const amount = work();
    rates.push((1000 * amount) / (performance.now() - started));
    done += amount;
  }
  const { user, system } = process.cpuUsage(cpu);
  rates.sort((a, b) => a - b);
  return {
    perSecond: Math.round(rates[Math.floor(rates.length / 2)] ?? 0),
    perCpuSecond: Math.round((1e6 * done) / (user + system)),
    rounds: ROUNDS,
  };
}

/** Undefined where R, its package or the script of the fixtures is not there. */
async function runR(input: Input): Promise<RRun | undefined> {
  const script = path.join(fixtures(), 'golden/bench_r.R');
  if (input.csv === undefined || !existsSync(script)) return undefined;
  try {
    await run('Rscript', ['-e', 'library(surveillance)']);
  } catch {
    return undefined;
  }
  const directory = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-r-'));
  try {
    const some = new Set(input.series.slice(0, SERIES_FOR_R).map(({ id }) => id));
    const [header = '', ...lines] = input.csv.trim().split('\n');
    const kept = lines.filter((line) => some.has(line.slice(0, line.indexOf(','))));
    const file = path.join(directory, 'series.csv');
    await writeFile(file, `${[header, ...kept].join('\n')}\n`);
    const out = path.join(directory, 'r');
    await run('Rscript', [script, file, out, 'cases', R_METHODS.join(',')], { maxBuffer: 1e8 });
    return readR(await readFile(`${out}_timing.json`, 'utf8'), await readFile(`${out}_results.csv`, 'utf8'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function readR(timing: string, results: string): RRun {
  const times = JSON.parse(timing) as Readonly<Record<string, { readonly timepoints_per_s?: number }>>;
  const perSecond: Record<string, number> = {};
  for (const method of R_METHODS) perSecond[method] = times[method]?.timepoints_per_s ?? Number.NaN;
  const answers = new Map<string, { readonly bound: number; readonly alarm: boolean }>();
  for (const line of results.trim().split('\n').slice(1)) {
    const [method, id, t, , bound, alarm] = line.split(',');
    answers.set(`${method} ${id} ${t}`, {
      bound: bound === '' || bound === 'NA' ? Number.NaN : Number(bound),
      alarm: alarm === '1',
    });
  }
  return { perSecond, answers };
}

function besideR(
  r: RRun | undefined,
  method: string,
  perSecond: number,
): { readonly perSecond: number; readonly ratio: number } | typeof NOT_MEASURED {
  const theirs = r?.perSecond[method];
  return theirs === undefined ? NOT_MEASURED : { perSecond: theirs, ratio: round(perSecond / theirs, 1) };
}

function longest(series: readonly Series[]): number {
  return Math.max(...series.map(({ values }) => values.length));
}

function fixtures(): string {
  return process.env['RECIPROCA_FIXTURES'] ?? path.join(findPackageRoot(), '../shared');
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
