/** One thread of the two-thread measurement: evaluates its share of the series over and over until the time is up. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  createFlexibleWorkspace,
  evaluateFlexible,
  noufailySettings,
  planFarringtonFlexible,
  prepareSeries,
} from '../packages/detect/src/farrington-flexible.ts';
import { createSeries } from '../packages/detect/src/series.ts';

interface Share {
  readonly counts: readonly (readonly number[])[];
  readonly periods: number;
  readonly milliseconds: number;
}

export interface ThreadAnswer {
  readonly evaluations: number;
  readonly milliseconds: number;
  /** Time that this thread was given of a core. */
  readonly cpuMilliseconds: number;
}

const { counts, periods, milliseconds } = workerData as Share;
const plan = planFarringtonFlexible({ ...noufailySettings, alpha: 0.01 });
const series = counts.map((row) => createSeries({ kind: 'week', counts: row }));
const workspace = createFlexibleWorkspace(plan, Math.max(...counts.map((row) => row.length)));

function evaluateAll(): number {
  let evaluations = 0;
  for (const one of series) {
    const prepared = prepareSeries(one, plan);
    const { length } = one.values;
    for (let k = length - periods; k < length; k++, evaluations++) evaluateFlexible(plan, prepared, workspace, k);
  }
  return evaluations;
}

for (let round = 0; round < 5; round++) evaluateAll();
parentPort?.once('message', () => {
  const started = performance.now();
  const before = process.threadCpuUsage();
  let evaluations = 0;
  while (performance.now() - started < milliseconds) evaluations += evaluateAll();
  const { user, system } = process.threadCpuUsage(before);
  const answer: ThreadAnswer = {
    evaluations,
    milliseconds: performance.now() - started,
    cpuMilliseconds: (user + system) / 1000,
  };
  parentPort?.postMessage(answer, []);
});
parentPort?.postMessage('ready', []);
