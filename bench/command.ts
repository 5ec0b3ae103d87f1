/** The product's own commands, as processes of their own, timed from start to end. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findPackageRoot } from '../src/package-root.ts';

export interface Run {
  readonly seconds: number;
  readonly peakMegabytes: number | null;
  readonly answer: Readonly<Record<string, unknown>>;
  bytes(file: string): number;
}

export async function runCommand(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(findPackageRoot(), 'bin/reciproca'), ...args], {
    cwd: dataDir,
    env: { ...process.env, ...env, RECIPROCA_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  let peak: number | null = null;
  // The high-water mark is gone with the process; read often, the last reading is close to it, because it never falls.
  const watch = setInterval(() => (peak = readPeakMegabytes(child.pid) ?? peak), 20);
  const code = await new Promise<number>((resolve) => child.once('close', (exit) => resolve(exit ?? 1)));
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  const answer = output.startsWith('{') ? (JSON.parse(output) as Record<string, unknown>) : {};
  return { seconds, peakMegabytes: peak, answer, bytes: (file) => readFileSync(file).length };
}

function readPeakMegabytes(pid: number | undefined): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1000);
  } catch {
    return null;
  }
}
