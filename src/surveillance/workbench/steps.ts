import { z } from 'zod';
import type { PartyId } from '../../ids.ts';
import type { AnalysisId } from './analysis-store.ts';

export const analyseRequest = z.object({
  party: z.uuid().transform((id) => id as PartyId),
  kind: z.enum(['comparison', 'clusters']),
  id: z.uuid().transform((id) => id as AnalysisId),
});

/** What an action enqueues; the job itself stands in jobs.ts. */
export const analyseJob = { name: 'analyse' } as const;

/** What a kind of analysis does, opened from the settings that its action stored. */
export interface Steps {
  readonly count: number;
  compute(step: number): Promise<unknown>;
  combine(found: readonly unknown[]): unknown;
}
