/** `erase`: deletes the content of an act of a party hosted here. `key`: the keys that sign in a party's name. In the name of an administrator. */
import { Command } from 'commander';
import { actIdSchema } from '../acts/payload.ts';
import { work, type Work } from '../house.ts';
import type { AccountId, PartyId } from '../ids.ts';
import { eraseContent, getErasable } from '../network/erasing/actions.ts';
import { listActKeys, replaceActKey, revokeActKey } from '../network/erasing/act-keys.ts';
import { getAdministrator } from '../network/people/actions.ts';
import { UsageError } from '../operator-error.ts';
import { openCommandHouse } from './with-house.ts';

interface Who {
  readonly party: string;
  readonly administrator: string;
  readonly json?: boolean;
}

const withWho = (command: Command): Command =>
  command
    .requiredOption('--party <slug>', 'short name of the party on this node')
    .requiredOption('--administrator <email>', 'account of an administrator of the party, who does this')
    .option('--json', 'print the answer as JSON');

async function asAdministrator<T>(
  { party, administrator }: Who,
  run: (w: Work, by: { account: AccountId; party: PartyId }) => Promise<T>,
): Promise<T> {
  await using command = await openCommandHouse('join');
  const { house } = command;
  const by = await house.database.read('node', (reader) => getAdministrator(reader, administrator, party));
  await house.journal.run();
  return await work(house, { party: by.party }, { account: by.account }, (w) => run(w, by));
}

export function eraseCommand(): Command {
  return withWho(
    new Command('erase').description(
      'Erase the content of an act, here and wherever the party’s log is followed. Texts and consents of agreements stay.',
    ),
  )
    .argument('<act>', 'identifier of the act, as its entry in the log shows it')
    .option('--yes', 'erase; without it only what would be erased is shown')
    .action(async (id: string, options: Who & { yes?: boolean }) => {
      const act = actIdSchema.safeParse(id);
      if (!act.success) throw new UsageError('This is not the identifier of an act: 43 letters, digits, - and _.');
      const answer = await asAdministrator(options, async (w, by) => {
        if (options.yes) return { erasure: await eraseContent(w, by, act.data) };
        const { act: row, content } = await getErasable(w.tx.db, w.house, by.party, act.data);
        return { type: row.type, content };
      });
      if (options.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
      else if ('erasure' in answer)
        process.stdout.write(`Erased here; others delete it as they read entry ${answer.erasure}.\n`);
      else
        process.stdout.write(
          `${answer.type}\n${JSON.stringify(answer.content, null, 2)}\n\nNothing was erased. Add --yes to erase this for good.\n`,
        );
    });
}

export function keyCommand(): Command {
  const print = (options: Who, answer: object, words: string): void =>
    void process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `${words}\n`);
  return new Command('key')
    .description('The keys that sign acts in a party’s name. The log says which counts from where to where.')
    .addCommand(
      withWho(new Command('list').description('The keys that the log names.')).action(async (options: Who) => {
        const keys = await asAdministrator(options, (w, by) => listActKeys(w, by.party));
        const lines = keys.map(
          ({ kid, validFrom, revokedFrom }) =>
            `${kid}  from entry ${validFrom}${revokedFrom === null ? '' : `, revoked from entry ${revokedFrom}`}`,
        );
        print(options, { keys }, lines.join('\n'));
      }),
    )
    .addCommand(
      withWho(
        new Command('replace').description('Make a new key; from now on it signs. Then revoke the old one.'),
      ).action(async (options: Who) => {
        const kid = await asAdministrator(options, replaceActKey);
        print(options, { kid }, `${kid} signs from now on.`);
      }),
    )
    .addCommand(
      withWho(
        new Command('revoke').description('Revoke a key that has been replaced; what it signed before still counts.'),
      )
        .argument('<kid>', 'identifier of the key, as `key list` shows it')
        .action(async (kid: string, options: Who) => {
          const fromIndex = await asAdministrator(options, (w, by) => revokeActKey(w, by, kid));
          print(options, { kid, fromIndex }, `Revoked from entry ${fromIndex} of the log on.`);
        }),
    );
}
