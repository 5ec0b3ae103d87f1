import { document, element, leaf, type Xml } from '../xml.ts';
import type { Feed, FeedEntry } from './feed.ts';

/** RSS 2.0.11 (RSS Advisory Board), for readers that know nothing later. */
export function formatRss(feed: Feed): string {
  return document(
    element(
      'rss',
      {
        version: '2.0',
        'xmlns:atom': 'http://www.w3.org/2005/Atom',
        'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
      },
      element(
        'channel',
        {},
        leaf('title', feed.title),
        leaf('link', feed.homeUrl),
        leaf('description', feed.title),
        leaf('lastBuildDate', feed.updatedAt.toUTCString()),
        leaf('generator', 'Reciproca'),
        element('atom:link', { rel: 'self', type: 'application/rss+xml', href: feed.selfUrl }),
        ...feed.entries.map(itemElement),
      ),
    ),
  );
}

function itemElement(entry: FeedEntry): Xml {
  return element(
    'item',
    {},
    leaf('title', entry.title),
    leaf('link', entry.url),
    leaf('guid', entry.id, { isPermaLink: 'false' }),
    leaf('pubDate', entry.publishedAt.toUTCString()),
    leaf('category', entry.kind),
    leaf('description', entry.html),
    ...entry.authors.map((name) => leaf('dc:creator', name)),
    leaf('dc:language', entry.language),
    leaf('dc:rights', entry.licence?.url ?? entry.licence?.name),
    entry.source && leaf('source', entry.source.title, { url: entry.source.address }),
  );
}
