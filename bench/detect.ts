/**
 * Detectors on the 100 simulated series of the fixtures, last 49 weeks of each, one core, beside R's `surveillance` in the same
 * minute where R is installed. Reading the file is not counted, on either side.
 */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { computeEars, type EarsColumns, planEars, type EarsMethod } from '@reciproca/detect/ears';
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
import type { ThreadAnswer } from './detect-worker.ts';
import { besideR, fixtures, type Input, NOT_MEASURED, type RRun, runR } from './detect-r.ts';

export interface DetectResult {
  readonly name: string;
  /** Median over the rounds. */
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly [detail: string]: unknown;
}

const CURRENT_WEEKS = 49;
const ROUNDS = 21;

export async function benchDetect(): Promise<readonly DetectResult[]> {
  const input = readInput();
  const series = input.series.map(({ counts }) => createSeries({ kind: 'week', counts }));
  const r = await runR(input);
  const ceiling = measureCeiling();
  return [
    benchFlexible(input, series, r, ceiling),
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

function benchFlexible(
  input: Input,
  series: readonly Series[],
  r: RRun | undefined,
  ceilingPerSecond: number,
): DetectResult {
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
    gigaOperationsOfPlainLoop: round(ceilingPerSecond / 1e9, 2),
    r: besideR(r, 'flex_nb', measured),
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
  const first = plan.baseline + plan.gap + (method === 'C3' ? 2 : 0);
  let alarms = 0;
  let columns: EarsColumns | undefined;
  const measured = measure(() => {
    let evaluations = 0;
    alarms = 0;
    for (const { values } of series) {
      columns = computeEars(values, plan, 0, values.length - 1, columns);
      const { threshold } = columns;
      for (let t = first; t < values.length; t++) if (values[t]! > threshold[t]!) alarms++;
      evaluations += values.length - first;
    }
    return evaluations;
  });
  return {
    name: `ears-${method.toLowerCase()}`,
    ...measured,
    alarms,
    r: besideR(r, `ears${method}`, measured),
  };
}

/**
 * Operations a second that this machine gives to JavaScript at best, one double at a time: independent multiplications and
 * additions on numbers that lie in the nearest cache, without a root or an exponential.
 */
function measureCeiling(): number {
  const numbers = Float64Array.from({ length: 512 }, (_, i) => 1 + i * 1e-9);
  let kept = 0;
  const { perCpuSecond } = measure(() => {
    for (let repeat = 0; repeat < 2000; repeat++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < 512; i += 4) {
        a += numbers[i]! * numbers[i]!;
        b += numbers[i + 1]! * numbers[i + 1]!;
        c += numbers[i + 2]! * numbers[i + 2]!;
        d += numbers[i + 3]! * numbers[i + 3]!;
      }
      kept += a + b + c + d;
    }
    return 2000 * 512 * 2;
  });
  return kept > 0 ? perCpuSecond : 0;
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
    perSecond: Math.round(two.perSecond),
    perCpuSecond: Math.round(two.perThreadCpuSecond / 2),
    oneThreadPerSecond: Math.round(one.perSecond),
    ratio: round(two.perSecond / one.perSecond, 2),
    // What two threads do with the time that they get; the ratio of the clock also suffers from whoever else uses the machine.
    ratioOfThreadTime: round(two.perThreadCpuSecond / one.perThreadCpuSecond, 2),
    cores: os.availableParallelism(),
  };
}

async function runThreads(
  shares: readonly (readonly (readonly number[])[])[],
): Promise<{ readonly perSecond: number; readonly perThreadCpuSecond: number }> {
  const file = path.join(findPackageRoot(), 'bench/detect-worker.ts');
  const workers = shares.map(
    (counts) => new Worker(file, { workerData: { counts, periods: CURRENT_WEEKS, milliseconds: 3000 } }),
  );
  try {
    await Promise.all(workers.map(next));
    const answers = workers.map(next);
    for (const worker of workers) worker.postMessage('go', []);
    const found = (await Promise.all(answers)) as readonly ThreadAnswer[];
    const sum = (of: (answer: ThreadAnswer) => number): number => found.reduce((total, one) => total + of(one), 0);
    return {
      perSecond: sum(({ evaluations, milliseconds }) => (1000 * evaluations) / milliseconds),
      perThreadCpuSecond: sum(({ evaluations, cpuMilliseconds }) => (1000 * evaluations) / cpuMilliseconds),
    };
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

function longest(series: readonly Series[]): number {
  return Math.max(...series.map(({ values }) => values.length));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
