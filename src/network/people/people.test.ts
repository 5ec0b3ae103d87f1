import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthenticator } from '../../../test/support/authenticator.ts';
import {
  emailOf,
  members,
  openStage,
  passwordOf,
  stranger,
  type Member,
  type Stage,
} from '../../../test/support/cast.ts';
import { settableClock, type SettableClock } from '../../../test/support/house.ts';
import { becomeMember } from '../../../test/support/network.ts';
import type { TestAnswer } from '../../../test/support/site.ts';
import { cookieNamesOf } from '../../http/cookies.ts';
import { defaultRates } from '../../http/rate-limit.ts';
import { work as doWork } from '../../house.ts';
import type { ActId } from '../../ids.ts';
import { acceptInvitation, createFirstAdministrator, invite, inviteBack, inviteFirstAdministrator } from './actions.ts';
import { finishAssertion, startAssertion } from './passkeys.ts';
import { hashPassword, isOutdated, isPassword } from './password.ts';

const ascending = (a: number, b: number): number => a - b;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let stage: Stage;
let clock: SettableClock;

beforeAll(async () => {
  clock = settableClock();
  stage = await openStage({ clock });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const here = { 'sec-fetch-site': 'same-origin' };

function cookieOf(answer: TestAnswer): string {
  const name = cookieNamesOf(stage.site.url).session;
  return answer.headers['set-cookie']?.find((cookie) => cookie.startsWith(`${name}=`))?.split(';')[0] ?? '';
}

const post = (path: string, form: Record<string, string | string[]>, cookie = '') =>
  stage.site.send(path, { headers: { ...here, ...(cookie === '' ? {} : { cookie }) }, form });

const signIn = (who: Member, cookie = '') =>
  post('/sign-in', { email: emailOf(who), password: passwordOf(who) }, cookie);

/** Whether this cookie is somebody. */
async function whoIs(cookie: string): Promise<string | undefined> {
  const answer = await stage.site.send('/api/account', { headers: { cookie } });
  return answer.status === 200 ? (answer.json() as { name: string }).name : undefined;
}

async function csrfOf(cookie: string): Promise<string> {
  const page = await stage.site.send('/account/profile', { headers: { cookie } });
  return /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
}

async function postAs(cookie: string, path: string, form: Record<string, string | string[]>) {
  return post(path, { csrf: await csrfOf(cookie), ...form }, cookie);
}

const invitationFor = async (
  roles: readonly ('officer' | 'observer')[],
  party: 'north' | 'coast' | 'watch' = 'watch',
): Promise<string> => stage.act((work) => invite(work, stage.parties[party].id, { roles, note: '' }));

const newcomer = (email: string) => ({ name: 'Gita', email, password: 'a rather long password', language: 'fr' });

describe('signing in', () => {
  test('a wrong password and an unknown account are told in the same words', async () => {
    const wrong = await post('/sign-in', { email: emailOf('amina'), password: 'not hers at all' });
    const unknown = await post('/sign-in', { email: 'nobody@example.org', password: 'not hers at all' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const words = (answer: TestAnswer) => answer.text.replace(/value="[^"]*@example.org"/, '');
    expect(words(wrong)).toBe(words(unknown));
    expect(wrong.text).toContain(`value="${emailOf('amina')}"`);
    expect(wrong.text).not.toContain('not hers at all');
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });

  test('an unknown account costs the work of a known one', async () => {
    const stored = await hashPassword('some long password');
    const measure = async (hash: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        const start = performance.now();
        await isPassword('a guess', hash);
        times.push(performance.now() - start);
      }
      return times.sort(ascending)[0] ?? 0;
    };
    // Without the work it would be a thousand times faster, not twice.
    expect((await measure(undefined)) * 3).toBeGreaterThan(await measure(stored));
  });

  test('many addresses cannot guess at one account: it is counted by itself', async () => {
    const rates = { ...defaultRates, 'sign-in': { burst: 3, perMinute: 1 } };
    await using strict = await openStage({ site: { rates } });
    const attempt = (password: string) =>
      strict.site.send('/sign-in', { headers: here, form: { email: ` ${emailOf('amina').toUpperCase()} `, password } });
    const statuses = [];
    for (let turn = 0; turn < 3; turn++) statuses.push((await attempt('wrong')).status);
    const last = await attempt(passwordOf('amina'));
    expect([...statuses, last.status, last.headers['retry-after']]).toEqual([401, 401, 401, 429, '60']);
  });

  test('a form from another site cannot sign anybody in', async () => {
    const answer = await stage.site.send('/sign-in', {
      headers: { 'sec-fetch-site': 'cross-site' },
      form: { email: emailOf('amina'), password: passwordOf('amina') },
    });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('the cookie is out of reach of scripts and of other sites’ forms', async () => {
    const answer = await signIn('amina');
    expect(answer.status).toBe(303);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^reciproca-[0-9a-f]{8}=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  test('every sign-in is a new session, and the one this browser had before ends', async () => {
    const first = cookieOf(await signIn('amina'));
    const second = cookieOf(
      await postAs(first, '/sign-in', { email: emailOf('amina'), password: passwordOf('amina') }),
    );
    expect(second).not.toBe(first);
    expect([await whoIs(first), await whoIs(second)]).toEqual([undefined, 'Amina']);
  });

  test.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'nobody is led to %s after signing in',
    async (next) => {
      const answer = await post('/sign-in', { email: emailOf('amina'), password: passwordOf('amina'), next });
      expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    },
  );

  test('afterwards the person is where she wanted to be', async () => {
    const asked = await stage.site.send('/account?tab=1');
    expect([asked.status, asked.headers.location]).toEqual([303, '/sign-in?next=%2Faccount%3Ftab%3D1']);
    const answer = await post('/sign-in', {
      email: emailOf('amina'),
      password: passwordOf('amina'),
      next: '/account?tab=1',
    });
    expect(answer.headers.location).toBe('/account?tab=1');
  });

  test('signing out ends the session on the server, not only in the browser', async () => {
    const cookie = cookieOf(await signIn('amina'));
    await postAs(cookie, '/sign-out', {});
    expect(await whoIs(cookie)).toBeUndefined();
  });

  test('a day without a request ends a session; one request keeps it; two weeks end it in any case', async () => {
    await using own = await openStage();
    const ask = async () => (await own.as('amina', '/api/account')).status;
    own.clock.advance(dayMs - minuteMs);
    expect(await ask()).toBe(200);
    own.clock.advance(dayMs - minuteMs);
    expect(await ask()).toBe(200);
    own.clock.advance(dayMs + minuteMs);
    expect(await ask()).toBe(401);
    await using busy = await openStage();
    for (let half = 0; half < 28; half++) {
      busy.clock.advance(dayMs / 2 - 1);
      expect(await busy.as('amina', '/api/account').then(({ status }) => status)).toBe(200);
    }
    busy.clock.advance(dayMs / 2);
    expect(await busy.as('amina', '/api/account').then(({ status }) => status)).toBe(401);
  });

  test('of secrets only hashes are kept', async () => {
    await signIn('amina');
    const { pool } = stage.house.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    const token = stage.keysOf('amina').cookie.split('=')[1] ?? '';
    for (const { name } of tables) {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*)::int as n from "${name}" t where t::text like '%' || $1 || '%' or t::text like '%' || $2 || '%' or t::text like '%' || $3 || '%'`,
        [token, Buffer.from(token).toString('hex'), passwordOf('amina')],
      );
      expect([name, rows[0]?.n]).toEqual([name, 0]);
    }
  });
});

describe('passwords', () => {
  test('are compared whole, also in length and case, and however they are composed', async () => {
    const hash = await hashPassword('café au lait, mon amour');
    expect(await isPassword('cafe\u0301 au lait, mon amour', hash)).toBe(true);
    for (const wrong of ['Café au lait, mon amour', 'café au lait, mon amour ', 'café au lait, mon amou', ''])
      expect(await isPassword(wrong, hash)).toBe(false);
    expect(isOutdated(hash)).toBe(false);
    expect(isOutdated(hash.replace('m=19456', 'm=4096'))).toBe(true);
  });

  test.each([
    ['without the present one', { current: 'not it', password: 'a new long password' }, 'current'],
    ['for one that is too short', { current: passwordOf('edu'), password: 'too short' }, 'password'],
    ['for the e-mail address', { current: passwordOf('edu'), password: 'EDU@example.org' }, 'password'],
  ])('are not changed %s', async (_why, form, field) => {
    const answer = await stage.as('edu', '/account/password', { form });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`href="#f-${field}"`);
    expect((await signIn('edu')).status).toBe(303);
  });

  test('when changed, end every other session and renew this one', async () => {
    await using own = await openStage();
    const other = cookieOfStage(
      own,
      await own.site.send('/sign-in', { headers: here, form: { email: emailOf('edu'), password: passwordOf('edu') } }),
    );
    const password = 'another long password';
    const answer = await own.as('edu', '/account/password', { form: { current: passwordOf('edu'), password } });
    expect(answer.status).toBe(303);
    const renewed = cookieOfStage(own, answer);
    const status = async (cookie: string) => (await own.site.send('/api/account', { headers: { cookie } })).status;
    expect([await status(other), await status(own.keysOf('edu').cookie), await status(renewed)]).toEqual([
      401, 401, 200,
    ]);
    const again = (given: string) =>
      own.site.send('/sign-in', { headers: here, form: { email: emailOf('edu'), password: given } });
    expect([(await again(passwordOf('edu'))).status, (await again(password)).status]).toEqual([401, 303]);
  });
});

function cookieOfStage(own: Stage, answer: TestAnswer): string {
  const name = cookieNamesOf(own.site.url).session;
  return answer.headers['set-cookie']?.find((cookie) => cookie.startsWith(`${name}=`))?.split(';')[0] ?? '';
}

describe('invitations', () => {
  test('one that never was, was taken back or has expired lets nobody in', async () => {
    const revoked = await stage.as('fatou', '/api/people/invitations', {
      json: { roles: ['observer'], note: 'for Gita' },
    });
    const { link } = revoked.json() as { link: string };
    const { invitations } = (await stage.as('fatou', '/api/people')).json() as { invitations: { id: string }[] };
    expect(invitations).toHaveLength(1);
    await stage.as('fatou', `/people/invitations/${invitations[0]?.id}/revoke`, { form: {} });
    await using own = await openStage();
    const expired = await own.act((work) => invite(work, own.parties.north.id, { roles: ['observer'], note: '' }));
    own.clock.advance(7 * dayMs);
    for (const [site, path] of [
      [stage.site, '/invitations/never-was'],
      [stage.site, new URL(link).pathname],
      [own.site, expired],
    ] as const) {
      expect((await site.send(path)).status).toBe(410);
      expect((await site.send(path, { headers: here, form: newcomer('gita@example.org') })).status).toBe(410);
    }
  });

  test('an account that exists is not made again, and what was typed stays', async () => {
    const answer = await post(await invitationFor(['observer']), newcomer(emailOf('amina')));
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('value="Gita"');
    expect(answer.text).not.toContain('a rather long password');
  });

  test('lets in one of two who open it at the same moment, and nobody later', async () => {
    const path = await invitationFor(['observer']);
    const both = await Promise.all([
      post(path, newcomer('first@example.org')),
      post(path, newcomer('second@example.org')),
    ]);
    expect(both.map(({ status }) => status).sort(ascending)).toEqual([303, 410]);
    expect((await post(path, newcomer('third@example.org'))).status).toBe(410);
  });

  test('gives an account with the roles offered, signed in, in the language chosen', async () => {
    const answer = await post(await invitationFor(['observer', 'officer']), newcomer('hana@example.org'));
    const account = (await stage.site.send('/api/account', { headers: { cookie: cookieOf(answer) } })).json();
    expect(account).toMatchObject({
      name: 'Gita',
      email: 'hana@example.org',
      language: 'fr',
      parties: [{ name: 'Health Watch', roles: ['observer', 'officer'] }],
    });
  });

  test('adds roles to the account that is signed in, which then works for that party', async () => {
    const cookie = cookieOf(await signIn('amina'));
    const answer = await postAs(cookie, await invitationFor(['observer'], 'coast'), {});
    const account = (await stage.site.send('/api/account', { headers: { cookie: cookieOf(answer) } })).json() as {
      parties: { name: string; isCurrent: boolean }[];
    };
    expect(account.parties.map(({ name, isCurrent }) => [name, isCurrent])).toEqual([
      ['Ministry of Health of North', false],
      ['Coast District', true],
    ]);
    expect(await whoIs(cookie)).toBeUndefined();
  });
});

describe('the first administrator', () => {
  test('is nobody once there is an account', async () => {
    expect(await stage.act((work) => inviteFirstAdministrator(work))).toBeUndefined();
    const person = { name: 'X', email: 'x@example.org', password: 'a rather long password', language: null };
    expect(await stage.act((work) => createFirstAdministrator(work, person))).toBeUndefined();
  });

  test('comes by a link that works once, the latest only', async () => {
    await using empty = await openEmptyStage();
    const old = (await empty.act((work) => inviteFirstAdministrator(work))) ?? '';
    const path = (await empty.act((work) => inviteFirstAdministrator(work))) ?? '';
    expect((await empty.site.send(old)).status).toBe(410);
    expect((await empty.site.send('/sign-in')).text).toContain('Nobody has an account here yet');
    const form = newcomer('boss@example.org');
    const both = await Promise.all([
      empty.site.send(path, { headers: here, form }),
      empty.site.send(path, { headers: here, form: newcomer('rival@example.org') }),
    ]);
    expect(both.map(({ status }) => status).sort(ascending)).toEqual([303, 410]);
    expect((await empty.site.send(path, { headers: here, form: newcomer('late@example.org') })).status).toBe(410);
    const { rows } = await empty.house.database.pool.query('select count(*)::int as n from accounts');
    expect(rows).toEqual([{ n: 1 }]);
  });
});

async function openEmptyStage(): Promise<Stage> {
  const own = await openStage();
  await own.house.database.pool.query(
    'delete from memberships; delete from invitations; delete from sessions; delete from accounts',
  );
  return own;
}

describe('a party that a node has just come to host', () => {
  test('gets its first administrator by a link that its host is shown once', async () => {
    await using own = await openStage();
    const form = (await own.as('fatou', '/api/parties/host')).json() as { recoveryKey: string };
    const hosted = await own.as('fatou', '/parties/host', {
      form: {
        name: 'Lake Fishers',
        kind: 'community',
        slug: 'lake',
        languages: ['en'],
        recoveryKey: form.recoveryKey,
        recoveryCheck: form.recoveryKey.slice(-4),
      },
    });
    const link = /http:\/\/[^<\s]*(\/invitations\/[A-Za-z0-9_-]+)/.exec(hosted.text)?.[1] ?? '';
    const entered = await own.site.send(link, { headers: here, form: newcomer('lea@example.org') });
    expect(entered.status).toBe(303);
    const cookie = cookieOfStage(own, entered);
    const account = (await own.site.send('/api/account', { headers: { cookie } })).json();
    expect(account).toMatchObject({ parties: [{ name: 'Lake Fishers', roles: ['administrator'], isCurrent: true }] });
    expect((await own.site.send(link, { headers: here, form: newcomer('eve@example.org') })).status).toBe(410);
  });
});

describe('roles', () => {
  test('a party keeps at least one administrator', async () => {
    const answer = await stage.as('fatou', `/people/${stage.accounts.fatou}`, { form: { roles: ['officer'] } });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Every party needs an administrator');
  });

  test('people of another party are not there', async () => {
    for (const who of ['bruno', 'dalia', 'chen'] as const) {
      expect((await stage.as('fatou', `/people/${stage.accounts[who]}`)).status).toBe(404);
      expect((await stage.as('fatou', `/people/${stage.accounts[who]}`, { form: { roles: ['officer'] } })).status).toBe(
        404,
      );
    }
  });

  test('a person who gets other roles, or none, signs in again and has them', async () => {
    await using own = await openStage();
    const roles = async (given: string[]) =>
      (await own.as('fatou', `/people/${own.accounts.edu}`, { form: { roles: given } })).status;
    expect(await roles(['delegate', 'observer'])).toBe(303);
    expect((await own.as('edu', '/api/account')).status).toBe(401);
    const signed = await own.site.send('/sign-in', {
      headers: here,
      form: { email: emailOf('edu'), password: passwordOf('edu') },
    });
    const cookie = cookieOfStage(own, signed);
    const account = async () => (await own.site.send('/api/account', { headers: { cookie } })).json();
    expect(await account()).toMatchObject({ parties: [{ roles: ['delegate', 'observer'] }] });
    expect(await roles([])).toBe(303);
    expect((await own.as('fatou', `/people/${own.accounts.edu}`)).status).toBe(404);
  });

  test('an administrator who changes her own roles goes on under a new token', async () => {
    await using own = await openStage();
    const answer = await own.as('fatou', `/people/${own.accounts.fatou}`, {
      form: { roles: ['administrator', 'officer'] },
    });
    const status = async (cookie: string) => (await own.site.send('/api/account', { headers: { cookie } })).status;
    expect([await status(own.keysOf('fatou').cookie), await status(cookieOfStage(own, answer))]).toEqual([401, 200]);
  });

  test('nobody switches to a party she does not belong to', async () => {
    const answer = await stage.as('amina', '/account/party', { form: { party: stage.parties.watch.id } });
    expect(answer.status).toBe(404);
  });
});

describe('a forgotten password', () => {
  const linkFor = async (own: Stage, who: Member) =>
    new URL(
      ((await own.as('fatou', `/api/people/${own.accounts[who]}/reset`, { json: {} })).json() as { link: string }).link,
    ).pathname;

  test('of somebody in another party, or in a second one, is not for this party’s administrators', async () => {
    await using own = await openStage();
    expect((await own.as('fatou', `/people/${own.accounts.dalia}/reset`, { form: {} })).status).toBe(404);
    const path = await own.act((work) => invite(work, own.parties.coast.id, { roles: ['observer'], note: '' }));
    expect((await own.as('amina', path, { form: {} })).status).toBe(303);
    expect((await own.as('fatou', `/people/${own.accounts.amina}/reset`, { form: {} })).status).toBe(403);
  });

  test('is not set anew by a link made before the person joined another party', async () => {
    await using own = await openStage();
    const link = await linkFor(own, 'edu');
    const path = await own.act((work) => invite(work, own.parties.coast.id, { roles: ['observer'], note: '' }));
    expect((await own.as('edu', path, { form: {} })).status).toBe(303);
    const taken = await own.site.send(link, { headers: here, form: { password: 'the maker of the link knows it' } });
    expect(taken.status).toBe(410);
  });

  test('of a member of another party’s network is not for this party’s administrators either, whichever came first', async () => {
    await using own = await openStage();
    const party = own.parties.coast.id;
    const byAdministrator = () =>
      doWork(own.house, { party }, { account: own.accounts.bruno }, (work) =>
        inviteBack(work, party, own.accounts.dalia),
      );
    const set = (link: string) =>
      own.site.send(link, { headers: here, form: { password: 'the maker of the link knows it' } });
    const before = await byAdministrator();
    // The network is the ministry's: Edu works for it, Dalia does not.
    for (const who of ['dalia', 'edu'] as const) await becomeMember(own, who);
    expect((await set(before)).status).toBe(410);
    await expect(byAdministrator()).rejects.toMatchObject({ code: 'not-allowed' });
    expect((await set(await linkFor(own, 'edu'))).status).toBe(303);
    expect((await set(await own.act((work) => inviteBack(work, party, own.accounts.dalia)))).status).toBe(303);
  });

  test('of a member who works for nobody is not for the network’s administrators', async () => {
    await using own = await openStage();
    await becomeMember(own, 'chen');
    expect((await own.as('fatou', `/people/${own.accounts.chen}/reset`, { form: {} })).status).toBe(404);
  });

  test('is set anew by a link that works once, within a day, the latest only', async () => {
    await using own = await openStage();
    const old = await linkFor(own, 'edu');
    const path = await linkFor(own, 'edu');
    const set = async (link: string, password: string) => own.site.send(link, { headers: here, form: { password } });
    expect((await set(old, 'my new long password')).status).toBe(410);
    expect((await set(path, 'short')).status).toBe(422);
    expect((await set(path, emailOf('edu'))).status).toBe(422);
    const done = await set(path, 'my new long password');
    expect([done.status, cookieOfStage(own, done) !== '']).toEqual([303, true]);
    expect((await set(path, 'another long password')).status).toBe(410);
    expect((await own.as('edu', '/api/account')).status).toBe(401);
    const enter = (password: string) =>
      own.site.send('/sign-in', { headers: here, form: { email: emailOf('edu'), password } });
    expect([(await enter(passwordOf('edu'))).status, (await enter('my new long password')).status]).toEqual([401, 303]);
    const late = await linkFor(own, 'amina');
    own.clock.advance(dayMs);
    expect((await set(late, 'my new long password')).status).toBe(410);
  });

  test('is not set for the person who happens to be signed in', async () => {
    await using own = await openStage();
    const path = await linkFor(own, 'edu');
    expect((await own.as('fatou', path)).text).toContain('A new password for Edu');
    await own.as('fatou', path, { form: { password: 'my new long password' } });
    const enter = (who: Member, password: string) =>
      own.site.send('/sign-in', { headers: here, form: { email: emailOf(who), password } });
    expect((await enter('fatou', passwordOf('fatou'))).status).toBe(303);
    expect((await enter('edu', 'my new long password')).status).toBe(303);
  });
});

describe('sessions', () => {
  test('of somebody else cannot be ended', async () => {
    await signIn('bruno');
    const { rows } = await stage.house.database.pool.query<{ id: string }>(
      'select id from sessions where account_id = $1',
      [stage.accounts.bruno],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { id } of rows)
      expect((await stage.as('edu', `/account/sessions/${id}/end`, { form: {} })).status).toBe(404);
  });

  test('elsewhere are ended together', async () => {
    const other = cookieOf(await signIn('bruno'));
    await stage.as('bruno', '/account/sessions/end-others', { form: {} });
    expect([await whoIs(other), await whoIs(stage.keysOf('bruno').cookie)]).toEqual([undefined, 'Bruno']);
  });
});

describe('API tokens', () => {
  const make = async (own: Stage, who: Member, extra = {}) =>
    own.as(who, '/api/account/tokens', {
      json: { name: 'import', days: 30, readOnly: false, password: passwordOf(who), ...extra },
    });
  const tokenOf = (answer: TestAnswer) => ({ authorization: `Bearer ${(answer.json() as { token: string }).token}` });

  test('are not made without the password, for somebody without a party, or by another token', async () => {
    expect((await make(stage, 'amina', { password: 'wrong' })).status).toBe(422);
    expect((await make(stage, 'chen')).status).toBe(403);
    const headers = tokenOf(await make(stage, 'edu'));
    const json = { name: 'x', days: 1, readOnly: false, password: passwordOf('edu') };
    expect((await stage.site.send('/api/account/tokens', { headers, json })).status).toBe(403);
    expect((await stage.site.send('/api/account', { headers })).status).toBe(403);
  });

  test('are nobody in the network of another party, also of somebody who is a member there', async () => {
    await using own = await openStage();
    await becomeMember(own, 'dalia'); // of the ministry's network; her token is for the district
    const headers = tokenOf(await make(own, 'dalia'));
    const status = async (path: string, json?: object) => (await own.site.send(path, { headers, json })).status;
    expect(await status('/api/p/operator/me')).toBe(401);
    expect(await status('/api/p/operator/me/leave', {})).toBe(401);
    expect(await status('/api/p/operator/me/data/forget', { understood: true })).toBe(401);
    expect((await own.as('dalia', '/api/p/operator/me')).status).toBe(200);
    expect(await status('/api/p/operator/members')).toBe(200);
    expect(await status('/api/p/coast/me')).toBe(404);
  });

  test('end when they expire, are revoked, or their person leaves the party', async () => {
    await using own = await openStage();
    const read = async (headers: { authorization: string }) =>
      (await own.site.send('/api/agreements', { headers })).status;
    const short = tokenOf(await make(own, 'edu', { days: 1 }));
    const revoked = tokenOf(await make(own, 'edu'));
    const left = tokenOf(await make(own, 'edu'));
    expect([await read(short), await read(revoked), await read(left)]).toEqual([200, 200, 200]);
    const { tokens } = (await own.as('edu', '/api/account/tokens')).json() as {
      tokens: { id: string; usedAt: string | null }[];
    };
    expect(tokens.every(({ usedAt }) => usedAt !== null)).toBe(true);
    const { rows } = await own.house.database.pool.query<{ id: string }>(
      'select id from api_tokens order by expires_at desc limit 1',
    );
    await own.as('edu', `/account/tokens/${rows[0]?.id}/revoke`, { form: {} });
    const stillRead = [await read(revoked), await read(left)].sort(ascending);
    expect(stillRead).toEqual([200, 401]);
    await own.as('fatou', `/people/${own.accounts.edu}`, { form: { roles: [] } });
    expect([await read(revoked), await read(left), await read(short)]).toEqual([401, 401, 401]);
  });

  test('expire by themselves', async () => {
    await using own = await openStage();
    const headers = tokenOf(await make(own, 'edu', { days: 1 }));
    own.clock.advance(dayMs - 1);
    expect((await own.site.send('/api/agreements', { headers })).status).toBe(200);
    own.clock.advance(1);
    expect((await own.site.send('/api/agreements', { headers })).status).toBe(401);
  });

  test('are shown once, on a page that nobody keeps', async () => {
    const answer = await stage.as('edu', '/account/tokens', {
      form: { name: 'x', days: '10', readOnly: 'true', password: passwordOf('edu') },
    });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'private, no-store']);
    const token = /rcp_[A-Za-z0-9_-]{43}/.exec(answer.text)?.[0] ?? '';
    expect(token).not.toBe('');
    expect((await stage.as('edu', '/account/tokens')).text).not.toContain(token);
  });
});

describe('passkeys', () => {
  const optionsFor = async (who: Member) =>
    (await stage.as(who, '/api/account/passkeys/options', { json: {} })).json() as { challenge: string };
  const signInOptions = async () =>
    (await stage.site.send('/api/sign-in/passkey/options', { headers: here, json: {} })).json() as {
      challenge: string;
    };
  const add = (who: Member, response: string, password = passwordOf(who)) =>
    stage.as(who, '/account/passkeys', { form: { name: 'my key', password, response } });
  const enter = (response: string) => post('/sign-in/passkey', { response });

  test('are not added without the password, for another origin or host, unverified, or for another’s challenge', async () => {
    const key = createAuthenticator(stage.site.url);
    const { challenge } = await optionsFor('amina');
    expect((await add('amina', key.register({ challenge }), 'wrong')).status).toBe(422);
    const wrong = [
      key.register({ challenge }, { origin: 'https://evil.example' }),
      key.register({ challenge }, { rpId: 'evil.example' }),
      key.register({ challenge }, { unverified: true }),
      key.register(await optionsFor('edu')),
      key.register({ challenge: 'AAAA' }),
      '{}',
      'not JSON',
    ];
    for (const response of wrong) expect((await add('amina', response)).status).toBe(401);
  });

  test('sign in once for each challenge, and only the person they belong to', async () => {
    const key = createAuthenticator(stage.site.url);
    expect((await add('amina', key.register(await optionsFor('amina')))).headers.location).toContain(
      'done-passkey-added',
    );
    const stranger = createAuthenticator(stage.site.url);
    expect((await enter(stranger.assert(await signInOptions()))).status).toBe(401);
    expect((await enter(key.assert(await signInOptions(), { origin: 'https://evil.example' }))).status).toBe(401);
    expect((await enter(key.assert(await signInOptions(), { unverified: true }))).status).toBe(401);
    expect((await enter(key.assert({ challenge: 'AAAA' }))).status).toBe(401);
    const response = key.assert(await signInOptions());
    const answer = await enter(response);
    expect(await whoIs(cookieOf(answer))).toBe('Amina');
    expect((await enter(response)).status).toBe(401);
    // A counter that goes back is a copied key.
    expect((await enter(key.assert(await signInOptions(), { counter: 1 }))).status).toBe(401);
  });

  test('a challenge is not answered after five minutes', async () => {
    await using own = await openStage();
    const key = createAuthenticator(own.site.url);
    const ask = (path: string) => own.as('amina', path, { json: {} });
    const { challenge } = (await ask('/api/account/passkeys/options')).json() as { challenge: string };
    own.clock.advance(5 * minuteMs);
    const form = { name: 'late', password: passwordOf('amina'), response: key.register({ challenge }) };
    expect((await own.as('amina', '/account/passkeys', { form })).status).toBe(401);
  });

  test('one key is not added twice, and a removed one lets nobody in', async () => {
    const key = createAuthenticator(stage.site.url);
    await add('edu', key.register(await optionsFor('edu')));
    expect((await add('dalia', key.register(await optionsFor('dalia')))).status).toBe(409);
    expect((await stage.as('dalia', '/account/passkeys/remove', { form: { id: key.credentialId } })).status).toBe(404);
    expect((await stage.as('edu', '/account/passkeys/remove', { form: { id: key.credentialId } })).status).toBe(303);
    expect((await enter(key.assert(await signInOptions()))).status).toBe(401);
  });

  test('behind an act they sign that act’s id, with the person’s own key', async () => {
    const [key, other] = [createAuthenticator(stage.site.url), createAuthenticator(stage.site.url)];
    await add('fatou', key.register(await optionsFor('fatou')));
    await add('bruno', other.register(await optionsFor('bruno')));
    const act = Buffer.alloc(32, 7).toString('base64url') as ActId;
    const another = Buffer.alloc(32, 8).toString('base64url') as ActId;
    const { fatou } = stage.accounts;
    const options = await stage.house.database.read('node', (reader) =>
      startAssertion({ house: stage.house, reader }, fatou, { challenge: act }),
    );
    expect(options.challenge).toBe(act);
    expect(options.allowCredentials).toMatchObject([{ id: key.credentialId }]);
    const finish = (response: string) =>
      stage.act((work) => finishAssertion(work, fatou, { challenge: act, response }));
    await expect(finish(key.assert({ challenge: another }))).rejects.toMatchObject({ code: 'passkey-failed' });
    await expect(finish(other.assert({ challenge: act }))).rejects.toMatchObject({ code: 'passkey-failed' });
    await expect(finish(key.assert({ challenge: act }, { origin: 'https://evil.example' }))).rejects.toMatchObject({
      code: 'passkey-failed',
    });
    expect(await finish(key.assert({ challenge: act }))).toMatchObject({
      credentialId: key.credentialId,
      key: key.coseKey,
    });
  });

  test('without one, an act that asks for it says so', async () => {
    const read = stage.house.database.read('node', (reader) =>
      startAssertion({ house: stage.house, reader }, stage.accounts.chen, { challenge: 'x' as ActId }),
    );
    await expect(read).rejects.toMatchObject({ code: 'assurance-too-low' });
  });
});

test('what people do leaves a trail without names', async () => {
  await stage.as('fatou', `/people/${stage.accounts.edu}`, { form: { roles: ['delegate', 'observer'] } });
  const { rows } = await stage.house.database.pool.query<{ action: string; details: object }>(
    'select action, details from audit',
  );
  const text = JSON.stringify(rows);
  for (const who of members) expect(text).not.toContain(emailOf(who));
  for (const action of [
    'account.created',
    'session.begun',
    'invitation.used',
    'roles.set',
    'token.made',
    'passkey.added',
    'session.ended',
  ])
    expect(rows.map((row) => row.action)).toContain(action);
});

test('an invitation answered without a person makes nobody', async () => {
  const path = await invitationFor(['observer']);
  await expect(
    stage.act((work) => acceptInvitation(stranger(work), path.slice('/invitations/'.length), undefined)),
  ).rejects.toMatchObject({
    code: 'invitation-invalid',
  });
});
