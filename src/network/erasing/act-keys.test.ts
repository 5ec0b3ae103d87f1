import { expect, test } from 'vitest';
import { logByHand, payloadBy, standingOf } from '../../../test/support/acts.ts';
import { converge, openTestNode, pair } from '../../../test/support/node.ts';
import { newSubjectId } from '../../ids.ts';
import { listActKeys, replaceActKey, revokeActKey } from './act-keys.ts';

test('a key is replaced by one that signs from then on, and the old one is revoked from an entry of the log on, for everybody', async () => {
  await using a = await openTestNode('a');
  await using b = await openTestNode('b');
  await pair(a, b);
  const by = { account: a.person, party: a.operator.id };
  const [first] = await a.act((work) => listActKeys(work, by.party));
  const old = first?.kid ?? '';
  await expect(a.act((work) => revokeActKey(work, by, old))).rejects.toMatchObject({ code: 'conflict' });
  const kid = await a.act((work) => replaceActKey(work, by));
  const fromIndex = await a.act((work) => revokeActKey(work, by, old));
  const later = await logByHand(
    a,
    payloadBy(a, {
      type: 'pairing.confirm/1',
      subject: newSubjectId(a.operator.did),
      summary: { peer: b.operator.did, opening: 'A'.repeat(43) },
    }),
  );
  await converge(a, b);
  expect([await standingOf(a, later), await standingOf(b, later)]).toEqual(['accepted', 'accepted']);
  expect((await a.act((work) => listActKeys(work, by.party))).map((key) => [key.kid, key.revokedFrom])).toEqual([
    [old, fromIndex],
    [kid, null],
  ]);
  await expect(a.act((work) => revokeActKey(work, by, old))).rejects.toMatchObject({ code: 'conflict' });
});
