import { describe, expect, it, vi } from 'vitest';
import * as agreement from '../../src/agreement/actions.ts';
import { recognise } from '../../src/agreement/recognition-routes.tsx';
import { loadCommunityAnswers } from '../../src/agreement/standing.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import type { Purpose } from '../../src/agreement/purposes.ts';
import { sendTable } from '../../src/exchange/actions.ts';
import { requestAnswerSchema, type DataRequest } from '../../src/exchange/requests.ts';
import { listFlows, listNotices, listReceivedCounts } from '../../src/exchange/store.ts';
import { sendToPeer } from '../../src/network/peer-request.ts';
import { openHostedParty } from '../../src/network/set-up.ts';
import { askFor, by, drawCountry, order, propose, report, signAll, treaty, week, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

// Whole nodes, each with a database, on a machine that others use as well.
vi.setConfig({ testTimeout: 120_000 });

/** As another node would ask that does not look at its own reading of the agreement first. */
async function askDirectly(asker: TestNode, giver: TestNode, request: DataRequest) {
  const peer = await asker.house.database.read('node', (reader) =>
    reader.selectFrom('logs').selectAll().where('operator', '=', giver.operator.did).executeTakeFirstOrThrow(),
  );
  const answer = await sendToPeer(asker.house, peer, '/federation/exchange/request', JSON.stringify(request));
  expect(answer.status).toBe(200);
  return requestAnswerSchema.parse(JSON.parse(Buffer.from(answer.body).toString('utf8')));
}

describe('scenario 6: a council refuses', () => {
  it('both nodes refuse model training, agreed by nobody or refused by the council; what the council refuses ends, notification goes on with notice; no amendment permits it', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    await drawCountry(a);
    await report(a, 'measles', week('2026-W09'), { AA11: 30 });
    const river = await a.actForNode((work) =>
      openHostedParty(work, {
        name: 'River people',
        slug: 'river',
        kind: 'community',
        country: 'AA',
        languages: ['en'],
      }),
    );
    const answer = (purpose: Purpose, what: 'agreed' | 'refused') =>
      a.house.database.transact({ party: river.id }, { account: a.person }, (tx) =>
        agreement.answerAsCommunity({ house: a.house, tx }, { account: a.person, party: river.id }, purpose, what),
      );
    const text = await treaty([a, b], [[weekly]]);
    const id = await propose([a, b], text);
    await signAll([a, b], id);
    const request: DataRequest = {
      giver: a.operator.did,
      asker: b.operator.did,
      content: 'table',
      indicator: 'measles',
      level: 1,
      purpose: 'model-training',
    };
    const silent = { isPermitted: false, reason: 'floor', rule: 'community-must-agree' };
    expect(await askFor(b, request)).toMatchObject(silent);
    expect(await askDirectly(b, a, request)).toMatchObject(silent);

    await answer('model-training', 'refused');
    await answer('research', 'refused');
    await converge(a, b);
    const refused = { isPermitted: false, reason: 'floor', rule: 'community-refused' };
    expect(await askFor(b, request)).toMatchObject(refused);
    expect(await askDirectly(b, a, request)).toMatchObject(refused);
    expect(await askFor(a, request)).toMatchObject(refused);

    const amended = {
      ...text,
      articles: [{ ...text.articles[0]!, terms: [{ ...weekly, purposes: ['model-training' as const] }] }],
    };
    const [version] = (await a.house.database.read('node', (reader) => findInstrument(reader, id)))!.state.versions;
    const base = version!.act;
    await expect(a.act((work) => agreement.proposeAmendment(work, by(a), id, base, amended))).rejects.toMatchObject({
      code: 'below-the-floor',
      details: { article: 'art-1', purpose: 'model-training' },
    });
    expect((await a.house.database.read('node', (reader) => findInstrument(reader, id)))?.state.amendments).toEqual([]);

    await a.act((work) => sendTable(work, order(id, b, week('2026-W09'))));
    await converge(a, b);
    for (const node of [a, b]) {
      const [flow] = await node.house.database.read({ party: node.operator.id }, (reader) =>
        listFlows(reader, { limit: 5 }),
      );
      expect(flow).toMatchObject({ purposes: ['public-health-surveillance'], refusal: null });
    }
    expect(
      await b.house.database.read({ party: b.operator.id }, (reader) => listReceivedCounts(reader, { limit: 5 })),
    ).toMatchObject([{ value: 30 }, { value: null }]);

    const notices = await a.house.database.read({ party: river.id }, (reader) => listNotices(reader, river.id, 20));
    expect(notices.map(({ kind }) => kind)).toEqual([
      'received',
      'left',
      'request-refused',
      'request-refused',
      'request-refused',
    ]);
    expect(notices[1]).toMatchObject({
      giver: a.operator.did,
      receivers: [b.operator.did],
      article: 'art-1',
      purposes: ['public-health-surveillance'],
      indicators: ['measles'],
    });
    expect(notices[2]).toMatchObject({ purposes: ['model-training'], reason: 'community-refused' });
    // Nobody else reads them, not the ministry either.
    expect(
      await a.house.database.read({ party: a.operator.id }, (reader) => listNotices(reader, river.id, 20)),
    ).toEqual([]);
  });

  it('a community that nobody recognises is heard and stops nothing; once the giver recognises it by an act, its refusal counts', async () => {
    await using a = await openTestNode('a');
    await using c = await openTestNode('c', a.clock);
    await pair(a, c);
    const stranger = await c.actForNode((work) =>
      openHostedParty(work, { name: 'Us', slug: 'us', kind: 'community', country: 'AA', languages: ['en'] }),
    );
    await c.house.database.transact({ party: stranger.id }, { account: c.person }, (tx) =>
      agreement.answerAsCommunity(
        { house: c.house, tx },
        { account: c.person, party: stranger.id },
        'research',
        'refused',
      ),
    );
    await converge(a, c);
    const heard = () => a.house.database.read('node', (reader) => loadCommunityAnswers(reader, a.operator.did));
    expect((await heard()).get('research')).toBeUndefined();
    await a.act((work) => recognise(work, stranger.did, true));
    await converge(a, c);
    expect((await heard()).get('research')).toBe('refused');
    await a.act((work) => recognise(work, stranger.did, false));
    await converge(a, c);
    expect((await heard()).get('research')).toBeUndefined();
  });
});
