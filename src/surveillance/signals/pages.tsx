import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { periodOf, type Period, type PlainDate } from '../../period.ts';
import { CurveLegend, EpidemicCurve } from '../../ui/chart.tsx';
import { formatNumber, formatPeriod, formatPeriodShort } from '../../ui/format.ts';
import { Actions } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Age, DownloadLinks, Status, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import {
  periodAnswer,
  type CurveAnswer,
  type ListedSignal,
  type SignalAnswer,
  type SignalListAnswer,
  type WorklistAnswer,
} from './answers.ts';
import { writeProbability } from './explanation.ts';
import { promptHours, signalStatuses, type SignalStatus } from './life-cycle.ts';

const toneOf = {
  new: 'waiting',
  'to-verify': 'active',
  monitoring: 'active',
  verified: 'warn',
  assessed: 'warn',
  event: 'danger',
  closed: 'ended',
  duplicate: 'ended',
  'not-relevant': 'ended',
  discarded: 'ended',
} as const satisfies Record<SignalStatus, Tone>;

export function SignalStatusChip({
  view,
  status,
}: {
  readonly view: View;
  readonly status: SignalStatus;
}): JSX.Element {
  return <Status tone={toneOf[status]}>{view.t(`signals.status-${status}`)}</Status>;
}

export const signalsCrumb = (view: View): NonNullable<Page['breadcrumbs']>[number] => ({
  path: '/signals',
  label: view.t('signals.title'),
});

/** Answers carry labels; the kind and the first day say which period is meant. */
export const toPeriod = ({ kind, start }: { readonly kind: Period['kind']; readonly start: string }): Period =>
  periodOf(kind, start as PlainDate);

export function Curve({
  view,
  signal,
  curve,
}: {
  readonly view: View;
  readonly signal: SignalAnswer;
  readonly curve: CurveAnswer;
}): JSX.Element {
  return (
    <EpidemicCurve
      view={view}
      id={`c${signal.id.slice(0, 8)}`}
      title={signal.title}
      sentence={signal.sentence}
      data={{ csv: `${signal.path}/curve.csv`, json: `/api${signal.path}` }}
      points={curve.map((point) => ({
        period: toPeriod(point.period),
        observed: point.reported ?? undefined,
        expected: point.usual ?? undefined,
        threshold: point.threshold ?? undefined,
        ...(point.isSignal ? { signal: true } : {}),
        ...(point.isIncomplete ? { incomplete: true } : {}),
        final: point.final ?? undefined,
      }))}
    />
  );
}

function isLate(view: View, signal: SignalAnswer): boolean {
  return view.now.getTime() - Date.parse(signal.raisedAt) > promptHours * 3_600_000;
}

function Listed({ view, signal }: { readonly view: View; readonly signal: ListedSignal }): JSX.Element {
  const { t } = view;
  return (
    <article class="signal">
      <h2>
        <a href={signal.path}>
          <Name>{signal.title}</Name>
        </a>{' '}
        {signal.indicator?.isImmediate ? <Status tone="danger">{t('signals.immediate')}</Status> : null}{' '}
        {isLate(view, signal) ? <Status tone="warn">{t('signals.late')}</Status> : null}
      </h2>
      {signal.curve.length > 0 ? <Curve view={view} signal={signal} curve={signal.curve} /> : <p>{signal.sentence}</p>}
      <p class="soft">{(signal.rank?.reasons ?? []).map(({ text }) => text).join(' ')}</p>
    </article>
  );
}

export function worklistPage(answer: WorklistAnswer, view: View): Page {
  const { t } = view;
  const { fresh, taken, overflow, signalsPerWeek } = answer;
  return {
    title: t('signals.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('signals.lead', { count: fresh.length })}</p>
        <CapacityNote view={view} answer={answer} />
        {fresh.some(({ curve }) => curve.length > 0) ? <CurveLegend view={view} /> : null}
        <div class="signals">
          {fresh.map((signal) => (
            <Listed view={view} signal={signal} />
          ))}
        </div>
        {overflow > 0 && signalsPerWeek !== null ? (
          <p>
            <a href="/signals/beyond">{t('signals.see-beyond', { count: overflow })}</a>
          </p>
        ) : null}
        {answer.heldBack > 0 ? (
          <p>
            <a href="/signals/held-back">{t('signals.see-held-back', { count: answer.heldBack })}</a>
          </p>
        ) : null}
        <SignalTable view={view} id="taken" caption={t('signals.taken')} signals={taken} />
        <p>
          <DownloadLinks view={view} data={{ csv: '/signals.csv', json: '/api/signals' }} />
        </p>
        <Actions>
          <a class="button secondary" href="/signals/new">
            {t('signals.record')}
          </a>
          <a href="/signals/all">{t('signals.all')}</a>
          <a href="/curves">{t('workbench.curves')}</a>
          <a href="/signals/neighbours">{t('workbench.watch-title')}</a>
          <a href="/detection">{t('signals.detection')}</a>
          <a href="/workbench">{t('workbench.title')}</a>
          <a href="/clusters">{t('clusters.title')}</a>
        </Actions>
      </>
    ),
  };
}

function CapacityNote({ view, answer }: { readonly view: View; readonly answer: WorklistAnswer }): JSX.Element {
  const { t } = view;
  const { signalsPerWeek, triagedThisWeek, overflow } = answer;
  const change = <a href="/signals/capacity">{t('signals.change-capacity')}</a>;
  if (signalsPerWeek === null)
    return (
      <p>
        {t('signals.capacity-unsaid')} {change}
      </p>
    );
  return (
    <p>
      {t('signals.capacity-is', { count: signalsPerWeek, triaged: triagedThisWeek })}{' '}
      {overflow > 0 ? <strong>{t('signals.overflow', { count: overflow })}</strong> : t('signals.no-overflow')} {change}
    </p>
  );
}

function SignalTable(props: {
  readonly view: View;
  readonly id: string;
  readonly caption: Child;
  readonly isTitled?: true;
  readonly signals: readonly SignalAnswer[];
}): JSX.Element {
  const { view, id, caption, isTitled, signals } = props;
  const { t } = view;
  return (
    <Table
      view={view}
      id={id}
      caption={caption}
      {...(isTitled ? { isTitled } : {})}
      rows={signals}
      columns={[
        {
          key: 'title',
          header: t('signals.signal'),
          cell: (signal) => (
            <a href={signal.path}>
              <Name>{signal.title}</Name>
            </a>
          ),
        },
        {
          key: 'status',
          header: t('signals.status'),
          cell: ({ status }) => <SignalStatusChip view={view} status={status} />,
        },
        {
          key: 'period',
          header: t('signals.period'),
          cell: ({ alarm }) =>
            alarm ? `${formatPeriodShort(view, toPeriod(alarm.period))} ${alarm.period.label.slice(0, 4)}` : '',
        },
        {
          key: 'observed',
          header: t('signals.observed'),
          cell: ({ alarm }) => (alarm ? formatNumber(view, alarm.observed) : ''),
          numeric: true,
        },
        {
          key: 'raised',
          header: t('signals.raised'),
          cell: ({ raisedAt }) => <Age view={view} at={new Date(raisedAt)} />,
        },
      ]}
    />
  );
}

export function beyondPage(answer: SignalListAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('signals.beyond'),
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <p class="lead">{t('signals.beyond-lead')}</p>
        <SignalTable view={view} id="beyond" caption={t('signals.beyond')} isTitled signals={answer.signals} />
      </>
    ),
  };
}

export const heldBackAnswer = z.object({
  falsePercent: z.number(),
  alarms: z.array(
    z.object({
      place: z.string(),
      indicator: z.string(),
      period: periodAnswer,
      observed: z.number(),
      expected: z.number().nullable(),
      pValue: z.number().nullable(),
    }),
  ),
});

export function heldBackPage(answer: z.output<typeof heldBackAnswer>, view: View): Page {
  const { t } = view;
  return {
    title: t('signals.held-back'),
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <p class="lead">{t('signals.held-back-lead', { percent: answer.falsePercent })}</p>
        <Table
          view={view}
          id="held"
          caption={t('signals.held-back-caption')}
          rows={answer.alarms}
          columns={[
            { key: 'indicator', header: t('signals.indicator'), cell: ({ indicator }) => <Name>{indicator}</Name> },
            { key: 'place', header: t('signals.place'), cell: ({ place }) => <Name>{place}</Name> },
            { key: 'period', header: t('signals.period'), cell: ({ period }) => formatPeriod(view, toPeriod(period)) },
            {
              key: 'observed',
              header: t('signals.observed'),
              cell: ({ observed }) => formatNumber(view, observed),
              numeric: true,
            },
            {
              key: 'expected',
              header: t('signals.expected'),
              cell: ({ expected }) => (expected === null ? '' : formatNumber(view, Math.round(expected * 10) / 10)),
              numeric: true,
            },
            {
              key: 'p',
              header: t('signals.p-value'),
              cell: ({ pValue }) => (pValue === null ? '' : writeProbability(view, pValue)),
              numeric: true,
            },
          ]}
        />
      </>
    ),
  };
}

export function allSignalsPage(answer: SignalListAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('signals.all'),
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <nav aria-label={t('signals.status')}>
          <ul class="inline-list">
            <li>
              <a href="/signals/all" aria-current={answer.status === null ? 'true' : undefined}>
                {t('signals.any-status')}
              </a>
            </li>
            {signalStatuses.map((status) => (
              <li>
                <a href={`/signals/all?status=${status}`} aria-current={answer.status === status ? 'true' : undefined}>
                  {t(`signals.status-${status}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <SignalTable view={view} id="all" caption={t('signals.latest-first')} signals={answer.signals} />
      </>
    ),
  };
}
