/** Takes an existing programme into a space: all of it, or nothing. Sessions that came from the same calendar before are changed, not doubled. */
import { readFile } from 'node:fs/promises';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { readNamedRows, type RowFault } from '../../../network/members/named-rows.ts';
import { findMemberByEmail } from '../../../network/members/store.ts';
import { problem } from '../../../problem.ts';
import { readFilePieces } from '../../../surveillance/reporting/submissions/attachments.ts';
import { addToProgramme, announceSession, cancelSession, editSession, planSession } from '../sessions/actions.ts';
import { concernsCalendars, type DialogueSession } from '../sessions/session.ts';
import { findSessionBySlug, findSessionByUid, listSessionPeople } from '../sessions/store.ts';
import { requireConvenor } from '../spaces/actions.ts';
import type { Space } from '../spaces/space.ts';
import { CalendarError, readProgrammeCalendar } from './events.ts';
import {
  programmeColumns,
  programmeLimits,
  readProgrammeRows,
  requiredProgrammeColumns,
  type ImportDefaults,
  type ImportedSession,
  type ProgrammeReading,
} from './rows.ts';

export interface ImportedProgramme {
  readonly isCalendar: boolean;
  readonly sessions: readonly (ImportedSession & { readonly becomes: 'new' | 'changed' | 'same' })[];
  readonly faults: readonly RowFault[];
  /** People the file names and who did not say themselves that they may be named. */
  readonly unnamed: number;
}

/** `isTrial` does everything and keeps nothing. */
export async function importProgramme(
  work: Work & Caller,
  space: Space,
  file: string,
  defaults: ImportDefaults,
  isTrial: boolean,
): Promise<ImportedProgramme> {
  await requireConvenor(work, space.id);
  const { isCalendar, reading } = await readProgramme(file, defaults);
  const sessions = await Promise.all(
    reading.sessions.map(async (session) => ({ ...session, becomes: await standingOf(work, space, session) })),
  );
  const faults = [...reading.faults, ...(await unknownSpeakers(work, reading))].toSorted((a, b) => a.row - b.row);
  const unnamed = reading.sessions.reduce((sum, session) => sum + session.unnamed, 0);
  if (!isTrial && faults.length === 0) {
    for (const session of sessions) await keep(work, space, session);
    await work.tx.audit('programme.import', { space: space.id, sessions: sessions.length });
  }
  return { isCalendar, sessions, faults, unnamed };
}

async function readProgramme(
  file: string,
  defaults: ImportDefaults,
): Promise<{ readonly isCalendar: boolean; readonly reading: ProgrammeReading }> {
  const text = await readFile(file, 'utf8');
  if (/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text.slice(0, 100)))
    try {
      return { isCalendar: true, reading: readProgrammeCalendar(text, defaults) };
    } catch (error) {
      if (error instanceof CalendarError) throw problem.fileUnreadable({ reason: error.message, row: null }, error);
      throw error;
    }
  const { rows, faults } = await readNamedRows(
    readFilePieces(file),
    programmeColumns,
    requiredProgrammeColumns,
    programmeLimits,
  );
  const reading = readProgrammeRows(rows, defaults);
  return { isCalendar: false, reading: { ...reading, faults: [...faults, ...reading.faults] } };
}

async function heldOf(
  work: Work,
  space: Space,
  { uid, values }: ImportedSession,
): Promise<DialogueSession | undefined> {
  if (uid === undefined) return findSessionBySlug(work.tx.db, space.id, values.slug);
  const held = await findSessionByUid(work.tx.db, uid);
  // The same event in two series is two sessions; the second cannot have its UID.
  return held?.space === space.id ? held : undefined;
}

async function standingOf(work: Work, space: Space, session: ImportedSession): Promise<'new' | 'changed' | 'same'> {
  const held = await heldOf(work, space, session);
  if (!held) return 'new';
  return isSame(held, session) ? 'same' : 'changed';
}

const isSame = (held: DialogueSession, { values, isCancelled }: ImportedSession): boolean =>
  !concernsCalendars(held, values) &&
  JSON.stringify(held.title) === JSON.stringify({ ...held.title, ...values.title }) &&
  JSON.stringify(held.overview) === JSON.stringify({ ...held.overview, ...values.overview }) &&
  (held.state === 'cancelled') === isCancelled;

async function unknownSpeakers(work: Work, { sessions }: ProgrammeReading): Promise<RowFault[]> {
  const faults: RowFault[] = [];
  for (const { row, speakers } of sessions)
    for (const { email } of speakers) {
      const member = await findMemberByEmail(work.tx.db, email);
      if (!member || member.leftOn !== undefined)
        faults.push({ row, column: 'speakers', code: 'members.not-a-member', value: email });
    }
  return faults;
}

async function keep(work: Work & Caller, space: Space, session: ImportedSession): Promise<void> {
  const held = await heldOf(work, space, session);
  if (held && isSame(held, session)) return;
  const { values, uid, isCancelled } = session;
  const id = held?.id ?? (await planSession(work, space.id, values, uid));
  if (held)
    await editSession(work, held.id, held.revision, {
      ...held,
      ...values,
      // What a file does not tell stays.
      slug: held.slug,
      title: { ...held.title, ...values.title },
      overview: { ...held.overview, ...values.overview },
      languages: held.languages,
      registration: held.registration,
      capacity: held.capacity,
      joiningNotes: held.joiningNotes,
      openUntilDays: held.openUntilDays,
      meetingLink: values.meetingLink ?? held.meetingLink,
      recordingLink: values.recordingLink ?? held.recordingLink,
      isChathamHouse: held.isChathamHouse || values.isChathamHouse,
    });
  if (held?.state !== 'announced' && !isCancelled) await announceSession(work, id);
  if (isCancelled) {
    if (!held) await announceSession(work, id);
    await cancelSession(work, id);
  }
  const speaking = await listSessionPeople(work.tx.db, id, ['speaker'], 1000);
  for (const { email, role } of session.speakers) {
    const member = await findMemberByEmail(work.tx.db, email);
    if (!member || speaking.some((person) => person.member === member.id)) continue;
    await addToProgramme(work, id, { role, who: { member: member.id }, about: undefined, inputLink: undefined });
  }
}
