import { addDays, endOf, plainDateAt, type Period, type PlainDate } from '../../../period.ts';

/** The first instant of a day in an IANA time zone. */
export function startOfDay(date: PlainDate, timeZone: string): Date {
  // From the day's midnight in Greenwich, moved by the zone's offset there; once more, because the offset may change in between.
  let instant = Date.parse(`${date}T00:00:00Z`);
  for (let round = 0; round < 2; round++) instant = Date.parse(`${date}T00:00:00Z`) - offsetAt(instant, timeZone);
  // Where clocks go forward at midnight the day begins at one o'clock; what was found lies an hour before it.
  const hourMs = 3_600_000;
  while (plainDateAt(new Date(instant), timeZone) < date) instant += hourMs / 2;
  return new Date(instant);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the zone is ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(new Date(instant));
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
  return local - Math.floor(instant / 1000) * 1000;
}

export interface Deadline {
  readonly dueHours: number;
  readonly timeZone: string;
}

/** So many hours after the midnight that ends the period. */
export function dueAt({ dueHours, timeZone }: Deadline, period: Period): Date {
  return new Date(startOfDay(addDays(endOf(period), 1), timeZone).getTime() + dueHours * 3_600_000);
}
