/**
 * An act that a person's own key or passkey must stand behind is made in two steps: its payload is fixed and waits; the person signs its id;
 * then the party's key signs it and it is saved. In between nothing has been stated.
 */
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { AccountId, ActId } from '../ids.ts';
import { problem } from '../problem.ts';
import { draftAct, saveAct, type Declaration } from './declare.ts';
import { parsePayload, type Payload } from './payload.ts';
import { getHostedParty, lockHead } from './store.ts';

const waitMs = 24 * 3_600_000;

export async function prepareAct(work: Work, declaration: Declaration, account: AccountId): Promise<ActId> {
  const { tx } = work;
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
  readonly payload: Payload;
  readonly payloadBytes: Buffer;
  readonly expiresAt: Date;
}

export async function findPrepared(reader: Reader, id: ActId): Promise<PreparedAct | undefined> {
  const row = await reader.selectFrom('prepared_acts').selectAll().where('id', '=', id).executeTakeFirst();
  return (
    row && {
      id,
      account: row.account_id,
      payload: parsePayload(row.payload),
      payloadBytes: row.payload,
      expiresAt: row.expires_at,
    }
  );
}

/** `assertion` has been verified by the caller. It is kept beside the body and travels like one. */
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
  const body = { salt: row.salt, bytes: row.body, commitment: payload.commitment };
  await saveAct(work, declaration, { id, payload, payloadBytes: row.payload, body });
  await tx.db
    .insertInto('act_assertions')
    .values({ act: id, assertion: Buffer.from(assertion) })
    .execute();
  await tx.db.deleteFrom('prepared_acts').where('id', '=', id).execute();
  await tx.audit(payload.type, { act: id, subject: payload.subject });
  return payload;
}
