import { describe, expect, it } from 'vitest';
import { openHouse } from '../../src/app.ts';
import { findOwnLog } from '../../src/acts/store.ts';
import { newSubjectId } from '../../src/ids.ts';
import { logByHand, payloadBy } from '../support/acts.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const act = (node: TestNode, letter: string) =>
  logByHand(
    node,
    payloadBy(node, {
      type: 'erase/1',
      subject: newSubjectId(node.operator.did),
      summary: { commitment: letter.repeat(43) },
    }),
  );

const ownLog = (node: TestNode) => node.house.database.read('node', findOwnLog);

describe('a node whose database was put back to an older state', () => {
  it('closes its log instead of signing another history', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const before = await ownLog(a);
    await act(a, 'A');
    await converge(a, b);
    // What a restore does: rows of later acts are gone, the old checkpoint is the latest.
    await a.house.database.transact('node', { system: 'set-up' }, async ({ db }) => {
      await db
        .updateTable('logs')
        .set({ size: before!.size, proven_size: before!.size, processed: before!.size, checkpoint: before!.checkpoint })
        .where('is_own', '=', true)
        .execute();
      await db.deleteFrom('log_leaves').where('log_id', '=', before!.id).where('index', '>=', before!.size).execute();
      await db
        .updateTable('acts')
        .set({ log_index: null })
        .where('log_id', '=', before!.id)
        .where('log_index', '>=', before!.size)
        .execute();
    });
    const restarted = await openHouse({
      config: a.house.config,
      connection: a.connection,
      clock: a.clock,
      log: a.house.log,
    });
    await restarted.journal.run();
    expect(await ownLog(a)).toMatchObject({ closedReason: 'peer-holds-more', provenSize: before!.size });
    await restarted.close();
  });

  it('waits while no peer answers, and goes on when one does', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const before = await ownLog(a);
    await b.stopServing();
    const restarted = await openHouse({
      config: a.house.config,
      connection: a.connection,
      clock: a.clock,
      log: a.house.log,
    });
    const saved = { ...a, house: restarted };
    await act(saved, 'B');
    expect(await ownLog(a)).toMatchObject({ closedReason: null, provenSize: before!.size });
    await b.serve();
    await restarted.journal.run();
    expect((await ownLog(a))!.provenSize).toBe(before!.size + 1);
    await restarted.close();
  });
});
