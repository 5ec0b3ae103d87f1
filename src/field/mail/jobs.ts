import { z } from 'zod';
import type { PartyId } from '../../ids.ts';

const partyId = z.uuid().transform((id) => id as PartyId);

/** What is queued with a change; what is done with it stands in mail-jobs.ts, which knows the kinds of mail. */
export const deliverJob = { name: 'mail.deliver', data: z.object({ party: partyId }) } as const;
