/** `person`: a key of one's own and its enrolment. `sign`: standing behind a prepared act with it, from any machine. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { generateSigningKey, seedOf, signingKeyOfSeed, type SigningKey } from '../acts/keys.ts';
import { actIdOf, actIdSchema } from '../acts/payload.ts';
import { dial } from '../network/dial.ts';
import { signActId } from '../acts/person-signature.ts';
import { actInWords, type ActInWords } from '../network/assurance/act-words.ts';
import { OperatorError, UsageError } from '../operator-error.ts';

interface Remote {
  readonly url: string;
  readonly tokenFile: string;
}

const remoteOptions = (command: Command): Command =>
  command
    .requiredOption('--url <address>', 'public address of the node')
    .requiredOption('--token-file <file>', 'file with your API token (profile page)');

export function personCommand(): Command {
  return new Command('person').description('A key of your own, to sign acts with.').addCommand(
    new Command('new-key')
      .description('Make a key and keep it in a file; its public half is enrolled on your account page, in person.')
      .requiredOption('--key <file>', 'where to write the key; keep it secret')
      .option('--json', 'print the answer as JSON')
      .action((options: { key: string; json?: boolean }) => {
        const key = generateSigningKey();
        const file = { format: 'reciproca-person-key/1', seed: seedOf(key).toString('base64url') };
        writeFileSync(options.key, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx', flush: true });
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ publicKey: key.x })}\n`
            : `Your key is in ${options.key}. Sign in to your node, open /account/signing-keys, and paste its public half:\n${key.x}\n`,
        );
      }),
  );
}

export function signCommand(): Command {
  return remoteOptions(
    new Command('sign').description('Show a prepared act in words, ask, and sign it with your own key.'),
  )
    .argument('<act>', 'identifier of the act, as its page shows it')
    .requiredOption('--key <file>', 'your key')
    .option('--yes', 'sign without asking: you have read the text elsewhere')
    .option('--json', 'print the answer as JSON')
    .action((id: string, options: SignOptions) => sign(id, options));
}

interface SignOptions extends Remote {
  readonly key: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const preparedSchema = z.object({ payload: z.base64url(), words: actInWords.nullable() });

async function sign(id: string, options: SignOptions): Promise<void> {
  const act = actIdSchema.safeParse(id);
  if (!act.success) throw new UsageError('This is not the identifier of an act: 43 letters, digits, - and _.');
  const key = readKey(options.key);
  const { payload, words } = preparedSchema.parse(await get(options, `/api/acts/prepared/${id}`));
  const payloadBytes = Buffer.from(payload, 'base64url');
  // Signed is what is fixed, not what somebody calls it: the identifier must be the hash of the payload the node shows.
  if (actIdOf(payloadBytes) !== act.data)
    throw new OperatorError('The node shows another act than the one asked for. Do not sign.');
  // On standard error: standard output is the answer alone.
  process.stderr.write(`${words ? wordsOf(words) : ''}Exactly what is signed:\n${payloadBytes.toString('utf8')}\n\n`);
  if (!options.yes && !(await isAgreed())) throw new OperatorError('Not signed.');
  const given = { x: key.x, signature: signActId(act.data, key) };
  const answer = await post(options, `/api/acts/prepared/${id}/person-key`, given);
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : 'Signed.\n');
}

function wordsOf({ title, version, consent, parts }: ActInWords): string {
  const text = parts.map(({ heading, paragraphs, terms }) =>
    [heading, ...paragraphs, ...terms.map((term) => `- ${term}`)].join('\n'),
  );
  return `${[title, ...(version === null ? [] : [version]), '', ...text.flatMap((part) => [part, '']), consent, ''].join('\n')}\n`;
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('Nobody can be asked here. Read the text above, then add --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question('Type "sign" to sign: ')).trim() === 'sign';
  } finally {
    terminal.close();
  }
}

function readKey(path: string): SigningKey {
  try {
    const { format, seed } = JSON.parse(readFileSync(path, 'utf8')) as { format?: string; seed?: string };
    if (format !== 'reciproca-person-key/1' || seed === undefined)
      throw new Error('not a key file of `person new-key`');
    return signingKeyOfSeed(Buffer.from(seed, 'base64url'));
  } catch (error) {
    throw new OperatorError(`${path}: ${(error as Error).message}`);
  }
}

async function get(remote: Remote, path: string): Promise<unknown> {
  return answerOf(await dial(remote.url + path, { headers: authorization(remote) }));
}

async function post(remote: Remote, path: string, body: unknown): Promise<unknown> {
  const headers = { ...authorization(remote), 'content-type': 'application/json' };
  return answerOf(await dial(remote.url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

function authorization({ tokenFile }: Remote): Record<string, string> {
  return { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
}

function answerOf({ status, body }: { status: number; body: Uint8Array }): unknown {
  const text = Buffer.from(body).toString('utf8');
  const json = text === '' ? {} : (JSON.parse(text) as { title?: string; code?: string });
  if (status < 300) return json;
  throw new OperatorError(
    `${(json as { title?: string }).title ?? 'The node refused.'} (${(json as { code?: string }).code ?? status})`,
  );
}
