/** A decision by plain mail: "yes", "no: why", "break: why" under silence, "2 1 3" among options. What comes after the end is told so. */
import { readChoice, type Vocabulary } from '../../field/mail/choices.ts';
import type { MailKind, MailText, MailVoice } from '../../field/mail/mail-kind.ts';
import type { Reading } from '../../house.ts';
import type { DecisionId } from '../../ids.ts';
import { confirmMembership } from '../../network/members/actions.ts';
import type { Member } from '../../network/members/member.ts';
import { problem } from '../../problem.ts';
import { formatInstant } from '../../ui/format.ts';
import { paperPath } from '../papers/answers.ts';
import { formatPlainText } from '../papers/document.ts';
import { documentOf } from '../papers/publication.ts';
import { listSpokenFor, speakerOf } from '../papers/speaker.ts';
import { findPaper } from '../papers/store.ts';
import { readText } from '../papers/text.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { plainDateAt } from '../../period.ts';
import { answer, type At } from './actions.ts';
import { decisionPath } from './answers.ts';
import { outcomeDueAt } from './counting.ts';
import { needsReason, type Choice } from './decision.ts';
import { readRanking } from './ranking.ts';
import * as store from './store.ts';

const answers: Vocabulary<Choice> = {
  agree: [
    'yes',
    'y',
    'agree',
    'i agree',
    'oui',
    "d'accord",
    'daccord',
    'si',
    'de acuerdo',
    'sim',
    'concordo',
    'de acordo',
    'نعم',
    'موافق',
    'اوافق',
  ],
  'stand-aside': [
    'stand aside',
    'aside',
    "je m'ecarte",
    'a l’ecart',
    'al margen',
    'me aparto',
    'à parte',
    'ponho-me a parte',
    'اتنحى',
  ],
  object: [
    'break',
    'no',
    'n',
    'object',
    'i object',
    'non',
    "j'objecte",
    'je romps',
    'objection',
    'objeto',
    'rompo',
    'nao',
    'quebro',
    'لا',
    'اعترض',
    'اكسر',
  ],
  abstain: [
    'abstain',
    'i abstain',
    "je m'abstiens",
    'abstention',
    'me abstengo',
    'abstencion',
    'abstenho-me',
    'abstencao',
    'امتنع',
  ],
};

export const decisionMail: MailKind = {
  kind: 'decision',
  async compose(reading, voice, member, thing) {
    const at = await find(reading, member, thing);
    if (!at) return undefined;
    const { decision, speaker } = at;
    if (decision.state === 'closed' && decision.outcome === undefined && speaker.pen !== undefined)
      return remind(voice, member, at);
    return decision.state === 'open' ? describe(reading, voice, member, at) : undefined;
  },
  async receive(work, voice, member, thing, { words }) {
    const at = await find({ house: work.house, reader: work.tx.db }, member, thing);
    if (!at) throw problem.notFound({ what: 'decision' });
    const { decision } = at;
    const { t } = voice;
    const read = readAnswer(decision, words);
    if (read === undefined)
      return { subject: decision.question, text: [t('decisions.mail-unclear'), howTo(voice, at)].join('\n\n') };
    if (read.choice === 'object' && read.reason === undefined && needsReason(decision.method))
      return { subject: decision.question, text: t('decisions.mail-objection-reason') };
    await confirmMembership(work, member);
    const result = await answer(work, at, { ...read, organisation: undefined });
    return { subject: decision.question, text: t(`decisions.mail-${result}`) };
  },
};

function readAnswer({ method, options }: store.Decision, words: string) {
  if (method !== 'ranked-choice') {
    const read = readChoice(words, answers);
    return read && { choice: read.choice, ranking: undefined, reason: read.reason.slice(0, 2000) || undefined };
  }
  const ranking = readRanking(words.split('\n')[0] ?? '');
  const isSound =
    ranking.length > 0 &&
    new Set(ranking).size === ranking.length &&
    ranking.every((option) => option <= options.length);
  return isSound ? { choice: undefined, ranking, reason: undefined } : undefined;
}

async function find({ reader }: Reading, member: Member, thing: string): Promise<At | undefined> {
  const decision = await store.findDecision(reader, thing as DecisionId);
  const space = decision && (await findSpace(reader, decision.space));
  if (!decision || !space) return undefined;
  const speaker = await speakerOf(reader, member, space);
  // Whoever was asked may answer, also when she has no role in the space.
  return { decision, space, speaker: { ...speaker, voice: member.id } };
}

const howTo = ({ t }: MailVoice, { decision: { method } }: At): string => t(`decisions.mail-how-${method}`);

async function describe({ reader, house }: Reading, voice: MailVoice, member: Member, at: At): Promise<MailText> {
  const { t, locale, party } = voice;
  const { decision, speaker } = at;
  const paper = decision.paper && (await findPaper(reader, decision.paper));
  const spokenFor = store.areOrganisations(decision.entitled)
    ? await listSpokenFor(reader, speaker, plainDateAt(house.clock.now(), 'UTC'))
    : [];
  const parts = [
    decision.question,
    decision.explanation,
    t('decisions.mail-until', { time: formatInstant({ locale, timeZone: member.timeZone }, decision.closesAt) }),
    howTo(voice, at),
    spokenFor.length > 0 ? t('decisions.mail-for', { names: spokenFor.map(({ name }) => name).join(', ') }) : undefined,
    decision.options.map((option, index) => `${index + 1} ${option}`).join('\n'),
    voice.link(decisionPath(party.slug, decision.id)),
    ...(paper
      ? [
          '———',
          formatPlainText(await documentOf(reader, paper, await readText(reader, paper.id), []))
            .trim()
            .slice(0, 60_000),
          voice.link(paperPath(party.slug, paper.slug)),
        ]
      : []),
  ];
  return { subject: decision.question, text: parts.filter((part) => part !== undefined && part !== '').join('\n\n') };
}

function remind(voice: MailVoice, member: Member, { decision }: At): MailText {
  const { t, locale, party } = voice;
  const time = formatInstant({ locale, timeZone: member.timeZone }, outcomeDueAt(decision));
  return {
    subject: t('decisions.mail-remind-subject', { question: decision.question }),
    text: [
      t('decisions.mail-remind', { question: decision.question, time }),
      voice.link(decisionPath(party.slug, decision.id)),
    ].join('\n\n'),
  };
}
