/** One clause with its proposals; proposing; taking up; one proposal. One thing on a page, so that each works on a small screen and without a script. */
import type { Child } from 'hono/jsx';
import { compareTexts } from '../../text/comparison.ts';
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
  SelectField,
  TextareaField,
  type FormState,
} from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Facts, Notice, Status, Timeline } from '../../ui/parts.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { ClausePageAnswer, JoinAnswer, ProposalPageAnswer } from './answers.ts';
import { clauseKinds, longestClause } from '../../text/event.ts';
import { HeldNotice, nameOfAuthor, OnBehalfField, paperCrumbs, Proposal } from './parts.tsx';
import { noReason } from './wording.ts';

const otherLanguage = (view: View, language: string): string | undefined =>
  language === view.locale ? undefined : language;

export function clausePage(answer: ClausePageAnswer, view: View): Page {
  const { t } = view;
  const { clause, proposals, own, path, network, paper } = answer;
  const { language } = paper.title;
  const open = proposals.filter(({ status }) => status === 'open');
  return {
    title: clause ? t('papers.clause', { label: clause.label }) : t('papers.start-of-text'),
    breadcrumbs: paperCrumbs(answer),
    body: (
      <>
        <HeldNotice view={view} paper={paper} />
        {clause === null ? null : clause.text === null ? (
          <p>{t('papers.struck')}</p>
        ) : (
          <blockquote lang={otherLanguage(view, language)} dir="auto" class="words">
            {clause.text}
          </blockquote>
        )}
        {clause !== null && clause.marking !== 'open' ? (
          <p>
            <Status tone="good">{t(`papers.marking-${clause.marking}`)}</Status>
          </p>
        ) : null}
        {own.mayContribute ? (
          <Actions>
            {clause === null || clause.text === null ? null : (
              <>
                <a class="button" href={`${path}/propose?op=change`}>
                  {t('papers.propose-change')}
                </a>
                <a href={`${path}/propose?op=delete`}>{t('papers.propose-delete')}</a>
                <a href={`${path}/propose?op=keep`}>{t('papers.propose-keep')}</a>
              </>
            )}
            <a href={`${path}/propose?op=add`}>{t('papers.propose-add')}</a>
          </Actions>
        ) : null}
        <h2>{t('papers.proposals')}</h2>
        {proposals.length === 0 ? <p>{t('papers.no-proposal')}</p> : null}
        {proposals.map((proposal) => (
          <Proposal view={view} network={network} proposal={proposal} language={language} isLinked />
        ))}
        {own.holdsPen && own.mayContribute && open.length > 0 ? (
          <Actions>
            <a class="button secondary" href={`${path}/join?${open.map(({ id }) => `proposals=${id}`).join('&')}`}>
              {t('papers.join')}
            </a>
          </Actions>
        ) : null}
        <Versions view={view} answer={answer} />
      </>
    ),
  };
}

function Versions({ view, answer }: { readonly view: View; readonly answer: ClausePageAnswer }): Child {
  const { t } = view;
  const { versions, network, paper } = answer;
  if (versions.length < 2) return null;
  return (
    <>
      <h2>{t('papers.versions')}</h2>
      <Timeline
        view={view}
        entries={versions.map(({ at, author, proposals, comparison }) => ({
          at: new Date(at),
          title: (
            <>
              <Name>{nameOfAuthor(view, network, author)}</Name>
              {proposals.length === 0 ? null : ` ← ${proposals.join(', ')}`}
            </>
          ),
          children: (
            <div lang={otherLanguage(view, paper.title.language)}>
              <Comparison view={view} pieces={comparison} />
            </div>
          ),
        }))}
      />
    </>
  );
}

export type ProposeOp = 'change' | 'add' | 'delete' | 'keep';

export function proposePage(answer: ClausePageAnswer, view: View, op: ProposeOp, form: FormState): Page {
  const { t } = view;
  const { clause, paper, path, own } = answer;
  const withText = op === 'change' || op === 'add';
  return {
    title: t(`papers.propose-${op}`),
    breadcrumbs: [
      ...paperCrumbs(answer),
      { path, label: clause ? t('papers.clause', { label: clause.label }) : t('papers.start-of-text') },
    ],
    body: (
      <>
        {clause?.text == null || op === 'change' ? null : (
          <blockquote lang={otherLanguage(view, paper.title.language)} dir="auto" class="words">
            {clause.text}
          </blockquote>
        )}
        <Form view={view} action={`${path}/propose`} form={form}>
          <HiddenField name="op" value={op} />
          {op === 'change' ? (
            <HiddenField name="version" value={String(form.values['version'] ?? clause?.version ?? 0)} />
          ) : null}
          {op === 'add' ? (
            <SelectField
              view={view}
              form={form}
              name="kind"
              label={t('papers.clause-kind')}
              options={clauseKinds.map((kind) => ({ value: kind, label: t(`papers.clause-kind-${kind}`) }))}
            />
          ) : null}
          {withText ? (
            <TextareaField
              view={view}
              form={form}
              name="text"
              label={t(op === 'change' ? 'papers.as-it-should-read' : 'papers.new-clause')}
              hint={t('papers.references-hint')}
              rows={8}
              maxLength={longestClause}
            />
          ) : null}
          <TextareaField view={view} form={form} name="reason" label={t('papers.why')} rows={3} maxLength={2000} />
          <OnBehalfField view={view} form={form} speaksFor={own.speaksFor} />
          <Actions>
            <Button>{t('papers.propose')}</Button>
            <a href={path}>{t('papers.back')}</a>
          </Actions>
        </Form>
      </>
    ),
  };
}

export interface ProposalForms {
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
