import type { Reader } from '../../../db/database.ts';
import { periodOf, plainDateAt, shiftPeriod, startOf } from '../../../period.ts';
import { formatPercent, formatPeriod } from '../../../ui/format.ts';
import type { Words } from '../explanation.ts';
import type { IndicatorFacts } from '../reported.ts';
import { estimateFinal, periodsNeeded, type Delays } from './delays.ts';
import { listVersions } from './versions-store.ts';

/** From what the node kept of every change. */
export async function readDelays(reader: Reader, indicator: IndicatorFacts, place: number, now: Date): Promise<Delays> {
  const current = periodOf(indicator.periodKind, plainDateAt(now, 'UTC'));
  const from = startOf(shiftPeriod(current, -periodsNeeded(indicator.periodKind)));
  return estimateFinal(await listVersions(reader, indicator.id, place, from), indicator.periodKind, now);
}

/** One or two sentences: what the last period will come to, or why nobody can say. */
export function explainDelays(words: Words, delays: Delays): string {
  const { t } = words;
  switch (delays.state) {
    case 'too-few':
      return t('delays.too-few', { has: delays.has, needs: delays.needs });
    case 'nothing-late':
      return t('delays.nothing-late', { count: delays.learntFrom });
    case 'estimated': {
      const newest = delays.periods.at(-1);
      if (!newest) return t('delays.nothing-late', { count: delays.learntFrom });
      return t('delays.estimated', {
        period: formatPeriod(words, newest.period),
        count: newest.reported,
        median: newest.median,
        lower: newest.lower,
        upper: newest.upper,
        share: formatPercent(words, Math.round(delays.knownAtOnce * 100) / 100),
        periods: delays.learntFrom,
      });
    }
  }
}
