/** A joint statement by plain mail: "sign" signs, "sign for ORGANISATION" signs for it, "withdraw" takes it back before the deadline. */
import { readChoice, type Vocabulary } from '../../field/mail/choices.ts';
import type { MailKind, MailText, MailVoice } from '../../field/mail/mail-kind.ts';
import type { Reading, Work } from '../../house.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import type { Member } from '../../network/members/member.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { formatInstant } from '../../ui/format.ts';
import type { At } from './actions.ts';
import { paperPath } from './answers.ts';
import { formatPlainText } from './document.ts';
import { find } from './paper-mail.ts';
import { documentOf } from './publication.ts';
import { signOn, withdrawSignOn } from './signing.ts';
import { listSpokenFor } from './speaker.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

const answers: Vocabulary<'sign' | 'withdraw'> = {
  sign: [
    'sign',
    'i sign',
    'yes',
    'signer',
    'je signe',
    'oui',
    'firmo',
    'firmar',
    'si',
    'assino',
    'assinar',
    'sim',
    'اوقع',
    'نعم',
  ],
  withdraw: ['withdraw', 'no', 'retirer', 'je retire', 'non', 'retiro', 'retirar', 'nao', 'اسحب', 'لا'],
};

export const statementMail: MailKind = {
  kind: 'joint-statement',
  async compose(reading, voice, member, thing) {
    const at = await find(reading, member, thing);
    return at && at.paper.state !== 'open' ? describe(reading, voice, member, at) : undefined;
  },
  async receive(work, voice, member, thing, { words }) {
    const at = await find({ house: work.house, reader: work.tx.db }, member, thing);
    if (!at) throw problem.notFound({ what: 'paper' });
    const { t } = voice;
    const read = readChoice(words.split('\n')[0] ?? '', answers);
    if (!read) return { subject: at.paper.title, text: t('papers.mail-sign-unclear') };
    await confirmMembership(work, member);
    const organisation = await findNamed(work, at, read.reason);
    if (organisation === 'unknown') return { subject: at.paper.title, text: t('papers.mail-sign-mandate') };
    if (read.choice === 'withdraw')
      return { subject: at.paper.title, text: await withdraw(work, voice, at, organisation?.id) };
    const isNew = await signOn(work, at, organisation?.id);
    const name = organisation?.name ?? member.name;
    return { subject: at.paper.title, text: t(isNew ? 'papers.mail-signed' : 'papers.mail-signed-before', { name }) };
  },
};

/** "for Health Watch" names an organisation that the member speaks for; no name means herself. */
async function findNamed(work: Work, { speaker }: At, rest: string) {
  const name = rest
    .replace(/^(?:for|pour|au nom de|por|en nombre de|em nome de|عن|باسم)\s+/iu, '')
    .replace(/[.!]$/, '')
    .trim();
  if (name === '') return undefined;
  const spokenFor = await listSpokenFor(work.tx.db, speaker, plainDateAt(work.tx.now, 'UTC'));
  return spokenFor.find((each) => each.name.toLowerCase() === name.toLowerCase()) ?? 'unknown';
}

async function withdraw(work: Work, { t }: MailVoice, at: At, organisation: string | undefined): Promise<string> {
  const own = (await store.listSignatures(work.tx.db, at.paper.id)).find((signature) =>
    organisation === undefined
      ? signature.organisation === undefined && signature.member === at.speaker.member?.id
      : signature.organisation?.id === organisation,
  );
  if (!own) return t('papers.mail-not-signed');
  await withdrawSignOn(work, at, own.id);
  return t('papers.mail-signature-withdrawn');
}

async function describe({ reader, house }: Reading, voice: MailVoice, member: Member, at: At): Promise<MailText> {
  const { t, locale, party } = voice;
  const { paper, speaker } = at;
  const document = await documentOf(reader, paper, await readText(reader, paper.id), []);
  const now = house.clock.now();
  const spokenFor = await listSpokenFor(reader, speaker, plainDateAt(now, 'UTC'));
  const isRunning = paper.state === 'signing' && paper.signingUntil !== undefined && now < paper.signingUntil;
  const parts = [
    ...(isRunning && paper.signingUntil
      ? [
          t('papers.signing-until', { time: formatInstant({ locale, timeZone: member.timeZone }, paper.signingUntil) }),
          t('papers.mail-sign-how'),
          ...spokenFor.map(({ name }) => t('papers.mail-sign-for', { name })),
        ]
      : [t('papers.mail-closed')]),
    '———',
    formatPlainText(document).trim(),
    voice.link(paperPath(party.slug, paper.slug)),
  ];
  return { subject: paper.title, text: parts.join('\n\n') };
}
