import type { Endpoint } from '../../http/endpoint.ts';
import type { PersonalData } from '../../network/members/personal-data.ts';
import { allComplaintEndpoints } from './complaint-routes.ts';
import { conductEndpoints } from './conduct-routes.ts';
import { dataEndpoints } from './data-routes.tsx';

/** `sources`: what each part of the house holds of a person. */
export const rightsEndpoints = (sources: readonly PersonalData[]): readonly Endpoint[] => [
  ...conductEndpoints,
  ...allComplaintEndpoints,
  ...dataEndpoints(sources),
];
