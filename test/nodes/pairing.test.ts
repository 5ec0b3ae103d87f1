import { describe, expect, it } from 'vitest';
import { acceptInvitation, confirmPairing, invite } from '../../src/network/pairing/actions.ts';
import { converge, openTestNode, pair } from '../support/node.ts';

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
    const { id } = await b.actForNode((work) => acceptInvitation(work, link));
    await a.stopServing();
    await b.actForNode((work) => confirmPairing(work, id, { account: b.person, party: b.operator.id }));
    await a.serve();
    await b.house.rounds.runOnce();
    const waiting = await a.house.database.read('node', (reader) =>
      reader.selectFrom('pairings').select('operator').where('direction', '=', 'inviting').execute(),
    );
    expect(waiting).toEqual([{ operator: b.operator.did }]);
  });
});
