import { z } from 'zod';
import type { Work } from '../../../house.ts';
import type { InquiryId, PartyId } from '../../../ids.ts';
import { requireParty } from '../../../network/members/party.ts';

/** What is queued with a change; what is done with it stands in compute.ts. */
export const computeJob = {
  name: 'inquiries.compute',
  data: z.object({
    party: z.uuid().transform((id) => id as PartyId),
    inquiry: z.uuid().transform((id) => id as InquiryId),
  }),
} as const;

/** One computation for all votes of a quarter of a minute. */
const gatherMs = 15_000;

export async function computeRequest(work: Work, inquiry: InquiryId): Promise<void> {
  await work.house.jobs.enqueue(
    work.tx,
    computeJob,
    { party: requireParty(work), inquiry },
    { key: inquiry, after: new Date(work.tx.now.getTime() + gatherMs) },
  );
}
