import { sql } from 'kysely';
import type { Reader } from '../../../db/database.ts';
import type { PartyId } from '../../../ids.ts';
import type { Texts } from '../../texts.ts';
import { wordsAsked } from './words.ts';

export const foundKinds = ['item', 'series', 'community', 'session', 'reference', 'organisation'] as const;
export type FoundKind = (typeof foundKinds)[number];

interface PublicWordsView {
  party_id: PartyId;
  kind: FoundKind;
  id: string;
  /** Of a space or a session: the address of its space. */
  space: string | null;
  slug: string | null;
  title: Texts;
  body: Texts;
  at: Date | null;
  words: unknown;
}

declare module '../../../db/schema.ts' {
  interface Tables {
    public_words: PublicWordsView;
  }
}

export interface Found {
  readonly party: { readonly slug: string; readonly name: string };
  readonly kind: FoundKind;
  readonly space: string | undefined;
  readonly slug: string | undefined;
  readonly title: Texts;
  readonly body: Texts;
  readonly at: Date | undefined;
}

/** Ranking looks at every match; of a word that stands everywhere, at so many. */
const rankedLimit = 2000;

/** The best first. Of one network, or of all on this node. */
export async function search(
  reader: Reader,
  asked: {
    readonly text: string;
    readonly party: PartyId | undefined;
    readonly kind: FoundKind | undefined;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<Found[]> {
  const { text, party, kind, limit, offset } = asked;
  const { wanted, matches } = wordsAsked(text);
  const rows = await reader
    .selectFrom((from) => {
      let matching = from.selectFrom('public_words').selectAll().where(matches);
      if (party !== undefined) matching = matching.where('party_id', '=', party);
      if (kind !== undefined) matching = matching.where('kind', '=', kind);
      return matching.limit(rankedLimit).as('found');
    })
    .innerJoin('parties', 'parties.id', 'found.party_id')
    .select([
      'parties.slug as party_slug',
      'parties.name as party_name',
      'found.kind',
      'space',
      'found.slug',
      'title',
      'body',
      'at',
    ])
    // 32: rank / (rank + 1); 1: longer texts say a word more often without being more about it.
    .orderBy(sql`ts_rank_cd(words::tsvector, ${wanted}, 33)`, 'desc')
    .orderBy('at', (order) => order.desc().nullsLast())
    .orderBy('found.id')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map((row) => ({
    party: { slug: row.party_slug, name: row.party_name },
    kind: row.kind,
    space: row.space ?? undefined,
    slug: row.slug ?? undefined,
    title: row.title,
    body: row.body,
    at: row.at ?? undefined,
  }));
}
