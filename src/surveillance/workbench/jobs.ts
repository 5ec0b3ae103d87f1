/**
 * Analyses, step by step: a step is computed outside of any transaction and kept in one of its own, so that a crash loses at most one. A process that
 * takes the job up goes on with the steps that are missing.
 */
import type { z } from 'zod';
import { work, type House } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import type { Job } from '../../jobs.ts';
import * as store from './analysis-store.ts';
import type { Analysis } from './analysis-store.ts';
import { clusterSteps } from './cluster-analysis.ts';
import { comparisonSteps } from './comparison-analysis.ts';
import { analyseJob, analyseRequest, type Steps } from './steps.ts';

export const runAnalysis: Job<z.output<typeof analyseRequest>> = {
  ...analyseJob,
  data: analyseRequest,
  async run(house, { party, kind, id }) {
    const analysis = await house.database.read({ party }, (reader) => store.findAnalysis(reader, kind, id));
    if (!analysis || analysis.result !== undefined) return;
    await runSteps(house, party, analysis, await openSteps(house, party, analysis));
  },
};

function openSteps(house: House, party: PartyId, analysis: Analysis): Promise<Steps> {
  return analysis.kind === 'clusters'
    ? clusterSteps(house, party, analysis.settings)
    : comparisonSteps(house, party, analysis.settings);
}

async function runSteps(house: House, party: PartyId, { id }: Analysis, steps: Steps): Promise<void> {
  const act = <T>(run: Parameters<typeof work<T>>[3]): Promise<T> => work(house, { party }, { system: 'jobs' }, run);
  await act(({ tx }) => store.beginAnalysis(tx, id, steps.count));
  const done = await house.database.read({ party }, (reader) => store.listStepsDone(reader, id));
  for (let step = 0; step < steps.count; step++) {
    if (done.has(step)) continue;
    const found = await steps.compute(step);
    await act(({ tx }) => store.saveStep(tx, party, id, step, found));
  }
  const found = await house.database.read({ party }, (reader) => store.listFound(reader, id));
  const result = steps.combine(found);
  await act(async ({ tx }) => {
    await store.finishAnalysis(tx, id, result);
    await tx.audit('analysis.finish', { analysis: id });
  });
}
