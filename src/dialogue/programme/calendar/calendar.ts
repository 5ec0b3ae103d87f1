/** Sessions as iCalendar (RFC 5545), for subscribing to a series and for taking one session into one's own calendar. */
import ICAL from 'ical.js';
import { finishOf, startOf, type DialogueSession } from '../sessions/session.ts';
import { timeZoneComponent } from './time-zone-component.ts';

/** Of a session, or of whatever else happens at an hour on a wall. */
type Happening = Pick<
  DialogueSession,
  'uid' | 'sequence' | 'changedAt' | 'state' | 'localStart' | 'timeZone' | 'minutes' | 'place'
>;

export interface CalendarEvent<Session extends Happening = Happening> {
  readonly session: Session;
  readonly title: string;
  readonly overview: string | undefined;
  /** The page of the session. */
  readonly url: string;
  /** For those registered only. */
  readonly meetingLink: string | undefined;
}

export interface CalendarFacts {
  readonly name: string;
  readonly language: string;
  /**
   * RFC 5546: PUBLISH for a calendar that anybody reads. A CANCEL names cancelled sessions only; in a published calendar they stand as cancelled,
   * so that whoever subscribed sees them go.
   */
  readonly method: 'PUBLISH' | 'CANCEL';
}

export function formatCalendar(facts: CalendarFacts, events: readonly CalendarEvent[]): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Reciproca//Dialogues//EN');
  calendar.addPropertyWithValue('calscale', 'GREGORIAN');
  calendar.addPropertyWithValue('method', facts.method);
  // RFC 7986, and the older name that many programs still read.
  calendar.addPropertyWithValue('name', facts.name);
  calendar.addPropertyWithValue('x-wr-calname', facts.name);
  for (const [zone, sessions] of Map.groupBy(events, ({ session }) => session.timeZone)) {
    if (zone === 'UTC') continue;
    const starts = sessions.map(({ session }) => startOf(session).getTime());
    const ends = sessions.map(({ session }) => finishOf(session).getTime());
    calendar.addSubcomponent(timeZoneComponent(zone, new Date(Math.min(...starts)), new Date(Math.max(...ends))));
  }
  for (const event of events) calendar.addSubcomponent(eventComponent(event, facts));
  return `${calendar.toString()}\r\n`;
}

function eventComponent(event: CalendarEvent, { language }: CalendarFacts): ICAL.Component {
  const { session, title, overview, url, meetingLink } = event;
  const component = new ICAL.Component('vevent');
  const text = (name: string, value: string): void => {
    const property = new ICAL.Property(name);
    property.setParameter('language', language);
    property.setValue(value);
    component.addProperty(property);
  };
  component.addPropertyWithValue('uid', session.uid);
  component.addPropertyWithValue('sequence', session.sequence);
  component.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(session.changedAt, true));
  component.addPropertyWithValue('last-modified', ICAL.Time.fromJSDate(session.changedAt, true));
  component.addProperty(startProperty(session));
  component.addPropertyWithValue('duration', ICAL.Duration.fromSeconds(session.minutes * 60));
  text('summary', title);
  const words = [overview, meetingLink].filter((part) => part !== undefined && part !== '').join('\n\n');
  if (words !== '') text('description', words);
  const place = session.place ?? meetingLink;
  if (place !== undefined) text('location', place);
  component.addPropertyWithValue('url', url);
  component.addPropertyWithValue('status', session.state === 'cancelled' ? 'CANCELLED' : 'CONFIRMED');
  return component;
}

/** The hour on the wall and its zone, not the instant: a calendar program keeps the hour when the rules of the zone change. */
function startProperty({ localStart, timeZone }: Happening): ICAL.Property {
  const property = new ICAL.Property('dtstart');
  const time = ICAL.Time.fromDateTimeString(`${localStart}:00`);
  if (timeZone === 'UTC') time.zone = ICAL.Timezone.utcTimezone;
  else property.setParameter('tzid', timeZone);
  property.setValue(time);
  return property;
}
