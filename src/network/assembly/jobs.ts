import { z } from 'zod';
import { work as doWork, type Work } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { listHostedParties } from '../../dialogue/audience.ts';
import { closeSilence } from './admission/actions.ts';
import { listSilenceOver } from './admission/store.ts';
import { closeElection } from './elections/actions.ts';
import { listOver } from './elections/store.ts';

/** Every minute: silences and elections that are over. Twice is once. */
export const sweepAssembly: Job = {
  name: 'assembly.sweep',
  data: z.object({}),
  schedule: '* * * * *',
  async run(house) {
    for (const party of await listHostedParties(house)) {
      const now = house.clock.now();
      const act = (run: (work: Work) => Promise<void>) => doWork(house, { party }, { system: 'jobs' }, run);
      const [silences, elections] = await house.database.read({ party }, async (reader) => [
        await listSilenceOver(reader, now),
        await listOver(reader, now),
      ]);
      for (const id of silences) await act((work) => closeSilence(work, id));
      for (const id of elections) await act((work) => closeElection(work, id));
    }
  },
};
