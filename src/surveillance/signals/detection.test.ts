import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFixture, fixturesAvailable } from '../../../test/support/fixtures.ts';
import { needs } from '../../../test/support/needs.ts';
import { openCountry, type Country } from '../../../test/support/surveillance.ts';
import { shiftPeriod } from '../../period.ts';
import { takeStep, watchIndicator } from './actions.ts';
import { japanIndicators, openReportingNode } from '../reporting/reporting.fixture.ts';
import { detectChanges, type DetectionReport } from './detection.ts';
import { headline, readSignals, type SignalReading } from './reading.ts';

// Each test has a district of its own.
let country: Country;
let quiet: DetectionReport;
beforeAll(async () => {
  country = await openCountry();
  await country.reportQuietYear('measles');
  quiet = await country.detect();
});
afterAll(async () => country[Symbol.asyncDispose]());

const read = <T>(run: Parameters<typeof country.house.database.read<T>>[1]): Promise<T> =>
  country.house.database.read({ party: country.parties.north.id }, run);

async function signalsOf(district: number, indicator = 'measles'): Promise<readonly SignalReading[]> {
  const all = await read((reader) => readSignals(reader, { limit: 100 }));
  return all.filter((signal) => signal.place?.code === `AA1${district}` && signal.indicator?.code === indicator);
}

const states = (signals: readonly SignalReading[]) =>
  signals.map((signal) => [signal.status, headline(signal)?.observed, headline(signal)?.holds]);

const days = (count: number): void => country.clock.advance(count * 86_400_000);

describe('detection', () => {
  test('a quiet year of every district raises nothing', () => {
    expect(quiet).toEqual({ series: 6, raised: 0, recorded: 0 });
  });

  test('an exceedance raises one signal, with what was observed, usual and the limit', async () => {
    await country.report('measles', 1, country.lastWeek, 31);
    expect(await country.detect()).toEqual({ series: 1, raised: 1, recorded: 0 });
    const [signal] = await signalsOf(1);
    expect(signal).toMatchObject({
      status: 'new',
      source: 'detector',
      method: { method: 'ears', control: { method: 'C2' } },
    });
    expect(signal && headline(signal)).toMatchObject({ period: country.lastWeek, observed: 31, holds: true });
    expect(signal && headline(signal)?.range?.upper).toBeLessThanOrEqual(5);
  });

  test('the same reports again change nothing', async () => {
    await country.report('measles', 2, country.lastWeek, 31);
    await country.detect();
    const before = await signalsOf(2);
    expect(await country.detect()).toEqual({ series: 0, raised: 0, recorded: 0 });
    await country.report('measles', 2, country.lastWeek, 31);
    expect(await country.detect()).toEqual({ series: 1, raised: 0, recorded: 0 });
    expect(await signalsOf(2)).toEqual(before);
  });

  test('two workers at once raise one signal, and every change is looked at', async () => {
    await country.report('cholera', 2, country.lastWeek, 2);
    await country.report('cholera', 3, country.lastWeek, 2);
    const reports = await Promise.all([country.detect(), country.detect()]);
    expect(reports.reduce((sum, { raised }) => sum + raised, 0)).toBe(2);
    expect([...(await signalsOf(2, 'cholera')), ...(await signalsOf(3, 'cholera'))]).toHaveLength(2);
  });

  test('the open signal takes up a correction: the alarm is kept and said to hold no longer', async () => {
    const found = async (value: number | null) => {
      await country.report('measles', 3, country.lastWeek, value);
      await country.detect();
      return states(await signalsOf(3));
    };
    expect(await found(31)).toEqual([['new', 31, true]]);
    expect(await found(4)).toEqual([['new', 4, false]]);
    expect(await found(33)).toEqual([['new', 33, true]]);
    expect(await found(null)).toEqual([['new', 33, false]]);
  });

  test('within seven days of the end of a signal its rule is silent there; then a new week raises a new one', async () => {
    await country.report('measles', 4, country.lastWeek, 31);
    await country.detect();
    const [first] = await signalsOf(4);
    const noAnswer = () => Promise.reject(new Error('nobody to answer'));
    await country.actAs('amina', async (work) => {
      await takeStep(work, first!.id, { step: 'accept', why: 'plausible' }, noAnswer);
      await takeStep(work, first!.id, { step: 'discard', why: 'a typing error' }, noAnswer);
    });
    days(3);
    await country.report('measles', 4, shiftPeriod(country.lastWeek, 1), 40);
    expect(await country.detect()).toMatchObject({ raised: 0 });
    days(5);
    // What came in during the silence is not brought up when it ends.
    await country.report('measles', 4, shiftPeriod(country.lastWeek, 1), 40);
    expect(await country.detect()).toMatchObject({ raised: 0 });
    await country.report('measles', 4, shiftPeriod(country.lastWeek, 2), 60);
    expect(await country.detect()).toMatchObject({ raised: 1 });
    expect((await signalsOf(4)).map(({ status }) => status)).toEqual(['new', 'discarded']);
  });

  test('an alarm about weeks long past is history: it raises no signal', async () => {
    await country.report('measles', 5, shiftPeriod(country.lastWeek, -20), 300);
    expect(await country.detect()).toMatchObject({ series: 1, raised: 0 });
  });

  test('one case of a disease for immediate notification is a signal, without any history', async () => {
    await country.report('cholera', 5, country.lastWeek, 1);
    expect(await country.detect()).toMatchObject({ raised: 1 });
    expect(await signalsOf(5, 'cholera')).toMatchObject([
      { method: { method: 'rule', rule: { kind: 'cases', cases: 1 } } },
    ]);
  });

  test('a rule that a person writes is applied by the job, to every district, without being told of series', async () => {
    const { rows } = await read((reader) =>
      sql<{ id: number }>`select id from indicators where code = 'measles'`.execute(reader),
    );
    await country.report('measles', 6, country.lastWeek, 6);
    await country.detect();
    expect(await signalsOf(6)).toEqual([]);
    await country.actAs('amina', (work) =>
      watchIndicator(work, rows[0]?.id ?? 0, {
        method: 'rule',
        rule: { kind: 'cases', compare: 'at-least', cases: 6 },
      }),
    );
    await country.house.jobs.drain(country.house);
    expect(await signalsOf(6)).toMatchObject([{ method: { method: 'rule' }, status: 'new' }]);
  });

  test('reports of facilities are put together for the area they lie in', async () => {
    const party = country.parties.north.id;
    await country.act(async ({ tx }) => {
      await sql`insert into places (party_id, code, name, kind, level, parent_id)
        select ${party}, code, 'Clinic ' || code, 'facility', 3, (select id from places where places.code = 'AA16') from (values ('C1'), ('C2'), ('C3')) as clinic (code)`.execute(
        tx.db,
      );
      await sql`insert into indicators (party_id, code, names, period_kind, is_immediate, aggregation)
        values (${party}, 'rash', '{"en": "Rash"}', 'iso-week', false, 'sum')`.execute(tx.db);
      await sql`insert into series (party_id, indicator_id, place_id)
        select ${party}, indicators.id, places.id from indicators cross join places where indicators.code = 'rash' and places.kind = 'facility'`.execute(
        tx.db,
      );
      await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
        select submissions.id, series.id, ${party}, date '2000-01-01', date '2100-01-01' from submissions cross join series on conflict do nothing`.execute(
        tx.db,
      );
      await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
        select series.id, week::date, case when week = max(week) over () then 6 else 1 end, (select max(id) from submissions), ${party}
        from series join indicators on indicators.id = series.indicator_id
          cross join generate_series(timestamp '2026-01-05', timestamp '2026-03-09', interval '1 week') as week where indicators.code = 'rash'`.execute(
        tx.db,
      );
      await sql`insert into changed_series (series_id, party_id, since)
        select series.id, ${party}, date '2026-03-09' from series join indicators on indicators.id = series.indicator_id where indicators.code = 'rash'`.execute(
        tx.db,
      );
    }, 'north');
    expect(await country.detect()).toEqual({ series: 1, raised: 1, recorded: 0 });
    expect(states(await signalsOf(6, 'rash'))).toEqual([['new', 18, true]]);
  });
});

needs(fixturesAvailable, 'the surveillance data of the fixtures')('real surveillance data', () => {
  test(
    'Japan, 47 prefectures and 21 diseases: some tens of signals for the last four weeks, and none the second time',
    { timeout: 180_000 },
    async () => {
      await using node = await openReportingNode();
      const fixture = (name: string): string => findFixture(`data/surveillance/japan_weekly/${name}`);
      await node.importFile('places', fixture('geographies.csv'));
      await node.importFile('indicators', japanIndicators);
      await node.importFile('reports', fixture('weekly_2016_2024.csv'), { columns: { indicator: '*' } });
      const party = node.node.operator.id;
      const first = await detectChanges(node.node.house, party, 'jobs');
      expect(first.series).toBe(47 * 21);
      expect(first.raised).toBeGreaterThan(10);
      expect(first.raised).toBeLessThan(100);
      await node.act(({ tx }) =>
        sql`insert into changed_series (series_id, party_id, since) select id, party_id, date '2000-01-01' from series`.execute(
          tx.db,
        ),
      );
      expect(await detectChanges(node.node.house, party, 'jobs')).toEqual({ series: 987, raised: 0, recorded: 0 });
    },
  );
});
