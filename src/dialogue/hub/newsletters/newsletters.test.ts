import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { openMailServer, type TestMailServer } from '../../../../test/support/mail-server.ts';
import { becomeMember, inNetwork } from '../../../../test/support/network.ts';
import { decideItem, tell } from '../items/actions.ts';
import * as actions from './actions.ts';
import { findNewsletter, type NewsletterValues } from './store.ts';

let stage: Stage;
let server: TestMailServer;
let french: string;
let arabic: string;
let withdrawn: string;

const told = (language: string, title: string) =>
  inNetwork(stage, 'edu', (work) =>
    tell(work, {
      kind: 'news',
      language,
      title,
      body: 'Long text.',
      link: undefined,
      licence: undefined,
      authors: [],
      space: undefined,
      time: undefined,
    }),
  );

beforeAll(async () => {
  server = await openMailServer();
  stage = await openStage();
  const mail = { address: { local: 'reply', domain: 'north.example.org' }, smtpUrl: server.url, imapUrl: undefined };
  Object.assign(stage.house.config, { mail });
  await becomeMember(stage, 'bruno', 'bruno@example.org', { language: 'fr' });
  await becomeMember(stage, 'chen', 'chen@example.org', { language: 'en' });
  await becomeMember(stage, 'noOne', 'wanjiru@example.org', { language: 'sw' });
  await becomeMember(stage, 'noOne', 'silent@example.org', { digest: 'none' });
  await stage.house.jobs.drain(stage.house);
  server.mails.splice(0);
  french = await told('fr', 'Une chaîne du froid');
  arabic = await told('ar', 'خبر');
  withdrawn = await told('en', 'A mistake');
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const values = (over: Partial<NewsletterValues> = {}): NewsletterValues => ({
  title: { en: 'March', fr: 'Mars' },
  lead: { en: 'Good morning.', fr: 'Bonjour.' },
  language: 'en',
  items: [arabic, french, withdrawn],
  ...over,
});
const draft = (over?: Partial<NewsletterValues>) =>
  inNetwork(stage, 'edu', (work) => actions.draftNewsletter(work, values(over)));
const held = (id: string) => inNetwork(stage, 'edu', (work) => findNewsletter(work.tx.db, id));

describe('a newsletter', () => {
  it('is the secretariat’s to write and to send, and a draft is nobody else’s to read', async () => {
    for (const who of ['noOne', 'bruno', 'dalia'] as const)
      await expect(inNetwork(stage, who, (work) => actions.draftNewsletter(work, values()))).rejects.toMatchObject({
        code: expect.stringMatching(/^not-/) as string,
      });
    const id = await draft();
    for (const who of ['noOne', 'bruno'] as const)
      expect((await stage.as(who, `/p/operator/newsletters/${id}`)).status).toBe(404);
    await expect(inNetwork(stage, 'bruno', (work) => actions.sendNewsletter(work, id, 1))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(server.mails).toEqual([]);
  });

  it('takes only what is public', async () => {
    await expect(draft({ items: [crypto.randomUUID()] })).rejects.toMatchObject({ code: 'not-found' });
    const proposed = await inNetwork(stage, 'bruno', (work) =>
      tell(work, {
        kind: 'news',
        language: 'en',
        title: 'x',
        body: '',
        link: undefined,
        licence: undefined,
        authors: [],
        space: undefined,
        time: undefined,
      }),
    );
    await expect(draft({ items: [proposed] })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reaches every member who wants mail once, in her language or its own, in the order chosen, with a way out', async () => {
    const id = await draft();
    await inNetwork(stage, 'edu', (work) => decideItem(work, withdrawn, 1, 'withdraw'));
    await inNetwork(stage, 'edu', (work) => actions.sendNewsletter(work, id, 1));
    await expect(inNetwork(stage, 'edu', (work) => actions.sendNewsletter(work, id, 1))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    await stage.house.jobs.drain(stage.house);
    expect(server.mails.map(({ to }) => to).toSorted()).toEqual([
      'bruno@example.org',
      'chen@example.org',
      'wanjiru@example.org',
    ]);
    expect(await held(id)).toMatchObject({ recipients: 3 });
    const raw = server.latest('bruno@example.org').raw.toString('utf8');
    expect(raw).toMatch(/^Subject: Mars$/m);
    expect(raw).toMatch(/^List-Unsubscribe:\s+<http/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    expect(server.latest('wanjiru@example.org').raw.toString('utf8')).toMatch(/^Subject: March$/m);
    const text = (await stage.as('noOne', `/p/operator/newsletters/${id}`)).text;
    expect(text.indexOf('خبر')).toBeLessThan(text.indexOf('Une chaîne du froid'));
    expect(text).not.toContain('A mistake');
  });

  it('whose job runs twice sends nothing twice', async () => {
    const id = await draft({ items: [] });
    await inNetwork(stage, 'edu', (work) => actions.sendNewsletter(work, id, 1));
    server.mails.splice(0);
    await stage.house.jobs.drain(stage.house);
    const before = server.mails.length;
    await inNetwork(stage, 'edu', ({ house, tx }) =>
      house.jobs.enqueue(tx, { name: 'hub.newsletter' }, { party: stage.parties.north.id, newsletter: id }),
    );
    await stage.house.jobs.drain(stage.house);
    expect([before, server.mails.length]).toEqual([3, 3]);
  });

  it('leads from its mail to its page, and out of all mail in one step', async () => {
    const [link = ''] =
      /http\S*\/k\/[a-z2-7]{26}/.exec(server.latest('chen@example.org').raw.toString('utf8').replaceAll('=\r\n', '')) ??
      [];
    const { pathname } = new URL(link);
    const first = await stage.as('noOne', pathname);
    expect(first.headers.location).toBe(`${pathname}/newsletter`);
    expect((await stage.as('noOne', `${pathname}/newsletter`)).headers.location).toMatch(
      /^\/p\/operator\/newsletters\//,
    );
    const out = await stage.as('noOne', `${pathname}/unsubscribe`, { form: { 'List-Unsubscribe': 'One-Click' } });
    expect(out.status).toBe(303);
    const id = await draft({ items: [] });
    await inNetwork(stage, 'edu', (work) => actions.sendNewsletter(work, id, 1));
    server.mails.splice(0);
    await stage.house.jobs.drain(stage.house);
    expect(server.mails.map(({ to }) => to)).not.toContain('chen@example.org');
  });
});
