/**
 * What a browser receives when an officer opens the list of signals for the first time: ten signals with curves of 52 weeks, the page and everything it asks
 * for, as bytes on the wire (headers too), from the running product over plain HTTP, where browsers take gzip and not the smaller Brotli.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { findPackageRoot } from '../src/package-root.ts';
import { periodOf, plainDateAt, shiftPeriod } from '../src/period.ts';
import { runCommand } from './command.ts';

export interface SignalsPageResult {
  readonly name: 'signals-page';
  readonly signals: number;
  readonly requests: number;
  readonly bytes: number;
  /** Of 20 kB. */
  readonly ratio: number;
}

const budgetBytes = 20_000;
const signalsWanted = 10;
const weeksReported = 70;
const email = 'bench@example.org';
const password = 'only for measuring pages';

export async function benchSignalsPage(): Promise<SignalsPageResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-'));
  if (process.getuid?.() === 0) await chmod(dataDir, 0o711); // the server runs as another user
  const port = await findFreePort();
  const passwordFile = path.join(dataDir, 'password');
  await writeFile(passwordFile, password);
  const env = {
    PORT: String(port),
    RECIPROCA_PUBLIC_URL: `http://bench.localhost:${port}`,
    RECIPROCA_ADMIN_EMAIL: email,
    RECIPROCA_ADMIN_PASSWORD_FILE: passwordFile,
  };
  const run = (...args: readonly string[]) => runCommand(dataDir, args, env);
  try {
    const recovery = path.join(dataDir, 'recovery');
    await run('party', 'set-up', '--name', 'Bench', '--kind', 'government', '--recovery-file', recovery);
    await writeFiles(dataDir);
    for (const content of ['places', 'indicators', 'reports'])
      await run('import', content, path.join(dataDir, `${content}.csv`));
    await run('detect');
    return await measure(dataDir, env, port);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Ten diseases that come and go as chance has it, and rise in the last two weeks, each in a district of its own. */
async function writeFiles(dataDir: string): Promise<void> {
  const numbers = Array.from({ length: signalsWanted }, (_, at) => at);
  const last = shiftPeriod(periodOf('iso-week', plainDateAt(new Date(), 'UTC')), -1);
  const rows = numbers.flatMap((at) =>
    Array.from({ length: weeksReported }, (_, back) => {
      const cases = back < 2 ? 60 + 7 * at - 12 * back : 6 + ((at * 5 + back * back * 3) % 11);
      return `D${at},disease-${at},${shiftPeriod(last, -back).label},${cases}`;
    }),
  );
  const lists = {
    places: ['code,name,parent', 'AA,Country,', ...numbers.map((at) => `D${at},District ${at},AA`)],
    indicators: ['code,name,period', ...numbers.map((at) => `disease-${at},Disease ${at},iso-week`)],
    reports: ['place,indicator,period,value', ...rows],
  };
  for (const [name, lines] of Object.entries(lists))
    await writeFile(path.join(dataDir, `${name}.csv`), `${lines.join('\n')}\n`);
}

async function measure(
  dataDir: string,
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<SignalsPageResult> {
  const server = spawn(process.execPath, [path.join(findPackageRoot(), 'bin/reciproca'), 'serve'], {
    cwd: dataDir,
    env: { ...process.env, ...env, RECIPROCA_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  try {
    await untilReady(server);
    const ask = asker(port);
    const opened = await ask('/sign-in', { form: { email, password } });
    const session = opened.cookies;
    const settings = await ask('/signals/capacity', { cookie: session });
    const csrf = /name="csrf" value="([^"]+)"/.exec(settings.text)?.[1] ?? '';
    await ask('/signals/capacity', {
      cookie: session,
      form: { csrf, perWeek: String(signalsWanted) },
    });
    const page = await ask('/signals', { cookie: session });
    const signals = page.text.match(/<article class="signal/g)?.length ?? 0;
    if (signals !== signalsWanted) throw new Error(`the page shows ${signals} signals, not ${signalsWanted}`);
    const linked = [...page.text.matchAll(/<(?:link|script|img)[^>]+?(?:href|src)="(\/[^"]+)"/g)].flatMap(
      ([, address]) => address ?? [],
    );
    let bytes = page.bytes;
    for (const address of linked) bytes += (await ask(address, { cookie: session })).bytes;
    return {
      name: 'signals-page',
      signals,
      requests: 1 + linked.length,
      bytes,
      ratio: Math.round((bytes / budgetBytes) * 1000) / 1000,
    };
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

interface Answered {
  readonly text: string;
  /** Off the socket. */
  readonly bytes: number;
  readonly cookies: string;
}

/** Each request on a connection of its own, so that what its socket read is what the answer weighs. */
function asker(port: number) {
  return (
    address: string,
    options: { readonly cookie?: string; readonly form?: Readonly<Record<string, string>> } = {},
  ): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const body = options.form && new URLSearchParams(options.form).toString();
      const request = http.request(
        {
          host: '127.0.0.1',
          port,
          path: address,
          method: body === undefined ? 'GET' : 'POST',
          agent: false,
          headers: {
            host: `bench.localhost:${port}`,
            'accept-encoding': 'gzip, deflate',
            'accept-language': 'en',
            'sec-fetch-site': 'same-origin',
            ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
            ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.once('end', () => {
            if ((answer.statusCode ?? 500) >= 400) {
              reject(new Error(`${address}: ${answer.statusCode}`));
              return;
            }
            const raw = Buffer.concat(pieces);
            resolve({
              text: (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString(),
              bytes: request.socket?.bytesRead ?? 0,
              cookies: (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; '),
            });
          });
        },
      );
      request.once('error', reject);
      request.end(body);
    });
}

/** Its first account is there from then on. */
function untilReady(server: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout.on('data', (said: Buffer) => {
      if (said.toString().includes('is ready')) resolve();
    });
    server.once('close', () => reject(new Error('the node ended before it was ready')));
  });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
