import type { NetworkFacts } from '../../../network/members/section.tsx';
import type { LinkEntry } from '../../../ui/layout.tsx';
import type { View } from '../../../ui/view.ts';

export const feedForms = ['atom', 'rss', 'json', 'ics'] as const;
export type FeedForm = (typeof feedForms)[number];

export const mediaTypeOf: Readonly<Record<FeedForm, string>> = {
  atom: 'application/atom+xml',
  rss: 'application/rss+xml',
  json: 'application/feed+json',
  ics: 'text/calendar',
};

export const feedPath = (party: string, form: FeedForm): string => `/feeds/${party}.${form}`;

/** What a feed reader looks for in the head of a page. */
export function feedLinks(view: View, { slug, name }: NetworkFacts): readonly LinkEntry[] {
  return feedForms.map((form) => ({
    rel: 'alternate',
    type: mediaTypeOf[form],
    title: view.t(form === 'ics' ? 'hub.calendar-of' : 'hub.feed-of', { network: name }),
    href: feedPath(slug, form),
  }));
}
