import { document, element, leaf, text, type Xml } from '../xml.ts';
import type { Feed, FeedEntry } from './feed.ts';

/** RFC 4287, with the licence of RFC 4946; what was gathered names its source (4.2.11). */
export function formatAtom(feed: Feed): string {
  return document(
    element(
      'feed',
      { xmlns: 'http://www.w3.org/2005/Atom' },
      leaf('id', feed.id),
      leaf('title', feed.title),
      leaf('updated', feed.updatedAt.toISOString()),
      element('author', {}, leaf('name', feed.publisher)),
      element('link', { rel: 'self', type: 'application/atom+xml', href: feed.selfUrl }),
      element('link', { rel: 'alternate', type: 'text/html', href: feed.homeUrl }),
      leaf('generator', 'Reciproca'),
      ...feed.entries.map(entryElement),
    ),
  );
}

function entryElement(entry: FeedEntry): Xml {
  const { source, licence } = entry;
  return element(
    'entry',
    { 'xml:lang': entry.language },
    leaf('id', entry.id),
    leaf('title', entry.title),
    leaf('published', entry.publishedAt.toISOString()),
    leaf('updated', entry.updatedAt.toISOString()),
    element('link', { rel: 'alternate', href: entry.url }),
    entry.relatedUrl === undefined ? undefined : element('link', { rel: 'related', href: entry.relatedUrl }),
    licence?.url === undefined ? undefined : element('link', { rel: 'license', href: licence.url }),
    ...authorsOf(entry).map((name) => element('author', {}, leaf('name', name))),
    element('category', { term: entry.kind }),
    leaf('rights', licence?.name),
    element('content', { type: 'html' }, text(entry.html)),
    source &&
      element(
        'source',
        {},
        leaf('id', source.address),
        leaf('title', source.title),
        leaf('updated', entry.updatedAt.toISOString()),
        element('link', { rel: 'self', href: source.address }),
      ),
  );
}

/** Without an author of its own an entry would be read as the feed's (4.2.1); of what was gathered, that would be wrong. */
const authorsOf = ({ authors, source }: FeedEntry): readonly string[] =>
  authors.length > 0 || !source ? authors : [source.title];
