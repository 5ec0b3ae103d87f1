import { z } from 'zod';
import { work as doWork } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { forgetOpenRequests } from './store.ts';

const dayMs = 86_400_000;

/** Once a day. Running it twice forgets nothing more. */
export const forgetFloorRequests: Job = {
  name: 'floor.forget',
  data: z.object({}),
  schedule: '41 3 * * *',
  async run(house) {
    const parties = await house.database.read('node', (reader) =>
      reader.selectFrom('parties').select('id').where('is_hosted', '=', true).execute(),
    );
    for (const { id } of parties)
      await doWork(house, { party: id }, { system: 'jobs' }, async ({ tx }) => {
        const count = await forgetOpenRequests(tx, new Date(tx.now.getTime() - dayMs));
        if (count > 0) await tx.audit('floor.forget', { count });
      });
  },
};
