import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendTable } from '../../src/exchange/actions.ts';
import { observe } from '../../src/observatory/jobs.ts';
import { launchBrowser } from '../support/browser.ts';
import { order, report, week } from '../support/exchange.ts';
import { settableClock } from '../support/house.ts';
import { converge } from '../support/node.ts';
import { openObserved, type Observed } from '../support/observatory.ts';
import { openAdministrator, shoot, signInOn } from '../support/pages.ts';
import { describeBothWays, startWalk, type Walk } from '../support/walk.ts';

const dayMs = 86_400_000;

/** Step 7 of the first way through the product: a stranger, and the party that a question concerns. */
describeBothWays('a journalist without an account', (way) => {
  let browser: Browser;
  let walk: Walk;
  let observed: Observed;
  let chen: Page;
  let amina: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    walk = startWalk(browser, way);
    observed = await openObserved(settableClock(new Date(Date.now() - 8 * dayMs)));
    const { a, b, watcher, instrument, all, clock } = observed;
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
    await a.act((work) => sendTable(work, order(instrument, b, week('2026-W09'))));
    await converge(...all);
    await b.stopServing();
    await report(a, 'measles', week('2026-W10'), { AA11: 28, AA21: 12 });
    await a.act((work) => sendTable(work, order(instrument, b, week('2026-W10'))));
    await converge(a, watcher);
    await observe(watcher.house);
    await converge(a, watcher);
    clock.advance(4 * dayMs);
    for (const { house } of [a, watcher]) await observe(house);
    clock.advance(4 * dayMs);
    await openAdministrator(a, 'amina@example.org');
    amina = await signInOn(await walk.open(), a, 'amina@example.org');
    chen = await walk.open();
  });

  afterAll(async () => {
    await browser.close();
    await observed[Symbol.asyncDispose]();
  });

  it('reads the log: whose it is, who confirms it, what was done; searches it; and takes an entry along', async () => {
    const { a } = observed;
    await chen.goto(`${a.url}/log`);
    await shoot(chen, 'log');
    await chen.goto(`${a.url}/log?lang=ar`);
    await shoot(chen, 'log-ar');
    await chen.goto(`${a.url}/log?lang=en`);
    await chen.locator('summary', { hasText: 'Search' }).click();
    await chen.getByLabel('Kind of act').selectOption({ label: 'Data sent' });
    await chen.getByRole('button', { name: 'Show' }).click();
    expect(await chen.locator('tbody tr').count()).toBe(2);
    await shoot(chen, 'log-search');
    await chen.locator('tbody a').first().click();
    expect(await chen.getByRole('main').innerText()).toContain('Sealed until');
    await shoot(chen, 'entry');
    const [download] = await Promise.all([
      chen.waitForEvent('download'),
      chen.getByRole('link', { name: /Proof that it is in the log/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^entry-\d+\.tlog-proof$/);
    await chen.goto(`${a.url}/log/0`);
    await shoot(chen, 'entry-0');
  });

  it('opens the observatory: roots verified, who is bound, what was sent and received, and one open question', async () => {
    const { watcher } = observed;
    await chen.goto(`${watcher.url}/observatory`);
    await shoot(chen, 'observatory');
    await chen.emulateMedia({ colorScheme: 'dark' });
    await shoot(chen, 'observatory-dark');
    await chen.emulateMedia({ colorScheme: 'light' });
    for (const lang of ['fr', 'ar']) {
      await chen.goto(`${watcher.url}/observatory?lang=${lang}`);
      await shoot(chen, `observatory-${lang}`);
    }
    await chen.goto(`${watcher.url}/observatory?lang=en`);
    await chen.getByRole('link', { name: /no receipt has come/ }).click();
    await shoot(chen, 'question');
    const { a } = observed;
    await amina.goto(`${a.url}/observatory`);
    await shoot(amina, 'observatory-admin');
    await amina.getByRole('link', { name: /no receipt has come/ }).click();
    await amina.getByLabel('Your answer').fill('Their node has been without power since Monday. We have asked.');
    await amina.getByRole('button', { name: 'Answer publicly' }).click();
    expect(await amina.getByRole('main').innerText()).toContain('without power since Monday');
    await shoot(amina, 'question-answered');
  });

  it('has met nothing that breaks, or that somebody could not read', { timeout: 180_000 }, async () => {
    expect(await walk.findFaults()).toEqual([]);
  });
});
