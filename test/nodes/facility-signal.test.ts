import { sql } from 'kysely';
import { expect, it } from 'vitest';
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
} from '../support/exchange.ts';
import { converge, openTestNode, pair } from '../support/node.ts';

it('a warning about a facility tells nobody its number as that of the district in which it lies', async () => {
  await using a = await openTestNode('a');
  await using b = await openTestNode('b');
  await pair(a, b);
  await drawCountry(a);
  await enrol(a);
  await a.act(async ({ tx }) => {
    await sql`update indicators set aggregation = 'none'`.execute(tx.db);
    await sql`insert into places (party_id, code, name, kind, level, parent_id)
      select ${a.operator.id}, 'clinic', 'Juniper House', 'facility', 3, id from places where code = 'AA11'`.execute(
      tx.db,
    );
  });
  const id = await propose([a, b], await treaty([a, b], [[{ ...warnings, finestLevel: 2 }]]));
  await signAll([a, b], id);
  await openEventOf(a, await raiseSignal(a, 'measles', 'clinic', week('2026-W09'), 14));
  await converge(a, b);
  const received = await b.house.database.read({ party: b.operator.id }, (reader) =>
    reader.selectFrom('received_warnings').select(['place_code', 'cases', 'is_withheld']).execute(),
  );
  expect(received).toEqual([{ place_code: 'AA11', cases: null, is_withheld: false }]);
}, 120_000);
