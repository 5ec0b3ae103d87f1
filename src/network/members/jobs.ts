/** What nobody may keep: keys whose time is over, and what was typed about people who never said that it was they. */
import { z } from 'zod';
import { work as doWork, type Work } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { addDays, plainDateAt } from '../../period.ts';
import { forgetExpiredKeys } from './mail-keys.ts';
import { forgetUnconfirmed } from './store.ts';

const unconfirmedDays = 30;

/** Once a day. Running it twice forgets nothing more. */
export const forgetJob: Job = {
  name: 'members.forget',
  data: z.object({}),
  schedule: '23 3 * * *',
  async run(house) {
    const parties = await house.database.read('node', (reader) =>
      reader.selectFrom('parties').select('id').where('is_hosted', '=', true).execute(),
    );
    for (const { id } of parties) await doWork(house, { party: id }, { system: 'jobs' }, forget);
  },
};

async function forget({ tx }: Work): Promise<void> {
  await forgetExpiredKeys(tx);
  const count = await forgetUnconfirmed(tx, addDays(plainDateAt(tx.now, 'UTC'), -unconfirmedDays));
  if (count > 0) await tx.audit('members.forget-unconfirmed', { count });
}
