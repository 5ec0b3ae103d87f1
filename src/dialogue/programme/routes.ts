import type { Endpoint } from '../../http/endpoint.ts';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import { calendarEndpoints } from './calendar/routes.ts';
import { homeEndpoints } from './home/routes.tsx';
import { programmeImportEndpoints } from './import/routes.tsx';
import { referenceEndpoints } from './references/routes.tsx';
import type { SessionPart } from './session-parts.ts';
import { sessionKeyEndpoints } from './sessions/key-routes.tsx';
import { sessionEndpoints } from './sessions/routes.tsx';
import { sessionMail } from './sessions/session-mail.ts';
import { spaceEndpoints } from './spaces/routes.tsx';
import type { ThingSource } from './things.ts';

/** `sources`: what other slices keep of a space, for its page; `parts`: what they have of a session, for its. */
export const programmeEndpoints = (
  sources: readonly ThingSource[],
  parts: readonly SessionPart[],
): readonly Endpoint[] => [
  ...homeEndpoints,
  ...spaceEndpoints(sources),
  ...sessionEndpoints(parts),
  ...sessionKeyEndpoints(parts),
  ...referenceEndpoints,
  ...calendarEndpoints,
  ...programmeImportEndpoints,
];

export const programmeMail: readonly MailKind[] = [sessionMail];
