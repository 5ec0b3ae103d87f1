import type { Browser, Page } from 'playwright-core';
import { createRandom } from '@reciproca/opinion/random';
import { expect, it, vi } from 'vitest';
import { castVotes } from '../../src/dialogue/statements/voting/actions.ts';
import { findInquiryBySlug } from '../../src/dialogue/statements/inquiries/store.ts';
import { newMemberId, type MemberId } from '../../src/ids.ts';
import { mailKeyFor } from '../../src/network/members/mail-keys.ts';
import { findMemberById, insertMember } from '../../src/network/members/store.ts';
import { plainDateAt } from '../../src/period.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { openStage, type Stage } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { entry } from '../support/network.ts';
import { expectAccessible, shoot } from '../support/pages.ts';

// A whole node with a database, and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 300_000 });

const inquiryPath = '/p/operator/inquiries/what-should-digital-health-do-first';

async function addMember(stage: Stage, constituency: 'government' | 'academia' | 'community', country: string) {
  return stage.act(async ({ tx }): Promise<MemberId> => {
    const id = newMemberId();
    const values = { ...entry({ constituency, country }), organisation: undefined, email: `${id}@example.org` };
    const joinedOn = plainDateAt(tx.now, 'UTC');
    await insertMember(tx, stage.parties.north.id, id, values, { joinedOn, confirmedAt: tx.now });
    return id;
  }, 'north');
}

const keyFor = (stage: Stage, member: MemberId): Promise<string> =>
  stage.act(async (work) => {
    const inquiry = await findInquiryBySlug(work.tx.db, 'what-should-digital-health-do-first');
    const key = await mailKeyFor(work, member, { kind: 'inquiry', id: inquiry?.id ?? '' });
    return `${stage.site.url}/p/operator/k/${key}`;
  }, 'north');

/** Two camps on the first half, one mind on the second; every tenth vote is a pass. */
async function castMany(stage: Stage, people: number, statements: number): Promise<void> {
  const random = createRandom(3);
  const kinds = ['government', 'academia', 'community'] as const;
  const countries = ['KE', 'DE', 'IN', 'BR'];
  for (let at = 0; at < people; at++) {
    const id = await addMember(stage, kinds[at % 3] ?? 'community', countries[at % 4] ?? 'KE');
    await stage.act(async (work) => {
      const inquiry = await findInquiryBySlug(work.tx.db, 'what-should-digital-health-do-first');
      const member = await findMemberById(work.tx.db, id);
      if (!inquiry || !member) throw new TypeError('nothing to vote on');
      const votes = Array.from({ length: statements }, (_, number) => {
        const side = number < statements / 2 && at % 2 === 0 ? (-1 as const) : (1 as const);
        return {
          number: number + 1,
          choice: random() < 0.12 ? (0 as const) : random() < 0.12 ? (-side as 1 | -1) : side,
        };
      });
      await castVotes(work, inquiry, member, votes, 'web');
    }, 'north');
  }
}

/** Edu's browser, without scripts. */
async function signedIn(browser: Browser, stage: Stage): Promise<Page> {
  const [name = '', value = ''] = stage.keysOf('edu').cookie.split('=');
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
  await context.addCookies([{ name, value, url: stage.site.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name }).first().click();

describeInBrowser('statements and votes, without JavaScript', () => {
  it('from a question to its result, by keyboard, on a phone, in Arabic; axe finds nothing', async () => {
    const clock = settableClock(new Date());
    await using stage = await openStage({ clock });
    await using browser = await launchBrowser();
    const office = await signedIn(browser, stage);

    await office.goto(`${stage.site.url}/p/operator/spaces/new?kind=series`);
    await office.fill('[name=title]', 'Digital health: whose business?');
    await office.selectOption('[name=timeZone]', 'Africa/Nairobi');
    await press(office, 'Save');
    await press(office, 'Open to the public');
    await office.goto(`${stage.site.url}/p/operator/spaces/digital-health-whose-business/inquiries/new`);
    await office.fill('[name=question]', 'What should digital health do first?');
    await office.fill(
      '[name=introduction]',
      'Before our session in June. The statements with the broadest support open the paper.',
    );
    await office.fill('[name=statementsEach]', '3');
    await expectAccessible(browser, office);
    await shoot(office, 'inquiry-form');
    await press(office, 'Save');
    await press(office, 'Open it');
    await office.goto(`${stage.site.url}${inquiryPath}/statements`);
    const seeds = [
      'Clinics need electricity before they need applications',
      'The State should own the platform, not a company',
      'Patients decide who sees their data, also in research',
      'Nurses choose the tools they work with',
      'What was paid for with public money is open source',
      'A health post is not closed because there is an application',
    ];
    for (const text of seeds) {
      await office.fill('[name=text]', text);
      await press(office, 'Add the statement');
    }
    await office.fill('[name=text]', 'لا تطبيق بلا لغة أهل البلد');
    await office.selectOption('[name=language]', 'ar');
    await press(office, 'Add the statement');
    const list = (await office.content()).replaceAll(/\s+/g, ' ');
    // A right-to-left statement inside a left-to-right list keeps its own direction and turns nothing around it.
    expect(list).toContain('<bdi lang="ar" dir="auto">لا تطبيق بلا لغة أهل البلد</bdi>');
    await expectAccessible(browser, office);
    await shoot(office, 'statements');

    // Somebody with an old phone and no account votes with the keys alone.
    const wanjiru = await addMember(stage, 'community', 'KE');
    const phone = await (
      await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport: { width: 390, height: 800 } })
    ).newPage();
    phone.setDefaultTimeout(20_000);
    await phone.goto(await keyFor(stage, wanjiru));
    await expectAccessible(browser, phone);
    await shoot(phone, 'vote');
    const seen = new Set<string>();
    for (let left = 7; left > 0; left--) {
      seen.add((await phone.textContent('#ballot')) ?? '');
      await phone.locator('#content').focus();
      const buttons = phone.locator('section.act button');
      for (let presses = 0; presses < 12; presses++) {
        await phone.keyboard.press('Tab');
        if (
          await buttons
            .nth(left % 3)
            .evaluate((button: { matches(selector: string): boolean }) => button.matches(':focus'))
        )
          break;
      }
      await Promise.all([phone.waitForNavigation(), phone.keyboard.press('Enter')]);
    }
    expect(seen.size).toBe(7);
    expect(await phone.textContent('main')).toContain('You have voted on all statements');
    await shoot(phone, 'voted');

    // Her own words; naming a person holds them.
    await phone.fill('[name=text]', 'Minister Smith should resign');
    await phone.check('[name=namesPerson]');
    await press(phone, 'Send the statement');
    expect(await phone.textContent('main')).toContain('It is shown once somebody has looked at it.');
    await office.goto(`${stage.site.url}${inquiryPath}/moderation`);
    await expectAccessible(browser, office);
    await office.getByRole('link', { name: /^Decide/ }).click();
    await expectAccessible(browser, office);
    await shoot(office, 'decide');
    await press(office, 'Decide');
    // Nothing was chosen: it is said beside the field.
    expect(await office.textContent('main')).toContain('Decision');
    await office.check('[name=state][value=hidden]');
    await office.selectOption('[name=reason]', 'names-a-person');
    await office.fill('[name=note]', 'Speak of what should be done, please.');
    await press(office, 'Decide');
    await phone.goto(`${stage.site.url}${inquiryPath}/moderation`);
    expect(await phone.textContent('main')).toContain('Names a living person');
    expect(await phone.textContent('main')).not.toContain('Smith');
    await expectAccessible(browser, phone);
    await shoot(phone, 'moderation');
    await office.goto(`${stage.site.url}${inquiryPath}/statements/7`);
    await office.selectOption('[name=in]', 'en');
    await office.fill('[name=words]', 'No application without the language of the people');
    await office.fill('[name=machine]', 'Babel 2');
    await press(office, 'Add the translation');
    expect(await office.textContent('main')).toContain('by a machine');
    await shoot(office, 'translated');

    await castMany(stage, 72, 7);
    await stage.house.jobs.drain(stage.house);
    await phone.goto(`${stage.site.url}${inquiryPath}/results`);
    expect(await phone.textContent('main')).toContain('not the result');
    await office.goto(`${stage.site.url}${inquiryPath}/close`);
    await office.fill('[name=outcome]', 'The three with the broadest support open our position paper, due in July.');
    await expectAccessible(browser, office);
    await shoot(office, 'close');
    await press(office, 'Close it now');
    await stage.house.jobs.drain(stage.house);

    for (const [path, name] of [
      [`${inquiryPath}/results`, 'results'],
      ['/p/operator/inquiries', 'inquiries'],
      [inquiryPath, 'inquiry'],
      [`${inquiryPath}/statements`, 'all-statements'],
      ['/p/operator/spaces/digital-health-whose-business', 'space-with-inquiry'],
    ] as const)
      for (const language of ['ar', 'en']) {
        await phone.goto(`${stage.site.url}${path}?lang=${language}`);
        await shoot(phone, `${name}-${language}`);
        await expectAccessible(browser, phone);
      }
    await phone.goto(`${stage.site.url}${inquiryPath}/results`);
    const words = (await phone.textContent('main')) ?? '';
    for (const each of ['Group', 'By constituency', 'By WHO region', 'What has the broadest support'])
      expect(words).toContain(each);
    expect(await phone.locator('figure svg.map').count()).toBe(1);
    await phone.goto(await keyFor(stage, wanjiru));
    expect(await phone.textContent('main')).toContain('This is closed');
  });
});
