import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, type TestNode } from '../support/node.ts';
import { openAdministrator, shoot, signInOn } from '../support/pages.ts';
import { describeBothWays, startWalk, type Walk } from '../support/walk.ts';

/** Steps 5 and 6 of the first way through the product, by two people. */
describeBothWays('two ministries', (way) => {
  let browser: Browser;
  let walk: Walk;
  let a: TestNode;
  let b: TestNode;
  let amina: Page;
  let boris: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    // The browser has a clock of its own, and drops cookies that ours has let expire.
    const clock = settableClock(new Date());
    a = await openTestNode('ambria', clock);
    b = await openTestNode('sorell', clock);
    await openAdministrator(a, 'amina@example.org');
    await openAdministrator(b, 'boris@example.org');
    walk = startWalk(browser, way);
    amina = await signInOn(await walk.open(), a, 'amina@example.org');
    boris = await signInOn(await walk.open(), b, 'boris@example.org');
  });

  afterAll(async () => {
    await browser.close();
    await a[Symbol.asyncDispose]();
    await b[Symbol.asyncDispose]();
  });

  it('pair their nodes: one sends a link, both compare fingerprints, both confirm', async () => {
    await amina.goto(`${a.url}/network`);
    await amina.getByRole('button', { name: 'Invite a node' }).click();
    const link = await amina.locator('main code').first().innerText();
    await boris.goto(`${b.url}/network`);
    await boris.getByLabel('The link you were sent').fill(link);
    await boris.getByRole('button', { name: 'Look the node up' }).click();
    const theirs = await boris.locator('.notice code').innerText();
    await amina.goto(`${a.url}/network`);
    const own = await amina.locator('main code.spaced').first().innerText();
    expect(theirs.replace(/\s/g, '')).toBe(own.replace(/\s/g, ''));
    await shoot(boris, 'pairing');
    await boris.getByRole('button', { name: /fingerprints agree/ }).click();
    await amina.goto(`${a.url}/network`);
    await amina.getByRole('button', { name: /fingerprints agree/ }).click();
    await converge(a, b);
    await amina.goto(`${a.url}/network`);
    await boris.goto(`${b.url}/network`);
    expect(await amina.locator('#nodes').locator('xpath=..').innerText()).toContain('Paired');
    expect(await boris.locator('#nodes').locator('xpath=..').innerText()).toContain('Paired');
    await shoot(amina, 'network');
  });

  it('are told what is missing in a draft, and keep what they typed', async () => {
    await amina.goto(`${a.url}/agreements/new`);
    await amina.getByLabel('Title', { exact: true }).fill('Agreement on early warning');
    await amina.getByRole('button', { name: 'Put it forward' }).click();
    expect(await amina.getByRole('alert').innerText()).toContain('With whom');
    expect(await amina.getByLabel('Title', { exact: true }).inputValue()).toBe('Agreement on early warning');
  });

  it('draft, sign and put into force an agreement with one article for systems and one for people', async () => {
    await amina.goto(`${a.url}/agreements/new`);
    await amina.getByLabel('Title', { exact: true }).fill('Agreement on early warning across the border');
    await amina.getByRole('group', { name: 'With whom' }).getByLabel('Ministry of sorell').check();
    const first = amina.getByRole('group', { name: 'Article 1' });
    await first.getByLabel('Heading').fill('Weekly table');
    await first
      .getByLabel('Text')
      .fill('Each party gives the other its weekly table of measles, so that both see an outbreak early.');
    expect(await first.getByLabel('Smallest count shown').isVisible(), 'left to people').toBe(false);
    await first.getByLabel('What systems apply').selectOption('table');
    await first.getByLabel('Indicators').fill('measles');
    await first.getByLabel('Finest administrative level').fill('1');
    await first.getByLabel('Smallest count shown').fill('5');
    await first.getByLabel('public health surveillance').check();
    await amina.getByRole('button', { name: 'Add an article' }).click();
    expect(await first.getByLabel('Indicators').inputValue()).toBe('measles');
    expect(await first.getByLabel('public health surveillance').isChecked()).toBe(true);
    const other = amina.getByRole('group', { name: 'Article 2' });
    await other.getByLabel('Heading').fill('Good faith');
    await other.getByLabel('Text').fill('The parties help each other.');
    await shoot(amina, 'agreement-draft');
    await amina.getByRole('button', { name: 'Put it forward' }).click();
    expect(await amina.getByRole('alert').allInnerTexts()).toEqual([]);
    expect(await amina.locator('h1').innerText()).toBe('Agreement on early warning across the border');
    expect(await amina.locator('main').innerText()).toContain('This article is left to people');
    const path = new URL(amina.url()).pathname;
    await converge(a, b);

    await boris.goto(b.url + path);
    expect(await boris.locator('main').innerText()).toContain('counts from 1 to 4 withheld');
    await boris.getByRole('button', { name: 'Sign, binding at once' }).click();
    await converge(a, b);
    await amina.goto(a.url + path);
    await amina.getByRole('button', { name: 'Sign, binding at once' }).click();
    await converge(a, b);
    for (const [page, node] of [
      [amina, a],
      [boris, b],
    ] as const) {
      await page.goto(node.url + path);
      expect(await page.locator('main').innerText()).toContain('In force since');
      expect(await page.getByRole('button', { name: /^Sign,/ }).count()).toBe(0);
    }
    await shoot(boris, 'agreement-in-force');
  });

  it('have their agreement read by anyone, without an account, in Arabic', async () => {
    const anyone = await walk.open({ locale: 'ar' });
    await anyone.goto(`${b.url}/agreements`);
    expect(await anyone.locator('html').getAttribute('dir')).toBe('rtl');
    await anyone.locator('main table a').first().click();
    expect(await anyone.getByRole('button').count()).toBe(0);
    await shoot(anyone, 'agreement-arabic');
  });

  it('have met nothing that breaks, or that somebody could not read', { timeout: 180_000 }, async () => {
    expect(await walk.findFaults()).toEqual([]);
  });
});
