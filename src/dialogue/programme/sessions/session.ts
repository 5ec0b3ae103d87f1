import type { DialogueSessionId, SpaceId } from '../../../ids.ts';
import type { Texts } from '../../texts.ts';
import { endOf, instantOf, type WallTime } from '../when.ts';

export const sessionRoles = ['speaker', 'chair', 'moderator', 'rapporteur', 'registered', 'attended'] as const;
export type SessionRole = (typeof sessionRoles)[number];

/** Who stands on the programme. */
export const programmeRoles = ['chair', 'moderator', 'speaker', 'rapporteur'] as const;
export type ProgrammeRole = (typeof programmeRoles)[number];

export const attendanceModes = ['in-person', 'remote', 'phone', 'mail'] as const;
export type AttendanceMode = (typeof attendanceModes)[number];

export const registrations = ['open', 'members', 'closed'] as const;
export type Registration = (typeof registrations)[number];

export type SessionState = 'draft' | 'announced' | 'cancelled';

/** What people write of a session and may change. */
export interface SessionValues extends WallTime {
  readonly slug: string;
  readonly title: Texts;
  readonly overview: Texts;
  /** Spoken, BCP 47. */
  readonly languages: readonly string[];
  readonly minutes: number;
  readonly place: string | undefined;
  /** For those registered only, as are the notes. */
  readonly meetingLink: string | undefined;
  readonly joiningNotes: string | undefined;
  readonly capacity: number | undefined;
  readonly registration: Registration;
  /** Chatham House Rule: no speaker's name is stored, and the database refuses one. */
  readonly isChathamHouse: boolean;
  /** Contributions are taken for so many days after the session. */
  readonly openUntilDays: number;
  readonly recordingLink: string | undefined;
}

export interface DialogueSession extends SessionValues {
  readonly id: DialogueSessionId;
  readonly space: SpaceId;
  readonly position: number;
  readonly state: SessionState;
  /** RFC 5545: never changes. */
  readonly uid: string;
  /** RFC 5546: grows with each change that calendars must learn of. */
  readonly sequence: number;
  readonly changedAt: Date;
  readonly revision: number;
}

export const startOf = (session: WallTime): Date => instantOf(session);
export const finishOf = (session: WallTime & { readonly minutes: number }): Date => endOf(session, session.minutes);

const dayMs = 86_400_000;

export function openUntil(session: WallTime & Pick<SessionValues, 'minutes' | 'openUntilDays'>): Date {
  return new Date(finishOf(session).getTime() + session.openUntilDays * dayMs);
}

export type SessionPhase = 'coming' | 'running' | 'open' | 'closed';

/** `open`: it is over, and contributions are still taken. */
export function phaseAt(session: SessionValues, at: Date): SessionPhase {
  if (at < startOf(session)) return 'coming';
  if (at < finishOf(session)) return 'running';
  return at < openUntil(session) ? 'open' : 'closed';
}

/** What moves it in a calendar: RFC 5546, 2.1.4, and whatever else somebody who has it there must know. */
export function concernsCalendars(before: SessionValues, after: SessionValues): boolean {
  return (['localStart', 'timeZone', 'minutes', 'place', 'meetingLink'] as const).some(
    (field) => before[field] !== after[field],
  );
}
