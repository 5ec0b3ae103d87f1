/**
 * Reading a member's feed and keeping what is new in it. Reading happens outside any transaction; what was read is kept in one, together with when to come
 * again. A crash in between keeps nothing, and the feed is read once more.
 */
import { createHash, randomUUID } from 'node:crypto';
import { work, type House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { plainName } from '../../../plain-name.ts';
import { identifyAddress } from '../../programme/references/identify.ts';
import { isLeftOut } from '../../programme/when.ts';
import type { ItemValues } from '../items/item.ts';
import { upsertGathered } from '../items/store.ts';
import { excerpt, plainText, type GatheredEntry } from './entry.ts';
import { askOutside, OutsideError, type OutsideAnswer } from './outside.ts';
import { readFeed } from './read-feed.ts';
import { findFeed, noteReading, type GatheredFeed } from './store.ts';

const hourMs = 3_600_000;
const longestPauseMs = 7 * 24 * hourMs;
/** Of a repository in one reading; the next goes on from what was kept. */
const partsLimit = 20;

export async function gatherFeed(house: House, party: PartyId, id: string): Promise<void> {
  const feed = await house.database.read({ party }, (reader) => findFeed(reader, id));
  if (!feed || feed.nextAt > house.clock.now()) return;
  const read = await readWhole(house, feed);
  await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    if ('failure' in read) {
      const failures = feed.failures + 1;
      const pauseMs = Math.max(Math.min(hourMs * 2 ** failures, longestPauseMs), read.retryAfterMs);
      const nextAt = new Date(tx.now.getTime() + pauseMs);
      await noteReading(tx, id, { nextAt, failures: Math.min(failures, 1000), failure: read.failure });
      return;
    }
    let added = 0;
    for (const entry of read.entries) {
      const kept = valuesOf(entry, feed, house.config.publicUrl);
      if (!kept) continue;
      const publishedAt = publishedOf(entry, tx.now);
      const birth = { id: randomUUID(), party, state: 'published', publishedAt, feed: { id, key: kept.key } } as const;
      if (await upsertGathered(tx, kept.values, birth)) added++;
    }
    const nextAt = new Date(tx.now.getTime() + hourMs);
    await noteReading(tx, id, { nextAt, failures: 0, failure: undefined, validators: read.validators });
    if (added > 0) await tx.audit('hub.gather', { feed: id, items: added });
  });
}

type WholeReading =
  | { readonly failure: string; readonly retryAfterMs: number }
  | {
      readonly entries: readonly GatheredEntry[];
      readonly validators: { readonly etag: string | undefined; readonly lastModified: string | undefined };
    };

async function readWhole(house: House, feed: GatheredFeed): Promise<WholeReading> {
  const ownUrl = house.config.publicUrl;
  const { etag, lastModified } = feed;
  try {
    const answer = await askOutside(feed.address, ownUrl, {
      headers: {
        accept: 'application/atom+xml, application/rss+xml, application/feed+json, text/calendar, text/xml, */*;q=0.1',
        ...(etag !== undefined && { 'if-none-match': etag }),
        ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
      },
    });
    if (answer.status === 304) return { entries: [], validators: { etag, lastModified } };
    const failure = failureOf(answer.status);
    if (failure !== undefined) return { failure, retryAfterMs: retryAfterOf(answer) };
    const first = readFeed(answer.body, headerOf(answer, 'content-type') ?? '', feed.language);
    if (first.isRepository) return { entries: await readParts(feed, ownUrl), validators: none };
    const validators = {
      etag: short(headerOf(answer, 'etag'), 300),
      lastModified: short(headerOf(answer, 'last-modified'), 100),
    };
    return { entries: first.entries, validators };
  } catch (error) {
    if (error instanceof OutsideError) return { failure: error.code, retryAfterMs: 0 };
    throw error;
  }
}

const none = { etag: undefined, lastModified: undefined };

/** OAI-PMH 2.0, 3.5: parts until there is no token. A repository whose list never ends is left after so many. */
async function readParts(feed: GatheredFeed, ownUrl: string): Promise<readonly GatheredEntry[]> {
  const entries: GatheredEntry[] = [];
  // A day back: what was stamped before we asked and committed after.
  const from = feed.readAt && new Date(feed.readAt.getTime() - 24 * hourMs).toISOString().slice(0, 10);
  let search = new URLSearchParams({
    verb: 'ListRecords',
    metadataPrefix: 'oai_dc',
    ...(from !== undefined && { from }),
  });
  for (let part = 0; part < partsLimit; part++) {
    const url = new URL(feed.address);
    url.search = search.toString();
    const answer = await askOutside(url.href, ownUrl);
    if (failureOf(answer.status) !== undefined) throw new OutsideError('server');
    const read = readFeed(answer.body, headerOf(answer, 'content-type') ?? '', feed.language);
    entries.push(...read.entries);
    if (read.resumptionToken === undefined) break;
    search = new URLSearchParams({ verb: 'ListRecords', resumptionToken: read.resumptionToken });
  }
  return entries;
}

function failureOf(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 404 || status === 410) return 'gone';
  return status >= 500 || status === 429 ? 'server' : 'refused';
}

const headerOf = ({ headers }: OutsideAnswer, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const short = (text: string | undefined, limit: number): string | undefined =>
  text !== undefined && text.length <= limit ? text : undefined;

/** RFC 9110, 10.2.3, in seconds; at most a day, because nobody else decides when we stop. */
function retryAfterOf(answer: OutsideAnswer): number {
  const seconds = Number(headerOf(answer, 'retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1000, 24 * hourMs) : 0;
}

interface Kept {
  readonly values: ItemValues;
  readonly key: Buffer;
}

/** Undefined for what cannot be kept: without a title, without a way back to it, or our own words coming home. */
function valuesOf(entry: GatheredEntry, feed: GatheredFeed, ownUrl: string): Kept | undefined {
  const title = plainName(plainText(entry.title ?? '').replaceAll(/\s+/g, ' ')).slice(0, 300);
  const link = linkOf(entry.link, feed.address);
  const name = link?.key ?? (entry.id === undefined ? undefined : `${feed.id} ${entry.id}`);
  if (title === '' || name === undefined) return undefined;
  if (link && new URL(link.address).host === new URL(ownUrl).host) return undefined;
  if (entry.time && (isLeftOut(entry.time) || entry.time.minutes > 44_640)) return undefined;
  const licence = plainText(entry.licence ?? '').slice(0, 300);
  return {
    key: createHash('sha256').update(name).digest(),
    values: {
      kind: entry.kind,
      language: languageOf(entry.language) ?? feed.language,
      title,
      body: excerpt(plainText(entry.text ?? '')),
      link: link?.address,
      licence: licence === '' ? feed.licence : licence,
      authors: entry.authors
        .map((author) => plainName(plainText(author ?? '').replaceAll(/\s+/g, ' ')).slice(0, 200))
        .filter((author) => author !== '')
        .slice(0, 20),
      space: undefined,
      time: entry.kind === 'event' ? entry.time : undefined,
    },
  };
}

function linkOf(
  link: string | undefined,
  base: string,
): { readonly address: string; readonly key: string } | undefined {
  if (link === undefined || !URL.canParse(link.trim(), base)) return undefined;
  const url = new URL(link.trim(), base);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.href.length > 2000) return undefined;
  const identified = identifyAddress(url.href);
  if (typeof identified !== 'object') return { address: url.href, key: `url:${url.href}` };
  // Without what only tracks its reader.
  return {
    address: (identified.key.startsWith('url:') ? identified.link : undefined) ?? url.href,
    key: identified.key,
  };
}

const languageOf = (tag: string | undefined): string | undefined =>
  tag !== undefined && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(tag.trim())
    ? tag.trim().replace(/^[A-Za-z]+/, (language) => language.toLowerCase())
    : undefined;

/** What says that it comes from the future, or from before there were feeds, would stand first or last forever. */
function publishedOf({ published }: GatheredEntry, now: Date): Date {
  const said = published === undefined ? undefined : new Date(published);
  if (!said || Number.isNaN(said.getTime()) || said > now || said.getUTCFullYear() < 1990) return now;
  return said;
}
