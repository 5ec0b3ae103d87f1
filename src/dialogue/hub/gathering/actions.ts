/** Which feeds of members a network gathers: decided by its secretariat, feed by feed. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../http/caller.ts';
import type { Work } from '../../../house.ts';
import { requireSecretariat } from '../../../network/members/member.ts';
import { requireParty } from '../../../network/members/party.ts';
import { problem } from '../../../problem.ts';
import { gatherFeedJob } from './jobs.ts';
import { endFeed, findFeed, keepFeed, listFeeds, makeDue, type FeedValues } from './store.ts';

const feedsLimit = 500;

export async function addFeed(work: Work & Caller, values: FeedValues): Promise<string> {
  const by = requireSecretariat(work);
  const party = requireParty(work);
  const { host } = new URL(values.address);
  if (host === new URL(work.house.config.publicUrl).host)
    throw problem.inputInvalid({ fields: [{ path: 'address', code: 'hub.failure-to-itself', message: host }] });
  if ((await listFeeds(work.tx.db)).length >= feedsLimit)
    throw problem.inputInvalid({ fields: [{ path: 'address', code: 'too-many', message: '' }] });
  const feed = await keepFeed(work.tx, party, randomUUID(), values, by);
  await work.house.jobs.enqueue(work.tx, gatherFeedJob, { party, feed }, { key: feed });
  await work.tx.audit('hub.add-feed', { feed });
  return feed;
}

/** What it brought stays; nothing more comes. */
export async function giveUpFeed(work: Work & Caller, id: string): Promise<void> {
  requireSecretariat(work);
  if (!(await findFeed(work.tx.db, id))) throw problem.notFound({ what: 'feed' });
  await endFeed(work.tx, id);
  await work.tx.audit('hub.give-up-feed', { feed: id });
}

export async function readFeedNow(work: Work & Caller, id: string): Promise<void> {
  requireSecretariat(work);
  if (!(await findFeed(work.tx.db, id))) throw problem.notFound({ what: 'feed' });
  await makeDue(work.tx, id);
  await work.house.jobs.enqueue(work.tx, gatherFeedJob, { party: requireParty(work), feed: id }, { key: id });
}
