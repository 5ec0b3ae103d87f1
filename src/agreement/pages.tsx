import type { JSX } from 'hono/jsx/jsx-runtime';
import { compareTexts } from '../text/comparison.ts';
import { Comparison } from '../ui/comparison.tsx';
import type { Did } from '../ids.ts';
import type { Words } from '../network/assurance/act-words.ts';
import type { PlainDate } from '../period.ts';
import { formatDate, formatInstant, formatList, formatNumber } from '../ui/format.ts';
import {
  Actions,
  Button,
  ButtonForm,
  CheckboxesField,
  DateField,
  Form,
  NumberField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../ui/forms.tsx';
import type { Page } from '../ui/layout.tsx';
import { languageNames, locales } from '../ui/locales.ts';
import { ActCard, Notice, Status, type Tone } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { Name } from '../ui/text.tsx';
import type { View } from '../ui/view.ts';
import type { AgreementAnswer, AgreementListAnswer, AnswersAnswer } from './answers.ts';
import { blankTermValues } from './draft.ts';
import { contents, onlyWarnedIndicator, type Article, type ForceRule, type Term } from './document.ts';
import type { InstrumentStatus } from './entry-into-force.ts';
import { forbiddenPurposes } from './floor.ts';
import { purposes } from './purposes.ts';
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
  if (act.refusedBecause !== null) return t('agreement.act-refused-by-host', { reason: act.refusedBecause });
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

export interface DraftFormAnswer {
  readonly action: string;
  readonly heading: 'form-new' | 'form-revise' | 'form-amend';
  /** The version that was on the table when the form was opened; empty for a new agreement. */
  readonly base: string;
  readonly parties: readonly { readonly did: string; readonly name: string }[];
  readonly keepers: readonly { readonly did: string; readonly name: string }[];
}

/** Enough for most texts between two parties; longer ones come through the API, or by amendment. */
const articlesOffered = 6;

export function draftFormPage(answer: DraftFormAnswer, form: FormState, view: View): Page {
  const { t } = view;
  const options = (names: DraftFormAnswer['parties']) => names.map(({ did, name }) => ({ value: did, label: name }));
  const shown = Math.max(
    articlesOffered,
    ...Object.keys(form.values).map((name) => Number(/^articles\.(\d+)\./.exec(name)?.[1] ?? 0) + 2),
  );
  return {
    title: t(`agreement.${answer.heading}`),
    breadcrumbs: [{ path: '/agreements', label: t('agreement.title') }],
    body: (
      <Form view={view} action={answer.action} form={form}>
        {answer.base === '' ? null : <input type="hidden" name="base" value={answer.base} />}
        <TextField view={view} form={form} name="title" label={t('agreement.field-title')} />
        <SelectField
          view={view}
          form={form}
          name="language"
          label={t('agreement.field-language')}
          options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
        />
        <CheckboxesField
          view={view}
          form={form}
          name="parties"
          label={t('agreement.field-parties')}
          hint={t('agreement.hint-parties')}
          options={options(answer.parties)}
        />
        {Array.from({ length: shown }, (_, index) => (
          <ArticleFields view={view} form={form} index={index} parties={options(answer.parties)} />
        ))}
        <NumberField view={view} form={form} name="consents" label={t('agreement.field-consents')} />
        <DateField view={view} form={form} name="notBefore" label={t('agreement.field-not-before')} optional />
        <NumberField view={view} form={form} name="delayDays" label={t('agreement.field-delay')} />
        <NumberField view={view} form={form} name="withdrawalNoticeDays" label={t('agreement.field-notice')} />
        <CheckboxesField
          view={view}
          form={form}
          name="keepers"
          label={t('agreement.field-keepers')}
          hint={t('agreement.hint-keepers')}
          options={options(answer.keepers)}
        />
        <NumberField view={view} form={form} name="k" label={t('agreement.field-k')} />
        <SelectField
          view={view}
          form={form}
          name="assurance"
          label={t('agreement.field-assurance')}
          options={(['session', 'person-key', 'passkey'] as const).map((value) => ({
            value,
            label: t(`agreement.assurance-option-${value}`),
          }))}
        />
        <Actions>
          <Button>{t('agreement.propose')}</Button>
        </Actions>
      </Form>
    ),
  };
}

interface ArticleFieldsProps {
  readonly view: View;
  readonly form: FormState;
  readonly index: number;
  readonly parties: readonly { readonly value: string; readonly label: string }[];
}

function ArticleFields({ view, form: given, index, parties }: ArticleFieldsProps): JSX.Element {
  const { t } = view;
  const base = `articles.${index}`;
  const term = `${base}.terms.0`;
  const form = { ...given, values: { ...blankTermValues(term), ...given.values } };
  const field = (name: string) => ({ view, form, name });
  const anyone = (label: string) => [{ value: 'any', label }, ...parties];
  return (
    <details open={index < 2 || form.values[`${base}.heading`] !== undefined}>
      <summary>{t('agreement.article-number', { number: index + 1 })}</summary>
      <p class="soft">{t('agreement.article-empty')}</p>
      <TextField {...field(`${base}.heading`)} label={t('agreement.field-heading')} optional />
      <TextareaField {...field(`${base}.text`)} label={t('agreement.field-text')} optional />
      <SelectField
        {...field(`${term}.content`)}
        label={t('agreement.field-content')}
        options={(['people', ...contents] as const).map((value) => ({ value, label: t(`agreement.content-${value}`) }))}
      />
      <SelectField
        {...field(`${term}.effect`)}
        label={t('agreement.field-effect')}
        options={(['permit', 'forbid'] as const).map((value) => ({ value, label: t(`agreement.effect-${value}`) }))}
      />
      <SelectField
        {...field(`${term}.from`)}
        label={t('agreement.field-from')}
        options={anyone(t('agreement.each-party'))}
      />
      <SelectField
        {...field(`${term}.to`)}
        label={t('agreement.field-to')}
        options={anyone(t('agreement.each-other'))}
      />
      <TextField
        {...field(`${term}.indicators`)}
        label={t('agreement.field-indicators')}
        hint={`${t('agreement.hint-indicators')} ${t('agreement.one-indicator-hint')}`}
        optional
      />
      <NumberField
        {...field(`${term}.finestLevel`)}
        label={t('agreement.field-level')}
        hint={t('agreement.hint-level')}
      />
      <NumberField
        {...field(`${term}.minimumCount`)}
        label={t('agreement.field-minimum')}
        hint={t('agreement.hint-minimum')}
      />
      <CheckboxesField
        {...field(`${term}.purposes`)}
        label={t('agreement.field-purposes')}
        options={purposes
          .filter((purpose) => !forbiddenPurposes.has(purpose))
          .map((purpose) => ({ value: purpose, label: t(`agreement.purpose-${purpose}`) }))}
      />
      <SelectField
        {...field(`${term}.every`)}
        label={t('agreement.field-every')}
        options={(['week', 'day', 'month', 'once'] as const).map((value) => ({
          value,
          label: t(`agreement.every-${value}`),
        }))}
      />
      <DateField {...field(`${term}.until`)} label={t('agreement.field-until')} optional />
    </details>
  );
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
