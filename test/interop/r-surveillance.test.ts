/**
 * The detectors against R's `surveillance`, which computes the reference cases anew. Other versions of it answer differently in places
 * that they have mended, so only the one that the detectors reproduce counts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConformance } from '@reciproca/detect/conformance';
import { afterAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';

const version = '1.20.3';
const kept = join(import.meta.dirname, '../vectors/detect');
const folder = mkdtempSync(join(tmpdir(), 'r-surveillance-'));

afterAll(() => rmSync(folder, { recursive: true }));

function findVersion(): string {
  const found = spawnSync('Rscript', ['-e', 'cat(as.character(packageVersion("surveillance")))'], { timeout: 60_000 });
  return found.status === 0 ? found.stdout.toString() : '';
}

const namesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort();

needs(findVersion() === version, `R and its package surveillance ${version}`)("R's surveillance", () => {
  test('computes the reference cases that are kept, and agrees with the detectors on each', () => {
    const run = spawnSync('Rscript', [join(import.meta.dirname, 'r-surveillance/vectors.R'), folder], {
      timeout: 240_000,
    });
    expect(run.status, run.stderr?.toString()).toBe(0);
    const names = namesIn(folder);
    expect(names).toEqual(namesIn(kept));
    const reports = runConformance(names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })));
    expect(reports.filter(({ passed }) => !passed).map(({ line }) => line)).toEqual([]);
  }, 300_000);
});
