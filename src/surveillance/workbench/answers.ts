/** What the pages and the API say of analyses: one shape for both. */
import { z } from 'zod';
import { periodKinds } from '../../period.ts';
import { describeMethod, type Words } from '../signals/explanation.ts';
import type { Analysis } from './analysis-store.ts';
import { comparisonTask } from './comparison-analysis.ts';
import { comparisonResult, comparisonSettings } from './comparison.ts';

export const progressAnswer = z.object({
  done: z.int(),
  /** Null: not begun. */
  total: z.int().nullable(),
});
export type ProgressAnswer = z.output<typeof progressAnswer>;

export const describeProgress = ({ stepsDone, stepsTotal }: Analysis): ProgressAnswer => ({
  done: stepsDone,
  total: stepsTotal ?? null,
});

const interval = z.object({ value: z.number(), lower: z.number(), upper: z.number() }).nullable();

export const candidateAnswer = z.object({
  /** In the picture. */
  number: z.int(),
  id: z.string(),
  name: z.string(),
  isInUse: z.boolean(),
  isBest: z.boolean(),
  /** Share of periods that it could judge at all. */
  judged: z.number(),
  detected: interval,
  sensitivity: interval,
  falseAlarmsPerYear: interval,
  positivePredictiveValue: interval,
  /** In periods. */
  delay: interval,
  method: z.unknown(),
});
export type CandidateAnswer = z.output<typeof candidateAnswer>;

export const comparisonAnswer = z.object({
  id: z.uuid(),
  path: z.string(),
  subject: z.string(),
  /** Who gave the data, and for what; null for the office's own. */
  received: z.object({ giver: z.string(), purpose: z.string() }).nullable(),
  askedAt: z.iso.datetime(),
  settings: comparisonSettings,
  progress: progressAnswer,
  isFinished: z.boolean(),
  /** Null while it runs, and when there was nothing to compare on. */
  result: z
    .object({
      series: z.int(),
      outbreaks: z.int(),
      periods: z.int(),
      kind: z.enum(periodKinds),
      until: z.string(),
      candidates: z.array(candidateAnswer),
    })
    .nullable(),
  mayChoose: z.boolean(),
});
export type ComparisonAnswer = z.output<typeof comparisonAnswer>;

export const comparisonPath = (id: string): string => `/workbench/${id}`;

export function describeComparison(
  words: Words,
  analysis: Analysis,
  indicatorName: string | undefined,
  mayDecide: boolean,
): z.input<typeof comparisonAnswer> {
  const { source, settings } = comparisonTask.parse(analysis.settings);
  const result = comparisonResult.safeParse(analysis.result).data;
  return {
    id: analysis.id,
    path: comparisonPath(analysis.id),
    subject: source.kind === 'own' ? (indicatorName ?? '') : source.indicator,
    received: source.kind === 'own' ? null : { giver: source.giverName, purpose: source.purpose },
    askedAt: analysis.askedAt.toISOString(),
    settings,
    progress: describeProgress(analysis),
    isFinished: analysis.result !== undefined,
    result: result
      ? {
          series: result.series,
          outbreaks: result.outbreaks,
          periods: result.periods,
          kind: result.kind,
          until: result.until,
          candidates: result.candidates
            .toSorted(
              (a, b) =>
                Number(b.isBest) - Number(a.isBest) ||
                Number(b.detected !== null) - Number(a.detected !== null) ||
                (a.falseAlarmsPerYear?.value ?? 0) - (b.falseAlarmsPerYear?.value ?? 0),
            )
            .map(({ method, ...candidate }, i) => ({
              ...candidate,
              number: i + 1,
              name: describeMethod(words, method, result.kind),
              isInUse: candidate.id.startsWith('in-use'),
              method,
            })),
        }
      : null,
    mayChoose: mayDecide && source.kind === 'own' && result !== undefined,
  };
}
