/**
 * Nowcasting: how many cases of the last periods there will turn out to be, once late reports are in.
 *
 *  - 'lawless': Lawless 1994 (Can J Stat 22:15-31), reverse-time hazards of the delay, normal approximation.
 *  - 'bayes-trunc': Hoehle & an der Heiden 2014 (Biometrics 70:993-1002), a generalised Dirichlet delay distribution that
 *    allows for the reports still to come and a negative binomial prior of the count; drawn from a seed.
 *  - 'bayes-notrunc': the same without allowing for truncation; 'bayes-notrunc-bnb': that in closed form.
 *  - 'unif': anything between what is known and the maximum; the yardstick that every method has to beat.
 *
 * compat 'r' reproduces R `surveillance` 1.20.3: its lawless method loses the estimation part of the variance and divides by the
 * wrong normalising constant, and probability above `maxCount` is cut off without notice. The default repairs the former,
 * makes the support as long as it needs to be, and scales what it reports to 1.
 */
import { type Compat, requireOneOf, requirePositive, requireProbability, requireWhole } from './control.ts';
import { normalCdf, normalTail } from './distributions/normal.ts';
import { logGamma } from './distributions/stirling.ts';
import { DetectError } from './errors.ts';
import { createRandom, drawBeta, type Random } from './random.ts';

export const nowcastMethods = ['lawless', 'bayes-trunc', 'bayes-notrunc', 'bayes-notrunc-bnb', 'unif'] as const;
export type NowcastMethod = (typeof nowcastMethods)[number];

/** Cases by period of occurrence (0 is the oldest, the last is now) and delay 0..maxDelay; undefined where still to come. */
export interface ReportingTriangle {
  readonly maxDelay: number;
  readonly counts: readonly (readonly (number | undefined)[])[];
  /** Cases whose delay was beyond maxDelay and counted there. */
  readonly cut: number;
}

export interface NowcastControl {
  readonly method: NowcastMethod;
  /** Periods of occurrence that the delay is learnt from, counted back from now; all when not given. */
  readonly window?: number | undefined;
  /** Largest count considered. */
  readonly maxCount?: number;
  /** Level of the interval: 1 - alpha. */
  readonly alpha?: number;
  /** Concentration of the prior of the delay distribution. */
  readonly kappa?: number;
  /** Mean and variance of the prior of each count; by default around the counts of periods already complete. */
  readonly prior?: { readonly mean: number; readonly variance: number } | undefined;
  readonly samples?: number;
  readonly seed?: number;
  readonly compat?: Compat;
}

export interface NowcastPeriod {
  readonly index: number;
  /** Reported so far. */
  readonly observed: number;
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** Probability of each count from 0 on. */
  readonly probability: Float64Array;
}

export interface Nowcast {
  readonly periods: readonly NowcastPeriod[];
  /** Estimated share reported within 0, 1, 2, ... periods. */
  readonly delayCdf: readonly number[] | undefined;
  readonly reportsByDelay: readonly number[];
  readonly atRiskByDelay: readonly number[];
}

/** From a line list, in period numbers. Reports after `now` do not exist yet. */
export function buildReportingTriangle(
  cases: readonly { readonly event: number; readonly report: number }[],
  first: number,
  now: number,
  maxDelay: number,
): ReportingTriangle {
  requireWhole('maxDelay', maxDelay, 1, 10_000);
  requireWhole('now', now, first + maxDelay);
  const counts = Array.from({ length: now - first + 1 }, (_, t) =>
    Array.from({ length: maxDelay + 1 }, (__, d): number | undefined => (t + d <= now - first ? 0 : undefined)),
  );
  let cut = 0;
  for (const [i, { event, report }] of cases.entries()) {
    if (!Number.isInteger(event) || !Number.isInteger(report)) throw new DetectError('input-malformed', `cases[${i}]`);
    if (report < event) throw new DetectError('control-out-of-range', `cases[${i}].report`, report);
    if (event < first || event > now || report > now) continue;
    if (report - event > maxDelay) cut++;
    const row = counts[event - first]!;
    const delay = Math.min(report - event, maxDelay);
    row[delay] = (row[delay] ?? 0) + 1;
  }
  return { maxDelay, counts, cut };
}

export function nowcast(triangle: ReportingTriangle, control: NowcastControl): Nowcast {
  const { method, alpha = 0.05, kappa = 0.1, samples = 2000, seed = 1, compat = 'paper' } = control;
  requireOneOf('control.method', method, nowcastMethods);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  requireProbability('control.alpha', alpha);
  requirePositive('control.kappa', kappa);
  requireWhole('control.samples', samples, 1, 10_000_000);
  if (control.window !== undefined) requireWhole('control.window', control.window, 1);
  const known = knownCounts(triangle);
  const largest = Math.max(0, ...known);
  const maxCount = control.maxCount ?? (compat === 'r' ? 300 : Math.max(300, Math.ceil(20 * largest)));
  requireWhole('control.maxCount', maxCount, 1, 10_000_000);
  if (largest > maxCount) throw new DetectError('control-out-of-range', 'control.maxCount', maxCount);
  const { reports, atRisk } = sumDelays(triangle, control.window);
  const plan = { triangle, known, reports, atRisk, maxCount, kappa, compat };

  const estimate = ((): Estimate => {
    switch (method) {
      case 'unif':
        return { delayCdf: undefined, probabilities: known.map((count) => uniform(count, maxCount)) };
      case 'lawless':
        return estimateLawless(plan);
      case 'bayes-notrunc-bnb':
        return estimateBetaNegativeBinomial(plan);
      case 'bayes-trunc':
      case 'bayes-notrunc': {
        const prior = control.prior ?? guessPrior(triangle, known);
        requirePositive('control.prior.mean', prior.mean);
        if (!(prior.variance > prior.mean))
          throw new DetectError('control-out-of-range', 'control.prior.variance', prior.variance);
        return estimateBayes(plan, method === 'bayes-trunc', prior, samples, createRandom(seed));
      }
    }
  })();
  const periods = estimate.probabilities.map((probability, index) => {
    if (compat === 'paper') normalise(probability);
    return { index, observed: known[index]!, ...summarise(probability, alpha), probability };
  });
  return { periods, delayCdf: estimate.delayCdf, reportsByDelay: reports, atRiskByDelay: atRisk };
}

interface Plan {
  readonly triangle: ReportingTriangle;
  readonly known: readonly number[];
  readonly reports: readonly number[];
  readonly atRisk: readonly number[];
  readonly maxCount: number;
  readonly kappa: number;
  readonly compat: Compat;
}

interface Estimate {
  readonly delayCdf: readonly number[] | undefined;
  readonly probabilities: readonly Float64Array[];
}

function knownCounts(triangle: ReportingTriangle): number[] {
  const last = triangle.counts.length - 1;
  if (last < triangle.maxDelay) throw new DetectError('control-out-of-range', 'triangle.maxDelay', triangle.maxDelay);
  return triangle.counts.map((row, t) => {
    let sum = 0;
    for (let d = 0; d <= Math.min(triangle.maxDelay, last - t); d++) {
      const count = row[d];
      if (count === undefined) throw new DetectError('input-malformed', `triangle.counts[${t}][${d}]`);
      if (!Number.isInteger(count) || count < 0)
        throw new DetectError('count-negative', `triangle.counts[${t}][${d}]`, count);
      sum += count;
    }
    return sum;
  });
}

/** Reports with delay d, and with delay up to d, over the periods of the window for which delay d has passed. */
function sumDelays(
  { counts, maxDelay }: ReportingTriangle,
  window: number | undefined,
): { readonly reports: number[]; readonly atRisk: number[] } {
  const last = counts.length - 1;
  const reports: number[] = [];
  const atRisk: number[] = [];
  for (let d = 0; d <= maxDelay; d++) {
    let exact = 0;
    let upTo = 0;
    for (let t = Math.max(0, last - (window ?? last)); t <= last - d; t++) {
      exact += counts[t]![d] ?? 0;
      for (let e = 0; e <= d; e++) upTo += counts[t]![e] ?? 0;
    }
    reports.push(exact);
    atRisk.push(upTo);
  }
  return { reports, atRisk };
}

function estimateLawless({ triangle, known, reports, atRisk, maxCount, compat }: Plan): Estimate {
  const { maxDelay } = triangle;
  const last = known.length - 1;
  // Reverse-time hazard (2.9); nothing at risk counts as no further delay.
  const hazard = reports.map((count, d) => (d === 0 ? 1 : atRisk[d]! > 0 ? count / atRisk[d]! : 0));
  const share = known.map((_, t) => {
    let product = 1;
    for (let d = last - t + 1; d <= maxDelay; d++) product *= 1 - hazard[d]!;
    return product;
  });
  const probabilities = known.map((count, t) => {
    const reported = share[t]!;
    const mean = count / reported;
    let variance = t < last - maxDelay ? 0 : (count * (1 - reported)) / (reported * reported);
    if (compat === 'paper') {
      // (2.15) and the first part of (2.16), the uncertainty of the delay distribution.
      let relative = 0;
      for (let d = last - t + 1; d <= maxDelay; d++)
        if (hazard[d]! < 1 && atRisk[d]! > 0) relative += hazard[d]! / (atRisk[d]! * (1 - hazard[d]!));
      variance += (count * (count + 1) * relative) / (reported * reported);
    }
    const probability = new Float64Array(maxCount + 1);
    if (!(variance > 0) || !Number.isFinite(mean)) {
      if (Number.isInteger(mean) && mean <= maxCount) probability[mean] = 1;
      return probability;
    }
    const sd = Math.sqrt(variance);
    if (compat === 'r') {
      const above = normalTail((count - mean) / sd);
      let below = 0;
      for (let x = count; x <= maxCount; x++) {
        const upTo = normalCdf((x - mean) / sd) / above;
        probability[x] = upTo - below;
        below = upTo;
      }
      return probability;
    }
    // Each count takes the mass half a case to either side, cut below at what is already known.
    for (let x = count; x <= maxCount; x++)
      probability[x] = normalTail((x - 0.5 - mean) / sd) - normalTail((x + 0.5 - mean) / sd);
    return probability;
  });
  return { delayCdf: share.toReversed(), probabilities };
}

function estimateBetaNegativeBinomial({ triangle, known, reports, maxCount, kappa }: Plan): Estimate {
  const { maxDelay } = triangle;
  const last = known.length - 1;
  const concentration = reports.map((count) => count + kappa);
  const total = concentration.reduce((sum, value) => sum + value, 0);
  let cumulative = 0;
  const upTo = concentration.map((value) => (cumulative += value));
  const probabilities = known.map((count, t) => {
    const probability = new Float64Array(maxCount + 1);
    const delay = last - t;
    if (delay >= maxDelay) {
      probability[count] = 1;
      return probability;
    }
    const a = upTo[delay]!;
    const b = total - a;
    const n = count + 1;
    const constant = logGamma(n + a) + logGamma(a + b) - logGamma(n) - logGamma(a) - logGamma(b);
    for (let x = count; x <= maxCount; x++) {
      const j = x - count;
      probability[x] = Math.exp(
        constant + logGamma(j + b) + logGamma(n + j) - logGamma(n + j + a + b) - logGamma(j + 1),
      );
    }
    return probability;
  });
  return { delayCdf: upTo.map((value) => value / total), probabilities };
}

function estimateBayes(
  plan: Plan,
  truncated: boolean,
  prior: { readonly mean: number; readonly variance: number },
  samples: number,
  random: Random,
): Estimate {
  const { triangle, known, reports, atRisk, maxCount, kappa } = plan;
  const { maxDelay } = triangle;
  const last = known.length - 1;
  // Delays are broken off the stick from the longest down; what is left at the end is delay 0.
  const sticks: { readonly a: number; readonly b: number }[] = [];
  for (let d = maxDelay; d >= 1; d--) {
    const shorter = truncated ? atRisk[d]! - reports[d]! : reports.slice(0, d).reduce((sum, count) => sum + count, 0);
    sticks.push({ a: kappa + reports[d]!, b: kappa * d + shorter });
  }
  const size = prior.mean ** 2 / (prior.variance - prior.mean);
  const rate = size / prior.mean;
  const probabilities = known.map(() => new Float64Array(maxCount + 1));
  for (let t = 0; t < last - maxDelay; t++) probabilities[t]![known[t]!] = 1;
  const scratch = new Float64Array(maxCount + 1);
  for (let draw = 0; draw < samples; draw++) {
    // Share with a delay of at most d: what the longer delays left.
    let share = 1;
    for (let d = maxDelay; d >= 0; d--) {
      const t = last - d;
      addPosterior(probabilities[t]!, scratch, known[t]!, share, size, rate, 1 / samples);
      if (d === 0) break;
      const { a, b } = sticks[maxDelay - d]!;
      share *= 1 - drawBeta(random, a, b);
    }
  }
  const expected = expectedSticks(sticks);
  let cumulative = 0;
  return { delayCdf: expected.map((value) => (cumulative += value)), probabilities };
}

/**
 * The count given what is reported: the mean rate has a gamma posterior, so the reports still to come are negative binomial
 * with size + known and probability (rate + share) / (rate + 1). Cut at the end of the support and scaled to 1.
 */
function addPosterior(
  sum: Float64Array,
  scratch: Float64Array,
  known: number,
  share: number,
  size: number,
  rate: number,
  weight: number,
): void {
  const q = (1 - share) / (rate + 1);
  const shape = size + known;
  const most = sum.length - 1 - known;
  let term = 1;
  let total = 0;
  for (let j = 0; j <= most; j++) {
    scratch[j] = term;
    total += term;
    term *= ((shape + j) / (j + 1)) * q;
  }
  const factor = weight / total;
  for (let j = 0; j <= most; j++) sum[known + j] = sum[known + j]! + scratch[j]! * factor;
}

/** Posterior means of the delay probabilities, shortest delay first. */
function expectedSticks(sticks: readonly { readonly a: number; readonly b: number }[]): number[] {
  let left = 1;
  const found = sticks.map(({ a, b }) => {
    const share = (left * a) / (a + b);
    left *= b / (a + b);
    return share;
  });
  return [left, ...found.toReversed()];
}

/** Weakly informative: around the mean of the complete periods, with a standard deviation of three times that. */
function guessPrior(
  triangle: ReportingTriangle,
  known: readonly number[],
): { readonly mean: number; readonly variance: number } {
  const complete = known.slice(0, Math.max(1, known.length - triangle.maxDelay));
  const mean = Math.max(1, complete.reduce((sum, count) => sum + count, 0) / complete.length);
  return { mean, variance: mean + (3 * mean) ** 2 };
}

function uniform(known: number, maxCount: number): Float64Array {
  return new Float64Array(maxCount + 1).fill(1 / (maxCount - known + 1), known);
}

function normalise(probability: Float64Array): void {
  const total = probability.reduce((sum, value) => sum + value, 0);
  if (total > 0) for (let x = 0; x < probability.length; x++) probability[x] = probability[x]! / total;
}

/** First counts whose cumulative probability exceeds 1/2, alpha/2, 1 - alpha/2; 0 when none does, as in R. */
function summarise(
  probability: Float64Array,
  alpha: number,
): { readonly median: number; readonly lower: number; readonly upper: number } {
  const first = (level: number): number => {
    let cumulative = 0;
    for (let x = 0; x < probability.length; x++) {
      cumulative += probability[x]!;
      if (cumulative > level) return x;
    }
    return 0;
  };
  return { median: first(0.5), lower: first(alpha / 2), upper: first(1 - alpha / 2) };
}
