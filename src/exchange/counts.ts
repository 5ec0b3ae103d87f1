/** What a party has counted itself, at one administrative level. What others report to it is never in here. */
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import { endOf, startOf, type Period, type PeriodKind, type PlainDate } from '../period.ts';
import { dueAt } from '../surveillance/reporting/completeness/deadline.ts';

export interface CountedIndicator {
  readonly code: string;
  readonly periodKind: PeriodKind;
}

export async function listCountedIndicators(reader: Reader): Promise<readonly CountedIndicator[]> {
  const { rows } =
    await sql<CountedIndicator>`select code, period_kind as "periodKind" from indicators order by code`.execute(reader);
  return rows;
}

export interface PlaceNode {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly isArea: boolean;
  readonly parent: number | null;
  readonly level: number;
}

export interface LevelCounts {
  readonly places: readonly { readonly code: string; readonly name: string; readonly level: number }[];
  readonly columns: readonly CountedColumn[];
}

export interface CountedColumn {
  readonly indicator: string;
  readonly aggregation: Aggregation;
  readonly values: readonly (number | null)[];
  /** Of the reports that were due in each place, how many have come. Null: no form says that any was. */
  readonly reports: readonly ({ readonly received: number; readonly expected: number } | null)[];
  /** The latest deadline of the forms that ask for it, in their time zones; undefined where no form does. */
  readonly dueAt: Date | undefined;
  /** Everybody who owed it has reported. */
  readonly isComplete: boolean;
}

export type Aggregation = 'sum' | 'highest' | 'none';

/** `where`: the areas of a level, or every area and facility. */
export async function readCounts(
  reader: Reader,
  indicators: readonly string[],
  where: number | 'every-place',
  period: Period,
): Promise<LevelCounts> {
  const [from, until]: [PlainDate, PlainDate] = [startOf(period), endOf(period)];
  const { rows: places } = await sql<PlaceNode>`
    select id, code, name, kind = 'area' as "isArea", parent_id as parent, level::int from places
    where coalesce(valid_from, ${from}::date) <= ${until}::date and coalesce(valid_until, ${until}::date) >= ${from}::date
    order by code`.execute(reader);
  const { rows: kinds } = await sql<{ code: string; aggregation: Aggregation }>`
    select code, aggregation from indicators where code = any (${[...indicators]}::text[]) and period_kind = ${period.kind}`.execute(
    reader,
  );
  const { rows: values } = await sql<{ code: string; place: number; value: number }>`
    select indicators.code, series.place_id as place, observations.value
    from observations join series on series.id = observations.series_id join indicators on indicators.id = series.indicator_id
    where indicators.code = any (${[...indicators]}::text[]) and indicators.period_kind = ${period.kind}
      and observations.period_start = ${from}::date and observations.value is not null`.execute(reader);
  const owed = await listOwed(reader, indicators, period);
  const shown = places.filter((place) => where === 'every-place' || (place.isArea && place.level === where));
  const parentOf = new Map(places.map(({ id, parent }) => [id, parent]));
  return {
    places: shown.map(({ code, name, level }) => ({ code, name, level })),
    columns: kinds.map(({ code, aggregation }) => {
      const own = new Map(values.filter((row) => row.code === code).map(({ place, value }) => [place, value]));
      const total = rollUp(places, own, aggregation);
      const reports = reportsBehind(
        owed.filter((each) => each.code === code),
        parentOf,
      );
      const deadlines = owed.filter((each) => each.code === code).map((each) => dueAt(each, period).getTime());
      return {
        indicator: code,
        aggregation,
        values: shown.map(({ id }) => total(id) ?? null),
        reports: shown.map(({ id }) => reports.get(id) ?? null),
        dueAt: deadlines.length === 0 ? undefined : new Date(Math.max(...deadlines)),
        isComplete:
          owed.some((each) => each.code === code && each.place !== null && each.hasReported) &&
          !owed.some((each) => each.code === code && each.place !== null && !each.hasReported),
      };
    }),
  };
}

/** Stands for the place where several areas lie side by side and none above them. */
export const everywhere = '*';

export interface WholeCount {
  readonly indicator: string;
  /** Code of the one uppermost area, or `everywhere`. */
  readonly place: string;
  readonly value: number | null;
  /** Null: no form says that any report was due. */
  readonly reports: { readonly received: number; readonly expected: number } | null;
}

/** Of all that the party counts. */
export async function readWhole(
  reader: Reader,
  indicators: readonly string[],
  period: Period,
): Promise<readonly WholeCount[]> {
  const { places, columns } = await readCounts(reader, indicators, 0, period);
  const [only] = places;
  return columns.map(({ indicator, aggregation, values, reports }) => {
    const due = reports.filter((each) => each !== null);
    return {
      indicator,
      place: places.length === 1 && only ? only.code : everywhere,
      value: places.length === 1 ? (values[0] ?? null) : putTogether(values, aggregation),
      reports:
        due.length === 0
          ? null
          : {
              received: due.reduce((sum, { received }) => sum + received, 0),
              expected: due.reduce((sum, { expected }) => sum + expected, 0),
            },
    };
  });
}

/** Null where nothing is known of any, or what is counted in one says nothing about all. */
export function putTogether(values: readonly (number | null)[], aggregation: Aggregation): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || aggregation === 'none') return null;
  return aggregation === 'highest' ? Math.max(...known) : known.reduce((sum, each) => sum + each, 0);
}

interface Owed {
  readonly code: string;
  /** Null: a form that nobody owes. */
  readonly place: number | null;
  readonly hasReported: boolean;
  readonly dueHours: number;
  readonly timeZone: string;
}

/** Who owes these indicators for the period, by the forms they stand in. */
async function listOwed(reader: Reader, indicators: readonly string[], period: Period): Promise<readonly Owed[]> {
  const from = startOf(period);
  const { rows } = await sql<Owed>`
    select indicators.code, expected.place_id as place, sets.due_hours as "dueHours", sets.time_zone as "timeZone",
      exists (select from series join observations on observations.series_id = series.id
        where series.indicator_id = indicators.id and series.place_id = expected.place_id
          and observations.period_start = ${from}::date and observations.value is not null) as "hasReported"
    from indicators join indicator_set_members as member on member.indicator_id = indicators.id
    join indicator_sets as sets on sets.id = member.set_id
    left join expected_reports as expected on expected.set_id = sets.id
      and expected.since <= ${from}::date and coalesce(expected.until, ${from}::date) >= ${from}::date
    where indicators.code = any (${[...indicators]}::text[]) and indicators.period_kind = ${period.kind}`.execute(
    reader,
  );
  return rows;
}

/** By place, of everything that lies in it. A unit that owes an indicator by two forms owes it once. */
function reportsBehind(owed: readonly Owed[], parentOf: ReadonlyMap<number, number | null>) {
  const reports = new Map<number, { received: number; expected: number }>();
  const units = new Map(
    owed.flatMap(({ place, hasReported }) => (place === null ? [] : [[place, hasReported] as const])),
  );
  for (const [unit, hasReported] of units)
    for (let at: number | null | undefined = unit; at !== null && at !== undefined; at = parentOf.get(at)) {
      const { received, expected } = reports.get(at) ?? { received: 0, expected: 0 };
      reports.set(at, { received: received + (hasReported ? 1 : 0), expected: expected + 1 });
    }
  return reports;
}

/** A place's own number counts; where it has none, what is known of the places in it, added up or the highest, as the indicator says. */
export function rollUp(
  places: readonly PlaceNode[],
  own: ReadonlyMap<number, number>,
  aggregation: Aggregation,
): (place: number) => number | undefined {
  const inside = Map.groupBy(places, ({ parent }) => parent);
  const total = (place: number): number | undefined => {
    const number = own.get(place);
    if (number !== undefined || aggregation === 'none') return number;
    return (
      putTogether(
        (inside.get(place) ?? []).map(({ id }) => total(id) ?? null),
        aggregation,
      ) ?? undefined
    );
  };
  return total;
}

/** A place and everything it lies in, from the finest up. */
export async function listPlaceAndAbove(
  reader: Reader,
  place: number,
): Promise<readonly { readonly code: string; readonly name: string; readonly level: number }[]> {
  const { rows } = await sql<{ code: string; name: string; level: number }>`
    with recursive climb (id, parent_id, code, name, kind, level) as (
      select id, parent_id, code, name, kind, level from places where id = ${place}
      union all
      select places.id, places.parent_id, places.code, places.name, places.kind, places.level
      from places join climb on places.id = climb.parent_id
    )
    select code, name, level::int from climb where kind = 'area' order by level desc`.execute(reader);
  return rows;
}

export async function codeOfIndicator(reader: Reader, id: number): Promise<string | undefined> {
  const { rows } = await sql<{ code: string }>`select code from indicators where id = ${id}`.execute(reader);
  return rows[0]?.code;
}
