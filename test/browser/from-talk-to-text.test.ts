import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { mailKinds } from '../../src/app.ts';
import type { PartyKind } from '../../src/acts/spine-types.ts';
import { sweepDecisions } from '../../src/dialogue/decisions/decision-jobs.ts';
import { sweepStatements } from '../../src/dialogue/papers/paper-jobs.ts';
import { deliverMails } from '../../src/field/mail/outgoing.ts';
import { takeInMail } from '../../src/field/mail/taking-in.ts';
import type { House } from '../../src/house.ts';
import { addOrganisation, confirmMembership, noteNewcomer } from '../../src/network/members/actions.ts';
import { findMemberById } from '../../src/network/members/store.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { stranger } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { openMailServer, type TestMailServer } from '../support/mail-server.ts';
import { entry } from '../support/network.ts';
import { openTestNode, type TestNode } from '../support/node.ts';
import { expectAccessible, openAdministrator, shoot, signInOn } from '../support/pages.ts';

// A whole node with a database, a mail server and a browser, on a machine that others use as well.
vi.setConfig({ testTimeout: 600_000 });

const address = { local: 'reply', domain: 'node.example' };
const hour = 3_600_000;

/** Members of five constituencies. Nobody of them has an account; Wanjiru never opens a browser. */
const people: Readonly<
  Record<string, { readonly name: string; readonly constituency: PartyKind; readonly language?: string }>
> = {
  'amara@example.org': { name: 'Amara Okafor', constituency: 'government' },
  'bo@example.org': { name: 'Bo Li', constituency: 'academia' },
  'chandra@example.org': { name: 'Chandra Rao', constituency: 'private-sector' },
  'delia@example.org': { name: 'Delia Santos', constituency: 'international-organisation' },
  'wanjiru@example.org': { name: 'Wanjiru Otieno', constituency: 'community' },
};

async function join(node: TestNode, email: string): Promise<void> {
  await node.act(async (work) => {
    const { id, did } = node.operator;
    const caller = { ...stranger(work), party: { id, did, slug: 'operator', name: 'Ministry of a' } };
    const member = await noteNewcomer(caller, email, entry({ ...people[email], organisation: undefined }));
    const found = await findMemberById(work.tx.db, member);
    if (found) await confirmMembership(work, found);
  });
}

/** Writes and carries mail, as the running node would. */
class Post {
  readonly #house: House;
  readonly #node: TestNode;
  readonly #server: TestMailServer;

  constructor(node: TestNode, server: TestMailServer) {
    this.#node = node;
    this.#server = server;
    const mail = { address, smtpUrl: server.url, imapUrl: undefined };
    this.#house = { ...node.house, config: { ...node.house.config, mail } };
  }

  async carry(): Promise<void> {
    await this.#house.jobs.drain(this.#house);
    await deliverMails(this.#house, this.#node.operator.id);
  }

  textTo(email: string): string {
    return this.#server.latest(email).mail.text;
  }

  /** The link that opens the latest mail's thing in a browser. */
  linkTo(email: string): string {
    const [link = ''] = /http:\/\/\S+\/k\/[a-z2-7]{26}/.exec(this.textTo(email).replaceAll(/=\n/g, '')) ?? [];
    return link;
  }

  async reply(email: string, words: string): Promise<string> {
    const { mail } = this.#server.latest(email);
    const raw = [
      `From: Somebody <${email}>`,
      `To: ${mail.headers.get('reply-to')}`,
      `Subject: Re: ${mail.subject}`,
      `Message-ID: <${randomUUID()}@phone.example>`,
      `In-Reply-To: ${mail.messageId}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      words,
      '',
      'On Mon, 2 Mar 2026 at 09:00, the network wrote:',
      ...mail.text.split('\n').map((line) => `> ${line}`),
    ].join('\r\n');
    const outcome = await takeInMail(this.#house, mailKinds, Buffer.from(raw));
    await this.carry();
    return `${outcome}: ${this.textTo(email)}`;
  }
}

/** Without JavaScript; patient, because the machine may be busy. */
async function openPage(browser: Browser, width = 1280): Promise<Page> {
  const viewport = { width, height: 900 };
  const page = await (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport })).newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

async function byKey(browser: Browser, link: string, width?: number): Promise<Page> {
  const page = await openPage(browser, width);
  await page.goto(link);
  return page;
}

const press = (page: Page, name: string | RegExp) => page.locator('main').getByRole('button', { name }).first().click();
const wordsOf = async (page: Page): Promise<string> => (await page.textContent('main')) ?? '';

describeInBrowser('from talk to text, without JavaScript', () => {
  it('a series opens; its community writes, decides and publishes a paper; a joint statement is signed and closes', async () => {
    const clock = settableClock(new Date());
    await using node = await openTestNode('a', clock);
    await using server = await openMailServer();
    await openAdministrator(node, 'edu@example.org');
    await using browser = await launchBrowser();
    const post = new Post(node, server);
    for (const email of Object.keys(people)) await join(node, email);
    const office = await signInOn(await openPage(browser), node, 'edu@example.org');

    // The series, and the community that owes a paper.
    await office.goto(`${node.url}/p/operator/spaces/new?kind=series`);
    await office.fill('[name=title]', 'Digital health: whose business?');
    await office.selectOption('[name=timeZone]', 'Europe/Zurich');
    await press(office, 'Save');
    await press(office, 'Open to the public');
    await office.goto(`${node.url}/p/operator/spaces/new?kind=community`);
    await office.fill('[name=title]', 'Health data for people');
    await office.selectOption('[name=timeZone]', 'Africa/Nairobi');
    await office.selectOption('[name=outputKind]', 'position-paper');
    await office.fill(
      '[name=outputDueOn]',
      new Date(clock.now().getTime() + 60 * 24 * hour).toISOString().slice(0, 10),
    );
    await press(office, 'Save');
    const community = new URL(office.url()).pathname;
    for (const [at, email] of Object.keys(people).entries()) {
      await office.fill('[name=email]', email);
      await office.selectOption('select[name=role]', at === 0 ? 'convenor' : 'participant');
      await press(office, 'Give a role');
    }
    await press(office, 'Open to the public');

    // The paper.
    await office.getByRole('link', { name: 'New paper' }).click();
    await office.fill('[name=title]', 'Health data belong to people');
    await office.fill(
      '[name=text]',
      '# Who owns\n\nHealth data belong to the people they are about.\n\nStates protect them, as https://www.who.int/publications/i/item/9789240020924 says.\n\n- Nobody sells them.',
    );
    await expectAccessible(browser, office);
    await shoot(office, 'paper-new');
    await press(office, 'Open the paper');
    const paper = new URL(office.url()).pathname;
    await expectAccessible(browser, office);
    await shoot(office, 'paper-first');
    await press(office, 'Send it round by mail');
    await post.carry();

    // By plain mail only: Wanjiru proposes, and reads what became of it.
    expect(post.textTo('wanjiru@example.org')).toContain('2. Health data belong to the people they are about.');
    const receipt = await post.reply(
      'wanjiru@example.org',
      '2: Health data belong to the people and communities they are about.\nbecause: we decide together',
    );
    expect(receipt).toMatch(/^done: .*2\.1/s);

    // By the link in their mail, without an account.
    const bo = await byKey(browser, post.linkTo('bo@example.org'));
    await expectAccessible(browser, bo);
    await shoot(bo, 'paper-by-key');
    await bo.getByRole('link', { name: /1 proposal/ }).click();
    await expectAccessible(browser, bo);
    await shoot(bo, 'clause');
    await bo.getByRole('link', { name: /Proposal 2\.1/ }).click();
    await bo.check('[name=position][value=support]');
    await press(bo, 'Say so');
    expect(await wordsOf(bo)).toContain('2 support');
    await expectAccessible(browser, bo);
    await shoot(bo, 'proposal');

    const chandra = await byKey(browser, post.linkTo('chandra@example.org'), 390);
    await chandra.getByRole('link', { name: /^Propose 4/ }).click();
    await chandra.getByRole('link', { name: 'Propose a change' }).click();
    await chandra.fill('[name=text]', 'Nobody sells them without consent.');
    await press(chandra, 'Propose');
    expect(await wordsOf(chandra)).toContain('Answer this question.');
    expect(await chandra.inputValue('[name=text]')).toBe('Nobody sells them without consent.');
    await chandra.fill('[name=reason]', 'Markets can help.');
    await expectAccessible(browser, chandra);
    await shoot(chandra, 'propose');
    await press(chandra, 'Propose');
    expect(await wordsOf(chandra)).toContain('Proposal 4.1');
    const chandraClause = chandra.url();

    // Who convenes takes up, and answers; two at once, and nothing typed is lost.
    const amara = await byKey(browser, post.linkTo('amara@example.org'));
    await amara
      .getByRole('link', { name: /1 proposal/ })
      .first()
      .click();
    await amara.getByRole('link', { name: 'Take proposals up' }).click();
    expect(await amara.inputValue('[name=text]')).toContain('people and communities');
    await expectAccessible(browser, amara);
    await shoot(amara, 'join');
    await office.goto(`${node.url}${paper}/clauses/2/propose?op=change`);
    await office.fill('[name=text]', 'All health data belong to the people they are about.');
    await office.fill('[name=reason]', 'All.');
    await press(office, 'Propose');
    await office.getByRole('link', { name: 'Take up' }).click();
    await press(amara, 'Take up');
    expect(await wordsOf(amara)).toContain('It is text now');
    await office.fill('[name=text]', 'Typed by the second, at once.');
    await press(office, 'Take up');
    expect(await office.inputValue('[name=text]')).toBe('Typed by the second, at once.');
    expect(await wordsOf(office)).toContain('Somebody changed this clause while you wrote');
    expect(await office.textContent('ins')).toContain('and communities');
    await expectAccessible(browser, office);
    await shoot(office, 'two-at-once');
    await office.fill('[name=text]', 'All health data belong to the people and communities they are about.');
    await press(office, 'Take up');

    await office.goto(`${node.url}${paper}/proposals/4-1`);
    await office.check('[name=how][value=declined]');
    await office.fill('[name=answer]', 'This community holds that consent does not make a sale right.');
    await press(office, 'Answer');
    await chandra.goto(chandraClause);
    expect(await wordsOf(chandra)).toContain('consent does not make a sale right');

    // The silence procedure.
    await office.goto(`${node.url}${paper}`);
    await office.getByRole('link', { name: 'Put it to a decision' }).click();
    await expectAccessible(browser, office);
    await shoot(office, 'decision-new');
    await press(office, 'Open the decision');
    const decision = new URL(office.url()).pathname;
    await post.carry();
    expect(post.textTo('wanjiru@example.org')).toContain('If you agree, you need do nothing.');
    expect(await post.reply('wanjiru@example.org', 'Yes, thank you')).toMatch(/^done: .*counts/s);
    const delia = await byKey(browser, post.linkTo('delia@example.org'));
    await expectAccessible(browser, delia);
    await shoot(delia, 'decision-by-key');
    await delia.check('[name=choice][value=agree]');
    await press(delia, 'Answer');
    expect(await wordsOf(delia)).toContain('Your answer is noted');
    clock.advance(72 * hour);
    await sweepDecisions.run(node.house, {});
    expect(await post.reply('wanjiru@example.org', 'No: too late')).toMatch(/^refused: .*not\s+counted/s);

    const chair = await signInOn(await openPage(browser), node, 'edu@example.org');
    await chair.goto(node.url + decision);
    expect(await wordsOf(chair)).toContain('Adopted');
    await chair.fill('[name=text]', 'The paper is ours. We bring it to the assembly in May.');
    await expectAccessible(browser, chair);
    await shoot(chair, 'decision-outcome');
    await press(chair, 'Tell it, and publish the paper');
    expect(await wordsOf(chair)).toContain('We bring it to the assembly in May.');
    await shoot(chair, 'decision-told');

    // The published paper shows whose words are in it, for anyone.
    const visitor = await byKey(browser, node.url + paper);
    const published = await wordsOf(visitor);
    expect(published).toContain('All health data belong to the people and communities they are about.');
    expect(published).toContain('Wanjiru Otieno');
    expect(published).toMatch(/\[1\]/);
    expect(published).toContain('the groups are smaller than five people');
    await expectAccessible(browser, visitor);
    await shoot(visitor, 'paper-published');
    for (const lang of ['ar', 'fr']) {
      await visitor.goto(`${node.url}${paper}?lang=${lang}`);
      await shoot(visitor, `paper-published-${lang}`);
    }
    await visitor.goto(`${node.url}${paper}/compare?from=0&lang=en`);
    expect(await visitor.textContent('ins')).toContain('All');
    await expectAccessible(browser, visitor);
    await shoot(visitor, 'paper-compare');
    await visitor.goto(node.url + community);
    expect(await wordsOf(visitor)).toContain('a position paper');
    expect(await wordsOf(visitor)).not.toContain('Overdue');
    await shoot(visitor, 'community');

    // The joint statement.
    await node.act((work) => {
      const { id, did } = node.operator;
      const party = { id, did, slug: 'operator', name: 'Ministry of a' };
      const viewer = {
        account: { id: node.person, email: 'edu@example.org', name: 'edu' },
        party,
        roles: new Set(['administrator'] as const),
      };
      const health = {
        name: 'Health Watch',
        kind: 'civil-society',
        country: 'KE',
        did: undefined,
        website: undefined,
      } as const;
      return addOrganisation({ ...stranger(work), party, viewer }, health);
    });
    await chair.goto(`${node.url}${community}/papers/new`);
    await chair.selectOption('[name=kind]', 'joint-statement');
    await chair.fill('[name=title]', 'Health data are not for sale');
    await chair.fill('[name=text]', 'We, members of this network, ask governments to forbid the sale of health data.');
    await press(chair, 'Open the paper');
    const statement = new URL(chair.url()).pathname;
    await chair.getByRole('link', { name: 'Close the text and open it for signatures' }).click();
    const deadline = new Date(clock.now().getTime() + 48 * hour);
    await chair.fill('[name=date]', deadline.toISOString().slice(0, 10));
    await chair.fill('[name=time]', '12:00');
    await chair.selectOption('[name=timeZone]', 'UTC');
    await expectAccessible(browser, chair);
    await shoot(chair, 'signing-new');
    await press(chair, 'Close the text and open it for signatures');
    await press(chair, 'Send it round by mail');
    await post.carry();
    expect(await post.reply('wanjiru@example.org', 'Sign')).toMatch(/^done: .*Wanjiru Otieno/s);
    const signer = await byKey(browser, post.linkTo('bo@example.org'));
    await expectAccessible(browser, signer);
    await press(signer, 'Sign for myself');
    expect(await wordsOf(signer)).toContain('You have signed.');
    await shoot(signer, 'statement-by-key');
    const leaver = await byKey(browser, post.linkTo('chandra@example.org'));
    await press(leaver, 'Sign for myself');
    await press(leaver, 'Take back');
    await chair.goto(`${node.url}${statement}/signatures/record`);
    await chair.fill('[name=organisation]', 'Health Watch');
    await press(chair, 'Record an organisation’s signature');
    clock.set(new Date(`${deadline.toISOString().slice(0, 10)}T12:00:00Z`));
    await sweepStatements.run(node.house, {});
    expect(await post.reply('delia@example.org', 'sign')).toMatch(/^refused: .*not\s+counted/s);
    await visitor.goto(node.url + statement);
    const closed = await wordsOf(visitor);
    expect(closed).toContain('1 organisation');
    expect(closed).toContain('2 persons');
    expect(closed).toContain('Wanjiru Otieno');
    expect(closed).not.toContain('Chandra Rao');
    await expectAccessible(browser, visitor);
    await shoot(visitor, 'statement-closed');
    await visitor.goto(`${node.url}/log`);
    expect(await wordsOf(visitor)).toContain('Joint statement closed');
    expect(await wordsOf(visitor)).toContain('Paper adopted');
  });
});
