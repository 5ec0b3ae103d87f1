import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../../test/support/surveillance.ts';
import { reportAsItWent } from '../workbench.fixture.ts';
import type { SeriesAnswer } from './pages.tsx';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  await reportAsItWent(country, 'measles', 2, 40);
  await country.reportQuietYear('cholera');
});
afterAll(async () => country[Symbol.asyncDispose]());

const read = async (indicator: string, place: string): Promise<SeriesAnswer> =>
  (await country.as('amina', `/api/curves/${indicator}/${place}`)).json() as SeriesAnswer;

describe('the curve of a place', () => {
  test('is for the office only, and for a place and an indicator that exist', async () => {
    expect((await country.as('dalia', '/curves/measles/AA12')).status).toBe(403);
    expect((await country.as('amina', '/curves/measles/nowhere')).status).toBe(404);
    expect((await country.as('amina', '/curves/nothing/AA12')).status).toBe(404);
  });

  test('says what the last weeks will come to, learnt from what was known when', async () => {
    const { curve, late } = await read('measles', 'AA12');
    const newest = curve.at(-1);
    expect(newest?.reported).toBe(6);
    expect(newest?.final?.median).toBeGreaterThan(8);
    expect(newest?.final?.upper).toBeGreaterThan(newest?.final?.median ?? 0);
    expect(late).toMatch(
      /6 reported so far; \d+ expected in the end \(\d+ to \d+\)\. About \d+% are known at this point/,
    );
    const page = await country.as('amina', '/curves/measles/AA12');
    expect(page.text).toContain('class="fin"');
    expect(page.text).toContain('Expected once late reports are in');
    expect((await country.as('amina', '/curves/measles/AA12/curve.csv')).text).toContain('final_lower');
  });

  test('of a region puts together what came from its districts when', async () => {
    expect((await read('measles', 'AA1')).late).toMatch(/6 reported so far/);
  });

  test('says plainly when history came in one piece', async () => {
    const { late, curve } = await read('cholera', 'AA12');
    expect(late).toMatch(/cannot be said yet\. Periods reported as they went by: [01]; needed: 8\./);
    expect(curve.every(({ final }) => final === null)).toBe(true);
  });

  test('gives the reproduction number once an officer has said how long from case to case, with the source', async () => {
    const path = '/curves/measles/AA12/interval';
    expect((await read('measles', 'AA12')).reproduction.state).toBe('no-interval');
    expect((await country.as('fatou', path, { form: { meanDays: '11.7', sdDays: '2.5', source: 'x' } })).status).toBe(
      403,
    );
    const wrong = await country.as('amina', path, { form: { meanDays: '-1', sdDays: '2.5', source: '' } });
    expect(wrong.status).toBe(422);
    const done = await country.as('amina', path, {
      form: { meanDays: '11.7', sdDays: '2.5', source: 'A review of household studies' },
    });
    expect([done.status, done.headers.location]).toEqual([303, '/curves/measles/AA12?notice=delays.done-interval']);
    const { reproduction } = await read('measles', 'AA12');
    expect(reproduction.state).toBe('estimated');
    const newest = reproduction.points.at(-1);
    expect(newest?.lower).toBeLessThan(newest?.mean ?? 0);
    expect(newest?.mean).toBeGreaterThan(0.5);
    expect(newest?.mean).toBeLessThan(1.6);
    expect((await country.as('amina', '/curves/measles/AA12')).text).toContain('A review of household studies');
    expect((await country.as('amina', '/curves/measles/AA12/reproduction.csv')).status).toBe(200);
  });
});

describe('a curve', () => {
  test('is found without a signal: the places that report an indicator, each with its curve', async () => {
    expect((await country.as('dalia', '/curves')).status).toBe(403);
    expect((await country.as('amina', '/curves?indicator=nonsense')).status).toBe(200);
    const page = await country.as('amina', '/curves?indicator=measles');
    expect(page.text).toContain('href="/curves/measles/AA12"');
    expect(page.text).not.toMatch(/<script/);
    expect((await country.as('amina', '/signals')).text).toContain('href="/curves"');
  });
});

describe('what a neighbour gave', () => {
  const giver = 'did:web:south.example';
  const value = (purpose: string): string => encodeURIComponent(`${giver} measles ${purpose}`);

  beforeAll(async () => {
    const party = country.parties.north.id;
    await country.act(async ({ tx }) => {
      // One act of the log stands for the dispatch: who gave what for which purpose is in the flow.
      const { rows } = await sql<{ id: string }>`select id from acts order by id limit 1`.execute(tx.db);
      const act = rows[0]?.id ?? '';
      await sql`insert into flows (id, party_id, direction, content, key, act, counterparts, purposes, indicators, level, decisions, at)
        values (gen_random_uuid(), ${party}, 'in', 'table', ${act}, ${act}, ${[giver]}, ${['public-health-surveillance']}, ${['measles']}, 1, '[]', ${tx.now})`.execute(
        tx.db,
      );
      await sql`insert into received_counts (party_id, act, giver, indicator, level, place_code, place_name, period_kind, period, first_day, value, is_withheld, received_at)
        select ${party}, ${act}, ${giver}, 'measles', 1, 'S1', 'Southland', 'iso-week', '2026-W07', date '2026-02-09', 5, false, ${tx.now}`.execute(
        tx.db,
      );
    }, 'north');
  });

  test('opens under the purpose that it was given for and no other, and is marked as received', async () => {
    const page = await country.as('amina', `/curves/received?of=${value('public-health-surveillance')}&place=S1`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Given under an agreement and used here for: public health surveillance.');
    expect((await country.as('amina', `/curves/received?of=${value('research')}&place=S1`)).status).toBe(403);
    expect((await country.as('dalia', `/curves/received?of=${value('public-health-surveillance')}`)).status).toBe(403);
    expect((await country.as('amina', '/workbench')).text).toContain('measles, given by');
  });

  test('is compared on for that purpose, with an audit row; for another it is refused', async () => {
    const post = (purpose: string) =>
      country.as('amina', '/api/workbench/received', { json: { received: `${giver} measles ${purpose}` } });
    expect((await post('research')).status).toBe(403);
    expect((await post('public-health-surveillance')).status).toBe(200);
    const { rows } = await country.house.database.pool.query("select details from audit where action = 'received.use'");
    expect(rows).toMatchObject([{ details: { purpose: 'public-health-surveillance', indicator: 'measles' } }]);
  });
});
