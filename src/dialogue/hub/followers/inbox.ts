/**
 * What comes in from servers that nobody here knows: somebody follows, follows no more, or is gone. Nothing else is taken. A request is only looked at
 * when it comes; its signature, for which its server must be asked, is checked by a job.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { work, type House, type Work } from '../../../house.ts';
import type { PartyFacts } from '../../../http/caller.ts';
import type { ReceivedRequest } from '../../../http/endpoint.ts';
import type { PartyId } from '../../../ids.ts';
import { problem } from '../../../problem.ts';
import { getHosted } from '../hosted.ts';
import { OutsideError } from '../gathering/outside.ts';
import { acceptanceOf } from './activities.ts';
import { actorKeys, getFollowed } from './actor.ts';
import { deliverJob, inboxJob, type InboxData } from './queue.ts';
import { fetchDocument, findSigner } from './signing.ts';
import { findActorKeys, forgetFollower, isFollower, keepFollower } from './store.ts';

const address = z.url({ protocol: /^https?$/ }).max(1000);
/** Either the identifier or the whole. */
const reference = z.union([address, z.looseObject({ id: address }).transform(({ id }) => id)]);

const activitySchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Follow'), id: address, actor: reference, object: reference }),
  z.looseObject({
    type: z.literal('Undo'),
    id: address,
    actor: reference,
    object: z.looseObject({ type: z.literal('Follow'), object: reference }),
  }),
  z.looseObject({ type: z.literal('Delete'), id: address, actor: reference, object: reference }),
]);
type Activity = z.output<typeof activitySchema>;

const hourMs = 3_600_000;

/** Says nothing of what became of it: 202. */
export async function takeIn(
  { house, tx }: Work,
  party: PartyFacts,
  space: string | undefined,
  { url, headers, bytes }: Pick<ReceivedRequest<unknown>, 'url' | 'headers' | 'bytes'>,
): Promise<void> {
  const body = Buffer.from(bytes).toString('utf8');
  const activity = parse(body);
  if (!activity) return;
  requireFresh(headers, bytes, house.clock.now());
  // Servers tell everybody of everything; what is not about a follower of ours is none of our business.
  if (activity.type !== 'Follow' && !(await isFollower(tx.db, activity.actor))) return;
  const kept = Object.fromEntries(
    ['host', 'date', 'digest', 'content-digest', 'content-type', 'signature', 'signature-input'].flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
  );
  const key = createHash('sha256').update(activity.id).digest('base64url');
  await house.jobs.enqueue(tx, inboxJob, { party: party.id, space, url, headers: kept, body }, { key });
}

function parse(body: string): Activity | undefined {
  try {
    const parsed = activitySchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    throw problem.bodyUnreadable({ reason: 'not JSON' }, error);
  }
}

function requireFresh(headers: Headers, bytes: Uint8Array, now: Date): void {
  const fault = (name: string) => problem.notAKnownNode({ fault: name });
  if (!headers.has('signature')) throw fault('no-signature');
  const sentMs = new Date(headers.get('date') ?? '').getTime();
  if (headers.has('signature-input') ? false : !(Math.abs(now.getTime() - sentMs) <= hourMs)) throw fault('date');
  const digest = headers.get('digest');
  if (digest !== null && digest !== `SHA-256=${createHash('sha256').update(bytes).digest('base64')}`)
    throw fault('digest');
}

const actorSchema = z.looseObject({
  id: address,
  inbox: address,
  endpoints: z.looseObject({ sharedInbox: address.optional() }).optional(),
});

/** What its own server cannot confirm has not happened. */
export async function carryOut(house: House, { party: id, space, ...request }: InboxData): Promise<void> {
  const party = id as PartyId;
  const activity = parse(request.body);
  if (!activity) return;
  const ownUrl = house.config.publicUrl;
  try {
    if (activity.type === 'Delete') {
      if (await isGone(activity.actor, ownUrl)) await forget(house, party, activity.actor);
      return;
    }
    if ((await findSigner(request, ownUrl)) !== activity.actor) return;
    if (activity.type === 'Undo') return await forget(house, party, activity.actor, space);
    const follower = actorSchema.parse((await fetchDocument(activity.actor, ownUrl)).document);
    const { origin } = new URL(activity.actor);
    const shared = follower.endpoints?.sharedInbox;
    // Otherwise anybody could have what we send delivered to somebody else.
    if (
      follower.id !== activity.actor ||
      [follower.inbox, shared ?? origin].some((url) => new URL(url).origin !== origin)
    )
      return;
    await accept(house, party, space, activity, follower.inbox, shared ?? follower.inbox);
  } catch (error) {
    if (error instanceof OutsideError || error instanceof z.ZodError) {
      house.log.info('an activity was not taken', { party, type: activity.type, error });
      return;
    }
    throw error;
  }
}

async function isGone(actor: string, ownUrl: string): Promise<boolean> {
  try {
    await fetchDocument(actor, ownUrl);
    return false;
  } catch (error) {
    if (error instanceof OutsideError) return error.code === 'gone';
    throw error;
  }
}

async function forget(house: House, party: PartyId, follower: string, space?: string): Promise<void> {
  await work(house, { party }, { system: 'federation' }, async ({ tx }) => {
    const facts = await getHosted(tx.db, party);
    const followed = await getFollowed({ house, reader: tx.db }, facts, space);
    await forgetFollower(tx, follower, (await findActorKeys(tx.db, followed.space))?.id);
  });
}

async function accept(
  house: House,
  party: PartyId,
  space: string | undefined,
  follow: { readonly id: string; readonly actor: string; readonly object: unknown },
  inbox: string,
  sharedInbox: string,
): Promise<void> {
  await work(house, { party }, { system: 'federation' }, async ({ tx }) => {
    const reading = { house, reader: tx.db };
    const facts = await getHosted(tx.db, party);
    const followed = await getFollowed(reading, facts, space);
    if (follow.object !== followed.url) return;
    const { id: actor } = await actorKeys(reading, party, followed.space);
    await keepFollower(tx, party, actor, follow.actor, sharedInbox);
    const activity = JSON.stringify(acceptanceOf(follow, followed));
    await house.jobs.enqueue(tx, deliverJob, { party, actor, inbox, attempt: 0, activity });
    await tx.audit('hub.follow', { actor });
  });
}
