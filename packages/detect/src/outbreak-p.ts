/**
 * OutbreakP (Frisen & Andersson 2009): is the series rising at all? The likelihood of the best non-decreasing mean against that
 * of a constant one, over everything seen so far. It never forgets, so it is meant to be started afresh for each season.
 * Kept on the log scale: the statistic itself soon exceeds any number.
 */
import { type Compat, requireOneOf, requirePositive, requireWhole, resolveRange } from './control.ts';
import { cannotJudge, type Detection, type IndexRange } from './result.ts';
import { countAt, type Series } from './series.ts';
import { describeTraining } from './training.ts';

export interface OutbreakPControl {
  /** The alarm is raised when the likelihood ratio exceeds this. */
  readonly k?: number;
  /** "cases": search the count that would just raise the alarm, for the threshold. */
  readonly ret?: 'value' | 'cases';
  readonly maxUpperboundCases?: number;
  readonly compat?: Compat;
}

/**
 * `score` is the log of the likelihood ratio and `scoreLimit` log k. In compat 'r' the ratio is multiplied out as R does it,
 * with what underflows and overflows on the way, and `score` is the ratio itself.
 */
export function detectOutbreakP(series: Series, control: OutbreakPControl, range?: IndexRange): Detection[] {
  const { k = 100, ret = 'value', maxUpperboundCases = 100_000, compat = 'paper' } = control;
  requirePositive('control.k', k);
  requireOneOf('control.ret', ret, ['value', 'cases']);
  requireWhole('control.maxUpperboundCases', maxUpperboundCases, 1);
  const { first, last } = resolveRange(series, range);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  const limit = compat === 'r' ? k : Math.log(k);
  const ratio = compat === 'r' ? productRatio : logRatio;
  const { reference } = describeTraining(series, last);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) {
    const observed = countAt(series, t);
    const missing = series.values.subarray(0, t + 1).reduce((sum, count) => sum + (Number.isNaN(count) ? 1 : 0), 0);
    const score = missing > 0 ? Number.NaN : ratio(series.values, t, series.values[t]!);
    if (Number.isNaN(score)) {
      detections.push(
        cannotJudge(t, observed, 'more-than', [
          ...(observed === undefined ? [{ code: 'current-missing' } as const] : []),
          { code: 'reference-missing', periods: missing },
        ]),
      );
      continue;
    }
    const alarm = score > limit;
    detections.push({
      ...cannotJudge(t, observed, 'more-than', []),
      alarm,
      // Nothing is missing here: the periods known are all there are.
      reference: reference.slice(0, t),
      expected: series.values.subarray(0, t + 1).reduce((sum, count) => sum + count, 0) / (t + 1),
      threshold:
        ret === 'cases'
          ? findTurningCount(
              series.values,
              t,
              alarm,
              (count) => ratio(series.values, t, count) > limit,
              maxUpperboundCases,
              k,
            )
          : undefined,
      score,
      scoreLimit: limit,
    });
  }
  return detections;
}

/** Blocks of the least non-decreasing fit to counts 0..t, the last replaced (pool adjacent violators). */
function poolViolators(
  values: Float64Array,
  t: number,
  lastCount: number,
): { readonly sums: readonly number[]; readonly sizes: readonly number[]; readonly mean: number } {
  const sums: number[] = [];
  const sizes: number[] = [];
  let total = 0;
  for (let i = 0; i <= t; i++) {
    const count = i === t ? lastCount : values[i]!;
    total += count;
    let sum = count;
    let size = 1;
    while (sums.length > 0 && sum / size <= sums.at(-1)! / sizes.at(-1)!) {
      sum += sums.pop()!;
      size += sizes.pop()!;
    }
    sums.push(sum);
    sizes.push(size);
  }
  return { sums, sizes, mean: total / (t + 1) };
}

/** Sum of x log(fitted / mean). */
function logRatio(values: Float64Array, t: number, lastCount: number): number {
  const { sums, sizes, mean } = poolViolators(values, t, lastCount);
  let logarithm = 0;
  // A block of fitted mean zero holds only zeros and multiplies by 1.
  for (const [j, sum] of sums.entries()) if (sum > 0) logarithm += sum * Math.log(sum / sizes[j]! / mean);
  return logarithm;
}

/** Product of (fitted / mean)^x, period by period. */
function productRatio(values: Float64Array, t: number, lastCount: number): number {
  const { sums, sizes, mean } = poolViolators(values, t, lastCount);
  let product = 1;
  let i = 0;
  for (const [j, sum] of sums.entries()) {
    const ratio = sum === 0 && mean === 0 ? 1 : sum / sizes[j]! / mean;
    for (let end = i + sizes[j]!; i < end; i++) product *= ratio ** (i === t ? lastCount : values[i]!);
  }
  return product;
}

/** The smallest count that raises the alarm: stepping down from an alarm until it ends, up to one otherwise. */
function findTurningCount(
  values: Float64Array,
  t: number,
  alarm: boolean,
  raises: (count: number) => boolean,
  most: number,
  k: number,
): number | undefined {
  if (t === 0) return k >= 1 ? undefined : 0;
  let count = values[t]!;
  const step = alarm ? -1 : 1;
  while (alarm ? count > 0 : count < most) {
    count += step;
    if (raises(count) !== alarm) return alarm ? count + 1 : count;
  }
  return undefined;
}
