/**
 * When a session is. What was announced is a time on a wall and the name of a zone; the instant follows from both by the rules of that zone as
 * this machine knows them today. A session therefore keeps its hour across the change to summer time, and when a State changes its rules.
 */
import { Temporal } from 'temporal-polyfill';

export interface WallTime {
  /** `2021-06-16T14:30`, without a zone. */
  readonly localStart: string;
  /** IANA. */
  readonly timeZone: string;
}

const wallForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Day and hour as they stand on a calendar; undefined for a day or hour that no calendar has. */
export function parseWallClock(text: string): string | undefined {
  if (!wallForm.test(text)) return undefined;
  try {
    const parsed = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return parsed.year >= 1900 && parsed.year < 3000 ? text : undefined;
  } catch {
    return undefined;
  }
}

/** An hour that occurs twice means the first, one that a change leaves out is taken with the offset before it: RFC 5545, 3.3.5. */
const zoned = ({ localStart, timeZone }: WallTime): Temporal.ZonedDateTime =>
  Temporal.PlainDateTime.from(localStart).toZonedDateTime(timeZone, { disambiguation: 'compatible' });

export function instantOf(when: WallTime): Date {
  return new Date(zoned(when).epochMilliseconds);
}

export function endOf(when: WallTime, minutes: number): Date {
  return new Date(instantOf(when).getTime() + minutes * 60_000);
}

/** The clocks go forward over it: an hour that this zone does not have on this day. */
export function isLeftOut(when: WallTime): boolean {
  return zoned(when).toPlainDateTime().toString().slice(0, 16) !== when.localStart;
}

/** What a wall in another zone shows at that instant. */
export function wallClockAt(instant: Date, timeZone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(instant.getTime());
  return at.toZonedDateTimeISO(timeZone).toPlainDateTime().toString().slice(0, 16);
}

/** So many days later at the same hour on the wall. */
export function shiftDays(localStart: string, days: number): string {
  return Temporal.PlainDateTime.from(localStart).add({ days }).toString().slice(0, 16);
}
