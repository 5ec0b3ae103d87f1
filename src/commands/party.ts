import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { exportParty, importParty, type PartyRows } from '../backup/party-rows.ts';
import { didSchema } from '../acts/payload.ts';
import { parseRecoveryKey } from '../acts/recovery-key.ts';
import { partyKinds, type PartyKind } from '../acts/spine-types.ts';
import type { Config } from '../config.ts';
import { work, type Work } from '../house.ts';
import { takeOver } from '../network/moving/take-over.ts';
import {
  appointAdministrator,
  appointFirstAdministrator,
  inviteFirstAdministrator,
  inviteItsAdministrator,
} from '../network/people/actions.ts';
import { openHostedParty, setUpNode, type OpenedParty } from '../network/set-up.ts';
import { OperatorError, UsageError } from '../operator-error.ts';
import { locales } from '../ui/locales.ts';
import { readPassphrase } from './passphrase.ts';
import { openCommandHouse } from './with-house.ts';

interface SetUpOptions {
  readonly name: string;
  readonly kind: PartyKind;
  readonly country?: string;
  readonly languages: string;
  readonly recoveryFile: string;
  readonly slug?: string;
  readonly json?: boolean;
}

const languageTag = /^[a-z]{2,3}$/;

export function partyCommand(): Command {
  const profile = (command: Command): Command =>
    command
      .requiredOption('--name <name>', 'name of the party')
      .addOption(new Option('--kind <kind>', 'kind of party').choices(partyKinds).makeOptionMandatory())
      .option('--country <code>', 'ISO 3166-1 alpha-2, two capital letters; leave out if it belongs to no one country')
      .option('--languages <codes>', `languages, separated by commas, such as ${locales.join(',')}`, 'en')
      .requiredOption('--recovery-file <file>', 'where to write the recovery key; move it off this machine')
      .option('--json', 'print the answer as JSON');
  return new Command('party')
    .description('The parties of this node.')
    .addCommand(
      profile(new Command('set-up').description('Open this node’s log for the party that runs it.')).action(
        (options: SetUpOptions) => setUp(options),
      ),
    )
    .addCommand(
      new Command('take-over')
        .description(
          'Bring a hosted party here from its host, with its recovery key and without that host’s help. Run it again to tell more nodes.',
        )
        .requiredOption('--did <did>', 'identifier of the party, such as did:web:host.example:p:name')
        .requiredOption('--recovery-file <file>', 'file with the party’s recovery key')
        .option('--copy-at <address>', 'a node that holds a copy of the host’s log, when the host is down or unwilling')
        .option('--other <address...>', 'nodes of parties that it deals with, which are to follow it here', [])
        .option('--slug <slug>', 'its short name in addresses of this node; otherwise the one it had')
        .option('--export <file>', 'the party’s own rows, as `party export` wrote them')
        .option('--passphrase-file <file>', 'file with the passphrase of the export')
        .option('--administrator <email>', 'whose account on this node administers it from now on')
        .option('--json', 'print the answer as JSON')
        .action((options: TakeOverOptions) => takeOverHere(options)),
    )
    .addCommand(
      new Command('export')
        .description(
          'Write a party’s own rows, private bodies and files into one encrypted file, to go with it to another node.',
        )
        .argument('<file>', 'a file that does not exist yet')
        .requiredOption('--party <slug>', 'short name of the party on this node')
        .requiredOption('--passphrase-file <file>', 'file with a passphrase that the party chose')
        .option('--json', 'print the answer as JSON')
        .action((file: string, options: ExportOptions) => exportHere(file, options)),
    )
    .addCommand(
      profile(new Command('host').description('Open a party of its own on this node.'))
        .requiredOption('--slug <slug>', 'short name in addresses: small letters, digits, hyphens')
        .action((options: SetUpOptions) => setUp(options)),
    );
}

interface TakeOverOptions {
  readonly did: string;
  readonly recoveryFile: string;
  readonly copyAt?: string;
  readonly other: readonly string[];
  readonly slug?: string;
  readonly export?: string;
  readonly passphraseFile?: string;
  readonly administrator?: string;
  readonly json?: boolean;
}

async function takeOverHere(options: TakeOverOptions): Promise<void> {
  const did = didSchema.safeParse(options.did);
  if (!did.success) throw new UsageError('--did takes an identifier such as did:web:host.example:p:name.');
  const recoveryKey = parseRecoveryKey(readRecoveryFile(options.recoveryFile));
  await using command = await openCommandHouse('join');
  const { house } = command;
  const taken = await takeOver(house, {
    did: did.data,
    recoveryKey,
    copyAt: options.copyAt,
    others: options.other,
    slug: options.slug,
  });
  const brought =
    options.export === undefined
      ? undefined
      : await importParty(
          { connection: command.connection, dataDir: command.config.dataDir, party: taken.id },
          taken.did,
          options.export,
          readPassphrase(options),
        );
  const { administrator } = options;
  const invitation = await work(house, 'node', { system: 'command-line' }, async (w) => {
    if (administrator !== undefined) await appointAdministrator(w, administrator, taken.id);
    return linkTo(command.config, await inviteItsAdministrator(w, taken.id));
  });
  const told =
    taken.told.length === 0 ? 'No other node could be told yet; run this again.' : `Told: ${taken.told.join(', ')}.`;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...taken, ...(brought && { brought }), ...(invitation && { invitation }) })}\n`
      : `${taken.did} goes on here, from entry ${taken.fromSize} of its old host’s log.\n${told}\n${brought ? wordsOf(brought) : ''}${wordsOfLink(invitation)}`,
  );
}

interface ExportOptions {
  readonly party: string;
  readonly passphraseFile: string;
  readonly json?: boolean;
}

async function exportHere(file: string, options: ExportOptions): Promise<void> {
  const passphrase = readPassphrase(options);
  await using command = await openCommandHouse('join');
  const party = await command.house.database.read('node', (reader) =>
    reader
      .selectFrom('parties')
      .select(['id', 'did'])
      .where('slug', '=', options.party)
      .where('is_hosted', '=', true)
      .executeTakeFirst(),
  );
  if (!party) throw new OperatorError(`This node hosts no party called ${options.party}.`);
  const place = { connection: command.connection, dataDir: command.config.dataDir, party: party.id };
  const exported = await exportParty(place, party.did, file, passphrase);
  process.stdout.write(options.json ? `${JSON.stringify(exported)}\n` : wordsOf(exported));
}

function wordsOf({ rows, leftOut, bodies, files }: PartyRows): string {
  const out = leftOut > 0 ? ` ${leftOut} rows refer to acts that are not here and stayed out.` : '';
  return `${rows} rows, ${bodies} private bodies and ${files} files of its own.${out}\n`;
}

function readRecoveryFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new OperatorError(`${path}: ${(error as Error).message}`);
  }
}

async function setUp(options: SetUpOptions): Promise<void> {
  const { name, kind, country, slug } = options;
  const languages = options.languages.split(',').map((code) => code.trim());
  if (country !== undefined && !/^[A-Z]{2}$/.test(country))
    throw new UsageError('--country takes two capital letters, such as KE.');
  if (!languages.every((code) => languageTag.test(code)))
    throw new UsageError('--languages takes codes such as en,fr.');
  await using command = await openCommandHouse('join');
  const profile = { name, kind, country: country ?? null, languages };
  const opened = await work(command.house, 'node', { system: 'command-line' }, async (w) => {
    const party = slug === undefined ? await setUpNode(w, profile) : await openHostedParty(w, { ...profile, slug });
    // Before COMMIT: a party whose recovery key was lost on the way must not exist.
    writeRecoveryFile(options.recoveryFile, party);
    const path =
      slug === undefined ? await openDoor(w, party, command.config) : await inviteItsAdministrator(w, party.id);
    return { did: party.did, invitation: linkTo(command.config, path) };
  });
  const { did, invitation } = opened;
  const answer = { did, recoveryFile: options.recoveryFile, ...(invitation && { invitation }) };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(answer)}\n`
      : `${name} is open as ${did}.\nIts recovery key is in ${options.recoveryFile}. Keep it on paper or on a machine that is never online, and delete the file.\n` +
          (slug === undefined
            ? ''
            : 'Whoever runs this node can read what it hosts, and could use it. The recovery key lets the party leave without being asked.\n') +
          wordsOfLink(invitation),
  );
}

/** The account that the node's start made, or will make from the environment, administers the operator; else a link makes the first one. */
async function openDoor(w: Work, party: OpenedParty, config: Config): Promise<string | undefined> {
  const isAppointed = await appointFirstAdministrator(w, party.id);
  return isAppointed || config.firstAdministrator ? undefined : inviteFirstAdministrator(w);
}

function linkTo({ publicUrl }: Config, path: string | undefined): string | undefined {
  return path && `${publicUrl}${path}`;
}

function wordsOfLink(invitation: string | undefined): string {
  return invitation === undefined
    ? ''
    : `Nobody works for it yet. This link makes its first administrator, once, within a week:\n  ${invitation}\n`;
}

function writeRecoveryFile(path: string, party: OpenedParty): void {
  try {
    writeFileSync(path, `${party.recoveryKey.text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    throw new OperatorError(
      `The recovery key could not be written to ${path}: ${(error as Error).message}. Name a file that does not exist yet.`,
    );
  }
}
