import type { Endpoint } from '../../http/endpoint.ts';
import { feedEndpoints } from './feeds/routes.tsx';
import { itemEndpoints } from './items/routes.tsx';
import { oaiEndpoints } from './oai/routes.ts';

export const hubEndpoints: readonly Endpoint[] = [...itemEndpoints, ...feedEndpoints, ...oaiEndpoints];
