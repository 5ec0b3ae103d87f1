import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderQueue, type Heard, type Waiting } from './queue.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 5, 16, 12, minute));
const request = (id: string, constituency: string, minute: number, turns = 0): Waiting => ({
  id,
  constituency,
  turns,
  askedAt: at(minute),
});
const heard = (seconds: Readonly<Record<string, number>>): ReadonlyMap<string, Heard> =>
  new Map(Object.entries(seconds).map(([constituency, value]) => [constituency, { turns: 1, seconds: value }]));
const ids = (requests: readonly Waiting[]): string => requests.map(({ id }) => id).join('');

describe('the queue', () => {
  test('lets whoever has not spoken go before whoever has, however long ago that one asked', () => {
    expect(ids(orderQueue([request('a', 'community', 1, 1), request('b', 'government', 9)], heard({})))).toBe('ba');
  });

  test('then goes by the constituency that was heard the shortest', () => {
    const waiting = [request('a', 'government', 1), request('b', 'community', 9)];
    expect(ids(orderQueue(waiting, heard({ government: 600, community: 10 })))).toBe('ba');
    expect(ids(orderQueue(waiting, heard({ government: 10, community: 600 })))).toBe('ab');
  });

  test('lets constituencies take turns when one of them fills the list', () => {
    const many = ['a', 'b', 'c', 'd'].map((id, minute) => request(id, 'government', minute));
    expect(ids(orderQueue([...many, request('x', 'union', 8), request('y', 'union', 9)], heard({})))).toBe('axbycd');
  });

  test('is the order of asking where nothing else differs', () => {
    expect(ids(orderQueue([request('b', 'union', 2), request('a', 'union', 1)], heard({})))).toBe('ab');
  });
});

const drawn = fc.array(
  fc.record({
    constituency: fc.constantFrom('government', 'union', 'community'),
    turns: fc.integer({ min: 0, max: 2 }),
    minute: fc.integer({ min: 0, max: 50 }),
  }),
  { maxLength: 12 },
);
const times = fc.dictionary(fc.constantFrom('government', 'union', 'community'), fc.integer({ min: 0, max: 3000 }));

test('everybody has one place, fewer turns come first, and no other order of the list changes it', () => {
  fc.assert(
    fc.property(drawn, times, (people, seconds) => {
      const waiting = people.map(({ constituency, turns, minute }, n) =>
        request(String(n).padStart(2, '0'), constituency, minute, turns),
      );
      const order = orderQueue(waiting, heard(seconds));
      expect(order.map(({ id }) => id).toSorted()).toEqual(waiting.map(({ id }) => id));
      expect(order.map(({ turns }) => turns)).toEqual(order.map(({ turns }) => turns).toSorted((a, b) => a - b));
      expect(ids(orderQueue(waiting.toReversed(), heard(seconds)))).toBe(ids(order));
    }),
  );
});
