import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatDate, formatInstant } from '../../ui/format.ts';
import { Actions, blankForm, Button, SearchForm, SelectField, TextField } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Code, Facts, Fingerprint, Notice, Pager, Status, Time, type Fact, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { isPlainDate } from '../../period.ts';
import type { EntryAnswer, LogAnswer } from './answers.ts';
import { meaningOf, nameOfType } from './meaning.ts';
import type { EntryChoice } from './store.ts';
import { toldFacts } from './told.ts';

export function logPage(answer: LogAnswer, view: View, choice: EntryChoice): Page {
  const { t } = view;
  return {
    title: answer.isOwn ? t('observatory.log-title') : t('observatory.log-of', { name: answer.operator.name }),
    ...(answer.isOwn ? {} : { breadcrumbs: [{ path: '/observatory', label: t('observatory.title') }] }),
    wide: true,
    body: (
      <>
        <p class="lead">{t(answer.isOwn ? 'observatory.log-lead' : 'observatory.log-of-lead')}</p>
        <Closed view={view} answer={answer} />
        <Facts facts={factsOf(view, answer)} />
        <details>
          <summary>{t('observatory.check-title')}</summary>
          <p>{t('observatory.check-lead')}</p>
          <p>
            <Code>bin/reciproca verify-log {answer.url}</Code>
          </p>
        </details>
        <Search view={view} answer={answer} choice={choice} />
        <Entries view={view} answer={answer} />
        <Pager view={view} query="before" next={answer.next ?? undefined} />
      </>
    ),
  };
}

function Closed({ view, answer }: { readonly view: View; readonly answer: LogAnswer }): JSX.Element | null {
  const { t } = view;
  if (answer.closedReason === null) return null;
  const isFork = answer.closedReason === 'fork';
  return (
    <Notice tone="danger">
      <p>{isFork ? t('observatory.closed-fork') : t('observatory.closed-other', { reason: answer.closedReason })}</p>
      {answer.forks.map(({ held, shown, at }) => (
        <details>
          <summary>{t('observatory.fork-evidence')}</summary>
          <p>{t('observatory.fork-held')}</p>
          <Block text={held} />
          <p>{t('observatory.fork-shown', { time: formatInstant(view, new Date(at)) })}</p>
          <Block text={shown} />
        </details>
      ))}
    </Notice>
  );
}

/** Text as it is, its lines kept. */
function Block({ text }: { readonly text: string }): JSX.Element {
  return (
    <pre class="code" dir="ltr" translate="no" tabindex={0}>
      {text}
    </pre>
  );
}

function factsOf(view: View, answer: LogAnswer): Fact[] {
  const { t } = view;
  const { checkpoint, confirmations } = answer;
  const confirmedSize = Math.max(0, ...confirmations.map(({ size }) => size));
  return [
    { label: t('observatory.operator'), value: <Name>{answer.operator.name}</Name> },
    { label: t('observatory.origin'), value: <Code>{answer.origin}</Code> },
    { label: t('observatory.key'), value: <Code>{answer.vkey}</Code> },
    ...(answer.fingerprint === null
      ? []
      : [
          {
            label: t('observatory.observed-fingerprint'),
            value: (
              <>
                <Fingerprint text={answer.fingerprint} />
                {answer.isOwn ? null : <p class="soft">{t('observatory.observed-fingerprint-hint')}</p>}
              </>
            ),
          },
        ]),
    ...(checkpoint === null
      ? []
      : [
          {
            label: t('observatory.checkpoint'),
            value: t('observatory.checkpoint-value', { index: checkpoint.size - 1 }),
          },
          { label: t('observatory.root'), value: <Code>{checkpoint.root}</Code> },
        ]),
    {
      label: t('observatory.confirmed-by'),
      value:
        confirmations.length === 0 ? (
          t('observatory.confirmed-none')
        ) : (
          <>
            <ul>
              {confirmations.map(({ keeper, at }) => (
                <li>{t('observatory.confirmation', { keeper, time: formatInstant(view, new Date(at)) })}</li>
              ))}
            </ul>
            {checkpoint !== null && confirmedSize < checkpoint.size ? (
              <p>{t('observatory.confirmed-part', { index: confirmedSize - 1 })}</p>
            ) : null}
          </>
        ),
    },
  ];
}

function Search({
  view,
  answer,
  choice,
}: {
  readonly view: View;
  readonly answer: LogAnswer;
  readonly choice: EntryChoice;
}): JSX.Element {
  const { t } = view;
  const form = blankForm({ type: choice.type, party: choice.party, subject: choice.subject });
  const isChosen = choice.type !== undefined || choice.party !== undefined || choice.subject !== undefined;
  const any = { value: '', label: t('observatory.any') };
  return (
    <details open={isChosen}>
      <summary>{t('observatory.search')}</summary>
      <SearchForm view={view} action={answer.path} form={form}>
        <SelectField
          view={view}
          form={form}
          name="type"
          label={t('observatory.filter-type')}
          options={[any, ...answer.types.map((type) => ({ value: type, label: nameOfType(t, type) }))]}
        />
        <SelectField
          view={view}
          form={form}
          name="party"
          label={t('observatory.filter-party')}
          options={[any, ...answer.parties.map(({ did, name }) => ({ value: did, label: name }))]}
        />
        <TextField view={view} form={form} name="subject" label={t('observatory.filter-subject')} code optional />
        <Actions>
          <Button kind="secondary">{t('observatory.show')}</Button>
          {isChosen ? <a href={answer.path}>{t('observatory.show-all')}</a> : null}
        </Actions>
      </SearchForm>
    </details>
  );
}

type Entry = LogAnswer['entries'][number];

/** What a node states by a rule about the acts of people: there, and not in their way. */
const keepsOrder: ReadonlySet<string> = new Set(['sequenced/1', 'timed/1']);

function Entries({ view, answer }: { readonly view: View; readonly answer: LogAnswer }): JSX.Element {
  const { t } = view;
  return (
    <Table
      view={view}
      id="entries"
      caption={t('observatory.latest')}
      empty={t('observatory.none-found')}
      rows={answer.entries}
      columns={[
        {
          key: 'what',
          header: t('observatory.column-what'),
          cell: (row) => {
            const what = row.act ? nameOfType(t, row.act.type) : t('observatory.not-an-act');
            const place = row.index === null ? null : <small> {t('common.entry', { index: row.index })}</small>;
            return (
              <span class={row.act && keepsOrder.has(row.act.type) ? 'aside' : undefined}>
                {row.path === null ? what : <a href={row.path}>{what}</a>}
                {place}
              </span>
            );
          },
        },
        {
          key: 'party',
          header: t('observatory.column-party'),
          cell: (row) => (row.act ? <Name>{row.act.partyName}</Name> : '–'),
        },
        {
          key: 'subject',
          header: t('observatory.column-subject'),
          cell: (row) => (row.act ? <SubjectLink answer={answer} subject={row.act.subject} /> : '–'),
        },
        { key: 'state', header: t('observatory.column-state'), cell: (row) => <EntryState view={view} row={row} /> },
      ]}
    />
  );
}

/** The random half of its name tells subjects apart; the whole is in the address. */
function SubjectLink({ answer, subject }: { readonly answer: LogAnswer; readonly subject: string }): JSX.Element {
  const key = subject.slice(subject.lastIndexOf('/') + 1);
  return (
    <a href={`${answer.path}?subject=${encodeURIComponent(subject)}`}>
      <Code>{key.slice(0, 8)}</Code>
    </a>
  );
}

const standingTones = { held: 'waiting', refused: 'warn', equivocal: 'danger' } as const satisfies Record<string, Tone>;

function EntryState({ view, row }: { readonly view: View; readonly row: Entry }): JSX.Element {
  const { t } = view;
  const standing = row.act?.standing;
  if (standing === 'held' || standing === 'refused' || standing === 'equivocal')
    return <Status tone={standingTones[standing]}>{t(`observatory.state-${standing}`)}</Status>;
  if (row.index === null) return <Status tone="waiting">{t('common.saved')}</Status>;
  return row.isConfirmed ? (
    <Status tone="good">{t('observatory.state-confirmed')}</Status>
  ) : (
    <Status tone="active">{t('common.logged')}</Status>
  );
}

export function entryPage(answer: EntryAnswer, view: View): Page {
  const { t } = view;
  const { act, index } = answer;
  const what = act ? nameOfType(t, act.type) : t('observatory.not-an-act');
  return {
    title: t('observatory.entry-title', { index, what }),
    breadcrumbs: [
      ...(answer.isOwn ? [] : [{ path: '/observatory', label: t('observatory.title') }]),
      { path: answer.logPath, label: answer.isOwn ? t('observatory.log-title') : answer.origin },
    ],
    body: (
      <>
        {act ? <ActSections view={view} answer={answer} act={act} /> : <Block text={answer.entry} />}
        <h2>{t('observatory.take-along')}</h2>
        <ul>
          <li>
            <a href={`${answer.logPath}/${index}/act`} download>
              {t('observatory.download-act')}
            </a>
          </li>
          {answer.hasProof ? (
            <li>
              <a href={`${answer.logPath}/${index}/proof`} download>
                {t('observatory.download-proof')}
              </a>
            </li>
          ) : (
            <li>{t('observatory.proof-later')}</li>
          )}
          {answer.keepersProof === null ? null : (
            <li>
              <a href={answer.keepersProof}>{t('observatory.download-keepers-proof')}</a>
            </li>
          )}
          <li>
            <a href={`/api${answer.logPath}/${index}`}>JSON</a>
          </li>
        </ul>
      </>
    ),
  };
}

type Act = NonNullable<EntryAnswer['act']>;

function ActSections({
  view,
  answer,
  act,
}: {
  readonly view: View;
  readonly answer: EntryAnswer;
  readonly act: Act;
}): JSX.Element {
  const { t } = view;
  return (
    <>
      <p class="lead">{meaningOf(t, { type: act.type, summary: summaryOf(act) }, act.partyName)}</p>
      <Standing view={view} act={act} />
      <States view={view} answer={answer} />
      <Facts facts={actFacts(view, answer, act)} />
      <h2>{t('observatory.statement')}</h2>
      <Facts facts={toldFacts(view, summaryOf(act))} />
      <AsSigned view={view} content={act.payload} />
      <h2>{t('observatory.body')}</h2>
      <p>{bodySentence(view, act.body)}</p>
      {act.body.state === 'public' ? (
        <>
          <Facts facts={toldFacts(view, fieldsOf(act.body.content))} />
          {act.type.startsWith('agreement.') ? (
            <p>
              <a href={`/agreements/${act.subject.slice(act.subject.lastIndexOf('/') + 1)}`}>
                {t('observatory.read-agreement')}
              </a>
            </p>
          ) : null}
          <AsSigned view={view} content={act.body.content} />
        </>
      ) : null}
    </>
  );
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const summaryOf = ({ payload }: Act): Record<string, unknown> => fieldsOf(payload.summary);

/** For programs, and for who wants to see that nothing is left out. */
function AsSigned({ view, content }: { readonly view: View; readonly content: unknown }): JSX.Element {
  return (
    <details>
      <summary>{view.t('observatory.as-signed')}</summary>
      <Block text={JSON.stringify(content, null, 2)} />
    </details>
  );
}

function Standing({ view, act }: { readonly view: View; readonly act: Act }): JSX.Element | null {
  const { t } = view;
  const { standing, standingReason: reason } = act;
  if (standing === 'equivocal') return <Notice tone="danger">{<p>{t('observatory.standing-equivocal')}</p>}</Notice>;
  if (standing !== 'held' && standing !== 'refused') return null;
  return (
    <Notice tone="warn">
      <p>{t(`observatory.standing-${standing}`, { reason: reason ?? '' })}</p>
    </Notice>
  );
}

/** Saved, logged, independently confirmed: nothing beyond a state is suggested before it is reached. */
function States({ view, answer }: { readonly view: View; readonly answer: EntryAnswer }): JSX.Element {
  const { t } = view;
  const { at, confirmations, index } = answer;
  const [first] = confirmations.toSorted((a, b) => a.at.localeCompare(b.at));
  return (
    <article class="act">
      <ol class="states">
        <li class="good">
          {t('common.saved')}
          {at === null ? null : (
            <small>
              <Time view={view} at={new Date(at)} />
            </small>
          )}
        </li>
        <li class="good">
          {t('common.logged')}
          <small>{t('common.entry', { index })}</small>
        </li>
        <li class={first ? 'good' : 'later'}>
          {t('common.confirmed')}
          {first ? (
            <>
              <small>
                <Time view={view} at={new Date(first.at)} />
              </small>
              {confirmations.map(({ keeper }) => (
                <small>
                  <Name>{keeper}</Name>
                </small>
              ))}
            </>
          ) : (
            <small>{t('common.not-yet')}</small>
          )}
        </li>
      </ol>
    </article>
  );
}

function actFacts(view: View, answer: EntryAnswer, act: Act): Fact[] {
  const { t } = view;
  const { prev, under } = act;
  return [
    { label: t('observatory.column-party'), value: <Name>{act.partyName}</Name> },
    {
      label: t('observatory.column-subject'),
      value: (
        <a href={`${answer.logPath}?subject=${encodeURIComponent(act.subject)}`}>
          <Code>{act.subject}</Code>
        </a>
      ),
    },
    {
      label: t('observatory.previous-act'),
      value:
        prev === null ? (
          t('observatory.previous-none')
        ) : prev.path === null ? (
          <Code>{prev.id}</Code>
        ) : (
          <a href={prev.path}>
            <Code>{prev.id}</Code>
          </a>
        ),
    },
    ...(under === null
      ? []
      : [
          {
            label: t('observatory.under'),
            value: (
              <a href={under.path}>
                {t('observatory.under-value', { title: under.title ?? under.instrument, n: under.n })}
              </a>
            ),
          },
        ]),
    { label: t('observatory.assurance'), value: t(`observatory.assurance-${act.assurance}`) },
    { label: t('common.identifier'), value: <Code>{act.id}</Code> },
  ];
}

function bodySentence(view: View, body: Act['body']): string {
  const { t } = view;
  if (body.state !== 'sealed') return t(`observatory.body-${body.state}`);
  return t('observatory.body-sealed', { date: isPlainDate(body.until) ? formatDate(view, body.until) : body.until });
}
