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

/** By period, from `first` on; NaN where it cannot be known. */
export interface EarsColumns {
  readonly first: number;
  /** Mean and standard deviation of the baseline. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** The count that has to be passed. */
  readonly threshold: Float64Array;
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
  const columns = computeEars(series.values, plan, first, last);
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++) detections.push(judge(series, plan, columns, t));
  return detections;
}

/** All of a range at once, without a word on any of it. `reuse` are columns of the same range that are done with. */
export function computeEars(
  values: Float64Array,
  plan: EarsPlan,
  first: number,
  last: number,
  reuse?: EarsColumns,
): EarsColumns {
  // C3 also needs what C2 says of the two periods before.
  const from = plan.method === 'C3' ? Math.max(0, first - 2) : first;
  const length = Math.max(0, last - from + 1);
  const columns: EarsColumns =
    reuse?.first === from && reuse.mean.length === length
      ? reuse
      : {
          first: from,
          mean: new Float64Array(length),
          sd: new Float64Array(length),
          threshold: new Float64Array(length),
        };
  const start = Math.max(from, plan.baseline + plan.gap);
  for (const column of [columns.mean, columns.sd, columns.threshold])
    column.fill(Number.NaN, 0, Math.min(length, start - from));
  if (start > last) return columns;
  if (!fillKnownBaselines(values, plan, columns, start, last)) {
    fillBaselines(values, plan, columns, start, last);
    const { mean, sd, threshold } = columns;
    for (let i = start - from; i < length; i++)
      threshold[i] = mean[i]! + plan.quantile * Math.max(sd[i]!, plan.minSigma);
  }
  if (plan.method === 'C3') fillThirdThresholds(values, plan, columns);
  return columns;
}

/**
 * C3 as published: the sum over this period and the two before of what each exceeded its mean by beyond one standard deviation, against the
 * limit. As a bound for this period: one standard deviation and the limit above the mean, less what the two before contributed; where those
 * alone pass the limit, any case does. R leaves the one standard deviation of this period out.
 */
function fillThirdThresholds(
  values: Float64Array,
  { minSigma, quantile, compat }: EarsPlan,
  { first, mean, sd, threshold }: EarsColumns,
): void {
  let before = Number.NaN;
  let twoBefore = Number.NaN;
  const isR = compat === 'r';
  for (let i = 0; i < threshold.length; i++) {
    const y = values[first + i]!;
    const average = mean[i]!;
    const deviation = sd[i]!;
    // Comparisons that a NaN falls through, so that it stays one.
    const sigma = deviation < minSigma ? minSigma : deviation;
    const earlier = before + twoBefore;
    const distance = y - average;
    if (!isR && sigma === 0 && !Number.isNaN(earlier)) threshold[i] = average;
    else {
      const bound = isR ? y + sigma * (quantile - earlier) : average + sigma * (1 + quantile - earlier);
      threshold[i] = bound < 0 || (!isR && earlier > quantile) ? 0 : bound;
    }
    const standardised = !isR && distance === 0 ? 0 : distance / sigma;
    twoBefore = before;
    before = standardised <= 1 ? 0 : standardised - 1;
  }
}

/** Below this the sums of a baseline and of its squares are whole numbers that a double holds exactly. */
const exactLimit = (baseline: number): number => Math.sqrt(Number.MAX_SAFE_INTEGER) / baseline;

/** The ordinary case, without a branch: no baseline period is missing or too large. Answers false when one is, having filled in nonsense. */
function fillKnownBaselines(
  values: Float64Array,
  { baseline, gap, minSigma, quantile }: EarsPlan,
  { first, mean, sd, threshold }: EarsColumns,
  start: number,
  last: number,
): boolean {
  const exactBelow = exactLimit(baseline);
  const perDeviation = 1 / Math.sqrt(baseline * (baseline - 1));
  let sum = 0;
  let squares = 0;
  for (let i = start - gap - baseline; i < start - gap - 1; i++) {
    const entering = values[i]!;
    if (!(entering < exactBelow)) return false;
    sum += entering;
    squares += entering * entering;
  }
  let leaving = 0;
  for (let t = start; t <= last; t++) {
    const end = t - gap - 1;
    const entering = values[end]!;
    if (!(entering < exactBelow)) return false;
    sum += entering - leaving;
    squares += entering * entering - leaving * leaving;
    leaving = values[end - baseline + 1]!;
    const average = sum / baseline;
    const deviation = Math.sqrt(baseline * squares - sum * sum) * perDeviation;
    mean[t - first] = average;
    sd[t - first] = deviation;
    threshold[t - first] = average + quantile * (deviation > minSigma ? deviation : minSigma);
  }
  return true;
}

/**
 * Rolling sums of counts and squares. They are whole numbers, so nothing drifts and a constant baseline has a spread of
 * exactly zero; counts too large for that are taken window by window in two passes.
 */
function fillBaselines(
  values: Float64Array,
  { baseline, gap, leastKnown }: EarsPlan,
  { first, mean, sd }: EarsColumns,
  start: number,
  last: number,
): void {
  const exactBelow = exactLimit(baseline);
  let known = 0;
  let large = 0;
  let sum = 0;
  let squares = 0;
  for (let i = start - gap - baseline; i < last - gap; i++) {
    const entering = values[i]!;
    if (entering < exactBelow) {
      known++;
      sum += entering;
      squares += entering * entering;
    } else if (!Number.isNaN(entering)) {
      known++;
      large++;
    }
    const at = i + 1 + gap - first;
    if (at < start - first) continue;
    if (known < leastKnown) {
      mean[at] = Number.NaN;
      sd[at] = Number.NaN;
    } else if (large === 0) {
      mean[at] = sum / known;
      sd[at] = Math.sqrt((known * squares - sum * sum) / (known * (known - 1)));
    } else fillFromWindow(values, i + 1 - baseline, i + 1, mean, sd, at);
    const leaving = values[i + 1 - baseline]!;
    if (leaving < exactBelow) {
      known--;
      sum -= leaving;
      squares -= leaving * leaving;
    } else if (!Number.isNaN(leaving)) {
      known--;
      large--;
    }
  }
}

function fillFromWindow(
  values: Float64Array,
  from: number,
  to: number,
  mean: Float64Array,
  sd: Float64Array,
  at: number,
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
  mean[at] = average;
  sd[at] = Math.sqrt(squares / (known - 1));
}

function judge(series: Series, plan: EarsPlan, columns: EarsColumns, t: number): Detection {
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

  const at = t - columns.first;
  const mean = columns.mean[at]!;
  const deviation = columns.sd[at]!;
  const threshold = columns.threshold[at]!;
  if (deviation === 0) warnings.push({ code: 'no-variation' });
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
