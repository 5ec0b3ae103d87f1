import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { openMailServer, type TestMailServer } from '../../../../test/support/mail-server.ts';
import { becomeMember, inNetwork, keyOf } from '../../../../test/support/network.ts';
import { deliverMails } from '../../../field/mail/outgoing.ts';
import { takeInMail } from '../../../field/mail/taking-in.ts';
import type { House } from '../../../house.ts';
import type { SpaceId } from '../../../ids.ts';
import { mailKeyFor } from '../../../network/members/mail-keys.ts';
import type { Member } from '../../../network/members/member.ts';
import { closeInquiry } from '../inquiries/actions.ts';
import type { Inquiry } from '../inquiries/inquiry.ts';
import { listStatements } from '../statement/store.ts';
import * as given from '../statements.fixture.ts';
import { askByMail } from './asking.ts';
import { inquiryMail } from './inquiry-mail.ts';
import { listOwnVotes } from './store.ts';

const address = { local: 'reply', domain: 'node.example' };

let stage: Stage;
let server: TestMailServer;
let house: House;
let space: SpaceId;
beforeAll(async () => {
  [stage, server] = await Promise.all([openStage(), openMailServer()]);
  // Jobs and transactions of the stage, with a mail server.
  Object.assign(stage.house.config, { mail: { address, smtpUrl: server.url, imapUrl: undefined } });
  house = stage.house;
  space = await given.openSeries(stage);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

let inquiry: Inquiry;
let member: Member;
beforeEach(async () => {
  server.mails.length = 0;
  inquiry = await given.putQuestion(stage, space, { question: { en: 'What first?', fr: 'Quoi d’abord ?' } });
  const [author] = await given.addMembers(stage, [{}]);
  for (const text of ['Power', 'People', 'Patience'].map(given.fresh))
    if (author) await given.write(stage, inquiry, author, text);
  member = await becomeMember(stage, 'noOne', `${given.fresh('wanjiru')}@example.org`, { language: 'fr' });
});

const ask = async (): Promise<void> => {
  await inNetwork(stage, 'edu', (work) => askByMail(work, inquiry));
  await given.drain(stage);
};
const mailed = () => server.latest(member.email ?? '').mail;
const answer = async (words: string): Promise<string> => {
  const asked = mailed();
  const raw = [
    `From: Wanjiru <${member.email ?? ''}>`,
    `To: ${asked.headers.get('reply-to') ?? ''}`,
    'Subject: Re: Quoi',
    `Message-ID: <${randomUUID()}@phone.example>`,
    `In-Reply-To: ${asked.messageId ?? ''}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    words,
    '',
    'Le lun. 2 mars 2026 à 09:00, le réseau a écrit :',
    ...asked.text.split('\n').map((line) => `> ${line}`),
  ].join('\r\n');
  await takeInMail(house, [inquiryMail], Buffer.from(raw));
  await deliverMails(house, stage.parties.north.id);
  return mailed().text;
};
const votes = () => inNetwork(stage, 'edu', ({ tx }) => listOwnVotes(tx.db, inquiry.id, member.id));

describe('an inquiry by plain mail', () => {
  it('reaches whoever may vote once, in her language, with numbers', async () => {
    await ask();
    const { subject, text } = mailed();
    expect(subject).toBe('Quoi d’abord ?');
    for (const number of [1, 2, 3]) expect(text).toMatch(new RegExp(`^${number}\\. P`, 'm'));
    expect(text).toContain('oui, non ou passe');
    const count = server.mails.length;
    await ask();
    expect(server.mails).toHaveLength(count);
  });

  it('is answered with numbers; the last answer counts, and the receipt says what was counted', async () => {
    await ask();
    const receipt = await answer('1 oui\n2) non\n3. passe\n77 oui\nà demain');
    expect(await votes()).toEqual([
      { number: 3, vote: 0 },
      { number: 2, vote: -1 },
      { number: 1, vote: 1 },
    ]);
    expect(receipt).toContain('3 votes ont été comptés');
    expect(receipt).toMatch(/^1\. D’accord: Power/m);
    expect(receipt).toMatch(/^77\s:/m);
    expect(receipt).toContain('à demain');
    expect(receipt).toContain('Vous avez voté sur tous les énoncés');
    await answer('1 non');
    expect((await votes()).find(({ number }) => number === 1)?.vote).toBe(-1);
  });

  it('takes a statement in own words, and says why it does not take the same again', async () => {
    await ask();
    const receipt = await answer('énoncé : Les soignantes choisissent\nleurs outils\n\n1 oui');
    expect(receipt).toContain('numéro 4');
    const statements = await inNetwork(stage, 'edu', ({ tx }) => listStatements(tx.db, inquiry.id, ['shown']));
    expect(statements.at(-1)).toMatchObject({
      text: 'Les soignantes choisissent leurs outils',
      language: 'fr',
      author: member.id,
    });
    expect(await votes()).toEqual([{ number: 1, vote: 1 }]);
    // What is refused undoes nothing else that the mail says.
    expect(await answer('énoncé : les soignantes choisissent leurs outils\n\n2 oui')).toContain('existe déjà');
    expect(await votes()).toHaveLength(2);
  });

  it('that is not understood, or comes too late, changes nothing and says so', async () => {
    await ask();
    expect(await answer('je ne sais pas')).toContain('rien n’a été changé');
    await inNetwork(stage, 'edu', (work) => closeInquiry(work, inquiry, {}));
    expect(await answer('1 oui')).toContain('On ne prend plus de réponses');
    expect(await votes()).toEqual([]);
  });
});

describe('the key of the mail', () => {
  const pathOf = (kind: string) =>
    inNetwork(stage, 'noOne', async (work) => {
      const key =
        kind === 'inquiry' ? await mailKeyFor(work, member.id, { kind, id: inquiry.id }) : await keyOf(work, member.id);
      return `/p/operator/k/${key}`;
    });

  it('votes and writes in a browser without an account', async () => {
    const path = await pathOf('inquiry');
    expect((await stage.as('noOne', path)).headers['location']).toBe(`${path}/inquiry`);
    expect((await stage.as('noOne', `${path}/inquiry?lang=en`)).text).toContain('Statement ');
    const form = { statement: '2', vote: 'disagree' };
    const voted = await stage.as('noOne', `${path}/inquiry/votes`, { form });
    expect([voted.status, voted.headers['location']]).toEqual([303, `${path}/inquiry`]);
    expect(await votes()).toEqual([{ number: 2, vote: -1 }]);
    const written = { text: given.fresh('By key'), language: 'en' };
    expect((await stage.as('noOne', `${path}/inquiry/statements`, { form: written })).status).toBe(303);
    const again = await stage.as('noOne', `${path}/inquiry/statements`, { form: written });
    expect([again.status, again.text.includes(written.text)]).toEqual([422, true]);
  });

  it('of another kind of thing, or that never was, opens no vote', async () => {
    const form = { statement: '1', vote: 'agree' };
    for (const path of [await pathOf('membership'), `/p/operator/k/${'a'.repeat(26)}`])
      expect((await stage.as('noOne', `${path}/inquiry/votes`, { form })).status).toBe(404);
    expect(await votes()).toEqual([]);
  });
});
