/**
 * The spellings of a period that reports use, read for an indicator of a known kind. A date stands for the week or month that begins on that
 * very day: a Sunday given for a week that begins on Monday belongs to another system of weeks, and moving it by a day would be silent.
 */
import {
  parseDhis2Period,
  parseIso8601Period,
  parsePeriod,
  parsePlainDate,
  periodOf,
  startOf,
  type Period,
  type PeriodErrorCode,
  type PeriodKind,
} from '../../../period.ts';

export type ReportedPeriodError = PeriodErrorCode | 'period-not-first-day' | 'period-kind-differs';

export type ReportedPeriod =
  { readonly value: Period; readonly error?: never } | { readonly error: ReportedPeriodError; readonly value?: never };

export function parseReportedPeriod(kind: PeriodKind, text: string): ReportedPeriod {
  const own = parsePeriod(kind, padWeek(text));
  if (own.error === undefined) return own;
  // The label has the right form and names nothing: no other spelling will.
  if (!own.error.endsWith('-form')) return own;
  const date = parsePlainDate(text);
  if (date.error === undefined && kind !== 'day') {
    const period = periodOf(kind, date.value);
    return startOf(period) === date.value ? { value: period } : { error: 'period-not-first-day' };
  }
  for (const parse of [parseDhis2Period, parseIso8601Period]) {
    const parsed = parse(text);
    if (parsed.error === undefined)
      return parsed.value.kind === kind ? { value: parsed.value } : { error: 'period-kind-differs' };
    if (parsed.error !== 'period-form') return parsed;
  }
  return { error: 'period-form' };
}

/** `2020-W5` is what people type. */
const padWeek = (text: string): string => text.replace(/^(\d{4})-W(\d)$/, '$1-W0$2');

/** From two columns: a year, and the number of a week or month in it. */
export function joinYearAnd(unit: 'week' | 'month', year: string, number: string): string {
  const two = number.padStart(2, '0');
  return unit === 'week' ? `${year}-W${two}` : `${year}-${two}`;
}
