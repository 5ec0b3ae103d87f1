import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { DetectError } from '@reciproca/detect/errors';
import { candidates, chooseCandidates } from '@reciproca/detect/evaluation/candidates';
import {
  type CandidateResult,
  evaluateOnOwn,
  evaluateOnSimulated,
  simulateAll,
} from '@reciproca/detect/evaluation/compare';
import { formatTableRow, readSimulated, tableHead } from '@reciproca/detect/evaluation/table';
import { readSeriesFile } from '@reciproca/detect/series-file';
import { parseSeries, type PeriodKind, periodKinds } from '@reciproca/detect/series';
import { OperatorError, UsageError } from '../operator-error.ts';

interface Flags {
  readonly replicates: number;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly own?: string;
  readonly period: PeriodKind;
  readonly series?: string;
  readonly truth?: string;
  readonly json: boolean;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Measure methods of this software on data whose truth is known.')
    .addCommand(
      new Command('detect')
        .description(
          "Compare the detectors: on the 42 simulated scenarios of Noufaily et al. 2013, or on outbreaks put into the last year of a series of one's own. " +
            `One line a detector; the last column is the share of periods that it could judge. Left out unless named, because they take minutes: ${slowOnes()}.`,
        )
        .option('--replicates <n>', "series of each scenario; outbreaks in a series of one's own", parseWhole, 10)
        .option('--seed <n>', 'the same seed gives the same table', parseWhole, 7)
        .option('--only <ids>', 'detectors, separated by commas', (text: string) => text.split(','))
        .option('--own <file>', "a series of one's own as CSV: start,count[,population] under a line of names")
        .addOption(new Option('--period <kind>', 'of that series').choices(periodKinds).default('week'))
        .option('--series <file>', 'series simulated elsewhere, with --truth')
        .option('--truth <file>', 'the outbreaks in them')
        .addOption(new Option('--json', 'print the table as JSON').default(false))
        .action(compareDetectors),
    );
}

function compareDetectors(flags: Flags): void {
  try {
    const rows: CandidateResult[] = [];
    for (const result of evaluate(flags)) {
      if (!flags.json) process.stdout.write(`${rows.length === 0 ? `${tableHead}\n` : ''}${formatTableRow(result)}\n`);
      rows.push(result);
    }
    if (flags.json) process.stdout.write(`${JSON.stringify({ seed: flags.seed, results: rows })}\n`);
  } catch (error) {
    if (error instanceof DetectError) throw new OperatorError(`That cannot be evaluated: ${error.message}`);
    throw error;
  }
}

function* evaluate({ replicates, seed, only, own, period, series, truth }: Flags): Generator<CandidateResult> {
  const chosen = chooseCandidates(only);
  if (own !== undefined) {
    const data = parseSeries(period, readSeriesFile(read(own)));
    for (const candidate of chosen) yield* evaluateOnOwn([candidate], data, { replicates, seed });
    return;
  }
  if ((series === undefined) !== (truth === undefined)) throw new UsageError('--series and --truth go together.');
  const simulated =
    series === undefined || truth === undefined
      ? simulateAll(replicates, seed)
      : readSimulated(read(series), read(truth));
  process.stderr.write(`${simulated.length} series; 95 % limits in brackets\n`);
  for (const candidate of chosen) yield evaluateOnSimulated(candidate, simulated, seed);
}

function slowOnes(): string {
  return candidates
    .filter(({ isSlow }) => isSlow === true)
    .map(({ id }) => id)
    .join(', ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new UsageError(`${text} is not a whole number.`);
  return value;
}
