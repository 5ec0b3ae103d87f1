import { keepAssertion } from '../../src/acts/assertion.ts';
import { sealBody, type SealedBody } from '../../src/acts/body.ts';
import { signAct } from '../../src/acts/jws.ts';
import { actIdOf, formatPayload, type Payload } from '../../src/acts/payload.ts';
import * as store from '../../src/acts/store.ts';
import type { ActId, SubjectId } from '../../src/ids.ts';
import type { TestNode } from './node.ts';

/** Whose log it is; no web server is needed. */
type Author = Pick<TestNode, 'house' | 'operator'>;

/** A payload of the operator's, of any type, after any predecessor: what an honest node would not write. */
export function payloadBy(
  node: Author,
  fields: Partial<Payload> & { readonly type: string; readonly subject: SubjectId },
): Payload {
  return {
    v: 1,
    party: node.operator.did,
    prev: null,
    summary: {},
    commitment: sealBody({}).commitment,
    assurance: { method: 'session', signer: 'AAAAAAAAAAAAAAAAAAAAAA' },
    ...fields,
  };
}

/** What lies beside an act that a node which checks nothing has logged. */
export interface Beside {
  readonly body: SealedBody;
  readonly assertion: Uint8Array;
}

/** Puts a leaf into the node's own log behind its back, signed with its own key unless `damage` changes the bytes. */
export async function logByHand(
  node: Author,
  payload: Payload,
  damage: (jws: Uint8Array) => Uint8Array = (jws) => jws,
  beside?: (id: ActId) => Beside,
): Promise<ActId> {
  const { house, operator } = node;
  const payloadBytes = formatPayload(payload);
  const id = actIdOf(payloadBytes);
  const key = await house.database.read('node', (reader) => house.journal.keyring.getActKey(reader, operator.id));
  const jws = damage(signAct(payloadBytes, key));
  await house.database.transact('node', { system: 'set-up' }, async (tx) => {
    const log = await store.findOwnLog(tx.db);
    if (!log) throw new Error('not set up');
    await store.insertAct(tx, {
      id,
      logId: log.id,
      logIndex: null,
      jws,
      type: payload.type,
      party: payload.party,
      subject: payload.subject,
      prev: payload.prev,
      commitment: payload.commitment,
    });
    if (!beside) return;
    const { body, assertion } = beside(id);
    await store.insertBody(tx, { ...body, act: id, isPublic: true, audience: [], readers: [], releaseOn: null });
    await keepAssertion({ house, tx }, id, assertion);
  });
  await house.journal.run();
  return id;
}

export async function standingOf(node: Author, id: ActId): Promise<string> {
  const act = await node.house.database.read('node', (reader) => store.findAct(reader, id));
  return act ? `${act.standing}${act.standing_reason === null ? '' : `: ${act.standing_reason}`}` : 'not here';
}
