/**
 * The keys with which persons of a party stand behind its acts: passkeys, and keys of their own. Each is stated in the party's log before it is used,
 * under a pseudonym, so that every other party can check an assertion against what stood there when the act took its place behind it.
 *
 * An enrolment counts in its own log only, from the entry after it to the entry that revokes it: all readers of that log agree.
 */
import { z } from 'zod';
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { Did } from '../ids.ts';
import { actType, parseSummary, type Admission, type ProtocolPart, type ReceivedAct } from './protocol.ts';
import { findParty } from './store.ts';

export type ProvingMethod = 'passkey' | 'person-key';

declare module '../db/schema.ts' {
  interface Tables {
    signing_keys: {
      party: Did;
      log_id: number;
      holder: string;
      method: ProvingMethod;
      key: string;
      valid_from: number;
      revoked_from: number | null;
    };
  }
}

// A pseudonym of a person in one party: cannot be linked to another party's, or to a signature, without the node's secret.
const holder = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
// Of a passkey, its COSE key (RFC 9052; the largest in use, ML-DSA-87, has 2.6 kB); of a person’s own key, the 32 bytes of Ed25519.
const key = z.string().regex(/^[A-Za-z0-9_-]{43,4000}$/);

export const signingKeyEnrol = actType({
  name: 'signing-key.enrol/1',
  sequenced: false,
  admission: 'open',
  restrictive: false,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ holder, method: z.enum(['passkey', 'person-key']), key }),
  body: z.strictObject({}),
});

/** From its own place in the log on: what was signed before stays signed. A revoked key is never enrolled again. */
export const signingKeyRevoke = actType({
  name: 'signing-key.revoke/1',
  sequenced: false,
  admission: 'open',
  restrictive: true,
  assurance: 'session',
  audience: 'public',
  summary: z.strictObject({ holder, key }),
  body: z.strictObject({}),
});

/** On the party's own subject, where its other keys stand as well. */
async function admitOnOwnSubject({ tx }: Work, { payload }: ReceivedAct): Promise<Admission> {
  const party = await findParty(tx.db, payload.party);
  return party?.subject === payload.subject ? 'admit' : { refuse: 'not-its-own-subject' };
}

async function enrol({ tx }: Work, { payload, logId, logIndex }: ReceivedAct): Promise<void> {
  const summary = parseSummary(signingKeyEnrol, payload);
  await tx.db
    .insertInto('signing_keys')
    .values({ ...summary, party: payload.party, log_id: logId, valid_from: logIndex, revoked_from: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function revoke({ tx }: Work, { payload, logId, logIndex }: ReceivedAct): Promise<void> {
  const summary = parseSummary(signingKeyRevoke, payload);
  await tx.db
    .updateTable('signing_keys')
    .set({ revoked_from: logIndex })
    .where('party', '=', payload.party)
    .where('log_id', '=', logId)
    .where('holder', '=', summary.holder)
    .where('key', '=', summary.key)
    .where('revoked_from', 'is', null)
    .execute();
}

export const signingKeys: ProtocolPart = {
  types: [signingKeyEnrol, signingKeyRevoke],
  receivers: {
    [signingKeyEnrol.name]: { admit: admitOnOwnSubject, accepted: enrol },
    [signingKeyRevoke.name]: { admit: admitOnOwnSubject, accepted: revoke },
  },
};

/** A place in a log: which keys count there. */
export interface Place {
  readonly party: Did;
  readonly logId: number;
  readonly logIndex: number;
}

export async function isEnrolledAt(
  reader: Reader,
  { party, logId, logIndex }: Place,
  method: ProvingMethod,
  wanted: string,
): Promise<boolean> {
  const rows = await reader
    .selectFrom('signing_keys')
    .select(['valid_from', 'revoked_from'])
    .where('party', '=', party)
    .where('log_id', '=', logId)
    .where('method', '=', method)
    .where('key', '=', wanted)
    .execute();
  return rows.some((row) => row.valid_from < logIndex && (row.revoked_from === null || logIndex < row.revoked_from));
}

/** Those of a party that count now, in the log it writes now. */
export async function listEnrolled(reader: Reader, party: Did, logId: number) {
  return reader
    .selectFrom('signing_keys')
    .select(['holder', 'method', 'key', 'valid_from as index', 'revoked_from as revokedFrom'])
    .where('party', '=', party)
    .where('log_id', '=', logId)
    .orderBy('valid_from')
    .execute();
}
