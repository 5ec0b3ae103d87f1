/** The three nodes as processes of their own, as three operators would run them; on this machine only. */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { dial, PeerUnreachable } from '../network/dial.ts';
import { OperatorError } from '../operator-error.ts';
import { findPackageRoot } from '../package-root.ts';
import type { NodeName } from './cast.ts';

export interface NodePlace {
  readonly name: NodeName;
  readonly port: number;
  readonly url: string;
  readonly dataDir: string;
  readonly logFile: string;
}

export interface ServedNode extends NodePlace {
  readonly process: ChildProcess;
}

/** Says which, before anything is prepared. */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  const taken: number[] = [];
  for (const port of ports) if (!(await isFree(port))) taken.push(port);
  if (taken.length === 0) return;
  throw new OperatorError(
    `${taken.length === 1 ? `Port ${taken[0]} is` : `Ports ${taken.join(', ')} are`} in use on this machine; the demonstration needs ${ports.join(', ')}.\n` +
      'Stop what uses them (perhaps another demonstration), or choose three others with --port NUMBER (the first of the three).',
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The environment of an operator, without what would make the three share anything. */
function environmentOf({ port, url, dataDir }: NodePlace, storyFile: string): NodeJS.ProcessEnv {
  const {
    DATABASE_URL: _database,
    RECIPROCA_ADMIN_EMAIL: _email,
    RECIPROCA_ADMIN_PASSWORD_FILE: _file,
    ...rest
  } = process.env;
  return {
    ...rest,
    PORT: String(port),
    HOST: '127.0.0.1',
    RECIPROCA_DATA: dataDir,
    RECIPROCA_PUBLIC_URL: url,
    RECIPROCA_DEMO_STORY: storyFile,
    RECIPROCA_LOG_LEVEL: 'warn',
  };
}

const startMs = 60_000;

export async function serveNode(place: NodePlace, storyFile: string): Promise<ServedNode> {
  const log = openSync(place.logFile, 'a', 0o600);
  // Apart from the terminal: Ctrl-C reaches this process alone, which then stops each of them. Should this process be killed, the closing channel
  // tells them (bin/bootstrap.mjs).
  const child = spawn(process.execPath, [path.join(findPackageRoot(), 'bin/reciproca'), 'serve'], {
    env: environmentOf(place, storyFile),
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  const node = { ...place, process: child };
  try {
    await answers(node);
    return node;
  } catch (error) {
    await stopNodes([node]);
    throw error;
  }
}

async function answers({ name, url, logFile, process: child }: ServedNode): Promise<void> {
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    try {
      if ((await dial(`${url}/healthz`, { timeoutMs: 2_000 })).status === 200) return;
    } catch (error) {
      if (!(error instanceof PeerUnreachable)) throw error;
    }
    await delay(100);
  }
  const said = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
  throw new OperatorError(`The node ${name} did not start. The end of ${logFile}:\n${said}`);
}

const stopMs = 60_000;

/** Each by its process id. Who does not stop in time is killed: the data survive that. */
export async function stopNodes(nodes: readonly ServedNode[]): Promise<void> {
  await Promise.all(
    nodes.map(async ({ process: child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const patience = new AbortController();
      const late = delay(stopMs, undefined, { signal: patience.signal }).then(
        () => child.kill('SIGKILL'),
        () => false,
      );
      await exited;
      patience.abort();
      await late;
    }),
  );
}
