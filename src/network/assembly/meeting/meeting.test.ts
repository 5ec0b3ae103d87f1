import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Anyone, type Stage } from '../../../../test/support/cast.ts';
import { settableClock } from '../../../../test/support/house.ts';
import { becomeMember, inNetwork, series, session } from '../../../../test/support/network.ts';
import { answer } from '../../../dialogue/decisions/actions.ts';
import { sweepDecisions } from '../../../dialogue/decisions/decision-jobs.ts';
import { findDecision } from '../../../dialogue/decisions/store.ts';
import { findSpeaker } from '../../../dialogue/papers/speaker.ts';
import { announceSession, planSession } from '../../../dialogue/programme/sessions/actions.ts';
import { draftSpace, openSpace } from '../../../dialogue/programme/spaces/actions.ts';
import { findSpace } from '../../../dialogue/programme/spaces/store.ts';
import type { Choice } from '../../../dialogue/decisions/decision.ts';
import type { DialogueSessionId, OrganisationId } from '../../../ids.ts';
import type { PlainDate } from '../../../period.ts';
import { problem } from '../../../problem.ts';
import { addOrganisation } from '../../members/actions.ts';
import { giveMandate } from '../directory/actions.ts';
import * as elections from '../elections/actions.ts';
import { findElection } from '../elections/store.ts';
import { sweepAssembly } from '../jobs.ts';
import { setRules } from '../rules/rules.ts';
import { translator } from '../../../ui/locales.ts';
import * as actions from './actions.ts';
import { assemblyAnswer } from './answers.ts';
import { draftMinutes } from './minutes.ts';
import { describeAssembly } from './reading.ts';
import * as store from './store.ts';

let stage: Stage;
let quiet: DialogueSessionId;
let meets: DialogueSessionId;
const organisations = new Map<Anyone, OrganisationId>();
const voters = ['chen', 'bruno', 'dalia', 'amina', 'fatou'] as const;
const start = new Date('2026-06-12T09:00:00Z');
// 14:30 in Zurich.
const begins = new Date('2026-06-16T12:30:00Z');
const minute = 60_000;

beforeAll(async () => {
  stage = await openStage({ clock: settableClock(start) });
  await inNetwork(stage, 'edu', (work) =>
    setRules(work, { admission: 'secretariat', silenceDays: 14, noticeDays: 3, quorumPercent: 50 }),
  );
  for (const who of voters) {
    await becomeMember(stage, who);
    const id = await inNetwork(stage, 'edu', async (work) => {
      const organisation = await addOrganisation(work, {
        name: `Organisation of ${who}`,
        kind: 'civil-society',
        country: undefined,
        website: undefined,
        did: undefined,
      });
      const email = `${who}@example.org`;
      await giveMandate(work, organisation, { email, scope: '', since: '2026-01-01' as PlainDate, until: undefined });
      return organisation;
    });
    organisations.set(who, id);
  }
  [meets, quiet] = await inNetwork(stage, 'edu', async (work) => {
    const space = await draftSpace(work, series({ slug: 'assembly' }));
    await openSpace(work, space);
    const made: DialogueSessionId[] = [];
    for (const [slug, isChathamHouse] of [
      ['meets', false],
      ['quiet', true],
    ] as const) {
      const id = await planSession(work, space, session({ slug, isChathamHouse }));
      await announceSession(work, id);
      made.push(id);
    }
    return made as [DialogueSessionId, DialogueSessionId];
  });
});
afterAll(async () => stage[Symbol.asyncDispose]());

const as = inNetwork;
let assembly: string;
let item: string;
const agendaItem = { title: 'Budget', explanation: undefined, minutes: 30, paper: undefined, link: undefined };
const held = () => as(stage, 'edu', (work) => store.findAssembly(work.tx.db, assembly));
const motion = (organisation?: string) => ({
  item,
  words: 'The network adopts its budget.',
  explanation: undefined,
  language: 'en',
  organisation,
});

describe('an assembly', () => {
  it('is prepared by those who convene, and not from a session where nobody is named', async () => {
    await expect(as(stage, 'noOne', (work) => actions.planAssembly(work, meets))).rejects.toMatchObject({
      code: 'not-signed-in',
    });
    await expect(as(stage, 'chen', (work) => actions.planAssembly(work, meets))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(as(stage, 'edu', (work) => actions.planAssembly(work, quiet))).rejects.toMatchObject({
      details: { fields: [{ code: 'assembly.chatham' }] },
    });
    assembly = await as(stage, 'edu', (work) => actions.planAssembly(work, meets));
    const page = await stage.as('chen', `/api/p/operator/assemblies/${assembly}`);
    expect(page.status).toBe(404);
  });

  it('is called with an agenda, and in time', async () => {
    const call = () => as(stage, 'edu', (work) => actions.callAssembly(work, assembly));
    await expect(call()).rejects.toMatchObject({ details: { status: 'no-agenda' } });
    item = await as(stage, 'edu', (work) => actions.addItem(work, assembly, agendaItem));
    const second = await as(stage, 'edu', (work) =>
      actions.addItem(work, assembly, { ...agendaItem, title: 'Opening' }),
    );
    await as(stage, 'edu', (work) => actions.moveItemUp(work, assembly, second));
    stage.clock.set(new Date(begins.getTime() - 3 * 24 * 60 * minute + 1));
    await expect(call()).rejects.toMatchObject({ details: { status: 'notice-too-short' } });
    stage.clock.set(new Date(begins.getTime() - 3 * 24 * 60 * minute));
    await call();
    await expect(as(stage, 'edu', (work) => actions.addItem(work, assembly, agendaItem))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    const shown = (await stage.as('noOne', `/api/p/operator/assemblies/${assembly}`)).json() as {
      items: { title: string; from: string }[];
    };
    expect(shown.items).toMatchObject([
      { title: 'Opening', from: '2026-06-16T12:30:00.000Z' },
      { title: 'Budget', from: '2026-06-16T13:00:00.000Z' },
    ]);
  });

  it('hears motions of organisations, seconded by another one', async () => {
    await expect(as(stage, 'edu', (work) => actions.move(work, assembly, motion()))).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(
      as(stage, 'chen', (work) => actions.move(work, assembly, motion(organisations.get('bruno')))),
    ).rejects.toMatchObject({ details: { needs: 'mandate' } });
    const id = await as(stage, 'chen', (work) => actions.move(work, assembly, motion()));
    const second = (who: 'chen' | 'bruno') => as(stage, who, (work) => actions.second(work, assembly, id, undefined));
    await expect(second('chen')).rejects.toMatchObject({ details: { status: 'own-motion' } });
    await expect(as(stage, 'edu', (work) => actions.putToVote(work, assembly, id, 60))).rejects.toMatchObject({
      code: 'step-not-allowed',
    });
    await second('bruno');
    await expect(second('bruno')).rejects.toMatchObject({ details: { status: 'seconded' } });
  });

  it('opens with a quorum and at its time', async () => {
    const open = () => as(stage, 'edu', (work) => actions.openAssembly(work, assembly));
    const present = (who: (typeof voters)[number]) =>
      as(stage, who, (work) => actions.sayPresent(work, assembly, organisations.get(who)));
    await expect(present('chen')).rejects.toMatchObject({ details: { status: 'too-early' } });
    stage.clock.set(new Date(begins.getTime() - minute));
    await present('chen');
    await expect(open()).rejects.toMatchObject({ details: { status: 'too-early' } });
    stage.clock.set(begins);
    await present('bruno');
    await expect(open()).rejects.toMatchObject({ details: { status: 'no-quorum' } });
    await present('dalia');
    await present('dalia');
    await open();
    expect(await held()).toMatchObject({ state: 'open', voices: 5, present: 3 });
  });

  it('decides motions by a majority of organisations, one vote each', async () => {
    const [moved] = await as(stage, 'edu', (work) => store.listMotions(work.tx.db, assembly));
    const id = moved?.id ?? '';
    await as(stage, 'edu', (work) => actions.putToVote(work, assembly, id, 60));
    const vote = (who: (typeof voters)[number], choice: Choice) =>
      as(stage, who, async (work) => {
        const [{ decision_id }] = (await store.listMotions(work.tx.db, assembly)) as [store.Motion];
        const decision = decision_id && (await findDecision(work.tx.db, decision_id));
        const space = decision && (await findSpace(work.tx.db, decision.space));
        if (!decision || !space) throw problem.notFound({ what: 'decision' });
        const speaker = await findSpeaker(work.tx.db, work, space);
        return answer(
          work,
          { decision, space, speaker },
          {
            choice,
            ranking: undefined,
            reason: undefined,
            organisation: undefined,
          },
        );
      });
    expect(await vote('chen', 'agree')).toBe('counted');
    // A no needs no reason here.
    expect(await vote('bruno', 'object')).toBe('counted');
    expect(await vote('dalia', 'agree')).toBe('counted');
    await expect(as(stage, 'edu', (work) => actions.closeAssembly(work, assembly))).rejects.toMatchObject({
      details: { status: 'voting' },
    });
    stage.clock.set(new Date(begins.getTime() + 60 * minute));
    await sweepDecisions.run(stage.house, {});
    const { motions } = (await stage.as('noOne', `/api/p/operator/assemblies/${assembly}`)).json() as {
      motions: unknown[];
    };
    expect(motions).toMatchObject([{ stage: 'carried', agree: 2, object: 1, abstain: 0 }]);
  });
});

describe('an election', () => {
  let election: string;
  const cast = (who: (typeof voters)[number], ...ranking: number[]) =>
    as(stage, who, (work) => elections.castBallot(work, election, undefined, ranking));

  it('takes candidates who are members, once, with what could sway them', async () => {
    election = await as(stage, 'edu', (work) =>
      elections.announceElection(work, assembly, { office: 'Board', explanation: undefined, seats: 1 }),
    );
    const stand = (who: 'chen' | 'dalia' | 'edu') =>
      as(stage, who, (work) =>
        elections.stand(work, election, { statement: `I am ${who}.`, conflicts: '', organisation: undefined }),
      );
    await expect(stand('edu')).rejects.toMatchObject({ code: 'not-allowed' });
    await stand('chen');
    await expect(stand('chen')).rejects.toMatchObject({ code: 'conflict' });
    await stand('dalia');
    await expect(cast('chen', 1)).rejects.toMatchObject({ details: { status: 'nominations' } });
    await as(stage, 'edu', (work) => elections.openVoting(work, election, 30));
    await expect(stand('dalia')).rejects.toMatchObject({ code: 'step-not-allowed' });
  });

  it('takes one ballot of each organisation, and nothing says whose it is', async () => {
    await expect(cast('chen')).rejects.toMatchObject({ details: { fields: [{ code: 'required' }] } });
    await expect(cast('chen', 1, 1)).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(cast('chen', 3)).rejects.toMatchObject({ code: 'input-invalid' });
    await cast('fatou', 2, 1);
    await cast('chen', 1);
    await cast('bruno', 2);
    await expect(cast('bruno', 1)).rejects.toMatchObject({ details: { status: 'has-voted' } });
    await cast('amina', 2);
    await cast('dalia', 1, 2);
    const { rows: urns } = await stage.house.database.pool.query<{ row: string }>(
      `select election_urns::text as row from election_urns`,
    );
    // One row, in the order of what stands on the ballots and not of who came.
    expect(urns).toHaveLength(1);
    expect(urns[0]?.row).toContain('[[1], [1, 2], [2], [2], [2, 1]]');
    for (const id of organisations.values()) expect(urns[0]?.row).not.toContain(id);
    const { rows: columns } = await stage.house.database.pool.query<{ table: string; type: string }>(
      `select table_name as table, data_type as type from information_schema.columns where table_name in ('election_roll', 'election_urns')`,
    );
    expect(columns.map(({ type }) => type)).not.toContain('timestamp with time zone');
    const { rows: audits } = await stage.house.database.pool.query<{ row: string }>(
      `select audit::text as row from audit where audit::text like '%election.vote%'`,
    );
    expect(audits).toHaveLength(5);
    for (const { row } of audits) for (const id of organisations.values()) expect(row).not.toContain(id);
    const seen = (await stage.as('edu', `/api/p/operator/elections/${election}`)).json();
    expect(seen).toMatchObject({ roll: { voices: 5, voted: 5 }, result: null });
  });

  it('is counted at its end and not before, once, with its table', async () => {
    stage.clock.set(new Date(begins.getTime() + 90 * minute - 1));
    await sweepAssembly.run(stage.house, {});
    expect(await as(stage, 'edu', (work) => findElection(work.tx.db, election))).toMatchObject({ state: 'open' });
    stage.clock.set(new Date(begins.getTime() + 90 * minute));
    await expect(cast('chen', 1)).rejects.toMatchObject({ details: { status: 'over' } });
    await sweepAssembly.run(stage.house, {});
    await sweepAssembly.run(stage.house, {});
    const seen = (await stage.as('noOne', `/api/p/operator/elections/${election}`)).json();
    expect(seen).toMatchObject({ state: 'counted', result: { elected: [2], ballots: 5, rounds: [{}] } });
  });
});

describe('minutes', () => {
  const write = (base: number, words: string) =>
    as(stage, 'edu', (work) => actions.writeMinutes(work, assembly, base, 'en', words));

  it('are drafted from what happened, seen by convenors alone until a named person approves the version that was read', async () => {
    await expect(write(0, 'Too early')).rejects.toMatchObject({ code: 'step-not-allowed' });
    await as(stage, 'edu', (work) => actions.closeAssembly(work, assembly));
    const draft = await as(stage, 'edu', async (work) => {
      const reading = { ...work, reader: work.tx.db };
      const answer = assemblyAnswer.parse(await describeAssembly(reading, assembly));
      return draftMinutes(answer, { locale: 'en', timeZone: 'UTC', t: translator('en') });
    });
    expect(draft).toContain('2 for, 1 against, 0 abstaining');
    expect(draft).toContain('Elected (Board): Dalia');
    await write(0, 'First');
    await expect(write(0, 'Somebody else')).rejects.toMatchObject({ code: 'text-has-moved-on' });
    await write(1, 'What was said.');
    expect((await stage.as('noOne', `/p/operator/assemblies/${assembly}`)).text).not.toContain('What was said.');
    const approve = (who: 'edu' | 'chen', base: number) =>
      as(stage, who, (work) => actions.approveMinutes(work, assembly, base));
    await expect(approve('chen', 2)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(approve('edu', 1)).rejects.toMatchObject({ code: 'text-has-moved-on' });
    await approve('edu', 2);
    expect((await stage.as('noOne', `/p/operator/assemblies/${assembly}`)).text).toContain('What was said.');
    await expect(write(2, 'Afterwards')).rejects.toMatchObject({ code: 'step-not-allowed' });
  });

  it('stand in the log with the results, by their hash', async () => {
    const act = (await held())?.result_act ?? '';
    const { rows } = await stage.house.database.pool.query<{ type: string; jws: Buffer }>(
      'select type, jws from acts where id = $1',
      [act],
    );
    expect(rows[0]?.type).toBe('assembly.result/1');
    const payload = JSON.parse(
      Buffer.from(rows[0]?.jws.toString().split('.')[1] ?? '', 'base64url').toString(),
    ) as unknown;
    const minutes = createHash('sha256').update('What was said.').digest('hex');
    expect(payload).toMatchObject({
      summary: { minutes, voices: 5, present: 3, carried: 1, notCarried: 0, seatsFilled: 1 },
    });
  });
});
