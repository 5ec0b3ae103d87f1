import { signAsItStands } from '../support/instruments.ts';
import { describe, expect, it } from 'vitest';
import * as actions from '../../src/agreement/actions.ts';
import type { InstrumentDocument } from '../../src/agreement/document.ts';
import { currentText } from '../../src/agreement/instrument.ts';
import { statusAt } from '../../src/agreement/entry-into-force.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import { decide } from '../../src/agreement/terms.ts';
import type { SubjectId } from '../../src/ids.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

async function keeperOf(node: TestNode) {
  const own = await node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').select('cosigner_vkey').where('is_own', '=', true).executeTakeFirstOrThrow(),
  );
  return { operator: node.operator.did, vkey: own.cosigner_vkey };
}

async function exampleDocument(a: TestNode, b: TestNode): Promise<InstrumentDocument> {
  return {
    title: 'Agreement on early warning across the border',
    language: 'en',
    parties: [a.operator.did, b.operator.did],
    articles: [
      {
        id: 'art-1',
        heading: 'Weekly table',
        text: 'Each party gives the other its weekly table of measles.',
        terms: [
          {
            effect: 'permit',
            content: 'table',
            from: null,
            to: null,
            indicators: ['measles'],
            finestLevel: 1,
            minimumCount: 5,
            purposes: ['public-health-surveillance'],
            every: 'week',
            until: null,
          },
        ],
      },
      { id: 'art-2', heading: 'Good faith', text: 'The parties help each other.', terms: [] },
    ],
    entryIntoForce: { rule: { consents: 2 }, delayDays: 0 },
    withdrawalNoticeDays: 0,
    copyKeepers: { keepers: [await keeperOf(a), await keeperOf(b)], k: 1 },
    assurance: 'session',
  };
}

const by = (node: TestNode) => ({ account: node.person, party: node.operator.id });

async function load(node: TestNode, id: SubjectId) {
  return node.house.database.read('node', (reader) => findInstrument(reader, id));
}

describe('an agreement between two nodes', () => {
  it('is not signed, ratified or refused by somebody who read another text', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const document = await exampleDocument(a, b);
    const id = await a.act((work) => actions.proposeInstrument(work, by(a), document));
    await converge(a, b);
    const read = currentText((await load(b, id))!.state).act;
    await a.act((work) => actions.reviseText(work, by(a), id, read, { ...document, title: 'Another' }));
    await converge(a, b);
    const late = { code: 'text-has-moved-on' };
    await expect(b.act((work) => actions.signInstrument(work, by(b), id, read, 'definitive'))).rejects.toMatchObject(
      late,
    );
    await expect(b.act((work) => actions.refuseInstrument(work, by(b), id, read))).rejects.toMatchObject(late);
  });

  it('is proposed, signed by both, enters into force by its own rule on both, and ends on receipt of a withdrawal', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const document = await exampleDocument(a, b);
    const id = await a.act((work) => actions.proposeInstrument(work, by(a), document));
    await converge(a, b);
    await b.act((work) => signAsItStands(work, by(b), id));
    await converge(a, b);
    expect(statusAt((await load(a, id))!.state, a.clock.now())).toBe('negotiation');
    await a.act((work) => signAsItStands(work, by(a), id));
    await converge(a, b);
    const [onA, onB] = [await load(a, id), await load(b, id)];
    expect(onB).toEqual(onA);
    expect(statusAt(onB!.state, b.clock.now())).toBe('in-force');
    const request = {
      content: 'table',
      from: b.operator.did,
      to: a.operator.did,
      indicator: 'measles',
      level: 1,
      purpose: 'public-health-surveillance',
    } as const;
    const circumstances = { at: a.clock.now(), isFrozen: false, communityAnswers: new Map() };
    expect(decide(onB!.state, request, circumstances)).toMatchObject({ permit: true, article: 'art-1' });
    expect(decide(onB!.state, { ...request, level: 2 }, circumstances)).toMatchObject({
      permit: false,
      refusal: { reason: 'level-not-agreed', article: 'art-1' },
    });
    await b.act((work) => actions.withdrawFromInstrument(work, by(b), id));
    await converge(a, b);
    expect(statusAt((await load(a, id))!.state, a.clock.now())).toBe('ended');
    expect(await load(b, id)).toEqual(await load(a, id));
  });
});
