/**
 * The answer to a digest: its numbers are turned back into what they meant when it was sent, and each thing gets its own words, as if somebody had
 * answered a mail about it alone. What one thing refuses is undone and told; the others stand.
 */
import { sql } from 'kysely';
import type { Work } from '../../../house.ts';
import { messageOf } from '../../../http/failure.tsx';
import { changeRhythm } from '../../../network/members/actions.ts';
import type { Digest, Member } from '../../../network/members/member.ts';
import { Problem, problem } from '../../../problem.ts';
import { readChoice, type Vocabulary } from '../choices.ts';
import type { MailKind, MailText, MailVoice, Reply } from '../mail-kind.ts';
import { readAnswers, type NumberedAnswer } from './answers.ts';
import type { DigestSource } from './digest-source.ts';
import { findDigest, type NumberedThing } from './store.ts';

const rhythms: Vocabulary<Digest> = {
  each: ['at once', 'aussitot', 'al momento', 'de imediato', 'فورا'],
  daily: ['daily', 'chaque jour', 'cada dia', 'diario', 'diariamente', 'يوميا'],
  weekly: ['weekly', 'chaque semaine', 'cada semana', 'semanalmente', 'اسبوعيا'],
  none: ['none', 'aucun', 'ninguno', 'nenhum', 'لا شيء'],
};

export function digestMail(sources: readonly DigestSource[], kinds: readonly MailKind[]): MailKind {
  return {
    kind: 'digest',
    // Composed where it is sent (sending.ts), for many at once; nobody asks for one alone.
    compose: () => Promise.resolve(undefined),
    async receive(work, voice, member, id, reply) {
      const things = await findDigest(work.tx.db, id, member.id);
      if (!things) throw problem.notFound({ what: 'digest' });
      const { t } = voice;
      const subject = t('mail.digest-receipt-subject');
      const rhythm = reply.words.includes('\n') ? undefined : readChoice(reply.words, rhythms);
      if (rhythm && rhythm.reason === '') {
        await changeRhythm(work, member, rhythm.choice);
        return { subject, text: t(`mail.digest-now-${rhythm.choice}`) };
      }
      const { answers, notUnderstood } = readAnswers(reply.words, things.length);
      if (answers.length === 0) return { subject, text: [t('mail.digest-unclear'), t('mail.digest-how')].join('\n\n') };
      const receipts: string[] = [];
      for (const told of groupByThing(answers, things)) {
        const { subject: about, text } = await carryOut(work, voice, member, { told, sources, kinds, reply });
        receipts.push(`== ${told.numbers.join(', ')}: ${about} ==`, text.trim());
      }
      if (notUnderstood.length > 0)
        receipts.push(t('mail.digest-not-understood', { words: notUnderstood.join(' / ').slice(0, 500) }));
      return { subject, text: receipts.join('\n\n') };
    },
  };
}

interface Told {
  readonly thing: NumberedThing;
  readonly numbers: number[];
  readonly answers: { readonly ref: string | null; readonly words: string }[];
}

/** Votes on ten statements of one question are one answer to it, and get one receipt. */
function groupByThing(answers: readonly NumberedAnswer[], things: readonly NumberedThing[]): readonly Told[] {
  const groups = new Map<string, Told>();
  for (const { number, words } of answers) {
    const thing = things[number - 1];
    if (!thing) continue;
    const key = `${thing.source} ${thing.kind} ${thing.id}`;
    const told = groups.get(key) ?? { thing, numbers: [], answers: [] };
    groups.set(key, told);
    told.numbers.push(number);
    told.answers.push({ ref: thing.ref, words });
  }
  return [...groups.values()];
}

async function carryOut(
  work: Work,
  voice: MailVoice,
  member: Member,
  given: {
    readonly told: Told;
    readonly sources: readonly DigestSource[];
    readonly kinds: readonly MailKind[];
    readonly reply: Reply;
  },
): Promise<MailText> {
  const { thing, answers } = given.told;
  const source = given.sources.find(({ name }) => name === thing.source);
  const kind = given.kinds.find((each) => each.kind === thing.kind);
  if (!source || !kind) throw new TypeError(`nobody takes answers to ${thing.source} ${thing.kind}`);
  const words = answers
    .map(({ ref, words: said }) => (ref === null || !source.phrase ? said : source.phrase(ref, said)))
    .join('\n');
  const { db } = work.tx;
  await sql`savepoint digest_answer`.execute(db);
  try {
    const receipt = await kind.receive(work, voice, member, thing.id, { ...given.reply, words });
    await sql`release savepoint digest_answer`.execute(db);
    return receipt;
  } catch (error) {
    if (!(error instanceof Problem) || error.retryable) throw error;
    await sql`rollback to savepoint digest_answer`.execute(db);
    const text = voice.t('mail.refused', { reason: messageOf(error, voice.t) });
    return { subject: thing.title, text };
  }
}
