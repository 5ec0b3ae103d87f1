/** One proposal with who stands where; and taking several up in words that join them. */
import type { Child } from 'hono/jsx';
import { compareTexts } from '../../text/comparison.ts';
import { longestClause } from '../../text/event.ts';
import { Comparison } from '../../ui/comparison.tsx';
import {
  Actions,
  blankForm,
  Button,
  ButtonForm,
  CheckboxesField,
  Form,
  HiddenField,
  RadiosField,
  TextareaField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Facts, Notice } from '../../ui/parts.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { JoinAnswer, ProposalPageAnswer } from './answers.ts';
import { HeldNotice, nameOfAuthor, OnBehalfField, otherLanguage, paperCrumbs, Proposal } from './parts.tsx';
import { noReason } from './wording.ts';

interface ProposalForms {
  readonly position: FormState;
  readonly settle: FormState;
}

export const blankProposalForms: ProposalForms = {
  position: blankForm({ position: 'support', onBehalfOf: '' }),
  settle: blankForm({ how: 'declined' }),
};

export function proposalPage(answer: ProposalPageAnswer, view: View, forms: ProposalForms = blankProposalForms): Page {
  const { t } = view;
  const { proposal, network, own, clausePath, positions, paper } = answer;
  const { path, status } = proposal;
  const isPending = status === 'open' || status === 'parked';
  return {
    title: t(`papers.op-${proposal.op}`, { label: proposal.label }),
    breadcrumbs: [...paperCrumbs(answer), { path: clausePath, label: t('papers.proposals') }],
    body: (
      <>
        <HeldNotice view={view} paper={paper} />
        <Proposal view={view} network={network} proposal={proposal} language={paper.title.language} isLinked={false} />
        {positions.length === 0 ? null : (
          <ul>
            {positions.map(({ author, position, reason }) => (
              <li>
                <Name>{nameOfAuthor(view, network, author)}</Name>: {t(`papers.position-${position}`)}
                {reason === null || reason === noReason ? null : (
                  <>
                    {' – '}
                    <span dir="auto">{reason}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        {own.mayContribute && isPending ? (
          <>
            <h2>{t('papers.your-position')}</h2>
            <Form view={view} action={`${path}/position`} form={forms.position}>
              <RadiosField
                view={view}
                form={forms.position}
                name="position"
                label={t('papers.position')}
                options={(['support', 'flexible', 'reserve', 'object'] as const).map((position) => ({
                  value: position,
                  label: t(`papers.position-${position}`),
                }))}
              />
              <TextareaField
                view={view}
                form={forms.position}
                name="reason"
                label={t('papers.why')}
                hint={t('papers.why-hint')}
                rows={3}
                maxLength={2000}
                optional
              />
              <OnBehalfField view={view} form={forms.position} speaksFor={own.speaksFor} />
              <Actions>
                <Button kind={own.holdsPen ? 'secondary' : 'primary'}>{t('papers.say-so')}</Button>
              </Actions>
            </Form>
            {own.isProposer ? (
              <ButtonForm view={view} action={`${path}/withdraw`} label={t('papers.withdraw')} />
            ) : null}
            {status === 'parked' ? (
              <ButtonForm view={view} action={`${path}/resume`} label={t('papers.resume')} />
            ) : null}
          </>
        ) : null}
        <Settle view={view} answer={answer} form={forms.settle} isPending={isPending} />
      </>
    ),
  };
}

function Settle(props: {
  readonly view: View;
  readonly answer: ProposalPageAnswer;
  readonly form: FormState;
  readonly isPending: boolean;
}): Child {
  const { view, answer, form, isPending } = props;
  const { t } = view;
  const { proposal, own, clausePath } = answer;
  if (!isPending || !own.mayContribute || (!own.holdsPen && !own.mayTakeUp)) return null;
  return (
    <>
      <h2>{t('papers.settle')}</h2>
      {own.mayTakeUp ? (
        <Actions>
          <a class="button" href={`${clausePath}/join?proposals=${proposal.id}`}>
            {t('papers.take-up')}
          </a>
        </Actions>
      ) : null}
      {own.holdsPen ? (
        <Form view={view} action={`${proposal.path}/set-aside`} form={form}>
          <RadiosField
            view={view}
            form={form}
            name="how"
            label={t('papers.not-taken-up')}
            options={[
              { value: 'declined', label: t('papers.decline') },
              { value: 'parked', label: t('papers.park') },
            ]}
          />
          <TextareaField
            view={view}
            form={form}
            name="answer"
            label={t('papers.reason-for-proposer')}
            rows={3}
            maxLength={2000}
          />
          <Actions>
            <Button kind="secondary">{t('papers.set-aside')}</Button>
          </Actions>
        </Form>
      ) : null}
    </>
  );
}

/** `since`: how the clause read when the person began to write; what others made of it meanwhile stands beside her words. */
export function joinPage(answer: JoinAnswer, view: View, form: FormState, since?: string): Page {
  const { t } = view;
  const { network, proposals, clausePath, conflicts, current, paper } = answer;
  const { language } = paper.title;
  const needsText = proposals.some(({ id, op }) => answer.chosen.includes(id) && (op === 'change' || op === 'add'));
  return {
    title: t('papers.join'),
    breadcrumbs: [...paperCrumbs(answer), { path: clausePath, label: t('papers.proposals') }],
    body: (
      <>
        {since === undefined || current === null ? null : (
          <Notice tone="warn" title={t('papers.changed-meanwhile')}>
            <div lang={otherLanguage(view, language)}>
              <Comparison view={view} pieces={compareTexts(since, current)} />
            </div>
          </Notice>
        )}
        {current === null ? null : (
          <Facts
            facts={[
              {
                label: t('papers.current-text'),
                value: (
                  <span lang={otherLanguage(view, language)} dir="auto">
                    {current}
                  </span>
                ),
              },
            ]}
          />
        )}
        {conflicts.length === 0 ? null : (
          <Notice tone="warn" title={t('papers.conflicts')}>
            <ul>
              {conflicts.map((conflict) => (
                <li lang={otherLanguage(view, language)}>
                  <bdi>{conflict.current.trim() || '∅'}</bdi> / <bdi>{conflict.proposed.trim() || '∅'}</bdi>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <Form view={view} action={`${clausePath}/join`} form={form}>
          {answer.version === null ? null : (
            <HiddenField name="base" value={String(form.values['base'] ?? answer.version)} />
          )}
          <CheckboxesField
            view={view}
            form={form}
            name="proposals"
            label={t('papers.which-proposals')}
            options={proposals.map(({ id, label, op, author, text }) => ({
              value: id,
              label: `${t(`papers.op-${op}`, { label })} – ${nameOfAuthor(view, network, author)}`,
              ...(text !== null && { hint: text }),
            }))}
          />
          {needsText || form.values['text'] !== undefined ? (
            <TextareaField
              view={view}
              form={form}
              name="text"
              label={t('papers.as-it-reads-from-now')}
              hint={t('papers.joined-hint')}
              rows={8}
              maxLength={longestClause}
              optional={!needsText}
            />
          ) : null}
          <TextareaField
            view={view}
            form={form}
            name="reason"
            label={t('papers.why')}
            rows={2}
            maxLength={2000}
            optional
          />
          <Actions>
            <Button>{t('papers.take-up')}</Button>
            <a href={clausePath}>{t('papers.back')}</a>
          </Actions>
        </Form>
      </>
    ),
  };
}
