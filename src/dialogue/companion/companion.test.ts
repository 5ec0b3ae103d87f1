import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Anyone, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork, series, session } from '../../../test/support/network.ts';
import type { Work } from '../../house.ts';
import type { DialogueSessionId, SpaceId } from '../../ids.ts';
import type { Entry } from '../../network/members/actions.ts';
import { mailKeyFor } from '../../network/members/mail-keys.ts';
import type { Member } from '../../network/members/member.ts';
import {
  addToProgramme,
  announceSession,
  editSession,
  planSession,
  registerFor,
} from '../programme/sessions/actions.ts';
import { findInRole, findSession } from '../programme/sessions/store.ts';
import { draftSpace, openSpace } from '../programme/spaces/actions.ts';
import type { FloorAnswer } from './answers.ts';
import { forgetFloorRequests } from './jobs.ts';

// The stage’s clock stands at 09:00 UTC on 2 March 2026: the session begins now.
const now = { localStart: '2026-03-02T10:00', minutes: 90 } as const;

let stage: Stage;
let space: SpaceId;
let bruno: Member;
let chen: Member;
let wanjiru: Member;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno', 'bruno@example.org', { constituency: 'government' });
  chen = await becomeMember(stage, 'chen', 'chen@example.org', { constituency: 'academia' });
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org', { constituency: 'community' });
  await becomeMember(stage, 'dalia', 'dalia@example.org', { constituency: 'union' });
  space = await inNetwork(stage, 'edu', async (work) => {
    const id = await draftSpace(work, series());
    await openSpace(work, id);
    return id;
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());

let sessions = 0;

/** A session that runs now, with these people registered. */
async function running(
  over: Parameters<typeof session>[0] = {},
  people: readonly Member[] = [bruno, chen, wanjiru],
): Promise<{ readonly id: DialogueSessionId; readonly path: string }> {
  const slug = `session-${++sessions}`;
  const id = await inNetwork(stage, 'edu', async (work) => {
    const made = await planSession(work, space, session({ ...now, slug, ...over }));
    await announceSession(work, made);
    return made;
  });
  stage.clock.advance(-60_000);
  for (const member of people) await inNetwork(stage, 'edu', (work) => registerFor(work, member, id, 'remote'));
  stage.clock.advance(60_000);
  return { id, path: `/p/operator/spaces/whose-business/sessions/${slug}/floor` };
}

const keyFor = (member: Member, id: DialogueSessionId): Promise<string> =>
  stage.act((work: Work) => mailKeyFor(work, member.id, { kind: 'session', id }), 'north');

async function look(path: string, who: Anyone): Promise<FloorAnswer> {
  const answer = await stage.as(who, `/api${path}`);
  expect([who, answer.status]).toEqual([who, 200]);
  return answer.json() as FloorAnswer;
}

const press = (who: Anyone, path: string, form: Readonly<Record<string, string>> = {}) => stage.as(who, path, { form });

/** Calls the next; whose turn it is now, for the chair. */
async function callNext(path: string, chair: Anyone = 'edu'): Promise<FloorAnswer> {
  const before = await look(path, chair);
  const pressed = await press(chair, `${path}/give`, { speaking: before.speaking?.id ?? '' });
  expect(pressed.status).toBe(303);
  return look(path, chair);
}

const everyRow = async (table: string, id: DialogueSessionId): Promise<string> => {
  const { rows } = await stage.house.database.pool.query(`select * from ${table} where session_id = $1`, [id]);
  return JSON.stringify(rows);
};

describe('the floor', () => {
  it('is only for those inside; only the chair gives it; and it is closed when no session runs', async () => {
    const { path } = await running();
    for (const [who, status] of [
      ['noOne', 401],
      ['dalia', 403],
    ] as const) {
      expect((await stage.as(who, `/api${path}`)).status).toBe(status);
      for (const step of ['ask', 'withdraw', 'present', 'give', 'notes'])
        expect([step, (await stage.as(who, `/api${path}/${step}`, { json: bodyOf(step) })).status]).toEqual([
          step,
          status,
        ]);
    }
    for (const step of ['give', 'end', 'notes'])
      expect([step, (await stage.as('bruno', `/api${path}/${step}`, { json: bodyOf(step) })).status]).toEqual([
        step,
        403,
      ]);
    const later = await running({ localStart: '2026-03-02T12:30' });
    const early = await stage.as('bruno', `/api${later.path}/ask`, { json: {} });
    expect(early.json()).toMatchObject({ code: 'step-not-allowed', details: { status: 'not-running' } });
  });

  it('goes by the rule: first-time speakers, then whom nobody has heard, then who asked first', async () => {
    const { id, path } = await running();
    await press('bruno', `${path}/ask`);
    await press('bruno', `${path}/ask`);
    stage.clock.advance(1000);
    await press('chen', `${path}/ask`);
    expect((await callNext(path)).speaking).toMatchObject({ name: 'Bruno', constituency: 'government' });
    stage.clock.advance(240_000);
    await press('bruno', `${path}/ask`);
    const key = await keyFor(wanjiru, id);
    expect((await press('noOne', `/p/operator/k/${key}/session/floor/ask`)).status).toBe(303);
    // Bruno asked before Wanjiru, but has spoken.
    const seen = await look(path, 'chen');
    expect(seen.queue.map(({ name, hasSpoken, isOwn }) => [name, hasSpoken, isOwn])).toEqual([
      ['Chen', false, true],
      ['Wanjiru Otieno', false, false],
    ]);
    expect(seen.queue.map(({ id: request }) => request)).toEqual([null, null]);
    expect((await callNext(path)).speaking?.name).toBe('Chen');
    await press('bruno', `${path}/ask`);
    expect((await callNext(path)).speaking?.name).toBe('Wanjiru Otieno');
    expect((await callNext(path)).speaking?.name).toBe('Bruno');
  });

  it('pressed twice is given once; the chair may call out of turn, and withdrawing leaves nothing', async () => {
    const { path } = await running();
    await press('bruno', `${path}/ask`);
    await press('chen', `${path}/ask`);
    const first = await look(path, 'edu');
    const out = first.queue.find(({ name }) => name === 'Chen')?.id ?? '';
    expect((await press('edu', `${path}/give`, { speaking: '', request: out })).status).toBe(303);
    const again = await stage.as('edu', `/api${path}/give`, { json: { speaking: '' } });
    expect(again.json()).toMatchObject({ code: 'conflict' });
    expect((await look(path, 'edu')).speaking?.name).toBe('Chen');
    await press('bruno', `${path}/withdraw`);
    expect((await look(path, 'edu')).queue).toEqual([]);
    expect((await stage.as('edu', `/api${path}/give`, { json: { speaking: first.speaking?.id ?? '' } })).status).toBe(
      409,
    );
  });

  it('is given by whoever chairs by the programme, with the key from a mail, without an account', async () => {
    const { id, path } = await running();
    await inNetwork(stage, 'edu', (work) =>
      addToProgramme(work, id, { role: 'chair', who: { member: wanjiru.id }, about: undefined, inputLink: undefined }),
    );
    await press('bruno', `${path}/ask`);
    const door = `/p/operator/k/${await keyFor(wanjiru, id)}/session/floor`;
    expect((await press('noOne', `${door}/give`, { speaking: '' })).status).toBe(303);
    expect((await look(door, 'noOne')).speaking?.name).toBe('Bruno');
    const key = await keyFor(bruno, id);
    const refused = await stage.as('noOne', `/api/p/operator/k/${key}/session/floor/give`, { json: { speaking: '' } });
    expect(refused.status).toBe(403);
  });

  it('counts its time by constituency, shown only of five people or more', async () => {
    const people: Member[] = [];
    for (let n = 0; n < 5; n++)
      people.push(await newcomer(`gov-${sessions}-${n}@example.org`, { constituency: 'government' }));
    const { path } = await running({}, [bruno, chen, wanjiru, ...people]);
    await press('bruno', `${path}/ask`);
    const { speaking } = await callNext(path);
    stage.clock.advance(90_000);
    await press('edu', `${path}/end`, { speaking: speaking?.id ?? '' });
    // Academia and a community are two people: they stand with the next larger group, and nobody is told apart.
    expect((await look(path, 'chen')).floorTime).toEqual({
      totalSeconds: 90,
      groups: [{ constituency: null, people: 8, turns: 1, seconds: 90 }],
    });
    const alone = await running({}, [bruno, chen]);
    await press('bruno', `${alone.path}/ask`);
    await callNext(alone.path);
    expect((await look(alone.path, 'edu')).floorTime).toBeNull();
  });
});

describe('presence', () => {
  it('is said by the person herself, by asking for the floor, or noted at the door by those who document', async () => {
    const { id, path } = await running();
    expect((await press('bruno', `${path}/present`, { mode: 'phone' })).status).toBe(303);
    await press('chen', `${path}/ask`);
    const door = path.replace(/\/floor$/, '/attendance');
    expect((await stage.as('bruno', door)).status).toBe(403);
    expect((await stage.as('edu', door)).text).toContain('Wanjiru Otieno');
    expect((await stage.as('edu', door, { form: { members: [wanjiru.id] } })).status).toBe(303);
    const modes = await inNetwork(stage, 'edu', async (work) => {
      const found = [bruno, chen, wanjiru].map((member) => findInRole(work.tx.db, id, member.id, 'attended'));
      return (await Promise.all(found)).map((role) => role?.mode);
    });
    expect(modes).toEqual(['phone', 'remote', 'remote']);
  });
});

describe('under the Chatham House Rule', () => {
  it('nobody who spoke, was there or asked is stored: neither in tables nor in the audit', async () => {
    const { id, path } = await running({ isChathamHouse: true });
    await press('bruno', `${path}/ask`);
    stage.clock.advance(1000);
    await press('chen', `${path}/ask`);
    // The chair must call somebody by name; others see only how many wait.
    expect((await look(path, 'edu')).queue.map(({ name }) => name)).toEqual(['Bruno', 'Chen']);
    const other = await look(path, 'chen');
    expect(other.queue.map(({ name, constituency }) => [name, constituency])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect((await callNext(path)).speaking).toMatchObject({ name: null, constituency: null });
    expect(await everyRow('floor_requests', id)).not.toContain(bruno.id);
    stage.clock.advance(60_000);
    await callNext(path);
    const { speaking } = await look(path, 'edu');
    await press('edu', `${path}/end`, { speaking: speaking?.id ?? '' });
    expect(await everyRow('floor_requests', id)).toBe('[]');
    // One government, one university: even as a constituency they are not told apart.
    expect(await everyRow('floor_times', id)).toContain('"constituency":"smaller-groups"');
    expect(await everyRow('floor_times', id)).not.toMatch(/government|academia/);
    const { rows } = await stage.house.database.pool.query<{ action: string }>(
      `select action from audit where details->>'session' = $1 and (action in ('floor.ask', 'session.attend')
         or (action like 'floor.%' and details ? 'member'))`,
      [id],
    );
    expect(rows).toEqual([]);
    expect((await stage.as('bruno', `/api${path}/present`, { json: { mode: 'remote' } })).json()).toMatchObject({
      code: 'chatham-house',
    });
  });

  it('the database refuses a speaker’s name, and a session with speakers is not put under the rule', async () => {
    const { id, path } = await running();
    await press('bruno', `${path}/ask`);
    await callNext(path);
    const put = inNetwork(stage, 'edu', async (work) => {
      const held = await findSession(work.tx.db, id);
      if (!held) throw new TypeError('no session');
      await editSession(work, id, held.revision, { ...held, isChathamHouse: true });
    });
    await expect(put).rejects.toMatchObject({ code: 'chatham-house' });
  });
});

describe('notes', () => {
  it('are kept from two who write at once, and public only once they say so', async () => {
    const { path } = await running();
    const form = { base: '0', language: 'en', words: 'Agreed: data stays <here>.' };
    expect((await press('edu', `${path}/notes`, form)).status).toBe(303);
    const second = await press('amina', `${path}/notes`, { ...form, words: 'Something else' });
    expect(second.status).toBe(409);
    expect(second.text).toContain('Agreed: data stays &lt;here&gt;.');
    expect(second.text).toContain('Something else');
    const page = path.replace(/\/floor$/, '');
    stage.clock.advance(2 * 3_600_000);
    expect((await stage.as('noOne', page)).text).not.toContain('Agreed');
    expect((await press('amina', `${path}/notes`, { ...form, base: '1', publish: 'on' })).status).toBe(303);
    expect((await stage.as('noOne', page)).text).toContain('Agreed: data stays &lt;here&gt;.');
    stage.clock.advance(-2 * 3_600_000);
  });
});

it('whoever still waits is forgotten a day later, also when the job runs twice', async () => {
  const { id, path } = await running();
  await press('bruno', `${path}/ask`);
  await forgetFloorRequests.run(stage.house, {});
  expect(await everyRow('floor_requests', id)).not.toBe('[]');
  stage.clock.advance(86_400_000 * 2);
  await forgetFloorRequests.run(stage.house, {});
  await forgetFloorRequests.run(stage.house, {});
  expect(await everyRow('floor_requests', id)).toBe('[]');
  stage.clock.advance(-86_400_000 * 2);
});

function bodyOf(step: string): object {
  if (step === 'present') return { mode: 'remote' };
  if (step === 'end') return { speaking: '00000000-0000-4000-8000-000000000000' };
  return step === 'notes' ? { base: 0, language: 'en', words: 'x' } : {};
}

async function newcomer(email: string, over: Partial<Entry>): Promise<Member> {
  return becomeMember(stage, 'noOne', email, over);
}
