/** The pieces pages are set from. Words always stand beside shape and colour; nothing here needs a script. */
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { formatAge, formatInstant } from './format.ts';
import { pathWith } from './layout.tsx';
import { Name } from './text.tsx';
import type { View } from './view.ts';

/** What a state asks of the reader, not what it is called: the word is the caller's. Each has its own shape. */
export type Tone = 'neutral' | 'waiting' | 'active' | 'good' | 'warn' | 'danger' | 'ended';

export function Status({ tone, children }: { readonly tone: Tone; readonly children: Child }): JSX.Element {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** An instant, with its zone. */
export function Time({ view, at }: { readonly view: View; readonly at: Date }): JSX.Element {
  return <time datetime={at.toISOString()}>{formatInstant(view, at)}</time>;
}

/** How long ago; the instant itself is in the title. */
export function Age({ view, at }: { readonly view: View; readonly at: Date }): JSX.Element {
  return (
    <time datetime={at.toISOString()} title={formatInstant(view, at)}>
      {formatAge(view, at, view.now)}
    </time>
  );
}

/** A hash, key or identifier: whole, in equal-width letters, breakable anywhere. */
export function Code({ children }: { readonly children: Child }): JSX.Element {
  return (
    <code class="code" dir="ltr" translate="no">
      {children}
    </code>
  );
}

/** A fingerprint that two people read to each other, in groups of four. */
export function Fingerprint({ text }: { readonly text: string }): JSX.Element {
  return (
    <code class="code spaced" dir="ltr" translate="no">
      {(text.match(/.{1,4}/g) ?? []).map((group) => (
        <span>{group}</span>
      ))}
    </code>
  );
}

export function Notice(props: {
  readonly tone?: 'info' | 'done' | 'warn' | 'danger';
  readonly title?: Child;
  readonly children: Child;
}): JSX.Element {
  const { tone, title, children } = props;
  return (
    <div class={`notice ${tone ?? 'info'}`}>
      {title ? <p class="title">{title}</p> : null}
      {children}
    </div>
  );
}

export interface Figure {
  readonly label: Child;
  readonly value: Child;
  /** What the number is compared with, or why it is unknown. */
  readonly note?: Child;
}

export function KeyFigures({ figures }: { readonly figures: readonly Figure[] }): JSX.Element {
  return (
    <dl class="figures">
      {figures.map(({ label, value, note }) => (
        <div>
          <dt>{label}</dt>
          <dd class="value">{value}</dd>
          {note ? <dd class="soft">{note}</dd> : null}
        </div>
      ))}
    </dl>
  );
}

/** Side by side where there is room, below one another where there is not. */
export function Columns({ children }: { readonly children: Child }): JSX.Element {
  return <div class="columns">{children}</div>;
}

export interface Fact {
  readonly label: Child;
  readonly value: Child;
  /** A link that changes this fact. */
  readonly change?: Child;
}

/** What is known of one thing, line by line. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(({ label, value, change }) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
          {change ? <dd class="change">{change}</dd> : null}
        </div>
      ))}
    </dl>
  );
}

export interface Step {
  readonly title: Child;
  readonly state: 'done' | 'now' | 'later';
  /** The word for the state. */
  readonly stateLabel: Child;
  readonly children?: Child;
}

/** A procedure in its order: what is done, what is now, what comes. */
export function Steps({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  return (
    <ol class="steps">
      {steps.map(({ title, state, stateLabel, children }) => (
        <li class={state} aria-current={state === 'now' ? 'step' : undefined}>
          <p>
            <strong>{title}</strong> <span class="soft">{stateLabel}</span>
          </p>
          {children}
        </li>
      ))}
    </ol>
  );
}

export interface TimelineEntry {
  readonly at: Date;
  readonly title: Child;
  readonly children?: Child;
}

/** What happened, in the order given. */
export function Timeline({
  view,
  entries,
}: {
  readonly view: View;
  readonly entries: readonly TimelineEntry[];
}): JSX.Element {
  return (
    <ol class="timeline">
      {entries.map(({ at, title, children }) => (
        <li>
          <p>
            <strong>{title}</strong>
            <br />
            <small>
              <Time view={view} at={at} />
            </small>
          </p>
          {children}
        </li>
      ))}
    </ol>
  );
}

export interface ActStates {
  readonly saved: Date;
  /** Its place in its author's public log, which the link shows. */
  readonly logged?: { readonly at: Date; readonly index: number; readonly path: string } | undefined;
  /** The moment from which enough independent copies hold it. */
  readonly confirmed?: { readonly at: Date; readonly by: readonly string[] } | undefined;
}

/** One act: what was stated, by whom, and how far it has come. Nothing beyond a state is suggested before it is reached. */
export function ActCard(props: {
  readonly view: View;
  readonly title: Child;
  readonly party: string;
  readonly id: string;
  readonly states: ActStates;
  readonly children?: Child;
}): JSX.Element {
  const { view, title, party, id, states, children } = props;
  const { t } = view;
  const { saved, logged, confirmed } = states;
  return (
    <article class="act">
      <h3>{title}</h3>
      <p>
        <Name>{party}</Name>
      </p>
      {children}
      <ol class="states">
        <li class="good">
          {t('common.saved')}
          <small>
            <Time view={view} at={saved} />
          </small>
        </li>
        <li class={logged ? 'good' : 'later'}>
          {t('common.logged')}
          {logged ? (
            <>
              <small>
                <Time view={view} at={logged.at} />
              </small>
              <small>
                <a href={logged.path}>{t('common.entry', { index: logged.index })}</a>
              </small>
            </>
          ) : (
            <small>{t('common.not-yet')}</small>
          )}
        </li>
        <li class={confirmed ? 'good' : 'later'}>
          {t('common.confirmed')}
          {confirmed ? (
            <>
              <small>
                <Time view={view} at={confirmed.at} />
              </small>
              {confirmed.by.map((keeper) => (
                <small>
                  <Name>{keeper}</Name>
                </small>
              ))}
            </>
          ) : (
            <small>{t('common.not-yet')}</small>
          )}
        </li>
      </ol>
      <details>
        <summary>{t('common.identifier')}</summary>
        <p>
          <Code>{id}</Code>
        </p>
      </details>
    </article>
  );
}

/** The data of what is shown, one step away. */
export interface Downloads {
  readonly csv: string;
  readonly json: string;
}

export function DownloadLinks({ view, data }: { readonly view: View; readonly data: Downloads }): JSX.Element {
  return (
    <span class="downloads">
      {view.t('common.download')}{' '}
      <a href={data.csv} download>
        CSV
      </a>{' '}
      <a href={data.json}>JSON</a>
    </span>
  );
}

/** Earlier and later pages of a long list. `query` names the parameter, a cursor rather than a page number. */
export function Pager(props: {
  readonly view: View;
  readonly query: string;
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
}): Child {
  const { view, query, previous, next } = props;
  if (previous === undefined && next === undefined) return null;
  return (
    <nav class="pager" aria-label={view.t('common.pages')}>
      {previous === undefined ? null : (
        <a rel="prev" href={pathWith(view, { [query]: previous })}>
          {view.t('common.previous')}
        </a>
      )}
      {next === undefined ? null : (
        <a rel="next" href={pathWith(view, { [query]: next })}>
          {view.t('common.next')}
        </a>
      )}
    </nav>
  );
}
