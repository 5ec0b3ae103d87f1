/** A session by plain mail: "yes" registers, "no" withdraws, a link or a DOI becomes a reference. The session comes along as a calendar file. */
import { readChoice, type Vocabulary } from '../../../field/mail/choices.ts';
import type { MailKind, MailText, MailVoice } from '../../../field/mail/mail-kind.ts';
import type { Reading, Work } from '../../../house.ts';
import type { DialogueSessionId } from '../../../ids.ts';
import { confirmMembership } from '../../../network/members/actions.ts';
import type { Member } from '../../../network/members/member.ts';
import { problem } from '../../../problem.ts';
import { formatDate, formatInstant } from '../../../ui/format.ts';
import type { PlainDate } from '../../../period.ts';
import { inLanguage } from '../../texts.ts';
import { sessionPath } from '../answers.ts';
import { formatCalendar } from '../calendar/calendar.ts';
import { shareReferences } from '../references/actions.ts';
import { findReferences } from '../references/identify.ts';
import type { Space } from '../spaces/space.ts';
import { findSpace } from '../spaces/store.ts';
import { wallClockAt } from '../when.ts';
import { registerFor, withdrawFrom } from './actions.ts';
import { phaseAt, startOf, type DialogueSession } from './session.ts';
import { findInRole, findSession } from './store.ts';

const answers: Vocabulary<'register' | 'withdraw'> = {
  register: ['yes', 'y', 'oui', 'si', 'sim', 'نعم'],
  withdraw: ['no', 'n', 'non', 'nao', 'لا'],
};

export const sessionMail: MailKind = {
  kind: 'session',
  async compose(reading, voice, member, thing) {
    const found = await find(reading, thing);
    return found && describe(reading, voice, member, found);
  },
  async receive(work, voice, member, thing, { words }) {
    const reading = { house: work.house, reader: work.tx.db };
    const found = await find(reading, thing);
    if (!found) throw problem.notFound({ what: 'session' });
    const { session } = found;
    // A link is a contribution, whatever words stand around it.
    if (findReferences(words).references.length > 0) {
      await shareReferences(work, member, found, words, 'mail');
      return { subject: titleOf(voice, found), text: voice.t('programme.mail-shared') };
    }
    switch (readChoice(words, answers)?.choice) {
      case 'register':
        return register(work, voice, member, found);
      case 'withdraw':
        await withdrawFrom(work, member, session.id);
        return { subject: titleOf(voice, found), text: voice.t('programme.mail-withdrawn') };
      case undefined:
        return { subject: titleOf(voice, found), text: voice.t('programme.mail-unclear') };
    }
  },
};

interface Found {
  readonly space: Space;
  readonly session: DialogueSession;
}

async function find({ reader }: Reading, thing: string): Promise<Found | undefined> {
  const session = await findSession(reader, thing as DialogueSessionId);
  const space = session && (await findSpace(reader, session.space));
  return session && space && session.state !== 'draft' ? { session, space } : undefined;
}

async function register(work: Work, voice: MailVoice, member: Member, found: Found): Promise<MailText> {
  await confirmMembership(work, member);
  await registerFor(work, member, found.session.id, 'remote');
  return { subject: titleOf(voice, found), text: voice.t('programme.mail-registered') };
}

const titleOf = ({ locale }: MailVoice, { session, space }: Found): string =>
  inLanguage(session.title, locale, space.language)?.text ?? session.slug;

async function describe(reading: Reading, voice: MailVoice, member: Member, found: Found): Promise<MailText> {
  const { t, locale, party } = voice;
  const { session, space } = found;
  const title = titleOf(voice, found);
  const isRegistered = (await findInRole(reading.reader, session.id, member.id, 'registered')) !== undefined;
  const zone = member.timeZone;
  const startsAt = startOf(session);
  const url = voice.link(sessionPath(party.slug, space.slug, session.slug));
  const paragraphs = [
    title,
    [
      formatDate({ locale }, wallClockAt(startsAt, zone).slice(0, 10) as PlainDate, 'long'),
      formatInstant({ locale, timeZone: zone }, startsAt) + ` (${zone})`,
      ...(zone === session.timeZone
        ? []
        : [formatInstant({ locale, timeZone: session.timeZone }, startsAt) + ` (${session.timeZone})`]),
      t('programme.minutes', { count: session.minutes }),
    ].join('\n'),
    ...(session.state === 'cancelled' ? [t('programme.mail-cancelled')] : []),
    ...(isRegistered && session.state !== 'cancelled'
      ? [t('programme.mail-you-are-registered'), session.meetingLink, session.joiningNotes, t('programme.mail-no')]
      : []),
    ...(isRegistered || session.state === 'cancelled' || phaseAt(session, reading.house.clock.now()) !== 'coming'
      ? []
      : [t('programme.mail-yes')]),
    t('programme.mail-references'),
    url,
  ];
  const event = {
    session,
    title,
    overview: inLanguage(session.overview, locale, space.language)?.text,
    url,
    meetingLink: isRegistered ? session.meetingLink : undefined,
  };
  const method = session.state === 'cancelled' ? 'CANCEL' : 'PUBLISH';
  return {
    subject: session.state === 'cancelled' ? t('programme.mail-cancelled-subject', { session: title }) : title,
    text: paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== '').join('\n\n'),
    attachments: [
      {
        fileName: `${session.slug}.ics`,
        mediaType: `text/calendar; charset=utf-8; method=${method}`,
        content: formatCalendar({ name: title, language: locale, method }, [event]),
      },
    ],
  };
}
