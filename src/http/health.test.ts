import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, passwordOf, type Member, type Stage } from '../../test/support/cast.ts';
import { openTestSite } from '../../test/support/site.ts';
import { endpoints } from '../app.ts';
import { openDatabase, type Tx } from '../db/database.ts';
import { openDoor } from '../network/people/door.ts';
import type { Role } from '../ui/view.ts';
import { cookieNamesOf } from './cookies.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());

test('a node that answers, reaches its database and can write its log is well', async () => {
  const answer = await stage.site.send('/healthz', { host: '127.0.0.1:1' });
  expect([answer.status, answer.json()]).toEqual([200, { status: 'ok', database: 'ok', log: 'ok' }]);
});

test('a log that cannot be written is 503', async () => {
  await using own = await openStage();
  const log = path.join(own.dataDir, 'log');
  // A file where the directory should be: refused for root as well, whom permissions do not bind.
  await rm(log, { recursive: true, force: true });
  await writeFile(log, '');
  const answer = await own.site.send('/healthz');
  expect([answer.status, answer.json()]).toEqual([503, { status: 'failing', database: 'ok', log: 'not-writable' }]);
});

test('however many ask, the disk is written to once in five seconds', async () => {
  await using own = await openStage();
  expect((await own.site.send('/healthz')).status).toBe(200);
  const log = path.join(own.dataDir, 'log');
  await rm(log, { recursive: true, force: true });
  await writeFile(log, '');
  own.clock.advance(4_999);
  expect((await own.site.send('/healthz')).status).toBe(200);
  own.clock.advance(1);
  expect((await own.site.send('/healthz')).status).toBe(503);
});

test('a log that another process of this node has closed is read-only here as well', async () => {
  await using own = await openStage();
  await own.act(({ tx }) =>
    tx.db.updateTable('logs').set({ closed_reason: 'peer-holds-more' }).where('is_own', '=', true).execute(),
  );
  const answer = await own.site.send('/healthz');
  expect([answer.status, answer.json()]).toEqual([
    200,
    { status: 'read-only', log: 'closed', reason: 'peer-holds-more', database: 'ok' },
  ]);
});

test('without the database it is 503, and pages say so in words', async () => {
  const database = openDatabase({ host: path.join(stage.dataDir, 'no-server-here') }, stage.clock);
  const house = { ...stage.house, database };
  await using away = await openTestSite({ ...stage, house }, { endpoints, door: openDoor(house) });
  expect((await away.send('/healthz')).status).toBe(503);
  const cookie = `${cookieNamesOf(away.url).session}=whoever`;
  for (const headers of [{}, { cookie }]) {
    const page = await away.send('/agreements', { headers: { ...headers, 'accept-language': 'es' } });
    expect([page.status, page.headers['retry-after']]).toEqual([503, '5']);
    expect(page.text).toContain('La base de datos no responde');
    // And it still looks like a page.
    const sheet = /href="(\/style-[^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await away.send(sheet, { headers })).status).toBe(200);
  }
  await database.close();
});

test('numbers are for this machine and for tokens of the party that runs the node, not for others', async () => {
  const local = await stage.site.send('/metrics');
  expect(local.status).toBe(200);
  expect(local.text).toContain('# TYPE reciproca_request_seconds histogram');
  expect((await stage.site.send('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(403);
  const askFromFar = async (who: Member) => {
    const made = await stage.as(who, '/api/account/tokens', {
      json: { name: 'monitor', days: 1, readOnly: true, password: passwordOf(who) },
    });
    const { token } = made.json() as { token: string };
    const headers = { 'x-forwarded-for': '192.0.2.1', authorization: `Bearer ${token}` };
    return (await stage.site.send('/metrics', { headers })).status;
  };
  // Bruno observes for a party that is hosted here, Dalia administers one, Amina is an officer of the party that runs the node.
  await stage.act(({ tx }) => grant(tx, 'dalia', 'coast', 'administrator'));
  for (const who of ['bruno', 'dalia', 'amina'] as const) expect([who, await askFromFar(who)]).toEqual([who, 403]);
  expect(await askFromFar('fatou')).toBe(200);
  await stage.act(({ tx }) => grant(tx, 'amina', 'north', 'observer'));
  expect(await askFromFar('amina')).toBe(200);
});

function grant({ db }: Tx, who: Member, party: 'north' | 'coast', role: Role) {
  return db
    .updateTable('memberships')
    .set({ role })
    .where('account_id', '=', stage.accounts[who])
    .where('party_id', '=', stage.parties[party].id)
    .execute();
}

test('numbers count by declared path, so that no address with a token in it is kept', async () => {
  await stage.site.send('/invitations/a-secret-in-the-path');
  const { text } = await stage.site.send('/metrics');
  expect(text).toMatch(/reciproca_requests_total\{method="GET",route="\/invitations\/:token",status="410"\} \d+/);
  expect(text).not.toContain('a-secret-in-the-path');
  // Every line is a comment or a sample of the text format.
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{[^}]*\})? [0-9.e+-]+)$/);
});
