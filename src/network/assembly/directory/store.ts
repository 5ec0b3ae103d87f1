import { sql } from 'kysely';
import type { PartyKind } from '../../../acts/spine-types.ts';
import type { Reader } from '../../../db/database.ts';
import type { MemberId, OrganisationId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';

export interface Listed {
  readonly id: OrganisationId;
  readonly name: string;
  readonly kind: PartyKind;
  readonly country: string | undefined;
  /** Undefined: no act says that it is a member. */
  readonly memberSince: PlainDate | undefined;
  readonly hasVoice: boolean;
}

export interface DirectoryFilter {
  readonly kind: PartyKind | undefined;
  readonly country: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Without those that have left and not come again. */
const present = (reader: Reader) =>
  reader
    .selectFrom('organisations')
    .leftJoin('organisation_admissions', (join) =>
      join.onRef('organisation_admissions.organisation_id', '=', 'organisations.id').on('left_on', 'is', null),
    )
    .where((where) =>
      where.or([
        where('organisation_admissions.id', 'is not', null),
        where.not(
          where.exists(
            where
              .selectFrom('organisation_admissions as past')
              .select('past.id')
              .whereRef('past.organisation_id', '=', 'organisations.id'),
          ),
        ),
      ]),
    );

export async function listDirectory(reader: Reader, on: PlainDate, filter: DirectoryFilter): Promise<Listed[]> {
  let query = present(reader).select([
    'organisations.id',
    'organisations.name',
    'organisations.kind',
    'organisations.country',
    'organisation_admissions.admitted_on',
    sql<boolean>`exists (select from mandates where mandates.organisation_id = organisations.id
      and mandates.since <= ${on} and (mandates.until is null or mandates.until >= ${on}))`.as('has_voice'),
  ]);
  if (filter.kind) query = query.where('organisations.kind', '=', filter.kind);
  if (filter.country) query = query.where('organisations.country', '=', filter.country);
  if (filter.after !== undefined)
    query = query.where(sql`lower(organisations.name)`, '>', sql<string>`lower(${filter.after})`);
  const rows = await query
    .orderBy(sql`lower(organisations.name)`)
    .limit(filter.limit)
    .execute();
  return rows.map(({ country, admitted_on, has_voice, ...row }) => ({
    ...row,
    country: country ?? undefined,
    memberSince: admitted_on ?? undefined,
    hasVoice: has_voice,
  }));
}

export async function countByKind(reader: Reader): Promise<ReadonlyMap<PartyKind, number>> {
  const rows = await present(reader)
    .select(['organisations.kind', sql<number>`count(*)::int`.as('found')])
    .groupBy('organisations.kind')
    .execute();
  return new Map(rows.map(({ kind, found }) => [kind, found]));
}

export async function countCountries(reader: Reader): Promise<number> {
  const { found } = await present(reader)
    .select(sql<number>`count(distinct organisations.country)::int`.as('found'))
    .executeTakeFirstOrThrow();
  return found;
}

export interface HeldMandate {
  readonly id: string;
  readonly member: MemberId;
  readonly scope: string;
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
  readonly name: string;
  readonly isListed: boolean;
}

/** Also those that are over, the latest first. */
export async function listEveryMandate(reader: Reader, organisation: OrganisationId): Promise<HeldMandate[]> {
  const rows = await reader
    .selectFrom('mandates')
    .innerJoin('members', 'members.id', 'mandates.member_id')
    .select(['mandates.id', 'mandates.member_id', 'scope', 'since', 'until', 'members.name', 'directory_consent_at'])
    .where('mandates.organisation_id', '=', organisation)
    .orderBy('until', (order) => order.desc().nullsFirst())
    .orderBy('since', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: row.member_id,
    scope: row.scope,
    since: row.since,
    until: row.until ?? undefined,
    name: row.name,
    isListed: row.directory_consent_at !== null,
  }));
}
