import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { shiftPeriod } from '../../period.ts';
import { watchIndicator } from './actions.ts';
import { listHeldBack, listMembers } from './judgement-store.ts';
import { headline, readSignals, type SignalReading } from './reading.ts';
import { listPlaces } from './reported/store.ts';

let country: Country;
beforeAll(async () => {
  country = await openCountry();
  await country.reportQuietYear('measles');
  await country.detect();
});
afterAll(async () => country[Symbol.asyncDispose]());

const read = <T>(run: Parameters<typeof country.house.database.read<T>>[1]): Promise<T> =>
  country.house.database.read({ party: country.parties.north.id }, run);
const signals = (): Promise<readonly SignalReading[]> => read((reader) => readSignals(reader, { limit: 100 }));
const placesOf = async (signal: SignalReading): Promise<readonly string[]> =>
  read(async (reader) => {
    const members = await listMembers(reader, [signal.id]);
    const places = await listPlaces(
      reader,
      members.map(({ place }) => place),
    );
    return members.map(({ place }) => places.get(place)?.code ?? '').toSorted();
  });
const week = (by: number) => shiftPeriod(country.lastWeek, by);

describe('a region and its districts', () => {
  test('a little more in every district, too little for each alone, is one signal of the region from the sum', async () => {
    for (const district of [1, 2, 3, 4, 5, 6]) await country.report('measles', district, week(1), 6);
    expect(await country.detect()).toMatchObject({ raised: 1 });
    const [signal, ...others] = await signals();
    expect(others).toEqual([]);
    expect(signal?.place?.code).toBe('AA1');
    expect(signal && headline(signal)?.observed).toBe(36);
    // The country is the same sum, and goes along.
    expect(signal && (await placesOf(signal))).toEqual(['AA']);
  });

  test('a district that is in alarm while its region has an open signal joins it and raises none', async () => {
    for (const district of [1, 2, 3, 4, 5, 6])
      await country.report('measles', district, week(2), district === 4 ? 60 : 4);
    expect(await country.detect()).toMatchObject({ raised: 0 });
    const [signal] = await signals();
    expect(signal && (await placesOf(signal))).toEqual(['AA', 'AA14']);
  });

  test('the same again changes nothing', async () => {
    for (const district of [1, 2, 3, 4, 5, 6])
      await country.report('measles', district, week(2), district === 4 ? 60 : 4);
    expect(await country.detect()).toEqual({ series: 6, raised: 0, recorded: 0 });
    expect(await signals()).toHaveLength(1);
  });

  test('a week that too few districts have reported says nothing about the region', async () => {
    await country.report('measles', 1, week(3), 6);
    await country.detect();
    const [signal] = await signals();
    expect(signal && headline(signal)?.period).toEqual(week(2));
  });
});

test('a second rule that speaks of a place with an open signal joins that signal', async () => {
  await using other = await openCountry();
  await other.reportQuietYear('measles');
  await other.report('measles', 2, other.lastWeek, 40);
  await other.detect();
  const { id } = await other.act(
    async ({ tx }) =>
      (await sql<{ id: number }>`select id from indicators where code = 'measles'`.execute(tx.db)).rows[0]!,
    'north',
  );
  await other.actAs('amina', (work) =>
    watchIndicator(work, id, { method: 'rule', rule: { kind: 'cases', compare: 'at-least', cases: 30 } }),
  );
  await other.house.jobs.drain(other.house);
  const all = await other.house.database.read({ party: other.parties.north.id }, (reader) =>
    readSignals(reader, { limit: 10 }),
  );
  expect(all.map(({ place }) => place?.code)).toEqual(['AA12']);
});

test('among many tests a weak alarm is held back, listed, and raised once there is more of it', async () => {
  await using other = await openCountry();
  const { id } = await other.act(
    async ({ tx }) =>
      (await sql<{ id: number }>`select id from indicators where code = 'measles'`.execute(tx.db)).rows[0]!,
    'north',
  );
  await other.actAs('amina', (work) =>
    watchIndicator(work, id, { method: 'ears', control: { method: 'C2', alpha: 0.05, minSigma: 1 } }),
  );
  await other.as('amina', '/api/signals/capacity', { json: { falsePercent: 0.1 } });
  await other.reportQuietYear('measles');
  await other.report('measles', 3, other.lastWeek, 7);
  await other.detect();
  const held = await other.house.database.read({ party: other.parties.north.id }, (reader) => listHeldBack(reader, 10));
  expect(held.map(({ observed }) => observed)).toContain(7);
  expect((await other.as('amina', '/signals')).text).toMatch(/See the .*held back as possible chance/);
  expect((await other.as('amina', '/signals/held-back')).text).toContain('Cedar');
  await other.report('measles', 3, other.lastWeek, 12);
  expect(await other.detect()).toMatchObject({ raised: 1 });
});
