/** An act on an agreement as whoever is to sign it reads it: the text, its articles and terms, and what signing does. */
import type { PreparedAct } from '../acts/prepare.ts';
import { namesOf } from '../acts/store.ts';
import type { Reader } from '../db/database.ts';
import type { Did } from '../ids.ts';
import type { ActInWords, Words } from '../network/assurance/act-words.ts';
import * as types from './act-types.ts';
import { documentSchema, type InstrumentDocument } from './document.ts';
import { bindingText, textWithId, type InstrumentState, type TextVersion } from './instrument.ts';
import { ruleSentence, termSentence } from './pages.tsx';
import { findInstrument } from './store.ts';

type Deed = 'sign-definitive' | 'sign-subject-to-ratification' | 'ratify' | 'withdraw' | 'amend' | 'accept-amendment';

export async function describeInstrumentAct(
  reader: Reader,
  words: Words,
  { payload, body }: PreparedAct,
): Promise<ActInWords | undefined> {
  const instrument = await findInstrument(reader, payload.subject);
  const deed = instrument && deedOf(instrument.state, payload, body);
  if (!instrument || !deed) return undefined;
  const { document, text } = deed;
  const keepers = document.copyKeepers.keepers.map(({ operator }) => operator);
  const names = await namesOf(reader, [...document.parties, ...keepers, payload.party]);
  const nameOf = (did: Did): string => names.get(did) ?? did;
  const { t } = words;
  const party = nameOf(payload.party);
  return {
    title: document.title,
    version: text && versionInWords(words, instrument.state, text, nameOf),
    consent: t(`network.prove-${deed.does}`, { party }),
    party,
    parts: partsOf(words, document, nameOf),
  };
}

function deedOf(
  state: InstrumentState,
  { type, summary }: PreparedAct['payload'],
  body: unknown,
): { readonly does: Deed; readonly document: InstrumentDocument; readonly text: TextVersion | null } | undefined {
  const onText = (does: Deed, text: TextVersion) => ({ does, document: text.document, text });
  switch (type) {
    case types.sign.name: {
      const { version, consent } = types.sign.summary.parse(summary);
      return onText(`sign-${consent}`, textWithId(state, version));
    }
    case types.ratify.name:
      return onText('ratify', textWithId(state, types.ratify.summary.parse(summary).version));
    case types.withdraw.name:
      return onText('withdraw', bindingText(state));
    case types.amend.name:
      return { does: 'amend', document: documentSchema.parse(body), text: null };
    case types.acceptAmendment.name:
      return onText('accept-amendment', textWithId(state, types.acceptAmendment.summary.parse(summary).amendment));
    default:
      return undefined;
  }
}

function versionInWords(
  { t }: Words,
  state: InstrumentState,
  { act, by }: TextVersion,
  nameOf: (did: Did) => string,
): string {
  const at = state.versions.findIndex((version) => version.act === act);
  const party = nameOf(by);
  return at < 0 ? t('network.prove-amendment', { party }) : t('network.prove-version', { n: at + 1, party });
}

function partsOf(words: Words, document: InstrumentDocument, nameOf: (did: Did) => string): ActInWords['parts'] {
  const { t } = words;
  const articles = document.articles.map(({ id, heading, text, terms }) => ({
    heading: t('agreement.article', { number: id.slice('art-'.length), heading }),
    paragraphs: [...text.split(/\n{2,}/), ...(terms.length === 0 ? [t('agreement.left-to-people')] : [])],
    terms: terms.map((term) => termSentence(words, term, nameOf)),
  }));
  const { rule, delayDays } = document.entryIntoForce;
  const delay = delayDays > 0 ? ` ${t('agreement.rule-delay', { count: delayDays })}` : '';
  const days = document.withdrawalNoticeDays;
  const closing = [
    `${ruleSentence(words, rule, nameOf)}${delay}.`,
    days === 0 ? t('agreement.withdrawal-none') : t('agreement.withdrawal-notice', { count: days }),
    t(`agreement.assurance-${document.assurance}`),
  ];
  return [...articles, { heading: t('agreement.rule-title'), paragraphs: closing, terms: [] }];
}
