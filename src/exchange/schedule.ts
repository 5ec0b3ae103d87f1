/** Which periods a table is due for. When in a period's turn its counts leave is said by the deadlines of the forms (send-table.ts). */
import type { Term } from '../agreement/document.ts';
import { rhythmOf } from '../agreement/terms.ts';
import { comparePeriods, periodOf, shiftPeriod, type Period, type PeriodKind, type PlainDate } from '../period.ts';

/** How far back corrections are still sent. */
const window = { day: 14, 'iso-week': 8, 'mmwr-week': 8, month: 3 } as const satisfies Record<PeriodKind, number>;

/** Weeks of either kind are weekly; an indicator counted in another rhythm than the term's is not sent under it. */
export const isCountedEvery = (kind: PeriodKind, every: NonNullable<Term['every']>): boolean =>
  rhythmOf[kind] === every;

/** The periods that are over, from the last one that was over on the day from which both are bound; oldest first. Nothing is owed for earlier ones. */
export function duePeriods(kind: PeriodKind, today: PlainDate, boundFrom: PlainDate): readonly Period[] {
  const last = shiftPeriod(periodOf(kind, today), -1);
  const first = shiftPeriod(periodOf(kind, boundFrom), -1);
  return Array.from({ length: window[kind] }, (_, back) => shiftPeriod(last, -back))
    .filter((period) => comparePeriods(period, first) >= 0)
    .toReversed();
}
