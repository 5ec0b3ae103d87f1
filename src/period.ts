/**
 * Calendar days and reporting periods. A week is never just '2020-W53': ISO 8601 weeks start on Monday and belong to the
 * year of their Thursday; MMWR weeks (CDC, Brazil's SE, many ministries) start on Sunday and belong to the year of their
 * Wednesday. Both are written alike and differ by up to six days, so a period carries its kind, in its type and at run
 * time, and nothing here converts one kind into another except through a date.
 */

export const periodKinds = ['day', 'iso-week', 'mmwr-week', 'month'] as const;
export type PeriodKind = (typeof periodKinds)[number];

declare const brand: unique symbol;

/** A day of the proleptic Gregorian calendar without a time zone, `YYYY-MM-DD`, year 1900 to 2999. Sorts as text. */
export type PlainDate = string & { readonly [brand]: 'PlainDate' };

/** `YYYY-MM-DD`, `YYYY-Www` (both kinds of week) or `YYYY-MM`. Sorts as text within one kind. */
export type PeriodLabel<K extends PeriodKind = PeriodKind> = string & { readonly [brand]: K };

export interface Period<K extends PeriodKind = PeriodKind> {
  readonly kind: K;
  readonly label: PeriodLabel<K>;
}

/** Stable; the words people read stand in the locales under `fields.<code>`. */
export type PeriodErrorCode =
  | 'date-form'
  | 'date-impossible'
  | 'week-form'
  | 'week-impossible'
  | 'week-53-absent'
  | 'month-form'
  | 'month-impossible'
  | 'year-out-of-range'
  | 'period-form'
  | 'period-kind-unsupported';

export type Parsed<T> =
  { readonly value: T; readonly error?: never } | { readonly error: PeriodErrorCode; readonly value?: never };

// A year outside these is a slip of the pen (0202, 20201), never a report.
const firstYear = 1900;
const lastYear = 2999;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Days since 1970-01-01. Valid for every year in range; `Date.UTC` counts days without leap seconds. */
const toDayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / 86_400_000;

function fromDayNumber(dayNumber: number): { readonly year: number; readonly month: number; readonly day: number } {
  const date = new Date(dayNumber * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function formatDay(dayNumber: number): PlainDate {
  const { year, month, day } = fromDayNumber(dayNumber);
  if (!(year >= firstYear && year <= lastYear)) throw new RangeError('a date outside 1900 to 2999');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as PlainDate;
}

const dayNumberOf = (date: PlainDate): number =>
  toDayNumber(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)));

function checkDate(year: number, month: number, day: number): Parsed<PlainDate> {
  if (year < firstYear || year > lastYear) return { error: 'year-out-of-range' };
  const found = fromDayNumber(toDayNumber(year, month, day));
  if (found.month !== month || found.day !== day) return { error: 'date-impossible' };
  return { value: formatDay(toDayNumber(year, month, day)) };
}

/** ISO 8601-1:2019, 5.2.2.1, extended format only. */
export function parsePlainDate(text: string): Parsed<PlainDate> {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? checkDate(Number(match[1]), Number(match[2]), Number(match[3])) : { error: 'date-form' };
}

export function isPlainDate(text: string): text is PlainDate {
  return parsePlainDate(text).error === undefined;
}

/** The day it is at that instant in an IANA time zone. */
export function plainDateAt(instant: Date, timeZone: string): PlainDate {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(instant);
  const read = (type: 'year' | 'month' | 'day'): number => Number(parts.find((part) => part.type === type)?.value);
  return formatDay(toDayNumber(read('year'), read('month'), read('day')));
}

export const addDays = (date: PlainDate, days: number): PlainDate => formatDay(dayNumberOf(date) + days);

export const daysBetween = (from: PlainDate, to: PlainDate): number => dayNumberOf(to) - dayNumberOf(from);

// 1970-01-01 was a Thursday. Days from the epoch back to the first day of its week:
const daysIntoWeek = { 'iso-week': 3, 'mmwr-week': 4 } as const;

const weekStart = (kind: 'iso-week' | 'mmwr-week', dayNumber: number): number =>
  Math.floor((dayNumber + daysIntoWeek[kind]) / 7) * 7 - daysIntoWeek[kind];

/** The n-th period of its kind since the one that holds 1970-01-01; consecutive periods differ by one. */
function ordinalAt(kind: PeriodKind, dayNumber: number): number {
  switch (kind) {
    case 'day':
      return dayNumber;
    case 'iso-week':
    case 'mmwr-week':
      return (weekStart(kind, dayNumber) + daysIntoWeek[kind]) / 7;
    case 'month': {
      const { year, month } = fromDayNumber(dayNumber);
      return (year - 1970) * 12 + month - 1;
    }
  }
}

function startAt(kind: PeriodKind, ordinal: number): number {
  switch (kind) {
    case 'day':
      return ordinal;
    case 'iso-week':
    case 'mmwr-week':
      return ordinal * 7 - daysIntoWeek[kind];
    case 'month':
      return toDayNumber(1970, 1 + ordinal, 1);
  }
}

function labelAt(kind: PeriodKind, ordinal: number): string {
  const start = startAt(kind, ordinal);
  switch (kind) {
    case 'day':
      return formatDay(start);
    case 'month':
      return formatDay(start).slice(0, 7);
    case 'iso-week':
    case 'mmwr-week': {
      // The fourth day (Thursday; Wednesday) decides the year: that is the same as "at least four days in the year".
      const fourthDay = start + 3;
      const { year } = fromDayNumber(fourthDay);
      const week = Math.floor((fourthDay - toDayNumber(year, 1, 1)) / 7) + 1;
      if (!(year >= firstYear && year <= lastYear)) throw new RangeError('a week outside 1900 to 2999');
      return `${pad(year, 4)}-W${pad(week, 2)}`;
    }
  }
}

function periodAt<K extends PeriodKind>(kind: K, ordinal: number): Period<K> {
  return { kind, label: labelAt(kind, ordinal) as PeriodLabel<K> };
}

function startDayNumber({ kind, label }: Period): number {
  const year = Number(label.slice(0, 4));
  switch (kind) {
    case 'day':
      return toDayNumber(year, Number(label.slice(5, 7)), Number(label.slice(8, 10)));
    case 'month':
      return toDayNumber(year, Number(label.slice(5, 7)), 1);
    case 'iso-week':
    case 'mmwr-week':
      // The week of 4 January is the first one with at least four days in the year, for both kinds.
      return weekStart(kind, toDayNumber(year, 1, 4)) + 7 * (Number(label.slice(6, 8)) - 1);
  }
}

const ordinalOf = (period: Period): number => ordinalAt(period.kind, startDayNumber(period));

function checkWeek<K extends 'iso-week' | 'mmwr-week'>(kind: K, year: number, week: number): Parsed<Period<K>> {
  if (year < firstYear || year > lastYear) return { error: 'year-out-of-range' };
  if (week < 1 || week > 53) return { error: 'week-impossible' };
  if (week > weeksInYear(kind, year)) return { error: 'week-53-absent' };
  return { value: { kind, label: `${pad(year, 4)}-W${pad(week, 2)}` as PeriodLabel<K> } };
}

function checkMonth(year: number, month: number): Parsed<Period<'month'>> {
  if (year < firstYear || year > lastYear) return { error: 'year-out-of-range' };
  if (month < 1 || month > 12) return { error: 'month-impossible' };
  return { value: { kind: 'month', label: `${pad(year, 4)}-${pad(month, 2)}` as PeriodLabel<'month'> } };
}

function mapParsed<A, B>(parsed: Parsed<A>, map: (value: A) => B): Parsed<B> {
  return parsed.error === undefined ? { value: map(parsed.value) } : { error: parsed.error };
}

const dayPeriod = (date: PlainDate): Period<'day'> => ({ kind: 'day', label: date as string as PeriodLabel<'day'> });

/** 52 or 53. */
export function weeksInYear(kind: 'iso-week' | 'mmwr-week', year: number): number {
  const first = weekStart(kind, toDayNumber(year, 1, 4));
  return (weekStart(kind, toDayNumber(year + 1, 1, 4)) - first) / 7;
}

/** Our own labels, in full and nothing else: the only form that is stored, compared and exchanged. */
export function parsePeriod<K extends PeriodKind>(kind: K, text: string): Parsed<Period<K>>;
export function parsePeriod(kind: PeriodKind, text: string): Parsed<Period> {
  switch (kind) {
    case 'day':
      return mapParsed(parsePlainDate(text), dayPeriod);
    case 'iso-week':
    case 'mmwr-week': {
      const match = /^(\d{4})-W(\d{2})$/.exec(text);
      return match ? checkWeek(kind, Number(match[1]), Number(match[2])) : { error: 'week-form' };
    }
    case 'month': {
      const match = /^(\d{4})-(\d{2})$/.exec(text);
      return match ? checkMonth(Number(match[1]), Number(match[2])) : { error: 'month-form' };
    }
  }
}

/**
 * ISO 8601-1:2019, 5.2.2 and 5.2.4: extended and basic calendar dates, week dates and weeks, extended months. The basic
 * `YYYYMM` does not exist in ISO 8601, and no spelling here can mean an MMWR week.
 */
export function parseIso8601Period(text: string): Parsed<Period> {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (day) return mapParsed(checkDate(Number(day[1]), Number(day[2]), Number(day[3])), dayPeriod);
  const weekDay = /^(\d{4})-W(\d{2})-([1-7])$/.exec(text) ?? /^(\d{4})W(\d{2})([1-7])$/.exec(text);
  if (weekDay) {
    const week = checkWeek('iso-week', Number(weekDay[1]), Number(weekDay[2]));
    return mapParsed(week, (value) => dayPeriod(addDays(startOf(value), Number(weekDay[3]) - 1)));
  }
  const week = /^(\d{4})-?W(\d{2})$/.exec(text);
  if (week) return checkWeek('iso-week', Number(week[1]), Number(week[2]));
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  if (month) return checkMonth(Number(month[1]), Number(month[2]));
  return { error: 'period-form' };
}

/**
 * DHIS2's identifiers (developer guide, "Date and period format"): `yyyyMMdd`, `yyyyWn`, `yyyySunWn`, `yyyyMM`. Its Sunday
 * weeks are numbered with at least four days in the year, so they are MMWR weeks. Its other kinds are recognised and refused.
 */
export function parseDhis2Period(text: string): Parsed<Period> {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (day) return mapParsed(checkDate(Number(day[1]), Number(day[2]), Number(day[3])), dayPeriod);
  const week = /^(\d{4})(Sun)?W(\d{1,2})$/.exec(text);
  if (week) return checkWeek(week[2] ? 'mmwr-week' : 'iso-week', Number(week[1]), Number(week[3]));
  const month = /^(\d{4})(\d{2})$/.exec(text);
  if (month) return checkMonth(Number(month[1]), Number(month[2]));
  const other =
    /^\d{4}(?:(?:Wed|Thu|Fri|Sat|Bi)W\d{1,2}|\d{2}B|(?:Nov)?Q\d|S\d|AprilS\d|NovS\d|April|July|Oct|Nov|Sep)?$/;
  return { error: other.test(text) ? 'period-kind-unsupported' : 'period-form' };
}

export function formatDhis2Period({ kind, label }: Period): string {
  switch (kind) {
    case 'day':
    case 'month':
      return label.replaceAll('-', '');
    case 'iso-week':
      return `${label.slice(0, 4)}W${Number(label.slice(6))}`;
    case 'mmwr-week':
      return `${label.slice(0, 4)}SunW${Number(label.slice(6))}`;
  }
}

/** The period of that kind which holds the day. */
export function periodOf<K extends PeriodKind>(kind: K, date: PlainDate): Period<K> {
  return periodAt(kind, ordinalAt(kind, dayNumberOf(date)));
}

/** First day. */
export const startOf = (period: Period): PlainDate => formatDay(startDayNumber(period));

/** Last day, included. */
export const endOf = (period: Period): PlainDate => formatDay(startAt(period.kind, ordinalOf(period) + 1) - 1);

/** `by` periods later, or earlier when negative. */
export const shiftPeriod = <K extends PeriodKind>(period: Period<K>, by: number): Period<K> =>
  periodAt(period.kind, ordinalOf(period) + by);

/** How many periods from one to the other; negative when `to` is earlier. */
export function periodsBetween<K extends PeriodKind>(from: Period<K>, to: Period<NoInfer<K>>): number {
  refuseMixing(from, to);
  return ordinalOf(to) - ordinalOf(from);
}

/** Negative, zero or positive, as a sort wants it. */
export function comparePeriods<K extends PeriodKind>(a: Period<K>, b: Period<NoInfer<K>>): number {
  return periodsBetween(b, a);
}

/** Every period from the first to the last, both included; empty when the last comes before the first. */
export function periodRange<K extends PeriodKind>(first: Period<K>, last: Period<NoInfer<K>>): readonly Period<K>[] {
  const count = Math.max(0, periodsBetween(first, last) + 1);
  const start = ordinalOf(first);
  return Array.from({ length: count }, (_, step) => periodAt(first.kind, start + step));
}

// The types refuse it too; this holds where a Period's kind is known only at run time.
function refuseMixing(a: Period, b: Period): void {
  if (a.kind !== b.kind) throw new TypeError(`${a.kind} ${a.label} and ${b.kind} ${b.label} cannot be compared`);
}
