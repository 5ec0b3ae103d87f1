import { describe, expect, it } from 'vitest';
import { findAssertion, formatAssertion } from '../../src/acts/assertion.ts';
import { sealBody } from '../../src/acts/body.ts';
import { generateSigningKey, type SigningKey } from '../../src/acts/keys.ts';
import type { AssuranceMethod } from '../../src/acts/payload.ts';
import { signActId } from '../../src/acts/person-signature.ts';
import { statePrepared } from '../../src/acts/prepare.ts';
import * as actions from '../../src/agreement/actions.ts';
import type { InstrumentDocument } from '../../src/agreement/document.ts';
import { statusAt } from '../../src/agreement/entry-into-force.ts';
import { findInstrument } from '../../src/agreement/store.ts';
import type { ActId, SubjectId } from '../../src/ids.ts';
import { revokeEnrolments, stateEnrolment } from '../../src/network/assurance/enrolments.ts';
import { logByHand, payloadBy, standingOf } from '../support/acts.ts';
import { createAuthenticator, type Authenticator, type Changes } from '../support/authenticator.ts';
import { documentWith, signAsItStands } from '../support/instruments.ts';
import { converge, openTestNode, pair, type TestNode } from '../support/node.ts';

const by = (node: TestNode) => ({ account: node.person, party: node.operator.id });

async function textBetween(a: TestNode, b: TestNode, assurance: InstrumentDocument['assurance']) {
  const keepers = await Promise.all(
    [a, b].map(async (node) => {
      const { cosigner_vkey: vkey } = await node.house.database.read('node', (reader) =>
        reader.selectFrom('logs').select('cosigner_vkey').where('is_own', '=', true).executeTakeFirstOrThrow(),
      );
      return { operator: node.operator.did, vkey };
    }),
  );
  const parties = [a.operator.did, b.operator.did];
  return documentWith([], { parties, copyKeepers: { keepers, k: 1 }, assurance });
}

async function propose(a: TestNode, b: TestNode, assurance: InstrumentDocument['assurance']): Promise<SubjectId> {
  const document = await textBetween(a, b, assurance);
  const id = await a.act((work) => actions.proposeInstrument(work, by(a), document));
  await converge(a, b);
  return id;
}

async function statusOn(node: TestNode, id: SubjectId): Promise<string> {
  const instrument = await node.house.database.read('node', (reader) => findInstrument(reader, id));
  return statusAt(instrument!.state, node.clock.now());
}

/** A signature that claims more than a session, logged by a node that checks nothing. */
async function claim(
  node: TestNode,
  id: SubjectId,
  method: AssuranceMethod,
  assertionFor?: (act: ActId) => Uint8Array,
): Promise<ActId> {
  const instrument = await node.house.database.read('node', (reader) => findInstrument(reader, id));
  const head = await node.house.database.read('node', (reader) =>
    reader
      .selectFrom('act_heads')
      .select('act')
      .where('party', '=', node.operator.did)
      .where('subject', '=', id)
      .executeTakeFirst(),
  );
  const version = instrument!.state.versions.at(-1)!.act;
  const body = sealBody({});
  const payload = payloadBy(node, {
    type: 'agreement.sign/1',
    subject: id,
    prev: head?.act ?? null,
    summary: { version, consent: 'definitive' },
    commitment: body.commitment,
    assurance: { method, signer: 'AAAAAAAAAAAAAAAAAAAAAA' },
  });
  return logByHand(node, payload, undefined, assertionFor && ((act) => ({ body, assertion: assertionFor(act) })));
}

const enrol = (node: TestNode, key: SigningKey) =>
  node.act((work) => stateEnrolment(work, node.person, node.operator.id, { method: 'person-key', key: key.x }));

async function prepared(node: TestNode, id: SubjectId): Promise<ActId> {
  const bound = await node.act((work) => signAsItStands(work, by(node), id));
  if (!('prepared' in bound)) throw new Error('stated at once');
  return bound.prepared;
}

const stateWith = (node: TestNode, act: ActId, key: SigningKey, signature = signActId(act, key)) =>
  node.act((work) =>
    statePrepared(work, act, node.person, formatAssertion({ method: 'person-key', key: key.x, signature })),
  );

/** What the node's device answers, as it travels. */
function passkeyAssertion(authenticator: Authenticator, act: ActId, changes: Changes = {}): Uint8Array {
  const answer = JSON.parse(authenticator.assert({ challenge: act }, changes)) as {
    response: { authenticatorData: string; clientDataJSON: string; signature: string };
  };
  const { authenticatorData, clientDataJSON, signature } = answer.response;
  const { credentialId, coseKey: key } = authenticator;
  return formatAssertion({ method: 'passkey', credentialId, key, authenticatorData, clientDataJSON, signature });
}

describe('an agreement that asks for more than a session', () => {
  it('is not brought into force by acts that only say that a passkey stands behind them', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose(a, b, 'passkey');
    const [byA, byB] = [await claim(a, id, 'passkey'), await claim(b, id, 'passkey')];
    await converge(a, b);
    for (const node of [a, b]) {
      expect(await standingOf(node, byA)).toBe('held: assertion-missing');
      expect(await standingOf(node, byB)).toBe('held: assertion-missing');
      expect(await statusOn(node, id)).toBe('negotiation');
    }
  });

  it('is in force once both have signed with keys that stood in their logs, and each holds the other’s proof', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose(a, b, 'person-key');
    const signed: ActId[] = [];
    for (const node of [b, a]) {
      const key = generateSigningKey();
      await enrol(node, key);
      const act = await prepared(node, id);
      await stateWith(node, act, key);
      signed.push(act);
      await converge(a, b);
    }
    for (const node of [a, b]) {
      expect(await statusOn(node, id)).toBe('in-force');
      for (const act of signed)
        expect(await node.house.database.read('node', (reader) => findAssertion(reader, act))).toBeDefined();
    }
  });

  it('is not signed with a key that the party’s log does not name, nor with one it has revoked', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose(a, b, 'person-key');
    const key = generateSigningKey();
    const act = await prepared(a, id);
    const refusal = { code: 'signer-not-enrolled' };
    await expect(stateWith(a, act, key)).rejects.toMatchObject(refusal);
    await enrol(a, key);
    await expect(stateWith(a, act, key, signActId(act, generateSigningKey()))).rejects.toMatchObject({
      details: { reason: 'assertion-invalid' },
    });
    await a.act((work) => revokeEnrolments(work, a.person, a.operator.id, a.person));
    await expect(stateWith(a, act, key)).rejects.toMatchObject(refusal);
  });

  it('is refused by the other party when its author’s node lets a proof by an unknown or revoked key pass', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose(a, b, 'person-key');
    const key = generateSigningKey();
    const act = await claim(b, id, 'person-key', (signed) =>
      formatAssertion({ method: 'person-key', key: key.x, signature: signActId(signed, key) }),
    );
    await enrol(b, key);
    await converge(a, b);
    // Enrolled behind the act: too late for it.
    expect(await standingOf(a, act)).toBe('refused: signer-not-enrolled');
    expect(await statusOn(a, id)).toBe('negotiation');
  });

  it('takes a passkey’s answer for exactly this act, from a verified user, at the author’s own address', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const device = createAuthenticator(a.url);
    await a.act((work) => stateEnrolment(work, a.person, a.operator.id, { method: 'passkey', key: device.coseKey }));
    const wrong: [string, (act: ActId) => Uint8Array][] = [
      ['another act', () => passkeyAssertion(device, 'A'.repeat(43) as ActId)],
      ['another site', (act) => passkeyAssertion(device, act, { origin: b.url })],
      ['nobody verified', (act) => passkeyAssertion(device, act, { unverified: true })],
      ['garbage', () => Buffer.from('{"method":"passkey"}')],
    ];
    for (const [what, answer] of wrong) {
      const id = await propose(a, b, 'passkey');
      const act = await claim(a, id, 'passkey', answer);
      await converge(a, b);
      expect(await standingOf(b, act), what).toBe('refused: assertion-invalid');
      expect(await standingOf(a, act), what).toBe('refused: assertion-invalid');
    }
    const id = await propose(a, b, 'passkey');
    const act = await prepared(a, id);
    await a.act((work) => statePrepared(work, act, a.person, passkeyAssertion(device, act)));
    await converge(a, b);
    expect([await standingOf(a, act), await standingOf(b, act)]).toEqual(['accepted', 'accepted']);
  });

  it('is not signed in another version than the one the act was prepared for', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await pair(a, b);
    const id = await propose(a, b, 'person-key');
    const key = generateSigningKey();
    await enrol(b, key);
    const act = await prepared(b, id);
    const instrument = await a.house.database.read('node', (reader) => findInstrument(reader, id));
    const { act: base, document } = instrument!.state.versions.at(-1)!;
    await a.act((work) => actions.reviseText(work, by(a), id, base, { ...document, title: 'Another' }));
    await converge(a, b);
    await expect(stateWith(b, act, key)).rejects.toMatchObject({ code: 'text-has-moved-on' });
  });

  it('gives a person’s proof to those who take part, and to nobody else', async () => {
    await using a = await openTestNode('a');
    await using b = await openTestNode('b');
    await using c = await openTestNode('c');
    await pair(a, b);
    await pair(a, c);
    await pair(b, c);
    const id = await propose(a, b, 'person-key');
    const key = generateSigningKey();
    await enrol(a, key);
    const act = await prepared(a, id);
    await stateWith(a, act, key);
    await converge(a, b, c);
    const held = (node: TestNode) => node.house.database.read('node', (reader) => findAssertion(reader, act));
    expect([(await held(b)) !== undefined, await held(c)]).toEqual([true, undefined]);
    expect(await standingOf(c, act)).toBe('accepted');
  });
});
