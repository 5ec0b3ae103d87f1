import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { openMailServer, type TestMailServer } from '../../../test/support/mail-server.ts';
import { becomeMember } from '../../../test/support/network.ts';
import { work, type House } from '../../house.ts';
import type { Member } from '../../network/members/member.ts';
import { findMemberById } from '../../network/members/store.ts';
import { problem } from '../../problem.ts';
import { mailLimitBytes } from './incoming.ts';
import type { MailKind, Reply } from './mail-kind.ts';
import { deliverMails, queueMails } from './outgoing.ts';
import { takeInMail } from './taking-in.ts';

const address = { local: 'reply', domain: 'node.example' };
const thing = { kind: 'question', id: randomUUID() };

let stage: Stage;
let server: TestMailServer;
let house: House;
let member: Member;
let received: { readonly from: string; readonly reply: Reply }[];

const question: MailKind = {
  kind: 'question',
  compose: async () => ({ subject: 'Question', text: 'Well?' }),
  async receive(work, _, { id }, __, reply) {
    received.push({ from: id, reply });
    await work.tx.audit('question.answer', { member: id });
    if (reply.words === 'too late') throw problem.stepNotAllowed({ step: 'answer', status: 'closed' });
    return { subject: 'Thank you', text: `You wrote: ${reply.words}` };
  },
};

beforeAll(async () => {
  [stage, server] = await Promise.all([openStage(), openMailServer()]);
  house = {
    ...stage.house,
    config: { ...stage.house.config, mail: { address, smtpUrl: server.url, imapUrl: undefined } },
  };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

let count = 0;
beforeEach(async () => {
  received = [];
  server.mails.length = 0;
  server.answers.clear();
  member = await becomeMember(stage, 'noOne', `wanjiru${count++}@example.org`);
});

const party = () => ({ party: stage.parties.north.id });
const send = async (text = 'Which first?'): Promise<void> => {
  await work(house, party(), { system: 'jobs' }, (work) =>
    queueMails(work, thing, [{ member, mail: { subject: 'Statements', text } }]),
  );
  await deliverMails(house, stage.parties.north.id);
};

interface Spoken {
  readonly from?: string;
  readonly to?: string;
  readonly headers?: readonly string[];
}

function replyTo(words: string, { from = member.email ?? '', to, headers = [] }: Spoken = {}): Buffer {
  const asked = server.latest(member.email ?? '');
  return Buffer.from(
    [
      `From: Somebody <${from}>`,
      `To: ${to ?? asked.mail.headers.get('reply-to')}`,
      'Subject: Re: Statements',
      `Message-ID: <${randomUUID()}@phone.example>`,
      `In-Reply-To: ${asked.mail.messageId}`,
      ...headers,
      '',
      words,
      '',
      'On Mon, 2 Mar 2026 at 09:00, the network wrote:',
      ...asked.mail.text.split('\n').map((line) => `> ${line}`),
    ].join('\r\n'),
  );
}
const take = (raw: Uint8Array) => takeInMail(house, [question], raw);
const stateOf = async () =>
  (await house.database.read(party(), (reader) => findMemberById(reader, member.id)))?.mailState;
const deliver = () => deliverMails(house, stage.parties.north.id);

describe('a mail to a member', () => {
  test('carries its key, the way out, and the same words twice', async () => {
    await send('Which <first>?\n\n1 Power\n2 People');
    const { mail, from, raw } = server.latest(member.email ?? '');
    expect(mail.headers.get('reply-to')).toMatch(/<reply\+[a-z2-7]{26}@node\.example>$/);
    expect(from).toMatch(/^reply\+[a-z2-7]{26}@node\.example$/);
    expect(mail.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text).toContain('1 Power\n2 People');
    expect(mail.text).toContain(`http://localhost:${new URL(house.config.publicUrl).port}/p/operator/k/`);
    expect(raw.toString()).toContain('Which &lt;first&gt;?');
    expect(raw.toString()).not.toContain('\u2068');
  });
  test('loses its text once it was sent', async () => {
    await send();
    const { rows } = await house.database.pool.query<{ state: string; raw: Buffer | null }>(
      'select state, raw from outgoing_mails where member_id = $1',
      [member.id],
    );
    expect(rows).toEqual([{ state: 'sent', raw: null }]);
  });
  test('waits when the server is busy, and goes out later under the same name', async () => {
    server.answers.set(member.email ?? '', 451);
    await send();
    expect(server.mails).toEqual([]);
    server.answers.clear();
    await deliver();
    expect(server.mails).toEqual([]);
    stage.clock.advance(60_000);
    await deliver();
    expect(server.mails).toHaveLength(1);
  });
  test('that no server will ever take says so on the member, and further mails are not written', async () => {
    server.answers.set(member.email ?? '', 550);
    await send();
    expect(await stateOf()).toBe('bouncing');
    member = { ...member, mailState: 'bouncing' };
    server.answers.clear();
    await send();
    expect(server.mails).toEqual([]);
  });
});

describe('an answer by mail', () => {
  test('does what it says, once, and is answered', async () => {
    await send();
    const raw = replyTo('Power first, please');
    expect(await take(raw)).toBe('done');
    expect(await take(raw)).toBe('again');
    expect(received.map(({ from, reply }) => [from, reply.words])).toEqual([[member.id, 'Power first, please']]);
    await deliver();
    const { mail } = server.latest(member.email ?? '');
    expect(mail.subject).toBe('Thank you');
    expect(mail.headers.get('auto-submitted')).toBe('auto-replied');
  });
  test('is found by what it answers when the address lost its key', async () => {
    await send();
    expect(await take(replyTo('yes', { to: 'reply@node.example' }))).toBe('done');
  });
  test('from another address does nothing, and its member is told at the known one', async () => {
    await send();
    expect(await take(replyTo('yes', { from: 'mallory@evil.example' }))).toBe('other-sender');
    expect(received).toEqual([]);
    await deliver();
    expect(server.mails.map(({ to }) => to)).not.toContain('mallory@evil.example');
    expect(server.latest(member.email ?? '').mail.text).toContain('mallory@evil.example');
  });
  test('with a key that was never given does nothing and is not answered', async () => {
    await send();
    const forged = replyTo('yes', { to: `reply+${'a'.repeat(26)}@node.example` })
      .toString()
      .replace(/^In-Reply-To:.*\r\n/m, '');
    expect(await take(Buffer.from(forged))).toBe('unknown');
  });
  test('that cannot be done undoes everything and is told in words', async () => {
    await send();
    expect(await take(replyTo('too late'))).toBe('refused');
    const { rows } = await house.database.pool.query(
      "select 1 from audit where details ->> 'member' = $1 and action = 'question.answer'",
      [member.id],
    );
    expect(rows).toEqual([]);
    await deliver();
    expect(server.latest(member.email ?? '').mail.text).toMatch(/could not be done/);
  });
  test('without words changes nothing and says what to do', async () => {
    await send();
    expect(await take(replyTo(''))).toBe('empty');
    await deliver();
    expect(server.latest(member.email ?? '').mail.subject).toBe('Your mail was empty');
  });
  test('by a machine, or one of ours that comes back, is answered by nobody', async () => {
    await send();
    expect(await take(replyTo('I am away', { headers: ['Auto-Submitted: auto-replied'] }))).toBe('automatic');
    expect(await take(server.latest(member.email ?? '').raw)).toBe('unknown');
    expect(received).toEqual([]);
    server.mails.length = 0;
    await deliver();
    expect(server.mails).toEqual([]);
  });
  test.each(['stop', 'Unsubscribe.', 'désabonner', 'إلغاء الاشتراك'])(
    'of one word ends the mails: %s',
    async (word) => {
      await send();
      expect(await take(replyTo(word))).toBe('unsubscribed');
      expect(await stateOf()).toBe('unsubscribed');
      await deliver();
      expect(server.mails).toHaveLength(2);
    },
  );
  test('number 101 of a day is laid aside', async () => {
    await send();
    for (let at = 0; at < 100; at++) expect(await take(replyTo(`mail ${at}`))).toBe('done');
    expect(await take(replyTo('mail 101'))).toBe('too-many');
    expect(received).toHaveLength(100);
  });
  test('larger than a mail may be is not read', async () => {
    expect(await take(new Uint8Array(mailLimitBytes + 1))).toBe('unreadable');
  });
});

test('a report of a dead address is believed only with the key of the mail that went there', async () => {
  await send();
  const report = (to: string) =>
    Buffer.from(
      [
        'From: MAILER-DAEMON@example.org',
        'Return-Path: <>',
        `To: ${to}`,
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Status: 5.1.1',
        '--b--',
        '',
      ].join('\r\n'),
    );
  expect(await take(report('reply@node.example'))).toBe('unknown');
  expect(await stateOf()).toBe('active');
  expect(await take(report(server.latest(member.email ?? '').from))).toBe('bounce');
  expect(await stateOf()).toBe('bouncing');
});
