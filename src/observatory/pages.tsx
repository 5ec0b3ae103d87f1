import type { JSX } from 'hono/jsx/jsx-runtime';
import type { InstrumentStatus } from '../agreement/entry-into-force.ts';
import { isPlainDate } from '../period.ts';
import { formatDate, formatInstant, formatNumber } from '../ui/format.ts';
import { Actions, blankForm, Button, Form, TextareaField, TextField, type FormState } from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { Code, Facts, Notice, Pager, Status, Time, type Tone } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import type { FlowsAnswer, FlowSummary, ObservatoryAnswer, QuestionAnswerShape, QuestionSummary } from './answers.ts';
import { nameOfType } from './log/meaning.ts';
import { describeQuestion, describeRefusal } from './wording.ts';

const publicationHours = 72;

export function observatoryPage(answer: ObservatoryAnswer, view: View): Page {
  const { t } = view;
  const published = answer.questions.filter(({ isPublished }) => isPublished);
  const unpublished = answer.questions.filter(({ isPublished }) => !isPublished);
  return {
    title: t('observatory.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('observatory.lead')}</p>
        {unpublished.length === 0 ? null : (
          <Notice tone="warn" title={t('observatory.questions-unpublished')}>
            <Questions
              view={view}
              id="unpublished"
              caption={t('observatory.questions-unpublished')}
              questions={unpublished}
            />
          </Notice>
        )}
        <h2>{t('observatory.logs')}</h2>
        <Logs view={view} answer={answer} />
        <h2 id="questions-title">{t('observatory.questions')}</h2>
        <p>{t('observatory.questions-lead', { hours: publicationHours })}</p>
        <Questions view={view} id="questions" caption={t('observatory.questions')} questions={published} />
        <h2>{t('observatory.flows')}</h2>
        <p>{t('observatory.flows-lead')}</p>
        <Flows view={view} flows={answer.flows} />
        {answer.hasMoreFlows ? (
          <p>
            <a href="/observatory/flows">{t('observatory.flows-all')}</a>
          </p>
        ) : null}
        <h2>{t('observatory.agreements')}</h2>
        <Agreements view={view} answer={answer} />
        {answer.settled.length === 0 ? null : (
          <details>
            <summary>{t('observatory.questions-settled')}</summary>
            <Questions
              view={view}
              id="settled"
              caption={t('observatory.questions-settled')}
              questions={answer.settled}
            />
          </details>
        )}
        {answer.mayObserve ? (
          <>
            <h2>{t('observatory.observe')}</h2>
            <ObserveForm view={view} form={blankForm()} />
          </>
        ) : null}
      </>
    ),
  };
}

type Log = ObservatoryAnswer['logs'][number];

function Logs({ view, answer }: { readonly view: View; readonly answer: ObservatoryAnswer }): JSX.Element {
  const { t } = view;
  return (
    <Table
      view={view}
      id="logs"
      caption={t('observatory.logs')}
      isTitled
      empty={t('observatory.logs-none')}
      rows={answer.logs}
      columns={[
        {
          key: 'log',
          header: t('observatory.column-log'),
          cell: (row) => (
            <>
              <a href={row.path}>
                <Name>{row.name}</Name>
              </a>{' '}
              <Code>{row.origin}</Code>
            </>
          ),
        },
        { key: 'checked', header: t('observatory.column-checked'), cell: (row) => <Checked view={view} log={row} /> },
        { key: 'confirmed', header: t('observatory.column-confirmed'), cell: (row) => confirmedBy(view, row) },
        {
          key: 'questions',
          header: t('observatory.column-questions'),
          numeric: true,
          cell: (row) =>
            row.questions === 0 ? (
              formatNumber(view, 0)
            ) : (
              <a href="#questions-title">{formatNumber(view, row.questions)}</a>
            ),
        },
      ]}
    />
  );
}

function Checked({ view, log }: { readonly view: View; readonly log: Log }): JSX.Element {
  const { t } = view;
  const { checked, held } = log;
  if (log.closedReason === 'fork') return <Status tone="danger">{t('observatory.state-contradiction')}</Status>;
  if (!checked) return <Status tone="waiting">{t('observatory.checked-not-yet')}</Status>;
  const index = checked.size - 1;
  if (checked.size < held)
    return <Status tone="active">{t('observatory.checked-behind', { index, total: held - 1 })}</Status>;
  return (
    <>
      <Status tone="good">{t('observatory.checked')}</Status>{' '}
      {t('observatory.checked-up-to', { index, time: formatInstant(view, new Date(checked.at)) })}
    </>
  );
}

function confirmedBy(view: View, { confirmations }: Log): JSX.Element | string {
  const { t } = view;
  if (confirmations.length === 0) return t('observatory.confirmed-nobody');
  return (
    <ul>
      {confirmations.map(({ keeper, at }) => (
        <li>{t('observatory.confirmation', { keeper, time: formatInstant(view, new Date(at)) })}</li>
      ))}
    </ul>
  );
}

const statusTones = {
  negotiation: 'waiting',
  refused: 'ended',
  signed: 'waiting',
  unconfirmed: 'waiting',
  'awaiting-date': 'waiting',
  'in-force': 'good',
  ended: 'ended',
} as const satisfies Record<InstrumentStatus, Tone>;

function Agreements({ view, answer }: { readonly view: View; readonly answer: ObservatoryAnswer }): JSX.Element {
  const { t } = view;
  return (
    <Table
      view={view}
      id="agreements"
      caption={t('observatory.agreements')}
      isTitled
      empty={t('observatory.agreements-none')}
      rows={answer.agreements}
      columns={[
        {
          key: 'agreement',
          header: t('observatory.column-agreement'),
          cell: (row) => (
            <a href={row.path}>
              <Name>{row.title}</Name>
            </a>
          ),
        },
        {
          key: 'status',
          header: t('observatory.column-status'),
          cell: (row) => <Status tone={statusTones[row.status]}>{t(`agreement.status-${row.status}`)}</Status>,
        },
        {
          key: 'bound',
          header: t('observatory.column-bound'),
          cell: (row) => (
            <ul>
              {row.parties.map((party) => (
                <li>{boundSentence(view, party)}</li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}

function boundSentence(
  view: View,
  { name: party, boundFrom, boundUntil }: ObservatoryAnswer['agreements'][number]['parties'][number],
): string {
  const { t } = view;
  const time = (text: string): string => formatInstant(view, new Date(text));
  if (boundFrom === null) return t('observatory.bound-not', { party });
  // An end that binds on receipt has no instant of its own yet.
  if (boundUntil !== null && new Date(boundUntil).getTime() === 0) return t('observatory.bound-not', { party });
  if (boundUntil !== null) return t('observatory.bound-until', { party, time: time(boundUntil) });
  return t(new Date(boundFrom) <= view.now ? 'observatory.bound-since' : 'observatory.bound-from', {
    party,
    time: time(boundFrom),
  });
}

export function flowsPage(answer: FlowsAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('observatory.flows'),
    breadcrumbs: [{ path: '/observatory', label: t('observatory.title') }],
    wide: true,
    body: (
      <>
        <p class="lead">{t('observatory.flows-lead')}</p>
        <Flows view={view} flows={answer.flows} />
        <Pager view={view} query="after" next={answer.next ?? undefined} />
      </>
    ),
  };
}

const forceTones = { yes: 'good', no: 'danger', unknown: 'waiting' } as const satisfies Record<
  FlowSummary['inForce'],
  Tone
>;

function Flows({ view, flows }: { readonly view: View; readonly flows: readonly FlowSummary[] }): JSX.Element {
  const { t } = view;
  return (
    <Table
      view={view}
      id="flows"
      caption={t('observatory.flows')}
      isTitled
      empty={t('observatory.flows-none')}
      rows={flows}
      columns={[
        {
          key: 'flow',
          header: t('observatory.column-flow'),
          cell: (row) => <a href={row.path}>{t(`observatory.flow-${row.kind}`, { party: row.party.name })}</a>,
        },
        {
          key: 'agreement',
          header: t('observatory.column-agreement'),
          cell: (row) =>
            row.instrumentTitle === null ? t('observatory.terms-outside') : <Name>{row.instrumentTitle}</Name>,
        },
        {
          key: 'when',
          header: t('observatory.column-when'),
          cell: (row) =>
            row.at === null ? t('observatory.flow-unconfirmed') : <Time view={view} at={new Date(row.at)} />,
        },
        {
          key: 'in-force',
          header: t('observatory.column-in-force'),
          cell: (row) => <Status tone={forceTones[row.inForce]}>{t(`observatory.in-force-${row.inForce}`)}</Status>,
        },
        { key: 'article', header: t('observatory.column-article'), cell: (row) => termsSentence(view, row) },
        { key: 'answer', header: t('observatory.column-answer'), cell: (row) => <Answers view={view} flow={row} /> },
      ]}
    />
  );
}

function termsSentence(view: View, { terms, article, reason, releaseOn }: FlowSummary): string {
  const { t } = view;
  const number = (article ?? '').replace(/^art-/, '');
  switch (terms) {
    case 'permitted':
      return t('observatory.terms-permitted', { article: number });
    case 'refused':
      return t('observatory.terms-refused', { reason: describeRefusal(t, reason ?? '', article ?? '') });
    case 'sealed':
      return t('observatory.terms-sealed', { date: isPlainDate(releaseOn) ? formatDate(view, releaseOn) : releaseOn });
    case 'erased':
    case 'missing':
    case 'outside':
    case 'unknown':
      return t(`observatory.terms-${terms}`);
  }
}

function Answers({ view, flow }: { readonly view: View; readonly flow: FlowSummary }): JSX.Element {
  const { t } = view;
  if (flow.answers.length === 0)
    return <>{t(flow.kind === 'warning' ? 'observatory.answer-not-asked' : 'observatory.answer-none')}</>;
  return (
    <>
      {flow.answers.map(({ kind, party, path }) => {
        const words = t(`observatory.answer-${kind}`, { party });
        return path === null ? words : <a href={path}>{words}</a>;
      })}
    </>
  );
}

function Questions(props: {
  readonly view: View;
  readonly id: string;
  readonly caption: string;
  readonly questions: readonly QuestionSummary[];
}): JSX.Element {
  const { view, id, caption, questions } = props;
  const { t } = view;
  return (
    <Table
      view={view}
      id={id}
      caption={caption}
      isTitled
      empty={t('observatory.questions-none')}
      rows={questions}
      columns={[
        {
          key: 'question',
          header: t('observatory.column-question'),
          cell: (row) => <a href={`/observatory/questions/${row.id}`}>{describeQuestion(t, row)}</a>,
        },
        { key: 'weight', header: t('observatory.column-state'), cell: (row) => <Weight view={view} question={row} /> },
        {
          key: 'concerns',
          header: t('observatory.column-concerns'),
          cell: (row) => row.parties.map(({ name }, position) => [position === 0 ? '' : ', ', <Name>{name}</Name>]),
        },
        {
          key: 'since',
          header: t('observatory.column-since'),
          cell: (row) => <Time view={view} at={new Date(row.foundAt)} />,
        },
      ]}
    />
  );
}

function Weight({ view, question }: { readonly view: View; readonly question: QuestionSummary }): JSX.Element {
  const { t } = view;
  if (question.settledAt !== null) return <Status tone="ended">{t('observatory.questions-settled')}</Status>;
  return (
    <Status tone={question.weight === 'contradiction' ? 'danger' : 'warn'}>
      {t(`observatory.weight-${question.weight}`)}
    </Status>
  );
}

export function questionPage(answer: QuestionAnswerShape, view: View, form: FormState = blankForm()): Page {
  const { t } = view;
  const { question } = answer;
  return {
    title: t('observatory.question-title'),
    breadcrumbs: [{ path: '/observatory', label: t('observatory.title') }],
    body: (
      <>
        <p class="lead">{describeQuestion(t, question)}</p>
        <p>
          <Weight view={view} question={question} /> {publication(view, question)}
        </p>
        <Facts
          facts={[
            {
              label: t('observatory.column-concerns'),
              value: question.parties.map(({ name }, position) => [position === 0 ? '' : ', ', <Name>{name}</Name>]),
            },
            { label: t('observatory.origin'), value: <Code>{question.origin}</Code> },
            { label: t('observatory.column-since'), value: <Time view={view} at={new Date(question.foundAt)} /> },
          ]}
        />
        {answer.acts.length === 0 ? null : <h2>{t('observatory.rests-on')}</h2>}
        <ul>
          {answer.acts.map(({ id, type, party, path }) => (
            <li>
              {path === null ? (
                <Code>{id}</Code>
              ) : (
                <a href={path}>{type === null ? <Code>{id}</Code> : nameOfType(t, type)}</a>
              )}
              {party === null ? null : [' – ', <Name>{party}</Name>]}
            </li>
          ))}
        </ul>
        <h2>{t('observatory.answers')}</h2>
        {answer.answers.length === 0 ? <p class="soft">{t('observatory.answers-none')}</p> : null}
        {answer.answers.map(({ party, at, path, text }) => (
          <Notice title={t('observatory.answer-of', { party })}>
            <p dir="auto">{text ?? t('observatory.answer-gone')}</p>
            <p class="soft">
              {path === null ? (
                <Time view={view} at={new Date(at)} />
              ) : (
                <a href={path}>
                  <Time view={view} at={new Date(at)} />
                </a>
              )}
            </p>
          </Notice>
        ))}
        {answer.mayAnswer ? (
          <>
            <h2>{t('observatory.answer-form')}</h2>
            <Form view={view} action={`/observatory/questions/${question.id}/answers`} form={form}>
              <TextareaField
                view={view}
                form={form}
                name="text"
                label={t('observatory.field-answer')}
                hint={t('observatory.hint-answer')}
                maxLength={2_000}
              />
              <Actions>
                <Button>{t('observatory.send-answer')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

function publication(view: View, { settledAt, publishedAt, isPublished }: QuestionSummary): string {
  const { t } = view;
  const time = (text: string): string => formatInstant(view, new Date(text));
  if (settledAt !== null) return t('observatory.settled-on', { time: time(settledAt) });
  return t(isPublished ? 'observatory.published-on' : 'observatory.publishes-on', { time: time(publishedAt) });
}

function ObserveForm({ view, form }: { readonly view: View; readonly form: FormState }): JSX.Element {
  const { t } = view;
  return (
    <>
      <p>{t('observatory.observe-lead')}</p>
      <Form view={view} action="/observatory/logs" form={form}>
        <TextField
          view={view}
          form={form}
          name="url"
          type="url"
          label={t('observatory.field-url')}
          hint={t('observatory.hint-url')}
        />
        <Actions>
          <Button kind="secondary">{t('observatory.observe-button')}</Button>
        </Actions>
      </Form>
    </>
  );
}

export function observePage(view: View, form: FormState): Page {
  return {
    title: view.t('observatory.observe'),
    breadcrumbs: [{ path: '/observatory', label: view.t('observatory.title') }],
    body: <ObserveForm view={view} form={form} />,
  };
}
