import type { Endpoint } from '../../http/endpoint.ts';
import { admissionEndpoints } from './admission/routes.tsx';
import { advisoryEndpoints } from './advisory/routes.tsx';
import { directoryEndpoints } from './directory/routes.tsx';
import { electionEndpoints } from './elections/routes.tsx';
import { meetingEndpoints } from './meeting/routes.tsx';
import { recordEndpoints } from './records/routes.tsx';

export const assemblyEndpoints: readonly Endpoint[] = [
  ...directoryEndpoints,
  ...admissionEndpoints,
  ...meetingEndpoints,
  ...electionEndpoints,
  ...recordEndpoints,
  ...advisoryEndpoints,
];
