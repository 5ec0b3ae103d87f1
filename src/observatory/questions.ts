/**
 * Open questions: what the acts in the logs leave unexplained. A question has the same id wherever it is asked, because the id is a hash of
 * its kind and of the acts it rests on; so the party concerned finds it on its own node, and answers once.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ActId, Did, SubjectId } from '../ids.ts';

/**
 * contradiction: signed bytes that cannot all be right, or that no rule permits; a log that holds one is not verified. open: something is
 * missing or late, and may still be explained.
 */
export type Weight = 'contradiction' | 'open';

export const questionKinds = {
  'log-forked': 'contradiction',
  'entry-unreadable': 'contradiction',
  'signature-not-valid': 'contradiction',
  'act-malformed': 'contradiction',
  'key-revoked-later': 'open',
  'signed-after-move': 'open',
  'type-unknown': 'open',
  'predecessor-missing': 'open',
  equivocation: 'contradiction',
  'opened-by-another': 'contradiction',
  numbering: 'contradiction',
  'admission-differs': 'contradiction',
  'refusal-differs': 'contradiction',
  'act-missing': 'open',
  'time-not-proven': 'contradiction',
  'body-missing': 'open',
  // Erased by its author: nobody can tell any more whether it was permitted.
  'flow-erased': 'open',
  'flow-not-in-force': 'contradiction',
  'flow-not-permitted': 'contradiction',
  'flow-after-withdrawal': 'open',
  'flow-too-fine': 'contradiction',
  'flow-withheld-too-little': 'contradiction',
  'receipt-missing': 'open',
  'receipt-differs': 'contradiction',
  'proof-missing': 'open',
  'proof-not-valid': 'contradiction',
  'release-overdue': 'open',
  'schedule-silent': 'open',
  'too-many': 'open',
} as const satisfies Record<string, Weight>;
export type QuestionKind = keyof typeof questionKinds;

export const isQuestionKind = (text: string): text is QuestionKind => Object.hasOwn(questionKinds, text);

export const questionIdSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export interface Question {
  readonly id: string;
  readonly kind: QuestionKind;
  /** Origin of the log in which it shows. */
  readonly origin: string;
  /** Who may answer. */
  readonly parties: readonly Did[];
  /** The acts it rests on, the one in question first. */
  readonly acts: readonly ActId[];
  readonly subject: SubjectId | undefined;
  /** Codes, numbers and dates that its sentence needs. */
  readonly details: Readonly<Record<string, string | number>>;
  /** When it becomes a question, in ms since 1970: a receipt may come until then. Undefined: at once. */
  readonly opensAtMs: number | undefined;
}

export type NewQuestion = Omit<Question, 'id' | 'subject' | 'opensAtMs' | 'details'> &
  Partial<Pick<Question, 'subject' | 'opensAtMs' | 'details'>> & {
    /** Tells apart what rests on no act, or on the same ones. */ readonly key?: string;
  };

export function makeQuestion({ key = '', ...question }: NewQuestion): Question {
  const words = [question.kind, key, ...question.acts.toSorted()];
  const id = createHash('sha256')
    .update(`reciproca question\n${words.join('\n')}`)
    .digest('base64url');
  return { id, subject: undefined, opensAtMs: undefined, details: {}, ...question };
}

export const isOpenAt = (question: Pick<Question, 'opensAtMs'>, nowMs: number): boolean =>
  question.opensAtMs === undefined || question.opensAtMs <= nowMs;

/** So many of one kind in one log are kept; the rest are counted. What fills a log with nonsense must not fill whoever reads it. */
export const keptPerKind = 1_000;

export interface QuestionBook {
  add(question: NewQuestion): void;
  list(): readonly Question[];
}

export function openQuestionBook(): QuestionBook {
  const kept = new Map<string, Question>();
  const counts = new Map<string, number>();
  return {
    add(given) {
      const question = makeQuestion(given);
      const place = `${question.origin} ${question.kind}`;
      const count = (counts.get(place) ?? 0) + 1;
      counts.set(place, count);
      if (count <= keptPerKind) kept.set(question.id, question);
    },
    list() {
      const overflow = [...counts].filter(([, count]) => count > keptPerKind);
      return [
        ...kept.values(),
        ...overflow.map(([place, count]) => {
          const [origin = '', kind = ''] = place.split(' ');
          return makeQuestion({
            kind: 'too-many',
            origin,
            parties: [],
            acts: [],
            key: place,
            details: { kind, count: count - keptPerKind },
          });
        }),
      ];
    },
  };
}
