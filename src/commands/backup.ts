import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { jobs } from '../app.ts';
import { attestNoRestore } from '../acts/restore-check.ts';
import { backup } from '../backup/backup.ts';
import { fence, refuseIfMoved } from '../backup/move.ts';
import { recover } from '../backup/recover.ts';
import { checkBackup, refuseUnlessEmptyDirectory, restore } from '../backup/restore.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { openCluster } from '../db/cluster.ts';
import { migrate } from '../db/migrate.ts';
import { work } from '../house.ts';
import { openLog } from '../log.ts';
import { OperatorError, UsageError } from '../operator-error.ts';
import { readPassphrase } from './passphrase.ts';
import { atAddress, settleAddress } from './settled-address.ts';
import { openCommandHouse } from './with-house.ts';

interface Options {
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('Write everything this node is into one encrypted file. The node may run meanwhile.')
    .argument('<file>', 'a file that does not exist yet')
    .requiredOption('--passphrase-file <file>', 'file with the passphrase that seals the backup')
    .option(
      '--move',
      'the node goes on elsewhere, from this backup: it will not run here again. It must not be running now',
    )
    .option('--json', 'print the answer as JSON')
    .action(async (file: string, options: Options & { move?: true }) => {
      const passphrase = readPassphrase(options);
      // With `serve` nobody else serves, and nothing that comes after the snapshot is acknowledged here.
      await withDatabase(options.move ? 'serve' : 'join', async ({ config, connection, log }) => {
        await migrate(connection, log);
        await refuseIfMoved(connection);
        const now = systemClock.now();
        const { publicUrl } = await settleAddress(config, connection);
        const source = { connection, dataDir: config.dataDir, publicUrl, now };
        const summary = await backup(source, file, passphrase, progress).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST')
            throw new OperatorError(`${file} exists already. Name another file.`);
          rmSync(file, { force: true });
          throw error;
        });
        if (options.move) await fence(connection, resolve(file), now);
        const words = `Backed up ${summary.rows} rows of ${summary.tables} tables and ${summary.files} files.`;
        say(
          options,
          summary,
          options.move ? `${words}\nThis node will not run here again. Put the backup back where it goes on.` : words,
        );
      });
    });
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Put a backup back into an empty data directory; with --recover also what was logged after it.')
    .argument('[file]', 'a backup; without one, --recover refills the node that is here')
    .option('--passphrase-file <file>', 'file with the passphrase that seals the backup')
    .option('--recover', 'refill the log from the copies that other nodes hold, and open it again')
    .option('--json', 'print the answer as JSON')
    .action(async (file: string | undefined, options: Options & { recover?: true }) => {
      if (file === undefined && !options.recover)
        throw new UsageError('Name a backup, or say --recover to refill the node that is here.');
      const restored = file === undefined ? undefined : await putBack(file, options);
      const recovered = options.recover ? await refill() : undefined;
      say(
        options,
        { ...restored?.summary, ...(recovered && { recovered }) },
        [restored?.words, recovered && wordsOf(recovered)].filter(Boolean).join('\n'),
      );
    });
}

async function putBack(file: string, options: Options) {
  const passphrase = readPassphrase(options);
  const { manifest, summary } = await checkBackup(file, passphrase);
  const { dataDir } = atAddress(readConfig(), manifest.publicUrl);
  await refuseUnlessEmptyDirectory(dataDir);
  await withDatabase('join', async ({ config, connection, log }) => {
    await restore({ connection, dataDir: config.dataDir, log, jobs }, file, passphrase, manifest, progress);
  });
  const words =
    `Restored ${summary.rows} rows, ${summary.jobs} waiting jobs and ${summary.files} files of ${manifest.made}.\n` +
    'At its start the node asks its peers whether they hold more of its log than this backup.';
  return { summary, words };
}

async function refill() {
  // Alone: a running node would carry out the same acts.
  await using command = await openCommandHouse('serve');
  return await recover(command.house, progress);
}

function wordsOf({ from, to, setAside, bodiesMissing }: Awaited<ReturnType<typeof recover>>): string {
  return [
    to > from
      ? `Entries ${from} to ${to} of the log came back from other nodes. It is open.`
      : 'Other nodes hold no more of the log than is here. It is open.',
    ...(setAside > 0
      ? [`${setAside} acts that were saved here meanwhile contradict it. They were shown to nobody and are set aside.`]
      : []),
    ...(bodiesMissing > 0
      ? [`${bodiesMissing} bodies are with nobody who could be asked; those acts stand, their contents are lost.`]
      : []),
  ].join('\n');
}

export function attestCommand(): Command {
  return new Command('attest-no-restore')
    .description('Say that this node was not restored from a backup, when no other node can be asked. It is recorded.')
    .requiredOption('--by <email>', 'whose word it is: an administrator of the party that runs this node')
    .option('--json', 'print the answer as JSON')
    .action(async (options: Options & { by: string }) => {
      await using command = await openCommandHouse('join');
      const account = await command.house.database.read('node', (reader) =>
        reader
          .selectFrom('accounts')
          .innerJoin('memberships', 'memberships.account_id', 'accounts.id')
          .innerJoin('parties', 'parties.id', 'memberships.party_id')
          .select('accounts.id')
          .where('accounts.email', '=', options.by.toLowerCase())
          .where('memberships.role', '=', 'administrator')
          .where('parties.is_operator', '=', true)
          .where('parties.is_hosted', '=', true)
          .executeTakeFirst(),
      );
      if (!account) throw new OperatorError(`${options.by} is not an administrator of the party that runs this node.`);
      await work(command.house, 'node', { account: account.id }, (w) => attestNoRestore(w, account.id));
      say(options, { attested: true }, 'Recorded. The log goes on.');
    });
}

interface DatabaseParts {
  readonly config: ReturnType<typeof readConfig>;
  readonly connection: Awaited<ReturnType<typeof openCluster>>['connection'];
  readonly log: ReturnType<typeof openLog>;
}

async function withDatabase(mode: 'serve' | 'join', run: (parts: DatabaseParts) => Promise<void>): Promise<void> {
  process.umask(0o077);
  const config = readConfig();
  const log = openLog({ level: config.logLevel, clock: systemClock, target: process.stderr });
  await using cluster = await openCluster({ dataDir: config.dataDir, mode, log, databaseUrl: config.databaseUrl });
  await run({ config, connection: cluster.connection, log });
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function say(options: Options, summary: object, words: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `${words}\n`);
}
