import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailKinds } from '../../src/app.ts';
import type { PartyKind } from '../../src/acts/spine-types.ts';
import { sweepStatements } from '../../src/dialogue/papers/paper-jobs.ts';
import { giveRole } from '../../src/dialogue/programme/spaces/actions.ts';
import { findSpaceBySlug } from '../../src/dialogue/programme/spaces/store.ts';
import { deliverMails } from '../../src/field/mail/outgoing.ts';
import { takeInMail } from '../../src/field/mail/taking-in.ts';
import type { House } from '../../src/house.ts';
import type { Member } from '../../src/network/members/member.ts';
import { openStage, type Stage } from '../support/cast.ts';
import { openMailServer, type TestMailServer } from '../support/mail-server.ts';
import { becomeMember, inNetwork } from '../support/network.ts';

const address = { local: 'reply', domain: 'node.example' };
const root = '/p/operator/spaces/agenda-item-twelve';
const hour = 3_600_000;

interface Seen {
  readonly clauses: readonly {
    readonly pieces: readonly string[];
    readonly authors: readonly { readonly name: string | null }[];
  }[];
  readonly uptake: readonly { readonly constituency: string; readonly people: number | null }[];
  readonly organisations: readonly { readonly name: string }[];
  readonly persons: readonly { readonly name: string }[];
  readonly paper: { readonly state: string };
}

describe('scenario 11: a member who only uses e-mail gets a clause into a paper', () => {
  let stage: Stage;
  let server: TestMailServer;
  let house: House;
  let members: readonly Member[];

  beforeAll(async () => {
    [stage, server] = await Promise.all([openStage(), openMailServer()]);
    house = {
      ...stage.house,
      config: { ...stage.house.config, mail: { address, smtpUrl: server.url, imapUrl: undefined } },
    };
    const bruno = await becomeMember(stage, 'bruno');
    const joined: Member[] = [];
    const constituencies: readonly PartyKind[] = [
      ...Array<PartyKind>(6).fill('community'),
      ...Array<PartyKind>(5).fill('civil-society'),
      'government',
    ];
    for (const [at, constituency] of constituencies.entries())
      joined.push(
        await becomeMember(stage, 'noOne', `member${at}@example.org`, {
          name: `Member ${String.fromCodePoint(65 + at)}`,
          constituency,
        }),
      );
    members = joined;
    const form = {
      kind: 'series',
      language: 'en',
      title: 'Agenda item twelve',
      timeZone: 'Europe/Zurich',
      joining: 'open',
    };
    await stage.as('edu', '/p/operator/spaces', { form });
    await inNetwork(stage, 'edu', async (work) => {
      const space = await findSpaceBySlug(work.tx.db, 'agenda-item-twelve');
      if (!space) throw new TypeError('no space');
      await giveRole(work, space.id, bruno.id, 'convenor');
      for (const { id } of members) await giveRole(work, space.id, id, 'participant');
    });
    await stage.as('edu', `${root}/open`, { form: {} });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
  });

  const carry = async (): Promise<void> => {
    await house.jobs.drain(house);
    await deliverMails(house, stage.parties.north.id);
  };
  const textTo = ({ email = '' }: Pick<Member, 'email'>): string => server.latest(email).mail.text;
  const reply = async ({ email = '' }: Pick<Member, 'email'>, words: string) => {
    const { mail } = server.latest(email);
    const raw = [
      `From: Somebody <${email}>`,
      `To: ${mail.headers.get('reply-to')}`,
      'Subject: Re: a paper',
      `Message-ID: <${randomUUID()}@phone.example>`,
      `In-Reply-To: ${mail.messageId}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      words,
    ].join('\r\n');
    return takeInMail(house, mailKinds, Buffer.from(raw));
  };
  const see = async (path: string): Promise<Seen> => (await stage.as('noOne', `/api${path}`)).json() as Seen;
  const open = async (kind: string, title: string, text: string): Promise<string> => {
    const form = { kind, language: 'en', title, text, settling: 'editors' };
    const { headers } = await stage.as('bruno', `${root}/papers`, { form });
    return String(headers.location).replace(/\?.*$/, '');
  };

  it('and uptake by constituency hides groups under five, and what they could be worked out from', async () => {
    const paper = await open('position-paper', 'Who decides', 'The ministry decides.');
    await stage.as('bruno', `${paper}/send`, { form: {} });
    await carry();
    const [first] = members;
    if (!first) throw new TypeError('nobody');
    expect(textTo(first)).toContain('1. The ministry decides.');
    // Six of communities, five of civil society and one of a government, all by mail.
    for (const [at, member] of members.entries())
      expect(await reply(member, `new 1: Clause of ${member.name}.\nbecause: reason ${at}`)).toBe('done');
    for (let at = 1; at <= members.length; at++) {
      const form = { proposals: `1-${at}`, text: `Clause of ${members[at - 1]?.name}.` };
      expect((await stage.as('bruno', `${paper}/clauses/1/join`, { form })).status).toBe(303);
    }
    const { clauses, uptake } = await see(paper);
    expect(clauses.find(({ pieces }) => pieces.join('') === 'Clause of Member A.')?.authors).toMatchObject([
      { name: 'Member A' },
    ]);
    const shown = new Map(uptake.map(({ constituency, people }) => [constituency, people]));
    // One alone is hidden, and with it the smaller of the others: what is left, seven people, tells nothing about one.
    expect([shown.get('community'), shown.get('civil-society'), shown.get('government')]).toEqual([6, null, null]);
    await carry();
    expect(textTo(first)).toContain('Your proposal is number 1.1');
  });

  it('a statement on an agenda item collects sign-ons by mail and page, and closes at its deadline', async () => {
    const statement = await open('joint-statement', 'On item twelve', 'We ask to be heard.');
    const form = { date: '2026-03-04', time: '18:00', timeZone: 'Europe/Zurich' };
    expect((await stage.as('bruno', `${statement}/signing`, { form })).status).toBe(303);
    await stage.as('bruno', `${statement}/send`, { form: {} });
    await carry();
    const [first, second, third] = members;
    if (!first || !second || !third) throw new TypeError('nobody');
    expect(await reply(first, 'Sign')).toBe('done');
    expect(await reply(second, 'نعم')).toBe('done');
    expect(await reply(second, 'withdraw')).toBe('done');
    await stage.as('bruno', `${statement}/sign`, { form: {} });
    // The list is public while it grows.
    expect((await see(statement)).persons.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Member A', 'Bruno']),
    );
    stage.clock.set(new Date(Date.parse('2026-03-04T17:00:00Z') - 1));
    await sweepStatements.run(stage.house, {});
    expect((await see(statement)).paper.state).toBe('signing');
    stage.clock.advance(1);
    expect(await reply(third, 'Sign')).toBe('refused');
    await sweepStatements.run(stage.house, {});
    const closed = await see(statement);
    expect([closed.paper.state, closed.persons.length]).toEqual(['published', 2]);
    stage.clock.advance(hour);
    expect(
      (await stage.as('bruno', `${statement}/signatures/withdraw`, { form: { signature: randomUUID() } })).status,
    ).toBe(409);
    expect((await stage.as('noOne', '/log')).text).toContain('Joint statement closed');
  });
});
