import { convertIcsCalendar } from 'ts-ics';
import { describe, expect, it, test } from 'vitest';
import type { DialogueSessionId, SpaceId } from '../../../ids.ts';
import type { DialogueSession } from '../sessions/session.ts';
import { instantOf } from '../when.ts';
import { formatCalendar, type CalendarEvent } from './calendar.ts';

const session = (over: Partial<DialogueSession> = {}): DialogueSession => ({
  id: '1' as DialogueSessionId,
  space: '2' as SpaceId,
  position: 1,
  slug: 'who-owns',
  title: {},
  overview: {},
  languages: [],
  localStart: '2021-06-16T14:30',
  timeZone: 'Europe/Zurich',
  minutes: 90,
  place: undefined,
  meetingLink: undefined,
  joiningNotes: undefined,
  capacity: undefined,
  registration: 'open',
  isChathamHouse: false,
  openUntilDays: 14,
  recordingLink: undefined,
  state: 'announced',
  uid: 'who-owns@example.org',
  sequence: 3,
  changedAt: new Date('2021-05-01T10:00:00Z'),
  revision: 1,
  ...over,
});

const event = (over: Partial<DialogueSession> = {}, words: Partial<CalendarEvent> = {}): CalendarEvent => ({
  session: session(over),
  title: 'Who owns the data?',
  overview: undefined,
  url: 'https://example.org/s',
  meetingLink: undefined,
  ...words,
});

const facts = { name: 'Digital health: whose business?', language: 'en', method: 'PUBLISH' } as const;
const readBack = (events: readonly CalendarEvent[], method: 'PUBLISH' | 'CANCEL' = 'PUBLISH') =>
  convertIcsCalendar(undefined, formatCalendar({ ...facts, method }, events));

describe('an independent reader', () => {
  test.each([
    ['2021-06-16T14:30', 'Europe/Zurich'],
    ['2021-12-15T14:30', 'Europe/Zurich'],
    ['2026-10-24T23:30', 'Europe/Zurich'],
    ['2026-10-25T12:00', 'Europe/Zurich'],
    ['2026-03-08T12:00', 'America/New_York'],
    ['2026-06-01T09:15', 'Asia/Kathmandu'],
    ['2026-04-05T12:00', 'Australia/Lord_Howe'],
    ['2026-06-01T09:15', 'Africa/Nairobi'],
    ['2026-02-20T20:00', 'Africa/Casablanca'],
    ['2026-06-01T09:15', 'UTC'],
  ])('finds %s in %s at the same instant', (localStart, timeZone) => {
    const [found] = readBack([event({ localStart, timeZone })]).events ?? [];
    expect(found?.start.date.toISOString()).toBe(instantOf({ localStart, timeZone }).toISOString());
  });

  it('finds UID, SEQUENCE, length, state and words, whatever characters they hold', () => {
    const overview =
      'One; two, three\\four\nA long line that has to be folded, because it is longer than seventy-five bytes: الصحة الرقمية لمن؟';
    const [found] =
      readBack([event({ state: 'cancelled' }, { overview, title: 'Débat, « quoi ? »; suite' })]).events ?? [];
    expect(found).toMatchObject({
      uid: 'who-owns@example.org',
      sequence: 3,
      status: 'CANCELLED',
      summary: 'Débat, « quoi ? »; suite',
      description: overview,
      duration: { minutes: 30, hours: 1 },
    });
  });

  it('finds a cancellation', () => {
    expect(readBack([event({ state: 'cancelled' })], 'CANCEL').method).toBe('CANCEL');
  });
});

it('says what the zone does around the events and nothing else', () => {
  const text = formatCalendar(facts, [
    event({ localStart: '2026-10-24T23:30' }),
    event({ localStart: '2026-10-25T12:00' }),
  ]);
  expect(text.match(/^BEGIN:VTIMEZONE\r$/gm)).toHaveLength(1);
  expect(text).toContain('DTSTART;TZID=Europe/Zurich:20261024T233000');
  expect(text).toMatch(/BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:\+0100\r\nTZOFFSETTO:\+0200/);
  expect(text).toMatch(/BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:\+0200\r\nTZOFFSETTO:\+0100/);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});
