/** Which of a person's keys her parties' logs name, and taking them out again. */
import { bySession, declare } from '../../acts/declare.ts';
import { listEnrolled, signingKeyEnrol, signingKeyRevoke, type ProvingMethod } from '../../acts/signing-keys.ts';
import { findOwnLog, getHostedParty } from '../../acts/store.ts';
import type { Reader } from '../../db/database.ts';
import type { House, Work } from '../../house.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';
import type { Role } from '../../ui/view.ts';

/** Who may state what binds a party. */
export const signatories: readonly Role[] = ['delegate', 'administrator'];

type Party = Awaited<ReturnType<typeof getHostedParty>>;

/** Hers in this party alone. */
const holderIn = (house: House, account: AccountId, party: Party): string =>
  bySession(house, account, party.subject).signer ?? '';

async function listOf(reader: Reader, house: House, account: AccountId, party: Party) {
  const holder = holderIn(house, account, party);
  return (await listEnrolled(reader, party.did, party.log_id)).filter((row) => row.holder === holder);
}

/** With the entries of the party's log that name them, revoked ones included. */
export async function listEnrolmentsOf(reader: Reader, house: House, account: AccountId, party: PartyId) {
  return listOf(reader, house, account, await getHostedParty(reader, party));
}

export async function stateEnrolment(
  work: Work,
  account: AccountId,
  id: PartyId,
  given: { readonly method: ProvingMethod; readonly key: string },
): Promise<void> {
  const { tx, house } = work;
  if (!(await findOwnLog(tx.db))) throw problem.notSetUp({});
  const party = await getHostedParty(tx.db, id);
  if ((await listOf(tx.db, house, account, party)).some(({ key }) => key === given.key))
    throw problem.conflict({ what: 'signing key' });
  const act = await declare(work, {
    type: signingKeyEnrol,
    party,
    subject: party.subject,
    summary: { holder: holderIn(house, account, party), ...given },
    assurance: bySession(house, account, party.subject),
  });
  await tx.audit('signing-key.enrolled', { party: id, act });
}

/** Her keys in this party, or one of them: when she no longer signs for it, when the key is lost. Whoever does it states it. */
export async function revokeEnrolments(
  work: Work,
  account: AccountId,
  id: PartyId,
  by: AccountId,
  only?: string,
): Promise<void> {
  const { tx, house } = work;
  const party = await getHostedParty(tx.db, id);
  for (const { key, revokedFrom } of await listOf(tx.db, house, account, party)) {
    if (revokedFrom !== null || (only !== undefined && key !== only)) continue;
    const act = await declare(work, {
      type: signingKeyRevoke,
      party,
      subject: party.subject,
      summary: { holder: holderIn(house, account, party), key },
      assurance: bySession(house, by, party.subject),
    });
    await tx.audit('signing-key.revoked', { party: id, account, act });
  }
}

/** A key that is gone from the account stands behind nothing any more, in any party. */
export async function revokeEverywhere(work: Work, account: AccountId, key: string): Promise<void> {
  const parties = await work.tx.db.selectFrom('parties').select('id').where('is_hosted', '=', true).execute();
  for (const { id } of parties) await revokeEnrolments(work, account, id, account, key);
}
