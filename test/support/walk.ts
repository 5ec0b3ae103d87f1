/**
 * Every way through the product is walked twice: by a browser that runs no script, and by one that does, in which nothing may be thrown and nothing may break the
 * content policy. The second walk then looks at each page it passed with axe: on a desk, on a phone, in the dark, and from right to left.
 */
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { describeInBrowser } from './browser.ts';

export interface Way {
  readonly name: string;
  readonly javaScript: boolean;
}

export const bothWays: readonly Way[] = [
  { name: 'without JavaScript', javaScript: false },
  { name: 'with JavaScript', javaScript: true },
];

/** One suite, told of both ways. */
export function describeBothWays(name: string, define: (way: Way) => void): void {
  for (const way of bothWays) describeInBrowser(`${name}, ${way.name}`, () => define(way));
}

export interface Walk {
  /** Somebody's browser: cookies of its own. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** What was thrown, and, once a walk with scripts has ended, what axe finds on the pages passed. */
  findFaults(): Promise<readonly string[]>;
}

export function startWalk(browser: Browser, { javaScript }: Way): Walk {
  const complaints: string[] = [];
  const passed = new Map<Page, Map<string, string>>();
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        javaScriptEnabled: javaScript,
        locale: 'en-GB',
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const pages = new Map<string, string>();
      passed.set(page, pages);
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on('response', (response) => {
        const isPage = response.request().isNavigationRequest() && response.request().method() === 'GET';
        if (!isPage || response.status() !== 200 || !response.headers()['content-type']?.startsWith('text/html'))
          return;
        const url = new URL(response.url());
        url.searchParams.delete('notice');
        url.searchParams.delete('lang');
        // Of a hundred entries of a log one is enough.
        const kind = url.pathname.replaceAll(/\/[^/]*\d[^/]*|\/[A-Za-z0-9_-]{20,}/g, '/:');
        if (!pages.has(kind)) pages.set(kind, url.href);
      });
      return page;
    },
    async findFaults() {
      const faults = [...complaints];
      if (!javaScript) return faults;
      for (const [page, pages] of passed) faults.push(...(await findOnPages(browser, page, [...pages.values()])));
      return faults;
    },
  };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

const looks = [
  { lang: 'en', viewport: desk, colorScheme: 'light' },
  { lang: 'ar', viewport: phone, colorScheme: 'light' },
  { lang: 'en', viewport: phone, colorScheme: 'dark' },
] as const;

/** What is asked of the document of a page; Node's types have none. */
interface Looked {
  readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
  querySelectorAll(selector: string): Iterable<{ readonly textContent: string; matches(selector: string): boolean }>;
}

async function findOnPages(browser: Browser, of: Page, urls: readonly string[]): Promise<readonly string[]> {
  const storageState = await of.context().storageState();
  const wrong: string[] = [];
  for (const { lang, viewport, colorScheme } of looks) {
    const context = await browser.newContext({ bypassCSP: true, storageState, viewport, colorScheme });
    const page = await context.newPage();
    for (const href of urls) {
      const url = new URL(href);
      url.searchParams.set('lang', lang);
      await page.goto(url.href);
      await page.addScriptTag({ path: axePath });
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await axe.run();
        const { document } = globalThis as unknown as { document: Looked };
        const titles = [...document.querySelectorAll('h1, h2, h3, caption:not(.hidden), .caption')];
        const { scrollWidth, clientWidth } = document.documentElement;
        const doubled = titles.filter(
          (title, position) =>
            title.matches('caption, .caption') && title.textContent.trim() === titles[position - 1]?.textContent.trim(),
        );
        return [
          ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
          ...doubled.map(({ textContent }) => `said twice: ${textContent}`),
          ...(scrollWidth > clientWidth ? [`wider than the screen: ${scrollWidth}`] : []),
        ];
      });
      wrong.push(...found.map((what) => `${url.pathname} at ${viewport.width}, ${lang}, ${colorScheme}: ${what}`));
    }
    await context.close();
  }
  return wrong;
}
