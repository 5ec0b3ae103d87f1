/**
 * A person's own proof behind an act. It is made over the act's id and travels beside the body, to those who take part in the act's subject. Whoever
 * states the act, the host before it numbers it, and every other party that takes part run the same check: the proof is by a key that stood in
 * the author's log, not revoked, at the place where the act stands.
 *
 *     passkey:     WebAuthn assertion (Level 3, 7.2). challenge = the act's id; user verified; origin and relying party are those of the author's node
 *     person-key:  Ed25519 over "reciproca person signature v1" LF id LF
 */
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Reader } from '../db/database.ts';
import type { Work } from '../house.ts';
import type { ActId } from '../ids.ts';
import { JsonError, parseJsonBytes } from '../json.ts';
import { isPersonSignature } from './person-signature.ts';
import type { Payload } from './payload.ts';
import type { Admission, ReceivedAct } from './protocol.ts';
import { isEnrolledAt } from './signing-keys.ts';
import * as store from './store.ts';

export const assertionLimitBytes = 20_000;

const base64url = z
  .string()
  .max(8_000)
  .regex(/^[A-Za-z0-9_-]+$/);

const assertionSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('passkey'),
    credentialId: base64url,
    /** COSE key. */
    key: base64url,
    authenticatorData: base64url,
    clientDataJSON: base64url,
    signature: base64url,
  }),
  z.object({ method: z.literal('person-key'), key: base64url, signature: base64url }),
]);
export type Assertion = z.infer<typeof assertionSchema>;

export function formatAssertion(assertion: Assertion): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(assertion));
}

function parseAssertion(bytes: Uint8Array): Assertion | undefined {
  try {
    return assertionSchema.safeParse(parseJsonBytes(bytes, assertionLimitBytes)).data;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** Does this act say that more than a session stands behind it? */
export function claimsProof({ assurance }: Payload): boolean {
  return assurance.method === 'passkey' || assurance.method === 'person-key';
}

export type AssertionFault = 'assertion-invalid' | 'signer-not-enrolled';

/** Undefined when a person of the act's author stands behind it as its payload says. */
export async function findAssertionFault(
  reader: Reader,
  { id, payload, logId, logIndex }: ReceivedAct,
  bytes: Uint8Array,
): Promise<AssertionFault | undefined> {
  const assertion = parseAssertion(bytes);
  const log = await store.findLog(reader, logId);
  if (!log || assertion?.method !== payload.assurance.method) return 'assertion-invalid';
  const place = { party: payload.party, logId, logIndex };
  if (!(await isEnrolledAt(reader, place, assertion.method, assertion.key))) return 'signer-not-enrolled';
  const isMade =
    assertion.method === 'passkey'
      ? await isPasskeyAssertion(id, assertion, new URL(log.url))
      : isPersonSignature(id, assertion.key, assertion.signature);
  return isMade ? undefined : 'assertion-invalid';
}

async function isPasskeyAssertion(
  act: ActId,
  { credentialId, key, authenticatorData, clientDataJSON, signature }: Extract<Assertion, { method: 'passkey' }>,
  { origin, hostname }: URL,
): Promise<boolean> {
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response: { authenticatorData, clientDataJSON, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: act,
      expectedOrigin: origin,
      expectedRPID: hostname,
      // How often the device was used is between it and its node.
      credential: { id: credentialId, publicKey: new Uint8Array(Buffer.from(key, 'base64url')), counter: 0 },
      requireUserVerification: true,
    });
    return verified;
  } catch (error) {
    // The library throws plain errors for whatever does not fit, and whatever its parsers meet in foreign bytes.
    if (error instanceof Error && !('code' in error)) return false;
    throw error;
  }
}

/**
 * Parties that take part in the subject wait for the proof, and refuse an act whose proof does not hold. Others are not given it: they
 * follow what those who take part let pass.
 */
export async function admitByAssertion(work: Work, act: ReceivedAct): Promise<Admission> {
  if (!claimsProof(act.payload) || !(await isOursToCheck(work, act.payload))) return 'admit';
  const assertion = await findAssertion(work.tx.db, act.id);
  if (assertion) {
    const fault = await findAssertionFault(work.tx.db, act, assertion);
    return fault === undefined ? 'admit' : { refuse: fault };
  }
  await work.tx.db
    .insertInto('wanted_bodies')
    .values({ act: act.id, log_id: act.logId, state: 'wanted' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { hold: 'assertion-missing' };
}

async function isOursToCheck({ tx, house }: Work, { subject }: Payload): Promise<boolean> {
  const row = await store.findSubject(tx.db, subject);
  const procedure = row && house.journal.protocol.findProcedure(row.kind);
  if (row?.state == null || !procedure) return false;
  return (await store.listHostedAmong(tx.db, procedure.participants(row.state))).length > 0;
}

export async function findAssertion(reader: Reader, act: ActId): Promise<Buffer | undefined> {
  const row = await reader.selectFrom('act_assertions').select('assertion').where('act', '=', act).executeTakeFirst();
  return row?.assertion;
}

export async function keepAssertion({ tx }: Work, act: ActId, assertion: Uint8Array): Promise<void> {
  await tx.db
    .insertInto('act_assertions')
    .values({ act, assertion: Buffer.from(assertion) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
