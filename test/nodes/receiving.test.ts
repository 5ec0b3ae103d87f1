import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actIdOf, formatPayload } from '../../src/acts/payload.ts';
import { newSubjectId, type ActId } from '../../src/ids.ts';
import { heldLimitPerParty } from '../../src/acts/receive.ts';
import { dial } from '../../src/network/dial.ts';
import { signRequest } from '../../src/network/http-signature.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

/** What node b makes of leaves that stand in node a's log. */
describe('acts from a peer’s log', () => {
  let a: TestNode;
  let b: TestNode;

  beforeAll(async () => {
    a = await openTestNode('a');
    b = await openTestNode('b');
    await pair(a, b);
  });

  afterAll(async () => {
    await b[Symbol.asyncDispose]();
    await a[Symbol.asyncDispose]();
  });

  const answer = { type: 'community.answer/1', summary: { purpose: 'research', answer: 'refused' } } as const;
  const newSubject = () => newSubjectId(a.operator.did);

  it('are refused when a byte of them was flipped, and the log goes on', async () => {
    const flip = (jws: Uint8Array): Uint8Array => {
      const copy = Uint8Array.from(jws);
      const last = copy.length - 20;
      copy[last] = copy[last] === 0x41 ? 0x42 : 0x41;
      return copy;
    };
    const damaged = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'A'.repeat(43) },
      }),
      flip,
    );
    const sound = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'B'.repeat(43) },
      }),
    );
    await converge(a, b);
    expect(await standingOf(b, damaged)).toBe('refused: signature-invalid');
    expect(await standingOf(b, sound)).toBe('accepted');
  });

  it('that no parser can read are kept as leaves, and the log goes on', async () => {
    const garbage = await logByHand(a, payloadBy(a, { type: 'pairing.confirm/1', subject: newSubject() }), () =>
      Buffer.from('not an act'),
    );
    const sound = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'C'.repeat(43) },
      }),
    );
    await converge(a, b);
    expect(await standingOf(b, garbage)).toBe('not here');
    expect(await standingOf(b, sound)).toBe('accepted');
    const leaf = await b.house.database.read('node', (reader) =>
      reader.selectFrom('log_leaves').select('raw').where('act', 'is', null).executeTakeFirstOrThrow(),
    );
    expect(leaf.raw?.toString()).toBe('not an act');
  });

  it('of an unknown type, or without their predecessor, wait; the second is accepted when its predecessor arrives', async () => {
    const unknown = await logByHand(a, payloadBy(a, { type: 'treaty.dance/7', subject: newSubject() }));
    const subject = newSubject();
    const first = payloadBy(a, {
      type: 'pairing.confirm/1',
      subject,
      summary: { peer: b.operator.did, opening: 'D'.repeat(43) },
    });
    const second = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject,
        summary: { peer: b.operator.did, opening: 'E'.repeat(43) },
        prev: actIdOf(formatPayload(first)),
      }),
    );
    await converge(a, b);
    expect(await standingOf(b, unknown)).toBe('held: type-unknown');
    expect(await standingOf(b, second)).toBe('held: predecessor-missing');
    const early = await logByHand(a, first);
    await converge(a, b);
    expect(await standingOf(b, early)).toBe('accepted');
    expect(await standingOf(b, second)).toBe('accepted');
  });

  it('that stand twice in it count once, and the log goes on', async () => {
    const key = 'M'.repeat(43);
    const once = await logByHand(a, payloadBy(a, { type: 'key.add/1', subject: newSubject(), summary: { key } }));
    await logAgain(a, once);
    const sound = await logByHand(
      a,
      payloadBy(a, { type: 'key.revoke/1', subject: newSubject(), summary: { kid: 'A'.repeat(43), fromIndex: 0 } }),
    );
    await converge(a, b);
    expect([await standingOf(b, once), await standingOf(b, sound)]).toEqual(['accepted', 'accepted']);
    const { leaves, keys } = await b.house.database.read('node', async (reader) => ({
      leaves: await reader.selectFrom('log_leaves').select('raw').where('act', '=', once).orderBy('index').execute(),
      keys: await reader.selectFrom('act_keys').select('valid_from').where('x', '=', key).execute(),
    }));
    expect(leaves.map(({ raw }) => raw !== null)).toEqual([false, true]);
    expect(keys).toHaveLength(1);
  });

  it('after the same predecessor are evidence: both kept, that author blocked on that subject and on no other', async () => {
    const subject = newSubject();
    const one = await logByHand(
      a,
      payloadBy(a, { type: 'pairing.confirm/1', subject, summary: { peer: b.operator.did, opening: 'F'.repeat(43) } }),
    );
    const other = await logByHand(
      a,
      payloadBy(a, { type: 'pairing.confirm/1', subject, summary: { peer: b.operator.did, opening: 'G'.repeat(43) } }),
    );
    const after = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject,
        summary: { peer: b.operator.did, opening: 'H'.repeat(43) },
        prev: one,
      }),
    );
    const elsewhere = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'I'.repeat(43) },
      }),
    );
    await converge(a, b);
    expect([await standingOf(b, one), await standingOf(b, other)]).toEqual(['accepted', 'equivocal: equivocation']);
    expect(await standingOf(b, after)).toBe('refused: author-blocked');
    expect(await standingOf(b, elsewhere)).toBe('accepted');
    const kept = await b.house.database.read('node', (reader) =>
      reader.selectFrom('equivocations').select(['first_act', 'second_act']).where('subject', '=', subject).execute(),
    );
    expect(kept).toEqual([{ first_act: one, second_act: other }]);
  });

  it('in a summary with free text, or too weakly assured, are refused', async () => {
    const wordy = await logByHand(
      a,
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'K'.repeat(43), note: 'Jane Doe' },
      }),
    );
    const weak = await logByHand(
      a,
      payloadBy(a, { ...answer, subject: newSubject(), assurance: { method: 'node', signer: null } }),
    );
    const notACommunity = await logByHand(a, payloadBy(a, { ...answer, subject: newSubject() }));
    await converge(a, b);
    expect(await standingOf(b, wordy)).toBe('refused: summary-malformed');
    expect(await standingOf(b, weak)).toBe('refused: assurance-too-low');
    expect(await standingOf(b, notACommunity)).toBe('refused: not-a-community');
  });

  it('about a subject that nobody opened are held, up to a limit for each sender', async () => {
    const subject = newSubject();
    const vote = await logByHand(
      a,
      payloadBy(a, { type: 'agreement.sign/1', subject, summary: { version: 'L'.repeat(43), consent: 'definitive' } }),
    );
    await converge(a, b);
    expect(await standingOf(b, vote)).toBe('held: subject-unknown');
    const held = await b.house.database.read('node', (reader) =>
      reader
        .selectFrom('acts')
        .select('id')
        .where('party', '=', a.operator.did)
        .where('standing', '=', 'held')
        .execute(),
    );
    expect(held.map((act: { id: ActId }) => act.id)).toContain(vote);
    // As many as may wait, of this sender; what they are does not matter any more.
    await b.actForNode(({ tx }) =>
      sql`insert into acts (id, log_id, log_index, jws, type, party, subject, prev, commitment, received_at, standing)
        select lpad(n::text, 43, '0'), log_id, null, jws, type, party, subject || n, null, commitment, received_at, 'held'
        from acts, generate_series(1, ${heldLimitPerParty - held.length}::int) as n where id = ${vote}`.execute(tx.db),
    );
    const oneMore = await logByHand(
      a,
      payloadBy(a, {
        type: 'agreement.sign/1',
        subject: newSubject(),
        summary: { version: 'L'.repeat(43), consent: 'definitive' },
      }),
    );
    await converge(a, b);
    expect(await standingOf(b, oneMore)).toBe('refused: too-many-held');
  });

  it('signed with a key from the index on at which it was revoked are refused, whatever day they name; earlier ones stand', async () => {
    const statement = () =>
      payloadBy(a, {
        type: 'pairing.confirm/1',
        subject: newSubject(),
        summary: { peer: b.operator.did, opening: 'D'.repeat(43) },
      });
    const before = await logByHand(a, statement());
    const { kid, size } = await a.house.database.read('node', async (reader) => ({
      kid: (await a.house.journal.keyring.getActKey(reader, a.operator.id)).kid,
      size: (await reader.selectFrom('logs').select('size').where('is_own', '=', true).executeTakeFirstOrThrow()).size,
    }));
    // The revocation itself is the last that this key signs.
    await logByHand(
      a,
      payloadBy(a, { type: 'key.revoke/1', subject: newSubject(), summary: { kid, fromIndex: size + 1 } }),
    );
    const after = await logByHand(a, statement());
    await converge(a, b);
    expect(await standingOf(b, before)).toBe('accepted');
    expect(await standingOf(b, after)).toBe('refused: key-not-valid');
  });
});

/** Its own leaf once more: what a node that repeats itself has in its log. */
async function logAgain({ house }: TestNode, act: ActId): Promise<void> {
  await house.database.transact('node', { system: 'set-up' }, ({ db }) =>
    sql`with grown as (update logs set size = size + 1 where is_own returning id, size - 1 as index)
      insert into log_leaves (log_id, index, leaf_hash, act)
      select grown.id, grown.index, leaf_hash, act from grown, log_leaves where act = ${act}`.execute(db),
  );
  await house.journal.run();
}

describe('a signed request between nodes', () => {
  it('is answered once: whoever has overheard it gets nothing by sending it again', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const act = await logByHand(b, payloadBy(b, { type: 'treaty.dance/7', subject: newSubjectId(b.operator.did) }));
    const key = await a.house.database.read('node', (reader) =>
      a.house.journal.keyring.getNodeKey(reader, 'transport'),
    );
    const message = {
      method: 'POST',
      url: `${b.url}/federation/bodies`,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ acts: [act] })),
    } as const;
    const headers = { ...signRequest(message, a.operator.did, key, b.clock.now()) };
    const send = () => dial(message.url, { method: 'POST', headers, body: message.body });
    expect((await send()).status).toBe(200);
    const again = await send();
    expect(again.status).toBe(401);
    expect(JSON.parse(Buffer.from(again.body).toString())).toMatchObject({
      code: 'not-a-known-node',
      details: { fault: 'replayed' },
    });
  });
});
