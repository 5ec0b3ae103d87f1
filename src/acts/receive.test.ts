import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openTestHouse } from '../../test/support/house.ts';
import { work, type House, type Work } from '../house.ts';
import { newSubjectId, type ActId, type SubjectId } from '../ids.ts';
import { setUpNode, type OpenedParty } from '../network/set-up.ts';
import { declare, type Declaration } from './declare.ts';
import { generateSigningKey } from './keys.ts';
import { processLog } from './receive.ts';
import { keyAdd, keyRevoke } from './spine-types.ts';

type Statement = Pick<Declaration, 'type' | 'summary'>;
const revoke: Statement = { type: keyRevoke, summary: { kid: 'A'.repeat(43), fromIndex: 0 } };

/** Saved as a part of the node that does not wait for the log: when it is logged and when it is carried out is the test's. */
async function saveQuietly(house: House, party: OpenedParty, subject: SubjectId, statement = revoke): Promise<ActId> {
  return work(house, 'node', { system: 'federation' }, (each) => {
    const quiet: Work = { house, tx: { ...each.tx, onCommit: () => {} } };
    const assurance = { method: 'session', signer: 'A'.repeat(22) } as const;
    return declare(quiet, { ...statement, party, subject, assurance });
  });
}

const setUp = (house: House): Promise<OpenedParty> =>
  work(house, 'node', { system: 'set-up' }, (w) =>
    setUpNode(w, { name: 'Ministry', kind: 'government', country: 'AA', languages: ['en'] }),
  );

describe('carrying out our own acts', () => {
  it('never takes an author back to an act it has gone on from: it would contradict itself with the next', async () => {
    await using test = await openTestHouse();
    const { house } = test;
    const party = await setUp(house);
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

  it('goes on past an act that meets a defect: that one is held, with nothing of it half-applied', async () => {
    await using test = await openTestHouse();
    const { house } = test;
    const party = await setUp(house);
    const { x } = generateSigningKey();
    const owner = new Client(test.connection);
    await owner.connect();
    await owner.query(`create function fail() returns trigger language plpgsql as $$ begin raise 'a defect'; end $$`);
    await owner.query(
      `create trigger defect after insert on act_keys for each row when (new.x = '${x}') execute function fail()`,
    );
    const add: Statement = { type: keyAdd, summary: { key: x } };
    const before = await saveQuietly(house, party, newSubjectId(party.did));
    const defective = await saveQuietly(house, party, newSubjectId(party.did), add);
    const after = await saveQuietly(house, party, newSubjectId(party.did));
    await house.journal.run();
    const standings = async () => {
      const rows = await house.database.read('node', (reader) =>
        reader.selectFrom('acts').select(['id', 'standing', 'standing_reason']).orderBy('saved_order').execute(),
      );
      return rows.slice(-3).map(({ id, standing, standing_reason: reason }) => ({ id, standing, reason }));
    };
    expect(await standings()).toEqual([
      { id: before, standing: 'accepted', reason: null },
      { id: defective, standing: 'held', reason: 'internal-error' },
      { id: after, standing: 'accepted', reason: null },
    ]);
    const { rowCount } = await owner.query('select from act_keys where x = $1', [x]);
    expect(rowCount).toBe(0);
    await owner.end();
  });
});
