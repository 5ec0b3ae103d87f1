import { Command, Option } from 'commander';
import { detectCommand as detect } from '../surveillance/signals/detect-command.ts';
import { openCommandHouse } from './with-house.ts';

const output = {
  write: (text: string): void => void process.stdout.write(text),
  progress: (text: string): void => void process.stderr.write(text),
};

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
