/** A party that has left its host: what the host goes on signing in its name counts nowhere, whoever heard of it first. */
import { describe, expect, it } from 'vitest';
import { sealBody } from '../../src/acts/body.ts';
import { followLog } from '../../src/acts/follow.ts';
import { replay } from '../../src/acts/replay.ts';
import { statusAt } from '../../src/agreement/entry-into-force.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import type { SubjectId } from '../../src/ids.ts';
import { takeOver } from '../../src/network/moving/take-over.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { propose, signAll, treaty, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const load = (node: TestNode, id: SubjectId) =>
  node.house.database.read('node', (reader) => findInstrument(reader, id));

describe('the host that a party has left', () => {
  it('cannot withdraw for it from an agreement, neither before those who have not heard nor before those who have', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await using d = await openTestNode('d', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    await pair(c, d);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]), [a, b, c]);
    await signAll([a, b], id, [a, b, c]);
    const { did, recoveryKey } = b.operator;
    await takeOver(d.house, { did, recoveryKey, copyAt: undefined, others: [], slug: 'b' });
    const head = await b.house.database.read('node', (reader) =>
      reader
        .selectFrom('act_heads')
        .select('act')
        .where('party', '=', did)
        .where('subject', '=', id)
        .executeTakeFirstOrThrow(),
    );
    const body = sealBody({});
    const forged = await logByHand(b, {
      ...payloadBy(b, { type: 'agreement.withdraw/1', subject: id, prev: head.act }),
      commitment: body.commitment,
    });
    await b.actForNode(({ tx }) =>
      tx.db
        .insertInto('act_bodies')
        .values({
          act: forged,
          commitment: body.commitment,
          salt: Buffer.from(body.salt),
          body: Buffer.from(body.bytes),
          is_public: true,
          release_on: null,
          erased_by: null,
        })
        .execute(),
    );
    // c hears of the move first; a takes the withdrawal in, counts it, and hears of the move afterwards.
    const ofD = await c.house.database.read('node', (reader) =>
      reader.selectFrom('logs').select('id').where('operator', '=', d.operator.did).executeTakeFirstOrThrow(),
    );
    await followLog(c.house, ofD.id);
    await converge(c, d);
    await converge(a, b);
    expect(await standingOf(a, forged)).toBe('accepted');
    expect(statusAt((await load(a, id))!.state, a.clock.now())).toBe('ended');
    await pair(a, d);
    await converge(a, b, c, d);
    for (const node of [a, c]) {
      expect(await standingOf(node, forged)).toBe('refused: moved-away');
      expect(statusAt((await load(node, id))!.state, node.clock.now())).toBe('in-force');
      expect(await load(node, id)).toMatchObject({ frozenReason: null, headN: 4 });
      expect((await replay(node.house, false)).differing).toEqual([]);
    }
    expect(await load(c, id)).toEqual(await load(a, id));
  });
});
