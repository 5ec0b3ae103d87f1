import { sql } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, DialogueSessionId, InquiryId, MemberId, PartyId, SpaceId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import type { Texts } from '../../texts.ts';
import type { Inquiry, InquiryValues, ModerationKind, VoterKind } from './inquiry.ts';

interface InquiriesTable {
  id: InquiryId;
  party_id: PartyId;
  space_id: SpaceId;
  session_id: DialogueSessionId | null;
  is_chatham_house: boolean;
  slug: string;
  question: Texts;
  introduction: Texts;
  language: string;
  languages: readonly string[];
  votes_from: PlainDate;
  closes_on: PlainDate;
  time_zone: string;
  voters: VoterKind;
  moderation: ModerationKind;
  statements_each: number;
  state: Inquiry['state'];
  opened_on: PlainDate | null;
  closed_at: Date | null;
  closed_by: AccountId | null;
  outcome: Texts;
  revision: number;
  created_at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    inquiries: InquiriesTable;
    inquiry_asked: { inquiry_id: InquiryId; member_id: MemberId; party_id: PartyId; asked_at: Date };
  }
}

const inquiryQuery = (reader: Reader) =>
  reader
    .selectFrom('inquiries')
    .leftJoin('accounts', 'accounts.id', 'inquiries.closed_by')
    .selectAll('inquiries')
    .select('accounts.name as closer');

function toInquiry(row: InquiriesTable & { closer: string | null }): Inquiry {
  return {
    id: row.id,
    space: row.space_id,
    session: row.session_id ?? undefined,
    isChathamHouse: row.is_chatham_house,
    slug: row.slug,
    question: row.question,
    introduction: row.introduction,
    language: row.language,
    languages: row.languages,
    votesFrom: row.votes_from,
    closesOn: row.closes_on,
    timeZone: row.time_zone,
    voters: row.voters,
    moderation: row.moderation,
    statementsEach: row.statements_each,
    state: row.state,
    openedOn: row.opened_on ?? undefined,
    closedAt: row.closed_at ?? undefined,
    closedBy: row.closer ?? undefined,
    outcome: row.outcome,
    revision: row.revision,
  };
}

const json = (texts: Texts) => sql<Texts>`${JSON.stringify(texts)}::jsonb`;

const columnsOf = (values: InquiryValues) => ({
  slug: values.slug,
  question: json(values.question),
  introduction: json(values.introduction),
  language: values.language,
  languages: [...values.languages],
  votes_from: values.votesFrom,
  closes_on: values.closesOn,
  voters: values.voters,
  moderation: values.moderation,
  statements_each: values.statementsEach,
});

export interface InquiryPlace {
  readonly space: SpaceId;
  readonly session: DialogueSessionId | undefined;
  readonly isChathamHouse: boolean;
  readonly timeZone: string;
}

export async function insertInquiry(
  tx: Tx,
  party: PartyId,
  id: InquiryId,
  place: InquiryPlace,
  values: InquiryValues,
): Promise<void> {
  await tx.db
    .insertInto('inquiries')
    .values({
      ...columnsOf(values),
      id,
      party_id: party,
      space_id: place.space,
      session_id: place.session ?? null,
      is_chatham_house: place.isChathamHouse,
      time_zone: place.timeZone,
      state: 'draft',
      opened_on: null,
      closed_at: null,
      closed_by: null,
      outcome: json({}),
      revision: 1,
      created_at: tx.now,
    })
    .execute();
}

/** False when somebody else was faster. */
export async function updateInquiry(tx: Tx, id: InquiryId, base: number, values: InquiryValues): Promise<boolean> {
  const result = await tx.db
    .updateTable('inquiries')
    .set({ ...columnsOf(values), revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function markOpened(tx: Tx, id: InquiryId, on: PlainDate): Promise<void> {
  await tx.db
    .updateTable('inquiries')
    .set((update) => ({ state: 'open', opened_on: on, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function markClosed(tx: Tx, id: InquiryId, by: AccountId, outcome: Texts): Promise<void> {
  await tx.db
    .updateTable('inquiries')
    .set((update) => ({
      state: 'closed',
      closed_at: tx.now,
      closed_by: by,
      outcome: json(outcome),
      revision: update('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

export async function findInquiry(reader: Reader, id: InquiryId): Promise<Inquiry | undefined> {
  const row = await inquiryQuery(reader).where('inquiries.id', '=', id).executeTakeFirst();
  return row && toInquiry(row);
}

export async function findInquiryBySlug(reader: Reader, slug: string): Promise<Inquiry | undefined> {
  const row = await inquiryQuery(reader).where('inquiries.slug', '=', slug).executeTakeFirst();
  return row && toInquiry(row);
}

/** Held until the transaction ends: whoever votes or writes shares it, whoever closes has it alone. */
export async function lockInquiry(
  tx: Tx,
  id: InquiryId,
  mode: 'share' | 'alone',
): Promise<Inquiry['state'] | undefined> {
  const query = tx.db.selectFrom('inquiries').select('state').where('id', '=', id);
  const row = await (mode === 'alone' ? query.forUpdate() : query.forShare()).executeTakeFirst();
  return row?.state;
}

export interface InquiryFilter {
  readonly states: readonly Inquiry['state'][];
  readonly space?: SpaceId | undefined;
  readonly session?: DialogueSessionId | undefined;
  readonly after?: { readonly openedOn: PlainDate; readonly id: InquiryId } | undefined;
  readonly limit: number;
}

/** The latest first. */
export async function listInquiries(reader: Reader, filter: InquiryFilter): Promise<Inquiry[]> {
  let query = inquiryQuery(reader).where('inquiries.state', 'in', [...filter.states]);
  if (filter.space !== undefined) query = query.where('inquiries.space_id', '=', filter.space);
  if (filter.session !== undefined) query = query.where('inquiries.session_id', '=', filter.session);
  if (filter.after)
    query = query.where(
      sql<boolean>`(inquiries.opened_on, inquiries.id) < (${filter.after.openedOn}::date, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy('inquiries.opened_on', 'desc')
    .orderBy('inquiries.id', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map(toInquiry);
}

// Who votes

const eligible = (reader: Reader, inquiry: Inquiry) => {
  const query = reader
    .selectFrom('members')
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is not', null);
  switch (inquiry.voters) {
    case 'anyone':
      return query;
    case 'members':
      return query.where('members.joined_on', '<=', inquiry.openedOn ?? ('9999-12-31' as PlainDate));
    case 'space':
      return query.where((where) =>
        where.exists(
          where
            .selectFrom('space_people')
            .select('space_people.member_id')
            .whereRef('space_people.member_id', '=', 'members.id')
            .where('space_people.space_id', '=', inquiry.space)
            .where('space_people.until', 'is', null),
        ),
      );
  }
};

export async function isEligible(reader: Reader, inquiry: Inquiry, member: MemberId): Promise<boolean> {
  const row = await eligible(reader, inquiry).select('members.id').where('members.id', '=', member).executeTakeFirst();
  return row !== undefined;
}

/** Those of these members. */
export async function listEligible(
  reader: Reader,
  inquiry: Inquiry,
  members: readonly MemberId[],
): Promise<ReadonlySet<MemberId>> {
  const rows = await eligible(reader, inquiry)
    .select('members.id')
    .where('members.id', '=', sql<MemberId>`any(${members}::uuid[])`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function countEligible(reader: Reader, inquiry: Inquiry): Promise<number> {
  const { found } = await eligible(reader, inquiry)
    .select(sql<number>`count(*)::int`.as('found'))
    .executeTakeFirstOrThrow();
  return found;
}

/** Who may vote, reads mail, and was not asked so far. Now asked: a second run takes others. */
export async function markAsked(tx: Tx, party: PartyId, inquiry: Inquiry, limit: number): Promise<readonly MemberId[]> {
  const rows = await eligible(tx.db, inquiry)
    .select('members.id')
    .where('members.mail_state', '=', 'active')
    .where('members.digest', '<>', 'none')
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('inquiry_asked')
            .select('inquiry_asked.member_id')
            .whereRef('inquiry_asked.member_id', '=', 'members.id')
            .where('inquiry_asked.inquiry_id', '=', inquiry.id),
        ),
      ),
    )
    .orderBy('members.id')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const inserted = await tx.db
    .insertInto('inquiry_asked')
    .values(rows.map(({ id }) => ({ inquiry_id: inquiry.id, member_id: id, party_id: party, asked_at: tx.now })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('member_id')
    .execute();
  return inserted.map(({ member_id }) => member_id);
}
