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
    const golden: { upperbound: (number | null)[] } = JSON.parse(vector('earsC__C1-standard.json'));
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
    const golden: { alarm: number[] } = JSON.parse(vector('farringtonFlexible__nbPlugin-dated.json'));
    const text = JSON.stringify({ ...golden, alarm: golden.alarm.map((alarm, i) => (i === 3 ? 1 - alarm : alarm)) });
    expect(runConformance([{ name: 'bent', text }])[0]?.passed).toBe(false);
  });
});

describe('a malformed reference case is a failed line that says what is wrong', () => {
  const bend = (change: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({ ...JSON.parse(vector('farringtonFlexible__nbPlugin-dated.json')), ...change });
  const control = (change: Readonly<Record<string, unknown>>): string => {
    const golden: { readonly control: Readonly<Record<string, unknown>> } = JSON.parse(
      vector('farringtonFlexible__nbPlugin-dated.json'),
    );
    return bend({ control: { ...golden.control, ...change } });
  };

  it.each([
    ['empty', '', 'JSON'],
    ['a list', '[]', 'case is not an object'],
    ['without a method', '{}', 'algorithm is missing'],
    ['an unknown method', bend({ algorithm: 'crystal-ball' }), 'no such method: crystal-ball; known: earsC'],
    ['without counts', bend({ observed: undefined }), 'observed is missing'],
    ['a word among the counts', bend({ observed: [1, 2, 'three'] }), 'observed[2] is not a number: "three"'],
    [
      'a negative count',
      bend({ observed: [1, -2, ...Array.from({ length: 338 }, () => 1)] }),
      'count-negative: counts[1] (-2)',
    ],
    [
      'a fraction of a case',
      bend({ observed: Array.from({ length: 340 }, () => 1.5) }),
      'count-fractional: counts[0] (1.5)',
    ],
    ['a range past the end', bend({ range: [330, 341] }), 'range-outside-series'],
    ['without a range', bend({ range: undefined }), 'range is missing'],
    ['without results', bend({ upperbound: undefined }), 'upperbound is missing'],
    ['too few results', bend({ alarm: [0, 1] }), 'alarm[-1]: 15 instead of 2'],
    ['a date that is none', bend({ epoch: ['2015-02-30'] }), 'date-invalid: start (2015-02-30)'],
    ['a setting out of range', control({ alpha: 2 }), 'control-out-of-range: control.alpha (2)'],
    [
      'a choice that is none',
      control({ thresholdMethod: 'guess' }),
      'control-out-of-range: control.thresholdMethod (guess)',
    ],
  ])('%s', (name, text, reason) => {
    const [report] = runConformance([{ name, text }]);
    expect(report?.passed).toBe(false);
    expect(report?.line).toMatch(/^FAIL /);
    expect(report?.line).toContain(reason);
  });

  it('and one with a setting that nobody here knows is compared, and says so', () => {
    const [report] = runConformance([{ name: 'x', text: control({ moonPhase: 3 }) }]);
    expect(report?.line).toMatch(/^ok .*setting moonPhase not known, left out/);
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
