import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodKinds, periodOf, startOf, type PeriodKind, type PlainDate } from '../../../period.ts';
import { countErrors, largestCount, parseCount } from './count.ts';
import { joinYearAnd, parseReportedPeriod } from './reported-period.ts';

const errorOf = (kind: PeriodKind, text: string): string | undefined => parseReportedPeriod(kind, text).error;
const labelOf = (kind: PeriodKind, text: string): string | undefined => parseReportedPeriod(kind, text).value?.label;

describe('a period is refused rather than moved', () => {
  test('week 53 in a year without one', () => {
    expect(errorOf('iso-week', '2021-W53')).toBe('week-53-absent');
    expect(errorOf('mmwr-week', '2020-W53')).toBeUndefined();
  });
  test('an impossible date', () => expect(errorOf('day', '2023-02-29')).toBe('date-impossible'));
  test('a Sunday given for weeks that begin on Monday, and the reverse', () => {
    expect(errorOf('iso-week', '2020-12-27')).toBe('period-not-first-day');
    expect(errorOf('mmwr-week', '2020-12-28')).toBe('period-not-first-day');
  });
  test('a period of another kind', () => {
    expect(errorOf('iso-week', '2020SunW53')).toBe('period-kind-differs');
    expect(errorOf('month', '2020-W10')).toBe('period-kind-differs');
    expect(errorOf('month', '20200115')).toBe('period-kind-differs');
  });
  test('what is no period', () => {
    for (const text of ['', '2020', 'week 5', '2020-5', '5/2020', '2020-W00', '2020-W54', '12.03.2020'])
      expect(errorOf('iso-week', text)).toBeDefined();
  });
});

describe('a period in other spellings', () => {
  test('is read', () => {
    expect(labelOf('iso-week', '2020-W5')).toBe('2020-W05');
    expect(labelOf('iso-week', '2020W05')).toBe('2020-W05');
    expect(labelOf('iso-week', '2020W5')).toBe('2020-W05');
    expect(labelOf('iso-week', '2001-12-31')).toBe('2002-W01');
    expect(labelOf('mmwr-week', '2020SunW53')).toBe('2020-W53');
    expect(labelOf('month', '202003')).toBe('2020-03');
    expect(labelOf('month', '2020-03-01')).toBe('2020-03');
    expect(labelOf('day', '20200301')).toBe('2020-03-01');
    expect(labelOf('iso-week', joinYearAnd('week', '2009', '53'))).toBe('2009-W53');
    expect(labelOf('month', joinYearAnd('month', '2009', '3'))).toBe('2009-03');
  });
  test('every label and every first day is read as itself', () => {
    const day = fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...periodKinds), day, (kind, date) => {
        const period = periodOf(kind, date.toISOString().slice(0, 10) as PlainDate);
        expect(labelOf(kind, period.label)).toBe(period.label);
        expect(labelOf(kind, startOf(period))).toBe(period.label);
      }),
    );
  });
});

describe('a count', () => {
  const codeOf = (text: string): string | number => {
    const count = parseCount(text);
    return count < 0 ? (countErrors[-count - 1] ?? '') : count;
  };
  test('is refused when it is no whole number of people', () => {
    expect(
      ['-1', '-0', '+-1', '1.5', '0.01', 'NaN', 'NA', 'x', '', '1e3', '1,234', '1 234', 'Infinity', '0x10'].map(codeOf),
    ).toEqual([
      'value-negative',
      'value-negative',
      'value-not-a-number',
      'value-fraction',
      'value-fraction',
      ...Array.from({ length: 9 }, () => 'value-not-a-number'),
    ]);
  });
  test('is refused when it is absurd', () => {
    expect([String(largestCount + 1), '99999999999999999999', '1e400', '999999999999.0'].map(codeOf)).toEqual([
      'value-too-large',
      'value-too-large',
      'value-not-a-number',
      'value-too-large',
    ]);
  });
  test('is read in the ways programs and keyboards write it', () => {
    expect(['0', '007', ' 5 ', '5.0', '+5', '٥', '۱۲', String(largestCount)].map(codeOf)).toEqual([
      0,
      7,
      5,
      5,
      5,
      5,
      12,
      largestCount,
    ]);
  });
  test('every whole number in range is itself', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: largestCount }), (value) => parseCount(String(value)) === value));
  });
});
