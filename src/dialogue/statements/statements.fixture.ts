/** Inquiries on the stage: opened by Edu in a series of the ministry's network, with as many members as a test needs. */
import { becomeMember, entry, inNetwork, series } from '../../../test/support/network.ts';
import type { Stage } from '../../../test/support/cast.ts';
import type { PartyKind } from '../../acts/spine-types.ts';
import { newMemberId, type InquiryId, type SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import { findMemberById, insertMember } from '../../network/members/store.ts';
import { plainDateAt, type PlainDate } from '../../period.ts';
import { problem } from '../../problem.ts';
import { draftSpace, openSpace } from '../programme/spaces/actions.ts';
import { draftInquiry, openInquiry } from './inquiries/actions.ts';
import type { Inquiry, InquiryValues } from './inquiries/inquiry.ts';
import { findInquiry, type InquiryPlace } from './inquiries/store.ts';
import { submitStatement } from './statement/actions.ts';
import { castVotes, type VoteGiven } from './voting/actions.ts';

let count = 0;
export const fresh = (name: string): string => `${name}-${count++}`;

export const question = (over: Partial<InquiryValues> = {}): InquiryValues => ({
  slug: fresh('what-first'),
  question: { en: 'What should digital health do first here?' },
  introduction: {},
  language: 'en',
  languages: ['en', 'fr', 'ar'],
  votesFrom: '2026-03-01' as PlainDate,
  closesOn: '2026-03-31' as PlainDate,
  voters: 'anyone',
  moderation: 'after',
  statementsEach: 5,
  ...over,
});

export async function openSeries(stage: Stage): Promise<SpaceId> {
  return inNetwork(stage, 'edu', async (work) => {
    const id = await draftSpace(work, series({ slug: fresh('series') }));
    await openSpace(work, id);
    return id;
  });
}

export async function putQuestion(
  stage: Stage,
  space: SpaceId,
  over: Partial<InquiryValues> = {},
  place: Partial<InquiryPlace> = {},
): Promise<Inquiry> {
  return inNetwork(stage, 'edu', async (work) => {
    const where = { space, session: undefined, isChathamHouse: false, timeZone: 'UTC', ...place };
    const draft = await findInquiry(work.tx.db, await draftInquiry(work, where, question(over)));
    if (!draft) throw problem.notFound({ what: 'inquiry' });
    await openInquiry(work, draft);
    return (await findInquiry(work.tx.db, draft.id)) ?? draft;
  });
}

export const held = (stage: Stage, id: InquiryId): Promise<Inquiry> =>
  inNetwork(stage, 'edu', async (work) => {
    const inquiry = await findInquiry(work.tx.db, id);
    if (!inquiry) throw problem.notFound({ what: 'inquiry' });
    return inquiry;
  });

export interface Who {
  readonly constituency?: PartyKind;
  readonly country?: string | undefined;
}

/** Members that confirmed, without accounts. */
export async function addMembers(stage: Stage, people: readonly Who[]): Promise<readonly Member[]> {
  return inNetwork(stage, 'noOne', async ({ tx }) => {
    const members: Member[] = [];
    for (const { constituency = 'civil-society', country = 'KE' } of people) {
      const id = newMemberId();
      const values = { ...entry({ constituency, country }), organisation: undefined, email: `${id}@example.org` };
      await insertMember(tx, stage.parties.north.id, id, values, {
        joinedOn: plainDateAt(tx.now, 'UTC'),
        confirmedAt: tx.now,
      });
      const member = await findMemberById(tx.db, id);
      if (member) members.push(member);
    }
    return members;
  });
}

export const joinAs = (stage: Stage, who: 'bruno' | 'chen' | 'dalia'): Promise<Member> => becomeMember(stage, who);

/** Words that no other statement has. */
export const write = (stage: Stage, inquiry: Inquiry, author: Member, text = fresh('Statement')): Promise<number> =>
  inNetwork(stage, 'noOne', async (work) => {
    const given = { text, language: 'en', namesPerson: false };
    return (await submitStatement(work, inquiry, author, given, 'web')).number;
  });

export const vote = (stage: Stage, inquiry: Inquiry, member: Member, votes: readonly VoteGiven[]) =>
  inNetwork(stage, 'noOne', (work) => castVotes(work, inquiry, member, votes, 'web'));

export const drain = (stage: Stage): Promise<void> => stage.house.jobs.drain(stage.house);
