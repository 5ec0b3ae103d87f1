import type { Caller } from '../../http/caller.ts';
import type { Reader } from '../../db/database.ts';
import type { Reading } from '../../house.ts';
import type { PartyKind } from '../../acts/spine-types.ts';
import type { Member } from '../../network/members/member.ts';
import { networkFactsOf } from '../../network/members/section.tsx';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import { describeSession, describeSpace, sessionPath } from '../programme/answers.ts';
import type { DialogueSession } from '../programme/sessions/session.ts';
import { findInRole } from '../programme/sessions/store.ts';
import { countByConstituency, mayChair, mayTakeNotes, takesPart } from '../programme/sessions/taking-part.ts';
import { mayDocument } from '../programme/spaces/actions.ts';
import type { Space } from '../programme/spaces/space.ts';
import { isFloorOpen } from './actions.ts';
import type { FloorAnswer, FloorTimeAnswer, NotesAnswer } from './answers.ts';
import { groupOf, showFloorTime, smallerGroups, type GroupTime, type SpeakingGroup } from './floor-time.ts';
import { orderQueue } from './queue.ts';
import * as store from './store.ts';

/** Whose page it is: the session, and who looks at it through which door. */
export interface AtSession {
  readonly space: Space;
  readonly session: DialogueSession;
  readonly member: Member | undefined;
  readonly path: string;
}

const nameless = (group: SpeakingGroup): PartyKind | null => (group === smallerGroups ? null : group);

export async function describeFloor(reading: Reading & Caller, at: AtSession): Promise<FloorAnswer> {
  const { reader, house, locale } = reading;
  const { space, session, member, path } = at;
  const now = house.clock.now();
  const chairs = await mayChair(reader, reading, session, member);
  const writes = await mayTakeNotes(reader, reading, session, member);
  const isInside = member !== undefined && (await takesPart(reader, session.id, member.id));
  if (!isInside && !chairs && !writes)
    throw member || reading.viewer.account ? problem.notAllowed({ needs: 'registered' }) : problem.notSignedIn({});

  const people = await countByConstituency(reader, session.id);
  const heard = await store.listHeard(reader, session.id);
  const open = await store.listOpenRequests(reader, session.id);
  const speaking = open.find(({ startedAt }) => startedAt !== undefined);
  const waiting = open.filter(({ startedAt }) => startedAt === undefined);
  const groupFor = (group: SpeakingGroup): SpeakingGroup =>
    group === smallerGroups ? group : groupOf(group, people, session.isChathamHouse);
  const queue = orderQueue(
    waiting.map((request) => ({
      ...request,
      group: request.constituency,
      constituency: groupFor(request.constituency),
    })),
    heard,
  );
  // Under the Chatham House Rule only the chair, who has to call people, sees who wants to speak.
  const showsNames = !session.isChathamHouse || chairs;
  const network = networkFactsOf(reading);
  const notes = await store.findNotes(reader, session.id);
  const roleOf = async (role: 'registered' | 'attended') =>
    (member && (await findInRole(reader, session.id, member.id, role))?.mode) ?? null;
  return {
    network,
    space: describeSpace(space, network.slug, locale, plainDateAt(now, 'UTC')),
    session: describeSession(session, sessionPath(network.slug, space.slug, session.slug), locale, space.language, now),
    path,
    meetingLink: session.meetingLink ?? null,
    isOpen: isFloorOpen(session, now),
    speaking: speaking?.startedAt
      ? {
          id: chairs ? speaking.id : null,
          name: speaking.name ?? null,
          constituency: session.isChathamHouse ? null : nameless(speaking.constituency),
          since: speaking.startedAt.toISOString(),
        }
      : null,
    queue: queue.map(({ id, name, group, turns, member: who }) => ({
      id: chairs ? id : null,
      name: showsNames ? (name ?? null) : null,
      constituency: showsNames ? nameless(group) : null,
      hasSpoken: turns > 0,
      isOwn: member !== undefined && who === member.id,
    })),
    floorTime: describeFloorTime(session, people, heard),
    notes: notes && (writes || notes.publishedAt !== undefined || isInside) ? describeNotes(notes) : null,
    own: {
      name: member?.name ?? null,
      isWaiting: member !== undefined && waiting.some(({ member: who }) => who === member.id),
      attended: await roleOf('attended'),
      registered: await roleOf('registered'),
      mayAsk: isInside,
      mayChair: chairs,
      mayTakeNotes: writes,
      mayNoteAttendance: await mayDocument(reader, reading, space.id),
    },
  };
}

export async function readFloorTime(reader: Reader, session: DialogueSession): Promise<FloorTimeAnswer | null> {
  return describeFloorTime(
    session,
    await countByConstituency(reader, session.id),
    await store.listHeard(reader, session.id),
  );
}

/** Null: nobody was heard yet, or all together are too few. */
function describeFloorTime(
  session: DialogueSession,
  people: ReadonlyMap<PartyKind, number>,
  heard: Awaited<ReturnType<typeof store.listHeard>>,
): FloorTimeAnswer | null {
  if (heard.size === 0) return null;
  const groups = new Map<SpeakingGroup, GroupTime>();
  const add = (group: SpeakingGroup, count: number, turns: number, seconds: number): void => {
    const had = groups.get(group) ?? { constituency: group, people: 0, turns: 0, seconds: 0 };
    groups.set(group, {
      constituency: group,
      people: had.people + count,
      turns: had.turns + turns,
      seconds: had.seconds + seconds,
    });
  };
  for (const [constituency, count] of people) add(groupOf(constituency, people, session.isChathamHouse), count, 0, 0);
  for (const [group, { turns, seconds }] of heard) add(group, 0, turns, seconds);
  const shown = showFloorTime([...groups.values()]);
  return shown
    ? {
        totalSeconds: shown.reduce((sum, { seconds }) => sum + seconds, 0),
        groups: shown.map((group) => ({ ...group })),
      }
    : null;
}

export const describeNotes = (notes: store.Notes): NotesAnswer => ({
  language: notes.language,
  words: notes.words,
  isPublished: notes.publishedAt !== undefined,
  changedAt: notes.changedAt.toISOString(),
  revision: notes.revision,
});
