import type { Endpoint } from '../../http/endpoint.ts';
import { completenessEndpoints } from './completeness/routes.tsx';
import { entryEndpoints } from './entry/routes.tsx';
import { indicatorsEndpoints } from './indicators/routes.tsx';
import { observationsEndpoints } from './observations/routes.tsx';
import { placesEndpoints } from './places/routes.tsx';
import { rumoursEndpoints } from './rumours/routes.tsx';
import { submissionsEndpoints } from './submissions/routes.tsx';
import { unitsEndpoints } from './units/routes.tsx';

export const reportingEndpoints: readonly Endpoint[] = [
  ...completenessEndpoints,
  ...entryEndpoints,
  ...submissionsEndpoints,
  ...rumoursEndpoints,
  ...observationsEndpoints,
  ...placesEndpoints,
  ...unitsEndpoints,
  ...indicatorsEndpoints,
];
