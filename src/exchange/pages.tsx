import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Child } from 'hono/jsx';
import { forbiddenPurposes } from '../agreement/floor.ts';
import { isPurpose, purposes } from '../agreement/purposes.ts';
import { isPlainDate } from '../period.ts';
import { formatDate, formatList, formatNumber, formatPeriod } from '../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  Form,
  NumberField,
  SelectField,
  TextField,
  type FormState,
} from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { isMessageKey, isolate, type MessageKey } from '../ui/locales.ts';
import { ActCard, Facts, Notice, Pager, Status, Time, type Tone } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name, Text } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import type {
  CommunityDataAnswer,
  ExchangeAnswer,
  FlowAnswer,
  FlowPageAnswer,
  PublicFlowsAnswer,
  RequestsAnswer,
} from './answers.ts';
import type { FlowState } from './flow-standing.ts';
import { parseStoredPeriod } from './ledger.ts';
import { requestContents } from './requests.ts';

type Refused = NonNullable<FlowAnswer['refusal']>;
type Instrument = FlowAnswer['instrument'];

const toneOf = {
  'refused-here': 'ended',
  saved: 'waiting',
  'awaits-confirmation': 'waiting',
  'proof-pending': 'waiting',
  'on-its-way': 'active',
  received: 'good',
  'refused-there': 'warn',
  'taken-in': 'good',
} as const satisfies Record<FlowState, Tone>;

function State({
  view,
  flow,
}: {
  readonly view: View;
  readonly flow: Pick<FlowAnswer, 'state' | 'openQuestion' | 'refusal'>;
}): JSX.Element {
  const { t } = view;
  return (
    <>
      <Status tone={toneOf[flow.state]}>{t(`exchange.state-${flow.state}`)}</Status>
      {flow.openQuestion ? (
        <>
          {' '}
          <Status tone="warn">{t(`exchange.question-${flow.openQuestion}`)}</Status>
        </>
      ) : null}
      {flow.refusal ? <small> {refusalSentence(view, flow.refusal)}</small> : null}
    </>
  );
}

/** A reason from another node may be one that this release does not know. */
function wordsFor(view: View, key: string, fallback: string): string {
  return isMessageKey(key) ? view.t(key) : fallback;
}

export function refusalSentence(view: View, { reason, article, rule }: Refused): string {
  const { t } = view;
  const words = wordsFor(view, rule === null ? `exchange.reason-${reason}` : `exchange.rule-${rule}`, rule ?? reason);
  return article === null ? words : t('exchange.reason-in-article', { number: numberOf(article), reason: words });
}

const numberOf = (article: string): string => article.replace(/^art-/, '');

function ArticleLink({
  view,
  instrument,
  article,
}: {
  readonly view: View;
  readonly instrument: Instrument;
  readonly article: string | null;
}): Child {
  if (!instrument) return article === null ? '–' : view.t('exchange.article', { number: numberOf(article) });
  const title = <Name>{instrument.title}</Name>;
  if (article === null) return <a href={instrument.path}>{title}</a>;
  return (
    <a href={`${instrument.path}#${article}`}>
      <Text view={view} id="exchange.article-of" values={{ number: numberOf(article), title }} />
    </a>
  );
}

function purposeWords(view: View, list: readonly string[]): string {
  return list.length === 0
    ? '–'
    : formatList(
        view,
        list.map((purpose) => (isPurpose(purpose) ? view.t(`agreement.purpose-${purpose}`) : purpose)),
      );
}

function contentWords(view: View, content: string | null): string {
  return view.t((content === null ? 'exchange.content-unopened' : `exchange.content-${content}`) as MessageKey);
}

function periodWords(view: View, period: FlowAnswer['period']): string | undefined {
  return period ? formatPeriod(view, parseStoredPeriod(period.kind, period.label)) : undefined;
}

function whatWords(
  view: View,
  flow: {
    readonly content: string | null;
    readonly indicators: readonly string[];
    readonly period: FlowAnswer['period'];
  },
): string {
  const isolated = (words: string): string => isolate(words, view.direction);
  const indicators = flow.indicators.length === 0 ? [] : [formatList(view, flow.indicators.map(isolated))];
  return [contentWords(view, flow.content), ...indicators, ...[periodWords(view, flow.period) ?? []].flat()].join(
    ' · ',
  );
}

const namesOf = (view: View, list: readonly { readonly name: string }[]): string =>
  formatList(
    view,
    list.map(({ name }) => name),
  );

function count(view: View, value: number | null | 'withheld'): string {
  if (value === null) return view.t('exchange.missing');
  return value === 'withheld' ? view.t('exchange.withheld') : formatNumber(view, value);
}

export function exchangePage(answer: ExchangeAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('exchange.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('exchange.lead')}</p>
        <Actions>
          <a class="button secondary" href="/exchange/requests">
            {t('exchange.requests')}
          </a>
          {view.viewer.roles.has('administrator') || view.viewer.roles.has('delegate') ? (
            <a class="button secondary" href="/communities/recognised">
              {t('agreement.recognition')}
            </a>
          ) : null}
          <a class="button secondary" href="/exchange/public">
            {t('exchange.public')}
          </a>
        </Actions>
        {answer.openQuestions > 0 ? (
          <Notice tone="warn">{t('exchange.open-questions', { count: answer.openQuestions })}</Notice>
        ) : null}
        <h2>{t('exchange.warnings')}</h2>
        <Table
          view={view}
          id="warnings"
          caption={t('exchange.warnings-caption')}
          empty={t('exchange.warnings-none')}
          rows={answer.warnings}
          columns={[
            { key: 'what', header: t('exchange.what'), cell: (row) => <strong>{row.indicatorName}</strong> },
            { key: 'where', header: t('exchange.where'), cell: (row) => <Name>{row.place}</Name> },
            { key: 'cases', header: t('exchange.cases'), numeric: true, cell: (row) => count(view, row.cases) },
            { key: 'from', header: t('exchange.from'), cell: (row) => <Name>{row.giver.name}</Name> },
            {
              key: 'received',
              header: t('exchange.when'),
              cell: (row) => <Time view={view} at={new Date(row.receivedAt)} />,
            },
            {
              key: 'standing',
              header: t('exchange.standing'),
              cell: (row) => (
                <>
                  <Status tone={row.content === 'warning' ? 'active' : 'neutral'}>
                    {t(`exchange.content-${row.content}`)}
                  </Status>{' '}
                  <Status tone={row.isAgreed ? 'good' : 'neutral'}>
                    {t(row.isAgreed ? 'exchange.agreed' : 'exchange.not-agreed')}
                  </Status>{' '}
                  <Status tone={row.isProven ? 'good' : 'waiting'}>
                    {t(row.isProven ? 'exchange.proven' : 'exchange.state-proof-pending')}
                  </Status>
                </>
              ),
            },
            {
              key: 'triage',
              header: t('exchange.triage'),
              cell: (row) =>
                row.triage ? (
                  t(`exchange.triage-${row.triage}`)
                ) : (
                  <>
                    <ButtonForm
                      view={view}
                      action={`/exchange/warnings/${row.act}/triage`}
                      label={t('exchange.take-up')}
                      hidden={{ triage: 'taken-up' }}
                    />{' '}
                    <ButtonForm
                      view={view}
                      action={`/exchange/warnings/${row.act}/triage`}
                      label={t('exchange.set-aside')}
                      hidden={{ triage: 'set-aside' }}
                    />
                  </>
                ),
            },
          ]}
        />
        <h2>{t('exchange.flows')}</h2>
        <Table
          view={view}
          id="flows"
          caption={t('exchange.flows-caption')}
          empty={t('exchange.flows-none')}
          rows={answer.flows}
          columns={[
            {
              key: 'what',
              header: t('exchange.what'),
              cell: (row) => <a href={`/exchange/flows/${row.id}`}>{whatWords(view, row)}</a>,
            },
            {
              key: 'with',
              header: t('exchange.with'),
              cell: (row) => t(`exchange.direction-${row.direction}`, { parties: namesOf(view, row.counterparts) }),
            },
            {
              key: 'article',
              header: t('exchange.under'),
              cell: (row) => <ArticleLink view={view} instrument={row.instrument} article={row.article} />,
            },
            { key: 'purposes', header: t('exchange.purposes'), cell: (row) => purposeWords(view, row.purposes) },
            { key: 'state', header: t('exchange.standing'), cell: (row) => <State view={view} flow={row} /> },
            { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={new Date(row.at)} /> },
          ]}
        />
        <Pager view={view} query="after" next={answer.earlier ?? undefined} />
        {answer.waiting.length > 0 ? (
          <Table
            view={view}
            id="waiting"
            caption={t('exchange.waiting')}
            rows={answer.waiting}
            columns={[
              { key: 'from', header: t('exchange.from'), cell: (row) => <Name>{row.giver.name}</Name> },
              { key: 'under', header: t('exchange.under'), cell: (row) => <Name>{row.instrument}</Name> },
              {
                key: 'reason',
                header: t('exchange.standing'),
                cell: (row) => wordsFor(view, `exchange.waiting-${row.reason}`, row.reason),
              },
              {
                key: 'since',
                header: t('exchange.when'),
                cell: (row) => <Time view={view} at={new Date(row.since)} />,
              },
            ]}
          />
        ) : null}
      </>
    ),
  };
}

export function flowPage(answer: FlowPageAnswer, view: View): Page {
  const { t } = view;
  const { act, table, event } = answer;
  const instant = (text: string): Date => new Date(text);
  return {
    title: whatWords(view, answer),
    wide: true,
    breadcrumbs: [{ path: '/exchange', label: t('exchange.title') }],
    body: (
      <>
        <p>
          <State view={view} flow={answer} />
        </p>
        <Facts
          facts={[
            {
              label: t('exchange.with'),
              value: t(`exchange.direction-${answer.direction}`, { parties: namesOf(view, answer.counterparts) }),
            },
            {
              label: t('exchange.under'),
              value: <ArticleLink view={view} instrument={answer.instrument} article={answer.article} />,
            },
            { label: t('exchange.purposes'), value: purposeWords(view, answer.purposes) },
            ...(answer.level === null ? [] : [{ label: t('exchange.level'), value: formatNumber(view, answer.level) }]),
            ...(answer.releaseOn === null
              ? []
              : [{ label: t('exchange.publication'), value: publicationWords(view, answer) }]),
          ]}
        />
        {act ? (
          <>
            <h2>{t('exchange.act')}</h2>
            <ActCard
              view={view}
              title={contentWords(view, answer.content)}
              party={act.party}
              id={act.id}
              states={{
                saved: instant(act.savedAt),
                logged: act.entry ? { ...act.entry, at: instant(act.entry.at) } : undefined,
                confirmed: act.confirmed ? { ...act.confirmed, at: instant(act.confirmed.at) } : undefined,
              }}
            />
          </>
        ) : null}
        {table ? <TableOfCounts view={view} id={answer.id} table={table} /> : null}
        {event ? (
          <Facts
            facts={[
              { label: t('exchange.what'), value: event.indicatorName },
              { label: t('exchange.where'), value: <Name>{event.place}</Name> },
              { label: t('exchange.cases'), value: count(view, event.cases) },
              {
                label: t('exchange.verified-on'),
                value: isPlainDate(event.on) ? formatDate(view, event.on) : event.on,
              },
            ]}
          />
        ) : null}
        <h2>{t('exchange.decision')}</h2>
        <Table
          view={view}
          id="decisions"
          caption={t('exchange.decision-caption')}
          rows={answer.decisions}
          columns={[
            { key: 'indicator', header: t('exchange.indicator'), cell: (row) => row.indicator },
            { key: 'purpose', header: t('exchange.purpose'), cell: (row) => purposeWords(view, [row.purpose]) },
            { key: 'level', header: t('exchange.level'), numeric: true, cell: (row) => formatNumber(view, row.level) },
            {
              key: 'result',
              header: t('exchange.result'),
              cell: (row) =>
                row.refusal
                  ? refusalSentence(view, row.refusal)
                  : t('exchange.permitted', { number: numberOf(row.article ?? ''), minimum: row.minimumCount ?? 1 }),
            },
            { key: 'n', header: t('exchange.number'), numeric: true, cell: (row) => formatNumber(view, row.n) },
            { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={instant(row.at)} /> },
          ]}
        />
        {answer.direction === 'out' ? (
          <Table
            view={view}
            id="answers"
            caption={t('exchange.answers')}
            empty={t('exchange.answers-none')}
            rows={answer.answers}
            columns={[
              { key: 'by', header: t('exchange.party'), cell: (row) => <Name>{row.receiver.name}</Name> },
              {
                key: 'what',
                header: t('exchange.result'),
                cell: (row) =>
                  row.kind === 'receipt'
                    ? t(row.matches === false ? 'exchange.receipt-differs' : 'exchange.receipt')
                    : row.reason === null
                      ? t('exchange.refusal')
                      : refusalSentence(view, { reason: row.reason, article: row.article, rule: null }),
              },
              { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={instant(row.at)} /> },
            ]}
          />
        ) : null}
      </>
    ),
  };
}

function publicationWords(view: View, { releaseOn, isReleased }: Pick<FlowAnswer, 'releaseOn' | 'isReleased'>): string {
  const { t } = view;
  if (isReleased) return t('exchange.released');
  return releaseOn !== null && isPlainDate(releaseOn)
    ? t('exchange.sealed-until', { date: formatDate(view, releaseOn) })
    : '–';
}

interface CountedCell {
  readonly value: number | null | 'withheld';
  readonly reports: { readonly received: number; readonly expected: number } | null;
}

/** A sum without its share of reports would pass part of a count off as the whole. */
function CountCell({ view, cell }: { readonly view: View; readonly cell: CountedCell | undefined }): JSX.Element {
  const reports = cell?.reports ?? null;
  return (
    <>
      {count(view, cell?.value ?? null)}
      {reports ? <small> {view.t('exchange.reports-behind', { ...reports })}</small> : null}
    </>
  );
}

function TableOfCounts({
  view,
  id,
  table,
}: {
  readonly view: View;
  readonly id: string;
  readonly table: NonNullable<FlowPageAnswer['table']>;
}): JSX.Element {
  const { t } = view;
  return (
    <>
      <Table
        view={view}
        id="table"
        caption={t('exchange.table-caption')}
        rows={table.places.map((place, at) => ({
          place,
          columns: table.columns.map(({ values, reports }) => ({
            value: values[at] ?? null,
            reports: reports[at] ?? null,
          })),
        }))}
        columns={[
          { key: 'place', header: t('exchange.where'), cell: (row) => <Name>{row.place.name}</Name> },
          ...table.columns.map(({ indicator }, at) => ({
            key: `i${at}`,
            header: indicator,
            numeric: true,
            cell: (row: { readonly columns: readonly CountedCell[] }) => (
              <CountCell view={view} cell={row.columns[at]} />
            ),
          })),
        ]}
        data={{ csv: `/exchange/flows/${id}/table.csv`, json: `/api/exchange/flows/${id}` }}
      />
      <p class="soft">{t('exchange.signs')}</p>
    </>
  );
}

export function requestsPage(answer: RequestsAnswer, form: FormState, view: View): Page {
  const { t } = view;
  const parties = answer.parties.map(({ did, name }) => ({ value: did, label: name }));
  return {
    title: t('exchange.requests'),
    wide: true,
    breadcrumbs: [{ path: '/exchange', label: t('exchange.title') }],
    body: (
      <>
        <p class="lead">{t('exchange.requests-lead')}</p>
        <Table
          view={view}
          id="requests"
          caption={t('exchange.requests-caption')}
          empty={t('exchange.requests-none')}
          rows={answer.requests}
          columns={[
            {
              key: 'asker',
              header: t('exchange.asker'),
              cell: (row) => (row.asker ? <Name>{row.asker.name}</Name> : t('exchange.asker-outside')),
            },
            { key: 'giver', header: t('exchange.giver'), cell: (row) => <Name>{row.giver.name}</Name> },
            {
              key: 'what',
              header: t('exchange.what'),
              cell: (row) => whatWords(view, { content: row.content, indicators: [row.indicator], period: null }),
            },
            { key: 'purpose', header: t('exchange.purpose'), cell: (row) => purposeWords(view, [row.purpose]) },
            {
              key: 'result',
              header: t('exchange.result'),
              cell: (row) =>
                row.refusal ? (
                  <>
                    <Status tone="ended">{t('exchange.refused')}</Status> {refusalSentence(view, row.refusal)}
                  </>
                ) : (
                  <>
                    <Status tone="good">{t('exchange.permitted-short')}</Status>{' '}
                    <ArticleLink view={view} instrument={row.instrument} article={row.article} />
                  </>
                ),
            },
            { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={new Date(row.at)} /> },
          ]}
        />
        <h2>{t('exchange.ask-title')}</h2>
        <p>{t('exchange.ask-lead')}</p>
        <Form view={view} action="/exchange/requests" form={form}>
          <SelectField view={view} form={form} name="giver" label={t('exchange.giver')} options={parties} />
          <SelectField
            view={view}
            form={form}
            name="asker"
            label={t('exchange.asker')}
            hint={t('exchange.asker-hint')}
            options={[{ value: 'outside', label: t('exchange.asker-outside') }, ...parties]}
          />
          <SelectField
            view={view}
            form={form}
            name="content"
            label={t('exchange.what')}
            options={requestContents.map((value) => ({ value, label: contentWords(view, value) }))}
          />
          <TextField
            view={view}
            form={form}
            name="indicator"
            label={t('exchange.indicator')}
            hint={t('exchange.indicator-hint')}
            code
            width="medium"
          />
          <NumberField
            view={view}
            form={form}
            name="level"
            label={t('exchange.level')}
            hint={t('exchange.level-hint')}
          />
          <SelectField
            view={view}
            form={form}
            name="purpose"
            label={t('exchange.purpose')}
            options={purposes.map((value) => ({ value, label: t(`agreement.purpose-${value}`) }))}
          />
          <Actions>
            <Button>{t('exchange.ask')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function communityDataPage(answer: CommunityDataAnswer, view: View): Page {
  const { t } = view;
  const answered = new Map(answer.answers.map((each) => [each.purpose, each.answer]));
  return {
    title: t('exchange.community-title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('exchange.community-lead')}</p>
        <Table
          view={view}
          id="notices"
          caption={t('exchange.notices')}
          empty={t('exchange.notices-none')}
          rows={answer.notices}
          columns={[
            { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={new Date(row.at)} /> },
            {
              key: 'what',
              header: t('exchange.happened'),
              cell: (row) =>
                t(`exchange.notice-${row.kind}`, {
                  giver: row.giver.name,
                  receivers: row.receivers.length === 0 ? t('exchange.asker-outside') : namesOf(view, row.receivers),
                  what: whatWords(view, row),
                }),
            },
            {
              key: 'under',
              header: t('exchange.under'),
              cell: (row) => <ArticleLink view={view} instrument={row.instrument} article={row.article} />,
            },
            { key: 'purposes', header: t('exchange.purposes'), cell: (row) => purposeWords(view, row.purposes) },
            {
              key: 'reason',
              header: t('exchange.reason'),
              cell: (row) =>
                row.reason === null
                  ? '–'
                  : wordsFor(
                      view,
                      `exchange.rule-${row.reason}`,
                      wordsFor(view, `exchange.reason-${row.reason}`, row.reason),
                    ),
            },
          ]}
        />
        <h2>{t('exchange.council')}</h2>
        <p>{t('exchange.council-lead')}</p>
        <Facts
          facts={purposes
            .filter((purpose) => !forbiddenPurposes.has(purpose))
            .map((purpose) => {
              const given = answered.get(purpose);
              return {
                label: t(`agreement.purpose-${purpose}`),
                value: given ? t(`agreement.answer-${given}`) : t('exchange.not-answered'),
              };
            })}
        />
        <Actions>
          <a class="button primary" href="/community/answers">
            {t('exchange.council-answer')}
          </a>
        </Actions>
      </>
    ),
  };
}

export function publicFlowsPage(answer: PublicFlowsAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('exchange.public'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('exchange.public-lead')}</p>
        <Table
          view={view}
          id="public"
          caption={t('exchange.public-caption')}
          empty={t('exchange.flows-none')}
          rows={answer.flows}
          columns={[
            {
              key: 'entry',
              header: t('exchange.entry'),
              cell: (row) => <a href={row.entry.path}>{t('common.entry', { index: row.entry.index })}</a>,
            },
            {
              key: 'kind',
              header: t('exchange.what'),
              cell: (row) => t(row.kind === 'dispatch' ? 'exchange.kind-dispatch' : 'exchange.content-warning'),
            },
            { key: 'giver', header: t('exchange.from'), cell: (row) => <Name>{row.giver.name}</Name> },
            {
              key: 'under',
              header: t('exchange.under'),
              cell: (row) => <ArticleLink view={view} instrument={row.instrument} article={null} />,
            },
            {
              key: 'sealed',
              header: t('exchange.publication'),
              cell: (row) =>
                row.facts === null
                  ? publicationWords(view, { releaseOn: row.releaseOn, isReleased: false })
                  : t('exchange.released-facts', {
                      what: whatWords(view, row.facts),
                      level: row.facts.level,
                      count: row.facts.cells,
                    }),
            },
            {
              key: 'answers',
              header: t('exchange.answers'),
              cell: (row) =>
                row.answers.length === 0
                  ? t('exchange.answers-none')
                  : row.answers.map(({ kind, by, matches }) => (
                      <div>
                        <Name>{by.name}</Name>:{' '}
                        {t(
                          kind === 'refusal'
                            ? 'exchange.refusal'
                            : matches === false
                              ? 'exchange.receipt-differs'
                              : 'exchange.receipt',
                        )}
                      </div>
                    )),
            },
            {
              key: 'confirmed',
              header: t('common.confirmed'),
              cell: (row) => (row.isConfirmed ? t('exchange.proven') : t('common.not-yet')),
            },
            { key: 'at', header: t('exchange.when'), cell: (row) => <Time view={view} at={new Date(row.at)} /> },
          ]}
        />
      </>
    ),
  };
}
