import { z } from 'zod';

export const newsletterJob = {
  name: 'hub.newsletter',
  data: z.object({ party: z.uuid(), newsletter: z.uuid(), after: z.uuid().optional() }),
} as const;
export type NewsletterData = z.output<typeof newsletterJob.data>;
