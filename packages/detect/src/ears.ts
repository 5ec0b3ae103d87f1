/**
 * EARS C1, C2 and C3 (Hutwagner et al. 2003, J Urban Health 80 suppl 1; Fricker et al. 2008, Stat Med 27): the count against
 * mean and standard deviation of the few periods before it. C1 looks at the periods just before; C2 leaves a gap of two, so
 * that a slow start does not raise its own baseline; C3 adds what C2 exceeded by in the two periods before.
 *
 * compat 'r' reproduces R `surveillance` 1.20.3, whose C3 bound contains the current count instead of the baseline mean: its
 * alarm depends on the two earlier periods alone. There a missing period in the baseline silences the test. The default
 * follows the paper and goes on with the known periods while at least half of the baseline is there.
 */
import { type Compat, requireOneOf, requireProbability, requireWhole, requireWithin, resolveRange } from './control.ts';
import { normalQuantile, normalTail } from './distributions/normal.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';

export type EarsMethod = 'C1' | 'C2' | 'C3';

export interface EarsControl {
  readonly method: EarsMethod;
  /** Periods in the baseline. */
  readonly baseline?: number;
  /** Least standard deviation; above 0 it keeps one case after a silent month from being an alarm. */
  readonly minSigma?: number;
  /** One-sided; 0.001 for C1 and C2, 0.025 for C3 when not given. */
  readonly alpha?: number;
  readonly compat?: Compat;
}

/** Mean and standard deviation of the baseline of every period; NaN where there is none. */
export interface Baselines {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

export interface EarsPlan {
  readonly method: EarsMethod;
  readonly baseline: number;
  readonly minSigma: number;
  readonly quantile: number;
  readonly compat: Compat;
  readonly gap: number;
  /** Known baseline periods below which nothing is said. */
  readonly leastKnown: number;
}

export function planEars(control: EarsControl): EarsPlan {
  const { method, baseline = 7, minSigma = 0, compat = 'paper' } = control;
  const alpha = control.alpha ?? (method === 'C3' ? 0.025 : 0.001);
  requireOneOf('control.method', method, ['C1', 'C2', 'C3']);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  requireWhole('control.baseline', baseline, 2, 10_000);
  requireWithin('control.minSigma', minSigma, 0);
  requireProbability('control.alpha', alpha);
  return {
    method,
    baseline,
    minSigma,
    quantile: normalQuantile(1 - alpha),
    compat,
    gap: method === 'C1' ? 0 : 2,
    leastKnown: compat === 'r' ? baseline : Math.max(2, Math.ceil(baseline / 2)),
  };
}

export function detectEars(series: Series, control: EarsControl, range?: IndexRange): Detection[] {
  const plan = planEars(control);
  const { first, last } = resolveRange(series, range);
  const { values } = series;
  const baselines = computeBaselines(values, plan, Math.max(0, first - 2), last);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) detections.push(judge(series, plan, baselines, t));
  return detections;
}

/** The bound of one period; NaN where it cannot be known. */
export function earsThreshold(values: Float64Array, plan: EarsPlan, { mean, sd }: Baselines, t: number): number {
  const sigma = Math.max(sd[t] ?? Number.NaN, plan.minSigma);
  if (plan.method !== 'C3') return (mean[t] ?? Number.NaN) + plan.quantile * sigma;
  const earlier = earlierExceedance(values, plan, mean, sd, t);
  if (plan.compat === 'r') return Math.max(0, (values[t] ?? Number.NaN) + sigma * (plan.quantile - earlier));
  if (Number.isNaN(earlier)) return Number.NaN;
  if (sigma === 0) return mean[t] ?? Number.NaN;
  return Math.max(0, (mean[t] ?? Number.NaN) + sigma * (plan.quantile - earlier));
}

/**
 * Rolling sums of counts and squares. They are whole numbers, so nothing drifts and a constant baseline has a spread of
 * exactly zero; counts too large for that are taken window by window in two passes.
 */
export function computeBaselines(values: Float64Array, plan: EarsPlan, first: number, last: number): Baselines {
  const { baseline, gap, leastKnown } = plan;
  const mean = new Float64Array(last + 1).fill(Number.NaN);
  const sd = new Float64Array(last + 1).fill(Number.NaN);
  const start = Math.max(first, baseline + gap);
  if (start > last) return { mean, sd };
  const exactBelow = Math.sqrt(Number.MAX_SAFE_INTEGER) / baseline;
  let known = 0;
  let large = 0;
  let sum = 0;
  let squares = 0;
  for (let i = start - gap - baseline; i < last - gap; i++) {
    const entering = values[i] ?? Number.NaN;
    if (!Number.isNaN(entering)) {
      known++;
      if (entering < exactBelow) {
        sum += entering;
        squares += entering * entering;
      } else large++;
    }
    const t = i + 1 + gap;
    if (t < start) continue;
    if (known >= leastKnown) {
      if (large === 0) {
        mean[t] = sum / known;
        sd[t] = Math.sqrt((known * squares - sum * sum) / (known * (known - 1)));
      } else fillFromWindow(values, i + 1 - baseline, i + 1, mean, sd, t);
    }
    const leaving = values[i + 1 - baseline] ?? Number.NaN;
    if (!Number.isNaN(leaving)) {
      known--;
      if (leaving < exactBelow) {
        sum -= leaving;
        squares -= leaving * leaving;
      } else large--;
    }
  }
  return { mean, sd };
}

function fillFromWindow(
  values: Float64Array,
  from: number,
  to: number,
  mean: Float64Array,
  sd: Float64Array,
  t: number,
): void {
  let known = 0;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
  }
  const average = sum / known;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) squares += (value - average) ** 2;
  }
  mean[t] = average;
  sd[t] = Math.sqrt(squares / (known - 1));
}

/** What C2 exceeded one standard deviation by in the two periods before. */
function earlierExceedance(
  values: Float64Array,
  plan: EarsPlan,
  mean: Float64Array,
  sd: Float64Array,
  t: number,
): number {
  let sum = 0;
  for (const q of [t - 1, t - 2]) {
    const distance = (values[q] ?? Number.NaN) - (mean[q] ?? Number.NaN);
    const sigma = Math.max(sd[q] ?? Number.NaN, plan.minSigma);
    const standardised = plan.compat === 'paper' && distance === 0 ? 0 : distance / sigma;
    sum += Math.max(0, standardised - 1);
  }
  return sum;
}

function judge(series: Series, plan: EarsPlan, baselines: Baselines, t: number): Detection {
  const observed = countAt(series, t);
  const needs = plan.baseline + plan.gap + (plan.method === 'C3' ? 2 : 0);
  if (t < needs) return cannotJudge(t, observed, 'more-than', [{ code: 'history-too-short', needs, has: t }]);
  const from = t - plan.gap - plan.baseline;
  const reference = [];
  for (let i = from; i < from + plan.baseline; i++)
    if (countAt(series, i) !== undefined) reference.push({ index: i, weight: 1 });
  const warnings: Warning[] = [];
  if (observed === undefined) warnings.push({ code: 'current-missing' });
  const missing = plan.baseline - reference.length;
  if (missing > 0) warnings.push({ code: 'reference-missing', periods: missing });
  if (reference.length > 0 && reference.every(({ index }) => series.values[index] === 0))
    warnings.push({ code: 'all-zero' });

  const mean = baselines.mean[t] ?? Number.NaN;
  const deviation = baselines.sd[t] ?? Number.NaN;
  if (deviation === 0) warnings.push({ code: 'no-variation' });
  const threshold = earsThreshold(series.values, plan, baselines, t);
  if (Number.isNaN(threshold)) return { ...cannotJudge(t, observed, 'more-than', warnings), reference };
  const sigma = Math.max(deviation, plan.minSigma);
  const standardised = observed === undefined || sigma === 0 ? undefined : (observed - mean) / sigma;
  return {
    index: t,
    observed,
    alarm: observed === undefined ? undefined : observed > threshold,
    expected: mean,
    threshold,
    raisedWhen: 'more-than',
    pValue: standardised === undefined || plan.method === 'C3' ? undefined : normalTail(standardised),
    score: standardised,
    scoreLimit: sigma === 0 ? undefined : (threshold - mean) / sigma,
    reference,
    warnings,
  };
}
