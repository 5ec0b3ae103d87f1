/** The first page of a network: who it is, what comes next, what it does. */
import { z } from 'zod';
import { partyKinds } from '../../../acts/spine-types.ts';
import type { Caller } from '../../../http/caller.ts';
import { read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { rebase } from '../../../network/members/moved-on.tsx';
import { findProfile, saveProfile } from '../../../network/members/profile.ts';
import { networkFactsOf, networkPath } from '../../../network/members/section.tsx';
import { countMembers } from '../../../network/members/store.ts';
import { plainDateAt } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { listTimeZones } from '../../../time-zone.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { locales } from '../../../ui/locales.ts';
import { inLanguage, saidSchema } from '../../texts.ts';
import { describeSession, describeSpace, sessionPath, sessionSummary, spaceSummary, zoneAnswer } from '../answers.ts';
import { finishOf } from '../sessions/session.ts';
import { listSessionsFrom } from '../sessions/store.ts';
import { findSpacesById, listSpaces } from '../spaces/store.ts';
import { wallClockAt } from '../when.ts';
import { zoneFor, zoneQuery } from '../zone.ts';
import { homePage, profileFormPage, timeZonesPage } from './pages.tsx';

const secretariat = { role: ['administrator', 'officer', 'delegate'] } as const;

export const homeAnswer = z.object({
  network: networkFacts,
  zone: zoneAnswer,
  kind: z.enum(partyKinds).nullable(),
  country: z.string().nullable(),
  did: z.string(),
  about: saidSchema.nullable(),
  contact: z.string().nullable(),
  website: z.string().nullable(),
  members: z.int(),
  coming: z.array(sessionSummary.extend({ space: saidSchema })),
  series: z.array(spaceSummary),
  communities: z.array(spaceSummary),
});
export type HomeAnswer = z.output<typeof homeAnswer>;

const shown = 5;
const dayMs = 86_400_000;

async function listComing(reading: Reading & Caller): Promise<HomeAnswer['coming']> {
  const { reader, house, locale, party } = reading;
  const now = house.clock.now();
  // Two days back: the wall in the zone furthest from ours, and a session of a day.
  const from = wallClockAt(new Date(now.getTime() - 2 * dayMs), 'UTC');
  const sessions = (await listSessionsFrom(reader, from, 40)).filter(
    (session) => session.state === 'announced' && finishOf(session) > now,
  );
  const spaces = new Map(
    (await findSpacesById(reader, [...new Set(sessions.map(({ space }) => space))])).map((space) => [space.id, space]),
  );
  return sessions.slice(0, shown).flatMap((session) => {
    const space = spaces.get(session.space);
    if (!space) return [];
    const path = sessionPath(party?.slug ?? '', space.slug, session.slug);
    const title = inLanguage(space.title, locale, space.language) ?? { language: space.language, text: space.slug };
    return [{ ...describeSession(session, path, locale, space.language, now), space: title }];
  });
}

const home = read({
  path: '/p/:party',
  summary: 'A network: who it is, what comes next, its dialogues and communities',
  for: 'anyone',
  query: z.object({ zone: zoneQuery }),
  answer: homeAnswer,
  async handle(reading, { query }) {
    const { reader, house, locale, party } = reading;
    if (!party) throw problem.notFound({ what: 'party' });
    const today = plainDateAt(house.clock.now(), 'UTC');
    const facts = await reader
      .selectFrom('parties')
      .select(['kind', 'country'])
      .where('id', '=', party.id)
      .executeTakeFirst();
    const profile = await findProfile(reader);
    const spacesOf = async (kind: 'series' | 'community') =>
      (await listSpaces(reader, { kind, states: ['open'], limit: shown })).map((space) =>
        describeSpace(space, party.slug, locale, today),
      );
    const kind = z.enum(partyKinds).safeParse(facts?.kind);
    return {
      network: networkFactsOf(reading),
      zone: await zoneFor(reading, query.zone),
      kind: kind.success ? kind.data : null,
      country: facts?.country ?? null,
      did: party.did,
      about: inLanguage(profile?.about ?? {}, locale) ?? null,
      contact: profile?.contact ?? null,
      website: profile?.website ?? null,
      members: (await countMembers(reader)).present,
      coming: await listComing(reading),
      series: await spacesOf('series'),
      communities: await spacesOf('community'),
    };
  },
  page: homePage,
});

const profileAnswer = z.object({
  network: networkFacts,
  language: z.string(),
  saved: z.record(z.string(), z.string()),
});
export type ProfileAnswer = z.output<typeof profileAnswer>;

async function describeProfile(reading: Reading & Caller, language: string): Promise<ProfileAnswer> {
  const profile = await findProfile(reading.reader);
  return {
    network: networkFactsOf(reading),
    language,
    saved: {
      base: String(profile?.revision ?? 0),
      language,
      about: profile?.about[language] ?? '',
      contact: profile?.contact ?? '',
      website: profile?.website ?? '',
    },
  };
}

const profileForm = read({
  path: '/p/:party/profile',
  summary: 'What the network says of itself, in one language, for changing it',
  for: secretariat,
  query: z.object({ in: z.enum(locales).optional() }),
  answer: profileAnswer,
  handle: (reading, { query }) => describeProfile(reading, query.in ?? reading.locale),
  page: (answer, view) => profileFormPage(answer, view, blankForm(answer.saved)),
});

const profile = write({
  path: '/p/:party/profile',
  summary: 'Changes what the network says of itself; `base` is the revision that was seen',
  for: secretariat,
  body: z.object({
    base: z.int().min(0),
    language: z.enum(locales),
    about: z.string().trim().max(10_000).default(''),
    contact: z.string().trim().max(300).optional(),
    website: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .optional(),
  }),
  answer: z.object({ path: z.string() }),
  async handle(work, { body }) {
    await saveProfile(work, body.base, body);
    return { path: networkPath(work.party?.slug ?? '') };
  },
  then: ({ path }) => withNotice(path, 'common.done-saved'),
  form: async (attempt, view, reading) => {
    const { language } = attempt.form.values;
    const answer = await describeProfile(reading, typeof language === 'string' ? language : view.locale);
    return profileFormPage(answer, view, rebase(attempt, Number(answer.saved['base'])));
  },
});

const timeZones = read({
  path: '/p/:party/time-zones',
  summary: 'Time zones in which the times of sessions can be seen',
  for: 'anyone',
  query: z.object({ next: z.string().max(500).optional() }),
  answer: z.object({ network: networkFacts, next: z.string(), zones: z.array(z.string()) }),
  handle: async (reading, { query }) => {
    const network = networkFactsOf(reading);
    const root = networkPath(network.slug);
    // Only back to a page of this network.
    const isOwn =
      query.next !== undefined &&
      (query.next === root || query.next.startsWith(`${root}/`)) &&
      !query.next.includes('//');
    return {
      network,
      next: isOwn && query.next !== undefined ? (query.next.split('?')[0] ?? root) : root,
      zones: [...listTimeZones()],
    };
  },
  page: timeZonesPage,
});

export const homeEndpoints: readonly Endpoint[] = [home, profileForm, profile, timeZones];
