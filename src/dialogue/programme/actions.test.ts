import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork, series, session } from '../../../test/support/network.ts';
import type { DialogueSessionId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import type { PlainDate } from '../../period.ts';
import type { Work } from '../../house.ts';
import { decideReference, shareReferences } from './references/actions.ts';
import * as sessions from './sessions/actions.ts';
import * as sessionStore from './sessions/store.ts';
import { startOf } from './sessions/session.ts';
import * as spaces from './spaces/actions.ts';
import * as spaceStore from './spaces/store.ts';

let stage: Stage;
let bruno: Member;
let chen: Member;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno');
  chen = await becomeMember(stage, 'chen');
});
afterAll(async () => stage[Symbol.asyncDispose]());

let names = 0;
const fresh = (name: string): string => `${name}-${++names}`;

async function openSeries(): Promise<SpaceId> {
  return inNetwork(stage, 'edu', async (work) => {
    const id = await spaces.draftSpace(work, series({ slug: fresh('series') }));
    await spaces.openSpace(work, id);
    return id;
  });
}

async function announced(over: Parameters<typeof session>[0] = {}): Promise<DialogueSessionId> {
  const space = await openSeries();
  return inNetwork(stage, 'edu', async (work) => {
    const id = await sessions.planSession(work, space, session(over));
    await sessions.announceSession(work, id);
    return id;
  });
}

const held = (id: DialogueSessionId) =>
  inNetwork(stage, 'edu', async (work) => {
    const found = await sessionStore.findSession(work.tx.db, id);
    if (!found) throw new TypeError('no session');
    return found;
  });

describe('a space', () => {
  it('is proposed by members, opened by the secretariat, and by nobody else', async () => {
    await expect(
      inNetwork(stage, 'noOne', (work) => spaces.draftSpace(work, series({ slug: fresh('s') }))),
    ).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(
      inNetwork(stage, 'dalia', (work) => spaces.draftSpace(work, series({ slug: fresh('s') }))),
    ).rejects.toMatchObject({ code: 'not-allowed' });
    const slug = fresh('proposed');
    const id = await inNetwork(stage, 'bruno', (work) => spaces.draftSpace(work, series({ slug })));
    await expect(inNetwork(stage, 'bruno', (work) => spaces.openSpace(work, id))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(
      inNetwork(stage, 'chen', (work) => spaces.getVisibleSpace(work.tx.db, work, slug)),
    ).rejects.toMatchObject({ code: 'not-found' });
    await inNetwork(stage, 'edu', (work) => spaces.openSpace(work, id));
    expect(await inNetwork(stage, 'noOne', (work) => spaces.getVisibleSpace(work.tx.db, work, slug))).toMatchObject({
      state: 'open',
      openedOn: '2026-03-02',
    });
  });

  it('that is a community opens with a convenor, an output and its day, and keeps a convenor', async () => {
    const bare = series({ kind: 'community', slug: fresh('community') });
    const id = await inNetwork(stage, 'edu', (work) => spaces.draftSpace(work, bare));
    const open = () => inNetwork(stage, 'edu', (work) => spaces.openSpace(work, id));
    await expect(open()).rejects.toMatchObject({ code: 'step-not-allowed', details: { status: 'no-output' } });
    const outputDueOn = '2026-09-30' as PlainDate;
    await inNetwork(stage, 'edu', (work) =>
      spaces.editSpace(work, id, 1, { ...bare, outputKind: 'guideline', outputDueOn }),
    );
    await expect(open()).rejects.toMatchObject({ details: { status: 'no-convenor' } });
    await inNetwork(stage, 'edu', (work) => spaces.giveRole(work, id, bruno.id, 'convenor'));
    await open();
    await expect(
      inNetwork(stage, 'bruno', (work) => spaces.endRole(work, id, bruno.id, 'convenor')),
    ).rejects.toMatchObject({ details: { status: 'no-convenor' } });
    await inNetwork(stage, 'bruno', (work) => spaces.handOverConvening(work, id, bruno.id, chen.id));
    const people = await inNetwork(stage, 'edu', (work) =>
      spaceStore.listSpacePeople(work.tx.db, id, ['convenor'], 10),
    );
    expect(people.map(({ name }) => name)).toEqual(['Chen']);
  });

  it('keeps what two convenors write at once: the second is told that the text has moved on', async () => {
    const values = series({ slug: fresh('two') });
    const id = await inNetwork(stage, 'edu', (work) => spaces.draftSpace(work, values));
    await inNetwork(stage, 'edu', (work) => spaces.editSpace(work, id, 1, { ...values, overview: { en: 'Edu' } }));
    await expect(
      inNetwork(stage, 'amina', (work) => spaces.editSpace(work, id, 1, { ...values, overview: { en: 'Amina' } })),
    ).rejects.toMatchObject({ code: 'text-has-moved-on', details: { version: '2' } });
    await inNetwork(stage, 'edu', async (work) =>
      expect((await spaceStore.findSpace(work.tx.db, id))?.overview).toEqual({ en: 'Edu' }),
    );
  });
});

describe('a session', () => {
  it('is planned by those who convene', async () => {
    const space = await openSeries();
    for (const who of ['noOne', 'dalia', 'bruno'] as const)
      await expect(inNetwork(stage, who, (work) => sessions.planSession(work, space, session()))).rejects.toMatchObject(
        { code: who === 'noOne' ? 'not-signed-in' : 'not-allowed' },
      );
  });

  it('cannot begin in an hour that the clocks leave out', async () => {
    const space = await openSeries();
    await expect(
      inNetwork(stage, 'edu', (work) => sessions.planSession(work, space, session({ localStart: '2026-03-29T02:30' }))),
    ).rejects.toMatchObject({ code: 'input-invalid', details: { fields: [{ code: 'programme.time-left-out' }] } });
  });

  it('moved across the change to winter time keeps its hour on the wall, and calendars are told once', async () => {
    const id = await announced({ localStart: '2026-10-21T14:30' });
    const before = await held(id);
    expect([startOf(before).toISOString(), before.sequence]).toEqual(['2026-10-21T12:30:00.000Z', 0]);
    const moved = { ...before, localStart: '2026-10-28T14:30' };
    await inNetwork(stage, 'edu', (work) => sessions.editSession(work, id, before.revision, moved));
    const after = await held(id);
    expect([after.localStart, startOf(after).toISOString()]).toEqual(['2026-10-28T14:30', '2026-10-28T13:30:00.000Z']);
    expect([after.sequence, after.uid]).toEqual([1, before.uid]);
    const corrected = { ...after, overview: { en: 'Only words' } };
    await inNetwork(stage, 'edu', (work) => sessions.editSession(work, id, after.revision, corrected));
    expect((await held(id)).sequence).toBe(1);
    await inNetwork(stage, 'edu', (work) => sessions.cancelSession(work, id));
    expect(await held(id)).toMatchObject({ sequence: 2, state: 'cancelled' });
  });

  it('has so many places; the last one is taken once, and given back by withdrawing', async () => {
    const id = await announced({ capacity: 1 });
    const register = (who: 'bruno' | 'chen', member: Member) =>
      inNetwork(stage, who, (work) => sessions.registerFor(work, member, id, 'remote'));
    const outcomes = await Promise.allSettled([register('bruno', bruno), register('chen', chen)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'step-not-allowed', details: { status: 'full' } },
    });
    const first = outcomes[0].status === 'fulfilled' ? bruno : chen;
    await inNetwork(stage, 'edu', (work) => sessions.withdrawFrom(work, first, id));
    await register(first === bruno ? 'chen' : 'bruno', first === bruno ? chen : bruno);
  });

  it('takes no registration when it is over, cancelled or a draft', async () => {
    const over = await announced({ localStart: '2026-03-02T09:00', minutes: 30 });
    const cancelled = await announced();
    await inNetwork(stage, 'edu', (work) => sessions.cancelSession(work, cancelled));
    const draft = await inNetwork(stage, 'edu', async (work) =>
      sessions.planSession(work, await spaces.draftSpace(work, series({ slug: fresh('d') })), session()),
    );
    for (const [id, answer] of [
      [over, { details: { status: 'over' } }],
      [cancelled, { details: { status: 'cancelled' } }],
      [draft, { code: 'not-found' }],
    ] as const)
      await expect(
        inNetwork(stage, 'bruno', (work) => sessions.registerFor(work, bruno, id, 'remote')),
      ).rejects.toMatchObject(answer);
  });
});

describe('the Chatham House Rule', () => {
  const speaker = { role: 'speaker', about: undefined, inputLink: undefined } as const;

  it('stores no speaker and nobody who was there: the database refuses', async () => {
    const id = await announced({ isChathamHouse: true });
    await expect(
      inNetwork(stage, 'edu', (work) =>
        sessions.addToProgramme(work, id, { ...speaker, who: { name: 'Dr Ama Mensah', affiliation: undefined } }),
      ),
    ).rejects.toMatchObject({ code: 'chatham-house' });
    await expect(
      inNetwork(stage, 'edu', (work) => sessions.noteAttendance(work, id, bruno.id, 'remote')),
    ).rejects.toMatchObject({ code: 'chatham-house' });
    // Also when a statement goes round the code, and says of the session what is not so.
    for (const isChathamHouse of [true, false])
      await expect(
        stage.house.database.pool.query(
          `insert into session_people (id, party_id, session_id, is_chatham_house, name, named_with_consent_at, role, position, at)
           values (gen_random_uuid(), $1, $2, $3, 'Dr Ama Mensah', now(), 'speaker', 1, now())`,
          [stage.parties.north.id, id, isChathamHouse],
        ),
      ).rejects.toThrow(/session_people_(chatham_check|session_fkey)/);
  });

  it('is not put over a session whose speakers are named, until they are taken out', async () => {
    const id = await announced();
    const person = await inNetwork(stage, 'edu', (work) =>
      sessions.addToProgramme(work, id, { ...speaker, who: { member: bruno.id } }),
    );
    const before = await held(id);
    const put = () =>
      inNetwork(stage, 'edu', (work) =>
        sessions.editSession(work, id, before.revision, { ...before, isChathamHouse: true }),
      );
    await expect(put()).rejects.toMatchObject({ code: 'chatham-house' });
    await inNetwork(stage, 'edu', (work) => sessions.takeFromProgramme(work, id, person));
    await put();
    expect((await held(id)).isChathamHouse).toBe(true);
  });

  it('keeps the registration, which opens the link, and no recording', async () => {
    const id = await announced({ isChathamHouse: true });
    await inNetwork(stage, 'bruno', (work) => sessions.registerFor(work, bruno, id, 'remote'));
    const before = await held(id);
    await expect(
      inNetwork(stage, 'edu', (work) =>
        sessions.editSession(work, id, before.revision, { ...before, recordingLink: 'https://video.example.org/1' }),
      ),
    ).rejects.toMatchObject({ code: 'chatham-house' });
  });
});

describe('a reference', () => {
  const share = (who: 'bruno' | 'chen', member: Member, space: SpaceId) =>
    inNetwork(stage, who, async (work) => {
      const id = await sessions.planSession(work, space, session({ slug: fresh('session') }));
      await sessions.announceSession(work, id);
      const place = { space: await spaceOf(work, space), session: await sessionStore.findSession(work.tx.db, id) };
      const [reference] = await shareReferences(work, member, place, 'https://doi.org/10.1000/182', 'web');
      if (reference === undefined) throw new TypeError('no reference');
      return reference;
    });
  const spaceOf = async (work: Work, id: SpaceId) => {
    const found = await spaceStore.findSpace(work.tx.db, id);
    if (!found) throw new TypeError('no space');
    return found;
  };

  it('is judged by who documents a space that was opened, and not in a draft of whoever likes to judge', async () => {
    const draft = (who: 'bruno' | 'chen') =>
      inNetwork(stage, who, (work) => spaces.draftSpace(work, series({ slug: fresh('judging') })));
    const own = await draft('bruno');
    const others = await draft('chen');
    const reference = await share('bruno', bruno, own);
    expect(await share('chen', chen, others)).toBe(reference);
    await inNetwork(stage, 'edu', (work) => spaces.openSpace(work, own));
    const decide = (who: 'bruno' | 'chen') =>
      inNetwork(stage, who, (work) =>
        decideReference(work, reference, 1, { state: 'declined', csl: { type: 'document', title: 'Rewritten' } }),
      );
    await expect(decide('chen')).rejects.toMatchObject({ code: 'not-allowed' });
    await decide('bruno');
  });
});
