/** Who votes in a network: each organisation that somebody speaks for, once, by whoever holds a mandate of it on that day. */
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import type { OrganisationId } from '../../ids.ts';
import { plainDateAt, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { findMember, requireMember, type Member } from '../members/member.ts';
import { listMandates } from '../members/store.ts';

export interface NamedOrganisation {
  readonly id: OrganisationId;
  readonly name: string;
}

export const todayIn = ({ tx }: Pick<Work, 'tx'>): PlainDate => plainDateAt(tx.now, 'UTC');

/** The organisations that this member speaks for on that day. */
async function listSpokenFor(reader: Reader, member: Member, on: PlainDate): Promise<readonly NamedOrganisation[]> {
  const mandates = await listMandates(reader, { member: member.id, on, limit: 50 });
  return [...new Map(mandates.map(({ organisation }) => [organisation.id, organisation])).values()];
}

export async function listOwnVoices(
  reader: Reader,
  caller: Pick<Caller, 'viewer'>,
  on: PlainDate,
): Promise<readonly NamedOrganisation[]> {
  const member = await findMember(reader, caller);
  return member ? listSpokenFor(reader, member, on) : [];
}

export interface OwnVoice {
  readonly member: Member;
  readonly organisation: NamedOrganisation;
}

/** The caller, for the organisation named, or for the only one there is. */
export async function requireVoice(work: Work & Caller, named: string | undefined): Promise<OwnVoice> {
  const member = await requireMember(work);
  const voices = await listSpokenFor(work.tx.db, member, todayIn(work));
  if (named === undefined && voices.length > 1)
    throw problem.inputInvalid({
      fields: [{ path: 'organisation', code: 'decisions.which-organisation', message: 'which-organisation' }],
    });
  const organisation = named === undefined ? voices[0] : voices.find(({ id }) => id === named);
  if (!organisation) throw problem.notAllowed({ needs: 'mandate' });
  return { member, organisation };
}

/** Every organisation with a voice on that day, by name. */
export async function listVoices(reader: Reader, on: PlainDate): Promise<readonly NamedOrganisation[]> {
  return reader
    .selectFrom('mandates')
    .innerJoin('members', 'members.id', 'mandates.member_id')
    .innerJoin('organisations', 'organisations.id', 'mandates.organisation_id')
    .select(['organisations.id', 'organisations.name'])
    .distinct()
    .where('members.left_on', 'is', null)
    .where('members.confirmed_at', 'is not', null)
    .where('mandates.since', '<=', on)
    .where((where) => where.or([where('mandates.until', 'is', null), where('mandates.until', '>=', on)]))
    .orderBy('organisations.name')
    .execute();
}
