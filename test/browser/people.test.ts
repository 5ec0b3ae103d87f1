import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emailOf, openStage, passwordOf, type Member, type Stage } from '../support/cast.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { expectAccessible, shoot } from '../support/pages.ts';

describeInBrowser('people, in a browser', () => {
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

  async function open(javaScriptEnabled: boolean, locale = 'en-GB', width = 360): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled, locale, viewport: { width, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    return page;
  }

  async function signIn(page: Page, who: Member): Promise<void> {
    await page.goto(`${stage.site.url}/sign-in?next=/account`);
    await page.fill('form[action="/sign-in"] [name=email]', emailOf(who));
    await page.fill('form[action="/sign-in"] [name=password]', passwordOf(who));
    await page.click('form[action="/sign-in"] button');
    await page.waitForURL('**/account');
  }

  async function fits(page: Page): Promise<void> {
    const [wide, shown] = [
      await page.locator('html').evaluate((root) => root.scrollWidth),
      page.viewportSize()?.width ?? 0,
    ];
    expect([page.url(), wide <= shown]).toEqual([page.url(), true]);
  }

  test('an administrator invites somebody, who comes in and gets another role, all without JavaScript on a phone', async () => {
    const admin = await open(false);
    await signIn(admin, 'fatou');
    await admin.goto(`${stage.site.url}/people`);
    await admin.getByLabel('For whom').fill('Gita of the north district');
    await admin.getByRole('checkbox', { name: 'Reporter' }).check();
    await admin.getByRole('button', { name: 'Make an invitation' }).click();
    const link = await admin.locator('main code').innerText();
    await fits(admin);

    const guest = await open(false, 'fr-FR');
    await guest.goto(link);
    await guest.getByRole('button', { name: 'Accepter' }).click();
    await expectText(guest, 'Répondez à cette question');
    await guest.getByLabel('Nom', { exact: true }).fill('Gita');
    await guest.getByLabel('Adresse électronique').fill('gita@example.org');
    await guest.getByLabel('Nouveau mot de passe').fill('court');
    await guest.getByRole('button', { name: 'Accepter' }).click();
    await expectText(guest, 'Utilisez au moins 10 caractères');
    expect(await guest.getByLabel('Nom', { exact: true }).inputValue()).toBe('Gita');
    await shoot(guest, 'invitation-refused');
    await guest.getByLabel('Nouveau mot de passe').fill('plusieurs mots faciles');
    await guest.getByRole('button', { name: 'Accepter' }).click();
    await guest.goto(`${stage.site.url}/account`);
    await expectText(guest, 'Déclarant');
    await guest.goto(link);
    await expectText(guest, 'Cette invitation a déjà servi');

    await admin.goto(`${stage.site.url}/people`);
    await shoot(admin, 'people');
    await admin.getByRole('link', { name: 'Change Gita' }).click();
    await admin.getByRole('checkbox', { name: 'Observer' }).check();
    await admin.getByRole('button', { name: 'Save' }).click();
    await expectText(admin, 'Saved.');
    await expectText(admin, 'Reporter, Observer');
  });

  test('the pages of an account are accessible and fit a phone, in both directions of writing', async () => {
    const page = await open(false);
    await signIn(page, 'fatou');
    const paths = [
      '/account',
      '/account/profile',
      '/account/password',
      '/account/passkeys',
      '/account/tokens',
      '/people',
      `/people/${stage.accounts.amina}`,
      '/errors',
    ];
    for (const path of paths) {
      await page.goto(`${stage.site.url}${path}`);
      await fits(page);
      await shoot(page, `people${path.replaceAll('/', '-')}`);
      await expectAccessible(browser, page);
    }
    await page.goto(`${stage.site.url}/account?lang=ar`);
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    await fits(page);
    await shoot(page, 'account-ar');
    await expectAccessible(browser, page);
    const out = await open(false);
    await out.goto(`${stage.site.url}/sign-in`);
    await fits(out);
    await shoot(out, 'sign-in');
    await expectAccessible(browser, out);
  }, 60_000);

  test('a passkey is added and signs in again, and nothing breaks the content policy', async () => {
    const page = await open(true);
    const violations: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
    const device = await page.context().newCDPSession(page);
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
    await signIn(page, 'edu');
    await page.goto(`${stage.site.url}/account/passkeys`);
    await page.getByLabel('Name of the passkey').fill('My phone');
    await page.getByLabel('Your password now').fill(passwordOf('edu'));
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await expectText(page, 'The passkey was added.');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${stage.site.url}/sign-in?next=/account`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL('**/account');
    await expectText(page, 'Edu');
    expect(violations).toEqual([]);
  });

  test('a device that gives no answer is explained, and the password still works', async () => {
    const page = await open(true);
    const device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: false,
      },
    });
    await page.goto(`${stage.site.url}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expectText(page, 'The device gave no answer');
    await signIn(page, 'edu');
    expect(new URL(page.url()).pathname).toBe('/account');
  });

  async function expectText(page: Page, text: string): Promise<void> {
    await page.locator('main').getByText(text).first().waitFor();
  }
});
