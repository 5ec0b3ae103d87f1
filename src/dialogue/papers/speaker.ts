/**
 * Who speaks on a paper, and who holds its pen. People of an open space are all members of the network; of one by invitation, those who have a role in
 * it. The pen is with those who convene or facilitate now, and with the secretariat, which then speaks as the office that it is.
 */
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { AccountId, OrganisationId } from '../../ids.ts';
import { findMember, isSecretariat, type Member } from '../../network/members/member.ts';
import { listMandates } from '../../network/members/store.ts';
import type { PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import type { Space } from '../programme/spaces/space.ts';
import { listRoles, listSpacePeople } from '../programme/spaces/store.ts';

/** As an author of words: the secretariat, whoever works for it. */
export const office = 'secretariat';

export interface Speaker {
  readonly member: Member | undefined;
  readonly account: AccountId | undefined;
  /** Author of what the person proposes and says; undefined: may only read. */
  readonly voice: string | undefined;
  /** Author of what is done with the pen. */
  readonly pen: string | undefined;
  readonly isSecretariat: boolean;
}

const stranger: Speaker = {
  member: undefined,
  account: undefined,
  voice: undefined,
  pen: undefined,
  isSecretariat: false,
};

export async function findSpeaker(
  reader: Reader,
  caller: Pick<Caller, 'viewer' | 'party'>,
  space: Space,
): Promise<Speaker> {
  const account = caller.viewer.account?.id;
  if (account === undefined) return stranger;
  const member = await findMember(reader, caller);
  const speaker = member ? await speakerOf(reader, member, space) : stranger;
  if (!isSecretariat(caller)) return { ...speaker, account };
  return { ...speaker, account, voice: speaker.voice ?? office, pen: speaker.pen ?? office, isSecretariat: true };
}

/** By the key from a mail, or by mail. */
export async function speakerOf(reader: Reader, member: Member, space: Space): Promise<Speaker> {
  const roles = await listRoles(reader, space.id, member.id);
  const convenes = roles.includes('convenor') || roles.includes('facilitator');
  const isInside = space.joining === 'open' || roles.length > 0;
  return {
    member,
    account: undefined,
    voice: isInside && space.state !== 'draft' ? member.id : undefined,
    pen: convenes ? member.id : undefined,
    isSecretariat: false,
  };
}

/** What is still written is seen by those whose space it is; of an open space, by everybody. */
export const maySee = (space: Space, isOpen: boolean, { voice, pen }: Speaker): boolean =>
  pen !== undefined || (space.state !== 'draft' && (!isOpen || space.joining === 'open' || voice !== undefined));

export function requireVoice(speaker: Speaker): string {
  if (speaker.voice !== undefined) return speaker.voice;
  if (!speaker.member && !speaker.account) throw problem.notSignedIn({});
  throw problem.notAllowed({ needs: 'member' });
}

export function requirePen(speaker: Speaker): string {
  if (speaker.pen !== undefined) return speaker.pen;
  if (!speaker.member && !speaker.account) throw problem.notSignedIn({});
  throw problem.notAllowed({ needs: 'convenor' });
}

export async function listPenHolders(reader: Reader, space: Space): Promise<readonly string[]> {
  const people = await listSpacePeople(reader, space.id, ['convenor', 'facilitator'], 40);
  return [office, ...new Set(people.map(({ member }) => member as string).toSorted())];
}

interface SpokenFor {
  readonly id: OrganisationId;
  readonly name: string;
}

/** The organisations that the secretariat's records say this member speaks for on that day. */
export async function listSpokenFor(reader: Reader, { member }: Speaker, on: PlainDate): Promise<readonly SpokenFor[]> {
  if (!member) return [];
  const mandates = await listMandates(reader, { member: member.id, on, limit: 50 });
  return [...new Map(mandates.map(({ organisation }) => [organisation.id, organisation])).values()];
}

export async function requireMandate(
  reader: Reader,
  speaker: Speaker,
  organisation: string | undefined,
  on: PlainDate,
): Promise<OrganisationId | undefined> {
  if (organisation === undefined) return undefined;
  const found = (await listSpokenFor(reader, speaker, on)).find(({ id }) => id === organisation);
  if (!found) throw problem.notAllowed({ needs: 'mandate' });
  return found.id;
}
