/** Sessions and events of a network in one calendar. */
import type { PartyFacts } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import type { Locale } from '../../../ui/locales.ts';
import { inLanguage } from '../../texts.ts';
import { sessionPath } from '../../programme/answers.ts';
import { formatCalendar, type CalendarEvent } from '../../programme/calendar/calendar.ts';
import { listSessionsFrom } from '../../programme/sessions/store.ts';
import { findSpacesById } from '../../programme/spaces/store.ts';
import { wallClockAt } from '../../programme/when.ts';
import { itemPath } from '../items/answers.ts';
import type { Item } from '../items/item.ts';
import { listEventsFrom } from '../items/store.ts';

/** What is longer ago than this goes from subscribed calendars. */
const shownBackMs = 400 * 86_400_000;
const limit = 1000;

export async function formatEvents({ reader, house }: Reading, party: PartyFacts, locale: Locale): Promise<string> {
  const from = wallClockAt(new Date(house.clock.now().getTime() - shownBackMs), 'UTC');
  const sessions = await listSessionsFrom(reader, from, limit);
  const spaces = new Map(
    (await findSpacesById(reader, [...new Set(sessions.map(({ space }) => space))])).map((space) => [space.id, space]),
  );
  const { publicUrl } = house.config;
  const planned = sessions.flatMap((session): CalendarEvent[] => {
    const space = spaces.get(session.space);
    if (!space || space.state === 'draft') return [];
    return [
      {
        session,
        title: inLanguage(session.title, locale, space.language)?.text ?? session.slug,
        overview: inLanguage(session.overview, locale, space.language)?.text,
        url: `${publicUrl}${sessionPath(party.slug, space.slug, session.slug)}`,
        meetingLink: undefined,
      },
    ];
  });
  const told = (await listEventsFrom(reader, from, limit)).flatMap((item) => eventOf(item, party, publicUrl));
  return formatCalendar({ name: party.name, language: locale, method: 'PUBLISH' }, [...planned, ...told]);
}

function eventOf(item: Item, party: PartyFacts, publicUrl: string): CalendarEvent[] {
  if (!item.time) return [];
  const { localStart, timeZone, minutes, place } = item.time;
  return [
    {
      session: {
        uid: `${item.id}@${new URL(publicUrl).hostname}`,
        sequence: item.revision - 1,
        changedAt: item.changedAt,
        state: item.state === 'withdrawn' ? 'cancelled' : 'announced',
        localStart,
        timeZone,
        minutes,
        place,
      },
      title: item.title,
      overview: item.body,
      url: item.origin && item.link !== undefined ? item.link : `${publicUrl}${itemPath(party.slug, item.id)}`,
      meetingLink: undefined,
    },
  ];
}
