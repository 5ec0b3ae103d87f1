import { Command } from 'commander';
import { replay } from '../acts/replay.ts';
import { openCommandHouse } from './with-house.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database to this version. `serve` does so by itself.')
    .action(async () => {
      await using command = await openCommandHouse('join');
      process.stdout.write(`The database in ${command.config.dataDir} is up to date.\n`);
    });
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('Fold every subject again from its acts.')
    .option('--check', 'only compare with what is stored; exit code 1 when anything differs')
    .option('--json', 'print the answer as JSON')
    .action(async ({ check, json }: { check?: boolean; json?: boolean }) => {
      await using command = await openCommandHouse('join');
      const result = await replay(command.house, !check);
      const words = `${result.subjects} subjects folded, ${result.differing.length} differ from what was stored${check ? '' : ' and were replaced'}.`;
      process.stdout.write(`${json ? JSON.stringify(result) : words}\n`);
      if (check && result.differing.length > 0) process.exitCode = 1;
    });
}
