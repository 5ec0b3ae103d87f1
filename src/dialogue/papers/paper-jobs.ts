import { z } from 'zod';
import { work as doWork } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { askForMail } from '../../network/members/outgoing.ts';
import { listHostedParties, listPeopleAfter } from '../audience.ts';
import { closeSigningJob, sendRoundJob } from './jobs.ts';
import { closeStatement } from './publication.ts';
import { findPaper, listPastDeadline } from './store.ts';

/** At the deadline of a joint statement. Too early by this process's clock, or twice, it does nothing. */
const closeSigning: Job<z.output<typeof closeSigningJob.data>> = {
  ...closeSigningJob,
  async run(house, { party, paper }) {
    await doWork(house, { party }, { system: 'jobs' }, (work) => closeStatement(work, paper));
  },
};

/** Every minute: what should be closed and is not, whatever became of its job. */
export const sweepStatements: Job = {
  name: 'joint-statement.sweep',
  data: z.object({}),
  schedule: '* * * * *',
  async run(house) {
    for (const party of await listHostedParties(house))
      await doWork(house, { party }, { system: 'jobs' }, async (work) => {
        for (const paper of await listPastDeadline(work.tx.db, work.tx.now)) await closeStatement(work, paper);
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

export const paperJobs: readonly Job[] = [closeSigning, sweepStatements, sendRound];
