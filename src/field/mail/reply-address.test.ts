import { expect, test } from 'vitest';
import { parseMailAddress } from '../../mail-address.ts';
import { findKey, newMessageId, replyAddress } from './reply-address.ts';

const own = { local: 'reply', domain: 'node.example' };
const key = 'abcdefghijklmnopqrstuvwxy2';

test('an answer is recognised by its address, or by what it answers', () => {
  expect(findKey(own, [replyAddress(own, key).toUpperCase()], [])).toBe(key);
  expect(findKey(own, ['reply@node.example'], [newMessageId(own, key)])).toBe(key);
});

test('another host, another mailbox, or no key opens nothing', () => {
  expect(
    findKey(
      own,
      [`reply+${key}@elsewhere.example`, `other+${key}@node.example`, 'reply+short@node.example', '@', '+'],
      [],
    ),
  ).toBeUndefined();
  expect(findKey(own, [], ['<x@node.example>', `<${key}.x@elsewhere.example>`, ''])).toBeUndefined();
});

test('the own address has no subaddress', () => {
  expect(parseMailAddress('Reply@Node.Example')).toEqual(own);
  for (const text of [
    'reply+x@node.example',
    'node.example',
    '@node.example',
    'a b@node.example',
    `${'x'.repeat(31)}@node.example`,
  ])
    expect(parseMailAddress(text)).toBeUndefined();
});
