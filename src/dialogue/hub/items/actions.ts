/** News, events and resources: told by the secretariat, proposed by members, published by other slices about things of theirs. */
import { randomUUID } from 'node:crypto';
import type { Reader } from '../../../db/database.ts';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { findMember, isSecretariat, requireMember, requireSecretariat } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { isLeftOut } from '../../programme/when.ts';
import { announceToFollowers } from '../followers/announcing.ts';
import { isPublished, type Item, type ItemState, type ItemValues } from './item.ts';
import * as store from './store.ts';

/** The secretariat's stands at once; a member's waits for the secretariat. */
export async function tell(work: Work & Caller, values: ItemValues): Promise<string> {
  requirePossibleTime(values);
  const id = randomUUID();
  const party = requireParty(work);
  if (isSecretariat(work)) {
    const by = requireSecretariat(work);
    await store.insertItem(work.tx, values, { id, party, state: 'published', publishedAt: work.tx.now, decidedBy: by });
    await announceToFollowers(work, id, 'create');
  } else {
    const member = await requireMember(work);
    await store.insertItem(work.tx, values, {
      id,
      party,
      state: 'proposed',
      member: member.id,
      publishedAt: undefined,
    });
  }
  await work.tx.audit('hub.tell', { item: id, kind: values.kind });
  return id;
}

/**
 * For other slices: a paper that was adopted, a statement that was closed. `source` is the thing; told again, its item changes and keeps its address.
 * Whoever calls has decided who may.
 */
export async function publishItem(
  work: Work,
  values: ItemValues,
  source: { readonly kind: string; readonly id: string },
): Promise<string> {
  const id = await store.upsertOfSource(work.tx, values, {
    id: randomUUID(),
    party: requireParty(work),
    state: 'published',
    publishedAt: work.tx.now,
    source,
  });
  const item = await store.findItem(work.tx.db, id);
  await announceToFollowers(work, id, item?.revision === 1 ? 'create' : 'update');
  await work.tx.audit('hub.publish', { item: id, source: source.kind });
  return id;
}

/** By the secretariat; by the member who proposed it, while it waits. What was gathered is not ours to rewrite. */
export async function editItem(work: Work & Caller, id: string, base: number, values: ItemValues): Promise<void> {
  const item = await getItem(work, id);
  if (!(await mayEdit(work.tx.db, work, item))) throw refusal(work);
  if (item.origin) throw problem.stepNotAllowed({ step: 'edit', status: 'gathered' });
  requirePossibleTime(values);
  if (!(await store.updateItem(work.tx, id, base, values)))
    throw problem.textHasMovedOn({ version: String(item.revision) });
  if (item.state === 'published') await announceToFollowers(work, id, 'update');
  await work.tx.audit('hub.edit', { item: id });
}

export const decisions = ['publish', 'decline', 'withdraw'] as const;
export type Decision = (typeof decisions)[number];

/** What may follow what. A withdrawn item can stand again, under the day on which it was first published. */
const allowed: Readonly<Record<Decision, { readonly from: readonly ItemState[]; readonly to: ItemState }>> = {
  publish: { from: ['proposed', 'declined', 'withdrawn'], to: 'published' },
  decline: { from: ['proposed'], to: 'declined' },
  withdraw: { from: ['published'], to: 'withdrawn' },
};

export const decisionsFor = (state: ItemState): readonly Decision[] =>
  decisions.filter((decision) => allowed[decision].from.includes(state));

export async function decideItem(work: Work & Caller, id: string, base: number, decision: Decision): Promise<void> {
  const by = requireSecretariat(work);
  const item = await getItem(work, id);
  const { from, to } = allowed[decision];
  if (!from.includes(item.state)) throw problem.stepNotAllowed({ step: decision, status: item.state });
  const publishedAt = to === 'declined' ? undefined : (item.publishedAt ?? work.tx.now);
  if (!(await store.setItemState(work.tx, id, base, to, { publishedAt, by })))
    throw problem.textHasMovedOn({ version: String(item.revision) });
  await work.tx.audit('hub.decide', { item: id, decision });
  if (to !== 'declined') await announceToFollowers(work, id, to === 'published' ? 'create' : 'delete');
}

export async function mayEdit(reader: Reader, caller: Caller, item: Item): Promise<boolean> {
  if (isSecretariat(caller)) return true;
  if (item.state !== 'proposed' || item.member === undefined) return false;
  return (await findMember(reader, caller))?.id === item.member;
}

async function getItem(work: Work & Caller, id: string): Promise<Item> {
  const item = await store.findItem(work.tx.db, id);
  if (!item) throw problem.notFound({ what: 'item' });
  if (!isPublished(item) && !(await mayEdit(work.tx.db, work, item))) throw problem.notFound({ what: 'item' });
  return item;
}

const refusal = ({ viewer }: Caller) =>
  viewer.account ? problem.notAllowed({ needs: 'secretariat' }) : problem.notSignedIn({});

function requirePossibleTime({ time }: ItemValues): void {
  if (time && isLeftOut(time))
    throw problem.inputInvalid({
      fields: [{ path: 'localStart', code: 'programme.time-left-out', message: time.localStart }],
    });
}
