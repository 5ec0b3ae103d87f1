import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { describeFrame, frameAnswer } from '../inquiries/reading.ts';
import { listShown, statementAnswer } from '../statement/answers.ts';
import { resultContent, type ResultContent } from './content.ts';
import { findResult } from './store.ts';

export const resultsAnswer = frameAnswer.extend({
  /** Null: nothing is published yet. */
  result: resultContent.nullable(),
  computedAt: z.iso.datetime().nullable(),
  /** The words of what was voted on, in the reader's language where somebody has translated them. */
  words: z.array(statementAnswer),
  /** Where the same stands as CSV and JSON. */
  data: z.object({ csv: z.string(), json: z.string() }),
});
export type ResultsAnswer = z.output<typeof resultsAnswer>;

export async function describeResults(reading: Reading & Caller, inquiry: Inquiry): Promise<ResultsAnswer> {
  const frame = await describeFrame(reading, inquiry);
  const found = await findResult(reading.reader, inquiry.id);
  const words = await listShown(reading.reader, inquiry.id, reading.locale);
  const isPublished = new Set(found?.content.statements.map(({ number }) => number));
  return {
    ...frame,
    result: found ? withoutTakenOut(found.content, new Set(words.map(({ number }) => number))) : null,
    computedAt: found?.computedAt.toISOString() ?? null,
    words: words.filter(({ number }) => isPublished.has(number)),
    data: { csv: `${frame.inquiry.path}/results.csv`, json: `/api${frame.inquiry.path}/results` },
  };
}

/** Taken out since it was computed: gone at once, and the numbers follow with the next computation. */
function withoutTakenOut(content: ResultContent, shown: ReadonlySet<number>): ResultContent {
  const isShown = ({ number }: { readonly number: number }): boolean => shown.has(number);
  return {
    ...content,
    statements: content.statements.filter(isShown),
    groups: content.groups.map((group) => ({ ...group, representative: group.representative.filter(isShown) })),
    majority: {
      agree: content.majority.agree.filter((number) => shown.has(number)),
      disagree: content.majority.disagree.filter((number) => shown.has(number)),
    },
  };
}
