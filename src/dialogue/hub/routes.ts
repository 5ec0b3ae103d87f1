import type { Endpoint } from '../../http/endpoint.ts';
import type { Job } from '../../jobs.ts';
import { feedEndpoints } from './feeds/routes.tsx';
import { gatheringJobs } from './gathering/jobs.ts';
import { gatheringEndpoints } from './gathering/routes.tsx';
import { itemEndpoints } from './items/routes.tsx';
import { oaiEndpoints } from './oai/routes.ts';

export const hubEndpoints: readonly Endpoint[] = [
  ...itemEndpoints,
  ...feedEndpoints,
  ...oaiEndpoints,
  ...gatheringEndpoints,
];

export const hubJobs: readonly Job[] = [...gatheringJobs];
