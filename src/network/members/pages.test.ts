import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { upload } from '../../../test/support/multipart.ts';
import { becomeMember, entry, inNetwork, keyOf } from '../../../test/support/network.ts';
import { voiceFor } from '../../field/mail/voice.ts';
import { askToJoin } from './actions.ts';
import { mailKeyFor } from './mail-keys.ts';
import type { Member } from './member.ts';
import { membershipMail } from './membership-mail.ts';
import { findMemberById } from './store.ts';

let stage: Stage;
let hidden: Member;
beforeAll(async () => {
  stage = await openStage();
  await becomeMember(stage, 'noOne', 'listed@example.org', {
    name: 'د. خالد <script>alert(1)</script>',
    consents: new Set(['directory'] as const),
    gender: 'man',
    about: 'Nurse & <b>midwife</b>',
  });
  hidden = await becomeMember(stage, 'noOne', 'hidden@example.org', { name: 'Hidden Person', gender: 'woman' });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const keyFor = (member: Member) => inNetwork(stage, 'edu', (work) => keyOf(work, member.id));
const held = (member: Member) =>
  inNetwork(stage, 'edu', async (work) => {
    const found = await findMemberById(work.tx.db, member.id);
    if (!found) throw new TypeError('no member');
    return found;
  });

describe('the directory', () => {
  it('names those who agreed, each name in its own direction and no name as HTML; addresses need another consent', async () => {
    const { text } = await stage.as('noOne', '/p/operator/members');
    expect(text).toContain('<bdi>د. خالد &lt;script&gt;alert(1)&lt;/script&gt;</bdi>');
    expect(text).toContain('Nurse &amp; &lt;b&gt;midwife&lt;/b&gt;');
    expect(text).not.toMatch(/Hidden Person|@example\.org/);
    const json = (await stage.as('bruno', '/api/p/operator/members')).json() as { members: object[]; counts: unknown };
    expect(json).toMatchObject({ counts: null, pending: [], members: [{ email: null }] });
  });

  it('shows the secretariat everybody, and of nobody what she says of her gender', async () => {
    const { text } = await stage.as('amina', '/p/operator/members');
    expect(text).toContain('Hidden Person');
    const one = await stage.as('amina', `/api/p/operator/members/${hidden.id}`);
    expect(one.json()).toMatchObject({ name: 'Hidden Person', email: 'hidden@example.org', gender: null });
    for (const who of ['bruno', 'dalia', 'chen', 'noOne'] as const)
      expect([401, 403]).toContain((await stage.as(who, `/api/p/operator/members/${hidden.id}`)).status);
  });

  it('refuses a place in it that nobody can have', async () => {
    for (const after of ['x', Buffer.from('["a"]').toString('base64url'), Buffer.from('{}').toString('base64url')])
      expect((await stage.as('noOne', `/p/operator/members?after=${after}`)).status).toBe(422);
  });
});

describe('a key from a mail', () => {
  it('leads to what it opens, and a wrong one to nothing', async () => {
    const key = await keyFor(hidden);
    const led = await stage.as('noOne', `/p/operator/k/${key}`);
    expect([led.status, led.headers.location]).toEqual([303, `/p/operator/k/${key}/membership`]);
    const page = await stage.as('noOne', `/p/operator/k/${key}/membership`);
    expect(page.text).toContain('hidden@example.org');
    for (const path of ['', '/membership', '/unsubscribe', '/session'])
      expect((await stage.as('noOne', `/p/operator/k/${'a'.repeat(26)}${path}`)).status).toBe(404);
    // Of one thing, it is not the key of another; of one network, not of another.
    expect((await stage.as('noOne', `/p/operator/k/${key}/session`)).status).toBe(404);
    expect((await stage.as('noOne', `/p/watch/k/${key}/membership`)).status).toBe(404);
  });

  it('stops all mail in one step, as mail programs ask (RFC 8058), and only when posted', async () => {
    const key = await inNetwork(stage, 'edu', (work) =>
      mailKeyFor(work, hidden.id, { kind: 'inquiry', id: '0b0f3d52-9e6f-4bb0-8c58-0b1f7f3f1d11' }),
    );
    const path = `/p/operator/k/${key}/unsubscribe`;
    await stage.as('noOne', path);
    expect((await held(hidden)).mailState).toBe('active');
    // No cookie, no Origin, no Sec-Fetch-Site.
    const answer = await stage.site.send(path, { form: { 'List-Unsubscribe': 'One-Click' } });
    expect(answer.status).toBe(303);
    expect((await held(hidden)).mailState).toBe('unsubscribed');
  });

  it('takes a consent back and leaves, in one step each', async () => {
    const member = await becomeMember(stage, 'noOne', 'leaves@example.org', {
      consents: new Set(['directory', 'contact'] as const),
      name: 'Leaves',
    });
    const path = `/p/operator/k/${await keyFor(member)}/membership`;
    const values = (await stage.as('noOne', `/api${path}`)).json() as Record<string, string>;
    const form = {
      base: String(values['revision']),
      name: 'Leaves',
      language: 'en',
      timeZone: 'UTC',
      constituency: 'union',
      digest: 'none',
    };
    await stage.as('noOne', path, { form });
    expect([...(await held(member)).consents]).toEqual([]);
    await stage.as('noOne', `${path}/leave`, { form: {} });
    expect(await held(member)).toMatchObject({ leftOn: '2026-03-02', mailState: 'unsubscribed' });
    expect((await stage.as('noOne', path)).status).toBe(404);
  });
});

describe('a list of members', () => {
  const csv = (content: string) => ({ field: 'file', name: 'members.csv', content });
  const fields = { language: 'en', timeZone: 'Africa/Nairobi', constituency: 'civil-society' };
  const bring = async (content: string, trial = false) =>
    (
      await stage.as(
        'edu',
        '/api/p/operator/members/import',
        upload({ ...fields, ...(trial && { trial: 'on' }) }, csv(content)),
      )
    ).json();

  it('with faults adds nobody and names each row', async () => {
    const content = [
      'name,e-mail,country,time zone,kind',
      'Good,good@example.org,KE,,union',
      'Bad mail,nonsense,KE,,',
      ',noname@example.org,,,',
      'Far,far@example.org,XX,Mars/Olympus,pirates',
      'Twice,good@example.org,,,',
    ].join('\n');
    expect(await bring(content)).toMatchObject({
      added: 0,
      faults: [
        { row: 3, column: 'email', code: 'email-form' },
        { row: 4, column: 'name', code: 'required' },
        { row: 5, column: 'constituency', code: 'not-a-choice' },
        { row: 5, column: 'country', code: 'not-a-choice' },
        { row: 5, column: 'time_zone', code: 'members.time-zone-unknown', value: 'Mars/Olympus' },
        { row: 6, column: 'email', code: 'repeated' },
      ],
    });
    expect((await stage.as('edu', '/p/operator/members')).text).not.toContain('good@example.org');
  });

  it('is checked first, adds each once, changes nobody who is here, and gives no consent', async () => {
    const content = `nom;courriel;organisation;sector\nNeu;neu@example.org;Union of Nurses;union\nAnother;hidden@example.org;;\n`;
    expect(await bring(content, true)).toMatchObject({ read: 2, added: 1, known: 1, faults: [] });
    expect(await bring(content)).toMatchObject({ read: 2, added: 1, known: 1 });
    expect(await bring(content)).toMatchObject({ added: 0, known: 2 });
    expect((await held(hidden)).name).toBe('Hidden Person');
    const { text } = await stage.as('noOne', '/p/operator/members');
    expect(text).not.toContain('Neu');
    expect((await stage.as('edu', '/p/operator/members')).text).toContain('Union of Nurses');
  });

  it('that is no table is refused whole', async () => {
    for (const content of ['', 'name\nonly one column', `PK\u0003\u0004${'x'.repeat(50)}`]) {
      const answer = await stage.as('edu', '/api/p/operator/members/import', upload(fields, csv(content)));
      expect([422, 413]).toContain(answer.status);
    }
  });
});

describe('by plain mail', () => {
  const reply = (words: string) => ({ words, subject: '', attachments: [] });
  const answer = (member: Member, words: string) =>
    inNetwork(stage, 'edu', async (work) => {
      if (!work.party) throw new TypeError('no party');
      const voice = voiceFor(work.house, work.party, member);
      return membershipMail.receive(work, voice, member, member.id, reply(words));
    });

  it('yes, in any of our languages, comes in; what is not understood changes nothing; leave leaves', async () => {
    for (const [at, yes] of ['Yes, please', 'oui', 'Sí.', 'sim', 'نعم'].entries()) {
      const id = await inNetwork(stage, 'noOne', (work) => askToJoin(work, `yes${at}@example.org`, entry()));
      const member = await held({ id } as Member);
      expect((await answer(member, 'perhaps')).text).toContain('nothing was changed');
      expect((await held(member)).confirmedAt).toBeUndefined();
      await answer(member, yes);
      expect((await held(member)).confirmedAt).toBeDefined();
      await answer(await held(member), 'leave');
      expect((await held(member)).leftOn).toBe('2026-03-02');
    }
  });

  it('the question says who asks, and what to write', async () => {
    const id = await inNetwork(stage, 'noOne', (work) =>
      askToJoin(work, 'asked@example.org', entry({ language: 'fr' })),
    );
    const member = await held({ id } as Member);
    const mail = await stage.house.database.read({ party: stage.parties.north.id }, async (reader) => {
      const party = { id: stage.parties.north.id, did: stage.parties.north.did, slug: 'operator', name: 'Réseau' };
      return membershipMail.compose({ house: stage.house, reader }, voiceFor(stage.house, party, member), member, id);
    });
    expect(mail?.text).toContain('répondez par ce seul mot : oui');
  });
});
