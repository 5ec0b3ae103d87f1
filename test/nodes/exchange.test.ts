import { signAsItStands } from '../support/instruments.ts';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { parseBody } from '../../src/acts/body.ts';
import { byNode, bySession, declare } from '../../src/acts/declare.ts';
import { parseAct } from '../../src/acts/jws.ts';
import { fetchBodies } from '../../src/acts/bodies.ts';
import { followLog } from '../../src/acts/follow.ts';
import { findAct, findBody, getHostedParty } from '../../src/acts/store.ts';
import * as agreement from '../../src/agreement/actions.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import {
  countedDispatch,
  dispatch,
  flowPublished,
  warningVerified,
  type TableBody,
  type WarningBody,
} from '../../src/exchange/act-types.ts';
import { releaseDue, sendTable, sendWarnings } from '../../src/exchange/actions.ts';
import { exchangeRound } from '../../src/exchange/jobs.ts';
import { bulletinLettingOut } from '../../src/exchange/published-bulletins.ts';
import { exchangeReceivers } from '../../src/exchange/receivers.ts';
import {
  findFlow,
  listFlowAnswers,
  listFlows,
  listPublicFlows,
  listReceivedCounts,
  listReceivedWarnings,
} from '../../src/exchange/store.ts';
import { work as doWork } from '../../src/house.ts';
import { newSubjectId, type ActId, type SubjectId } from '../../src/ids.ts';
import { dial } from '../../src/network/dial.ts';
import { sendToPeer } from '../../src/network/peer-request.ts';
import { openHostedParty } from '../../src/network/set-up.ts';
import { parsePeriod, type PlainDate } from '../../src/period.ts';
import {
  by,
  drawCountry,
  order,
  propose,
  report,
  signAll,
  treaty,
  warnings,
  week,
  weekly,
} from '../support/exchange.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

// Whole nodes, each with a database, on a machine that others use as well.
vi.setConfig({ testTimeout: 120_000 });

const flowsOf = (node: TestNode, party = node.operator.id) =>
  node.house.database.read({ party }, (reader) => listFlows(reader, { limit: 50 }));

async function answersAt(node: TestNode) {
  const flows = await flowsOf(node);
  return node.house.database.read({ party: node.operator.id }, (reader) =>
    listFlowAnswers(
      reader,
      flows.map(({ id }) => id),
    ),
  );
}

async function counts(node: TestNode, party = node.operator.id): Promise<string[]> {
  const rows = await node.house.database.read({ party }, (reader) => listReceivedCounts(reader, { limit: 500 }));
  return rows.map(({ indicator, place, period, value }) => `${indicator} ${place.code} ${period.label} ${value}`);
}

/** What the clock of a running node brings about. */
async function runRound(node: TestNode): Promise<void> {
  await exchangeRound.run(node.house, {});
  await node.house.jobs.drain(node.house);
}

const send = (node: TestNode, ...args: Parameters<typeof order>) => node.act((work) => sendTable(work, order(...args)));

async function headOf(node: TestNode, id: SubjectId): Promise<number> {
  return (await node.house.database.read('node', (reader) => findInstrument(reader, id)))?.headN ?? 0;
}

/** A dispatch as a node declares it that does not ask its own terms. */
async function dispatchAnyway(
  from: TestNode,
  to: TestNode,
  instrument: SubjectId,
  change: Partial<TableBody> = {},
): Promise<ActId> {
  const n = await headOf(from, instrument);
  const body: TableBody = {
    content: 'table',
    to: to.operator.did,
    article: 'art-1',
    purposes: ['public-health-surveillance'],
    level: 1,
    minimumCount: 5,
    period: { kind: 'iso-week', label: '2026-W09' },
    places: [{ code: 'AA1', name: 'North' }],
    columns: [{ indicator: 'measles', values: [12] }],
    ...change,
  };
  return from.act(async (work) =>
    declare(work, {
      type: dispatch,
      party: await getHostedParty(work.tx.db, from.operator.id),
      subject: newSubjectId(from.operator.did),
      under: { instrument, n },
      summary: { instrument, releaseOn: '2026-04-01' },
      body,
      audience: [to.operator.did],
      releaseOn: '2026-04-01',
      assurance: byNode,
    }),
  );
}

const heldBy = (node: TestNode) =>
  node.house.database.read({ party: node.operator.id }, (reader) =>
    reader
      .selectFrom('released_columns')
      .select(['act', 'recipient', 'indicator', 'level', 'period', 'minimum_count', 'cells'])
      .orderBy('indicator')
      .execute(),
  );

const refusalAt = async (node: TestNode, act: ActId | null) =>
  (await flowsOf(node)).find((flow) => flow.act === act)?.refusal;

describe('the giver refuses', () => {
  it('before entry into force, after the end, while the subject is frozen, and from the moment that a withdrawal is received; nothing leaves', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await drawCountry(b);
    for (const node of [a, b]) await report(node, 'measles', week('2026-W09'), { AA11: 30 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    expect(await send(a, id, b, week('2026-W09'))).toBeUndefined();
    expect((await flowsOf(a))[0]).toMatchObject({ direction: 'out', act: null, refusal: { reason: 'not-in-force' } });
    await signAll([a, b], id);

    await a.actForNode(({ tx }) =>
      tx.db.updateTable('subjects').set({ frozen_reason: 'act-missing' }).where('id', '=', id).execute(),
    );
    expect(await send(a, id, b, week('2026-W09'))).toBeUndefined();
    await a.actForNode(({ tx }) =>
      tx.db.updateTable('subjects').set({ frozen_reason: null }).where('id', '=', id).execute(),
    );

    // b withdraws and a, the host, has not numbered that yet: at b it binds already.
    await b.act((work) => agreement.withdrawFromInstrument(work, by(b), id));
    expect((await b.house.database.read('node', (reader) => findInstrument(reader, id)))?.state.withdrawals).toEqual(
      {},
    );
    expect(await send(b, id, a, week('2026-W09'))).toBeUndefined();
    expect((await flowsOf(b)).map(({ refusal }) => refusal?.reason)).toEqual(['ended']);

    await converge(a, b);
    expect(await send(a, id, b, week('2026-W09'))).toBeUndefined();
    expect(new Set((await flowsOf(a)).map(({ refusal }) => refusal?.reason))).toEqual(
      new Set(['ended', 'frozen', 'not-in-force']),
    );
    const dispatched = await a.house.database.read('node', (reader) =>
      listPublicFlows(reader, [dispatch.name, countedDispatch.name], 10),
    );
    expect(dispatched).toEqual([]);
  });

  it('one recipient what would tell what another holds withheld, whoever is asked first', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await using c = await openTestNode('c', clock);
    await pair(a, b);
    await pair(a, c);
    await pair(b, c);
    await drawCountry(a);
    const terms = [[{ ...weekly, to: b.operator.did }], [{ ...weekly, to: c.operator.did, finestLevel: 0 }]];
    const id = await propose([a, b, c], await treaty([a, b, c], terms));
    await signAll([a, b, c], id);
    clock.advance(7 * 86_400_000);
    for (const label of ['2026-W09', '2026-W10']) await report(a, 'measles', week(label), { AA11: 60, AA21: 3 });

    await send(a, id, b, week('2026-W09'));
    await send(a, id, c, week('2026-W09'), 'art-2');
    await send(a, id, c, week('2026-W10'), 'art-2');
    await send(a, id, b, week('2026-W10'));
    await converge(a, b, c);
    expect(await counts(b)).toEqual([
      'measles AA1 2026-W10 withheld',
      'measles AA2 2026-W10 withheld',
      'measles AA1 2026-W09 60',
      'measles AA2 2026-W09 withheld',
    ]);
    expect(await counts(c)).toEqual(['measles AA 2026-W10 63', 'measles AA 2026-W09 withheld']);
  });

  it('a province beside the country’s total that a bulletin has told everybody', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 60, AA21: 3 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const period = parsePeriod('iso-week', '2026-W09').value!;
    await a.act((work) =>
      bulletinLettingOut.writeDown(work, [{ indicator: 'measles', place: 'AA', level: 0, period, value: 63 }]),
    );
    await send(a, id, b, week('2026-W09'));
    await converge(a, b);
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 withheld', 'measles AA2 2026-W09 withheld']);
  });

  it('what has moved by less than the minimum: the difference would be the small count of whoever reported late', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 60 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    await send(a, id, b, week('2026-W09'));
    await converge(a, b);
    clock.advance(86_400_000);
    await report(a, 'measles', week('2026-W09'), { AA12: 2 });
    expect(await send(a, id, b, week('2026-W09'))).toBeUndefined();
    await report(a, 'measles', week('2026-W09'), { AA12: 5 });
    expect(await send(a, id, b, week('2026-W09'))).toBeDefined();
  });
});

describe('the receiver refuses what a giver sends all the same', () => {
  it('for another indicator, purpose or level, with a small count, naming the article; nothing of it is kept as data', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    const early = await dispatchAnyway(a, b, id);
    await converge(a, b);
    expect(await refusalAt(b, early)).toEqual({ reason: 'not-in-force', article: null, rule: null });
    await signAll([a, b], id);

    const acts = {
      indicator: await dispatchAnyway(a, b, id, { columns: [{ indicator: 'cholera', values: [12] }] }),
      purpose: await dispatchAnyway(a, b, id, { purposes: ['preparedness'] }),
      floor: await dispatchAnyway(a, b, id, { purposes: ['insurance'] }),
      level: await dispatchAnyway(a, b, id, { level: 2 }),
      small: await dispatchAnyway(a, b, id, { minimumCount: 1, columns: [{ indicator: 'measles', values: [3] }] }),
      elsewhere: await dispatchAnyway(a, b, id, { to: a.operator.did }),
    };
    await converge(a, b);
    expect(await refusalAt(b, acts.indicator)).toEqual({
      reason: 'indicator-not-agreed',
      article: 'art-1',
      rule: null,
    });
    expect(await refusalAt(b, acts.purpose)).toEqual({ reason: 'purpose-not-agreed', article: 'art-1', rule: null });
    expect(await refusalAt(b, acts.floor)).toEqual({ reason: 'floor', article: null, rule: 'forbidden-purpose' });
    expect(await refusalAt(b, acts.level)).toEqual({ reason: 'level-not-agreed', article: 'art-1', rule: null });
    expect(await refusalAt(b, acts.small)).toEqual({ reason: 'minimum-count', article: 'art-1', rule: null });
    expect(await refusalAt(b, acts.elsewhere)).toBeUndefined();
    expect(await counts(b)).toEqual([]);

    await b.act((work) => agreement.withdrawFromInstrument(work, by(b), id));
    const late = await dispatchAnyway(a, b, id);
    await converge(a, b);
    expect(await refusalAt(b, late)).toMatchObject({ reason: 'ended' });
    expect(await counts(b)).toEqual([]);
    // What cannot be permitted is not even asked for.
    expect(await b.house.database.read('node', (reader) => findBody(reader, late))).toBeUndefined();
  });

  it('whose body was changed on the way: nothing is taken in, and no receipt is given', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const act = await send(a, id, b, week('2026-W09'));
    await a.actForNode(({ tx }) =>
      sql`update act_bodies set body = convert_to(replace(convert_from(body, 'UTF8'), '30', '31'), 'UTF8') where act = ${act}`.execute(
        tx.db,
      ),
    );
    await converge(a, b);
    expect(await counts(b)).toEqual([]);
    expect(await flowsOf(b)).toEqual([]);
    expect(await answersAt(a)).toEqual([]);
  });
});

describe('the weekly table', () => {
  it('flows by itself once the agreement is in force: protected, proven, taken in and acknowledged; corrections follow a day later', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 3, AA12: 4, AA21: 2, AA22: 1 });
    await report(a, 'cholera', week('2026-W09'), { AA11: 30 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await runRound(a);
    expect(await flowsOf(a)).toEqual([]);
    await signAll([a, b], id);

    await runRound(a);
    await converge(a, b);
    // Provinces, as agreed: 7 is shown, 3 is withheld; no total, no cholera.
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 7', 'measles AA2 2026-W09 withheld']);
    const [sent] = await flowsOf(a);
    expect(sent).toMatchObject({
      direction: 'out',
      content: 'table',
      article: 'art-1',
      purposes: ['public-health-surveillance', 'research'],
      indicators: ['measles'],
      refusal: null,
    });
    expect(sent?.decisions[0]).toMatchObject({
      instrument: id,
      article: 'art-1',
      request: { level: 1, indicator: 'measles' },
    });
    expect(sent?.confirmedAt).toBeDefined();
    const [received] = await flowsOf(b);
    expect(received).toMatchObject({
      direction: 'in',
      act: sent?.act,
      article: 'art-1',
      refusal: null,
      confirmedAt: sent?.confirmedAt,
    });
    expect(await answersAt(a)).toMatchObject([{ kind: 'receipt', matches: true, receiver: b.operator.did }]);

    // Until its release the log tells the public neither what nor about whom.
    const leaf = await a.house.database.read('node', (reader) => findAct(reader, sent!.act!));
    const payload = Buffer.from(leaf!.jws.toString('latin1').split('.')[1] ?? '', 'base64url').toString('utf8');
    expect(JSON.parse(payload)).toMatchObject({ summary: { instrument: id, releaseOn: '2026-04-01' } });
    expect(payload).not.toMatch(/measles|AA1|art-1|surveillance/);

    await runRound(a);
    await report(a, 'measles', week('2026-W09'), { AA21: 8 });
    await runRound(a);
    expect(await flowsOf(a)).toHaveLength(1);
    clock.advance(86_400_000);
    await runRound(a);
    await converge(a, b);
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 7', 'measles AA2 2026-W09 9']);
    clock.advance(6 * 86_400_000);
    await report(a, 'measles', week('2026-W10'), { AA11: 0, AA12: 0 });
    await runRound(a);
    await converge(a, b);
    expect(await counts(b)).toEqual([
      'measles AA1 2026-W10 0',
      'measles AA2 2026-W10 null',
      'measles AA1 2026-W09 7',
      'measles AA2 2026-W09 9',
    ]);
    expect(await flowsOf(a)).toHaveLength(3);

    const statusOf = async (commitment: string): Promise<number> =>
      (await dial(`${a.url}/log/body/${commitment}`)).status;
    clock.set(new Date('2026-03-31T23:30:00Z'));
    expect(await a.act((work) => releaseDue(work))).toEqual([]);
    clock.set(new Date('2026-04-01T00:30:00Z'));
    await a.act((work) => releaseDue(work));
    await converge(a, b);
    // What was given to one party under its own minimum stays with it; everybody reads what it was about.
    expect(await statusOf(leaf!.commitment)).toBe(404);
    const [facts] = await b.house.database.read('node', (reader) => listPublicFlows(reader, [flowPublished.name], 1));
    expect(await statusOf(facts!.commitment)).toBe(200);
    const said = parseBody((await b.house.database.read('node', (reader) => findBody(reader, facts!.id)))!.body!);
    expect(said).toMatchObject({ article: 'art-1', indicators: ['measles'], level: 1, cells: 2 });
    expect(JSON.stringify(said)).not.toMatch(/AA1|AA2|withheld/);
    expect((await flowsOf(b)).find(({ act }) => act === sent!.act)).toMatchObject({
      isReleased: true,
      isPublishedOtherwise: false,
    });
  });

  it('waits for the deadline of the form, or for everybody, and says how many reports stand behind each count', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    await a.act(async ({ tx }) => {
      const party = a.operator.id;
      await sql`insert into indicator_sets (party_id, code, name, period_kind, due_hours, time_zone)
        values (${party}, 'weekly', 'Weekly', 'iso-week', 12, 'America/Lima')`.execute(tx.db);
      await sql`insert into indicator_set_members (set_id, indicator_id, position, period_kind, party_id)
        select indicator_sets.id, indicators.id, 0, 'iso-week', ${party} from indicator_sets, indicators where indicators.code = 'measles'`.execute(
        tx.db,
      );
      await sql`insert into expected_reports (place_id, set_id, party_id, since)
        select places.id, indicator_sets.id, ${party}, '2026-01-01' from places, indicator_sets where places.code in ('AA11', 'AA12')`.execute(
        tx.db,
      );
    });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    await report(a, 'measles', week('2026-W10'), { AA11: 12 });
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA12: 20 });
    clock.set(new Date('2026-03-09T16:59:00Z'));
    expect(await send(a, id, b, week('2026-W10'))).toBeUndefined();
    expect(await send(a, id, b, week('2026-W09'))).toBeDefined();
    clock.set(new Date('2026-03-09T17:00:00Z'));
    expect(await send(a, id, b, week('2026-W10'))).toBeDefined();
    await converge(a, b);
    const rows = await b.house.database.read({ party: b.operator.id }, (reader) =>
      listReceivedCounts(reader, { limit: 9 }),
    );
    expect(rows.map(({ place, period, reports }) => [place.code, period.label, reports])).toEqual([
      ['AA1', '2026-W10', { received: 1, expected: 2 }],
      ['AA2', '2026-W10', null],
      ['AA1', '2026-W09', { received: 2, expected: 2 }],
      ['AA2', '2026-W09', null],
    ]);
  });

  it('is given only when copy-keepers have confirmed it', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const act = (await send(a, id, b, week('2026-W09')))!;
    const log = await b.house.database.read('node', (reader) =>
      reader.selectFrom('logs').selectAll().where('is_own', '=', false).executeTakeFirstOrThrow(),
    );
    await followLog(b.house, log.id);
    const ask = (path: string, body: string) => sendToPeer(b.house, log, path, body);
    const answer = await ask('/federation/bodies', JSON.stringify({ acts: [act] }));
    expect(JSON.parse(Buffer.from(answer.body).toString('utf8'))).toEqual({
      bodies: [{ act, status: 403, awaits: 'confirmation' }],
    });
    await fetchBodies(b.house, log.id, ask);
    expect(await counts(b)).toEqual([]);
    await converge(a, b);
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 30', 'measles AA2 2026-W09 null']);
  });

  it('is held by a receiver that lacks the agreement’s latest act, and taken in when that arrives', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(a, c);
    await pair(b, c);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const text = await treaty([c, a, b], [[weekly]]);
    const id = await propose([c, a, b], text);
    await signAll([c, a, b], id, [a, b, c]);
    const [version] = (await c.house.database.read('node', (reader) => findInstrument(reader, id)))!.state.versions;
    const base = version!.act;
    await c.act((work) => agreement.proposeAmendment(work, by(c), id, base, { ...text, title: 'Another title' }));
    await converge(a, c);
    expect(await headOf(a, id)).toBe((await headOf(b, id)) + 1);

    const act = (await send(a, id, b, week('2026-W09')))!;
    await converge(a, c);
    const logs = await b.house.database.read('node', (reader) =>
      reader.selectFrom('logs').selectAll().where('is_own', '=', false).execute(),
    );
    const log = logs.find(({ operator }) => operator === a.operator.did)!;
    await followLog(b.house, log.id);
    expect(await b.house.database.read('node', (reader) => findAct(reader, act))).toMatchObject({
      standing: 'held',
      standing_reason: 'terms-behind',
    });
    await converge(a, b, c);
    expect(await b.house.database.read('node', (reader) => findAct(reader, act))).toMatchObject({
      standing: 'accepted',
    });
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 30', 'measles AA2 2026-W09 null']);
    expect((await flowsOf(c)).filter(({ direction }) => direction === 'in')).toEqual([]);
  });

  it('is held while the receiver’s copy of the agreement is frozen: nothing is taken in, and nothing is lost', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const freeze = (reason: string | null) =>
      b.actForNode(({ tx }) =>
        tx.db.updateTable('subjects').set({ frozen_reason: reason }).where('id', '=', id).execute(),
      );
    await freeze('type-unknown');
    const act = await dispatchAnyway(a, b, id);
    await converge(a, b);
    expect(await b.house.database.read('node', (reader) => findAct(reader, act))).toMatchObject({
      standing: 'held',
      standing_reason: 'subject-frozen',
    });
    expect(await b.house.database.read('node', (reader) => findBody(reader, act))).toBeUndefined();
    await freeze(null);
    await runRound(b);
    await converge(a, b);
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 12']);
  });

  it('to a party on the same node waits for confirmation like any other, and is read by that party alone', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const coast = await a.actForNode((work) =>
      openHostedParty(work, { name: 'Coast', slug: 'coast', kind: 'government', country: 'AA', languages: ['en'] }),
    );
    await converge(a, b);
    const text = await treaty([a, b], [[weekly]]);
    const id = await propose([a, b], { ...text, parties: [a.operator.did, coast.did] });
    await a.act((work) => signAsItStands(work, by(a), id));
    await a.house.database.transact({ party: coast.id }, { account: a.person }, (tx) =>
      signAsItStands({ house: a.house, tx }, { account: a.person, party: coast.id }, id),
    );
    await converge(a, b);
    await a.act((work) => sendTable(work, { ...order(id, b, week('2026-W09')), to: coast.did }));
    expect(await counts(a, coast.id)).toEqual([]);
    await converge(a, b);
    expect(await counts(a, coast.id)).toEqual(['measles AA1 2026-W09 30', 'measles AA2 2026-W09 null']);
    expect(await counts(a)).toEqual([]);
    const [received] = await flowsOf(a, coast.id);
    expect(
      await a.house.database.read({ party: a.operator.id }, (reader) => findFlow(reader, received!.id)),
    ).toBeUndefined();
    expect(await counts(b)).toEqual([]);
  });

  it('is written down again from its own act and body on a node that lost them, so that the next test knows of it', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30, AA21: 9 });
    const id = await propose([a, b], await treaty([a, b], [[weekly], [{ ...weekly, finestLevel: 2 }]]));
    await signAll([a, b], id);
    const act = (await send(a, id, b, week('2026-W09')))!;
    await converge(a, b);
    const before = await heldBy(a);
    await a.act(async ({ tx }) => {
      await tx.db.deleteFrom('flow_answers').execute();
      await tx.db.deleteFrom('flows').execute();
      await tx.db.deleteFrom('released_columns').execute();
    });

    const house = { ...a.house, isRecovering: true } as const;
    await doWork(house, 'node', { system: 'federation' }, async (work) => {
      const row = (await findAct(work.tx.db, act))!;
      const received = { id: act, payload: parseAct(row.jws).payload, logId: row.log_id, logIndex: row.log_index ?? 0 };
      await exchangeReceivers[dispatch.name]?.bodyArrived?.(
        work,
        received,
        parseBody((await findBody(work.tx.db, act))!.body!),
      );
    });
    expect(await heldBy(a)).toEqual(before);
    expect(await flowsOf(a)).toMatchObject([
      { direction: 'out', act, counterparts: [b.operator.did], indicators: ['measles'] },
    ]);
    // Districts beside the provinces that are held: the one of nine is told by its province, and stands there already.
    expect(await send(a, id, b, week('2026-W09'), 'art-2')).toBeDefined();
  });
});

describe('a warning', () => {
  it('from a party without an agreement enters triage and binds nobody; a giver that asks its terms sends none', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    const event = {
      id: 'e1',
      indicator: 'cholera',
      indicatorName: 'Cholera',
      places: [{ code: 'AA1', name: 'North', level: 1 }],
      period: null,
      cases: 40,
      on: '2026-03-01' as PlainDate,
    };
    expect(await a.act((work) => sendWarnings(work, event))).toEqual([]);
    expect(await flowsOf(a)).toEqual([]);

    const act = await a.act(async (work) => {
      const subject = newSubjectId(a.operator.did);
      const body: WarningBody = {
        to: [b.operator.did],
        article: null,
        purposes: ['outbreak-response'],
        event: 'x'.repeat(22),
        indicator: 'cholera',
        indicatorName: 'Cholera',
        level: 1,
        place: { code: 'AA1', name: 'North' },
        period: null,
        cases: 40,
        on: '2026-03-01',
      };
      return declare(work, {
        type: warningVerified,
        party: await getHostedParty(work.tx.db, a.operator.id),
        subject,
        summary: { instrument: null, releaseOn: '2026-04-01' },
        body,
        audience: body.to,
        assurance: bySession(a.house, a.person, subject),
      });
    });
    await converge(a, b);
    const received = await b.house.database.read({ party: b.operator.id }, (reader) => listReceivedWarnings(reader, 5));
    expect(received).toMatchObject([{ act, isAgreed: false, indicator: 'cholera', triage: undefined }]);
    expect(await refusalAt(b, act)).toMatchObject({ reason: 'no-agreement' });
  });

  it('shows no count below the minimum, no place finer than agreed, and of a larger place its own count or none', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'cholera', week('2026-W09'), { AA11: 80, AA12: 12 });
    const id = await propose([a, b], await treaty([a, b], [[warnings]]));
    await signAll([a, b], id);
    const north = { code: 'AA1', name: 'North', level: 1 };
    const places = [{ code: 'AA12', name: 'Birch', level: 2 }, north];
    const event = { indicator: 'cholera', indicatorName: 'Cholera', places, on: '2026-03-01' as PlainDate };
    const told = [
      { ...event, id: 'counted', period: week('2026-W09'), cases: 12 },
      { ...event, id: 'of a district', period: null, cases: 12 },
      { ...event, id: 'small', places: [north], period: null, cases: 3 },
      { ...event, id: 'own', places: [north], period: null, cases: 30 },
    ];
    const cases = new Map<ActId, unknown>();
    for (const each of told) {
      const [act] = await a.act((work) => sendWarnings(work, each));
      cases.set(act!, each.id);
      expect(await a.act((work) => sendWarnings(work, each))).toEqual([]);
    }
    await converge(a, b);
    const received = await b.house.database.read({ party: b.operator.id }, (reader) => listReceivedWarnings(reader, 9));
    expect(new Set(received.map(({ place, level, isAgreed }) => `${place.code} ${level} ${isAgreed}`))).toEqual(
      new Set(['AA1 1 true']),
    );
    expect(Object.fromEntries(received.map((each) => [cases.get(each.act), each.cases]))).toEqual({
      counted: 92,
      'of a district': null,
      small: 'withheld',
      own: 30,
    });
  });

  it('that shows a count which its terms withhold is taken in without it', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    const id = await propose([a, b], await treaty([a, b], [[{ ...warnings, minimumCount: 10 }]]));
    await signAll([a, b], id);
    const n = await headOf(a, id);
    const body: WarningBody = {
      to: [b.operator.did],
      article: 'art-1',
      purposes: ['outbreak-response'],
      event: 'x'.repeat(22),
      indicator: 'cholera',
      indicatorName: 'Cholera',
      level: 1,
      place: { code: 'AA1', name: 'North' },
      period: null,
      cases: 1,
      on: '2026-03-01',
    };
    const act = await a.act(async (work) => {
      const subject = newSubjectId(a.operator.did);
      return declare(work, {
        type: warningVerified,
        party: await getHostedParty(work.tx.db, a.operator.id),
        subject,
        under: { instrument: id, n },
        summary: { instrument: id, releaseOn: '2026-04-01' },
        body,
        audience: body.to,
        assurance: bySession(a.house, a.person, subject),
      });
    });
    await converge(a, b);
    const received = await b.house.database.read({ party: b.operator.id }, (reader) => listReceivedWarnings(reader, 5));
    expect(received).toMatchObject([{ act, cases: 'withheld', isAgreed: false }]);
    expect(await refusalAt(b, act)).toMatchObject({ reason: 'minimum-count' });
  });
});

describe('a request from another node', () => {
  it('is answered only in the name of a party that node hosts', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const log = await b.house.database.read('node', (reader) =>
      reader.selectFrom('logs').selectAll().where('is_own', '=', false).executeTakeFirstOrThrow(),
    );
    const ask = async (change: Record<string, unknown>): Promise<number> => {
      const request = {
        giver: a.operator.did,
        asker: b.operator.did,
        content: 'table',
        indicator: 'measles',
        level: 1,
        purpose: 'research',
        ...change,
      };
      return (await sendToPeer(b.house, log, '/federation/exchange/request', JSON.stringify(request))).status;
    };
    expect(await ask({})).toBe(200);
    expect(await ask({ asker: a.operator.did })).toBe(403);
    expect(await ask({ asker: null })).toBe(403);
    expect(await ask({ giver: b.operator.did })).toBe(404);
    expect(await ask({ purpose: '<b>' })).toBe(400);
    expect(
      (
        await dial(`${a.url}/federation/exchange/request`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        })
      ).status,
    ).toBe(401);
  });
});
