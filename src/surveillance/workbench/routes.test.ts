import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { saveStep, type AnalysisId } from './analysis-store.ts';
import type { ComparisonAnswer } from './answers.ts';
import { indicatorId, reportSevenYears } from './workbench.fixture.ts';

let country: Country;
let measles: number;
beforeAll(async () => {
  country = await openCountry();
  await reportSevenYears(country, 'measles');
  await country.detect();
  measles = await indicatorId(country, 'measles');
});
afterAll(async () => country[Symbol.asyncDispose]());

const small = { series: 3, outbreaks: 4, smallest: 4, largest: 8 };
const ask = async (): Promise<string> =>
  ((await country.as('amina', '/api/workbench', { json: { indicator: measles, ...small } })).json() as { id: string })
    .id;
const read = async (id: string): Promise<ComparisonAnswer> =>
  (await country.as('amina', `/api/workbench/${id}`)).json() as ComparisonAnswer;
const finish = (): Promise<void> => country.house.jobs.drain(country.house);

describe('a comparison of detectors', () => {
  test('is asked for by an officer only, about an indicator that exists, in numbers that make sense', async () => {
    const post = (who: 'fatou' | 'amina', json: object) => country.as(who, '/api/workbench', { json });
    expect((await post('fatou', { indicator: measles, ...small })).status).toBe(403);
    expect((await post('amina', { indicator: 9_999_999, ...small })).status).toBe(404);
    expect((await post('amina', { indicator: measles, ...small, series: 0 })).status).toBe(422);
    expect((await post('amina', { indicator: measles, ...small, outbreaks: 5000 })).status).toBe(422);
  });

  let id = '';
  test(
    'says that it waits, then gives every measure of every detector with its interval',
    { timeout: 120_000 },
    async () => {
      id = await ask();
      expect((await read(id)).progress).toEqual({ done: 0, total: null });
      expect((await country.as('amina', `/workbench/${id}`)).text).toContain('It waits for its turn.');
      await finish();
      const { result, progress } = await read(id);
      expect(progress).toEqual({ done: 3, total: 3 });
      expect(result).toMatchObject({ series: 3, outbreaks: 12, periods: 156, kind: 'iso-week' });
      expect(result?.candidates.length).toBeGreaterThan(18);
      for (const { name, detected, falseAlarmsPerYear, sensitivity, judged } of result?.candidates ?? []) {
        expect([name, judged > 0]).toEqual([name, true]);
        for (const estimate of [detected, falseAlarmsPerYear, sensitivity]) {
          expect(estimate?.lower).toBeLessThanOrEqual(estimate?.value ?? NaN);
          expect(estimate?.upper).toBeGreaterThanOrEqual(estimate?.value ?? NaN);
        }
      }
      // What the office uses now is among them, and something stands out.
      expect(result?.candidates.some(({ isInUse }) => isInUse)).toBe(true);
      const best = result?.candidates.filter(({ isBest }) => isBest) ?? [];
      expect(best.length).toBeGreaterThan(0);
      expect(best.length).toBeLessThan(result?.candidates.length ?? 0);
    },
  );

  test('is taken out as a table and shown as a page without scripts', async () => {
    const csv = await country.as('amina', `/workbench/${id}/table.csv`);
    expect(csv.text.split('\r\n')[0]).toContain('detected,detected_lower,detected_upper');
    const page = await country.as('amina', `/workbench/${id}`);
    expect(page.text).toContain('class="curve tradeoff"');
    expect(page.text).not.toMatch(/<script/);
    expect((await country.as('dalia', `/workbench/${id}`)).status).toBe(403);
  });

  test('the same question gets the same answer', { timeout: 120_000 }, async () => {
    const again = await ask();
    await finish();
    expect((await read(again)).result).toEqual((await read(id)).result);
  });

  test(
    'a step that was done before a crash is not done again, and the rest goes on',
    { timeout: 120_000 },
    async () => {
      const resumed = await ask();
      // As if the first place had been found to have nothing, and then the process had died.
      await country.act(({ tx }) => saveStep(tx, country.parties.north.id, resumed as AnalysisId, 0, null), 'north');
      await finish();
      const { result, progress } = await read(resumed);
      expect([result?.series, progress]).toEqual([2, { done: 3, total: 3 }]);
    },
  );

  test('one is chosen: it says what it replaces, then watches the disease, with an audit row', async () => {
    const chosen = (await read(id)).result?.candidates.find(({ id: name }) => name === 'farrington-flexible-nbPlugin');
    const form = await country.as('amina', `/workbench/${id}/choose?candidate=${chosen?.id}`);
    expect(form.text).toContain('EARS C2 (alpha 0.001)');
    expect(form.text).toContain('Farrington flexible (nbPlugin, alpha 0.01)');
    expect((await country.as('fatou', `/workbench/${id}/choose?candidate=${chosen?.id}`)).status).toBe(403);
    expect((await country.as('amina', `/api/workbench/${id}/choose`, { json: { candidate: 'nonsense' } })).status).toBe(
      404,
    );
    const done = await country.as('amina', `/workbench/${id}/choose`, { form: { candidate: chosen?.id ?? '' } });
    expect([done.status, done.headers.location]).toEqual([303, '/detection?notice=workbench.done-chosen']);
    const detection = (await country.as('amina', '/api/detection')).json() as {
      indicators: readonly { code: string; rules: readonly { text: string; isActive: boolean }[] }[];
    };
    expect(detection.indicators.find(({ code }) => code === 'measles')?.rules).toMatchObject([
      { text: expect.stringContaining('Farrington flexible (nbPlugin') as string, isActive: true },
    ]);
    const { rows } = await country.house.database.pool.query(
      "select details from audit where action = 'detector.choose' and account_id is not null",
    );
    expect(rows).toHaveLength(1);
    await finish();
    await country.report('measles', 4, country.lastWeek, 60);
    await country.detect();
    const { signals } = (await country.as('amina', '/api/signals/all')).json() as {
      signals: readonly { sentence: string; place: { name: string } }[];
    };
    expect(signals.find(({ place }) => place.name === 'Dell')?.sentence).toMatch(
      /60 reported; [\d.]+ expected from the same time of year in the past 5 years; the alarm begins above [\d.]+; p .*\(Farrington flexible\)/,
    );
  });
});
