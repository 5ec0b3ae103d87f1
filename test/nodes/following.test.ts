import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { declare } from '../../src/acts/declare.ts';
import { followLog } from '../../src/acts/follow.ts';
import { rootAt } from '../../src/acts/mirror.ts';
import { keyRevoke } from '../../src/acts/spine-types.ts';
import { findLogByOrigin, findOwnLog } from '../../src/acts/store.ts';
import { newSubjectId } from '../../src/ids.ts';
import { dial } from '../../src/network/dial.ts';
import { openTestNode, pair, type TestNode } from '../support/node.ts';

vi.setConfig({ testTimeout: 120_000 });

type Answer = (path: string, body: Uint8Array) => Uint8Array | undefined;

/** The peer behind a line that loses files (undefined) or damages them. */
async function openLine(peer: TestNode) {
  const asked: string[] = [];
  let answer: Answer = (_path, body) => body;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    void dial(peer.url + path, { limitBytes: 20_000_000 }).then(({ status, body }) => {
      const bytes = answer(path, body);
      response.writeHead(bytes === undefined ? 503 : status).end(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    set: (next: Answer) => void (answer = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Declared together and logged in one pass: what a peer missed in a long absence. */
async function logMany(node: TestNode, count: number): Promise<void> {
  const { house, operator } = node;
  const statement = { type: keyRevoke, summary: { kid: 'A'.repeat(43), fromIndex: 0 } };
  const assurance = { method: 'session', signer: 'A'.repeat(22) } as const;
  await house.database.transact('node', { system: 'federation' }, async (tx) => {
    const quiet = { house, tx: { ...tx, onCommit: () => {} } };
    for (let made = 0; made < count; made++)
      await declare(quiet, { ...statement, party: operator, subject: newSubjectId(operator.did), assurance });
  });
  await house.journal.takeUp();
}

async function heldOf(node: TestNode, peer: TestNode) {
  const { house } = node;
  return house.database.read('node', async (reader) => {
    const own = await peer.house.database.read('node', (other) => findOwnLog(other));
    const log = await findLogByOrigin(reader, own?.origin ?? '');
    if (!own || !log) throw new Error('not followed');
    const beyond = await reader
      .selectFrom('acts')
      .select((select) => select.fn.countAll<number>().as('n'))
      .where('log_id', '=', log.id)
      .where('log_index', '>=', log.proven_size)
      .executeTakeFirstOrThrow();
    return { log, own, beyond: beyond.n };
  });
}

describe('following a peer after a long absence', () => {
  it('keeps what is new in pieces; nothing of it counts before all of it leads to the signed root; a line that breaks costs a piece', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await logMany(a, 1_300);
    await using line = await openLine(a);
    const before = await heldOf(b, a);
    const { id } = before.log;

    line.set((path, body) => (path.includes('/entries/005') ? undefined : body));
    await expect(followLog(b.house, id, line.url)).rejects.toThrow('503');
    const cut = await heldOf(b, a);
    expect(cut.log).toMatchObject({
      size: 1_024,
      proven_size: before.log.proven_size,
      checkpoint: before.log.checkpoint,
    });
    expect(cut.log.processed).toBe(before.log.processed);

    line.asked.length = 0;
    line.set((_path, body) => body);
    expect(await followLog(b.house, id, line.url)).toBe(true);
    expect(line.asked.filter((path) => /entries\/00[0-3]/.test(path))).toEqual([]);
    const whole = await heldOf(b, a);
    expect(whole.log).toMatchObject({ size: whole.own.size, proven_size: whole.own.size, processed: whole.own.size });
    const [ours, theirs] = await Promise.all([
      rootAt(b.house, whole.log, whole.own.size),
      rootAt(a.house, { id: whole.own.id, is_own: true, proven_size: whole.own.size }, whole.own.size),
    ]);
    expect(Buffer.from(ours)).toEqual(Buffer.from(theirs));
  });

  it('drops what it kept when the rest does not lead to the signed root, and takes it from who tells the truth', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await logMany(a, 1_300);
    await using line = await openLine(a);
    const before = await heldOf(b, a);
    const { id } = before.log;

    // One letter of one entry, in a bundle that is kept before the last one comes.
    line.set((path, body) => {
      if (!path.includes('/entries/002')) return body;
      const damaged = Uint8Array.from(body);
      const at = damaged.length - 10;
      damaged[at] = damaged[at] === 0x41 ? 0x42 : 0x41;
      return damaged;
    });
    await expect(followLog(b.house, id, line.url)).rejects.toThrow('do not lead to the root');
    const refused = await heldOf(b, a);
    expect(refused.log).toEqual(before.log);
    expect(refused.beyond).toBe(0);

    expect(await followLog(b.house, id)).toBe(true);
    const whole = await heldOf(b, a);
    expect(whole.log).toMatchObject({ size: whole.own.size, proven_size: whole.own.size, closed_reason: null });
  });
});
