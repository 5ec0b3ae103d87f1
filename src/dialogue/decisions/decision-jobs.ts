import type { z } from 'zod';
import { work as doWork } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { askForMail } from '../../network/members/outgoing.ts';
import type { MemberId } from '../../ids.ts';
import { listPenHolders, office } from '../papers/speaker.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { closeDecision } from './actions.ts';
import { askRoundJob, closeDecisionJob, remindJob } from './jobs.ts';
import * as store from './store.ts';

const close: Job<z.output<typeof closeDecisionJob.data>> = {
  ...closeDecisionJob,
  async run(house, { party, decision }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const again = await closeDecision(work, decision);
      if (again)
        await house.jobs.enqueue(work.tx, closeDecisionJob, { party, decision }, { key: decision, after: again });
    });
  },
};

/** Those who convene are reminded once, on the day the outcome is due. */
const remind: Job<z.output<typeof remindJob.data>> = {
  ...remindJob,
  async run(house, { party, decision: id }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const decision = await store.findDecision(work.tx.db, id);
      const space = decision && (await findSpace(work.tx.db, decision.space));
      if (!space || !(await store.noteReminder(work.tx, id))) return;
      for (const holder of await listPenHolders(work.tx.db, space))
        if (holder !== office) await askForMail(work, holder as MemberId, { kind: 'decision', id });
      await work.tx.audit('decision.remind', { decision: id });
    });
  },
};

const batch = 200;

/** So many members, then the next job: a vote of thousands is no single transaction. */
const askRound: Job<z.output<typeof askRoundJob.data>> = {
  ...askRoundJob,
  async run(house, { party, decision: id, after }) {
    await doWork(house, { party }, { system: 'jobs' }, async (work) => {
      const decision = await store.findDecision(work.tx.db, id);
      if (decision?.state !== 'open') return;
      const members = await store.listAskedAfter(work.tx.db, id, after, batch);
      for (const member of members) await askForMail(work, member, { kind: 'decision', id });
      const last = members.at(-1);
      if (last !== undefined && members.length === batch)
        await house.jobs.enqueue(work.tx, askRoundJob, { party, decision: id, after: last }, { key: `${id} ${last}` });
    });
  },
};

export const decisionJobs: readonly Job[] = [close, remind, askRound];
