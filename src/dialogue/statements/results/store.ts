import { sql } from 'kysely';
import type { PartyKind } from '../../../acts/spine-types.ts';
import type { Reader, Tx } from '../../../db/database.ts';
import type { InquiryId, PartyId } from '../../../ids.ts';
import { resultContent, type ResultContent } from './content.ts';
import type { Declared } from './describe.ts';

interface InquiryResultsTable {
  inquiry_id: InquiryId;
  party_id: PartyId;
  content: unknown;
  is_final: boolean;
  computed_at: Date;
  revision: number;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    inquiry_results: InquiryResultsTable;
  }
}

export interface Result {
  readonly content: ResultContent;
  readonly computedAt: Date;
}

export async function findResult(reader: Reader, inquiry: InquiryId): Promise<Result | undefined> {
  const row = await reader
    .selectFrom('inquiry_results')
    .select(['content', 'computed_at'])
    .where('inquiry_id', '=', inquiry)
    .executeTakeFirst();
  return row && { content: resultContent.parse(row.content), computedAt: row.computed_at };
}

export interface ResultStanding {
  readonly isFinal: boolean;
  readonly revision: number;
}

export async function findStanding(reader: Reader, inquiry: InquiryId): Promise<ResultStanding | undefined> {
  const row = await reader
    .selectFrom('inquiry_results')
    .select(['is_final', 'revision'])
    .where('inquiry_id', '=', inquiry)
    .executeTakeFirst();
  return row && { isFinal: row.is_final, revision: row.revision };
}

/** False when another computation was saved meanwhile, or the final one stands. `base` is 0 when there was none. */
export async function saveResult(
  tx: Tx,
  party: PartyId,
  inquiry: InquiryId,
  base: number,
  content: ResultContent,
): Promise<boolean> {
  const result = await tx.db
    .insertInto('inquiry_results')
    .values({
      inquiry_id: inquiry,
      party_id: party,
      content: sql`${JSON.stringify(content)}::jsonb`,
      is_final: content.isFinal,
      computed_at: tx.now,
      revision: base + 1,
    })
    .onConflict((conflict) =>
      conflict
        .column('inquiry_id')
        .doUpdateSet((set) => ({
          content: set.ref('excluded.content'),
          is_final: set.ref('excluded.is_final'),
          computed_at: set.ref('excluded.computed_at'),
          revision: set.ref('excluded.revision'),
        }))
        .where('inquiry_results.revision', '=', base)
        .where('inquiry_results.is_final', '=', false),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** What those who voted say of themselves, by member; also of those who have left since. */
export async function listDeclared(reader: Reader, inquiry: InquiryId): Promise<ReadonlyMap<string, Declared>> {
  const rows = await reader
    .selectFrom('members')
    .select(['members.id', 'members.constituency', 'members.country'])
    .where((where) =>
      where.exists(
        where
          .selectFrom('statement_votes')
          .select('statement_votes.member_id')
          .whereRef('statement_votes.member_id', '=', 'members.id')
          .where('statement_votes.inquiry_id', '=', inquiry),
      ),
    )
    .execute();
  return new Map(
    rows.map(({ id, constituency, country }): [string, { constituency: PartyKind; country: string | undefined }] => [
      id,
      { constituency, country: country ?? undefined },
    ]),
  );
}
