import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { settableClock } from '../../../../test/support/house.ts';
import { openMailServer, type TestMailServer } from '../../../../test/support/mail-server.ts';
import { becomeMember } from '../../../../test/support/network.ts';
import { work } from '../../../house.ts';
import type { Member } from '../../../network/members/member.ts';
import { findMemberById } from '../../../network/members/store.ts';
import { problem } from '../../../problem.ts';
import type { MailKind } from '../mail-kind.ts';
import { deliverMails, queueMails } from '../outgoing.ts';
import { takeInMail } from '../taking-in.ts';
import { digestMail } from './digest-mail.ts';
import { collector, type DigestEntry, type DigestSource } from './digest-source.ts';
import { sendDigests } from './sending.ts';

const address = { local: 'reply', domain: 'node.example' };
const hourMs = 3_600_000;
const question = randomUUID();
const paper = randomUUID();

const clock = settableClock();
let stage: Stage;
let server: TestMailServer;
let news: (member: Member) => readonly DigestEntry[];
let taken: { readonly thing: string; readonly words: string; readonly by: string }[] = [];

const source: DigestSource = {
  name: 'test',
  async list(_, readers) {
    const { entries, add } = collector();
    for (const { member } of readers) for (const entry of news(member)) add(member.id, entry);
    return entries;
  },
  phrase: (ref, words) => `${ref} ${words}`,
};
const kindOf = (kind: string): MailKind => ({
  kind,
  compose: async () => undefined,
  async receive({ tx }, _, member, thing, { words }) {
    await tx.audit('digest-test.take', { thing, member: member.id });
    if (words.includes('too late')) throw problem.stepNotAllowed({ step: 'answer', status: 'closed' });
    taken.push({ thing, words, by: member.id });
    return { subject: kind, text: `You said ${words}` };
  },
});
const kinds = [kindOf('question'), kindOf('paper')];
const statement = (ref: string, over: Partial<DigestEntry> = {}): DigestEntry => ({
  section: 'statements',
  under: 'What first?',
  text: `Statement ${ref}`,
  thing: { kind: 'question', id: question },
  ref,
  ...over,
});
const proposal: DigestEntry = {
  section: 'papers',
  text: 'Proposal 2.1',
  thing: { kind: 'paper', id: paper },
};

beforeAll(async () => {
  [stage, server] = await Promise.all([openStage({ clock }), openMailServer()]);
  Object.assign(stage.house.config, { mail: { address, smtpUrl: server.url, imapUrl: undefined } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const party = () => stage.parties.north.id;
const run = (sources: readonly DigestSource[] = [source]) => sendDigests(stage.house, sources, party());
const deliver = () => deliverMails(stage.house, party());
const mailsTo = ({ email }: Member) => server.mails.filter(({ to }) => to === email);
let count = 0;
const join = (over: Parameters<typeof becomeMember>[3] = {}) =>
  becomeMember(stage, 'noOne', `reader${count++}@example.org`, {
    digest: 'daily',
    timeZone: 'Africa/Nairobi',
    ...over,
  });
/** The next time that a wall in Nairobi (UTC+3) shows this hour. */
const goTo = (hour: number): void => {
  const day = 24 * hourMs;
  const now = clock.now().getTime();
  const today = Math.floor(now / day) * day + (hour - 3) * hourMs;
  clock.set(new Date(today > now ? today : today + day));
};
const answer = (member: Member, words: string, from = member.email ?? '') => {
  const asked = server.latest(member.email ?? '').mail;
  const lines = [
    `From: Somebody <${from}>`,
    `To: ${asked.headers.get('reply-to') ?? ''}`,
    'Subject: Re: news',
    `Message-ID: <${randomUUID()}@phone.example>`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    words,
    '',
    ...asked.text.split('\n').map((line) => `> ${line}`),
  ];
  return takeInMail(stage.house, [...kinds, digestMail([source], kinds)], Buffer.from(lines.join('\r\n')));
};

describe('a digest', () => {
  test('comes once, at the hour the member chose, and never before she came in', async () => {
    const member = await join({ digestHour: 9 });
    news = ({ id }) => (id === member.id ? [statement('17')] : []);
    goTo(9);
    clock.advance(-1);
    expect(await run()).toBe(0);
    clock.advance(1);
    expect(await run()).toBe(1);
    expect(await run()).toBe(0);
    clock.advance(12 * hourMs);
    expect(await run()).toBe(0);
    goTo(9);
    expect(await run()).toBe(1);
    await deliver();
    expect(mailsTo(member)).toHaveLength(2);
  });

  test('is in her language, with numbers, and says nothing when there is nothing', async () => {
    const [french, other] = [await join({ language: 'fr' }), await join()];
    news = ({ id }) => (id === french.id ? [proposal, statement('17'), statement('18')] : []);
    goTo(7);
    expect(await run()).toBe(1);
    await deliver();
    const { subject, text, headers } = server.latest(french.email ?? '').mail;
    expect(subject).toContain('du nouveau pour vous');
    expect(text.indexOf('Énoncés à voter')).toBeLessThan(text.indexOf('Propositions'));
    expect(text).toMatch(/What first\?\n\n1\. Statement 17\n\n2\. Statement 18/);
    expect(text).toContain('3. Proposal 2.1');
    expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(mailsTo(other)).toEqual([]);
  });

  test('goes to nobody who wants none, left, or cannot be reached', async () => {
    const silent = await join({ digest: 'none' });
    news = ({ id }) => (id === silent.id ? [proposal] : []);
    goTo(7);
    expect(await run()).toBe(0);
  });

  test('leaves out what a mail of its own told since it was new', async () => {
    const member = await join();
    const newAt = clock.now();
    clock.advance(hourMs);
    await work(stage.house, { party: party() }, { system: 'jobs' }, (working) =>
      queueMails(working, { kind: 'question', id: question }, [{ member, mail: { subject: 'Asked', text: 'Now' } }]),
    );
    const later = new Date(clock.now().getTime() + hourMs);
    news = ({ id }) => (id === member.id ? [statement('1', { newAt }), statement('2', { newAt: later })] : []);
    goTo(7);
    expect(await run()).toBe(1);
    await deliver();
    const { text } = server.latest(member.email ?? '').mail;
    expect(text).not.toContain('Statement 1');
    expect(text).toContain('1. Statement 2');
  });

  test('that was cut off goes on with whom it had not reached, and two runs share the members', async () => {
    const members = [await join(), await join(), await join()];
    const ids = new Set(members.map(({ id }) => id));
    news = ({ id }) => (ids.has(id) ? [proposal] : []);
    goTo(7);
    const broken: DigestSource = { name: 'broken', list: () => Promise.reject(new Error('cut off')) };
    await expect(run([source, broken])).rejects.toThrow('cut off');
    await deliver();
    expect(members.flatMap(mailsTo)).toEqual([]);
    expect((await Promise.all([run(), run(), run()])).reduce((sum, queued) => sum + queued)).toBe(3);
    await deliver();
    for (const member of members) expect(mailsTo(member)).toHaveLength(1);
  });
});

describe('the answer', () => {
  const receive = async (): Promise<Member> => {
    taken = [];
    const member = await join();
    news = ({ id }) => (id === member.id ? [statement('17'), statement('18'), proposal] : []);
    goTo(7);
    await run();
    await deliver();
    return member;
  };
  const receipt = async (member: Member): Promise<string> => {
    await deliver();
    return server.latest(member.email ?? '').mail.text;
  };

  test('says many things in one mail, each to what its number meant', async () => {
    const member = await receive();
    expect(await answer(member, '1 yes\n3: We cannot pay\nfor this\n2) no')).toBe('done');
    expect(taken).toEqual([
      { thing: question, words: '17 yes\n18 no', by: member.id },
      { thing: paper, words: 'We cannot pay\nfor this', by: member.id },
    ]);
    expect(await receipt(member)).toContain('You said 17 yes');
  });
  test('that one thing refuses is undone and told, and the others stand', async () => {
    const member = await receive();
    expect(await answer(member, '1 yes\n3 too late')).toBe('done');
    expect(taken.map(({ thing }) => thing)).toEqual([question]);
    const { rows } = await stage.house.database.pool.query(
      "select details ->> 'thing' as thing from audit where action = 'digest-test.take' and details ->> 'member' = $1",
      [member.id],
    );
    expect(rows).toEqual([{ thing: question }]);
    expect(await receipt(member)).toContain('could not be done');
  });
  test('with a number of nobody’s, or without any, changes nothing and says what can be written', async () => {
    const member = await receive();
    expect(await answer(member, '9 yes\nhello')).toBe('done');
    expect(taken).toEqual([]);
    expect(await receipt(member)).toContain('nothing was changed');
  });
  test('from another address, or to another member’s digest, does nothing', async () => {
    const [member, other] = [await receive(), await join()];
    expect(await answer(member, '1 yes', other.email)).toBe('other-sender');
    expect(taken).toEqual([]);
  });
  test('of one word changes the rhythm', async () => {
    const member = await receive();
    await answer(member, 'weekly');
    const now = await stage.house.database.read({ party: party() }, (reader) => findMemberById(reader, member.id));
    expect(now?.digest).toBe('weekly');
  });
});

test('the key of a digest shows its numbers in a browser and opens each thing, and nothing else', async () => {
  const member = await join();
  news = ({ id }) => (id === member.id ? [statement('17')] : []);
  goTo(7);
  await run();
  await deliver();
  const link = /\/p\/operator\/k\/[a-z2-7]{26}/.exec(server.latest(member.email ?? '').mail.text)?.[0] ?? '';
  const page = await stage.as('noOne', `${link}/digest`);
  expect([page.status, page.text.includes('Statement 17')]).toEqual([200, true]);
  const opened = await stage.as('noOne', `${link}/digest/1`, { form: {} });
  expect(opened.status).toBe(303);
  expect(opened.headers['location']).toMatch(/^\/p\/operator\/k\/[a-z2-7]{26}\/question$/);
  expect((await stage.as('noOne', `${link}/digest/2`, { form: {} })).status).toBe(404);
  expect((await stage.as('noOne', `${link}/membership`)).status).toBe(404);
  expect((await stage.as('noOne', `${link}/unsubscribe`, { form: {} })).status).toBe(303);
  goTo(7);
  expect(await run()).toBe(0);
});
