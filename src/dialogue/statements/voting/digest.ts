/** Statements in a digest: those that are new, or, before an inquiry ends, all that the member has not voted on; and what became of her own. */
import {
  collector,
  earliestOf,
  type DigestReader,
  type DigestSource,
} from '../../../field/mail/digests/digest-source.ts';
import { isBroughtToMind, isNew } from '../../../field/mail/digests/rhythm.ts';
import type { Reader } from '../../../db/database.ts';
import type { Locale } from '../../../ui/locales.ts';
import { inLanguage } from '../../texts.ts';
import { phaseAt, votesEnd, type Inquiry } from '../inquiries/inquiry.ts';
import { listEligible, listInquiries } from '../inquiries/store.ts';
import { listShown, wordsOf } from '../statement/answers.ts';
import { listCandidates } from '../statement/store.ts';
import * as found from './digest-store.ts';

const mostInquiries = 50;
const never = new Date(0);
/** Of one inquiry in one digest; the receipt of an answer brings the next ones. */
const statementsEach = 10;

export const inquiryDigest: DigestSource = {
  name: 'inquiry',
  async list({ reader }, readers, round) {
    const { entries, add } = collector();
    const members = readers.map(({ member }) => member.id);
    const earliest = earliestOf(readers);
    const open = await listInquiries(reader, { states: ['open'], limit: mostInquiries });
    for (const inquiry of open.filter((each) => phaseAt(each, round.at) === 'voting')) {
      const isEnding = isBroughtToMind(round, votesEnd(inquiry));
      const shownAt = await found.listShownAt(reader, inquiry.id, isEnding ? never : earliest);
      if (shownAt.size === 0) continue;
      const eligible = await listEligible(reader, inquiry, members);
      const voted = await found.listVotedBy(reader, inquiry.id, members);
      const words = await readWords(reader, inquiry, readers);
      const order = (await listCandidates(reader, inquiry.id)).toSorted((a, b) => b.priority - a.priority);
      for (const { member, voice, since } of readers) {
        if (!eligible.has(member.id)) continue;
        const numbers = order
          .map(({ number }) => number)
          .filter((number) => isEnding || isNew(shownAt.get(number) ?? never, since, round))
          .filter((number) => voted.get(member.id)?.has(number) !== true)
          .slice(0, statementsEach);
        for (const number of numbers) {
          const newAt = isEnding ? undefined : shownAt.get(number);
          add(member.id, {
            section: 'statements',
            under: inLanguage(inquiry.question, voice.locale, inquiry.language)?.text ?? inquiry.slug,
            text: words.get(voice.locale)?.get(number) ?? '',
            thing: { kind: 'inquiry', id: inquiry.id },
            ref: String(number),
            ...(newAt && { newAt }),
          });
        }
      }
    }
    for (const { member, inquiry, text, state, at } of await found.listDecidedOn(reader, members, earliest)) {
      const own = readers.find((each) => each.member.id === member);
      if (own && isNew(at, own.since, round))
        add(member, {
          section: 'answers',
          text: `${own.voice.t(`mail.digest-statement-${state}`)}\n${text}`,
          thing: { kind: 'inquiry', id: inquiry },
        });
    }
    return entries;
  },
  phrase: (ref, words) => `${ref} ${words.replaceAll('\n', ' ')}`,
};

/** By language and number: read once for all who read in that language. */
async function readWords(
  reader: Reader,
  { id }: Inquiry,
  readers: readonly DigestReader[],
): Promise<ReadonlyMap<Locale, ReadonlyMap<number, string>>> {
  const words = new Map<Locale, ReadonlyMap<number, string>>();
  for (const locale of new Set(readers.map(({ voice }) => voice.locale)))
    words.set(locale, new Map((await listShown(reader, id, locale)).map((each) => [each.number, wordsOf(each)])));
  return words;
}
