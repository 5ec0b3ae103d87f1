import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../test/support/network.ts';
import { parseAct } from '../../acts/jws.ts';
import type { PaperId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import { addOrganisation, recordMandate } from '../../network/members/actions.ts';
import { findOrganisationByName } from '../../network/members/store.ts';
import type { PlainDate } from '../../period.ts';
import { findSpace } from '../programme/spaces/store.ts';
import * as actions from './actions.ts';
import type { ProposalChange } from '../../text/event.ts';
import { atPaper, change, openCommunity, openTestPaper } from './papers.fixture.ts';
import { sweepStatements } from './paper-jobs.ts';
import { closeStatement, openForSignatures } from './publication.ts';
import { signOn, withdrawSignOn } from './signing.ts';
import * as store from './store.ts';
import { readText } from './text.ts';

let stage: Stage;
let bruno: Member;
let chen: Member;
let wanjiru: Member;
let space: SpaceId;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno');
  chen = await becomeMember(stage, 'chen');
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org');
  space = await openCommunity(stage, bruno);
});
afterAll(async () => stage[Symbol.asyncDispose]());

const asMember = <T>(
  member: Member,
  paper: PaperId,
  run: (work: Parameters<typeof atPaper>[0], at: actions.At) => Promise<T>,
) => stage.act(async (work) => run(work, await atPaper(work, paper, member)), 'north');

const propose = (
  member: Member,
  paper: PaperId,
  what: readonly [string, string] | ProposalChange,
  reason = 'because',
) =>
  asMember(member, paper, (work, at) =>
    actions.propose(work, at, { what: 'op' in what ? what : change(...what), reason, onBehalfOf: undefined }),
  );

const pathOf = async (paper: PaperId): Promise<string> => {
  const found = await inNetwork(stage, 'edu', (work) => store.findPaper(work.tx.db, paper));
  return `/p/operator/papers/${found?.slug ?? ''}`;
};
const textOf = (paper: PaperId) => inNetwork(stage, 'edu', (work) => readText(work.tx.db, paper));

describe('who may', () => {
  it('open a paper: those who convene, and nobody else', async () => {
    for (const [who, code] of [
      ['noOne', 'not-signed-in'],
      ['chen', 'not-allowed'],
      ['dalia', 'not-allowed'],
    ] as const)
      await expect(
        inNetwork(stage, who, async (work) => {
          const found = await findSpace(work.tx.db, space);
          if (!found) throw new TypeError('no space');
          return actions.openPaper(work, found, {
            slug: 'no',
            kind: 'guideline',
            title: 'No',
            language: 'en',
            settling: { by: 'editors' },
            clauses: [{ id: '1', kind: 'paragraph', text: 'No', origins: [] }],
          });
        }),
      ).rejects.toMatchObject({ code });
  });

  it('see what a community by invitation is writing: its people, and the secretariat', async () => {
    const closed = await openCommunity(stage, bruno, { joining: 'by-invitation' });
    const path = await pathOf(await openTestPaper(stage, closed));
    for (const who of ['noOne', 'chen', 'dalia'] as const)
      for (const where of [path, `/api${path}`, `${path}/download/txt`, `${path}/clauses/2`])
        expect((await stage.as(who, where)).status).toBe(404);
    for (const who of ['bruno', 'edu'] as const) expect((await stage.as(who, path)).status).toBe(200);
  });

  it('propose: members; take up, decline and close: those who hold the pen', async () => {
    const paper = await openTestPaper(stage, space);
    const path = await pathOf(paper);
    const form = { op: 'change', version: '0', text: 'Communities own and govern their data.', reason: 'govern' };
    expect((await stage.as('noOne', `${path}/clauses/2/propose`, { form })).status).toBe(401);
    expect((await stage.as('dalia', `${path}/clauses/2/propose`, { form })).status).toBe(403);
    expect((await stage.as('chen', `${path}/clauses/2/propose`, { form })).headers.location).toContain(
      '/proposals/2-1',
    );
    const up = { proposals: '2-1', text: form.text, base: '0' };
    expect((await stage.as('chen', `${path}/clauses/2/join`, { form: up })).status).toBe(403);
    const aside = { how: 'declined', answer: 'no' };
    expect((await stage.as('chen', `${path}/proposals/2-1/set-aside`, { form: aside })).status).toBe(403);
    expect((await stage.as('bruno', `${path}/clauses/2/join`, { form: up })).status).toBe(303);
    expect((await stage.as('noOne', path)).text).toContain('Communities own and govern their data.');
  });

  it('speak for an organisation: who has its mandate', async () => {
    const paper = await openTestPaper(stage, space);
    const organisation = await inNetwork(stage, 'edu', (work) =>
      addOrganisation(work, {
        name: 'Health Watch',
        kind: 'civil-society',
        country: 'KE',
        did: undefined,
        website: undefined,
      }),
    );
    const speak = () =>
      asMember(wanjiru, paper, (work, at) =>
        actions.propose(work, at, { what: change('2', 'Ours.'), reason: 'so', onBehalfOf: organisation }),
      );
    await expect(speak()).rejects.toMatchObject({ code: 'not-allowed', details: { needs: 'mandate' } });
    await inNetwork(stage, 'edu', (work) =>
      recordMandate(work, {
        member: wanjiru.id,
        organisation,
        scope: 'all',
        since: '2026-01-01' as PlainDate,
        until: undefined,
      }),
    );
    expect(await speak()).toBe('2-1');
    expect((await stage.as('noOne', `${await pathOf(paper)}/clauses/2`)).text).toContain(
      'Wanjiru Otieno, for Health Watch',
    );
  });
});

describe('a paper', () => {
  it('names its clauses and proposals once and for all', async () => {
    const paper = await openTestPaper(stage, space);
    expect(await propose(chen, paper, ['2', 'Communities own data.'])).toBe('2-1');
    expect(await propose(chen, paper, { op: 'add', after: '2', kind: 'paragraph', text: 'A new one.' })).toBe('2-2');
    await asMember(bruno, paper, (work, at) =>
      actions.takeUp(work, at, { proposals: ['2-2'], text: 'A new one.', base: undefined, reason: undefined }),
    );
    // Behind an added clause, and on it: still short names that nobody else has.
    expect(await propose(chen, paper, { op: 'add', after: '2-2', kind: 'paragraph', text: 'Another.' })).toBe('2-3');
    expect(await propose(chen, paper, ['2-2', 'A newer one.'])).toBe('2-2-1');
    expect(await propose(chen, paper, { op: 'add', after: null, kind: 'heading', text: 'First' })).toBe('0-1');
    const { text } = await stage.as('noOne', await pathOf(paper));
    expect(text).toContain('A new one.');
    expect(text).toContain('1 new clause proposed here');
  });

  it('keeps the words of two people who write on one clause at once, in one order', async () => {
    const paper = await openTestPaper(stage, space);
    const outcomes = await Promise.all([
      propose(chen, paper, ['2', 'Communities own their data for good.']),
      propose(bruno, paper, ['2', 'Communities and people own their data.']),
      propose(wanjiru, paper, ['3', 'States protect it always.']),
    ]);
    expect(outcomes.toSorted()).toEqual(['2-1', '2-2', '3-1']);
    expect((await textOf(paper)).proposals).toHaveLength(3);
  });

  it('tells the second of two who hold the pen what changed, and keeps what was typed', async () => {
    const paper = await openTestPaper(stage, space);
    await propose(chen, paper, ['2', 'Communities own all their data.']);
    await propose(wanjiru, paper, ['2', 'Communities own their own data.']);
    const path = `${await pathOf(paper)}/clauses/2/join`;
    const first = { proposals: '2-1', text: 'Communities own all their data.', base: '0' };
    expect((await stage.as('bruno', path, { form: first })).status).toBe(303);
    const second = { proposals: '2-2', text: 'Typed by the second.', base: '0' };
    const refused = await stage.as('edu', path, { form: second });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Typed by the second.');
    expect(refused.text).toMatch(/<ins>.*all /s);
    expect(refused.text).toContain('name="base" value="1"');
    expect((await textOf(paper)).proposals[1]?.status).toBe('open');
    expect((await stage.as('edu', path, { form: { ...second, base: '1' } })).status).toBe(303);
  });

  it('joins proposals that do not meet, shows where they do, and keeps the credit of each', async () => {
    const paper = await openTestPaper(stage, space, { text: 'Data shall be shared with communities that gave them.' });
    await propose(chen, paper, ['1', 'Health data shall be shared with communities that gave them.']);
    await propose(wanjiru, paper, ['1', 'Data shall be shared with communities that gave them, in their language.']);
    const path = await pathOf(paper);
    const join = await stage.as('bruno', `${path}/clauses/1/join?proposals=1-1&proposals=1-2`);
    const joined = 'Health data shall be shared with communities that gave them, in their language.';
    expect(join.text).toContain(joined);
    await stage.as('bruno', `${path}/clauses/1/join`, { form: { proposals: ['1-1', '1-2'], text: joined, base: '0' } });
    const seen = (await stage.as('noOne', `/api${path}`)).json() as {
      credit: { author: { name: string | null }; words: number }[];
      uptake: { people: number | null }[];
    };
    const credits = new Map(seen.credit.map(({ author, words }) => [author.name, words]));
    expect(credits.get('Wanjiru Otieno')).toBe(3);
    expect(credits.get('Chen')).toBe(2);
    // Nothing about fewer than five.
    expect(seen.uptake.every(({ people }) => people === null || people === 0)).toBe(true);
  });

  it('where support settles is taken up by anybody once there is enough, and not before', async () => {
    const paper = await openTestPaper(stage, space, {
      settling: { by: 'support', supporters: 2, objectionsAtMost: 0 },
    });
    await propose(wanjiru, paper, ['2', 'Communities decide.']);
    const path = await pathOf(paper);
    const form = { proposals: '2-1', text: 'Communities decide.', base: '0' };
    const early = await stage.as('chen', `${path}/clauses/2/join`, { form });
    expect([early.status, early.text]).toEqual([409, expect.stringContaining('Not enough support it yet')]);
    await stage.as('chen', `${path}/proposals/2-1/position`, { form: { position: 'support' } });
    expect((await stage.as('chen', `${path}/clauses/2/join`, { form })).status).toBe(303);
  });

  it('numbers what it cites in the order of reading, and is taken along in four forms', async () => {
    const paper = await openTestPaper(stage, space, {
      text: 'As the strategy says https://www.who.int/publications/i/item/9789240020924 so do we.\n\nSee doi:10.1016/S2589-7500(21)00038-8 and WHA71.7.\n\n- <b>once more</b> WHA71.7',
    });
    const path = await pathOf(paper);
    const plain = (await stage.as('noOne', `${path}/download/txt`)).text;
    expect(plain).toContain('1. As the strategy says [1] so do we.');
    expect(plain).toContain('See [2] and [3].');
    expect(plain).toContain('- <b>once more</b> [3]');
    expect(plain).toMatch(/\[2\] .*10\.1016/);
    const html = (await stage.as('noOne', `${path}/download/html`)).text;
    expect(html).toContain('&lt;b&gt;once more');
    expect(html).toContain('<li id="reference-3">');
    expect((await stage.as('noOne', `${path}/download/md`)).text).toContain(String.raw`\<b\>once more`);
    expect((await stage.as('noOne', `/api${path}`)).json()).toMatchObject({ references: [{}, {}, {}] });
  });

  it('shows what any two versions differ in', async () => {
    const paper = await openTestPaper(stage, space);
    await propose(chen, paper, ['2', 'Communities own all their data.']);
    await asMember(bruno, paper, (work, at) =>
      actions.takeUp(work, at, {
        proposals: ['2-1'],
        text: 'Communities own all their data.',
        base: 0,
        reason: undefined,
      }),
    );
    const path = await pathOf(paper);
    const { text } = await stage.as('noOne', `${path}/compare?from=0&to=1`);
    expect(text).toMatch(/<ins>.*all <\/ins>/s);
    expect((await stage.as('noOne', `${path}/compare?from=1&to=1`)).text).toContain('No word differs.');
  });

  it('is a record that nobody rewrites: not the application either', async () => {
    const paper = await openTestPaper(stage, space);
    const { rowCount } = await (async () => {
      const client = await stage.house.database.pool.connect();
      try {
        await client.query('begin; set local role reciproca_app');
        await client.query(`set local reciproca.party to '${stage.parties.north.id}'`);
        return await client.query("update text_events set event = '{}' where paper_id = $1", [paper]);
      } finally {
        await client.query('rollback');
        client.release();
      }
    })();
    expect(rowCount).toBe(0);
    expect((await textOf(paper)).clauses).toHaveLength(3);
  });
});

describe('a joint statement', () => {
  const until = new Date('2026-03-04T17:00:00Z');
  const openStatement = async (): Promise<PaperId> => {
    const paper = await openTestPaper(stage, space, { kind: 'joint-statement', text: 'We ask for debt relief.' });
    await asMember(bruno, paper, (work, at) => openForSignatures(work, at, until, {}));
    return paper;
  };
  const list = (paper: PaperId) => inNetwork(stage, 'edu', (work) => store.listSignatures(work.tx.db, paper));

  it('is not signed before its text is closed, nor closed by who does not hold the pen', async () => {
    const paper = await openTestPaper(stage, space, { kind: 'joint-statement' });
    await expect(asMember(chen, paper, (work, at) => signOn(work, at, undefined))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    await expect(asMember(chen, paper, (work, at) => openForSignatures(work, at, until, {}))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await propose(chen, paper, ['2', 'Other words.']);
    await expect(asMember(bruno, paper, (work, at) => openForSignatures(work, at, until, {}))).rejects.toMatchObject({
      code: 'text-refuses',
      details: { reason: 'proposals-open' },
    });
  });

  it('has an answer to whatever was not adopted before it is closed', async () => {
    const paper = await openTestPaper(stage, space, { kind: 'joint-statement' });
    await propose(chen, paper, ['2', 'Other words.']);
    await propose(wanjiru, paper, { op: 'delete', clause: '2' });
    // With the clause, what was proposed on it falls, and nobody has said why to Chen.
    await asMember(bruno, paper, (work, at) =>
      actions.takeUp(work, at, { proposals: ['2-2'], text: null, base: 0, reason: undefined }),
    );
    const path = `${await pathOf(paper)}/signing`;
    const form = { date: '2026-03-04', time: '18:00', timeZone: 'Europe/Zurich' };
    const refused = await stage.as('edu', path, { form });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('2.1')]);
    expect((await stage.as('edu', path, { form: { ...form, 'answers.2-1': 'The clause went.' } })).status).toBe(303);
    expect(await inNetwork(stage, 'edu', (work) => store.findPaper(work.tx.db, paper))).toMatchObject({
      state: 'signing',
      signingUntil: until,
      answers: { '2-1': 'The clause went.' },
    });
  });

  it('is signed once by each, for organisations by who speaks for them, and taken back by nobody else', async () => {
    const paper = await openStatement();
    expect(await asMember(chen, paper, (work, at) => signOn(work, at, undefined))).toBe(true);
    expect(await asMember(chen, paper, (work, at) => signOn(work, at, undefined))).toBe(false);
    const health = await inNetwork(stage, 'edu', (work) => findOrganisationByName(work.tx.db, 'Health Watch'));
    await expect(asMember(chen, paper, (work, at) => signOn(work, at, health?.id))).rejects.toMatchObject({
      details: { needs: 'mandate' },
    });
    await asMember(wanjiru, paper, (work, at) => signOn(work, at, health?.id));
    const signatures = await list(paper);
    const person = signatures.find(({ organisation: signedFor }) => signedFor === undefined);
    const organisation = signatures.find(({ organisation: signedFor }) => signedFor !== undefined);
    await expect(
      asMember(wanjiru, paper, (work, at) => withdrawSignOn(work, at, person?.id ?? '')),
    ).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(
      asMember(chen, paper, (work, at) => withdrawSignOn(work, at, organisation?.id ?? '')),
    ).rejects.toMatchObject({ code: 'not-allowed' });
    // Bruno convenes the space and holds the pen, which is no mandate; the secretariat takes back what an organisation tells it to.
    const withdraw = async (who: 'bruno' | 'edu', signature: string | undefined) =>
      (await stage.as(who, `${await pathOf(paper)}/signatures/withdraw`, { form: { signature: signature ?? '' } }))
        .status;
    expect(await withdraw('bruno', organisation?.id)).toBe(403);
    expect(await withdraw('edu', person?.id)).toBe(403);
    const { text } = await stage.as('noOne', await pathOf(paper));
    expect(text).toContain('Health Watch');
    expect(text).toContain('<bdi>Chen</bdi>');
    expect(await withdraw('edu', organisation?.id)).toBe(303);
    await asMember(chen, paper, (work, at) => withdrawSignOn(work, at, person?.id ?? ''));
    expect(await list(paper)).toHaveLength(0);
  });

  it('closes at its deadline and not before, with an act that names organisations and counts persons', async () => {
    const paper = await openStatement();
    await asMember(chen, paper, (work, at) => signOn(work, at, undefined));
    const recorded = await stage.as('edu', `${await pathOf(paper)}/signatures/record`, {
      form: { organisation: 'Health Watch' },
    });
    expect(recorded.status).toBe(303);
    stage.clock.set(new Date(until.getTime() - 1));
    await sweepStatements.run(stage.house, {});
    expect(await inNetwork(stage, 'edu', (work) => store.findPaper(work.tx.db, paper))).toMatchObject({
      state: 'signing',
    });
    stage.clock.set(until);
    // Also in the moments before the job comes.
    await expect(asMember(bruno, paper, (work, at) => signOn(work, at, undefined))).rejects.toMatchObject({
      code: 'answers-late',
      details: { closedAt: '2026-03-04 17:00 UTC' },
    });
    const close = () => stage.act((work) => closeStatement(work, paper), 'north');
    await Promise.all([close(), close()]);
    const path = await pathOf(paper);
    const plain = await stage.as('noOne', `${path}/download/txt`);
    expect(plain.text).toContain('- Health Watch');
    expect(plain.text).not.toContain('Chen');
    const { rows } = await stage.house.database.pool.query<{ jws: Buffer }>(
      "select acts.jws from acts join papers on papers.act = acts.id where papers.id = $1 and acts.type = 'joint-statement.close/1'",
      [paper],
    );
    const payload = rows[0] && parseAct(rows[0].jws).payload;
    expect(rows).toHaveLength(1);
    expect(payload?.summary).toEqual({
      sha256: createHash('sha256').update(plain.bytes).digest('hex'),
      organisations: 1,
      persons: 1,
    });
    expect((await stage.as('noOne', path)).text).toContain('Chen');
  });
});
