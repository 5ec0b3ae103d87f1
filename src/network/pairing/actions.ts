/**
 * Pairing two nodes: an invitation link, both people read each other's fingerprint, both confirm. Each confirmation is an act in its own
 * log and makes this node follow the other's; the pair is made when each log holds one about the other.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { bySession, declare } from '../../acts/declare.ts';
import { parseAct } from '../../acts/jws.ts';
import { pairingConfirm } from '../../acts/spine-types.ts';
import { actLimitBytes } from '../../acts/payload.ts';
import { findOwnLog, getHostedParty } from '../../acts/store.ts';
import type { House, Work } from '../../house.ts';
import type { AccountId, PartyId } from '../../ids.ts';
import { JsonError, parseJsonBytes } from '../../json.ts';
import { plainName } from '../../plain-name.ts';
import { problem, Problem } from '../../problem.ts';
import { parseAddress } from '../address.ts';
import { dial } from '../dial.ts';
import { knowLog, readOpening } from '../known-log.ts';
import { fingerprintOf } from './fingerprint.ts';
import * as store from './store.ts';

const invitationDays = 7;

const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** The link to send to the other node's administrator, over a channel both trust. Valid once, for a week. */
export async function invite(
  work: Work,
  by: { readonly account: AccountId },
): Promise<{ readonly token: string; readonly link: string }> {
  const { tx, house } = work;
  if (!(await findOwnLog(tx.db))) throw problem.notSetUp({});
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(tx.now.getTime() + invitationDays * 86_400_000);
  await store.insertInvitation(tx, { tokenHash: hashToken(token), madeBy: by.account, expiresAt });
  await tx.audit('pairing.invited');
  return { token, link: invitationLink(house.config.publicUrl, token) };
}

/** The token is behind the #, so that it reaches no server's log when somebody opens the link. */
export function invitationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/network/pair#${token}`;
}

export interface PeerIdentity {
  readonly url: string;
  readonly operator: string;
  readonly name: string;
  readonly opening: Uint8Array;
  readonly fingerprint: string;
}

const nodeSchema = z.object({ opening: z.base64url().max(2 * actLimitBytes), name: z.string().max(200) });

/** Reads who a node says it is. Nothing of it is trusted before a person has compared the fingerprint. */
export async function lookUpNode(url: string): Promise<PeerIdentity> {
  const address = parseAddress(url);
  const answer = await dial(`${address.url}/federation/node`, { limitBytes: 200_000 }).catch((error: unknown) => {
    throw problem.peerUnreachable({ peer: address.url }, error);
  });
  if (answer.status !== 200) throw problem.peerUnreachable({ peer: address.url });
  return identify(address.url, answer.body);
}

async function identify(url: string, body: Uint8Array): Promise<PeerIdentity> {
  try {
    const { opening, name } = nodeSchema.parse(parseJsonBytes(body, 200_000));
    const { bytes, operator, url: itsUrl } = readOpening(Buffer.from(opening, 'base64url'));
    if (itsUrl !== url) throw problem.peerAnswerInvalid({ peer: url, reason: 'entry 0 is not its own' });
    return { url, operator, name: plainName(name), opening: bytes, fingerprint: fingerprintOf(bytes) };
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.peerAnswerInvalid({ peer: url, reason: 'not a node' }, error);
    throw error;
  }
}

export function parseInvitation(link: string): { readonly url: string; readonly token: string } {
  let parsed: URL;
  try {
    parsed = new URL(link.trim());
  } catch (error) {
    throw problem.invitationInvalid({}, error);
  }
  const token = parsed.hash.slice(1);
  if (!/^[A-Za-z0-9_-]{32}$/.test(token)) throw problem.invitationInvalid({});
  return { url: parsed.origin, token };
}

/** The node at the other end of an invitation, as it was found at its address. */
export interface Invited {
  readonly peer: PeerIdentity;
  readonly token: string;
}

/** Outside of any transaction: the address in a link may answer slowly or never. */
export async function lookUpInvitation(house: House, link: string): Promise<Invited> {
  const { url, token } = parseInvitation(link);
  requireSameKind(house, url);
  return { peer: await lookUpNode(url), token };
}

/** The invited side takes a link: the other node waits for this person's comparison of fingerprints. */
export async function acceptInvitation(work: Work, { peer, token }: Invited): Promise<{ readonly id: string }> {
  const id = await store.savePairing(work.tx, { id: randomUUID(), ...peer, token, direction: 'invited' });
  await work.tx.audit('pairing.accepted', { pairing: id });
  return { id };
}

/** Not itself, and a node of the public network or of this machine like ours. */
export function requireSameKind(house: House, url: string): void {
  const [own, other] = [parseAddress(house.config.publicUrl), parseAddress(url)];
  if (own.url === other.url) throw problem.cannotPair({ reason: 'itself' });
  if (own.isLocal !== other.isLocal) throw problem.cannotPair({ reason: 'local-and-public' });
}

/**
 * Outside of any transaction: whoever took an invitation of ours is asked at the address it names, not believed from its request. Anyone may call;
 * only with an unused invitation is anybody dialled.
 */
export async function lookUpInvited(house: House, body: Uint8Array): Promise<Invited> {
  const { url, token } = parseRequest(body);
  requireSameKind(house, url);
  const isOpen = await house.database.read('node', (reader) =>
    store.isInvitationOpen(reader, hashToken(token), house.clock.now()),
  );
  if (!isOpen) throw problem.invitationInvalid({});
  return { peer: await lookUpNode(url), token };
}

/** The inviting side receives the other node's word that it took the link. */
export async function receiveRequest(work: Work, { peer, token }: Invited): Promise<void> {
  if (!(await store.useInvitation(work.tx, hashToken(token)))) throw problem.invitationInvalid({});
  const id = await store.savePairing(work.tx, { id: randomUUID(), ...peer, token: null, direction: 'inviting' });
  await work.tx.audit('pairing.requested', { pairing: id });
}

const requestSchema = z.strictObject({ url: z.url().max(300), token: z.string().regex(/^[A-Za-z0-9_-]{32}$/) });

function parseRequest(body: Uint8Array): z.infer<typeof requestSchema> {
  try {
    return requestSchema.parse(parseJsonBytes(body, 2_000));
  } catch (error) {
    if (error instanceof JsonError || error instanceof z.ZodError)
      throw problem.bodyUnreadable({ reason: 'pairing request' }, error);
    throw error;
  }
}

/**
 * This person has compared the fingerprint that stood on her page; another one may have been looked up since. Followed from now on; a pair once the
 * other side has confirmed as well.
 */
export async function confirmPairing(
  work: Work,
  { id, fingerprint }: { readonly id: string; readonly fingerprint: string },
  by: { readonly account: AccountId; readonly party: PartyId },
): Promise<void> {
  const { tx, house } = work;
  const party = await getHostedParty(tx.db, by.party);
  if (!party.is_operator) throw problem.notAllowed({ needs: 'operator' });
  const pairing = await store.lockPairing(tx, id);
  if (!pairing) throw problem.notFound({ what: 'pairing' });
  if (fingerprintOf(pairing.opening) !== fingerprint) throw problem.fingerprintDiffers({});
  if (pairing.confirmed_at) return;
  const opening = parseAct(pairing.opening);
  const logId = await knowLog(tx, readOpening(pairing.opening));
  await store.markConfirmed(tx, id, logId);
  await declare(work, {
    type: pairingConfirm,
    party,
    subject: party.subject,
    summary: { peer: opening.payload.party, opening: opening.id },
    assurance: bySession(house, by.account, party.subject),
  });
  await tx.audit('pairing.confirmed', { pairing: id });
  if (pairing.token !== null) {
    const request = JSON.stringify({ url: house.config.publicUrl, token: pairing.token });
    tx.onCommit(() => sendRequest(work, pairing.url, id, request));
  }
  tx.onCommit(() => house.rounds.wake(logId));
}

/** A crash or an unreachable peer here leaves the token in place: the next rounds try again. */
async function sendRequest({ house }: Pick<Work, 'house'>, url: string, id: string, request: string): Promise<void> {
  try {
    const answer = await dial(`${url}/federation/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: request,
    });
    // Gone: used already, by this very request before a crash, or run out. Either way this token opens nothing any more; a new link brings another.
    if (answer.status >= 300 && answer.status !== problem.invitationInvalid.status)
      throw problem.peerAnswerInvalid({ peer: url, reason: `status ${answer.status}` });
    await house.database.transact('node', { system: 'federation' }, (tx) => store.forgetToken(tx, id));
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof Error && error.name === 'PeerUnreachable')) throw error;
    house.log.warn('a pairing request was not taken', { pairing: id, reason: error.message });
  }
}

/** Confirmed here, and the other side has not taken it yet. */
export async function resendRequests(house: House): Promise<void> {
  const unsent = await house.database.read('node', store.listUnsentRequests);
  for (const { id, url, token } of unsent)
    await sendRequest({ house }, url, id, JSON.stringify({ url: house.config.publicUrl, token }));
}
