import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  comparePeriods,
  daysBetween,
  endOf,
  formatDhis2Period,
  isPlainDate,
  parseDhis2Period,
  parseIso8601Period,
  parsePeriod,
  parsePlainDate,
  periodKinds,
  periodOf,
  periodRange,
  periodsBetween,
  plainDateAt,
  shiftPeriod,
  startOf,
  weeksInYear,
} from './period.ts';
import type { Period, PeriodKind, PlainDate } from './period.ts';

function period<K extends PeriodKind>(kind: K, text: string): Period<K> {
  const parsed = parsePeriod(kind, text);
  if (parsed.error !== undefined) throw new Error(`${text}: ${parsed.error}`);
  return parsed.value;
}

function date(text: string): PlainDate {
  const parsed = parsePlainDate(text);
  if (parsed.error !== undefined) throw new Error(`${text}: ${parsed.error}`);
  return parsed.value;
}

/** Counts days one by one with a table of month lengths, knowing only that 31 December 1979 was a Monday. */
function countDays(untilYear: number): { readonly day: string; readonly weekday: number }[] {
  const days = [{ day: '1979-12-31', weekday: 1 }];
  for (let year = 1980; year <= untilYear; year++) {
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].forEach((length, month) => {
      for (let day = 1; day <= length; day++) {
        const text = [year, String(month + 1).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
        days.push({ day: text, weekday: ((days.at(-1)?.weekday ?? 0) % 7) + 1 });
      }
    });
  }
  return days;
}

/** Cuts the days into weeks; each belongs to the year that has most of its days, and is the n-th to do so. */
function countWeeks(firstWeekday: number, days: ReturnType<typeof countDays>): Map<string, string> {
  const labels = new Map<string, string>();
  const weeksOfYear = new Map<string, number>();
  const from = days.findIndex(({ weekday }) => weekday === firstWeekday);
  for (let first = from; first + 7 <= days.length; first += 7) {
    const week = days.slice(first, first + 7).map(({ day }) => day);
    const years = week.map((day) => day.slice(0, 4)).sort();
    const year = years[3] ?? '';
    const number = (weeksOfYear.get(year) ?? 0) + 1;
    weeksOfYear.set(year, number);
    for (const day of week) labels.set(day, `${year}-W${String(number).padStart(2, '0')}`);
  }
  return labels;
}

const days = countDays(2075);
const weekOracle = { 'iso-week': countWeeks(1, days), 'mmwr-week': countWeeks(7, days) };

describe('what is refused', () => {
  test.each([
    ['day', '2021-02-29', 'date-impossible'],
    ['day', '2024-04-31', 'date-impossible'],
    ['day', '2024-00-10', 'date-impossible'],
    ['day', '2024-13-01', 'date-impossible'],
    ['day', '2024-1-01', 'date-form'],
    ['day', '01/02/2024', 'date-form'],
    ['day', '2024-01-01T00:00', 'date-form'],
    ['day', '0202-01-05', 'year-out-of-range'],
    ['iso-week', '2021-W53', 'week-53-absent'],
    ['iso-week', '2025-W53', 'week-53-absent'],
    ['mmwr-week', '2026-W53', 'week-53-absent'],
    ['iso-week', '2021-W00', 'week-impossible'],
    ['iso-week', '2021-W54', 'week-impossible'],
    ['iso-week', '2021-W5', 'week-form'],
    ['iso-week', '2021W05', 'week-form'],
    ['iso-week', '2021-05', 'week-form'],
    ['iso-week', ' 2021-W05', 'week-form'],
    ['iso-week', '2021-W05\n', 'week-form'],
    ['iso-week', '٢٠٢١-W05', 'week-form'],
    ['month', '2021-13', 'month-impossible'],
    ['month', '2021-00', 'month-impossible'],
    ['month', '2021-1', 'month-form'],
    ['month', '3021-01', 'year-out-of-range'],
  ] as const)('%s %j: %s', (kind, text, error) => {
    expect(parsePeriod(kind, text)).toEqual({ error });
  });

  test('periods of different kinds are never compared, subtracted or ranged', () => {
    const iso: Period = period('iso-week', '2020-W53');
    const mmwr: Period = period('mmwr-week', '2020-W53');
    expect(() => comparePeriods(iso, mmwr)).toThrow(TypeError);
    expect(() => periodsBetween(iso, mmwr)).toThrow(TypeError);
    expect(() => periodRange(iso, mmwr)).toThrow(TypeError);
    // @ts-expect-error the kinds are known here, so the types refuse it already
    expect(() => comparePeriods(period('iso-week', '2020-W53'), period('mmwr-week', '2020-W53'))).toThrow(TypeError);
  });

  test('a step out of the years 1900 to 2999 throws', () => {
    expect(() => shiftPeriod(period('month', '2999-12'), 1)).toThrow(RangeError);
    expect(() => addDays(date('1900-01-01'), -1)).toThrow(RangeError);
  });
});

describe('weeks', () => {
  // ISO 8601 and MMWR numbers of the same day, around the turn of the year.
  test.each([
    ['2008-12-28', '2008-W52', '2008-W53'],
    ['2008-12-29', '2009-W01', '2008-W53'],
    ['2010-01-03', '2009-W53', '2010-W01'],
    ['2012-01-01', '2011-W52', '2012-W01'],
    ['2014-12-31', '2015-W01', '2014-W53'],
    ['2015-12-31', '2015-W53', '2015-W52'],
    ['2016-01-03', '2015-W53', '2016-W01'],
    ['2020-12-27', '2020-W52', '2020-W53'],
    ['2021-01-02', '2020-W53', '2020-W53'],
    ['2021-01-03', '2020-W53', '2021-W01'],
    ['2024-12-29', '2024-W52', '2025-W01'],
    ['2026-12-31', '2026-W53', '2026-W52'],
  ])('%s is ISO %s and MMWR %s', (day, iso, mmwr) => {
    expect(periodOf('iso-week', date(day)).label).toBe(iso);
    expect(periodOf('mmwr-week', date(day)).label).toBe(mmwr);
  });

  test('years of 53 weeks', () => {
    const long = (kind: 'iso-week' | 'mmwr-week'): number[] =>
      Array.from({ length: 31 }, (_, step) => 2000 + step).filter((year) => weeksInYear(kind, year) === 53);
    expect(long('iso-week')).toEqual([2004, 2009, 2015, 2020, 2026]);
    expect(long('mmwr-week')).toEqual([2003, 2008, 2014, 2020, 2025]);
  });

  test('the same label names other days in the other kind', () => {
    expect(startOf(period('iso-week', '2020-W53'))).toBe('2020-12-28');
    expect(startOf(period('mmwr-week', '2020-W53'))).toBe('2020-12-27');
    expect(endOf(period('iso-week', '2020-W53'))).toBe('2021-01-03');
    expect(endOf(period('mmwr-week', '2020-W53'))).toBe('2021-01-02');
  });

  test.each(['iso-week', 'mmwr-week'] as const)(
    'every day from 1981 to 2074 falls in the %s that counting finds',
    (kind) => {
      const wrong = days
        .filter(({ day }) => day >= '1981-01-04' && day <= '2074-12-20')
        .filter(({ day }) => periodOf(kind, date(day)).label !== weekOracle[kind].get(day));
      expect(wrong).toEqual([]);
    },
  );

  test.each(['iso-week', 'mmwr-week'] as const)('a %s is accepted exactly when counting finds one', (kind) => {
    const known = new Set(weekOracle[kind].values());
    for (let year = 1981; year < 2074; year++) {
      for (let week = 0; week < 56; week++) {
        const label = `${year}-W${String(week).padStart(2, '0')}`;
        expect([label, parsePeriod(kind, label).error === undefined]).toEqual([label, known.has(label)]);
      }
    }
  });
});

describe('in every kind', () => {
  const anyDay = fc
    .integer({ min: 10, max: days.length - 800 })
    .map((position) => ({ position, day: date(days[position]?.day ?? '') }));
  const anyKind = fc.constantFrom(...periodKinds);

  test('a period starts on or before its day, ends on or after it, and its neighbours touch it', () => {
    fc.assert(
      fc.property(anyKind, anyDay, (kind, { day }) => {
        const here = periodOf(kind, day);
        expect(startOf(here) <= day && day <= endOf(here)).toBe(true);
        expect(addDays(endOf(here), 1)).toBe(startOf(shiftPeriod(here, 1)));
        expect(addDays(startOf(here), -1)).toBe(endOf(shiftPeriod(here, -1)));
        expect(periodOf(kind, startOf(here))).toEqual(here);
        expect(periodOf(kind, endOf(here))).toEqual(here);
        expect(parsePeriod(kind, here.label)).toEqual({ value: here });
      }),
    );
  });

  test('days between, order and steps agree with the day count', () => {
    fc.assert(
      fc.property(anyKind, anyDay, anyDay, (kind, a, b) => {
        expect(daysBetween(a.day, b.day)).toBe(b.position - a.position);
        expect(addDays(a.day, b.position - a.position)).toBe(b.day);
        const [first, second] = [periodOf(kind, a.day), periodOf(kind, b.day)];
        const steps = periodsBetween(first, second);
        expect(shiftPeriod(first, steps)).toEqual(second);
        expect(Math.sign(comparePeriods(first, second))).toBe(
          first.label < second.label ? -1 : first.label > second.label ? 1 : 0,
        );
        expect(Math.sign(steps)).toBe(Math.sign(comparePeriods(second, first)));
      }),
    );
  });

  test('a range counts every period once, in order, and a backward range is empty', () => {
    const weeks = periodRange(period('iso-week', '2020-W51'), period('iso-week', '2021-W02'));
    expect(weeks.map(({ label }) => label)).toEqual(['2020-W51', '2020-W52', '2020-W53', '2021-W01', '2021-W02']);
    expect(periodRange(period('month', '2021-02'), period('month', '2021-01'))).toEqual([]);
    expect(periodRange(period('month', '2020-11'), period('month', '2021-02')).map(({ label }) => label)).toEqual([
      '2020-11',
      '2020-12',
      '2021-01',
      '2021-02',
    ]);
  });

  test('what the types call a plain date is one', () => {
    expect(isPlainDate('2024-02-29')).toBe(true);
    expect(isPlainDate('2023-02-29')).toBe(false);
  });

  test('the day depends on the zone, not on the machine', () => {
    const instant = new Date('2021-01-03T23:30:00Z');
    expect(plainDateAt(instant, 'UTC')).toBe('2021-01-03');
    expect(plainDateAt(instant, 'Africa/Nairobi')).toBe('2021-01-04');
    expect(plainDateAt(instant, 'America/Lima')).toBe('2021-01-03');
  });
});

describe('other spellings', () => {
  test.each([
    ['2020-W53', 'iso-week', '2020-W53'],
    ['2020W53', 'iso-week', '2020-W53'],
    ['2020-W53-7', 'day', '2021-01-03'],
    ['2020W531', 'day', '2020-12-28'],
    ['2021-01-03', 'day', '2021-01-03'],
    ['20210103', 'day', '2021-01-03'],
    ['2021-01', 'month', '2021-01'],
  ])('ISO 8601 %s is %s %s', (text, kind, label) => {
    expect(parseIso8601Period(text)).toEqual({ value: { kind, label } });
  });

  test.each([
    ['2021W53', 'week-53-absent'],
    ['2021-W53-1', 'week-53-absent'],
    ['20210230', 'date-impossible'],
    ['202101', 'period-form'],
    ['2021-W01-8', 'period-form'],
    ['2020SunW53', 'period-form'],
    ['2021', 'period-form'],
  ])('ISO 8601 %s is refused: %s', (text, error) => {
    expect(parseIso8601Period(text)).toEqual({ error });
  });

  test.each([
    ['20210103', 'day', '2021-01-03'],
    ['2020W53', 'iso-week', '2020-W53'],
    ['2021W1', 'iso-week', '2021-W01'],
    ['2021W01', 'iso-week', '2021-W01'],
    ['2020SunW53', 'mmwr-week', '2020-W53'],
    ['202101', 'month', '2021-01'],
  ])('DHIS2 %s is %s %s', (text, kind, label) => {
    expect(parseDhis2Period(text)).toEqual({ value: { kind, label } });
  });

  test.each([
    ['2021W53', 'week-53-absent'],
    ['2021SunW53', 'week-53-absent'],
    ['202113', 'month-impossible'],
    ['20210230', 'date-impossible'],
    ['2020WedW5', 'period-kind-unsupported'],
    ['2020FriW5', 'period-kind-unsupported'],
    ['2020BiW1', 'period-kind-unsupported'],
    ['202001B', 'period-kind-unsupported'],
    ['2020Q1', 'period-kind-unsupported'],
    ['2020NovS2', 'period-kind-unsupported'],
    ['2020Oct', 'period-kind-unsupported'],
    ['2020', 'period-kind-unsupported'],
    ['2020-W53', 'period-form'],
    ['LAST_52_WEEKS', 'period-form'],
  ])('DHIS2 %s is refused: %s', (text, error) => {
    expect(parseDhis2Period(text)).toEqual({ error });
  });

  test('a period survives the way to DHIS2 and back, kind included', () => {
    for (const kind of periodKinds) {
      const here = periodOf(kind, date('2021-01-02'));
      expect(parseDhis2Period(formatDhis2Period(here))).toEqual({ value: here });
    }
    expect(formatDhis2Period(period('mmwr-week', '2021-W05'))).toBe('2021SunW5');
  });
});
