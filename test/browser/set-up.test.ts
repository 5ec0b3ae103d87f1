import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints } from '../../src/app.ts';
import { buildApplication } from '../../src/http/application.tsx';
import { listen, type HttpServer } from '../../src/http/server.ts';
import { work } from '../../src/house.ts';
import { inviteFirstAdministrator } from '../../src/network/people/actions.ts';
import { openDoor } from '../../src/network/people/door.ts';
import { launchBrowser } from '../support/browser.ts';
import { openTestHouse, settableClock, type TestHouse } from '../support/house.ts';
import { shoot } from '../support/pages.ts';
import { findFreePort } from '../support/site.ts';
import { describeBothWays, startWalk, type Walk } from '../support/walk.ts';

/** Step 2 of the first way through the product: an empty node, the one-time link that its start prints, and set-up. */
describeBothWays('whoever starts an empty node', (way) => {
  let browser: Browser;
  let house: TestHouse;
  let server: HttpServer;
  let url: string;
  let walk: Walk;
  let fatou: Page;

  beforeAll(async () => {
    const port = await findFreePort();
    url = `http://empty.localhost:${port}`;
    // The browser has a clock of its own, and drops cookies that ours has let expire.
    house = await openTestHouse(url, settableClock(new Date()));
    const temporaryDirectory = join(house.dataDir, 'tmp');
    server = await listen({ port, host: '127.0.0.1' }, () =>
      buildApplication({
        house: house.house,
        endpoints,
        door: openDoor(house.house),
        publicUrl: url,
        temporaryDirectory,
      }),
    );
    browser = await launchBrowser();
    walk = startWalk(browser, way);
    fatou = await walk.open();
  });

  afterAll(async () => {
    await browser.close();
    await server.stop(200);
    await house[Symbol.asyncDispose]();
  });

  it('opens the link once and becomes its administrator; nobody does so after her', async () => {
    const path = await work(house.house, 'node', { system: 'set-up' }, inviteFirstAdministrator);
    await fatou.goto(`${url}${path}`);
    await shoot(fatou, 'first-administrator');
    await fatou.getByLabel('Name', { exact: true }).fill('Fatou Rochel');
    await fatou.getByLabel('E-mail address').fill('fatou@example.org');
    await fatou.getByLabel('New password').fill('likes long passwords');
    await fatou.getByRole('main').getByRole('button').click();
    await fatou.goto(`${url}/account`);
    expect(await fatou.getByRole('main').innerText()).toContain('fatou@example.org');

    const other = await walk.open();
    const answer = await other.goto(`${url}${path}`);
    expect(answer?.status()).not.toBe(200);
    expect(await other.locator('h1').innerText()).toContain('This invitation was used already');
  });

  it('says who the party is, reads what a host can read, and gets the recovery key once', async () => {
    await fatou.goto(`${url}/set-up`);
    await shoot(fatou, 'set-up');
    const text = await fatou.getByRole('main').innerText();
    expect(text).toContain('can read');
    expect(text).toContain(url);
    const shown = fatou.locator('main code', { hasText: /^[A-Z0-9]{4}(?:-[A-Z0-9]{4})+$/ });
    const key = await shown.innerText();
    await fatou.getByLabel('Name of the party').fill('Ministry of Health of Ambria');
    await fatou.getByLabel('Kind of party').selectOption({ label: 'Government' });
    await fatou.getByLabel('Country').fill('KE');
    await fatou.getByLabel('The last four characters of the recovery key').fill('0000');
    await fatou.getByRole('button', { name: 'Open the log' }).click();
    expect(await fatou.getByRole('alert').innerText()).toContain('These are not the last four characters');
    expect(await shown.innerText(), 'the key that was written down still counts').toBe(key);
    expect(await fatou.getByLabel('Name of the party').inputValue()).toBe('Ministry of Health of Ambria');
    await fatou.getByLabel('The last four characters of the recovery key').fill(key.slice(-4));
    await fatou.getByRole('button', { name: 'Open the log' }).click();
    expect(await fatou.getByRole('status').count()).toBe(1);

    await fatou.goto(`${url}/set-up`);
    expect(await fatou.content()).not.toContain(key);
    expect(await fatou.locator('h1').innerText()).toContain('set up already');
    await fatou.goto(`${url}/log/0`);
    expect(await fatou.getByRole('main').innerText()).toContain('Ministry of Health of Ambria opens this log');
    expect(await fatou.content()).not.toContain(key);
    await fatou.goto(`${url}/people`);
    expect(await fatou.getByRole('main').innerText()).toContain('Fatou Rochel');
  });

  it('has met nothing that breaks, or that somebody could not read', { timeout: 120_000 }, async () => {
    expect(await walk.findFaults()).toEqual([]);
  });
});
