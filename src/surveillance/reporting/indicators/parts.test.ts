import { expect, test } from 'vitest';
import { findCircular, splitCodes } from './parts.ts';

test('codes in a cell are separated as people separate them, and said twice count once', () => {
  expect(splitCodes(' under5 + older;  adults|under5 ')).toEqual(['adults', 'older', 'under5']);
  expect(splitCodes('  ')).toEqual([]);
});

test('what is a part of itself is found over any number of steps; what shares a part is none', () => {
  const circle = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['z', ['a']],
    ['s', ['s']],
  ]);
  expect([...findCircular(circle)]).toEqual(['a', 'b', 'c', 's']);
  const shared = new Map([
    ['all', ['young', 'old']],
    ['urgent', ['young']],
  ]);
  expect([...findCircular(shared)]).toEqual([]);
});
