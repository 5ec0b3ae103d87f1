import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { findSpaceBySlug } from '../../src/dialogue/programme/spaces/store.ts';
import { findSessionBySlug } from '../../src/dialogue/programme/sessions/store.ts';
import { membership } from '../../src/network/members/actions.ts';
import { mailKeyFor } from '../../src/network/members/mail-keys.ts';
import { findMemberByEmail } from '../../src/network/members/store.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { settableClock } from '../support/house.ts';
import { openTestNode, type TestNode } from '../support/node.ts';
import { expectAccessible, openAdministrator, shoot, signIn } from '../support/pages.ts';

// A whole node with a database, and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 240_000 });

const space = '/p/operator/spaces/digital-health-whose-business';

/** The link that the mail would carry. */
async function linkFor(node: TestNode, email: string, to: 'membership' | 'session'): Promise<string> {
  return node.act(async (work) => {
    const member = await findMemberByEmail(work.tx.db, email);
    if (!member) throw new TypeError(`nobody is called ${email}`);
    const held = await findSpaceBySlug(work.tx.db, 'digital-health-whose-business');
    const session = held && (await findSessionBySlug(work.tx.db, held.id, 'who-owns-the-data'));
    const thing = to === 'membership' ? membership(member.id) : { kind: 'session', id: session?.id ?? '' };
    return `${node.url}/p/operator/k/${await mailKeyFor(work, member.id, thing)}`;
  });
}

const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name }).first().click();

describeInBrowser('a network’s pages, without JavaScript', () => {
  it('from opening a series to the references of its session; axe finds nothing', async () => {
    // Sessions end by the browser’s clock.
    const clock = settableClock(new Date());
    await using node = await openTestNode('a', clock);
    await openAdministrator(node, 'edu@example.org');
    await using browser = await launchBrowser();
    const office = await signIn(browser, node, 'edu@example.org');
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);

    await office.goto(`${node.url}/p/operator/profile`);
    await office.fill('[name=about]', 'We bring those together who build digital health and those who live with it.');
    await press(office, 'Save');
    await office.goto(`${node.url}/p/operator/dialogues`);
    await office.getByRole('link', { name: 'New series of dialogues' }).click();
    await office.fill('[name=title]', 'Digital health: whose business?');
    await office.fill('[name=overview]', 'Four sessions on who decides, who pays and who profits.\n\nOpen to anyone.');
    await office.selectOption('[name=timeZone]', 'Europe/Zurich');
    await expectAccessible(browser, office);
    await shoot(office, 'space-form');
    await press(office, 'Save');
    await press(office, 'Open to the public');

    await office.getByRole('link', { name: 'Plan a session' }).click();
    await office.fill('[name=title]', 'Who owns the data?');
    await office.fill('[name=overview]', 'Whose data, whose decision, whose profit.');
    await office.fill('[name=date]', day);
    await office.fill('[name=time]', '14.30');
    await office.fill('[name=meetingLink]', 'https://meet.example.org/secret-room');
    await expectAccessible(browser, office);
    await shoot(office, 'session-form');
    await press(office, 'Save');
    await press(office, 'Announce');
    await office.getByText('Put somebody on the programme').click();
    await office.fill('details [name=name]', 'د. خالد الأمين <b>');
    await office.fill('details [name=about]', 'Works on who may see what.');
    await office.getByRole('button', { name: 'Add', exact: true }).first().click();
    // Nobody is named without consent.
    expect(await office.textContent('main')).toContain('Nobody is named here who has not agreed to it.');
    // What was typed is still there.
    expect(await office.inputValue('details [name=name]')).toBe('د. خالد الأمين <b>');
    await office.check('details [name=agreed]');
    await office.getByRole('button', { name: 'Add', exact: true }).first().click();
    expect(await office.textContent('main')).toContain('د. خالد الأمين <b>');

    // Somebody who passes by sees it in her own time, and no link.
    const visitor = await (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })).newPage();
    visitor.setDefaultTimeout(5000);
    for (const [path, name] of [
      ['/p/operator', 'network-home'],
      ['/p/operator/dialogues', 'dialogues'],
      [space, 'series'],
      [`${space}/sessions/who-owns-the-data?zone=Africa%2FNairobi`, 'session'],
      ['/p/operator/time-zones', 'time-zones'],
      ['/p/operator/join', 'join'],
    ] as const) {
      await visitor.goto(node.url + path);
      await expectAccessible(browser, visitor);
      await shoot(visitor, name);
      await visitor.goto(`${node.url}${path}${path.includes('?') ? '&' : '?'}lang=ar`);
      await shoot(visitor, `${name}-ar`);
      await visitor.goto(`${node.url}${path}${path.includes('?') ? '&' : '?'}lang=en`);
    }
    await visitor.goto(`${node.url}${space}/sessions/who-owns-the-data`);
    expect(await visitor.textContent('main')).not.toContain('secret-room');

    // Registering is coming in: one form, one link.
    await visitor.getByRole('link', { name: 'Register' }).click();
    await visitor.fill('[name=email]', 'wanjiru@example.org');
    await visitor.fill('[name=name]', 'Wanjiru Otieno');
    await visitor.selectOption('[name=constituency]', 'civil-society');
    await visitor.selectOption('[name=country]', 'KE');
    await visitor.selectOption('[name=timeZone]', 'Africa/Nairobi');
    await visitor.check('[name=consents][value=contact]');
    await press(visitor, 'Register');
    expect(await visitor.textContent('main')).toContain('Look into your mailbox');
    await visitor.goto(await linkFor(node, 'wanjiru@example.org', 'session'));
    await expectAccessible(browser, visitor);
    await press(visitor, 'Register');
    expect(await visitor.textContent('main')).toContain('https://meet.example.org/secret-room');
    await shoot(visitor, 'session-by-key');

    // Her own entry, and an account if she wants one.
    await visitor.goto(await linkFor(node, 'wanjiru@example.org', 'membership'));
    await expectAccessible(browser, visitor);
    await shoot(visitor, 'entry');
    await visitor.fill('[name=password]', 'tea with milk and sugar');
    await press(visitor, 'Set a password and sign in');
    expect(await visitor.textContent('header')).toContain('Wanjiru Otieno');
    await visitor.goto(`${node.url}${space}/sessions/who-owns-the-data`);
    await visitor.fill('[name=text]', 'https://doi.org/10.1016/S2589-7500(21)00038-8');
    await press(visitor, 'Share');

    // The chat, and what the office makes of it.
    await office.goto(`${node.url}${space}/sessions/who-owns-the-data`);
    await office.getByRole('link', { name: 'Bring in the chat' }).click();
    await office.fill(
      '[name=text]',
      '14:41:02 From Wanjiru Otieno to Everyone:\n\thttps://www.who.int/publications/i/item/9789240020924?utm_source=x\n14:42:00 From Bo Li to Everyone:\n\tdoi:10.1016/s2589-7500(21)00038-8 and https://zoom.us/j/123',
    );
    await press(office, 'Find the references');
    await expectAccessible(browser, office);
    await shoot(office, 'harvested');
    for (let left = 2; left > 0; left--) {
      await office.goto(`${node.url}${space}/sessions/who-owns-the-data`);
      await office.locator('li:has-text("Not yet looked at")').first().getByRole('link', { name: 'look at' }).click();
      await office.fill(
        '[name=title]',
        left === 2 ? 'Global strategy on digital health' : 'Digital health, an article',
      );
      await press(office, 'Save');
    }
    await shoot(office, 'reference');
    await visitor.goto(`${node.url}${space}/sessions/who-owns-the-data`);
    const words = (await visitor.textContent('main')) ?? '';
    expect(words).toContain('Shared by Wanjiru Otieno');
    expect(words).toContain('later also by Bo Li');
    await expectAccessible(browser, visitor);
    await shoot(visitor, 'session-with-references');

    // Two edit at once: what the second typed is there, beside what the first saved.
    const other = await signIn(browser, node, 'edu@example.org');
    await office.goto(`${node.url}${space}/edit`);
    await other.goto(`${node.url}${space}/edit`);
    await office.fill('[name=overview]', 'Saved by the first.');
    await press(office, 'Save');
    await other.fill('[name=overview]', 'Typed by the second.');
    await press(other, 'Save');
    expect(await other.inputValue('[name=overview]')).toBe('Typed by the second.');
    expect(await other.textContent('main')).toContain('Saved by the first.');
    await shoot(other, 'two-at-once');
    await press(other, 'Save');
    expect(await other.textContent('main')).toContain('Typed by the second.');

    await office.goto(`${node.url}/p/operator/members`);
    await expectAccessible(browser, office);
    await shoot(office, 'members');
    await office.goto(`${node.url}/p/operator/members/import`);
    await expectAccessible(browser, office);
    await office.goto(`${node.url}${space}/import`);
    await expectAccessible(browser, office);
    await shoot(office, 'programme-import');
  });
});
