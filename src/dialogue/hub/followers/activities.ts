/** What followers are told: an item as a note in its language, with a link to the page. Long texts are an excerpt, because timelines are no libraries. */
import { itemPath } from '../items/answers.ts';
import type { PublishedItem } from '../items/item.ts';
import { excerpt } from '../gathering/entry.ts';
import type { Followed } from './actor.ts';

export const itemChanges = ['create', 'update', 'delete'] as const;
export type ItemChange = (typeof itemChanges)[number];

export const activityContext = 'https://www.w3.org/ns/activitystreams';
export const everybody = 'https://www.w3.org/ns/activitystreams#Public';

export const objectPath = (party: string, item: string): string => `${itemPath(party, item)}/note`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);

export function noteOf(item: PublishedItem, author: Followed, party: string, publicUrl: string): object {
  const page = `${publicUrl}${itemPath(party, item.id)}`;
  const paragraphs = [
    `<strong>${escape(item.title)}</strong>`,
    ...excerpt(item.body)
      .split(/\n{2,}/)
      .filter((paragraph) => paragraph.trim() !== '')
      .map((paragraph) => escape(paragraph).replaceAll('\n', '<br>')),
    `<a href="${escape(page)}">${escape(page)}</a>`,
  ];
  const content = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('');
  return {
    id: `${publicUrl}${objectPath(party, item.id)}`,
    type: 'Note',
    attributedTo: author.url,
    to: [everybody],
    cc: [`${author.url}/followers`],
    url: page,
    published: item.publishedAt.toISOString(),
    ...(item.changedAt > item.publishedAt && { updated: item.changedAt.toISOString() }),
    content,
    contentMap: { [item.language]: content },
  };
}

/** The identifier of an activity names what it tells, so that one that is sent again is known. */
export function activityOf(
  change: ItemChange,
  item: PublishedItem,
  author: Followed,
  party: string,
  publicUrl: string,
): object {
  const object = noteOf(item, author, party, publicUrl);
  return {
    '@context': activityContext,
    id: `${publicUrl}${objectPath(party, item.id)}#${change}-${item.revision}`,
    type: change === 'create' ? 'Create' : 'Update',
    actor: author.url,
    to: [everybody],
    cc: [`${author.url}/followers`],
    published: item.changedAt.toISOString(),
    object,
  };
}

export function deletionOf(item: string, author: Followed, party: string, publicUrl: string): object {
  const id = `${publicUrl}${objectPath(party, item)}`;
  return {
    '@context': activityContext,
    id: `${id}#delete`,
    type: 'Delete',
    actor: author.url,
    to: [everybody],
    object: { id, type: 'Tombstone' },
  };
}

/** The network passes on what one of its communities says. */
export function passingOn(item: PublishedItem, by: Followed, party: string, publicUrl: string): object {
  const object = `${publicUrl}${objectPath(party, item.id)}`;
  return {
    '@context': activityContext,
    id: `${object}#passed-on`,
    type: 'Announce',
    actor: by.url,
    to: [everybody],
    cc: [`${by.url}/followers`],
    published: item.changedAt.toISOString(),
    object,
  };
}

export function acceptanceOf(follow: { readonly id: string; readonly actor: string }, author: Followed): object {
  return {
    '@context': activityContext,
    id: `${author.url}#accept-${encodeURIComponent(follow.id)}`,
    type: 'Accept',
    actor: author.url,
    object: { id: follow.id, type: 'Follow', actor: follow.actor, object: author.url },
  };
}
