import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { findMember, type Member } from '../../../network/members/member.ts';
import { keyParams, openKey } from '../../../network/members/opened-key.ts';
import { problem } from '../../../problem.ts';
import { inLanguage } from '../../texts.ts';
import { sessionPath } from '../answers.ts';
import { getVisibleSession } from '../sessions/reading.ts';
import type { DialogueSession } from '../sessions/session.ts';
import { findInRole, findSession, listSessions } from '../sessions/store.ts';
import { getVisibleSpace } from '../spaces/actions.ts';
import { slugForm, type Space } from '../spaces/space.ts';
import { findSpace } from '../spaces/store.ts';
import { formatCalendar, type CalendarEvent } from './calendar.ts';
import type { DialogueSessionId } from '../../../ids.ts';

const slug = z.string().regex(slugForm);
const contentType = 'text/calendar; charset=utf-8';

/** The link is in it for who is registered. */
export async function eventOf(
  reading: Pick<Reading & Caller, 'reader' | 'house' | 'party' | 'locale'>,
  space: Space,
  session: DialogueSession,
  member: Member | undefined,
): Promise<CalendarEvent<DialogueSession>> {
  const { reader, house, party, locale } = reading;
  const isRegistered = member && (await findInRole(reader, session.id, member.id, 'registered')) !== undefined;
  return {
    session,
    title: inLanguage(session.title, locale, space.language)?.text ?? session.slug,
    overview: inLanguage(session.overview, locale, space.language)?.text,
    url: `${house.config.publicUrl}${sessionPath(party?.slug ?? '', space.slug, session.slug)}`,
    meetingLink: isRegistered ? session.meetingLink : undefined,
  };
}

const ofSpace = raw({
  path: '/p/:party/spaces/:space/calendar.ics',
  summary: 'The sessions of a series or community as iCalendar, to subscribe to',
  for: 'anyone',
  params: z.object({ space: slug }),
  contentTypes: ['text/calendar'],
  async handle(reading, { params }) {
    const space = await getVisibleSpace(reading.reader, reading, params.space);
    const member = await findMember(reading.reader, reading);
    const sessions = await listSessions(reading.reader, space.id, ['announced', 'cancelled']);
    const events = await Promise.all(sessions.map((session) => eventOf(reading, space, session, member)));
    const name = inLanguage(space.title, reading.locale, space.language)?.text ?? space.slug;
    return { contentType, body: formatCalendar({ name, language: reading.locale, method: 'PUBLISH' }, events) };
  },
});

const ofSession = raw({
  path: '/p/:party/spaces/:space/sessions/:session/calendar.ics',
  summary: 'One session as iCalendar; with the link to the meeting for who is registered',
  for: 'anyone',
  params: z.object({ space: slug, session: slug }),
  contentTypes: ['text/calendar'],
  async handle(reading, { params }) {
    const { space, session } = await getVisibleSession(reading.reader, reading, params.space, params.session);
    const event = await eventOf(reading, space, session, await findMember(reading.reader, reading));
    return single(event, reading.locale);
  },
});

const byKey = raw({
  path: '/p/:party/k/:key/session.ics',
  summary: 'The session that a key from a mail opens, as iCalendar with the link to the meeting',
  for: 'anyone',
  params: keyParams,
  contentTypes: ['text/calendar'],
  async handle(reading, { params }) {
    const { member, thing } = await openKey(reading.reader, params.key, reading.house.clock.now(), 'session');
    const session = await findSession(reading.reader, thing.id as DialogueSessionId);
    const space = session && (await findSpace(reading.reader, session.space));
    if (!session || !space || session.state === 'draft') throw problem.notFound({ what: 'session' });
    return single(await eventOf(reading, space, session, member), reading.locale);
  },
});

function single(event: CalendarEvent<DialogueSession>, language: string) {
  return {
    contentType,
    fileName: `${event.session.slug}.ics`,
    body: formatCalendar({ name: event.title, language, method: 'PUBLISH' }, [event]),
  };
}

export const calendarEndpoints: readonly Endpoint[] = [ofSpace, ofSession, byKey];
