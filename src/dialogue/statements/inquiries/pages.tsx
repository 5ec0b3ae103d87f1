import type { Child } from 'hono/jsx';
import { networkCrumbs, NetworkRooms, type NetworkFacts } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate, formatInstant, formatList, formatNumber } from '../../../ui/format.ts';
import { Actions, Button, ButtonForm, Form, HiddenField, TextareaField, type FormState } from '../../../ui/forms.tsx';
import type { Page } from '../../../ui/layout.tsx';
import { isLocale, languageNames, locales } from '../../../ui/locales.ts';
import { Facts, Notice, Pager, type Fact } from '../../../ui/parts.tsx';
import { Name } from '../../../ui/text.tsx';
import type { View } from '../../../ui/view.ts';
import { Paragraphs, Words } from '../../programme/parts.tsx';
import type { Said } from '../../texts.ts';
import { nameOfLanguage } from '../statement/parts.tsx';
import type { InquirySummary } from './answers.ts';
import { InquiryFields } from './form.tsx';
import { inquiryCrumbs, PhaseStatus } from './parts.tsx';
import type { FrameAnswer, InquiryAnswer } from './reading.ts';

export interface InquiriesAnswer {
  readonly network: NetworkFacts;
  readonly space: { readonly path: string; readonly slug: string; readonly title: Said } | null;
  readonly inquiries: readonly InquirySummary[];
  readonly drafts: readonly InquirySummary[];
  readonly next: string | null;
  readonly mayDraft: boolean;
}

export function inquiriesPage(answer: InquiriesAnswer, view: View): Page {
  const { t } = view;
  const { network, space } = answer;
  return {
    title: t('statements.inquiries'),
    breadcrumbs: [...networkCrumbs(network), ...(space ? [{ path: space.path, label: space.title.text }] : [])],
    body: (
      <>
        <NetworkRooms view={view} network={network} />
        <p class="lead">{t('statements.inquiries-lead')}</p>
        {answer.mayDraft && space ? (
          <Actions>
            <a class="button" href={`${space.path}/inquiries/new`}>
              {t('statements.new-inquiry')}
            </a>
          </Actions>
        ) : null}
        {answer.inquiries.length === 0 ? <p>{t('statements.no-inquiry')}</p> : null}
        <InquiryList view={view} inquiries={answer.inquiries} />
        <Pager view={view} query="after" next={answer.next ?? undefined} />
        {answer.drafts.length === 0 ? null : (
          <>
            <h2>{t('programme.drafts')}</h2>
            <InquiryList view={view} inquiries={answer.drafts} level={3} />
          </>
        )}
      </>
    ),
  };
}

function InquiryList(props: {
  readonly view: View;
  readonly inquiries: readonly InquirySummary[];
  readonly level?: 2 | 3;
}): Child {
  const { view, inquiries } = props;
  const Heading = props.level === 3 ? 'h3' : 'h2';
  return inquiries.map((inquiry) => (
    <article class="act">
      <Heading>
        <a href={inquiry.path}>
          <Words view={view} said={inquiry.question} />
        </a>
      </Heading>
      <p>
        <PhaseStatus view={view} inquiry={inquiry} />
      </p>
    </article>
  ));
}

export function inquiryPage(answer: InquiryAnswer, view: View): Page {
  const { t } = view;
  const { inquiry } = answer;
  return {
    title: inquiry.question.text,
    breadcrumbs: inquiryCrumbs(view, answer, true),
    body: (
      <>
        {inquiry.phase === 'draft' ? (
          <Notice>
            <p>{t('statements.is-draft')}</p>
          </Notice>
        ) : null}
        {inquiry.phase === 'over' ? (
          <Notice tone="warn">
            <p>{t('statements.is-over')}</p>
          </Notice>
        ) : null}
        <Paragraphs view={view} said={answer.introduction} />
        <TakingPart view={view} answer={answer} />
        <Outcome view={view} answer={answer} />
        <Facts facts={factsOf(view, answer)} />
        <Convening view={view} answer={answer} />
      </>
    ),
  };
}

/** What this reader can do now, first. */
function TakingPart({ view, answer }: { readonly view: View; readonly answer: InquiryAnswer }): Child {
  const { t } = view;
  const { inquiry, own, network } = answer;
  const isRunning = inquiry.phase === 'voting' || inquiry.phase === 'collecting';
  const left = answer.statements.shown - own.votes;
  const isMissing = isRunning && !own.mayVote;
  return (
    <>
      <Actions>
        {own.mayVote && isRunning ? (
          <a class="button" href={`${inquiry.path}/vote`}>
            {t(
              inquiry.phase === 'collecting'
                ? 'statements.write-one'
                : own.votes > 0 && left > 0
                  ? 'statements.go-on-voting'
                  : 'statements.vote',
            )}
          </a>
        ) : null}
        {answer.hasResult === 'none' ? null : (
          <a href={`${inquiry.path}/results`}>
            {t(answer.hasResult === 'final' ? 'statements.see-result' : 'statements.see-interim')}
          </a>
        )}
        <a href={`${inquiry.path}/statements`}>{t('statements.all-statements')}</a>
        <a href={`${inquiry.path}/moderation`}>{t('statements.log')}</a>
      </Actions>
      {isMissing && view.viewer.account === undefined ? (
        <p>
          <a href={`/sign-in?next=${encodeURIComponent(inquiry.path)}`}>{t('statements.sign-in-to-vote')}</a>
          {' · '}
          <a href={`/p/${network.slug}/join`}>{t('members.join')}</a>
        </p>
      ) : null}
      {isMissing && view.viewer.account !== undefined ? (
        <p>
          {own.isMember ? t(`statements.not-among-${inquiry.voters}`) : t('statements.members-vote')}{' '}
          {own.isMember ? null : <a href={`/p/${network.slug}/join`}>{t('members.join')}</a>}
        </p>
      ) : null}
    </>
  );
}

function Outcome({ view, answer }: { readonly view: View; readonly answer: InquiryAnswer }): Child {
  const { t } = view;
  if (answer.closedAt === null) return null;
  return (
    <>
      <h2>{t('statements.outcome')}</h2>
      <Paragraphs view={view} said={answer.outcome} />
      <p class="soft">
        {t('statements.closed-by', {
          name: answer.closedBy ?? '',
          date: formatInstant(view, new Date(answer.closedAt)),
        })}
      </p>
    </>
  );
}

function factsOf(view: View, answer: InquiryAnswer): readonly Fact[] {
  const { t } = view;
  const { inquiry, space, session } = answer;
  return [
    { label: t('programme.state'), value: <PhaseStatus view={view} inquiry={inquiry} /> },
    {
      label: t('statements.asked-in'),
      value: (
        <>
          <a href={space.path}>
            <Words view={view} said={space.title} />
          </a>
          {session === null ? null : (
            <>
              <br />
              <a href={session.path}>
                <Words view={view} said={session.title} />
              </a>
            </>
          )}
        </>
      ),
    },
    { label: t('statements.statements'), value: formatNumber(view, answer.statements.shown) },
    {
      label: t('statements.have-voted'),
      value:
        answer.voted === null
          ? t('statements.fewer-than-five')
          : t('statements.of-those-who-may', { count: answer.voted, all: formatNumber(view, answer.mayVoteCount) }),
    },
    { label: t('statements.who-votes'), value: t(`statements.voters-${inquiry.voters}`) },
    {
      label: t('statements.voting-days'),
      value: t('statements.from-to', {
        from: formatDate(view, inquiry.votesFrom as PlainDate),
        to: formatDate(view, inquiry.closesOn as PlainDate),
        zone: inquiry.timeZone.replaceAll('_', ' '),
      }),
    },
    { label: t('statements.languages'), value: formatList(view, answer.languages.map(nameOfLanguage)) },
    { label: t('statements.moderation'), value: t(`statements.moderation-${answer.moderation}`) },
    ...(answer.isChathamHouse ? [{ label: t('programme.rule'), value: t('statements.chatham') }] : []),
  ];
}

function Convening({ view, answer }: { readonly view: View; readonly answer: InquiryAnswer }): Child {
  const { t } = view;
  const { inquiry } = answer;
  if (!answer.mayConvene || inquiry.phase === 'closed') return null;
  const isOpen = inquiry.phase !== 'draft';
  return (
    <>
      <h2>{t('statements.convening')}</h2>
      {answer.statements.held > 0 ? (
        <p>
          <a href={`${inquiry.path}/moderation`}>{t('statements.held-waiting', { count: answer.statements.held })}</a>
        </p>
      ) : null}
      <Actions>
        {isOpen ? null : (
          <ButtonForm view={view} action={`${inquiry.path}/open`} kind="primary" label={t('statements.open')} />
        )}
        {isOpen && inquiry.phase !== 'over' ? (
          <ButtonForm view={view} action={`${inquiry.path}/ask`} label={t('statements.ask-by-mail')} />
        ) : null}
        <a href={`${inquiry.path}/edit`}>{t('programme.edit')}</a>
        {isOpen ? <a href={`${inquiry.path}/close`}>{t('statements.close')}</a> : null}
      </Actions>
      {isOpen ? <p class="hint">{t('statements.ask-hint')}</p> : null}
    </>
  );
}

export interface InquiryFormAnswer {
  readonly network: NetworkFacts;
  readonly space: { readonly path: string; readonly slug: string; readonly title: Said };
  readonly session: string | null;
  /** Null: a new one. */
  readonly path: string | null;
  readonly question: string | null;
  readonly language: string;
  readonly timeZone: string;
}

export function inquiryFormPage(answer: InquiryFormAnswer, view: View, form: FormState): Page {
  const { t } = view;
  const { network, space, path } = answer;
  const others = locales.filter((locale) => locale !== answer.language);
  return {
    title: t(path === null ? 'statements.new-inquiry' : 'statements.edit-inquiry'),
    breadcrumbs: [
      ...networkCrumbs(network),
      { path: space.path, label: space.title.text },
      ...(path === null ? [] : [{ path, label: answer.question ?? '' }]),
    ],
    body: (
      <>
        {path === null ? null : (
          <p class="hint">
            {t('programme.text-language')}:{' '}
            {isLocale(answer.language) ? languageNames[answer.language] : answer.language}
            {others.map((locale) => (
              <>
                {' · '}
                <a href={`${path}/edit?in=${locale}`} lang={locale}>
                  <Name>{languageNames[locale]}</Name>
                </a>
              </>
            ))}
          </p>
        )}
        <Form view={view} action={path === null ? `${space.path}/inquiries` : `${path}/edit`} form={form}>
          {path === null ? (
            answer.session === null ? null : (
              <HiddenField name="session" value={answer.session} />
            )
          ) : (
            <HiddenField name="base" value={String(form.values['base'] ?? '')} />
          )}
          <InquiryFields view={view} form={form} isNew={path === null} timeZone={answer.timeZone} />
          <Actions>
            <Button>{t('programme.save')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}

export function closePage(answer: FrameAnswer, view: View, form: FormState): Page {
  const { t } = view;
  return {
    title: t('statements.close'),
    breadcrumbs: inquiryCrumbs(view, answer),
    body: (
      <>
        <p class="lead">{t('statements.close-lead')}</p>
        <Form view={view} action={`${answer.inquiry.path}/close`} form={form}>
          <HiddenField name="language" value={view.locale} />
          <TextareaField
            view={view}
            form={form}
            name="outcome"
            label={t('statements.outcome')}
            hint={t('statements.outcome-hint')}
            rows={5}
            maxLength={5000}
            optional
          />
          <Actions>
            <Button kind="danger">{t('statements.close-now')}</Button>
          </Actions>
        </Form>
      </>
    ),
  };
}
