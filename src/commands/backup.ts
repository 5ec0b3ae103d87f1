import { readFileSync, rmSync } from 'node:fs';
import { Command } from 'commander';
import { jobs } from '../app.ts';
import { backup } from '../backup/backup.ts';
import { checkBackup, refuseUnlessEmptyDirectory, restore } from '../backup/restore.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { openCluster } from '../db/cluster.ts';
import { openLog } from '../log.ts';
import { OperatorError } from '../operator-error.ts';

interface Options {
  readonly passphraseFile: string;
  readonly json?: boolean;
}

const passphraseOption = (command: Command): Command =>
  command
    .requiredOption('--passphrase-file <file>', 'file with the passphrase that seals the backup')
    .option('--json', 'print the answer as JSON');

export function backupCommand(): Command {
  return passphraseOption(
    new Command('backup').description(
      'Write everything this node is into one encrypted file. The node may run meanwhile.',
    ),
  )
    .argument('<file>', 'a file that does not exist yet')
    .action(async (file: string, options: Options) => {
      await withDatabase(async ({ config, connection }) => {
        const source = { connection, dataDir: config.dataDir, publicUrl: config.publicUrl, now: systemClock.now() };
        const summary = await backup(source, file, readPassphrase(options), progress).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST')
            throw new OperatorError(`${file} exists already. Name another file.`);
          rmSync(file, { force: true });
          throw error;
        });
        say(options, summary, `Backed up ${summary.rows} rows of ${summary.tables} tables and ${summary.files} files.`);
      });
    });
}

export function restoreCommand(): Command {
  return passphraseOption(new Command('restore').description('Put a backup back into an empty data directory.'))
    .argument('<file>', 'a backup')
    .action(async (file: string, options: Options) => {
      const passphrase = readPassphrase(options);
      await refuseUnlessEmptyDirectory(readConfig().dataDir);
      const { manifest, summary } = await checkBackup(file, passphrase);
      await withDatabase(async ({ config, connection, log }) => {
        if (config.publicUrl !== manifest.publicUrl)
          throw new OperatorError(
            `The backup is of ${manifest.publicUrl}; its log, keys and passkeys hang on that address. Set RECIPROCA_PUBLIC_URL to it.`,
          );
        await restore({ connection, dataDir: config.dataDir, log, jobs }, file, passphrase, manifest, progress);
        say(
          options,
          summary,
          `Restored ${summary.rows} rows and ${summary.files} files of ${manifest.made}. At its start the node asks its peers whether they hold more of its log than this backup.`,
        );
      });
    });
}

async function withDatabase(
  run: (parts: {
    config: ReturnType<typeof readConfig>;
    connection: Awaited<ReturnType<typeof openCluster>>['connection'];
    log: ReturnType<typeof openLog>;
  }) => Promise<void>,
): Promise<void> {
  process.umask(0o077);
  const config = readConfig();
  const log = openLog({ level: config.logLevel, clock: systemClock, target: process.stderr });
  await using cluster = await openCluster({
    dataDir: config.dataDir,
    mode: 'join',
    log,
    databaseUrl: config.databaseUrl,
  });
  await run({ config, connection: cluster.connection, log });
}

function readPassphrase({ passphraseFile }: Options): string {
  let text;
  try {
    text = readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new OperatorError(`${passphraseFile}: ${(error as Error).message}`);
  }
  if (text.length < 12) throw new OperatorError('The passphrase needs at least 12 characters.');
  return text;
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

function say(options: Options, summary: object, words: string): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `${words}\n`);
}
