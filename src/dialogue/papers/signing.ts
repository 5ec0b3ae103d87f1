/** Signing a joint statement on: for oneself, or for an organisation that one speaks for; and taking it back before the deadline. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import type { OrganisationId } from '../../ids.ts';
import { requireSecretariat, type Member } from '../../network/members/member.ts';
import { requireParty } from '../../network/members/party.ts';
import { findOrganisation } from '../../network/members/store.ts';
import { plainDateAt } from '../../period.ts';
import { problem } from '../../problem.ts';
import type { At } from './actions.ts';
import type { Paper } from './paper.ts';
import { requireMandate, requireVoice } from './speaker.ts';
import * as store from './store.ts';

/** Undefined: for oneself. False when it was signed so already. */
export async function signOn(work: Work, at: At, organisation: string | undefined): Promise<boolean> {
  const paper = await lockOpenForSignatures(work, at.paper);
  const member = requireSigner(at);
  const on = plainDateAt(work.tx.now, 'UTC');
  const signedFor = await requireMandate(work.tx.db, at.speaker, organisation, on);
  const isNew = await store.insertSignature(work.tx, {
    id: randomUUID(),
    paper_id: paper.id,
    party_id: requireParty(work),
    member_id: member.id,
    organisation_id: signedFor ?? null,
    recorded_by: null,
  });
  if (isNew)
    await work.tx.audit('joint-statement.sign', {
      paper: paper.id,
      member: member.id,
      organisation: signedFor ?? null,
    });
  return isNew;
}

/** An organisation told the secretariat by letter or in a meeting. */
export async function recordSignature(work: Work & Caller, at: At, organisation: OrganisationId): Promise<void> {
  const account = requireSecretariat(work);
  const paper = await lockOpenForSignatures(work, at.paper);
  if (!(await findOrganisation(work.tx.db, organisation))) throw problem.notFound({ what: 'organisation' });
  const isNew = await store.insertSignature(work.tx, {
    id: randomUUID(),
    paper_id: paper.id,
    party_id: requireParty(work),
    member_id: null,
    organisation_id: organisation,
    recorded_by: account,
  });
  if (!isNew) throw problem.conflict({ what: 'signature' });
  await work.tx.audit('joint-statement.record', { paper: paper.id, organisation });
}

/** One's own, those of the organisations that one speaks for; the secretariat any, at the organisation's word. */
export async function withdrawSignOn(work: Work, at: At, id: string): Promise<void> {
  const paper = await lockOpenForSignatures(work, at.paper);
  const signature = (await store.listSignatures(work.tx.db, paper.id)).find((each) => each.id === id);
  if (!signature) throw problem.notFound({ what: 'signature' });
  const own = signature.organisation === undefined && signature.member === at.speaker.member?.id;
  if (!own) {
    if (signature.organisation === undefined) throw problem.notAllowed({ needs: 'signer' });
    if (!at.speaker.isSecretariat)
      await requireMandate(work.tx.db, at.speaker, signature.organisation.id, plainDateAt(work.tx.now, 'UTC'));
  }
  await store.withdrawSignature(work.tx, paper.id, id);
  await work.tx.audit('joint-statement.withdraw-signature', { paper: paper.id, signature: id });
}

function requireSigner({ speaker }: At): Member {
  if (speaker.member) return speaker.member;
  requireVoice(speaker);
  throw problem.notAllowed({ needs: 'member' });
}

/** The row is held while somebody signs, so that the deadline counts either before or after. */
async function lockOpenForSignatures(work: Work, { id }: Paper): Promise<Paper> {
  const paper = await store.lockPaper(work.tx, id);
  if (!paper) throw problem.notFound({ what: 'paper' });
  const { signingUntil } = paper;
  if (signingUntil === undefined) throw problem.stepNotAllowed({ step: 'sign', status: paper.state });
  if (paper.state === 'published' || work.tx.now >= signingUntil)
    throw problem.answersLate({ closedAt: `${signingUntil.toISOString().slice(0, 16).replace('T', ' ')} UTC` });
  return paper;
}
