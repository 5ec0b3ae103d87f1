import { describe, expect, test } from 'vitest';
import { parsePeriod, parsePlainDate } from '../period.ts';
import type { Period, PeriodKind, PlainDate } from '../period.ts';
import {
  formatAge,
  formatBytes,
  formatDate,
  formatDateRange,
  formatInstant,
  formatList,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatPeriodShort,
  formatPeriodWithDays,
} from './format.ts';
import { translator } from './locales.ts';
import type { Locale } from './locales.ts';

const english = { locale: 'en', t: translator('en') } as const;

function date(text: string): PlainDate {
  const parsed = parsePlainDate(text);
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return parsed.value;
}

function period(kind: PeriodKind, text: string): Period {
  const parsed = parsePeriod(kind, text);
  if (parsed.error !== undefined) throw new Error(parsed.error);
  return parsed.value;
}

describe('numbers', () => {
  test('follow the language, and Arabic its digits', () => {
    expect(formatNumber(english, 12_345.5)).toBe('12,345.5');
    expect(formatNumber({ locale: 'fr' }, 12_345.5)).toBe('12\u202f345,5');
    expect(formatNumber({ locale: 'ar' }, 12_345)).toBe('12,345');
    expect(formatNumber({ locale: 'ar', digits: 'arab' }, 12_345)).toBe('١٢٬٣٤٥');
    expect(formatNumber(english, 3, 1)).toBe('3.0');
  });

  test('a share is a percentage with at most one decimal', () => {
    expect(formatPercent(english, 0.925)).toBe('92.5%');
    expect(formatPercent(english, 1)).toBe('100%');
    expect(formatPercent({ locale: 'fr' }, 0.925)).toMatch(/^92,5\s%$/);
  });

  test('bytes take the largest unit that is not below one', () => {
    expect(formatBytes(english, 999)).toBe('999 bytes');
    expect(formatBytes(english, 64_000)).toBe('64 kB');
    expect(formatBytes(english, 2_000_000_000)).toBe('2 GB');
  });

  test('lists end as the language ends them', () => {
    expect(formatList(english, ['a', 'b', 'c'])).toBe('a, b and c');
    expect(formatList({ locale: 'fr' }, ['a', 'b'])).toBe('a et b');
  });
});

describe('dates', () => {
  test('no zone moves a plain date', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
      expect(formatDate({ locale: 'en', timeZone }, date('2026-03-01'))).toBe('1 Mar 2026');
    }
  });

  test('are Gregorian and put the day before the month in every language', () => {
    const all = (['en', 'fr', 'es', 'pt', 'ar'] as const).map((locale: Locale) =>
      formatDate({ locale }, date('2026-03-05')),
    );
    for (const text of all) expect(text).toMatch(/^5\b.*2026$/);
  });

  test('an instant is given in its zone, and the zone with it', () => {
    const instant = new Date('2021-06-16T12:30:00Z');
    expect(formatInstant({ locale: 'en', timeZone: 'Europe/Zurich' }, instant)).toBe('16 Jun 2021, 14:30 CEST');
    expect(formatInstant({ locale: 'en', timeZone: 'Africa/Nairobi' }, instant)).toMatch(
      /^16 Jun 2021, 15:30 (EAT|GMT\+3)$/,
    );
    expect(formatInstant(english, instant)).toBe('16 Jun 2021, 12:30 UTC');
  });

  test('a range says what its ends have in common once', () => {
    expect(formatDateRange(english, date('2026-03-09'), date('2026-03-15'))).toMatch(/^9\s?–\s?15 Mar 2026$/);
  });

  test('an age is never rounded up', () => {
    const now = new Date('2026-03-18T09:00:00Z');
    const ago = (ms: number): string => formatAge(english, new Date(now.getTime() - ms), now);
    expect(ago(30_000)).toBe('now');
    expect(ago(59 * 60_000)).toBe('59 minutes ago');
    expect(ago(47 * 3_600_000)).toBe('yesterday');
    expect(ago(72 * 3_600_000)).toBe('3 days ago');
    expect(ago(-3 * 3_600_000)).toBe('in 3 hours');
  });
});

describe('periods', () => {
  test('two weeks of one name are told apart in words and by their days', () => {
    expect(formatPeriodWithDays(english, period('iso-week', '2020-W53'))).toMatch(
      /^week 53 of 2020 \(28 Dec 2020\s–\s3 Jan 2021\)$/,
    );
    expect(formatPeriodWithDays(english, period('mmwr-week', '2020-W53'))).toMatch(
      /^epidemiological week 53 of 2020 \(MMWR\) \(27 Dec 2020\s–\s2 Jan 2021\)$/,
    );
  });

  test('a year is never grouped', () => {
    expect(formatPeriod({ locale: 'fr', t: translator('fr') }, period('iso-week', '2020-W05'))).toBe(
      'semaine 5 de 2020',
    );
    expect(
      formatPeriod({ locale: 'ar', digits: 'arab', t: translator('ar', 'arab') }, period('iso-week', '2020-W05')),
    ).toContain('٢٠٢٠');
  });

  test('days and months are dates', () => {
    expect(formatPeriod(english, period('month', '2026-03'))).toBe('March 2026');
    expect(formatPeriod(english, period('day', '2026-03-05'))).toBe('5 Mar 2026');
    expect(formatPeriodShort(english, period('iso-week', '2026-W05'))).toBe('W5');
  });
});
