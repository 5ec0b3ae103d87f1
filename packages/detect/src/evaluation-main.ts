/**
 * The comparison table of all detectors on the simulated scenarios.
 *
 * node --conditions=source evaluation-main.ts [--replicates 10] [--seed 7] [--only ID[,ID]]
 * node --conditions=source evaluation-main.ts --series FILE.csv --truth FILE.csv   on series simulated elsewhere
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chooseCandidates } from './evaluation/candidates.ts';
import { evaluateOnSimulated, simulateAll } from './evaluation/compare.ts';
import { formatTableRow, readSimulated, tableHead } from './evaluation/table.ts';

const { values: options } = parseArgs({
  options: {
    replicates: { type: 'string', default: '10' },
    seed: { type: 'string', default: '7' },
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
process.stdout.write(`${simulated.length} series; 95 % intervals in brackets\n\n${tableHead}\n`);
for (const candidate of chooseCandidates(options.only?.split(',')))
  process.stdout.write(`${formatTableRow(evaluateOnSimulated(candidate, simulated, seed))}\n`);
