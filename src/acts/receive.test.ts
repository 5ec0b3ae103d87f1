import { describe, expect, it } from 'vitest';
import { openTestHouse } from '../../test/support/house.ts';
import { work, type House, type Work } from '../house.ts';
import { newSubjectId, type ActId, type SubjectId } from '../ids.ts';
import { setUpNode, type OpenedParty } from '../network/set-up.ts';
import { declare } from './declare.ts';
import { processLog } from './receive.ts';
import { keyRevoke } from './spine-types.ts';

/** Saved as a part of the node that does not wait for the log: when it is logged and when it is carried out is the test's. */
async function saveQuietly(house: House, party: OpenedParty, subject: SubjectId): Promise<ActId> {
  return work(house, 'node', { system: 'federation' }, (each) => {
    const quiet: Work = { house, tx: { ...each.tx, onCommit: () => {} } };
    const summary = { kid: 'A'.repeat(43), fromIndex: 0 };
    const assurance = { method: 'session', signer: 'A'.repeat(22) } as const;
    return declare(quiet, { type: keyRevoke, party, subject, summary, assurance });
  });
}

describe('carrying out our own acts', () => {
  it('never takes an author back to an act it has gone on from: it would contradict itself with the next', async () => {
    await using test = await openTestHouse();
    const { house } = test;
    const party = await work(house, 'node', { system: 'set-up' }, (w) =>
      setUpNode(w, { name: 'Ministry', kind: 'government', country: 'AA', languages: ['en'] }),
    );
    const subject = newSubjectId(party.did);
    const first = await saveQuietly(house, party, subject);
    await house.journal.takeUp();
    // Whatever takes in a peer's log meanwhile may state something of the same subject.
    const second = await saveQuietly(house, party, subject);
    const logId = await house.database.read('node', (reader) => house.journal.findOwnLogId(reader));
    await processLog(house, logId ?? -1);
    const third = await saveQuietly(house, party, subject);
    await house.journal.run();
    const chain = await house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .select(['id', 'prev', 'standing'])
        .where('subject', '=', subject)
        .orderBy('saved_order')
        .execute(),
    );
    expect(chain.map(({ id, prev }) => ({ id, prev }))).toEqual([
      { id: first, prev: null },
      { id: second, prev: first },
      { id: third, prev: second },
    ]);
    expect(chain.map(({ standing }) => standing)).toEqual(['accepted', 'accepted', 'accepted']);
  });
});
