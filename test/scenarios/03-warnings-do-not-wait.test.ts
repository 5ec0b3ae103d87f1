import { describe, expect, it, vi } from 'vitest';
import { sendTable } from '../../src/exchange/actions.ts';
import { listReceivedCounts, listReceivedWarnings } from '../../src/exchange/store.ts';
import {
  drawCountry,
  enrol,
  keeperOf,
  openEventOf,
  order,
  propose,
  raiseSignal,
  report,
  signAll,
  treaty,
  warnings,
  week,
  weekly,
} from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

// Whole nodes, each with a database, on a machine that others use as well.
vi.setConfig({ testTimeout: 120_000 });

const warningsAt = (node: TestNode) =>
  node.house.database.read({ party: node.operator.id }, (reader) => listReceivedWarnings(reader, 10));
const countsAt = (node: TestNode) =>
  node.house.database.read({ party: node.operator.id }, (reader) => listReceivedCounts(reader, { limit: 10 }));

describe('scenario 3: all independent copy-keepers are down', () => {
  it('a verified warning reaches the neighbour within 5 s, marked as not proven yet; tables wait; both are proven when a keeper is back', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(a, c);
    await pair(b, c);
    await enrol(a);
    await drawCountry(a);
    const id = await propose(
      [a, b],
      await treaty([a, b], [[weekly], [warnings]], { copyKeepers: { keepers: [await keeperOf(c)], k: 1 } }),
      [a, b, c],
    );
    await signAll([a, b], id, [a, b, c]);
    const signal = await raiseSignal(a, 'cholera', 'AA12', week('2026-W09'), 40);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });

    await c.stopServing();
    for (const { house } of [a, b]) house.rounds.start();
    await a.act((work) => sendTable(work, order(id, b, week('2026-W09'))));
    const openedAt = performance.now();
    await openEventOf(a, signal);
    await vi.waitFor(async () => expect(await warningsAt(b)).toHaveLength(1), { timeout: 5_000, interval: 20 });
    const tookMs = performance.now() - openedAt;
    expect(tookMs).toBeLessThan(5_000);
    expect(await warningsAt(b)).toMatchObject([{ indicator: 'cholera', isAgreed: true, confirmedAt: undefined }]);
    await converge(a, b);
    expect(await countsAt(b)).toEqual([]);

    await c.serve();
    await converge(a, b, c);
    const [warning] = await warningsAt(b);
    expect(warning?.confirmedAt).toBe(Math.floor(c.clock.now().getTime() / 1000));
    expect(await countsAt(b)).toMatchObject([
      { indicator: 'measles', place: { code: 'AA1' }, value: 30 },
      { place: { code: 'AA2' }, value: null },
    ]);
  });
});
