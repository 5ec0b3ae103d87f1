/**
 * Series that neighbours gave under an agreement, for the purposes that they were given for and no other. A cell that was withheld or
 * never sent is missing, not zero.
 */
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';
import type { Did } from '../../ids.ts';
import { parsePeriod, periodKinds, periodsBetween, shiftPeriod, type Period, type PeriodKind } from '../../period.ts';
import type { Counts } from '../signals/method.ts';

export interface ReceivedIndicator {
  readonly giver: Did;
  readonly giverName: string;
  readonly indicator: string;
  readonly kind: PeriodKind;
  readonly places: number;
  /** What the giver's dispatches say it may be used for. */
  readonly purposes: readonly string[];
}

/** What was received at all, by giver and indicator. */
export async function listReceivedIndicators(reader: Reader): Promise<readonly ReceivedIndicator[]> {
  const { rows } = await sql<ReceivedIndicator>`
    select counts.giver, coalesce(max(parties.name), counts.giver) as "giverName", counts.indicator, counts.period_kind as kind,
      count(distinct counts.place_code)::int as places,
      array(select distinct purpose from flows, unnest(flows.purposes) as purpose
        where flows.direction = 'in' and flows.refusal is null and counts.giver = any (flows.counterparts)
          and counts.indicator = any (flows.indicators) order by 1) as purposes
    from received_counts counts left join parties on parties.did = counts.giver
    group by counts.giver, counts.indicator, counts.period_kind order by 2, 3`.execute(reader);
  return rows.filter(({ kind }) => periodKinds.includes(kind));
}

export interface ReceivedSource {
  readonly giver: Did;
  readonly indicator: string;
  readonly kind: PeriodKind;
  readonly purpose: string;
}

export interface ReceivedSeries {
  readonly code: string;
  readonly name: string;
  readonly counts: Counts;
}

/** Only cells whose dispatch names the purpose; of several about one period, the latest. */
export async function loadReceivedSeries(
  reader: Reader,
  { giver, indicator, kind, purpose }: ReceivedSource,
  last: number,
  places?: readonly string[],
): Promise<readonly ReceivedSeries[]> {
  const { rows } = await sql<{
    readonly code: string;
    readonly name: string;
    readonly period: string;
    readonly value: number | null;
  }>`
    select distinct on (place_code, first_day) place_code as code, place_name as name, counts.period, value
    from received_counts counts join flows on flows.act = counts.act and flows.direction = 'in' and flows.refusal is null
    where counts.giver = ${giver} and counts.indicator = ${indicator} and counts.period_kind = ${kind}
      and ${purpose} = any (flows.purposes) and ${places === undefined ? sql`true` : sql`place_code = any (${places}::text[])`}
    order by place_code, first_day, received_at desc`.execute(reader);
  const parsed = rows.flatMap((row) => {
    const { value: period } = parsePeriod(kind, row.period);
    return period === undefined ? [] : [{ ...row, period }];
  });
  const latest = parsed.reduce<Period | undefined>(
    (best, { period }) => (best === undefined || periodsBetween(best, period) > 0 ? period : best),
    undefined,
  );
  if (latest === undefined) return [];
  return [...Map.groupBy(parsed, ({ code }) => code)].map(([code, group]) => {
    const earliest = group.reduce((best, { period }) => (periodsBetween(period, best) > 0 ? period : best), latest);
    const length = Math.min(last, periodsBetween(earliest, latest) + 1);
    const first = shiftPeriod(latest, 1 - length);
    const values: (number | undefined)[] = Array.from({ length }, () => undefined);
    for (const { period, value } of group) {
      const position = periodsBetween(first, period);
      if (position >= 0 && value !== null) values[position] = value;
    }
    return { code, name: group.at(-1)?.name ?? code, counts: { first, values } };
  });
}
