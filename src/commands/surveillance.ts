import { Command, Option } from 'commander';
import { importCommand as importFile } from '../surveillance/reporting/import-command.ts';
import { contents } from '../surveillance/reporting/import/mapping.ts';
import { detectCommand as detect } from '../surveillance/signals/detect-command.ts';
import { openCommandHouse } from './with-house.ts';

const output = {
  write: (text: string): void => void process.stdout.write(text),
  progress: (text: string): void => void process.stderr.write(text),
};

const pairs = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',')];

interface ImportFlags {
  readonly map?: string[];
  readonly column?: string[];
  readonly encoding?: string;
  readonly separator?: string;
  readonly party?: string;
  readonly rejected?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description('Take in places, units, indicators or reports from a file.')
    .argument('<what>', contents.join(' | '))
    .argument('<file>', 'CSV (places also GeoJSON)')
    .option('--map <role=column,...>', 'which column is what, such as period=week,place=geo,indicator=disease,value=cases', pairs)
    .option('--column <header=code,...>', 'for one column each place or indicator: which header means which code', pairs)
    .option('--encoding <name>', 'when the file does not say it itself')
    .option('--separator <character>', 'when it cannot be told from the header')
    .option('--party <slug>', 'a hosted party; else the one that runs this node')
    .option('--rejected <file>', 'where the rejected rows go, with reasons')
    .option('--dry-run', 'say what would happen and change nothing')
    .option('--json', 'print the answer as JSON')
    .action(async (content: string, file: string, flags: ImportFlags) => {
      await using command = await openCommandHouse('join');
      const { map = [], column = [], dryRun = false, json = false, encoding, separator, party, rejected } = flags;
      process.exitCode = await importFile(command.house, { content, file, map, column, dryRun, json, encoding, separator, party, rejected }, output);
    });
}

export function detectCommand(): Command {
  return new Command('detect')
    .description('Look for signals now, in what has changed since the last time.')
    .option('--party <slug>', 'a hosted party; else all')
    .addOption(new Option('--all', 'every series, also those that have not changed').default(false))
    .addOption(new Option('--json', 'print the answer as JSON').default(false))
    .action(async (flags: { party?: string; all: boolean; json: boolean }) => {
      await using command = await openCommandHouse('join');
      process.exitCode = await detect(command.house, { party: flags.party, all: flags.all, json: flags.json }, output);
    });
}
