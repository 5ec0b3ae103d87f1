/**
 * Generalised likelihood ratio charts for Poisson and negative binomial counts around a seasonal in-control mean (Hoehle & Paul
 * 2008, CSDA 52:4357-4368): at each period, over all possible change points k, the likelihood of the best change from k on
 * against that of no change. After an alarm the chart starts again.
 *
 *  - change 'intercept': the mean is multiplied by exp(kappa) from k on; with `theta` given kappa is known and the chart is
 *    the likelihood ratio CUSUM.
 *  - change 'epi': the mean is mu_t + lambda x_{t-1} from k on (infection by the cases of the period before).
 *
 * compat 'r' reproduces R `surveillance` 1.20.3, in which the negative binomial 'epi' chart takes the parameter that is best for
 * an intercept change and uses it as log lambda. The default maximises the likelihood it then evaluates.
 * Time counts whole periods from the start of the series; a missing period is passed over.
 */
import {
  type Compat,
  requireOneOf,
  requirePositive,
  requireWhole,
  requireWithin,
  resolveChartRange,
} from './control.ts';
import { fitHarmonicMean, type HarmonicFit } from './harmonic-mean.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';
import { describeTraining, noTraining, type Training } from './training.ts';

export interface GlrControl {
  /** The chart alarms when the statistic reaches this. */
  readonly 'c.ARL'?: number;
  readonly change?: 'intercept' | 'epi';
  /** Known change of the log mean; undefined estimates it. Intercept only. */
  readonly theta?: number | undefined;
  readonly dir?: 'inc' | 'dec';
  /** Variance mu + alpha mu^2; 0 is Poisson; undefined estimates it from the training periods. */
  readonly alpha?: number | undefined;
  /** Terms for a change point to be estimated from, and how far back it may lie (-1: to the start). */
  readonly Mtilde?: number;
  readonly M?: number;
  /** In-control mean: harmonics of the year, a trend, and whether it is fitted anew after an alarm (in R within `mu0`). */
  readonly S?: number;
  readonly trend?: boolean;
  readonly refit?: boolean;
  /** The in-control means of the range themselves, instead of a model. */
  readonly mu0?: readonly number[] | undefined;
  /** 'cases' also searches the count that would raise the alarm. */
  readonly ret?: 'value' | 'cases';
  readonly xMax?: number;
  readonly compat?: Compat;
}

export interface GlrRun {
  readonly detections: readonly Detection[];
  readonly means: Float64Array;
  readonly coefficients: Float64Array | undefined;
  readonly alpha: number;
}

interface Plan {
  readonly cArl: number;
  readonly change: 'intercept' | 'epi';
  readonly theta: number | undefined;
  readonly direction: 1 | -1;
  readonly alpha: number;
  readonly mTilde: number;
  readonly m: number;
  readonly cases: boolean;
  readonly xMax: number;
  readonly compat: Compat;
}

/** One stretch between two alarms. */
interface Stretch {
  readonly counts: readonly number[];
  readonly means: readonly number[];
  /** Count before the first, 0 at the very start. */
  readonly before: number;
}

interface StretchResult {
  /** Statistic and searched count of each position as far as the chart went; 0 where nothing was computed. */
  readonly statistics: readonly number[];
  readonly cases: readonly number[];
  /** Position of the alarm. */
  readonly alarm: number | undefined;
}

export function detectGlr(series: Series, control: GlrControl, range?: IndexRange): readonly Detection[] {
  return runGlr(series, control, range).detections;
}

/** What lies before the range is taken to be in control. */
export function runGlr(series: Series, control: GlrControl, range?: IndexRange): GlrRun {
  const { first, last } = resolveChartRange(series, range);
  const {
    'c.ARL': cArl = 5,
    change = 'intercept',
    theta,
    dir = 'inc',
    Mtilde: mTilde = 1,
    M: m = -1,
    ret = 'value',
    xMax = 10_000,
  } = control;
  const { compat = 'paper' } = control;
  requirePositive('control.c.ARL', cArl);
  requireOneOf('control.change', change, ['intercept', 'epi']);
  requireOneOf('control.dir', dir, ['inc', 'dec']);
  requireOneOf('control.ret', ret, ['value', 'cases']);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  requireWhole('control.Mtilde', mTilde, 1);
  requireWhole('control.M', m, -1);
  requireWhole('control.xMax', xMax, 1);
  if (control.alpha !== undefined) requireWithin('control.alpha', control.alpha, 0);
  if (theta !== undefined) requireWithin('control.theta', theta, -20, 20);

  const { S: harmonics = 1, trend = false, refit = false, mu0: given } = control;
  const model = { harmonics, trend, phase: 0 };
  requireWhole('control.S', harmonics, 0, 26);
  const fit: HarmonicFit | undefined =
    given === undefined
      ? fitHarmonicMean(series, { ...model, alpha: control.alpha }, first, first, last)
      : { means: Float64Array.from(given), coefficients: new Float64Array(0), alpha: control.alpha ?? 0 };
  if (fit === undefined || fit.means.length !== last - first + 1) {
    const detections: Detection[] = [];
    const needs = 2 * harmonics + (trend ? 3 : 2);
    for (let t = first; t <= last; t++)
      detections.push(
        cannotJudge(t, countAt(series, t), 'at-least', [{ code: 'history-too-short', needs, has: first }]),
      );
    return { detections, means: new Float64Array(0), coefficients: undefined, alpha: Number.NaN };
  }
  const plan: Plan = {
    cArl,
    change,
    theta: change === 'intercept' ? theta : undefined,
    direction: dir === 'inc' ? 1 : -1,
    alpha: fit.alpha,
    mTilde,
    m,
    cases: ret === 'cases',
    xMax,
    compat,
  };

  const means = Float64Array.from(fit.means);
  const known: number[] = [];
  for (let t = first; t <= last; t++) if (countAt(series, t) !== undefined) known.push(t);
  const found = new Map<number, { statistic: number; cases: number; alarm: boolean }>();
  let position = 0;
  let before = 0;
  while (position < known.length) {
    const rest = known.slice(position);
    const result = chart(plan, {
      counts: rest.map((t) => series.values[t]!),
      means: rest.map((t) => means[t - first]!),
      before,
    });
    const end = result.alarm ?? rest.length - 1;
    for (const [i, t] of rest.slice(0, end + 1).entries())
      found.set(t, { statistic: result.statistics[i]!, cases: result.cases[i]!, alarm: i === result.alarm });
    position += end + 1;
    const next = known[position];
    if (result.alarm === undefined || next === undefined) break;
    before = rest[end] === undefined ? 0 : series.values[rest[end]]!;
    if (refit && given === undefined) {
      const restart = rest[end]! + 1;
      const again = fitHarmonicMean(series, { ...model, alpha: plan.alpha }, restart, restart, last);
      if (again !== undefined) means.set(again.means, restart - first);
    }
  }
  const training = given === undefined ? describeTraining(series, first) : noTraining;
  const detections: Detection[] = [];
  for (let t = first; t <= last; t++)
    detections.push(describe(plan, series, training, t, means[t - first]!, found.get(t)));
  return { detections, means, coefficients: fit.coefficients, alpha: plan.alpha };
}

function describe(
  plan: Plan,
  series: Series,
  training: Training,
  t: number,
  mean: number,
  found: { readonly statistic: number; readonly cases: number; readonly alarm: boolean } | undefined,
): Detection {
  const missing: Warning[] = found === undefined ? [{ code: 'current-missing' }] : [];
  return {
    ...cannotJudge(t, countAt(series, t), 'at-least', [...missing, ...training.warnings]),
    alarm: found?.alarm,
    reference: training.reference,
    expected: mean,
    threshold: found === undefined || !plan.cases ? undefined : Math.max(0, found.cases),
    score: found === undefined ? undefined : Math.max(0, found.statistic),
    scoreLimit: plan.cArl,
  };
}

function chart(plan: Plan, stretch: Stretch): StretchResult {
  if (plan.theta !== undefined) return chartKnownChange(plan, plan.theta, stretch);
  const statistic = chooseStatistic(plan, stretch);
  const n = stretch.counts.length;
  const windowed = plan.change === 'intercept' && plan.alpha === 0 && plan.m > 0;
  const start = windowed ? plan.mTilde : plan.mTilde - 1;
  const statistics = Array.from({ length: n }, () => 0);
  // No count raises an alarm before the chart starts; R says so for the negative binomial only.
  const cases = Array.from({ length: n }, (_, i): number => (i < start && plan.alpha > 0 ? 1e99 : 0));
  for (let i = start; i < n; i++) {
    const value = statistic(i, stretch.counts[i]!);
    statistics[i] = value;
    // R is strict for the Poisson epidemic chart and nowhere else.
    const alarm = plan.change === 'epi' && plan.alpha === 0 ? value > plan.cArl : value >= plan.cArl;
    if (plan.cases) cases[i] = searchCases(plan, (count) => statistic(i, count), stretch.counts[i]!, alarm);
    if (alarm) return { statistics, cases, alarm: i };
  }
  return { statistics, cases, alarm: undefined };
}

/** Likelihood ratio CUSUM for a known change of the log mean. */
function chartKnownChange(plan: Plan, theta: number, { counts, means }: Stretch): StretchResult {
  const { alpha, cArl } = plan;
  const statistics: number[] = [];
  const cases: number[] = [];
  let sum = 0;
  for (const [i, x] of counts.entries()) {
    const mean = means[i]!;
    const ratio = alpha === 0 ? 0 : Math.log((1 + alpha * mean) / (1 + alpha * mean * Math.exp(theta)));
    const constant = alpha === 0 ? (1 - Math.exp(theta)) * mean : ratio / alpha;
    // The statistic is linear in the count: solve it for the limit.
    cases.push((cArl - sum - constant) / (theta + ratio));
    sum = Math.max(0, sum + x * (theta + ratio) + constant);
    statistics.push(sum);
    if (sum > cArl) return { statistics, cases, alarm: i };
  }
  return { statistics, cases, alarm: undefined };
}

/** The statistic at position i with `count` in place of the count there. */
function chooseStatistic(plan: Plan, stretch: Stretch): (i: number, count: number) => number {
  if (plan.change === 'epi') return (i, count) => epidemicStatistic(plan, stretch, i, count);
  if (plan.alpha === 0) return (i, count) => poissonStatistic(plan, stretch, i, count);
  return (i, count) => negativeBinomialStatistic(plan, stretch, i, count);
}

function poissonStatistic(plan: Plan, { counts, means }: Stretch, i: number, count: number): number {
  const { direction, m, mTilde } = plan;
  let cases = count;
  let mean = means[i]!;
  let newest = i;
  let oldest = 0;
  if (m > 0) {
    // Windowed: the newest mTilde terms always belong, so that the oldest possible change point adds one more.
    for (let j = i - mTilde + 1; j < i; j++) {
      cases += counts[j]!;
      mean += means[j]!;
    }
    newest = i - mTilde;
    oldest = Math.max(0, i - m);
  }
  let largest = -1e99;
  for (let k = newest; k >= oldest; k--) {
    if (k < i) {
      cases += counts[k]!;
      mean += means[k]!;
    }
    const kappa = direction * Math.max(0, direction * Math.log(cases / mean));
    // With no case at all the best fall is without end, and the ratio there is the mean itself; R passes over it.
    const value =
      kappa === Number.NEGATIVE_INFINITY
        ? plan.compat === 'r'
          ? Number.NaN
          : mean
        : kappa * cases + (1 - Math.exp(kappa)) * mean;
    if (value > largest) largest = value;
  }
  return largest;
}

function negativeBinomialStatistic(plan: Plan, stretch: Stretch, i: number, count: number): number {
  const { direction, alpha, m, mTilde, compat } = plan;
  const { means } = stretch;
  const counts = withCount(stretch.counts, i, count);
  let largest = -1e99;
  let kappa = 0.5;
  for (let k = m === -1 ? 0 : Math.max(0, i - m); k <= i - (mTilde - 1); k++) {
    if (compat === 'r') {
      // Newton may run away; C's fmax then makes an unknown change none.
      const climbed = direction * climbIntercept(counts, means, alpha, k, i, kappa);
      kappa = climbed > 0 ? direction * climbed : 0;
    } else kappa = maximiseIntercept(counts, means, alpha, k, i, direction);
    let value = 0;
    for (let j = k; j <= i; j++)
      value +=
        kappa * counts[j]! +
        (counts[j]! + 1 / alpha) * Math.log((1 + alpha * means[j]!) / (1 + alpha * means[j]! * Math.exp(kappa)));
    if (value > largest) largest = value;
  }
  return largest;
}

/** Newton's method for the common change of the log mean over k..i; stops as R does. */
function climbIntercept(
  counts: readonly number[],
  means: readonly number[],
  alpha: number,
  k: number,
  i: number,
  start: number,
): number {
  let old = 0.4;
  let now = start;
  for (let step = 0; step < 1000 && now > -18 && Math.abs(now - old) > 1e-6; step++) {
    old = now;
    const growth = Math.exp(old);
    let score = 0;
    let information = 0;
    for (let j = k; j <= i; j++) {
      const mean = means[j]!;
      const spread = 1 + alpha * growth * mean;
      score += (counts[j]! - growth * mean) / spread;
      information += (mean * (alpha * counts[j]! + 1)) / (spread * spread);
    }
    now = old + score / (growth * information);
  }
  return now;
}

/** Change of the log mean in the given direction at which the derivative of the ratio vanishes; bisection. */
function maximiseIntercept(
  counts: readonly number[],
  means: readonly number[],
  alpha: number,
  k: number,
  i: number,
  direction: 1 | -1,
): number {
  const slope = (kappa: number): number => {
    const growth = Math.exp(kappa);
    let sum = 0;
    for (let j = k; j <= i; j++) sum += (counts[j]! - growth * means[j]!) / (1 + alpha * growth * means[j]!);
    return direction * sum;
  };
  if (!(slope(0) > 0)) return 0;
  // Without a single case the best fall is endless; beyond this it changes nothing.
  let low = 0;
  let high = 1;
  while (slope(direction * high) > 0 && high < 20) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(direction * middle) > 0) low = middle;
    else high = middle;
  }
  return direction * low;
}

function epidemicStatistic(plan: Plan, stretch: Stretch, i: number, count: number): number {
  const { alpha, m, mTilde, compat } = plan;
  const { means } = stretch;
  const counts = withCount(stretch.counts, i, count);
  const before = (j: number): number => (j === 0 ? stretch.before : counts[j - 1]!);
  let largest = -1e99;
  let start = 0.5;
  for (let k = m === -1 ? 0 : Math.max(0, i - m); k <= i - (mTilde - 1); k++) {
    let lambda: number;
    if (compat === 'paper') lambda = maximiseEpidemic(counts, means, before, alpha, k, i);
    else if (alpha === 0) {
      // Without a case to infect from Newton finds no lambda, and R gives up all later change points too.
      lambda = Math.exp(climbEpidemic(counts, means, before, k, i, Math.log(start)));
      start = lambda;
    } else {
      start = climbIntercept(counts, means, alpha, k, i, start);
      lambda = Math.exp(start);
    }
    const value = epidemicRatio(counts, means, before, alpha, k, i, lambda);
    if (value > largest) largest = value;
  }
  return largest;
}

function epidemicRatio(
  counts: readonly number[],
  means: readonly number[],
  before: (j: number) => number,
  alpha: number,
  k: number,
  i: number,
  lambda: number,
): number {
  let value = 0;
  for (let j = k; j <= i; j++) {
    const mean = means[j]!;
    const added = lambda * before(j);
    if (alpha === 0) value += counts[j]! * Math.log(added / mean + 1) - added;
    else {
      const spread = Math.log((1 + alpha * mean) / (1 + alpha * (mean + added)));
      value += counts[j]! * (Math.log((mean + added) / mean) + spread) + spread / alpha;
    }
  }
  return value;
}

/** Newton's method on log lambda for the Poisson epidemic chart; stops as R does. */
function climbEpidemic(
  counts: readonly number[],
  means: readonly number[],
  before: (j: number) => number,
  k: number,
  i: number,
  start: number,
): number {
  let old = 2;
  let now = start;
  for (let step = 0; step < 1000 && now > -18 && Math.abs(Math.exp(now) - Math.exp(old)) > 1e-6; step++) {
    old = now;
    const lambda = Math.exp(old);
    let score = 0;
    let squares = 0;
    for (let j = k; j <= i; j++) {
      const earlier = before(j);
      const mean = lambda * earlier + means[j]!;
      score += (counts[j]! * earlier) / mean - earlier;
      squares += (counts[j]! * earlier * earlier) / (mean * mean);
    }
    const slope = lambda * score;
    now = old + slope / (lambda * lambda * squares - slope);
  }
  return now;
}

/** lambda >= 0 at which the derivative of the ratio vanishes; bisection. */
function maximiseEpidemic(
  counts: readonly number[],
  means: readonly number[],
  before: (j: number) => number,
  alpha: number,
  k: number,
  i: number,
): number {
  const slope = (lambda: number): number => {
    let sum = 0;
    for (let j = k; j <= i; j++) {
      const mean = means[j]! + lambda * before(j);
      sum += (before(j) * (counts[j]! - mean)) / (mean * (1 + alpha * mean));
    }
    return sum;
  };
  if (!(slope(0) > 0)) return 0;
  let low = 0;
  let high = 1;
  while (slope(high) > 0 && high < 1e9) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The count that would just raise the alarm. Poisson: from zero up, and for falls the first that no longer does. Negative
 * binomial: from the observed count, as R searches it; not searched from zero.
 */
function searchCases(plan: Plan, statistic: (count: number) => number, observed: number, alarm: boolean): number {
  const { cArl, direction, xMax } = plan;
  if (plan.alpha === 0) {
    let count = 0;
    while (direction * statistic(count) < direction * cArl && count < 1e7) count++;
    return count;
  }
  const step = alarm ? -1 : 1;
  let count = observed;
  while (count <= xMax && count >= 1) {
    count += step;
    if (statistic(count) >= cArl !== alarm) return alarm ? count + 1 : count;
  }
  return alarm ? 0 : 1e99;
}

function withCount(counts: readonly number[], i: number, count: number): readonly number[] {
  return counts[i] === count ? counts : counts.with(i, count);
}
