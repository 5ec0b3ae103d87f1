import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { inNetwork, session, series } from '../../../test/support/network.ts';
import type { SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import type { PlainDate } from '../../period.ts';
import { announceSession, editSession, planSession } from '../programme/sessions/actions.ts';
import { findSession } from '../programme/sessions/store.ts';
import { draftSpace } from '../programme/spaces/actions.ts';
import { closeInquiry, draftInquiry, editInquiry, openInquiry } from './inquiries/actions.ts';
import type { Inquiry } from './inquiries/inquiry.ts';
import { findInquiry } from './inquiries/store.ts';
import { moderateStatement, seedStatement, submitStatement, translateStatement } from './statement/actions.ts';
import { findStatement } from './statement/store.ts';
import * as given from './statements.fixture.ts';
import { castVotes, votesPerMinute } from './voting/actions.ts';
import { listOwnVotes } from './voting/store.ts';

let stage: Stage;
let space: SpaceId;
let bruno: Member;
let chen: Member;
beforeAll(async () => {
  stage = await openStage();
  space = await given.openSeries(stage);
  bruno = await given.joinAs(stage, 'bruno');
  chen = await given.joinAs(stage, 'chen');
});
afterAll(async () => stage[Symbol.asyncDispose]());

const refused = (code: string, details?: object) => ({ code, ...(details && { details }) });
const submit = (inquiry: Inquiry, author: Member, text: string, over: object = {}) =>
  inNetwork(stage, 'noOne', (work) =>
    submitStatement(work, inquiry, author, { text, language: 'en', namesPerson: false, ...over }, 'web'),
  );
const moderate = (who: 'edu' | 'bruno', inquiry: Inquiry, number: number, decision: object) =>
  inNetwork(stage, who, async (work) => {
    const statement = await findStatement(work.tx.db, inquiry.id, number);
    if (!statement) throw new TypeError('no statement');
    return moderateStatement(work, inquiry, statement, {
      state: 'hidden',
      reason: undefined,
      note: undefined,
      ...decision,
    });
  });
const path = ({ slug }: Inquiry): string => `/p/operator/inquiries/${slug}`;

describe('a question', () => {
  it('is put, changed, opened and closed by those who convene, and by nobody else', async () => {
    const place = { space, session: undefined, isChathamHouse: false, timeZone: 'UTC' };
    for (const who of ['noOne', 'bruno', 'dalia'] as const)
      await expect(inNetwork(stage, who, (work) => draftInquiry(work, place, given.question()))).rejects.toMatchObject(
        refused(who === 'noOne' ? 'not-signed-in' : 'not-allowed'),
      );
    const inquiry = await given.putQuestion(stage, space);
    for (const run of [
      (who: 'bruno') => inNetwork(stage, who, (work) => editInquiry(work, inquiry, inquiry.revision, inquiry)),
      (who: 'bruno') => inNetwork(stage, who, (work) => openInquiry(work, inquiry)),
      (who: 'bruno') => inNetwork(stage, who, (work) => closeInquiry(work, inquiry, {})),
    ])
      await expect(run('bruno')).rejects.toMatchObject(refused('not-allowed'));
  });

  it('does not change its rules or end earlier once people have begun', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const edit = (over: object) =>
      inNetwork(stage, 'edu', (work) => editInquiry(work, inquiry, inquiry.revision, { ...inquiry, ...over }));
    await expect(edit({ voters: 'space' })).rejects.toMatchObject(
      refused('step-not-allowed', { step: 'change-rules' }),
    );
    await expect(edit({ statementsEach: 1 })).rejects.toMatchObject(
      refused('step-not-allowed', { step: 'change-rules' }),
    );
    await expect(edit({ closesOn: '2026-03-30' })).rejects.toMatchObject(
      refused('step-not-allowed', { step: 'end-earlier' }),
    );
    await edit({ closesOn: '2026-04-30' });
    expect(await given.held(stage, inquiry.id)).toMatchObject({ closesOn: '2026-04-30' });
    await expect(edit({ introduction: { en: 'second' } })).rejects.toMatchObject(refused('text-has-moved-on'));
  });

  it('is nobody’s while it is a draft, or in a draft of a series', async () => {
    const draft = await inNetwork(stage, 'edu', async (work) => {
      const hidden = await draftSpace(work, series({ slug: given.fresh('hidden') }));
      const place = { space: hidden, session: undefined, isChathamHouse: false, timeZone: 'UTC' };
      const id = await draftInquiry(work, place, given.question({ question: { en: 'Not told yet?' } }));
      return findInquiry(work.tx.db, id);
    });
    if (!draft) throw new TypeError('no draft');
    for (const where of ['', '/vote', '/statements', '/moderation', '/results', '/results.csv'])
      expect((await stage.as('bruno', path(draft) + where)).status).toBe(404);
    expect((await stage.as('noOne', '/p/operator/inquiries')).text).not.toContain('Not told yet?');
    expect((await stage.as('edu', path(draft))).status).toBe(200);
    await expect(inNetwork(stage, 'edu', (work) => openInquiry(work, draft))).rejects.toMatchObject(
      refused('step-not-allowed', { status: 'space-draft' }),
    );
  });

  it('is closed once, by a named person, and takes nothing afterwards', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno);
    const close = () => inNetwork(stage, 'edu', (work) => closeInquiry(work, inquiry, { en: 'We write it down.' }));
    await close();
    await expect(close()).rejects.toMatchObject(refused('step-not-allowed'));
    // Also for who had the page open before.
    await expect(given.vote(stage, inquiry, bruno, [{ number, choice: 1 }])).rejects.toMatchObject(
      refused('step-not-allowed', { step: 'vote', status: 'closed' }),
    );
    await expect(submit(inquiry, bruno, 'Too late')).rejects.toMatchObject(refused('step-not-allowed'));
    await expect(moderate('edu', inquiry, number, { reason: 'other' })).rejects.toMatchObject(
      refused('step-not-allowed'),
    );
    const { text } = await stage.as('noOne', path(inquiry));
    expect(text).toContain('Closed by Edu');
    expect(text).toContain('We write it down.');
  });

  it('collects statements before its first day of votes, and takes neither after its last', async () => {
    const inquiry = await given.putQuestion(stage, space, {
      votesFrom: '2026-03-10' as PlainDate,
      closesOn: '2026-03-12' as PlainDate,
    });
    const number = await given.write(stage, inquiry, bruno);
    const cast = () => given.vote(stage, inquiry, bruno, [{ number, choice: 1 }]);
    await expect(cast()).rejects.toMatchObject(refused('step-not-allowed', { status: 'collecting' }));
    const start = stage.clock.now();
    stage.clock.set(new Date('2026-03-12T23:59:59Z'));
    await cast();
    stage.clock.set(new Date('2026-03-13T00:00:00Z'));
    await expect(cast()).rejects.toMatchObject(refused('step-not-allowed', { status: 'over' }));
    await expect(submit(inquiry, bruno, 'Late')).rejects.toMatchObject(refused('step-not-allowed', { status: 'over' }));
    stage.clock.set(start);
  });
});

describe('a statement', () => {
  it('is refused when it is nothing, too long, there already, in another language, or one too many', async () => {
    const inquiry = await given.putQuestion(stage, space, { statementsEach: 2 });
    const code = (name: string) => refused('input-invalid', { fields: [{ code: `statements.refused-${name}` }] });
    await expect(submit(inquiry, bruno, ' \u202e ')).rejects.toMatchObject(code('empty'));
    await expect(submit(inquiry, bruno, 'x'.repeat(281))).rejects.toMatchObject(code('too-long'));
    await expect(submit(inquiry, bruno, 'Olá', { language: 'pt' })).rejects.toMatchObject(code('language'));
    await submit(inquiry, bruno, 'Électricité d’abord !');
    await expect(submit(inquiry, chen, '  electricite d’abord')).rejects.toMatchObject(code('said-already'));
    await submit(inquiry, bruno, 'Second');
    await expect(submit(inquiry, bruno, 'Third')).rejects.toMatchObject(code('enough'));
    await submit(inquiry, chen, 'Third');
  });

  it('that two write at the same moment is there once, and numbers have no gap', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const outcomes = await Promise.allSettled([
      submit(inquiry, bruno, 'The same'),
      submit(inquiry, chen, 'the same!'),
      submit(inquiry, chen, 'Another'),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'input-invalid' } },
    ]);
    const { statements } = (await stage.as('noOne', `/api${path(inquiry)}/statements`)).json() as {
      statements: { number: number }[];
    };
    expect(statements.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('that names a living person waits until somebody has looked at it; the log says so and does not repeat it', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const { number, state } = await submit(inquiry, bruno, 'Minister Smith sold our data', { namesPerson: true });
    expect(state).toBe('held');
    for (const where of ['', '/statements', '/moderation', `/statements/${number}`]) {
      const { text } = await stage.as('chen', path(inquiry) + where);
      expect(text).not.toContain('Smith');
    }
    expect((await stage.as('noOne', `${path(inquiry)}/moderation`)).text).toContain('Names a living person');
    // Its author and those who convene read it.
    expect((await stage.as('bruno', `${path(inquiry)}/statements/${number}`)).text).toContain('Smith');
    expect((await stage.as('edu', `${path(inquiry)}/moderation`)).text).toContain('Smith');
    await expect(given.vote(stage, inquiry, chen, [{ number, choice: 1 }])).resolves.toEqual(new Set());
  });

  it('is not decided by members, nor taken out without a reason', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno);
    await expect(moderate('bruno', inquiry, number, { reason: 'other' })).rejects.toMatchObject(refused('not-allowed'));
    await expect(moderate('edu', inquiry, number, {})).rejects.toMatchObject(refused('input-invalid'));
    await expect(
      stage.house.database.pool.query(
        `insert into statement_decisions (id, party_id, statement_id, state, decided_by, at)
         select gen_random_uuid(), party_id, id, 'hidden', $1, now() from statements where inquiry_id = $2`,
        [stage.accounts.edu, inquiry.id],
      ),
    ).rejects.toThrow(/statement_decisions_why_check/);
  });

  it('that is taken out stays in the log with the reason and its words, and can come back', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno, 'Two things at once, and a third');
    await moderate('edu', inquiry, number, { reason: 'several-at-once', note: 'Please write two.' });
    const log = (await stage.as('noOne', `${path(inquiry)}/moderation`)).text;
    for (const words of ['Two things at once', 'Says several things at once', 'Please write two.', 'Edu'])
      expect(log).toContain(words);
    expect((await stage.as('noOne', `${path(inquiry)}/statements`)).text).not.toContain('Two things');
    await moderate('edu', inquiry, number, { state: 'shown' });
    expect((await stage.as('noOne', `${path(inquiry)}/statements`)).text).toContain('Two things');
    const { decisions } = (await stage.as('noOne', `/api${path(inquiry)}/moderation`)).json() as {
      decisions: { state: string }[];
    };
    expect(decisions.map(({ state }) => state)).toEqual(['shown', 'hidden']);
  });

  it('that insults is not repeated where it was taken out', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno, 'Nurses are lazy');
    await moderate('edu', inquiry, number, { reason: 'abusive' });
    for (const where of ['/moderation', `/statements/${number}`])
      expect((await stage.as('chen', path(inquiry) + where)).text).not.toContain('lazy');
  });

  it('is shown in the reader’s language with who or what translated it, and the original one step away', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const { number } = await submit(inquiry, bruno, 'الكهرباء أولًا', { language: 'ar' });
    const translate = (language: string, text: string, machine?: string) =>
      inNetwork(stage, 'edu', async (work) => {
        const statement = await findStatement(work.tx.db, inquiry.id, number);
        if (!statement) throw new TypeError('no statement');
        return translateStatement(work, inquiry, statement, { language, text, machine });
      });
    await expect(translate('ar', 'x')).rejects.toMatchObject(
      refused('input-invalid', { fields: [{ code: 'statements.refused-own-language' }] }),
    );
    const before = (await stage.as('noOne', `${path(inquiry)}/statements?lang=en`)).text;
    expect(before).toContain('<bdi lang="ar" dir="auto">الكهرباء أولًا</bdi>');
    await translate('en', 'Electricity first', 'Babel 2');
    const english = (await stage.as('noOne', `${path(inquiry)}/statements?lang=en`)).text;
    expect(english).toContain('<bdi dir="auto">Electricity first</bdi>');
    expect(english).toMatch(/by a machine \(\u2068?Babel 2\u2069?\), brought by \u2068?Edu/);
    expect(english).toContain('<p lang="ar" dir="auto">الكهرباء أولًا</p>');
    expect((await stage.as('noOne', `${path(inquiry)}/statements?lang=ar`)).text).not.toContain('Electricity');
  });

  it('by those who convene is shown as theirs', async () => {
    const inquiry = await given.putQuestion(stage, space, { moderation: 'before' });
    const words = { text: 'Power first', language: 'en', namesPerson: false };
    await expect(inNetwork(stage, 'bruno', (work) => seedStatement(work, inquiry, words))).rejects.toMatchObject(
      refused('not-allowed'),
    );
    await inNetwork(stage, 'edu', (work) => seedStatement(work, inquiry, words));
    expect((await submit(inquiry, bruno, 'People first')).state).toBe('held');
    const { text } = await stage.as('noOne', `${path(inquiry)}/statements`);
    expect(text).toContain('Written by those who convene');
    expect(text).not.toContain('People first');
  });

  it('never says who wrote it', async () => {
    const inquiry = await given.putQuestion(stage, space);
    await given.write(stage, inquiry, bruno, 'Anonymous thought');
    for (const where of [
      `/api${path(inquiry)}/statements`,
      `${path(inquiry)}/statements`,
      `/api${path(inquiry)}/statements/1`,
    ])
      expect((await stage.as('chen', where)).text).not.toMatch(/Bruno|bruno/);
  });
});

describe('the Chatham House Rule', () => {
  it('stores no author; a session with authors cannot be put under it', async () => {
    const plan = (isChathamHouse: boolean) =>
      inNetwork(stage, 'edu', async (work) => {
        const id = await planSession(work, space, session({ slug: given.fresh('s'), isChathamHouse }));
        await announceSession(work, id);
        return id;
      });
    const [quiet, open] = [await plan(true), await plan(false)];
    const inquiry = await given.putQuestion(stage, space, {}, { session: quiet, isChathamHouse: true });
    await given.write(stage, inquiry, bruno);
    const { rows } = await stage.house.database.pool.query('select member_id from statements where inquiry_id = $1', [
      inquiry.id,
    ]);
    expect(rows).toEqual([{ member_id: null }]);
    const named = await given.putQuestion(stage, space, {}, { session: open });
    await given.write(stage, named, bruno);
    await expect(
      inNetwork(stage, 'edu', async (work) => {
        const before = await findSession(work.tx.db, open);
        if (!before) throw new TypeError('no session');
        await editSession(work, open, before.revision, { ...before, isChathamHouse: true });
      }),
    ).rejects.toMatchObject(refused('chatham-house'));
  });
});

describe('a vote', () => {
  it('is a member’s: a stranger signs in, somebody without membership is told', async () => {
    const inquiry = await given.putQuestion(stage, space);
    await given.write(stage, inquiry, bruno);
    expect(
      (await stage.as('noOne', `/api${path(inquiry)}/votes`, { json: { statement: 1, vote: 'agree' } })).status,
    ).toBe(401);
    expect(
      (await stage.as('edu', `/api${path(inquiry)}/votes`, { json: { statement: 1, vote: 'agree' } })).status,
    ).toBe(403);
  });

  it('is for whom the question is put to', async () => {
    const start = stage.clock.now();
    const before = await given.putQuestion(stage, space, { voters: 'members' });
    const within = await given.putQuestion(stage, space, { voters: 'space' });
    const number = await given.write(stage, before, bruno);
    await inNetwork(stage, 'edu', (work) =>
      seedStatement(work, within, { text: 'One', language: 'en', namesPerson: false }),
    );
    stage.clock.advance(86_400_000);
    const [late] = await given.addMembers(stage, [{}]);
    if (!late) throw new TypeError('no member');
    await given.vote(stage, before, bruno, [{ number, choice: 1 }]);
    for (const [inquiry, member] of [
      [before, late],
      [within, bruno],
    ] as const) {
      await expect(given.vote(stage, inquiry, member, [{ number: 1, choice: 1 }])).rejects.toMatchObject(
        refused('not-allowed', { needs: 'voter' }),
      );
      await expect(submit(inquiry, member, given.fresh('x'))).rejects.toMatchObject(refused('not-allowed'));
    }
    stage.clock.set(start);
  });

  it('counts as it was given last', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno);
    for (const choice of [1, 0, -1] as const) await given.vote(stage, inquiry, bruno, [{ number, choice }]);
    await inNetwork(stage, 'noOne', async ({ tx }) =>
      expect(await listOwnVotes(tx.db, inquiry.id, bruno.id)).toEqual([{ number, vote: -1 }]),
    );
  });

  it('by a program is stopped at the speed of a person', async () => {
    const inquiry = await given.putQuestion(stage, space, { statementsEach: 50 });
    const [robot, other] = await given.addMembers(stage, [{}, {}]);
    if (!robot || !other) throw new TypeError('no member');
    const number = await given.write(stage, inquiry, other);
    const many = Array.from({ length: votesPerMinute + 1 }, () => ({ number, choice: 1 as const }));
    await expect(given.vote(stage, inquiry, robot, many)).rejects.toMatchObject(refused('too-many-requests'));
    const numbers: number[] = [];
    for (let at = 0; at < 45; at++) numbers.push(await given.write(stage, inquiry, other));
    await given.vote(
      stage,
      inquiry,
      robot,
      numbers.map((each) => ({ number: each, choice: 1 })),
    );
    await expect(
      given.vote(
        stage,
        inquiry,
        robot,
        numbers.slice(0, 20).map((each) => ({ number: each, choice: -1 })),
      ),
    ).rejects.toMatchObject(refused('too-many-requests'));
    stage.clock.advance(60_000);
    await given.vote(stage, inquiry, robot, [{ number, choice: -1 }]);
  });

  it('leaves no trace of how somebody voted in the audit', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno);
    await given.vote(stage, inquiry, bruno, [{ number, choice: -1 }]);
    const { rows } = await stage.house.database.pool.query<{ details: object }>(
      "select details from audit where action = 'inquiry.vote' and details ->> 'inquiry' = $1",
      [inquiry.id],
    );
    expect(rows).toEqual([{ details: { inquiry: inquiry.id, member: bruno.id, count: 1 } }]);
  });

  it('page shows the same statement when it is opened again, and every statement within as many votes', async () => {
    const inquiry = await given.putQuestion(stage, space, { statementsEach: 12 });
    for (let at = 0; at < 12; at++) await given.write(stage, inquiry, chen);
    const next = async () =>
      ((await stage.as('bruno', `/api${path(inquiry)}/vote`)).json() as { statement: { number: number } | null })
        .statement?.number;
    const seen: number[] = [];
    for (let number = await next(); number !== undefined; number = await next()) {
      expect(await next()).toBe(number);
      seen.push(number);
      const form = { statement: String(number), vote: 'pass' };
      expect((await stage.as('bruno', `${path(inquiry)}/votes`, { form })).status).toBe(303);
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(seen).not.toEqual(seen.toSorted((a, b) => a - b));
  });

  it('that somebody closes over is either counted or refused, never lost', async () => {
    const inquiry = await given.putQuestion(stage, space);
    const number = await given.write(stage, inquiry, bruno);
    const outcomes = await Promise.allSettled([
      inNetwork(stage, 'noOne', (work) => castVotes(work, inquiry, bruno, [{ number, choice: 1 }], 'web')),
      inNetwork(stage, 'edu', (work) => closeInquiry(work, inquiry, {})),
    ]);
    const isCounted = outcomes[0].status === 'fulfilled';
    expect(outcomes[1].status).toBe('fulfilled');
    await inNetwork(stage, 'noOne', async ({ tx }) =>
      expect(await listOwnVotes(tx.db, inquiry.id, bruno.id)).toHaveLength(isCounted ? 1 : 0),
    );
  });
});
