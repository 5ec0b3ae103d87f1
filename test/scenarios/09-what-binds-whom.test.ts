/**
 * Scenario 9, as far as agreements go: a text with a clause left to people is adopted, and three nodes answer identically on what binds whom, and
 * from when. (Brackets that are proposed without a name, and regional organisations beside their members, come with negotiated texts.)
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as actions from '../../src/agreement/actions.ts';
import type { InstrumentDocument } from '../../src/agreement/document.ts';
import {
  boundFrom,
  boundUntil,
  entryIntoForce,
  isBoundAt,
  statusAt,
  textInForceAt,
} from '../../src/agreement/entry-into-force.ts';
import { currentText } from '../../src/agreement/instrument.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import { decide } from '../../src/agreement/terms.ts';
import type { SubjectId } from '../../src/ids.ts';
import { signAsItStands } from '../support/instruments.ts';
import { settableClock } from '../support/house.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const dayMs = 86_400_000;
// One clock: what is compared are answers, not clocks.
const clock = settableClock();
let nodes: readonly [TestNode, TestNode, TestNode];
beforeAll(async () => {
  const [a, b, c] = [await openTestNode('a', clock), await openTestNode('b', clock), await openTestNode('c', clock)];
  nodes = [a, b, c];
  await pair(a, b);
  await pair(a, c);
  await pair(b, c);
  await converge(...nodes);
});
afterAll(async () => {
  for (const node of nodes) await node[Symbol.asyncDispose]();
});

const by = (node: TestNode) => ({ account: node.person, party: node.operator.id });

async function keeperOf(node: TestNode) {
  const own = await node.house.database.read('node', (reader) =>
    reader.selectFrom('logs').select('cosigner_vkey').where('is_own', '=', true).executeTakeFirstOrThrow(),
  );
  return { operator: node.operator.did, vkey: own.cosigner_vkey };
}

async function documentOf(): Promise<InstrumentDocument> {
  return {
    title: 'Agreement on early warning between three neighbours',
    language: 'en',
    parties: nodes.map(({ operator }) => operator.did),
    articles: [
      {
        id: 'art-1',
        heading: 'Weekly table',
        text: 'Each party gives the others its weekly table of measles.',
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
      { id: 'art-2', heading: 'Good faith', text: 'The parties help each other as good neighbours do.', terms: [] },
    ],
    entryIntoForce: { rule: { consents: 2 }, delayDays: 10 },
    withdrawalNoticeDays: 30,
    copyKeepers: { keepers: [await keeperOf(nodes[0]), await keeperOf(nodes[1]), await keeperOf(nodes[2])], k: 1 },
    assurance: 'session',
  };
}

/** Everything a party could ask about who is bound to whom by what, at many instants. */
async function answersOf(node: TestNode, id: SubjectId, instants: readonly Date[]): Promise<unknown> {
  const found = await node.house.database.read('node', (reader) => findInstrument(reader, id));
  if (!found) return 'not here';
  const { state } = found;
  const { parties, articles } = currentText(state).document;
  return {
    leftToPeople: articles.filter(({ terms }) => terms.length === 0).map(({ heading, text }) => `${heading}: ${text}`),
    inForce: entryIntoForce(state)?.toISOString(),
    bound: parties.map((party) => [
      party,
      boundFrom(state, party)?.toISOString(),
      boundUntil(state, party)?.toISOString(),
    ]),
    at: instants.map((at) => [
      statusAt(state, at),
      textInForceAt(state, at).act,
      parties.map((party) => isBoundAt(state, party, at)),
      parties.flatMap((from) =>
        parties
          .filter((to) => to !== from)
          .map((to) =>
            decide(
              state,
              { content: 'table', from, to, indicator: 'measles', level: 1, purpose: 'public-health-surveillance' },
              { at, isFrozen: false, communityAnswers: new Map() },
            ),
          ),
      ),
    ]),
  };
}

describe('scenario 9: three nodes on one agreement', () => {
  test('answer alike at every instant, while it is signed, joined late, amended and left', async () => {
    const [a, b, c] = nodes;
    const start = clock.now().getTime();
    const instants = Array.from({ length: 90 }, (_, day) => new Date(start + day * dayMs + 3_600_000));
    const compare = async (id: SubjectId): Promise<Awaited<ReturnType<typeof answersOf>>> => {
      await converge(...nodes);
      const [first, ...others] = await Promise.all(nodes.map((node) => answersOf(node, id, instants)));
      for (const other of others) expect(other).toEqual(first);
      return first;
    };

    const id = await a.act(async (work) => actions.proposeInstrument(work, by(a), await documentOf()));
    await compare(id);
    for (const node of [a, b]) {
      await node.act((work) => signAsItStands(work, by(node), id));
      await compare(id);
    }
    expect(await compare(id)).toMatchObject({
      leftToPeople: ['Good faith: The parties help each other as good neighbours do.'],
      inForce: expect.any(String),
    });

    clock.advance(15 * dayMs);
    await c.act((work) => signAsItStands(work, by(c), id));
    await compare(id);
    clock.advance(15 * dayMs);
    const found = await b.house.database.read('node', (reader) => findInstrument(reader, id));
    const base = currentText(found!.state).act;
    const amended = { ...(await documentOf()), title: 'Agreement on early warning, amended' };
    const bound = await b.act((work) => actions.proposeAmendment(work, by(b), id, base, amended));
    await compare(id);
    if (!('stated' in bound)) throw new Error('an amendment by session is stated at once');
    await a.act((work) => actions.acceptAmendment(work, by(a), id, bound.stated));
    await compare(id);
    await c.act((work) => actions.withdrawFromInstrument(work, by(c), id));
    const answers = JSON.stringify(await compare(id));
    // Neither nobody nor everybody, and not the same at all instants.
    expect(answers).toContain('"not-in-force"');
    expect(answers).toContain('"permit":true');
    expect(answers).toContain('"not-bound"');
  });
});
