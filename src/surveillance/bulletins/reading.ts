import type { Reader } from '../../db/database.ts';
import { addDays, endOf, plainDateAt, shiftPeriod, startOf, type Period, type PlainDate } from '../../period.ts';
import { describeSignal } from '../signals/answers.ts';
import type { Words } from '../signals/explanation.ts';
import { isOpen, isVerified } from '../signals/life-cycle.ts';
import { listIndicatorFacts, listTotals, readSignals, type SignalReading } from '../signals/reading.ts';
import { nameIn } from '../signals/reported.ts';
import { readEvents } from '../events/reading.ts';
import { readCompleteness } from '../reporting/completeness/reading.ts';
import type { Completeness, IndicatorTotal, WeekFacts } from './draft.ts';
import type { WeekKind } from './store.ts';

/** A report may come in, and raise its signal, weeks after its period. */
const lateDays = 42;

/**
 * What the week brought, as it is known on the day of drafting: signals about its days, whenever they were raised, and what people told in it; events
 * open in it or since. Days are in UTC.
 */
export async function readWeek(
  reader: Reader,
  words: Words,
  about: {
    readonly period: Period<WeekKind>;
    readonly office: string;
    readonly now: Date;
  },
): Promise<WeekFacts> {
  const { period, office, now } = about;
  const today = plainDateAt(now, 'UTC');
  const [first, last] = [startOf(period), endOf(period)];
  const near = await readSignals(reader, {
    raisedFrom: new Date(`${first}T00:00:00Z`),
    raisedBefore: new Date(`${addDays(last, lateDays)}T00:00:00Z`),
    limit: 5000,
  });
  const raised = near.filter((signal) => isAbout(signal, first, last));
  const events = await readEvents(reader, today);
  const verified = raised.filter(({ status }) => isVerified(status));
  return {
    office,
    period,
    completeness: await readWeekCompleteness(reader, period, now),
    totals: await readTotals(reader, words, period),
    events: events
      .map((event) => ({
        event,
        since: plainDateAt(event.openedAt, 'UTC'),
        until: event.closed && plainDateAt(event.closed.at, 'UTC'),
      }))
      .filter(({ until }) => until === undefined || until >= first)
      .map(({ event, since, until }) => ({
        title: event.title,
        since,
        isNew: since >= first,
        isClosed: until !== undefined,
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

/** Of all forms that are filled in by weeks of this kind. */
async function readWeekCompleteness(
  reader: Reader,
  period: Period<WeekKind>,
  now: Date,
): Promise<Completeness | undefined> {
  const forms =
    (await readCompleteness(reader, {}, now))?.sets.filter(({ periodKind }) => periodKind === period.kind) ?? [];
  let [expected, received, onTime] = [0, 0, 0];
  for (const { code } of forms) {
    const summary = (await readCompleteness(reader, { set: code, period: period.label }, now))?.completeness.summary;
    expected += summary?.expected ?? 0;
    received += summary?.received ?? 0;
    onTime += summary?.onTime ?? 0;
  }
  return forms.length === 0 ? undefined : { expected, received, onTime };
}

function isAbout(signal: SignalReading, first: PlainDate, last: PlainDate): boolean {
  if (signal.source !== 'detector') return plainDateAt(signal.raisedAt, 'UTC') <= last;
  return signal.alarms.some(({ period }) => endOf(period) >= first && endOf(period) <= last);
}

async function readTotals(reader: Reader, words: Words, period: Period<WeekKind>): Promise<readonly IndicatorTotal[]> {
  const indicators = [...(await listIndicatorFacts(reader)).values()].filter(
    ({ periodKind }) => periodKind === period.kind,
  );
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
