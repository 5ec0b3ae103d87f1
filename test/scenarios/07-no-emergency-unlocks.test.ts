import { describe, expect, it, vi } from 'vitest';
import { findInstrument } from '../../src/agreement/store.ts';
import { sendTable } from '../../src/exchange/actions.ts';
import type { DataRequest } from '../../src/exchange/requests.ts';
import { listFlows, listReceivedCounts, listRequests } from '../../src/exchange/store.ts';
import { askFor, drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, pair } from '../support/node.ts';

// Whole nodes, each with a database, on a machine that others use as well.
vi.setConfig({ testTimeout: 120_000 });

describe('scenario 7: during an emergency', () => {
  it('police, immigration and insurance requests and line lists are refused with the reason; the emergency ends without a click', async () => {
    const clock = settableClock();
    await using a = await openTestNode('a', clock);
    await using b = await openTestNode('b', clock);
    await pair(a, b);
    await drawCountry(a);
    // For as long as it lasts: districts of cholera every week.
    const emergency = {
      ...weekly,
      indicators: ['cholera'],
      finestLevel: 2,
      purposes: ['outbreak-response' as const],
      until: '2026-03-08',
    };
    const id = await propose([a, b], await treaty([a, b], [[weekly], [emergency]]));
    await signAll([a, b], id);
    await report(a, 'cholera', week('2026-W09'), { AA11: 30, AA12: 6 });
    await a.act((work) => sendTable(work, order(id, b, week('2026-W09'), 'art-2')));
    await converge(a, b);
    const counts = () =>
      b.house.database.read({ party: b.operator.id }, (reader) =>
        listReceivedCounts(reader, { indicator: 'cholera', limit: 20 }),
      );
    expect((await counts()).map(({ place, value }) => [place.code, value])).toEqual([
      ['AA11', 30],
      ['AA12', 6],
      ['AA13', null],
      ['AA21', null],
      ['AA22', null],
    ]);

    const request: DataRequest = {
      giver: a.operator.did,
      asker: b.operator.did,
      content: 'table',
      indicator: 'cholera',
      level: 2,
      purpose: 'outbreak-response',
    };
    const ask = (change: Partial<DataRequest>) => askFor(b, { ...request, ...change });
    expect(await ask({})).toMatchObject({ isPermitted: true, article: 'art-2' });
    for (const purpose of ['law-enforcement', 'immigration', 'insurance', 'intelligence', 'credit', 'advertising'])
      expect(await ask({ purpose })).toMatchObject({ isPermitted: false, reason: 'floor', rule: 'forbidden-purpose' });
    expect(await ask({ content: 'line-list' })).toMatchObject({ isPermitted: false, reason: 'content-not-agreed' });
    expect(await ask({ indicator: 'hiv' })).toMatchObject({ isPermitted: false, reason: 'indicator-not-agreed' });
    expect(await ask({ level: 3 })).toMatchObject({ isPermitted: false, reason: 'level-not-agreed', article: 'art-2' });
    // A police officer at the door of a: nobody's party, and the purpose alone is enough.
    expect(
      await askFor(a, { ...request, asker: null, content: 'line-list', purpose: 'law-enforcement' }),
    ).toMatchObject({ isPermitted: false, reason: 'floor', rule: 'forbidden-purpose' });
    expect(await askFor(a, { ...request, asker: null })).toMatchObject({
      isPermitted: false,
      reason: 'no-agreement',
    });

    // The one permitted request was made at b and answered by a; the others b's own node refused.
    const register = await a.house.database.read({ party: a.operator.id }, (reader) => listRequests(reader, 20));
    expect(new Set(register.map(({ asker, purpose, reason }) => `${asker} ${purpose} ${reason}`))).toEqual(
      new Set([
        `${b.operator.did} outbreak-response null`,
        'null law-enforcement floor',
        'null outbreak-response no-agreement',
      ]),
    );

    const before = (await a.house.database.read('node', (reader) => findInstrument(reader, id)))?.headN;
    clock.set(new Date('2026-03-09T06:00:00Z'));
    await report(a, 'cholera', week('2026-W10'), { AA11: 12 });
    expect(await a.act((work) => sendTable(work, order(id, b, week('2026-W10'), 'art-2')))).toBeUndefined();
    const [flow] = await a.house.database.read({ party: a.operator.id }, (reader) => listFlows(reader, { limit: 1 }));
    expect(flow?.refusal).toEqual({ reason: 'expired', article: 'art-2', rule: null });
    expect(await ask({})).toMatchObject({ isPermitted: false, reason: 'expired', article: 'art-2' });
    expect((await a.house.database.read('node', (reader) => findInstrument(reader, id)))?.headN).toBe(before);
  });
});
