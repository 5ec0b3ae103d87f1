import type { Browser, Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { sweepDecisions } from '../../src/dialogue/decisions/decision-jobs.ts';
import { announceSession, planSession } from '../../src/dialogue/programme/sessions/actions.ts';
import { draftSpace, openSpace } from '../../src/dialogue/programme/spaces/actions.ts';
import { addOrganisation } from '../../src/network/members/actions.ts';
import { giveMandate } from '../../src/network/assembly/directory/actions.ts';
import { setRules } from '../../src/network/assembly/rules/rules.ts';
import type { PlainDate } from '../../src/period.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { openStage, type Member, type Stage } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { becomeMember, inNetwork, series, session } from '../support/network.ts';
import { expectAccessible, shoot } from '../support/pages.ts';

// A whole node and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 300_000 });

// Whoever does nothing for a day is signed out.
const start = new Date('2026-06-16T06:00:00Z');
const begins = new Date('2026-06-16T12:30:00Z');
const minute = 60_000;
const speakers = ['chen', 'bruno', 'dalia'] as const;

async function prepare(stage: Stage): Promise<void> {
  await inNetwork(stage, 'edu', (work) =>
    setRules(work, { admission: 'secretariat', silenceDays: 14, noticeDays: 0, quorumPercent: 50 }),
  );
  for (const who of speakers) {
    await becomeMember(stage, who, `${who}@example.org`, { consents: new Set(['directory'] as const) });
    await inNetwork(stage, 'edu', async (work) => {
      const organisation = await addOrganisation(work, {
        name: `Health Alliance of ${who}`,
        kind: 'civil-society',
        country: 'KE',
        website: undefined,
        did: undefined,
      });
      const since = '2026-01-01' as PlainDate;
      await giveMandate(work, organisation, { email: `${who}@example.org`, scope: '', since, until: undefined });
    });
  }
  await inNetwork(stage, 'edu', async (work) => {
    const space = await draftSpace(work, series({ slug: 'assembly', title: { en: 'General assembly' } }));
    await openSpace(work, space);
    await announceSession(work, await planSession(work, space, session({ title: { en: 'Assembly of 2026' } })));
  });
}

async function signedIn(browser: Browser, stage: Stage, who: Member, locale = 'en-GB', width = 1280): Promise<Page> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ javaScriptEnabled: false, locale, viewport });
  const [name = '', value = ''] = stage.keysOf(who).cookie.split('=');
  await context.addCookies([{ name, value, url: stage.site.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name }).first().click();
const wordsOf = async (page: Page): Promise<string> => (await page.textContent('main')) ?? '';

describeInBrowser('an assembly, without JavaScript', () => {
  it('goes from its notice to its approved minutes', async () => {
    const clock = settableClock(start);
    await using stage = await openStage({ clock });
    await prepare(stage);
    await using browser = await launchBrowser();

    const office = await signedIn(browser, stage, 'edu');
    await office.goto(`${stage.site.url}/p/operator/assemblies`);
    await expectAccessible(browser, office);
    await office.selectOption('[name=session]', { index: 1 });
    await press(office, 'Prepare an assembly');
    const path = new URL(office.url()).pathname;
    await office.fill('[name=title]', 'Budget of 2027');
    await office.fill('[name=minutes]', '45');
    await press(office, 'Add to the agenda');
    await expectAccessible(browser, office);
    await shoot(office, 'assembly-agenda');
    await press(office, 'Give notice');
    expect(await wordsOf(office)).toContain('Called');

    const [chen, bruno, dalia] = await Promise.all(speakers.map((who) => signedIn(browser, stage, who)));
    if (!chen || !bruno || !dalia) throw new TypeError('nobody is there');
    await chen.goto(stage.site.url + path);
    await chen.locator('summary', { hasText: 'Move something' }).click();
    await chen.fill('[name=words]', 'The network adopts its budget.');
    await expectAccessible(browser, chen);
    await press(chen, 'Move something');
    await bruno.goto(stage.site.url + path);
    await press(bruno, /^Second for/);

    clock.set(begins);
    for (const page of [chen, bruno]) {
      await page.goto(stage.site.url + path);
      await press(page, /is present$/);
    }
    await office.goto(stage.site.url + path);
    await press(office, 'Open the assembly');
    await press(office, 'Put to the vote for 10 minutes');
    await expectAccessible(browser, office);
    await shoot(office, 'assembly-open');
    for (const [page, choice] of [
      [chen, 'agree'],
      [bruno, 'agree'],
      [dalia, 'object'],
    ] as const) {
      await page.goto(stage.site.url + path);
      await page.getByRole('link', { name: 'Vote', exact: true }).click();
      await page.check(`[name=choice][value=${choice}]`);
      await press(page, 'Answer');
    }
    await expectAccessible(browser, dalia);

    clock.set(new Date(begins.getTime() + 10 * minute));
    await sweepDecisions.run(stage.house, {});
    await office.goto(stage.site.url + path);
    expect(await wordsOf(office)).toContain('For: 2. Against: 1.');
    await press(office, 'Close the assembly');
    expect(await office.inputValue('[name=words]')).toContain('Carried: 2 for, 1 against, 0 abstaining.');
    await expectAccessible(browser, office);
    await shoot(office, 'assembly-minutes');
    await press(office, 'Save');
    await press(office, 'Approve and publish the minutes');

    const reader = await signedIn(browser, stage, 'dalia', 'ar', 390);
    await reader.goto(stage.site.url + path);
    expect(await wordsOf(reader)).toContain('المحضر معتمد');
    await expectAccessible(browser, reader);
    await shoot(reader, 'assembly-arabic');
    for (const room of ['directory', 'apply', 'rules', 'records', 'advisory-groups']) {
      await office.goto(`${stage.site.url}/p/operator/${room}`);
      await expectAccessible(browser, office);
      await shoot(office, room);
    }
  });
});
