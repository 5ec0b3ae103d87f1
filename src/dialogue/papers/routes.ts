import type { MailKind } from '../../field/mail/mail-kind.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { paperConveningEndpoints } from './convening-routes.tsx';
import { paperMail } from './paper-mail.ts';
import { paperReadingEndpoints } from './reading-routes.tsx';
import { signingEndpoints } from './signing-routes.ts';
import { statementMail } from './statement-mail.ts';
import { paperTextEndpoints } from './text-routes.tsx';

export const paperEndpoints: readonly Endpoint[] = [
  ...paperConveningEndpoints,
  ...paperReadingEndpoints,
  ...paperTextEndpoints,
  ...signingEndpoints,
];

export const paperMails: readonly MailKind[] = [paperMail, statementMail];
