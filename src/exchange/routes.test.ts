import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Anyone, type Stage } from '../../test/support/cast.ts';
import { newSubjectId } from '../ids.ts';
import { openHostedParty, type OpenedParty } from '../network/set-up.ts';
import { readExchange } from './reading.ts';
import { requestAnswerSchema } from './requests.ts';
import * as store from './store.ts';

let stage: Stage;
let river: OpenedParty;
const flowId = randomUUID();

beforeAll(async () => {
  stage = await openStage();
  river = await stage.act((work) =>
    openHostedParty(work, {
      name: 'River <b>people</b>',
      slug: 'river',
      kind: 'community',
      country: 'AA',
      languages: ['en'],
    }),
  );
  // Chen, who belongs to nobody in the cast, sits on the council.
  await stage.act(({ tx }) =>
    tx.db
      .insertInto('memberships')
      .values({
        account_id: stage.accounts.chen,
        party_id: river.id,
        role: 'council',
        granted_at: tx.now,
        granted_by: null,
      })
      .execute(),
  );
  await stage.act(
    ({ tx }) =>
      store
        .insertFlow(tx, stage.parties.north.id, {
          id: flowId,
          direction: 'out',
          content: 'table',
          key: 'k',
          act: null,
          counterparts: [stage.parties.watch.did],
          instrument: newSubjectId(stage.parties.north.did),
          article: 'art-2',
          purposes: ['research'],
          indicators: ['measles'],
          level: 1,
          period: null,
          decisions: [],
          refusal: { reason: 'purpose-not-agreed', article: 'art-2', rule: null },
          releaseOn: null,
        })
        .then(() => undefined),
    'north',
  );
});
afterAll(() => stage[Symbol.asyncDispose]());

const statuses = async (paths: readonly string[], who: Anyone): Promise<number[]> => {
  const answers = [];
  for (const path of paths) answers.push((await stage.as(who, path)).status);
  return answers;
};

const officePaths = () => [
  '/api/exchange',
  `/api/exchange/flows/${flowId}`,
  '/api/exchange/requests',
  `/exchange/flows/${flowId}/table.csv`,
];

describe('the pages of an office', () => {
  it('are closed to whoever is not signed in, reports, observes or negotiates', async () => {
    expect(await statuses(officePaths(), 'noOne')).toEqual([401, 401, 401, 401]);
    for (const who of ['dalia', 'edu', 'bruno', 'chen'] as const)
      expect(await statuses(officePaths(), who), who).toEqual([403, 403, 403, 403]);
  });

  it('show another party’s flow to nobody', async () => {
    const foreign = randomUUID();
    await stage.act(
      ({ tx }) =>
        store
          .insertFlow(tx, stage.parties.coast.id, {
            id: foreign,
            direction: 'in',
            content: null,
            key: 'x',
            act: null,
            counterparts: [],
            instrument: null,
            article: null,
            purposes: [],
            indicators: [],
            level: null,
            period: null,
            decisions: [],
            refusal: null,
            releaseOn: null,
          })
          .then(() => undefined),
      'coast',
    );
    expect((await stage.as('amina', `/api/exchange/flows/${foreign}`)).status).toBe(404);
    expect((await stage.as('amina', '/api/exchange')).text).not.toContain(foreign);
  });

  it('show what was refused, under which article and why, as page and as JSON', async () => {
    const answer = await stage.as('amina', '/api/exchange');
    expect(answer.json()).toMatchObject({
      flows: [{ id: flowId, state: 'refused-here', refusal: { reason: 'purpose-not-agreed', article: 'art-2' } }],
    });
    const page = await stage.as('amina', '/exchange');
    expect(page.text).toContain('article 2: this purpose is not agreed');
    expect((await stage.as('amina', `/exchange/flows/${flowId}`)).status).toBe(200);
  });

  it('show every flow once, page by page, also those of one instant', async () => {
    const ids = Array.from({ length: 205 }, () => randomUUID());
    const inland = await stage.act((work) =>
      openHostedParty(work, { name: 'Inland', slug: 'inland', kind: 'government', country: 'AA', languages: ['en'] }),
    );
    await stage.house.database.transact({ party: inland.id }, { system: 'jobs' }, async (tx) => {
      for (const id of ids)
        await store.insertFlow(tx, inland.id, {
          id,
          direction: 'in',
          content: null,
          key: id,
          act: null,
          counterparts: [],
          instrument: null,
          article: null,
          purposes: [],
          indicators: [],
          level: null,
          period: null,
          decisions: [],
          refusal: null,
          releaseOn: null,
        });
    });
    const seen: string[] = [];
    let after: string | null | undefined;
    while (after !== null) {
      const page = await stage.house.database.read({ party: inland.id }, (reader) =>
        readExchange(reader, stage.house.clock.now(), after ?? undefined),
      );
      seen.push(...page.flows.map(({ id }) => id));
      after = page.earlier;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it('triage is for officers, and only of a warning that is there', async () => {
    const path = `/exchange/warnings/${'a'.repeat(43)}/triage`;
    expect((await stage.as('dalia', path, { form: { triage: 'set-aside' } })).status).toBe(403);
    expect((await stage.as('amina', path, { form: { triage: 'set-aside' } })).status).toBe(404);
    expect((await stage.as('amina', path, { form: { triage: 'deleted' } })).status).toBe(422);
  });
});

describe('asking for data', () => {
  const request = () => ({
    giver: stage.parties.coast.did,
    asker: 'outside',
    content: 'line-list',
    indicator: 'measles',
    level: 2,
    purpose: 'law-enforcement',
  });

  it('is for officers and administrators', async () => {
    expect((await stage.as('noOne', '/api/exchange/requests', { json: request() })).status).toBe(401);
    expect((await stage.as('dalia', '/api/exchange/requests', { json: request() })).status).toBe(403);
  });

  it('refuses what is malformed, field by field', async () => {
    const answer = await stage.as('amina', '/exchange/requests', {
      form: { ...request(), level: 'x', giver: 'nobody', indicator: '=1' },
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('f-giver');
  });

  it('of the police is refused by the floor; both registers keep it, without a name; the community is told', async () => {
    const answer = requestAnswerSchema.parse(
      (await stage.as('amina', '/api/exchange/requests', { json: request() })).json(),
    );
    expect(answer).toMatchObject({ isPermitted: false, reason: 'floor', rule: 'forbidden-purpose' });
    const asked = await stage.as('amina', '/exchange/requests', {
      form: {
        giver: stage.parties.north.did,
        asker: 'outside',
        content: 'table',
        indicator: 'measles',
        level: '1',
        purpose: 'insurance',
      },
    });
    expect(asked.status).toBe(303);
    const page = await stage.as('amina', '/exchange/requests');
    expect(page.text).toContain('no agreement can permit this purpose');
    const told = await stage.as('chen', '/api/p/river/data');
    expect(told.json()).toMatchObject({
      notices: [
        { kind: 'request-refused', purposes: ['insurance'], reason: 'forbidden-purpose' },
        { kind: 'request-refused', purposes: ['law-enforcement'] },
      ],
    });
  });

  it('under no agreement is refused for any purpose', async () => {
    const answer = await stage.as('amina', '/api/exchange/requests', {
      json: { ...request(), content: 'table', purpose: 'research', asker: stage.parties.north.did },
    });
    expect(answer.json()).toMatchObject({ isPermitted: false, reason: 'no-agreement', article: null });
  });
});

describe('what a community sees', () => {
  it('is for its own council', async () => {
    expect((await stage.as('noOne', '/api/p/river/data')).status).toBe(401);
    for (const who of ['amina', 'fatou', 'bruno'] as const)
      expect((await stage.as(who, '/api/p/river/data')).status, who).toBe(403);
    expect((await stage.as('chen', '/p/river/data')).status).toBe(200);
  });

  it('is not there for a party that is no community', async () => {
    expect((await stage.as('fatou', '/api/p/operator/data')).status).toBe(404);
  });
});

describe('the public list', () => {
  it('is open to anyone and says nothing that the log does not', async () => {
    expect((await stage.as('noOne', '/exchange/public')).status).toBe(200);
    expect((await stage.as('noOne', '/api/exchange/public')).json()).toEqual({ flows: [] });
  });
});

it('a warning is triaged once, by a named person', async () => {
  const act = await stage.act(
    async ({ tx }) => (await tx.db.selectFrom('acts').select('id').limit(1).executeTakeFirstOrThrow()).id,
  );
  await stage.act(
    ({ tx }) =>
      store.insertReceivedWarning(tx, stage.parties.north.id, {
        act,
        giver: stage.parties.watch.did,
        event: 'x'.repeat(22),
        isAgreed: false,
        content: 'warning',
        indicator: 'cholera',
        indicatorName: '<script>',
        level: 1,
        place: { code: 'B', name: 'Border' },
        period: null,
        cases: 'withheld',
        on: '2026-03-01' as never,
      }),
    'north',
  );
  const page = await stage.as('amina', '/exchange');
  expect(page.text).toContain('&lt;script&gt;');
  expect(page.text).toContain('Outside any agreement');
  expect((await stage.as('amina', `/exchange/warnings/${act}/triage`, { form: { triage: 'taken-up' } })).status).toBe(
    303,
  );
  expect((await stage.as('amina', `/exchange/warnings/${act}/triage`, { form: { triage: 'set-aside' } })).status).toBe(
    409,
  );
  const signals = await stage.as('amina', '/api/signals');
  expect(signals.text).toContain('Border');
});
