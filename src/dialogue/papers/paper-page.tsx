/** The paper as it stands: its words, whose they are, what they refer to, who signed. */
import type { Child } from 'hono/jsx';
import { formatInstant, formatList } from '../../ui/format.ts';
import { Actions, ButtonForm } from '../../ui/forms.tsx';
import type { Page } from '../../ui/layout.tsx';
import { Code, Facts } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import type { ClauseAnswer, PaperAnswer } from './answers.ts';
import { Credit } from './credit-part.tsx';
import { startOfText } from './names.ts';
import { directionOfText, HeldNotice, nameOfAuthor, otherLanguage, PaperState, spaceCrumbsOf } from './parts.tsx';
import { Signatories, Signing } from './signatories.tsx';

interface Props {
  readonly view: View;
  readonly answer: PaperAnswer;
}

export function paperPage(answer: PaperAnswer, view: View): Page {
  const { t } = view;
  const { paper } = answer;
  return {
    title: paper.title.text,
    breadcrumbs: spaceCrumbsOf(answer),
    body: (
      <>
        <p>
          {t(`papers.kind-${paper.kind}`)} <PaperState view={view} paper={paper} />
        </p>
        <HeldNotice view={view} paper={paper} />
        <Standing view={view} answer={answer} />
        <Signing view={view} answer={answer} />
        <Start view={view} answer={answer} />
        <div class="paper" lang={otherLanguage(view, paper.title.language)} dir={directionOfText(paper.title.language)}>
          {answer.clauses.map((clause) => (
            <Clause view={view} answer={answer} clause={clause} />
          ))}
        </div>
        <References view={view} answer={answer} />
        <Signatories view={view} answer={answer} />
        <Credit view={view} answer={answer} />
        <TakeAlong view={view} answer={answer} />
        <Steps view={view} answer={answer} />
      </>
    ),
  };
}

function Standing({ view, answer }: Props): Child {
  const { t } = view;
  const { paper, settling, own } = answer;
  if (paper.state === 'published')
    return (
      <Facts
        facts={[
          ...(paper.publishedAt === null
            ? []
            : [{ label: t('papers.published-at'), value: formatInstant(view, new Date(paper.publishedAt)) }]),
          ...(answer.sha256 === null ? [] : [{ label: t('papers.sha256'), value: <Code>{answer.sha256}</Code> }]),
          ...(paper.act === null ? [] : [{ label: t('papers.act'), value: <Code>{paper.act}</Code> }]),
        ]}
      />
    );
  if (paper.state === 'signing') return null;
  return (
    <>
      <p>
        {settling.by === 'editors'
          ? t('papers.settled-by-editors')
          : t('papers.settled-by-support', { count: settling.supporters, most: settling.objectionsAtMost })}
      </p>
      {own.mayContribute ? <p class="hint">{t('papers.how-to-propose')}</p> : null}
    </>
  );
}

/** Before the first clause something can be proposed too. */
function Start({ view, answer }: Props): Child {
  const { t } = view;
  const { additionsAtStart, base, own } = answer;
  if (additionsAtStart === 0 && !own.mayContribute) return null;
  const path = `${base}/clauses/${startOfText}`;
  return (
    <p class="clause-line">
      {additionsAtStart > 0 ? (
        <a href={path}>{t('papers.addition-count', { count: additionsAtStart })}</a>
      ) : (
        <a href={`${path}/propose?op=add`}>{t('papers.add-first')}</a>
      )}
    </p>
  );
}

function Clause({ view, answer, clause }: Props & { readonly clause: ClauseAnswer }): Child {
  const { t } = view;
  const { network, paper, base, own } = answer;
  const isOpen = paper.state === 'open';
  const mark = isOpen ? clause.label : clause.number === null ? '' : `${clause.number}.`;
  const path = `${base}/clauses/${clause.id}`;
  const words = clause.pieces.map((piece) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      <a class="cited" href={`#reference-${piece.reference}`}>
        [{piece.reference}]
      </a>
    ),
  );
  const authors = formatList(
    view,
    clause.authors.map((author) => nameOfAuthor(view, network, author)),
  );
  return (
    <section class={`clause ${clause.kind}`} id={`clause-${clause.id}`}>
      <span class="mark soft">{mark}</span>
      {clause.kind === 'heading' ? <h2 dir="auto">{words}</h2> : <p dir="auto">{words}</p>}
      <p class="clause-line" lang={view.locale} dir={view.direction}>
        {answer.credit.length > 1 ? <small class="soft">{t('papers.words-of', { names: authors })}</small> : null}
        {isOpen ? (
          <>
            {' '}
            <a href={path}>
              {clause.open > 0
                ? t('papers.proposal-count', { count: clause.open })
                : own.mayContribute
                  ? t('papers.propose-here')
                  : t('papers.look')}
              <span class="hidden"> {clause.label}</span>
            </a>
          </>
        ) : null}
        {isOpen && clause.additions > 0 ? (
          <>
            {' · '}
            <a href={path}>{t('papers.addition-count', { count: clause.additions })}</a>
          </>
        ) : null}
      </p>
    </section>
  );
}

function References({ view, answer }: Props): Child {
  if (answer.references.length === 0) return null;
  return (
    <>
      <h2>{view.t('papers.references')}</h2>
      <ol class="references">
        {answer.references.map(({ text, link }, index) => (
          <li id={`reference-${index + 1}`}>
            <span dir="auto">
              {link === null ? (
                text
              ) : (
                <>
                  {text.endsWith(link) ? text.slice(0, -link.length) : `${text} `}
                  <a href={link} rel="nofollow" dir="ltr">
                    {link}
                  </a>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function TakeAlong({ view, answer }: Props): Child {
  const { t } = view;
  const { path } = answer.paper;
  return (
    <p class="downloads">
      {t('papers.take-along')} <a href={`${path}/download/txt`}>{t('papers.plain-text')}</a>{' '}
      <a href={`${path}/download/md`}>Markdown</a> <a href={`${path}/download/html`}>HTML</a>{' '}
      <a href={`/api${path}`}>JSON</a>
    </p>
  );
}

function Steps({ view, answer }: Props): Child {
  const { t } = view;
  const { paper, own, space, base, revision } = answer;
  const slug = paper.path.split('/').at(-1) ?? '';
  const isFree = paper.state === 'open' && paper.heldBy === null;
  return (
    <Actions>
      {revision > 0 ? <a href={`${base}/compare`}>{t('papers.compare')}</a> : null}
      {own.holdsPen && isFree && paper.kind === 'joint-statement' ? (
        <a class="button secondary" href={`${paper.path}/signing`}>
          {t('papers.open-for-signatures')}
        </a>
      ) : null}
      {own.holdsPen && isFree ? (
        <a class="button secondary" href={`${space.path}/decisions/new?paper=${slug}`}>
          {t('papers.put-to-decision')}
        </a>
      ) : null}
      {own.holdsPen && paper.state !== 'published' ? (
        <ButtonForm view={view} action={`${paper.path}/send`} label={t('papers.send-round')} />
      ) : null}
      {answer.network.isSecretariat && paper.state === 'signing' ? (
        <a href={`${paper.path}/signatures/record`}>{t('papers.record-signature')}</a>
      ) : null}
    </Actions>
  );
}
