import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../test/support/network.ts';
import type { MailKind } from '../../field/mail/mail-kind.ts';
import { voiceFor } from '../../field/mail/voice.ts';
import { addOrganisation, recordMandate } from '../../network/members/actions.ts';
import { mailKeyFor } from '../../network/members/mail-keys.ts';
import type { Member } from '../../network/members/member.ts';
import type { PlainDate } from '../../period.ts';
import { openDecision } from '../decisions/actions.ts';
import { decisionMail } from '../decisions/decision-mail.ts';
import { sweepDecisions } from '../decisions/decision-jobs.ts';
import * as decisionStore from '../decisions/store.ts';
import type { PaperId, SpaceId } from '../../ids.ts';
import { giveRole } from '../programme/spaces/actions.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { paperMail } from './paper-mail.ts';
import { atPaper, openCommunity, openTestPaper } from './papers.fixture.ts';
import { openForSignatures } from './publication.ts';
import { statementMail } from './statement-mail.ts';
import { findPaper, listSignatures } from './store.ts';
import { readText } from './text.ts';

let stage: Stage;
let bruno: Member;
let wanjiru: Member;
let space: SpaceId;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno');
  wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org', { language: 'fr' });
  space = await openCommunity(stage, bruno);
  await inNetwork(stage, 'edu', (work) => giveRole(work, space, wanjiru.id, 'participant'));
});
afterAll(async () => stage[Symbol.asyncDispose]());

const party = () => ({ id: stage.parties.north.id, did: stage.parties.north.did, slug: 'operator', name: 'North' });
const reply = (kind: MailKind, member: Member, thing: string, words: string) =>
  stage.act(
    (work) =>
      kind.receive(work, voiceFor(stage.house, party(), member), member, thing, {
        words,
        subject: '',
        attachments: [],
      }),
    'north',
  );
const compose = (kind: MailKind, member: Member, thing: string) =>
  stage.house.database.read({ party: stage.parties.north.id }, (reader) =>
    kind.compose({ house: stage.house, reader }, voiceFor(stage.house, party(), member), member, thing),
  );
const textOf = (paper: PaperId) => inNetwork(stage, 'edu', (work) => readText(work.tx.db, paper));

describe('a paper by mail', () => {
  it('names each clause, and a reply does line by line what it says', async () => {
    const paper = await openTestPaper(stage, space);
    const mail = await compose(paperMail, wanjiru, paper);
    expect(mail?.text).toContain('2. Communities own their data.');
    expect(mail?.text).toContain('Vous pouvez répondre');
    expect(mail?.text).not.toContain('adopter 2.1');
    const receipt = await reply(
      paperMail,
      wanjiru,
      paper,
      '2: Communities own and govern their data.\nparce que: posséder ne suffit pas\nsoutien 9.1\n3: States protect it.\nnouveau 3: Everybody is told.',
    );
    // One line each; what the text refuses is told, and the others stand.
    expect(receipt.text).toMatch(/2\.1\.\n.*9\.1 : Cette proposition n’existe pas\.\n.*\n.*3\.1/);
    expect(receipt.text).toContain('Ce sont les mots qui y sont déjà.');
    expect((await textOf(paper)).proposals).toMatchObject([
      { id: '2-1', by: wanjiru.id, reason: 'posséder ne suffit pas' },
      { id: '3-1', what: { op: 'add', after: '3' }, reason: '—' },
    ]);
    const own = await compose(paperMail, bruno, paper);
    expect(own?.text).toContain('Proposal 2.1');
    expect(own?.text).toContain('adopt 2.1');
    await reply(paperMail, bruno, paper, 'adopt 2.1\ndecline 3.1: Not now');
    expect((await textOf(paper)).proposals.map(({ status }) => status)).toEqual(['taken-up', 'declined']);
  });

  it('changes nothing for who does not hold the pen, nor for words that are no command', async () => {
    const paper = await openTestPaper(stage, space);
    await reply(paperMail, bruno, paper, '2: Other words.');
    const refused = await reply(paperMail, wanjiru, paper, 'adopter 2.1');
    expect(refused.text).toContain('Pas fait pour 2.1');
    const unclear = await reply(paperMail, wanjiru, paper, 'Chers tous, bravo !');
    expect(unclear.text).toContain('rien n’a été changé');
    expect((await textOf(paper)).proposals.map(({ status }) => status)).toEqual(['open']);
  });

  it('opens in a browser with the key, without an account, and does there the same', async () => {
    const paper = await openTestPaper(stage, space);
    const key = await stage.act((work) => mailKeyFor(work, wanjiru.id, { kind: 'paper', id: paper }), 'north');
    const root = `/p/operator/k/${key}/paper`;
    expect((await stage.as('noOne', root)).text).toContain(`${root}/clauses/2`);
    const form = { op: 'change', version: '0', text: 'By key.', reason: 'so' };
    const answer = await stage.as('noOne', `${root}/clauses/2/propose`, { form });
    expect([answer.status, answer.headers.location]).toEqual([303, expect.stringContaining(`${root}/proposals/2-1`)]);
    expect((await textOf(paper)).proposals).toMatchObject([{ by: wanjiru.id }]);
    // A key opens one thing.
    expect((await stage.as('noOne', `/p/operator/k/${key}/decision`)).status).toBe(404);
  });
});

describe('a decision by mail', () => {
  const open = (over: Partial<Parameters<typeof openDecision>[2]> = {}) =>
    inNetwork(stage, 'bruno', async (work) => {
      const found = await findSpace(work.tx.db, space);
      if (!found) throw new TypeError('no space');
      return openDecision(work, found, {
        question: 'Do we publish?',
        explanation: undefined,
        language: 'en',
        method: 'silence',
        options: [],
        entitled: 'people-of-space',
        quorum: 0,
        hours: 72,
        outcomeDueDays: 14,
        paper: undefined,
        ...over,
      });
    });
  const positions = (id: Awaited<ReturnType<typeof open>>) =>
    inNetwork(stage, 'edu', (work) => decisionStore.listPositions(work.tx.db, id));

  it('says what to write, breaks a silence with a reason only, and hears nothing after the end', async () => {
    const id = await open();
    expect((await compose(decisionMail, wanjiru, id))?.text).toContain('je romps: et votre raison');
    expect((await reply(decisionMail, wanjiru, id, 'Non')).text).toContain('une objection a besoin de sa raison');
    expect((await reply(decisionMail, wanjiru, id, 'Merci pour tout')).text).toContain('rien n’a été changé');
    expect(await positions(id)).toEqual([]);
    await reply(decisionMail, wanjiru, id, 'Je romps: il manque les communautés');
    expect(await positions(id)).toMatchObject([{ choice: 'object', reason: 'il manque les communautés' }]);
    stage.clock.advance(72 * 3_600_000);
    await expect(reply(decisionMail, wanjiru, id, 'oui')).rejects.toMatchObject({ code: 'answers-late' });
    await sweepDecisions.run(stage.house, {});
    expect(await compose(decisionMail, wanjiru, id)).toBeUndefined();
    expect((await compose(decisionMail, bruno, id))?.text).toContain('Please write the statement');
  });

  it('among options takes their numbers in order', async () => {
    const id = await open({ method: 'ranked-choice', options: ['Nairobi', 'Lima'] });
    expect((await compose(decisionMail, wanjiru, id))?.text).toContain('1 Nairobi\n2 Lima');
    expect((await reply(decisionMail, wanjiru, id, '3 1')).text).toContain('rien n’a été changé');
    await reply(decisionMail, wanjiru, id, '٢, ١');
    expect(await positions(id)).toMatchObject([{ ranking: [2, 1] }]);
  });
});

describe('a joint statement by mail', () => {
  it('is signed with one word, for an organisation with its name and a mandate, and taken back', async () => {
    const paper = await openTestPaper(stage, space, { kind: 'joint-statement' });
    await stage.act(
      async (work) =>
        openForSignatures(work, await atPaper(work, paper, bruno), new Date(stage.clock.now().getTime() + 1000), {}),
      'north',
    );
    const mail = await compose(statementMail, wanjiru, paper);
    expect(mail?.text).toContain('répondez par ce seul mot : signer');
    expect(mail?.text).toContain('Communities own their data.');
    expect((await reply(statementMail, wanjiru, paper, 'signer pour Health Watch')).text).toContain('secrétariat');
    await inNetwork(stage, 'edu', async (work) => {
      const organisation = await addOrganisation(work, {
        name: 'Health Watch',
        kind: 'civil-society',
        country: 'KE',
        did: undefined,
        website: undefined,
      });
      const since = '2026-01-01' as PlainDate;
      await recordMandate(work, { member: wanjiru.id, organisation, scope: 'all', since, until: undefined });
    });
    await reply(statementMail, wanjiru, paper, 'Signer pour health watch.');
    await reply(statementMail, wanjiru, paper, 'Oui');
    expect((await reply(statementMail, wanjiru, paper, 'oui')).text).toContain('avait déjà signé');
    const names = async () =>
      (await inNetwork(stage, 'edu', (work) => listSignatures(work.tx.db, paper)))
        .map(({ organisation, name }) => organisation?.name ?? name ?? '')
        .toSorted((a, b) => a.localeCompare(b));
    expect(await names()).toEqual(['Health Watch', 'Wanjiru Otieno']);
    await reply(statementMail, wanjiru, paper, 'retirer');
    expect(await names()).toEqual(['Health Watch']);
    stage.clock.advance(1000);
    await expect(reply(statementMail, wanjiru, paper, 'oui')).rejects.toMatchObject({ code: 'answers-late' });
    expect(await inNetwork(stage, 'edu', (work) => findPaper(work.tx.db, paper))).toMatchObject({ state: 'signing' });
  });
});
