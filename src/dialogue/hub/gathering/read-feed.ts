/** Which form somebody's feed has, and what stands in it. A parser of others may fail in any way on what was made to break it: that is `unreadable`. */
import { XMLParser } from 'fast-xml-parser';
import { parseFeed } from 'feedsmith';
import { readProgrammeCalendar } from '../../programme/import/events.ts';
import type { GatheredEntry } from './entry.ts';
import { OutsideError } from './outside.ts';

export interface FeedReading {
  readonly entries: readonly GatheredEntry[];
  /** OAI-PMH: what to ask for next. An empty list with `isRepository` is one that was asked for nothing yet. */
  readonly isRepository?: true;
  readonly resumptionToken?: string | undefined;
}

/** Of one reading; a feed that holds more is read again. */
export const entriesLimit = 200;

export function readFeed(bytes: Uint8Array, contentType: string, language: string): FeedReading {
  const text = decode(bytes, contentType).trimStart();
  try {
    if (/^BEGIN:VCALENDAR/i.test(text)) return { entries: readCalendar(text, language) };
    if (text.startsWith('{')) return { entries: readSyndicated(text) };
    if (!text.startsWith('<')) throw new OutsideError('unreadable');
    // Entities that a document defines for itself are how a kilobyte becomes a gigabyte. No feed needs them.
    if (/<!DOCTYPE[^>]*\[/i.test(text)) throw new OutsideError('unreadable');
    return /^(?:<\?[^>]*\?>\s*|<!--[^]*?-->\s*)*<(?:\w+:)?OAI-PMH[\s>]/.test(text)
      ? readRepository(text)
      : { entries: readSyndicated(text) };
  } catch (error) {
    throw error instanceof OutsideError ? error : new OutsideError('unreadable', error);
  }
}

/** RFC 7303, 3: what the header says, then what the document says, then UTF-8. */
function decode(bytes: Uint8Array, contentType: string): string {
  const declared =
    /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ??
    /^[^>]{0,100}encoding=["']([\w-]+)/.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.[1];
  try {
    return new TextDecoder(declared ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function readSyndicated(text: string): GatheredEntry[] {
  const parsed = parseFeed(text, { maxItems: entriesLimit });
  switch (parsed.format) {
    case 'atom':
      return (parsed.feed.entries ?? []).map((entry) => ({
        kind: 'news',
        id: entry.id,
        title: entry.title?.value,
        text: entry.content?.value ?? entry.summary?.value,
        link: (entry.links?.find(({ rel }) => rel === undefined || rel === 'alternate') ?? entry.links?.[0])?.href,
        authors: (entry.authors ?? []).map(({ name }) => name),
        licence: entry.links?.find(({ rel }) => rel === 'license')?.href ?? entry.rights?.value,
        language: entry.xml?.lang ?? parsed.feed.xml?.lang,
        published: entry.published ?? entry.updated,
      }));
    case 'rss':
      return (parsed.feed.items ?? []).map((item) => ({
        kind: 'news',
        id: item.guid?.value,
        title: item.title,
        text: item.content?.encoded ?? item.description,
        link: item.link ?? (item.guid?.isPermaLink === false ? undefined : item.guid?.value),
        authors: item.dc?.creators ?? (item.authors ?? []).map(({ name }) => name),
        licence: item.creativeCommons?.licenses?.[0] ?? item.dc?.rights?.[0] ?? parsed.feed.copyright,
        language: item.dc?.languages?.[0] ?? parsed.feed.language,
        published: item.pubDate ?? item.dc?.dates?.[0],
      }));
    case 'rdf':
      return (parsed.feed.items ?? []).map((item) => ({
        kind: 'news',
        id: item.rdf?.about,
        title: item.title,
        text: item.content?.encoded ?? item.description,
        link: item.link,
        authors: item.dc?.creators ?? [],
        licence: item.dc?.rights?.[0],
        language: item.dc?.languages?.[0],
        published: item.dc?.dates?.[0],
      }));
    case 'json':
      return (parsed.feed.items ?? []).map((item) => ({
        kind: 'news',
        id: item.id,
        title: item.title,
        text: item.content_html ?? item.content_text ?? item.summary,
        link: item.url ?? item.external_url,
        authors: (item.authors ?? []).map(({ name }) => name),
        licence: undefined,
        language: item.language ?? parsed.feed.language,
        published: item.date_published ?? item.date_modified,
      }));
  }
}

/** As a programme is brought in: zones that nobody keeps, and hours that do not exist, are left out. */
function readCalendar(text: string, language: string): GatheredEntry[] {
  const { sessions } = readProgrammeCalendar(text, { language, timeZone: 'UTC' });
  return sessions
    .filter(({ isCancelled }) => !isCancelled)
    .slice(-entriesLimit)
    .map(({ uid, values }) => ({
      kind: 'event',
      id: uid,
      title: Object.values(values.title)[0],
      text: Object.values(values.overview)[0],
      link: values.meetingLink,
      authors: [],
      licence: undefined,
      language,
      published: undefined,
      time: {
        localStart: values.localStart,
        timeZone: values.timeZone,
        minutes: values.minutes,
        place: values.place,
      },
    }));
}

const oai = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  isArray: (_name, path) => path === 'OAI-PMH.ListRecords.record' || /\.dc\.\w+$/.test(String(path)),
});

type Values = readonly (string | { readonly '#text'?: string })[] | undefined;

interface Repository {
  readonly 'OAI-PMH': {
    readonly ListRecords?: {
      readonly record?: readonly {
        readonly header?: { readonly identifier?: string; readonly '@status'?: string };
        readonly metadata?: { readonly dc?: Readonly<Record<string, Values>> };
      }[];
      readonly resumptionToken?: string | { readonly '#text'?: string };
    };
  };
}

const textOf = (value: string | { readonly '#text'?: string } | undefined): string | undefined =>
  typeof value === 'object' ? value['#text'] : value;

function readRepository(text: string): FeedReading {
  const { ListRecords } = (oai.parse(text) as Repository)['OAI-PMH'];
  const entries = (ListRecords?.record ?? []).slice(0, 1000).flatMap((record): GatheredEntry[] => {
    const dc = record.metadata?.dc;
    if (!dc || record.header?.['@status'] === 'deleted') return [];
    const all = (name: string): string[] => (dc[name] ?? []).flatMap((value) => textOf(value) ?? []);
    return [
      {
        kind: 'resource',
        id: record.header?.identifier,
        title: all('title')[0],
        text: all('description')[0],
        link: all('identifier').find((value) => /^https?:\/\//i.test(value)),
        authors: all('creator'),
        licence: all('rights').find((value) => /^https?:\/\//i.test(value)) ?? all('rights')[0],
        language: all('language')[0],
        published: all('date')[0],
      },
    ];
  });
  const token = textOf(ListRecords?.resumptionToken);
  return { entries, isRepository: true, resumptionToken: token === '' ? undefined : token };
}
