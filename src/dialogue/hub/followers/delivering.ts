/** To followers' servers: each activity signed and sent until the server has it, over three days; a server that says nobody is there is forgotten. */
import { work, type House } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import { getHosted } from '../hosted.ts';
import { askOutside, OutsideError } from '../gathering/outside.ts';
import { isPublished } from '../items/item.ts';
import { findItem } from '../items/store.ts';
import { activityOf, deletionOf, passingOn } from './activities.ts';
import { authorOf, followedNetwork, keyIdOf } from './actor.ts';
import { deliverJob, type AnnounceData, type DeliverData } from './queue.ts';
import { activityType, signedHeaders } from './signing.ts';
import { findActorKeys, findActorKeysById, forgetInbox, listInboxes } from './store.ts';

export async function announce(house: House, { party: id, item: itemId, change }: AnnounceData): Promise<void> {
  const party = id as PartyId;
  const { publicUrl } = house.config;
  await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    const facts = await getHosted(tx.db, party);
    const item = await findItem(tx.db, itemId);
    // What was gathered is its own publisher's to tell. What was changed and then withdrawn is only withdrawn.
    if (!item || item.origin || (change !== 'delete' && !isPublished(item))) return;
    const author = await authorOf(tx.db, item, facts, publicUrl);
    const network = followedNetwork(facts, publicUrl);
    const own =
      change !== 'delete' && isPublished(item)
        ? activityOf(change, item, author, facts.slug, publicUrl)
        : deletionOf(itemId, author, facts.slug, publicUrl);
    const passedOn =
      change === 'create' && isPublished(item) ? passingOn(item, network, facts.slug, publicUrl) : undefined;
    const keys = await findActorKeys(tx.db, author.space);
    const send = async (activity: object, actor: string, inboxes: readonly string[]): Promise<void> => {
      for (const inbox of inboxes)
        await house.jobs.enqueue(tx, deliverJob, {
          party,
          actor,
          inbox,
          attempt: 0,
          activity: JSON.stringify(activity),
        });
    };
    if (keys) await send(own, keys.id, await listInboxes(tx.db, keys.id));
    if (author.space === undefined) return;
    // Those who follow the network got it passed on; what changes in it is told by whoever said it.
    const ofNetwork = await findActorKeys(tx.db, undefined);
    if (!ofNetwork) return;
    const inboxes = await listInboxes(tx.db, ofNetwork.id);
    if (passedOn) await send(passedOn, ofNetwork.id, inboxes);
    else if (keys) await send(own, keys.id, inboxes);
  });
}

/** Minutes until the next attempt. */
const retryMinutes = [1, 10, 60, 360, 1440, 2880] as const;

export async function deliver(house: House, data: DeliverData): Promise<void> {
  const party = data.party as PartyId;
  const keys = await house.database.read({ party }, (reader) => findActorKeysById(reader, data.actor));
  if (!keys) return;
  const outcome = await send(house, data, keys.privateKey);
  if (outcome === 'done') return;
  await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
    const minutes = retryMinutes[data.attempt];
    if (outcome === 'gone') await forgetInbox(tx, data.actor, data.inbox);
    else if (outcome === 'later' && minutes !== undefined)
      await house.jobs.enqueue(
        tx,
        deliverJob,
        { ...data, attempt: data.attempt + 1 },
        { after: new Date(tx.now.getTime() + minutes * 60_000) },
      );
    else house.log.info('a follower’s server did not take an activity', { party, outcome });
  });
}

async function send(
  house: House,
  { inbox, activity }: DeliverData,
  privateKey: string,
): Promise<'done' | 'gone' | 'later' | 'refused'> {
  const { actor } = JSON.parse(activity) as { actor: string };
  const id = keyIdOf({ url: actor });
  const headers = await signedHeaders({ url: inbox, body: activity, date: house.clock.now() }, { id, privateKey });
  try {
    const { status } = await askOutside(inbox, house.config.publicUrl, {
      method: 'POST',
      body: activity,
      headers: { ...headers, accept: activityType },
      limitBytes: 100_000,
    });
    if (status >= 200 && status < 300) return 'done';
    if (status === 404 || status === 410) return 'gone';
    return status >= 500 || status === 429 || status === 408 ? 'later' : 'refused';
  } catch (error) {
    if (error instanceof OutsideError)
      return ['unreachable', 'too-slow', 'too-large'].includes(error.code) ? 'later' : 'refused';
    throw error;
  }
}
