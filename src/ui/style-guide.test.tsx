import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser, launchBrowser } from '../../test/support/browser.ts';
import { renderPage } from './layout.tsx';
import { isLocale, locales } from './locales.ts';
import type { Locale } from './locales.ts';
import { sampleView, styleGuidePages } from './style-guide.tsx';
import { stylesheet } from './stylesheet.ts';

// RECIPROCA_SHOTS=DIRECTORY keeps each page as HTML and as pictures, to be looked at.
const shots = process.env['RECIPROCA_SHOTS'];

const names = ['reading', 'filling', 'comparing'] as const;
type Name = (typeof names)[number];
const origin = 'http://guide.localhost';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test('the stylesheet knows no left and right, so that every page turns round', () => {
  expect(
    stylesheet.text.match(
      /(?:margin|padding|border|inset)-(?:left|right)\b|\b(?:left|right):|(?:text-align|float|clear): (?:left|right)/g,
    ),
  ).toBeNull();
});

describeInBrowser('the style guide', () => {
  let browser: Browser;
  let tab: Tab;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    tab = await browser.newPage();
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(error.message));
    // As a node serves it: under a policy that allows nothing but the one stylesheet.
    await tab.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === stylesheet.path) return route.fulfill({ contentType: 'text/css', body: stylesheet.text });
      const [, locale, name] = pathname.split('/');
      const body = isLocale(locale ?? '') ? draw(locale as Locale, name as Name) : undefined;
      if (body === undefined) return route.fulfill({ status: 204 });
      const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
      return route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body,
        headers: { 'content-security-policy': policy },
      });
    });
  });
  afterAll(() => browser.close());

  const draw = (locale: Locale, name: Name): string =>
    renderPage(sampleView(locale), styleGuidePages(sampleView(locale))[name]);

  interface Look {
    readonly name: Name;
    readonly locale: Locale;
    readonly width: number;
    readonly colorScheme: 'light' | 'dark';
  }

  async function open({ name, locale, width, colorScheme }: Look): Promise<void> {
    complaints.length = 0;
    await tab.setViewportSize({ width, height: 800 });
    await tab.emulateMedia({ media: 'screen', colorScheme });
    await tab.goto(`${origin}/${locale}/${name}`);
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    const file = `${shots}/${name}-${locale}-${width}-${colorScheme}`;
    writeFileSync(`${file}.html`, draw(locale, name));
    await tab.screenshot({ path: `${file}.png`, fullPage: true });
  }

  // Structure does not depend on the colours nor colours on the language: four combinations see everything.
  const looks = names.flatMap((name): readonly Look[] => [
    { name, locale: 'en', width: 360, colorScheme: 'light' },
    { name, locale: 'en', width: 1280, colorScheme: 'dark' },
    { name, locale: 'ar', width: 360, colorScheme: 'dark' },
    { name, locale: 'ar', width: 1280, colorScheme: 'light' },
  ]);

  test.each(looks)('$name in $locale, $width px, $colorScheme: axe finds nothing', async (look) => {
    await open(look);
    expect(complaints).toEqual([]);
    await tab.evaluate(axe);
    const { passes, violations } = await tab.evaluate<AxeResults>('axe.run()');
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    expect(passes.length).toBeGreaterThan(20);
  });

  test.each(names)('%s fits 320 px without scrolling sideways, in every language', async (name) => {
    for (const locale of locales) {
      await open({ name, locale, width: 320, colorScheme: 'light' });
      const wider = await tab.evaluate(`[...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > 321 || element.getBoundingClientRect().left < -1)
        .filter((element) => !element.closest('svg, .hidden, .skip, thead'))
        .map((element) => element.outerHTML.slice(0, 80))`);
      expect([locale, wider]).toEqual([locale, []]);
      expect([locale, await tab.evaluate('document.documentElement.scrollWidth')]).toEqual([locale, 320]);
    }
  });

  test('what is pressed with a finger is at least 44 px high', async () => {
    for (const name of names) {
      await open({ name, locale: 'fr', width: 360, colorScheme: 'light' });
      await tab.locator('.menu summary').click();
      const small =
        await tab.evaluate(`[...document.querySelectorAll('button, select, textarea, input:not([type=hidden]), nav a, summary')]
        .map((element) => (element.matches('[type=radio], [type=checkbox]') ? element.parentElement : element))
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5)
        .map((element) => element.outerHTML.slice(0, 60) + element.getBoundingClientRect().height)`);
      expect(small).toEqual([]);
    }
  });

  test('the first tab leads to the skip link, visibly, and on to the content', async () => {
    await open({ name: 'reading', locale: 'en', width: 360, colorScheme: 'light' });
    await tab.keyboard.press('Tab');
    const link = tab.locator('a.skip');
    expect(await tab.evaluate('document.activeElement.className')).toBe('skip');
    expect((await link.boundingBox())?.height).toBeGreaterThan(24);
    await tab.keyboard.press('Enter');
    expect(await tab.evaluate('document.activeElement.id')).toBe('content');
  });

  test('the menu opens without a script on a phone, and lies open on a desk', async () => {
    const link = tab.locator('.menu a').first();
    await open({ name: 'reading', locale: 'en', width: 360, colorScheme: 'light' });
    expect(await link.isVisible()).toBe(false);
    await tab.locator('.menu summary').click();
    expect(await link.isVisible()).toBe(true);
    await open({ name: 'reading', locale: 'en', width: 1280, colorScheme: 'light' });
    expect(await link.isVisible()).toBe(true);
    expect(await tab.locator('.menu summary').isVisible()).toBe(false);
  });

  test('an error in the summary leads to the field it names', async () => {
    await open({ name: 'filling', locale: 'en', width: 360, colorScheme: 'light' });
    await tab.locator('[role=alert] a').first().click();
    expect(await tab.evaluate("document.querySelector(':target').id")).toBe('f-cases');
  });

  test('a phone shows each value of a table beside its label', async () => {
    await open({ name: 'comparing', locale: 'ar', width: 360, colorScheme: 'light' });
    const label = await tab.evaluate(
      `getComputedStyle(document.querySelector('td[data-label="Reports"]'), '::before').content`,
    );
    expect(label).toBe('"Reports"');
    expect((await tab.locator('thead').first().boundingBox())?.width).toBe(1);
  });

  test('print keeps the record and leaves out what only a screen can use', async () => {
    await open({ name: 'comparing', locale: 'en', width: 720, colorScheme: 'dark' });
    await tab.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const gone of ['.top nav', '.account', '.downloads', '.pager', '.foot nav'])
      expect(await tab.locator(gone).first().isVisible()).toBe(false);
    for (const kept of ['h1', '#facilities', '.curve', '.map', '.legend'])
      expect(await tab.locator(kept).first().isVisible()).toBe(true);
    expect(await tab.evaluate('getComputedStyle(document.body).color')).toBe('rgb(0, 0, 0)');
    if (shots) await tab.screenshot({ path: `${shots}/comparing-print.png`, fullPage: true });
  });
});
