import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { z } from 'zod';
import { isPurpose } from '../../agreement/purposes.ts';
import { TradeoffPlot } from '../../ui/chart-tradeoff.tsx';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import {
  Actions,
  Button,
  CheckboxesField,
  Form,
  HiddenField,
  NumberField,
  SelectField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Age, DownloadLinks, Facts, Notice, Status } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { signalsCrumb } from '../signals/pages.tsx';
import type { CandidateAnswer, ComparisonAnswer, ProgressAnswer } from './answers.ts';
import type { Estimate } from './comparison.ts';

const choice = z.object({ value: z.string(), name: z.string() });

export const workbenchAnswer = z.object({
  mayAsk: z.boolean(),
  indicators: z.array(choice),
  /** Series that neighbours gave, with a purpose each. */
  received: z.array(choice),
  comparisons: z.array(
    z.object({
      path: z.string(),
      subject: z.string(),
      giver: z.string().nullable(),
      askedAt: z.iso.datetime(),
      isFinished: z.boolean(),
    }),
  ),
});
export type WorkbenchAnswer = z.output<typeof workbenchAnswer>;

export const workbenchCrumb = (view: View): NonNullable<Page['breadcrumbs']>[number] => ({
  path: '/workbench',
  label: view.t('workbench.title'),
});

export function workbenchPage(answer: WorkbenchAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('workbench.title'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('workbench.lead')}</p>
        <p>{t('workbench.how')}</p>
        {answer.mayAsk && answer.indicators.length > 0 ? (
          <Form view={view} action="/workbench" form={form}>
            <SelectField
              view={view}
              form={form}
              name="indicator"
              label={t('workbench.indicator')}
              options={answer.indicators.map(({ value, name }) => ({ value, label: name }))}
            />
            <SizeFields view={view} form={form} />
            <Actions>
              <Button>{t('workbench.compare')}</Button>
            </Actions>
          </Form>
        ) : null}
        <ReceivedForm view={view} answer={answer} form={form} />
        <Table
          view={view}
          id="comparisons"
          caption={t('workbench.earlier')}
          rows={answer.comparisons}
          columns={[
            {
              key: 'subject',
              header: t('workbench.indicator'),
              cell: ({ path, subject, giver }) => (
                <>
                  <a href={path}>
                    <Name>{subject}</Name>
                  </a>{' '}
                  {giver === null ? null : <Status tone="neutral">{t('workbench.received-from', { giver })}</Status>}
                </>
              ),
            },
            {
              key: 'state',
              header: t('workbench.state'),
              cell: ({ isFinished }) => (
                <Status tone={isFinished ? 'good' : 'active'}>
                  {t(isFinished ? 'workbench.finished' : 'workbench.running')}
                </Status>
              ),
            },
            {
              key: 'asked',
              header: t('workbench.asked'),
              cell: ({ askedAt }) => <Age view={view} at={new Date(askedAt)} />,
            },
          ]}
        />
      </>
    ),
  };
}

function SizeFields({ view, form }: { readonly view: View; readonly form: FormState }): JSX.Element {
  const { t } = view;
  return (
    <details open={form.errors.length > 0}>
      <summary>{t('workbench.settings')}</summary>
      <NumberField
        view={view}
        form={form}
        name="series"
        label={t('workbench.series')}
        hint={t('workbench.series-hint')}
      />
      <NumberField
        view={view}
        form={form}
        name="outbreaks"
        label={t('workbench.outbreaks')}
        hint={t('workbench.outbreaks-hint')}
      />
      <NumberField
        view={view}
        form={form}
        name="smallest"
        label={t('workbench.smallest')}
        hint={t('workbench.smallest-hint')}
      />
      <NumberField view={view} form={form} name="largest" label={t('workbench.largest')} />
      <CheckboxesField
        view={view}
        form={form}
        name="withSlow"
        label={t('workbench.slow')}
        options={[{ value: 'true', label: t('workbench.slow-yes'), hint: t('workbench.slow-hint') }]}
      />
    </details>
  );
}

function ReceivedForm(props: {
  readonly view: View;
  readonly answer: WorkbenchAnswer;
  readonly form: FormState;
}): Child {
  const { view, answer, form } = props;
  const { t } = view;
  if (answer.received.length === 0) return null;
  return (
    <section>
      <h2>{t('workbench.on-received')}</h2>
      <p>{t('workbench.on-received-lead')}</p>
      {answer.mayAsk ? (
        <Form view={view} action="/workbench/received" form={form}>
          <SelectField
            view={view}
            form={form}
            name="received"
            label={t('workbench.received')}
            options={answer.received.map(({ value, name }) => ({ value, label: name }))}
          />
          <Actions>
            <Button>{t('workbench.compare-received')}</Button>
          </Actions>
        </Form>
      ) : null}
      <ul>
        {answer.received.map(({ value, name }) => (
          <li>
            <a href={`/curves/received?of=${encodeURIComponent(value)}`}>{name}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How far a computation is: words and a bar, and a link to look again. Nothing reloads by itself. */
export function Progress(props: {
  readonly view: View;
  readonly path: string;
  readonly progress: ProgressAnswer;
}): JSX.Element {
  const { view, path, progress } = props;
  const { t } = view;
  const { done, total } = progress;
  return (
    <Notice tone="info" title={t('workbench.running')}>
      {total === null ? (
        <p>{t('workbench.waiting')}</p>
      ) : (
        <p>
          <progress max={total} value={done} aria-label={t('workbench.progress', { done, total })} />{' '}
          {t('workbench.progress', { done, total })}
        </p>
      )}
      <p>
        {t('workbench.leave')} <a href={path}>{t('workbench.look-again')}</a>
      </p>
    </Notice>
  );
}

export function comparisonPage(answer: ComparisonAnswer, view: View): Page {
  const { t } = view;
  const { received, result } = answer;
  return {
    title: t('workbench.comparison-of', { indicator: answer.subject }),
    breadcrumbs: [signalsCrumb(view), workbenchCrumb(view)],
    wide: true,
    body: (
      <>
        {received === null ? null : <ReceivedNotice view={view} received={received} />}
        {answer.isFinished ? null : <Progress view={view} path={answer.path} progress={answer.progress} />}
        {answer.isFinished && result === null ? <Notice tone="warn">{t('workbench.nothing-to-compare')}</Notice> : null}
        {result === null ? null : <Result view={view} answer={answer} result={result} />}
      </>
    ),
  };
}

export function purposeName({ t }: Pick<View, 't'>, purpose: string): string {
  return isPurpose(purpose) ? t(`agreement.purpose-${purpose}`) : purpose;
}

/** Said on every page that shows a neighbour's data. */
export function ReceivedNotice(props: {
  readonly view: View;
  readonly received: { readonly giver: string; readonly purpose: string };
}): JSX.Element {
  const { view, received } = props;
  const { t } = view;
  return (
    <Notice tone="info" title={t('workbench.received-from', { giver: received.giver })}>
      <p>{t('workbench.received-purpose', { purpose: purposeName(view, received.purpose) })}</p>
    </Notice>
  );
}

function Result(props: {
  readonly view: View;
  readonly answer: ComparisonAnswer;
  readonly result: NonNullable<ComparisonAnswer['result']>;
}): JSX.Element {
  const { view, answer, result } = props;
  const { t } = view;
  const measured = result.candidates.filter(({ detected }) => detected !== null);
  const silent = result.candidates.filter(({ detected }) => detected === null);
  const { settings } = answer;
  return (
    <>
      <p class="lead">
        {t('workbench.done-lead', {
          count: result.series,
          outbreaks: result.outbreaks,
          smallest: settings.smallest,
          largest: settings.largest,
        })}
      </p>
      <p>{t('workbench.best-lead')}</p>
      <figure class="chart">
        <TradeoffPlot
          view={view}
          id="tradeoff"
          title={t('workbench.picture')}
          xLabel={t('workbench.false-alarms')}
          yLabel={t('workbench.detected')}
          points={measured.flatMap(({ number, name, detected, falseAlarmsPerYear, isBest }) =>
            detected && falseAlarmsPerYear ? [{ number, name, x: falseAlarmsPerYear, y: detected, isBest }] : [],
          )}
        />
        <figcaption>
          {t('workbench.picture-caption')}{' '}
          <DownloadLinks view={view} data={{ csv: `${answer.path}/table.csv`, json: `/api${answer.path}` }} />
        </figcaption>
      </figure>
      <Table
        view={view}
        id="candidates"
        caption={t('workbench.table-caption')}
        rows={measured}
        columns={[
          {
            key: 'name',
            header: t('workbench.candidate'),
            cell: (candidate) => <CandidateName view={view} candidate={candidate} />,
          },
          {
            key: 'detected',
            header: t('workbench.detected'),
            cell: ({ detected }) => share(view, detected),
            numeric: true,
          },
          {
            key: 'false',
            header: t('workbench.false-alarms'),
            cell: ({ falseAlarmsPerYear }) => amount(view, falseAlarmsPerYear),
            numeric: true,
          },
          {
            key: 'ppv',
            header: t('workbench.ppv'),
            cell: ({ positivePredictiveValue }) => share(view, positivePredictiveValue),
            numeric: true,
          },
          {
            key: 'sensitivity',
            header: t('workbench.sensitivity'),
            cell: ({ sensitivity }) => share(view, sensitivity),
            numeric: true,
          },
          {
            key: 'delay',
            header: t(`workbench.delay-${result.kind}`),
            cell: ({ delay }) => amount(view, delay),
            numeric: true,
          },
          ...(answer.mayChoose
            ? [
                {
                  key: 'choose',
                  header: t('workbench.choose'),
                  cell: ({ id, number }: CandidateAnswer) => (
                    <a href={`${answer.path}/choose?candidate=${id}`}>{t('workbench.choose-number', { number })}</a>
                  ),
                },
              ]
            : []),
        ]}
      />
      {silent.length === 0 ? null : (
        <>
          <h2>{t('workbench.silent')}</h2>
          <p>{t('workbench.silent-lead')}</p>
          <ul>
            {silent.map(({ name }) => (
              <li>{name}</li>
            ))}
          </ul>
        </>
      )}
      <h2>{t('workbench.reading')}</h2>
      <Facts
        facts={(['detected', 'false-alarms', 'ppv', 'sensitivity', 'delay'] as const).map((measure) => ({
          label: t(measure === 'delay' ? `workbench.delay-${result.kind}` : `workbench.${measure}`),
          value: t(`workbench.about-${measure}`),
        }))}
      />
      <p class="soft">{t('workbench.caution')}</p>
    </>
  );
}

function CandidateName({ view, candidate }: { readonly view: View; readonly candidate: CandidateAnswer }): JSX.Element {
  const { t } = view;
  const { number, name, isInUse, isBest, judged } = candidate;
  return (
    <>
      {formatNumber(view, number)}. {name} {isInUse ? <Status tone="active">{t('workbench.in-use')}</Status> : null}{' '}
      {isBest ? <Status tone="good">{t('workbench.best')}</Status> : null}
      {judged < 0.995 ? (
        <small>
          <br />
          {t('workbench.judged', { share: formatPercent(view, judged) })}
        </small>
      ) : null}
    </>
  );
}

function share(view: View, estimate: Estimate): Child {
  return range(view, estimate, (value) => formatPercent(view, Math.round(value * 100) / 100));
}

function amount(view: View, estimate: Estimate): Child {
  return range(view, estimate, (value) => formatNumber(view, value, 1));
}

function range(view: View, estimate: Estimate, write: (value: number) => string): Child {
  const { t } = view;
  if (estimate === null) return t('workbench.unknown');
  return (
    <>
      {write(estimate.value)}
      <br />
      <small>{t('workbench.interval', { lower: write(estimate.lower), upper: write(estimate.upper) })}</small>
    </>
  );
}

export const choiceAnswer = z.object({
  path: z.string(),
  subject: z.string(),
  candidate: z.string(),
  name: z.string(),
  replaced: z.array(z.string()),
  kept: z.array(z.string()),
});

export function choicePage(answer: z.output<typeof choiceAnswer>, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('workbench.choose-for', { indicator: answer.subject }),
    breadcrumbs: [
      signalsCrumb(view),
      workbenchCrumb(view),
      { path: answer.path, label: t('workbench.comparison-of', { indicator: answer.subject }) },
    ],
    body: (
      <>
        <p class="lead">{t('workbench.choose-lead', { indicator: answer.subject, method: answer.name })}</p>
        {answer.replaced.length === 0 ? null : (
          <>
            <p>{t('workbench.replaces')}</p>
            <ul>
              {answer.replaced.map((name) => (
                <li>{name}</li>
              ))}
            </ul>
          </>
        )}
        {answer.kept.length === 0 ? null : (
          <>
            <p>{t('workbench.keeps')}</p>
            <ul>
              {answer.kept.map((name) => (
                <li>{name}</li>
              ))}
            </ul>
          </>
        )}
        <p>{t('workbench.signals-stay')}</p>
        <Form view={view} action={`${answer.path}/choose`} form={form}>
          <HiddenField name="candidate" value={answer.candidate} />
          <Actions>
            <Button>{t('workbench.choose-confirm')}</Button>
            <a href={answer.path}>{t('workbench.back')}</a>
          </Actions>
        </Form>
      </>
    ),
  };
}
