/** What the dialogues tell in a digest, and that one mail answers all of it with the rules of each. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from '../../test/support/cast.ts';
import { openMailServer, type TestMailServer } from '../../test/support/mail-server.ts';
import { becomeMember, inNetwork, session as sessionValues } from '../../test/support/network.ts';
import { digestMail } from '../field/mail/digests/digest-mail.ts';
import { sendDigests } from '../field/mail/digests/sending.ts';
import { deliverMails } from '../field/mail/outgoing.ts';
import { takeInMail } from '../field/mail/taking-in.ts';
import type { DialogueSessionId, DecisionId, PaperId, SpaceId } from '../ids.ts';
import type { Member } from '../network/members/member.ts';
import { answer as answerDecision, openDecision, publishOutcome, closeDecision } from './decisions/actions.ts';
import { decisionMail } from './decisions/decision-mail.ts';
import { decisionDigest } from './decisions/digest.ts';
import { findDecision, listPositions } from './decisions/store.ts';
import { propose, setAside } from './papers/actions.ts';
import { paperDigest } from './papers/digest.ts';
import { paperMail } from './papers/paper-mail.ts';
import { atPaper, change, openCommunity, openTestPaper } from './papers/papers.fixture.ts';
import { speakerOf } from './papers/speaker.ts';
import { readText } from './papers/text.ts';
import { announceSession, planSession } from './programme/sessions/actions.ts';
import { sessionDigest } from './programme/sessions/digest.ts';
import { sessionMail } from './programme/sessions/session-mail.ts';
import { findInRole } from './programme/sessions/store.ts';
import { giveRole } from './programme/spaces/actions.ts';
import { findSpace } from './programme/spaces/store.ts';
import type { Inquiry } from './statements/inquiries/inquiry.ts';
import * as given from './statements/statements.fixture.ts';
import { inquiryDigest } from './statements/voting/digest.ts';
import { inquiryMail } from './statements/voting/inquiry-mail.ts';
import { listOwnVotes } from './statements/voting/store.ts';

const sources = [decisionDigest, inquiryDigest, paperDigest, sessionDigest];
const kinds = [decisionMail, inquiryMail, paperMail, sessionMail];
const at = (text: string): Date => new Date(text);

let stage: Stage;
let server: TestMailServer;
let bruno: Member;
let wanjiru: Member;
let space: SpaceId;
let inquiry: Inquiry;
let decision: DecisionId;
let paper: PaperId;
let session: DialogueSessionId;

beforeAll(async () => {
  [stage, server] = await Promise.all([openStage(), openMailServer()]);
  Object.assign(stage.house.config, {
    mail: { address: { local: 'reply', domain: 'node.example' }, smtpUrl: server.url, imapUrl: undefined },
  });
  stage.clock.set(at('2026-03-02T09:00:00Z'));
  bruno = await becomeMember(stage, 'bruno', undefined, { digest: 'none' });
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org', { digest: 'daily', timeZone: 'UTC' });
  space = await openCommunity(stage, bruno);
  await inNetwork(stage, 'edu', (work) => giveRole(work, space, wanjiru.id, 'participant'));
  stage.clock.advance(60_000);
  inquiry = await given.putQuestion(stage, space);
  for (const text of ['Power first', 'People first']) await given.write(stage, inquiry, bruno, text);
  paper = await openTestPaper(stage, space);
  session = await inNetwork(stage, 'edu', async (work) => {
    const id = await planSession(work, space, sessionValues({ localStart: '2026-03-04T14:30' }));
    await announceSession(work, id);
    return id;
  });
  decision = await inNetwork(stage, 'bruno', async (work) => {
    const found = await findSpace(work.tx.db, space);
    if (!found) throw new TypeError('no space');
    return openDecision(work, found, {
      question: 'Shall we meet in Nairobi?',
      explanation: undefined,
      language: 'en',
      method: 'consent',
      options: [],
      entitled: 'people-of-space',
      quorum: 0,
      hours: 240,
      outcomeDueDays: 14,
      paper: undefined,
    });
  });
  await inNetwork(stage, 'noOne', async (work) =>
    propose(work, await atPaper(work, paper, bruno), {
      what: change('2', 'Communities own their data, always.'),
      reason: 'Clear',
      onBehalfOf: undefined,
    }),
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const digestAt = async (instant: string): Promise<string> => {
  stage.clock.set(at(instant));
  await sendDigests(stage.house, sources, stage.parties.north.id);
  await deliverMails(stage.house, stage.parties.north.id);
  return server.latest(wanjiru.email ?? '').mail.text;
};
const reply = async (words: string): Promise<string> => {
  const { headers } = server.latest(wanjiru.email ?? '').mail;
  const lines = [
    `From: ${wanjiru.email ?? ''}`,
    `To: ${headers.get('reply-to') ?? ''}`,
    'Subject: Re',
    `Message-ID: <${randomUUID()}@phone.example>`,
    '',
    words,
  ];
  const raw = Buffer.from(lines.join('\r\n'));
  expect(await takeInMail(stage.house, [...kinds, digestMail(sources, kinds)], raw)).toBe('done');
  await deliverMails(stage.house, stage.parties.north.id);
  return server.latest(wanjiru.email ?? '').mail.text;
};

test('the new statements, decision, proposal and session are in one mail, and one mail answers them all', async () => {
  const text = await digestAt('2026-03-03T07:00:00Z');
  expect(text).toContain('1. Shall we meet in Nairobi?');
  expect(text).toMatch(/[23]\. Power first/);
  expect(text).toMatch(/[23]\. People first/);
  expect(text).toMatch(/4\. Proposal 2\.1: change – Bruno/);
  expect(text).toContain('5. Who owns the data?');

  await reply('1 no: it costs too much\n2 yes\n3 no\n4 object: we never agreed to this\n5 yes');
  await inNetwork(stage, 'noOne', async ({ tx }) => {
    expect(await listPositions(tx.db, decision)).toMatchObject([{ member: wanjiru.id, choice: 'object' }]);
    expect(
      (await listOwnVotes(tx.db, inquiry.id, wanjiru.id)).map(({ vote }) => vote).toSorted((a, b) => a - b),
    ).toEqual([-1, 1]);
    expect((await readText(tx.db, paper)).proposals[0]?.positions[wanjiru.id]).toMatchObject({
      position: 'object',
      reason: 'we never agreed to this',
    });
    expect(await findInRole(tx.db, session, wanjiru.id, 'registered')).toBeDefined();
  });
});

test('what was answered is not asked again, and what came of one’s own is told', async () => {
  stage.clock.advance(60_000);
  await inNetwork(stage, 'noOne', async (work) => {
    const own = await propose(work, await atPaper(work, paper, wanjiru), {
      what: change('3', 'States protect it, and pay.'),
      reason: 'Fair',
      onBehalfOf: undefined,
    });
    await setAside(work, await atPaper(work, paper, bruno), own, 'declined', 'Payment comes in another paper');
  });
  stage.clock.set(at('2026-03-12T10:00:00Z'));
  await inNetwork(stage, 'noOne', async (work) => {
    await closeDecision(work, decision);
    const [held, found] = [await findDecision(work.tx.db, decision), await findSpace(work.tx.db, space)];
    const [objection] = await listPositions(work.tx.db, decision);
    if (!held || !found || !objection) throw new TypeError('no decision');
    const place = { decision: held, space: found, speaker: await speakerOf(work.tx.db, bruno, found) };
    await publishOutcome(work, place, {
      text: 'We meet online.',
      answers: { [objection.id]: 'Agreed.' },
      proposals: {},
    });
    await expect(
      answerDecision(work, place, { choice: 'agree', ranking: undefined, reason: undefined, organisation: undefined }),
    ).rejects.toThrow(/answers-late|late/i);
  });
  const text = await digestAt('2026-03-13T07:00:00Z');
  expect(text).toContain('What came of “Shall we meet in Nairobi?”');
  expect(text).toContain('To your objection: Agreed.');
  expect(text).toContain('Payment comes in another paper');
  expect(text).not.toMatch(/Power first|Proposal 2\.1/);
});
