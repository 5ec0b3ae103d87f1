/**
 * An act that a person's own key or passkey must stand behind is made in two steps: its payload is fixed and waits; the person signs its id;
 * then the party's key signs it and it is saved. In between nothing has been stated.
 */
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { AccountId, ActId, PartyId } from '../ids.ts';
import type { Json } from '../json.ts';
import { problem } from '../problem.ts';
import { claimsProof, findAssertionFault, keepAssertion } from './assertion.ts';
import { parseBody } from './body.ts';
import { draftAct, saveAct, type Declaration } from './declare.ts';
import { parsePayload, type Payload } from './payload.ts';
import { findSubject, getHostedParty, lockHead } from './store.ts';

const waitMs = 24 * 3_600_000;

export async function prepareAct(work: Work, declaration: Declaration, account: AccountId): Promise<ActId> {
  const { tx } = work;
  await tx.db.deleteFrom('prepared_acts').where('expires_at', '<', tx.now).execute();
  const draft = await draftAct(work, declaration);
  const { audience, releaseOn } = declaration;
  await tx.db
    .insertInto('prepared_acts')
    .values({
      id: draft.id,
      party_id: declaration.party.id,
      account_id: account,
      payload: Buffer.from(draft.payloadBytes),
      salt: Buffer.from(draft.body.salt),
      body: Buffer.from(draft.body.bytes),
      declaration: JSON.stringify({ audience, releaseOn }),
      expires_at: new Date(tx.now.getTime() + waitMs),
    })
    .execute();
  await tx.audit('act.prepared', { act: draft.id, type: declaration.type.name });
  return draft.id;
}

export interface PreparedAct {
  readonly id: ActId;
  readonly account: AccountId;
  readonly party: PartyId;
  readonly payload: Payload;
  readonly payloadBytes: Buffer;
  readonly body: Json;
  readonly expiresAt: Date;
}

export async function findPrepared(reader: Reader, id: ActId): Promise<PreparedAct | undefined> {
  const row = await reader.selectFrom('prepared_acts').selectAll().where('id', '=', id).executeTakeFirst();
  return (
    row && {
      id,
      account: row.account_id,
      party: row.party_id,
      payload: parsePayload(row.payload),
      payloadBytes: row.payload,
      body: parseBody(row.body),
      expiresAt: row.expires_at,
    }
  );
}

/**
 * The act is stated if every other party would take it now: its subject has not moved on, and the proof is by a key that stands in the log. The
 * proof is kept beside the body and travels like one.
 */
export async function statePrepared(
  work: Work,
  id: ActId,
  account: AccountId,
  assertion: Uint8Array,
): Promise<Payload> {
  const { tx, house } = work;
  const row = await tx.db.selectFrom('prepared_acts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row || row.account_id !== account || row.expires_at < tx.now) throw problem.notFound({ what: 'prepared act' });
  const payload = parsePayload(row.payload);
  const type = house.journal.protocol.findType(payload.type);
  if (!type) throw problem.actTypeUnknown({ type: payload.type });
  const party = await getHostedParty(tx.db, row.party_id);
  // Somebody of the same party acted on the subject in the meantime: this payload would contradict that act.
  if ((await lockHead(tx, party.did, payload.subject)) !== payload.prev) throw problem.textHasMovedOn({ version: id });
  await requireAdmissible(work, id, payload, row.body);
  const { audience, releaseOn } = row.declaration as unknown as Pick<Declaration, 'audience' | 'releaseOn'>;
  const declaration: Declaration = {
    type,
    party,
    subject: payload.subject,
    summary: payload.summary,
    ...(audience && { audience }),
    ...(releaseOn !== undefined && { releaseOn }),
    assurance: payload.assurance,
  };
  if (claimsProof(payload)) await requireProof(work, id, payload, assertion);
  const body = { salt: row.salt, bytes: row.body, commitment: payload.commitment };
  await saveAct(work, declaration, { id, payload, payloadBytes: row.payload, body });
  await keepAssertion(work, id, assertion);
  await tx.db.deleteFrom('prepared_acts').where('id', '=', id).execute();
  await tx.audit(payload.type, { act: id, subject: payload.subject });
  return payload;
}

/** What the text allowed when the act was prepared it may not allow any more: another version, another party's refusal. */
async function requireAdmissible({ tx, house }: Work, id: ActId, payload: Payload, body: Uint8Array): Promise<void> {
  const subject = await findSubject(tx.db, payload.subject);
  const procedure = subject && house.journal.protocol.findProcedure(subject.kind);
  if (!procedure || subject.state === null) return;
  const { type, party, summary, assurance } = payload;
  const isPublic = house.journal.protocol.findType(type)?.audience === 'public';
  const act = {
    id,
    type,
    party,
    summary,
    publicBody: isPublic ? parseBody(body) : undefined,
    assurance: assurance.method,
  };
  const reason = procedure.refuses(subject.state, act);
  if (reason === 'text-has-moved-on') throw problem.textHasMovedOn({ version: subject.head_act ?? id });
  if (reason !== undefined) throw problem.actNotAdmitted({ reason });
}

/** The same check that every other party makes, for the place that the act is about to take. */
async function requireProof({ tx, house }: Work, id: ActId, payload: Payload, assertion: Uint8Array): Promise<void> {
  const logId = await house.journal.findOwnLogId(tx.db);
  if (logId === undefined) throw problem.notSetUp({});
  const place = { id, payload, logId, logIndex: Number.MAX_SAFE_INTEGER };
  const fault = await findAssertionFault(tx.db, place, assertion);
  if (fault === 'signer-not-enrolled') throw problem.signerNotEnrolled({});
  if (fault !== undefined) throw problem.actSignatureInvalid({ reason: fault });
}
