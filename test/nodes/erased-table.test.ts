import { expect, it } from 'vitest';
import { sendTable } from '../../src/exchange/actions.ts';
import { protectAgainstLedger } from '../../src/exchange/letting-out.ts';
import { eraseContent } from '../../src/network/erasing/actions.ts';
import { by, drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const w9 = week('2026-W09');
const dayMs = 86_400_000;

const countsAt = (node: TestNode) =>
  node.house.database.read({ party: node.operator.id }, (reader) =>
    reader.selectFrom('received_counts').select(['place_code', 'value']).orderBy('place_code').execute(),
  );

it('an erased table is never given again, and what it told still counts beside what leaves later', async () => {
  const clock = settableClock();
  await using a = await openTestNode('a', clock);
  await using b = await openTestNode('b', clock);
  await pair(a, b);
  await drawCountry(a);
  const id = await propose([a, b], await treaty([a, b], [[{ ...weekly, minimumCount: 10 }]]));
  await signAll([a, b], id);
  await report(a, 'measles', w9, { AA11: 60, AA21: 30 });
  const act = await a.act((work) => sendTable(work, order(id, b, w9)));
  await converge(a, b);
  expect(await countsAt(b)).toMatchObject([{ value: 60 }, { value: 30 }]);

  await a.act((work) => eraseContent(work, by(a), act!));
  await converge(a, b);
  expect(await countsAt(b)).toEqual([]);
  await report(a, 'measles', w9, { AA11: 62 });
  clock.advance(3 * dayMs);
  expect(await a.act((work) => sendTable(work, order(id, b, w9)))).toBeUndefined();

  const column = { recipient: 'did:web:c', indicator: 'measles', level: 1, period: w9, minimumCount: 10 };
  const released = await a.act(({ tx }) => protectAgainstLedger(tx.db, [{ ...column, cells: { AA1: 62, AA2: 30 } }]));
  expect(released).toMatchObject([{ cells: { AA1: 60, AA2: 30 } }]);
}, 120_000);
