import { describe, expect, it } from 'vitest';
import { openTestHouse } from '../../test/support/house.ts';
import { work, type House, type Work } from '../house.ts';
import { newAccountId, newSubjectId } from '../ids.ts';
import { setUpNode } from '../network/set-up.ts';
import { bySession, declare } from './declare.ts';
import { keyRevoke } from './spine-types.ts';

const setUp = (house: House) =>
  work(house, 'node', { system: 'set-up' }, (w) =>
    setUpNode(w, { name: 'Ministry', kind: 'government', country: 'AA', languages: ['en'] }),
  );

describe('what a party states', () => {
  it('at the same moment about one subject is one chain: nobody contradicts the party by being fast', async () => {
    await using test = await openTestHouse();
    const { house } = test;
    const party = await setUp(house);
    const subject = newSubjectId(party.did);
    const assurance = bySession(house, newAccountId(), subject);
    await Promise.all(
      Array.from({ length: 24 }, (_, fromIndex) =>
        work(house, 'node', { system: 'federation' }, (each) => {
          const quiet: Work = { house, tx: { ...each.tx, onCommit: () => {} } };
          const summary = { kid: 'A'.repeat(43), fromIndex };
          return declare(quiet, { type: keyRevoke, party, subject, summary, assurance });
        }),
      ),
    );
    await house.journal.run();
    const acts = await house.database.read('node', (reader) =>
      reader.selectFrom('acts').select(['id', 'prev', 'standing']).where('subject', '=', subject).execute(),
    );
    expect(new Set(acts.map(({ prev }) => prev)).size).toBe(24);
    expect(acts.filter(({ prev }) => prev === null)).toHaveLength(1);
    expect(new Set(acts.map(({ standing }) => standing))).toEqual(new Set(['accepted']));
  });

  it('shows who stood behind it as a pseudonym: the same on one subject, another on each, another at each node', async () => {
    await using one = await openTestHouse();
    await using two = await openTestHouse();
    const party = await setUp(one.house);
    const [account, other] = [newAccountId(), newAccountId()];
    const [subject, second] = [newSubjectId(party.did), newSubjectId(party.did)];
    const signer = (house: House, who = account, about = subject) => bySession(house, who, about).signer;
    expect(signer(one.house)).toBe(signer(one.house));
    const all = [
      signer(one.house),
      signer(one.house, other),
      signer(one.house, account, second),
      signer(one.house, other, second),
      signer(two.house),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const pseudonym of all) expect(pseudonym).not.toContain(account);
  });
});
