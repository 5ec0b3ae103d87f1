import { z } from 'zod';
import type { Caller } from '../../../http/caller.ts';
import { raw, read, write, type Endpoint } from '../../../http/endpoint.ts';
import type { Reading } from '../../../house.ts';
import { periodOf, periodsBetween, plainDateAt, shiftPeriod, startOf, type PeriodKind } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { blankForm } from '../../../ui/forms.tsx';
import { withNotice } from '../../../ui/layout.tsx';
import { formatCsv } from '../../csv.ts';
import { requireParty, requirePerson } from '../../person.ts';
import { describeCurve, describePeriod, seriesPath, type CurveAnswer } from '../../signals/answers.ts';
import { toCounts } from '../../signals/counts.ts';
import { readDelays, explainDelays } from '../../signals/delays/reading.ts';
import { estimateSpread, type Reproduction } from '../../signals/delays/reproduction.ts';
import { findSerialInterval, saveSerialInterval, type SerialInterval } from '../../signals/delays/versions-store.ts';
import { describeMethod } from '../../signals/explanation.ts';
import {
  comparesCounts,
  defaultMethod,
  historyNeeded,
  judge,
  suits,
  suitsSums,
  type Counts,
  type Method,
} from '../../signals/method.ts';
import { nameIn, type IndicatorFacts, type PlaceFacts } from '../../signals/reported.ts';
import * as reported from '../../signals/reported/store.ts';
import { office, officers } from '../../signals/routes.tsx';
import { listDetectors, type CurveReading } from '../../signals/reading.ts';
import { wordsOf } from '../../signals/words.ts';
import { listReceivedIndicators, loadReceivedSeries } from '../received.ts';
import { methodForReceived } from '../neighbours/watch.ts';
import { parseReceivedValue } from '../routes.tsx';
import {
  curveChoiceAnswer,
  curveChoicePage,
  receivedCurveAnswer,
  receivedCurvePage,
  reproductionAnswer,
  seriesAnswer,
  seriesPage,
} from './pages.tsx';

const shownPeriods = { day: 90, 'iso-week': 52, 'mmwr-week': 52, month: 36 } as const satisfies Record<
  PeriodKind,
  number
>;
const shownSpread = { day: 60, 'iso-week': 26, 'mmwr-week': 26, month: 12 } as const satisfies Record<
  PeriodKind,
  number
>;

const params = z.object({ indicator: z.string().max(60), place: z.string().max(60) });

async function find(
  { reader }: Reading,
  codes: z.output<typeof params>,
): Promise<{ indicator: IndicatorFacts; place: PlaceFacts }> {
  const indicator = [...(await reported.listIndicators(reader)).values()].find(({ code }) => code === codes.indicator);
  const place = [...(await reported.listPlaces(reader)).values()].find(({ code }) => code === codes.place);
  if (!indicator) throw problem.notFound({ what: 'indicator' });
  if (!place) throw problem.notFound({ what: 'place' });
  return { indicator, place };
}

/** The statistic in use, since it says what is usual; else the first rule; else what an indicator is watched by when nobody says. */
async function methodInUse({ reader }: Reading, indicator: IndicatorFacts): Promise<Method> {
  const active = (await listDetectors(reader, [indicator.id])).filter(({ isActive }) => isActive);
  return (active.find(({ method }) => method.method !== 'rule') ?? active[0])?.method ?? defaultMethod(indicator);
}

function drawn(method: Method, counts: Counts, shown: number): readonly CurveReading[] {
  if (!suits(method, counts.first.kind)) return [];
  return judge(method, counts, shown).map((judgement) => {
    const count = counts.values[periodsBetween(counts.first, judgement.period)];
    return {
      ...judgement,
      threshold: comparesCounts(method) ? judgement.threshold : undefined,
      count,
      isIncomplete: false,
      // Where any case is an alarm, marking them all says nothing.
      isSignal: judgement.alarm === true && suitsSums(method),
    };
  });
}

async function readSeries(
  reading: Reading & Caller,
  codes: z.output<typeof params>,
): Promise<z.input<typeof seriesAnswer>> {
  const { reader, locale } = reading;
  const words = wordsOf(reading);
  const { indicator, place } = await find(reading, codes);
  const method = await methodInUse(reading, indicator);
  const kind = indicator.periodKind;
  const latest = (await reported.listLatestPeriods(reader, [indicator.id])).get(indicator.id);
  const title = words.t('signals.title-of', {
    indicator: nameIn(locale, indicator.names, indicator.code),
    place: place.name,
  });
  const interval = await findSerialInterval(reader, indicator.id);
  const base = {
    path: seriesPath(indicator.code, place.code),
    title,
    rule: describeMethod(words, method, kind),
    mayChange: reading.viewer.roles.has('officer'),
  };
  const delays = await readDelays(reader, indicator, place.id, reading.house.clock.now());
  const late = explainDelays(words, delays);
  if (latest === undefined)
    return {
      ...base,
      sentence: words.t('common.none'),
      curve: [],
      late,
      reproduction: describeReproduction({ state: 'too-few', needs: 1 }, interval),
    };
  const last = periodOf(kind, latest);
  const shown = shownPeriods[kind];
  const first = shiftPeriod(last, 1 - shown - historyNeeded(method, kind));
  const values = await reported.listValues(reader, indicator.id, [place.id], startOf(first), startOf(last));
  const counts = toCounts(first, last, values.get(place.id)?.byPeriod, place.population);
  const finals = new Map(
    delays.state === 'estimated' ? delays.periods.map(({ period, median }) => [startOf(period), median] as const) : [],
  );
  const expected = counts.values
    .slice(-shown)
    .map((value, i, all) => finals.get(startOf(shiftPeriod(last, i + 1 - all.length))) ?? value);
  return {
    ...base,
    sentence: words.t('workbench.judged-by', { rule: base.rule }),
    curve: describeCurve(drawn(method, counts, shown), delays),
    late,
    reproduction: describeReproduction(estimateSpread(expected, last, interval, shownSpread[kind]), interval),
  };
}

function describeReproduction(
  found: Reproduction,
  interval: SerialInterval | undefined,
): z.input<typeof reproductionAnswer> {
  return {
    state: found.state,
    periods: found.state === 'estimated' ? found.window : found.state === 'too-few' ? found.needs : null,
    points:
      found.state === 'estimated'
        ? found.points.map(({ period, mean, lower, upper }) => ({ period: describePeriod(period), mean, lower, upper }))
        : [],
    interval: interval ?? null,
  };
}

const intervalValues = (answer: z.input<typeof seriesAnswer>) => {
  const { interval } = answer.reproduction;
  return interval
    ? { meanDays: String(interval.meanDays), sdDays: String(interval.sdDays), source: interval.source }
    : {};
};

const choiceQuery = z.object({ indicator: z.string().max(60).optional() });

/** Areas that reported the indicator in the last year, those with most first. */
async function readChoice(
  { reader, locale, house }: Reading & Caller,
  { indicator: code }: z.output<typeof choiceQuery>,
): Promise<z.input<typeof curveChoiceAnswer>> {
  const indicators = [...(await reported.listIndicators(reader)).values()];
  const chosen = indicators.find((indicator) => indicator.code === code);
  const yearAgo = plainDateAt(new Date(house.clock.now().getTime() - 366 * dayMs), 'UTC');
  const areas = chosen ? await reported.listReportingAreas(reader, chosen.id, yearAgo) : [];
  const places = await reported.listPlaces(
    reader,
    areas.map(({ area }) => area),
  );
  return {
    indicators: indicators.map((indicator) => ({
      code: indicator.code,
      name: nameIn(locale, indicator.names, indicator.code),
    })),
    indicator: chosen?.code ?? null,
    places: areas.flatMap(({ area, total, reports }) => {
      const place = places.get(area);
      return chosen && place
        ? [{ path: seriesPath(chosen.code, place.code), name: place.name, total: reports === 0 ? null : total }]
        : [];
    }),
  };
}

const choice = read({
  path: '/curves',
  summary: 'Which curve? The places that report an indicator, with what they reported in the last year',
  for: office,
  query: choiceQuery,
  answer: curveChoiceAnswer,
  handle: (reading, { query }) => readChoice(reading, query),
  page: curveChoicePage,
});

const dayMs = 86_400_000;

const series = read({
  path: '/curves/:indicator/:place',
  summary:
    'One indicator in one place: the curve, how many cases there will be once late reports are in, the reproduction number',
  for: office,
  params,
  answer: seriesAnswer,
  handle: (reading, input) => readSeries(reading, input.params),
  page: (answer, view) => seriesPage(answer, view, blankForm(intervalValues(answer))),
});

const csvOf = (fileName: string, body: string) => ({ contentType: 'text/csv; charset=utf-8', body, fileName });

const writeCurve = (curve: readonly z.input<typeof seriesAnswer>['curve'][number][]): string =>
  formatCsv(
    [
      'period',
      'first_day',
      'last_day',
      'reported',
      'usual_lower',
      'usual_upper',
      'threshold',
      'alarm',
      'final',
      'final_lower',
      'final_upper',
    ],
    curve.map(({ period, reported: count, usual, threshold, isSignal, final }) => [
      period.label,
      period.start,
      period.end,
      count,
      usual?.lower,
      usual?.upper,
      threshold,
      isSignal,
      final?.median,
      final?.lower,
      final?.upper,
    ]),
  );

const seriesCsv = raw({
  path: '/curves/:indicator/:place/curve.csv',
  summary: 'The curve of one indicator in one place as a table',
  for: office,
  params,
  contentTypes: ['text/csv'],
  handle: async (reading, input) => csvOf('curve.csv', writeCurve((await readSeries(reading, input.params)).curve)),
});

const reproductionCsv = raw({
  path: '/curves/:indicator/:place/reproduction.csv',
  summary: 'The reproduction number of one indicator in one place as a table',
  for: office,
  params,
  contentTypes: ['text/csv'],
  async handle(reading, input) {
    const { points } = (await readSeries(reading, input.params)).reproduction;
    return csvOf(
      'reproduction.csv',
      formatCsv(
        ['period', 'last_day', 'mean', 'lower', 'upper'],
        points.map(({ period, mean, lower, upper }) => [period.label, period.end, mean, lower, upper]),
      ),
    );
  },
});

const interval = write({
  path: '/curves/:indicator/:place/interval',
  summary: 'States how many days pass from one case of this disease to those it causes, with the source',
  for: officers,
  params,
  body: z.object({
    meanDays: z.number().positive().max(400),
    sdDays: z.number().positive().max(400),
    source: z.string().trim().min(1).max(500),
  }),
  answer: z.object({ path: z.string() }),
  async handle(work, input) {
    const { indicator } = await find({ house: work.house, reader: work.tx.db }, input.params);
    await saveSerialInterval(work.tx, requireParty(work), requirePerson(work), indicator.id, input.body);
    await work.tx.audit('serial-interval.state', { indicator: indicator.id });
    return { path: seriesPath(input.params.indicator, input.params.place) };
  },
  then: ({ path }) => withNotice(path, 'delays.done-interval'),
  form: async (attempt, view, reading) =>
    seriesPage(seriesAnswer.parse(await readSeries(reading, attempt.params)), view, attempt.form),
});

const receivedQuery = z.object({ of: z.string().max(500), place: z.string().max(60).optional() });

async function readReceived(
  reading: Reading & Caller,
  { of, place }: z.output<typeof receivedQuery>,
): Promise<z.input<typeof receivedCurveAnswer>> {
  const { reader } = reading;
  const asked = parseReceivedValue(of);
  const known = (await listReceivedIndicators(reader)).find(
    ({ giver, indicator }) => giver === asked.giver && indicator === asked.indicator,
  );
  if (!known) throw problem.notFound({ what: 'received' });
  // The agreement says what it may be used for; nothing else opens it.
  if (!known.purposes.includes(asked.purpose)) throw problem.notAllowed({ needs: 'purpose' });
  const own = [...(await reported.listIndicators(reader)).values()].find(({ code }) => code === known.indicator);
  const method = await methodForReceived(reader, known, own);
  const shown = shownPeriods[known.kind];
  const all = await loadReceivedSeries(
    reader,
    { ...known, purpose: asked.purpose },
    shown + historyNeeded(method, known.kind),
  );
  const chosen = all.find(({ code }) => code === place);
  return {
    path: '/curves/received',
    of,
    received: { giver: known.giverName, purpose: asked.purpose },
    indicator: own ? nameIn(reading.locale, own.names, own.code) : known.indicator,
    places: all.map(({ code, name }) => ({ code, name })),
    place: chosen?.code ?? null,
    rule: describeMethod(wordsOf(reading), method, known.kind),
    curve: chosen ? describeCurve(drawn(method, chosen.counts, shown)) : [],
  };
}

const received = read({
  path: '/curves/received',
  summary: 'Series that a neighbour gave, for a purpose that it gave them for',
  for: office,
  query: receivedQuery,
  answer: receivedCurveAnswer,
  handle: (reading, { query }) => readReceived(reading, query),
  page: receivedCurvePage,
});

const receivedCsv = raw({
  path: '/curves/received/curve.csv',
  summary: 'The curve of a series that a neighbour gave as a table',
  for: office,
  query: receivedQuery,
  contentTypes: ['text/csv'],
  handle: async (reading, { query }) =>
    csvOf('curve.csv', writeCurve((await readReceived(reading, query)).curve as CurveAnswer)),
});

export const curveEndpoints: readonly Endpoint[] = [
  choice,
  received,
  receivedCsv,
  series,
  seriesCsv,
  reproductionCsv,
  interval,
];
