import { describe, expect, it } from 'vitest';
import type { PlainDate } from '../period.ts';
import { duePeriods, isCountedEvery } from './schedule.ts';

const date = (text: string): PlainDate => text as PlainDate;
const labels = (...args: Parameters<typeof duePeriods>): string[] => duePeriods(...args).map(({ label }) => label);

describe('a table is due', () => {
  it('for the last week that is over, never for the one that runs', () => {
    // Monday, 9 March 2026: W10 ended yesterday.
    expect(labels('iso-week', date('2026-03-09'), date('2026-03-09'))).toEqual(['2026-W10']);
    expect(labels('iso-week', date('2026-03-08'), date('2026-03-08'))).toEqual(['2026-W09']);
  });

  it('for earlier weeks back to the one before the day from which both are bound, eight at most', () => {
    expect(labels('iso-week', date('2026-03-09'), date('2026-02-20'))).toEqual([
      '2026-W07',
      '2026-W08',
      '2026-W09',
      '2026-W10',
    ]);
    expect(labels('iso-week', date('2026-03-09'), date('2020-01-01'))).toHaveLength(8);
  });

  it('for days and months in their own rhythm', () => {
    expect(labels('day', date('2026-03-09'), date('2026-03-08'))).toEqual(['2026-03-07', '2026-03-08']);
    expect(labels('month', date('2026-03-09'), date('2026-03-09'))).toEqual(['2026-02']);
  });
});

it('both kinds of week are weekly, and nothing else is', () => {
  expect((['day', 'iso-week', 'mmwr-week', 'month'] as const).filter((kind) => isCountedEvery(kind, 'week'))).toEqual([
    'iso-week',
    'mmwr-week',
  ]);
});
