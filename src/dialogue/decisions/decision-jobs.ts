import { z } from 'zod';
import { work as doWork, type Work } from '../../house.ts';
import type { Job } from '../../jobs.ts';
import { askForMail } from '../../network/members/outgoing.ts';
import type { DecisionId, MemberId } from '../../ids.ts';
import { listHostedParties } from '../audience.ts';
import { listPenHolders, office } from '../papers/speaker.ts';
import { findSpace } from '../programme/spaces/store.ts';
import { closeDecision } from './actions.ts';
import { askRoundJob, closeDecisionJob } from './jobs.ts';
import * as store from './store.ts';

/** At the end of a decision. Too early by this process's clock, or twice, it does nothing. */
const close: Job<z.output<typeof closeDecisionJob.data>> = {
  ...closeDecisionJob,
  async run(house, { party, decision }) {
    await doWork(house, { party }, { system: 'jobs' }, (work) => closeDecision(work, decision));
  },
};

/** Every minute: what should be closed and is not, whatever became of its job; and outcomes that are due and not told. */
export const sweepDecisions: Job = {
  name: 'decision.sweep',
  data: z.object({}),
  schedule: '* * * * *',
  async run(house) {
    for (const party of await listHostedParties(house))
      await doWork(house, { party }, { system: 'jobs' }, async (work) => {
        for (const id of await store.listEnded(work.tx.db, work.tx.now)) await closeDecision(work, id);
        for (const id of await store.listUntold(work.tx.db, work.tx.now)) await remind(work, id);
      });
  },
};

/** Those who convene are reminded once, on the day the outcome is due. */
async function remind(work: Work, id: DecisionId): Promise<void> {
  const decision = await store.findDecision(work.tx.db, id);
  const space = decision && (await findSpace(work.tx.db, decision.space));
  if (!space || !(await store.noteReminder(work.tx, id))) return;
  for (const holder of await listPenHolders(work.tx.db, space))
    if (holder !== office) await askForMail(work, holder as MemberId, { kind: 'decision', id });
  await work.tx.audit('decision.remind', { decision: id });
}

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

export const decisionJobs: readonly Job[] = [close, sweepDecisions, askRound];
