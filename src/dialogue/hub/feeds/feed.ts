/** What a feed says, before it takes one of its forms. */
import type { PartyFacts } from '../../../http/caller.ts';
import { hubPath, itemPath } from '../items/answers.ts';
import { licenceAddress, tagOf, type PublishedItem } from '../items/item.ts';

export interface Feed {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly homeUrl: string;
  readonly selfUrl: string;
  readonly updatedAt: Date;
  readonly entries: readonly FeedEntry[];
}

export interface FeedEntry {
  readonly id: string;
  /** Where it is read: on our page; of what was gathered, where it came from. */
  readonly url: string;
  /** What it is about, elsewhere. */
  readonly relatedUrl: string | undefined;
  readonly title: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
  readonly authors: readonly string[];
  readonly licence: { readonly name: string; readonly url: string | undefined } | undefined;
  readonly kind: string;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly source: { readonly title: string; readonly address: string } | undefined;
}

export function feedOf(
  party: PartyFacts,
  publicUrl: string,
  selfPath: string,
  items: readonly PublishedItem[],
  opened: Date,
): Feed {
  const { hostname } = new URL(publicUrl);
  const latest = Math.max(opened.getTime(), ...items.map(({ changedAt }) => changedAt.getTime()));
  return {
    id: `${publicUrl}${hubPath(party.slug)}`,
    title: party.name,
    publisher: party.name,
    homeUrl: `${publicUrl}${hubPath(party.slug)}`,
    selfUrl: `${publicUrl}${selfPath}`,
    updatedAt: new Date(latest),
    entries: items.map((item) => entryOf(item, hostname, `${publicUrl}${itemPath(party.slug, item.id)}`)),
  };
}

function entryOf(item: PublishedItem, host: string, page: string): FeedEntry {
  const { origin, link, licence } = item;
  return {
    id: tagOf(item, host),
    url: origin && link !== undefined ? link : page,
    relatedUrl: origin ? undefined : link,
    title: item.title,
    text: item.body,
    html: htmlOf(item.body),
    language: item.language,
    authors: item.authors,
    licence: licence === undefined ? undefined : { name: licence, url: licenceAddress(licence) },
    kind: item.kind,
    publishedAt: item.publishedAt,
    updatedAt: item.changedAt,
    source: origin,
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Plain text as its paragraphs. */
function htmlOf(text: string): string {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => paragraph.trim().replace(/[&<>]/g, (sign) => entities[sign] ?? sign))
    .map((paragraph) => `<p dir="auto">${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}
