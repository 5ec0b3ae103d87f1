import { describe, expect, it } from 'vitest';
import { parseAct, signAct } from '../../src/acts/jws.ts';
import { generateSigningKey } from '../../src/acts/keys.ts';
import { formatPayload } from '../../src/acts/payload.ts';
import { parseSummary } from '../../src/acts/protocol.ts';
import { nodeOpen, partyMove } from '../../src/acts/spine-types.ts';
import * as store from '../../src/acts/store.ts';
import { dial } from '../../src/network/dial.ts';
import { confirmPairing, invite } from '../../src/network/pairing/actions.ts';
import { fingerprintOf } from '../../src/network/pairing/fingerprint.ts';
import { payloadBy } from '../support/acts.ts';
import { confirm, converge, observe, openTestNode, pair, takeInvitation, type TestNode } from '../support/node.ts';

describe('two nodes that pair', () => {
  it('follow each other, hold each other’s acts and confirm each other’s logs', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    for (const [node, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const acts = await node.house.database.read('node', (reader) =>
        reader
          .selectFrom('acts')
          .select(['party', 'type', 'standing', 'standing_reason'])
          .where('party', '=', peer.operator.did)
          .orderBy('log_index')
          .execute(),
      );
      expect(acts).toEqual([
        { party: peer.operator.did, type: 'node.open/1', standing: 'accepted', standing_reason: null },
        { party: peer.operator.did, type: 'pairing.confirm/1', standing: 'accepted', standing_reason: null },
      ]);
      const confirmed = await node.house.database.read('node', (reader) =>
        reader.selectFrom('cosignatures').select('size').execute(),
      );
      expect(confirmed.map((row) => row.size)).toContain(2);
      const party = await node.house.database.read('node', (reader) =>
        reader.selectFrom('parties').select('name').where('did', '=', peer.operator.did).executeTakeFirstOrThrow(),
      );
      expect(party.name).toMatch(/^Ministry of/);
    }
    await converge(a, b);
  });

  it('become a pair although the inviting side was away when the invited one confirmed', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    const { link } = await a.actForNode((work) => invite(work, { account: a.person }));
    const { id } = await takeInvitation(b, link);
    await a.stopServing();
    await confirm(b, id);
    await a.serve();
    await b.house.rounds.runOnce();
    const waiting = await a.house.database.read('node', (reader) =>
      reader.selectFrom('pairings').select('operator').where('direction', '=', 'inviting').execute(),
    );
    expect(waiting).toEqual([{ operator: b.operator.did }]);
  });

  it('do so just as well when one has observed the other before, and may observe it afterwards', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    const observeIt = () => observe(b, a.url);
    await observeIt();
    await converge(a, b);
    await pair(a, b);
    const logs = await b.house.database.read('node', (reader) => reader.selectFrom('logs').select('origin').execute());
    expect(logs).toHaveLength(2);
    await expect(observeIt()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('show the fingerprint of today when a node was set up anew before anybody confirmed, and take none that was read before', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using other = await openTestNode('a');
    const { link } = await a.actForNode((work) => invite(work, { account: a.person }));
    const { id } = await takeInvitation(b, link);
    const { bytes } = await openingOf(other);
    const read = fingerprintOf(bytes);
    await b.actForNode(async ({ tx }) => {
      await tx.db
        .updateTable('pairings')
        .set({ opening: Buffer.from(bytes) })
        .where('id', '=', id)
        .execute();
    });
    const again = await a.actForNode((work) => invite(work, { account: a.person }));
    await takeInvitation(b, again.link);
    const row = await b.house.database.read('node', (reader) =>
      reader.selectFrom('pairings').select('opening').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    expect(fingerprintOf(row.opening)).toBe(fingerprintOf((await openingOf(a)).bytes));
    const by = { account: b.person, party: b.operator.id };
    const confirmed = (fingerprint: string) => b.actForNode((work) => confirmPairing(work, { id, fingerprint }, by));
    await expect(confirmed(read)).rejects.toMatchObject({ code: 'fingerprint-differs', status: 409 });
    expect(await isFollowed(b, id)).toBe(false);
    await confirmed(fingerprintOf(row.opening));
    expect(await isFollowed(b, id)).toBe(true);
  });
});

describe('a node’s identity', () => {
  it('is what its own address answers: an entry 0 that somebody else wrote for it is not kept, and it pairs as if nothing had happened', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using squatter = await openTestNode('squatter');
    await pair(a, squatter);
    const { bytes, origin } = await openingForged(b, squatter);
    const move = await moveOf(squatter, origin);
    const answer = await dial(`${a.url}/federation/moved`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ opening: b64(bytes), move: b64(move) }),
    });
    expect(answer.status).toBe(202);
    await a.stopServing();
    const known = await a.house.database.read('node', (reader) => store.findLogByOrigin(reader, origin));
    expect(known).toBeUndefined();
    await a.serve();
    await pair(a, b);
  });
});

const isFollowed = async (node: TestNode, id: string): Promise<boolean> => {
  const row = await node.house.database.read('node', (reader) =>
    reader.selectFrom('pairings').select(['confirmed_at', 'log_id']).where('id', '=', id).executeTakeFirstOrThrow(),
  );
  return row.confirmed_at !== null && row.log_id !== null;
};

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

async function openingOf(node: TestNode) {
  const { jws } = await node.house.database.read('node', (reader) =>
    reader
      .selectFrom('acts')
      .select('jws')
      .where('type', '=', nodeOpen.name)
      .where('party', '=', node.operator.did)
      .executeTakeFirstOrThrow(),
  );
  return { bytes: jws, ...parseSummary(nodeOpen, parseAct(jws).payload) };
}

/** Entry 0 for the victim's address, with the attacker's keys. */
async function openingForged(victim: TestNode, attacker: TestNode) {
  const { bytes: real, ...summary } = await openingOf(victim);
  const key = generateSigningKey();
  const { log, cosigner, transport } = await openingOf(attacker);
  const { payload } = parseAct(real);
  const forged = { ...payload, summary: { ...summary, key: key.x, log, cosigner, transport } };
  return { bytes: signAct(formatPayload(forged), key), origin: summary.origin };
}

/** The attacker's own party says that it goes on there. */
async function moveOf(attacker: TestNode, to: string): Promise<Uint8Array> {
  const { recoveryKey } = attacker.operator;
  const { origin } = await openingOf(attacker);
  const summary = { recoveryKey: recoveryKey.x, key: generateSigningKey().x, from: origin, fromSize: 1, to };
  return signAct(
    formatPayload(payloadBy(attacker, { type: partyMove.name, subject: attacker.operator.subject, summary })),
    recoveryKey,
  );
}
