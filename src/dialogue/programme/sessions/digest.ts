/** Sessions in a digest: those that begin soon in the spaces where the member has a role, or that she registered for. */
import {
  collector,
  type DigestEntry,
  type DigestReader,
  type DigestSource,
} from '../../../field/mail/digests/digest-source.ts';
import { isBroughtToMind } from '../../../field/mail/digests/rhythm.ts';
import { formatInstant } from '../../../ui/format.ts';
import { listSpacesOf } from '../../audience.ts';
import { inLanguage } from '../../texts.ts';
import { sessionPath } from '../answers.ts';
import type { Space } from '../spaces/space.ts';
import { findSpacesById } from '../spaces/store.ts';
import { wallClockAt } from '../when.ts';
import { listRegisteredAmong } from './digest-store.ts';
import { startOf, type DialogueSession } from './session.ts';
import { listSessionsFrom } from './store.ts';

const mostSessions = 200;
const dayMs = 86_400_000;

export const sessionDigest: DigestSource = {
  name: 'session',
  async list({ reader }, readers, round) {
    const { entries, add } = collector();
    const from = wallClockAt(new Date(round.remindFrom.getTime() - dayMs), 'UTC');
    const coming = (await listSessionsFrom(reader, from, mostSessions)).filter(
      (session) => session.state === 'announced' && isBroughtToMind(round, startOf(session)),
    );
    if (coming.length === 0) return entries;
    const members = readers.map(({ member }) => member.id);
    const spaces = new Map(
      (await findSpacesById(reader, [...new Set(coming.map(({ space }) => space))])).map((space) => [space.id, space]),
    );
    const roles = await listSpacesOf(reader, members);
    for (const session of coming) {
      const space = spaces.get(session.space);
      const registered = await listRegisteredAmong(reader, session.id, members);
      for (const each of readers) {
        const isRegistered = registered.has(each.member.id);
        if (space && (isRegistered || roles.get(each.member.id)?.has(space.id) === true))
          add(each.member.id, describe(each, space, session, isRegistered));
      }
    }
    return entries;
  },
};

function describe(
  { member, voice }: DigestReader,
  space: Space,
  session: DialogueSession,
  isRegistered: boolean,
): DigestEntry {
  const { t, locale, party, link } = voice;
  const when = formatInstant({ locale, timeZone: member.timeZone }, startOf(session));
  return {
    section: 'sessions',
    text: [
      inLanguage(session.title, locale, space.language)?.text ?? session.slug,
      `${when} (${member.timeZone})`,
      ...(isRegistered
        ? [t('programme.mail-you-are-registered'), session.meetingLink, t('programme.mail-no')]
        : session.registration === 'closed'
          ? []
          : [t('programme.mail-yes')]),
      link(sessionPath(party.slug, space.slug, session.slug)),
    ]
      .filter((part) => part !== undefined)
      .join('\n'),
    thing: { kind: 'session', id: session.id },
  };
}
