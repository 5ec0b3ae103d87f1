/** Technical advisory groups: who sits in them, for how long, and what each declares. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { requireMember, requireSecretariat } from '../../members/member.ts';
import { requireParty } from '../../members/party.ts';
import { findMemberByEmail } from '../../members/store.ts';
import { todayIn } from '../voices.ts';
import * as store from './store.ts';

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

export async function openGroup(work: Work & Caller, given: Omit<store.AdvisoryGroup, 'id'>): Promise<string> {
  requireSecretariat(work);
  if (given.until !== null && given.until < given.since) throw refuseField('until', 'members.until-before-since');
  const id = randomUUID();
  await store.insertGroup(work.tx, requireParty(work), { id, ...given });
  await work.tx.audit('advisory.open', { group: id });
  return id;
}

async function getGroup(work: Work, id: string): Promise<store.AdvisoryGroup> {
  const group = await store.findGroup(work.tx.db, id);
  if (!group) throw problem.notFound({ what: 'group' });
  return group;
}

export interface SeatGiven {
  readonly email: string;
  readonly since: PlainDate;
  readonly until: PlainDate;
}

/** Who advises is public: only a member who agreed to be listed can be appointed. */
export async function appoint(work: Work & Caller, groupId: string, given: SeatGiven): Promise<string> {
  requireSecretariat(work);
  const group = await getGroup(work, groupId);
  const member = await findMemberByEmail(work.tx.db, given.email);
  if (!member || member.leftOn !== undefined || member.confirmedAt === undefined)
    throw refuseField('email', 'members.not-a-member');
  if (!member.consents.has('directory')) throw refuseField('email', 'assembly.not-listed');
  if (given.until < given.since) throw refuseField('until', 'members.until-before-since');
  if (given.since < group.since || (group.until !== null && given.until > group.until))
    throw refuseField('until', 'assembly.outside-mandate');
  const seats = await store.listSeats(work.tx.db, groupId);
  if (seats.some((seat) => seat.member === member.id && seat.since <= given.until && given.since <= seat.until))
    throw refuseField('email', 'assembly.sits-already');
  const id = randomUUID();
  await store.insertSeat(work.tx, {
    id,
    party_id: requireParty(work),
    group_id: groupId,
    member_id: member.id,
    since: given.since,
    until: given.until,
  });
  await work.tx.audit('advisory.appoint', { group: groupId, member: member.id });
  return id;
}

export async function endTerm(work: Work & Caller, groupId: string, seatId: string): Promise<void> {
  requireSecretariat(work);
  const seat = (await store.listSeats(work.tx.db, groupId)).find(({ id }) => id === seatId);
  if (!seat) throw problem.notFound({ what: 'member' });
  const today = todayIn(work);
  if (seat.until <= today) throw problem.stepNotAllowed({ step: 'end-term', status: 'over' });
  await store.endSeat(work.tx, seatId, seat.since > today ? seat.since : today);
  await work.tx.audit('advisory.end-term', { group: groupId, member: seat.member });
}

/** By the person alone. Each one stays; the latest is shown. */
export async function declareInterests(work: Work & Caller, groupId: string, interests: string): Promise<void> {
  const member = await requireMember(work);
  const today = todayIn(work);
  const seat = (await store.listSeats(work.tx.db, groupId)).find(
    (each) => each.member === member.id && each.until >= today,
  );
  if (!seat) throw problem.notAllowed({ needs: 'seat' });
  await store.insertDeclaration(work.tx, {
    id: randomUUID(),
    party_id: requireParty(work),
    seat_id: seat.id,
    member_id: member.id,
    interests,
    declared_on: today,
  });
  await work.tx.audit('advisory.declare', { group: groupId, member: member.id });
}
