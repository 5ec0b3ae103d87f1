import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../../test/support/surveillance.ts';
import { shiftPeriod, startOf } from '../../../period.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  // Of the dispatches only what they are about matters here, not the acts that they are known by.
  await country.house.database.pool.query(
    'alter table received_counts drop constraint received_counts_act_fkey; alter table flows drop constraint flows_act_fkey',
  );
  await receive('did:web:south.example', 'S1', 'public-health-surveillance', 0, (week) =>
    week === 0 ? 60 : 4 + (week % 4),
  );
  await receive('did:web:south.example', 'S2', 'public-health-surveillance', 0, (week) => 4 + (week % 4));
  await receive('did:web:east.example', 'E1', 'research', 0, (week) => (week === 0 ? 60 : 4 + (week % 4)));
  await receive('did:web:west.example', 'W1', 'preparedness', 30, (week) => (week === 0 ? 60 : 4 + (week % 4)));
});
afterAll(async () => country[Symbol.asyncDispose]());

/** Forty weeks of measles up to so many weeks before the last; `cases` counts from the newest. */
async function receive(
  giver: string,
  place: string,
  purpose: string,
  weeksAgo: number,
  cases: (week: number) => number,
): Promise<void> {
  const party = country.parties.north.id;
  await country.act(async ({ tx }) => {
    for (let week = 0; week < 40; week++) {
      const period = shiftPeriod(country.lastWeek, -weeksAgo - week);
      const act = `${giver} ${place} ${week}`;
      await sql`insert into flows (id, party_id, direction, content, key, act, counterparts, purposes, indicators, level, decisions, at)
        values (gen_random_uuid(), ${party}, 'in', 'table', ${act}, ${act}, ${[giver]}, ${[purpose]}, ${['measles']}, 1, '[]', ${tx.now})`.execute(
        tx.db,
      );
      await sql`insert into received_counts (party_id, act, giver, indicator, level, place_code, place_name, period_kind, period, first_day, value, is_withheld, received_at)
        select ${party}, ${act}, ${giver}, 'measles', 1, ${place}, ${`Place ${place}`}, 'iso-week', ${period.label}, ${startOf(period)}::date, ${cases(week)}, false, ${tx.now}`.execute(
        tx.db,
      );
    }
  }, 'north');
}

interface Watch {
  readonly series: number;
  readonly outdated: number;
  readonly alarms: readonly { place: { code: string }; sentence: string; curvePath: string; indicator: number }[];
}

const read = async (): Promise<Watch> => (await country.as('amina', '/api/signals/neighbours')).json() as Watch;

describe('what neighbours gave', () => {
  test('is looked at by the office only', async () => {
    expect((await country.as('dalia', '/signals/neighbours')).status).toBe(403);
    expect((await country.as('noOne', '/signals/neighbours')).status).not.toBe(200);
  });

  test('is judged when its purpose permits it and it is recent: what stands out is explained, the rest counted', async () => {
    const { series, outdated, alarms } = await read();
    expect([series, outdated]).toEqual([2, 1]);
    expect(alarms.map(({ place }) => place.code)).toEqual(['S1']);
    expect(alarms[0]?.sentence).toMatch(/60 reported; .*expected/);
    expect((await country.as('amina', alarms[0]?.curvePath ?? '')).status).toBe(200);
  });

  test('waits on the start page of an officer and of nobody else', async () => {
    expect((await country.as('amina', '/')).text).toContain('above their alarm level');
    expect((await country.as('fatou', '/')).text).not.toContain('above their alarm level');
  });

  test('becomes a signal of this office when a person takes it up, by a form without scripts', async () => {
    const before = await country.house.database.pool.query('select count(*)::int as count from signals');
    const page = await country.as('amina', '/signals/neighbours');
    expect(page.text).not.toMatch(/<script/);
    expect(page.text).toContain('action="/signals/new"');
    const fields = Object.fromEntries(
      [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    expect(fields['summary']).toContain('60 reported');
    const form = {
      attempt: fields['attempt'] ?? '',
      summary: fields['summary'] ?? '',
      indicator: fields['indicator'] ?? '',
    };
    expect((await country.as('amina', '/signals/new', { form })).status).toBe(303);
    const after = await country.house.database.pool.query('select count(*)::int as count from signals');
    expect(after.rows[0].count - before.rows[0].count).toBe(1);
  });

  test('is judged anew when something comes', async () => {
    const party = country.parties.north.id;
    await country.act(async ({ tx }) => {
      await sql`update received_counts set value = 5, received_at = received_at + interval '1 hour'
        where party_id = ${party} and place_code = 'S1' and value = 60`.execute(tx.db);
    }, 'north');
    expect((await read()).alarms).toEqual([]);
  });
});
