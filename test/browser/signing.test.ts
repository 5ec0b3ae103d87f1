import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAssertion } from '../../src/acts/assertion.ts';
import { proposeInstrument } from '../../src/agreement/actions.ts';
import type { ActId } from '../../src/ids.ts';
import { emailOf, openStage, passwordOf, type Stage } from '../support/cast.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { documentWith, weeklyTable } from '../support/instruments.ts';
import { expectAccessible, shoot } from '../support/pages.ts';

describeInBrowser('signing with a passkey, in a browser', () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    // Browsers measure expiry of cookies with their own clock.
    [stage, browser] = await Promise.all([
      openStage({ clock: { now: () => new Date(), set: () => {}, advance: () => {} } }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await stage[Symbol.asyncDispose]();
  });

  test('a delegate names her passkey in the party’s log, reads the words, and signs an agreement that asks for it', async () => {
    const { north, coast } = stage.parties;
    const document = documentWith([weeklyTable], { parties: [north.did, coast.did], assurance: 'passkey' });
    const by = { account: stage.accounts.edu, party: north.id };
    const id = await stage.act((work) => proposeInstrument(work, by, document), 'north');
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const device = await context.newCDPSession(page);
    await device.send('WebAuthn.enable');
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const main = page.locator('main');
    await page.goto(`${stage.site.url}/sign-in?next=/account/passkeys`);
    await page.fill('form[action="/sign-in"] [name=email]', emailOf('edu'));
    await page.fill('form[action="/sign-in"] [name=password]', passwordOf('edu'));
    await page.click('form[action="/sign-in"] button');
    await page.getByLabel('Name of the passkey').fill('My phone');
    await page.getByLabel('Your password now').fill(passwordOf('edu'));
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await main.getByText('The passkey was added.').waitFor();

    await page.goto(`${stage.site.url}/account/signing-keys`);
    await main.getByText('not yet').waitFor();
    const naming = page.locator('form[action="/account/signing-keys/enrol"]');
    await naming.locator('select').selectOption({ index: (await naming.locator('option').count()) - 1 });
    await naming.getByLabel('Your password now').fill(passwordOf('edu'));
    await naming.getByRole('button').click();
    await main.getByText(/since entry \d+/).waitFor();
    await shoot(page, 'signing-keys');
    await expectAccessible(browser, page);

    await page.goto(`${stage.site.url}/agreements/${id.slice(id.lastIndexOf('/') + 1)}`);
    await page.getByRole('button', { name: 'Sign, binding at once' }).click();
    await main.getByText('signs this text and is bound by it at once').waitFor();
    await main.getByText('Article 2. Good faith').waitFor();
    await shoot(page, 'prepared-act');
    await expectAccessible(browser, page);
    const act = page.url().slice(page.url().lastIndexOf('/') + 1) as ActId;
    await page.getByRole('button', { name: 'Sign with your passkey' }).click();
    await page.waitForURL('**/agreements/**');
    await main.getByText('signed, binding').first().waitFor();
    expect(await stage.house.database.read('node', (reader) => findAssertion(reader, act))).toBeDefined();
  }, 60_000);
});
