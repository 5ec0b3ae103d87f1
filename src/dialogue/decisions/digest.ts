/** Decisions in a digest: those that wait for the member's answer, and what came of those she answered. */
import {
  collector,
  earliestOf,
  type DigestEntry,
  type DigestReader,
  type DigestSource,
} from '../../field/mail/digests/digest-source.ts';
import { isBroughtToMind, isNew } from '../../field/mail/digests/rhythm.ts';
import { formatInstant } from '../../ui/format.ts';
import * as found from './digest-store.ts';
import type { Decision } from './store.ts';

export const decisionDigest: DigestSource = {
  name: 'decision',
  async list({ reader }, readers, round) {
    const { entries, add } = collector();
    const members = readers.map(({ member }) => member.id);
    const earliest = earliestOf(readers);
    const open = (await found.listOpen(reader, round.at)).filter(
      ({ opensAt, closesAt }) => opensAt > earliest || isBroughtToMind(round, closesAt),
    );
    const asked = await found.listUnanswered(
      reader,
      open.map(({ id }) => id),
      members,
    );
    for (const decision of open)
      for (const each of readers)
        if (asked.has(found.pairOf(decision.id, each.member.id)))
          if (isNew(decision.opensAt, each.since, round) || isBroughtToMind(round, decision.closesAt))
            add(each.member.id, waiting(each, decision, isBroughtToMind(round, decision.closesAt)));
    const told = await found.listTold(reader, earliest);
    const positions = await found.listPositionsOf(
      reader,
      told.map(({ id }) => id),
      members,
    );
    for (const each of readers)
      for (const decision of told) {
        const own = positions.filter(({ member, of }) => member === each.member.id && of === decision.id);
        if (own.length > 0 && decision.outcomeAt !== undefined && isNew(decision.outcomeAt, each.since, round))
          add(
            each.member.id,
            outcome(
              each,
              decision,
              own.map(({ id }) => id),
            ),
          );
      }
    return entries;
  },
};

function waiting({ member, voice }: DigestReader, decision: Decision, isReminder: boolean): DigestEntry {
  const { t, locale } = voice;
  const { question, closesAt, method, options, id, opensAt } = decision;
  return {
    section: 'decisions',
    text: [
      question,
      t('decisions.mail-until', { time: formatInstant({ locale, timeZone: member.timeZone }, closesAt) }),
      t(`decisions.mail-how-${method}`),
      options.map((option, at) => `(${at + 1}) ${option}`).join('\n'),
    ]
      .filter((part) => part !== '')
      .join('\n'),
    thing: { kind: 'decision', id },
    // A mail that asked weeks ago does not stand in for the reminder.
    ...(isReminder ? {} : { newAt: opensAt }),
  };
}

function outcome({ voice: { t } }: DigestReader, decision: Decision, positions: readonly string[]): DigestEntry {
  const answers = positions.flatMap((position) => decision.outcomeAnswers[position] ?? []);
  return {
    section: 'answers',
    text: [
      t('mail.digest-outcome', { question: decision.question }),
      ...answers.map((answer) => t('mail.digest-your-objection', { answer })),
      decision.outcome ?? '',
    ].join('\n'),
    thing: { kind: 'decision', id: decision.id },
  };
}
