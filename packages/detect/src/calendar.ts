/**
 * Plain dates as whole days since 1970-01-01 (proleptic Gregorian). No instants, no time zones: a period starts on a day.
 */
const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Day number of an ISO date, or undefined when the text is not a real calendar date. */
export function parseDay(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const number = toDay(year, month, day);
  return formatDay(number) === text ? number : undefined;
}

/** Out-of-range months and days roll over: 29 February of a common year becomes 1 March. */
export function toDay(year: number, month: number, day: number): number {
  // Date.UTC reads years 0-99 as 19xx; setUTCFullYear does not.
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS;
}

export function formatDay(day: number): string {
  const [year, month, date] = splitDay(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

export function splitDay(day: number): readonly [year: number, month: number, day: number] {
  const date = new Date(day * DAY_MS);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/** Sunday is 0; 1970-01-01 was a Thursday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function addYears(day: number, years: number): number {
  const [year, month, date] = splitDay(day);
  return toDay(year + years, month, date);
}

export function addMonths(day: number, months: number): number {
  const [year, month, date] = splitDay(day);
  return toDay(year, month + months, date);
}
