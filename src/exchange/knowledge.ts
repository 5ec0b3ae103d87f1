/** What a party has counted itself, as far as it bears on what it lets out: over all levels, and over all indicators that are sums of each other. */
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import { endOf, startOf, type Period, type PeriodKind, type PlainDate } from '../period.ts';
import { everywhere, putTogether, rollUp, type Aggregation, type PlaceNode } from './counts.ts';
import type { KnownIndicator, Knowledge } from './ledger.ts';

interface Whole {
  readonly whole: string;
  readonly part: string;
}

async function listParts(reader: Reader): Promise<readonly Whole[]> {
  const { rows } = await sql<Whole>`select whole.code as whole, part.code as part from indicator_parts
    join indicators as whole on whole.id = whole_id join indicators as part on part.id = part_id order by 1, 2`.execute(
    reader,
  );
  return rows;
}

/** These, those that they are sums of, those that are sums of them, and so on. */
export async function listFamily(reader: Reader, indicators: readonly string[]): Promise<readonly string[]> {
  const parts = await listParts(reader);
  const family = new Set(indicators);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { whole, part } of parts) if (family.has(whole) || family.has(part)) family.add(whole).add(part);
  }
  return [...family];
}

interface DatedPlace extends PlaceNode {
  readonly from: PlainDate | null;
  readonly until: PlainDate | null;
}

/** `family`: whatever may be asked about; `periods`: those, of whichever kind. */
export async function readKnowledge(
  reader: Reader,
  family: readonly string[],
  periods: readonly Period[],
): Promise<Knowledge> {
  const { rows: places } =
    await sql<DatedPlace>`select id, code, name, kind = 'area' as "isArea", parent_id as parent, level::int,
      valid_from as "from", valid_until as until from places order by code`.execute(reader);
  const { rows: kinds } = await sql<{ code: string; periodKind: PeriodKind; aggregation: Aggregation }>`
    select code, period_kind as "periodKind", aggregation from indicators where code = any (${[...family]}::text[])`.execute(
    reader,
  );
  const parts = await listParts(reader);
  const { rows: values } = await sql<{ code: string; place: number; start: PlainDate; value: number }>`
    select indicators.code, series.place_id as place, observations.period_start as start, observations.value
    from observations join series on series.id = observations.series_id join indicators on indicators.id = series.indicator_id
    where indicators.code = any (${[...family]}::text[]) and observations.value is not null
      and observations.period_start = any (${[...new Set(periods.map(startOf))]}::date[])`.execute(reader);

  const codeOf = new Map(places.map(({ id, code }) => [id, code]));
  const idOf = new Map(places.map(({ id, code }) => [code, id]));
  const uppermost = places.filter(({ isArea, parent }) => isArea && parent === null);
  const above = uppermost.length > 1 ? everywhere : null;
  const indicators = new Map(
    kinds.map(({ code, ...kind }): [string, KnownIndicator] => [
      code,
      { ...kind, parts: parts.filter(({ whole }) => whole === code).map(({ part }) => part) },
    ]),
  );
  const totals = new Map<string, (place: number) => number | undefined>();
  const totalOf = (indicator: string, period: Period): ((place: number) => number | undefined) => {
    const key = `${indicator} ${period.label}`;
    const known = totals.get(key);
    if (known) return known;
    const [from, until] = [startOf(period), endOf(period)];
    const standing = places.filter((place) => (place.from ?? from) <= until && (place.until ?? until) >= from);
    const own = new Map(
      values.filter((row) => row.code === indicator && row.start === from).map(({ place, value }) => [place, value]),
    );
    const total = rollUp(standing, own, indicators.get(indicator)?.aggregation ?? 'none');
    totals.set(key, total);
    return total;
  };
  return {
    parents: new Map(
      places.map(({ code, isArea, parent }) => [
        code,
        parent === null ? (isArea ? above : null) : (codeOf.get(parent) ?? null),
      ]),
    ),
    indicators,
    count(indicator, place, period) {
      const known = indicators.get(indicator);
      const id = idOf.get(place);
      if (known?.periodKind !== period.kind || (id === undefined && place !== above)) return null;
      const total = totalOf(indicator, period);
      if (id !== undefined) return total(id) ?? null;
      return putTogether(
        uppermost.map((area) => total(area.id) ?? null),
        known.aggregation,
      );
    },
  };
}
