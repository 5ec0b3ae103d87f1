/** Pieces that the pages of an inquiry share. */
import type { Child } from 'hono/jsx';
import { networkCrumbs, networkPath } from '../../../network/members/section.tsx';
import type { PlainDate } from '../../../period.ts';
import { formatDate } from '../../../ui/format.ts';
import type { Page } from '../../../ui/layout.tsx';
import { Status, type Tone } from '../../../ui/parts.tsx';
import type { View } from '../../../ui/view.ts';
import type { InquirySummary } from './answers.ts';
import type { Phase } from './inquiry.ts';
import type { FrameAnswer } from './reading.ts';

export function inquiryCrumbs(
  view: View,
  { network, inquiry }: Pick<FrameAnswer, 'network' | 'inquiry'>,
  isOwnPage = false,
): NonNullable<Page['breadcrumbs']> {
  const list = { path: `${networkPath(network.slug)}/inquiries`, label: view.t('statements.inquiries') };
  const own = { path: inquiry.path, label: inquiry.question.text };
  return [...networkCrumbs(network), list, ...(isOwnPage ? [] : [own])];
}

const tones: Readonly<Record<Phase, Tone>> = {
  draft: 'neutral',
  collecting: 'waiting',
  voting: 'active',
  over: 'waiting',
  closed: 'ended',
};

/** What state it is in, and until when that lasts. */
export function PhaseStatus({ view, inquiry }: { readonly view: View; readonly inquiry: InquirySummary }): Child {
  const { t } = view;
  const { phase } = inquiry;
  const until = {
    date: formatDate(view, (phase === 'collecting' ? inquiry.votesFrom : inquiry.closesOn) as PlainDate),
  };
  return (
    <>
      <Status tone={tones[phase]}>{t(`statements.phase-${phase}`)}</Status>{' '}
      {phase === 'collecting' ? t('statements.votes-from', until) : null}
      {phase === 'voting' ? t('statements.closes-on', until) : null}
    </>
  );
}
