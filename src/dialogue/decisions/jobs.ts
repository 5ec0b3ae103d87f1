import { z } from 'zod';
import type { DecisionId, MemberId, PartyId } from '../../ids.ts';

const party = z.uuid().transform((id) => id as PartyId);
const decision = z.uuid().transform((id) => id as DecisionId);

/** What is queued with a change; what is done stands in decision-jobs.ts. */
export const closeDecisionJob = { name: 'decision.close', data: z.object({ party, decision }) } as const;

/** `after`: the last member who was written to. */
export const askRoundJob = {
  name: 'decision.ask',
  data: z.object({
    party,
    decision,
    after: z
      .uuid()
      .transform((id) => id as MemberId)
      .nullable(),
  }),
} as const;
