/** The observatory's round: audits every log held here, and writes down what it found. Running twice finds the same. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { work as doWork, type House } from '../house.ts';
import type { Job } from '../jobs.ts';
import { auditLogs } from './audit.ts';
import type { JudgedFlow } from './flows.ts';
import { openHeldLog } from './held-log.ts';
import { isOpenAt, makeQuestion, type Question } from './questions.ts';
import * as store from './store.ts';

/** Time alone can open a question: a receipt is overdue, a date has passed. */
const longestRestMs = 10 * 60_000;
const flowsPerTransaction = 500;

/** What was found with which content, in this process: a round that could find nothing new ends at once. */
const lastRounds = new WeakMap<
  House,
  { readonly fingerprint: string; readonly atMs: number; readonly tookMs: number }
>();
/** A large log is audited again after this many times as long as the last audit took, and meanwhile other work goes on. */
const restPerWork = 10;

export const observeJob: Job = {
  name: 'observe',
  data: z.object({}),
  schedule: '* * * * *',
  async run(house) {
    const nowMs = house.clock.now().getTime();
    const fingerprint = await house.database.read('node', store.fingerprintOfHeld);
    const last = lastRounds.get(house);
    const restMs = last?.fingerprint === fingerprint ? longestRestMs : restPerWork * (last?.tookMs ?? 0);
    if (last && nowMs - last.atMs < restMs) return;
    const startMs = performance.now();
    await observe(house);
    lastRounds.set(house, { fingerprint, atMs: nowMs, tookMs: performance.now() - startMs });
  },
};

export async function observe(house: House): Promise<void> {
  const nowMs = house.clock.now().getTime();
  const logs = await house.database.read('node', store.listLogs);
  const held = logs.filter(({ processed }) => processed > 0);
  const report = await auditLogs(
    house.journal.protocol,
    held.map((log) => openHeldLog(house, log)),
    { nowMs },
  );
  const forks = await house.database.read('node', store.listForks);
  const questions = [...report.questions, ...forks.map(questionOfFork)].filter((question) => isOpenAt(question, nowMs));
  const changed = await changedFlows(house, report.flows);
  const logIds = new Map(logs.map(({ origin, id }) => [origin, id]));
  for (let from = 0; from < changed.length; from += flowsPerTransaction)
    await doWork(house, 'node', { system: 'jobs' }, async ({ tx }) => {
      for (const flow of changed.slice(from, from + flowsPerTransaction))
        await store.saveFlow(tx, logIds.get(flow.origin) ?? 0, flow);
    });
  await doWork(house, 'node', { system: 'jobs' }, async ({ tx }) => {
    for (const log of held) await store.saveObservedLog(tx, log.id, log.processed);
    await store.wantProofs(
      tx,
      report.flows
        .filter(({ instrument, confirmedAtS }) => instrument !== undefined && confirmedAtS === undefined)
        .map(({ id }) => id),
    );
    await store.saveQuestions(tx, questions);
  });
}

async function changedFlows(house: House, flows: readonly JudgedFlow[]): Promise<JudgedFlow[]> {
  const rows = await house.database.read('node', store.listFlowRows);
  const known = new Map(
    rows.map((row) => [
      row.act,
      JSON.stringify([
        row.confirmed_at,
        row.in_force,
        row.terms,
        row.article,
        row.reason,
        (row.answers as { act: string }[]).map(({ act }) => act),
      ]),
    ]),
  );
  return flows.filter(({ id, confirmedAtS, inForce, terms, answers }) => {
    const article = 'article' in terms ? (terms.article ?? null) : null;
    const reason = 'reason' in terms ? terms.reason : null;
    return (
      known.get(id) !==
      JSON.stringify([confirmedAtS ?? null, inForce, terms.state, article, reason, answers.map(({ act }) => act)])
    );
  });
}

function questionOfFork({
  origin,
  operator,
  heldNote,
  otherNote,
}: Awaited<ReturnType<typeof store.listForks>>[number]): Question {
  const key = createHash('sha256').update(heldNote).update(otherNote).digest('base64url');
  return makeQuestion({ kind: 'log-forked', origin, parties: [operator], acts: [], key });
}
