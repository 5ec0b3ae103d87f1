import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';
import type { DecisionId, MemberId } from '../../ids.ts';
import { findDecision, type Decision } from './store.ts';

const mostDecisions = 200;

async function findAll(reader: Reader, ids: readonly DecisionId[]): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (const id of ids) {
    const decision = await findDecision(reader, id);
    if (decision) decisions.push(decision);
  }
  return decisions;
}

/** Those that end first, first. */
export async function listOpen(reader: Reader, at: Date): Promise<Decision[]> {
  const rows = await reader
    .selectFrom('decisions')
    .select('id')
    .where('state', '=', 'open')
    .where('closes_at', '>', at)
    .orderBy('closes_at')
    .orderBy('id')
    .limit(mostDecisions)
    .execute();
  return findAll(
    reader,
    rows.map(({ id }) => id),
  );
}

export const pairOf = (decision: DecisionId, member: MemberId): string => `${decision} ${member}`;

/** Who of these members may answer, by herself or for an organisation, and has not. By `pairOf`. */
export async function listUnanswered(
  reader: Reader,
  decisions: readonly DecisionId[],
  members: readonly MemberId[],
): Promise<ReadonlySet<string>> {
  if (decisions.length === 0) return new Set();
  const { rows } = await sql<{ decision_id: DecisionId; member_id: MemberId }>`
    with asked as (
      select decision_id, member_id from decision_voices
      where decision_id = any(${decisions}::uuid[]) and member_id = any(${members}::uuid[])
      union
      select voices.decision_id, members.id from decision_voices voices
      join members on members.organisation_id = voices.organisation_id
      where voices.decision_id = any(${decisions}::uuid[]) and members.id = any(${members}::uuid[])
      union
      select voices.decision_id, mandates.member_id from decision_voices voices
      join mandates on mandates.organisation_id = voices.organisation_id and mandates.until is null
      where voices.decision_id = any(${decisions}::uuid[]) and mandates.member_id = any(${members}::uuid[])
    )
    select decision_id, member_id from asked
    where not exists (
      select from decision_positions positions
      where positions.decision_id = asked.decision_id and positions.member_id = asked.member_id
    )`.execute(reader);
  return new Set(rows.map(({ decision_id, member_id }) => pairOf(decision_id, member_id)));
}

/** Of which it was told since then what came. */
export async function listTold(reader: Reader, since: Date): Promise<Decision[]> {
  const rows = await reader
    .selectFrom('decisions')
    .select('id')
    .where('outcome_at', '>', since)
    .orderBy('outcome_at')
    .orderBy('id')
    .limit(mostDecisions)
    .execute();
  return findAll(
    reader,
    rows.map(({ id }) => id),
  );
}

export interface OwnPosition {
  readonly id: string;
  readonly of: DecisionId;
  readonly member: MemberId;
}

export async function listPositionsOf(
  reader: Reader,
  decisions: readonly DecisionId[],
  members: readonly MemberId[],
): Promise<readonly OwnPosition[]> {
  if (decisions.length === 0) return [];
  const rows = await reader
    .selectFrom('decision_positions')
    .select(['id', 'decision_id', 'member_id'])
    .where('decision_id', 'in', [...decisions])
    .where('member_id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .orderBy('at')
    .execute();
  return rows.map(({ id, decision_id, member_id }) => ({ id, of: decision_id, member: member_id }));
}
