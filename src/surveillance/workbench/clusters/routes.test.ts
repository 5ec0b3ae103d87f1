import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../../test/support/surveillance.ts';
import { shiftPeriod } from '../../../period.ts';
import { indicatorId, reportSevenYears } from '../workbench.fixture.ts';
import type { ScanAnswer } from './pages.tsx';

let country: Country;
let measles: number;
beforeAll(async () => {
  country = await openCountry();
  await reportSevenYears(country, 'measles');
  for (const district of [1, 2])
    for (const week of [-2, -1, 0]) await country.report('measles', district, shiftPeriod(country.lastWeek, week), 40);
  measles = await indicatorId(country, 'measles');
});
afterAll(async () => country[Symbol.asyncDispose]());

const look = async (model: string): Promise<ScanAnswer> => {
  const { id } = (await country.as('amina', '/api/clusters', { json: { indicator: measles, model } })).json() as {
    id: string;
  };
  expect((await country.as('amina', `/clusters/${id}`)).text).toContain('It waits for its turn.');
  await country.house.jobs.drain(country.house);
  return (await country.as('amina', `/api/clusters/${id}`)).json() as ScanAnswer;
};

describe('clusters', () => {
  test('are looked for by an officer, about an indicator that exists', async () => {
    expect(
      (await country.as('fatou', '/api/clusters', { json: { indicator: measles, model: 'poisson' } })).status,
    ).toBe(403);
    expect(
      (await country.as('amina', '/api/clusters', { json: { indicator: 9_999_999, model: 'poisson' } })).status,
    ).toBe(404);
    expect((await country.as('amina', '/api/clusters', { json: { indicator: measles, model: 'guess' } })).status).toBe(
      422,
    );
  });

  test.each(['permutation', 'poisson'])(
    '%s: two neighbours with many more cases for three weeks are found, and nothing else',
    async (model) => {
      const { result, path, progress } = await look(model);
      expect(progress).toEqual({ done: 9, total: 9 });
      const clear = result?.clusters.filter(({ isClear }) => isClear) ?? [];
      expect(clear[0]?.places.toSorted()).toEqual(['Alder', 'Birch']);
      expect(clear[0]?.pValue).toBe(1 / 1000);
      expect(clear[0]?.since).toBe(shiftPeriod(country.lastWeek, -2).label);
      expect(result?.map.filter(({ isInside }) => isInside).length).toBeGreaterThanOrEqual(2);
      const page = await country.as('amina', path);
      expect(page.text).toMatch(/Alder and Birch|Birch and Alder/);
      expect(page.text).not.toMatch(/<script/);
      expect((await country.as('amina', `${path}/clusters.csv`)).text).toContain('p_value');
    },
  );

  test('of an indicator that nobody reports: it says that there is nothing to look at', async () => {
    const cholera = await indicatorId(country, 'cholera');
    const { id } = (
      await country.as('amina', '/api/clusters', { json: { indicator: cholera, model: 'permutation' } })
    ).json() as { id: string };
    await country.house.jobs.drain(country.house);
    expect((await country.as('amina', `/clusters/${id}`)).text).toContain('There is nothing to look at');
  });
});
