import { describe, expect, it } from 'vitest';
import { bySession, declare } from '../../src/acts/declare.ts';
import { replay } from '../../src/acts/replay.ts';
import { erase } from '../../src/acts/spine-types.ts';
import * as store from '../../src/acts/store.ts';
import { parseAct, isSignedBy } from '../../src/acts/jws.ts';
import type { ActId } from '../../src/ids.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const bodyAt = (node: TestNode, id: ActId) => node.house.database.read('node', (reader) => store.findBody(reader, id));

describe('erasing', () => {
  it('deletes body and salt at every holder; what was signed still verifies and folds', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const opening = await a.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .selectAll()
        .where('party', '=', a.operator.did)
        .where('type', '=', 'pairing.confirm/1')
        .executeTakeFirstOrThrow(),
    );
    expect((await bodyAt(b, opening.id))?.body).not.toBeNull();
    await a.act((work) =>
      declare(work, {
        type: erase,
        party: a.operator,
        subject: opening.subject,
        summary: { commitment: opening.commitment },
        assurance: bySession(a.house, a.person, opening.subject),
      }),
    );
    await converge(a, b);
    for (const node of [a, b]) {
      expect(await bodyAt(node, opening.id)).toMatchObject({ body: null, salt: null });
      const kept = await node.house.database.read('node', (reader) => store.findAct(reader, opening.id));
      const key = await node.house.database.read('node', (reader) =>
        reader.selectFrom('act_keys').select('x').where('party', '=', a.operator.did).executeTakeFirstOrThrow(),
      );
      expect(isSignedBy(parseAct(kept!.jws), key.x)).toBe(true);
      expect((await replay(node.house, false)).differing).toEqual([]);
    }
  });

  it('of somebody else’s words is refused, also when the eraser’s log is read first', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(c, b);
    const target = payloadBy(a, {
      type: 'pairing.confirm/1',
      subject: a.operator.subject,
      summary: { peer: b.operator.did, opening: 'Z'.repeat(43) },
    });
    const attack = await logByHand(
      c,
      payloadBy(c, { type: 'erase/1', subject: target.subject, summary: { commitment: target.commitment } }),
    );
    await converge(b, c);
    expect(await standingOf(b, attack)).toBe('held: act-missing');
    await logByHand(a, target);
    await converge(a, b, c);
    expect(await standingOf(b, attack)).toBe('refused: not-the-author');
  });
});
