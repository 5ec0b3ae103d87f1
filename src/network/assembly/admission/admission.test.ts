import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../../test/support/cast.ts';
import { becomeMember, inNetwork } from '../../../../test/support/network.ts';
import { openHostedParty, type OpenedParty } from '../../set-up.ts';
import type { Did, OrganisationId } from '../../../ids.ts';
import { work as doWork, type Work } from '../../../house.ts';
import type { PlainDate } from '../../../period.ts';
import { addOrganisation } from '../../members/actions.ts';
import type { Member } from '../../members/member.ts';
import { findMemberByEmail, findOrganisationByName, listMandates } from '../../members/store.ts';
import { giveMandate, takeMandate } from '../directory/actions.ts';
import { sweepAssembly } from '../jobs.ts';
import { setRules } from '../rules/rules.ts';
import * as actions from './actions.ts';
import * as store from './store.ts';

let stage: Stage;
let chen: Member;
let union: OrganisationId;
let ring: OpenedParty;
const start = new Date('2026-03-02T09:00:00Z');
const today = '2026-03-02' as PlainDate;
const day = 86_400_000;

beforeAll(async () => {
  stage = await openStage();
  stage.clock.set(start);
  chen = await becomeMember(stage, 'chen');
  union = await organisation('Nurses Union', 'union');
  await inNetwork(stage, 'edu', (work) =>
    giveMandate(work, union, { email: 'chen@example.org', scope: '', since: today, until: undefined }),
  );
  ring = await stage.act((work) =>
    openHostedParty(work, {
      name: 'Ring of Networks',
      kind: 'network',
      country: 'AA',
      languages: ['en'],
      slug: 'ring',
    }),
  );
});
afterAll(async () => stage[Symbol.asyncDispose]());

const organisation = (name: string, kind: 'union' | 'network', did?: Did): Promise<OrganisationId> =>
  inNetwork(stage, 'edu', (work) => addOrganisation(work, { name, kind, country: undefined, website: undefined, did }));

const given = (over: Partial<actions.ApplicationGiven> = {}): actions.ApplicationGiven => ({
  name: 'Midwives without Borders',
  kind: 'civil-society',
  country: 'KE',
  did: undefined,
  website: undefined,
  why: 'We train midwives in nine countries.',
  contactName: 'Achieng Odhiambo',
  contactEmail: 'achieng@example.org',
  language: 'en',
  ...over,
});

const apply = (over: Partial<actions.ApplicationGiven> = {}) =>
  inNetwork(stage, 'noOne', (work) => actions.apply(work, given(over)));
const decide = (who: 'edu' | 'chen' | 'noOne', id: string, isAdmitted: boolean, answer?: string) =>
  inNetwork(stage, who, (work) => actions.decideApplication(work, id, { isAdmitted, answer }));
const held = (id: string) => inNetwork(stage, 'edu', (work) => store.findApplication(work.tx.db, id));
const useSilence = () =>
  inNetwork(stage, 'edu', (work) =>
    setRules(work, { admission: 'silence', silenceDays: 14, noticeDays: 30, quorumPercent: 50 }),
  );
const publicName = async (act: string): Promise<unknown> =>
  stage.act(async (work: Work) => {
    const row = await work.tx.db
      .selectFrom('acts')
      .selectAll()
      .where('id', '=', act as never)
      .executeTakeFirst();
    return row?.type;
  });

describe('an application', () => {
  it('is read by members only, its contact by the secretariat only, and decided by nobody else', async () => {
    const id = await apply();
    await expect(decide('noOne', id, true)).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(decide('chen', id, true)).rejects.toMatchObject({ code: 'not-allowed' });
    const path = `/p/operator/applications/${id}`;
    expect((await stage.as('noOne', `/api${path}`)).status).toBe(401);
    expect((await stage.as('bruno', `/api${path}`)).status).toBe(403);
    const read = await stage.as('chen', path);
    expect(read.text).toContain('We train midwives');
    expect(read.text).not.toContain('achieng@example.org');
    expect((await stage.as('edu', path)).text).toContain('achieng@example.org');
    await expect(decide('edu', id, false)).rejects.toMatchObject({ details: { fields: [{ path: 'answer' }] } });
    await decide('edu', id, false, 'Your statutes are not ready.');
    expect(await held(id)).toMatchObject({ state: 'declined', contact_email: null, contact_name: null });
    await expect(decide('edu', id, true)).rejects.toMatchObject({ code: 'step-not-allowed' });
  });

  it('takes no name that waits, that is a member, or that somebody speaks for', async () => {
    await apply({ name: 'Waits Already' });
    await expect(apply({ name: 'waits already' })).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.applied-already' }] },
    });
    await expect(apply({ name: 'NURSES UNION' })).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.member-already' }] },
    });
  });

  it('says of its acts only what is known here: the party, and its kind', async () => {
    await expect(apply({ name: 'N1', kind: 'network', did: 'did:web:nowhere.example' as Did })).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.did-unknown' }] },
    });
    await expect(apply({ name: 'N2', kind: 'network', did: stage.parties.watch.did })).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.did-other-kind' }] },
    });
  });

  it('over HTTP is refused field by field, and keeps what was typed', async () => {
    const { status, text } = await stage.as('noOne', '/p/operator/apply', {
      form: { name: 'Typed Name', kind: 'planet', why: '', contactName: 'A', contactEmail: 'nobody', language: 'en' },
    });
    expect(status).toBe(422);
    expect(text).toContain('Typed Name');
    const sent = await stage.as('noOne', '/p/operator/apply', {
      form: {
        name: 'By Form',
        kind: 'foundation',
        country: '',
        website: '',
        did: '',
        why: 'Because.',
        contactName: 'A',
        contactEmail: 'a@example.org',
        language: 'fr',
      },
    });
    expect([sent.status, sent.headers.location]).toEqual([303, '/p/operator/apply/received']);
  });

  it('once admitted is an act, an organisation, and a voice for whoever answers for it', async () => {
    const id = await apply({ name: 'Village Health Council', kind: 'community', contactEmail: 'vhc@example.org' });
    await decide('edu', id, true);
    const admitted = await held(id);
    expect(admitted).toMatchObject({ state: 'admitted', contact_email: null });
    const organisation = admitted?.organisation_id as OrganisationId;
    await inNetwork(stage, 'edu', async (work) => {
      const [admission] = await store.listAdmissions(work.tx.db, organisation);
      expect(await publicName(admission?.admitted_by_act ?? '')).toBe('network.admit/1');
      const contact = await findMemberByEmail(work.tx.db, 'vhc@example.org');
      expect(contact?.confirmedAt).toBeUndefined();
      expect(await listMandates(work.tx.db, { organisation, on: today, limit: 5 })).toMatchObject([
        { member: { id: contact?.id } },
      ]);
    });
    const { text } = await stage.as('noOne', `/p/operator/directory/${organisation}`);
    expect(text).toContain('Village Health Council');
    expect(text).not.toContain('vhc@example.org');
  });
});

describe('a silence', () => {
  it('admits when nobody objects, at its end and not before, once; the secretariat cannot cut it short', async () => {
    await useSilence();
    const id = await apply({ name: 'Quiet Foundation', kind: 'foundation', contactEmail: 'quiet@example.org' });
    await expect(decide('edu', id, true)).rejects.toMatchObject({ details: { status: 'silence-runs' } });
    stage.clock.set(new Date(start.getTime() + 14 * day - 1));
    await sweepAssembly.run(stage.house, {});
    expect(await held(id)).toMatchObject({ state: 'waiting' });
    stage.clock.set(new Date(start.getTime() + 14 * day));
    await sweepAssembly.run(stage.house, {});
    await sweepAssembly.run(stage.house, {});
    expect(await held(id)).toMatchObject({ state: 'admitted', decided_by: null });
    stage.clock.set(start);
  });

  it('is broken by an organisation with a reason; then people decide, and answer it', async () => {
    const id = await apply({ name: 'Loud Company', kind: 'private-sector', contactEmail: 'loud@example.org' });
    const object = (who: 'chen' | 'bruno' | 'noOne') =>
      inNetwork(stage, who, (work) => actions.objectTo(work, id, undefined, 'It sells patient data.'));
    await expect(object('noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(object('bruno')).rejects.toMatchObject({ code: 'not-allowed' });
    await object('chen');
    stage.clock.set(new Date(start.getTime() + 20 * day));
    await sweepAssembly.run(stage.house, {});
    expect(await held(id)).toMatchObject({ state: 'waiting' });
    await expect(decide('edu', id, true)).rejects.toMatchObject({ details: { fields: [{ path: 'answer' }] } });
    await decide('edu', id, false, 'The objection stands.');
    stage.clock.set(start);
  });
});

describe('a mandate', () => {
  it('is given by whoever speaks for the organisation, and not by who only says to belong to it', async () => {
    await becomeMember(stage, 'bruno', 'bruno@example.org', { organisation: 'Nurses Union' });
    const give = (who: 'bruno' | 'chen' | 'noOne', email = 'bruno@example.org') =>
      inNetwork(stage, who, (work) =>
        giveMandate(work, union, { email, scope: 'Votes', since: today, until: undefined }),
      );
    await expect(give('noOne')).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(give('bruno')).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(give('chen', 'nobody@example.org')).rejects.toMatchObject({ code: 'input-invalid' });
    const id = await give('chen');
    await expect(inNetwork(stage, 'chen', (work) => takeMandate(work, ring.id as never, id))).rejects.toMatchObject({
      code: 'not-found',
    });
    await inNetwork(stage, 'chen', (work) => takeMandate(work, union, id));
    const shown = await stage.as('noOne', `/p/operator/directory/${union}`);
    expect(shown.text).toContain('Votes');
    expect(shown.text).not.toContain('Bruno');
    expect(chen.id).toBeDefined();
  });
});

describe('networks of networks', () => {
  const inRing = <T>(run: (work: Work) => Promise<T>): Promise<T> =>
    doWork(stage.house, { party: ring.id }, { system: 'set-up' }, run);

  it('make no ring, whichever of them comes second', async () => {
    const { north } = stage.parties;
    // The ministry that hosts the stage is no network; its place is taken by a second one.
    const second = await stage.act((work) =>
      openHostedParty(work, { name: 'Second', kind: 'network', country: 'AA', languages: ['en'], slug: 'second' }),
    );
    await inRing(({ tx }) => store.saveMembership(tx, 'x'.repeat(43) as never, ring.did, north.did));
    const asMember = await organisation('Ring of Networks', 'network', ring.did);
    await expect(inNetwork(stage, 'edu', (work) => actions.stateMembership(work, asMember))).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.ring' }] },
    });
    const other = await organisation('Second', 'network', second.did);
    await inNetwork(stage, 'edu', (work) => actions.stateMembership(work, other));
    await expect(inNetwork(stage, 'edu', (work) => actions.stateMembership(work, other))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    const known = await inNetwork(stage, 'edu', (work) => store.listMemberships(work.tx.db));
    expect(known).toContainEqual({ network: north.did, member: second.did });
  });

  it('end with the act of leaving, and the voices with them', async () => {
    const second = await inNetwork(stage, 'edu', (work) => findOrganisationByName(work.tx.db, 'Second'));
    const id = second?.id as OrganisationId;
    await expect(inNetwork(stage, 'chen', (work) => actions.leaveNetwork(work, id))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await inNetwork(stage, 'edu', (work) => actions.leaveNetwork(work, id));
    await expect(inNetwork(stage, 'edu', (work) => actions.leaveNetwork(work, id))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    const known = await inNetwork(stage, 'edu', (work) => store.listMemberships(work.tx.db));
    expect(known).not.toContainEqual(expect.objectContaining({ member: second?.did }));
    expect((await stage.as('noOne', '/api/p/operator/directory')).text).not.toContain('"Second"');
  });
});
