/** Two ministries with an agreement, and an observatory that follows both and keeps copies. */
import { createServer, type Server } from 'node:http';
import { signCheckpoint } from '@reciproca/tlog/checkpoint';
import { growLog } from '@reciproca/tlog/grow';
import { emptyRoot } from '@reciproca/tlog/hash';
import { KEY_TYPES, makeSigningKey } from '@reciproca/tlog/key';
import { makeNoteSigner } from '@reciproca/tlog/note';
import { byNode, declare } from '../../src/acts/declare.ts';
import { seedOf } from '../../src/acts/keys.ts';
import { getHostedParty } from '../../src/acts/store.ts';
import { dispatch, type TableBody } from '../../src/exchange/act-types.ts';
import { newSubjectId, type ActId, type SubjectId } from '../../src/ids.ts';
import { parseAddress } from '../../src/network/address.ts';
import { openHeldLog } from '../../src/observatory/held-log.ts';
import { observe } from '../../src/observatory/jobs.ts';
import { listLogs, listQuestions, type QuestionRow } from '../../src/observatory/store.ts';
import { drawCountry, keeperOf, propose, signAll, treaty, weekly } from './exchange.ts';
import { settableClock, type SettableClock } from './house.ts';
import { openTestNode, pair, type TestNode } from './node.ts';

export interface Observed extends AsyncDisposable {
  readonly clock: SettableClock;
  readonly a: TestNode;
  readonly b: TestNode;
  readonly watcher: TestNode;
  readonly all: readonly TestNode[];
  /** In force between a and b; the observatory is the copy-keeper. */
  readonly instrument: SubjectId;
}

export async function openObserved(clock = settableClock()): Promise<Observed> {
  const [a, b, watcher] = [
    await openTestNode('a', clock),
    await openTestNode('b', clock),
    await openTestNode('watcher', clock),
  ];
  const all = [a, b, watcher];
  await pair(a, b);
  await pair(a, watcher);
  await pair(b, watcher);
  await drawCountry(a);
  await drawCountry(b);
  const document = await treaty([a, b], [[weekly]], { copyKeepers: { keepers: [await keeperOf(watcher)], k: 1 } });
  const instrument = await propose([a, b], document, all);
  await signAll([a, b], instrument, all);
  return {
    clock,
    a,
    b,
    watcher,
    all,
    instrument,
    async [Symbol.asyncDispose]() {
      for (const node of all.toReversed()) await node[Symbol.asyncDispose]();
    },
  };
}

/** What a round of the observatory leaves open at this node. */
export async function questionsAt(node: TestNode): Promise<QuestionRow[]> {
  await observe(node.house);
  return node.house.database.read('node', (reader) => listQuestions(reader, { settled: false, limit: 100 }));
}

/** A table as a node dispatches it that does not ask its own terms. */
export async function dispatchAnyway(
  from: TestNode,
  to: TestNode,
  under: { instrument: SubjectId; n: number },
  change: Partial<TableBody> = {},
): Promise<ActId> {
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
  const releaseOn = '2026-04-01';
  return from.act(async (work) =>
    declare(work, {
      type: dispatch,
      party: await getHostedParty(work.tx.db, from.operator.id),
      subject: newSubjectId(from.operator.did),
      under,
      summary: { instrument: under.instrument, releaseOn },
      body,
      audience: [to.operator.did],
      releaseOn,
      assurance: byNode,
    }),
  );
}

/** The entries of a node's own log, as they stand. */
export async function entriesOf({ house }: TestNode): Promise<Uint8Array[]> {
  const [own] = await house.database.read('node', listLogs);
  if (!own) throw new RangeError('no log');
  const entries: Uint8Array[] = [];
  for await (const { entry } of openHeldLog(house, own).readEntries(0)) entries.push(entry);
  return entries;
}

/** Another history under the node's own address and key: what an operator shows who rewrites the past. The node itself must not serve. */
export async function serveForgedLog(node: TestNode, entries: readonly Uint8Array[]): Promise<Server> {
  const { logOrigin } = parseAddress(node.url);
  const key = await node.house.database.read('node', (reader) => node.house.journal.keyring.getNodeKey(reader, 'log'));
  const { tree, writes } = await growLog({ size: 0, root: emptyRoot() }, entries, () => undefined);
  const note = signCheckpoint(
    { origin: logOrigin, ...tree },
    makeNoteSigner(makeSigningKey(logOrigin, KEY_TYPES.note, seedOf(key))),
  );
  const files = new Map<string, string | Uint8Array>([
    ['/log/checkpoint', note],
    ...writes.map(({ path, bytes }) => [`/log/${path}`, bytes] as const),
  ]);
  return serveAnswers(node.url, (path) => files.get(path));
}

/** A server at an address, that answers what it is told; undefined is 404. */
export async function serveAnswers(
  url: string,
  answer: (path: string) => string | Uint8Array | undefined,
): Promise<Server> {
  const server = createServer((request, response) => {
    const content = answer(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200, { connection: 'close' }).end(content);
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(Number(new URL(url).port), '127.0.0.1', resolve),
  );
  return server;
}

export async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
