/** What the pages and the JSON of the hub say of an item. */
import { z } from 'zod';
import { networkPath } from '../../../network/members/section.tsx';
import { instantOf } from '../../programme/when.ts';
import { endOfItem, itemKinds, licenceAddress, type Item } from './item.ts';

export const hubPath = (party: string): string => `${networkPath(party)}/hub`;
export const itemPath = (party: string, id: string): string => `${hubPath(party)}/${id}`;

export const itemAnswer = z.object({
  id: z.string(),
  path: z.string(),
  kind: z.enum(itemKinds),
  state: z.enum(['proposed', 'published', 'declined', 'withdrawn']),
  language: z.string(),
  title: z.string(),
  body: z.string(),
  link: z.string().nullable(),
  licence: z.object({ name: z.string(), link: z.string().nullable() }).nullable(),
  authors: z.array(z.string()),
  time: z
    .object({
      localStart: z.string(),
      timeZone: z.string(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      place: z.string().nullable(),
    })
    .nullable(),
  /** Whose feed it was gathered from; null: the network told it itself. */
  origin: z.object({ title: z.string(), address: z.string() }).nullable(),
  publishedAt: z.iso.datetime().nullable(),
  changedAt: z.iso.datetime(),
});
export type ItemAnswer = z.output<typeof itemAnswer>;

export function describeItem(item: Item, party: string): ItemAnswer {
  const { time, licence } = item;
  return {
    id: item.id,
    path: itemPath(party, item.id),
    kind: item.kind,
    state: item.state,
    language: item.language,
    title: item.title,
    body: item.body,
    link: item.link ?? null,
    licence: licence === undefined ? null : { name: licence, link: licenceAddress(licence) ?? null },
    authors: [...item.authors],
    time: time
      ? {
          localStart: time.localStart,
          timeZone: time.timeZone,
          startsAt: instantOf(time).toISOString(),
          endsAt: endOfItem(time).toISOString(),
          place: time.place ?? null,
        }
      : null,
    origin: item.origin ? { title: item.origin.title, address: item.origin.address } : null,
    publishedAt: item.publishedAt?.toISOString() ?? null,
    changedAt: item.changedAt.toISOString(),
  };
}
