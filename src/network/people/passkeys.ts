/**
 * WebAuthn (Level 3). A passkey signs a person in, and it can stand behind one act: then the challenge is the act's id, so that what the
 * device signed is this act and no other. The relying party is the full public host, so that nodes on *.localhost stay apart.
 * User verification is required throughout, because a passkey is used here without a password beside it.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Caller } from '../../http/caller.ts';
import type { House, Reading, Work } from '../../house.ts';
import type { AccountId, ActId } from '../../ids.ts';
import { JsonError, parseJson } from '../../json.ts';
import { problem } from '../../problem.ts';
import { revokeEverywhere } from '../assurance/enrolments.ts';
import { beginSession, requireAccount, requirePassword, type NewSession } from './actions.ts';
import * as store from './store.ts';

const challengeMs = 5 * 60_000;
/** A password manager rarely has more than one for a site. */
const maximumPasskeys = 20;

const base64url = z
  .string()
  .max(8000)
  .regex(/^[A-Za-z0-9_-]+$/);

// The members of WebAuthn's JSON forms (5.1.8) that are used; what the library does not read is dropped.
const registrationSchema = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(30)).max(10).optional(),
  }),
});
const assertionSchema = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

/** A form's hidden field holds the browser's answer as JSON text. */
export const ceremonyText = z.string().min(1).max(20_000);

export async function startRegistration(work: Work & Caller): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const account = requireAccount(work);
  const existing = await store.listPasskeys(work.tx.db, account);
  if (existing.length >= maximumPasskeys) throw problem.conflict({ what: 'passkeys' });
  const { rpID } = relyingParty(work.house);
  const options = await generateRegistrationOptions({
    rpName: rpID,
    rpID,
    userID: new TextEncoder().encode(account),
    userName: work.viewer.account?.email ?? '',
    userDisplayName: work.viewer.account?.name ?? '',
    attestationType: 'none',
    excludeCredentials: existing.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await store.insertChallenge(work.tx, options.challenge, account, new Date(work.tx.now.getTime() + challengeMs));
  return options;
}

export async function finishRegistration(
  work: Work & Caller,
  given: { name: string; password: string; response: string },
): Promise<void> {
  const account = requireAccount(work);
  await requirePassword(work, given.password, 'password');
  const response = parseCeremony(registrationSchema, given.response);
  const { rpID, origin } = relyingParty(work.house);
  const { registrationInfo } = await orFail(() =>
    verifyRegistrationResponse({
      response: { ...response, clientExtensionResults: {} } as RegistrationResponseJSON,
      expectedChallenge: (challenge) => store.takeChallenge(work.tx, challenge, account),
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
    }),
  );
  if (!registrationInfo) throw problem.passkeyFailed({ reason: 'not verified' });
  const { credential } = registrationInfo;
  if (await store.findPasskey(work.tx.db, credential.id)) throw problem.conflict({ what: 'passkey' });
  await store.insertPasskey(work.tx, {
    id: credential.id,
    account_id: account,
    public_key: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: [...(response.response.transports ?? [])],
    name: given.name,
  });
  await work.tx.audit('passkey.added');
}

export async function removePasskey(work: Work & Caller, id: string): Promise<void> {
  const account = requireAccount(work);
  const passkey = await store.findPasskey(work.tx.db, id);
  if (!passkey || !(await store.deletePasskey(work.tx, account, id))) throw problem.notFound({ what: 'passkey' });
  await revokeEverywhere(work, account, passkey.public_key.toString('base64url'));
  await work.tx.audit('passkey.removed');
}

/** No account is named: the person's device knows which passkeys it has for this host, and nobody can ask who has one. */
export async function startPasskeySignIn({ house, tx }: Work): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await generateAuthenticationOptions({ rpID: relyingParty(house).rpID, userVerification: 'required' });
  await store.insertChallenge(tx, options.challenge, null, new Date(tx.now.getTime() + challengeMs));
  return options;
}

export async function finishPasskeySignIn(work: Work & Caller, text: string): Promise<NewSession> {
  const { account } = await verify(work, text, (challenge) => store.takeChallenge(work.tx, challenge, null));
  return beginSession(work, account);
}

/** What stands behind an act besides the party's signature: enough for anyone who knows the act to check it. */
export interface PasskeyAssertion {
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly key: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

/** The options for `navigator.credentials.get`: this person's passkeys are asked to sign this act's id. */
export async function startAssertion(
  { house, reader }: Reading,
  account: AccountId,
  { challenge }: { readonly challenge: ActId },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const passkeys = await store.listPasskeys(reader, account);
  if (passkeys.length === 0) throw problem.assuranceTooLow({ needs: 'passkey', has: 'session' });
  return generateAuthenticationOptions({
    rpID: relyingParty(house).rpID,
    // As bytes: given as text, the library would hash-encode the letters of the id instead of the 32 bytes they stand for.
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
    userVerification: 'required',
  });
}

/** Throws unless one of this person's own passkeys signed exactly this act's id. */
export async function finishAssertion(
  work: Work,
  account: AccountId,
  { challenge, response }: { readonly challenge: ActId; readonly response: string },
): Promise<PasskeyAssertion> {
  const verified = await verify(work, response, (given) => given === challenge);
  if (verified.account !== account) throw problem.passkeyFailed({ reason: 'somebody else’s' });
  return verified.assertion;
}

async function verify(
  work: Work,
  text: string,
  isExpected: (challenge: string) => boolean | Promise<boolean>,
): Promise<{ account: AccountId; assertion: PasskeyAssertion }> {
  const response = parseCeremony(assertionSchema, text);
  const passkey = await store.findPasskey(work.tx.db, response.id);
  if (!passkey) throw problem.passkeyFailed({ reason: 'unknown here' });
  const { rpID, origin } = relyingParty(work.house);
  const { verified, authenticationInfo } = await orFail(() =>
    verifyAuthenticationResponse({
      response: { ...response, clientExtensionResults: {} } as AuthenticationResponseJSON,
      expectedChallenge: isExpected,
      expectedOrigin: origin,
      expectedRPID: rpID,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(passkey.public_key),
        counter: passkey.counter,
        transports: passkey.transports,
      },
      requireUserVerification: true,
    }),
  );
  if (!verified) throw problem.passkeyFailed({ reason: 'not verified' });
  await store.usePasskey(work.tx, passkey.id, authenticationInfo.newCounter);
  const { authenticatorData, clientDataJSON, signature } = response.response;
  return {
    account: passkey.account_id,
    assertion: {
      credentialId: passkey.id,
      key: passkey.public_key.toString('base64url'),
      authenticatorData,
      clientDataJSON,
      signature,
    },
  };
}

function relyingParty({ config }: House): { readonly rpID: string; readonly origin: string } {
  const { hostname, origin } = new URL(config.publicUrl);
  return { rpID: hostname, origin };
}

function parseCeremony<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(parseJson(text, 20_000));
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.passkeyFailed({ reason: 'unreadable' }, error);
    throw error;
  }
}

/** The library says why in plain errors; a failure of the database underneath must stay one. */
async function orFail<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && !('code' in error)) throw problem.passkeyFailed({ reason: 'not verified' }, error);
    throw error;
  }
}
