/** What papers build on: statements with the broadest support first, from the final result, which never changes. */
import type { Reading } from '../../../house.ts';
import type { InquiryId, MemberId } from '../../../ids.ts';
import type { Said } from '../../texts.ts';
import { listStatements } from '../statement/store.ts';
import type { Count } from './content.ts';
import { byConsensus, consensusOf } from './order.ts';
import { findResult } from './store.ts';

export interface SupportedStatement {
  readonly number: number;
  /** As it was written. */
  readonly said: Said;
  /** Whose words these are, for credit; undefined: of whoever convened, or under the Chatham House Rule. */
  readonly author: MemberId | undefined;
  /** The chance that the next person of a constituency agrees, geometric mean over constituencies: 0 to 1. */
  readonly consensus: number;
  readonly total: Count;
}

/** Undefined while the inquiry has no final result. What fewer than five people voted on is left out. */
export async function broadestSupport(
  { reader }: Reading,
  inquiry: InquiryId,
): Promise<readonly SupportedStatement[] | undefined> {
  const result = await findResult(reader, inquiry);
  if (!result?.content.isFinal) return undefined;
  const held = new Map(
    (await listStatements(reader, inquiry, ['shown'])).map((statement) => [statement.number, statement]),
  );
  return byConsensus(result.content).flatMap((published) => {
    const statement = held.get(published.number);
    const consensus = consensusOf(published);
    if (!statement || consensus === undefined || published.total === null) return [];
    return [
      {
        number: statement.number,
        said: { language: statement.language, text: statement.text },
        author: statement.author,
        consensus,
        total: published.total,
      },
    ];
  });
}
