/** Who speaks for an organisation is the organisation's word: told to the secretariat the first time, and said by whoever speaks for it from then on. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import type { OrganisationId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { isSecretariat } from '../../members/member.ts';
import { requireParty } from '../../members/party.ts';
import { endMandates, findMemberByEmail, findOrganisation, insertMandate } from '../../members/store.ts';
import { requireVoice, todayIn } from '../voices.ts';
import { listEveryMandate } from './store.ts';

export interface MandateGiven {
  readonly email: string;
  readonly scope: string;
  readonly since: PlainDate;
  readonly until: PlainDate | undefined;
}

const refuseField = (path: string, code: string) => problem.inputInvalid({ fields: [{ path, code, message: code }] });

/** Belonging to an organisation is what everybody says of himself; it gives nobody its voice. */
async function requireOwn(work: Work & Caller, organisation: OrganisationId): Promise<void> {
  if (!work.viewer.account) throw problem.notSignedIn({});
  if (!(await findOrganisation(work.tx.db, organisation))) throw problem.notFound({ what: 'organisation' });
  if (!isSecretariat(work)) await requireVoice(work, organisation);
}

export async function giveMandate(
  work: Work & Caller,
  organisation: OrganisationId,
  given: MandateGiven,
): Promise<string> {
  await requireOwn(work, organisation);
  const member = await findMemberByEmail(work.tx.db, given.email);
  if (!member || member.leftOn !== undefined) throw refuseField('email', 'members.not-a-member');
  if (given.until !== undefined && given.until < given.since) throw refuseField('until', 'members.until-before-since');
  const id = randomUUID();
  await insertMandate(work.tx, {
    id,
    party_id: requireParty(work),
    member_id: member.id,
    organisation_id: organisation,
    scope: given.scope,
    since: given.since,
    until: given.until ?? null,
    recorded_by: work.viewer.account?.id ?? null,
    recorded_at: work.tx.now,
  });
  await work.tx.audit('mandate.give', { mandate: id, member: member.id, organisation });
  return id;
}

export async function takeMandate(work: Work & Caller, organisation: OrganisationId, id: string): Promise<void> {
  await requireOwn(work, organisation);
  const held = await listEveryMandate(work.tx.db, organisation);
  if (!held.some((mandate) => mandate.id === id)) throw problem.notFound({ what: 'mandate' });
  if ((await endMandates(work.tx, { id }, todayIn(work))) === 0) throw problem.notFound({ what: 'mandate' });
  await work.tx.audit('mandate.end', { mandate: id });
}
