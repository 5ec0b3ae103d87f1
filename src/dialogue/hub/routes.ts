import type { Endpoint } from '../../http/endpoint.ts';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import type { Job } from '../../jobs.ts';
import { feedEndpoints } from './feeds/routes.tsx';
import { followerJobs } from './followers/jobs.ts';
import { followerEndpoints } from './followers/routes.ts';
import { gatheringJobs } from './gathering/jobs.ts';
import { gatheringEndpoints } from './gathering/routes.tsx';
import { itemEndpoints } from './items/routes.tsx';
import { newsletterEndpoints } from './newsletters/routes.tsx';
import { newsletterJobs, newsletterMail } from './newsletters/sending.ts';
import { oaiEndpoints } from './oai/routes.ts';
import { searchEndpoints } from './search/routes.tsx';

export const hubEndpoints: readonly Endpoint[] = [
  ...itemEndpoints,
  ...feedEndpoints,
  ...oaiEndpoints,
  ...gatheringEndpoints,
  ...followerEndpoints,
  ...searchEndpoints,
  ...newsletterEndpoints,
];

export const hubJobs: readonly Job[] = [...gatheringJobs, ...followerJobs, ...newsletterJobs];

export const hubMail: readonly MailKind[] = [newsletterMail];
