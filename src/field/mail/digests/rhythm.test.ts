import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueAt, isBroughtToMind, newSince, roundAt } from './rhythm.ts';

const at = (text: string): Date => new Date(text);
const due = (rhythm: 'each' | 'daily' | 'weekly', timeZone: string, hour: number, now: string): string =>
  dueAt({ rhythm, timeZone, hour }, at(now)).toISOString();

describe('a digest is due', () => {
  test('at the hour on the member’s own wall', () => {
    expect(due('daily', 'Africa/Nairobi', 7, '2026-03-04T04:00:00Z')).toBe('2026-03-04T04:00:00.000Z');
    expect(due('daily', 'Africa/Nairobi', 7, '2026-03-04T03:59:59Z')).toBe('2026-03-03T04:00:00.000Z');
    // It is already the next day there.
    expect(due('daily', 'Pacific/Kiritimati', 7, '2026-03-03T17:00:00Z')).toBe('2026-03-03T17:00:00.000Z');
  });
  test('weekly on Monday there', () => {
    expect(due('weekly', 'America/Lima', 23, '2026-03-03T03:59:00Z')).toBe('2026-02-24T04:00:00.000Z');
    expect(due('weekly', 'America/Lima', 23, '2026-03-03T04:00:00Z')).toBe('2026-03-03T04:00:00.000Z');
  });
  test('once across the hour that summer time leaves out, and once across the one that comes twice', () => {
    expect(due('daily', 'Europe/Lisbon', 1, '2026-03-29T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(due('daily', 'Europe/Lisbon', 1, '2026-10-25T12:00:00Z')).toBe('2026-10-25T00:00:00.000Z');
  });
  test('within the hour for whoever wants each', () => {
    expect(due('each', 'Asia/Kathmandu', 7, '2026-03-04T04:59:00Z')).toBe('2026-03-04T04:00:00.000Z');
  });
  test('never in the future, and never longer ago than its rhythm and an hour of summer time', () => {
    fc.assert(
      fc.property(
        fc.date({ min: at('2024-01-01'), max: at('2030-01-01'), noInvalidDate: true }),
        fc.constantFrom(
          'Africa/Nairobi',
          'Europe/Zurich',
          'America/Santiago',
          'Pacific/Chatham',
          'Australia/Lord_Howe',
        ),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(['daily', 1] as const, ['weekly', 7] as const),
        (now, timeZone, hour, [rhythm, days]) => {
          const since = now.getTime() - dueAt({ rhythm, timeZone, hour }, now).getTime();
          expect(since).toBeGreaterThanOrEqual(0);
          expect(since).toBeLessThanOrEqual((days * 24 + 1) * 3_600_000);
        },
      ),
    );
  });
});

test('what ends is brought to mind by exactly one digest, a day ahead at least', () => {
  const end = at('2026-03-20T10:00:00Z');
  const mondays = ['2026-03-02', '2026-03-09', '2026-03-16', '2026-03-23'].map((day) => at(`${day}T07:00:00Z`));
  expect(mondays.filter((monday) => isBroughtToMind(roundAt('weekly', monday), end))).toEqual([mondays[2]]);
  expect(mondays.filter((monday) => isBroughtToMind(roundAt('weekly', monday), at('2026-03-16T12:00:00Z')))).toEqual([
    mondays[1],
  ]);
});

test('whoever was away for months is told of two weeks', () => {
  expect(newSince(at('2025-01-01'), at('2026-03-15T00:00:00Z')).toISOString()).toBe('2026-03-01T00:00:00.000Z');
  expect(newSince(at('2026-03-14'), at('2026-03-15'))).toEqual(at('2026-03-14'));
});
