import { describe, expect, test } from 'vitest';
import type { MemberId } from '../../ids.ts';
import { handlersAt, maySee, nextInstance } from './complaint.ts';

const [asha, ben, carla, dina] = ['asha', 'ben', 'carla', 'dina'] as unknown as readonly [
  MemberId,
  MemberId,
  MemberId,
  MemberId,
];
const handlers = [
  { member: asha, instance: 1 },
  { member: ben, instance: 1 },
  { member: carla, instance: 2 },
];
const complaint = (over: { about?: MemberId[]; conveners?: MemberId[]; complainant?: MemberId } = {}) => ({
  complainant: over.complainant ?? dina,
  about: new Set(over.about ?? []),
  conveners: new Set(over.conveners ?? []),
});

describe('a complaint', () => {
  test('is never handled by whom it is about, by who convenes, or by who complains', () => {
    expect(handlersAt(handlers, complaint({ about: [asha] }), 1)).toEqual([handlers[1]]);
    expect(handlersAt(handlers, complaint({ conveners: [ben] }), 1)).toEqual([handlers[0]]);
    expect(handlersAt(handlers, complaint({ complainant: asha }), 1)).toEqual([handlers[1]]);
  });

  test('skips an instance of which nobody may handle it, and ends at the last', () => {
    expect(nextInstance(handlers, complaint(), 0)).toBe(1);
    expect(nextInstance(handlers, complaint({ about: [asha], conveners: [ben] }), 0)).toBe(2);
    expect(nextInstance(handlers, complaint(), 2)).toBeUndefined();
    expect(nextInstance([], complaint(), 0)).toBeUndefined();
  });

  test('is seen by the complainant and by those whom it has reached, and by nobody else', () => {
    const first = { ...complaint({ about: [ben] }), instance: 1 };
    expect([dina, asha, ben, carla].map((member) => maySee(member, handlers, first))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(maySee(carla, handlers, { ...first, instance: 2 })).toBe(true);
  });
});
