import { z } from 'zod';
import { itemChanges } from './activities.ts';

/** A request that came in, as it came. */
export const inboxJob = {
  name: 'hub.inbox',
  data: z.object({
    party: z.uuid(),
    /** Whose inbox: a community's slug, else the network's. */
    space: z.string().optional(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
} as const;
export type InboxData = z.output<typeof inboxJob.data>;

/** Something happened to an item; whoever follows is told. */
export const announceJob = {
  name: 'hub.announce',
  data: z.object({ party: z.uuid(), item: z.uuid(), change: z.enum(itemChanges) }),
} as const;
export type AnnounceData = z.output<typeof announceJob.data>;

/** One activity to one inbox. */
export const deliverJob = {
  name: 'hub.deliver',
  data: z.object({
    party: z.uuid(),
    actor: z.uuid(),
    inbox: z.string(),
    attempt: z.int().min(0),
    activity: z.string(),
  }),
} as const;
export type DeliverData = z.output<typeof deliverJob.data>;
