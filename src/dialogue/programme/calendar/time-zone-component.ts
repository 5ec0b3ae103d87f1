/**
 * A VTIMEZONE (RFC 5545, 3.6.5) for the time in which it is needed: one observance for each change of the offset between the first and the last day,
 * and the one before. Calendar programs that know the zone by its name use their own rules; the others find here what holds for these events.
 */
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

export function timeZoneComponent(timeZone: string, first: Date, last: Date): ICAL.Component {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', timeZone);
  const end = last.getTime() + 86_400_000;
  const begin = Temporal.Instant.fromEpochMilliseconds(first.getTime() - 86_400_000).toZonedDateTimeISO(timeZone);
  let change = begin.getTimeZoneTransition('previous');
  if (!change) {
    // The offset never changed before: a fixed zone, or a day before any rule.
    component.addSubcomponent(
      observance(
        begin.with({ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 }),
        begin.offset,
      ),
    );
    change = begin.getTimeZoneTransition('next');
  }
  while (change && change.epochMilliseconds <= end) {
    component.addSubcomponent(observance(change, change.subtract({ nanoseconds: 1 }).offset));
    change = change.getTimeZoneTransition('next');
  }
  return component;
}

/** From this change on. Its DTSTART is written on the wall as it was before the change. */
function observance(from: Temporal.ZonedDateTime, offsetBefore: string): ICAL.Component {
  // Daylight time is what lies ahead of the offset that came before it.
  const isDaylight = secondsOf(from.offset) > secondsOf(offsetBefore);
  const component = new ICAL.Component(isDaylight ? 'daylight' : 'standard');
  const wall = from.toInstant().toZonedDateTimeISO(offsetBefore.slice(0, 6)).toPlainDateTime();
  component.addPropertyWithValue('dtstart', ICAL.Time.fromDateTimeString(wall.toString({ smallestUnit: 'second' })));
  component.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(secondsOf(offsetBefore)));
  component.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(secondsOf(from.offset)));
  return component;
}

function secondsOf(offset: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}
