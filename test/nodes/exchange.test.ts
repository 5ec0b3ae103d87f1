import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import * as agreement from '../../src/agreement/actions.ts';
import { sendTable } from '../../src/exchange/actions.ts';
import { exchangeRound } from '../../src/exchange/jobs.ts';
import { listFlowAnswers, listFlows, listReceivedCounts } from '../../src/exchange/store.ts';
import { by, drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const flowsOf = (node: TestNode) => node.house.database.read({ party: node.operator.id }, (reader) => listFlows(reader, { limit: 50 }));
const countsAt = (node: TestNode) => node.house.database.read({ party: node.operator.id }, (reader) => listReceivedCounts(reader, { limit: 500 }));
const answersAt = async (node: TestNode) => {
  const flows = await flowsOf(node);
  return node.house.database.read({ party: node.operator.id }, (reader) => listFlowAnswers(reader, flows.map(({ id }) => id)));
};

const counts = async (node: TestNode) => (await countsAt(node)).map(({ indicator, place, period, value }) => `${indicator} ${place.code} ${period.label} ${value}`);

describe('the weekly table', () => {
  it('flows by itself once the agreement is in force: protected, proven, taken in and acknowledged', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 3, AA12: 4, AA21: 2, AA22: 1 });
    await report(a, 'cholera', week('2026-W09'), { AA11: 30 });
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await exchangeRound.run(a.house, {});
    await a.house.jobs.drain(a.house);
    expect(await flowsOf(a)).toEqual([]);
    await signAll([a, b], id);

    await exchangeRound.run(a.house, {});
    await a.house.jobs.drain(a.house);
    await converge(a, b);

    // Provinces, as agreed: 7 is shown, 3 is withheld; no total, no cholera.
    expect(await counts(b)).toEqual(['measles AA1 2026-W09 7', 'measles AA2 2026-W09 withheld']);
    const [sent] = await flowsOf(a);
    expect(sent).toMatchObject({ direction: 'out', content: 'table', article: 'art-1', purposes: ['public-health-surveillance', 'research'], indicators: ['measles'], refusal: null });
    expect(sent?.decisions[0]).toMatchObject({ instrument: id, article: 'art-1', request: { level: 1, indicator: 'measles' } });
    expect(sent?.confirmedAt).toBeDefined();
    const [received] = await flowsOf(b);
    expect(received).toMatchObject({ direction: 'in', act: sent?.act, article: 'art-1', refusal: null, confirmedAt: sent?.confirmedAt });
    expect(await answersAt(a)).toMatchObject([{ kind: 'receipt', matches: true, receiver: b.operator.did }]);

    await exchangeRound.run(a.house, {});
    await a.house.jobs.drain(a.house);
    expect(await flowsOf(a)).toHaveLength(1);
  });
});
