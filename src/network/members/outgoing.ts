/** What this part of the house needs of whoever sends mail (src/field/mail): a job of this name, which composes the mail about a thing by its kind. */
import { z } from 'zod';
import type { Work } from '../../house.ts';
import type { MemberId } from '../../ids.ts';
import { requireParty } from './party.ts';
import type { Thing } from './mail-keys.ts';

export const mailJob = {
  name: 'mail.send',
  data: z.object({
    party: z.uuid(),
    member: z.uuid(),
    thing: z.object({ kind: z.string(), id: z.uuid() }),
  }),
} as const;

/** Queues a mail about this thing to this member; it exists exactly if the transaction commits. */
export async function askForMail(work: Work, member: MemberId, thing: Thing): Promise<void> {
  const party = requireParty(work);
  await work.house.jobs.enqueue(
    work.tx,
    mailJob,
    { party, member, thing },
    { key: `${thing.kind} ${thing.id} ${member}` },
  );
}
