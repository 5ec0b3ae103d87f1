import { z } from 'zod';
import { networkPath } from '../../../network/members/section.tsx';
import { inLanguage, saidSchema } from '../../texts.ts';
import { phaseAt, phases, voterKinds, type Inquiry } from './inquiry.ts';

export const inquiriesPath = (party: string): string => `${networkPath(party)}/inquiries`;
export const inquiryPath = (party: string, slug: string): string => `${inquiriesPath(party)}/${slug}`;

export const inquirySummary = z.object({
  path: z.string(),
  question: saidSchema,
  phase: z.enum(phases),
  openedOn: z.iso.date().nullable(),
  votesFrom: z.iso.date(),
  closesOn: z.iso.date(),
  timeZone: z.string(),
  voters: z.enum(voterKinds),
});
export type InquirySummary = z.output<typeof inquirySummary>;

export function describeInquiry(inquiry: Inquiry, party: string, locale: string, at: Date): InquirySummary {
  return {
    path: inquiryPath(party, inquiry.slug),
    question: inLanguage(inquiry.question, locale, inquiry.language) ?? {
      language: inquiry.language,
      text: inquiry.slug,
    },
    phase: phaseAt(inquiry, at),
    openedOn: inquiry.openedOn ?? null,
    votesFrom: inquiry.votesFrom,
    closesOn: inquiry.closesOn,
    timeZone: inquiry.timeZone,
    voters: inquiry.voters,
  };
}
