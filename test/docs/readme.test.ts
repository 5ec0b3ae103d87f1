import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { emailOf, members } from '../../src/demo/cast.ts';

// Whoever follows a document must not be told of a command, a file, a setting or a person that is not there.

const root = path.join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/operating.md'];

/** `bin/reciproca NAME` and `reciproca NAME` as documents write it. */
function commandsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/bin\/reciproca ([a-z][a-z-]+)/g)].map(([, name]) => name ?? ''))];
}

function optionsOf(text: string, command: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.includes(`bin/reciproca ${command}`));
  return [...new Set(lines.flatMap((line) => line.slice(line.indexOf(`bin/reciproca ${command}`)).match(/--[a-z][a-z-]+/g) ?? []))];
}

const help = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [path.join(root, 'bin/reciproca'), ...args, '--help'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('names only commands and options that the command line explains', () => {
    for (const command of commandsIn(text)) {
      const explained = help(command);
      for (const option of optionsOf(text, command).filter((each) => each !== '--help' && !explained.includes('[command]')))
        expect([command, option, explained.includes(option)]).toEqual([command, option, true]);
    }
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run )?(?:-s )?(demo|start|test|check|bench|build|[a-z]+:[a-z]+)\b/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('names only files that exist', () => {
    const files = [...text.matchAll(/(?<![\w/.])((?:docs|deploy|src|test|packages)\/[\w./-]+|[A-Z]{4,}\.md|LICENSE)(?![\w*])/g)].map(([, name]) => (name ?? '').replace(/[.,:]$/, ''));
    expect([...new Set(files)].filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });
});

describe('the tour of README.md', () => {
  const text = read('README.md');

  test('signs in as people whom the demonstration has', () => {
    const people = members.map(emailOf);
    const named = [...text.matchAll(/`([a-z]+@[a-z.]+)`/g)].map(([, email]) => email ?? '');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((email) => !people.includes(email))).toEqual([]);
  });
});
