/** R's `surveillance` on the same file in the same minute, through the script of the fixtures. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPackageRoot } from '../src/package-root.ts';

export interface Input {
  readonly source: string;
  readonly series: readonly { readonly id: string; readonly counts: readonly number[] }[];
  readonly csv: string | undefined;
}

export interface RRun {
  /** Evaluations by R's name of the method. */
  readonly speeds: Readonly<Record<string, Speed>>;
  /** Bound and alarm by method, series and week. */
  readonly answers: ReadonlyMap<string, { readonly bound: number; readonly alarm: boolean }>;
}

export const NOT_MEASURED = 'not measured';

/** R needs a minute for all series with the slow method; a tenth of them is enough to know its speed. */
const RUNS = [
  { methods: ['earsC1', 'earsC2', 'earsC3'], series: 100 },
  { methods: ['flex_nb'], series: 10 },
] as const;

const run = promisify(execFile);

export function fixtures(): string {
  return process.env['RECIPROCA_FIXTURES'] ?? path.join(findPackageRoot(), '../shared');
}

/** Undefined where R, its package or the script of the fixtures is not there. */
export async function runR(input: Input): Promise<RRun | undefined> {
  const script = path.join(fixtures(), 'golden/bench_r.R');
  if (input.csv === undefined || !existsSync(script)) return undefined;
  try {
    await run('Rscript', ['-e', 'library(surveillance)']);
  } catch {
    return undefined;
  }
  const directory = await mkdtemp(path.join(os.tmpdir(), 'reciproca-bench-r-'));
  try {
    const speeds: Record<string, Speed> = {};
    const answers = new Map<string, { readonly bound: number; readonly alarm: boolean }>();
    for (const { methods, series } of RUNS) {
      const some = new Set(input.series.slice(0, series).map(({ id }) => id));
      const [header = '', ...lines] = input.csv.trim().split('\n');
      const kept = lines.filter((line) => some.has(line.slice(0, line.indexOf(','))));
      const file = path.join(directory, 'series.csv');
      await writeFile(file, `${[header, ...kept].join('\n')}\n`);
      const out = path.join(directory, 'r');
      await run('Rscript', [script, file, out, 'cases', methods.join(',')], { maxBuffer: 1e8 });
      const times = JSON.parse(await readFile(`${out}_timing.json`, 'utf8')) as Times;
      for (const method of methods) {
        const time = times[method];
        if (time === undefined) continue;
        speeds[method] = { perSecond: time.timepoints_per_s, perCpuSecond: Math.round(time.timepoints / time.cpu_s) };
      }
      readAnswers(await readFile(`${out}_results.csv`, 'utf8'), answers);
    }
    return { speeds, answers };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Times = Readonly<
  Record<string, { readonly timepoints: number; readonly timepoints_per_s: number; readonly cpu_s: number }>
>;

function readAnswers(results: string, answers: Map<string, { readonly bound: number; readonly alarm: boolean }>): void {
  for (const line of results.trim().split('\n').slice(1)) {
    const [method, id, t, , bound, alarm] = line.split(',');
    answers.set(`${method} ${id} ${t}`, {
      bound: bound === '' || bound === 'NA' ? Number.NaN : Number(bound),
      alarm: alarm === '1',
    });
  }
}

interface Speed {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** `ratio` by the clock; `cpuRatio` by the time that each was given of a core, which others on the machine hardly disturb. */
export function besideR(
  r: RRun | undefined,
  method: string,
  ours: Speed,
): (Speed & { readonly ratio: number; readonly cpuRatio: number }) | typeof NOT_MEASURED {
  const theirs = r?.speeds[method];
  if (theirs === undefined) return NOT_MEASURED;
  const ratio = (of: keyof Speed): number => Number((ours[of] / theirs[of]).toFixed(1));
  return { ...theirs, ratio: ratio('perSecond'), cpuRatio: ratio('perCpuSecond') };
}
