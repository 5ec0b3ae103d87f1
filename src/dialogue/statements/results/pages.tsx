import type { Child } from 'hono/jsx';
import { formatInstant, formatNumber, formatPercent } from '../../../ui/format.ts';
import { Actions } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Columns, DownloadLinks, KeyFigures, Notice } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import type { View } from '../../../ui/view.ts';
import { inquiryCrumbs } from '../inquiries/parts.tsx';
import type { StatementAnswer } from '../statement/answers.ts';
import { StatementWords } from '../statement/parts.tsx';
import {
  declaredGroups,
  type Count,
  type DeclaredKind,
  type PublishedStatement,
  type ResultContent,
} from './content.ts';
import { letterOf, Mark, OpinionMap } from './map.tsx';
import { byConsensus, consensusOf } from './order.ts';
import type { ResultsAnswer } from './reading.ts';

export function resultsPage(answer: ResultsAnswer, view: View): Page {
  const { t } = view;
  const { result, inquiry } = answer;
  const words = new Map(answer.words.map((statement) => [statement.number, statement]));
  return {
    title: t('statements.result-of', { question: inquiry.question.text }),
    breadcrumbs: inquiryCrumbs(view, answer),
    wide: true,
    body:
      result === null || result.participants === null ? (
        <>
          <p class="lead">{t('statements.no-result')}</p>
          <p>{t('statements.why-no-result')}</p>
        </>
      ) : (
        <>
          <Standing view={view} answer={answer} result={result} />
          <Agreement view={view} answer={answer} result={result} words={words} />
          <OpinionGroups view={view} result={result} words={words} />
          <DeclaredGroups view={view} result={result} words={words} />
          <HowItWasMade view={view} answer={answer} result={result} />
        </>
      ),
  };
}

type Words = ReadonlyMap<number, StatementAnswer>;

interface SectionProps {
  readonly view: View;
  readonly result: ResultContent;
  readonly words: Words;
}

function Standing(props: {
  readonly view: View;
  readonly answer: ResultsAnswer;
  readonly result: ResultContent;
}): Child {
  const { view, answer, result } = props;
  const { t } = view;
  return (
    <>
      {result.isFinal ? null : (
        <Notice>
          <p>{t('statements.is-interim')}</p>
        </Notice>
      )}
      {!result.isFinal && answer.inquiry.phase === 'closed' ? <p>{t('statements.final-comes')}</p> : null}
      <KeyFigures
        figures={[
          { label: t('statements.people'), value: formatNumber(view, result.participants ?? 0) },
          { label: t('statements.statements'), value: formatNumber(view, result.statements.length) },
          {
            label: t('statements.groups'),
            value: result.groups.length === 0 ? t('statements.none') : formatNumber(view, result.groups.length),
            note: result.noGroups === null ? undefined : t(`statements.no-groups-${result.noGroups}`),
          },
        ]}
      />
    </>
  );
}

const Said = ({
  view,
  words,
  number,
}: {
  readonly view: View;
  readonly words: Words;
  readonly number: number;
}): Child => {
  const statement = words.get(number);
  return statement ? <StatementWords view={view} statement={statement} /> : null;
};

/** Agreed, disagreed, passed, of all who saw it. */
function share(view: View, count: Count | null, pick: (count: Count) => number): string {
  return count === null || count.seen === 0 ? '–' : formatPercent(view, pick(count) / count.seen);
}

const passes = ({ agrees, disagrees, seen }: Count): number => seen - agrees - disagrees;

function Agreement(props: SectionProps & { readonly answer: ResultsAnswer }): Child {
  const { view, result, words, answer } = props;
  const { t } = view;
  const isDeclared = result.declaredSizes.length > 0;
  const path = `${answer.inquiry.path}/statements/`;
  const columns: readonly Column<PublishedStatement>[] = [
    {
      key: 'statement',
      header: t('statements.statement'),
      cell: ({ number }) => (
        <>
          <a href={path + String(number)}>{formatNumber(view, number)}</a>{' '}
          <Said view={view} words={words} number={number} />
        </>
      ),
    },
    {
      key: 'consensus',
      header: t('statements.consensus'),
      numeric: true,
      cell: (statement) => {
        const consensus = consensusOf(statement);
        return consensus === undefined ? '–' : formatPercent(view, consensus);
      },
    },
    {
      key: 'agree',
      header: t('statements.agreed'),
      numeric: true,
      cell: ({ total }) => share(view, total, ({ agrees }) => agrees),
    },
    {
      key: 'disagree',
      header: t('statements.disagreed'),
      numeric: true,
      cell: ({ total }) => share(view, total, ({ disagrees }) => disagrees),
    },
    { key: 'pass', header: t('statements.passed'), numeric: true, cell: ({ total }) => share(view, total, passes) },
    {
      key: 'seen',
      header: t('statements.voted'),
      numeric: true,
      cell: ({ total }) => (total === null ? t('statements.fewer-than-five') : formatNumber(view, total.seen)),
    },
  ];
  return (
    <>
      <h2>{t('statements.broadest-support')}</h2>
      <p>{t(isDeclared ? 'statements.consensus-declared' : 'statements.consensus-found')}</p>
      <Table
        view={view}
        id="support"
        caption={t('statements.support-caption')}
        columns={columns}
        rows={byConsensus(result)}
        data={answer.data}
      />
    </>
  );
}

function OpinionGroups({ view, result, words }: SectionProps): Child {
  const { t } = view;
  const { picture, groups } = result;
  return (
    <>
      <h2>{t('statements.map')}</h2>
      {result.noGroups === null ? null : <p>{t(`statements.no-groups-${result.noGroups}-why`)}</p>}
      <Columns>
        {picture === null ? null : (
          <div>
            <OpinionMap
              view={view}
              picture={picture}
              title={t('statements.map-title', { count: result.participants ?? 0 })}
            />
            <Legend view={view} result={result} />
            <p class="hint">{t('statements.map-hint')}</p>
          </div>
        )}
        <div>
          {groups.map((_, at) => (
            <GroupWords view={view} result={result} words={words} at={at} />
          ))}
          {groups.length > 0 && result.stability !== null ? (
            <p class="soft">
              {t('statements.stability', { share: formatPercent(view, result.stability) })}{' '}
              {result.isSeparate === false ? t('statements.one-spectrum') : null}
            </p>
          ) : null}
          <Majority view={view} result={result} words={words} />
        </div>
      </Columns>
    </>
  );
}

function Legend({ view, result }: { readonly view: View; readonly result: ResultContent }): Child {
  const { t } = view;
  const centre = { x: 14, y: 10 };
  const entries = [
    ...result.groups.map((_, shape) => ({ shape, label: t('statements.group', { letter: letterOf(shape) }) })),
    ...(result.picture?.ungrouped.length ? [{ shape: -1, label: t('statements.in-no-group') }] : []),
  ];
  return (
    <ul class="legend">
      {entries.map(({ shape, label }) => (
        <li>
          <svg class="mark" viewBox="0 0 28 20" aria-hidden="true">
            <Mark shape={shape} at={centre} radius={7} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

/** A group in words: what sets it apart from the others. */
function GroupWords({ view, result, words, at }: SectionProps & { readonly at: number }): Child {
  const { t } = view;
  const group = result.groups[at];
  if (!group) return null;
  return (
    <>
      <h3>
        {t('statements.group', { letter: letterOf(at) })}{' '}
        <small>
          {group.size === null ? t('statements.size-withheld') : t('statements.of-people', { count: group.size })}
        </small>
      </h3>
      {group.representative.length === 0 ? <p>{t('statements.nothing-sets-apart')}</p> : null}
      <ul>
        {group.representative.map((one) => (
          <li>
            <strong>{t(one.direction === 'agree' ? 'statements.they-agree' : 'statements.they-disagree')}</strong>{' '}
            <Said view={view} words={words} number={one.number} />
            <br />
            <small>
              {t('statements.here-and-elsewhere', {
                here: formatPercent(view, one.successes / one.trials),
                elsewhere: one.othersTrials === 0 ? '–' : formatPercent(view, one.othersSuccesses / one.othersTrials),
              })}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Majority({ view, result, words }: SectionProps): Child {
  const { t } = view;
  const { agree, disagree } = result.majority;
  if (agree.length === 0 && disagree.length === 0) return null;
  const list = (numbers: readonly number[], title: string): Child =>
    numbers.length === 0 ? null : (
      <>
        <h3>{title}</h3>
        <ul>
          {numbers.map((number) => (
            <li>
              <Said view={view} words={words} number={number} />
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      {list(agree, t('statements.most-agree'))}
      {list(disagree, t('statements.most-disagree'))}
    </>
  );
}

/** Once, when it is closed. Groups of which nothing may be shown have no column; they stand together under "others". */
function DeclaredGroups({ view, result, words }: SectionProps): Child {
  const { t } = view;
  if (!result.isFinal) return <p>{t('statements.declared-later')}</p>;
  return result.declaredSizes.map(({ kind }, at) => (
    <DeclaredTable view={view} result={result} words={words} kind={kind} at={at} />
  ));
}

function DeclaredTable(props: SectionProps & { readonly kind: DeclaredKind; readonly at: number }): Child {
  const { view, result, words, kind, at } = props;
  const { t } = view;
  const names = declaredGroups[kind];
  const rows = byConsensus(result).filter(({ total }) => total !== null);
  const isOpen = names.map((_, group) => rows.some(({ declared }) => declared[at]?.groups[group] != null));
  const hasOthers = rows.some(({ declared }) => declared[at]?.others != null);
  if (!isOpen.some(Boolean)) return null;
  const cell = (count: Count | null | undefined): Child =>
    count == null || count.seen === 0 ? (
      '–'
    ) : (
      <>
        {share(view, count, ({ agrees }) => agrees)}{' '}
        <small class="soft">{t('statements.of-count', { count: count.seen })}</small>
      </>
    );
  const columns: readonly Column<PublishedStatement>[] = [
    {
      key: 'statement',
      header: t('statements.statement'),
      cell: ({ number }) => <Said view={view} words={words} number={number} />,
    },
    ...names.flatMap((name, group) =>
      isOpen[group]
        ? [
            {
              key: name,
              header: nameOfGroup(view, kind, name),
              numeric: true,
              cell: ({ declared }: PublishedStatement) => cell(declared[at]?.groups[group]),
            },
          ]
        : [],
    ),
    ...(hasOthers
      ? [
          {
            key: 'others',
            header: t('statements.others'),
            numeric: true,
            cell: ({ declared }: PublishedStatement) => cell(declared[at]?.others),
          },
        ]
      : []),
  ];
  return (
    <>
      <h2>{t(`statements.by-${kind}`)}</h2>
      <Table
        view={view}
        id={`by-${kind}`}
        caption={
          <>
            {t(`statements.by-${kind}`)} <small>{t('statements.declared-caption')}</small>
          </>
        }
        columns={columns}
        rows={rows}
      />
    </>
  );
}

export function nameOfGroup({ t }: Pick<View, 't'>, kind: DeclaredKind, name: string): string {
  switch (kind) {
    case 'constituency':
      return t(`network.kind-${name as (typeof declaredGroups)['constituency'][number]}`);
    case 'region':
      return t(`statements.region-${name as (typeof declaredGroups)['region'][number]}`);
    case 'income':
      return t(`statements.income-${name as (typeof declaredGroups)['income'][number]}`);
  }
}

function HowItWasMade(props: {
  readonly view: View;
  readonly answer: ResultsAnswer;
  readonly result: ResultContent;
}): Child {
  const { view, answer, result } = props;
  const { t } = view;
  return (
    <>
      <h2>{t('statements.how-made')}</h2>
      <p>{t('statements.how-floor')}</p>
      <p>{t('statements.how-consensus')}</p>
      {result.isFinal ? null : <p>{t('statements.how-interim')}</p>}
      {result.year === null ? null : <p>{t('statements.how-countries', { year: String(result.year) })}</p>}
      <p class="soft">
        {answer.computedAt === null
          ? null
          : t('statements.computed-at', { date: formatInstant(view, new Date(answer.computedAt)) })}
      </p>
      <Actions>
        <DownloadLinks view={view} data={answer.data} />
        <a href={`${answer.inquiry.path}/moderation`}>{t('statements.log')}</a>
      </Actions>
    </>
  );
}
