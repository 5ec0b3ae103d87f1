import { z } from 'zod';
import { work as doWork } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { moveOverdue } from './actions.ts';

/** Once an hour. Running it twice moves nothing twice: what has moved is due anew. */
export const moveComplaintsOn: Job = {
  name: 'complaints.move-on',
  data: z.object({}),
  schedule: '17 * * * *',
  async run(house) {
    const parties = await house.database.read('node', (reader) =>
      reader.selectFrom('parties').select('id').where('is_hosted', '=', true).execute(),
    );
    for (const { id } of parties) await doWork(house, { party: id }, { system: 'jobs' }, moveOverdue);
  },
};
