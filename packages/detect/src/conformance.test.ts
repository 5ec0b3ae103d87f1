import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CaseFile, runConformance, summarise } from './conformance.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const VECTORS = join(ROOT, 'test/vectors/detect');
const GOLDEN = join(process.env['RECIPROCA_FIXTURES'] ?? join(ROOT, '../shared'), 'golden/dev');

const readCases = (directory: string): CaseFile[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, text: readFileSync(join(directory, name), 'utf8') }));

const vector = (name: string): string => readFileSync(join(VECTORS, name), 'utf8');

describe('a reference case fails', () => {
  it('when it is not JSON, or names no known method', () => {
    const reports = runConformance([
      { name: 'torn', text: '{"algorithm":' },
      { name: 'unknown', text: '{"id":"x","algorithm":"crystal-ball"}' },
    ]);
    expect(reports.map(({ passed }) => passed)).toEqual([false, false]);
    expect(summarise(reports)).toBe('0 passed, 2 failed');
  });

  it.each([
    ['a bound one millionth off', (bound: number) => bound * (1 + 3e-6)],
    ['a bound missing', () => null],
  ])('on %s', (_, change) => {
    const golden: { upperbound: (number | null)[] } = JSON.parse(vector('earsC__C1.json'));
    const [report] = runConformance([
      {
        name: 'bent',
        text: JSON.stringify({
          ...golden,
          upperbound: golden.upperbound.map((bound, i) => (i === 20 && bound !== null ? change(bound) : bound)),
        }),
      },
    ]);
    expect(report?.passed).toBe(false);
    expect(report?.line).toContain('upperbound[20]');
  });

  it('on one alarm turned over', () => {
    const golden: { alarm: number[] } = JSON.parse(vector('farringtonFlexible__dated-nbPlugin.json'));
    const text = JSON.stringify({ ...golden, alarm: golden.alarm.map((alarm, i) => (i === 3 ? 1 - alarm : alarm)) });
    expect(runConformance([{ name: 'bent', text }])[0]?.passed).toBe(false);
  });
});

describe('reference cases computed with R', () => {
  it.each(readCases(VECTORS).map(({ name, text }) => [name, text] as const))('own vector %s agrees', (name, text) => {
    expect(runConformance([{ name, text }])[0]?.line).toMatch(/^ok /);
  });
});

// The larger set is not part of the repository; RECIPROCA_FIXTURES says where it lies.
describe.skipIf(!existsSync(GOLDEN))('golden cases of the fixtures', () => {
  it('all agree', () => {
    const reports = runConformance(existsSync(GOLDEN) ? readCases(GOLDEN) : []);
    expect(reports.filter(({ passed }) => !passed).map(({ line }) => line)).toEqual([]);
    expect(reports.length).toBeGreaterThan(50);
  }, 120_000);
});
