import type { z } from 'zod';
import { work as doWork } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { askForMail } from '../../network/members/outgoing.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { listPeopleAfter } from '../audience.ts';
import { closeSigningJob, sendRoundJob } from './jobs.ts';
import { closeStatementNow } from './publication.ts';
import { findPaper } from './store.ts';

/** The deadline of a joint statement. Too early, it waits; twice, it does nothing the second time. */
const closeSigning: Job<z.output<typeof closeSigningJob.data>> = {
  ...closeSigningJob,
  async run(house, { party, paper }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const found = await findPaper(work.tx.db, paper);
      const space = found && (await findSpace(work.tx.db, found.space));
      if (!space) return;
      const again = await closeStatementNow(work, paper, space);
      if (again) await house.jobs.enqueue(work.tx, closeSigningJob, { party, paper }, { key: paper, after: again });
    });
  },
};

const batch = 200;

/** So many members, then the next job: a community of thousands is no single transaction. */
const sendRound: Job<z.output<typeof sendRoundJob.data>> = {
  ...sendRoundJob,
  async run(house, { party, paper: id, after }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const paper = await findPaper(work.tx.db, id);
      if (!paper || paper.state === 'published') return;
      const members = await listPeopleAfter(work.tx.db, paper.space, after, batch);
      const kind = paper.state === 'signing' ? 'joint-statement' : 'paper';
      for (const member of members) await askForMail(work, member, { kind, id });
      const last = members.at(-1);
      if (last !== undefined && members.length === batch)
        await house.jobs.enqueue(work.tx, sendRoundJob, { party, paper: id, after: last }, { key: `${id} ${last}` });
    });
  },
};

export const paperJobs: readonly Job[] = [closeSigning, sendRound];
