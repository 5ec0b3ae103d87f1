import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestHouse, type TestHouse } from '../../test/support/house.ts';
import { openDoor } from '../network/people/door.ts';
import { peopleRoutes } from '../network/people/routes.tsx';
import { chooseEncoding } from './answer.ts';
import { buildApplication } from './application.tsx';
import { cookieNamesOf, endSession, readCookies, setSession } from './cookies.ts';
import { isCsrfToken, makeCsrfToken } from './csrf.ts';
import { noAnswer, noFields, raw, read, write } from './endpoint.ts';
import { localPath } from './local-path.ts';
import { routesOf } from './routing.ts';
import { securityHeadersOf } from './security-headers.ts';
import { listen, type HttpServer } from './server.ts';

describe('cookies', () => {
  const [a, b, far] = ['http://localhost:4000', 'http://localhost:4001', 'https://health.example.org'].map(
    cookieNamesOf,
  ) as [ReturnType<typeof cookieNamesOf>, ReturnType<typeof cookieNamesOf>, ReturnType<typeof cookieNamesOf>];

  test('of two nodes on one machine have different names, because cookies ignore ports', () => {
    expect(a.session).not.toBe(b.session);
    expect(readCookies(b, `${a.session}=mine`).session).toBeUndefined();
  });

  test('are bound to the host and to https wherever there is https', () => {
    expect(setSession(far, 'token', new Date(0))).toMatch(
      /^__Host-reciproca-[0-9a-f]{8}=token; Path=\/; Expires=.+; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(setSession(a, 'token', new Date(0))).not.toMatch(/__Host-|Secure/);
    expect(endSession(far)).toContain('Max-Age=0');
  });
});

test('https is promised only where there is https', () => {
  const secure = securityHeadersOf('https://health.example.org');
  expect(secure['strict-transport-security']).toContain('max-age=31536000');
  expect(secure['content-security-policy']).toContain('upgrade-insecure-requests');
  expect(JSON.stringify(securityHeadersOf('http://a.localhost:4000'))).not.toMatch(/upgrade|strict-transport/);
});

describe('a form token', () => {
  test('is another one in each page, good for its session alone', () => {
    const [first, second] = [makeCsrfToken('session'), makeCsrfToken('session')];
    expect(first).not.toBe(second);
    expect([isCsrfToken(first, 'session'), isCsrfToken(second, 'session'), isCsrfToken(first, 'other')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each(['', 'x', makeCsrfToken('session').slice(0, -4), `${makeCsrfToken('session')}AAAA`, undefined, ['x']])(
    '%j is none',
    (token) => {
      expect(isCsrfToken(token, 'session')).toBe(false);
    },
  );
});

test.each([
  [null, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['BR', 'br'],
])('a client that accepts %j is answered in %j', (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding);
});

test.each([
  ['/agreements?x=1#y', '/agreements?x=1#y'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/a\nb', '/'],
  ['', '/'],
])('after %j the browser goes to %j', (given, expected) => {
  expect(localPath(given)).toBe(expected);
});

describe('declarations', () => {
  const page = (path: string, params = noFields) =>
    read({
      path,
      summary: 'x',
      for: 'anyone',
      params,
      answer: noAnswer,
      handle: async () => ({}),
      page: () => ({ title: '', body: <p /> }),
    });

  test('fixed paths are tried before named ones, whatever the order of declaration', () => {
    const named = raw({
      path: '/a/:id',
      summary: 'x',
      for: 'anyone',
      params: noFields.extend({ id: noAnswer }),
      contentTypes: [],
      handle: async () => ({ contentType: '', body: '' }),
    });
    const paths = routesOf([named, page('/a/new'), page('/')]).map(({ path }) => path);
    expect(paths.indexOf('/a/new')).toBeLessThan(paths.indexOf('/a/:id'));
  });

  test('that contradict each other stop the program', () => {
    expect(() => routesOf([page('/a'), page('/a')])).toThrow('two endpoints answer');
    expect(() => routesOf([page('/a/:id')])).toThrow('the path names id');
    expect(() => routesOf([page('a')])).toThrow('not a path');
    expect(() => routesOf([page('/api/a')])).toThrow('added by the pipeline');
    const both = {
      path: '/a',
      summary: 'x',
      for: 'anyone',
      body: noFields,
      answer: noAnswer,
      handle: async () => ({}),
    } as const;
    expect(() => write(both)).toThrow('either then or show');
  });
});

describe('a node under https, behind the proxy of its house', () => {
  let house: TestHouse;
  let server: HttpServer;
  beforeAll(async () => {
    house = await openTestHouse('https://health.example.org');
    server = await listen({ port: 0, host: '127.0.0.1' }, () =>
      buildApplication({
        house: house.house,
        endpoints: peopleRoutes,
        door: openDoor(house.house),
        publicUrl: 'https://health.example.org',
        temporaryDirectory: house.dataDir,
      }),
    );
  });
  afterAll(async () => {
    await server.stop(100);
    await house[Symbol.asyncDispose]();
  });

  const ask = (
    path: string,
    host: string,
    forwarded: string,
  ): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> =>
    new Promise((resolve, reject) => {
      const headers = { host, 'x-forwarded-for': forwarded };
      request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers }));
      })
        .on('error', reject)
        .end();
    });

  test('promises https, and leads other names to its own', async () => {
    const own = await ask('/sign-in', 'health.example.org', '192.0.2.7');
    expect([own.status, own.headers['strict-transport-security'] !== undefined]).toEqual([200, true]);
    const other = await ask('/sign-in?next=%2F', 'www.health.example.org', '192.0.2.7');
    expect([other.status, other.headers['location']]).toEqual([308, 'https://health.example.org/sign-in?next=%2F']);
  });

  test('counts each client by itself, not the proxy', async () => {
    const statuses = async (client: string) => (await ask('/invitations/x', 'health.example.org', client)).status;
    for (let turn = 0; turn < 60; turn++) expect(await statuses('192.0.2.7')).toBe(410);
    expect([await statuses('192.0.2.7'), await statuses('192.0.2.8')]).toEqual([429, 410]);
  });
});
