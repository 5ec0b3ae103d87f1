/** Every command as whoever runs a node types it: a process of its own, with the environment and files of this machine. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseBundle } from '@reciproca/tlog/bundle';
import { parseAct } from '../src/acts/jws.ts';
import { dial } from '../src/network/dial.ts';
import { findFreePort } from './support/site.ts';

const program = path.join(import.meta.dirname, '../bin/reciproca');

let root: string;
let port: number;
const running: ChildProcess[] = [];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'reciproca-commands-'));
  // Started by root, the database runs as another user.
  chmodSync(root, 0o711);
  port = await findFreePort();
  writeFileSync(path.join(root, 'passphrase'), 'four words that nobody guesses\n', { mode: 0o600 });
  writeFileSync(path.join(root, 'password'), 'amina likes long passwords\n', { mode: 0o600 });
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => path.join(root, name);

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function environment(data: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  if (!existsSync(at(data))) mkdirSync(at(data), { mode: 0o711 });
  return { ...process.env, RECIPROCA_DATA: at(data), PORT: String(port), RECIPROCA_LOG_LEVEL: 'warn', ...more };
}

function run(
  data: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
  input: Iterable<string> = [],
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env: environment(data, more) }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
    if (child.stdin) pipeline(Readable.from(input), child.stdin).catch(() => {});
  });
}

async function must(data: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, out, err } = await run(data, args, more);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

async function serve(data: string, more: NodeJS.ProcessEnv = {}): Promise<{ stop(): Promise<number | null> }> {
  const child = spawn(process.execPath, [program, 'serve'], {
    env: environment(data, more),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('Reciproca is ready')) resolve();
    });
    child.on('exit', () => reject(new Error(`serve ended: ${said}`)));
  });
  return {
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

const address = (): string => `http://here.localhost:${port}`;
const setUp = (more: readonly string[] = []): string[] => [
  'party',
  'set-up',
  '--name',
  'Ministry',
  '--kind',
  'government',
  '--country',
  'AA',
  '--recovery-file',
  at('recovery'),
  ...more,
];
const passphrase = (): string[] => ['--passphrase-file', at('passphrase')];

describe('a command that is called wrongly ends with 2, and says how it is called', () => {
  test.each([
    [['nonsense'], /unknown command/],
    [['party', 'set-up', '--kind', 'nonsense'], /--kind/],
    [
      ['party', 'set-up', '--name', 'x', '--kind', 'government', '--recovery-file', 'x', '--country', 'Kenya'],
      /--country/,
    ],
    [['backup', 'x'], /--passphrase-file/],
    [['restore'], /Name a backup/],
    [['demo', '--port', 'abc'], /--port/],
    [['token', 'make', '--email', 'x@y.org'], /--party/],
    [['verify-log'], /url/],
    [['erase', 'x'.repeat(43), '--party', 'operator'], /--administrator/],
    [['erase', 'no-act', '--party', 'operator', '--administrator', 'x@y.org'], /identifier of an act/],
    [['key', 'list', '--administrator', 'x@y.org'], /--party/],
    [['key', 'revoke', '--party', 'operator', '--administrator', 'x@y.org'], /kid/],
    [['mail', 'send'], /unknown command/],
  ])('%j', async (args, words) => {
    const { code, err } = await run('none', args);
    expect(err).toMatch(words);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});

test('every command explains itself', async () => {
  const help = await must('none', ['--help']);
  const names = [...help.matchAll(/^ {2}([a-z][a-z-]+)\b/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'help');
  expect(names).toEqual(
    expect.arrayContaining([
      'serve',
      'demo',
      'import',
      'detect',
      'replay',
      'verify-log',
      'backup',
      'restore',
      'sign',
      'person',
      'token',
      'party',
      'migrate',
      'erase',
      'key',
      'mail',
    ]),
  );
  await Promise.all(
    names.map(async (name) => expect(await must('none', [name, '--help'])).toMatch(/^Usage: reciproca /)),
  );
});

describe('a node from beginning to end, without a browser', () => {
  const first = { RECIPROCA_ADMIN_EMAIL: 'amina@example.org', RECIPROCA_ADMIN_PASSWORD_FILE: '' };
  const there = (): NodeJS.ProcessEnv => ({ RECIPROCA_PUBLIC_URL: address() });

  test('is set up once; its recovery key is in a file that only its owner reads', async () => {
    const { did } = JSON.parse(await must('node', setUp(['--json']), there())) as { did: string };
    expect(did).toBe(`did:web:here.localhost%3A${port}`);
    expect(readFileSync(at('recovery'), 'utf8')).toMatch(/\S{20,}/);
    const again = await run('node', setUp(), there());
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/\S/);
  });

  test('keeps its address: unsaid it is the one of its log, and another one is refused before anything is done', async () => {
    const hosted = ['party', 'host', '--name', 'Coast', '--kind', 'government', '--slug', 'coast', '--json'];
    const { did } = JSON.parse(await must('node', [...hosted, '--recovery-file', at('coast.recovery')])) as {
      did: string;
    };
    expect(did).toBe(`did:web:here.localhost%3A${port}:p:coast`);
    const elsewhere = { RECIPROCA_PUBLIC_URL: 'http://there.localhost:4000' };
    const lake = [
      'party',
      'host',
      '--name',
      'Lake',
      '--kind',
      'government',
      '--slug',
      'lake',
      '--recovery-file',
      at('lake.recovery'),
    ];
    for (const args of [lake, ['migrate'], ['serve'], ['backup', at('elsewhere.backup'), ...passphrase()]]) {
      const { code, err } = await run('node', args, elsewhere);
      expect([code, err.includes(address())]).toEqual([1, true]);
    }
    expect(existsSync(at('lake.recovery'))).toBe(false);
  });

  test('serves once: a second start and a taken port are refused in words, other commands join', async () => {
    const server = await serve('node', { ...first, RECIPROCA_ADMIN_PASSWORD_FILE: at('password') });
    try {
      const second = await run('node', ['serve']);
      expect([second.code, second.err]).toEqual([1, expect.not.stringMatching(/\n\s+at /)]);
      const taken = await run('other', ['serve']);
      expect([taken.code, taken.err]).toEqual([1, expect.stringContaining(`Port ${port}`)]);
      writeFileSync(at('places.csv'), 'code,name,parent\nAA,Ambria,\nAA-1,Coast,AA\n');
      writeFileSync(at('indicators.csv'), 'code,name,period\nmeasles,Measles,iso-week\n');
      await must('node', ['import', 'places', at('places.csv')]);
      await must('node', ['import', 'indicators', at('indicators.csv')]);
      writeFileSync(at('reports.csv'), 'week,where,what,n\n2026-W05,AA-1,measles,3\n2026-W06,AA-1,measles,x\n');
      const map = ['--map', 'period=week,place=where,indicator=what,value=n', '--json'];
      const dry = await run('node', ['import', 'reports', at('reports.csv'), ...map, '--dry-run']);
      expect(JSON.parse(dry.out)).toMatchObject({ accepted: 1, changed: 0, unchanged: 0, rejected: 1 });
      const real = await run('node', ['import', 'reports', at('reports.csv'), ...map]);
      expect(JSON.parse(real.out)).toMatchObject({ accepted: 1, rejected: 1 });
      const again = await run('node', ['import', 'reports', at('reports.csv'), ...map]);
      expect(JSON.parse(again.out)).toMatchObject({ accepted: 0, unchanged: 1, rejected: 1 });
      const folder = await run('node', ['import', 'reports', root, ...map]);
      expect([folder.code, folder.err]).toEqual([1, expect.stringContaining('directory')]);
      await must('node', ['detect', '--json']);
      const { token } = JSON.parse(
        await must('node', [
          'token',
          'make',
          '--email',
          'amina@example.org',
          '--party',
          'operator',
          '--name',
          'test',
          '--json',
        ]),
      ) as { token: string };
      const { status } = await dial(`${address()}/api/reporting`, {
        method: 'GET',
        headers: { authorization: `Bearer ${token}` },
        limitBytes: 1_000_000,
        timeoutMs: 30_000,
      });
      expect(status).toBe(200);
      const verified = await run('none', ['verify-log', address(), '--json']);
      expect(JSON.parse(verified.out)).toMatchObject({ logs: [{ size: 2 }], questions: [], parties: 2 });
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });

  describe('while it serves', () => {
    let server: Awaited<ReturnType<typeof serve>>;
    beforeAll(async () => {
      server = await serve('node', { ...first, RECIPROCA_ADMIN_PASSWORD_FILE: at('password') });
    });
    afterAll(() => server.stop());

    const amina = ['--party', 'operator', '--administrator', 'amina@example.org'];
    /** Acts of the node's own log, from its public bytes. */
    const listActs = () => {
      const directory = at('node/log/tile/entries/000.p');
      const width = Math.max(...readdirSync(directory).map(Number));
      return parseBundle(readFileSync(path.join(directory, String(width))), width).map(parseAct);
    };

    test('keys: a new one signs, the old one is revoked once and for all, and nobody but an administrator does it', async () => {
      const stranger = ['--party', 'operator', '--administrator', 'bruno@example.org'];
      for (const args of [
        ['key', 'list'],
        ['key', 'replace'],
      ]) {
        const { code, err } = await run('node', [...args, ...stranger]);
        expect([code, err]).toEqual([1, expect.not.stringMatching(/\n\s+at /)]);
      }
      const list = async () =>
        JSON.parse(await must('node', ['key', 'list', ...amina, '--json'])) as {
          keys: { kid: string; validFrom: number; revokedFrom: number | null }[];
        };
      const old = (await list()).keys[0]?.kid ?? '';
      const inUse = await run('node', ['key', 'revoke', old, ...amina]);
      expect([inUse.code, inUse.err]).toEqual([1, expect.stringMatching(/\S/)]);
      const { kid } = JSON.parse(await must('node', ['key', 'replace', ...amina, '--json'])) as { kid: string };
      expect(kid).not.toBe(old);
      expect(await must('node', ['key', 'revoke', old, ...amina])).toMatch(/Revoked from entry \d+ of the log on/);
      expect((await run('node', ['key', 'revoke', old, ...amina])).code).toBe(1);
      expect((await list()).keys).toMatchObject([
        { kid: old, revokedFrom: expect.any(Number) },
        { kid, revokedFrom: null },
      ]);
      expect(listActs().map(({ payload }) => payload.type)).toEqual(
        expect.arrayContaining(['key.add/1', 'key.revoke/1']),
      );
    });

    test('erasing: shows what it would erase, erases it for good when told to, and not what is not the party’s', async () => {
      const opening = listActs().find(({ payload }) => payload.type === 'node.open/1');
      const act = String(opening?.id);
      const foreign = await run('node', ['erase', act, '--party', 'coast', '--administrator', 'amina@example.org']);
      expect([foreign.code, foreign.err]).toEqual([1, expect.not.stringMatching(/\n\s+at /)]);
      const unknown = await run('node', ['erase', 'A'.repeat(43), ...amina, '--yes']);
      expect([unknown.code, unknown.err]).toEqual([1, expect.not.stringMatching(/\n\s+at /)]);
      const shown = await must('node', ['erase', act, ...amina]);
      expect(shown).toMatch(/node\.open\/1[\s\S]*Ministry[\s\S]*Nothing was erased/);
      const { erasure } = JSON.parse(await must('node', ['erase', act, ...amina, '--yes', '--json'])) as {
        erasure: string;
      };
      expect(erasure).toMatch(/^[\w-]{43}$/);
      const again = await run('node', ['erase', act, ...amina]);
      expect([again.code, again.out]).toEqual([1, '']);
    });
  });

  test('mail on standard input: refused where the node takes none; unreadable and strange mail is named, and is no failure', async () => {
    const takeIn = (input: Iterable<string>, more: NodeJS.ProcessEnv = {}) =>
      run('node', ['mail', 'take-in', '--json'], more, input);
    const none = await takeIn(['From: a@example.org\r\n\r\nHello']);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('RECIPROCA_MAIL_ADDRESS')]);
    const mail = { RECIPROCA_MAIL_ADDRESS: 'reply@here.example', RECIPROCA_SMTP_URL: 'smtp://127.0.0.1:9' };
    const strange = await takeIn(['From: a@example.org\r\nTo: reply@here.example\r\n\r\nHello'], mail);
    expect([strange.code, JSON.parse(strange.out)]).toEqual([0, { outcome: 'unknown' }]);
    const endless = function* () {
      yield 'From: a@example.org\r\n\r\n';
      for (let megabytes = 0; megabytes < 64; megabytes++) yield 'x'.repeat(1_000_000);
    };
    const large = await takeIn(endless(), mail);
    expect([large.code, JSON.parse(large.out)]).toEqual([0, { outcome: 'unreadable' }]);
  });

  test('moves by backup: nothing is lost, the old place does no more work, and the new one knows its address', async () => {
    await must('node', ['replay', '--check']);
    const wrong = at('wrong');
    writeFileSync(wrong, 'another passphrase, quite wrong\n', { mode: 0o600 });
    await must('node', ['backup', at('node.backup'), ...passphrase(), '--move']);
    expect((await run('node', ['migrate'])).code).toBe(1);
    const after = await run('node', ['import', 'places', at('places.csv')]);
    expect([after.code, after.err]).toEqual([1, expect.stringContaining('moved')]);
    const refused = await run('moved', ['restore', at('node.backup'), '--passphrase-file', wrong]);
    expect([refused.code, readdirSync(at('moved'))]).toEqual([1, []]);
    const misplaced = await run('moved', ['restore', at('node.backup'), ...passphrase()], {
      RECIPROCA_PUBLIC_URL: 'http://there.localhost:4000',
    });
    expect([misplaced.code, readdirSync(at('moved'))]).toEqual([1, []]);
    const { recovered, rows } = JSON.parse(
      await must('moved', ['restore', at('node.backup'), ...passphrase(), '--recover', '--json']),
    ) as { recovered: object; rows: number };
    expect(rows).toBeGreaterThan(10);
    expect(recovered).toMatchObject({ setAside: 0, bodiesMissing: 0 });
    const server = await serve('moved');
    try {
      const map = ['--map', 'period=week,place=where,indicator=what,value=n', '--json'];
      const { out } = await run('moved', ['import', 'reports', at('reports.csv'), ...map]);
      expect(JSON.parse(out)).toMatchObject({ accepted: 0, unchanged: 1 });
    } finally {
      await server.stop();
    }
    await must('moved', ['replay', '--check']);
  });
});

test('nothing that a command did keeps running', async () => {
  const free = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  expect((free.address() as AddressInfo).port).toBe(port);
  free.close();
});
