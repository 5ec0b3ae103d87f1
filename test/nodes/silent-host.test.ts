import { describe, expect, it } from 'vitest';
import * as actions from '../../src/agreement/actions.ts';
import { statusAt } from '../../src/agreement/entry-into-force.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import { findLogByOrigin, findOwnLog } from '../../src/acts/store.ts';
import { newSubjectId, type ActId, type SubjectId } from '../../src/ids.ts';
import { documentWith, weeklyTable, signAsItStands } from '../support/instruments.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
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

  it('is not replaced by an act that no host can take up, and not while it publishes anything', async () => {
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
    await converge(a, b, c);
    const version = (await load(a, id))!.state.versions[0]!.act;
    const sign = (prev: ActId | null) =>
      logByHand(
        b,
        payloadBy(b, { type: 'agreement.sign/1', subject: id, prev, summary: { version, consent: 'definitive' } }),
      );
    // Its predecessor does not exist, so that it waits at every honest node.
    const junk = await sign('Z'.repeat(43) as ActId);
    await converge(a, b, c);
    a.clock.advance(8 * dayMs);
    await logByHand(
      b,
      payloadBy(b, {
        type: 'pairing.confirm/1',
        subject: newSubjectId(b.operator.did),
        summary: { peer: a.operator.did, opening: 'A'.repeat(43) },
      }),
    );
    await converge(a, b, c);
    await expect(b.act((work) => actions.takeOverHosting(work, by(b), id))).rejects.toMatchObject({
      code: 'host-not-silent',
    });
    const proof = await b.house.database.read('node', async (reader) => {
      const [own, ofA] = [await findOwnLog(reader), await findLogByOrigin(reader, new URL(a.url).host + '/log')];
      const first = await reader
        .selectFrom('cosignatures')
        .select('note')
        .where('log_id', '=', own!.id)
        .orderBy('size', 'desc')
        .executeTakeFirstOrThrow();
      return { first: first.note, silent: ofA!.checkpoint! };
    });
    const move = (waiting: ActId) =>
      logByHand(
        b,
        payloadBy(b, {
          type: 'host.move/2',
          subject: id,
          prev: null,
          summary: { n: 1, head: version, to: b.operator.did, waiting, ...proof },
        }),
      );
    const moved = await move(junk);
    await converge(a, b, c);
    for (const node of [a, c]) {
      expect(await load(node, id)).toMatchObject({ host: a.operator.did });
      expect(await standingOf(node, moved)).toBe('held: act-missing');
    }
  });
});
