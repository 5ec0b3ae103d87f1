/** Everything a network tells, for feed readers, calendars and other websites. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, type Endpoint, type RawAnswer } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { problem } from '../../../problem.ts';
import { getVisibleSpace } from '../../programme/spaces/actions.ts';
import { slugForm } from '../../programme/spaces/space.ts';
import { enterNetwork, listHosted } from '../hosted.ts';
import { itemKinds } from '../items/item.ts';
import { listPublished } from '../items/store.ts';
import { formatAtom } from './atom.ts';
import { formatEvents } from './events.ts';
import { feedOf, type Feed } from './feed.ts';
import { formatJsonFeed } from './json-feed.ts';
import { feedForms, feedPath, mediaTypeOf, type FeedForm } from './links.ts';
import { feedsPage } from './pages.tsx';
import { formatRss } from './rss.ts';

/** Enough for a reader that comes once a week; who wants everything harvests (OAI-PMH). */
const entriesInFeed = 50;

const file = new RegExp(`^(?<slug>[a-z0-9][a-z0-9-]{0,62})\\.(?<form>${feedForms.join('|')})$`);

const formats: Readonly<Record<Exclude<FeedForm, 'ics'>, (feed: Feed) => string>> = {
  atom: formatAtom,
  rss: formatRss,
  json: formatJsonFeed,
};

const one = raw({
  path: '/feeds/:file',
  summary:
    'What a network tells, the latest first: PARTY.atom, PARTY.rss, PARTY.json (JSON Feed); PARTY.ics, its sessions and events',
  for: 'anyone',
  scope: 'node',
  params: z.object({ file: z.string().regex(file) }),
  query: z.object({
    kind: z.enum(itemKinds).optional(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)
      .optional(),
    space: z.string().regex(slugForm).optional(),
  }),
  contentTypes: Object.values(mediaTypeOf),
  async handle(reading, { params, query }) {
    const { slug = '', form = '' } = file.exec(params.file)?.groups ?? {};
    const party = await enterNetwork(reading.reader, slug);
    if (form === 'ics') return answer('ics', await formatEvents(reading, party, reading.locale));
    const space = query.space === undefined ? undefined : await publicSpace(reading, query.space);
    const { kind, language } = query;
    const items = await listPublished(reading.reader, { kind, language, space: space?.id, limit: entriesInFeed });
    const feedForm = form as Exclude<FeedForm, 'ics'>;
    const self = feedPath(party.slug, feedForm) + searchOf(query);
    return answer(feedForm, formats[feedForm](feedOf(party, reading.house.config.publicUrl, self, items, opened)));
  },
});

function searchOf(query: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams(
    Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** Of a feed in which nothing stands yet. */
const opened = new Date('2026-01-01T00:00:00Z');

/** The same for everybody, so that what one reader got may be kept for the next. */
async function publicSpace(reading: Reading & Caller, slug: string) {
  const space = await getVisibleSpace(reading.reader, reading, slug);
  if (space.state === 'draft') throw problem.notFound({ what: 'space' });
  return space;
}

const answer = (form: FeedForm, body: string): RawAnswer => ({
  contentType: `${mediaTypeOf[form]}; charset=utf-8`,
  body,
  cache: 'shared',
  // Members show the feed on websites of their own.
  headers: { 'access-control-allow-origin': '*' },
});

const feedsAnswer = z.object({
  networks: z.array(
    z.object({
      slug: z.string(),
      name: z.string(),
      feeds: z.array(z.object({ form: z.enum(feedForms), path: z.string() })),
    }),
  ),
  harvest: z.string(),
});
export type FeedsAnswer = z.output<typeof feedsAnswer>;

const all = read({
  path: '/feeds',
  summary: 'The feeds of the networks on this node, and where libraries harvest',
  for: 'anyone',
  scope: 'node',
  answer: feedsAnswer,
  async handle({ reader, house }) {
    return {
      networks: (await listHosted(reader)).map(({ slug, name }) => ({
        slug,
        name,
        feeds: feedForms.map((form) => ({ form, path: feedPath(slug, form) })),
      })),
      harvest: `${house.config.publicUrl}/oai`,
    };
  },
  page: feedsPage,
});

export const feedEndpoints: readonly Endpoint[] = [one, all];
