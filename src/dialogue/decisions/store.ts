import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/database.ts';
import type { AccountId, DecisionId, MemberId, OrganisationId, PaperId, PartyId, SpaceId } from '../../ids.ts';
import { plainDateAt } from '../../period.ts';
import type { Choice, DecisionState, Method } from './decision.ts';

export const entitlements = [
  'people-of-space',
  'organisations-of-space',
  'organisations-spoken-for',
  'members',
] as const;
export type Entitlement = (typeof entitlements)[number];

/** Where one votes for an organisation, and not for oneself. */
export const areOrganisations = (entitled: Entitlement): boolean =>
  entitled === 'organisations-of-space' || entitled === 'organisations-spoken-for';

export type Result = Exclude<DecisionState, 'not-open' | 'open'>;

interface DecisionsTable {
  id: DecisionId;
  party_id: PartyId;
  space_id: SpaceId;
  paper_id: PaperId | null;
  question: string;
  explanation: string | null;
  language: string;
  method: Method;
  options: string[];
  entitled: Entitlement;
  quorum: number;
  opens_at: Date;
  closes_at: Date;
  outcome_due_days: number;
  opened_by: AccountId | null;
  state: 'open' | 'closed' | 'withdrawn';
  closed_at: Date | null;
  withdrawal_reason: string | null;
  result: Result | null;
  outcome: string | null;
  outcome_answers: Readonly<Record<string, string>>;
  outcome_at: Date | null;
  reminded_at: Date | null;
}

declare module '../../db/schema.ts' {
  interface Tables {
    decisions: DecisionsTable;
    decision_voices: {
      decision_id: DecisionId;
      party_id: PartyId;
      member_id: MemberId | null;
      organisation_id: OrganisationId | null;
    };
    decision_positions: {
      id: string;
      decision_id: DecisionId;
      party_id: PartyId;
      member_id: MemberId;
      organisation_id: OrganisationId | null;
      choice: Choice | null;
      ranking: number[] | null;
      reason: string | null;
      at: Date;
    };
  }
}

export interface Decision {
  readonly id: DecisionId;
  readonly space: SpaceId;
  readonly paper: PaperId | undefined;
  readonly question: string;
  readonly explanation: string | undefined;
  readonly language: string;
  readonly method: Method;
  readonly options: readonly string[];
  readonly entitled: Entitlement;
  readonly quorum: number;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly outcomeDueDays: number;
  readonly openedBy: AccountId | undefined;
  readonly state: 'open' | 'closed' | 'withdrawn';
  readonly withdrawalReason: string | undefined;
  readonly result: Result | undefined;
  readonly outcome: string | undefined;
  readonly outcomeAnswers: Readonly<Record<string, string>>;
  readonly outcomeAt: Date | undefined;
}

const toDecision = (row: DecisionsTable): Decision => ({
  id: row.id,
  space: row.space_id,
  paper: row.paper_id ?? undefined,
  question: row.question,
  explanation: row.explanation ?? undefined,
  language: row.language,
  method: row.method,
  options: row.options,
  entitled: row.entitled,
  quorum: row.quorum,
  opensAt: row.opens_at,
  closesAt: row.closes_at,
  outcomeDueDays: row.outcome_due_days,
  openedBy: row.opened_by ?? undefined,
  state: row.state,
  withdrawalReason: row.withdrawal_reason ?? undefined,
  result: row.result ?? undefined,
  outcome: row.outcome ?? undefined,
  outcomeAnswers: row.outcome_answers,
  outcomeAt: row.outcome_at ?? undefined,
});

export type NewDecision = Omit<
  Decision,
  'state' | 'withdrawalReason' | 'result' | 'outcome' | 'outcomeAnswers' | 'outcomeAt' | 'opensAt'
>;

export async function insertDecision(tx: Tx, party: PartyId, given: NewDecision): Promise<void> {
  await tx.db
    .insertInto('decisions')
    .values({
      id: given.id,
      party_id: party,
      space_id: given.space,
      paper_id: given.paper ?? null,
      question: given.question,
      explanation: given.explanation ?? null,
      language: given.language,
      method: given.method,
      options: [...given.options],
      entitled: given.entitled,
      quorum: given.quorum,
      opens_at: tx.now,
      closes_at: given.closesAt,
      outcome_due_days: given.outcomeDueDays,
      opened_by: given.openedBy ?? null,
      state: 'open',
      closed_at: null,
      withdrawal_reason: null,
      result: null,
      outcome: null,
      outcome_answers: sql`'{}'::jsonb`,
      outcome_at: null,
      reminded_at: null,
    })
    .execute();
}

/** Who is entitled, as it is now: one voice for each. Returns how many. */
export async function insertVoices(
  tx: Tx,
  party: PartyId,
  { id, space, entitled }: Pick<Decision, 'id' | 'space' | 'entitled'>,
): Promise<number> {
  const people = sql`from space_people join members on members.id = space_people.member_id
    where space_people.space_id = ${space} and space_people.until is null and members.left_on is null and members.confirmed_at is not null`;
  const chosen = {
    members: sql`select id as member_id, null::uuid as organisation_id from members where left_on is null and confirmed_at is not null`,
    'people-of-space': sql`select distinct members.id, null::uuid ${people}`,
    'organisations-spoken-for': sql`select distinct null::uuid, mandates.organisation_id from mandates join members on members.id = mandates.member_id
      where members.left_on is null and members.confirmed_at is not null
        and mandates.since <= ${plainDateAt(tx.now, 'UTC')} and (mandates.until is null or mandates.until >= ${plainDateAt(tx.now, 'UTC')})`,
    'organisations-of-space': sql`select distinct null::uuid, members.organisation_id ${people} and members.organisation_id is not null`,
  }[entitled];
  const { numAffectedRows } = await sql`
    insert into decision_voices (decision_id, party_id, member_id, organisation_id)
    select ${id}, ${party}, voices.member_id, voices.organisation_id from (${chosen}) as voices (member_id, organisation_id)`.execute(
    tx.db,
  );
  return Number(numAffectedRows ?? 0n);
}

export async function findDecision(reader: Reader, id: DecisionId): Promise<Decision | undefined> {
  const row = await reader.selectFrom('decisions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toDecision(row);
}

/** Whoever answers and whoever closes wait for each other: an answer came before the end, or after it. */
export async function lockDecision(tx: Tx, id: DecisionId): Promise<Decision | undefined> {
  const row = await tx.db.selectFrom('decisions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toDecision(row);
}

/** The latest first. */
export async function listDecisions(reader: Reader, space: SpaceId, limit = 100): Promise<Decision[]> {
  const rows = await reader
    .selectFrom('decisions')
    .selectAll()
    .where('space_id', '=', space)
    .orderBy('opens_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toDecision);
}

/** Members' and organisations' identifiers. */
export async function listVoices(reader: Reader, id: DecisionId): Promise<string[]> {
  const rows = await reader
    .selectFrom('decision_voices')
    .select(sql<string>`coalesce(member_id, organisation_id)`.as('voice'))
    .where('decision_id', '=', id)
    .execute();
  return rows.map(({ voice }) => voice);
}

export async function hasVoice(reader: Reader, id: DecisionId, voice: string): Promise<boolean> {
  const row = await reader
    .selectFrom('decision_voices')
    .select('decision_id')
    .where('decision_id', '=', id)
    .where((where) =>
      where.or([where('member_id', '=', voice as MemberId), where('organisation_id', '=', voice as OrganisationId)]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** Members who may answer, by identifier: those entitled, or the people of the organisations that are. */
export async function listAskedAfter(
  reader: Reader,
  id: DecisionId,
  after: MemberId | null,
  limit: number,
): Promise<readonly MemberId[]> {
  const rows = await reader
    .selectFrom('decision_voices')
    .innerJoin('members', (join) =>
      join.on((on) =>
        on.or([
          on('members.id', '=', on.ref('decision_voices.member_id')),
          on('members.organisation_id', '=', on.ref('decision_voices.organisation_id')),
          // Who speaks for an organisation need not belong to it.
          sql<boolean>`exists (select from mandates where mandates.member_id = members.id
            and mandates.organisation_id = decision_voices.organisation_id and mandates.until is null)`,
        ]),
      ),
    )
    .select('members.id')
    .distinct()
    .where('decision_id', '=', id)
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is not', null)
    .where(sql<boolean>`${after}::uuid is null or members.id > ${after}::uuid`)
    .orderBy('members.id')
    .limit(limit)
    .execute();
  return rows.map(({ id: member }) => member);
}

export interface StoredPosition {
  readonly id: string;
  readonly member: MemberId;
  readonly memberName: string | undefined;
  readonly organisation: { readonly id: OrganisationId; readonly name: string } | undefined;
  readonly choice: Choice | undefined;
  readonly ranking: readonly number[] | undefined;
  readonly reason: string | undefined;
  readonly at: Date;
}

/** All that were ever taken, in their order. */
export async function listPositions(reader: Reader, id: DecisionId): Promise<StoredPosition[]> {
  const rows = await reader
    .selectFrom('decision_positions')
    .innerJoin('members', 'members.id', 'decision_positions.member_id')
    .leftJoin('organisations', 'organisations.id', 'decision_positions.organisation_id')
    .select([
      'decision_positions.id',
      'decision_positions.member_id',
      'members.name',
      'members.erased_at',
      'decision_positions.organisation_id',
      'organisations.name as organisation',
      'choice',
      'ranking',
      'reason',
      'at',
    ])
    .where('decision_id', '=', id)
    .orderBy('at')
    .orderBy('decision_positions.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: row.member_id,
    memberName: row.erased_at === null ? row.name : undefined,
    organisation: row.organisation_id === null ? undefined : { id: row.organisation_id, name: row.organisation ?? '' },
    choice: row.choice ?? undefined,
    ranking: row.ranking ?? undefined,
    reason: row.reason ?? undefined,
    at: row.at,
  }));
}

export async function insertPosition(
  tx: Tx,
  party: PartyId,
  decision: DecisionId,
  position: Pick<StoredPosition, 'id' | 'member' | 'choice' | 'ranking' | 'reason'> & {
    readonly organisation: OrganisationId | undefined;
  },
): Promise<void> {
  const { id, member, organisation = null, choice = null, ranking, reason = null } = position;
  await tx.db
    .insertInto('decision_positions')
    .values({
      id,
      decision_id: decision,
      party_id: party,
      member_id: member,
      organisation_id: organisation,
      choice,
      ranking: ranking ? [...ranking] : null,
      reason,
      at: tx.now,
    })
    .execute();
}

export async function setClosed(tx: Tx, id: DecisionId, result: Result): Promise<void> {
  await tx.db
    .updateTable('decisions')
    .set({ state: 'closed', closed_at: tx.now, result })
    .where('id', '=', id)
    .execute();
}

export async function setWithdrawn(tx: Tx, id: DecisionId, reason: string): Promise<void> {
  await tx.db
    .updateTable('decisions')
    .set({ state: 'withdrawn', withdrawal_reason: reason })
    .where('id', '=', id)
    .execute();
}

export async function setOutcome(
  tx: Tx,
  id: DecisionId,
  outcome: string,
  answers: Readonly<Record<string, string>>,
): Promise<void> {
  await tx.db
    .updateTable('decisions')
    .set({
      outcome,
      outcome_answers: sql<Record<string, string>>`${JSON.stringify(answers)}::jsonb`,
      outcome_at: tx.now,
    })
    .where('id', '=', id)
    .execute();
}

/** Open, and over. */
export async function listEnded(reader: Reader, now: Date): Promise<DecisionId[]> {
  const rows = await reader
    .selectFrom('decisions')
    .select('id')
    .where('state', '=', 'open')
    .where('closes_at', '<=', now)
    .execute();
  return rows.map(({ id }) => id);
}

/** Closed, with an outcome that is due; nobody has been reminded. */
export async function listUntold(reader: Reader, now: Date): Promise<DecisionId[]> {
  const rows = await reader
    .selectFrom('decisions')
    .select('id')
    .where('state', '=', 'closed')
    .where('outcome', 'is', null)
    .where('reminded_at', 'is', null)
    .where(sql<boolean>`closes_at + outcome_due_days * interval '24 hours' <= ${now}`)
    .execute();
  return rows.map(({ id }) => id);
}

/** False when somebody was reminded already. */
export async function noteReminder(tx: Tx, id: DecisionId): Promise<boolean> {
  const result = await tx.db
    .updateTable('decisions')
    .set({ reminded_at: tx.now })
    .where('id', '=', id)
    .where('reminded_at', 'is', null)
    .where('outcome', 'is', null)
    .where('state', '=', 'closed')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
