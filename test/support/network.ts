import type { Caller } from '../../src/http/caller.ts';
import type { Work } from '../../src/house.ts';
import type { MemberId } from '../../src/ids.ts';
import {
  askToJoin,
  confirmMembership,
  linkAccount,
  membership,
  type Entry,
} from '../../src/network/members/actions.ts';
import { findByMailKey, mailKeyFor } from '../../src/network/members/mail-keys.ts';
import type { Member } from '../../src/network/members/member.ts';
import { findMemberById } from '../../src/network/members/store.ts';
import { problem } from '../../src/problem.ts';
import type { SessionValues } from '../../src/dialogue/programme/sessions/session.ts';
import type { SpaceValues } from '../../src/dialogue/programme/spaces/space.ts';
import { cast, stranger, type Anyone, type Stage } from './cast.ts';

/**
 * A network on the stage: the ministry of North runs it, Fatou, Amina and Edu are its secretariat; whoever else takes part is a member or nobody.
 */
export async function inNetwork<T>(stage: Stage, who: Anyone, run: (work: Work & Caller) => Promise<T>): Promise<T> {
  return stage.act((work) => run(callerIn(stage, work, who)), 'north');
}

export function callerIn(stage: Stage, work: Work, who: Anyone): Work & Caller {
  const { north } = stage.parties;
  const party = { id: north.id, did: north.did, slug: 'operator', name: 'Ministry of Health of North' };
  if (who === 'noOne') return { ...stranger(work), party };
  const { name, party: home, roles } = cast[who];
  return {
    ...stranger(work),
    party,
    viewer: {
      account: { id: stage.accounts[who], email: `${who}@example.org`, name },
      party: home && { id: stage.parties[home].id, slug: home === 'north' ? 'operator' : home, name: home },
      roles: new Set(roles),
    },
  };
}

export const entry = (over: Partial<Entry> = {}): Entry => ({
  name: 'Wanjiru Otieno',
  language: 'en',
  timeZone: 'Africa/Nairobi',
  organisation: undefined,
  constituency: 'civil-society',
  country: 'KE',
  gender: undefined,
  about: undefined,
  digest: 'weekly',
  consents: new Set(),
  ...over,
});

/** Asks to come in and confirms by the key that the mail would carry; with an account when `who` has one. */
export async function becomeMember(
  stage: Stage,
  who: Anyone,
  email = `${who.toLowerCase()}@example.org`,
  over: Partial<Entry> = {},
): Promise<Member> {
  return inNetwork(stage, who, async (work) => {
    const id = await askToJoin(
      work,
      email,
      entry({ name: who === 'noOne' ? 'Wanjiru Otieno' : cast[who].name, ...over }),
    );
    const key = await keyOf(work, id);
    const opened = await findByMailKey(work.tx.db, key, work.tx.now);
    if (!opened) throw problem.notFound({ what: 'link' });
    await confirmMembership(work, opened.member);
    if (work.viewer.account && !opened.member.account) await linkAccount(work, opened);
    const member = await findMemberById(work.tx.db, id);
    if (!member) throw problem.notFound({ what: 'member' });
    return member;
  });
}

export const keyOf = (work: Work, member: MemberId): Promise<string> => mailKeyFor(work, member, membership(member));

export const series = (over: Partial<SpaceValues> = {}): SpaceValues => ({
  slug: 'whose-business',
  kind: 'series',
  title: { en: 'Digital health: whose business?' },
  overview: { en: 'Four sessions on who decides.' },
  language: 'en',
  timeZone: 'Europe/Zurich',
  mandate: {},
  charter: {},
  outputKind: undefined,
  outputDueOn: undefined,
  outputLink: undefined,
  convenorTermMonths: undefined,
  joining: 'open',
  ...over,
});

export const session = (over: Partial<SessionValues> = {}): SessionValues => ({
  slug: 'who-owns',
  title: { en: 'Who owns the data?' },
  overview: {},
  languages: ['en'],
  localStart: '2026-06-16T14:30',
  timeZone: 'Europe/Zurich',
  minutes: 90,
  place: undefined,
  meetingLink: 'https://meet.example.org/who-owns',
  joiningNotes: undefined,
  capacity: undefined,
  registration: 'open',
  isChathamHouse: false,
  openUntilDays: 14,
  recordingLink: undefined,
  ...over,
});
