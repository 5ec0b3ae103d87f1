import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { House } from '../../house.ts';
import type { PartyId } from '../../ids.ts';
import { shiftPeriod, type Period } from '../../period.ts';
import { parseMethod } from '../signals/method.ts';
import { candidatesFor, combineSteps, compareOn, comparisonSettings, stepFound } from './comparison.ts';
import { loadCounts, sourceSchema } from './series.ts';
import type { Steps } from './steps.ts';

export const comparisonTask = z.object({
  source: sourceSchema,
  settings: comparisonSettings,
  /** What the office used when it asked. */
  inUse: z.array(z.unknown().transform(parseMethod)),
});

/** What a step keeps when its place has nothing to compare on. */
const foundOrNothing = z.union([
  stepFound.extend({ last: z.object({ kind: z.string(), label: z.string() }) }),
  z.null(),
]);

// Less than a year and a quarter leaves nothing to learn from before the year that is judged.
const leastPeriods = { day: 450, 'iso-week': 65, 'mmwr-week': 65, month: 15 } as const;

export async function comparisonSteps(house: House, party: PartyId, stored: unknown): Promise<Steps> {
  const { source, settings, inUse } = comparisonTask.parse(stored);
  const load = (step: number) => house.database.read({ party }, (reader) => loadCounts(reader, source, step));
  return {
    count: source.places.length,
    async compute(step) {
      const counts = await load(step);
      if (!counts || counts.values.length < leastPeriods[counts.first.kind]) return null;
      const candidates = candidatesFor(counts.first.kind, inUse, settings.withSlow);
      const found = await compareOn(counts, step, candidates, settings, () => setImmediate());
      return { ...found, last: shiftPeriod(counts.first, counts.values.length - 1) };
    },
    combine(stepsFound) {
      const found = stepsFound.flatMap((each) => foundOrNothing.parse(each) ?? []);
      // Of our own writing: a period as it was.
      const until = found.map(({ last }) => last as Period).toSorted((a, b) => (a.label < b.label ? 1 : -1))[0];
      if (!until) return { nothing: true };
      return combineSteps(found, candidatesFor(until.kind, inUse, settings.withSlow), until);
    },
  };
}
