import { convertIcsCalendar } from 'ts-ics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, inNetwork, series, session } from '../../../test/support/network.ts';
import { voiceFor } from '../../field/mail/voice.ts';
import type { DialogueSessionId, SpaceId } from '../../ids.ts';
import type { Member } from '../../network/members/member.ts';
import type { PlainDate } from '../../period.ts';
import { announceSession, cancelSession, planSession, registerFor } from './sessions/actions.ts';
import { findInRole, listSessions } from './sessions/store.ts';
import { sessionMail } from './sessions/session-mail.ts';
import { draftSpace, giveRole, openSpace } from './spaces/actions.ts';
import { copySpace } from './spaces/templates.ts';

let stage: Stage;
let bruno: Member;
let space: SpaceId;
let id: DialogueSessionId;
beforeAll(async () => {
  stage = await openStage();
  bruno = await becomeMember(stage, 'bruno', 'bruno@example.org', { language: 'fr', timeZone: 'Africa/Nairobi' });
  await inNetwork(stage, 'edu', async (work) => {
    const title = { en: 'Who <b>owns</b> the data?', ar: 'من يملك البيانات؟' };
    space = await draftSpace(work, series());
    await openSpace(work, space);
    id = await planSession(work, space, session({ title, localStart: '2026-06-16T14:30' }));
    await announceSession(work, id);
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const path = '/p/operator/spaces/whose-business';

it('what people write is never HTML, stands in its own language and direction, and the page’s own where it exists', async () => {
  const english = await stage.as('noOne', path);
  expect(english.text).toContain('<bdi dir="auto">Who &lt;b&gt;owns&lt;/b&gt; the data?</bdi>');
  const french = await stage.as('noOne', `${path}?lang=fr`);
  expect(french.text).toContain('<bdi lang="en" dir="auto">Who &lt;b&gt;owns');
  expect((await stage.as('noOne', `${path}?lang=ar`)).text).toContain('<bdi dir="auto">من يملك البيانات؟</bdi>');
});

it('a draft is nobody’s but those who write it, as page, JSON and calendar', async () => {
  await inNetwork(stage, 'edu', async (work) => {
    await planSession(work, space, session({ slug: 'hidden', title: { en: 'Not yet told' } }));
    await draftSpace(work, series({ slug: 'secret', title: { en: 'A secret series' } }));
  });
  for (const where of [path, `${path}/calendar.ics`, `/api${path}`, '/p/operator', '/p/operator/dialogues'])
    expect((await stage.as('bruno', where)).text).not.toMatch(/Not yet told|A secret series/);
  for (const where of [`${path}/sessions/hidden`, `${path}/sessions/hidden/calendar.ics`, '/p/operator/spaces/secret'])
    expect((await stage.as('noOne', where)).status).toBe(404);
  expect((await stage.as('edu', `${path}/sessions/hidden`)).status).toBe(200);
});

it('a community that has nothing to show at its due date is shown as such, and not once it has', async () => {
  const outputDueOn = '2026-03-01' as PlainDate;
  const values = series({
    slug: 'late',
    kind: 'community',
    title: { en: 'Late' },
    outputKind: 'guideline',
    outputDueOn,
  });
  await inNetwork(stage, 'edu', async (work) => {
    const late = await draftSpace(work, values);
    await giveRole(work, late, bruno.id, 'convenor');
    await openSpace(work, late);
  });
  expect((await stage.as('noOne', '/p/operator/communities')).text).toContain('Overdue: nothing has been published');
  const form = {
    base: '2',
    kind: 'community',
    language: 'en',
    title: 'Late',
    timeZone: 'Europe/Zurich',
    outputKind: 'guideline',
    outputDueOn,
    outputLink: 'https://example.org/guideline',
    joining: 'open',
  };
  expect((await stage.as('bruno', '/p/operator/spaces/late/edit', { form })).status).toBe(303);
  expect((await stage.as('noOne', '/p/operator/communities')).text).not.toContain('Overdue');
});

it('a new series from an earlier one keeps the hours on the wall and brings no names and no links', async () => {
  await inNetwork(stage, 'edu', async (work) => {
    const copy = await copySpace(work, space, series({ slug: 'next-year' }), '2026-11-17' as PlainDate);
    const [first] = await listSessions(work.tx.db, copy, ['draft']);
    expect(first).toMatchObject({ localStart: '2026-11-17T14:30', timeZone: 'Europe/Zurich', meetingLink: undefined });
    expect(first?.uid).not.toBe((await listSessions(work.tx.db, space, ['announced']))[0]?.uid);
  });
});

describe('a session by plain mail', () => {
  const compose = () =>
    inNetwork(stage, 'edu', async (work) => {
      if (!work.party) throw new TypeError('no party');
      const voice = voiceFor(work.house, work.party, bruno);
      return sessionMail.compose({ house: work.house, reader: work.tx.db }, voice, bruno, id);
    });
  const answer = (words: string) =>
    inNetwork(stage, 'edu', async (work) => {
      if (!work.party) throw new TypeError('no party');
      const reply = { words, subject: '', attachments: [] };
      return sessionMail.receive(work, voiceFor(work.house, work.party, bruno), bruno, id, reply);
    });
  const isRegistered = () =>
    inNetwork(stage, 'edu', async (work) => (await findInRole(work.tx.db, id, bruno.id, 'registered')) !== undefined);

  it('comes in the member’s language and hour, with a calendar file, and with the link once registered', async () => {
    const before = await compose();
    expect(before?.text).toMatch(/16 juin 2026(?:, | à )15:30/);
    expect(before?.text).toContain('répondez par ce seul mot : oui');
    expect(before?.text).not.toContain('meet.example.org');
    await answer('Oui !');
    expect(await isRegistered()).toBe(true);
    const after = await compose();
    expect(after?.text).toContain('https://meet.example.org/who-owns');
    const [file] = after?.attachments ?? [];
    const calendar = convertIcsCalendar(undefined, file?.content ?? '');
    expect(calendar).toMatchObject({ method: 'PUBLISH', events: [{ status: 'CONFIRMED' }] });
    expect(file?.content).toContain('SEQUENCE:0');
  });

  it('takes a link as a contribution, with credit; what it does not understand changes nothing', async () => {
    await answer('Voir https://example.org/rapport?utm_source=mail, merci');
    const { references } = (await stage.as('edu', `/api${path}/sessions/who-owns`)).json() as { references: object[] };
    expect(references).toMatchObject([
      { key: 'url:example.org/rapport', credits: [{ name: 'Bruno', source: 'mail' }] },
    ]);
    expect((await answer('peut-être')).text).toContain('rien n’a été changé');
    expect(await isRegistered()).toBe(true);
    await answer('non');
    expect(await isRegistered()).toBe(false);
  });

  it('tells those registered when it is cancelled, in words and to their calendars', async () => {
    await inNetwork(stage, 'edu', (work) => registerFor(work, bruno, id, 'mail'));
    await inNetwork(stage, 'edu', (work) => cancelSession(work, id));
    const mail = await compose();
    expect(mail?.subject).toContain('Annulée');
    const calendar = convertIcsCalendar(undefined, mail?.attachments?.[0]?.content ?? '');
    expect(calendar).toMatchObject({ method: 'CANCEL', events: [{ status: 'CANCELLED', sequence: 1 }] });
    const { rows } = await stage.house.database.pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from pgboss.job where name = 'mail.send' and data->'thing'->>'id' = $1`,
      [id],
    );
    expect(rows[0]?.waiting).toBeGreaterThan(0);
  });
});
