import type { House, Work } from '../house.ts';
import type { AccountId, ActId, Did, PartyId, SubjectId } from '../ids.ts';
import type { Json } from '../json.ts';
import { problem } from '../problem.ts';
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { sealBody, type SealedBody } from './body.ts';
import { parseAct, signAct } from './jws.ts';
import type { SigningKey } from './keys.ts';
import { actIdOf, assuranceMethods, formatPayload, type Assurance, type Payload } from './payload.ts';
import { awaitProof } from './proof.ts';
import type { ActType } from './protocol.ts';
import { participantsOf } from './subject.ts';
import * as store from './store.ts';

export interface Declaration {
  readonly type: ActType;
  /** A party hosted here. */
  readonly party: { readonly id: PartyId; readonly did: Did };
  readonly subject: SubjectId;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly body?: Json;
  /** For types whose audience is `named`. */
  readonly audience?: readonly Did[];
  readonly releaseOn?: string;
  readonly under?: { readonly instrument: SubjectId; readonly n: number };
  readonly assurance: Assurance;
}

/** A payload with everything but its signature: what a passkey or a person's key is asked to sign. */
export interface Draft {
  readonly id: ActId;
  readonly payload: Payload;
  readonly payloadBytes: Uint8Array;
  readonly body: SealedBody;
}

/** Nobody decides anything here: the node states what its rules compute. */
export const byNode: Assurance = { method: 'node', signer: null };

/** A pseudonym that differs from subject to subject and cannot be linked without the node's secret. */
export function bySession(house: House, account: AccountId, subject: SubjectId): Assurance {
  const signer = createHmac('sha256', house.journal.keyring.secret)
    .update(`${account} ${subject}`)
    .digest('base64url')
    .slice(0, 22);
  return { method: 'session', signer };
}

/**
 * States something in a party's name: signed, chained to the author's previous act on the subject, saved with this transaction and
 * taken up by the log after it. Returns the id, under which the three states (saved, logged, independently confirmed) can be asked.
 */
export async function declare(work: Work, declaration: Declaration): Promise<ActId> {
  if (work.house.isRecovering) return findStated(work, declaration);
  const draft = await draftAct(work, declaration);
  await saveAct(work, declaration, draft);
  return draft.id;
}

/** What an older state of this node did once is carried out again: the act it stated then is in the log, in the same words. */
async function findStated({ tx }: Work, { type, party, subject, summary }: Declaration): Promise<ActId> {
  const rows = await tx.db
    .selectFrom('acts')
    .select(['id', 'jws'])
    .where('subject', '=', subject)
    .where('party', '=', party.did)
    .where('type', '=', type.name)
    .where('log_index', 'is not', null)
    .execute();
  const words: unknown = JSON.parse(JSON.stringify(summary));
  const stated = rows.find(({ jws }) => isDeepStrictEqual(parseAct(jws).payload.summary, words));
  if (!stated) throw problem.readOnly({ reason: 'recovering' });
  return stated.id;
}

export async function draftAct(work: Work, declaration: Declaration): Promise<Draft> {
  const { type, party, subject, summary, under, assurance } = declaration;
  const condition = work.house.journal.condition();
  if (condition.is === 'closed') throw problem.readOnly({ reason: condition.reason });
  if (!type.summary.safeParse(summary).success || !type.body.safeParse(declaration.body ?? {}).success)
    throw problem.actMalformed({ reason: type.name });
  requireAssurance(type, assurance);
  const body = sealBody(declaration.body ?? {});
  const prev = await store.lockHead(work.tx, party.did, subject);
  const payload: Payload = {
    v: 1,
    type: type.name,
    party: party.did,
    subject,
    prev,
    ...(under && { under }),
    summary,
    commitment: body.commitment,
    assurance,
  };
  const payloadBytes = formatPayload(payload);
  return { id: actIdOf(payloadBytes), payload, payloadBytes, body };
}

/** `signer`: a key that is not the party's act key, as for a move. */
export async function saveAct(work: Work, declaration: Declaration, draft: Draft, signer?: SigningKey): Promise<void> {
  const { tx, house } = work;
  const { type, party, subject } = declaration;
  const logId = await house.journal.findOwnLogId(tx.db);
  if (logId === undefined) throw problem.notSetUp({});
  const key = signer ?? (await house.journal.keyring.getActKey(tx.db, party.id));
  const jws = signAct(draft.payloadBytes, key);
  const audience = type.audience === 'subject' ? await participantsOf(work, subject) : (declaration.audience ?? []);
  const { id, payload } = draft;
  const { prev, commitment } = payload;
  const act = { id, logId, logIndex: null, jws, type: type.name, party: party.did, subject, prev, commitment };
  const body = {
    act: id,
    commitment,
    salt: draft.body.salt,
    bytes: draft.body.bytes,
    isPublic: type.audience === 'public',
    audience,
    readers: [party.id, ...(await store.listHostedAmong(tx.db, audience))],
    releaseOn: declaration.releaseOn ?? null,
  };
  await store.insertDeclared(tx, act, body);
  if (draft.payload.under) await awaitProof(work, draft.id);
  // What is declared while acts are taken in cannot wait for the log: the log's own pass may be what takes them in.
  const isTakingIn = 'system' in tx.actor && tx.actor.system === 'federation';
  tx.onCommit(() => (isTakingIn ? house.journal.wake() : house.journal.settle(draft.id)));
}

export function requireAssurance(type: ActType, assurance: Assurance): void {
  if (assuranceMethods.indexOf(assurance.method) < assuranceMethods.indexOf(type.assurance))
    throw problem.assuranceTooLow({ needs: type.assurance, has: assurance.method });
}
