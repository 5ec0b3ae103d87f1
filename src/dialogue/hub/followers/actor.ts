/** Who can be followed from Mastodon and its like: a network, and each community of it. ActivityPub (W3C, 2018), ActivityStreams 2.0. */
import { randomUUID, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Reader } from '../../../db/database.ts';
import { work, type House, type Reading } from '../../../house.ts';
import type { PartyFacts } from '../../../http/caller.ts';
import type { PartyId, SpaceId } from '../../../ids.ts';
import { networkPath } from '../../../network/members/section.tsx';
import { problem } from '../../../problem.ts';
import { spacePath } from '../../programme/answers.ts';
import type { Space } from '../../programme/spaces/space.ts';
import { findSpace, findSpaceBySlug } from '../../programme/spaces/store.ts';
import { inLanguage } from '../../texts.ts';
import type { Item } from '../items/item.ts';
import { findActorKeys, insertActorKeys, type ActorKeys } from './store.ts';

export interface Followed {
  /** Its identifier, and the address of its document. */
  readonly url: string;
  readonly type: 'Organization' | 'Group';
  /** Before the @. */
  readonly username: string;
  readonly name: string;
  readonly summary: string;
  readonly page: string;
  readonly space: SpaceId | undefined;
}

export function followedNetwork(party: PartyFacts, publicUrl: string): Followed {
  const path = networkPath(party.slug);
  return {
    url: `${publicUrl}${path}/actor`,
    type: 'Organization',
    username: party.slug,
    name: party.name,
    summary: '',
    page: `${publicUrl}${path}`,
    space: undefined,
  };
}

export function followedSpace(party: PartyFacts, space: Space, publicUrl: string): Followed {
  const path = spacePath(party.slug, space.slug);
  return {
    url: `${publicUrl}${path}/actor`,
    type: 'Group',
    username: `${party.slug}.${space.slug}`,
    name: inLanguage(space.title, space.language)?.text ?? space.slug,
    summary: inLanguage(space.overview, space.language)?.text ?? '',
    page: `${publicUrl}${path}`,
    space: space.id,
  };
}

/** The network when no slug is given. Only communities speak; a series of dialogues does through its network. */
export async function getFollowed(
  { reader, house }: Reading,
  party: PartyFacts,
  slug: string | undefined,
): Promise<Followed> {
  const { publicUrl } = house.config;
  if (slug === undefined) return followedNetwork(party, publicUrl);
  const space = await findSpaceBySlug(reader, slug);
  if (!space || space.kind !== 'community' || space.state === 'draft') throw problem.notFound({ what: 'space' });
  return followedSpace(party, space, publicUrl);
}

/** Who says an item: its community, else the network. */
export async function authorOf(
  reader: Reader,
  item: Pick<Item, 'space'>,
  party: PartyFacts,
  publicUrl: string,
): Promise<Followed> {
  const space = item.space && (await findSpace(reader, item.space));
  return space?.kind === 'community' && space.state !== 'draft'
    ? followedSpace(party, space, publicUrl)
    : followedNetwork(party, publicUrl);
}

const makeKeyPair = promisify(generateKeyPair);

/**
 * The key is made when somebody first asks, in a transaction of its own: whoever asks only reads. RSA with 2048 bits is what every server of the
 * fediverse verifies. Nothing but posts is signed with it; acts have keys of their own.
 */
export async function actorKeys(reading: Reading, party: PartyId, space: SpaceId | undefined): Promise<ActorKeys> {
  const known = await findActorKeys(reading.reader, space);
  if (known) return known;
  return makeActorKeys(reading.house, party, space);
}

async function makeActorKeys(house: House, party: PartyId, space: SpaceId | undefined): Promise<ActorKeys> {
  const { privateKey, publicKey } = await makeKeyPair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return work(house, { party }, { system: 'federation' }, async ({ tx }) => {
    await insertActorKeys(tx, party, { id: randomUUID(), space, privateKey, publicKey });
    const made = await findActorKeys(tx.db, space);
    if (!made) throw new TypeError('no key was made');
    return made;
  });
}

export const keyIdOf = ({ url }: Pick<Followed, 'url'>): string => `${url}#main-key`;

export function actorDocument(followed: Followed, { publicKey }: ActorKeys): object {
  const { url, type, username, name, summary, page } = followed;
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: url,
    type,
    preferredUsername: username,
    name,
    summary,
    url: page,
    inbox: `${url}/inbox`,
    outbox: `${url}/outbox`,
    followers: `${url}/followers`,
    manuallyApprovesFollowers: false,
    discoverable: true,
    publicKey: { id: keyIdOf(followed), owner: url, publicKeyPem: publicKey },
  };
}
