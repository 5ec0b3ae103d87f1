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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

function run(data: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: environment(data, more) }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
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
