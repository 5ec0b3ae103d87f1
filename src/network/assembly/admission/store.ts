import { sql } from 'kysely';
import type { PartyKind } from '../../../acts/spine-types.ts';
import type { Reader, Tx } from '../../../db/database.ts';
import type { AccountId, ActId, Did, MemberId, OrganisationId, PartyId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import type { Membership } from './ring.ts';

export type ApplicationState = 'waiting' | 'admitted' | 'declined';

interface ApplicationsTable {
  id: string;
  party_id: PartyId;
  name: string;
  kind: PartyKind;
  country: string | null;
  did: Did | null;
  website: string | null;
  why: string;
  contact_name: string | null;
  contact_email: string | null;
  language: string;
  applied_at: Date;
  silence_until: Date | null;
  state: ApplicationState;
  decided_by: AccountId | null;
  decided_at: Date | null;
  answer: string | null;
  organisation_id: OrganisationId | null;
}

interface AdmissionsTable {
  id: string;
  party_id: PartyId;
  organisation_id: OrganisationId;
  admitted_on: PlainDate;
  admitted_by_act: ActId;
  left_on: PlainDate | null;
  left_by_act: ActId | null;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    admission_applications: ApplicationsTable;
    admission_objections: {
      application_id: string;
      organisation_id: OrganisationId;
      party_id: PartyId;
      member_id: MemberId;
      reason: string;
      at: Date;
    };
    organisation_admissions: AdmissionsTable;
    network_memberships: {
      admitted_by_act: ActId;
      network_did: Did;
      member_did: Did;
      left_by_act: ActId | null;
    };
  }
}

export type Application = Omit<ApplicationsTable, 'party_id'>;

export async function insertApplication(tx: Tx, party: PartyId, application: Application): Promise<void> {
  await tx.db
    .insertInto('admission_applications')
    .values({ ...application, party_id: party })
    .execute();
}

export async function isWaiting(reader: Reader, name: string): Promise<boolean> {
  const row = await reader
    .selectFrom('admission_applications')
    .select('id')
    .where('state', '=', 'waiting')
    .where(sql`lower(name)`, '=', sql<string>`lower(${name})`)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countWaiting(reader: Reader): Promise<number> {
  const { found } = await reader
    .selectFrom('admission_applications')
    .select(sql<number>`count(*)::int`.as('found'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return found;
}

/** Those that wait first, then the latest. */
export async function listApplications(reader: Reader, limit: number): Promise<Application[]> {
  return reader
    .selectFrom('admission_applications')
    .selectAll()
    .orderBy(sql`state = 'waiting'`, 'desc')
    .orderBy('applied_at', 'desc')
    .limit(limit)
    .execute();
}

export async function findApplication(reader: Reader, id: string): Promise<Application | undefined> {
  return reader.selectFrom('admission_applications').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Whoever objects and whoever decides wait for each other. */
export async function lockApplication(tx: Tx, id: string): Promise<Application | undefined> {
  return tx.db.selectFrom('admission_applications').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function listSilenceOver(reader: Reader, now: Date): Promise<string[]> {
  const rows = await reader
    .selectFrom('admission_applications')
    .select('id')
    .where('state', '=', 'waiting')
    .where('silence_until', '<=', now)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('admission_objections')
            .select('reason')
            .whereRef('admission_objections.application_id', '=', 'admission_applications.id'),
        ),
      ),
    )
    .limit(200)
    .execute();
  return rows.map(({ id }) => id);
}

/** Who answered for it becomes a member, or is nobody's business any more. */
export async function setDecided(
  tx: Tx,
  id: string,
  decided: {
    readonly state: 'admitted' | 'declined';
    readonly by: AccountId | undefined;
    readonly answer: string | undefined;
    readonly organisation: OrganisationId | undefined;
  },
): Promise<void> {
  await tx.db
    .updateTable('admission_applications')
    .set({
      state: decided.state,
      decided_by: decided.by ?? null,
      decided_at: tx.now,
      answer: decided.answer ?? null,
      organisation_id: decided.organisation ?? null,
      contact_name: null,
      contact_email: null,
    })
    .where('id', '=', id)
    .execute();
}

export interface Objection {
  readonly organisation: string;
  readonly organisationId: OrganisationId;
  readonly reason: string;
  readonly at: Date;
}

export async function listObjections(reader: Reader, application: string): Promise<Objection[]> {
  return reader
    .selectFrom('admission_objections')
    .innerJoin('organisations', 'organisations.id', 'admission_objections.organisation_id')
    .select(['organisations.name as organisation', 'organisation_id as organisationId', 'reason', 'at'])
    .where('application_id', '=', application)
    .orderBy('at')
    .execute();
}

/** The latest of each organisation. */
export async function saveObjection(
  tx: Tx,
  party: PartyId,
  objection: {
    readonly application: string;
    readonly organisation: OrganisationId;
    readonly member: MemberId;
    readonly reason: string;
  },
): Promise<void> {
  const { application, organisation, member, reason } = objection;
  const said = { member_id: member, reason, at: tx.now };
  await tx.db
    .insertInto('admission_objections')
    .values({ application_id: application, organisation_id: organisation, party_id: party, ...said })
    .onConflict((conflict) => conflict.columns(['application_id', 'organisation_id']).doUpdateSet(said))
    .execute();
}

// Times in the network

export type Admission = Omit<AdmissionsTable, 'party_id'>;

export async function insertAdmission(
  tx: Tx,
  party: PartyId,
  admission: Omit<Admission, 'left_on' | 'left_by_act'>,
): Promise<void> {
  await tx.db
    .insertInto('organisation_admissions')
    .values({ ...admission, party_id: party, left_on: null, left_by_act: null })
    .execute();
}

/** The latest first. */
export async function listAdmissions(reader: Reader, organisation: OrganisationId): Promise<Admission[]> {
  return reader
    .selectFrom('organisation_admissions')
    .selectAll()
    .where('organisation_id', '=', organisation)
    .orderBy('left_on', (order) => order.desc().nullsFirst())
    .execute();
}

export async function lockPresentAdmission(tx: Tx, organisation: OrganisationId): Promise<Admission | undefined> {
  return tx.db
    .selectFrom('organisation_admissions')
    .selectAll()
    .where('organisation_id', '=', organisation)
    .where('left_on', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function endAdmission(tx: Tx, id: string, on: PlainDate, act: ActId): Promise<void> {
  await tx.db
    .updateTable('organisation_admissions')
    .set({ left_on: on, left_by_act: act })
    .where('id', '=', id)
    .execute();
}

// Networks of networks, of every log followed here

export async function listMemberships(reader: Reader): Promise<readonly Membership[]> {
  return reader
    .selectFrom('network_memberships')
    .select(['network_did as network', 'member_did as member'])
    .where('left_by_act', 'is', null)
    .execute();
}

/** Ours when it is stated, everybody's when it is taken in; twice is once. */
export async function saveMembership(tx: Tx, act: ActId, network: Did, member: Did): Promise<void> {
  await tx.db
    .insertInto('network_memberships')
    .values({ admitted_by_act: act, network_did: network, member_did: member, left_by_act: null })
    .onConflict((conflict) => conflict.column('admitted_by_act').doNothing())
    .execute();
}

/** Only the network that admitted ends it. */
export async function endMembership(tx: Tx, admitted: ActId, network: Did, act: ActId): Promise<void> {
  await tx.db
    .updateTable('network_memberships')
    .set({ left_by_act: act })
    .where('admitted_by_act', '=', admitted)
    .where('network_did', '=', network)
    .where('left_by_act', 'is', null)
    .execute();
}

export async function takeBackMembership(tx: Tx, act: ActId): Promise<void> {
  await tx.db.deleteFrom('network_memberships').where('admitted_by_act', '=', act).execute();
  await tx.db.updateTable('network_memberships').set({ left_by_act: null }).where('left_by_act', '=', act).execute();
}
