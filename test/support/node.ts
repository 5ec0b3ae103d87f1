import { createServer } from 'node:net';
import { buildApplication } from '../../src/http/application.tsx';
import { listen } from '../../src/http/server.ts';
import { join } from 'node:path';
import { endpoints } from '../../src/app.ts';
import { openDoor } from '../../src/network/people/door.ts';
import { setUpNode, type OpenedParty } from '../../src/network/set-up.ts';
import { acceptInvitation, confirmPairing, invite, lookUpInvitation } from '../../src/network/pairing/actions.ts';
import { fingerprintOf } from '../../src/network/pairing/fingerprint.ts';
import { lookUpLog, observeLog, type Person } from '../../src/observatory/actions.ts';
import { newAccountId, type AccountId } from '../../src/ids.ts';
import { work as doWork, type Work } from '../../src/house.ts';
import { openTestHouse, settableClock, type SettableClock, type TestHouse } from './house.ts';

/** A node with its web server on loopback, set up, with one person who may do everything. */
export interface TestNode extends TestHouse {
  readonly url: string;
  readonly operator: OpenedParty;
  readonly person: AccountId;
  /** As that person, for the operator's party or the whole node. */
  act<T>(run: (work: Work) => Promise<T>): Promise<T>;
  stopServing(): Promise<void>;
  serve(): Promise<void>;
  actForNode<T>(run: (work: Work) => Promise<T>): Promise<T>;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export async function openTestNode(name: string, clock: SettableClock = settableClock()): Promise<TestNode> {
  const port = await freePort();
  const url = `http://${name}.localhost:${port}`;
  const test = await openTestHouse(url, clock);
  const { house } = test;
  const temporaryDirectory = join(test.dataDir, 'tmp');
  const serve = () =>
    listen({ port, host: '127.0.0.1' }, () =>
      buildApplication({ house, endpoints, door: openDoor(house), publicUrl: url, temporaryDirectory }),
    );
  let server = await serve();
  const operator = await doWork(house, 'node', { system: 'set-up' }, (work) =>
    setUpNode(work, { name: `Ministry of ${name}`, kind: 'government', country: 'AA', languages: ['en'] }),
  );
  const person = newAccountId();
  await doWork(house, 'node', { system: 'set-up' }, ({ tx }) =>
    tx.db
      .insertInto('accounts')
      .values({
        id: person,
        email: `${person}@example.org`,
        name: 'Amina',
        password_hash: '',
        language: null,
        time_zone: null,
        is_first: false,
        created_at: tx.now,
      })
      .execute(),
  );
  return {
    ...test,
    url,
    operator,
    person,
    act: (run) => doWork(house, { party: operator.id }, { account: person }, run),
    stopServing: () => server.stop(200),
    async serve() {
      server = await serve();
    },
    actForNode: (run) => doWork(house, 'node', { account: person }, run),
    async [Symbol.asyncDispose]() {
      await server.stop(200);
      await test[Symbol.asyncDispose]();
    },
  };
}

/** As the page does: the other node is looked up first, outside of the transaction. */
export async function takeInvitation(node: TestNode, link: string): Promise<{ readonly id: string }> {
  const invited = await lookUpInvitation(node.house, link);
  return node.actForNode((work) => acceptInvitation(work, invited));
}

export async function observe(node: TestNode, url: string, by?: Person): Promise<{ readonly fingerprint: string }> {
  const person = by ?? { account: node.person, party: node.operator.id };
  const found = await lookUpLog(node.house, person, url);
  return doWork(node.house, 'node', { account: node.person }, (work) => observeLog(work, person, found));
}

/** Confirms what is shown now. */
export async function confirm(node: TestNode, id: string): Promise<void> {
  const { opening } = await node.house.database.read('node', (reader) =>
    reader.selectFrom('pairings').select('opening').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const by = { account: node.person, party: node.operator.id };
  await node.actForNode((work) => confirmPairing(work, { id, fingerprint: fingerprintOf(opening) }, by));
}

/** Both people confirm; each node has followed the other once. */
export async function pair(a: TestNode, b: TestNode): Promise<void> {
  const { link } = await a.actForNode((work) => invite(work, { account: a.person }));
  const { id } = await takeInvitation(b, link);
  await confirm(b, id);
  const request = await a.house.database.read('node', (reader) =>
    reader.selectFrom('pairings').select('id').where('operator', '=', b.operator.did).executeTakeFirstOrThrow(),
  );
  await confirm(a, request.id);
  await converge(a, b);
}

/** Rounds until nobody learns anything new: what intervals and hints would bring about in time. */
export async function converge(...nodes: readonly TestNode[]): Promise<void> {
  let before = '';
  for (let round = 0; round < 20; round++) {
    for (const { house } of nodes) {
      await house.journal.run();
      await house.rounds.runOnce();
    }
    const heads = await Promise.all(
      nodes.map(({ house }) =>
        house.database.read('node', async (reader) => ({
          logs: await reader
            .selectFrom('logs')
            .select(['origin', 'proven_size', 'processed', 'closed_reason'])
            .orderBy('origin')
            .execute(),
          wanted: await reader.selectFrom('wanted_bodies').select('act').orderBy('act').execute(),
          confirmed: await reader
            .selectFrom('cosignatures')
            .select((select) => select.fn.countAll<number>().as('n'))
            .execute(),
        })),
      ),
    );
    const after = JSON.stringify(heads);
    if (after === before) return;
    before = after;
  }
  throw new Error(`the nodes do not come to rest: ${before}`);
}
