/** Opening a node's log, and opening parties of their own on it. */
import { KEY_TYPES, formatVkey, makeSigningKey, publicPart } from '@reciproca/tlog/key';
import { byNode, declare } from '../acts/declare.ts';
import { generateSigningKey, seedOf, type SigningKey } from '../acts/keys.ts';
import { generateRecoveryKey, type RecoveryKey } from '../acts/recovery-key.ts';
import { recoveryHashOf } from '../acts/signer.ts';
import { nodeOpen, partyOpen, type PartyKind } from '../acts/spine-types.ts';
import { findOwnLog } from '../acts/store.ts';
import type { Work } from '../house.ts';
import { newPartyId, newSubjectId, type Did, type PartyId, type SubjectId } from '../ids.ts';
import { problem } from '../problem.ts';
import { didOfHostedParty, parseAddress } from './address.ts';

export interface PartyProfile {
  readonly name: string;
  readonly kind: PartyKind;
  /** ISO 3166-1 alpha-2; null for who belongs to no one country. */
  readonly country: string | null;
  readonly languages: readonly string[];
  /** The one a person has already been shown; else a new one. */
  readonly recoveryKey?: RecoveryKey;
}

export interface OpenedParty {
  readonly id: PartyId;
  readonly did: Did;
  readonly subject: SubjectId;
  /** To be shown once and kept off this machine. */
  readonly recoveryKey: RecoveryKey;
}

/** Entry 0. The public address is part of it: DID, log origin and passkeys hang on it from now on. */
export async function setUpNode(work: Work, profile: PartyProfile): Promise<OpenedParty> {
  const { tx, house } = work;
  if (await findOwnLog(tx.db)) throw problem.alreadySetUp({});
  const address = parseAddress(house.config.publicUrl);
  const keys = {
    act: generateSigningKey(),
    log: generateSigningKey(),
    cosign: generateSigningKey(),
    transport: generateSigningKey(),
  };
  const log = noteVkey(address.logOrigin, KEY_TYPES.note, keys.log);
  const cosigner = noteVkey(address.keeperName, KEY_TYPES.cosignature, keys.cosign);
  const { id: logId } = await tx.db
    .insertInto('logs')
    .values({
      origin: address.logOrigin,
      url: address.url,
      operator: address.did,
      vkey: log,
      cosigner_vkey: cosigner,
      transport_key: keys.transport.x,
      is_own: true,
      checkpoint: null,
      closed_reason: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const party = await insertParty(work, profile, { did: address.did, slug: 'operator', logId, isOperator: true });
  const { keyring } = house.journal;
  await keyring.store(tx, 'act', keys.act, party.id);
  for (const purpose of ['log', 'cosign', 'transport'] as const) await keyring.store(tx, purpose, keys[purpose], null);
  await declare(work, {
    type: nodeOpen,
    party,
    subject: party.subject,
    summary: {
      key: keys.act.x,
      recovery: recoveryHashOf(party.recoveryKey.x),
      origin: address.logOrigin,
      url: address.url,
      log,
      cosigner,
      transport: keys.transport.x,
      kind: profile.kind,
      country: profile.country,
    },
    body: { name: profile.name, languages: [...profile.languages] },
    assurance: byNode,
  });
  await tx.audit('node.opened', { party: party.id });
  return party;
}

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/;

/** A party hosted on this node, with a key, a recovery key and rows of its own. */
export async function openHostedParty(
  work: Work,
  profile: PartyProfile & { readonly slug: string },
): Promise<OpenedParty> {
  const { tx, house } = work;
  const log = await findOwnLog(tx.db);
  if (!log) throw problem.notSetUp({});
  const { slug } = profile;
  if (!slugPattern.test(slug) || slug === 'operator')
    throw problem.inputInvalid({
      fields: [{ path: 'slug', code: 'slug', message: 'small letters, digits and hyphens' }],
    });
  const did = didOfHostedParty(parseAddress(house.config.publicUrl).did, slug);
  const party = await insertParty(work, profile, { did, slug, logId: log.id, isOperator: false });
  const key = generateSigningKey();
  await house.journal.keyring.store(tx, 'act', key, party.id);
  await declare(work, {
    type: partyOpen,
    party,
    subject: party.subject,
    summary: {
      key: key.x,
      recovery: recoveryHashOf(party.recoveryKey.x),
      kind: profile.kind,
      country: profile.country,
    },
    body: { name: profile.name, languages: [...profile.languages] },
    assurance: byNode,
  });
  await tx.audit('party.opened', { party: party.id });
  return party;
}

async function insertParty(
  { tx }: Work,
  profile: PartyProfile,
  place: { readonly did: Did; readonly slug: string; readonly logId: number; readonly isOperator: boolean },
): Promise<OpenedParty> {
  const party = {
    id: newPartyId(),
    did: place.did,
    subject: newSubjectId(place.did),
    recoveryKey: profile.recoveryKey ?? generateRecoveryKey(),
  };
  await tx.db
    .insertInto('parties')
    .values({
      id: party.id,
      did: party.did,
      slug: place.slug,
      is_hosted: true,
      is_operator: place.isOperator,
      kind: profile.kind,
      name: profile.name,
      country: profile.country,
      languages: [...profile.languages],
      log_id: place.logId,
      subject: party.subject,
      recovery_hash: recoveryHashOf(party.recoveryKey.x),
    })
    .execute();
  return party;
}

function noteVkey(name: string, type: (typeof KEY_TYPES)[keyof typeof KEY_TYPES], key: SigningKey): string {
  return formatVkey(publicPart(makeSigningKey(name, type, seedOf(key))));
}
