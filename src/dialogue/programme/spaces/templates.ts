/** A new series from an earlier one: its words and its sessions, as many days later at the same hours; nobody's name and no link comes along. */
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { SpaceId } from '../../../ids.ts';
import { requireSecretariat } from '../../../network/members/member.ts';
import { daysBetween, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { planSession } from '../sessions/actions.ts';
import { listSessions } from '../sessions/store.ts';
import { shiftDays } from '../when.ts';
import { draftSpace } from './actions.ts';
import type { SpaceValues } from './space.ts';
import { findSpace } from './store.ts';

export async function copySpace(
  work: Work & Caller,
  from: SpaceId,
  values: SpaceValues,
  firstDay: PlainDate | undefined,
): Promise<SpaceId> {
  requireSecretariat(work);
  const source = await findSpace(work.tx.db, from);
  if (!source) throw problem.notFound({ what: 'space' });
  const id = await draftSpace(work, values, { isTemplate: false, copiedFrom: from });
  const sessions = await listSessions(work.tx.db, from, ['draft', 'announced']);
  const earliest = sessions.map(({ localStart }) => localStart.slice(0, 10)).toSorted()[0];
  if (earliest === undefined || firstDay === undefined) return id;
  const days = daysBetween(earliest as PlainDate, firstDay);
  for (const session of sessions)
    await planSession(work, id, {
      ...session,
      localStart: shiftDays(session.localStart, days),
      meetingLink: undefined,
      recordingLink: undefined,
    });
  return id;
}
