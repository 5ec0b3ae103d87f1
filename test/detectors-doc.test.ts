/** docs/detectors.md: its commands exist, its tables are complete, and what it reports is what comes out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { candidates, chooseCandidates } from '@reciproca/detect/evaluation/candidates';
import { evaluateOnSimulated, simulateAll } from '@reciproca/detect/evaluation/compare';
import { formatTableRow } from '@reciproca/detect/evaluation/table';
import { detect, methodSettings, type Method } from '@reciproca/detect/method';
import { createSeries } from '@reciproca/detect/series';
import { describe, expect, it } from 'vitest';
import { conformanceCommand } from '../src/commands/conformance.ts';
import { detectCommand } from '../src/commands/detect.ts';
import { evaluateCommand } from '../src/commands/evaluate.ts';

const root = join(import.meta.dirname, '..');
const doc = readFileSync(join(root, 'docs/detectors.md'), 'utf8');
const commandLines = [...doc.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block ?? '').trim().split('\n'),
);

describe('the commands of docs/detectors.md', () => {
  const commands = [conformanceCommand(), evaluateCommand(), detectCommand()];

  it.each(commandLines.filter((line) => line.startsWith('bin/reciproca')))('%s', (line) => {
    const [, group, ...words] = line.split(' ');
    const named = commands.find((candidate) => candidate.name() === group);
    const command = named?.commands.find((candidate) => candidate.name() === words[0]) ?? named;
    expect(command).toBeDefined();
    for (const word of words.filter((each) => each.startsWith('--')))
      expect(command?.options.map(({ long }) => long)).toContain(word);
  });

  it.each(commandLines.filter((line) => line.startsWith('npm run bench')))('%s', (line) => {
    const name = line.split(' ').at(-1) ?? '';
    expect(readFileSync(join(root, 'bench/main.ts'), 'utf8')).toMatch(new RegExp(`^ {2}'?${name}'?:`, 'm'));
  });

  it('are all of one of these', () => {
    expect(commandLines.every((line) => /^(bin\/reciproca|npm run bench) /.test(line))).toBe(true);
  });
});

describe('docs/detectors.md', () => {
  it.each(Object.keys(methodSettings))('says what %s is called in R', (name) => {
    expect(doc).toContain(`\`${name}\``);
  });

  it.each(candidates.map(({ id }) => id))('reports how well %s does', (id) => {
    expect(doc).toMatch(new RegExp(`^\\| ${id}\\s+\\| \\d`, 'm'));
  });

  // The whole table takes minutes; these take a second each.
  it.each(['ears-c2-01', 'rki-3', 'bayes-1', 'cdc', 'farrington-flexible-nbPlugin'])(
    'reports for %s what the command prints',
    (id) => {
      const [candidate] = chooseCandidates([id]);
      const row = candidate && formatTableRow(evaluateOnSimulated(candidate, simulateAll(10, 7), 7));
      expect(doc.split('\n').map((line) => line.replaceAll(/\s+/g, ' '))).toContain(row);
    },
    60_000,
  );

  it.each([
    ['farringtonFlexible__muan-dated', 331, 30, 34, noufaily('muan')],
    ['earsC__C3-standard', 331, 44, 26.1, { method: 'ears', control: { method: 'C3' } }],
    ['cusum__anscombe2nd', 331, 18.5, 19.2, { method: 'cusum', control: { trans: 'anscombe2nd', m: 'glm' } }],
  ] satisfies [string, number, number, number, Method][])('shows the bounds of %s', (name, week, r, ours, method) => {
    const golden: { observed: number[]; epoch: string[] | null; range: [number, number] } = JSON.parse(
      readFileSync(join(root, `test/vectors/detect/${name}.json`), 'utf8'),
    );
    const series = createSeries({ kind: 'week', counts: golden.observed, start: golden.epoch?.[0] });
    const range = { first: golden.range[0] - 1, last: golden.range[1] - 1 };
    const bound = (compat: 'r' | 'paper'): number | undefined => {
      const settings = { method: method.method, control: { ...method.control, compat } } as Method;
      return detect(series, settings, range).find(({ index }) => index === week - 1)?.threshold;
    };
    expect(bound('r')).toBeCloseTo(r, 1);
    expect(bound('paper')).toBeCloseTo(ours, 1);
    expect(doc).toContain(`\`${name}\`, week ${week}`);
  });
});

function noufaily(thresholdMethod: 'muan'): Extract<Method, { method: 'farrington-flexible' }> {
  const control = { noPeriods: 10, pastWeeksNotIncluded: 26, pThresholdTrend: 1, alpha: 0.005, thresholdMethod };
  return { method: 'farrington-flexible', control };
}
