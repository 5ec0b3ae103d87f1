/**
 * A programme from an iCalendar file. Events keep their UID, so that the same file read again changes what it brought and doubles nothing. The zone of an
 * event must be one that the IANA database has, by its name or as the last part of a longer one (`/freeassociation.sourceforge.net/Europe/Zurich`): a
 * zone that only the file itself describes is refused, because nobody else would know when it changes its clocks.
 */
import ICAL from 'ical.js';
import type { RowFault } from '../../../network/members/named-rows.ts';
import { parseTimeZone } from '../../../time-zone.ts';
import { slugOf } from '../spaces/space.ts';
import { isLeftOut, parseWallClock, wallClockAt } from '../when.ts';
import {
  blankSession,
  freeSlug,
  isHttpLink,
  programmeLimits,
  type ImportDefaults,
  type ImportedSession,
  type ProgrammeReading,
} from './rows.ts';

/** Of one event that repeats; a series of dialogues has an end. */
const occurrencesLimit = 60;

export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

export function readProgrammeCalendar(text: string, defaults: ImportDefaults): ProgrammeReading {
  const calendar = parse(text);
  const sessions: ImportedSession[] = [];
  const faults: RowFault[] = [];
  const slugs = new Set<string>();
  const events = calendar.getAllSubcomponents('vevent');
  if (events.length > programmeLimits.rows) throw new CalendarError('too-many-rows');
  const moved = new Map<string, ICAL.Component>();
  for (const event of events) {
    const recurrence = event.getFirstPropertyValue('recurrence-id');
    if (recurrence) moved.set(`${textOf(event, 'uid') ?? ''} ${String(recurrence)}`, event);
  }
  for (const [at, event] of events.entries()) {
    if (event.getFirstPropertyValue('recurrence-id')) continue;
    const row = at + 1;
    const refuse: Refuse = (column, code, value = '') => {
      faults.push({ row, column, code, value: value.slice(0, 80) });
      return undefined;
    };
    for (const occurrence of occurrencesOf(event, moved, refuse)) {
      const session = readEvent(occurrence, row, defaults, slugs, refuse);
      if (session) sessions.push(session);
    }
  }
  return { sessions, faults };
}

function parse(text: string): ICAL.Component {
  if (text.length > programmeLimits.bytes) throw new CalendarError('too-large');
  try {
    const component = new ICAL.Component(ICAL.parse(text.replace(/^\uFEFF/, '')) as never);
    if (component.name !== 'vcalendar') throw new CalendarError('not-a-calendar');
    return component;
  } catch (error) {
    throw error instanceof CalendarError ? error : new CalendarError('not-a-calendar');
  }
}

const textOf = (component: ICAL.Component, name: string): string | undefined => {
  const value = component.getFirstPropertyValue(name);
  const text = typeof value === 'string' ? value.trim() : value === null ? '' : String(value);
  return text === '' ? undefined : text;
};

interface Occurrence {
  readonly event: ICAL.Component;
  readonly start: ICAL.Time;
  readonly uid: string;
}

/** Notes the fault; what it belongs to is left out. */
type Refuse = (column: string, code: string, value?: string) => undefined;

function* occurrencesOf(
  event: ICAL.Component,
  moved: ReadonlyMap<string, ICAL.Component>,
  refuse: Refuse,
): Generator<Occurrence> {
  const uid = textOf(event, 'uid');
  const start = event.getFirstPropertyValue('dtstart');
  if (uid === undefined || uid.length > 200) return refuse('UID', uid === undefined ? 'required' : 'too-long');
  if (!(start instanceof ICAL.Time) || start.isDate)
    return refuse('DTSTART', start ? 'programme.whole-day' : 'required', String(start ?? ''));
  const rule = event.getFirstPropertyValue('rrule');
  if (!rule) {
    yield { event, start, uid };
    return;
  }
  const expansion = new ICAL.RecurExpansion({ component: event, dtstart: start });
  for (let at = 0; ; at++) {
    const next = expansion.next();
    if (!next) return;
    if (at >= occurrencesLimit) return refuse('RRULE', 'programme.repeats-forever', String(rule));
    // An occurrence that was moved or changed stands as an event of its own.
    const changed = moved.get(`${uid} ${next.toString()}`);
    const changedStart = changed?.getFirstPropertyValue('dtstart');
    yield changed && changedStart instanceof ICAL.Time
      ? { event: changed, start: changedStart, uid: `${uid}/${next.toString()}` }
      : { event, start: next, uid: `${uid}/${next.toString()}` };
  }
}

function readEvent(
  { event, start, uid }: Occurrence,
  row: number,
  defaults: ImportDefaults,
  slugs: Set<string>,
  refuse: Refuse,
): ImportedSession | undefined {
  const title = textOf(event, 'summary');
  if (title === undefined) return refuse('SUMMARY', 'required');
  const when = wallTimeOf(event, start, defaults, refuse);
  if (!when) return undefined;
  if (isLeftOut(when)) return refuse('DTSTART', 'programme.time-left-out', when.localStart);
  const minutes = minutesOf(event, start);
  if (minutes === undefined || minutes < 5 || minutes > 10_080) return refuse('DTEND', 'programme.length-wrong');
  const url = textOf(event, 'url');
  const place = textOf(event, 'location');
  const language = defaults.language;
  return {
    row,
    uid,
    isCancelled: textOf(event, 'status')?.toUpperCase() === 'CANCELLED',
    speakers: [],
    // Invited people are contacts; a calendar does not bring their consent.
    unnamed: event.getAllProperties('attendee').length,
    values: {
      ...blankSession,
      ...when,
      slug: freeSlug(slugOf(title), when.localStart, slugs),
      title: { [language]: title.slice(0, 200) },
      overview: overviewOf(event, language),
      languages: [],
      minutes,
      place: place !== undefined && !isHttpLink(place) ? place.slice(0, 300) : undefined,
      meetingLink: [url, place].find((link) => link !== undefined && isHttpLink(link)),
    },
  };
}

function overviewOf(event: ICAL.Component, language: string): Readonly<Record<string, string>> {
  const description = textOf(event, 'description')?.slice(0, 20_000);
  return description === undefined ? {} : { [language]: description };
}

function wallTimeOf(event: ICAL.Component, start: ICAL.Time, defaults: ImportDefaults, refuse: Refuse) {
  const wall = `${pad(start.year, 4)}-${pad(start.month, 2)}-${pad(start.day, 2)}T${pad(start.hour, 2)}:${pad(start.minute, 2)}`;
  // An instant is put on the wall of the space.
  if (start.zone === ICAL.Timezone.utcTimezone || String(start).endsWith('Z'))
    return { localStart: wallClockAt(start.toJSDate(), defaults.timeZone), timeZone: defaults.timeZone };
  const localStart = parseWallClock(wall);
  if (localStart === undefined) return refuse('DTSTART', 'date-impossible', wall);
  const given = event.getFirstProperty('dtstart')?.getParameter('tzid');
  const tzid = typeof given === 'string' ? given : undefined;
  // Without a zone it is the time on whatever wall: that of the space.
  if (tzid === undefined) return { localStart, timeZone: defaults.timeZone };
  const timeZone = parseTimeZone(tzid) ?? parseTimeZone(tzid.split('/').slice(-2).join('/')) ?? ianaOfWindows(tzid);
  if (timeZone === undefined) return refuse('DTSTART', 'members.time-zone-unknown', tzid);
  return { localStart, timeZone };
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

function minutesOf(event: ICAL.Component, start: ICAL.Time): number | undefined {
  const duration = event.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) return Math.round(duration.toSeconds() / 60);
  const end = event.getFirstPropertyValue('dtend');
  const first = event.getFirstPropertyValue('dtstart');
  if (!(end instanceof ICAL.Time) || !(first instanceof ICAL.Time)) return start.isDate ? undefined : 60;
  // Both on the same wall, so that no zone is needed to tell them apart.
  return Math.round(end.subtractDate(first).toSeconds() / 60);
}

// What Outlook calls zones (Unicode CLDR, windowsZones, territory 001): those in which the offices of international health lie.
const windowsZones: Readonly<Record<string, string>> = {
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Romance Standard Time': 'Europe/Paris',
  'Central European Standard Time': 'Europe/Warsaw',
  'GMT Standard Time': 'Europe/London',
  'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'W. Central Africa Standard Time': 'Africa/Lagos',
  'E. Africa Standard Time': 'Africa/Nairobi',
  'South Africa Standard Time': 'Africa/Johannesburg',
  'Egypt Standard Time': 'Africa/Cairo',
  'Morocco Standard Time': 'Africa/Casablanca',
  'India Standard Time': 'Asia/Kolkata',
  'SE Asia Standard Time': 'Asia/Bangkok',
  'Singapore Standard Time': 'Asia/Singapore',
  'China Standard Time': 'Asia/Shanghai',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'Arab Standard Time': 'Asia/Riyadh',
  'Jordan Standard Time': 'Asia/Amman',
  'Middle East Standard Time': 'Asia/Beirut',
  'Pakistan Standard Time': 'Asia/Karachi',
  'Bangladesh Standard Time': 'Asia/Dhaka',
  'Nepal Standard Time': 'Asia/Kathmandu',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'Pacific Standard Time': 'America/Los_Angeles',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'SA Pacific Standard Time': 'America/Bogota',
  'Argentina Standard Time': 'America/Buenos_Aires',
  'Central America Standard Time': 'America/Guatemala',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'New Zealand Standard Time': 'Pacific/Auckland',
};

function ianaOfWindows(name: string): string | undefined {
  const iana = Object.hasOwn(windowsZones, name) ? windowsZones[name] : undefined;
  return iana === undefined ? undefined : parseTimeZone(iana);
}
