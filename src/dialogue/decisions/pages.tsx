/** A decision: what is asked, who is entitled, what was said, what came of it. */
import type { Child } from 'hono/jsx';
import { networkCrumbs } from '../../network/members/section.tsx';
import { formatInstant, formatNumber } from '../../ui/format.ts';
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
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Facts, KeyFigures, Notice, Status, type Tone } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import { AnswerFields, answerValues } from '../papers/forms.tsx';
import { Paragraphs, Words } from '../programme/parts.tsx';
import type { DecisionAnswer, PositionAnswer } from './answers.ts';
import { choices, needsReason, type Choice } from './decision.ts';

interface Props {
  readonly view: View;
  readonly answer: DecisionAnswer;
}

const tones: Readonly<Record<DecisionAnswer['stage'], Tone>> = {
  open: 'active',
  adopted: 'good',
  'not-adopted': 'ended',
  broken: 'warn',
  'no-quorum': 'ended',
  closed: 'ended',
  withdrawn: 'ended',
};

export interface DecisionForms {
  readonly answer: FormState | undefined;
  readonly outcome: FormState | undefined;
}

export function decisionPage(
  answer: DecisionAnswer,
  view: View,
  forms: DecisionForms = { answer: undefined, outcome: undefined },
): Page {
  const { t } = view;
  const { network, space, paper, stage } = answer;
  return {
    title: answer.question.text,
    breadcrumbs: [...networkCrumbs(network), { path: space.path, label: space.title.text }],
    body: (
      <>
        <p>
          {t(`decisions.method-${answer.method}`)} <Status tone={tones[stage]}>{t(`decisions.stage-${stage}`)}</Status>
        </p>
        <p class="hint">{t(`decisions.rule-${answer.method}`)}</p>
        {answer.withdrawalReason === null ? null : (
          <Notice tone="warn">
            <p dir="auto">{answer.withdrawalReason}</p>
          </Notice>
        )}
        <Paragraphs view={view} said={answer.explanation} />
        <Outcome view={view} answer={answer} />
        <Facts
          facts={[
            ...(paper === null
              ? []
              : [
                  {
                    label: t('decisions.on-paper'),
                    value: (
                      <a href={paper.path}>
                        <Words view={view} said={paper.title} />
                      </a>
                    ),
                  },
                ]),
            { label: t('decisions.opened'), value: formatInstant(view, new Date(answer.opensAt)) },
            {
              label: t(stage === 'open' ? 'decisions.open-until' : 'decisions.ended'),
              value: formatInstant(view, new Date(answer.closesAt)),
            },
            { label: t('decisions.entitled'), value: t(`decisions.entitled-${answer.entitled}`) },
          ]}
        />
        {answer.method === 'ranked-choice' ? null : <Counts view={view} answer={answer} />}
        <Ranked view={view} answer={answer} />
        <AnswerForm view={view} answer={answer} form={forms.answer} />
        <Positions view={view} answer={answer} />
        <OutcomeForm view={view} answer={answer} form={forms.outcome} />
        <Withdrawing view={view} answer={answer} />
      </>
    ),
  };
}

function Outcome({ view, answer }: Props): Child {
  const { t } = view;
  if (answer.outcome !== null)
    return (
      <Notice tone="done" title={t('decisions.outcome')}>
        <Paragraphs view={view} said={answer.outcome} />
      </Notice>
    );
  if (answer.stage === 'open' || answer.stage === 'withdrawn') return null;
  const time = formatInstant(view, new Date(answer.outcomeDueAt));
  return (
    <Notice tone={answer.isOutcomeOverdue ? 'danger' : 'warn'}>
      <p>{t(answer.isOutcomeOverdue ? 'decisions.outcome-overdue' : 'decisions.outcome-due', { time })}</p>
    </Notice>
  );
}

function Counts({ view, answer }: Props): Child {
  const { t } = view;
  const { counts, voices, spoke, quorum } = answer;
  return (
    <KeyFigures
      figures={[
        ...choices.map((choice) => ({
          label: t(`decisions.count-${choice}`),
          value: formatNumber(view, counts[choice]),
        })),
        {
          label: t('decisions.said-nothing'),
          value: formatNumber(view, voices - spoke),
          note:
            t('decisions.of-voices', { count: voices }) +
            (quorum > 0 ? ` · ${t('decisions.quorum', { count: quorum })}` : ''),
        },
      ]}
    />
  );
}

function Ranked({ view, answer }: Props): Child {
  const { t } = view;
  const { ranked, options } = answer;
  if (answer.method !== 'ranked-choice') return null;
  const nameOf = (option: number): string => options[option - 1] ?? '';
  if (ranked === null)
    return (
      <ol>
        {options.map((option) => (
          <li dir="auto">{option}</li>
        ))}
      </ol>
    );
  return (
    <>
      <p>
        {ranked.winners.length === 0
          ? t('decisions.no-winner')
          : ranked.winners.length === 1
            ? t('decisions.winner', { option: nameOf(ranked.winners[0] ?? 0) })
            : t('decisions.tie', { options: ranked.winners.map(nameOf).join(' / ') })}
      </p>
      <Table
        view={view}
        id="rounds"
        caption={t('decisions.rounds')}
        columns={[
          { key: 'option', header: t('decisions.option'), cell: ({ option }) => <Name>{option}</Name> },
          ...ranked.rounds.map((round, at) => ({
            key: `round-${at}`,
            header: t('decisions.round', { n: at + 1 }),
            numeric: true,
            cell: ({ index }: { readonly index: number }) => {
              const count = round.counts[index] ?? null;
              return count === null ? '–' : formatNumber(view, count);
            },
          })),
        ]}
        rows={options.map((option, index) => ({ option, index }))}
      />
    </>
  );
}

/** Under silence nobody need say anything: only breaking it is asked for. */
const offered = (method: DecisionAnswer['method']): readonly Choice[] =>
  method === 'silence' ? ['object', 'agree', 'abstain'] : choices;

function AnswerForm({ view, answer, form }: Props & { readonly form: FormState | undefined }): Child {
  const { t } = view;
  const { own, base, method, options } = answer;
  if (!own.mayAnswer) return null;
  const shown =
    form ??
    blankForm({
      choice: own.choice ?? undefined,
      reason: own.reason ?? '',
      organisation: own.speaksFor[0]?.id ?? '',
      ranking: own.ranking.join(' '),
    });
  return (
    <>
      <h2>{t('decisions.your-answer')}</h2>
      {own.isEntitled ? null : <p class="hint">{t('decisions.observer-hint')}</p>}
      <Form view={view} action={`${base}/answer`} form={shown}>
        {method === 'ranked-choice' ? (
          <TextField
            view={view}
            form={shown}
            name="ranking"
            label={t('decisions.ranking')}
            hint={`${t('decisions.ranking-hint')} ${options.map((option, index) => `${index + 1} = ${option}`).join('; ')}`}
            width="medium"
            code
          />
        ) : (
          <RadiosField
            view={view}
            form={shown}
            name="choice"
            label={t('decisions.position')}
            options={offered(method).map((choice) => ({
              value: choice,
              label: t(
                method === 'silence' && choice === 'object' ? 'decisions.break-silence' : `decisions.choice-${choice}`,
              ),
            }))}
          />
        )}
        <TextareaField
          view={view}
          form={shown}
          name="reason"
          label={t('decisions.reason')}
          hint={t('decisions.reason-hint')}
          rows={3}
          maxLength={2000}
          optional
        />
        {own.speaksFor.length === 0 ? null : (
          <SelectField
            view={view}
            form={shown}
            name="organisation"
            label={t('decisions.for-organisation')}
            options={own.speaksFor.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        <Actions>
          <Button>{t('decisions.answer')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function PositionList({
  view,
  positions,
}: {
  readonly view: View;
  readonly positions: readonly PositionAnswer[];
}): Child {
  const { t } = view;
  return (
    <ul>
      {positions.map(({ name, organisation, choice, reason, answer }) => (
        <li>
          <Name>{organisation ?? name ?? t('papers.former-member')}</Name>
          {organisation === null || name === null ? null : <small class="soft"> ({name})</small>}
          {choice === null ? null : `: ${t(`decisions.choice-${choice}`)}`}
          {reason === null ? null : (
            <>
              {' – '}
              <span dir="auto">{reason}</span>
            </>
          )}
          {answer === null ? null : (
            <p>
              <strong>{t('papers.answer')}</strong> <span dir="auto">{answer}</span>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Positions({ view, answer }: Props): Child {
  const { t } = view;
  const { positions, observers, method } = answer;
  if (method === 'ranked-choice' && answer.stage === 'open')
    return <p>{t('decisions.ballots', { count: answer.spoke })}</p>;
  return (
    <>
      <h2>{t('decisions.said')}</h2>
      {positions.length === 0 ? <p>{t('decisions.nobody-yet')}</p> : <PositionList view={view} positions={positions} />}
      {observers.length === 0 ? null : (
        <>
          <h2>{t('decisions.observers')}</h2>
          <p class="hint">{t('decisions.observers-hint')}</p>
          <PositionList view={view} positions={observers} />
        </>
      )}
    </>
  );
}

function OutcomeForm({ view, answer, form }: Props & { readonly form: FormState | undefined }): Child {
  const { t } = view;
  const { own, stage, outcome, base, positions, unadopted, paper } = answer;
  if (!own.holdsPen || outcome !== null || stage === 'open' || stage === 'withdrawn') return null;
  const objections = positions.filter(
    ({ choice, reason }) => choice === 'object' && (reason !== null || needsReason(answer.method)),
  );
  const shown =
    form ??
    blankForm({
      text: '',
      ...answerValues(unadopted),
      ...Object.fromEntries(objections.map(({ id }) => [`answers.${id}`, ''])),
    });
  const publishes = stage === 'adopted' && paper !== null;
  return (
    <>
      <h2>{t('decisions.tell-outcome')}</h2>
      <Form view={view} action={`${base}/outcome`} form={shown}>
        {publishes ? <p>{t('decisions.publishes-paper')}</p> : null}
        <TextareaField
          view={view}
          form={shown}
          name="text"
          label={t('decisions.outcome-text')}
          hint={t('decisions.outcome-hint')}
          rows={6}
          maxLength={20_000}
        />
        {objections.map(({ id, name, organisation, reason }) => (
          <TextareaField
            view={view}
            form={shown}
            name={`answers.${id}`}
            label={t('decisions.answer-to', { name: organisation ?? name ?? t('papers.former-member') })}
            hint={reason ?? ''}
            rows={2}
            maxLength={2000}
          />
        ))}
        <AnswerFields view={view} form={shown} proposals={unadopted} />
        <Actions>
          <Button>{t(publishes ? 'decisions.publish' : 'decisions.tell')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function Withdrawing({ view, answer }: Props): Child {
  const { t } = view;
  if (!answer.own.holdsPen || answer.stage === 'withdrawn' || answer.outcome !== null) return null;
  // What has been counted is not taken back.
  if (new Date(answer.closesAt) <= view.now) return null;
  const form = blankForm({});
  return (
    <details>
      <summary>{t('decisions.withdraw')}</summary>
      <Form view={view} action={`${answer.base}/withdraw`} form={form}>
        <TextareaField
          view={view}
          form={form}
          name="why"
          label={t('decisions.withdraw-why')}
          rows={2}
          maxLength={2000}
        />
        <Actions>
          <Button kind="danger">{t('decisions.withdraw')}</Button>
        </Actions>
      </Form>
    </details>
  );
}
