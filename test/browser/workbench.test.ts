import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportSevenYears } from '../../src/surveillance/workbench/workbench.fixture.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { settableClock } from '../support/house.ts';
import { expectAccessible, shoot } from '../support/pages.ts';
import { openCountry, type Country } from '../support/surveillance.ts';

/** An epidemiologist asks which detector suits the data, chooses one, and sees what it says; with scripts and without. */
for (const javaScriptEnabled of [false, true])
  describeInBrowser(`an epidemiologist ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => {
    let browser: Browser;
    let country: Country;
    let page: Page;

    const open = async (path: string): Promise<void> => void (await page.goto(`${country.site.url}${path}`));
    const submit = (name: string | RegExp): Promise<void> =>
      page.getByRole('main').getByRole('button', { name }).click();
    const text = (): Promise<string> => page.getByRole('main').innerText();
    const name = (part: string): string => `${part}${javaScriptEnabled ? '-scripts' : ''}`;

    beforeAll(async () => {
      browser = await launchBrowser();
      country = await openCountry({ clock: settableClock(new Date()) });
      await reportSevenYears(country, 'measles');
      await country.detect();
      const context = await browser.newContext({
        javaScriptEnabled,
        locale: 'en-GB',
        viewport: { width: 1280, height: 900 },
      });
      const [cookie = '', value = ''] = country.keysOf('amina').cookie.split('=');
      await context.addCookies([{ name: cookie, value, url: country.site.url }]);
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
    });

    afterAll(async () => {
      await browser.close();
      await country[Symbol.asyncDispose]();
    });

    it('compares the detectors on the office’s own series and chooses one', { timeout: 180_000 }, async () => {
      await open('/signals');
      await page.getByRole('link', { name: 'Which detector suits?' }).first().click();
      await shoot(page, name('workbench'));
      await expectAccessible(browser, page);
      await page.getByLabel('Disease or indicator').selectOption({ label: 'Measles' });
      await submit('Compare the detectors');
      expect(await text()).toContain('It waits for its turn.');
      await expectAccessible(browser, page);
      await country.house.jobs.drain(country.house);
      await page.getByRole('link', { name: 'Look again' }).click();
      expect(await text()).toContain('6 series, 60 outbreaks');
      await shoot(page, name('comparison'));
      await expectAccessible(browser, page);
      const row = page.getByRole('row').filter({ hasText: 'Farrington flexible (nbPlugin' });
      await row.getByRole('link', { name: /Choose/ }).click();
      expect(await text()).toContain('It takes the place of:');
      await shoot(page, name('choose'));
      await expectAccessible(browser, page);
      await submit('Watch it by this detector');
      expect(await page.getByRole('status').innerText()).toContain('The detector has been chosen.');
      expect(await text()).toContain('Farrington flexible (nbPlugin, alpha 0.01)');
      await country.house.jobs.drain(country.house);
    });
  });
