import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { dial } from './dial.ts';
import { openTestNode, pair } from '../../test/support/node.ts';

test('however often anybody says that a log has grown, a node that fails is asked no more often for it', async () => {
  await using a = await openTestNode('a');
  await using b = await openTestNode('b');
  await pair(a, b);
  let asked = 0;
  const failing = createServer((_, answer) => {
    asked++;
    answer.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => failing.once('listening', resolve));
  const { port } = failing.address() as AddressInfo;
  await a.house.database.pool.query('update logs set url = $1 where not is_own', [`http://b.localhost:${port}`]);
  const { rows } = await a.house.database.pool.query<{ id: number; origin: string }>(
    'select id, origin from logs where not is_own',
  );
  const { origin = '' } = rows[0] ?? {};
  await a.house.rounds.runOnce();
  const once = asked;
  expect(once).toBeGreaterThan(0);
  const headers = { 'content-type': 'text/plain' };
  for (let time = 0; time < 20; time++)
    expect((await dial(`${a.url}/federation/hint`, { method: 'POST', body: origin, headers })).status).toBe(202);
  expect(asked).toBe(once);
  failing.close();
});
