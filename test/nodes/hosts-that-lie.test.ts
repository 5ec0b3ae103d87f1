/** What a host, a drafter or a stranger may write into a log, and what other nodes make of it: they recompute, and believe nothing. */
import { cosign } from '@reciproca/tlog/cosignature';
import { formatVkey, KEY_TYPES, makeSigningKey, publicPart } from '@reciproca/tlog/key';
import { formatNote, parseNote } from '@reciproca/tlog/note';
import { describe, expect, it } from 'vitest';
import { askAgain } from '../../src/acts/bodies.ts';
import { bySession, declare } from '../../src/acts/declare.ts';
import { followLog } from '../../src/acts/follow.ts';
import * as store from '../../src/acts/store.ts';
import * as actions from '../../src/agreement/actions.ts';
import { propose as proposeType, revise, sign } from '../../src/agreement/act-types.ts';
import { entryIntoForce, statusAt } from '../../src/agreement/entry-into-force.ts';
import { findStandingInstrument } from '../../src/agreement/standing.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import type { ActId, SubjectId } from '../../src/ids.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { by, propose, signAll, treaty, weekly } from '../support/exchange.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const byNode = { method: 'node', signer: null } as const;
const load = (node: TestNode, id: SubjectId) =>
  node.house.database.read('node', (reader) => findInstrument(reader, id));
const statusOn = async (node: TestNode, id: SubjectId) => {
  const standing = await node.house.database.read('node', (reader) =>
    findStandingInstrument(reader, node.house.journal.protocol, id),
  );
  return standing && statusAt(standing.state, node.clock.now());
};
const headOf = (node: TestNode, id: SubjectId): Promise<ActId | null> =>
  node.house.database.read('node', async (reader) => {
    const row = await reader
      .selectFrom('act_heads')
      .select('act')
      .where('party', '=', node.operator.did)
      .where('subject', '=', id)
      .executeTakeFirst();
    return row?.act ?? null;
  });
const headOfType = (node: TestNode, id: SubjectId, type: string): Promise<ActId | undefined> =>
  node.house.database.read('node', async (reader) => {
    const query = reader.selectFrom('acts').select('id').where('subject', '=', id).where('type', '=', type);
    return (await query.executeTakeFirst())?.id;
  });
const logIdAt = (node: TestNode, of: TestNode): Promise<number> =>
  node.house.database.read('node', async (reader) => {
    const row = await reader
      .selectFrom('logs')
      .select('id')
      .where('operator', '=', of.operator.did)
      .executeTakeFirstOrThrow();
    return row.id;
  });

/** The host's entry on a subject, whatever its own software would have written. */
const enter = async (host: TestNode, type: string, subject: SubjectId, summary: Record<string, unknown>) =>
  logByHand(host, payloadBy(host, { type, subject, prev: await headOf(host, subject), summary, assurance: byNode }));

describe('a host that refuses what the rules accept', () => {
  it('does not undo a withdrawal: it stays in effect from its receipt, and nothing new is permitted', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await pair(a, b);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a, b], id);
    const withdrawal = await b.act((work) => actions.withdrawFromInstrument(work, by(b), id));
    if (!('stated' in withdrawal)) throw new Error('not stated');
    expect(await statusOn(b, id)).toBe('ended');
    const refusal = await enter(a, 'refused/1', id, { act: withdrawal.stated, reason: 'assurance-too-low' });
    await followLog(b.house, await logIdAt(b, a));
    expect(await statusOn(b, id)).toBe('ended');
    expect(await load(b, id)).toMatchObject({ frozenReason: 'refusal-differs', headN: 3 });
    expect(await standingOf(b, refusal)).toBe('refused: refusal-differs');
    // Its own software counts the withdrawal as soon as it has read it: that settles the matter.
    await converge(a, b);
    expect(await load(b, id)).toMatchObject({ frozenReason: null, headN: 4 });
    expect(await load(a, id)).toEqual(await load(b, id));
    expect(await statusOn(a, id)).toBe('ended');
  });

  it('may refuse an act before others have read it: they wait for it, and judge as of then', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]), [a, b, c]);
    await signAll([b], id, [a, b, c]);
    const again = await b.act(async (work) =>
      declare(work, {
        type: sign,
        party: b.operator,
        subject: id,
        summary: { version: (await load(b, id))!.state.versions[0]!.act, consent: 'definitive' },
        assurance: bySession(b.house, b.person, id),
      }),
    );
    await converge(a);
    await a.house.journal.run();
    await followLog(c.house, await logIdAt(c, a));
    const refusals = await c.house.database.read('node', (reader) =>
      reader.selectFrom('acts').select(['id', 'standing_reason']).where('type', '=', 'refused/1').execute(),
    );
    expect(refusals).toMatchObject([{ standing_reason: 'act-missing' }]);
    await converge(a, b, c);
    expect(await standingOf(c, again)).toBe('accepted');
    expect(await load(c, id)).toEqual(await load(a, id));
    expect(await load(c, id)).toMatchObject({ frozenReason: null });
  });

  it('gives one number to one act, also towards a node from which it keeps a text back', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    const document = await treaty([a, b], [[weekly]]);
    const id = await propose([a, b], document, [a, b, c]);
    const opening = (await load(a, id))!.state.versions[0]!.act;
    const first = await a.act((work) => actions.reviseText(work, by(a), id, opening, { ...document, title: 'One' }));
    await converge(a, c);
    await a.actForNode(({ tx }) =>
      tx.db.updateTable('act_bodies').set({ is_public: false }).where('act', '=', first).execute(),
    );
    const second = await a.act((work) =>
      declare(work, {
        type: revise,
        party: a.operator,
        subject: id,
        summary: { base: opening },
        body: { ...document, title: 'Other' },
        assurance: bySession(a.house, a.person, id),
      }),
    );
    await a.house.journal.run();
    await enter(a, 'sequenced/1', id, { n: 2, act: second, prevHead: opening });
    await converge(a, b, c);
    expect((await load(b, id))!.headN).toBe(1);
    await a.actForNode(({ tx }) =>
      tx.db.updateTable('act_bodies').set({ is_public: true }).where('act', '=', first).execute(),
    );
    await b.actForNode((work) => askAgain(work, id));
    await converge(a, b, c);
    for (const node of [b, c]) expect((await load(node, id))!.state.versions.at(-1)!.document.title).toBe('One');
  });
});

describe('whoever drafts', () => {
  it('cannot name its own key as somebody else’s copy-keeper', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    const key = makeSigningKey('university.example/confirm', KEY_TYPES.cosignature);
    const document = await treaty([a, b], [[weekly]], {
      copyKeepers: { keepers: [{ operator: c.operator.did, vkey: formatVkey(publicPart(key)) }], k: 1 },
    });
    const subject = `${a.operator.did}/${'A'.repeat(22)}` as SubjectId;
    const text = await a.act((work) =>
      declare(work, {
        type: proposeType,
        party: a.operator,
        subject,
        summary: {},
        body: document,
        assurance: bySession(a.house, a.person, subject),
      }),
    );
    await converge(a, b, c);
    expect(await load(a, subject)).toBeUndefined();
    // Its own node refuses it; by hand it can be counted all the same, and then nobody follows.
    await enter(a, 'sequenced/1', subject, { n: 1, act: text, prevHead: null });
    await converge(a, b, c);
    for (const node of [b, c]) expect(await load(node, subject)).toBeUndefined();
  });

  it('cannot date its numbers with a keeper nobody knows, nor backwards, nor ahead', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await pair(a, b);
    const key = makeSigningKey('university.example/confirm', KEY_TYPES.cosignature);
    const stranger = {
      operator: 'did:web:university.example' as typeof a.operator.did,
      vkey: formatVkey(publicPart(key)),
    };
    const document = await treaty([a, b], [[weekly]], { copyKeepers: { keepers: [stranger], k: 1 } });
    const id = await a.act((work) => actions.proposeInstrument(work, by(a), document));
    await converge(a, b);
    await signAll([b, a], id, [a, b]);
    const note = await a.house.database.read('node', async (reader) => (await store.findOwnLog(reader))!.checkpoint!);
    const { text, signatures } = parseNote(note);
    const forged = formatNote({ text, signatures: [...signatures, cosign(text, key, Date.UTC(2001, 0, 1) / 1000)] });
    await enter(a, 'timed/1', id, { n: 2, checkpoint: forged });
    await converge(a, b);
    expect(entryIntoForce((await load(b, id))!.state)).toBeUndefined();
    expect(await load(b, id)).toMatchObject({ frozenReason: 'keeper-unknown' });
  });

  it('cannot open a subject in the name of another, whoever is read first', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, a);
    await pair(c, b);
    const id = await a.act(async (work) => actions.proposeInstrument(work, by(a), await treaty([a, b], [[weekly]])));
    const squat = await treaty([c, b], [[weekly]], { title: 'Squatted' });
    const act = await c.act((work) =>
      declare(work, {
        type: proposeType,
        party: c.operator,
        subject: id,
        summary: {},
        body: squat,
        assurance: bySession(c.house, c.person, id),
      }),
    );
    await followLog(b.house, await logIdAt(b, c));
    await converge(a, b, c);
    expect(await standingOf(b, act)).toBe('refused: opened-by-another');
    expect(await load(b, id)).toMatchObject({ host: a.operator.did, headN: 1 });
    await signAll([a, b], id, [a, b, c]);
    expect(await statusOn(b, id)).toBe('in-force');
  });
});

describe('a stranger’s copy of an act', () => {
  it('takes nothing from its author, though it was read first and waits in the queue', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b', a.clock);
    await using c = await openTestNode('c', a.clock);
    await pair(a, b);
    await pair(c, b);
    const id = await propose([a, b], await treaty([a, b], [[weekly]]));
    await signAll([a], id, [a]);
    const signature = (await headOfType(a, id, 'agreement.sign/1'))!;
    const act = (await a.house.database.read('node', (reader) => store.findAct(reader, signature)))!;
    await c.actForNode(async ({ tx }) => {
      const log = (await store.findOwnLog(tx.db))!;
      const { jws, type, party, subject, prev, commitment } = act;
      await store.insertAct(tx, {
        id: act.id,
        logId: log.id,
        logIndex: null,
        jws,
        type,
        party,
        subject,
        prev,
        commitment,
      });
    });
    await c.house.journal.run();
    // The copy has been read and not yet carried out when the author's own leaf comes.
    const [ofC, ofA] = [await logIdAt(b, c), await logIdAt(b, a)];
    await followLog(b.house, ofC);
    await b.actForNode(({ tx }) =>
      tx.db.updateTable('acts').set({ standing: 'new', standing_reason: null }).where('id', '=', act.id).execute(),
    );
    await followLog(b.house, ofA);
    expect(await standingOf(b, act.id)).toBe('accepted');
    await converge(a, b, c);
    expect(await load(b, id)).toEqual(await load(a, id));
  });
});
