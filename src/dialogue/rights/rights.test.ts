import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Anyone, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork, keyOf, series, session } from '../../../test/support/network.ts';
import { personalData } from '../../app.ts';
import { voiceFor } from '../../field/mail/voice.ts';
import type { SpaceId } from '../../ids.ts';
import { mailKeyFor } from '../../network/members/mail-keys.ts';
import type { Member } from '../../network/members/member.ts';
import { addToProgramme, announceSession, planSession, registerFor } from '../programme/sessions/actions.ts';
import { shareReferences } from '../programme/references/actions.ts';
import { draftSpace, endRole, giveRole, openSpace } from '../programme/spaces/actions.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { findSession } from '../programme/sessions/store.ts';
import * as actions from './actions.ts';
import type { ComplaintAnswer, ComplaintsAnswer } from './answers.ts';
import { complaintMail } from './complaint-mail.ts';
import { moveComplaintsOn } from './jobs.ts';
import { findComplaint } from './store.ts';

let stage: Stage;
let space: SpaceId;
// Bruno complains; Chen, Dalia and Wanjiru handle; Chen convenes the space.
let bruno: Member;
let chen: Member;
let dalia: Member;
let wanjiru: Member;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno');
  chen = await becomeMember(stage, 'chen');
  dalia = await becomeMember(stage, 'dalia');
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org');
  space = await inNetwork(stage, 'edu', async (work) => {
    const id = await draftSpace(work, series());
    await openSpace(work, id);
    await giveRole(work, id, chen.id, 'convenor');
    return id;
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const press = (who: Anyone, path: string, form: Readonly<Record<string, string | readonly string[]>> = {}) =>
  stage.as(who, path, { form });

async function nameHandlers(): Promise<void> {
  for (const [email, instance] of [
    ['chen@example.org', '1'],
    ['dalia@example.org', '1'],
    ['wanjiru@example.org', '2'],
  ] as const)
    expect((await press('edu', '/p/operator/conduct/handlers', { email, instance })).status).toBe(303);
}

async function endHandlers(): Promise<void> {
  for (const { id } of [chen, dalia, wanjiru]) await press('edu', '/p/operator/conduct/handlers/end', { member: id });
}

const file = (over: Partial<actions.ComplaintGiven> = {}): Promise<string> =>
  inNetwork(stage, 'bruno', (work) =>
    actions.fileComplaint(work, bruno, { space: undefined, about: [], words: 'It happened on Monday.', ...over }),
  );

const see = (who: Anyone, id: string) => stage.as(who, `/api/p/operator/complaints/${id}`);
const held = (id: string) => inNetwork(stage, 'edu', (work) => findComplaint(work.tx.db, id));
const complaintKey = (member: Member, id: string) =>
  stage.act((work) => mailKeyFor(work, member.id, actions.complaintThing(id)), 'north');

describe('the code of conduct', () => {
  it('is published by the secretariat alone, in versions that stay', async () => {
    const form = { base: '0', language: 'en', words: 'Nobody is shouted down. <b>', answerDays: '10' };
    expect((await press('noOne', '/p/operator/conduct', form)).status).toBe(401);
    expect((await press('dalia', '/p/operator/conduct', form)).status).toBe(403);
    expect((await press('edu', '/p/operator/conduct', form)).status).toBe(303);
    expect((await press('amina', '/p/operator/conduct', { ...form, words: 'Mine' })).status).toBe(409);
    const french = { ...form, base: '1', language: 'fr', words: 'On ne coupe la parole à personne.' };
    expect((await press('amina', '/p/operator/conduct', french)).status).toBe(303);
    const page = (await stage.as('noOne', '/p/operator/conduct')).text;
    expect(page).toContain('Nobody is shouted down. &lt;b&gt;');
    expect(page).toContain('Version 1');
    expect((await stage.as('noOne', '/p/operator/conduct?lang=fr')).text).toContain('On ne coupe la parole');
  });

  it('names only members as handlers', async () => {
    const stranger = await press('edu', '/p/operator/conduct/handlers', { email: 'x@example.org', instance: '1' });
    expect(stranger.status).toBe(422);
    expect(
      (await press('bruno', '/p/operator/conduct/handlers', { email: 'bruno@example.org', instance: '1' })).status,
    ).toBe(403);
  });
});

describe('a complaint', () => {
  it('is kept while nobody may handle it, and found by whoever is named', async () => {
    expect((await press('noOne', '/p/operator/complaints', { words: 'x' })).status).toBe(401);
    await endHandlers();
    const id = await file();
    expect((await see('bruno', id)).json()).toMatchObject({ handlers: [], complaint: { state: 'waiting' } });
    await nameHandlers();
    expect((await see('dalia', id)).status).toBe(200);
    expect(((await stage.as('dalia', '/api/p/operator/complaints')).json() as ComplaintsAnswer).toHandle).toHaveLength(
      1,
    );
  });

  it('is seen by who complains and by those who handle it: not by the secretariat, nor by anybody else', async () => {
    await nameHandlers();
    const id = await file();
    for (const [who, status] of [
      ['bruno', 200],
      ['chen', 200],
      ['dalia', 200],
      ['noOne', 401],
      ['edu', 404],
      ['fatou', 404],
    ] as const)
      expect([who, (await see(who, id)).status]).toEqual([who, status]);
    // Not yet: it has not reached the second instance.
    expect((await stage.as('noOne', `/api/p/operator/k/${await complaintKey(wanjiru, id)}/complaint`)).status).toBe(
      404,
    );
  });

  it('about a space is not handled by who convenes it; about a handler, not by that one; and both are refused', async () => {
    await nameHandlers();
    const here = await file({ space });
    expect((await see('chen', here)).status).toBe(404);
    await expect(
      inNetwork(stage, 'chen', (work) => actions.addWords(work, chen, here, 'Nothing happened.')),
    ).rejects.toMatchObject({ code: 'not-found' });
    // Handing the space over does not open what was said of her time.
    await inNetwork(stage, 'edu', (work) => endRole(work, space, chen.id, 'convenor'));
    expect((await see('chen', here)).status).toBe(404);
    const both = await file({ space, about: [dalia.id] });
    // The first instance is left out as a whole.
    expect(await held(both)).toMatchObject({ instance: 2 });
    expect((await see('dalia', both)).status).toBe(404);
    const wrong = stage.as('bruno', '/api/p/operator/complaints', { json: { words: 'x', about: [bruno.id] } });
    expect((await wrong).status).toBe(404);
  });

  it('goes to the next instance when nobody answers in time, once, and no further than the last', async () => {
    await nameHandlers();
    const id = await file();
    await moveComplaintsOn.run(stage.house, {});
    expect(await held(id)).toMatchObject({ instance: 1 });
    stage.clock.advance(10 * 86_400_000);
    await moveComplaintsOn.run(stage.house, {});
    await moveComplaintsOn.run(stage.house, {});
    expect(await held(id)).toMatchObject({ instance: 2, state: 'waiting' });
    stage.clock.advance(10 * 86_400_000);
    await moveComplaintsOn.run(stage.house, {});
    expect(await held(id)).toMatchObject({ instance: 2, state: 'waiting' });
    stage.clock.advance(1000 - 20 * 86_400_000);
    const door = `/p/operator/k/${await complaintKey(wanjiru, id)}/complaint`;
    expect((await stage.as('noOne', door)).text).toContain('It happened on Monday.');
    expect((await press('noOne', `${door}/words`, { words: 'I have spoken with both.' })).status).toBe(303);
    expect(((await see('bruno', id)).json() as ComplaintAnswer).words.map(({ words }) => words)).toEqual([
      'It happened on Monday.',
      'I have spoken with both.',
    ]);
    expect(await held(id)).toMatchObject({ state: 'answered' });
  });

  it('is taken further and ended by who complains, and by nobody else', async () => {
    await nameHandlers();
    const id = await file();
    const path = `/p/operator/complaints/${id}`;
    for (const step of ['further', 'close']) expect((await press('dalia', `${path}/${step}`)).status).toBe(403);
    expect((await press('dalia', `${path}/words`, { words: 'We have heard both.' })).status).toBe(303);
    expect((await press('bruno', `${path}/further`)).status).toBe(303);
    expect(await held(id)).toMatchObject({ instance: 2, state: 'waiting' });
    const last = await stage.as('bruno', `/api${path}/further`, { json: {} });
    expect(last.json()).toMatchObject({ code: 'step-not-allowed', details: { status: 'last' } });
    expect((await press('bruno', `${path}/close`)).status).toBe(303);
    expect((await stage.as('dalia', `/api${path}/words`, { json: { words: 'x' } })).status).toBe(409);
  });

  it('is filed with the key of one’s membership and answered by plain mail, without an account', async () => {
    await nameHandlers();
    const key = await inNetwork(stage, 'edu', (work) => keyOf(work, wanjiru.id));
    const door = `/p/operator/k/${key}/membership/complaints`;
    expect((await press('noOne', door, { words: 'I was not let in.' })).status).toBe(303);
    const list = (await stage.as('noOne', `/api${door}`)).json() as ComplaintsAnswer;
    const path = list.own[0]?.path ?? '';
    expect((await stage.as('noOne', path)).text).toContain('I was not let in.');
    const id = path.slice(path.lastIndexOf('/') + 1);
    const answer = await inNetwork(stage, 'edu', async (work) => {
      if (!work.party) throw new TypeError('no party');
      const voice = voiceFor(work.house, work.party, dalia);
      const mail = await complaintMail.compose({ house: work.house, reader: work.tx.db }, voice, dalia, id);
      expect(mail?.text).toContain('I was not let in.');
      expect(await complaintMail.compose({ house: work.house, reader: work.tx.db }, voice, bruno, id)).toBeUndefined();
      return complaintMail.receive(work, voice, dalia, id, { words: 'You are in now.', subject: '', attachments: [] });
    });
    expect(answer.text).toContain('who complains');
    expect((await stage.as('noOne', path)).text).toContain('You are in now.');
  });
});

describe('what is held of a person', () => {
  it('is named by some part of the house for every table that points at a member', async () => {
    const { rows } = await stage.house.database.pool.query<{ table: string }>(
      `select distinct conrelid::regclass::text as table from pg_constraint
       where contype = 'f' and confrelid = 'members'::regclass`,
    );
    const named = personalData.flatMap(({ tables }) => tables.map(({ table }) => table));
    expect(rows.map(({ table }) => table).filter((table) => !named.includes(table))).toEqual([]);
  });

  it('is read out to her alone, as page, JSON and a file for people', async () => {
    expect((await stage.as('noOne', '/api/p/operator/me/data')).status).toBe(401);
    await file();
    expect((await stage.as('edu', '/p/operator/me/data')).status).toBe(404);
    const own = await stage.as('bruno', '/p/operator/me/data.json');
    expect(own.text).toContain('bruno@example.org');
    expect(own.text).toContain('It happened on Monday.');
    expect(own.text).not.toContain('dalia@example.org');
    const readable = await stage.as('bruno', '/p/operator/me/data.html');
    expect(readable.headers['content-disposition']).toContain('my-data.html');
    expect(readable.text).toContain('<table');
    expect((await stage.as('bruno', '/p/operator/me/data')).text).toContain('What is held of you');
  });

  it('is erased for good when she says that she understands: no column of any table has her name or address', async () => {
    const name = 'Zebulon Quartermain';
    const email = 'zebulon@example.org';
    const gone = await becomeMember(stage, 'noOne', email, { name, about: `I am ${name}`, constituency: 'union' });
    const [spaceHeld, id] = await inNetwork(stage, 'edu', async (work) => {
      const made = await planSession(work, space, session());
      await announceSession(work, made);
      await addToProgramme(work, made, {
        role: 'speaker',
        who: { member: gone.id },
        about: `${name} on data`,
        inputLink: 'https://example.org/zebulon',
      });
      return [await findSpace(work.tx.db, space), made] as const;
    });
    await inNetwork(stage, 'noOne', async (work) => {
      await registerFor(work, gone, id, 'remote');
      const held = await findSession(work.tx.db, id);
      if (!spaceHeld || !held) throw new TypeError('no session');
      await shareReferences(work, gone, { space: spaceHeld, session: held }, 'https://example.org/report', 'mail');
      await actions.fileComplaint(work, gone, { space: undefined, about: [], words: `I, ${name}, was not heard.` });
    });
    const key = await inNetwork(stage, 'edu', (work) => keyOf(work, gone.id));
    const door = `/p/operator/k/${key}/membership/data`;
    expect(await columnsWith([name, email, 'zebulon'])).not.toEqual([]);
    expect((await press('noOne', `${door}/forget`)).status).toBe(422);
    expect((await press('noOne', `${door}/forget`, { understood: 'on' })).status).toBe(303);
    expect(await columnsWith([name, email, 'zebulon'])).toEqual([]);
    // What she did stays readable, and the key opens nothing any more.
    const page = await stage.as('noOne', '/p/operator/spaces/whose-business/sessions/who-owns');
    expect(page.text).toContain('Former member (Union or professional association)');
    expect((await stage.as('noOne', door)).status).toBe(404);
  });
});

/** Every column of every table, whatever its type, read as text. */
async function columnsWith(words: readonly string[]): Promise<readonly string[]> {
  const { pool } = stage.house.database;
  const { rows } = await pool.query<{ schema: string; table: string; column: string }>(
    `select table_schema as schema, table_name as table, column_name as column from information_schema.columns
     join information_schema.tables using (table_schema, table_name)
     where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE' and data_type <> 'bytea'`,
  );
  const found: string[] = [];
  for (const { schema, table, column } of rows) {
    const { rows: hits } = await pool.query<{ hits: number }>(
      `select count(*)::int as hits from "${schema}"."${table}" where "${column}"::text ilike any($1)`,
      [words.map((word) => `%${word}%`)],
    );
    if ((hits[0]?.hits ?? 0) > 0) found.push(`${table}.${column}`);
  }
  return found;
}
