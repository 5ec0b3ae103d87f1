/**
 * When a digest is due: the latest hour on the member's own wall, daily or on Mondays; "each" hears within the hour. Reckoned anew at each run from rhythm,
 * hour and zone, so that nothing has to be moved when a member changes them or a State its summer time.
 */
import { Temporal } from 'temporal-polyfill';
import type { Digest } from '../../../network/members/member.ts';
import type { DigestRound } from './digest-source.ts';

export type Rhythm = Exclude<Digest, 'none'>;

export interface DigestTime {
  readonly rhythm: Rhythm;
  /** IANA. */
  readonly timeZone: string;
  readonly hour: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const periodMs: Readonly<Record<Rhythm, number>> = { each: hourMs, daily: dayMs, weekly: 7 * dayMs };
/** Whoever comes back after months is told of this much. */
const longestMs = 14 * dayMs;

/** The latest instant at which it was due, `now` included. */
export function dueAt({ rhythm, timeZone, hour }: DigestTime, now: Date): Date {
  if (rhythm === 'each') return new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const day = rhythm === 'daily' ? here.toPlainDate() : here.toPlainDate().subtract({ days: here.dayOfWeek - 1 });
  // An hour that a change leaves out is an hour later on that day, and one that occurs twice is the first: RFC 5545, 3.3.5.
  const at = (date: Temporal.PlainDate): Date =>
    new Date(
      date.toPlainDateTime({ hour }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds,
    );
  const today = at(day);
  return today <= now ? today : at(day.subtract({ days: rhythm === 'daily' ? 1 : 7 }));
}

export function roundAt(rhythm: Rhythm, at: Date): DigestRound {
  const remindFrom = new Date(at.getTime() + dayMs);
  return { at, remindFrom, remindUntil: new Date(remindFrom.getTime() + periodMs[rhythm]) };
}

/** From where on things are new to somebody who was last told, or came in, then. */
export const newSince = (toldUntil: Date, at: Date): Date =>
  new Date(Math.max(toldUntil.getTime(), at.getTime() - longestMs));

/** After what the member was told of before, and not after the hour of this round: that is the next one's. */
export const isNew = (instant: Date, since: Date, { at }: DigestRound): boolean => instant > since && instant <= at;

export const isBroughtToMind = ({ remindFrom, remindUntil }: DigestRound, instant: Date): boolean =>
  instant > remindFrom && instant <= remindUntil;
