/** Asking by mail: everybody who may vote and reads mail, once. In steps, so that fifty thousand mails need no transaction of fifty thousand. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { work as doWork, type Work } from '../../../house.ts';
import type { InquiryId, PartyId } from '../../../ids.ts';
import type { Job } from '../../../jobs.ts';
import { askForMail } from '../../../network/members/outgoing.ts';
import { requireParty } from '../../../network/members/party.ts';
import { requireConvenor } from '../../programme/spaces/actions.ts';
import { requirePhase } from '../inquiries/actions.ts';
import { phaseAt, type Inquiry } from '../inquiries/inquiry.ts';
import { findInquiry, markAsked } from '../inquiries/store.ts';

const askJob = {
  name: 'inquiries.ask',
  data: z.object({
    party: z.uuid().transform((id) => id as PartyId),
    inquiry: z.uuid().transform((id) => id as InquiryId),
  }),
} as const;

const membersPerStep = 200;

export async function askByMail(work: Work & Caller, inquiry: Inquiry): Promise<void> {
  await requireConvenor(work, inquiry.space);
  requirePhase(inquiry, work.tx.now, 'submit');
  await enqueue(work, inquiry.id);
  await work.tx.audit('inquiry.ask', { inquiry: inquiry.id });
}

async function enqueue(work: Work, inquiry: InquiryId): Promise<void> {
  await work.house.jobs.enqueue(work.tx, askJob, { party: requireParty(work), inquiry }, { key: inquiry });
}

/** Who was asked is kept in the transaction that queues the mail: a step that runs twice asks others, not the same again. */
export const askVoters: Job<z.output<typeof askJob.data>> = {
  ...askJob,
  async run(house, { party, inquiry: id }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const inquiry = await findInquiry(work.tx.db, id);
      const phase = inquiry && phaseAt(inquiry, work.tx.now);
      if (!inquiry || (phase !== 'voting' && phase !== 'collecting')) return;
      const members = await markAsked(work.tx, party, inquiry, membersPerStep);
      for (const member of members) await askForMail(work, member, { kind: 'inquiry', id });
      if (members.length > 0) await enqueue(work, id);
    });
  },
};
