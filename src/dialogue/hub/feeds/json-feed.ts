import type { Feed } from './feed.ts';

/** JSON Feed 1.1. Licence and source have no place in it; they stand in an extension, as the format provides. */
export function formatJsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.homeUrl,
    feed_url: feed.selfUrl,
    authors: [{ name: feed.publisher, url: feed.homeUrl }],
    items: feed.entries.map((entry) => ({
      id: entry.id,
      url: entry.url,
      ...(entry.relatedUrl !== undefined && { external_url: entry.relatedUrl }),
      title: entry.title,
      content_html: entry.html,
      content_text: entry.text,
      date_published: entry.publishedAt.toISOString(),
      date_modified: entry.updatedAt.toISOString(),
      language: entry.language,
      tags: [entry.kind],
      ...(entry.authors.length > 0 && { authors: entry.authors.map((name) => ({ name })) }),
      ...((entry.licence || entry.source) && {
        _reciproca: {
          about: 'https://jsonfeed.org/version/1.1#extensions-a-name-extensions-a',
          ...(entry.licence && { licence: entry.licence.name, licence_url: entry.licence.url }),
          ...(entry.source && { source: entry.source.title, source_url: entry.source.address }),
        },
      }),
    })),
  });
}
