import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { becomeMember, callerIn, entry, inNetwork, keyOf } from '../../../test/support/network.ts';
import type { OrganisationId } from '../../ids.ts';
import type { PlainDate } from '../../period.ts';
import * as actions from './actions.ts';
import { listCountryGroups } from './groups.ts';
import { forgetJob } from './jobs.ts';
import { findByMailKey, mailKeyFor } from './mail-keys.ts';
import { findMember, isSecretariat, requireMember } from './member.ts';
import * as store from './store.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage[Symbol.asyncDispose]());

describe('who acts in a network', () => {
  it('is the secretariat only for those who work for that very party, with a role that writes', async () => {
    await inNetwork(stage, 'fatou', async (work) => {
      for (const who of ['fatou', 'amina', 'edu'] as const)
        expect(isSecretariat(callerIn(stage, work, who))).toBe(true);
      for (const who of ['bruno', 'dalia', 'chen', 'noOne'] as const)
        expect(isSecretariat(callerIn(stage, work, who))).toBe(false);
    });
  });

  it('is never whoever typed the address, also when its owner comes in, or is invited, afterwards', async () => {
    const id = await inNetwork(stage, 'chen', (work) =>
      actions.askToJoin(work, 'typed@example.org', entry({ name: 'Owner of the mailbox' })),
    );
    const invited = await inNetwork(stage, 'fatou', (work) =>
      actions.inviteMember(work, 'typed@example.org', entry({ name: 'Owner of the mailbox' })),
    );
    expect(invited).toBe(id);
    await inNetwork(stage, 'noOne', async (work) => {
      const opened = await findByMailKey(work.tx.db, await keyOf(work, id), work.tx.now);
      if (!opened) throw new TypeError('no key');
      await actions.confirmMembership(work, opened.member);
    });
    await inNetwork(stage, 'chen', async (work) => {
      expect(await findMember(work.tx.db, work)).toBeUndefined();
      expect(await store.findMemberById(work.tx.db, id)).toMatchObject({ account: undefined });
    });
  });

  it('is not put aside by somebody else who was shown the key', async () => {
    const member = await becomeMember(stage, 'dalia');
    const open = async (work: Parameters<typeof keyOf>[0]) => {
      const opened = await findByMailKey(work.tx.db, await keyOf(work, member.id), work.tx.now);
      if (!opened) throw new TypeError('no key');
      return opened;
    };
    await inNetwork(stage, 'bruno', async (work) => {
      await expect(actions.linkAccount(work, await open(work))).rejects.toMatchObject({ code: 'conflict' });
    });
    await inNetwork(stage, 'dalia', async (work) => {
      await actions.linkAccount(work, await open(work));
      expect(await requireMember(work)).toMatchObject({ id: member.id });
    });
  });

  it('is a member only after the link in the mail, and not after leaving', async () => {
    await inNetwork(stage, 'chen', async (work) => {
      const id = await actions.askToJoin(work, 'chen@example.org', entry({ name: 'Chen' }));
      expect(await findMember(work.tx.db, work)).toBeUndefined();
      await expect(requireMember(work)).rejects.toMatchObject({ code: 'not-allowed' });
      const opened = await findByMailKey(work.tx.db, await keyOf(work, id), work.tx.now);
      if (!opened) throw new TypeError('no key');
      await actions.confirmMembership(work, opened.member);
      expect(await findMember(work.tx.db, work)).toBeUndefined();
      await actions.linkAccount(work, opened);
      const member = await requireMember(work);
      expect(member).toMatchObject({ id, name: 'Chen', timeZone: 'Africa/Nairobi', gender: undefined });
      await actions.leave(work, member);
      expect(await findMember(work.tx.db, work)).toBeUndefined();
      expect(await findByMailKey(work.tx.db, await keyOf(work, id), work.tx.now)).toBeUndefined();
    });
  });

  it('asks nobody who is signed out', async () => {
    await expect(inNetwork(stage, 'noOne', requireMember)).rejects.toMatchObject({ code: 'not-signed-in' });
  });
});

describe('a mail key', () => {
  it('opens one thing of one member, whatever the case of its letters, until its time is over', async () => {
    const member = await becomeMember(stage, 'noOne', 'key@example.org');
    const thing = { kind: 'inquiry', id: '0b0f3d52-9e6f-4bb0-8c58-0b1f7f3f1d11' };
    await inNetwork(stage, 'fatou', async (work) => {
      const key = await mailKeyFor(work, member.id, thing);
      expect(key).toMatch(/^[a-z2-7]{26}$/);
      const opened = await findByMailKey(work.tx.db, key.toUpperCase(), work.tx.now);
      expect(opened).toMatchObject({ member: { id: member.id }, thing });
      expect(await mailKeyFor(work, member.id, thing)).not.toBe(key);
      const later = new Date(work.tx.now.getTime() + 401 * 86_400_000);
      expect(await findByMailKey(work.tx.db, key, later)).toBeUndefined();
      const forged = (key.startsWith('a') ? 'b' : 'a') + key.slice(1);
      expect(await findByMailKey(work.tx.db, forged, work.tx.now)).toBeUndefined();
      expect(await findByMailKey(work.tx.db, `${key}'`, work.tx.now)).toBeUndefined();
      const { rows } = await work.house.database.pool.query<{ found: string }>(
        `select count(*) as found from mail_keys where key_hash::text like $1`,
        [`%${key}%`],
      );
      expect(Number(rows[0]?.found)).toBe(0);
    });
  });

  it('of another network opens nothing here', async () => {
    const member = await becomeMember(stage, 'noOne', 'elsewhere@example.org');
    const key = await inNetwork(stage, 'fatou', (work) => keyOf(work, member.id));
    await stage.act(async (work) => expect(await findByMailKey(work.tx.db, key, work.tx.now)).toBeUndefined(), 'watch');
  });
});

describe('an entry', () => {
  it('is not changed by a stranger who types its address again', async () => {
    const member = await becomeMember(stage, 'noOne', 'same@example.org', { name: 'Her Name' });
    await inNetwork(stage, 'noOne', async (work) => {
      expect(await actions.askToJoin(work, 'same@example.org', entry({ name: 'Another Name' }))).toBe(member.id);
      expect(await store.findMemberById(work.tx.db, member.id)).toMatchObject({ name: 'Her Name' });
    });
  });

  it('is not overwritten by somebody who saw an older one', async () => {
    const member = await becomeMember(stage, 'noOne', 'twice@example.org');
    await inNetwork(stage, 'fatou', async (work) => {
      await actions.editEntry(work, member, member.revision, entry({ name: 'First' }), 'self');
      await expect(
        actions.editEntry(work, member, member.revision, entry({ name: 'Second' }), 'self'),
      ).rejects.toMatchObject({ code: 'text-has-moved-on' });
    });
  });

  it('gets no consent and no gender from the secretariat, and keeps those the person gave', async () => {
    const given = { consents: new Set(['contact'] as const), gender: 'woman' } as const;
    const member = await becomeMember(stage, 'noOne', 'consent@example.org', given);
    await inNetwork(stage, 'amina', async (work) => {
      const theirs = entry({ name: 'Corrected', consents: new Set(['directory', 'photo'] as const), gender: 'man' });
      await actions.editEntry(work, member, member.revision, theirs, 'secretariat');
      const held = await store.findMemberById(work.tx.db, member.id);
      expect(held).toMatchObject({ name: 'Corrected', gender: 'woman' });
      expect([...(held?.consents ?? [])]).toEqual(['contact']);
      const invited = await actions.inviteMember(work, 'invited@example.org', theirs);
      const pending = await store.findMemberById(work.tx.db, invited);
      expect([pending?.consents.size, pending?.gender, pending?.confirmedAt]).toEqual([0, undefined, undefined]);
    });
  });

  it('takes its constituency from its organisation, whose kind the network knows', async () => {
    await inNetwork(stage, 'edu', async (work) => {
      await actions.addOrganisation(work, {
        name: 'Union of Nurses',
        kind: 'union',
        country: 'KE',
        did: undefined,
        website: undefined,
      });
      const id = await actions.askToJoin(
        work,
        'nurse@example.org',
        entry({ organisation: 'union of nurses', constituency: 'private-sector' }),
      );
      expect(await store.findMemberById(work.tx.db, id)).toMatchObject({
        constituency: 'union',
        organisation: { name: 'Union of Nurses' },
      });
    });
  });
});

describe('a mandate', () => {
  it('is recorded by the secretariat, says who speaks for whom on a day, and ends when its holder leaves', async () => {
    const member = await becomeMember(stage, 'noOne', 'speaks@example.org');
    const since = '2026-01-01' as PlainDate;
    const mandate = (organisation: OrganisationId) => ({
      member: member.id,
      organisation,
      scope: '',
      since,
      until: undefined,
    });
    const organisation = await inNetwork(stage, 'edu', (work) =>
      actions.addOrganisation(work, {
        name: 'Patients of North',
        kind: 'patients-organisation',
        country: undefined,
        did: undefined,
        website: undefined,
      }),
    );
    for (const who of ['bruno', 'chen', 'noOne'] as const)
      await expect(
        inNetwork(stage, who, (work) => actions.recordMandate(work, mandate(organisation))),
      ).rejects.toMatchObject({ code: who === 'noOne' ? 'not-signed-in' : 'not-allowed' });
    await inNetwork(stage, 'edu', async (work) => {
      await actions.recordMandate(work, mandate(organisation));
      const on = (day: string) => store.listMandates(work.tx.db, { organisation, on: day as PlainDate, limit: 10 });
      expect(await on('2025-12-31')).toEqual([]);
      expect(await on('2026-06-01')).toMatchObject([
        { member: { id: member.id }, organisation: { name: 'Patients of North' } },
      ]);
      await actions.leave(work, member);
      expect(await on('2026-06-01')).toEqual([]);
    });
  });
});

it('what was typed about somebody who never confirmed is forgotten after thirty days; who had left before has left again', async () => {
  const back = await becomeMember(stage, 'noOne', 'back@example.org', { name: 'Came Back' });
  const ids = await inNetwork(stage, 'noOne', async (work) => {
    await actions.leave(work, back);
    return [
      await actions.askToJoin(work, 'never@example.org', entry({ name: 'Never Confirmed', about: 'secret' })),
      await actions.askToJoin(work, 'back@example.org', entry({ name: 'A Stranger' })),
    ] as const;
  });
  const both = () =>
    inNetwork(stage, 'fatou', async (work) => Promise.all(ids.map((id) => store.findMemberById(work.tx.db, id))));
  await forgetJob.run(stage.house, {});
  expect((await both()).map((member) => member?.name)).toEqual(['Never Confirmed', 'Came Back']);
  stage.clock.advance(31 * 86_400_000);
  await forgetJob.run(stage.house, {});
  await forgetJob.run(stage.house, {});
  expect(await both()).toMatchObject([
    { name: '…', email: undefined, about: undefined },
    { name: 'Came Back', email: 'back@example.org', leftOn: expect.any(String) },
  ]);
});

it('a country has the region and income group of the year asked for', async () => {
  await inNetwork(stage, 'fatou', async (work) => {
    const [early, late] = [await listCountryGroups(work.tx.db, 2018), await listCountryGroups(work.tx.db, 2026)];
    expect(early.get('KE')).toEqual({ country: 'KE', whoRegion: 'AFR', incomeGroup: 'lower-middle', year: 2018 });
    // Benin rose from low to lower-middle income in the classification of 2019.
    expect([early.get('BJ')?.incomeGroup, late.get('BJ')?.incomeGroup]).toEqual(['low', 'lower-middle']);
    expect(late.get('ZZ')).toBeUndefined();
  });
});

it('a member of one network is nobody in another', async () => {
  const member = await becomeMember(stage, 'noOne', 'scoped@example.org');
  await stage.act(async (work) => expect(await store.findMemberById(work.tx.db, member.id)).toBeUndefined(), 'watch');
});
