import { z } from 'zod';
import { partyKinds } from '../../acts/spine-types.ts';
import { networkFacts } from '../../network/members/answers.ts';
import { sessionSummary, spaceSummary } from '../programme/answers.ts';
import { attendanceModes } from '../programme/sessions/session.ts';

export const notesAnswer = z.object({
  language: z.string(),
  words: z.string(),
  isPublished: z.boolean(),
  changedAt: z.iso.datetime(),
  revision: z.int(),
});
export type NotesAnswer = z.output<typeof notesAnswer>;

export const floorTimeAnswer = z.object({
  totalSeconds: z.int(),
  groups: z.array(
    z.object({
      /** Null: smaller groups together. */
      constituency: z.enum(partyKinds).nullable(),
      people: z.int(),
      turns: z.int(),
      seconds: z.int(),
    }),
  ),
});
export type FloorTimeAnswer = z.output<typeof floorTimeAnswer>;

const constituency = z.enum(partyKinds).nullable();

export const floorAnswer = z.object({
  network: networkFacts,
  space: spaceSummary,
  session: sessionSummary,
  /** Where the forms of this page post to. */
  path: z.string(),
  meetingLink: z.string().nullable(),
  isOpen: z.boolean(),
  /** Names and constituencies are null where they are not for this reader. */
  speaking: z
    .object({
      /** For the chair. */
      id: z.string().nullable(),
      name: z.string().nullable(),
      constituency,
      since: z.iso.datetime(),
    })
    .nullable(),
  queue: z.array(
    z.object({
      /** For the chair. */
      id: z.string().nullable(),
      name: z.string().nullable(),
      constituency,
      hasSpoken: z.boolean(),
      isOwn: z.boolean(),
    }),
  ),
  /** Null: fewer than five people. */
  floorTime: floorTimeAnswer.nullable(),
  notes: notesAnswer.nullable(),
  own: z.object({
    name: z.string().nullable(),
    isWaiting: z.boolean(),
    attended: z.enum(attendanceModes).nullable(),
    registered: z.enum(attendanceModes).nullable(),
    mayAsk: z.boolean(),
    mayChair: z.boolean(),
    mayTakeNotes: z.boolean(),
    /** The list at the door is for those who document the space, by their accounts. */
    mayNoteAttendance: z.boolean(),
  }),
});
export type FloorAnswer = z.output<typeof floorAnswer>;
