import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shiftPeriod } from '../../src/period.ts';
import { reportAsItWent, reportSevenYears, smallPackage } from '../../src/surveillance/workbench/workbench.fixture.ts';
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

    it('compares the detectors on the office’s own series and chooses one', { timeout: 300_000 }, async () => {
      await open('/signals');
      await page.getByRole('link', { name: 'Which detector suits?' }).first().click();
      await shoot(page, name('workbench'));
      await expectAccessible(browser, page);
      await page.getByLabel('Disease or indicator').selectOption({ label: 'Measles' });
      await page.getByText('How the comparison is made').click();
      await page.getByLabel('Outbreaks put into each series').fill('4');
      await submit('Compare the detectors');
      expect(await text()).toContain('It waits for its turn.');
      await expectAccessible(browser, page);
      await country.house.jobs.drain(country.house);
      await page.getByRole('link', { name: 'Look again' }).click();
      expect(await text()).toContain('6 series, 24 outbreaks');
      await shoot(page, name('comparison'));
      await expectAccessible(browser, page);
      await open(`${new URL(page.url()).pathname}?lang=ar`);
      await shoot(page, name('comparison-ar'));
      await open(`${new URL(page.url()).pathname}?lang=en`);
      const row = page.getByRole('row').filter({ hasText: 'Farrington flexible (nbPlugin' });
      await row.getByRole('link', { name: /Choose/ }).click();
      expect(await text()).toContain('It takes the place of:');
      await expectAccessible(browser, page);
      await submit('Watch it by this detector');
      expect(await page.getByRole('status').innerText()).toContain('The detector has been chosen.');
      expect(await text()).toContain('Farrington flexible (nbPlugin, alpha 0.01)');
      await country.house.jobs.drain(country.house);
    });

    it(
      'sees next week’s signal explained, with what it rests on and what goes along',
      { timeout: 120_000 },
      async () => {
        await country.report('measles', 2, country.lastWeek, 40);
        await country.detect();
        await open('/signals');
        await page.getByRole('link', { name: 'Measles, Birch' }).click();
        expect(await text()).toMatch(/40 reported; [\d.]+ expected from the same time of year in the past 5 years/);
        expect(await text()).toContain('It was learnt from');
        await page.getByText('Show these periods with their weights').click();
        await shoot(page, name('explained'));
        await expectAccessible(browser, page);
      },
    );

    it(
      'sees what is still to come, and the reproduction number once the interval is stated',
      { timeout: 120_000 },
      async () => {
        await reportAsItWent(country, 'cholera', 3, 40);
        await open('/curves/cholera/AA13');
        expect(await text()).toContain('expected in the end');
        await page.getByText('State the time from case to case').click();
        await page.getByLabel('Days from case to case, on average').fill('9');
        await page.getByLabel('Standard deviation, in days').fill('3');
        await page.getByLabel('Source').fill('A review of household studies');
        await submit('Save');
        expect(await text()).toMatch(/Each case caused [\d.]+ others on average/);
        await shoot(page, name('curve'));
        await expectAccessible(browser, page);
      },
    );

    it('sees a cluster on the map, as text and as a table', { timeout: 120_000 }, async () => {
      for (const week of [-2, -1, 0])
        for (const district of [1, 2])
          await country.report('measles', district, shiftPeriod(country.lastWeek, week), 45);
      await open('/clusters');
      await page.getByLabel('Disease or indicator').selectOption({ label: 'Measles' });
      await submit('Look for clusters');
      await country.house.jobs.drain(country.house);
      await page.getByRole('link', { name: 'Look again' }).click();
      expect(await text()).toMatch(/stands? out from chance/);
      await shoot(page, name('clusters'));
      await expectAccessible(browser, page);
    });

    it('reads the rules of a DHIS2 package and adopts one', { timeout: 120_000 }, async () => {
      await open('/detection');
      await page.getByRole('link', { name: 'Import rules from DHIS2' }).click();
      await expectAccessible(browser, page);
      await page.getByLabel('File', { exact: true }).setInputFiles({
        name: 'metadata.json',
        mimeType: 'application/json',
        buffer: Buffer.from(smallPackage),
      });
      await submit('Read the rules');
      expect(await text()).toContain('Described as 3 cases, shipped as more than that.');
      await shoot(page, name('rules'));
      await expectAccessible(browser, page);
      await page
        .getByLabel(/Adopt for which indicator/)
        .first()
        .selectOption({ label: 'Measles' });
      await submit('Adopt the chosen rules');
      expect(await text()).toContain('3 cases or more within 28 days');
      await page.getByRole('link', { name: 'Add a rule' }).first().click();
      await page.getByRole('link', { name: 'Farrington flexible' }).click();
      await page.getByLabel('alpha').fill('7');
      await submit('Save');
      expect(await text()).toContain('This number does not make sense here.');
      await shoot(page, name('method'));
      await expectAccessible(browser, page);
    });
  });
