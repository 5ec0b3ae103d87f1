import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { draftSpace, openSpace } from '../../src/dialogue/programme/spaces/actions.ts';
import {
  addToProgramme,
  announceSession,
  noteAttendance,
  planSession,
} from '../../src/dialogue/programme/sessions/actions.ts';
import { insertSessionPerson } from '../../src/dialogue/programme/sessions/store.ts';
import { wallClockAt } from '../../src/dialogue/programme/when.ts';
import type { Caller } from '../../src/http/caller.ts';
import type { Work } from '../../src/house.ts';
import { newMemberId, type DialogueSessionId, type MemberId } from '../../src/ids.ts';
import { membership } from '../../src/network/members/actions.ts';
import { mailKeyFor } from '../../src/network/members/mail-keys.ts';
import { requireParty } from '../../src/network/members/party.ts';
import { insertMember } from '../../src/network/members/store.ts';
import type { PlainDate } from '../../src/period.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { stranger } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { entry, series, session } from '../support/network.ts';
import { openTestNode, type TestNode } from '../support/node.ts';
import { expectAccessible, openAdministrator, shoot, signInOn } from '../support/pages.ts';

// A whole node with a database, and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 480_000 });

const space = '/p/operator/spaces/whose-business';
const floor = `${space}/sessions/now/floor`;

const convening = (node: TestNode, work: Work): Work & Caller => ({
  ...stranger(work),
  party: { id: node.operator.id, did: node.operator.did, slug: 'operator', name: 'Ministry of a' },
  viewer: {
    account: { id: node.person, email: 'amina@example.org', name: 'Amina' },
    party: { id: node.operator.id, slug: 'operator', name: 'Ministry of a' },
    roles: new Set(['administrator']),
  },
});

interface People {
  readonly wanjiru: MemberId;
  readonly khalid: MemberId;
  readonly session: DialogueSessionId;
}

/** A session of last week, and one that runs now in Geneva, with people of four constituencies. */
async function stageSessions(node: TestNode): Promise<People> {
  return node.act(async (plain) => {
    const work = convening(node, plain);
    const hour = (days: number): string =>
      wallClockAt(new Date(work.tx.now.getTime() - days * 86_400_000 - 600_000), 'Europe/Zurich');
    const id = await draftSpace(work, series());
    await openSpace(work, id);
    const past = await planSession(work, id, session({ slug: 'past', localStart: hour(7) }));
    const now = await planSession(
      work,
      id,
      session({ slug: 'now', title: { en: 'Who pays?', ar: 'من يدفع؟' }, localStart: hour(0), place: 'Geneva' }),
    );
    await announceSession(work, past);
    await announceSession(work, now);
    const made = async (count: number, over: Parameters<typeof entry>[0]): Promise<readonly MemberId[]> => {
      const ids: MemberId[] = [];
      for (let n = 0; n < count; n++) {
        const { organisation: _, ...rest } = entry(over);
        const member = newMemberId();
        const values = { ...rest, organisation: undefined, email: `${member}@example.org` };
        const standing = { joinedOn: '2026-01-01' as PlainDate, confirmedAt: work.tx.now };
        await insertMember(work.tx, requireParty(work), member, values, standing);
        for (const held of [past, now])
          await insertSessionPerson(work.tx, {
            id: randomUUID(),
            party_id: requireParty(work),
            session_id: held,
            is_chatham_house: false,
            member_id: member,
            name: null,
            named_with_consent_at: null,
            affiliation: null,
            about: null,
            input_link: null,
            role: 'registered',
            mode: 'in-person',
            position: 0,
            at: work.tx.now,
          });
        ids.push(member);
      }
      return ids;
    };
    const government = await made(12, { constituency: 'government', country: 'CH', gender: 'man', name: 'Delegate' });
    const academia = await made(8, { constituency: 'academia', country: 'BR', gender: 'woman', name: 'Prof. Silva' });
    const community = await made(10, { constituency: 'community', country: 'KE', gender: 'woman' });
    const [khalid] = await made(2, { constituency: 'union', country: 'SD', name: 'د. خالد الأمين' });
    for (const member of [...government, ...academia, ...community.slice(0, 5)])
      await noteAttendance(work, past, member, 'in-person');
    for (const member of government)
      await addToProgramme(work, past, { role: 'speaker', who: { member }, about: undefined, inputLink: undefined });
    const [wanjiru] = community;
    if (!wanjiru || !khalid) throw new TypeError('nobody came');
    return { wanjiru, khalid, session: now };
  });
}

const keyTo = (node: TestNode, member: MemberId, thing: { readonly kind: string; readonly id: string }) =>
  node.act(async (work) => `${node.url}/p/operator/k/${await mailKeyFor(work, member, thing)}`);

async function open(browser: Browser, width: number): Promise<Page> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

const phone = (browser: Browser): Promise<Page> => open(browser, 390);
const desk = (browser: Browser): Promise<Page> => open(browser, 1280);

const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name }).first().click();

describeInBrowser('equal power and rights, without JavaScript', () => {
  it('from asking for the floor to seeing whose voices count; axe finds nothing', async () => {
    const clock = settableClock(new Date());
    await using node = await openTestNode('a', clock);
    await openAdministrator(node, 'edu@example.org');
    await using browser = await launchBrowser();
    const { wanjiru, khalid, session: id } = await stageSessions(node);

    // Two on phones, by the links in their mails.
    const hers = await phone(browser);
    await hers.goto(await keyTo(node, wanjiru, { kind: 'session', id }));
    await expectAccessible(browser, hers);
    await shoot(hers, 'session-running');
    await hers.getByRole('link', { name: 'Into the session' }).click();
    await press(hers, 'Ask for the floor');
    expect(await hers.textContent('main')).toContain('You are next.');
    const his = await phone(browser);
    await his.goto(await keyTo(node, khalid, { kind: 'session', id }));
    await his.getByRole('link', { name: 'Into the session' }).click();
    clock.advance(1000);
    await press(his, 'Ask for the floor');
    await expectAccessible(browser, his);
    await shoot(his, 'floor-phone');
    await his.goto(`${his.url().split('?')[0]}?lang=ar`);
    await expectAccessible(browser, his);
    await shoot(his, 'floor-phone-ar');

    const office = await signInOn(await desk(browser), node, 'edu@example.org');
    await office.goto(node.url + floor);
    await press(office, 'Call the next');
    expect(await office.textContent('main')).toContain('Wanjiru Otieno · Community');
    await expectAccessible(browser, office);
    clock.advance(150_000);
    await press(office, 'Call the next');
    await office.selectOption('main [name=language]', 'en');
    await office.fill('[name=words]', 'Who pays for the line decides who is heard.');
    await office.check('[name=publish]');
    await press(office, 'Save the notes');
    clock.advance(60_000);
    await press(office, 'The turn is over');
    expect(await office.textContent('main')).toContain('Floor time');
    await expectAccessible(browser, office);
    await shoot(office, 'floor-chair');
    await office.getByRole('link', { name: 'Who was there' }).click();
    await expectAccessible(browser, office);
    await shoot(office, 'attendance');

    const visitor = await desk(browser);
    for (const [path, name] of [
      [`${space}/sessions/now`, 'session-with-voices'],
      [`${space}/equal-power`, 'equal-power'],
      ['/p/operator/equal-power', 'equal-power-network'],
      [`${space}/sessions/now/carbon`, 'carbon'],
    ] as const)
      await visit(browser, visitor, node.url + path, name);
    expect(await visitor.textContent('main')).toContain('Travel and the climate');
  });

  it('from a code of conduct to an answered complaint, and to being forgotten; axe finds nothing', async () => {
    await using node = await openTestNode('a', settableClock(new Date()));
    await openAdministrator(node, 'edu@example.org');
    await using browser = await launchBrowser();
    const { wanjiru, khalid } = await stageSessions(node);

    const office = await signInOn(await desk(browser), node, 'edu@example.org');
    await office.goto(`${node.url}/p/operator/conduct`);
    await office.getByText('Publish a new version').click();
    await office.fill('[name=words]', 'We listen.\n\nNobody is mocked for her language, her line or her rank.');
    await press(office, 'Publish');
    await office.locator('summary', { hasText: 'Name somebody who handles complaints' }).click();
    await office.fill('[name=email]', `${khalid}@example.org`);
    await office.locator('main').getByRole('button', { name: 'Name somebody who handles complaints' }).click();
    await expectAccessible(browser, office);
    await shoot(office, 'conduct-office');

    const hers = await phone(browser);
    await hers.goto(`${node.url}/p/operator/conduct`);
    await visit(browser, hers, hers.url(), 'conduct');
    const key = await keyTo(node, wanjiru, membership(wanjiru));
    await visit(browser, hers, `${key}/membership/complaints`, 'complaints');
    await hers.fill('[name=words]', 'I asked three times for the floor and was passed over.');
    await press(hers, 'Send');
    await hers.locator('main table a').first().click();
    const complaint = new URL(hers.url()).pathname.split('/').at(-1) ?? '';
    await expectAccessible(browser, hers);
    const his = await phone(browser);
    await his.goto(await keyTo(node, khalid, { kind: 'complaint', id: complaint }));
    await his.fill('[name=words]', 'We looked at the list: you were. The chair has been spoken to.');
    await press(his, 'Send');
    await hers.reload();
    expect(await hers.textContent('main')).toContain('The chair has been spoken to.');
    await visit(browser, hers, hers.url(), 'complaint');

    await visit(browser, hers, `${key}/membership/data`, 'my-data');
    await press(hers, 'Forget me');
    expect(await hers.textContent('main')).toContain('Tick this first');
    await expectAccessible(browser, hers);
    await hers.check('[name=understood]');
    await press(hers, 'Forget me');
    expect(await hers.textContent('main')).toContain('You are forgotten here.');
  });
});

/** In English and in Arabic. */
async function visit(browser: Browser, page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await expectAccessible(browser, page);
  await shoot(page, name);
  await page.goto(`${url}${url.includes('?') ? '&' : '?'}lang=ar`);
  await shoot(page, `${name}-ar`);
  await page.goto(`${url}${url.includes('?') ? '&' : '?'}lang=en`);
}
