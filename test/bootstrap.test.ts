import { execFileSync, spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// bin/ as whoever clones the repository meets it: in a copy with a small program of its own, under the pinned Node and
// under the one that this machine has (where it is another, bin/reciproca runs the program in a child process).

const repository = path.join(import.meta.dirname, '..');
const nodes = [...new Set([process.execPath, findSystemNode()])].filter((node) => node !== undefined);

function findSystemNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((dir) => path.join(dir, 'node'))
    .find((file) => fs.existsSync(file));
}

let root: string;
let started: ChildProcess[];

beforeEach(() => {
  started = [];
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'reciproca-bootstrap-')));
  for (const name of ['bin', 'package.json', 'package-lock.json', 'tsconfig.json'])
    fs.cpSync(path.join(repository, name), path.join(root, name), { recursive: true });
  fs.symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
  fs.mkdirSync(path.join(root, 'src'));
  fs.mkdirSync(path.join(root, 'packages'));
});

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  fs.rmSync(root, { recursive: true, force: true });
});

/** Of the repository; the caller says what it expects to find. */
function readJson(name: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(repository, name), 'utf8'));
}

function writeProgram(source: string): void {
  fs.writeFileSync(path.join(root, 'src/main.ts'), source);
}

interface Run {
  readonly child: ChildProcess;
  output(): string;
  errors(): string;
  /** Resolves when the output contains this. */
  says(text: string): Promise<void>;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

function start(node: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = process.env): Run {
  return watch(
    spawn(node, [path.join(root, 'bin/reciproca'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment }),
  );
}

function watch(child: ChildProcessByStdio<null, Readable, Readable>): Run {
  started.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`it ended without saying ${text}: ${output}${errors}`)));
      look();
    });
  return { child, output: () => output, errors: () => errors, says, ended };
}

describe.each(nodes)('started with %s', (node) => {
  test('the program gets its arguments, runs under Node 24, and its exit code comes back', async () => {
    writeProgram(`console.log(process.versions.node.split('.')[0], ...process.argv.slice(2)); process.exitCode = 7;`);
    const run = start(node, ['import', '--json', 'a b']);
    expect(await run.ended).toBe(7);
    expect(run.output()).toBe('24 import --json a b\n');
    expect(run.errors()).toBe('');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches it exactly once, and it may take its time', async (signal) => {
    writeProgram(`
      let count = 0;
      const waiting = setInterval(() => {}, 1000);
      process.on('${signal}', () => {
        count += 1;
        setTimeout(() => { console.log('signals', count); clearInterval(waiting); process.exitCode = 3; }, 200);
      });
      console.log('ready');
    `);
    const run = start(node);
    await run.says('ready');
    run.child.kill(signal);
    expect(await run.ended).toBe(3);
    expect(run.output()).toBe('ready\nsignals 1\n');
  });

  test('a signal that ends it is passed on as such', async () => {
    writeProgram(`setInterval(() => {}, 1000); console.log('ready');`);
    const run = start(node);
    await run.says('ready');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe('SIGTERM');
  });

  test('killing what was started kills the program', async () => {
    writeProgram(`setInterval(() => {}, 1000); console.log('pid', process.pid, '.');`);
    const run = start(node);
    await run.says(' .');
    run.child.kill('SIGKILL');
    // The pipe of its output closes only when the last process that holds it is gone.
    expect(await run.ended).toBe('SIGKILL');
  });

  test('an error in the program names the line of its source', async () => {
    writeProgram(`const fine = 1;\n\nthrow new Error(String(fine));\n`);
    const run = start(node);
    expect(await run.ended).toBe(1);
    expect(run.errors()).toContain('src/main.ts:3');
  });

  test('a program that cannot be built is refused with the place of the mistake', async () => {
    writeProgram('const const = 1;\n');
    const run = start(node);
    expect(await run.ended).toBe(1);
    expect(run.errors()).toMatch(/src\/main\.ts:1:6.*could not be built/s);
  });

  test('it is built again only when a source has changed', async () => {
    const built = path.join(root, 'dist/main.mjs');
    writeProgram(`console.log('one');`);
    await start(node).ended;
    const first = fs.statSync(built).ino;
    await start(node).ended;
    expect(fs.statSync(built).ino).toBe(first);
    writeProgram(`console.log('number two');`);
    const run = start(node);
    await run.ended;
    expect(run.output()).toBe('number two\n');
  });
});

test('a stop that npm passes to the shell of "npm start" reaches the program', async () => {
  writeProgram(`
    const waiting = setInterval(() => {}, 1000);
    process.on('SIGTERM', () => { console.log('stopping'); clearInterval(waiting); });
    console.log('ready');
  `);
  const { scripts } = readJson('package.json') as { scripts: { start: string } };
  const run = watch(spawn('sh', ['-c', scripts.start], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
  await run.says('ready');
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(run.output()).toBe('ready\nstopping\n');
});

test('starts at once on a fresh copy all run a whole program', async () => {
  writeProgram(`export const text = '${'x'.repeat(500_000)}'; console.log(text.length);`);
  const runs = Array.from({ length: 6 }, () => start(process.execPath));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(runs.map((run) => run.output())).toEqual(Array.from({ length: 6 }, () => '500000\n'));
});

test('an image with dist/ and no sources runs as it is', async () => {
  writeProgram(`console.log('from an image');`);
  await start(process.execPath).ended;
  for (const name of ['src', 'packages', 'package-lock.json']) fs.rmSync(path.join(root, name), { recursive: true });
  const run = start(process.execPath);
  expect(await run.ended).toBe(0);
  expect(run.output()).toBe('from an image\n');
});

test('dependencies that are not what the lockfile says are installed, and without npm a person is told what to do', async () => {
  writeProgram('');
  const lockfile = path.join(root, 'package-lock.json');
  fs.writeFileSync(
    lockfile,
    fs.readFileSync(lockfile, 'utf8').replace(/("node_modules\/hono": \{\s+"version": )"[^"]+"/, '$1"0.0.1"'),
  );
  const run = start(process.execPath, [], { PATH: '/nonexistent' });
  expect(await run.ended).toBe(1);
  expect(run.errors()).toContain('Installing the dependencies');
  expect(run.errors()).toContain('Install npm, which comes with Node, and start again.');
});

test('the lockfile is complete for every platform, or npm ci would refuse it', () => {
  const { packages } = readJson('package-lock.json') as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) =>
        packages[`${place}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});

test('run.mjs lists its tools when it does not know one', () => {
  const call = (): string =>
    execFileSync(process.execPath, [path.join(repository, 'bin/run.mjs'), 'unknown'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(call).toThrow(/usage: .*vitest\|tsc/);
});
