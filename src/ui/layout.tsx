import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { isMessageKey, languageNames, locales } from './locales.ts';
import type { MessageKey } from './locales.ts';
import { destinationsFor, isWithin } from './navigation.ts';
import { stylesheet } from './stylesheet.ts';
import { Name } from './text.tsx';
import type { View } from './view.ts';

interface Crumb {
  readonly path: string;
  readonly label: string;
}

/** A line of the head for programs that read pages: `<meta name content>`. */
export interface HeadEntry {
  readonly name: string;
  readonly content: string;
}

/** Another form of the page, a feed for instance: `<link rel type title href>`. */
export interface LinkEntry {
  readonly rel: string;
  readonly type: string;
  readonly title: string;
  readonly href: string;
}

/** What a slice gives back for one address. The layout writes the title as the page's only h1. */
export interface Page {
  readonly title: string;
  readonly body: JSX.Element;
  /** For tables and charts that experts compare; otherwise lines stay about 65 characters long. */
  readonly wide?: boolean;
  /** The way from the start page to here, without this page itself. */
  readonly breadcrumbs?: readonly Crumb[];
  readonly head?: readonly HeadEntry[];
  readonly links?: readonly LinkEntry[];
  /** What the page is about, as JSON-LD. It is data: browsers run nothing of it. */
  readonly data?: object;
}

/** Where to go after a write so that the page there says what was done. The text is a message, never taken from the address. */
export function withNotice(path: string, notice: MessageKey): string {
  const { pathname, searchParams, hash } = new URL(path, 'http://localhost');
  searchParams.set('notice', notice);
  return `${pathname}?${searchParams.toString()}${hash}`;
}

/** A link that somebody else made could otherwise show any message of the catalogue: only those named as notices are shown. */
function noticeOf(view: View): MessageKey | undefined {
  const notice = new URL(view.path, 'http://localhost').searchParams.get('notice') ?? '';
  return /\.done-[a-z0-9-]+$/.test(notice) && isMessageKey(notice) ? notice : undefined;
}

/** This page in another language, or with another order, and everything else kept. */
export function pathWith(view: View, query: Readonly<Record<string, string>>): string {
  const { pathname, searchParams } = new URL(view.path, 'http://localhost');
  searchParams.delete('notice');
  for (const [name, value] of Object.entries(query)) searchParams.set(name, value);
  return `${pathname}?${searchParams.toString()}`;
}

/** Data is loaded before anything is drawn; a component that waits for something would be a hidden query. */
export function renderElement(element: JSX.Element): string {
  // Hono types an element as the string it will become.
  const html = (element as { toString(): unknown }).toString();
  if (typeof html !== 'string') throw new TypeError('a page contains an asynchronous component');
  return html;
}

export function renderPage(view: View, page: Page): string {
  return `<!doctype html>${renderElement(<Document view={view} page={page} />)}`;
}

/** No sign that could end the element or open a comment in it (HTML, 4.12.1.3). */
const jsonInHtml = (data: object): string => JSON.stringify(data).replaceAll('<', String.raw`\u003c`);

function Document({ view, page }: { readonly view: View; readonly page: Page }): JSX.Element {
  const { t } = view;
  const notice = noticeOf(view);
  return (
    <html lang={view.locale} dir={view.direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title} – ${view.nodeName}`}</title>
        {page.head?.map(({ name, content }) => (
          <meta name={name} content={content} />
        ))}
        {page.links?.map(({ rel, type, title, href }) => (
          <link rel={rel} type={type} title={title} href={href} />
        ))}
        {page.data ? (
          <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: jsonInHtml(page.data) }} />
        ) : null}
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href={stylesheet.path} />
      </head>
      <body>
        <a class="skip" href="#content">
          {t('common.skip')}
        </a>
        <Header view={view} />
        <main id="content" tabindex={-1} class={page.wide ? 'wide' : undefined}>
          <Breadcrumbs view={view} crumbs={page.breadcrumbs ?? []} />
          {notice ? (
            <div class="notice done" role="status">
              <p>{t(notice)}</p>
            </div>
          ) : null}
          <h1>{page.title}</h1>
          {page.body}
        </main>
        <Footer view={view} />
      </body>
    </html>
  );
}

function Header({ view }: { readonly view: View }): JSX.Element {
  const { t, viewer } = view;
  const { pathname } = new URL(view.path, 'http://localhost');
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="/">
          <Name>{view.nodeName}</Name>
        </a>
        {viewer.party && viewer.party.name !== view.nodeName ? (
          <span class="party">
            <Name>{viewer.party.name}</Name>
          </span>
        ) : null}
        <Account view={view} />
      </div>
      <nav aria-label={t('common.menu')}>
        <details class="menu">
          <summary>{t('common.menu')}</summary>
          <ul>
            {destinationsFor(viewer).map((place) => (
              <li>
                <a href={place.path} aria-current={isWithin(pathname, place.path) ? 'page' : undefined}>
                  {t(place.label)}
                </a>
              </li>
            ))}
          </ul>
        </details>
      </nav>
    </header>
  );
}

function Account({ view }: { readonly view: View }): JSX.Element {
  const { t, viewer } = view;
  if (!viewer.account) {
    return (
      <a class="account" href={`/sign-in?next=${encodeURIComponent(view.path)}`}>
        {t('common.sign-in')}
      </a>
    );
  }
  return (
    <form class="account" method="post" action="/sign-out">
      <CsrfField view={view} />
      <a href="/account">
        <Name>{viewer.account.name}</Name>
      </a>
      <button class="plain">{t('common.sign-out')}</button>
    </form>
  );
}

/** In every form that writes; `Form` puts it there. */
export function CsrfField({ view }: { readonly view: View }): JSX.Element {
  return <input type="hidden" name="csrf" value={view.csrfToken} />;
}

function Breadcrumbs({ view, crumbs }: { readonly view: View; readonly crumbs: readonly Crumb[] }): Child {
  if (crumbs.length === 0) return null;
  return (
    <nav class="crumbs" aria-label={view.t('common.you-are-here')}>
      <ol>
        {crumbs.map(({ path, label }) => (
          <li>
            <a href={path}>
              <Name>{label}</Name>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Footer({ view }: { readonly view: View }): JSX.Element {
  const { t } = view;
  return (
    <footer class="foot">
      <nav aria-label={t('common.language')}>
        <ul>
          {locales.map((locale) => (
            <li>
              <a
                href={pathWith(view, { lang: locale })}
                lang={locale}
                hreflang={locale}
                aria-current={locale === view.locale ? 'true' : undefined}
              >
                <Name>{languageNames[locale]}</Name>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p>{t('common.about')}</p>
      <p>{t('common.times-in', { zone: view.timeZone ?? 'UTC' })}</p>
    </footer>
  );
}
