import type { Child } from 'hono/jsx';
import { formatNumber } from '../../../ui/format.ts';
import { Actions, blankForm, Button, Form, HiddenField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { Name, Text } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { inquiryCrumbs } from '../inquiries/parts.tsx';
import { StatementText, StatementWords } from '../statement/parts.tsx';
import { choices } from './choice.ts';
import type { VoteAnswer } from './reading.ts';
import { StatementFields } from './statement-fields.tsx';

/** `attempt`: a statement that was refused, with everything typed. */
export function votePage(answer: VoteAnswer, view: View, attempt?: FormState): Page {
  const { t } = view;
  const { inquiry, path } = answer;
  return {
    title: inquiry.question.text,
    breadcrumbs: inquiryCrumbs(view, answer),
    body: (
      <>
        {path.includes('/k/') ? (
          <p class="soft">
            <Text view={view} id="statements.you-vote-as" values={{ name: <Name>{answer.name}</Name> }} />
          </p>
        ) : null}
        {attempt ? null : <Ballot view={view} answer={answer} />}
        <Write view={view} answer={answer} attempt={attempt} />
        {attempt ? null : <Latest view={view} answer={answer} />}
        <Actions>
          <a href={`${inquiry.path}/statements`}>{t('statements.all-statements')}</a>
          <a href={inquiry.path}>{t('statements.about-inquiry')}</a>
        </Actions>
      </>
    ),
  };
}

/** Three equal buttons: none is suggested. */
function Ballot({ view, answer }: { readonly view: View; readonly answer: VoteAnswer }): Child {
  const { t } = view;
  const { statement, choice, path, inquiry } = answer;
  if (!answer.mayVote) return <p class="lead">{t(`statements.no-vote-${reasonOf(answer)}`)}</p>;
  if (statement === null)
    return (
      <>
        <p class="lead">{t(answer.shown === 0 ? 'statements.nothing-yet' : 'statements.voted-on-all')}</p>
        <p>
          <a href={`${inquiry.path}/results`}>{t('statements.see-interim')}</a>
        </p>
      </>
    );
  return (
    <section class="act" aria-labelledby="ballot">
      <h2 id="ballot">{t('statements.statement-number', { number: formatNumber(view, statement.number) })}</h2>
      <StatementText view={view} statement={statement} />
      {choice === null ? null : <p>{t('statements.you-said', { choice: t(`statements.${choice}`) })}</p>}
      <Form view={view} action={`${path}/votes`} form={blankForm()}>
        <HiddenField name="statement" value={String(statement.number)} />
        <Actions>
          {choices.map((each) => (
            <Button kind="secondary" name="vote" value={each}>
              {t(`statements.${each}`)}
            </Button>
          ))}
        </Actions>
      </Form>
      <p class="hint">{t('statements.pass-hint')}</p>
      <p>{t('statements.progress', { voted: formatNumber(view, answer.voted), count: answer.shown })}</p>
    </section>
  );
}

function reasonOf({ inquiry }: VoteAnswer): 'collecting' | 'over' | 'closed' | 'not-eligible' | 'draft' {
  return inquiry.phase === 'voting' ? 'not-eligible' : inquiry.phase;
}

function Write(props: {
  readonly view: View;
  readonly answer: VoteAnswer;
  readonly attempt: FormState | undefined;
}): Child {
  const { view, answer, attempt } = props;
  const { t } = view;
  if (!answer.maySubmit) return null;
  if (answer.statementsLeft === 0 && !attempt)
    return (
      <>
        <h2>{t('statements.write-one')}</h2>
        <p>{t('statements.no-more-statements')}</p>
      </>
    );
  const language = answer.languages.includes(view.locale) ? view.locale : (answer.languages[0] ?? '');
  const form = attempt ?? blankForm({ language, namesPerson: [] });
  return (
    <>
      <h2>{t('statements.write-one')}</h2>
      <p>{t('statements.write-lead', { count: answer.statementsLeft })}</p>
      <Form view={view} action={`${answer.path}/statements`} form={form}>
        <StatementFields view={view} form={form} languages={answer.languages} />
        <Actions>
          <Button kind="secondary">{t('statements.submit')}</Button>
        </Actions>
      </Form>
    </>
  );
}

function Latest({ view, answer }: { readonly view: View; readonly answer: VoteAnswer }): Child {
  const { t } = view;
  if (answer.latest.length === 0) return null;
  return (
    <>
      <h2>{t('statements.your-last-votes')}</h2>
      <ul>
        {answer.latest.map(({ statement, choice }) => (
          <li>
            <StatementWords view={view} statement={statement} />
            <br />
            <strong>{t(`statements.${choice}`)}</strong>{' '}
            {answer.mayVote ? (
              <a href={`${answer.votePath}?statement=${statement.number}`}>
                {t('statements.change-vote')}
                <span class="hidden">
                  {' '}
                  {t('statements.statement-number', { number: formatNumber(view, statement.number) })}
                </span>
              </a>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
