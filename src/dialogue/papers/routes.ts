import type { MailKind } from '../../field/mail/mail-kind.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { paperConveningEndpoints } from './convening-routes.tsx';
import { paperMemberEndpoints } from './member-routes.tsx';
import { paperMail } from './paper-mail.ts';
import { statementMail } from './statement-mail.ts';

export const paperEndpoints: readonly Endpoint[] = [...paperConveningEndpoints, ...paperMemberEndpoints];

export const paperMails: readonly MailKind[] = [paperMail, statementMail];
