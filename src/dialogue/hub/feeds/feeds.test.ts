import { convertIcsCalendar } from 'ts-ics';
import { parseJsonFeed, parseRssFeed } from 'feedsmith';
import Parser from 'rss-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork, series, session } from '../../../../test/support/network.ts';
import { announceSession, planSession } from '../../programme/sessions/actions.ts';
import { draftSpace, openSpace } from '../../programme/spaces/actions.ts';
import { decideItem, tell } from '../items/actions.ts';
import type { ItemValues } from '../items/item.ts';

let stage: Stage;
let first: string;
const values: ItemValues = {
  kind: 'resource',
  language: 'fr',
  title: 'Santé & <droits> : le guide',
  body: 'Un.\nDeux.\n\nTrois <b>et</b> \u0007fin.',
  link: 'https://example.org/guide.pdf?a=1&b=2',
  licence: 'CC-BY-4.0',
  authors: ['Awa Diop', 'João Cá'],
  space: undefined,
  time: undefined,
};

beforeAll(async () => {
  stage = await openStage();
  await inNetwork(stage, 'edu', async (work) => {
    first = await tell(work, values);
    await tell(work, { ...values, kind: 'news', language: 'ar', title: 'خبر', body: 'نص' });
    const time = { localStart: '2026-06-16T14:30', timeZone: 'Africa/Nairobi', minutes: 90, place: 'Nairobi' };
    await tell(work, { ...values, kind: 'event', title: 'A meeting', time });
    const space = await draftSpace(work, series());
    await openSpace(work, space);
    await announceSession(work, await planSession(work, space, session()));
    await planSession(work, space, session({ slug: 'secret', title: { en: 'A draft' } }));
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) => stage.as('noOne', path, { headers });

it('Atom is read by an independent parser: whole text, credit, licence, language, ids that do not depend on the page', async () => {
  const { text, headers } = await get('/feeds/operator.atom');
  expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  const parser = new Parser({
    customFields: {
      item: [
        ['rights', 'rights'],
        ['author', 'authors', { keepArray: true }],
      ],
    },
  });
  const feed = await parser.parseString(text);
  expect(feed).toMatchObject({
    title: 'Ministry of Health of North',
    feedUrl: `${stage.site.url}/feeds/operator.atom`,
  });
  const item = feed.items.find(({ title }) => title === values.title) as unknown as Parser.Item & {
    id: string;
    rights: string;
  };
  expect(item).toMatchObject({
    id: `tag:localhost,2026-03-02:hub/${first}`,
    link: `${stage.site.url}/p/operator/hub/${first}`,
    rights: 'CC-BY-4.0',
    isoDate: '2026-03-02T09:00:00.000Z',
  });
  expect(item.content).toBe('<p dir="auto">Un.<br>Deux.</p><p dir="auto">Trois &lt;b&gt;et&lt;/b&gt; fin.</p>');
  expect(text).toContain('<entry xml:lang="fr">');
  expect(text.match(/<name>Awa Diop<\/name>/g)).toHaveLength(3);
});

it('RSS and JSON Feed say the same, and parsers of others read them', async () => {
  const rss = parseRssFeed((await get('/feeds/operator.rss')).text);
  const json = parseJsonFeed((await get('/feeds/operator.json')).text);
  expect(rss.items?.map(({ title }) => title)).toEqual(json.items?.map(({ title }) => title));
  expect(json.items?.find(({ title }) => title === values.title)).toMatchObject({
    id: `tag:localhost,2026-03-02:hub/${first}`,
    external_url: values.link,
    language: 'fr',
    authors: [{ name: 'Awa Diop' }, { name: 'João Cá' }],
  });
  const sent = JSON.parse((await get('/feeds/operator.json')).text) as { version: string };
  expect(sent.version).toBe('https://jsonfeed.org/version/1.1');
});

it('the calendar holds announced sessions and events, in their own zones, and no drafts', async () => {
  const { text } = await get('/feeds/operator.ics');
  const { events = [] } = convertIcsCalendar(undefined, text);
  expect(events.map(({ summary, start }) => `${summary} ${start.date.toISOString()}`).toSorted()).toEqual([
    'A meeting 2026-06-16T11:30:00.000Z',
    'Who owns the data? 2026-06-16T12:30:00.000Z',
  ]);
  expect(text).not.toContain('meet.example.org');
});

it('whoever has it already gets 304 and nothing; after a change the whole', async () => {
  const { headers } = await get('/feeds/operator.atom');
  const etag = headers.etag ?? '';
  expect(headers['cache-control']).toBe('public, no-cache');
  const again = await get('/feeds/operator.atom', { 'if-none-match': etag });
  expect([again.status, again.text]).toEqual([304, '']);
  expect((await stage.as('edu', '/feeds/operator.atom')).headers.etag).toBe(etag);
  await inNetwork(stage, 'edu', (work) => tell(work, { ...values, title: 'New' }));
  expect((await get('/feeds/operator.atom', { 'if-none-match': etag })).status).toBe(200);
});

it('narrows to a kind, a language or a space, and knows only networks that are here', async () => {
  const titles = async (query: string) =>
    (JSON.parse((await get(`/feeds/operator.json?${query}`)).text) as { items: { title: string }[] }).items.map(
      ({ title }) => title,
    );
  expect(await titles('language=ar')).toEqual(['خبر']);
  expect(await titles('kind=event')).toEqual(['A meeting']);
  expect(await titles('space=whose-business')).toEqual([]);
  for (const path of [
    '/feeds/nobody.atom',
    '/feeds/operator.exe',
    '/feeds/operator',
    '/feeds/operator.atom?space=none',
  ])
    expect((await get(path)).status).toBe(404);
  expect((await get('/feeds/watch.json')).text).not.toContain('A meeting');
});

it('pages say where the feeds are; a withdrawn event leaves calendars as cancelled and feeds at once', async () => {
  const { text } = await get('/p/operator/hub');
  expect(text).toContain('<link rel="alternate" type="application/atom+xml"');
  expect((await get('/feeds')).text).toContain('href="/feeds/watch.ics"');
  const list = (await get('/api/p/operator/hub?kind=event')).json() as { items: { id: string }[] };
  await inNetwork(stage, 'edu', (work) => decideItem(work, list.items[0]?.id ?? '', 1, 'withdraw'));
  expect((await get('/feeds/operator.atom')).text).not.toContain('A meeting');
  const { events = [] } = convertIcsCalendar(undefined, (await get('/feeds/operator.ics')).text);
  expect(events.find(({ summary }) => summary === 'A meeting')).toMatchObject({ status: 'CANCELLED', sequence: 1 });
});
