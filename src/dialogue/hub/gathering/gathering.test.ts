import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { inNetwork } from '../../../../test/support/network.ts';
import { decideItem, tell } from '../items/actions.ts';
import type { PublishedItem } from '../items/item.ts';
import { listPublished } from '../items/store.ts';
import { addFeed } from './actions.ts';
import { plainText } from './entry.ts';
import { gatherFeed } from './gather.ts';
import { readFeed } from './read-feed.ts';
import { findFeed, makeDue } from './store.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let stage: Stage;
let base: string;
const answers = new Map<string, Answer>();
const asked: IncomingMessage[] = [];
const server = createServer((request, response) => {
  asked.push(request);
  const answer = answers.get((request.url ?? '').split('?')[0] ?? '');
  if (answer) answer(request, response);
  else response.writeHead(404).end();
});

beforeAll(async () => {
  stage = await openStage();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://feeds.localhost:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await stage[Symbol.asyncDispose]();
});
beforeEach(() => void (asked.length = 0));

let names = 0;
const give =
  (contentType: string, body: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': contentType, ...headers }).end(body);

const north = () => stage.parties.north.id;

async function follow(answer: Answer | string, licence?: string): Promise<string> {
  const path = `/feed-${++names}`;
  if (typeof answer === 'string') answers.set(path, give('application/xml', answer));
  else answers.set(path, answer);
  return inNetwork(stage, 'edu', (work) =>
    addFeed(work, { address: base + path, title: `Feed ${names}`, language: 'fr', licence }),
  );
}

async function gather(feed: string): Promise<PublishedItem[]> {
  await inNetwork(stage, 'edu', ({ tx }) => makeDue(tx, feed));
  await gatherFeed(stage.house, north(), feed);
  return itemsOf(feed);
}

const itemsOf = (feed: string) =>
  inNetwork(stage, 'edu', async (work) =>
    (await listPublished(work.tx.db, { limit: 500 })).filter(({ origin }) => origin?.feed === feed),
  );
const stateOf = (feed: string) => inNetwork(stage, 'edu', (work) => findFeed(work.tx.db, feed));
const rss = (items: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><link>https://ngo.example</link><description>d</description>${items}</channel></rss>`;

describe('only the secretariat', () => {
  it('adds feeds, and none of this node’s own', async () => {
    const values = { address: 'https://ngo.example/feed', title: 'NGO', language: 'en', licence: undefined };
    for (const who of ['noOne', 'bruno', 'dalia'] as const)
      await expect(inNetwork(stage, who, (work) => addFeed(work, values))).rejects.toMatchObject({
        code: expect.stringMatching(/^not-/) as string,
      });
    const json = { ...values, licence: '' };
    expect((await stage.as('bruno', '/api/p/operator/hub/gathered', { json })).status).toBe(403);
    for (const address of [`${stage.site.url}/feeds/operator.atom`, 'file:///etc/passwd', 'https://a:b@ngo.example/'])
      expect((await stage.as('edu', '/api/p/operator/hub/gathered', { json: { ...json, address } })).status).toBe(422);
  });
});

describe('each form is read with its credit, licence and way back', () => {
  it('RSS', async () => {
    const feed = await follow(
      rss(
        `<item><title>Vaccins &amp; &lt;b&gt;froid&lt;/b&gt;</title><link>https://ngo.example/a?utm_source=rss</link><guid>1</guid>
         <pubDate>Mon, 16 Feb 2026 10:00:00 GMT</pubDate><description><![CDATA[<p>Un</p><script>alert(1)</script><p>Deux <a href="javascript:x">ici</a></p>]]></description></item>`,
      ),
      'CC-BY-4.0',
    );
    expect(await gather(feed)).toMatchObject([
      {
        kind: 'news',
        title: 'Vaccins & froid',
        body: 'Un\n\nDeux ici',
        link: 'https://ngo.example/a',
        licence: 'CC-BY-4.0',
        language: 'fr',
        publishedAt: new Date('2026-02-16T10:00:00Z'),
      },
    ]);
    const list = (await stage.as('noOne', '/p/operator/hub')).text;
    expect(list).toContain('Vaccins &amp; froid');
    expect(list).not.toContain('alert(1)');
    const atom = (await stage.as('noOne', '/feeds/operator.atom')).text;
    expect(atom).toContain('<source><id>');
    expect(atom).toContain('<link rel="alternate" href="https://ngo.example/a"/>');
  });

  it('Atom', async () => {
    const feed = await follow(
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><id>f</id><title>t</title><updated>2026-02-01T00:00:00Z</updated>
       <entry xml:lang="ar"><id>urn:1</id><title type="html">خبر &lt;i&gt;جديد&lt;/i&gt;</title><updated>2026-02-02T00:00:00Z</updated><link href="/b"/>
       <author><name>Laila</name></author><link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/><content type="html">نص</content></entry></feed>`,
    );
    expect(await gather(feed)).toMatchObject([
      {
        title: 'خبر جديد',
        language: 'ar',
        authors: ['Laila'],
        link: `${base}/b`,
        licence: 'https://creativecommons.org/licenses/by/4.0/',
      },
    ]);
  });

  it('JSON Feed, compressed', async () => {
    const items = [
      { id: '1', url: 'https://ngo.example/json', title: 'J', content_html: '<p>x</p>', authors: [{ name: 'A' }] },
    ];
    const body = JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 't', items });
    const feed = await follow(give('application/feed+json', gzipSync(body), { 'content-encoding': 'gzip' }));
    expect(await gather(feed)).toMatchObject([{ title: 'J', body: 'x', authors: ['A'] }]);
  });

  it('iCalendar; what stands in a zone that nobody keeps is left out', async () => {
    const event = (uid: string, start: string) =>
      `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\n${start}\r\nDURATION:PT1H\r\nSUMMARY:${uid}\r\nEND:VEVENT\r\n`;
    const feed = await follow(
      give(
        'text/calendar',
        `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n${event('real', 'DTSTART;TZID=Africa/Nairobi:20260616T143000')}${event('invented', 'DTSTART;TZID=Mars/Olympus:20260616T143000')}END:VCALENDAR\r\n`,
      ),
    );
    expect(await gather(feed)).toMatchObject([
      {
        kind: 'event',
        title: 'real',
        time: { localStart: '2026-06-16T14:30', timeZone: 'Africa/Nairobi', minutes: 60 },
      },
    ]);
  });

  it('an OAI-PMH repository, over all its parts, and without what it deleted', async () => {
    const metadata = (id: number) =>
      [
        '<metadata><oai_dc:dc xmlns:oai_dc="o" xmlns:dc="d">',
        `<dc:title>Report ${id}</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator>`,
        `<dc:identifier>https://library.example/${id}</dc:identifier>`,
        '<dc:rights>CC BY</dc:rights><dc:language>en</dc:language>',
        '</oai_dc:dc></metadata>',
      ].join('');
    const record = (id: number, over = '') => {
      const header = `<header${over}><identifier>oai:x:${id}</identifier></header>`;
      return `<record>${header}${over ? '' : metadata(id)}</record>`;
    };
    const envelope = (inner: string) =>
      `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">${inner}</OAI-PMH>`;
    const feed = await follow((request, response) => {
      const search = new URL(request.url ?? '', base).searchParams;
      const body = search.has('resumptionToken')
        ? `<ListRecords>${record(3)}<resumptionToken/></ListRecords>`
        : search.get('verb') === 'ListRecords'
          ? `<ListRecords>${record(1)}${record(2, ' status="deleted"')}<resumptionToken>next&amp;1</resumptionToken></ListRecords>`
          : '<error code="badVerb"/>';
      response.writeHead(200, { 'content-type': 'text/xml' }).end(envelope(body));
    });
    const items = await gather(feed);
    expect(items.map(({ title }) => title).toSorted()).toEqual(['Report 1', 'Report 3']);
    expect(items[0]).toMatchObject({ kind: 'resource', authors: ['A', 'B'], licence: 'CC BY', language: 'en' });
    expect(asked.map(({ url }) => new URL(url ?? '', base).searchParams.get('resumptionToken'))).toContain('next&1');
    await gather(feed);
    expect(asked.some(({ url }) => url?.includes('from=2026-03-01'))).toBe(true);
  });
});

describe('read again', () => {
  const one = (title: string, link = 'https://ngo.example/again') =>
    rss(`<item><title>${title}</title><link>${link}</link><pubDate>Mon, 16 Feb 2026 10:00:00 GMT</pubDate></item>`);

  it('brings nothing twice, changes what changed, and asks politely', async () => {
    let body = one('Before');
    const feed = await follow((request, response) => {
      if (request.headers['if-none-match'] === `"${body.length}"`) return void response.writeHead(304).end();
      response.writeHead(200, { 'content-type': 'application/rss+xml', etag: `"${body.length}"` }).end(body);
    });
    const [first] = await gather(feed);
    expect((await gather(feed)).map(({ revision }) => revision)).toEqual([1]);
    expect(asked.at(-1)?.headers['if-none-match']).toBe(`"${body.length}"`);
    body = one('Afterwards');
    expect(await gather(feed)).toMatchObject([{ id: first?.id, title: 'Afterwards', revision: 2 }]);
  });

  it('the same link from two feeds stands once, and what was withdrawn here does not come back', async () => {
    const link = 'https://www.ngo.example/shared/?utm_campaign=x';
    const first = await follow(one('Shared', link));
    const second = await follow(one('Shared elsewhere', 'https://ngo.example/shared'));
    const [item] = await gather(first);
    expect(await gather(second)).toEqual([]);
    await inNetwork(stage, 'edu', (work) => decideItem(work, item?.id ?? '', 1, 'withdraw'));
    expect([...(await gather(first)), ...(await gather(second))]).toEqual([]);
  });

  it('our own words do not come home', async () => {
    const id = await inNetwork(stage, 'edu', (work) =>
      tell(work, {
        kind: 'news',
        language: 'en',
        title: 'Ours',
        body: '',
        link: undefined,
        licence: undefined,
        authors: [],
        space: undefined,
        time: undefined,
      }),
    );
    const feed = await follow(one('Ours', `${stage.site.url}/p/operator/hub/${id}`));
    expect(await gather(feed)).toEqual([]);
  });

  it('what says that it comes from the future stands at the hour it was read', async () => {
    const feed = await follow(one('Tomorrow', 'https://ngo.example/t').replace('2026', '2099'));
    expect((await gather(feed))[0]?.publishedAt).toEqual(stage.clock.now());
  });
});

describe('a feed that', () => {
  const endless: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    const chunk = Buffer.alloc(64_000, 32);
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour).on('error', () => {});
    pour();
  };
  const to =
    (location: string): Answer =>
    (_request, response) =>
      void response.writeHead(302, { location }).end();
  const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>${rss('<item><title>&b;</title></item>')}`;

  test.each<[string, () => Answer, string]>([
    ['is hundreds of megabytes', () => endless, 'too-large'],
    [
      'unpacks to gigabytes',
      () => give('application/xml', gzipSync(Buffer.alloc(50_000_000, 32)), { 'content-encoding': 'gzip' }),
      'too-large',
    ],
    ['leads into the local network', () => to('http://169.254.169.254/latest/meta-data/'), 'local-network'],
    ['leads to this machine by number', () => to('http://127.0.0.1:22/'), 'local-network'],
    ['leads to this node', () => to(`${stage.site.url}/feeds/operator.atom`), 'to-itself'],
    ['leads to a file', () => to('file:///etc/passwd'), 'address'],
    ['leads to itself', () => (request, response) => to(request.url ?? '')(request, response), 'redirects'],
    ['defines entities', () => give('application/xml', bomb), 'unreadable'],
    ['is a web page', () => give('text/html', '<!doctype html><title>x</title>'), 'unreadable'],
    ['is nested without end', () => give('application/json', '{"a":'.repeat(200_000)), 'unreadable'],
    ['is nothing', () => give('text/plain', ''), 'unreadable'],
    ['is gone', () => (_request, response) => void response.writeHead(410).end(), 'gone'],
    ['fails', () => (_request, response) => void response.writeHead(503).end(), 'server'],
    ['breaks off', () => (request) => void request.socket.destroy(), 'unreachable'],
  ])('%s is left with the reason, keeps what was there, and is asked less often', async (_name, answer, code) => {
    const feed = await follow(answer());
    expect(await gather(feed)).toEqual([]);
    const state = await stateOf(feed);
    expect(state).toMatchObject({ failure: code, failures: 1, readAt: undefined });
    await gather(feed);
    const pause = (state: Awaited<ReturnType<typeof stateOf>>) => Number(state?.nextAt) - Number(stage.clock.now());
    expect(pause(await stateOf(feed))).toBe(2 * pause(state));
    expect((await stage.as('edu', '/p/operator/hub/gathered')).text).toContain('Next attempt');
  });

  it('is mended is read as before', async () => {
    const feed = await follow((_request, response) => void response.writeHead(500).end());
    await gather(feed);
    answers.set(`/feed-${names}`, give('application/rss+xml', rss('<item><title>Back</title><guid>9</guid></item>')));
    expect(await gather(feed)).toHaveLength(1);
    expect(await stateOf(feed)).toMatchObject({ failure: undefined, failures: 0 });
  });

  it('asks for a pause gets it', async () => {
    const feed = await follow((_request, response) => void response.writeHead(429, { 'retry-after': '36000' }).end());
    await gather(feed);
    expect(Number((await stateOf(feed))?.nextAt) - Number(stage.clock.now())).toBe(36_000_000);
  });
});

describe('text of others', () => {
  test.each([
    ['<script>alert(1)</script>ok', 'ok'],
    ['<img src=x onerror=alert(1)>ok', 'ok'],
    ['a<style>b{}</style><iframe src=x>c</iframe>', 'a'],
    ['a\u202Eb\u0000c', 'abc'],
    ['<ul><li>one<li>two</ul>', '* one\n* two'],
    ['1 &lt; 2 &amp;amp;', '1 < 2 &amp;'],
  ])('%s becomes %s', (html, text) => expect(plainText(html).replace(/^ ?\* /, '* ')).toBe(text));

  test('in another encoding is read as it was meant', () => {
    const bytes = Buffer.from(
      rss('<item><title>Santé</title><guid>1</guid></item>').replace('"1.0"', '"1.0" encoding="ISO-8859-1"'),
      'latin1',
    );
    expect(readFeed(bytes, 'text/xml', 'fr').entries[0]?.title).toBe('Santé');
  });
});
