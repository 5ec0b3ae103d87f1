import type { JSX } from 'hono/jsx/jsx-runtime';
import { compareTexts } from '../text/comparison.ts';
import { Comparison } from '../ui/comparison.tsx';
import type { Did } from '../ids.ts';
import type { Words } from '../network/assurance/act-words.ts';
import type { PlainDate } from '../period.ts';
import { formatDate, formatInstant, formatList, formatNumber } from '../ui/format.ts';
import { Actions, ButtonForm } from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { ActCard, Notice, Status, type Tone } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name, whyOf } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import type { AgreementAnswer, AgreementListAnswer, AnswersAnswer } from './answers.ts';
import { onlyWarnedIndicator, type Article, type ForceRule, type Term } from './document.ts';
import type { InstrumentStatus } from './entry-into-force.ts';
import type { InstrumentStep } from './steps.ts';

const toneOf = {
  negotiation: 'waiting',
  refused: 'ended',
  signed: 'waiting',
  unconfirmed: 'waiting',
  'awaiting-date': 'waiting',
  'in-force': 'good',
  ended: 'ended',
} as const satisfies Record<InstrumentStatus, Tone>;

function StatusChip({ view, status }: { readonly view: View; readonly status: InstrumentStatus }): JSX.Element {
  return <Status tone={toneOf[status]}>{view.t(`agreement.status-${status}`)}</Status>;
}

export function agreementListPage(answer: AgreementListAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('agreement.title'),
    wide: true,
    body: (
      <>
        <p class="lead">{t('agreement.lead')}</p>
        {answer.mayPropose ? (
          <Actions>
            <a class="button primary" href="/agreements/new">
              {t('agreement.new')}
            </a>
          </Actions>
        ) : null}
        <Table
          view={view}
          id="agreements"
          caption={t('agreement.title')}
          isTitled
          empty={t('agreement.none')}
          rows={answer.agreements}
          columns={[
            {
              key: 'title',
              header: t('agreement.column-title'),
              cell: (row) => (
                <a href={row.path}>
                  <Name>{row.title}</Name>
                </a>
              ),
            },
            {
              key: 'status',
              header: t('agreement.column-status'),
              cell: (row) => <StatusChip view={view} status={row.status} />,
            },
            { key: 'parties', header: t('agreement.column-parties'), cell: (row) => formatList(view, row.parties) },
          ]}
        />
      </>
    ),
  };
}

export function agreementPage(answer: AgreementAnswer, view: View): Page {
  const { t } = view;
  const nameOf = namesIn(answer);
  const { document } = answer;
  const onlyIndicator = onlyWarnedIndicator(document.articles);
  return {
    title: document.title,
    breadcrumbs: [{ path: '/agreements', label: t('agreement.title') }],
    body: (
      <>
        <p>
          <StatusChip view={view} status={answer.status} /> {inForceSentence(view, answer)}
        </p>
        {answer.frozen ? (
          <Notice tone="warn">{t('agreement.frozen', { reason: t(`agreement.frozen-${answer.frozen}`) })}</Notice>
        ) : null}
        {onlyIndicator === undefined ? null : (
          <Notice>{t('agreement.one-indicator', { indicator: onlyIndicator })}</Notice>
        )}
        <StepsSection view={view} answer={answer} />
        <h2>{t('agreement.parties')}</h2>
        <Table
          view={view}
          id="parties"
          caption={t('agreement.parties')}
          isTitled
          rows={answer.parties}
          columns={[
            { key: 'party', header: t('agreement.party'), cell: (row) => <Name>{row.name}</Name> },
            { key: 'signed', header: t('agreement.signed'), cell: (row) => t(`agreement.${row.standing}`) },
            {
              key: 'from',
              header: t('agreement.bound-from'),
              cell: (row) => (row.boundFrom ? formatInstant(view, new Date(row.boundFrom)) : '–'),
            },
            {
              key: 'until',
              header: t('agreement.bound-until'),
              cell: (row) => (row.boundUntil ? formatInstant(view, new Date(row.boundUntil)) : '–'),
            },
          ]}
        />
        <h2>{t('agreement.communities')}</h2>
        <p>{t('agreement.communities-lead')}</p>
        {answer.communities.length === 0 ? (
          <p class="soft">{t('agreement.communities-none')}</p>
        ) : (
          <Table
            view={view}
            id="communities"
            caption={t('agreement.communities')}
            isTitled
            rows={answer.communities}
            columns={[
              { key: 'community', header: t('agreement.community'), cell: (row) => <Name>{row.name}</Name> },
              {
                key: 'purpose',
                header: t('agreement.community-purpose'),
                cell: (row) => t(`agreement.purpose-${row.purpose}`),
              },
              {
                key: 'answer',
                header: t('agreement.community-answer'),
                cell: (row) => t(`agreement.answer-${row.answer}`),
              },
            ]}
          />
        )}
        <h2>{t('agreement.text')}</h2>
        <p class="soft">{t('agreement.version-by', { party: nameOf(answer.textBy) })}</p>
        {document.articles.map((article) => (
          <ArticleSection view={view} article={article} nameOf={nameOf} />
        ))}
        <h3>{t('agreement.rule-title')}</h3>
        <p>
          {ruleSentence(view, document.entryIntoForce.rule, nameOf)}
          {document.entryIntoForce.delayDays > 0
            ? ` ${t('agreement.rule-delay', { count: document.entryIntoForce.delayDays })}`
            : ''}
          .
        </p>
        <p>
          {document.withdrawalNoticeDays === 0
            ? t('agreement.withdrawal-none')
            : t('agreement.withdrawal-notice', { count: document.withdrawalNoticeDays })}
        </p>
        <p>
          {keepersSentence(view, document.copyKeepers, nameOf)} {t(`agreement.assurance-${document.assurance}`)}
        </p>
        <h2>{t('agreement.acts')}</h2>
        <p>{t('agreement.acts-lead')}</p>
        {answer.acts.map((act) => (
          <ActCard
            view={view}
            title={t(`agreement.act-${act.step}`)}
            party={nameOf(act.party)}
            id={act.id}
            states={{
              saved: new Date(act.savedAt),
              logged: act.entry
                ? { at: new Date(act.entry.at), index: act.entry.index, path: act.entry.path }
                : undefined,
              confirmed: act.confirmed ? { at: new Date(act.confirmed.at), by: act.confirmed.by } : undefined,
            }}
          >
            <p>{actSentence(view, act)}</p>
          </ActCard>
        ))}
      </>
    ),
  };
}

function inForceSentence(view: View, { status, inForceFrom }: AgreementAnswer): string {
  if (!inForceFrom) return view.t('agreement.not-in-force');
  const date = formatInstant(view, new Date(inForceFrom));
  return view.t(status === 'in-force' ? 'agreement.in-force-since' : 'agreement.in-force-from', { date });
}

function actSentence(view: View, act: AgreementAnswer['acts'][number]): string {
  const { t } = view;
  if (act.refusedBecause !== null)
    return [t('agreement.act-refused-by-host'), whyOf(t, act.refusedBecause) ?? act.refusedBecause].join(' ');
  if (act.n === null) return t('agreement.act-waiting');
  const number = t('agreement.act-number', { n: act.n });
  const time =
    act.legalTime === null
      ? t('agreement.act-no-time')
      : t('agreement.act-legal-time', { time: formatInstant(view, new Date(act.legalTime)) });
  return `${number} ${time}`;
}

type NameOf = (did: Did) => string;

function namesIn(answer: { readonly names: Readonly<Record<string, string>> }): NameOf {
  return (did) => answer.names[did] ?? did;
}

function ArticleSection({
  view,
  article,
  nameOf,
}: {
  readonly view: View;
  readonly article: Article;
  readonly nameOf: NameOf;
}): JSX.Element {
  const { t } = view;
  return (
    <section id={article.id}>
      <h3>{t('agreement.article', { number: article.id.slice('art-'.length), heading: article.heading })}</h3>
      {article.text.split(/\n{2,}/).map((paragraph) => (
        <p>{paragraph}</p>
      ))}
      {article.terms.length === 0 ? (
        <p class="soft">{t('agreement.left-to-people')}</p>
      ) : (
        <Notice title={t('agreement.terms')}>
          <ul>
            {article.terms.map((term) => (
              <li>{termSentence(view, term, nameOf)}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}

export function termSentence(view: Words, term: Term, nameOf: NameOf): string {
  const { t } = view;
  const sentence = t(`agreement.term-${term.effect}-${term.content}`, {
    from: term.from === null ? t('agreement.each-party') : nameOf(term.from),
    to: term.to === null ? t('agreement.each-other') : nameOf(term.to),
    indicators: term.indicators === null ? t('agreement.every-indicator') : formatList(view, term.indicators),
    every: t(`agreement.every-${term.every ?? 'once'}`),
    level: formatNumber(view, term.finestLevel),
    below: formatNumber(view, term.minimumCount - 1),
  });
  const forPurposes = t('agreement.term-purposes', {
    purposes: formatList(
      view,
      term.purposes.map((purpose) => t(`agreement.purpose-${purpose}`)),
    ),
  });
  // The document's schema has checked that these are calendar dates.
  const until =
    term.until === null ? '' : ` ${t('agreement.term-until', { date: formatDate(view, term.until as PlainDate) })}`;
  return `${sentence} ${forPurposes}${until}`;
}

export function ruleSentence(view: Words, rule: ForceRule, nameOf: NameOf): string {
  const { t } = view;
  if ('consents' in rule) return t('agreement.rule-consents', { count: rule.consents });
  if ('consentOf' in rule) return t('agreement.rule-consent-of', { party: nameOf(rule.consentOf) });
  if ('notBefore' in rule)
    return t('agreement.rule-not-before', { date: formatDate(view, rule.notBefore as PlainDate) });
  if ('all' in rule)
    return formatList(
      view,
      rule.all.map((inner) => ruleSentence(view, inner, nameOf)),
    );
  return t('agreement.rule-any', { rules: rule.any.map((inner) => ruleSentence(view, inner, nameOf)).join('; ') });
}

const dangerous: ReadonlySet<InstrumentStep> = new Set(['refuse', 'withdraw']);

function StepsSection({ view, answer }: { readonly view: View; readonly answer: AgreementAnswer }): JSX.Element | null {
  const { t } = view;
  if (!answer.isOurs) return null;
  const simple = answer.steps.filter((step) => step !== 'revise' && step !== 'amend' && step !== 'accept-amendment');
  const written = answer.steps.filter((step) => step === 'revise' || step === 'amend');
  return (
    <>
      <h2>{t('agreement.steps')}</h2>
      {answer.steps.length === 0 ? <p class="soft">{t('agreement.steps-none')}</p> : null}
      <Actions>
        {simple.map((step) => (
          <ButtonForm
            view={view}
            action={`${answer.path}/${step}`}
            label={t(`agreement.step-${step}`)}
            {...(step === 'withdraw' ? {} : { hidden: { version: answer.textAct } })}
            kind={dangerous.has(step) ? 'danger' : step === 'sign' || step === 'ratify' ? 'primary' : 'secondary'}
          />
        ))}
        {written.map((step) => (
          <a class="button secondary" href={`${answer.path}/${step}`}>
            {t(`agreement.step-${step}`)}
          </a>
        ))}
      </Actions>
      {answer.amendments.length > 0 ? <h2>{t('agreement.amendments')}</h2> : null}
      {answer.amendments.map((amendment) => (
        <Notice title={amendment.title}>
          <p>
            {t('agreement.amendment-by', {
              party: amendment.by,
              accepted: amendment.accepted,
              count: answer.parties.length,
            })}
          </p>
          <AmendmentChanges view={view} amendment={amendment} nameOf={namesIn(answer)} />
          {amendment.mayAccept ? (
            <ButtonForm
              view={view}
              action={`${answer.path}/accept-amendment`}
              label={t('agreement.step-accept-amendment')}
              hidden={{ amendment: amendment.act }}
            />
          ) : null}
        </Notice>
      ))}
    </>
  );
}

/** Article by article, words and terms alike; what stays as it is is left out. */
function AmendmentChanges(props: {
  readonly view: View;
  readonly amendment: AgreementAnswer['amendments'][number];
  readonly nameOf: NameOf;
}): JSX.Element {
  const { view, amendment, nameOf } = props;
  const { t } = view;
  const wordsOf = ({ articles, withdrawalNoticeDays, copyKeepers, assurance }: AgreementAnswer['document']) =>
    new Map([
      ...articles.map((article) => [
        t('agreement.article', { number: article.id.slice('art-'.length), heading: article.heading }),
        [article.text, ...article.terms.map((term) => termSentence(view, term, nameOf))].join('\n'),
      ]),
      [
        t('agreement.rule-title'),
        [
          withdrawalNoticeDays === 0
            ? t('agreement.withdrawal-none')
            : t('agreement.withdrawal-notice', { count: withdrawalNoticeDays }),
          keepersSentence(view, copyKeepers, nameOf),
          t(`agreement.assurance-${assurance}`),
        ].join('\n'),
      ],
    ] as [string, string][]);
  const [before, after] = [wordsOf(amendment.changes), wordsOf(amendment.document)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (part) => before.get(part) !== after.get(part),
  );
  return (
    <>
      <h3>{t('agreement.amendment-changes')}</h3>
      {changed.length === 0 ? <p>{t('agreement.amendment-title-only')}</p> : null}
      {changed.map((part) => (
        <section>
          <h4>{part}</h4>
          <Comparison view={view} pieces={compareTexts(before.get(part) ?? '', after.get(part) ?? '')} />
        </section>
      ))}
    </>
  );
}

function keepersSentence(
  view: View,
  { keepers, k }: AgreementAnswer['document']['copyKeepers'],
  nameOf: NameOf,
): string {
  const names = keepers.map(({ operator }) => nameOf(operator));
  return view.t('agreement.keepers', { keepers: formatList(view, names), k });
}

export function communityAnswersPage(answer: AnswersAnswer, view: View): Page {
  const { t } = view;
  return {
    title: t('agreement.answers'),
    body: (
      <>
        <p class="lead">{t('agreement.answers-lead')}</p>
        <Table
          view={view}
          id="answers"
          caption={t('agreement.answers')}
          isTitled
          rows={answer.answers}
          columns={[
            {
              key: 'purpose',
              header: t('agreement.community-purpose'),
              cell: (row) => t(`agreement.purpose-${row.purpose}`),
            },
            {
              key: 'answer',
              header: t('agreement.community-answer'),
              cell: (row) => (row.answer === null ? t('agreement.answer-none') : t(`agreement.answer-${row.answer}`)),
            },
            {
              key: 'change',
              header: t('agreement.steps'),
              cell: (row) => (
                <Actions>
                  <ButtonForm
                    view={view}
                    action="/community/answers"
                    label={t('agreement.answer-refuse')}
                    hidden={{ purpose: row.purpose, answer: 'refused' }}
                    kind="secondary"
                  />
                  <ButtonForm
                    view={view}
                    action="/community/answers"
                    label={t('agreement.answer-agree')}
                    hidden={{ purpose: row.purpose, answer: 'agreed' }}
                    kind="secondary"
                  />
                </Actions>
              ),
            },
          ]}
        />
      </>
    ),
  };
}
