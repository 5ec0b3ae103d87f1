/** An item as schema.org describes it, in JSON-LD: what search engines and aggregators read from a page. */
import type { NetworkFacts } from '../../../network/members/section.tsx';
import type { ItemAnswer } from './answers.ts';
import { licenceAddress, type ItemKind } from './item.ts';

const typeOf: Readonly<Record<ItemKind, string>> = {
  news: 'NewsArticle',
  event: 'Event',
  resource: 'CreativeWork',
};

export function structuredDataOf(item: ItemAnswer, network: NetworkFacts): object {
  const name = item.kind === 'news' ? 'headline' : 'name';
  const publisher = { '@type': 'Organization', name: network.name };
  return {
    '@context': 'https://schema.org',
    '@type': typeOf[item.kind],
    [name]: item.title,
    description: item.body.slice(0, 500),
    inLanguage: item.language,
    url: item.path,
    ...(item.link !== null && { sameAs: item.link }),
    ...(item.kind === 'event'
      ? {
          startDate: item.time?.startsAt,
          endDate: item.time?.endsAt,
          organizer: publisher,
          location: item.time?.place
            ? { '@type': 'Place', name: item.time.place }
            : { '@type': 'VirtualLocation', url: item.link ?? item.path },
        }
      : {
          datePublished: item.publishedAt,
          dateModified: item.changedAt,
          author:
            item.authors.length > 0 ? item.authors.map((author) => ({ '@type': 'Person', name: author })) : publisher,
          publisher: item.origin ? { '@type': 'Organization', name: item.origin.title } : publisher,
          ...(item.licence !== null && { license: licenceAddress(item.licence.name) ?? item.licence.name }),
        }),
  };
}
