import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announceSession, planSession } from '../../src/dialogue/programme/sessions/actions.ts';
import { findSpaceBySlug } from '../../src/dialogue/programme/spaces/store.ts';
import { requireMember, type Member } from '../../src/network/members/member.ts';
import { shareReferences } from '../../src/dialogue/programme/references/actions.ts';
import { mailKeyFor } from '../../src/network/members/mail-keys.ts';
import { findSessionBySlug } from '../../src/dialogue/programme/sessions/store.ts';
import { openStage, type Anyone, type Stage } from '../support/cast.ts';
import { settableClock } from '../support/house.ts';
import { upload } from '../support/multipart.ts';
import { becomeMember, inNetwork, session } from '../support/network.ts';

const programme = [
  'Title;Date;Start;Time zone;Minutes;Description;Speakers',
  'Who owns the data?;2021-06-09;14.30;Europe/Zurich;90;"Whose data, whose decision";bruno@example.org',
  'Who pays, who profits?;2021-06-16;14.30;Europe/Zurich;90;;',
  'A community decides;2021-06-23;14.30;Europe/Zurich;90;;',
  'What next?;2021-06-30;14.30;Europe/Zurich;90;;',
].join('\r\n');

const chat = [
  '14:41:02 From Bruno to Everyone:',
  '\tThe global strategy: https://www.who.int/publications/i/item/9789240020924?utm_source=zoom',
  '14:52:10 From Dr. Outside to Everyone:',
  '\thttps://who.int/publications/i/item/9789240020924/ and doi:10.1016/S2589-7500(21)00038-8',
  '14:55:00 From Bruno to Chen(Direct Message):',
  '\tprivately: https://example.org/secret',
].join('\n');

const form = { language: 'en', timeZone: 'Europe/Zurich' };
const csv = { field: 'file', name: 'programme.csv', content: programme };
const root = '/p/operator/spaces/whose-business';
const second = `${root}/sessions/who-pays-who-profits`;

interface Imported {
  readonly sessions: readonly { readonly becomes: string }[];
  readonly faults: readonly {
    readonly row: number;
    readonly column: string;
    readonly code: string;
    readonly value: string;
  }[];
}
interface Seen {
  readonly session: { readonly startsAt: string; readonly phase: string };
  readonly programme: readonly { readonly name: string }[];
  readonly joining: { readonly link: string | null } | null;
  readonly contacts: readonly { readonly email: string }[];
  readonly references: readonly {
    readonly key: string;
    readonly path: string;
    readonly state: string;
    readonly credits: readonly { readonly name: string | null }[];
  }[];
}

describe('scenario 10: a dialogue series of four sessions in June 2021 is brought in', () => {
  let stage: Stage;
  let bruno: Member;
  let wanjiru: Member;
  beforeAll(async () => {
    stage = await openStage({ clock: settableClock(new Date('2021-06-16T06:00:00Z')) });
    bruno = await becomeMember(stage, 'bruno', 'bruno@example.org', { consents: new Set(['contact'] as const) });
    await becomeMember(stage, 'chen', 'chen@example.org', { timeZone: 'Africa/Nairobi' });
    wanjiru = await becomeMember(stage, 'noOne', 'wanjiru@example.org');
    await stage.as('edu', '/p/operator/spaces', {
      form: {
        kind: 'series',
        language: 'en',
        title: 'Digital health: whose business?',
        slug: 'whose-business',
        timeZone: 'Europe/Zurich',
        joining: 'open',
      },
    });
    await stage.as('edu', `${root}/open`, { form: {} });
  });
  afterAll(async () => stage[Symbol.asyncDispose]());

  const bring = async (who: Anyone, file: typeof csv, trial: boolean): Promise<Imported> => {
    const answer = await stage.as(who, `/api${root}/import`, upload({ ...form, ...(trial && { trial: 'on' }) }, file));
    return answer.json() as Imported;
  };
  const see = async (who: Anyone, path: string): Promise<Seen> => (await stage.as(who, `/api${path}`)).json() as Seen;
  const changed = (from: string, to: string) => ({ ...csv, content: programme.replace(from, to) });

  it('by those who convene, and by nobody else', async () => {
    for (const who of ['noOne', 'bruno', 'dalia'] as const) {
      const answer = await stage.as(who, `/api${root}/import`, upload(form, csv));
      expect([401, 403]).toContain(answer.status);
    }
  });

  it('not with an invented time zone, and not in part: the row is named, nothing is kept', async () => {
    const { faults } = await bring(
      'edu',
      changed('2021-06-16;14.30;Europe/Zurich', '2021-06-16;14.30;Europe/Geneva'),
      false,
    );
    expect(faults).toEqual([
      { row: 3, column: 'time_zone', code: 'members.time-zone-unknown', value: 'Europe/Geneva' },
    ]);
    expect((await stage.as('edu', root)).text).not.toContain('Who owns the data?');
    const page = await stage.as('edu', `${root}/import`, upload(form, changed('Europe/Zurich', 'Mars/Olympus')));
    expect(page.text).toContain('There is no time zone of this name');
  });

  it('first to look, then for good, and a second time without doubling anything', async () => {
    expect((await bring('edu', csv, true)).sessions.map(({ becomes }) => becomes)).toEqual(Array(4).fill('new'));
    expect((await stage.as('edu', root)).text).not.toContain('Who owns the data?');
    expect((await bring('edu', csv, false)).faults).toEqual([]);
    expect((await bring('edu', csv, false)).sessions.map(({ becomes }) => becomes)).toEqual(Array(4).fill('same'));
    const { text } = await stage.as('noOne', root);
    expect(text.match(/Who pays, who profits\?/g)).toHaveLength(1);
  });

  it('16 June, 14.30 in Geneva, shows 15.30 in Nairobi', async () => {
    expect((await see('noOne', second)).session.startsAt).toBe('2021-06-16T12:30:00.000Z');
    // Somebody who only passes by chooses a zone; a member has her own; so has whoever comes by mail.
    const key = await inNetwork(stage, 'edu', async (work) => {
      const space = await findSpaceBySlug(work.tx.db, 'whose-business');
      const found = space && (await findSessionBySlug(work.tx.db, space.id, 'who-pays-who-profits'));
      return mailKeyFor(work, wanjiru.id, { kind: 'session', id: found?.id ?? '' });
    });
    for (const { text } of [
      await stage.as('noOne', `${second}?zone=Africa/Nairobi`),
      await stage.as('chen', second),
      await stage.as('noOne', `/p/operator/k/${key}/session`),
    ]) {
      expect(text).toMatch(/16 Jun 2021, 14:30 CEST/);
      expect(text).toMatch(/16 Jun 2021, 15:30 (?:EAT|GMT\+3)/);
    }
    expect((await stage.as('noOne', `${second}?zone=Mars/Olympus`)).status).toBe(422);
  });

  it('the link to the meeting is for who is registered', async () => {
    const edit = (await stage.as('edu', `/api${second}/edit`)).json() as { saved: Record<string, string> };
    const { isChathamHouse: _, ...saved } = edit.saved;
    await stage.as('edu', `${second}/edit`, { form: { ...saved, meetingLink: 'https://meet.example.org/in' } });
    expect((await stage.as('noOne', second)).text).not.toContain('meet.example.org');
    expect((await stage.as('noOne', `${second}/calendar.ics`)).text).not.toContain('meet.example.org');
    expect((await see('chen', second)).joining).toBeNull();
    await stage.as('chen', `${second}/register`, { form: { mode: 'remote' } });
    await stage.as('bruno', `${second}/register`, { form: { mode: 'phone' } });
    expect((await see('chen', second)).joining).toMatchObject({ link: 'https://meet.example.org/in' });
    expect((await stage.as('chen', `${second}/calendar.ics`)).text).toContain('meet.example.org');
  });

  it('references from the chat keep their credit, the first and the later, and private messages stay private', async () => {
    stage.clock.set(new Date('2021-06-16T15:00:00Z'));
    const answer = await stage.as('edu', `/api${second}/references/harvest`, { json: { text: chat } });
    expect(answer.status, answer.text).toBe(200);
    // Not shown before somebody has looked at them.
    expect((await see('noOne', second)).references).toEqual([]);
    for (const { path } of (await see('edu', second)).references)
      await stage.as('edu', path, { form: { base: '1', state: 'accepted', type: 'report', title: 'Looked at' } });
    const { references, session: seen } = await see('noOne', second);
    expect(seen.phase).toBe('open');
    const credits = new Map(references.map((reference) => [reference.key, reference.credits.map(({ name }) => name)]));
    expect(credits).toEqual(
      new Map([
        ['url:who.int/publications/i/item/9789240020924', ['Bruno', 'Dr. Outside']],
        ['doi:10.1016/s2589-7500(21)00038-8', ['Dr. Outside']],
      ]),
    );
    expect((await stage.as('edu', second)).text).not.toContain('example.org/secret');
    expect((await stage.as('noOne', `${second}/references.bib`)).text).toContain('Shared by Bruno, Dr. Outside');
  });

  it('contacts need consent, and are for those who took part', async () => {
    expect((await see('chen', second)).contacts.map(({ email }) => email)).toEqual([bruno.email]);
    expect((await see('noOne', second)).contacts).toEqual([]);
    expect((await stage.as('noOne', second)).text).not.toContain('bruno@example.org');
  });

  it('a session under the Chatham House Rule stores no speaker’s name, from no door', async () => {
    const closed = `${root}/sessions/behind-doors`;
    await inNetwork(stage, 'edu', async (work) => {
      const space = await findSpaceBySlug(work.tx.db, 'whose-business');
      if (!space) throw new TypeError('no space');
      const values = session({ slug: 'behind-doors', localStart: '2021-07-02T14:30', isChathamHouse: true });
      await announceSession(work, await planSession(work, space.id, values));
    });
    const speaker = { role: 'speaker', name: 'Dr Ama Mensah', agreed: 'on' };
    const refused = await stage.as('edu', `${closed}/programme`, { form: speaker });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Chatham House Rule');
    await stage.as('edu', `${closed}/references/harvest`, {
      form: { text: chat.replaceAll('Bruno', 'Dr Ama Mensah') },
    });
    const { rows } = await stage.house.database.pool.query<{ found: number }>(`
      select (select count(*) from session_people where name like '%Mensah%')::int
        + (select count(*) from reference_contributions where is_chatham_house and (name is not null or member_id is not null))::int as found`);
    expect(rows).toEqual([{ found: 0 }]);
    expect((await see('edu', closed)).references.map(({ credits }) => credits.map(({ name }) => name))).toEqual([
      [null],
      [null],
    ]);
  });

  it('stays open for contributions for fourteen days, and then is closed and readable', async () => {
    const share = () =>
      inNetwork(stage, 'chen', async (work) => {
        const space = await findSpaceBySlug(work.tx.db, 'whose-business');
        const found = space && (await findSessionBySlug(work.tx.db, space.id, 'who-pays-who-profits'));
        if (!space || !found) throw new TypeError('no session');
        return shareReferences(work, await requireMember(work), { space, session: found }, 'PMID: 33581808', 'web');
      });
    stage.clock.set(new Date('2021-06-30T13:59:00Z'));
    expect(await share()).toHaveLength(1);
    stage.clock.set(new Date('2021-06-30T14:00:00Z'));
    await expect(share()).rejects.toMatchObject({ code: 'step-not-allowed', details: { status: 'closed' } });
    expect((await see('noOne', second)).session.phase).toBe('closed');
  });
});
