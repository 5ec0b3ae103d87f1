import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvent } from '../../src/surveillance/events/actions.ts';
import { warnOfEvent } from '../../src/exchange/actions.ts';
import { exchangeRound } from '../../src/exchange/jobs.ts';
import { answerRumour, receiveRumour } from '../../src/surveillance/reporting/rumours/actions.ts';
import { assessRisk, takeStep } from '../../src/surveillance/signals/actions.ts';
import { readSignals } from '../../src/surveillance/signals/reading.ts';
import { openStage, type Stage } from '../support/cast.ts';
import { enrol, propose, signAll, treaty, warnings } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const rumour = {
  what: 'Since Sunday many goats lie dead at the river and two children have bled from the nose.',
  location: 'the ford below the mill',
  contact: 'Grandmother Adla, +99 555 1234',
};

describe('scenario 5: a community outside every agreement sends a rumour', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage[Symbol.asyncDispose]());

  it('without an account; it enters triage, is looked into by a person, and its sender is answered', async () => {
    const told = await stage.as('noOne', '/api/p/operator/rumour', { json: rumour });
    const { reference, path } = told.json() as { reference: string; path: string };
    expect(reference).toMatch(/^[A-Z]{3}-\d{4}$/);
    const list = (await stage.as('amina', '/api/signals')).json() as {
      fresh: readonly { path: string; source: string; rank: unknown }[];
    };
    expect(list.fresh).toMatchObject([{ source: 'rumour', rank: { reasons: [{ code: 'told' }] } }]);
    const signal = list.fresh[0]?.path ?? '';
    const page = await stage.as('amina', signal);
    expect(page.text).toContain('many goats lie dead');
    // Whoever decides about it does not need to know who said it.
    expect(page.text).not.toMatch(/Adla|555 1234/);
    const answers = async () =>
      (
        (await stage.as('noOne', `/api${path}`)).json() as {
          answers: readonly { came: string; reply: string | null }[];
        }
      ).answers;
    expect(await answers()).toEqual([]);
    await stage.as('amina', `${signal}/step`, {
      form: { step: 'accept', why: 'goats and children', reply: 'A team comes on Tuesday.' },
    });
    await stage.as('amina', `${signal}/step`, { form: { step: 'verify', why: 'seen by the team' } });
    expect((await answers()).map(({ came, reply }) => [came, reply])).toEqual(
      expect.arrayContaining([
        ['looking-into', 'A team comes on Tuesday.'],
        ['confirmed', null],
      ]),
    );
    expect((await stage.as('noOne', path)).text).toContain('A team comes on Tuesday.');
    // Signed in or not: who sent it is recorded nowhere.
    await stage.as('bruno', '/api/p/operator/rumour', { json: { what: 'Signed in, and still unnamed.' } });
    const { rows } = await stage.house.database.pool.query(
      'select 1 from audit where account_id = $1 and action = $2',
      [stage.accounts.bruno, 'rumour.receive'],
    );
    expect(rows).toEqual([]);
    expect((await stage.as('noOne', `/p/operator/rumour/${'x'.repeat(32)}`)).status).toBe(404);
  });

  it('is refused nowhere for want of an agreement, and is no act: the public log does not grow by it', async () => {
    const entries = async () => (await stage.site.send('/log/checkpoint')).text.split('\n')[1];
    const before = await entries();
    expect((await stage.as('noOne', '/api/p/coast/rumour', { json: { what: 'Many cough.' } })).status).toBe(200);
    await stage.house.journal.run();
    expect(await entries()).toBe(before);
  });

  it('binds nobody, and its sender appears in no peer’s payload and no public log, even when it becomes an event', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await enrol(a);
    const id = await propose([a, b], await treaty([a, b], [[warnings]]));
    await signAll([a, b], id);
    const before = await held(b);

    await a.act((work) => receiveRumour(work, { ...rumour, language: 'en' }));
    const [signal] = await a.house.database.read({ party: a.operator.id }, (reader) =>
      readSignals(reader, { statuses: ['new'], limit: 10 }),
    );
    if (!signal) throw new RangeError('the rumour raised no signal');
    await round(a, b);
    expect(await held(b)).toEqual(before);

    await a.act((work) =>
      takeStep(work, signal.id, { step: 'accept', why: 'plausible', reply: 'Thank you.' }, answerRumour),
    );
    await a.act((work) => takeStep(work, signal.id, { step: 'verify', why: 'seen' }, answerRumour));
    const scope = { likelihood: 'likely', consequence: 'major', confidence: 'low' } as const;
    await a.act((work) =>
      assessRisk(work, signal.id, {
        question: 'Will it spread?',
        hazard: 'unknown',
        exposure: 'river',
        context: 'market',
        scopes: { national: scope, regional: scope, global: scope },
        reassessOn: undefined,
      }),
    );
    await a.act((work) =>
      openEvent(work, signal.id, { title: 'Deaths of goats at the river', why: 'seen' }, warnOfEvent),
    );
    await round(a, b);
    for (const node of [a, b]) {
      const everything = JSON.stringify(await held(node));
      expect(everything).not.toMatch(/Adla|555 1234|goats|ford below/);
    }
  });
});

async function round(a: TestNode, b: TestNode): Promise<void> {
  for (const node of [a, b]) {
    await exchangeRound.run(node.house, {});
    await node.house.jobs.drain(node.house);
  }
  await converge(a, b);
}

/** Every act with its body that a node holds, decoded: what its own log says publicly and what others sent it. */
async function held(node: TestNode): Promise<readonly string[]> {
  const rows = await node.house.database.read('node', (reader) =>
    reader
      .selectFrom('acts')
      .leftJoin('act_bodies', 'act_bodies.act', 'acts.id')
      .select(['acts.id', 'acts.jws', 'act_bodies.body'])
      .orderBy('acts.id')
      .execute(),
  );
  return rows.map(({ id, jws, body }) => {
    const [header = '', payload = ''] = jws.toString('latin1').split('.');
    const text = [header, payload].map((part) => Buffer.from(part, 'base64url').toString('utf8'));
    return [id, ...text, body?.toString('utf8') ?? ''].join('\n');
  });
}
