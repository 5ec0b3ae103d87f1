import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { findMember, type Member } from '../../../network/members/member.ts';
import { networkFactsOf } from '../../../network/members/section.tsx';
import { plainDateAt } from '../../../period.ts';
import { inLanguage, saidSchema } from '../../texts.ts';
import {
  describeSession,
  describeSpace,
  sessionPath,
  sessionSummary,
  spacePath,
  spaceSummary,
  zoneAnswer,
} from '../answers.ts';
import { listSessions } from '../sessions/store.ts';
import { listThings, thingsAnswer, type ThingSource } from '../things.ts';
import { zoneFor } from '../zone.ts';
import { getVisibleSpace, mayConvene } from './actions.ts';
import { handOverOn, spaceRoles, type Space } from './space.ts';
import * as store from './store.ts';

const personAnswer = z.object({
  /** For those who convene. */
  member: z.string().nullable(),
  name: z.string(),
  organisation: z.string().nullable(),
  country: z.string().nullable(),
  role: z.enum(spaceRoles),
  since: z.iso.date(),
  /** When a convenor hands over. */
  until: z.iso.date().nullable(),
});
export type PersonAnswer = z.output<typeof personAnswer>;

export const spaceAnswer = z.object({
  network: networkFacts,
  zone: zoneAnswer,
  space: spaceSummary,
  mandate: saidSchema.nullable(),
  charter: saidSchema.nullable(),
  /** In which of them something is written. */
  languages: z.array(z.string()),
  joining: z.enum(['open', 'by-invitation']),
  sessions: z.array(sessionSummary),
  /** Papers, decisions, questions put to this space. */
  things: thingsAnswer,
  people: z.array(personAnswer),
  peopleCount: z.int(),
  own: z.object({ isMember: z.boolean(), roles: z.array(z.enum(spaceRoles)), mayConvene: z.boolean() }),
});
export type SpaceAnswer = z.output<typeof spaceAnswer>;

const officers = ['convenor', 'facilitator', 'rapporteur', 'expert'] as const;

export async function describeSpacePage(
  reading: Reading & Caller,
  sources: readonly ThingSource[],
  slug: string,
  zone: string | undefined,
): Promise<SpaceAnswer> {
  const { reader, house, locale } = reading;
  const now = house.clock.now();
  const today = plainDateAt(now, 'UTC');
  const space = await getVisibleSpace(reader, reading, slug);
  const network = networkFactsOf(reading);
  const convenes = await mayConvene(reader, reading, space.id);
  const member = await findMember(reader, reading);
  const sessions = await listSessions(
    reader,
    space.id,
    convenes ? ['draft', 'announced', 'cancelled'] : ['announced', 'cancelled'],
  );
  return {
    network,
    zone: await zoneFor(reading, zone),
    space: describeSpace(space, network.slug, locale, today),
    mandate: inLanguage(space.mandate, locale, space.language) ?? null,
    charter: inLanguage(space.charter, locale, space.language) ?? null,
    languages: Object.keys(space.title),
    joining: space.joining,
    sessions: sessions.map((session) =>
      describeSession(session, sessionPath(network.slug, space.slug, session.slug), locale, space.language, now),
    ),
    things: await listThings(reading, sources, {
      space,
      path: spacePath(network.slug, space.slug),
      mayConvene: convenes,
    }),
    people: await listPeople(reading, space, convenes),
    peopleCount: await store.countSpacePeople(reader, space.id),
    own: await describeOwn(reading, space, member, convenes),
  };
}

/** Who has an office is named, with the office; participants only for those who convene. */
async function listPeople({ reader }: Reading, space: Space, convenes: boolean): Promise<PersonAnswer[]> {
  const people = await store.listSpacePeople(reader, space.id, officers, 60);
  const participants = convenes ? await store.listSpacePeople(reader, space.id, ['participant'], 100) : [];
  return [...people, ...participants].map((person) => ({
    member: convenes ? person.member : null,
    name: person.name,
    organisation: person.organisation ?? null,
    country: person.country ?? null,
    role: person.role,
    since: person.since,
    until: person.role === 'convenor' ? (handOverOn(person.since, space.convenorTermMonths) ?? null) : null,
  }));
}

async function describeOwn(
  { reader }: Reading,
  space: Space,
  member: Member | undefined,
  convenes: boolean,
): Promise<SpaceAnswer['own']> {
  return {
    isMember: member !== undefined,
    roles: member ? await store.listRoles(reader, space.id, member.id) : [],
    mayConvene: convenes,
  };
}
