import { sql, type SqlBool } from 'kysely';
import type { Reader, Tx } from '../../../db/database.ts';
import type { DialogueSessionId, MemberId, PartyId, SpaceId } from '../../../ids.ts';
import type { Texts } from '../../texts.ts';
import type {
  AttendanceMode,
  DialogueSession,
  Registration,
  SessionRole,
  SessionState,
  SessionValues,
} from './session.ts';

interface DialogueSessionsTable {
  id: DialogueSessionId;
  party_id: PartyId;
  space_id: SpaceId;
  position: number;
  slug: string;
  title: Texts;
  overview: Texts;
  languages: string[];
  // A timestamp without zone; read and written as text, because a JavaScript Date would put it into some zone.
  local_start: string;
  time_zone: string;
  minutes: number;
  place: string | null;
  meeting_link: string | null;
  joining_notes: string | null;
  capacity: number | null;
  registration: Registration;
  is_chatham_house: boolean;
  open_until_days: number;
  recording_link: string | null;
  state: SessionState;
  uid: string;
  sequence: number;
  changed_at: Date;
  revision: number;
}

interface SessionPeopleTable {
  id: string;
  party_id: PartyId;
  session_id: DialogueSessionId;
  is_chatham_house: boolean;
  member_id: MemberId | null;
  name: string | null;
  named_with_consent_at: Date | null;
  affiliation: string | null;
  about: string | null;
  input_link: string | null;
  role: SessionRole;
  mode: AttendanceMode | null;
  position: number;
  at: Date;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    dialogue_sessions: DialogueSessionsTable;
    session_people: SessionPeopleTable;
  }
}

const columns = [
  'id',
  'party_id',
  'space_id',
  'position',
  'slug',
  'title',
  'overview',
  'languages',
  'time_zone',
  'minutes',
  'place',
  'meeting_link',
  'joining_notes',
  'capacity',
  'registration',
  'is_chatham_house',
  'open_until_days',
  'recording_link',
  'state',
  'uid',
  'sequence',
  'changed_at',
  'revision',
] as const;

const sessionQuery = (reader: Reader) =>
  reader
    .selectFrom('dialogue_sessions')
    .select(columns)
    .select(sql<string>`to_char(local_start, 'YYYY-MM-DD"T"HH24:MI')`.as('local_start'));

function toSession(row: DialogueSessionsTable): DialogueSession {
  return {
    id: row.id,
    space: row.space_id,
    position: row.position,
    slug: row.slug,
    title: row.title,
    overview: row.overview,
    languages: row.languages,
    localStart: row.local_start,
    timeZone: row.time_zone,
    minutes: row.minutes,
    place: row.place ?? undefined,
    meetingLink: row.meeting_link ?? undefined,
    joiningNotes: row.joining_notes ?? undefined,
    capacity: row.capacity ?? undefined,
    registration: row.registration,
    isChathamHouse: row.is_chatham_house,
    openUntilDays: row.open_until_days,
    recordingLink: row.recording_link ?? undefined,
    state: row.state,
    uid: row.uid,
    sequence: row.sequence,
    changedAt: row.changed_at,
    revision: row.revision,
  };
}

const json = (texts: Texts) => sql<Texts>`${JSON.stringify(texts)}::jsonb`;

const columnsOf = (values: SessionValues) => ({
  slug: values.slug,
  title: json(values.title),
  overview: json(values.overview),
  languages: [...values.languages],
  local_start: sql<string>`${values.localStart}::timestamp`,
  time_zone: values.timeZone,
  minutes: values.minutes,
  place: values.place ?? null,
  meeting_link: values.meetingLink ?? null,
  joining_notes: values.joiningNotes ?? null,
  capacity: values.capacity ?? null,
  registration: values.registration,
  is_chatham_house: values.isChathamHouse,
  open_until_days: values.openUntilDays,
  recording_link: values.recordingLink ?? null,
});

export async function insertSession(
  tx: Tx,
  party: PartyId,
  id: DialogueSessionId,
  space: SpaceId,
  values: SessionValues,
  uid: string,
): Promise<void> {
  const { last } = await tx.db
    .selectFrom('dialogue_sessions')
    .select(sql<number>`coalesce(max(position), 0)::int`.as('last'))
    .where('space_id', '=', space)
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto('dialogue_sessions')
    .values({
      ...columnsOf(values),
      id,
      party_id: party,
      space_id: space,
      position: last + 1,
      state: 'draft',
      uid,
      sequence: 0,
      changed_at: tx.now,
      revision: 1,
    })
    .execute();
}

/** False when somebody else was faster. */
export async function updateSession(
  tx: Tx,
  id: DialogueSessionId,
  base: number,
  values: SessionValues,
  sequence: number,
): Promise<boolean> {
  const result = await tx.db
    .updateTable('dialogue_sessions')
    .set({ ...columnsOf(values), sequence, changed_at: tx.now, revision: base + 1 })
    .where('id', '=', id)
    .where('revision', '=', base)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function setSessionState(
  tx: Tx,
  id: DialogueSessionId,
  state: SessionState,
  sequence: number,
): Promise<void> {
  await tx.db
    .updateTable('dialogue_sessions')
    .set((update) => ({ state, sequence, changed_at: tx.now, revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function findSession(reader: Reader, id: DialogueSessionId): Promise<DialogueSession | undefined> {
  const row = await sessionQuery(reader).where('id', '=', id).executeTakeFirst();
  return row && toSession(row);
}

/** Takes the row for this transaction: of two who register for the last place, one waits for the other. */
export async function lockSession(tx: Tx, id: DialogueSessionId): Promise<DialogueSession | undefined> {
  const row = await sessionQuery(tx.db).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toSession(row);
}

export async function findSessionBySlug(
  reader: Reader,
  space: SpaceId,
  slug: string,
): Promise<DialogueSession | undefined> {
  const row = await sessionQuery(reader).where('space_id', '=', space).where('slug', '=', slug).executeTakeFirst();
  return row && toSession(row);
}

export async function findSessionByUid(reader: Reader, uid: string): Promise<DialogueSession | undefined> {
  const row = await sessionQuery(reader).where('uid', '=', uid).executeTakeFirst();
  return row && toSession(row);
}

export async function listSessions(
  reader: Reader,
  space: SpaceId,
  states: readonly SessionState[],
): Promise<DialogueSession[]> {
  const rows = await sessionQuery(reader)
    .where('space_id', '=', space)
    .where('state', 'in', [...states])
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map(toSession);
}

/**
 * Announced sessions of spaces that are not drafts, from a day on, by the hour on their walls; zones differ by 26 hours at most, so that whoever asks
 * for what is to come asks from the day before and looks at the instants.
 */
export async function listSessionsFrom(reader: Reader, localFrom: string, limit: number): Promise<DialogueSession[]> {
  const rows = await sessionQuery(reader)
    .where('state', '<>', 'draft')
    .where(sql<SqlBool>`dialogue_sessions.local_start >= ${localFrom}::timestamp`)
    .where((where) =>
      where.exists(
        where
          .selectFrom('spaces')
          .select('spaces.id')
          .whereRef('spaces.id', '=', 'dialogue_sessions.space_id')
          .where('spaces.state', '<>', 'draft'),
      ),
    )
    .orderBy(sql`dialogue_sessions.local_start`)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(toSession);
}

// People

export interface SessionPerson {
  readonly id: string;
  /** Undefined: not a member, named with consent. */
  readonly member: MemberId | undefined;
  readonly name: string;
  readonly affiliation: string | undefined;
  readonly about: string | undefined;
  readonly inputLink: string | undefined;
  readonly role: SessionRole;
  readonly mode: AttendanceMode | undefined;
  /** A member who agreed to being reached by the others of a session. */
  readonly contact: string | undefined;
}

export async function listSessionPeople(
  reader: Reader,
  session: DialogueSessionId,
  roles: readonly SessionRole[],
  limit: number,
): Promise<SessionPerson[]> {
  const rows = await reader
    .selectFrom('session_people')
    .leftJoin('members', 'members.id', 'session_people.member_id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select([
      'session_people.id',
      'session_people.member_id',
      'session_people.name',
      'members.name as member_name',
      'session_people.affiliation',
      'organisations.name as organisation',
      'session_people.about',
      'members.about as member_about',
      'session_people.input_link',
      'session_people.role',
      'session_people.mode',
      'members.email',
      'members.contact_consent_at',
    ])
    .where('session_people.session_id', '=', session)
    .where('session_people.role', 'in', [...roles])
    .orderBy('session_people.position')
    .orderBy('session_people.at')
    .orderBy('session_people.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    member: row.member_id ?? undefined,
    name: row.member_name ?? row.name ?? '',
    affiliation: row.affiliation ?? row.organisation ?? undefined,
    about: row.about ?? row.member_about ?? undefined,
    inputLink: row.input_link ?? undefined,
    role: row.role,
    mode: row.mode ?? undefined,
    contact: row.contact_consent_at === null ? undefined : (row.email ?? undefined),
  }));
}

/** Of those who agreed to being reached by the others, whatever their role; as the index has them. */
export async function listContacts(
  reader: Reader,
  session: DialogueSessionId,
  limit: number,
): Promise<readonly { readonly name: string; readonly affiliation: string | undefined; readonly email: string }[]> {
  const rows = await reader
    .selectFrom('session_people')
    .innerJoin('members', 'members.id', 'session_people.member_id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select(['members.name', 'members.email', 'organisations.name as affiliation'])
    .distinctOn('session_people.member_id')
    .where('session_people.session_id', '=', session)
    .where('members.contact_consent_at', 'is not', null)
    .orderBy('session_people.member_id')
    .limit(limit)
    .execute();
  return rows.flatMap(({ name, email, affiliation }) =>
    email === null ? [] : [{ name, email, affiliation: affiliation ?? undefined }],
  );
}

/** The first to register first. */
export async function listRegistrations(
  reader: Reader,
  session: DialogueSessionId,
  page: { readonly limit: number; readonly offset: number },
) {
  return reader
    .selectFrom('session_people')
    .innerJoin('members', 'members.id', 'session_people.member_id')
    .leftJoin('organisations', 'organisations.id', 'members.organisation_id')
    .select(['members.name', 'organisations.name as affiliation', 'session_people.mode'])
    .where('session_people.session_id', '=', session)
    .where('session_people.role', '=', 'registered')
    .orderBy('session_people.at')
    .orderBy('session_people.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function countInRole(reader: Reader, session: DialogueSessionId, role: SessionRole): Promise<number> {
  const { count } = await reader
    .selectFrom('session_people')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('session_id', '=', session)
    .where('role', '=', role)
    .executeTakeFirstOrThrow();
  return count;
}

export async function findInRole(
  reader: Reader,
  session: DialogueSessionId,
  member: MemberId,
  role: SessionRole,
): Promise<{ readonly id: string; readonly mode: AttendanceMode | undefined } | undefined> {
  const row = await reader
    .selectFrom('session_people')
    .select(['id', 'mode'])
    .where('session_id', '=', session)
    .where('member_id', '=', member)
    .where('role', '=', role)
    .executeTakeFirst();
  return row && { id: row.id, mode: row.mode ?? undefined };
}

/** Registered members that can be written to, in the order of their ids. */
export async function listRegisteredIds(reader: Reader, session: DialogueSessionId): Promise<MemberId[]> {
  const rows = await reader
    .selectFrom('session_people')
    .innerJoin('members', 'members.id', 'session_people.member_id')
    .select('members.id')
    .where('session_people.session_id', '=', session)
    .where('session_people.role', '=', 'registered')
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is not', null)
    .orderBy('members.id')
    .execute();
  return rows.map(({ id }) => id);
}

export async function insertSessionPerson(tx: Tx, row: SessionPeopleTable): Promise<boolean> {
  const result = await tx.db
    .insertInto('session_people')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['session_id', 'member_id', 'role']).where('member_id', 'is not', null).doNothing(),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

export async function deleteSessionPerson(tx: Tx, session: DialogueSessionId, id: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom('session_people')
    .where('id', '=', id)
    .where('session_id', '=', session)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}
