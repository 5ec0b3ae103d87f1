import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newAccountId, newPartyId, type Did } from '../ids.ts';
import { problem } from '../problem.ts';
import { Button, Form, TextField } from '../ui/forms.tsx';
import type { Role } from '../ui/view.ts';
import { openTestHouse, type TestHouse } from '../../test/support/house.ts';
import { openTestSite, type TestSite } from '../../test/support/site.ts';
import { nobody, type Doorkeeper, type Identity, type PartyFacts } from './caller.ts';
import { cookieNamesOf } from './cookies.ts';
import { makeCsrfToken } from './csrf.ts';
import { raw, read, receive, write, type Endpoint } from './endpoint.ts';
import { defaultRates } from './rate-limit.ts';

const north: PartyFacts = {
  id: newPartyId(),
  did: 'did:web:localhost' as Did,
  slug: 'north',
  name: 'Ministry of Health of North',
};
const coast: PartyFacts = {
  id: newPartyId(),
  did: 'did:web:localhost:p:coast' as Did,
  slug: 'coast',
  name: 'Coast District',
};

function person(name: string, party: PartyFacts, roles: readonly Role[], credential: Identity['credential']): Identity {
  const account = { id: newAccountId(), email: `${name}@example.org`, name };
  return { viewer: { account, party, roles: new Set(roles) }, credential, party };
}

const session = (token: string) => ({ kind: 'session', id: `session-${token}`, token }) as const;
const people = new Map<string, Identity>([
  ['amina', person('Amina', north, ['officer'], session('amina'))],
  ['dalia', person('Dalia', coast, ['reporter'], session('dalia'))],
  ['rcp_write', person('Amina', north, ['officer'], { kind: 'bearer', id: 'token-1', readOnly: false })],
  ['rcp_read', person('Amina', north, ['officer'], { kind: 'bearer', id: 'token-2', readOnly: true })],
]);

// The pipeline's view of people, in a table: accounts and sessions have tests of their own.
const door: Doorkeeper = {
  identify: async ({ session: token, bearer }) => people.get(token ?? bearer ?? '') ?? nobody,
  findParty: async (slug) => [north, coast].find((party) => party.slug === slug),
  nodeName: async () => 'North',
};

const note = z.object({ id: z.string(), title: z.string(), count: z.number() });
const notes = new Map([['1', { id: '1', title: 'First', count: 3, secret: 'never shown' }]]);
const slow = Promise.withResolvers<void>();
const slowBegun = Promise.withResolvers<void>();
const streamEnds: string[] = [];

function Undrawable(): never {
  throw new Error('the password of the database is hunter2');
}

const endpoints: readonly Endpoint[] = [
  read({
    path: '/notes',
    summary: 'All notes.',
    for: 'anyone',
    query: z.object({ minimum: z.int().min(0).optional() }),
    answer: z.object({ notes: z.array(note) }),
    handle: async (_reading, { query }) => ({
      notes: [...notes.values()].filter(({ count }) => count >= (query.minimum ?? 0)),
    }),
    page: (answer) => ({
      title: 'Notes',
      body: (
        <ul>
          {answer.notes.map(({ title }) => (
            <li>{title}</li>
          ))}
        </ul>
      ),
    }),
  }),
  read({
    path: '/notes/:id',
    summary: 'One note.',
    for: 'anyone',
    params: z.object({ id: z.string().regex(/^\d+$/) }),
    answer: note,
    handle: async (_reading, { params }) => {
      const found = notes.get(params.id);
      if (!found) throw problem.notFound({ what: 'note' });
      return found;
    },
    page: ({ title, count }) => ({ title, body: <p>{count}</p> }),
  }),
  write({
    path: '/notes',
    summary: 'Adds a note.',
    for: { role: ['officer'] },
    body: z.object({
      title: z.string().trim().min(1).max(40),
      count: z.int().min(0),
      tags: z.array(z.string()).max(3),
      urgent: z.boolean(),
      password: z.string().optional(),
      place: z.object({ code: z.string() }).optional(),
    }),
    answer: note,
    handle: async (work, { body }) => {
      if (body.title === 'taken') throw problem.conflict({ what: 'note' });
      if (body.title === 'boom') throw new Error('the password of the database is hunter2');
      await work.tx.audit('note.added', { tags: body.tags, urgent: body.urgent, place: body.place?.code });
      const added = { id: String(notes.size + 1), title: body.title, count: body.count, secret: 'never shown' };
      notes.set(added.id, added);
      return added;
    },
    then: ({ id }) => `/notes/${id}`,
    form: ({ form }, view) => ({
      title: 'New note',
      body: (
        <Form view={view} action="/notes" form={form}>
          <TextField view={view} form={form} name="title" label="Title" />
          <TextField view={view} form={form} name="count" label="Count" />
          <TextField view={view} form={form} name="password" label="Password" type="password" />
          <Button>Save</Button>
        </Form>
      ),
    }),
  }),
  write({
    path: '/plain',
    summary: 'A form without a page of its own.',
    for: 'signed-in',
    body: z.object({ text: z.string().max(10), password: z.string().optional() }),
    answer: z.object({}),
    handle: async () => ({}),
    then: () => 'https://evil.example/',
  }),
  read({
    path: '/p/:party/desk',
    summary: 'A party’s own desk.',
    for: 'signed-in',
    answer: z.object({ party: z.string() }),
    handle: async ({ party }) => ({ party: party?.slug ?? '' }),
  }),
  write({
    path: '/slow',
    summary: 'Takes longer than it may.',
    for: 'anyone',
    timeoutMs: 150,
    body: z.object({ how: z.enum(['database', 'elsewhere']) }),
    answer: z.object({}),
    handle: async ({ tx }, { body }) => {
      await tx.audit('slow.begun');
      if (body.how === 'database') await sql`select pg_sleep(20)`.execute(tx.db);
      else await new Promise(() => {});
      return {};
    },
    then: () => '/notes',
  }),
  read({
    path: '/held',
    summary: 'Answers when the test lets it.',
    for: 'anyone',
    answer: z.object({}),
    handle: async () => {
      slowBegun.resolve();
      await slow.promise;
      return {};
    },
  }),
  write({
    path: '/at-commit',
    summary: 'Fails when it is committed.',
    for: 'anyone',
    body: z.object({}),
    answer: z.object({}),
    handle: async ({ tx }) => {
      await sql`insert into late_rows (parent) values (77)`.execute(tx.db);
      return {};
    },
    then: () => '/notes',
  }),
  write({
    path: '/files',
    summary: 'Takes a file.',
    for: { role: ['officer'] },
    body: z.object({ kind: z.string().min(1) }),
    files: { report: { limitBytes: 200_000 } },
    answer: z.object({ name: z.string(), size: z.number(), sha256: z.string(), kind: z.string() }),
    handle: async (_work, { body, files }) => {
      const { report } = files;
      return {
        name: report?.fileName ?? '',
        size: report?.sizeBytes ?? 0,
        sha256: report?.sha256 ?? '',
        kind: body.kind,
      };
    },
    then: () => '/notes',
  }),
  raw({
    path: '/export.csv',
    summary: 'Many rows.',
    for: 'anyone',
    query: z.object({ fail: z.boolean().optional() }),
    contentTypes: ['text/csv'],
    handle: async ({ reader }, { query }) => ({
      contentType: 'text/csv; charset=utf-8',
      fileName: 'Données "1".csv',
      body: (async function* rows() {
        try {
          for (let page = 0; page < 40; page++) {
            if (query.fail && page === 20) throw new Error('the disk is gone');
            const { rows } = await sql<{
              n: number;
            }>`select n::int from generate_series(${page * 1000 + 1}::int, ${page * 1000 + 1000}::int) n`.execute(
              reader,
            );
            yield `${rows.map(({ n }) => n).join('\n')}\n`;
          }
        } finally {
          streamEnds.push(query.fail ? 'failed' : 'ended');
        }
      })(),
    }),
  }),
  raw({
    path: '/tile/:n',
    summary: 'Bytes that never change.',
    for: 'anyone',
    params: z.object({ n: z.string() }),
    contentTypes: ['application/octet-stream'],
    handle: async () => ({
      contentType: 'application/octet-stream',
      body: new Uint8Array([1, 2, 3]),
      cache: 'immutable',
    }),
  }),
  receive({
    path: '/inbox',
    summary: 'What another node sends.',
    accepts: ['application/jose'],
    contentTypes: ['text/plain'],
    bodyLimitBytes: 1000,
    handle: async ({ tx, viewer }, { bytes, url }) => {
      const by = 'system' in tx.actor ? tx.actor.system : 'a person';
      return {
        contentType: 'text/plain',
        body: `${by} ${viewer.account?.name ?? 'nobody'} ${bytes.length} ${new URL(url).pathname}`,
      };
    },
  }),
  read({
    path: '/undrawable',
    summary: 'Its page fails.',
    for: 'anyone',
    answer: z.object({}),
    handle: async () => ({}),
    page: () => ({ title: 'x', body: <Undrawable /> }),
  }),
  write({
    path: '/undrawable-form',
    summary: 'Its page fails when it should say what was wrong.',
    for: 'anyone',
    body: z.object({ title: z.string() }),
    answer: z.object({}),
    handle: async () => ({}),
    then: () => '/',
    form: () => ({ title: 'x', body: <Undrawable /> }),
  }),
  read({
    path: '/broken',
    summary: 'Does not keep its declaration.',
    for: 'anyone',
    answer: z.object({ n: z.number() }),
    handle: async () => ({ n: Number.NaN }),
  }),
];

let house: TestHouse;
let site: TestSite;
let cookieName: string;

beforeAll(async () => {
  house = await openTestHouse();
  // As the owner of the database; only transactions step down to reciproca_app.
  await house.house.database.pool.query(`create table late_parents (id integer primary key);
    create table late_rows (parent integer references late_parents deferrable initially deferred)`);
  site = await openTestSite(house, { endpoints, door, rates: generous });
  cookieName = cookieNamesOf(site.url).session;
});

afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

const many = { burst: 10_000, perMinute: 10_000 };
const generous = {
  read: many,
  write: many,
  'sign-in': many,
  'sign-in-options': many,
  upload: many,
  unnamed: many,
  federation: many,
};

const cookieOf = (token: string) => ({ cookie: `${cookieName}=${token}` });
const here = { 'sec-fetch-site': 'same-origin' };
const amina = () => ({ ...cookieOf('amina'), ...here });
const tokenOf = (name: string) => makeCsrfToken(name);
const countAudit = async (action: string): Promise<number> =>
  (
    await house.house.database.pool.query<{ n: number }>('select count(*)::int n from audit where action = $1', [
      action,
    ])
  ).rows[0]?.n ?? -1;

describe('who may enter', () => {
  test('a visitor who is signed out is led to sign in, and a program is told', async () => {
    const page = await site.send('/p/coast/desk?x=1', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(404); // no page is declared there, only its JSON
    const api = await site.send('/api/p/coast/desk');
    expect([api.status, api.headers['www-authenticate']]).toEqual([401, 'Bearer realm="reciproca"']);
    expect(api.headers['content-type']).toBe('application/problem+json');
  });

  test('a role that is not held is refused, and nothing is done', async () => {
    const before = await countAudit('note.added');
    const answer = await site.send('/notes', {
      headers: { ...cookieOf('dalia'), ...here },
      form: { csrf: tokenOf('dalia'), title: 'Mine', count: '1' },
    });
    expect([answer.status, await countAudit('note.added')]).toEqual([403, before]);
  });

  test('a party’s path is closed to those who work for another', async () => {
    const own = await site.send('/api/p/coast/desk', { headers: cookieOf('dalia') });
    expect([own.status, own.json()]).toEqual([200, { party: 'coast' }]);
    expect((await site.send('/api/p/coast/desk', { headers: cookieOf('amina') })).status).toBe(403);
    expect((await site.send('/api/p/nowhere/desk', { headers: cookieOf('amina') })).status).toBe(404);
  });

  test('a bearer token that identifies nobody is refused even where anyone may read', async () => {
    for (const authorization of ['Bearer rcp_unknown', 'Basic YTpi', 'Bearer'])
      expect((await site.send('/api/notes', { headers: { authorization } })).status).toBe(401);
  });

  test('a read-only token reads and does not write', async () => {
    const headers = { authorization: 'Bearer rcp_read' };
    expect((await site.send('/api/notes', { headers })).status).toBe(200);
    const refused = await site.send('/api/notes', { headers, json: { title: 'x', count: 1, tags: [], urgent: false } });
    expect([refused.status, refused.json()]).toMatchObject([
      403,
      { code: 'not-allowed', details: { needs: 'write-token' } },
    ]);
  });
});

describe('forgery', () => {
  const form = (extra = {}) => ({ title: 'Forged', count: '1', ...extra });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another name of the same site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'http://localhost:1' }],
    ['a hidden origin', { origin: 'null' }],
    ['a page elsewhere', { referer: 'https://evil.example/' }],
  ])('a form sent by %s is refused even with a good token', async (_from, headers) => {
    const answer = await site.send('/notes', {
      headers: { ...cookieOf('amina'), ...headers },
      form: form({ csrf: tokenOf('amina') }),
    });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('name="title"');
  });

  test.each([
    ['no token', undefined],
    ['another session’s token', 'dalia'],
  ])('a form with %s is refused, and may be sent again from our own page', async (_what, owner) => {
    const before = notes.size;
    const answer = await site.send('/notes', {
      headers: amina(),
      form: form({ password: 'secret words', ...(owner ? { csrf: tokenOf(owner) } : {}) }),
    });
    expect([answer.status, notes.size]).toEqual([403, before]);
    expect(answer.text).toContain('value="Forged"');
    expect(answer.text).not.toContain('secret words');
  });

  test('without any sign of where it comes from, a form without the token gets nothing back', async () => {
    const answer = await site.send('/notes', { headers: cookieOf('amina'), form: form() });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('Forged');
  });

  test('a script with a cookie needs the token; a bearer token needs none', async () => {
    const json = { title: 'By API', count: 2, tags: [], urgent: false };
    expect((await site.send('/api/notes', { headers: amina(), json })).status).toBe(403);
    expect(
      (await site.send('/api/notes', { headers: { ...amina(), 'x-csrf-token': tokenOf('amina') }, json })).status,
    ).toBe(200);
    const bearer = { authorization: 'Bearer rcp_write', 'sec-fetch-site': 'cross-site' };
    expect((await site.send('/api/notes', { headers: bearer, json })).status).toBe(200);
  });
});

describe('what is sent', () => {
  const bearer = { authorization: 'Bearer rcp_write' };
  const post = (body: string | Uint8Array, type = 'application/json') =>
    site.send('/api/notes', { headers: { ...bearer, 'content-type': type }, body });

  test.each([
    ['a key twice', '{"title":"a","title":"b"}', 400],
    ['half a document', '{"title":', 400],
    ['U+0000', '{"title":"a\\u0000","count":1,"tags":[],"urgent":false}', 400],
    ['a list', '[]', 422],
    ['more than the limit', JSON.stringify({ title: 'x'.repeat(70_000) }), 413],
  ])('JSON with %s is refused', async (_what, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test('a form is not taken where JSON is meant, nor JSON where a form is meant', async () => {
    expect((await post('title=a', 'application/x-www-form-urlencoded')).status).toBe(415);
    const answer = await site.send('/notes', { headers: { ...amina(), 'x-csrf-token': tokenOf('amina') }, json: {} });
    expect(answer.status).toBe(415);
  });

  test('bytes that are not UTF-8, and compressed bodies, are refused', async () => {
    const latin1 = Buffer.from('title=Caf\xe9', 'latin1');
    const headers = { ...amina(), 'content-type': 'application/x-www-form-urlencoded' };
    expect((await site.send('/notes', { headers, body: latin1 })).status).toBe(400);
    expect(
      (
        await site.send('/api/notes', {
          headers: { ...bearer, 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: '{}',
        })
      ).status,
    ).toBe(415);
  });

  test('each wrong field is named, in the reader’s language, with a code that does not change', async () => {
    const answer = await site.send('/api/notes', {
      headers: { ...bearer, 'accept-language': 'fr-CA, en;q=0.5' },
      json: { title: '', count: -1.5, tags: ['a', 'b', 'c', 'd'], urgent: 'no', colour: 'red' },
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([422, 'application/problem+json']);
    expect(answer.json()).toMatchObject({
      type: '/errors#input-invalid',
      code: 'input-invalid',
      status: 422,
      retryable: false,
      title: 'Certaines réponses sont à revoir.',
      details: {
        fields: [
          { path: 'title', code: 'required' },
          { path: 'count', code: 'not-a-whole-number', message: 'Saisissez un nombre entier.' },
          { path: 'tags', code: 'too-many' },
          { path: 'urgent', code: 'wrong-form' },
        ],
      },
    });
  });

  test('a refused form is shown again with everything typed except the password', async () => {
    const answer = await site.send('/notes', {
      headers: amina(),
      form: { csrf: tokenOf('amina'), title: '<b>“Fever”</b>', count: 'three', password: 'secret words' },
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('value="&lt;b&gt;“Fever”&lt;/b&gt;"');
    expect(answer.text).toContain('value="three"');
    expect(answer.text).toContain('aria-invalid="true"');
    expect(answer.text).not.toContain('secret words');
  });

  test('what an action refuses is said above the form', async () => {
    const answer = await site.send('/notes', {
      headers: amina(),
      form: { csrf: tokenOf('amina'), title: 'taken', count: '1' },
    });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('value="taken"');
    expect(answer.text).toContain('This is already there');
  });

  test('a form without a page of its own is refused with a way back', async () => {
    const answer = await site.send('/plain', {
      headers: { ...amina(), referer: `${site.url}/notes?page=2` },
      form: { csrf: tokenOf('amina'), text: 'much too long for this' },
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('<a href="/notes?page=2">');
  });

  test('when the session has ended, nothing typed is lost', async () => {
    const answer = await site.send('/plain', {
      headers: { ...cookieOf('ended'), ...here },
      form: { csrf: 'x', text: 'hello', password: 'p' },
    });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('name="text" value="hello"');
    expect(answer.text).not.toContain('name="password"');
  });

  test('one value is not chosen silently from two', async () => {
    const answer = await site.send('/notes', {
      headers: amina(),
      form: { csrf: tokenOf('amina'), title: ['a', 'b'], count: '1' },
    });
    expect(answer.status).toBe(422);
    expect((await site.send('/api/notes?minimum=1&minimum=2')).status).toBe(422);
  });

  test.each([
    ['a question', '/api/notes?minimun=1', undefined],
    ['a table', '/export.csv?minimun=1', undefined],
    ['a write', '/api/notes?minimun=1', { json: {}, headers: { authorization: 'Bearer rcp_write' } }],
  ])('%s with a parameter that is not known is refused by its name', async (_what, path, options) => {
    const answer = await site.send(path, options);
    expect([answer.status, answer.json()]).toMatchObject([
      422,
      { code: 'input-invalid', details: { fields: [{ path: 'minimun', code: 'unknown-field' }] } },
    ]);
  });

  test('a link to a page may carry what others have put behind it; it changes nothing', async () => {
    expect((await site.send('/notes?fbclid=1')).status).toBe(200);
    expect((await site.send('/notes?minimum=many')).status).toBe(422);
    expect((await site.send('/api/notes?minimum=1&lang=fr')).status).toBe(200);
  });
});

describe('what is answered', () => {
  test('the page and the JSON say the same, and no field that is not declared', async () => {
    const json = await site.send('/api/notes/1');
    const page = await site.send('/notes/1');
    expect(json.json()).toEqual({ id: '1', title: 'First', count: 3 });
    expect(page.text).toContain('<h1>First</h1>');
    expect(page.text + json.text).not.toContain('never shown');
  });

  test('a form is answered by the address of what it made', async () => {
    const answer = await site.send('/notes', {
      headers: amina(),
      form: {
        csrf: tokenOf('amina'),
        title: ' New ',
        count: '٤',
        tags: ['x', 'y'],
        urgent: 'on',
        'place.code': 'KE-01',
      },
    });
    expect(answer.status).toBe(303);
    const made = await site.send(`/api${answer.headers.location}`);
    expect(made.json()).toMatchObject({ title: 'New', count: 4 });
    const { rows } = await house.house.database.pool.query(
      `select details from audit where action = 'note.added' order by id desc limit 1`,
    );
    expect(rows[0]).toEqual({ details: { tags: ['x', 'y'], urgent: true, place: 'KE-01' } });
  });

  test('a browser is never led to another site', async () => {
    const answer = await site.send('/plain', { headers: amina(), form: { csrf: tokenOf('amina'), text: 'short' } });
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
  });

  test('an error nobody foresaw says nothing about itself and has a number', async () => {
    const answer = await site.send('/api/notes', {
      headers: { authorization: 'Bearer rcp_write' },
      json: { title: 'boom', count: 1, tags: [], urgent: false },
    });
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal', requestId: answer.headers['x-request-id'], details: {} });
    expect(answer.text).not.toContain('hunter2');
  });

  test('a page that cannot be drawn, and then its failure page either, still says nothing about itself', async () => {
    for (const path of ['/undrawable', '/undrawable-form']) {
      const answer = await site.send(path, path === '/undrawable' ? {} : { headers: here, form: {} });
      expect([path, answer.status, answer.headers['x-content-type-options']]).toEqual([path, 500, 'nosniff']);
      expect(answer.text).not.toContain('hunter2');
    }
  });

  test('an answer that breaks its declaration fails here, not at the reader', async () => {
    expect((await site.send('/api/broken')).status).toBe(500);
  });

  test('success is not said before COMMIT', async () => {
    const answer = await site.send('/at-commit', { headers: here, form: {} });
    expect(answer.status).toBe(500);
  });

  test.each(['database', 'elsewhere'])('a handler that waits too long for the %s is undone', async (how) => {
    const answer = await site.send('/api/slow', { headers: here, json: { how } });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(await countAudit('slow.begun')).toBe(0);
  });

  test('addresses that name nothing, and methods that are not offered', async () => {
    for (const path of ['/nowhere', '/api/nowhere', '/notes/abc', '/notes/99', '/api/notes/99', '/notes/%00'])
      expect([path, (await site.send(path)).status]).toEqual([path, 404]);
    const put = await site.send('/notes/1', { method: 'PUT', headers: here, json: {} });
    expect([put.status, put.headers.allow]).toEqual([405, 'GET, HEAD']);
    const options = await site.send('/notes', { method: 'OPTIONS' });
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, POST']);
  });

  test('HEAD has the headers and no body', async () => {
    const answer = await site.send('/notes', { method: 'HEAD' });
    expect([answer.status, answer.bytes.length, answer.headers['content-type']]).toEqual([
      200,
      0,
      'text/html; charset=utf-8',
    ]);
    const streamed = await site.send('/export.csv', { method: 'HEAD' });
    expect([streamed.status, streamed.bytes.length]).toEqual([200, 0]);
  });

  test('what has not changed is not sent twice to a visitor; what a person sees is stored nowhere', async () => {
    const first = await site.send('/api/notes/1');
    const etag = String(first.headers.etag);
    const second = await site.send('/api/notes/1', { headers: { 'if-none-match': etag } });
    expect([second.status, second.bytes.length, second.headers.etag]).toEqual([304, 0, etag]);
    const own = await site.send('/api/notes/1', { headers: { ...cookieOf('amina'), 'if-none-match': etag } });
    expect([own.status, own.headers['cache-control'], own.headers.etag]).toEqual([200, 'private, no-store', undefined]);
    expect((await site.send('/tile/1')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('pages are compressed as the browser can read them', async () => {
    const plain = (await site.send('/notes')).text;
    const br = await site.send('/notes', { headers: { 'accept-encoding': 'gzip, br' } });
    expect([br.headers['content-encoding'], brotliDecompressSync(br.bytes).toString()]).toEqual(['br', plain]);
    const gzip = await site.send('/notes', { headers: { 'accept-encoding': 'gzip, br;q=0' } });
    expect([gzip.headers['content-encoding'], gunzipSync(gzip.bytes).toString()]).toEqual(['gzip', plain]);
  });

  test('no script or style inside a page, nothing from elsewhere, no framing; over http no promise of https', async () => {
    const { headers } = await site.send('/nowhere');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers['strict-transport-security']).toBeUndefined();
    expect([headers['x-content-type-options'], headers['referrer-policy']]).toEqual(['nosniff', 'same-origin']);
  });

  test('a chosen language is remembered', async () => {
    const answer = await site.send('/notes?lang=ar');
    expect(answer.text).toContain('<html lang="ar" dir="rtl">');
    const cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    expect((await site.send('/notes', { headers: { cookie } })).headers['content-language']).toBe('ar');
  });
});

describe('streams', () => {
  test('a table of any length is read inside one transaction, which ends with it', async () => {
    const answer = await site.send('/export.csv');
    expect(answer.text.trimEnd().split('\n')).toHaveLength(40_000);
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="Donn_es _1_.csv"; filename*=UTF-8''Donn%C3%A9es%20%221%22.csv`,
    );
    const gzip = await site.send('/export.csv', { headers: { 'accept-encoding': 'gzip' } });
    expect(gunzipSync(gzip.bytes).toString()).toBe(answer.text);
  });

  test('a table that fails half-way is a failure, and no half of it is sent', async () => {
    streamEnds.length = 0;
    const answer = await site.send('/export.csv?fail=true');
    expect([answer.status, answer.headers['content-type']]).toEqual([500, 'application/problem+json']);
    expect(streamEnds).toEqual(['failed']);
  });

  test('any number of slow readers holds no connection to the database, and leaves no file', async () => {
    const sockets = Array.from({ length: 40 }, () => connect(site.server.port, '127.0.0.1'));
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.write(`GET /export.csv HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\n\r\n`);
            // The first bytes are here; nobody reads on.
            socket.once('data', () => {
              socket.pause();
              resolve();
            });
          }),
      ),
    );
    await expect.poll(() => house.house.database.pool.totalCount - house.house.database.pool.idleCount).toBe(0);
    expect((await site.send('/notes')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect(
      (await readdir(site.temporaryDirectory).catch(() => [])).filter((name) => name.startsWith('answer-')),
    ).toEqual([]);
  });

  test('a reader who goes away gives the transaction back', async () => {
    streamEnds.length = 0;
    await new Promise<void>((resolve) => {
      const socket = connect(site.server.port, '127.0.0.1', () =>
        socket.write(`GET /export.csv HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\n\r\n`),
      );
      socket.once('data', () => socket.destroy());
      socket.once('close', () => resolve());
    });
    await expect.poll(() => streamEnds).toEqual(['ended']);
    await expect.poll(async () => house.house.database.pool.totalCount - house.house.database.pool.idleCount).toBe(0);
  });
});

describe('uploads', () => {
  const boundary = 'x-reciproca';
  const part = (headers: string, body: string) => `--${boundary}\r\n${headers}\r\n\r\n${body}\r\n`;
  const field = (name: string, value: string) => part(`content-disposition: form-data; name="${name}"`, value);
  const file = (name: string, fileName: string, body: string) =>
    part(`content-disposition: form-data; name="${name}"; filename="${fileName}"\r\ncontent-type: text/csv`, body);
  const end = `--${boundary}--\r\n`;
  const upload = (body: string, headers: Record<string, string> = { authorization: 'Bearer rcp_write' }) =>
    site.send('/api/files', {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
      body,
    });
  const left = async () => readdir(site.temporaryDirectory).catch(() => []);

  test('a file is received whole, with its hash, and does not outlive the request', async () => {
    const content = 'period,place\n'.repeat(10_000);
    const answer = await upload(field('kind', 'weekly') + file('report', 'Été.csv', content) + end);
    expect([answer.status, answer.json()]).toEqual([
      200,
      {
        name: 'Été.csv',
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        kind: 'weekly',
      },
    ]);
    expect(await left()).toEqual([]);
  });

  test('a browser’s upload carries its token as a field', async () => {
    const body = field('csrf', tokenOf('amina')) + field('kind', 'weekly') + file('report', 'a.csv', 'x') + end;
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, ...amina() };
    expect((await site.send('/files', { headers, body })).status).toBe(303);
    const forged = field('csrf', tokenOf('dalia')) + field('kind', 'weekly') + file('report', 'a.csv', 'x') + end;
    expect((await site.send('/files', { headers, body: forged })).status).toBe(403);
    expect(await left()).toEqual([]);
  });

  test.each([
    ['larger than its limit', field('kind', 'w') + file('report', 'a.csv', 'x'.repeat(200_001)) + end, 413],
    ['missing', field('kind', 'w') + end, 422],
    ['left empty in the form', field('kind', 'w') + file('report', '', '') + end, 422],
    ['given twice', field('kind', 'w') + file('report', 'a', '1') + file('report', 'b', '2') + end, 422],
    ['cut off', field('kind', 'w') + file('report', 'a', '1'.repeat(5000)), 400],
    ['that nobody asked for, cut off', field('kind', 'w') + file('other', 'a', '1'.repeat(5000)), 400],
    ['beside a wrong field', field('kind', '') + file('report', 'a', '1') + end, 422],
    ['beside too much text', field('kind', 'x'.repeat(70_000)) + file('report', 'a', '1') + end, 413],
  ])('a file %s is refused and leaves nothing on the disk', async (_what, body, status) => {
    expect((await upload(body)).status).toBe(status);
    expect(await left()).toEqual([]);
  });

  test('somebody without the role is refused before a byte is stored', async () => {
    const answer = await upload(field('kind', 'w') + file('report', 'a', '1') + end, { ...cookieOf('dalia'), ...here });
    expect(answer.status).toBe(403);
    expect(await left()).toEqual([]);
  });

  test('a sender who stops half-way leaves nothing on the disk', async () => {
    const body = field('kind', 'w') + file('report', 'a', 'y'.repeat(50_000));
    const socket = connect(site.server.port, '127.0.0.1', () =>
      socket.write(
        `POST /api/files HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\nAuthorization: Bearer rcp_write\r\n` +
          `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: 150000\r\n\r\n${body}`,
      ),
    );
    await expect.poll(left).not.toEqual([]);
    socket.destroy();
    await expect.poll(left).toEqual([]);
  });
});

describe('addresses and other nodes', () => {
  test('a page asked for under another name moves to the public one; a write is refused', async () => {
    const moved = await site.send('/notes?minimum=1', { host: '127.0.0.1:9' });
    expect([moved.status, moved.headers.location]).toEqual([308, `${site.url}/notes?minimum=1`]);
    const refused = await site.send('/notes', {
      host: 'evil.example',
      headers: amina(),
      form: { csrf: tokenOf('amina') },
    });
    expect(refused.status).toBe(421);
  });

  test('what a node sends is nobody’s session, whatever cookie comes with it', async () => {
    const headers = { ...cookieOf('amina'), 'content-type': 'application/jose' };
    const answer = await site.send('/inbox', { headers, body: 'abc' });
    expect([answer.status, answer.text]).toEqual([200, 'federation nobody 3 /inbox']);
    expect((await site.send('/inbox', { headers, body: 'x'.repeat(1001) })).status).toBe(413);
    expect((await site.send('/inbox', { headers: { 'content-type': 'text/plain' }, body: 'x' })).status).toBe(415);
  });
});

test('who asks too often is told when to come back, and others are served', async () => {
  const rates = { ...defaultRates, read: { burst: 3, perMinute: 60 } };
  await using strict = await openTestSite(house, { endpoints, door, rates });
  const cookie = { cookie: `${cookieNamesOf(strict.url).session}=amina` };
  const answers = [];
  for (let turn = 0; turn < 4; turn++) answers.push(await strict.send('/api/notes'));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(answers[3]?.headers['retry-after']).toBe('1');
  expect((await strict.send('/api/notes', { headers: cookie })).status).toBe(200);
  house.clock.advance(1000);
  expect((await strict.send('/api/notes')).status).toBe(200);
});

test('a stop finishes what runs and takes nothing new', async () => {
  await using stopping = await openTestSite(house, { endpoints, door, rates: generous });
  const running = stopping.send('/api/held');
  await slowBegun.promise;
  const stopped = stopping.server.stop();
  await expect(stopping.send('/api/notes')).rejects.toThrow('ECONNREFUSED');
  slow.resolve();
  expect((await running).status).toBe(200);
  await stopped;
});
