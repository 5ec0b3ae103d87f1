import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { periodOf, type Period, type PlainDate } from '../../period.ts';
import { CurveLegend, EpidemicCurve } from '../../ui/chart.tsx';
import { formatDate, formatNumber, formatPeriodShort, formatPeriodWithDays } from '../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  DateField,
  Form,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { PlaceMap } from '../../ui/map.tsx';
import type { Geometry } from '../../ui/map-geometry.ts';
import { Age, DownloadLinks, Facts, Notice, Status, Timeline, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name, Text } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type {
  CurveAnswer,
  ListedSignal,
  SignalAnswer,
  SignalListAnswer,
  SignalPageAnswer,
  WorklistAnswer,
} from './answers.ts';
import { promptHours, signalStatuses, type SignalStatus, type SignalStep } from './life-cycle.ts';
import { confidences, consequences, likelihoods, riskScopes, type RiskLevel } from './risk-assessment.ts';

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

function Curve({
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
        <SignalTable view={view} id="taken" caption={t('signals.taken')} signals={taken} />
        <p>
          <DownloadLinks view={view} data={{ csv: '/signals.csv', json: '/api/signals' }} />
        </p>
        <Actions>
          <a class="button secondary" href="/signals/new">
            {t('signals.record')}
          </a>
          <a href="/signals/all">{t('signals.all')}</a>
          <a href="/detection">{t('signals.detection')}</a>
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
  readonly signals: readonly SignalAnswer[];
}): JSX.Element {
  const { view, id, caption, signals } = props;
  const { t } = view;
  return (
    <Table
      view={view}
      id={id}
      caption={caption}
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
        <SignalTable view={view} id="beyond" caption={t('signals.beyond')} signals={answer.signals} />
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

const levelTone = {
  low: 'neutral',
  moderate: 'warn',
  high: 'danger',
  'very-high': 'danger',
} as const satisfies Record<RiskLevel, Tone>;

export function signalPage(answer: SignalPageAnswer, view: View, form: FormState = blankForm()): Page {
  const { t } = view;
  const { alarm } = answer;
  return {
    title: answer.title,
    breadcrumbs: [signalsCrumb(view)],
    wide: true,
    body: (
      <>
        <p>
          <SignalStatusChip view={view} status={answer.status} />{' '}
          {answer.indicator?.isImmediate ? <Status tone="danger">{t('signals.immediate')}</Status> : null}{' '}
          <small>
            {t('signals.raised')}: <Age view={view} at={new Date(answer.raisedAt)} />
          </small>
        </p>
        {answer.curve.length > 0 ? (
          <>
            <Curve view={view} signal={answer} curve={answer.curve} />
            <CurveLegend view={view} />
          </>
        ) : (
          <p class="lead">{answer.sentence}</p>
        )}
        {alarm && !alarm.holds ? <Notice tone="warn">{t('signals.no-longer')}</Notice> : null}
        {alarm && alarm.missingReference > 0 ? (
          <p class="soft">{t('signals.missing-reference', { count: alarm.missingReference })}</p>
        ) : null}
        <WhatNow view={view} answer={answer} form={form} />
        <SignalFacts view={view} answer={answer} />
        <Around view={view} answer={answer} />
        <Elsewhere view={view} answer={answer} />
        <Assessments view={view} answer={answer} />
        <History view={view} answer={answer} />
      </>
    ),
  };
}

function SignalFacts({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): JSX.Element {
  const { t } = view;
  const { alarm } = answer;
  return (
    <section>
      <h2>{t('signals.facts')}</h2>
      <Facts
        facts={[
          { label: t('signals.source'), value: t(`signals.source-${answer.source}`) },
          ...(answer.rule === null ? [] : [{ label: t('signals.rule'), value: answer.rule }]),
          ...(alarm ? [{ label: t('signals.period'), value: formatPeriodWithDays(view, toPeriod(alarm.period)) }] : []),
          ...(alarm ? [{ label: t('signals.observed'), value: formatNumber(view, alarm.observed) }] : []),
          ...(alarm?.usual
            ? [
                {
                  label: t('signals.usual'),
                  value: t('signals.from-to', { lower: alarm.usual.lower, upper: alarm.usual.upper }),
                },
              ]
            : []),
          ...(alarm?.threshold === null || alarm === null
            ? []
            : [{ label: t('signals.threshold'), value: formatNumber(view, Math.round(alarm.threshold * 10) / 10) }]),
          ...(answer.alarms.length > 1
            ? [
                {
                  label: t('signals.alarm-periods'),
                  value: formatNumber(view, answer.alarms.filter(({ holds }) => holds).length),
                },
              ]
            : []),
          ...(answer.monitorUntil === null
            ? []
            : [{ label: t('signals.monitor-until'), value: formatDate(view, answer.monitorUntil as PlainDate) }]),
          ...(answer.eventPath === null
            ? []
            : [{ label: t('signals.event'), value: <a href={answer.eventPath}>{t('signals.to-event')}</a> }]),
        ]}
      />
    </section>
  );
}

function Around({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): Child {
  const { t } = view;
  const { around, alarm } = answer;
  if (around.length < 2 || !alarm) return null;
  const others = around.filter(({ hasSignal, isHere }) => hasSignal && !isHere).length;
  return (
    <section>
      <h2>{t('signals.around')}</h2>
      <PlaceMap
        view={view}
        id="map"
        title={t('signals.map-title', {
          indicator: answer.indicator?.name ?? '',
          period: formatPeriodWithDays(view, toPeriod(alarm.period)),
        })}
        valueLabel={t('signals.observed')}
        sentence={others === 0 ? t('signals.map-none') : t('signals.map-sentence', { count: others })}
        data={{ csv: `${answer.path}/around.csv`, json: `/api${answer.path}` }}
        places={around.map((place) => ({
          name: place.name,
          value: place.value ?? undefined,
          // GeoJSON as reporting stored it, checked there.
          geometry: (place.geometry ?? undefined) as Geometry | undefined,
          neighbour: place.isNeighbour,
          signal: place.hasSignal,
        }))}
      />
    </section>
  );
}

function Elsewhere({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('signals.elsewhere')}</h2>
      {answer.elsewhere.length === 0 ? (
        <p>{t('signals.elsewhere-none')}</p>
      ) : (
        <ul>
          {answer.elsewhere.map(({ text, path, at }) => (
            <li>
              {path === null ? text : <a href={path}>{text}</a>}{' '}
              <small>
                <Age view={view} at={new Date(at)} />
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Assessments({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): Child {
  const { t } = view;
  if (answer.assessments.length === 0) return null;
  return (
    <section>
      <h2>{t('signals.assessments')}</h2>
      {answer.assessments.map((assessment) => (
        <article class="act">
          <p>
            <strong>{assessment.question}</strong>
            <br />
            <small>
              <Name>{assessment.by}</Name>, <Age view={view} at={new Date(assessment.at)} />
            </small>
          </p>
          <Facts
            facts={[
              { label: t('signals.hazard'), value: assessment.hazard },
              { label: t('signals.exposure'), value: assessment.exposure },
              { label: t('signals.context'), value: assessment.context },
              ...riskScopes.map((scope) => {
                const { likelihood, consequence, confidence, level } = assessment.scopes[scope];
                return {
                  label: t(`signals.scope-${scope}`),
                  value: (
                    <>
                      <Status tone={levelTone[level]}>{t(`signals.level-of-${level}`)}</Status>{' '}
                      {t('signals.risk-line', {
                        likelihood: t(`signals.likelihood-${likelihood}`),
                        consequence: t(`signals.consequence-${consequence}`),
                        confidence: t(`signals.confidence-${confidence}`),
                      })}
                    </>
                  ),
                };
              }),
              ...(assessment.reassessOn === null
                ? []
                : [{ label: t('signals.reassess-on'), value: formatDate(view, assessment.reassessOn as PlainDate) }]),
              { label: t('signals.matrix'), value: assessment.matrixVersion },
            ]}
          />
        </article>
      ))}
    </section>
  );
}

function History({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('signals.history')}</h2>
      <Timeline
        view={view}
        entries={[
          {
            at: new Date(answer.raisedAt),
            title: t(`signals.raised-by-${answer.source}`),
            children: answer.summary ? <p>{answer.summary}</p> : null,
          },
          ...answer.history.map(({ step, by, at, why, monitorUntil, duplicateOf }) => ({
            at: new Date(at),
            title: <Text view={view} id={`signals.did-${step}`} values={{ name: <Name>{by}</Name> }} />,
            children: (
              <>
                {why === '' ? null : <p>{why}</p>}
                {monitorUntil === null ? null : (
                  <p>{t('signals.until', { date: formatDate(view, monitorUntil as PlainDate) })}</p>
                )}
                {duplicateOf === null ? null : (
                  <p>
                    <a href={duplicateOf}>{t('signals.the-other')}</a>
                  </p>
                )}
              </>
            ),
          })),
        ]}
      />
    </section>
  );
}

/** Steps that are one answer with a reason; the others have a page of their own. */
export const plainSteps = [
  'accept',
  'mark-duplicate',
  'set-aside',
  'verify',
  'monitor',
  'discard',
  'close',
  'reopen',
] as const satisfies readonly SignalStep[];
type PlainStep = (typeof plainSteps)[number];
const isPlain = (step: SignalStep): step is PlainStep => (plainSteps as readonly SignalStep[]).includes(step);

function WhatNow({
  view,
  answer,
  form,
}: {
  readonly view: View;
  readonly answer: SignalPageAnswer;
  readonly form: FormState;
}): Child {
  const { t } = view;
  const { steps } = answer;
  // An event is closed on its own page.
  const plain = steps.filter(isPlain).filter((step) => !(step === 'close' && answer.status === 'event'));
  if (steps.length === 0) return null;
  return (
    <section>
      <h2>{t('signals.what-now')}</h2>
      {steps.includes('assess') || steps.includes('open-event') ? (
        <Actions>
          {steps.includes('assess') ? (
            <a
              class={`button ${answer.assessments.length === 0 ? 'primary' : 'secondary'}`}
              href={`${answer.path}/risk`}
            >
              {t(answer.assessments.length === 0 ? 'signals.do-assess' : 'signals.do-reassess')}
            </a>
          ) : null}
          {steps.includes('open-event') ? (
            <a class="button primary" href={`${answer.path}/event`}>
              {t('signals.do-open-event')}
            </a>
          ) : null}
        </Actions>
      ) : null}
      {plain.length === 0 ? null : (
        <Form view={view} action={`${answer.path}/step`} form={form}>
          <RadiosField
            view={view}
            form={form}
            name="step"
            label={t('signals.your-decision')}
            options={plain.map((step) => ({
              value: step,
              label: t(`signals.do-${step}`),
              hint: t(`signals.hint-${step}`),
            }))}
          />
          <TextareaField
            view={view}
            form={form}
            name="why"
            label={t('signals.why')}
            hint={t('signals.why-hint')}
            rows={3}
            maxLength={2000}
          />
          {plain.includes('monitor') ? (
            <DateField
              view={view}
              form={form}
              name="until"
              label={t('signals.monitor-until')}
              hint={t('signals.monitor-hint')}
              optional
            />
          ) : null}
          {plain.includes('mark-duplicate') ? (
            <SelectField
              view={view}
              form={form}
              name="of"
              label={t('signals.duplicate-of')}
              optional
              options={answer.similar.map(({ id, title }) => ({ value: id, label: title }))}
            />
          ) : null}
          {answer.source === 'rumour' ? (
            <TextareaField
              view={view}
              form={form}
              name="reply"
              label={t('signals.reply')}
              hint={t('signals.reply-hint')}
              rows={3}
              maxLength={2000}
              optional
            />
          ) : null}
          <Actions>
            <Button>{t('signals.decide')}</Button>
          </Actions>
        </Form>
      )}
    </section>
  );
}

export function riskPage(
  view: View,
  signal: { readonly path: string; readonly title: string },
  form: FormState = blankForm(),
): Page {
  const { t } = view;
  return {
    title: t('signals.risk-title'),
    breadcrumbs: [signalsCrumb(view), { path: signal.path, label: signal.title }],
    body: (
      <>
        <p class="lead">{t('signals.risk-lead')}</p>
        <Notice tone="info">{t('signals.matrix-unchecked')}</Notice>
        <Form view={view} action={`${signal.path}/risk`} form={form}>
          <TextareaField
            view={view}
            form={form}
            name="question"
            label={t('signals.risk-question')}
            hint={t('signals.risk-question-hint')}
            rows={2}
            maxLength={500}
          />
          <TextareaField
            view={view}
            form={form}
            name="hazard"
            label={t('signals.hazard')}
            hint={t('signals.hazard-hint')}
            maxLength={4000}
          />
          <TextareaField
            view={view}
            form={form}
            name="exposure"
            label={t('signals.exposure')}
            hint={t('signals.exposure-hint')}
            maxLength={4000}
          />
          <TextareaField
            view={view}
            form={form}
            name="context"
            label={t('signals.context')}
            hint={t('signals.context-hint')}
            maxLength={4000}
          />
          {riskScopes.map((scope) => (
            <>
              <h2>{t(`signals.scope-${scope}`)}</h2>
              <SelectField
                view={view}
                form={form}
                name={`${scope}.likelihood`}
                label={t('signals.likelihood')}
                options={likelihoods.map((value) => ({ value, label: t(`signals.likelihood-${value}`) }))}
              />
              <SelectField
                view={view}
                form={form}
                name={`${scope}.consequence`}
                label={t('signals.consequence')}
                options={consequences.map((value) => ({ value, label: t(`signals.consequence-${value}`) }))}
              />
              <SelectField
                view={view}
                form={form}
                name={`${scope}.confidence`}
                label={t('signals.confidence')}
                options={confidences.map((value) => ({ value, label: t(`signals.confidence-${value}`) }))}
              />
            </>
          ))}
          <DateField view={view} form={form} name="reassessOn" label={t('signals.reassess-on')} optional />
          <Actions>
            <Button>{t('signals.save-assessment')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export interface Choices {
  readonly indicators: readonly { readonly id: number; readonly name: string }[];
  readonly places: readonly { readonly id: number; readonly name: string }[];
}

export function recordPage(view: View, choices: Choices, form: FormState = blankForm()): Page {
  const { t } = view;
  const options = (items: Choices['places']) => items.map(({ id, name }) => ({ value: String(id), label: name }));
  return {
    title: t('signals.record'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('signals.record-lead')}</p>
        <Form view={view} action="/signals/new" form={form}>
          <TextareaField
            view={view}
            form={form}
            name="summary"
            label={t('signals.what-told')}
            hint={t('signals.what-told-hint')}
            maxLength={4000}
          />
          <SelectField
            view={view}
            form={form}
            name="place"
            label={t('signals.place')}
            options={options(choices.places)}
            optional
          />
          <SelectField
            view={view}
            form={form}
            name="indicator"
            label={t('signals.indicator')}
            options={options(choices.indicators)}
            optional
          />
          <Actions>
            <Button>{t('signals.record')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function capacityPage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('signals.capacity'),
    breadcrumbs: [signalsCrumb(view)],
    body: (
      <>
        <p class="lead">{t('signals.capacity-lead')}</p>
        <Form view={view} action="/signals/capacity" form={form}>
          <TextField
            view={view}
            form={form}
            name="perWeek"
            label={t('signals.capacity-label')}
            hint={t('signals.capacity-hint')}
            width="short"
            optional
          />
          <Actions>
            <Button>{t('signals.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}
