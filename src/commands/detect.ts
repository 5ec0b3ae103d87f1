import { Command, Option } from 'commander';
import { detectCommand as detect } from '../surveillance/signals/detect-command.ts';
import { periodKinds } from '@reciproca/detect/series';
import { UsageError } from '../operator-error.ts';
import { detectInFile, type FileOptions } from './detect-file.ts';
import { openCommandHouse } from './with-house.ts';

interface Flags extends Omit<FileOptions, 'file'> {
  readonly file?: string;
  readonly party?: string;
  readonly all: boolean;
}

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];

function parseWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new UsageError(`${text} is not a whole number from 1 on.`);
  return value;
}

const output = {
  write: (text: string): void => void process.stdout.write(text),
  progress: (text: string): void => void process.stderr.write(text),
};

export function detectCommand(): Command {
  return new Command('detect')
    .description(
      'Look for signals now, in what has changed since the last time. With --file, judge one series of a file and leave the node alone.',
    )
    .option('--party <slug>', 'a hosted party; else all')
    .addOption(new Option('--all', 'every series, also those that have not changed').default(false))
    .addOption(new Option('--json', 'print the answer as JSON').default(false))
    .option('--file <csv>', 'one series: start,count[,population] under a line of names')
    .addOption(new Option('--period <kind>', 'of that series').choices(periodKinds).default('week'))
    .option('--method <name>', 'a method, or a detector as `evaluate detect` names it', 'farrington-flexible-nbPlugin')
    .option('--set <name=value>', 'a setting of the method, named as in the paper and in R; repeatable', collect, [])
    .option('--last <n>', 'only so many of the last periods', parseWhole)
    .action(async ({ file, ...flags }: Flags) => {
      if (file !== undefined) return detectInFile({ file, ...flags }, output.write);
      await using command = await openCommandHouse('join');
      process.exitCode = await detect(command.house, { party: flags.party, all: flags.all, json: flags.json }, output);
    });
}
