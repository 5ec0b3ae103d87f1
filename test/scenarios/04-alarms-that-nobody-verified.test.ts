import { describe, expect, it, vi } from 'vitest';
import { parseAct } from '../../src/acts/jws.ts';
import { dispatch, warningVerified } from '../../src/exchange/act-types.ts';
import { exchangeRound } from '../../src/exchange/jobs.ts';
import { listFlows, listPublicFlows, listReceivedWarnings } from '../../src/exchange/store.ts';
import {
  drawCountry,
  enrol,
  openEventOf,
  propose,
  raiseSignal,
  signAll,
  treaty,
  warnings,
  week,
  weekly,
} from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

// Whole nodes, each with a database, on a machine that others use as well.
vi.setConfig({ testTimeout: 120_000 });

async function runRound(node: TestNode): Promise<void> {
  await exchangeRound.run(node.house, {});
  await node.house.jobs.drain(node.house);
}

const logSize = (node: TestNode) =>
  node.house.database.read(
    'node',
    async (reader) =>
      (await reader.selectFrom('logs').select('size').where('is_own', '=', true).executeTakeFirstOrThrow()).size,
  );

const warningsAt = (node: TestNode) =>
  node.house.database.read({ party: node.operator.id }, (reader) => listReceivedWarnings(reader, 10));

describe('scenario 4: an alarm that nobody verified', () => {
  it('sends no byte to a peer and makes no public entry; verified, it leaves, and the public sees neither disease nor place', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await enrol(a);
    await drawCountry(a);
    const id = await propose([a, b], await treaty([a, b], [[warnings]]));
    await signAll([a, b], id);

    const before = { a: await logSize(a), b: await logSize(b) };
    const signal = await raiseSignal(a, 'cholera', 'AA12', week('2026-W09'), 40);
    await runRound(a);
    await converge(a, b);
    expect({ a: await logSize(a), b: await logSize(b) }).toEqual(before);
    expect(await a.house.database.read({ party: a.operator.id }, (reader) => listFlows(reader, { limit: 10 }))).toEqual(
      [],
    );
    expect(await warningsAt(b)).toEqual([]);

    await openEventOf(a, signal);
    await converge(a, b);
    expect(await warningsAt(b)).toMatchObject([
      // The agreement gives provinces: the district stays at home.
      {
        giver: a.operator.did,
        indicator: 'cholera',
        place: { code: 'AA1', name: 'North' },
        level: 1,
        cases: 40,
        isAgreed: true,
        content: 'warning',
        triage: undefined,
      },
    ]);
    const [leaf] = await b.house.database.read('node', (reader) => listPublicFlows(reader, [warningVerified.name], 10));
    const { payload } = parseAct(leaf!.jws);
    expect(payload.summary).toEqual({ instrument: id, releaseOn: '2026-04-01' });
    expect(JSON.stringify(payload)).not.toMatch(/cholera|AA1|North|Birch/);
  });

  it('leaves as what it is where a clause says so', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await enrol(a);
    await drawCountry(a);
    const id = await propose(
      [a, b],
      await treaty([a, b], [[weekly], [{ ...warnings, content: 'signal', indicators: ['cholera'], finestLevel: 2 }]]),
    );
    await signAll([a, b], id);
    await raiseSignal(a, 'cholera', 'AA12', week('2026-W09'), 40);
    await runRound(a);
    await runRound(a);
    await converge(a, b);
    expect(await warningsAt(b)).toMatchObject([
      { indicator: 'cholera', place: { code: 'AA12' }, content: 'signal', isAgreed: true },
    ]);
    expect(await b.house.database.read('node', (reader) => listPublicFlows(reader, [dispatch.name], 10))).toHaveLength(
      1,
    );
  });
});
