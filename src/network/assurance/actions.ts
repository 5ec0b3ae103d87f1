/** A person stands behind an act with a passkey, or with an enrolled key of their own. */
import { findPrepared, statePrepared, type PreparedAct } from '../../acts/prepare.ts';
import { publicKeyPattern } from '../../acts/keys.ts';
import type { Caller } from '../../http/caller.ts';
import type { Work } from '../../house.ts';
import type { AccountId, ActId, SubjectId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import { requireAccount } from '../people/actions.ts';
import { finishAssertion } from '../people/passkeys.ts';
import { isPersonSignature } from './person-key.ts';

declare module '../../db/schema.ts' {
  interface Tables {
    person_keys: { account_id: AccountId; x: string; name: string; created_at: Date; revoked_at: Date | null };
  }
}

export async function getOwnPrepared(work: Work & Caller, id: ActId): Promise<PreparedAct> {
  const prepared = await findPrepared(work.tx.db, id);
  if (!prepared || prepared.account !== requireAccount(work)) throw problem.notFound({ what: 'prepared act' });
  return prepared;
}

export async function stateByPasskey(work: Work & Caller, id: ActId, response: string): Promise<SubjectId> {
  const { payload } = await getOwnPrepared(work, id);
  if (payload.assurance.method !== 'passkey')
    throw problem.assuranceTooLow({ needs: payload.assurance.method, has: 'passkey' });
  const account = requireAccount(work);
  const assertion = await finishAssertion(work, account, { challenge: id, response });
  await statePrepared(work, id, account, Buffer.from(JSON.stringify(assertion)));
  return payload.subject;
}

export async function stateByPersonKey(
  work: Work & Caller,
  id: ActId,
  given: { x: string; signature: string },
): Promise<SubjectId> {
  const { payload } = await getOwnPrepared(work, id);
  if (payload.assurance.method !== 'person-key')
    throw problem.assuranceTooLow({ needs: payload.assurance.method, has: 'person-key' });
  const account = requireAccount(work);
  const key = await work.tx.db
    .selectFrom('person_keys')
    .select('x')
    .where('account_id', '=', account)
    .where('x', '=', given.x)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!key || !isPersonSignature(id, key.x, given.signature))
    throw problem.actSignatureInvalid({ reason: 'person-key' });
  await statePrepared(work, id, account, Buffer.from(JSON.stringify({ method: 'person-key', ...given })));
  return payload.subject;
}

export async function enrolPersonKey(
  work: Work,
  account: AccountId,
  given: { x: string; name: string },
): Promise<void> {
  if (!publicKeyPattern.test(given.x))
    throw problem.inputInvalid({ fields: [{ path: 'x', code: 'wrong-form', message: 'public key' }] });
  await work.tx.db
    .insertInto('person_keys')
    .values({ account_id: account, ...given, created_at: work.tx.now, revoked_at: null })
    .execute();
  await work.tx.audit('person-key.enrolled');
}
