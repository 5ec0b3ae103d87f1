/** Pieces that the pages of papers share. */
import type { Child } from 'hono/jsx';
import type { NetworkFacts } from '../../network/members/section.tsx';
import { networkCrumbs } from '../../network/members/section.tsx';
import type { Page } from '../../ui/layout.tsx';
import type { FormState, Option } from '../../ui/forms.tsx';
import { SelectField } from '../../ui/forms.tsx';
import { Comparison } from '../../ui/comparison.tsx';
import { Notice, Status, type Tone } from '../../ui/parts.tsx';
import { Text } from '../../ui/text.tsx';
import { directionOf, isLocale } from '../../ui/locales.ts';
import type { View } from '../../ui/view.ts';
import { formatInstant } from '../../ui/format.ts';
import type { Said } from '../texts.ts';
import type { AuthorAnswer, PaperSummary, ProposalAnswer } from './answers.ts';
import { nameOfAuthorIn, noReason } from './wording.ts';

interface Placed {
  readonly network: NetworkFacts;
  readonly space: { readonly title: Said; readonly path: string };
  readonly base: string;
  readonly paper: PaperSummary;
}

/** For `lang`: only where it is not the page's own. */
export const otherLanguage = (view: View, language: string): string | undefined =>
  language === view.locale ? undefined : language;

/** Of a text in another language than the page's: its clauses, and the numbers beside them, run its own way. */
export const directionOfText = (language: string): 'ltr' | 'rtl' | undefined => {
  const [base = ''] = language.split('-');
  return isLocale(base) ? directionOf(base) : undefined;
};

export const spaceCrumbsOf = ({
  network,
  space,
}: Pick<Placed, 'network' | 'space'>): NonNullable<Page['breadcrumbs']> => [
  ...networkCrumbs(network),
  { path: space.path, label: space.title.text },
];

export const paperCrumbs = (placed: Placed): NonNullable<Page['breadcrumbs']> => [
  ...spaceCrumbsOf(placed),
  { path: placed.base, label: placed.paper.title.text },
];

export const nameOfAuthor = (view: View, network: NetworkFacts, author: AuthorAnswer): string =>
  nameOfAuthorIn(view.t, network.name, author);

const stateTones: Readonly<Record<PaperSummary['state'], Tone>> = {
  open: 'active',
  signing: 'waiting',
  published: 'good',
};

export function PaperState({ view, paper }: { readonly view: View; readonly paper: PaperSummary }): Child {
  return <Status tone={stateTones[paper.state]}>{view.t(`papers.state-${paper.state}`)}</Status>;
}

/** Why nothing can be changed now. */
export function HeldNotice({ view, paper }: { readonly view: View; readonly paper: PaperSummary }): Child {
  if (paper.heldBy === null) return null;
  return (
    <Notice tone="warn">
      <p>
        <Text
          view={view}
          id="papers.held"
          values={{ decision: <a href={paper.heldBy}>{view.t('papers.the-decision')}</a> }}
        />
      </p>
    </Notice>
  );
}

const statusTones: Readonly<Record<ProposalAnswer['status'], Tone>> = {
  open: 'active',
  parked: 'waiting',
  'taken-up': 'good',
  merged: 'good',
  declined: 'ended',
  withdrawn: 'ended',
  fallen: 'ended',
};

export function Proposal(props: {
  readonly view: View;
  readonly network: NetworkFacts;
  readonly proposal: ProposalAnswer;
  readonly language: string;
  /** In a list, with a heading that leads to its page; that page is called so itself. */
  readonly isLinked: boolean;
}): Child {
  const { view, network, proposal, language, isLinked } = props;
  const { t } = view;
  const heading = t(`papers.op-${proposal.op}`, { label: proposal.label });
  return (
    <article class="act">
      {isLinked ? (
        <h3>
          <a href={proposal.path}>{heading}</a>
        </h3>
      ) : null}
      <p>
        <Status tone={statusTones[proposal.status]}>{t(`papers.status-${proposal.status}`)}</Status>{' '}
        <small class="soft">
          {t('papers.proposed-by', {
            name: nameOfAuthor(view, network, proposal.author),
            time: formatInstant(view, new Date(proposal.at)),
          })}
        </small>
      </p>
      <div lang={language === view.locale ? undefined : language}>
        <Comparison view={view} pieces={proposal.comparison} />
      </div>
      {proposal.reason === noReason ? null : (
        <p>
          <strong>{t('papers.reason')}</strong> <span dir="auto">{proposal.reason}</span>
        </p>
      )}
      {proposal.answer === null ? null : (
        <p>
          <strong>{t('papers.answer')}</strong> <span dir="auto">{proposal.answer}</span>
        </p>
      )}
      <p class="soft">
        {t('papers.support-count', { count: proposal.support })} ·{' '}
        {t('papers.objection-count', { count: proposal.objections })}
      </p>
    </article>
  );
}

/** For whom: only where the member speaks for somebody. */
export function OnBehalfField(props: {
  readonly view: View;
  readonly form: FormState;
  readonly speaksFor: readonly { readonly id: string; readonly name: string }[];
}): Child {
  const { view, form, speaksFor } = props;
  if (speaksFor.length === 0) return null;
  const options: readonly Option[] = [
    { value: '', label: view.t('papers.for-myself') },
    ...speaksFor.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return <SelectField view={view} form={form} name="onBehalfOf" label={view.t('papers.for-whom')} options={options} />;
}
