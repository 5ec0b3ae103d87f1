import type { MailKind } from '../../field/mail/mail-kind.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import type { Job } from '../../jobs.ts';
import { inquiryEndpoints } from './inquiries/routes.tsx';
import { computeResults } from './results/compute.ts';
import { resultEndpoints } from './results/routes.tsx';
import { statementEndpoints } from './statement/routes.tsx';
import { askVoters } from './voting/asking.ts';
import { inquiryMail } from './voting/inquiry-mail.ts';
import { votingEndpoints } from './voting/routes.tsx';

export const statementsEndpoints: readonly Endpoint[] = [
  ...inquiryEndpoints,
  ...votingEndpoints,
  ...statementEndpoints,
  ...resultEndpoints,
];

export const statementsMail: readonly MailKind[] = [inquiryMail];

export const statementsJobs: readonly Job[] = [computeResults(), askVoters];
