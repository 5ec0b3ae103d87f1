/** Which periods a table is due for. A table is sent when its period is over; later corrections are sent again, at most once in each following period. */
import type { Term } from '../agreement/document.ts';
import {
  comparePeriods,
  periodOf,
  shiftPeriod,
  startOf,
  type Period,
  type PeriodKind,
  type PlainDate,
} from '../period.ts';

type Rhythm = NonNullable<Term['every']>;

const rhythmOf = { day: 'day', 'iso-week': 'week', 'mmwr-week': 'week', month: 'month' } as const satisfies Record<
  PeriodKind,
  Rhythm
>;

/** How far back corrections are still sent. */
const window = { day: 14, 'iso-week': 8, 'mmwr-week': 8, month: 3 } as const satisfies Record<PeriodKind, number>;

/** Weeks of either kind are weekly; an indicator counted in another rhythm than the term's is not sent under it. */
export const isCountedEvery = (kind: PeriodKind, every: Rhythm): boolean => rhythmOf[kind] === every;

/** The periods that are over, from the last one that was over when the agreement entered into force; oldest first. */
export function duePeriods(kind: PeriodKind, today: PlainDate, inForceFrom: PlainDate): readonly Period[] {
  const last = shiftPeriod(periodOf(kind, today), -1);
  const first = shiftPeriod(periodOf(kind, inForceFrom), -1);
  return Array.from({ length: window[kind] }, (_, back) => shiftPeriod(last, -back))
    .filter((period) => comparePeriods(period, first) >= 0)
    .toReversed();
}

/** Was a version sent in the period that runs now? Then the next one waits. */
export const isSentInCurrentPeriod = (kind: PeriodKind, today: PlainDate, sentOn: PlainDate): boolean =>
  sentOn >= startOf(periodOf(kind, today));
