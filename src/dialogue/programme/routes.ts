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

export const programmeEndpoints: readonly Endpoint[] = [
  ...homeEndpoints,
  ...spaceEndpoints,
  ...sessionEndpoints,
  ...sessionKeyEndpoints,
  ...referenceEndpoints,
  ...calendarEndpoints,
  ...programmeImportEndpoints,
];

export const programmeMail: readonly MailKind[] = [sessionMail];
