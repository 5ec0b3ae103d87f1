import type { Reader } from '../../db/database.ts';
import { addDays, endOf, plainDateAt, shiftPeriod, startOf, type Period } from '../../period.ts';
import { describeSignal } from '../signals/answers.ts';
import type { Words } from '../signals/explanation.ts';
import { isOpen, isVerified } from '../signals/life-cycle.ts';
import { listIndicatorFacts, listTotals, readSignals } from '../signals/reading.ts';
import { nameIn } from '../signals/reported.ts';
import { readEvents } from '../events/reading.ts';
import type { Completeness, IndicatorTotal, WeekFacts } from './draft.ts';
import type { WeekKind } from './store.ts';

/** What the week brought, as it is known now. Days are those of the calendar week in UTC. */
export async function readWeek(
  reader: Reader,
  words: Words,
  about: { readonly period: Period<WeekKind>; readonly office: string; readonly completeness: Completeness | undefined },
): Promise<WeekFacts> {
  const { period, office, completeness } = about;
  const [first, last] = [startOf(period), endOf(period)];
  const raised = await readSignals(reader, {
    raisedFrom: new Date(`${first}T00:00:00Z`),
    raisedBefore: new Date(`${addDays(last, 1)}T00:00:00Z`),
    limit: 5000,
  });
  const events = await readEvents(reader, last);
  const verified = raised.filter(({ status }) => isVerified(status));
  return {
    office,
    period,
    completeness,
    totals: await readTotals(reader, words, period),
    events: events
      .map((event) => ({ event, since: plainDateAt(event.openedAt, 'UTC'), until: event.closed && plainDateAt(event.closed.at, 'UTC') }))
      .filter(({ since, until }) => since <= last && (until === undefined || until >= first))
      .map(({ event, since, until }) => ({
        title: event.title,
        since,
        isNew: since >= first,
        isClosed: until !== undefined && until <= last,
      })),
    verified: verified.map((signal) => describeSignal(words, signal).sentence),
    signals: {
      raised: raised.length,
      verified: verified.length,
      discarded: raised.filter(({ status }) => status === 'discarded').length,
      open: raised.filter(({ status }) => isOpen(status) && !isVerified(status)).length,
    },
  };
}

async function readTotals(reader: Reader, words: Words, period: Period<WeekKind>): Promise<readonly IndicatorTotal[]> {
  const indicators = [...(await listIndicatorFacts(reader)).values()].filter(({ periodKind }) => periodKind === period.kind);
  const now = await listTotals(reader, indicators, period);
  const before = await listTotals(reader, indicators, shiftPeriod(period, -1));
  return indicators.flatMap((indicator) => {
    const total = now.get(indicator.id);
    if (!total) return [];
    return [
      {
        name: nameIn(words.locale, indicator.names, indicator.code),
        count: total.count,
        before: before.get(indicator.id)?.count,
        placesReported: total.placesReported,
        places: total.places,
      },
    ];
  });
}
