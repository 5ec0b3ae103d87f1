import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

test('every dependency has its line: why it, why not less, what would change our mind', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const decisions = globSync('docs/decisions/*.md', { cwd: root })
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n');
  const missing = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !decisions.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

test('versions are exact', () => {
  for (const file of ['package.json', ...globSync('packages/*/package.json', { cwd: root })]) {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(path.join(root, file), 'utf8'),
    ) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(?:-[\w.]+)?$/);
  }
});
