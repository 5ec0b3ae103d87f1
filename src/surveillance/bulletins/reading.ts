import type { Reader } from '../../db/database.ts';
import { everywhere, readCounts, readWhole, type WholeCount } from '../../exchange/counts.ts';
import {
  addDays,
  endOf,
  periodOf,
  plainDateAt,
  shiftPeriod,
  startOf,
  type Period,
  type PeriodKind,
  type PlainDate,
} from '../../period.ts';
import { describeSignal } from '../signals/answers.ts';
import type { Words } from '../signals/explanation.ts';
import { isOpen, isVerified } from '../signals/life-cycle.ts';
import { headline, listIndicatorFacts, listTotals, readSignals, type SignalReading } from '../signals/reading.ts';
import { nameIn } from '../signals/reported.ts';
import { readEvents } from '../events/reading.ts';
import { readCompleteness } from '../reporting/completeness/reading.ts';
import type { Completeness, IndicatorTotal, SignalNote, WeekFacts } from './draft.ts';
import type { Figure, NamedFigure } from './figures.ts';
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
    verified: verified.map((signal) => {
      const { title, sentence } = describeSignal(words, signal);
      return { title, sentence, figure: figureOfSignal(signal) };
    }),
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

async function readTotals(reader: Reader, words: Words, period: Period): Promise<readonly IndicatorTotal[]> {
  const indicators = [...(await listIndicatorFacts(reader)).values()].filter(
    ({ periodKind }) => periodKind === period.kind,
  );
  const codes = indicators.map(({ code }) => code);
  const areas = await listTotals(reader, indicators, period);
  const earlier = shiftPeriod(period, -1);
  const now = await readWhole(reader, codes, period);
  const before = await readWhole(reader, codes, earlier);
  const figure = (whole: WholeCount | undefined, of: Period): Figure | undefined =>
    whole && whole.value !== null ? wholeFigure(whole.indicator, whole.place, of, whole.value) : undefined;
  return indicators.flatMap((indicator) => {
    const total = areas.get(indicator.id);
    const whole = now.find((each) => each.indicator === indicator.code);
    if (!total || !whole) return [];
    return [
      {
        name: nameIn(words.locale, indicator.names, indicator.code),
        now: figure(whole, period),
        before: figure(
          before.find((each) => each.indicator === indicator.code),
          earlier,
        ),
        reports: whole.reports,
        placesReported: total.placesReported,
        places: total.places,
      },
    ];
  });
}

const wholeFigure = (indicator: string, place: string, period: Period, value: number): Figure => ({
  indicator,
  place,
  level: place === everywhere ? -1 : 0,
  period,
  value,
});

/** The count that a signal's sentence tells. */
function figureOfSignal(signal: SignalReading): SignalNote['figure'] {
  const alarm = headline(signal);
  const { indicator, place, method } = signal;
  if (!indicator || !place || !method || !alarm) return undefined;
  if (method.method === 'rule' && method.rule.kind === 'cases-in-window') return 'several';
  return {
    indicator: indicator.code,
    place: place.code,
    level: place.level,
    period: alarm.period,
    value: alarm.observed,
  };
}

/** Whatever is counted in any place in the week and the one before it, or in a period that touches them, with the names by which a text may tell it. */
export async function readKnownFigures(reader: Reader, period: Period): Promise<readonly NamedFigure[]> {
  const indicators = [...(await listIndicatorFacts(reader)).values()];
  const codes = indicators.map(({ code }) => code);
  const namesOf = new Map(indicators.map(({ code, names }) => [code, [code, ...Object.values(names)]]));
  const known: NamedFigure[] = [];
  const kinds = new Set(indicators.map(({ periodKind }) => periodKind));
  for (const each of [...kinds].flatMap((kind) =>
    periodsTouching(kind, startOf(shiftPeriod(period, -1)), endOf(period)),
  )) {
    const wholes = await readWhole(reader, codes, each);
    for (const { indicator, place, value } of wholes)
      if (value !== null)
        known.push({
          ...wholeFigure(indicator, place, each, value),
          indicatorNames: namesOf.get(indicator) ?? [indicator],
          placeNames: [],
        });
    const whole = new Set(wholes.map(({ place }) => place));
    const { places, columns } = await readCounts(reader, codes, 'every-place', each);
    for (const { indicator, values } of columns)
      values.forEach((value, at) => {
        const place = places[at];
        if (value === null || !place || whole.has(place.code)) return;
        known.push({
          indicator,
          place: place.code,
          level: place.level,
          period: each,
          value,
          indicatorNames: namesOf.get(indicator) ?? [indicator],
          placeNames: [place.code, place.name],
        });
      });
  }
  return known;
}

function periodsTouching(kind: PeriodKind, first: PlainDate, last: PlainDate): readonly Period[] {
  const periods = [periodOf(kind, first)];
  for (let next = shiftPeriod(periods[0]!, 1); startOf(next) <= last; next = shiftPeriod(next, 1)) periods.push(next);
  return periods;
}
