/** A person stands behind an act with a passkey, or with a key of her own, that her party's log names. */
import { formatAssertion } from '../../acts/assertion.ts';
import { publicKeyPattern } from '../../acts/keys.ts';
import { findPrepared, statePrepared, type PreparedAct } from '../../acts/prepare.ts';
import type { ProvingMethod } from '../../acts/signing-keys.ts';
import type { Reader } from '../../db/database.ts';
import type { Caller } from '../../http/caller.ts';
import type { House, Work } from '../../house.ts';
import type { AccountId, ActId, SubjectId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import type { Role } from '../../ui/view.ts';
import { requireAccount, requireParty, requirePassword } from '../people/actions.ts';
import { finishAssertion } from '../people/passkeys.ts';
import { listPasskeys, listRoles } from '../people/store.ts';
import { listEnrolmentsOf, revokeEnrolments, revokeEverywhere, signatories, stateEnrolment } from './enrolments.ts';
import * as store from './store.ts';

/** Her own, and still hers to state: a role that has been taken away since takes what it prepared along. */
export async function getOwnPrepared(
  { reader, viewer, credential }: { readonly reader: Reader } & Pick<Caller, 'viewer' | 'credential'>,
  id: ActId,
): Promise<PreparedAct> {
  const account = requireAccount({ viewer });
  const prepared = await findPrepared(reader, id);
  if (!prepared || prepared.account !== account) throw problem.notFound({ what: 'prepared act' });
  // A token is for one party.
  if (credential.kind === 'bearer' && viewer.party?.id !== prepared.party)
    throw problem.notFound({ what: 'prepared act' });
  await requireSignatory(reader, account, prepared.party);
  return prepared;
}

async function requireSignatory(reader: Reader, account: AccountId, party: PreparedAct['party']): Promise<void> {
  const roles: readonly Role[] = await listRoles(reader, account, party);
  if (!signatories.some((role) => roles.includes(role))) throw problem.notAllowed({ needs: 'delegate' });
}

export async function stateByPasskey(work: Work & Caller, id: ActId, response: string): Promise<SubjectId> {
  const { payload } = await getOwnPrepared({ ...work, reader: work.tx.db }, id);
  if (payload.assurance.method !== 'passkey')
    throw problem.assuranceTooLow({ needs: payload.assurance.method, has: 'passkey' });
  const account = requireAccount(work);
  const assertion = await finishAssertion(work, account, { challenge: id, response });
  await statePrepared(work, id, account, formatAssertion({ method: 'passkey', ...assertion }));
  return payload.subject;
}

export async function stateByPersonKey(
  work: Work & Caller,
  id: ActId,
  given: { readonly x: string; readonly signature: string },
): Promise<SubjectId> {
  const { payload } = await getOwnPrepared({ ...work, reader: work.tx.db }, id);
  if (payload.assurance.method !== 'person-key')
    throw problem.assuranceTooLow({ needs: payload.assurance.method, has: 'person-key' });
  const account = requireAccount(work);
  if (!(await store.isUsable(work.tx.db, account, given.x))) throw problem.signerNotEnrolled({});
  const assertion = formatAssertion({ method: 'person-key', key: given.x, signature: given.signature });
  await statePrepared(work, id, account, assertion);
  return payload.subject;
}

/** With the password: a stolen session must not be able to add a key that then signs in its person's name. */
export async function enrolPersonKey(
  work: Work & Caller,
  given: { readonly x: string; readonly name: string; readonly password: string },
): Promise<void> {
  const account = requireAccount(work);
  await requirePassword(work, given.password, 'password');
  if (!publicKeyPattern.test(given.x))
    throw problem.inputInvalid({ fields: [{ path: 'x', code: 'wrong-form', message: 'public key' }] });
  if (await store.isKnown(work.tx.db, account, given.x)) throw problem.conflict({ what: 'person key' });
  await store.insertPersonKey(work.tx, account, given.x, given.name);
  await work.tx.audit('person-key.enrolled');
  if (await isSignatoryNow(work, account)) await stateEnrolment(work, account, requireParty(work), keyOf(given.x));
}

const keyOf = (x: string) => ({ method: 'person-key' as const, key: x });

async function isSignatoryNow({ tx, viewer }: Work & Caller, account: AccountId): Promise<boolean> {
  if (!viewer.party) return false;
  const roles: readonly Role[] = await listRoles(tx.db, account, viewer.party.id);
  return signatories.some((role) => roles.includes(role));
}

/** One of her keys, for the party she works for now. */
export async function enrolForParty(
  work: Work & Caller,
  given: { readonly method: ProvingMethod; readonly key: string; readonly password: string },
): Promise<void> {
  const account = requireAccount(work);
  const party = requireParty(work);
  await requireSignatory(work.tx.db, account, party);
  await requirePassword(work, given.password, 'password');
  const own = await listOwnKeys({ ...work, reader: work.tx.db });
  if (!own.some(({ method, key, isRevoked }) => method === given.method && key === given.key && !isRevoked))
    throw problem.notFound({ what: 'key' });
  await stateEnrolment(work, account, party, { method: given.method, key: given.key });
}

/** Without the password: a key that may be in wrong hands is not to wait for one. A passkey goes on opening the door. */
export async function revokeSigningKey(work: Work & Caller, key: string): Promise<void> {
  const account = requireAccount(work);
  if (await store.revokePersonKey(work.tx, account, key)) {
    await work.tx.audit('person-key.revoked');
    return revokeEverywhere(work, account, key);
  }
  const isPasskey = (await listPasskeys(work.tx.db, account)).some((row) => cose(row.public_key) === key);
  if (!isPasskey) throw problem.notFound({ what: 'key' });
  await revokeEnrolments(work, account, requireParty(work), account, key);
}

export interface OwnKey {
  readonly method: ProvingMethod;
  readonly key: string;
  readonly name: string;
  readonly addedAt: Date;
  readonly isRevoked: boolean;
  /** The entry of the party's log that names it. */
  readonly index: number | null;
}

const cose = (publicKey: Buffer): string => publicKey.toString('base64url');

/** As they stand for the party she works for now. */
export async function listOwnKeys({
  reader,
  house,
  viewer,
}: { readonly reader: Reader; readonly house: House } & Pick<Caller, 'viewer'>): Promise<OwnKey[]> {
  const account = requireAccount({ viewer });
  const enrolled = viewer.party ? await listEnrolmentsOf(reader, house, account, viewer.party.id) : [];
  const standing = (key: string) => enrolled.find((row) => row.key === key);
  const passkeys = (await listPasskeys(reader, account)).map(
    ({ public_key: publicKey, name, created_at: addedAt }) => ({
      method: 'passkey' as const,
      key: cose(publicKey),
      name,
      addedAt,
      isRevoked: false,
    }),
  );
  const personKeys = (await store.listPersonKeys(reader, account)).map(
    ({ x, name, created_at: addedAt, revoked_at: at }) => ({
      method: 'person-key' as const,
      key: x,
      name,
      addedAt,
      isRevoked: at !== null,
    }),
  );
  return [...passkeys, ...personKeys].map((row) => ({
    ...row,
    isRevoked: row.isRevoked || (standing(row.key)?.revokedFrom ?? null) !== null,
    index: standing(row.key)?.index ?? null,
  }));
}
