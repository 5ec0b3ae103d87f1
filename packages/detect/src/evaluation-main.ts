/**
 * The comparison table of all detectors on the simulated scenarios.
 *
 * node --conditions=source evaluation-main.ts [--replicates 10] [--seed 7] [--json] [--only ID[,ID]]
 * node --conditions=source evaluation-main.ts --series FILE.csv --truth FILE.csv   on series simulated elsewhere
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { candidates } from './evaluation/candidates.ts';
import { evaluateOnSimulated, simulateAll } from './evaluation/compare.ts';
import type { Metrics, MetricsWithIntervals } from './evaluation/metrics.ts';
import type { SimulatedSeries } from './evaluation/scenarios.ts';

const { values: options } = parseArgs({
  options: {
    replicates: { type: 'string', default: '10' },
    seed: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    series: { type: 'string' },
    truth: { type: 'string' },
  },
});
const seed = Number(options.seed);
const simulated =
  options.series === undefined || options.truth === undefined
    ? simulateAll(Number(options.replicates), seed)
    : readSimulated(readFileSync(options.series, 'utf8'), readFileSync(options.truth, 'utf8'));
const wanted = options.only?.split(',');
const chosen = candidates.filter(({ id }) => wanted === undefined || wanted.includes(id));

if (!options.json) {
  process.stdout.write(`${simulated.length} series; 95 % intervals in brackets\n\n`);
  process.stdout.write(
    '| method | FPR | POD | POD week 1 | sensitivity | specificity | PPV | NPV | F1 | delay (weeks) | false alarms a year |\n',
  );
  process.stdout.write(`|${'---|'.repeat(11)}\n`);
}
const results = chosen.map((candidate) => {
  const result = evaluateOnSimulated(candidate, simulated, seed);
  if (!options.json) process.stdout.write(`${formatRow(result.id, result)}\n`);
  return result;
});
if (options.json) process.stdout.write(`${JSON.stringify({ series: simulated.length, seed, results })}\n`);

function formatRow(id: string, { metrics, lower, upper }: MetricsWithIntervals): string {
  const cell = (name: keyof Metrics, digits: number): string =>
    `${metrics[name].toFixed(digits)} [${lower[name].toFixed(digits)}-${upper[name].toFixed(digits)}]`;
  return `| ${[
    id,
    cell('falsePositiveRate', 4),
    cell('detected', 3),
    cell('detectedAtOnce', 3),
    cell('sensitivity', 3),
    cell('specificity', 3),
    cell('positivePredictiveValue', 3),
    cell('negativePredictiveValue', 3),
    cell('f1', 3),
    cell('meanDelay', 2),
    cell('falseAlarmsPerYear', 1),
  ].join(' | ')} |`;
}

/** Files as written by the R simulation: series,scenario,rep,t,noise,cases_no_current,cases and the outbreaks, positions from 1. */
function readSimulated(seriesCsv: string, truthCsv: string): SimulatedSeries[] {
  const bySeries = new Map<
    string,
    { scenario: number; replicate: number; counts: number[]; countsWithoutCurrent: number[] }
  >();
  for (const [series, scenario, replicate, , , without, cases] of rowsOf(seriesCsv)) {
    const entry = bySeries.get(series ?? '') ?? {
      scenario: Number(scenario),
      replicate: Number(replicate),
      counts: [],
      countsWithoutCurrent: [],
    };
    entry.counts.push(Number(cases));
    entry.countsWithoutCurrent.push(Number(without));
    bySeries.set(series ?? '', entry);
  }
  return rowsOf(truthCsv).flatMap(([series, , , kind, k, start, end, size]) => {
    const entry = bySeries.get(series ?? '');
    if (kind !== 'current' || entry === undefined) return [];
    const current = { start: Number(start) - 1, end: Number(end) - 1, size: Number(size), k: Number(k) };
    return [{ ...entry, current }];
  });
}

function rowsOf(csv: string): string[][] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}
