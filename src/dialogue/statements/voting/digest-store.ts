import { sql } from 'kysely';
import type { Reader } from '../../../db/database.ts';
import type { InquiryId, MemberId } from '../../../ids.ts';

/** When each statement that is shown came before people: when it was written, or let through. By number, those later than `since`. */
export async function listShownAt(reader: Reader, inquiry: InquiryId, since: Date): Promise<ReadonlyMap<number, Date>> {
  const { rows } = await sql<{ number: number; at: Date }>`
    select number, at from (
      select statements.number, coalesce(
        (select max(decisions.at) from statement_decisions decisions
         where decisions.statement_id = statements.id and decisions.state = 'shown'),
        statements.submitted_at) as at
      from statements where statements.inquiry_id = ${inquiry} and statements.state = 'shown'
    ) as shown where at > ${since}`.execute(reader);
  return new Map(rows.map(({ number, at }) => [number, at]));
}

export async function listVotedBy(
  reader: Reader,
  inquiry: InquiryId,
  members: readonly MemberId[],
): Promise<ReadonlyMap<MemberId, ReadonlySet<number>>> {
  const rows = await reader
    .selectFrom('statement_votes')
    .innerJoin('statements', 'statements.id', 'statement_votes.statement_id')
    .select(['statement_votes.member_id', 'statements.number'])
    .where('statement_votes.inquiry_id', '=', inquiry)
    .where('statement_votes.member_id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .execute();
  const voted = new Map<MemberId, Set<number>>();
  for (const { member_id, number } of rows) {
    const held = voted.get(member_id);
    if (held) held.add(number);
    else voted.set(member_id, new Set([number]));
  }
  return voted;
}

export interface DecidedOn {
  readonly member: MemberId;
  readonly inquiry: InquiryId;
  readonly text: string;
  readonly state: 'shown' | 'hidden';
  readonly at: Date;
}

/** Statements of these members that somebody looked at since then and let through or took out; as they stand now. */
export async function listDecidedOn(
  reader: Reader,
  members: readonly MemberId[],
  since: Date,
): Promise<readonly DecidedOn[]> {
  const { rows } = await sql<DecidedOn>`
    select statements.member_id as member, statements.inquiry_id as inquiry, statements.text, statements.state, max(decisions.at) as at
    from statements join statement_decisions decisions on decisions.statement_id = statements.id
    where statements.member_id = any(${members}::uuid[]) and statements.state in ('shown', 'hidden')
      and decisions.decided_by is not null and decisions.at > ${since}
    group by statements.id order by at, statements.id`.execute(reader);
  return rows;
}
