/** The series that an analysis is about: an office's own, or what a neighbour gave. */
import { z } from 'zod';
import type { Reader } from '../../db/database.ts';
import type { Did } from '../../ids.ts';
import { periodKinds, periodOf, shiftPeriod, startOf } from '../../period.ts';
import { toCounts } from '../signals/counts.ts';
import type { Counts } from '../signals/method.ts';
import * as reported from '../signals/reported/store.ts';
import { loadReceivedSeries } from './received.ts';

export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('own'), indicator: z.int(), places: z.array(z.int()) }),
  z.object({
    kind: z.literal('received'),
    giver: z.string().transform((did) => did as Did),
    giverName: z.string(),
    indicator: z.string(),
    periodKind: z.enum(periodKinds),
    purpose: z.string(),
    places: z.array(z.string()),
  }),
]);
export type Source = z.output<typeof sourceSchema>;

// Five years to learn from, the last year to be judged, and what the methods look back on beyond.
const historyPeriods = { day: 3 * 366, 'iso-week': 8 * 53, 'mmwr-week': 8 * 53, month: 8 * 12 } as const;

/** Of one place of the source, by its position there. Undefined: nothing is there any more. */
export async function loadCounts(reader: Reader, source: Source, position: number): Promise<Counts | undefined> {
  if (source.kind === 'received') {
    const code = source.places[position] ?? '';
    const { periodKind: kind, giver, indicator, purpose } = source;
    const [series] = await loadReceivedSeries(reader, { giver, indicator, kind, purpose }, historyPeriods[kind], [
      code,
    ]);
    return series?.counts;
  }
  const indicator = (await reported.listIndicators(reader, [source.indicator])).get(source.indicator);
  const latest = (await reported.listLatestPeriods(reader, [source.indicator])).get(source.indicator);
  const place = source.places[position];
  if (!indicator || latest === undefined || place === undefined) return undefined;
  const last = periodOf(indicator.periodKind, latest);
  const first = shiftPeriod(last, 1 - historyPeriods[indicator.periodKind]);
  const values = await reported.listValues(reader, source.indicator, [place], startOf(first), startOf(last));
  const facts = (await reported.listPlaces(reader, [place])).get(place);
  const counts = toCounts(first, last, values.get(place)?.byPeriod, facts?.population);
  const begin = Math.max(
    0,
    counts.values.findIndex((value) => value !== undefined),
  );
  return { ...counts, first: shiftPeriod(first, begin), values: counts.values.slice(begin) };
}

/** At most so many, from the largest to the smallest in even steps: a choice that anybody would make again. */
export function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from(
    { length: most },
    (_, i) => items[Math.round((i * (items.length - 1)) / Math.max(1, most - 1))],
  ).filter((item) => item !== undefined);
}
