/**
 * Logs written by packages/tlog, read by golang.org/x/mod/sumdb: an implementation by others, in another language.
 * The Go program is ours (go-tlog/); the package comes from Debian where it is installed, else from the Go module proxy.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { signCheckpoint } from '@reciproca/tlog/checkpoint';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot } from '@reciproca/tlog/hash';
import { formatVkey, KEY_TYPES, makeSigningKey, publicPart } from '@reciproca/tlog/key';
import type { TreeHead } from '@reciproca/tlog/merkle';
import { makeNoteSigner } from '@reciproca/tlog/note';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';

const DEBIAN_GO_PATH = '/usr/share/gocode';
const folder = mkdtempSync(join(tmpdir(), 'go-tlog-'));
const program = join(folder, 'go-tlog');
const isBuilt = buildProgram();

const key = makeSigningKey('ministry.example/log', KEY_TYPES.note);
const vkey = formatVkey(publicPart(key));

/** Sizes at which a checkpoint was signed; the last one is the log's. */
const SIZES = [1, 2, 255, 256, 300, 513, 700];

afterAll(() => rmSync(folder, { recursive: true }));

function buildProgram(): boolean {
  const fromDebian = { GO111MODULE: 'off', GOPATH: DEBIAN_GO_PATH };
  const isPackaged = existsSync(join(DEBIAN_GO_PATH, 'src/golang.org/x/mod/sumdb/tlog'));
  const { status } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: join(import.meta.dirname, 'go-tlog'),
    env: { ...process.env, ...(isPackaged && fromDebian) },
    timeout: 100_000,
  });
  return status === 0;
}

type Outcome = { readonly exitCode: number; readonly output: string };

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(program, args, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

async function writeLog(log: string, entryAt: (index: number) => string): Promise<void> {
  let tree: TreeHead = { size: 0, root: emptyRoot() };
  for (const size of SIZES) {
    const entries = Array.from({ length: size - tree.size }, (_, i) => Buffer.from(entryAt(tree.size + i)));
    const growth = await growLog(tree, entries, (path) => readFile(join(log, path)));
    tree = growth.tree;
    const note = signCheckpoint({ origin: key.name, ...tree }, makeNoteSigner(key));
    const files = [...growth.writes, { path: 'checkpoint', bytes: note }, { path: `checkpoint.${size}`, bytes: note }];
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(log, path)), { recursive: true });
      await writeFile(join(log, path), bytes);
    }
  }
}

const olderCheckpoints = (log: string) => SIZES.map((size) => join(log, `checkpoint.${size}`));

async function whileServing(log: string, act: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const file = join(log, request.url ?? '');
    response.writeHead(existsSync(file) ? 200 : 404).end(existsSync(file) ? readFileSync(file) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

needs(isBuilt, 'Go and golang.org/x/mod')("x/mod's reader of a log written here", () => {
  const log = join(folder, 'log');

  beforeAll(() => writeLog(log, (index) => `entry ${index}`));

  test.each([
    'checkpoint',
    'checkpoint.300',
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/188',
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/188',
    'tile/1/000.p/2',
  ])('refuses one flipped byte in %s', async (path) => {
    const bytes = await readFile(join(log, path));
    const position = Math.floor(bytes.length / 2);
    await writeFile(join(log, path), bytes.with(position, (bytes[position] ?? 0) ^ 1));
    const { exitCode, output } = await run('log', log, vkey, ...olderCheckpoints(log));
    await writeFile(join(log, path), bytes);
    expect(output).toMatch(/invalid|downloaded inconsistent tile|verif|malformed/);
    expect(exitCode).toBe(1);
  });

  test('refuses a key that did not sign', async () => {
    const stranger = formatVkey(publicPart(makeSigningKey(key.name, KEY_TYPES.note)));
    expect(await run('log', log, stranger)).toMatchObject({ exitCode: 1 });
  });

  test('refuses a log that rewrote an entry since an older checkpoint', async () => {
    const rewritten = join(folder, 'rewritten');
    await writeLog(rewritten, (index) => (index === 17 ? 'rewritten' : `entry ${index}`));
    expect(await run('log', rewritten, vkey)).toMatchObject({ exitCode: 0 });
    const { exitCode, output } = await run('log', rewritten, vkey, join(log, 'checkpoint.300'));
    expect(output).toContain('size 300: ');
    expect(exitCode).toBe(1);
  });

  test('verifies its signature, every entry and its growth, from a directory and over HTTP', async () => {
    const found = '{"size":700,"inclusion":700,"consistency":7,"files":8}\n';
    expect(await run('log', log, vkey, ...olderCheckpoints(log))).toEqual({ exitCode: 0, output: found });
    await whileServing(log, async (url) => {
      expect(await run('log', url, vkey, ...olderCheckpoints(log))).toEqual({ exitCode: 0, output: found });
    });
  });

  test('finds in the vectors what they say about themselves', async () => {
    const { exitCode, output } = await run('vectors', join(import.meta.dirname, '../vectors/tlog'));
    expect(output).toMatch(/^\{"vectors":\d+\}\n$/);
    expect(exitCode).toBe(0);
  });
});
