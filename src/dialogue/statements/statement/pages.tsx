import type { Child } from 'hono/jsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import {
  Actions,
  blankForm,
  Button,
  Form,
  RadiosField,
  SelectField,
  TextareaField,
  TextField,
  type FormState,
} from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { languageNames, locales } from '../../../ui/locales.ts';
import { Notice, Status, type Tone } from '../../../ui/parts.tsx';
import { Table, type Column } from '../../../ui/table.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Words } from '../../programme/parts.tsx';
import { inquiryCrumbs } from '../inquiries/parts.tsx';
import { StatementFields } from '../voting/statement-fields.tsx';
import { nameOfLanguage, Provenance, StatementText, StatementWords } from './parts.tsx';
import type { DecisionAnswer, ModerationAnswer, OneStatementAnswer, StatementsAnswer } from './reading.ts';
import { reasons, type StatementState } from './statement.ts';

/** `attempt`: one that whoever convenes wrote and that was refused. */
export function statementsPage(answer: StatementsAnswer, view: View, attempt?: FormState): Page {
  const { t } = view;
  const { inquiry, statements } = answer;
  const form = attempt ?? blankForm({ language: answer.languages[0] ?? view.locale, namesPerson: [] });
  return {
    title: t('statements.all-statements'),
    breadcrumbs: inquiryCrumbs(view, answer),
    body: (
      <>
        <p class="lead">{t('statements.all-lead')}</p>
        {statements.length === 0 ? <p>{t('statements.nothing-yet')}</p> : null}
        {statements.map((statement) => (
          <article class="act">
            <p>
              <a href={`${inquiry.path}/statements/${statement.number}`}>
                {t('statements.statement-number', { number: formatNumber(view, statement.number) })}
              </a>
            </p>
            <p>
              <StatementWords view={view} statement={statement} />
            </p>
            <Provenance view={view} statement={statement} />
          </article>
        ))}
        {answer.mayConvene && inquiry.phase !== 'closed' && inquiry.phase !== 'over' ? (
          <>
            <h2>{t('statements.seed')}</h2>
            <p>{t('statements.seed-lead')}</p>
            <Form view={view} action={`${inquiry.path}/seeds`} form={form}>
              <StatementFields view={view} form={form} languages={answer.languages} />
              <Actions>
                <Button kind="secondary">{t('statements.seed-now')}</Button>
              </Actions>
            </Form>
          </>
        ) : null}
      </>
    ),
  };
}

const tones: Readonly<Record<StatementState, Tone>> = { held: 'waiting', shown: 'good', hidden: 'ended' };

function decisionColumns(view: View, path: string): readonly Column<DecisionAnswer>[] {
  const { t } = view;
  return [
    {
      key: 'number',
      header: t('statements.statement'),
      cell: ({ number, text }) => (
        <>
          <a href={`${path}/statements/${number}`}>
            {t('statements.statement-number', { number: formatNumber(view, number) })}
          </a>
          <br />
          {text === null ? (
            <small class="soft">{t('statements.not-repeated')}</small>
          ) : (
            <Words view={view} said={text} />
          )}
        </>
      ),
    },
    {
      key: 'state',
      header: t('statements.decision'),
      cell: ({ state }) => <Status tone={tones[state]}>{t(`statements.decided-${state}`)}</Status>,
    },
    {
      key: 'why',
      header: t('programme.why'),
      cell: ({ reason, note }) => (
        <>
          {reason === null ? null : t(`statements.reason-${reason}`)}
          {note === null ? null : (
            <>
              {reason === null ? null : <br />}
              <bdi>{note}</bdi>
            </>
          )}
        </>
      ),
    },
    {
      key: 'by',
      header: t('statements.by'),
      cell: ({ by, at }) => (
        <>
          {by === null ? t('statements.by-the-rule') : <Name>{by}</Name>}
          <br />
          <small>{formatInstant(view, new Date(at))}</small>
        </>
      ),
    },
  ];
}

export function moderationPage(answer: ModerationAnswer, view: View): Page {
  const { t } = view;
  const { inquiry, held } = answer;
  return {
    title: t('statements.log'),
    breadcrumbs: inquiryCrumbs(view, answer),
    wide: true,
    body: (
      <>
        <p class="lead">{t('statements.log-lead')}</p>
        {answer.mayConvene ? (
          <>
            <h2>{t('statements.held-title')}</h2>
            {held.length === 0 ? <p>{t('statements.nothing-held')}</p> : null}
            <ul>
              {held.map((statement) => (
                <li>
                  <StatementWords view={view} statement={statement} />{' '}
                  <a href={`${inquiry.path}/statements/${statement.number}`}>
                    {t('statements.decide')}
                    <span class="hidden">
                      {' '}
                      {t('statements.statement-number', { number: formatNumber(view, statement.number) })}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
            <h2>{t('statements.decisions')}</h2>
          </>
        ) : null}
        <Table
          view={view}
          id="decisions"
          caption={t('statements.decisions-caption')}
          columns={decisionColumns(view, inquiry.path)}
          rows={answer.decisions}
          empty={t('statements.no-decision')}
        />
      </>
    ),
  };
}

/** A form of this page that was refused, with everything typed. */
export interface Attempted {
  readonly step: 'decide' | 'translate';
  readonly form: FormState;
}

export function statementPage(answer: OneStatementAnswer, view: View, attempted?: Attempted): Page {
  const { t } = view;
  const { statement, state, inquiry } = answer;
  return {
    title: t('statements.statement-number', { number: formatNumber(view, answer.number) }),
    breadcrumbs: [
      ...inquiryCrumbs(view, answer),
      { path: `${inquiry.path}/statements`, label: t('statements.all-statements') },
    ],
    body: (
      <>
        {state === 'shown' ? null : (
          <Notice tone="warn">
            <p>{t(`statements.is-${state}`)}</p>
          </Notice>
        )}
        {statement === null ? (
          <p>{t('statements.not-repeated')}</p>
        ) : (
          <StatementText view={view} statement={statement} />
        )}
        {answer.isOwn ? <p>{t('statements.is-yours')}</p> : null}
        <Translations view={view} answer={answer} />
        {answer.decisions.length === 0 ? null : (
          <>
            <h2>{t('statements.decisions')}</h2>
            <Table
              view={view}
              id="decisions"
              caption={t('statements.decisions-caption')}
              columns={decisionColumns(view, inquiry.path)}
              rows={answer.decisions}
            />
          </>
        )}
        {answer.mayConvene && inquiry.phase !== 'closed' ? (
          <>
            <Decide view={view} answer={answer} attempted={attempted} />
            <Translate view={view} answer={answer} attempted={attempted} />
          </>
        ) : null}
      </>
    ),
  };
}

function Translations({ view, answer }: { readonly view: View; readonly answer: OneStatementAnswer }): Child {
  const { t } = view;
  if (answer.translations.length === 0) return null;
  return (
    <>
      <h2>{t('statements.translations')}</h2>
      <ul>
        {answer.translations.map(({ language, text, by, machine, at }) => (
          <li>
            {nameOfLanguage(language)}: <Words view={view} said={{ language, text }} />
            <br />
            <small class="soft">
              {machine === null ? null : (
                <>
                  <Name>{machine}</Name>
                  {' · '}
                </>
              )}
              <Name>{by}</Name>
              {' · '}
              {formatInstant(view, new Date(at))}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

interface StepProps {
  readonly view: View;
  readonly answer: OneStatementAnswer;
  readonly attempted: Attempted | undefined;
}

function Decide({ view, answer, attempted }: StepProps): Child {
  const { t } = view;
  const others = (['shown', 'held', 'hidden'] as const).filter((state) => state !== answer.state);
  const form = attempted?.step === 'decide' ? attempted.form : blankForm({ state: '', reason: '' });
  return (
    <>
      <h2>{t('statements.decide')}</h2>
      <p>{t('statements.decide-lead')}</p>
      <Form view={view} action={`${answer.inquiry.path}/statements/${answer.number}/decide`} form={form}>
        <RadiosField
          view={view}
          form={form}
          name="state"
          label={t('statements.decision')}
          options={others.map((value) => ({ value, label: t(`statements.decide-${value}`) }))}
        />
        <SelectField
          view={view}
          form={form}
          name="reason"
          label={t('statements.reason')}
          hint={t('statements.reason-hint')}
          optional
          options={[
            { value: '', label: t('statements.no-reason') },
            ...reasons.map((value) => ({ value, label: t(`statements.reason-${value}`) })),
          ]}
        />
        <TextareaField
          view={view}
          form={form}
          name="note"
          label={t('statements.note')}
          hint={t('statements.note-hint')}
          rows={2}
          maxLength={500}
          optional
        />
        <Actions>
          <Button>{t('statements.decide-now')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function Translate({ view, answer, attempted }: StepProps): Child {
  const { t } = view;
  const form = attempted?.step === 'translate' ? attempted.form : blankForm({ in: '' });
  const own = answer.statement?.original.language;
  return (
    <>
      <h2>{t('statements.translate')}</h2>
      <p>{t('statements.translate-lead')}</p>
      <Form view={view} action={`${answer.inquiry.path}/statements/${answer.number}/translate`} form={form}>
        <SelectField
          view={view}
          form={form}
          name="in"
          label={t('statements.in-language')}
          options={locales.filter((locale) => locale !== own).map((value) => ({ value, label: languageNames[value] }))}
        />
        <TextareaField
          view={view}
          form={form}
          name="words"
          label={t('statements.translation')}
          rows={3}
          maxLength={600}
        />
        <TextField
          view={view}
          form={form}
          name="machine"
          label={t('statements.machine')}
          hint={t('statements.machine-hint')}
          width="medium"
          maxLength={100}
          optional
        />
        <Actions>
          <Button kind="secondary">{t('statements.translate-now')}</Button>
        </Actions>
      </Form>
    </>
  );
}
