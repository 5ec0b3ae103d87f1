import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchBodies } from '../../src/acts/bodies.ts';
import { seekConfirmation } from '../../src/acts/confirm.ts';
import { followLog } from '../../src/acts/follow.ts';
import { fetchProofs } from '../../src/acts/proof.ts';
import { checkAgainstPeers } from '../../src/acts/restore-check.ts';
import { compareViews } from '../../src/acts/views.ts';
import { askGiver } from '../../src/exchange/requests.ts';
import { newSubjectId } from '../../src/ids.ts';
import { dial, PeerUnreachable } from '../../src/network/dial.ts';
import { sendHints } from '../../src/network/moving/hint.ts';
import { lookUpInvitation, lookUpNode } from '../../src/network/pairing/actions.ts';
import { sendToPeer } from '../../src/network/peer-request.ts';
import { lookUpLog } from '../../src/observatory/actions.ts';
import { openRemoteLog } from '../../src/observatory/remote-log.ts';
import { Problem } from '../../src/problem.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { openStage, type Stage } from '../support/cast.ts';
import { behaviours, openEvilPeer, type EvilPeer } from '../support/evil-peer.ts';
import { by, propose, signAll, treaty, weekly } from '../support/exchange.ts';
import { converge, observe, openTestNode, pair, type TestNode } from '../support/node.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const stateNext = (node: TestNode) =>
  logByHand(
    node,
    payloadBy(node, {
      type: 'key.revoke/1',
      subject: newSubjectId(node.operator.did),
      summary: { kid: 'A'.repeat(43), fromIndex: 0 },
    }),
  );

const busyConnections = ({ house }: TestNode): number =>
  house.database.pool.totalCount - house.database.pool.idleCount + house.database.pool.waitingCount;

/** From now on, what this node knows under the peer's address is the evil one. */
async function replacePeer(node: TestNode, peer: TestNode, evil: EvilPeer): Promise<number> {
  return node.house.database.transact('node', { system: 'set-up' }, async ({ db }) => {
    const { id } = await db
      .updateTable('logs')
      .set({ url: evil.url })
      .where('operator', '=', peer.operator.did)
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  });
}

describe('a peer that misbehaves', () => {
  let a: TestNode;
  let b: TestNode;
  let c: TestNode;
  let evil: EvilPeer;
  let peerLog: number;

  beforeAll(async () => {
    a = await openTestNode('a');
    b = await openTestNode('b');
    c = await openTestNode('c');
    evil = await openEvilPeer('silent');
    await pair(a, b);
    await observe(a, c.url);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    await converge(a, b, c);
    // Something to take over, to ask for and to have confirmed.
    await stateNext(b);
    await stateNext(a);
    evil.keepHonest('/log/checkpoint', (await dial(`${b.url}/log/checkpoint`)).body);
    peerLog = await replacePeer(a, b, evil);
  });

  afterAll(async () => {
    for (const each of [evil, a, b, c]) await each?.[Symbol.asyncDispose]();
  });

  /** Bodies and proofs of everything it stated, and all it has confirmed, are asked for anew. */
  const forgetWhatWasAsked = () =>
    a.house.database.transact('node', { system: 'set-up' }, async ({ db }) => {
      const acts = await db.selectFrom('acts').select('id').where('log_id', '=', peerLog).execute();
      await db
        .insertInto('wanted_bodies')
        .values(acts.map(({ id: act }) => ({ act, log_id: peerLog, state: 'wanted' as const })))
        .onConflict((conflict) => conflict.column('act').doUpdateSet({ state: 'wanted' }))
        .execute();
      await db
        .insertInto('act_proofs')
        .values(acts.map(({ id: act }) => ({ act, proof: null, confirmed_at: null, asked_at: null })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await db.deleteFrom('peer_views').execute();
    });

  /** Each must end in time; where `fails` is said it may not pass for an answer either. */
  const calls: readonly {
    readonly what: string;
    readonly fails: boolean;
    readonly run: () => Promise<unknown>;
  }[] = [
    { what: 'following its log', fails: true, run: () => followLog(a.house, peerLog) },
    {
      what: 'asking for bodies',
      fails: true,
      run: () => fetchBodies(a.house, peerLog, (path, body) => sendToPeer(a.house, evil, path, body)),
    },
    {
      what: 'asking for bodies as anybody',
      fails: false,
      run: () => fetchBodies(a.house, peerLog, async () => ({ status: 401, body: new Uint8Array() })),
    },
    { what: 'asking for proofs', fails: false, run: () => fetchProofs(a.house, peerLog) },
    { what: 'asking for confirmation', fails: true, run: () => seekConfirmation(a.house, peerLog) },
    { what: 'comparing what it has confirmed', fails: false, run: () => compareViews(a.house, peerLog) },
    { what: 'asking how far our log had come', fails: false, run: () => checkAgainstPeers(a.house) },
    { what: 'looking up who it is', fails: true, run: () => lookUpNode(evil.url) },
    {
      what: 'taking its invitation',
      fails: true,
      run: () => lookUpInvitation(a.house, `${evil.url}/network/pair#${'A'.repeat(32)}`),
    },
    { what: 'observing it', fails: true, run: () => lookUpLog(a.house, by(a), evil.url) },
    { what: 'telling it of a move', fails: false, run: () => sendHints(a.house, Buffer.from('a move')) },
    {
      what: 'asking it for data',
      fails: true,
      run: () =>
        askGiver(a.house, a.operator.id, {
          giver: b.operator.did,
          asker: a.operator.did,
          content: 'table',
          indicator: 'measles',
          level: 1,
          purpose: 'public-health-surveillance',
        }),
    },
  ];

  const stateOf = ({ house }: TestNode) =>
    house.database.read('node', async (reader) => ({
      logs: await reader
        .selectFrom('logs')
        .select(['id', 'size', 'proven_size', 'checkpoint', 'processed', 'closed_reason'])
        .orderBy('id')
        .execute(),
      acts: await reader.selectFrom('acts').select(['id', 'standing']).orderBy('id').execute(),
      bodies: await reader.selectFrom('act_bodies').select('act').orderBy('act').execute(),
      proofs: await reader.selectFrom('act_proofs').select('act').where('proof', 'is not', null).execute(),
      confirmed: await reader.selectFrom('cosignatures').select(['log_id', 'size', 'keeper']).execute(),
      forks: await reader.selectFrom('log_forks').selectAll().execute(),
      pairings: await reader.selectFrom('pairings').select(['id', 'url', 'opening']).execute(),
    }));

  describe.each(behaviours)('%s', (behaviour) => {
    const asked: number[] = [];
    let patienceMs = 300;

    beforeEach(async () => {
      evil.behave(behaviour);
      asked.length = 0;
      await forgetWhatWasAsked();
      // The limits are asserted, not waited for.
      const real = AbortSignal.timeout.bind(AbortSignal);
      const limits = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
        asked.push(milliseconds);
        return real(Math.min(milliseconds, patienceMs));
      });
      return () => limits.mockRestore();
    });

    it.each(calls)('$what ends, takes nothing over and holds nothing', async ({ fails, run }) => {
      const before = await stateOf(a);
      const outcome = await run().then(
        () => 'ended' as const,
        (error: unknown) => error,
      );
      if (outcome !== 'ended' && !(outcome instanceof PeerUnreachable || outcome instanceof Problem)) throw outcome;
      if (outcome instanceof Problem) expect(['peer-unreachable', 'peer-answer-invalid']).toContain(outcome.code);
      if (fails) expect(outcome).not.toBe('ended');
      expect(asked.length).toBeGreaterThan(0);
      expect(Math.max(...asked)).toBeLessThanOrEqual(30_000);
      expect(await stateOf(a)).toEqual(before);
      expect(busyConnections(a)).toBe(0);
    });

    it('does not keep the others waiting', async () => {
      patienceMs = 3_000;
      const act = await stateNext(c);
      await a.house.rounds.runOnce();
      expect(await standingOf(a, act)).toBe('accepted');
    });

    it('is a fault of that log for who audits it', async () => {
      await expect(openRemoteLog(evil.url, { timeoutMs: 300 })).rejects.toMatchObject({ name: 'LogFault' });
    });
  });
});

describe('a frozen peer, asked by as many as there are connections of the database', () => {
  it.each([
    {
      what: 'observing its log',
      send: (stage: Stage, evil: EvilPeer) =>
        stage.as('fatou', '/api/observatory/logs', { method: 'POST', json: { url: evil.url } }),
    },
    {
      what: 'taking its invitation',
      send: (stage: Stage, evil: EvilPeer) =>
        stage.as('fatou', '/api/network/pairings', {
          method: 'POST',
          json: { link: `${evil.url}/network/pair#${'A'.repeat(32)}` },
        }),
    },
    {
      what: 'being told that it took ours',
      send: async (stage: Stage, evil: EvilPeer, token: string) =>
        stage.site.send('/federation/pair', { method: 'POST', json: { url: evil.url, token } }),
    },
  ])('$what: everybody else is answered', async ({ send }) => {
    await using stage = await openStage();
    await using evil = await openEvilPeer('silent');
    const { pool } = stage.house.database;
    const invited = await stage.as('fatou', '/api/network/invitations', { method: 'POST', json: {} });
    const { token } = invited.json() as { token: string };
    const callers = Array.from({ length: pool.options.max }, async () => send(stage, evil, token));
    await evil.untilWaiting(callers.length);
    expect(pool.idleCount).toBe(pool.totalCount);
    expect((await stage.as('amina', '/api/reporting')).status).toBe(200);
    await evil[Symbol.asyncDispose]();
    for (const answer of await Promise.all(callers)) expect(answer.json()).toMatchObject({ code: 'peer-unreachable' });
  });

  it('asking it for data: everybody else is answered', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using evil = await openEvilPeer('silent');
    await pair(a, b);
    await signAll([a, b], await propose([a, b], await treaty([a, b], [[weekly]])));
    await converge(a, b);
    await replacePeer(a, b, evil);
    const { pool } = a.house.database;
    const request = {
      giver: b.operator.did,
      asker: a.operator.did,
      content: 'table',
      indicator: 'measles',
      level: 1,
      purpose: 'public-health-surveillance',
    } as const;
    const callers = Array.from({ length: pool.options.max }, async () =>
      askGiver(a.house, a.operator.id, request).catch((error: unknown) => error),
    );
    await evil.untilWaiting(callers.length);
    expect(busyConnections(a)).toBe(0);
    await evil[Symbol.asyncDispose]();
    for (const error of await Promise.all(callers)) expect(error).toMatchObject({ code: 'peer-unreachable' });
  });
});
