import { expect, test } from 'vitest';
import { plainName } from './plain-name.ts';

test.each([
  ['Ministry \u202egnirts', 'Ministry gnirts'],
  ['\u2067Ministry\u2069 of\u0000 Health\n', 'Ministry of Health'],
  ['وزارة الصحة', 'وزارة الصحة'],
  ['فارسی\u200cها', 'فارسی\u200cها'],
])('a name shows as it reads: %j', (given, shown) => {
  expect(plainName(given)).toBe(shown);
});
