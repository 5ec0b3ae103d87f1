import { describe, expect, it } from 'vitest';
import * as actions from '../../src/agreement/actions.ts';
import { statusAt } from '../../src/agreement/entry-into-force.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import { newSubjectId, type SubjectId } from '../../src/ids.ts';
import { documentWith, weeklyTable, signAsItStands } from '../support/instruments.ts';
import { logByHand, payloadBy } from '../support/acts.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const dayMs = 86_400_000;

async function keeperOf(node: TestNode) {
  const own = await node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').select('cosigner_vkey').where('is_own', '=', true).executeTakeFirstOrThrow(),
  );
  return { operator: node.operator.did, vkey: own.cosigner_vkey };
}

const by = (node: TestNode) => ({ account: node.person, party: node.operator.id });
const load = (node: TestNode, id: SubjectId) =>
  node.house.database.read('node', (reader) => findInstrument(reader, id));

describe('a host that falls silent', () => {
  it('is replaced after seven proven days, not before, and finds itself replaced when it returns', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    const document = documentWith([weeklyTable], {
      parties: [a.operator.did, b.operator.did],
      copyKeepers: { keepers: [await keeperOf(a), await keeperOf(b), await keeperOf(c)], k: 1 },
    });
    const id = await a.act((work) => actions.proposeInstrument(work, by(a), document));
    await a.act((work) => signAsItStands(work, by(a), id));
    await converge(a, b, c);
    await a.stopServing();
    await b.act((work) => signAsItStands(work, by(b), id));
    await converge(b, c);
    const takeOver = () => b.act((work) => actions.takeOverHosting(work, by(b), id));
    await expect(takeOver()).rejects.toMatchObject({ code: 'host-not-silent' });

    a.clock.advance(8 * dayMs);
    // Any later leaf, so that there is a younger checkpoint to confirm.
    await logByHand(
      b,
      payloadBy(b, {
        type: 'pairing.confirm/1',
        subject: newSubjectId(b.operator.did),
        summary: { peer: a.operator.did, opening: 'A'.repeat(43) },
      }),
    );
    await converge(b, c);
    await takeOver();
    await converge(b, c);
    for (const node of [b, c])
      expect(await load(node, id)).toMatchObject({ host: b.operator.did, headN: 3, frozenReason: null });
    expect(statusAt((await load(b, id))!.state, b.clock.now())).toBe('in-force');

    await a.serve();
    await converge(a, b, c);
    expect(await load(a, id)).toEqual(await load(b, id));
    expect(await load(c, id)).toEqual(await load(b, id));
  });
});
