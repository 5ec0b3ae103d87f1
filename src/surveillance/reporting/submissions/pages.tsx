import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { PlainDate } from '../../../period.ts';
import type { Problem } from '../../../problem.ts';
import { formatBytes, formatDateRange, formatInstant, formatNumber } from '../../../ui/format.ts';
import { Actions, Button, ButtonForm, FileField, Form, SelectField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import type { MessageKey } from '../../../ui/locales.ts';
import { Code, Facts, KeyFigures, Notice, Pager, Status, Steps, type Tone } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { contents } from '../import/mapping.ts';
import { isManager, reportingCrumb, Rooms } from '../section.tsx';
import type { OnePageAnswer, SubmissionAnswer } from './answers.ts';
import { MappingForm, mappingState } from './mapping-form.tsx';

export const uploadLimitBytes = 300_000_000;

const toneOf = { waiting: 'waiting', applied: 'good', 'set-aside': 'ended' } as const satisfies Record<
  SubmissionAnswer['state'],
  Tone
>;

function StateChip({ view, state }: { readonly view: View; readonly state: SubmissionAnswer['state'] }): JSX.Element {
  return <Status tone={toneOf[state]}>{view.t(`reporting.state-${state}`)}</Status>;
}

function whatItIs(view: View, { kind, content, fileName }: SubmissionAnswer): Child {
  const what = content === null ? view.t(`reporting.submission-${kind}`) : view.t(`reporting.content-${content}`);
  return fileName === null ? what : [what, ' – ', <bdi>{fileName}</bdi>];
}

export function sendPage(view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('reporting.send-file'),
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <p class="lead">{t('reporting.send-lead')}</p>
        <Form view={view} action="/reporting/submissions" form={form} upload>
          <SelectField
            view={view}
            form={form}
            name="content"
            label={t('reporting.content')}
            options={contents.map((content) => ({ value: content, label: t(`reporting.content-${content}`) }))}
          />
          <FileField
            view={view}
            form={form}
            name="file"
            label={t('reporting.file')}
            hint={t('reporting.file-hint')}
            accept=".csv,.tsv,.txt,.geojson,.json,text/csv"
            limitBytes={uploadLimitBytes}
          />
          <Actions>
            <Button>{t('reporting.go-on')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export interface ListAnswer {
  readonly submissions: readonly SubmissionAnswer[];
  readonly before: number | null;
}

export function listPage({ submissions, before }: ListAnswer, view: View): Page {
  const { t } = view;
  const columns: readonly Column<SubmissionAnswer>[] = [
    {
      key: 'what',
      header: t('reporting.what'),
      cell: (submission) => <a href={`/reporting/submissions/${submission.id}`}>{whatItIs(view, submission)}</a>,
    },
    {
      key: 'received',
      header: t('reporting.received'),
      cell: ({ receivedAt }) => formatInstant(view, new Date(receivedAt)),
    },
    {
      key: 'sender',
      header: t('reporting.sender'),
      cell: ({ sender, source }) =>
        sender === null ? t(`reporting.source-${source}` as MessageKey) : <Name>{sender}</Name>,
    },
    { key: 'state', header: t('reporting.state'), cell: ({ state }) => <StateChip view={view} state={state} /> },
    {
      key: 'accepted',
      header: t('reporting.count-accepted'),
      numeric: true,
      cell: ({ counts }) => formatNumber(view, counts.accepted),
    },
    {
      key: 'changed',
      header: t('reporting.count-changed'),
      numeric: true,
      cell: ({ counts }) => formatNumber(view, counts.changed),
    },
    {
      key: 'rejected',
      header: t('reporting.count-rejected'),
      numeric: true,
      cell: ({ counts }) => formatNumber(view, counts.rejected),
    },
  ];
  return {
    title: t('reporting.submissions'),
    wide: true,
    breadcrumbs: [reportingCrumb(view)],
    body: (
      <>
        <Rooms view={view} />
        <Table
          view={view}
          id="submissions"
          caption={t('reporting.submissions-lead')}
          columns={columns}
          rows={submissions}
        />
        <Pager view={view} query="before" next={before === null ? undefined : String(before)} />
      </>
    ),
  };
}

/** `refusal`: why the last try could not even begin. */
export function onePage(
  answer: OnePageAnswer,
  view: View,
  attempt?: { readonly form: FormState; readonly refusal: Problem },
): Page {
  const { t } = view;
  const { reading, state, content } = answer;
  return {
    title: titleOf(view, answer),
    wide: true,
    breadcrumbs: [reportingCrumb(view), { path: '/reporting/submissions', label: t('reporting.submissions') }],
    body: (
      <>
        {content === null ? null : <Progress view={view} answer={answer} />}
        {attempt ? <Refusal view={view} refusal={attempt.refusal} /> : null}
        {state === 'applied' || reading?.isTried ? <Outcome view={view} answer={answer} /> : null}
        {reading && content !== null && isManager(view) ? (
          <>
            {reading.unreadable === null ? (
              <Sample view={view} reading={reading} />
            ) : (
              <Unreadable view={view} reason={reading.unreadable} />
            )}
            <details open={!reading.isTried || attempt !== undefined}>
              <summary>{t('reporting.which-column')}</summary>
              <MappingForm
                view={view}
                id={answer.id}
                content={content}
                reading={reading}
                form={attempt ? { ...attempt.form, general: undefined } : mappingState(reading)}
                unmatched={attempt ? unmatchedOf(attempt.refusal) : []}
              />
            </details>
            <p>
              <ButtonForm
                view={view}
                action={`/reporting/submissions/${answer.id}/set-aside`}
                label={t('reporting.set-aside')}
              />
            </p>
          </>
        ) : null}
        <Origin view={view} answer={answer} />
        {answer.series.length > 0 ? <Changes view={view} answer={answer} /> : null}
      </>
    ),
  };
}

const titleOf = ({ t }: View, { kind, content, fileName }: SubmissionAnswer): string =>
  content === null
    ? t(`reporting.submission-${kind}`)
    : [t(`reporting.content-${content}`), fileName].filter((part) => part !== null).join(' – ');

function Progress({ view, answer }: { readonly view: View; readonly answer: OnePageAnswer }): JSX.Element | null {
  const { t } = view;
  if (answer.state === 'set-aside') return null;
  const tried = answer.reading?.isTried ?? true;
  const isApplied = answer.state === 'applied';
  const label = {
    done: t('reporting.step-done'),
    now: t('reporting.step-now'),
    later: t('reporting.step-later'),
  } as const;
  const step = (title: MessageKey, state: 'done' | 'now' | 'later') => ({
    title: t(title),
    state,
    stateLabel: label[state],
  });
  return (
    <Steps
      steps={[
        step('reporting.step-received', 'done'),
        step('reporting.step-tried', tried ? 'done' : 'now'),
        step('reporting.step-applied', isApplied ? 'done' : tried ? 'now' : 'later'),
      ]}
    />
  );
}

function Refusal({ view, refusal }: { readonly view: View; readonly refusal: Problem }): JSX.Element | null {
  const { t } = view;
  const { reason, names, row } = refusal.details;
  const prefix = refusal.code === 'file-unreadable' ? 'file' : refusal.code === 'columns-unfit' ? 'mapping' : undefined;
  if (prefix === undefined)
    return (
      <Notice tone="danger" title={t(`problems.${refusal.code}` as MessageKey)}>
        {null}
      </Notice>
    );
  return (
    <Notice tone="danger" title={t(`problems.${refusal.code}` as MessageKey)}>
      <p>
        {t(`reporting.${prefix}-${String(reason)}` as MessageKey)}{' '}
        {Array.isArray(names) ? names.map((name, at) => [at === 0 ? '' : ', ', <bdi>{String(name)}</bdi>]) : null}
        {typeof row === 'number' ? ` (${t('reporting.row-number', { number: row })})` : null}
      </p>
    </Notice>
  );
}

function unmatchedOf(refusal: Problem): readonly string[] {
  const { reason, names } = refusal.details;
  return reason === 'headers-unknown' && Array.isArray(names) ? names.map(String) : [];
}

function Unreadable({ view, reason }: { readonly view: View; readonly reason: string }): JSX.Element {
  return (
    <Notice tone="danger" title={view.t('problems.file-unreadable')}>
      <p>{view.t(`reporting.file-${reason}` as MessageKey)}</p>
    </Notice>
  );
}

function Outcome({ view, answer }: { readonly view: View; readonly answer: OnePageAnswer }): JSX.Element {
  const { t } = view;
  const { counts, state, hasRejections, id } = answer;
  const isTrial = state === 'waiting';
  const figure = (key: keyof typeof counts) => ({
    label: t(`reporting.count-${key}`),
    value: formatNumber(view, counts[key]),
    note: t(`reporting.count-${key}-note`),
  });
  return (
    <section>
      <h2>{t(isTrial ? 'reporting.would-happen' : 'reporting.has-happened')}</h2>
      <KeyFigures
        figures={[figure('accepted'), figure('changed'), figure('unchanged'), figure('empty'), figure('rejected')]}
      />
      {hasRejections ? (
        <p>
          <a href={`/reporting/submissions/${id}/rejected.csv`} download>
            {t('reporting.download-rejected')}
          </a>
        </p>
      ) : null}
      {isTrial && isManager(view) ? (
        <Form view={view} action={`/reporting/submissions/${id}/apply`} form={{ values: {}, errors: [] }}>
          <Actions>
            <Button>{t('reporting.apply')}</Button>
          </Actions>
        </Form>
      ) : null}
    </section>
  );
}

/** What the file begins with, as it was read. */
function Sample({
  view,
  reading,
}: {
  readonly view: View;
  readonly reading: NonNullable<OnePageAnswer['reading']>;
}): JSX.Element | null {
  const { header, rows } = reading;
  if (rows.length === 0) return null;
  const shown = header.slice(0, 8);
  const columns: readonly Column<readonly string[]>[] = shown.map((name, at) => ({
    key: String(at),
    header: name,
    cell: (row) => <bdi>{row[at] ?? ''}</bdi>,
  }));
  const more = header.length - shown.length;
  return (
    <Table
      view={view}
      id="sample"
      caption={more > 0 ? view.t('reporting.sample-more', { count: more }) : view.t('reporting.sample')}
      columns={columns}
      rows={rows}
    />
  );
}

function Origin({ view, answer }: { readonly view: View; readonly answer: OnePageAnswer }): JSX.Element {
  const { t } = view;
  const { id, sender, source, receivedAt, knownAt, sizeBytes, sha256, fileName, state } = answer;
  return (
    <section>
      <h2>{t('reporting.origin')}</h2>
      <Facts
        facts={[
          { label: t('reporting.state'), value: <StateChip view={view} state={state} /> },
          {
            label: t('reporting.sender'),
            value: sender === null ? t('reporting.nobody-named') : <Name>{sender}</Name>,
          },
          { label: t('reporting.by-way-of'), value: t(`reporting.source-${source}` as MessageKey) },
          { label: t('reporting.received'), value: formatInstant(view, new Date(receivedAt)) },
          ...(knownAt === null
            ? []
            : [{ label: t('reporting.known-since'), value: formatInstant(view, new Date(knownAt)) }]),
          {
            label: t('reporting.as-it-arrived'),
            value: (
              <>
                <a href={`/reporting/submissions/${id}/raw`} download>
                  {fileName === null ? t('common.download') : <bdi>{fileName}</bdi>}
                </a>{' '}
                ({formatBytes(view, sizeBytes)})
              </>
            ),
          },
          { label: 'SHA-256', value: <Code>{sha256}</Code> },
        ]}
      />
    </section>
  );
}

function Changes({ view, answer }: { readonly view: View; readonly answer: OnePageAnswer }): JSX.Element {
  const { t } = view;
  type Row = OnePageAnswer['series'][number];
  const columns: readonly Column<Row>[] = [
    {
      key: 'series',
      header: t('reporting.indicator'),
      cell: ({ indicator, indicatorName, place, placeName }) => (
        <a href={`/reporting/observations?${new URLSearchParams({ indicator, place }).toString()}`}>
          <Name>{indicatorName}</Name>, <Name>{placeName}</Name>
        </a>
      ),
    },
    {
      key: 'periods',
      header: t('reporting.periods-from'),
      cell: ({ firstPeriod, lastPeriod }) => formatDateRange(view, firstPeriod as PlainDate, lastPeriod as PlainDate),
    },
    {
      key: 'accepted',
      header: t('reporting.count-accepted'),
      numeric: true,
      cell: ({ accepted }) => formatNumber(view, accepted),
    },
    {
      key: 'changed',
      header: t('reporting.count-changed'),
      numeric: true,
      cell: ({ changed }) => formatNumber(view, changed),
    },
  ];
  return (
    <Table view={view} id="changes" caption={t('reporting.what-changed')} columns={columns} rows={answer.series} />
  );
}
