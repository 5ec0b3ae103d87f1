/** Searching everything public: of one network, and of all on this node. */
import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { read, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { networkFacts } from '../../../network/members/answers.ts';
import { networkFactsOf, networkPath } from '../../../network/members/section.tsx';
import { inLanguage, saidSchema } from '../../texts.ts';
import { sessionPath, spacePath } from '../../programme/answers.ts';
import { itemPath } from '../items/answers.ts';
import { searchPage } from './pages.tsx';
import { foundKinds, search, type Found } from './store.ts';

const pageLength = 20;

const query = z.object({
  q: z.string().trim().max(300).optional(),
  kind: z.enum(foundKinds).optional(),
  page: z.coerce.number().int().min(1).max(100).default(1),
});
export type SearchQuery = z.output<typeof query>;

const searchAnswer = z.object({
  /** Null: the whole node was searched. */
  network: networkFacts.nullable(),
  found: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(foundKinds),
      title: saidSchema,
      body: saidSchema.nullable(),
      at: z.iso.datetime().nullable(),
      network: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
export type SearchAnswer = z.output<typeof searchAnswer>;

function pathOf({ party: { slug: party }, kind, space = '', slug = '' }: Found): string {
  switch (kind) {
    case 'item':
      return itemPath(party, slug);
    case 'series':
    case 'community':
      return spacePath(party, space);
    case 'session':
      return sessionPath(party, space, slug);
    case 'reference':
      return `${networkPath(party)}/references/${slug}`;
    case 'organisation':
      return `${networkPath(party)}/organisations/${slug}`;
  }
}

async function answer(reading: Reading & Caller, asked: SearchQuery, isNode: boolean): Promise<SearchAnswer> {
  const { reader, locale, party } = reading;
  const found = asked.q
    ? await search(reader, {
        text: asked.q,
        party: isNode ? undefined : party?.id,
        kind: asked.kind,
        limit: pageLength + 1,
        offset: (asked.page - 1) * pageLength,
      })
    : [];
  return {
    network: isNode ? null : networkFactsOf(reading),
    found: found.slice(0, pageLength).map((one) => {
      const body = inLanguage(one.body, locale);
      return {
        path: pathOf(one),
        kind: one.kind,
        title: inLanguage(one.title, locale) ?? { language: 'und', text: one.slug ?? '' },
        body: body === undefined || body.text === '' ? null : { ...body, text: body.text.slice(0, 400) },
        at: one.kind === 'item' ? (one.at?.toISOString() ?? null) : null,
        network: one.party.name,
      };
    }),
    next: found.length > pageLength ? String(asked.page + 1) : null,
  };
}

const ofNetwork = read({
  path: '/p/:party/search',
  summary: 'Searches everything public of a network: news, dialogues, communities, sessions, references, organisations',
  for: 'anyone',
  query,
  answer: searchAnswer,
  handle: (reading, input) => answer(reading, input.query, false),
  page: (given, view, input) => searchPage(given, view, input.query),
});

const ofNode = read({
  path: '/search',
  summary: 'Searches everything public of all networks on this node',
  for: 'anyone',
  scope: 'node',
  query,
  answer: searchAnswer,
  handle: (reading, input) => answer(reading, input.query, true),
  page: (given, view, input) => searchPage(given, view, input.query),
});

export const searchEndpoints: readonly Endpoint[] = [ofNetwork, ofNode];
