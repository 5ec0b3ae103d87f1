import { sql } from 'kysely';
import type { Country } from '../../../test/support/surveillance.ts';
import { shiftPeriod, startOf } from '../../period.ts';

/** Seven years of weeks in every district up to the last whole one: a yearly wave, and chance that is the same in every run. */
export async function reportSevenYears(country: Country, indicator: string): Promise<void> {
  const party = country.parties.north.id;
  const from = startOf(shiftPeriod(country.lastWeek, -7 * 52));
  await country.act(async ({ tx }) => {
    await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
      select series.id, week::date,
        greatest(0, round(3 + right(places.code, 1)::int * 1.5 + 3 * cos(2 * pi() * extract(doy from week) / 365.25)
          + (('x' || substr(md5(series.id || ' ' || week), 1, 4))::bit(16)::int % 7) - 3))::int,
        (select max(id) from submissions where content = 'reports'), ${party}
      from series join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
        cross join generate_series(${from}::timestamp, ${startOf(country.lastWeek)}::timestamp, interval '1 week') as week
      where indicators.code = ${indicator}`.execute(tx.db);
    await sql`insert into changed_series (series_id, party_id, since)
      select series.id, ${party}, ${from}::date from series join indicators on indicators.id = series.indicator_id
      where indicators.code = ${indicator} on conflict (series_id) do update set since = excluded.since`.execute(tx.db);
  }, 'north');
}

export async function indicatorId(country: Country, code: string): Promise<number> {
  return country.act(async ({ tx }) => {
    const { rows } = await sql<{ id: number }>`select id from indicators where code = ${code}`.execute(tx.db);
    return rows[0]?.id ?? 0;
  }, 'north');
}

/** So many weeks of one district as they went by: six cases known in the night after each, and from the second Monday after it twelve. */
export async function reportAsItWent(
  country: Country,
  indicator: string,
  district: number,
  weeks: number,
): Promise<void> {
  const party = country.parties.north.id;
  await country.act(async ({ tx }) => {
    const submission = async (knownAt: Date): Promise<number> => {
      const { rows } = await sql<{ id: number }>`
        insert into submissions (party_id, kind, content, state, source, received_at, known_at, media_type, size_bytes, sha256)
        values (${party}, 'file', 'reports', 'applied', 'browser', ${knownAt}, ${knownAt}, 'text/csv', 0, decode(repeat('00', 32), 'hex'))
        returning id`.execute(tx.db);
      const id = rows[0]?.id ?? 0;
      await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
        select ${id}, series.id, ${party}, date '2000-01-01', date '2100-01-01' from series`.execute(tx.db);
      return id;
    };
    for (let age = weeks - 1; age >= 0; age--) {
      const start = startOf(shiftPeriod(country.lastWeek, -age));
      for (const [daysAfter, value] of [
        [7.2, 6],
        [14, 12],
      ] as const) {
        const knownAt = new Date(Date.parse(start) + daysAfter * 86_400_000);
        if (knownAt > country.clock.now()) continue;
        const id = await submission(knownAt);
        await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
          select series.id, ${start}::date, ${value}, ${id}, ${party}
          from series join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
          where indicators.code = ${indicator} and places.code = ${`AA1${district}`}
          on conflict (series_id, period_start) do update set value = excluded.value, submission_id = excluded.submission_id`.execute(
          tx.db,
        );
      }
    }
  }, 'north');
}

/** One rule of a DHIS2 package as it is shipped, with its known faults. */
export const smallPackage: string = JSON.stringify({
  dataElements: [{ id: 'cases', name: 'IDS - Measles (Confirmed cases)' }],
  validationRules: [
    {
      id: 'r1',
      name: 'Measles',
      description: '3 confirmed cases in 30 days',
      periodType: 'Weekly',
      operator: 'less_than',
      leftSide: { expression: '#{flag}' },
      rightSide: { expression: '1' },
    },
  ],
  predictors: [
    {
      id: 'p1',
      name: 'Measles outbreak',
      output: { id: 'flag' },
      periodType: 'Weekly',
      sequentialSampleCount: 4,
      generator: { expression: 'if(sum(#{cases}) > 3, 1, 0)' },
    },
  ],
});
