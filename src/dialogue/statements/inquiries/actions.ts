/** Putting a question, opening it, and closing it by a named person. One function a write. */
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { newInquiryId, type InquiryId } from '../../../ids.ts';
import { requireParty } from '../../../network/members/party.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { mayConvene, requireConvenor } from '../../programme/spaces/actions.ts';
import { findSpace } from '../../programme/spaces/store.ts';
import type { Texts } from '../../texts.ts';
import { computeRequest } from '../results/request.ts';
import { changesRules, phaseAt, votesEnd, type Inquiry, type InquiryValues } from './inquiry.ts';
import * as store from './store.ts';

type WhoAsks = Pick<Caller, 'viewer' | 'party'>;

/** A draft, or an inquiry in a draft of a space, is for those who convene; everybody else is told that nothing is there. */
export async function getVisibleInquiry(reader: Reader, caller: WhoAsks, slug: string): Promise<Inquiry> {
  const inquiry = await store.findInquiryBySlug(reader, slug);
  const space = inquiry && (await findSpace(reader, inquiry.space));
  const isDraft = inquiry?.state === 'draft' || space?.state === 'draft';
  if (!inquiry || !space || (isDraft && !(await mayConvene(reader, caller, space.id))))
    throw problem.notFound({ what: 'inquiry' });
  return inquiry;
}

export async function draftInquiry(
  work: Work & Caller,
  place: store.InquiryPlace,
  values: InquiryValues,
): Promise<InquiryId> {
  await requireConvenor(work, place.space);
  const id = newInquiryId();
  await store.insertInquiry(work.tx, requireParty(work), id, place, values);
  await work.tx.audit('inquiry.draft', { inquiry: id, space: place.space });
  return id;
}

/** `base` is the revision that was on the screen. */
export async function editInquiry(
  work: Work & Caller,
  inquiry: Inquiry,
  base: number,
  values: InquiryValues,
): Promise<void> {
  await requireConvenor(work, inquiry.space);
  if (inquiry.state === 'closed') throw problem.stepNotAllowed({ step: 'edit', status: 'closed' });
  if (inquiry.state === 'open') {
    if (changesRules(inquiry, values)) throw problem.stepNotAllowed({ step: 'change-rules', status: 'open' });
    // Nobody's time is cut off behind her back: an early end is a closing, by somebody, with words.
    if (values.closesOn < inquiry.closesOn) throw problem.stepNotAllowed({ step: 'end-earlier', status: 'open' });
  }
  if (!(await store.updateInquiry(work.tx, inquiry.id, base, values)))
    throw problem.textHasMovedOn({ version: String(inquiry.revision) });
  await work.tx.audit('inquiry.edit', { inquiry: inquiry.id });
}

export async function openInquiry(work: Work & Caller, inquiry: Inquiry): Promise<void> {
  await requireConvenor(work, inquiry.space);
  if (inquiry.state !== 'draft') throw problem.stepNotAllowed({ step: 'open', status: inquiry.state });
  const space = await findSpace(work.tx.db, inquiry.space);
  if (space?.state !== 'open')
    throw problem.stepNotAllowed({ step: 'open', status: `space-${space?.state ?? 'gone'}` });
  if (votesEnd(inquiry) <= work.tx.now) throw problem.stepNotAllowed({ step: 'open', status: 'over' });
  await store.markOpened(work.tx, inquiry.id, plainDateAt(work.tx.now, 'UTC'));
  await work.tx.audit('inquiry.open', { inquiry: inquiry.id });
}

/** For good. The result counts every vote, is computed once, and never changes. */
export async function closeInquiry(work: Work & Caller, inquiry: Inquiry, outcome: Texts): Promise<void> {
  await requireConvenor(work, inquiry.space);
  const { account } = work.viewer;
  if (!account) throw problem.notSignedIn({});
  if ((await store.lockInquiry(work.tx, inquiry.id, 'alone')) !== 'open')
    throw problem.stepNotAllowed({ step: 'close', status: inquiry.state });
  await store.markClosed(work.tx, inquiry.id, account.id, outcome);
  await work.tx.audit('inquiry.close', { inquiry: inquiry.id });
  await computeRequest(work, inquiry.id);
}

/** Nothing is taken in before it is open or after its last day. */
export function requirePhase(inquiry: Inquiry, at: Date, step: 'vote' | 'submit'): void {
  const phase = phaseAt(inquiry, at);
  if (phase === 'voting' || (step === 'submit' && phase === 'collecting')) return;
  throw problem.stepNotAllowed({ step, status: phase });
}
