import { describe, expect, it } from 'vitest';
import { openTestHouse } from '../../test/support/house.ts';
import { work } from '../house.ts';
import { openHostedParty, setUpNode } from '../network/set-up.ts';
import * as store from './store.ts';

describe('the log of a node', () => {
  it('takes up entry 0 and a hosted party, signs a checkpoint and carries both out', async () => {
    await using test = await openTestHouse();
    const { house } = test;
    await work(house, 'node', { system: 'set-up' }, (w) =>
      setUpNode(w, { name: 'Ministry of Health', kind: 'government', country: 'AA', languages: ['en'] }),
    );
    const community = await work(house, 'node', { system: 'set-up' }, (w) =>
      openHostedParty(w, { name: 'River people', kind: 'community', country: 'AA', languages: ['en'], slug: 'river' }),
    );
    const log = await house.database.read('node', (reader) => store.findOwnLog(reader));
    expect(log).toMatchObject({ size: 2, provenSize: 2, origin: 'a.localhost:4000/log' });
    expect(log?.checkpoint).toMatch(/^a\.localhost:4000\/log\n2\n/);
    const party = await house.database.read('node', (reader) => store.findParty(reader, community.did));
    expect(party).toMatchObject({ name: 'River people', is_hosted: true });
    const acts = await house.database.read('node', (reader) =>
      reader.selectFrom('acts').select(['type', 'standing', 'standing_reason']).orderBy('log_index').execute(),
    );
    expect(acts).toEqual([
      { type: 'node.open/1', standing: 'accepted', standing_reason: null },
      { type: 'party.open/1', standing: 'accepted', standing_reason: null },
    ]);
  });
});
