import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../test/support/network.ts';
import { parseAct } from '../../acts/jws.ts';
import type { Work } from '../../house.ts';
import type { DecisionId, PaperId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import * as papers from '../papers/actions.ts';
import { atPaper, change, openCommunity, openTestPaper } from '../papers/papers.fixture.ts';
import { speakerOf } from '../papers/speaker.ts';
import { findPaper } from '../papers/store.ts';
import { giveRole } from '../programme/spaces/actions.ts';
import { findSpace } from '../programme/spaces/store.ts';
import * as actions from './actions.ts';
import { sweepDecisions } from './decision-jobs.ts';
import * as store from './store.ts';

let stage: Stage;
let bruno: Member;
let chen: Member;
let wanjiru: Member;
let observer: Member;
let space: SpaceId;
const start = new Date('2026-03-02T09:00:00Z');
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno');
  chen = await becomeMember(stage, 'chen');
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org');
  observer = await becomeMember(stage, 'noOne', 'observer@example.org', { name: 'Omar Observer' });
  space = await openCommunity(stage, bruno);
  await inNetwork(stage, 'edu', async (work) => {
    for (const member of [chen, wanjiru]) await giveRole(work, space, member.id, 'participant');
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());
beforeEach(() => stage.clock.set(start));

const hour = 3_600_000;
const given = (over: Partial<actions.NewDecision> = {}): actions.NewDecision => ({
  question: 'Shall we meet in Nairobi?',
  explanation: undefined,
  language: 'en',
  method: 'consent',
  options: [],
  entitled: 'people-of-space',
  quorum: 0,
  hours: 72,
  outcomeDueDays: 14,
  paper: undefined,
  ...over,
});

const open = (
  over: Partial<actions.NewDecision> = {},
  who: 'bruno' | 'chen' | 'noOne' = 'bruno',
): Promise<DecisionId> =>
  inNetwork(stage, who, async (work) => {
    const found = await findSpace(work.tx.db, space);
    if (!found) throw new TypeError('no space');
    return actions.openDecision(work, found, given(over));
  });

async function atDecision(work: Work, id: DecisionId, member: Member): Promise<actions.At> {
  const decision = await store.findDecision(work.tx.db, id);
  const found = decision && (await findSpace(work.tx.db, decision.space));
  if (!decision || !found) throw new TypeError('no decision');
  return { decision, space: found, speaker: await speakerOf(work.tx.db, member, found) };
}

const say = (member: Member, id: DecisionId, over: Partial<actions.Answer>) =>
  stage.act(
    async (work) =>
      actions.answer(work, await atDecision(work, id, member), {
        choice: undefined,
        ranking: undefined,
        reason: undefined,
        organisation: undefined,
        ...over,
      }),
    'north',
  );

const tell = (member: Member, id: DecisionId, over: Partial<actions.Outcome> = {}) =>
  stage.act(
    async (work) =>
      actions.publishOutcome(work, await atDecision(work, id, member), {
        text: 'This is what came of it.',
        answers: {},
        proposals: {},
        ...over,
      }),
    'north',
  );

const held = (id: DecisionId) => inNetwork(stage, 'edu', (work) => store.findDecision(work.tx.db, id));
const paperOf = async (id: PaperId) => {
  const paper = await inNetwork(stage, 'edu', (work) => findPaper(work.tx.db, id));
  if (!paper) throw new TypeError('no paper');
  return paper;
};
const end = async (milliseconds = 72 * hour): Promise<void> => {
  stage.clock.set(new Date(start.getTime() + milliseconds));
  await sweepDecisions.run(stage.house, {});
};

describe('a decision', () => {
  it('is opened by those who convene, and only as a rule that is one', async () => {
    await expect(open({}, 'noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(open({}, 'chen')).rejects.toMatchObject({ code: 'not-allowed' });
    for (const [over, code] of [
      [{ method: 'silence', hours: 71 }, 'decisions.silence-too-short'],
      [{ quorum: 4 }, 'decisions.quorum-too-large'],
      [{ entitled: 'organisations-of-space' }, 'decisions.nobody-entitled'],
      [{ method: 'ranked-choice', options: ['one'] }, 'decisions.two-options'],
    ] as const)
      await expect(open(over)).rejects.toMatchObject({ details: { fields: [{ code }] } });
  });

  it('counts who was entitled when it opened, and hears others apart', async () => {
    const id = await open();
    expect(await say(chen, id, { choice: 'agree' })).toBe('counted');
    expect(await say(observer, id, { choice: 'object', reason: 'I only watch' })).toBe('heard');
    await end();
    expect(await held(id)).toMatchObject({ state: 'closed', result: 'adopted' });
    const { text } = await stage.as('noOne', `/p/operator/decisions/${id}`);
    expect(text.indexOf('I only watch')).toBeGreaterThan(text.indexOf('Heard, and not counted.'));
  });

  it('is not adopted against an objection, which needs a reason and gets an answer', async () => {
    const id = await open();
    await expect(say(chen, id, { choice: 'object' })).rejects.toMatchObject({ code: 'input-invalid' });
    await say(chen, id, { choice: 'object', reason: 'Too far' });
    await end();
    expect(await held(id)).toMatchObject({ result: 'not-adopted' });
    const [objection] = await inNetwork(stage, 'edu', (work) => store.listPositions(work.tx.db, id));
    await expect(tell(chen, id)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(tell(bruno, id)).rejects.toMatchObject({ code: 'reasons-missing', details: { for: 'Chen' } });
    await tell(bruno, id, { answers: { [objection?.id ?? '']: 'We meet online.' } });
    expect((await stage.as('noOne', `/p/operator/decisions/${id}`)).text).toContain('We meet online.');
    await expect(tell(bruno, id)).rejects.toMatchObject({ code: 'step-not-allowed' });
  });

  it('ends exactly at its time: a millisecond before, an answer counts; at it, it is refused, whether or not the job came', async () => {
    const id = await open({ method: 'silence' });
    stage.clock.set(new Date(start.getTime() + 72 * hour - 1));
    await sweepDecisions.run(stage.house, {});
    expect(await held(id)).toMatchObject({ state: 'open' });
    expect(await say(chen, id, { choice: 'object', reason: 'At the last moment' })).toBe('counted');
    stage.clock.advance(1);
    await expect(say(wanjiru, id, { choice: 'agree' })).rejects.toMatchObject({
      code: 'answers-late',
      details: { closedAt: '2026-03-05 09:00 UTC' },
    });
    await Promise.all([sweepDecisions.run(stage.house, {}), sweepDecisions.run(stage.house, {})]);
    expect(await held(id)).toMatchObject({ state: 'closed', result: 'broken' });
    const { rows } = await stage.house.database.pool.query(
      "select 1 from audit where action = 'decision.close' and details ->> 'decision' = $1",
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it('under silence is adopted when nobody says anything, and a broken silence can be mended in time', async () => {
    const quiet = await open({ method: 'silence' });
    const mended = await open({ method: 'silence' });
    await say(chen, mended, { choice: 'object', reason: 'Wait' });
    expect((await stage.as('noOne', `/p/operator/decisions/${mended}`)).text).toContain('Silence broken');
    stage.clock.advance(hour);
    await say(chen, mended, { choice: 'agree' });
    await end();
    expect([(await held(quiet))?.result, (await held(mended))?.result]).toEqual(['adopted', 'adopted']);
  });

  it('among options is counted in rounds, and shows no order before its end', async () => {
    const id = await open({ method: 'ranked-choice', options: ['Nairobi', 'Lima', 'Online'] });
    await expect(say(chen, id, { ranking: [1, 1] })).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(say(chen, id, { ranking: [4] })).rejects.toMatchObject({ code: 'input-invalid' });
    await say(chen, id, { ranking: [2, 3] });
    await say(bruno, id, { ranking: [3] });
    await say(wanjiru, id, { ranking: [1, 3] });
    expect((await stage.as('noOne', `/api/p/operator/decisions/${id}`)).json()).toMatchObject({ ranked: null });
    await end();
    expect((await stage.as('noOne', `/api/p/operator/decisions/${id}`)).json()).toMatchObject({
      stage: 'closed',
      ranked: { winners: [1, 2, 3] },
    });
  });

  it('owes an outcome, reminds of it once, and shows when nobody told it', async () => {
    const id = await open({ outcomeDueDays: 2 });
    await end();
    const path = `/p/operator/decisions/${id}`;
    expect((await stage.as('noOne', path)).text).toContain('tell by');
    await end(72 * hour + 2 * 24 * hour - 1);
    expect((await stage.as('noOne', path)).text).not.toContain('Overdue');
    await end(72 * hour + 2 * 24 * hour);
    await end(72 * hour + 3 * 24 * hour);
    expect((await stage.as('noOne', path)).text).toContain('Overdue');
    const slug = await inNetwork(stage, 'edu', async (work) => (await findSpace(work.tx.db, space))?.slug);
    expect((await stage.as('noOne', `/p/operator/spaces/${slug ?? ''}`)).text).toContain('Outcome overdue');
    const { rows } = await stage.house.database.pool.query(
      "select 1 from audit where action = 'decision.remind' and details ->> 'decision' = $1",
      [id],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('a decision on a paper', () => {
  const propose = (member: Member, paper: PaperId, text: string) =>
    stage.act(
      async (work) =>
        papers.propose(work, await atPaper(work, paper, member), {
          what: change('2', text),
          reason: 'so',
          onBehalfOf: undefined,
        }),
      'north',
    );

  it('asks only about a text whose proposals all have their answer, and holds it', async () => {
    const id = await openTestPaper(stage, space);
    await propose(chen, id, 'Others own it.');
    await expect(open({ method: 'silence', paper: await paperOf(id) })).rejects.toMatchObject({
      details: { reason: 'proposals-open' },
    });
    await stage.act(
      async (work) => papers.setAside(work, await atPaper(work, id, bruno), '2-1', 'declined', 'Not our view'),
      'north',
    );
    const decision = await open({ method: 'silence', paper: await paperOf(id) });
    await expect(propose(chen, id, 'Yet others.')).rejects.toMatchObject({ code: 'text-before-group' });
    await expect(open({ method: 'consent', paper: await paperOf(id) })).rejects.toMatchObject({
      code: 'text-before-group',
    });
    // Taken back, the text is free again.
    await stage.act(
      async (work) => actions.withdrawDecision(work, await atDecision(work, decision, bruno), 'Too early'),
      'north',
    );
    expect(await propose(chen, id, 'Yet others.')).toBe('2-2');
  });

  it('that is adopted publishes it with its outcome, frozen, hashed in the log, as what the space owed', async () => {
    const id = await openTestPaper(stage, space);
    await propose(chen, id, 'Others own it.');
    await propose(wanjiru, id, 'Nobody owns it.');
    const aside = (name: string, how: 'declined' | 'parked') =>
      stage.act(async (work) => papers.setAside(work, await atPaper(work, id, bruno), name, how, 'Not now'), 'north');
    await aside('2-1', 'declined');
    await aside('2-2', 'parked');
    const decision = await open({ method: 'silence', paper: await paperOf(id) });
    await expect(tell(bruno, decision)).rejects.toMatchObject({ code: 'step-not-allowed' });
    await end();
    // Adopted, and still held: what is published is what was decided on.
    await expect(propose(chen, id, 'Late.')).rejects.toMatchObject({ code: 'text-before-group' });
    await tell(bruno, decision, { proposals: { '2-2': 'For the next paper' } });
    const paper = await paperOf(id);
    expect(paper).toMatchObject({ state: 'published', answers: { '2-1': 'Not now', '2-2': 'For the next paper' } });
    await expect(propose(chen, id, 'Too late.')).rejects.toMatchObject({ details: { reason: 'already-adopted' } });
    const path = `/p/operator/papers/${paper.slug}`;
    const plain = await stage.as('noOne', `${path}/download/txt`);
    const { rows } = await stage.house.database.pool.query<{ jws: Buffer }>('select jws from acts where id = $1', [
      paper.act,
    ]);
    const payload = rows[0] && parseAct(rows[0].jws).payload;
    expect(payload?.summary).toEqual({
      kind: 'position-paper',
      sha256: createHash('sha256').update(plain.bytes).digest('hex'),
    });
    const slug = await inNetwork(stage, 'edu', async (work) => (await findSpace(work.tx.db, space))?.slug);
    expect((await stage.as('noOne', `/api/p/operator/spaces/${slug ?? ''}`)).json()).toMatchObject({
      space: { output: { standing: 'delivered', link: `/p/operator/papers/${id}` } },
    });
    expect((await stage.as('noOne', `/p/operator/papers/${id}`)).status).toBe(200);
    expect((await stage.as('noOne', '/log')).text).toContain('Paper adopted');
  });

  it('that is broken lets the text go, and nothing is published', async () => {
    const id = await openTestPaper(stage, space);
    const decision = await open({ method: 'silence', paper: await paperOf(id) });
    await say(wanjiru, decision, { choice: 'object', reason: 'Not yet ours' });
    await end();
    expect(await paperOf(id)).toMatchObject({ state: 'open', heldBy: undefined });
    expect(await propose(wanjiru, id, 'Ours, then.')).toBe('2-1');
  });
});
