/** One node as its operator runs it: `bin/reciproca serve` with a data directory of its own, on loopback; and ways to kill it and its database. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dial, PeerUnreachable, type PeerAnswer } from '../../src/network/dial.ts';
import { findPackageRoot } from '../../src/package-root.ts';

const patienceMs = 90_000;
export const email = 'fatou@example.org';
export const password = 'seeded kills lose nothing';
const program = join(findPackageRoot(), 'bin/reciproca');

export interface SendOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProcessNode {
  readonly name: string;
  readonly url: string;
  readonly directory: string;
  readonly dataDir: string;
  /** Exit code 0 and what was printed, or undefined: it was not acknowledged. */
  run(args: readonly string[]): Promise<string | undefined>;
  send(path: string, options?: SendOptions): Promise<PeerAnswer>;
  /** True when the running node has been told to look for tables that are due. */
  startRound(): Promise<boolean>;
  /** Says that another node's log has grown, as that node does. */
  hint(origin: string): Promise<void>;
  start(): Promise<void>;
  /** Waits until it answers, its database reached and its log writable. */
  untilWell(): Promise<void>;
  killProcess(): Promise<void>;
  killDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export async function createNode(name: string, directory: string): Promise<ProcessNode> {
  const port = await findFreePort();
  const url = `http://${name}.localhost:${port}`;
  const dataDir = join(directory, name);
  const logFile = join(directory, `${name}.log`);
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PORT: String(port),
    HOST: '127.0.0.1',
    RECIPROCA_DATA: dataDir,
    RECIPROCA_PUBLIC_URL: url,
    RECIPROCA_LOG_LEVEL: 'warn',
    RECIPROCA_ADMIN_EMAIL: email,
    RECIPROCA_ADMIN_PASSWORD_FILE: passwordFile,
  };
  let serving: ChildProcess | undefined;

  const send: ProcessNode['send'] = (path, { token, json, headers } = {}) =>
    dial(url + path, {
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      timeoutMs: 15_000,
    });

  const isRunning = (): boolean => serving !== undefined && serving.exitCode === null && serving.signalCode === null;

  const runToEnd = async (args: readonly string[]): Promise<string | undefined> => {
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', log, 'ipc'] });
    closeSync(log);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined;
  };

  const node: ProcessNode = {
    name,
    url,
    directory,
    dataDir,
    send,
    run: (args) => runToEnd([program, ...args]),
    async startRound() {
      const root = findPackageRoot();
      const args = [join(root, 'bin/run.mjs'), 'tsx-node', 'test/kills/start-round.ts'];
      return (await runToEnd(args)) !== undefined;
    },
    async hint(origin) {
      await dial(`${url}/federation/hint`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: origin });
    },
    async start() {
      if (!isRunning()) {
        const log = openSync(logFile, 'a');
        // The channel ties its life to ours (bin/bootstrap.mjs).
        serving = spawn(process.execPath, [program, 'serve'], { env, stdio: ['ignore', log, log, 'ipc'] });
        closeSync(log);
      }
      await node.untilWell();
    },
    async untilWell() {
      const untilMs = Date.now() + patienceMs;
      while (Date.now() < untilMs) {
        if (!isRunning()) break;
        try {
          if ((await send('/healthz')).status === 200) return;
        } catch (error) {
          if (!(error instanceof PeerUnreachable)) throw error;
        }
        await delay(50);
      }
      const said = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
      throw new Error(
        `${name} ${isRunning() ? 'does not become well' : 'has ended by itself'}. The end of its log:\n${said}`,
      );
    },
    async killProcess() {
      if (!serving || !isRunning()) return;
      const exited = once(serving, 'exit');
      serving.kill('SIGKILL');
      await exited;
    },
    async killDatabase() {
      const postmaster = findPostmaster(dataDir);
      if (postmaster === undefined) return;
      const doomed = [
        postmaster,
        ...listProcesses().flatMap(({ pid, parent }) => (parent === postmaster ? [pid] : [])),
      ];
      for (const pid of doomed) tryKill(pid);
      // Only when the postmaster and all its children are gone is the data directory nobody's.
      const untilMs = Date.now() + patienceMs;
      while (
        listProcesses().some(({ pid, parent, isDead }) => !isDead && (doomed.includes(pid) || parent === postmaster))
      ) {
        if (Date.now() > untilMs) throw new Error(`${name}: the database does not die`);
        await delay(20);
      }
    },
    async stop() {
      if (!serving || !isRunning()) return;
      const exited = once(serving, 'exit');
      serving.kill('SIGTERM');
      const late = setTimeout(() => serving?.kill('SIGKILL'), 20_000);
      await exited;
      clearTimeout(late);
    },
  };
  return node;
}

function findPostmaster(dataDir: string): number | undefined {
  try {
    const [first] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
    const pid = Number(first);
    return listProcesses().some((each) => each.pid === pid && !each.isDead) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function listProcesses(): readonly { readonly pid: number; readonly parent: number; readonly isDead: boolean }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), isDead: state.startsWith('Z') }];
  });
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
