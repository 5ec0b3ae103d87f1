/**
 * An inquiry by plain mail: ten statements with their numbers; "1 yes, 2 no, 3 pass" votes, "statement: ..." writes one. The receipt says what
 * was counted and brings the next ten, so that somebody who never opens a browser votes on everything.
 */
import { agreement, readChoices } from '../../../field/mail/choices.ts';
import type { MailKind, MailText, MailVoice } from '../../../field/mail/mail-kind.ts';
import type { Reading, Work } from '../../../house.ts';
import type { InquiryId } from '../../../ids.ts';
import { confirmMembership } from '../../../network/members/actions.ts';
import type { Member } from '../../../network/members/member.ts';
import { findMemberById } from '../../../network/members/store.ts';
import { problem } from '../../../problem.ts';
import { formatDate } from '../../../ui/format.ts';
import { inLanguage } from '../../texts.ts';
import { inquiryPath } from '../inquiries/answers.ts';
import { phaseAt, type Inquiry } from '../inquiries/inquiry.ts';
import { findInquiry, isEligible } from '../inquiries/store.ts';
import { findRefusal, submitStatement } from '../statement/actions.ts';
import { listShown, wordsOf } from '../statement/answers.ts';
import { longestStatement } from '../statement/statement.ts';
import { castVotes } from './actions.ts';
import { choiceOf } from './choice.ts';
import { chooseNext } from './reading.ts';
import { readStatements, type WrittenStatement } from './written-statements.ts';

const statementsPerMail = 10;
/** Of answers in one mail; fewer than a minute's limit, so that a long mail is not put off for ever. */
const mostAnswers = 50;

export const inquiryMail: MailKind = {
  kind: 'inquiry',
  async compose(reading, voice, member, thing) {
    const inquiry = await find(reading, thing);
    const phase = inquiry && phaseAt(inquiry, reading.house.clock.now());
    if (!inquiry || (phase !== 'voting' && phase !== 'collecting')) return undefined;
    const introduction = inLanguage(inquiry.introduction, voice.locale, inquiry.language)?.text;
    return mail(voice, inquiry, [
      questionOf(voice, inquiry),
      introduction,
      ...(await describeBallot(reading, voice, member, inquiry)),
      howToWrite(voice, inquiry),
      readOn(voice, inquiry),
    ]);
  },
  async receive(work, voice, sender, thing, { words }) {
    const { t } = voice;
    const reading = { house: work.house, reader: work.tx.db };
    const inquiry = await find(reading, thing);
    if (!inquiry) throw problem.notFound({ what: 'inquiry' });
    const phase = phaseAt(inquiry, work.tx.now);
    if (phase !== 'voting' && phase !== 'collecting')
      return mail(voice, inquiry, [t('statements.mail-closed'), readOn(voice, inquiry)]);
    const { statements, rest } = readStatements(words, voice.locale);
    const read = readChoices(rest, agreement);
    const choices = read.choices.slice(0, mostAnswers);
    const notUnderstood = [
      ...read.notUnderstood,
      ...read.choices.slice(mostAnswers).map(({ number, choice }) => `${number} ${t(`statements.${choice}`)}`),
    ];
    if (statements.length === 0 && choices.length === 0)
      return mail(voice, inquiry, [
        t('statements.mail-unclear'),
        ...(await describeBallot(reading, voice, sender, inquiry)),
      ]);
    const member = await comeIn(work, sender);
    if (!(await isEligible(work.tx.db, inquiry, member.id)))
      return mail(voice, inquiry, [t(`statements.not-among-${inquiry.voters}`), readOn(voice, inquiry)]);
    const counted =
      choices.length === 0
        ? undefined
        : phase === 'collecting'
          ? t('statements.no-vote-collecting')
          : await vote(work, voice, inquiry, member, choices);
    const written: string[] = [];
    for (const statement of statements) written.push(await write(work, voice, inquiry, member, statement));
    return mail(voice, inquiry, [
      counted,
      ...written,
      notUnderstood.length === 0
        ? undefined
        : [t('statements.mail-not-understood'), ...notUnderstood.slice(0, 20)].join('\n'),
      ...(await describeBallot(reading, voice, member, inquiry)),
      readOn(voice, inquiry),
    ]);
  },
};

async function find({ reader }: Reading, thing: string): Promise<Inquiry | undefined> {
  const inquiry = await findInquiry(reader, thing as InquiryId);
  return inquiry?.state === 'draft' ? undefined : inquiry;
}

/** The key proves the mailbox: whoever answers has come in. */
async function comeIn(work: Work, member: Member): Promise<Member> {
  if (member.confirmedAt !== undefined) return member;
  await confirmMembership(work, member);
  return (await findMemberById(work.tx.db, member.id)) ?? member;
}

async function vote(
  work: Work,
  voice: MailVoice,
  inquiry: Inquiry,
  member: Member,
  choices: ReturnType<typeof readChoices<'agree' | 'disagree' | 'pass'>>['choices'],
): Promise<string> {
  const { t } = voice;
  const votes = choices.map(({ number, choice }) => ({ number, choice: choiceOf(choice) }));
  const counted = await castVotes(work, inquiry, member, votes, 'mail');
  const shown = new Map(
    (await listShown(work.tx.db, inquiry.id, voice.locale)).map((statement) => [statement.number, wordsOf(statement)]),
  );
  return [
    t('statements.mail-counted', { count: counted.size }),
    ...choices.map(({ number, choice }) =>
      counted.has(number)
        ? `${number}. ${t(`statements.${choice}`)}: ${shown.get(number) ?? ''}`
        : t('statements.mail-no-such-number', { number: String(number) }),
    ),
  ].join('\n');
}

/** What cannot be taken is said, and undoes nothing else that the same mail says. */
async function write(
  work: Work,
  { t }: MailVoice,
  inquiry: Inquiry,
  member: Member,
  { text, language }: WrittenStatement,
): Promise<string> {
  const given = { text, language, namesPerson: false };
  const refusal = await findRefusal(work.tx.db, inquiry, member.id, given);
  if (refusal !== undefined) return [t('statements.mail-refused'), text, t(`statements.refused-${refusal}`)].join('\n');
  const { number, state } = await submitStatement(work, inquiry, member, given, 'mail');
  const key = state === 'shown' ? 'statements.mail-shown' : 'statements.mail-held';
  return [t(key, { number: String(number) }), text].join('\n');
}

/** The next statements for this member, or that there are none. */
async function describeBallot(
  { reader, house }: Reading,
  voice: MailVoice,
  member: Member,
  inquiry: Inquiry,
): Promise<readonly string[]> {
  const { t, locale } = voice;
  if (phaseAt(inquiry, house.clock.now()) === 'collecting')
    return [t('statements.mail-collecting', { date: formatDate(voice, inquiry.votesFrom) })];
  const numbers = await chooseNext(reader, inquiry.id, member.id, statementsPerMail);
  if (numbers.length === 0) return [t('statements.voted-on-all')];
  const shown = new Map((await listShown(reader, inquiry.id, locale)).map((each) => [each.number, wordsOf(each)]));
  const [first = 0, second, third] = numbers;
  return [
    t('statements.mail-how-to-vote', { date: formatDate(voice, inquiry.closesOn) }),
    [
      `${first} ${t('statements.mail-yes')}`,
      ...(second === undefined ? [] : [`${second} ${t('statements.mail-no')}`]),
      ...(third === undefined ? [] : [`${third} ${t('statements.mail-pass')}`]),
    ].join('\n'),
    numbers.map((number) => `${number}. ${shown.get(number) ?? ''}`).join('\n'),
  ];
}

function howToWrite({ t }: MailVoice, inquiry: Inquiry): string | undefined {
  return inquiry.statementsEach === 0 ? undefined : t('statements.mail-how-to-write', { count: longestStatement });
}

const readOn = (voice: MailVoice, inquiry: Inquiry): string => voice.link(inquiryPath(voice.party.slug, inquiry.slug));

const questionOf = ({ locale }: MailVoice, inquiry: Inquiry): string =>
  inLanguage(inquiry.question, locale, inquiry.language)?.text ?? inquiry.slug;

const mail = (voice: MailVoice, inquiry: Inquiry, paragraphs: readonly (string | undefined)[]): MailText => ({
  subject: questionOf(voice, inquiry),
  text: paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== '').join('\n\n'),
});
