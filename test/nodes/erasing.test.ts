import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { keepAssertion } from '../../src/acts/assertion.ts';
import { bySession, declare } from '../../src/acts/declare.ts';
import { processLog } from '../../src/acts/receive.ts';
import { replay } from '../../src/acts/replay.ts';
import { erase } from '../../src/acts/spine-types.ts';
import * as store from '../../src/acts/store.ts';
import { parseAct, isSignedBy } from '../../src/acts/jws.ts';
import { proposeInstrument } from '../../src/agreement/actions.ts';
import { noteSignalOf } from '../../src/exchange/forget.ts';
import * as flows from '../../src/exchange/store.ts';
import type { ActId, SubjectId } from '../../src/ids.ts';
import { dial } from '../../src/network/dial.ts';
import { eraseContent } from '../../src/network/erasing/actions.ts';
import type { PlainDate } from '../../src/period.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { documentWith } from '../support/instruments.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const bodyAt = (node: TestNode, id: ActId) => node.house.database.read('node', (reader) => store.findBody(reader, id));

describe('erasing', () => {
  it('deletes body and salt at every holder; what was signed still verifies and folds', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const opening = await a.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .selectAll()
        .where('party', '=', a.operator.did)
        .where('type', '=', 'pairing.confirm/1')
        .executeTakeFirstOrThrow(),
    );
    expect((await bodyAt(b, opening.id))?.body).not.toBeNull();
    await a.act((work) =>
      declare(work, {
        type: erase,
        party: a.operator,
        subject: opening.subject,
        summary: { commitment: opening.commitment },
        assurance: bySession(a.house, a.person, opening.subject),
      }),
    );
    await converge(a, b);
    for (const node of [a, b]) {
      expect(await bodyAt(node, opening.id)).toMatchObject({ body: null, salt: null });
      const kept = await node.house.database.read('node', (reader) => store.findAct(reader, opening.id));
      const key = await node.house.database.read('node', (reader) =>
        reader.selectFrom('act_keys').select('x').where('party', '=', a.operator.did).executeTakeFirstOrThrow(),
      );
      expect(isSignedBy(parseAct(kept!.jws), key.x)).toBe(true);
      expect((await replay(node.house, false)).differing).toEqual([]);
    }
  });

  it('of somebody else’s words is refused, also when the eraser’s log is read first', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(c, b);
    const target = payloadBy(a, {
      type: 'pairing.confirm/1',
      subject: a.operator.subject,
      summary: { peer: b.operator.did, opening: 'Z'.repeat(43) },
    });
    const attack = await logByHand(
      c,
      payloadBy(c, { type: 'erase/1', subject: target.subject, summary: { commitment: target.commitment } }),
    );
    await converge(b, c);
    expect(await standingOf(b, attack)).toBe('held: act-missing');
    await logByHand(a, target);
    await converge(a, b, c);
    expect(await standingOf(b, attack)).toBe('refused: not-the-author');
  });

  it('is not kept from happening by a stranger who repeats the commitment, and a stranger erases nothing with it', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(c, b);
    await converge(a, b, c);
    const { id, subject, commitment } = await confirmationBy(a);
    const own = { subject: c.operator.subject, prev: await headOf(c) };
    const copy = payloadBy(c, { ...own, type: 'key.add/1', summary: { key: c.operator.recoveryKey.x }, commitment });
    const repeated = await logByHand(c, copy);
    await converge(b, c);
    const theirs = payloadBy(c, { type: 'erase/1', subject: own.subject, prev: repeated, summary: { commitment } });
    expect(await standingOf(c, await logByHand(c, theirs))).toBe('accepted');
    await converge(b, c);
    expect((await bodyAt(b, id))?.body).not.toBeNull();
    expect((await dial(`${b.url}/log/body/${commitment}`)).status).toBe(200);
    const erasure = await a.act((work) => eraseContent(work, { account: a.person, party: a.operator.id }, id));
    await converge(a, b, c);
    expect(await standingOf(b, erasure)).toBe('accepted');
    expect(await bodyAt(b, id)).toMatchObject({ body: null, salt: null });
    expect((await dial(`${b.url}/log/body/${commitment}`)).status).toBe(410);
    expect(subject).toBe(a.operator.subject);
  });

  it('of a text that binds others is refused, by page and by everybody', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const document = documentWith([], { parties: [a.operator.did, b.operator.did] });
    const by = { account: a.person, party: a.operator.id };
    const subject = await a.act((work) => proposeInstrument(work, by, document));
    await converge(a, b);
    const text = await a.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .selectAll()
        .where('subject', '=', subject)
        .where('type', '=', 'agreement.propose/1')
        .executeTakeFirstOrThrow(),
    );
    await expect(a.act((work) => eraseContent(work, by, text.id))).rejects.toMatchObject({ code: 'not-erasable' });
    const forced = await logByHand(
      a,
      payloadBy(a, {
        type: 'erase/1',
        subject,
        prev: await headOf(a, subject),
        summary: { commitment: text.commitment },
      }),
    );
    await converge(a, b);
    for (const node of [a, b]) {
      expect(await standingOf(node, forced)).toBe('refused: binds-others');
      expect((await bodyAt(node, text.id))?.body).not.toBeNull();
      expect((await replay(node.house, false)).differing).toEqual([]);
    }
  });

  it('reaches what was written down from the content, a person’s proof, and a copy that a backup brings back', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const { id: act } = await confirmationBy(a);
    const before = await bodyAt(b, act);
    const signal = randomUUID();
    await writtenDown(b, act, signal);
    await a.act((work) => eraseContent(work, { account: a.person, party: a.operator.id }, act));
    await converge(a, b);
    expect(await heldOf(b, act)).toEqual({ warnings: 0, counts: 0, ledger: 0, proofs: 0, summary: '–' });
    // As a restored backup has it: the state of before, with the log not yet read as far.
    await b.actForNode(async ({ tx }) => {
      await tx.db.deleteFrom('erasures').execute();
      const erasure = await tx.db
        .selectFrom('acts')
        .select(['id', 'log_id', 'log_index'])
        .where('type', '=', 'erase/1')
        .executeTakeFirstOrThrow();
      await tx.db
        .updateTable('act_bodies')
        .set({ body: before!.body, salt: before!.salt, erased_by: null })
        .where('act', '=', act)
        .execute();
      await store.setStanding(tx, erasure.id, 'new', null);
      await tx.db.updateTable('logs').set({ processed: erasure.log_index! }).where('id', '=', erasure.log_id).execute();
    });
    await writtenDown(b, act, signal);
    await converge(a, b);
    await processLog(b.house, (await b.house.database.read('node', (reader) => store.listPeerLogs(reader)))[0]!.id);
    expect((await bodyAt(b, act))?.body).toBeNull();
    expect(await heldOf(b, act)).toEqual({ warnings: 0, counts: 0, ledger: 0, proofs: 0, summary: '–' });
  });
});

async function confirmationBy(node: TestNode) {
  return node.house.database.read('node', (reader) =>
    reader
      .selectFrom('acts')
      .selectAll()
      .where('party', '=', node.operator.did)
      .where('type', '=', 'pairing.confirm/1')
      .executeTakeFirstOrThrow(),
  );
}

async function headOf(node: TestNode, subject: SubjectId = node.operator.subject): Promise<ActId | null> {
  return node.actForNode(({ tx }) => store.lockHead(tx, node.operator.did, subject));
}

/** As if the act had brought a warning, a table and a proof, and a person had made a signal of the warning. */
async function writtenDown(node: TestNode, act: ActId, signal: string): Promise<void> {
  await node.act(async (work) => {
    const { tx } = work;
    const party = node.operator.id;
    const place = { code: 'AA-1', name: 'Lakeside' };
    const warning = {
      act,
      giver: node.operator.did,
      event: 'e',
      isAgreed: true,
      content: 'warning',
      indicator: 'measles',
    } as const;
    await flows.insertReceivedWarning(tx, party, {
      ...warning,
      indicatorName: 'Measles',
      level: 1,
      place,
      period: null,
      cases: 7,
      on: '2026-03-02' as PlainDate,
    });
    await sql`insert into signals (id, party_id, source, status, summary, raised_at)
      values (${signal}, ${party}, 'person', 'new', 'North: Measles – Lakeside (7)', now())
      on conflict (id) do update set summary = excluded.summary`.execute(tx.db);
    await noteSignalOf(tx, act, signal);
    await keepAssertion(work, act, Buffer.from('{}'));
  });
}

async function heldOf(node: TestNode, act: ActId) {
  return node.act(async ({ tx }) => {
    const count = async (table: 'received_warnings' | 'received_counts' | 'released_columns' | 'act_assertions') =>
      (await tx.db.selectFrom(table).select('act').where('act', '=', act).execute()).length;
    const signal = await tx.db.selectFrom('signals').select('summary').executeTakeFirst();
    return {
      warnings: await count('received_warnings'),
      counts: await count('received_counts'),
      ledger: await count('released_columns'),
      proofs: await count('act_assertions'),
      summary: signal?.summary,
    };
  });
}
