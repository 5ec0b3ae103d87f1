import type { Endpoint } from '../../../http/endpoint.ts';
import { overviewEndpoints } from './overview.tsx';
import { passkeysEndpoints } from './passkeys.tsx';
import { passwordEndpoints } from './password.tsx';
import { profileEndpoints } from './profile.tsx';
import { tokensEndpoints } from './tokens.tsx';

export const accountEndpoints: readonly Endpoint[] = [
  ...overviewEndpoints,
  ...profileEndpoints,
  ...passwordEndpoints,
  ...passkeysEndpoints,
  ...tokensEndpoints,
];
