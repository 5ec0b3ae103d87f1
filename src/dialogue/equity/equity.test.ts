import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from '../../../test/support/cast.ts';
import { entry, inNetwork, series, session } from '../../../test/support/network.ts';
import { newMemberId, type DialogueSessionId, type MemberId, type SpaceId } from '../../ids.ts';
import type { Entry } from '../../network/members/actions.ts';
import { insertMember } from '../../network/members/store.ts';
import { requireParty } from '../../network/members/party.ts';
import type { PlainDate } from '../../period.ts';
import { addToProgramme, announceSession, noteAttendance, planSession } from '../programme/sessions/actions.ts';
import { insertSessionPerson } from '../programme/sessions/store.ts';
import { draftSpace, openSpace } from '../programme/spaces/actions.ts';
import type { DimensionAnswer, EquityAnswer } from './answers.ts';

let stage: Stage;
let space: SpaceId;
let people = 0;

/** Members as the import would bring them: confirmed, without a mail each. */
async function members(count: number, over: Partial<Entry>): Promise<readonly MemberId[]> {
  return inNetwork(stage, 'edu', async (work) => {
    const ids: MemberId[] = [];
    for (let n = 0; n < count; n++) {
      const id = newMemberId();
      const { organisation: _, ...rest } = entry(over);
      const values = { ...rest, organisation: undefined, email: `member-${++people}@example.org` };
      const standing = { joinedOn: '2026-01-01' as PlainDate, confirmedAt: work.tx.now };
      await insertMember(work.tx, requireParty(work), id, values, standing);
      ids.push(id);
    }
    return ids;
  });
}

async function announced(over: Parameters<typeof session>[0]): Promise<DialogueSessionId> {
  return inNetwork(stage, 'edu', async (work) => {
    const id = await planSession(work, space, session(over));
    await announceSession(work, id);
    return id;
  });
}

/** As if they had registered in time. */
const register = (id: DialogueSessionId, some: readonly MemberId[], mode: 'remote' | 'in-person' = 'remote') =>
  inNetwork(stage, 'edu', async (work) => {
    for (const member of some)
      await insertSessionPerson(work.tx, {
        id: crypto.randomUUID(),
        party_id: requireParty(work),
        session_id: id,
        is_chatham_house: false,
        member_id: member,
        name: null,
        named_with_consent_at: null,
        affiliation: null,
        about: null,
        input_link: null,
        role: 'registered',
        mode,
        position: 0,
        at: work.tx.now,
      });
  });

const attend = (id: DialogueSessionId, some: readonly MemberId[]) =>
  inNetwork(stage, 'edu', async (work) => {
    for (const member of some) await noteAttendance(work, id, member, 'remote');
  });

const speak = (id: DialogueSessionId, some: readonly MemberId[]) =>
  inNetwork(stage, 'edu', async (work) => {
    for (const member of some)
      await addToProgramme(work, id, { role: 'speaker', who: { member }, about: undefined, inputLink: undefined });
  });

const path = '/p/operator/spaces/whose-business/equal-power';
const look = async (where = path): Promise<EquityAnswer> =>
  (await stage.as('noOne', `/api${where}`)).json() as EquityAnswer;

const table = ({ voices }: EquityAnswer, dimension: DimensionAnswer['dimension'], step: string) => {
  const row = voices.dimensions.find((each) => each.dimension === dimension)?.rows.find((each) => each.step === step);
  return Object.fromEntries((row?.groups ?? []).map(({ group, people: count }) => [group, count]));
};

beforeAll(async () => {
  stage = await openStage();
  space = await inNetwork(stage, 'edu', async (work) => {
    const id = await draftSpace(work, series());
    await openSpace(work, id);
    return id;
  });
  const government = await members(10, { constituency: 'government', country: 'CH', gender: 'man' });
  const community = await members(20, { constituency: 'community', country: 'KE', gender: 'woman' });
  const unions = await members(3, { constituency: 'union', country: 'BR', gender: undefined });
  const past = await announced({ slug: 'past', localStart: '2026-02-02T10:00' });
  await register(past, [...government, ...community, ...unions]);
  await attend(past, [...government, ...community.slice(0, 10), ...unions]);
  await speak(past, [...government, ...unions]);
  const coming = await announced({ slug: 'coming', localStart: '2026-06-16T14:30', place: 'Geneva' });
  await speak(coming, community.slice(0, 5));
  await register(coming, government, 'in-person');
  await register(coming, community.slice(0, 5), 'in-person');
});
afterAll(async () => stage[Symbol.asyncDispose]());

describe('whose voices count', () => {
  it('is shown step by step; who speaks in a session to come has not spoken', async () => {
    const answer = await look();
    expect(answer.voices.totals).toEqual([
      { step: 'invited', total: 30 },
      { step: 'attended', total: 20 },
      { step: 'spoke', total: 10 },
      { step: 'convened', total: 0 },
      { step: 'adopted', total: 0 },
      { step: 'decided', total: 0 },
    ]);
    expect(answer.voices.silent).toBe(10);
    expect(answer.voices.sessions).toEqual({ counted: 1, chathamHouse: 0 });
  });

  it('hides a group of three in every dimension, and gives the others in fives', async () => {
    const answer = await look();
    expect(table(answer, 'constituency', 'invited')).toEqual({ government: 10, community: 20, union: null });
    expect(table(answer, 'constituency', 'attended')).toEqual({ government: 10, community: 10, union: null });
    expect(table(answer, 'gender', 'invited')).toEqual({ woman: 20, man: 10, 'not-said': null });
    expect(table(answer, 'region', 'invited')).toEqual({ AFR: 20, EUR: 10, AMR: null });
    expect(table(answer, 'income', 'spoke')).toMatchObject({ 'lower-middle': 0 });
  });

  it('is the same in page, JSON and CSV, and nothing withheld is in any of them', async () => {
    const csv = (await stage.as('noOne', `${path}.csv`)).text;
    expect(csv).toContain('constituency,community,invited,20,false,');
    expect(csv).toContain('constituency,union,invited,,true,');
    const page = (await stage.as('noOne', path)).text;
    expect(page).toContain('fewer than five');
    expect(page).not.toMatch(/>3</);
    expect((await stage.as('noOne', '/p/operator/spaces/nowhere/equal-power')).status).toBe(404);
  });

  it('of a network leaves out what nobody counts for all of it', async () => {
    const answer = await look('/p/operator/equal-power');
    expect(answer.voices.totals[0]).toEqual({ step: 'invited', total: 30 });
    // Texts are not folded for a whole network: the step is left out and not shown as nobody.
    expect(answer.voices.steps).toEqual(['invited', 'attended', 'spoke', 'convened', 'decided']);
  });

  it('stands on the page of the next session, and no longer on that of one that is over', async () => {
    const page = '/p/operator/spaces/whose-business/sessions';
    expect((await stage.as('noOne', `${page}/coming`)).text).toContain('Whose voices so far');
    expect((await stage.as('noOne', `${page}/past`)).text).not.toContain('Whose voices so far');
  });
});

describe('travel', () => {
  const carbon = '/p/operator/spaces/whose-business/sessions/coming/carbon';

  it('is told as sums over countries, beside meeting otherwise', async () => {
    const { comparison } = (await stage.as('noOne', `/api${carbon}`)).json() as {
      comparison: { scenarios: { scenario: string; tonnes: number | null }[]; meetingCountry: string; hub: unknown };
    };
    expect(comparison.meetingCountry).toBe('CH');
    const tonnes = Object.fromEntries(comparison.scenarios.map(({ scenario, tonnes: value }) => [scenario, value]));
    // Five from Nairobi to Zurich and back, 1.6 t each.
    expect(tonnes['registered']).toBeCloseTo(8.2, 0);
    expect(tonnes['hybrid']).toBe(0);
    expect(comparison.hub).toBeNull();
    expect((await stage.as('noOne', carbon)).text).toContain('Travel and the climate');
  });

  it('is not told of a session that meets nowhere', async () => {
    expect((await stage.as('noOne', carbon.replace('coming', 'past'))).status).toBe(404);
  });
});
