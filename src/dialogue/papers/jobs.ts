import { z } from 'zod';
import type { MemberId, PaperId, PartyId } from '../../ids.ts';

const party = z.uuid().transform((id) => id as PartyId);
const paper = z.uuid().transform((id) => id as PaperId);

/** What is queued with a change; what is done stands in paper-jobs.ts. */
export const closeSigningJob = { name: 'joint-statement.close', data: z.object({ party, paper }) } as const;

/** `after`: the last member who was written to. */
export const sendRoundJob = {
  name: 'paper.send',
  data: z.object({
    party,
    paper,
    after: z
      .uuid()
      .transform((id) => id as MemberId)
      .nullable(),
  }),
} as const;
