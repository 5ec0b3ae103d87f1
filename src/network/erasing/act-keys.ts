/** The keys that sign in a party's name: a new one takes over, the old one is revoked from an entry of the log on. */
import { bySession, declare } from '../../acts/declare.ts';
import { generateSigningKey } from '../../acts/keys.ts';
import { keyAdd, keyRevoke } from '../../acts/spine-types.ts';
import { findOwnLog, getHostedParty } from '../../acts/store.ts';
import type { Work } from '../../house.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { problem } from '../../problem.ts';

interface By {
  readonly account: AccountId;
  readonly party: PartyId;
}

export interface ActKey {
  readonly kid: string;
  readonly validFrom: number;
  readonly revokedFrom: number | null;
}

export async function listActKeys({ tx }: Work, id: PartyId): Promise<ActKey[]> {
  const party = await getHostedParty(tx.db, id);
  return tx.db
    .selectFrom('act_keys')
    .select(['kid', 'valid_from as validFrom', 'revoked_from as revokedFrom'])
    .where('party', '=', party.did)
    .where('log_id', '=', party.log_id)
    .orderBy('valid_from')
    .execute();
}

/** The act that names the new key is signed with the old one: it is stated before the new one is kept. */
export async function replaceActKey(work: Work, by: By): Promise<string> {
  const { tx, house } = work;
  const party = await getHostedParty(tx.db, by.party);
  const key = generateSigningKey();
  const assurance = bySession(house, by.account, party.subject);
  await declare(work, { type: keyAdd, party, subject: party.subject, summary: { key: key.x }, assurance });
  await house.journal.keyring.store(tx, 'act', key, party.id);
  await tx.audit('key.added', { kid: key.kid });
  return key.kid;
}

/** From the log's end on. The caller has taken up what was saved: nothing signed with the old key waits for an entry beyond that. */
export async function revokeActKey(work: Work, by: By, kid: string): Promise<number> {
  const { tx, house } = work;
  const party = await getHostedParty(tx.db, by.party);
  const log = await findOwnLog(tx.db);
  const known = (await listActKeys(work, by.party)).find((key) => key.kid === kid);
  if (!log || !known) throw problem.notFound({ what: 'key' });
  if (known.revokedFrom !== null) throw problem.conflict({ what: 'key' });
  const { kid: current } = await house.journal.keyring.getActKey(tx.db, party.id);
  // It would revoke itself, and the party could state nothing more.
  if (kid === current) throw problem.conflict({ what: 'key in use' });
  const summary = { kid, fromIndex: log.size };
  const assurance = bySession(house, by.account, party.subject);
  await declare(work, { type: keyRevoke, party, subject: party.subject, summary, assurance });
  await tx.audit('key.revoked', summary);
  return log.size;
}
