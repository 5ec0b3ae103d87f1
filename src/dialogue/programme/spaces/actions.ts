/** Opening, changing and closing a series or a community, and who does what in it. */
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { newSpaceId, type MemberId, type SpaceId } from '../../../ids.ts';
import { findMember, isSecretariat, requireMember, requireSecretariat } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { findMemberById } from '../../../network/members/store.ts';
import { plainDateAt, type PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import type { OutputKind, Space, SpaceRole, SpaceValues } from './space.ts';
import * as store from './store.ts';

const today = ({ tx }: Pick<Work, 'tx'>): PlainDate => plainDateAt(tx.now, 'UTC');

type WhoAsks = Pick<Caller, 'viewer' | 'party'>;

/** Who runs a space: the secretariat, its convenors and its facilitators. */
export async function mayConvene(reader: Reader, caller: WhoAsks, space: SpaceId): Promise<boolean> {
  if (isSecretariat(caller)) return true;
  const member = await findMember(reader, caller);
  if (!member) return false;
  return (await store.listRoles(reader, space, member.id)).some(
    (role) => role === 'convenor' || role === 'facilitator',
  );
}

/** Rapporteurs also write what a session leaves behind. */
export async function mayDocument(reader: Reader, caller: WhoAsks, space: SpaceId): Promise<boolean> {
  if (await mayConvene(reader, caller, space)) return true;
  const member = await findMember(reader, caller);
  return member !== undefined && (await store.listRoles(reader, space, member.id)).includes('rapporteur');
}

export async function requireConvenor(work: Work & WhoAsks, space: SpaceId): Promise<void> {
  await requireConvening(work.tx.db, work, space);
}

export async function requireConvening(reader: Reader, caller: WhoAsks, space: SpaceId): Promise<void> {
  if (!caller.viewer.account) throw problem.notSignedIn({});
  if (!(await mayConvene(reader, caller, space))) throw problem.notAllowed({ needs: 'convenor' });
}

export async function requireDocumenter(work: Work & WhoAsks, space: SpaceId): Promise<void> {
  if (!work.viewer.account) throw problem.notSignedIn({});
  if (!(await mayDocument(work.tx.db, work, space))) throw problem.notAllowed({ needs: 'rapporteur' });
}

/** A draft is for those who write it; everybody else is told that nothing is there. */
export async function getVisibleSpace(reader: Reader, caller: WhoAsks, slug: string): Promise<Space> {
  const space = await store.findSpaceBySlug(reader, slug);
  if (!space || (space.state === 'draft' && !(await mayConvene(reader, caller, space.id))))
    throw problem.notFound({ what: 'space' });
  return space;
}

/** By the secretariat, or proposed by a member, who then convenes it. It is a draft until the secretariat opens it. */
export async function draftSpace(
  work: Work & Caller,
  values: SpaceValues,
  origin: { readonly isTemplate: boolean; readonly copiedFrom: SpaceId | undefined } = {
    isTemplate: false,
    copiedFrom: undefined,
  },
): Promise<SpaceId> {
  const convenor = isSecretariat(work) ? undefined : await requireMember(work);
  const party = requireParty(work);
  const id = newSpaceId();
  await store.insertSpace(work.tx, party, id, values, origin);
  if (convenor)
    await store.insertSpacePerson(work.tx, {
      space_id: id,
      member_id: convenor.id,
      role: 'convenor',
      party_id: party,
      since: today(work),
      until: null,
    });
  await work.tx.audit('space.draft', { space: id });
  return id;
}

/** `base` is the revision that was on the screen: of two convenors who write at once, the second is told and loses nothing. */
export async function editSpace(work: Work & Caller, id: SpaceId, base: number, values: SpaceValues): Promise<void> {
  await requireConvenor(work, id);
  const space = await getSpace(work, id);
  if (space.kind !== values.kind) throw problem.stepNotAllowed({ step: 'change-kind', status: space.kind });
  if (!(await store.updateSpace(work.tx, id, base, values)))
    throw problem.textHasMovedOn({ version: String(space.revision) });
  await work.tx.audit('space.edit', { space: id });
}

/** A community is opened when somebody convenes it and it is said what it produces by when. */
export async function openSpace(work: Work & Caller, id: SpaceId): Promise<void> {
  requireSecretariat(work);
  const space = await getSpace(work, id);
  if (space.isTemplate || space.state === 'open') throw problem.stepNotAllowed({ step: 'open', status: space.state });
  if (space.kind === 'community') {
    if (space.outputKind === undefined || space.outputDueOn === undefined)
      throw problem.stepNotAllowed({ step: 'open', status: 'no-output' });
    if ((await store.listSpacePeople(work.tx.db, id, ['convenor'], 1)).length === 0)
      throw problem.stepNotAllowed({ step: 'open', status: 'no-convenor' });
  }
  await store.setSpaceState(work.tx, id, 'open', space.openedOn ?? today(work));
  await work.tx.audit('space.open', { space: id });
}

export async function closeSpace(work: Work & Caller, id: SpaceId): Promise<void> {
  await requireConvenor(work, id);
  const space = await getSpace(work, id);
  if (space.state !== 'open') throw problem.stepNotAllowed({ step: 'close', status: space.state });
  await store.setSpaceState(work.tx, id, 'closed', space.openedOn ?? null);
  await work.tx.audit('space.close', { space: id });
}

export async function giveRole(work: Work & Caller, id: SpaceId, member: MemberId, role: SpaceRole): Promise<void> {
  await requireConvenor(work, id);
  await getSpace(work, id);
  const person = await findMemberById(work.tx.db, member);
  if (!person || person.leftOn !== undefined || person.confirmedAt === undefined)
    throw problem.notFound({ what: 'member' });
  if ((await store.listRoles(work.tx.db, id, member)).includes(role)) return;
  await insertRole(work, id, member, role);
  await work.tx.audit('space.give-role', { space: id, member, role });
}

export async function endRole(work: Work & Caller, id: SpaceId, member: MemberId, role: SpaceRole): Promise<void> {
  await requireConvenor(work, id);
  await refuseWithoutConvenor(work, id, member, role);
  if (!(await store.endSpaceRole(work.tx, id, member, role, today(work)))) throw problem.notFound({ what: 'role' });
  await work.tx.audit('space.end-role', { space: id, member, role });
}

/** Rotation: one ends where the next begins, so that there is never nobody. */
export async function handOverConvening(work: Work & Caller, id: SpaceId, from: MemberId, to: MemberId): Promise<void> {
  await giveRole(work, id, to, 'convenor');
  if (from === to || !(await store.endSpaceRole(work.tx, id, from, 'convenor', today(work))))
    throw problem.notFound({ what: 'role' });
  await work.tx.audit('space.hand-over', { space: id, from, to });
}

export async function joinSpace(work: Work & Caller, id: SpaceId): Promise<void> {
  const member = await requireMember(work);
  const space = await getSpace(work, id);
  if (space.state !== 'open' || space.joining !== 'open')
    throw problem.stepNotAllowed({ step: 'join', status: space.state === 'open' ? space.joining : space.state });
  if ((await store.listRoles(work.tx.db, id, member.id)).includes('participant')) return;
  await insertRole(work, id, member.id, 'participant');
  await work.tx.audit('space.join', { space: id, member: member.id });
}

export async function leaveSpace(work: Work & Caller, id: SpaceId): Promise<void> {
  const member = await requireMember(work);
  for (const role of await store.listRoles(work.tx.db, id, member.id)) {
    await refuseWithoutConvenor(work, id, member.id, role);
    await store.endSpaceRole(work.tx, id, member.id, role, today(work));
  }
  await work.tx.audit('space.leave', { space: id, member: member.id });
}

/** A paper that was published here is what the space owed, where it is of the kind that was asked for. */
export async function deliverOutput(
  work: Work,
  { id, outputKind }: Space,
  paper: { readonly id: string; readonly kind: OutputKind },
): Promise<void> {
  if (outputKind !== undefined && outputKind !== 'other' && outputKind !== paper.kind) return;
  await store.setOutputPaper(work.tx, id, paper.id);
  await work.tx.audit('space.deliver', { space: id, paper: paper.id });
}

async function insertRole(work: Work, id: SpaceId, member: MemberId, role: SpaceRole): Promise<void> {
  await store.insertSpacePerson(work.tx, {
    space_id: id,
    member_id: member,
    role,
    party_id: requireParty(work),
    since: today(work),
    until: null,
  });
}

/** An open community is never without somebody who convenes it. */
async function refuseWithoutConvenor(work: Work, id: SpaceId, member: MemberId, role: SpaceRole): Promise<void> {
  if (role !== 'convenor') return;
  const space = await getSpace(work, id);
  if (space.kind !== 'community' || space.state !== 'open') return;
  const convenors = await store.listSpacePeople(work.tx.db, id, ['convenor'], 2);
  if (convenors.length === 1 && convenors[0]?.member === member)
    throw problem.stepNotAllowed({ step: 'end-role', status: 'no-convenor' });
}

async function getSpace(work: Work, id: SpaceId): Promise<Space> {
  const space = await store.findSpace(work.tx.db, id);
  if (!space) throw problem.notFound({ what: 'space' });
  return space;
}
