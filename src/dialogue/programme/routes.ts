import type { Endpoint } from '../../http/endpoint.ts';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import { calendarEndpoints } from './calendar/routes.ts';
import { homeEndpoints } from './home/routes.tsx';
import { programmeImportEndpoints } from './import/routes.tsx';
import { referenceEndpoints } from './references/routes.tsx';
import { sessionKeyEndpoints } from './sessions/key-routes.tsx';
import { sessionEndpoints } from './sessions/routes.tsx';
import { sessionMail } from './sessions/session-mail.ts';
import { spaceEndpoints } from './spaces/routes.tsx';
import type { ThingSource } from './things.ts';

/** `sources`: what other slices keep of a space, for its page. */
export const programmeEndpoints = (sources: readonly ThingSource[]): readonly Endpoint[] => [
  ...homeEndpoints,
  ...spaceEndpoints(sources),
  ...sessionEndpoints,
  ...sessionKeyEndpoints,
  ...referenceEndpoints,
  ...calendarEndpoints,
  ...programmeImportEndpoints,
];

export const programmeMail: readonly MailKind[] = [sessionMail];
