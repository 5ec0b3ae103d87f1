import type { ReferencePeriod, Warning } from './result.ts';
import { countAt, type Series } from './series.ts';

/** What a chart learns from: everything known before the periods that it watches. */
export interface Training {
  readonly reference: readonly ReferencePeriod[];
  readonly warnings: readonly Warning[];
}

export const noTraining: Training = { reference: [], warnings: [] };

export function describeTraining(series: Series, end: number): Training {
  const reference: ReferencePeriod[] = [];
  for (let index = 0; index < end; index++)
    if (countAt(series, index) !== undefined) reference.push({ index, weight: 1 });
  const warnings: Warning[] = [];
  if (reference.length < end) warnings.push({ code: 'reference-missing', periods: end - reference.length });
  if (reference.length > 0 && reference.every(({ index }) => series.values[index] === 0))
    warnings.push({ code: 'all-zero' });
  return { reference, warnings };
}
