import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TLOG_ERROR_CODES } from './tlog-error.ts';

test('the README explains every code, and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const explained = [...readme.matchAll(/^\| `([a-z0-9]+\.[a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(new Set(explained)).toEqual(new Set(TLOG_ERROR_CODES));
  expect(explained).toHaveLength(TLOG_ERROR_CODES.length);
});
