import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { findMember, type Member } from '../../../network/members/member.ts';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { sessionPath, spacePath } from '../../programme/answers.ts';
import { findSession } from '../../programme/sessions/store.ts';
import { mayConvene } from '../../programme/spaces/actions.ts';
import { findSpace } from '../../programme/spaces/store.ts';
import { inLanguage, saidSchema } from '../../texts.ts';
import { floorOfPeople } from '@reciproca/opinion/floor';
import { findStanding } from '../results/store.ts';
import { countStatements } from '../statement/store.ts';
import { countVoters, listOwnVotes } from '../voting/store.ts';
import { describeInquiry, inquirySummary } from './answers.ts';
import { moderationKinds, type Inquiry } from './inquiry.ts';
import { countEligible, isEligible } from './store.ts';

const placeAnswer = z.object({ path: z.string(), title: saidSchema });

/** What every page of an inquiry begins with. */
export const frameAnswer = z.object({
  network: networkFacts,
  space: placeAnswer,
  session: placeAnswer.nullable(),
  inquiry: inquirySummary,
  mayConvene: z.boolean(),
});
export type FrameAnswer = z.output<typeof frameAnswer>;

export async function describeFrame(reading: Reading & Caller, inquiry: Inquiry): Promise<FrameAnswer> {
  const { reader, house, locale } = reading;
  const network = networkFactsOf(reading);
  const space = await findSpace(reader, inquiry.space);
  const session = inquiry.session && (await findSession(reader, inquiry.session));
  if (!space) throw problem.notFound({ what: 'space' });
  const title = (texts: typeof space.title, slug: string) =>
    inLanguage(texts, locale, space.language) ?? { language: space.language, text: slug };
  return {
    network,
    space: { path: spacePath(network.slug, space.slug), title: title(space.title, space.slug) },
    session: session
      ? { path: sessionPath(network.slug, space.slug, session.slug), title: title(session.title, session.slug) }
      : null,
    inquiry: describeInquiry(inquiry, network.slug, locale, house.clock.now()),
    mayConvene: await mayConvene(reader, reading, space.id),
  };
}

export const inquiryAnswer = frameAnswer.extend({
  introduction: saidSchema.nullable(),
  languages: z.array(z.string()),
  moderation: z.enum(moderationKinds),
  statementsEach: z.int(),
  isChathamHouse: z.boolean(),
  statements: z.object({ shown: z.int(), held: z.int() }),
  /** Null: fewer than five. */
  voted: z.int().nullable(),
  mayVoteCount: z.int(),
  hasResult: z.enum(['none', 'interim', 'final']),
  outcome: saidSchema.nullable(),
  closedAt: z.iso.datetime().nullable(),
  closedBy: z.string().nullable(),
  own: z.object({ isMember: z.boolean(), mayVote: z.boolean(), votes: z.int() }),
});
export type InquiryAnswer = z.output<typeof inquiryAnswer>;

export async function describeInquiryPage(reading: Reading & Caller, inquiry: Inquiry): Promise<InquiryAnswer> {
  const { reader, locale } = reading;
  const counts = await countStatements(reader, inquiry.id, undefined);
  const voted = await countVoters(reader, inquiry.id);
  const standing = await findStanding(reader, inquiry.id);
  return {
    ...(await describeFrame(reading, inquiry)),
    introduction: inLanguage(inquiry.introduction, locale, inquiry.language) ?? null,
    languages: [...inquiry.languages],
    moderation: inquiry.moderation,
    statementsEach: inquiry.statementsEach,
    isChathamHouse: inquiry.isChathamHouse,
    statements: { shown: counts.shown, held: counts.held },
    voted: voted < floorOfPeople ? null : voted,
    mayVoteCount: await countEligible(reader, inquiry),
    hasResult: standing === undefined ? 'none' : standing.isFinal ? 'final' : 'interim',
    outcome: inLanguage(inquiry.outcome, locale, inquiry.language) ?? null,
    closedAt: inquiry.closedAt?.toISOString() ?? null,
    closedBy: inquiry.closedBy ?? null,
    own: await describeOwn(reading, inquiry, await findMember(reader, reading)),
  };
}

async function describeOwn(
  { reader }: Reading,
  inquiry: Inquiry,
  member: Member | undefined,
): Promise<InquiryAnswer['own']> {
  if (!member) return { isMember: false, mayVote: false, votes: 0 };
  return {
    isMember: true,
    mayVote: await isEligible(reader, inquiry, member.id),
    votes: (await listOwnVotes(reader, inquiry.id, member.id)).length,
  };
}
