import { Command } from 'commander';
import { work } from '../house.ts';
import { makeTokenFor } from '../network/people/actions.ts';
import { openCommandHouse } from './with-house.ts';

export function tokenCommand(): Command {
  return new Command('token').description('API tokens for programs.').addCommand(
    new Command('make')
      .description('Make a token with the roles its person has in a party. It is printed once.')
      .requiredOption('--email <address>', 'whose token')
      .requiredOption('--party <slug>', 'for which party of this node; `operator` runs it')
      .requiredOption('--name <name>', 'a name to recognise it by')
      .option('--days <number>', 'how long it lives', '90')
      .option('--read-only', 'may read, and change nothing')
      .option('--json', 'print the answer as JSON')
      .action(
        async (flags: {
          email: string;
          party: string;
          name: string;
          days: string;
          readOnly?: boolean;
          json?: boolean;
        }) => {
          await using command = await openCommandHouse('join');
          const token = await work(command.house, 'node', { system: 'command-line' }, (w) =>
            makeTokenFor(w, flags.email, flags.party, {
              name: flags.name,
              readOnly: flags.readOnly ?? false,
              days: Number(flags.days),
            }),
          );
          process.stdout.write(flags.json ? `${JSON.stringify({ token })}\n` : `${token}\n`);
        },
      ),
  );
}
