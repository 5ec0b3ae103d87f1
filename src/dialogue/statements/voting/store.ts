import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { InquiryId, MemberId, PartyId, StatementId } from '../../../ids.ts';
import type { Choice } from './choice.ts';

interface StatementVotesTable {
  statement_id: StatementId;
  member_id: MemberId;
  inquiry_id: InquiryId;
  party_id: PartyId;
  vote: Choice;
  source: 'web' | 'mail';
  voted_at: Date;
  published_vote: Choice | null;
  is_waiting: boolean;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    statement_votes: StatementVotesTable;
  }
}

/** The last vote counts. False when the same was said before: then nothing changes, not even its place among those that wait. */
export async function keepVote(
  tx: Tx,
  row: Omit<StatementVotesTable, 'published_vote' | 'is_waiting'>,
): Promise<boolean> {
  const result = await tx.db
    .insertInto('statement_votes')
    .values({ ...row, published_vote: null, is_waiting: true })
    .onConflict((conflict) =>
      conflict
        .columns(['statement_id', 'member_id'])
        .doUpdateSet({ vote: row.vote, source: row.source, voted_at: row.voted_at, is_waiting: true })
        .where('statement_votes.vote', '<>', row.vote),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function countVotesSince(
  reader: Reader,
  inquiry: InquiryId,
  member: MemberId,
  since: Date,
): Promise<number> {
  const { found } = await reader
    .selectFrom('statement_votes')
    .select(sql<number>`count(*)::int`.as('found'))
    .where('inquiry_id', '=', inquiry)
    .where('member_id', '=', member)
    .where('voted_at', '>', since)
    .executeTakeFirstOrThrow();
  return found;
}

export interface OwnVote {
  readonly number: number;
  readonly vote: Choice;
}

/** The latest first; on statements that are shown. */
export async function listOwnVotes(reader: Reader, inquiry: InquiryId, member: MemberId): Promise<OwnVote[]> {
  return reader
    .selectFrom('statement_votes')
    .innerJoin('statements', 'statements.id', 'statement_votes.statement_id')
    .select(['statements.number', 'statement_votes.vote'])
    .where('statement_votes.inquiry_id', '=', inquiry)
    .where('statement_votes.member_id', '=', member)
    .where('statements.state', '=', 'shown')
    .orderBy('statement_votes.voted_at', 'desc')
    .orderBy('statements.number', 'desc')
    .execute();
}

export async function countVoters(reader: Reader, inquiry: InquiryId): Promise<number> {
  const { found } = await reader
    .selectFrom('statement_votes')
    .select(sql<number>`count(distinct member_id)::int`.as('found'))
    .where('inquiry_id', '=', inquiry)
    .executeTakeFirstOrThrow();
  return found;
}

/** Of what is shown, as it stands now: for choosing what comes next, not for showing. */
export async function tallyShown(
  reader: Reader,
  inquiry: InquiryId,
): Promise<{ readonly number: number; readonly agrees: number; readonly disagrees: number; readonly seen: number }[]> {
  return reader
    .selectFrom('statements')
    .leftJoin('statement_votes', 'statement_votes.statement_id', 'statements.id')
    .select([
      'statements.number',
      sql<number>`(count(*) filter (where vote = 1))::int`.as('agrees'),
      sql<number>`(count(*) filter (where vote = -1))::int`.as('disagrees'),
      sql<number>`count(vote)::int`.as('seen'),
    ])
    .where('statements.inquiry_id', '=', inquiry)
    .where('statements.state', '=', 'shown')
    .groupBy('statements.number')
    .execute();
}

/**
 * Marks the votes that are published from now on: per statement all that wait but the last `held`, and only when that is at least as many. When
 * `all` are (once, at the end), they are again none or at least `held`, but for a statement that had too few to be published at all.
 */
export async function publishVotes(tx: Tx, inquiry: InquiryId, held: number, all: boolean): Promise<number> {
  const result = await sql`
    update statement_votes vote set published_vote = vote.vote, is_waiting = false
    from (
      select statement_id, member_id,
        row_number() over (partition by statement_id order by voted_at, member_id) as place,
        count(*) over (partition by statement_id) as waiting
      from statement_votes where inquiry_id = ${inquiry} and is_waiting
    ) as ranked
    where vote.statement_id = ranked.statement_id and vote.member_id = ranked.member_id
      and (${all} or (ranked.waiting >= ${2 * held}::int and ranked.place <= ranked.waiting - ${held}::int))`.execute(
    tx.db,
  );
  return Number(result.numAffectedRows ?? 0n);
}

export interface PublishedVote {
  readonly member: MemberId;
  readonly number: number;
  readonly vote: Choice;
}

/** On statements that are shown. */
export async function listPublishedVotes(reader: Reader, inquiry: InquiryId): Promise<PublishedVote[]> {
  return reader
    .selectFrom('statement_votes')
    .innerJoin('statements', 'statements.id', 'statement_votes.statement_id')
    .select(['statement_votes.member_id as member', 'statements.number', 'statement_votes.published_vote as vote'])
    .where('statement_votes.inquiry_id', '=', inquiry)
    .where('statements.state', '=', 'shown')
    .where('statement_votes.published_vote', 'is not', null)
    .$narrowType<{ vote: Choice }>()
    .execute();
}
