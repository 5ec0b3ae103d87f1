import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shiftPeriod } from '../../src/period.ts';
import { launchBrowser } from '../support/browser.ts';
import { settableClock } from '../support/house.ts';
import { expectAccessible, shoot } from '../support/pages.ts';
import { openCountry, type Country } from '../support/surveillance.ts';
import { describeBothWays, startWalk, type Walk } from '../support/walk.ts';

/** Step 4 of the first way through the product. */
describeBothWays('a surveillance officer', (way) => {
  let browser: Browser;
  let walk: Walk;
  let country: Country;
  let amina: Page;

  const open = async (path: string): Promise<void> => void (await amina.goto(`${country.site.url}${path}`));
  const submit = (name: string | RegExp): Promise<void> =>
    amina.getByRole('main').getByRole('button', { name }).click();

  beforeAll(async () => {
    browser = await launchBrowser();
    // The browser has a clock of its own, and drops cookies that ours has let expire.
    country = await openCountry({ clock: settableClock(new Date()) });
    await country.reportQuietYear('measles');
    for (const district of [1, 2, 3, 5]) {
      await country.report('measles', district, shiftPeriod(country.lastWeek, -1), 11 + district);
      await country.report('measles', district, country.lastWeek, 14 + 3 * district);
      // One after the other: all at once would be one signal of the region.
      await country.detect();
    }
    await country.report('measles', 6, shiftPeriod(country.lastWeek, -7), null);
    await country.report('cholera', 4, country.lastWeek, 2);
    await country.detect();
    walk = startWalk(browser, way);
    amina = await walk.open();
    const [name = '', value = ''] = country.keysOf('amina').cookie.split('=');
    await amina.context().addCookies([{ name, value, url: country.site.url }]);
  });

  afterAll(async () => {
    await browser.close();
    await country[Symbol.asyncDispose]();
  });

  it(
    'sees the signals with their curves, states what the office can do, and the list stops there',
    { timeout: 120_000 },
    async () => {
      await open('/signals');
      expect(await amina.locator('article.signal h2').allInnerTexts()).toHaveLength(5);
      expect(await amina.locator('article.signal h2').first().innerText()).toContain('Cholera, Dell');
      await shoot(amina, 'signals');
      await expectAccessible(browser, amina);
      await amina.getByRole('link', { name: 'Change the capacity' }).click();
      await amina.getByLabel('Signals a week').fill('3');
      await submit('Save');
      expect(await amina.locator('article.signal').count()).toBe(3);
      expect(await amina.getByRole('main').innerText()).toContain('2 more stand beyond that.');
      await amina.getByRole('link', { name: /beyond the capacity/ }).click();
      expect(await amina.locator('tbody tr').count()).toBe(2);
      for (const lang of ['fr', 'ar']) {
        await open(`/signals?lang=${lang}`);
        await shoot(amina, `signals-${lang}`);
      }
      await open('/signals?lang=en');
      await amina.emulateMedia({ colorScheme: 'dark' });
      await shoot(amina, 'signals-dark');
      await amina.emulateMedia({ colorScheme: 'light', media: 'print' });
      await shoot(amina, 'signals-print');
      await amina.emulateMedia({ media: 'screen' });
    },
  );

  it(
    'verifies one, assesses it, makes it an event with running clocks, and prepares the notification',
    { timeout: 120_000 },
    async () => {
      await open('/signals');
      await amina.getByRole('link', { name: 'Cholera, Dell' }).click();
      await shoot(amina, 'signal');
      await expectAccessible(browser, amina);
      const decide = async (choice: string, why: string): Promise<void> => {
        await amina.getByLabel(choice, { exact: true }).check();
        await amina.getByLabel('Why').fill(why);
        await submit('Record the decision');
        expect(await amina.getByRole('status').innerText()).toContain('recorded');
      };
      await decide('Take it up', 'the clinic of Dell is asked');
      await decide('It is true', 'two confirmed by the laboratory');
      await amina.getByRole('link', { name: 'Assess the risk' }).click();
      await submit('Save the assessment');
      expect(await amina.getByRole('alert').innerText()).toContain('Answer this question.');
      await amina.getByLabel('Question').fill('Will it reach Cedar within four weeks?');
      for (const field of ['Hazard', 'Exposure', 'Context'])
        await amina.getByLabel(field, { exact: true }).fill(`What is known of it: ${field}`);
      for (const scope of ['national', 'regional', 'global']) {
        await amina.locator(`[name="${scope}.likelihood"]`).selectOption('likely');
        await amina.locator(`[name="${scope}.consequence"]`).selectOption('major');
        await amina.locator(`[name="${scope}.confidence"]`).selectOption('medium');
      }
      await shoot(amina, 'risk');
      await expectAccessible(browser, amina);
      await submit('Save the assessment');
      await shoot(amina, 'signal-assessed');
      await amina.getByRole('link', { name: 'Open an event' }).click();
      await amina.getByLabel('Why is this an event?').fill('two confirmed cases at the river');
      await submit('Open the event');
      expect(await amina.getByRole('main').innerText()).toContain('7 days left');
      await amina.getByRole('link', { name: 'Answer the four questions' }).click();
      for (const criterion of ['serious-impact', 'unusual', 'international-spread', 'travel-trade']) {
        await amina
          .locator(`[name="${criterion}.answer"][value="${criterion === 'unusual' ? 'yes' : 'unknown'}"]`)
          .check();
        await amina.locator(`[name="${criterion}.reason"]`).fill('samples are on their way');
      }
      await shoot(amina, 'annex2');
      await expectAccessible(browser, amina);
      await submit('Save the answers');
      expect(await amina.getByRole('main').innerText()).toContain('Cannot be excluded yet');
      await shoot(amina, 'event');
      await expectAccessible(browser, amina);
      await open('/events');
      await shoot(amina, 'events');
      await expectAccessible(browser, amina);
    },
  );

  it('sees how indicators are watched, and writes a rule', { timeout: 120_000 }, async () => {
    await open('/detection');
    await shoot(amina, 'detection');
    await expectAccessible(browser, amina);
    await amina.getByRole('link', { name: 'Add a rule' }).last().click();
    await shoot(amina, 'detection-kinds');
    await amina.getByRole('link', { name: 'Times the recent mean' }).click();
    await shoot(amina, 'detection-rule');
    await expectAccessible(browser, amina);
    await submit('Save');
    expect(await amina.getByRole('main').innerText()).toContain('at least 2 times the mean of the 3 weeks before');
  });

  it(
    'drafts the weekly bulletin in French, edits it and publishes it; anyone reads it',
    { timeout: 120_000 },
    async () => {
      await open('/bulletins');
      await amina.getByRole('main').getByLabel('Language', { exact: true }).selectOption('fr');
      await submit('Draft the bulletin');
      const text = await amina.getByLabel('Text', { exact: true }).inputValue();
      expect(text).toContain('# Nombres notifiés');
      await shoot(amina, 'bulletin-edit');
      await amina.getByLabel('Text', { exact: true }).fill(`${text}\n\n# Conseil\n\nFaites bouillir l’eau.`);
      await submit('Save the text');
      await submit('Publish');
      await expectAccessible(browser, amina);
      await amina.getByRole('link', { name: 'See the public page' }).first().click();
      const reader = await walk.open({ locale: 'fr' });
      await reader.goto(amina.url());
      expect(await reader.getByRole('main').innerText()).toContain('Faites bouillir l’eau.');
      await shoot(reader, 'bulletin-public');
      await reader.emulateMedia({ media: 'print' });
      await shoot(reader, 'bulletin-print');
      await reader.emulateMedia({ media: 'screen' });
      await expectAccessible(browser, reader);
      await open('/bulletins');
      await shoot(amina, 'bulletins');
    },
  );

  it('has met nothing that breaks, or that somebody could not read', { timeout: 300_000 }, async () => {
    expect(await walk.findFaults()).toEqual([]);
  });
});
