import type { Period, PlainDate } from '../period.ts';
import { endOf, startOf } from '../period.ts';
import { languageTag } from './locales.ts';
import type { View } from './view.ts';

/** How this reader's language and place write numbers and dates. A View is one. */
export type Conventions = Pick<View, 'locale' | 'digits' | 'timeZone'>;

// Building an Intl object costs a thousand times more than using it.
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();
const lists = new Map<string, Intl.ListFormat>();

function remember<T>(known: Map<string, T>, name: string, build: () => T): T {
  const found = known.get(name) ?? build();
  known.set(name, found);
  return found;
}

const tagOf = ({ locale, digits }: Conventions): string => languageTag(locale, digits);

function numberFormat(to: Conventions, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return remember(numbers, tagOf(to) + JSON.stringify(options), () => new Intl.NumberFormat(tagOf(to), options));
}

function dateFormat(to: Conventions, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return remember(
    dates,
    tagOf(to) + JSON.stringify(options),
    () => new Intl.DateTimeFormat(tagOf(to), { calendar: 'gregory', ...options }),
  );
}

export function formatNumber(to: Conventions, value: number, decimals?: number): string {
  const options = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return numberFormat(to, options).format(value);
}

/** 0.925 is 92.5 %. One decimal where it says something. */
export function formatPercent(to: Conventions, share: number): string {
  return numberFormat(to, { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** Decimal units (1 kB is 1000 bytes), as operating systems and phones state them. */
export function formatBytes(to: Conventions, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const unit = units[step] ?? 'byte';
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 } as const;
  return numberFormat(to, options).format(bytes / 1000 ** step);
}

export type DateLength = 'short' | 'medium' | 'long';

const dayOptions = {
  short: { day: 'numeric', month: 'short' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
} as const satisfies Record<DateLength, Intl.DateTimeFormatOptions>;

// A plain date has no zone: it is written in the zone it was put into, so that no offset can move it.
const instantOf = (date: PlainDate): number => Date.parse(`${date}T00:00:00Z`);

/** Gregorian, whatever the region's own calendar. */
export function formatDate(to: Conventions, date: PlainDate, length: DateLength = 'medium'): string {
  return dateFormat(to, { ...dayOptions[length], timeZone: 'UTC' }).format(instantOf(date));
}

/** `3–9 Jan 2026`: both days belong to it. */
export function formatDateRange(to: Conventions, first: PlainDate, last: PlainDate): string {
  return dateFormat(to, { ...dayOptions.medium, timeZone: 'UTC' }).formatRange(instantOf(first), instantOf(last));
}

/** Day, time and zone: a time of day is never shown without its zone. */
export function formatInstant(to: Conventions, instant: Date): string {
  return dateFormat(to, {
    ...dayOptions.medium,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: to.timeZone ?? 'UTC',
    timeZoneName: 'short',
  }).format(instant);
}

const units = [
  ['year', 365.2425 * 86_400],
  ['month', 30.436875 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `3 days ago`, `in 2 hours`: for what is near. The instant itself is given beside it or in the title. */
export function formatAge(to: Conventions, instant: Date, now: Date): string {
  const seconds = (instant.getTime() - now.getTime()) / 1000;
  const [unit, length] = units.find(([, unitSeconds]) => Math.abs(seconds) >= unitSeconds) ?? (['second', 1] as const);
  const format = remember(relatives, tagOf(to), () => new Intl.RelativeTimeFormat(tagOf(to), { numeric: 'auto' }));
  // Towards zero: what is 47 hours old was not "2 days ago".
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(seconds / length), unit);
}

export function formatList(to: Conventions, items: readonly string[]): string {
  return remember(lists, tagOf(to), () => new Intl.ListFormat(tagOf(to), { type: 'conjunction' })).format(items);
}

/** In a sentence or heading. The kind of week is said, because the number alone does not tell which days are meant. */
export function formatPeriod(view: Conventions & Pick<View, 't'>, period: Period): string {
  switch (period.kind) {
    case 'day':
      return formatDate(view, startOf(period));
    case 'month':
      return dateFormat(view, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(instantOf(startOf(period)));
    case 'iso-week':
      return view.t('common.iso-week', weekParts(view, period));
    case 'mmwr-week':
      return view.t('common.mmwr-week', weekParts(view, period));
  }
}

/** With the days it covers: `Week 53 of 2020 (28 Dec 2020 – 3 Jan 2021)`. */
export function formatPeriodWithDays(view: Conventions & Pick<View, 't'>, period: Period): string {
  const name = formatPeriod(view, period);
  return period.kind === 'day' ? name : `${name} (${formatDateRange(view, startOf(period), endOf(period))})`;
}

/** On an axis or in a narrow column, where the kind is said once nearby. */
export function formatPeriodShort(view: Conventions & Pick<View, 't'>, period: Period): string {
  switch (period.kind) {
    case 'day':
      return formatDate(view, startOf(period), 'short');
    case 'month':
      return dateFormat(view, { month: 'short', timeZone: 'UTC' }).format(instantOf(startOf(period)));
    case 'iso-week':
    case 'mmwr-week':
      return view.t('common.week-short', { week: weekParts(view, period).week });
  }
}

/** The year a period belongs to: for a week, the one in its label. */
export function formatYear(to: Conventions, { label }: Period): string {
  return numberFormat(to, { useGrouping: false }).format(Number(label.slice(0, 4)));
}

function weekParts(to: Conventions, period: Period): { readonly year: string; readonly week: string } {
  const week = formatNumber(to, Number(period.label.slice(6)));
  return { year: formatYear(to, period), week };
}
