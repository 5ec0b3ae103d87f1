import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { PlainDate } from '../../period.ts';
import { CurveLegend } from '../../ui/chart.tsx';
import { formatDate, formatNumber, formatPeriod, formatPeriodWithDays } from '../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  DateField,
  Form,
  RadiosField,
  SelectField,
  TextareaField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { PlaceMap } from '../../ui/map.tsx';
import type { Geometry } from '../../ui/map-geometry.ts';
import { Age, Facts, Notice, Status, Timeline, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name, Text } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { SignalPageAnswer } from './answers.ts';
import { writeProbability } from './explanation.ts';
import type { SignalStep } from './life-cycle.ts';
import { riskScopes, type RiskLevel } from './risk-assessment.ts';
import { Curve, SignalStatusChip, signalsCrumb, toPeriod } from './pages.tsx';

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
            <CurveLegend view={view} withFinal={answer.curve.some(({ final }) => final !== null)} />
            {answer.late === null ? null : <p>{answer.late}</p>}
            {answer.seriesPath === null ? null : (
              <p>
                <a href={answer.seriesPath}>{t('delays.see-series')}</a>
              </p>
            )}
          </>
        ) : (
          <p class="lead">{answer.sentence}</p>
        )}
        {alarm && !alarm.holds ? <Notice tone="warn">{t('signals.no-longer')}</Notice> : null}
        {alarm && alarm.cautions.length > 0 ? (
          <ul class="soft">
            {alarm.cautions.map((caution) => (
              <li>{caution}</li>
            ))}
          </ul>
        ) : null}
        <WhatNow view={view} answer={answer} form={form} />
        <SignalFacts view={view} answer={answer} />
        <Members view={view} answer={answer} />
        <ReferencePeriods view={view} answer={answer} />
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
          ...(alarm?.expected == null
            ? []
            : [{ label: t('signals.expected'), value: formatNumber(view, Math.round(alarm.expected * 10) / 10) }]),
          ...(alarm?.pValue == null
            ? []
            : [{ label: t('signals.p-value'), value: writeProbability(view, alarm.pValue) }]),
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

function Members({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): Child {
  const { t } = view;
  if (answer.members.length === 0) return null;
  return (
    <section>
      <h2>{t('signals.members')}</h2>
      <p>{t('signals.members-lead')}</p>
      <Table
        view={view}
        id="members"
        caption={t('signals.members-caption')}
        rows={answer.members}
        columns={[
          { key: 'place', header: t('signals.place'), cell: ({ place }) => <Name>{place}</Name> },
          { key: 'rule', header: t('signals.rule'), cell: ({ rule }) => rule },
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
    </section>
  );
}

const mostReferencePeriods = 60;

/** What "expected" was learnt from, week by week, with what each counted for. */
function ReferencePeriods({ view, answer }: { readonly view: View; readonly answer: SignalPageAnswer }): Child {
  const { t } = view;
  const { alarm } = answer;
  if (!alarm || alarm.reference.length === 0) return null;
  const down = alarm.reference.filter(({ weight }) => weight < 1).length;
  // Those held down first, then the newest; a model of five whole years rests on 240 weeks.
  const shown = alarm.reference
    .toSorted((a, b) => Math.min(1, a.weight) - Math.min(1, b.weight) || (a.start < b.start ? 1 : -1))
    .slice(0, mostReferencePeriods);
  return (
    <section>
      <h2>{t('signals.reference')}</h2>
      <p>
        {t('signals.reference-lead', { count: alarm.reference.length })}{' '}
        {down > 0 ? t('signals.reference-down', { count: down }) : ''}
      </p>
      <details>
        <summary>{t('signals.reference-show')}</summary>
        <Table
          view={view}
          id="reference"
          caption={t('signals.reference-caption')}
          rows={shown}
          columns={[
            {
              key: 'period',
              header: t('signals.period'),
              cell: ({ start }) => formatPeriod(view, toPeriod({ kind: alarm.period.kind, start })),
            },
            {
              key: 'count',
              header: t('signals.observed'),
              cell: ({ count }) => (count === null ? t('chart.missing') : formatNumber(view, count)),
              numeric: true,
            },
            {
              key: 'weight',
              header: t('signals.weight'),
              cell: ({ weight }) => formatNumber(view, Math.round(weight * 100) / 100),
              numeric: true,
            },
          ]}
        />
        {shown.length < alarm.reference.length ? (
          <p>{t('signals.reference-more', { count: alarm.reference.length - shown.length })}</p>
        ) : null}
      </details>
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
