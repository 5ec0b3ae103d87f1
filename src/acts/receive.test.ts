import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { logByHand, payloadBy, standingOf } from '../../test/support/acts.ts';
import { openTestHouse } from '../../test/support/house.ts';
import { work, type House, type Work } from '../house.ts';
import { newSubjectId, type ActId, type SubjectId } from '../ids.ts';
import { setUpNode, type OpenedParty } from '../network/set-up.ts';
import { declare, type Declaration } from './declare.ts';
import { generateSigningKey } from './keys.ts';
import { actIdOf, formatPayload, type Payload } from './payload.ts';
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

describe('acts that wait for the one before them', () => {
  /** A chain of an author, each after the one before it. */
  function chainOf(author: { readonly house: House; readonly operator: OpenedParty }, length: number): Payload[] {
    const subject = newSubjectId(author.operator.did);
    const chain: Payload[] = [];
    for (let at = 0; at < length; at++) {
      const last = chain.at(-1);
      const prev = last === undefined ? null : actIdOf(formatPayload(last));
      chain.push(payloadBy(author, { type: revoke.type.name, subject, prev, summary: { ...revoke.summary } }));
    }
    return chain;
  }

  /** Logged with the last one first; how many statements the database was sent. */
  async function statementsFor(length: number): Promise<number> {
    await using test = await openTestHouse();
    const author = { house: test.house, operator: await setUp(test.house) };
    const [first, ...rest] = chainOf(author, length);
    const query = vi.spyOn(Client.prototype, 'query');
    try {
      const ids: ActId[] = [];
      for (const payload of rest.toReversed()) ids.push(await logByHand(author, payload));
      for (const id of ids) expect(await standingOf(author, id)).toBe('held: predecessor-missing');
      ids.push(await logByHand(author, first as Payload));
      for (const id of ids) expect(await standingOf(author, id)).toBe('accepted');
      return query.mock.calls.length;
    } finally {
      query.mockRestore();
    }
  }

  it('cost what they are: four times as many, four times the statements, and not sixteen times', async () => {
    const few = await statementsFor(15);
    expect((await statementsFor(60)) / few).toBeLessThan(5);
  });

  it('are not judged again by what does not concern them', async () => {
    await using test = await openTestHouse();
    const author = { house: test.house, operator: await setUp(test.house) };
    const [, ...waiting] = chainOf(author, 20);
    const subject = waiting[0]?.subject as SubjectId;
    const stateNext = async (): Promise<number> => {
      const query = vi.spyOn(Client.prototype, 'query');
      try {
        await logByHand(
          author,
          payloadBy(author, { type: 'treaty.dance/7', subject: newSubjectId(author.operator.did) }),
        );
        await saveQuietly(author.house, author.operator, subject);
        await author.house.journal.run();
        return query.mock.calls.length;
      } finally {
        query.mockRestore();
      }
    };
    const before = await stateNext();
    for (const payload of waiting) await logByHand(author, payload);
    expect(await stateNext()).toBeLessThan(before + 10);
  });
});
