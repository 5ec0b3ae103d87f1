import type { Work } from '../../../house.ts';
import { requireParty } from '../../../network/members/party.ts';
import type { ItemChange } from './activities.ts';
import { announceJob } from './queue.ts';

/** In the transaction that changes the item. */
export async function announceToFollowers(work: Work, item: string, change: ItemChange): Promise<void> {
  const party = requireParty(work);
  await work.house.jobs.enqueue(work.tx, announceJob, { party, item, change }, { key: `${item} ${change}` });
}
