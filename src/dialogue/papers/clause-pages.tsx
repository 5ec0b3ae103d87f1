/** One clause with its proposals, and proposing. One thing on a page, so that each works on a small screen and without a script. */
import type { Child } from 'hono/jsx';
import { Comparison } from '../../ui/comparison.tsx';
import { Actions, Button, Form, HiddenField, SelectField, TextareaField, type FormState } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Status, Timeline } from '../../ui/parts.tsx';
import { Name } from '../../ui/text.tsx';
import type { View } from '../../ui/view.ts';
import type { ClausePageAnswer } from './answers.ts';
import { clauseKinds, longestClause } from '../../text/event.ts';
import { HeldNotice, nameOfAuthor, OnBehalfField, otherLanguage, paperCrumbs, Proposal } from './parts.tsx';

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

type ProposeOp = 'change' | 'add' | 'delete' | 'keep';

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
