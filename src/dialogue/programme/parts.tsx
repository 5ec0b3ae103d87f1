/** Pieces that the pages of the programme share. */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { PlainDate } from '../../period.ts';
import { formatDate, formatInstant } from '../../ui/format.ts';

import { Status, type Tone } from '../../ui/parts.tsx';
import type { View } from '../../ui/view.ts';
import type { Said } from '../texts.ts';
import type { SessionSummary, SpaceSummary } from './answers.ts';

/** What somebody wrote, in its own language and direction; `lang` only where it differs from the page's. */
export function Words({ view, said }: { readonly view: View; readonly said: Said }): JSX.Element {
  return (
    <bdi lang={said.language === view.locale ? undefined : said.language} dir="auto">
      {said.text}
    </bdi>
  );
}

/** Paragraphs as they were typed. Addresses in them are not made links: nobody vouches for them. */
export function Paragraphs({ view, said }: { readonly view: View; readonly said: Said | null }): Child {
  if (said === null) return null;
  const lang = said.language === view.locale ? undefined : said.language;
  return said.text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => (
      <p lang={lang} dir="auto">
        {paragraph.split('\n').map((line, at) => (
          <>
            {at === 0 ? null : <br />}
            {line}
          </>
        ))}
      </p>
    ));
}

/** `16 June`, the hour where it was announced, and the hour at the reader's. */
export function When(props: {
  readonly view: View;
  readonly session: SessionSummary;
  readonly zone: string | null;
}): Child {
  const { view, session } = props;
  const zone = readerZone(view, props.zone);
  const startsAt = new Date(session.startsAt);
  return (
    <>
      <time datetime={session.startsAt}>{formatInstant({ ...view, timeZone: session.timeZone }, startsAt)}</time>{' '}
      <small class="soft">
        <bdi dir="ltr">{nameOf(session.timeZone)}</bdi>
      </small>
      {zone === undefined || zone === session.timeZone ? null : (
        <>
          <br />
          <time datetime={session.startsAt}>{formatInstant({ ...view, timeZone: zone }, startsAt)}</time>{' '}
          <small class="soft">
            <bdi dir="ltr">{nameOf(zone)}</bdi>
          </small>
        </>
      )}
    </>
  );
}

export const readerZone = (view: View, zone: string | null): string | undefined => zone ?? view.timeZone;

const nameOf = (zone: string): string => zone.replaceAll('_', ' ');

export function SessionState({ view, session }: { readonly view: View; readonly session: SessionSummary }): Child {
  const { t } = view;
  if (session.state === 'draft') return <Status tone="neutral">{t('programme.state-draft')}</Status>;
  if (session.state === 'cancelled') return <Status tone="ended">{t('programme.state-cancelled')}</Status>;
  const tones: Readonly<Record<SessionSummary['phase'], Tone>> = {
    coming: 'waiting',
    running: 'active',
    open: 'good',
    closed: 'ended',
  };
  return <Status tone={tones[session.phase]}>{t(`programme.phase-${session.phase}`)}</Status>;
}

/** A community that has nothing to show at its due date is shown as such. */
export function Output({ view, space }: { readonly view: View; readonly space: SpaceSummary }): Child {
  const { t } = view;
  const { kind, dueOn, standing, link } = space.output;
  if (standing === 'none-asked') return null;
  const what = kind === null ? t('programme.output-other') : t(`programme.output-${kind}`);
  const on = dueOn === null ? '' : formatDate(view, dueOn as PlainDate);
  if (standing === 'delivered')
    return (
      <>
        <Status tone="good">{t('programme.output-delivered')}</Status>{' '}
        {link === null ? (
          what
        ) : (
          <a href={link} rel="nofollow">
            {what}
          </a>
        )}
      </>
    );
  return (
    <>
      <Status tone={standing === 'overdue' ? 'danger' : 'waiting'}>
        {standing === 'overdue' ? t('programme.output-overdue') : t('programme.output-due')}
      </Status>{' '}
      {t('programme.output-by', { what, date: on })}
    </>
  );
}

/** The zone goes along from page to page. */
export function inZone(path: string, zone: string | undefined): string {
  return zone === undefined ? path : `${path}?zone=${encodeURIComponent(zone)}`;
}
