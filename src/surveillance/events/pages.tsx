import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { PlainDate } from '../../period.ts';
import { formatDate, formatNumber, formatPercent } from '../../ui/format.ts';
import { Actions, ButtonForm } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Age, DownloadLinks, Facts, KeyFigures, Notice, Status, Time, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { SignalStatusChip } from '../signals/pages.tsx';
import type { EventAnswer, EventCore, EventListAnswer, IntervalAnswer, ReviewAnswer } from './answers.ts';
import { annex2Criteria } from './ihr-annex2.ts';
import { intervals, targetDays, type Interval } from './seven-one-seven.ts';

const toneOf = {
  met: 'good',
  missed: 'danger',
  running: 'active',
  waiting: 'waiting',
  'not-assessable': 'neutral',
  'data-error': 'warn',
} as const satisfies Record<IntervalAnswer['state'], Tone>;

const overallTone = {
  met: 'good',
  missed: 'danger',
  pending: 'active',
  'not-assessable': 'neutral',
  'data-error': 'warn',
} as const satisfies Record<EventCore['clocks']['overall'], Tone>;

const asDate = (text: string): PlainDate => text as PlainDate;

export const eventsCrumb = (view: View) => ({ path: '/events', label: view.t('events.title') });

/** In words, because the number alone does not say whether the clock still runs. */
function intervalText(view: View, interval: IntervalAnswer): string {
  const { t } = view;
  const { state, days, daysLeft, deadline } = interval;
  switch (state) {
    case 'met':
      return t('events.clock-met', { count: days ?? 0 });
    case 'missed':
      return days === null
        ? t('events.clock-missed-open', { date: deadline === null ? '' : formatDate(view, asDate(deadline)) })
        : t('events.clock-missed', { count: days });
    case 'running':
      return t('events.clock-running', {
        count: daysLeft ?? 0,
        date: deadline === null ? '' : formatDate(view, asDate(deadline)),
      });
    case 'waiting':
      return t('events.clock-waiting');
    case 'not-assessable':
      return t('events.clock-not-assessable');
    case 'data-error':
      return t('events.clock-data-error');
  }
}

function Clock({
  view,
  interval,
  answer,
}: {
  readonly view: View;
  readonly interval: Interval;
  readonly answer: IntervalAnswer;
}): JSX.Element {
  return (
    <>
      <Status tone={toneOf[answer.state]}>{view.t(`events.state-${answer.state}`)}</Status> {intervalText(view, answer)}{' '}
      <small>{view.t('events.target', { count: targetDays[interval] })}</small>
    </>
  );
}

export function eventListPage(answer: EventListAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('events.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('events.lead')}</p>
        <Table
          view={view}
          id="events"
          caption={t('events.caption')}
          rows={answer.events}
          empty={t('events.none')}
          data={{ csv: '/events.csv', json: '/api/events' }}
          columns={[
            {
              key: 'title',
              header: t('events.event'),
              cell: (event) => (
                <a href={event.path}>
                  <Name>{event.title}</Name>
                </a>
              ),
            },
            {
              key: 'state',
              header: t('events.state'),
              cell: ({ isOpen }) => (
                <Status tone={isOpen ? 'active' : 'ended'}>{t(isOpen ? 'events.open' : 'events.closed')}</Status>
              ),
            },
            ...intervals.map((interval) => ({
              key: interval,
              header: t(`events.interval-${interval}`),
              cell: ({ clocks }: EventCore) => (
                <>
                  <Status tone={toneOf[clocks[interval].state]}>{t(`events.state-${clocks[interval].state}`)}</Status>{' '}
                  {shortDays(view, clocks[interval])}
                </>
              ),
            })),
            {
              key: 'opened',
              header: t('events.opened'),
              cell: ({ openedAt }) => <Age view={view} at={new Date(openedAt)} />,
            },
          ]}
        />
        <h2>{t('events.review')}</h2>
        <p>{t('events.review-lead')}</p>
        <KeyFigures
          figures={[
            ...intervals.map((interval) => ({
              label: t(`events.interval-${interval}`),
              value: shareOf(view, answer.review[interval]),
              note: noteOf(view, answer.review[interval]),
            })),
            {
              label: t('events.all-three'),
              value: shareOf(view, answer.review.all),
              note: noteOf(view, answer.review.all),
            },
          ]}
        />
        <ReviewTable view={view} id="by-hazard" caption={t('events.by-hazard')} rows={answer.byHazard} />
        <ReviewTable view={view} id="by-place" caption={t('events.by-place')} rows={answer.byPlace} />
      </>
    ),
  };
}

function shortDays(view: View, { state, days, daysLeft }: IntervalAnswer): string {
  if (state === 'running') return view.t('events.days-left', { count: daysLeft ?? 0 });
  return days === null || state === 'data-error' ? '' : view.t('events.days', { count: days });
}

const shareOf = (view: View, { assessed, met }: ReviewAnswer['all']): string =>
  assessed === 0 ? '–' : formatPercent(view, met / assessed);

function noteOf(view: View, { assessed, met, medianDays }: ReviewAnswer['all']): string {
  const counted = view.t('events.met-of', { met, count: assessed });
  return medianDays === null
    ? counted
    : `${counted} ${view.t('events.median', { days: formatNumber(view, medianDays) })}`;
}

function ReviewTable(props: {
  readonly view: View;
  readonly id: string;
  readonly caption: string;
  readonly rows: EventListAnswer['byHazard'];
}): Child {
  const { view, id, caption, rows } = props;
  if (rows.length < 2) return null;
  return (
    <Table
      view={view}
      id={id}
      caption={caption}
      rows={rows}
      columns={[
        { key: 'name', header: caption, cell: ({ name }) => <Name>{name}</Name> },
        ...intervals.map((interval) => ({
          key: interval,
          header: view.t(`events.interval-${interval}`),
          cell: ({ review }: EventListAnswer['byHazard'][number]) =>
            `${shareOf(view, review[interval])} (${formatNumber(view, review[interval].assessed)})`,
          numeric: true,
        })),
      ]}
    />
  );
}

export function eventPage(answer: EventAnswer, view: View): Page {
  const { t } = view;
  const { clocks } = answer;
  return {
    title: answer.title,
    breadcrumbs: [eventsCrumb(view)],
    wide: true,
    body: (
      <>
        <p>
          <Status tone={answer.isOpen ? 'active' : 'ended'}>
            {t(answer.isOpen ? 'events.open' : 'events.closed')}
          </Status>{' '}
          {[answer.indicator, answer.place].filter((part) => part !== null).join(', ')}
        </p>
        {answer.isOpen ? null : <Closing view={view} answer={answer} />}
        <section>
          <h2>
            {t('events.seven-one-seven')}{' '}
            <Status tone={overallTone[clocks.overall]}>{t(`events.overall-${clocks.overall}`)}</Status>
          </h2>
          <Facts
            facts={intervals.map((interval) => ({
              label: t(`events.interval-${interval}`),
              value: <Clock view={view} interval={interval} answer={clocks[interval]} />,
            }))}
          />
          {clocks.overall === 'data-error' ? <Notice tone="warn">{t('events.data-error-explained')}</Notice> : null}
        </section>
        <Dates view={view} answer={answer} />
        <ResponseActions view={view} answer={answer} />
        <Annex2 view={view} answer={answer} />
        <section>
          <h2>{t('events.signals')}</h2>
          <ul>
            {answer.signals.map(({ path, title, status, sentence }) => (
              <li>
                <a href={path}>
                  <Name>{title}</Name>
                </a>{' '}
                <SignalStatusChip view={view} status={status} />
                <br />
                <small>{sentence}</small>
              </li>
            ))}
          </ul>
        </section>
        <Findings view={view} answer={answer} />
        <Tasks view={view} answer={answer} />
        <p>
          <DownloadLinks view={view} data={{ csv: '/events.csv', json: `/api${answer.path}` }} />
        </p>
        {answer.mayDecide && answer.isOpen ? (
          <Actions>
            <a class="button secondary" href={`${answer.path}/close`}>
              {t('events.close')}
            </a>
          </Actions>
        ) : null}
      </>
    ),
  };
}

function Closing({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  return (
    <Facts
      facts={[
        { label: t('events.outcome'), value: answer.outcome === null ? '' : t(`events.outcome-${answer.outcome}`) },
        { label: t('events.lessons'), value: answer.lessons ?? '' },
        {
          label: t('events.closed-by'),
          value: (
            <>
              <Name>{answer.closedBy ?? ''}</Name>
              {answer.closedAt === null ? null : (
                <>
                  {', '}
                  <Time view={view} at={new Date(answer.closedAt)} />
                </>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

function Dates({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('events.dates')}</h2>
      <Facts
        facts={answer.dates.map(({ milestone, on, source, earlier }) => ({
          label: t(`events.milestone-${milestone}`),
          value: (
            <>
              {on === null ? t('events.unknown') : formatDate(view, asDate(on))}
              {source === null ? null : (
                <>
                  {' '}
                  <small>{source === '' ? t('events.from-signal') : source}</small>
                </>
              )}
              {earlier.length === 0 ? null : (
                <details>
                  <summary>{t('events.earlier', { count: earlier.length })}</summary>
                  <ul>
                    {earlier.map((entry) => (
                      <li>
                        {entry.on === null ? t('events.unknown') : formatDate(view, asDate(entry.on))}{' '}
                        <small>
                          {entry.source} <Name>{entry.by}</Name>, <Time view={view} at={new Date(entry.at)} />
                        </small>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </>
          ),
          ...(answer.mayDecide
            ? { change: <a href={`${answer.path}/dates/${milestone}`}>{t('events.change')}</a> }
            : {}),
        }))}
      />
    </section>
  );
}

const actionTone = { done: 'good', 'not-done': 'waiting', 'not-applicable': 'neutral' } as const satisfies Record<
  string,
  Tone
>;

function ResponseActions({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('events.actions')}</h2>
      <Facts
        facts={answer.actions.map(({ action, counts, state, on, reason }) => ({
          label: t(`events.action-${action}`),
          value: (
            <>
              <Status tone={actionTone[state]}>{t(`events.action-is-${state}`)}</Status>{' '}
              {on === null ? null : t(`events.${counts}-on`, { date: formatDate(view, asDate(on)) })}
              {reason ?? ''}
            </>
          ),
          ...(answer.mayDecide
            ? { change: <a href={`${answer.path}/actions/${action}`}>{t('events.change')}</a> }
            : {}),
        }))}
      />
    </section>
  );
}

function Annex2({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  const { annex2 } = answer;
  const criterion = (code: (typeof annex2Criteria)[number]): string => t(`events.criterion-${code}`);
  return (
    <section>
      <h2>{t('events.annex2')}</h2>
      {annex2.assessBy === null ? null : (
        <p>
          {t('events.assess-by')} <Time view={view} at={new Date(annex2.assessBy)} />
        </p>
      )}
      {annex2.assessments.map(({ by, at, list, answers, decision, tableVersion }, position) => (
        <article class="act">
          <h3>{t(`events.decision-${decision.outcome}`)}</h3>
          {decision.because === 'listed' ? <p>{t('events.because-listed')}</p> : null}
          {decision.outcome === 'cannot-exclude' ? (
            <>
              <p>{t('events.find-out')}</p>
              <ul>
                {decision.unknown.map((code) => (
                  <li>{criterion(code)}</li>
                ))}
              </ul>
              <p>{t('events.consider-who')}</p>
            </>
          ) : null}
          {position === 0 && annex2.notifyBy !== null ? (
            <p>
              <strong>{t('events.notify-by')}</strong> <Time view={view} at={new Date(annex2.notifyBy)} />
            </p>
          ) : null}
          {position === 0 && annex2.reassessBy !== null ? (
            <p>
              <strong>{t('events.reassess-by')}</strong> <Time view={view} at={new Date(annex2.reassessBy)} />
            </p>
          ) : null}
          <Facts
            facts={[
              { label: t('events.list'), value: t(`events.list-${list}`) },
              ...answers.map((each) => ({
                label: criterion(each.criterion),
                value: (
                  <>
                    <strong>{t(`events.answer-${each.answer}`)}</strong> {each.reason}
                  </>
                ),
              })),
            ]}
          />
          <p>
            <small>
              <Name>{by}</Name>, <Time view={view} at={new Date(at)} /> ·{' '}
              {t('events.table-version', { version: tableVersion })}
            </small>
          </p>
        </article>
      ))}
      {answer.mayDecide && answer.isOpen ? (
        <Actions>
          <a
            class={`button ${annex2.assessments.length === 0 ? 'primary' : 'secondary'}`}
            href={`${answer.path}/annex2`}
          >
            {t(annex2.assessments.length === 0 ? 'events.do-annex2' : 'events.do-annex2-again')}
          </a>
        </Actions>
      ) : null}
    </section>
  );
}

function Findings({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('events.findings')}</h2>
      {answer.findings.length === 0 ? <p>{t('events.findings-none')}</p> : null}
      <ul>
        {answer.findings.map(({ during, kind, code, note, by }) => (
          <li>
            <Status tone={kind === 'enabler' ? 'good' : 'warn'}>{t(`events.${kind}`)}</Status>{' '}
            {t(`events.interval-${during}`)}: {t(`events.finding-${code}`)}. {note}{' '}
            <small>
              <Name>{by}</Name>
            </small>
          </li>
        ))}
      </ul>
      {answer.mayDecide ? (
        <p>
          <a href={`${answer.path}/findings`}>{t('events.add-finding')}</a>
        </p>
      ) : null}
    </section>
  );
}

function Tasks({ view, answer }: { readonly view: View; readonly answer: EventAnswer }): JSX.Element {
  const { t } = view;
  return (
    <section>
      <h2>{t('events.tasks')}</h2>
      <Table
        view={view}
        id="tasks"
        caption={t('events.tasks-caption')}
        rows={answer.tasks}
        empty={t('events.tasks-none')}
        columns={[
          { key: 'what', header: t('events.task'), cell: ({ what }) => what },
          { key: 'owner', header: t('events.owner'), cell: ({ owner }) => <Name>{owner}</Name> },
          { key: 'horizon', header: t('events.horizon'), cell: ({ horizon }) => t(`events.horizon-${horizon}`) },
          { key: 'due', header: t('events.due'), cell: ({ dueOn }) => formatDate(view, asDate(dueOn)) },
          {
            key: 'done',
            header: t('events.state'),
            cell: ({ id, isLate, doneBy }) => {
              if (doneBy !== null)
                return (
                  <>
                    <Status tone="good">{t('events.done')}</Status>{' '}
                    <small>
                      <Name>{doneBy}</Name>
                    </small>
                  </>
                );
              return (
                <>
                  {isLate ? <Status tone="danger">{t('events.overdue')}</Status> : null}{' '}
                  {answer.mayDecide ? (
                    <ButtonForm view={view} action={`${answer.path}/tasks/${id}/done`} label={t('events.mark-done')} />
                  ) : null}
                </>
              );
            },
          },
        ]}
      />
      {answer.mayDecide ? (
        <p>
          <a href={`${answer.path}/tasks`}>{t('events.add-task')}</a>
        </p>
      ) : null}
    </section>
  );
}
