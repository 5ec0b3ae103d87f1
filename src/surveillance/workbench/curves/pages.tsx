import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { CurveLegend, EpidemicCurve } from '../../../ui/chart.tsx';
import { formatNumber, formatPeriod } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  Form,
  NumberField,
  SearchForm,
  SelectField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Table } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { curveAnswer, periodAnswer, type CurveAnswer } from '../../signals/answers.ts';
import { signalsCrumb, toPeriod } from '../../signals/pages.tsx';
import { ReceivedNotice, workbenchCrumb } from '../pages.tsx';

export const reproductionAnswer = z.object({
  state: z.enum(['no-interval', 'interval-too-short', 'too-few', 'estimated']),
  /** Periods of a window, or periods that are needed. */
  periods: z.int().nullable(),
  points: z.array(z.object({ period: periodAnswer, mean: z.number(), lower: z.number(), upper: z.number() })),
  interval: z.object({ meanDays: z.number(), sdDays: z.number(), source: z.string() }).nullable(),
});

export const seriesAnswer = z.object({
  path: z.string(),
  title: z.string(),
  sentence: z.string(),
  rule: z.string().nullable(),
  curve: curveAnswer,
  late: z.string(),
  reproduction: reproductionAnswer,
  mayChange: z.boolean(),
});
export type SeriesAnswer = z.output<typeof seriesAnswer>;

export function seriesPage(answer: SeriesAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: answer.title,
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <SeriesCurve
          view={view}
          answer={answer}
          data={{ csv: `${answer.path}/curve.csv`, json: `/api${answer.path}` }}
        />
        <h2>{t('delays.title')}</h2>
        <p>{answer.late}</p>
        <Late view={view} curve={answer.curve} />
        <Spread view={view} answer={answer} form={form} />
      </>
    ),
  };
}

export const curveChoiceAnswer = z.object({
  indicators: z.array(z.object({ code: z.string(), name: z.string() })),
  indicator: z.string().nullable(),
  places: z.array(z.object({ path: z.string(), name: z.string(), total: z.number().nullable() })),
});

export function curveChoicePage(answer: z.output<typeof curveChoiceAnswer>, view: View): Page {
  const { t } = view;
  const form = blankForm(answer.indicator === null ? {} : { indicator: answer.indicator });
  return {
    title: t('workbench.curves'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('workbench.curves-lead')}</p>
        <SearchForm view={view} action="/curves" form={form}>
          <SelectField
            view={view}
            form={form}
            name="indicator"
            label={t('workbench.indicator')}
            options={answer.indicators.map(({ code, name }) => ({ value: code, label: name }))}
          />
          <Actions>
            <Button>{t('workbench.curves-show')}</Button>
          </Actions>
        </SearchForm>
        {answer.indicator === null ? null : (
          <Table
            view={view}
            id="places"
            caption={t('workbench.received-places')}
            rows={answer.places}
            columns={[
              {
                key: 'place',
                header: t('workbench.curves-place'),
                cell: ({ path, name }) => (
                  <a href={path}>
                    <Name>{name}</Name>
                  </a>
                ),
              },
              {
                key: 'total',
                header: t('workbench.curves-total'),
                cell: ({ total }) => (total === null ? t('workbench.unknown') : formatNumber(view, total)),
                numeric: true,
              },
            ]}
          />
        )}
      </>
    ),
  };
}

export function SeriesCurve(props: {
  readonly view: View;
  readonly answer: Pick<SeriesAnswer, 'title' | 'sentence' | 'curve'>;
  readonly data: { readonly csv: string; readonly json: string };
}): JSX.Element {
  const { view, answer, data } = props;
  return (
    <>
      <EpidemicCurve
        view={view}
        id="series"
        title={answer.title}
        sentence={answer.sentence}
        data={data}
        points={answer.curve.map((point) => ({
          period: toPeriod(point.period),
          observed: point.reported ?? undefined,
          expected: point.usual ?? undefined,
          threshold: point.threshold ?? undefined,
          ...(point.isSignal ? { signal: true } : {}),
          ...(point.isIncomplete ? { incomplete: true } : {}),
          final: point.final ?? undefined,
        }))}
      />
      <CurveLegend view={view} withFinal={answer.curve.some(({ final }) => final !== null)} />
    </>
  );
}

function Late({ view, curve }: { readonly view: View; readonly curve: CurveAnswer }): Child {
  const { t } = view;
  const rows = curve
    .flatMap((point) =>
      point.final && point.final.upper > point.final.lower ? [{ ...point, final: point.final }] : [],
    )
    .toReversed();
  if (rows.length === 0) return null;
  return (
    <Table
      view={view}
      id="late"
      caption={t('delays.caption')}
      rows={rows}
      columns={[
        { key: 'period', header: t('signals.period'), cell: ({ period }) => formatPeriod(view, toPeriod(period)) },
        {
          key: 'reported',
          header: t('signals.observed'),
          cell: ({ reported }) => (reported === null ? t('chart.missing') : formatNumber(view, reported)),
          numeric: true,
        },
        {
          key: 'final',
          header: t('delays.final'),
          cell: ({ final }) => formatNumber(view, final.median),
          numeric: true,
        },
        {
          key: 'interval',
          header: t('delays.interval'),
          cell: ({ final }) => t('signals.from-to', { lower: final.lower, upper: final.upper }),
          numeric: true,
        },
      ]}
    />
  );
}

function Spread(props: { readonly view: View; readonly answer: SeriesAnswer; readonly form: FormState }): JSX.Element {
  const { view, answer, form } = props;
  const { t } = view;
  const { reproduction } = answer;
  const { interval, points, periods, state } = reproduction;
  const newest = points.at(-1);
  return (
    <>
      <h2>{t('delays.spread')}</h2>
      {state === 'estimated' && newest ? (
        <>
          <p>
            {t(
              newest.lower > 1
                ? 'delays.spread-grows'
                : newest.upper < 1
                  ? 'delays.spread-falls'
                  : 'delays.spread-open',
              {
                mean: formatNumber(view, newest.mean, 2),
                lower: formatNumber(view, newest.lower, 2),
                upper: formatNumber(view, newest.upper, 2),
                period: formatPeriod(view, toPeriod(newest.period)),
                periods: periods ?? 0,
              },
            )}
          </p>
          <EpidemicCurve
            view={view}
            id="spread"
            asLine
            title={t('delays.spread')}
            sentence={t('delays.spread-caption')}
            data={{ csv: `${answer.path}/reproduction.csv`, json: `/api${answer.path}` }}
            points={points.map(({ period, mean, lower, upper }) => ({
              period: toPeriod(period),
              observed: Math.round(mean * 100) / 100,
              expected: { lower, upper },
              threshold: 1,
            }))}
          />
        </>
      ) : (
        <p>
          {state === 'too-few'
            ? t('delays.spread-too-few', { count: periods ?? 0 })
            : t(state === 'no-interval' ? 'delays.spread-no-interval' : 'delays.spread-too-short')}
        </p>
      )}
      {interval === null ? null : (
        <p>
          {t('delays.interval-is', { mean: interval.meanDays, sd: interval.sdDays })} <cite>{interval.source}</cite>
        </p>
      )}
      <p class="soft">{t('delays.spread-caution')}</p>
      {answer.mayChange ? (
        <details open={form.errors.length > 0}>
          <summary>{t('delays.change-interval')}</summary>
          <Form view={view} action={`${answer.path}/interval`} form={form}>
            <NumberField
              view={view}
              form={form}
              name="meanDays"
              label={t('delays.mean-days')}
              hint={t('delays.mean-days-hint')}
              decimals
            />
            <NumberField view={view} form={form} name="sdDays" label={t('delays.sd-days')} decimals />
            <TextField
              view={view}
              form={form}
              name="source"
              label={t('delays.source')}
              hint={t('delays.source-hint')}
              maxLength={500}
            />
            <Actions>
              <Button>{t('signals.save')}</Button>
            </Actions>
          </Form>
        </details>
      ) : null}
    </>
  );
}

export const receivedCurveAnswer = z.object({
  path: z.string(),
  of: z.string(),
  received: z.object({ giver: z.string(), purpose: z.string() }),
  indicator: z.string(),
  places: z.array(z.object({ code: z.string(), name: z.string() })),
  place: z.string().nullable(),
  rule: z.string(),
  curve: curveAnswer,
});
export type ReceivedCurveAnswer = z.output<typeof receivedCurveAnswer>;

/** A neighbour's series, marked as such, with what the usual detector says of it. */
export function receivedCurvePage(answer: ReceivedCurveAnswer, view: View): Page {
  const { t } = view;
  const of = encodeURIComponent(answer.of);
  const chosen = answer.places.find(({ code }) => code === answer.place);
  return {
    title: t('workbench.received-series', { indicator: answer.indicator, giver: answer.received.giver }),
    breadcrumbs: [signalsCrumb(view), workbenchCrumb(view)],
    wide: true,
    body: (
      <>
        <ReceivedNotice view={view} received={answer.received} />
        {chosen ? (
          <>
            <SeriesCurve
              view={view}
              answer={{
                title: t('signals.title-of', { indicator: answer.indicator, place: chosen.name }),
                sentence: t('workbench.judged-by', { rule: answer.rule }),
                curve: answer.curve,
              }}
              data={{
                csv: `/curves/received/curve.csv?of=${of}&place=${encodeURIComponent(chosen.code)}`,
                json: `/api/curves/received?of=${of}&place=${encodeURIComponent(chosen.code)}`,
              }}
            />
            <p class="soft">{t('workbench.received-late')}</p>
          </>
        ) : null}
        <h2>{t('workbench.received-places')}</h2>
        <ul>
          {answer.places.map(({ code, name }) => (
            <li>
              <a
                href={`/curves/received?of=${of}&place=${encodeURIComponent(code)}`}
                aria-current={code === answer.place ? 'true' : undefined}
              >
                <bdi>{name}</bdi>
              </a>
            </li>
          ))}
        </ul>
      </>
    ),
  };
}
