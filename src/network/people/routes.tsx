import type { Endpoint } from '../../http/endpoint.ts';
import { accountEndpoints } from './account/routes.ts';
import { passkeyIsland } from './passkey-form.tsx';
import { peopleEndpoints } from './people-pages.tsx';
import { signInEndpoints } from './sign-in.tsx';

export const peopleRoutes: readonly Endpoint[] = [
  ...signInEndpoints,
  ...accountEndpoints,
  ...peopleEndpoints,
  passkeyIsland,
];
