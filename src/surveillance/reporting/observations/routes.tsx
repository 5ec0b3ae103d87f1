import { z } from 'zod';
import type { Reader } from '../../../db/database.ts';
import { raw, read, type Endpoint } from '../../../http/endpoint.ts';
import {
  addDays,
  periodOf,
  periodRange,
  plainDateAt,
  shiftPeriod,
  startOf,
  type Period,
  type PlainDate,
} from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { EpidemicCurve } from '../../../ui/chart.tsx';
import { formatInstant, formatNumber, formatPeriod } from '../../../ui/format.ts';
import { blankForm, Button, DateField, SearchForm, SelectField } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Pager } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import type { View } from '../../../ui/view.ts';
import { csvMark, formatCsvRow } from '../../csv.ts';
import { describePeriod, periodAnswer } from '../../signals/answers.ts';
import { readers, reporters } from '../access.ts';
import { startOfDay } from '../completeness/deadline.ts';
import { indicatorName } from '../indicators/indicator.ts';
import * as indicators from '../indicators/store.ts';
import { byName } from '../places/order.ts';
import * as places from '../places/store.ts';
import { reportingCrumb, Rooms } from '../section.tsx';
import * as store from './store.ts';

const named = z.object({ code: z.string(), name: z.string() });

const observationAnswer = z.object({
  period: periodAnswer,
  /** Null: nobody has reported, or what was reported was taken back. Not zero. */
  value: z.int().nullable(),
  isTakenBack: z.boolean(),
  submission: z.int().nullable(),
});

const observationsAnswer = z.object({
  indicators: z.array(named),
  places: z.array(named),
  indicator: named.nullable(),
  place: named.nullable(),
  asOf: z.iso.datetime().nullable(),
  observations: z.array(observationAnswer),
  /** For `until`: where the periods before and after those shown are. */
  earlier: z.iso.date().nullable(),
  later: z.iso.date().nullable(),
});
type ObservationsAnswer = z.output<typeof observationsAnswer>;

/** Days that calendars can be reckoned from. */
const plainDate = z.iso
  .date()
  .refine((text) => text >= '1900-01-01' && text <= '2199-12-31', 'date-out-of-range')
  .transform((text) => text as PlainDate);
const question = z.object({
  indicator: z.string().max(60).optional(),
  place: z.string().max(60).optional(),
  /** What was known at the end of this day (UTC). */
  asOf: plainDate.optional(),
  /** The latest period shown is the one this day lies in. */
  until: plainDate.optional(),
});

const shownPeriods = { day: 120, 'iso-week': 104, 'mmwr-week': 104, month: 60 } as const;

const list = read({
  path: '/reporting/observations',
  summary: 'What is held of one indicator at one place, period by period; now, or as it was known at the end of a day',
  for: readers,
  query: question,
  answer: observationsAnswer,
  async handle({ reader, locale, house }, { query }) {
    const allIndicators = await indicators.listIndicators(reader);
    const reporting = await store.listReportingPlaceIds(reader);
    const allPlaces = (await places.listPlaces(reader)).filter(({ id }) => reporting.has(id)).toSorted(byName);
    const indicator = allIndicators.find(({ code }) => code === query.indicator);
    const place = allPlaces.find(({ code }) => code === query.place);
    if (query.indicator !== undefined && !indicator) throw problem.notFound({ what: 'indicator' });
    if (query.place !== undefined && !place) throw problem.notFound({ what: 'place' });
    const asOf = query.asOf === undefined ? undefined : startOfDay(addDays(query.asOf, 1), 'UTC');
    const now = house.clock.now();
    return {
      indicators: allIndicators.map((each) => ({ code: each.code, name: indicatorName(locale, each) })),
      places: allPlaces.map(({ code, name }) => ({ code, name })),
      indicator: indicator ? { code: indicator.code, name: indicatorName(locale, indicator) } : null,
      place: place ? { code: place.code, name: place.name } : null,
      asOf: asOf?.toISOString() ?? null,
      ...(indicator && place
        ? await readPeriods(
            reader,
            { indicatorId: indicator.id, placeId: place.id },
            periodOf(indicator.periodKind, plainDateAt(now, 'UTC')),
            { asOf, until: query.until },
          )
        : nothing),
    };
  },
  page: (answer, view) => observationsPage(answer, view),
});

type Window = Pick<ObservationsAnswer, 'observations' | 'earlier' | 'later'>;
const nothing: Window = { observations: [], earlier: null, later: null };

/** As many periods as fit, without gaps and not before the first report: what nobody reported is there as nothing. */
async function readPeriods(
  reader: Reader,
  key: store.SeriesKey,
  current: Period,
  { asOf, until }: { readonly asOf: Date | undefined; readonly until: PlainDate | undefined },
): Promise<Window> {
  const extent = await store.findExtent(reader, key);
  if (extent === undefined) return nothing;
  const { kind } = current;
  const earliest = periodOf(kind, extent.earliest);
  const latest = extent.latest < startOf(current) ? periodOf(kind, extent.latest) : current;
  const asked = until === undefined ? latest : periodOf(kind, until);
  const last = startOf(asked) > startOf(latest) ? latest : startOf(asked) < startOf(earliest) ? earliest : asked;
  const whole = shiftPeriod(last, 1 - shownPeriods[kind]);
  const first = startOf(whole) < startOf(earliest) ? earliest : whole;
  const filter = { indicatorId: key.indicatorId, placeIds: [key.placeId], first: startOf(first), last: startOf(last) };
  const held = await (asOf ? store.listObservationsAsOf(reader, filter, asOf) : store.listObservations(reader, filter));
  const byPeriod = new Map(held.map((each) => [each.period, each]));
  const next = shiftPeriod(last, shownPeriods[kind]);
  return {
    observations: periodRange(first, last).map((period) => {
      const found = byPeriod.get(startOf(period));
      return {
        period: describePeriod(period),
        value: found?.value ?? null,
        isTakenBack: found?.value === null,
        submission: found?.submissionId ?? null,
      };
    }),
    earlier: startOf(first) > startOf(earliest) ? startOf(shiftPeriod(first, -1)) : null,
    later: startOf(last) < startOf(latest) ? startOf(startOf(next) > startOf(latest) ? latest : next) : null,
  };
}

const listCsv = raw({
  path: '/reporting/observations.csv',
  summary: 'Everything that is held, or that of one indicator or place, one value a row, as it can be imported again',
  for: readers,
  timeoutMs: 600_000,
  query: question.omit({ asOf: true, until: true }),
  contentTypes: ['text/csv'],
  async handle({ reader }, { query }) {
    return {
      contentType: 'text/csv; charset=utf-8',
      body: writeRows(reader, query.indicator, query.place),
      fileName: 'observations.csv',
    };
  },
});

async function* writeRows(
  reader: Reader,
  indicator: string | undefined,
  place: string | undefined,
): AsyncGenerator<string> {
  yield csvMark + formatCsvRow(['period', 'place', 'indicator', 'value', 'known_at', 'submission']);
  for await (const rows of store.exportObservations(reader, { indicator, place })) {
    yield rows
      .map(({ kind, period, value, place: at, indicator: what, knownAt, submission }) =>
        formatCsvRow([periodOf(kind, period).label, at, what, value, knownAt.toISOString(), submission]),
      )
      .join('');
  }
}

const versionsAnswer = z.object({
  indicator: named,
  place: named,
  period: periodAnswer,
  /** The latest first. */
  versions: z.array(z.object({ value: z.int().nullable(), knownAt: z.iso.datetime(), submission: z.int() })),
});

const versions = read({
  path: '/reporting/observation',
  summary: 'All that was ever held for one indicator, place and period, with when it was known and what it came from',
  for: reporters,
  query: z.object({ indicator: z.string().min(1).max(60), place: z.string().min(1).max(60), start: plainDate }),
  answer: versionsAnswer,
  async handle({ reader, locale }, { query }) {
    const indicator = (await indicators.listIndicators(reader)).find(({ code }) => code === query.indicator);
    const place = await places.findPlace(reader, query.place);
    if (!indicator || !place) throw problem.notFound({ what: 'observation' });
    const found = await store.listVersions(reader, { indicatorId: indicator.id, placeId: place.id }, query.start);
    return {
      indicator: { code: indicator.code, name: indicatorName(locale, indicator) },
      place: { code: place.code, name: place.name },
      period: describePeriod(periodOf(indicator.periodKind, query.start)),
      versions: found.map(({ value, knownAt, submissionId }) => ({
        value,
        knownAt: knownAt.toISOString(),
        submission: submissionId,
      })),
    };
  },
  page: (answer, view) => versionsPage(answer, view),
});

export const observationsEndpoints: readonly Endpoint[] = [list, listCsv, versions];

const toPeriod = ({ kind, start }: z.output<typeof periodAnswer>): Period => periodOf(kind, start as PlainDate);

function observationsPage(answer: ObservationsAnswer, view: View): Page {
  const { t } = view;
  const { indicator, place, asOf, observations } = answer;
  const state = blankForm({
    indicator: indicator?.code,
    place: place?.code,
    asOf: asOf === null ? undefined : addDays(asOf.slice(0, 10) as PlainDate, -1),
  });
  const options = (list: readonly z.output<typeof named>[]) =>
    list.map(({ code, name }) => ({ value: code, label: name }));
  const csv = `/reporting/observations.csv${indicator && place ? `?${new URLSearchParams({ indicator: indicator.code, place: place.code }).toString()}` : ''}`;
  return {
    title: t('reporting.observations'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <SearchForm view={view} action="/reporting/observations" form={state}>
          <SelectField
            view={view}
            form={state}
            name="indicator"
            label={t('reporting.indicator')}
            options={options(answer.indicators)}
          />
          <SelectField
            view={view}
            form={state}
            name="place"
            label={t('reporting.place')}
            options={options(answer.places)}
          />
          <DateField view={view} form={state} name="asOf" label={t('reporting.as-known-on')} optional />
          <Button kind="secondary">{t('reporting.show')}</Button>
        </SearchForm>
        {indicator && place ? (
          <Numbers view={view} answer={answer} csv={csv} />
        ) : (
          <p>
            <a href={csv} download>
              {t('reporting.download-all')}
            </a>
          </p>
        )}
        {observations.length === 0 && indicator && place ? <p>{t('reporting.no-numbers')}</p> : null}
      </>
    ),
  };
}

function Numbers({
  view,
  answer,
  csv,
}: {
  readonly view: View;
  readonly answer: ObservationsAnswer;
  readonly csv: string;
}) {
  const { t } = view;
  const { indicator, place, asOf, observations } = answer;
  if (!indicator || !place || observations.length === 0) return null;
  const data = { csv, json: `/api${view.path}` };
  const pager = (
    <Pager view={view} query="until" previous={answer.earlier ?? undefined} next={answer.later ?? undefined} />
  );
  const title = t('reporting.series-title', { indicator: indicator.name, place: place.name });
  const columns: readonly Column<ObservationsAnswer['observations'][number]>[] = [
    {
      key: 'period',
      header: t('reporting.period'),
      cell: ({ period, submission }) => {
        const text = formatPeriod(view, toPeriod(period));
        const query = new URLSearchParams({
          indicator: indicator.code,
          place: place.code,
          start: period.start,
        }).toString();
        return submission === null ? text : <a href={`/reporting/observation?${query}`}>{text}</a>;
      },
    },
    {
      key: 'value',
      header: t('reporting.value'),
      numeric: true,
      cell: ({ value, isTakenBack }) =>
        value === null ? t(isTakenBack ? 'reporting.taken-back' : 'reporting.not-reported') : formatNumber(view, value),
    },
  ];
  return (
    <>
      <EpidemicCurve
        view={view}
        id="curve"
        title={title}
        points={observations.map(({ period, value }) => ({ period: toPeriod(period), observed: value ?? undefined }))}
        sentence={
          asOf === null ? title : t('reporting.as-known-at', { title, at: formatInstant(view, new Date(asOf)) })
        }
        data={data}
      />
      {pager}
      <Table view={view} id="numbers" caption={title} columns={columns} rows={observations.toReversed()} data={data} />
      {pager}
    </>
  );
}

function versionsPage(answer: z.output<typeof versionsAnswer>, view: View): Page {
  const { t } = view;
  const { indicator, place, period } = answer;
  const columns: readonly Column<(typeof answer.versions)[number]>[] = [
    { key: 'known', header: t('reporting.known-since'), cell: ({ knownAt }) => formatInstant(view, new Date(knownAt)) },
    {
      key: 'value',
      header: t('reporting.value'),
      numeric: true,
      cell: ({ value }) => (value === null ? t('reporting.taken-back') : formatNumber(view, value)),
    },
    {
      key: 'from',
      header: t('reporting.from-submission'),
      cell: ({ submission }) => (
        <a href={`/reporting/submissions/${submission}`}>
          {t('reporting.submission-number', { number: String(submission) })}
        </a>
      ),
    },
  ];
  return {
    title: t('reporting.series-title', { indicator: indicator.name, place: place.name }),
    breadcrumbs: [
      reportingCrumb(view),
      {
        path: `/reporting/observations?${new URLSearchParams({ indicator: indicator.code, place: place.code }).toString()}`,
        label: t('reporting.observations'),
      },
    ],
    body: (
      <Table
        view={view}
        id="versions"
        caption={formatPeriod(view, toPeriod(period))}
        columns={columns}
        rows={answer.versions}
        empty={t('reporting.not-reported')}
      />
    ),
  };
}
