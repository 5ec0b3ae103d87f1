import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  parsePeriod,
  plainDateAt,
  shiftPeriod,
  startOf,
  type Period,
  type PlainDate,
} from '../../../period.ts';
import { latestDue, measureCompleteness, type ExpectedUnit, type Received } from './completeness.ts';
import { dueAt, startOfDay } from './deadline.ts';

const week = (label: string): Period => {
  const parsed = parsePeriod('iso-week', label);
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return parsed.value;
};
const day = (text: string): PlainDate => text as PlainDate;
const deadline = { dueHours: 33, timeZone: 'UTC' };
const period = week('2026-W10');
const since = day('2020-01-01');
const unit = (placeId: number): ExpectedUnit => ({ placeId, since, until: undefined });
const report = (placeId: number, hoursAfterEnd: number, of = period, filled = 6): Received => ({
  placeId,
  period: startOf(of),
  at: new Date(dueAt({ ...deadline, dueHours: 0 }, of).getTime() + hoursAfterEnd * 3_600_000),
  filled,
});
const later = new Date('2026-04-01T00:00:00Z');

describe('a deadline', () => {
  test('is counted from the midnight that ends the period, in the zone of the form', () => {
    expect(dueAt({ dueHours: 33, timeZone: 'Africa/Nairobi' }, period).toISOString()).toBe('2026-03-10T06:00:00.000Z');
    expect(dueAt({ dueHours: 12, timeZone: 'America/Lima' }, period).toISOString()).toBe('2026-03-09T17:00:00.000Z');
  });
  test('a day begins at its first instant in any zone, also where clocks change at midnight', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Africa/Cairo',
      'Pacific/Kiritimati',
      'America/St_Johns',
      'Asia/Beirut',
    );
    const date = fc.date({ min: new Date('2000-01-02'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, date, (timeZone, instant) => {
        const wanted = day(instant.toISOString().slice(0, 10));
        const start = startOfDay(wanted, timeZone).getTime();
        expect([plainDateAt(new Date(start), timeZone), plainDateAt(new Date(start - 1), timeZone)]).toEqual([
          wanted,
          addDays(wanted, -1),
        ]);
      }),
      { numRuns: 300 },
    );
  });
  test('the period asked about first is the latest whose deadline has passed', () => {
    expect(latestDue(deadline, week('2026-W11'), new Date('2026-03-10T08:59:59Z')).label).toBe('2026-W09');
    expect(latestDue(deadline, week('2026-W11'), new Date('2026-03-10T09:00:00Z')).label).toBe('2026-W10');
  });
});

describe('completeness', () => {
  test('37 of 40: the three silent ones stand first, the longest silent before the others', () => {
    const units = Array.from({ length: 40 }, (_, at) => unit(at + 1));
    const received = units
      .filter(({ placeId }) => ![7, 19, 33].includes(placeId))
      .map(({ placeId }) => report(placeId, placeId === 5 ? 40 : 10));
    const earlier = [report(7, 1, shiftPeriod(period, -1)), report(19, 1, shiftPeriod(period, -3))];
    const { summary, units: reports } = measureCompleteness({
      deadline,
      period,
      back: 11,
      units,
      received: [...received, ...earlier],
      now: later,
    });
    expect(summary).toMatchObject({ expected: 40, received: 37, onTime: 36 });
    expect(summary.received / summary.expected).toBe(0.925);
    expect(
      reports
        .slice(0, 4)
        .map(({ placeId, status, silentPeriods, lastReported }) => [
          placeId,
          status,
          silentPeriods,
          lastReported?.label,
        ]),
    ).toEqual([
      [33, 'silent', 12, undefined],
      [19, 'silent', 3, '2026-W07'],
      [7, 'silent', 1, '2026-W09'],
      [5, 'late', 0, '2026-W10'],
    ]);
  });
  test('before the deadline nobody is silent', () => {
    const { units } = measureCompleteness({
      deadline,
      period,
      back: 0,
      units: [unit(1)],
      received: [],
      now: new Date('2026-03-09T00:00:00Z'),
    });
    expect(units[0]).toMatchObject({ status: 'awaited', silentPeriods: 0 });
  });
  test('a report that was taken back entirely is none', () => {
    const { summary } = measureCompleteness({
      deadline,
      period,
      back: 0,
      units: [unit(1)],
      received: [report(1, 1, period, 0)],
      now: later,
    });
    expect(summary.received).toBe(0);
  });
  test('a unit owes only the periods since it was expected, and until it no longer was', () => {
    const units: readonly ExpectedUnit[] = [
      { placeId: 1, since: addDays(startOf(period), 1), until: undefined },
      { placeId: 2, since, until: addDays(startOf(period), -1) },
      { placeId: 3, since: startOf(period), until: startOf(period) },
    ];
    const { units: owing, trend } = measureCompleteness({ deadline, period, back: 1, units, received: [], now: later });
    expect(owing.map(({ placeId }) => placeId)).toEqual([3]);
    expect(trend.map(({ expected }) => expected)).toEqual([1, 1]);
  });

  test('every unit that owes has one status, and the counts are those of the statuses', () => {
    const reports = fc.array(
      fc.record({ placeId: fc.integer({ min: 1, max: 9 }), hours: fc.integer({ min: -100, max: 100 }) }),
    );
    fc.assert(
      fc.property(reports, fc.integer({ min: 0, max: 60 }), (given, hoursNow) => {
        const units = Array.from({ length: 8 }, (_, at) => unit(at + 1));
        const unique = [...new Map(given.map((each) => [each.placeId, report(each.placeId, each.hours)])).values()];
        const now = new Date(dueAt({ ...deadline, dueHours: 0 }, period).getTime() + hoursNow * 3_600_000);
        const { summary, units: described } = measureCompleteness({
          deadline,
          period,
          back: 3,
          units,
          received: unique,
          now,
        });
        const count = (status: string): number => described.filter((each) => each.status === status).length;
        expect(described).toHaveLength(8);
        expect(summary).toMatchObject({
          expected: 8,
          received: count('on-time') + count('late'),
          onTime: count('on-time'),
        });
        expect(count('silent') > 0 && hoursNow < 33).toBe(false);
      }),
    );
  });
});
