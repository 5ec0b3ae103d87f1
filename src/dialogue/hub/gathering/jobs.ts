import { z } from 'zod';
import { work } from '../../../house.ts';
import type { PartyId } from '../../../ids.ts';
import type { Job } from '../../../jobs.ts';
import { listHosted } from '../hosted.ts';
import { gatherFeed } from './gather.ts';
import { listDueFeeds } from './store.ts';

export const gatherFeedJob: Job<{ party: string; feed: string }> = {
  name: 'hub.gather-feed',
  data: z.object({ party: z.uuid(), feed: z.uuid() }),
  run: (house, { party, feed }) => gatherFeed(house, party as PartyId, feed),
};

/** Of one network in one round; those left come in the next. */
const feedsInRound = 200;

const gather: Job = {
  name: 'hub.gather',
  data: z.object({}),
  schedule: '*/10 * * * *',
  async run(house) {
    const parties = await house.database.read('node', listHosted);
    for (const { id: party } of parties)
      await work(house, { party }, { system: 'jobs' }, async ({ tx }) => {
        for (const feed of await listDueFeeds(tx.db, tx.now, feedsInRound))
          await house.jobs.enqueue(tx, gatherFeedJob, { party, feed }, { key: feed });
      });
  },
};

export const gatheringJobs: readonly Job[] = [gather, gatherFeedJob];
