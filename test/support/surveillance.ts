import { sql } from 'kysely';
import { work, type Work } from '../../src/house.ts';
import { periodOf, plainDateAt, shiftPeriod, startOf, type Period, type PlainDate } from '../../src/period.ts';
import { detectChanges, type DetectionReport } from '../../src/surveillance/signals/detection.ts';
import { openStage, type Member, type Stage } from './cast.ts';

/**
 * The country of the north ministry: one nation, one region, six districts in a row (each the neighbour of the next), Latin names and one
 * in Arabic; weekly measles, watched by statistics, and cholera, notified at once.
 */
export interface Country extends Stage {
  /** The last whole week before "now" of the clock. */
  readonly lastWeek: Period<'iso-week'>;
  /** As a person of the ministry. */
  actAs<T>(who: Member, run: (work: Work) => Promise<T>): Promise<T>;
  report(indicator: string, district: number, week: Period, value: number | null): Promise<void>;
  /** 60 quiet weeks up to the last whole one, in every district. */
  reportQuietYear(indicator: string): Promise<void>;
  detect(): Promise<DetectionReport>;
}

export const districtNames = ['Alder', 'Birch', 'Cedar', 'Dell', 'الواحة', 'Fern'] as const;

const square = (at: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [at, 0],
      [at + 1, 0],
      [at + 1, 1],
      [at, 1],
      [at, 0],
    ],
  ],
});

export async function openCountry(options: Parameters<typeof openStage>[0] = {}): Promise<Country> {
  const stage = await openStage(options);
  const party = stage.parties.north.id;
  const { house } = stage;
  const lastWeek = shiftPeriod(periodOf('iso-week', plainDateAt(stage.clock.now(), 'UTC')), -1);

  await stage.act(async ({ tx }) => {
    await sql`insert into places (party_id, code, name, kind, level) values (${party}, 'AA', 'Amara', 'area', 0)`.execute(
      tx.db,
    );
    await sql`insert into places (party_id, code, name, kind, level, parent_id)
      select ${party}, 'AA1', 'North', 'area', 1, id from places where code = 'AA'`.execute(tx.db);
    for (const [at, name] of districtNames.entries())
      await sql`insert into places (party_id, code, name, kind, level, parent_id, population, shape)
        select ${party}, ${`AA1${at + 1}`}, ${name}, 'area', 2, id, ${50_000 * (at + 1)}, ${JSON.stringify(square(at))}::jsonb
        from places where code = 'AA1'`.execute(tx.db);
    await sql`insert into place_neighbours (place_id, neighbour_id, party_id)
      select a.id, b.id, ${party} from places a join places b on b.id > a.id
      where a.level = 2 and b.level = 2 and abs(right(a.code, 1)::int - right(b.code, 1)::int) = 1`.execute(tx.db);
    await sql`insert into submissions (party_id, kind, content, state, source, received_at, known_at, media_type, size_bytes, sha256)
      values (${party}, 'file', 'reports', 'applied', 'browser', ${tx.now}, ${tx.now}, 'text/csv', 0, decode(repeat('00', 32), 'hex'))`.execute(
      tx.db,
    );
    const indicator = (code: string, names: Readonly<Record<string, string>>, icd10: string, isImmediate: boolean) =>
      sql`insert into indicators (party_id, code, names, icd10, period_kind, is_immediate, aggregation)
        values (${party}, ${code}, ${JSON.stringify(names)}::jsonb, ${icd10}, 'iso-week', ${isImmediate}, 'sum')`.execute(
        tx.db,
      );
    await indicator(
      'measles',
      { en: 'Measles', fr: 'Rougeole', es: 'Sarampión', pt: 'Sarampo', ar: 'الحصبة' },
      'B05',
      false,
    );
    await indicator(
      'cholera',
      { en: 'Cholera', fr: 'Choléra', es: 'Cólera', pt: 'Cólera', ar: 'الكوليرا' },
      'A00',
      true,
    );
    await sql`insert into series (party_id, indicator_id, place_id)
      select ${party}, indicators.id, places.id from indicators cross join places where places.level = 2`.execute(
      tx.db,
    );
    await sql`insert into submission_series (submission_id, series_id, party_id, first_period, last_period)
      select submissions.id, series.id, ${party}, date '2000-01-01', date '2100-01-01' from submissions cross join series`.execute(
      tx.db,
    );
  }, 'north');

  const put = (indicator: string, district: number, start: PlainDate, value: number | null): Promise<void> =>
    stage.act(async ({ tx }) => {
      await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
        select series.id, ${start}::date, ${value}::int, (select max(id) from submissions where content = 'reports'), ${party}
        from series join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
        where indicators.code = ${indicator} and places.code = ${`AA1${district}`}
        on conflict (series_id, period_start) do update set value = excluded.value`.execute(tx.db);
      await sql`insert into changed_series (series_id, party_id, since)
        select series.id, ${party}, ${start}::date
        from series join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
        where indicators.code = ${indicator} and places.code = ${`AA1${district}`}
        on conflict (series_id) do update set since = least(changed_series.since, excluded.since)`.execute(tx.db);
    }, 'north');

  return {
    ...stage,
    lastWeek,
    actAs: (who, run) => work(house, { party }, { account: stage.accounts[who] }, run),
    report: (indicator, district, week, value) => put(indicator, district, startOf(week), value),
    async reportQuietYear(indicator) {
      const from = startOf(shiftPeriod(lastWeek, -59));
      await stage.act(async ({ tx }) => {
        await sql`insert into observations (series_id, period_start, value, submission_id, party_id)
          select series.id, week::date, 2 + (extract(week from week)::int * 7 + right(places.code, 1)::int * 3) % 4,
            (select max(id) from submissions where content = 'reports'), ${party}
          from series join indicators on indicators.id = series.indicator_id join places on places.id = series.place_id
            cross join generate_series(${from}::timestamp, ${startOf(lastWeek)}::timestamp, interval '1 week') as week
          where indicators.code = ${indicator}`.execute(tx.db);
        await sql`insert into changed_series (series_id, party_id, since)
          select series.id, ${party}, ${from}::date from series join indicators on indicators.id = series.indicator_id
          where indicators.code = ${indicator} on conflict (series_id) do update set since = excluded.since`.execute(
          tx.db,
        );
      }, 'north');
    },
    detect: () => detectChanges(house, party, 'jobs'),
  };
}
