import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPackageRoot } from '../package-root.ts';
import { problem, Problem } from '../problem.ts';
import { isMessageKey, locales, translator } from '../ui/locales.ts';
import { formatProblem, messageOf, problemOf } from './failure.tsx';

const kinds = Object.values(problem);
const document = readFileSync(path.join(findPackageRoot(), 'docs/errors.md'), 'utf8');
const rows = [...document.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (.+) \| (.+) \|$/gm)].map(([, code, status]) => ({
  code,
  status: Number(status),
}));

describe('the catalogue of failures', () => {
  test('and docs/errors.md name the same codes with the same status', () => {
    const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) =>
      (a.code ?? '') < (b.code ?? '') ? -1 : 1;
    expect(rows.toSorted(byCode)).toEqual(kinds.map(({ code, status }) => ({ code, status })).toSorted(byCode));
  });

  test('uses no code twice, and each code follows from its name', () => {
    expect(new Set(kinds.map(({ code }) => code)).size).toBe(kinds.length);
    for (const [name, { code }] of Object.entries(problem))
      expect(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).toBe(code);
  });

  test('has no code that nothing raises', () => {
    const root = findPackageRoot();
    const sources = globSync('src/**/*.{ts,tsx}', { cwd: root })
      .filter((file) => !/\.test\.tsx?$/.test(file) && path.basename(file) !== 'problem.ts')
      .map((file) => readFileSync(path.join(root, file), 'utf8'));
    const raised = new Set(
      sources.flatMap((source) => [...source.matchAll(/\bproblem\.(\w+)/g)].map(([, name]) => name)),
    );
    expect(Object.keys(problem).filter((name) => !raised.has(name))).toEqual([]);
  });

  test('has words for each code, in every language', () => {
    for (const { code } of kinds) {
      expect([code, isMessageKey(`problems.${code}`)]).toEqual([code, true]);
      const words = locales.map((locale) => messageOf({ code, details: {} }, translator(locale)));
      // Each language has words of its own: none is empty, none is English left standing.
      expect([code, new Set(words).size, words.includes('')]).toEqual([code, locales.length, false]);
    }
  });
});

test('a failure nobody foresaw keeps its cause for the log and says nothing outside', () => {
  const cause = new TypeError('password=hunter2');
  const refusal = problemOf(cause);
  expect(refusal).toMatchObject({ code: 'internal', cause });
  expect(formatProblem(refusal, translator('en'), 'r-1')).not.toContain('hunter2');
  expect(problemOf(Object.assign(new Error('canceling statement'), { code: '57014' })).code).toBe('busy');
  const known = problem.notFound({ what: 'signal' });
  expect(problemOf(known)).toBe(known);
  expect(known).toBeInstanceOf(Problem);
});
