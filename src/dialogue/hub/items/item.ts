import type { MemberId, SpaceId } from '../../../ids.ts';
import { instantOf, type WallTime } from '../../programme/when.ts';

export const itemKinds = ['news', 'event', 'resource'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** `proposed` by a member and not yet decided; `withdrawn` after it was published, so that whoever took it learns that it is gone. */
export type ItemState = 'proposed' | 'published' | 'declined' | 'withdrawn';

/** When an event is: the time on a wall, and whose wall. */
export interface ItemTime extends WallTime {
  readonly minutes: number;
  readonly place: string | undefined;
}

/** What people write of an item and may change. */
export interface ItemValues {
  readonly kind: ItemKind;
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  /** Plain text; paragraphs are separated by an empty line. */
  readonly body: string;
  readonly link: string | undefined;
  /** An SPDX identifier, or what the source says; undefined when nothing is said, and then nothing may be assumed. */
  readonly licence: string | undefined;
  /** Credit, as it is to be given. */
  readonly authors: readonly string[];
  readonly space: SpaceId | undefined;
  readonly time: ItemTime | undefined;
}

export interface Item extends ItemValues {
  readonly id: string;
  readonly state: ItemState;
  readonly member: MemberId | undefined;
  /** Gathered from a feed, and whose it is; undefined: told by the network itself. */
  readonly origin: { readonly feed: string; readonly title: string; readonly address: string } | undefined;
  readonly publishedAt: Date | undefined;
  readonly changedAt: Date;
  readonly revision: number;
}

export interface PublishedItem extends Item {
  readonly state: 'published';
  readonly publishedAt: Date;
}

export const isPublished = (item: Item): item is PublishedItem => item.state === 'published';

export function endOfItem({ minutes, ...when }: ItemTime): Date {
  return new Date(instantOf(when).getTime() + minutes * 60_000);
}

/** Licences that are offered, by SPDX identifier, with the address of their text. Any other may be named. */
const licenceTexts: Readonly<Record<string, string>> = {
  'CC-BY-4.0': 'https://creativecommons.org/licenses/by/4.0/',
  'CC-BY-SA-4.0': 'https://creativecommons.org/licenses/by-sa/4.0/',
  'CC-BY-NC-4.0': 'https://creativecommons.org/licenses/by-nc/4.0/',
  'CC-BY-NC-SA-4.0': 'https://creativecommons.org/licenses/by-nc-sa/4.0/',
  'CC-BY-NC-SA-3.0-IGO': 'https://creativecommons.org/licenses/by-nc-sa/3.0/igo/',
  'CC0-1.0': 'https://creativecommons.org/publicdomain/zero/1.0/',
};
export const offeredLicences = Object.keys(licenceTexts);

/** Where the licence can be read; undefined when what was said is no address and no licence known here. */
export function licenceAddress(licence: string): string | undefined {
  return licenceTexts[licence] ?? (/^https?:\/\//i.test(licence) ? licence : undefined);
}

/**
 * An identifier that stays when the node moves to another address or the item to another page: RFC 4151, with the day of publication, on which the
 * name in it was the node's.
 */
export function tagOf(item: PublishedItem, host: string): string {
  return `tag:${host},${item.publishedAt.toISOString().slice(0, 10)}:hub/${item.id}`;
}
