/** Promise (ii): no node can show one history to one and another to others. Whoever follows the same log compares. */
import { connect } from 'node:net';
import { openCheckpoint } from '@reciproca/tlog/checkpoint';
import { makeCosignatureVerifier } from '@reciproca/tlog/cosignature';
import { parseVkey } from '@reciproca/tlog/key';
import { makeNoteVerifier } from '@reciproca/tlog/note';
import { formatAddCheckpoint, originHash } from '@reciproca/tlog/witness';
import { describe, expect, it } from 'vitest';
import { seekConfirmation } from '../../src/acts/confirm.ts';
import { followLog } from '../../src/acts/follow.ts';
import { newSubjectId } from '../../src/ids.ts';
import { dial } from '../../src/network/dial.ts';
import { observe } from '../../src/observatory/jobs.ts';
import { logByHand, payloadBy } from '../support/acts.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const ownLog = (node: TestNode) =>
  node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').selectAll().where('is_own', '=', true).executeTakeFirstOrThrow(),
  );
const logOf = (node: TestNode, of: TestNode) =>
  node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').selectAll().where('operator', '=', of.operator.did).executeTakeFirstOrThrow(),
  );

/** The operator of the machine goes back behind its last checkpoint: what came after has never been, for whoever has not seen it. */
async function goBackTo(node: TestNode, before: Awaited<ReturnType<typeof ownLog>>): Promise<void> {
  await node.actForNode(async ({ tx: { db } }) => {
    const { id, proven_size: size, checkpoint } = before;
    await db.deleteFrom('cosignatures').where('log_id', '=', id).where('size', '>', size).execute();
    await db.deleteFrom('log_leaves').where('log_id', '=', id).where('index', '>=', size).execute();
    const gone = await db
      .selectFrom('acts')
      .select('id')
      .where('log_id', '=', id)
      .where('log_index', '>=', size)
      .execute();
    const ids = gone.map((act) => act.id);
    await db.deleteFrom('wanted_bodies').where('act', 'in', ids).execute();
    await db.deleteFrom('act_heads').where('act', 'in', ids).execute();
    await db.deleteFrom('acts').where('id', 'in', ids).execute();
    await db
      .updateTable('logs')
      .set({ size, proven_size: size, checkpoint, processed: size })
      .where('id', '=', id)
      .execute();
  });
}

const junk = (node: TestNode, letter: string) =>
  payloadBy(node, {
    type: 'pairing.confirm/1',
    subject: newSubjectId(node.operator.did),
    summary: { peer: node.operator.did, opening: letter.repeat(43) },
  });

describe('a log that shows two histories', () => {
  it('is found out by those who follow it, closed with both states as evidence, and confirmed by nobody any more', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    await converge(a, b, c);
    const before = await ownLog(a);
    await logByHand(a, junk(a, 'A'));
    await followLog(b.house, (await logOf(b, a)).id);
    await seekConfirmation(a.house, (await logOf(a, b)).id);
    await goBackTo(a, before);
    await logByHand(a, junk(a, 'B'));
    await followLog(c.house, (await logOf(c, a)).id);
    await seekConfirmation(a.house, (await logOf(a, c)).id);
    expect((await logOf(b, a)).proven_size).toBe((await logOf(c, a)).proven_size);

    const last = await ownLog(a);
    await a.stopServing();
    await converge(b, c);
    for (const node of [b, c]) {
      expect((await logOf(node, a)).closed_reason).toBe('fork');
      const forks = await node.house.database.read('node', (reader) =>
        reader.selectFrom('log_forks').selectAll().execute(),
      );
      expect(new Set([forks[0]?.held_note, forks[0]?.other_note].map((note) => note?.split('\n')[2])).size).toBe(2);
      await observe(node.house);
      const questions = await node.house.database.read('node', (reader) =>
        reader.selectFrom('open_questions').select(['kind', 'origin']).execute(),
      );
      expect(questions).toEqual([{ kind: 'log-forked', origin: last.origin }]);
    }
    await a.serve();
    await logByHand(a, junk(a, 'C'));
    const body = formatAddCheckpoint({ oldSize: last.proven_size, proof: [], note: last.checkpoint ?? '' });
    expect((await dial(`${c.url}/witness/add-checkpoint`, { method: 'POST', body })).status).toBe(403);
  });

  it('is found out though it always keeps one of them behind the others', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    await converge(a, b, c);
    const before = await ownLog(a);
    await logByHand(a, junk(a, 'A'));
    await logByHand(a, junk(a, 'B'));
    await followLog(c.house, (await logOf(c, a)).id);
    await seekConfirmation(a.house, (await logOf(a, c)).id);
    // b sees nothing new of a, and what c has seen is larger than its own copy.
    await a.stopServing();
    a.clock.advance(11 * 60_000);
    await b.house.rounds.runOnce();
    const [view] = await b.house.database.read('node', (reader) =>
      reader.selectFrom('peer_views').selectAll().where('note', 'is not', null).execute(),
    );
    expect(view?.note).toContain(`\n${(await logOf(c, a)).proven_size}\n`);
    await goBackTo(a, before);
    for (const letter of ['C', 'D', 'E']) await logByHand(a, junk(a, letter));
    await c.stopServing();
    await a.serve();
    await followLog(b.house, (await logOf(b, a)).id);
    await a.stopServing();
    await c.serve();
    await b.house.rounds.runOnce();
    expect((await logOf(b, a)).closed_reason).toBe('fork');
  });
});

describe('the monitoring end point of a copy-keeper', () => {
  it('serves the log’s signature and its own confirmation; checkpoints may be sent as any type or none', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await pair(a, b);
    const [log, keeper] = [await ownLog(a), await ownLog(b)];
    const served = await dial(`${b.url}/witness/${originHash(log.origin)}/checkpoint`);
    const opened = openCheckpoint(
      served.body,
      [makeNoteVerifier(parseVkey(log.vkey))],
      [makeCosignatureVerifier(parseVkey(keeper.cosigner_vkey))],
    );
    expect(opened).toMatchObject({ size: log.proven_size, cosignatures: [{ name: expect.stringContaining('b.') }] });
    const body = formatAddCheckpoint({ oldSize: log.proven_size, proof: [], note: log.checkpoint ?? '' });
    const { host, port } = new URL(b.url);
    for (const line of ['', 'Content-Type: application/octet-stream\r\n', 'Content-Type: text/plain\r\n'])
      expect(
        await raw(
          Number(port),
          `POST /witness/add-checkpoint HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${line}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        ),
      ).toMatch(/^HTTP\/1\.1 200 /);
  });
});

/** Bytes as they are written, without what a client library adds. */
const raw = (port: number, request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
