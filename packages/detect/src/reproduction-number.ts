/**
 * Instantaneous reproduction number (Cori et al. 2013, Am J Epidemiol 178:1505-1512): within a window R is constant with a gamma
 * prior, and new local cases are Poisson with mean R times the infectiousness of those before. All cases of the first period
 * count as imported.
 */
import { requirePositive, requireWhole, requireWithin } from './control.ts';
import { gammaCdf, gammaQuantile } from './distributions/gamma.ts';
import { DetectError } from './errors.ts';

export interface Incidence {
  readonly local: readonly number[];
  readonly imported?: readonly number[] | undefined;
}

export interface ReproductionControl {
  /** Probability that the serial interval is 0, 1, 2, ... periods. */
  readonly serialInterval: readonly number[];
  /** Mean and standard deviation of the gamma prior of R. */
  readonly priorMean?: number;
  readonly priorSd?: number;
  /** Windows as [first, last], counted from 0; by default every 7 periods from the second one on. */
  readonly windows?: readonly (readonly [first: number, last: number])[] | undefined;
  readonly probabilities?: readonly number[];
}

export interface ReproductionEstimate {
  readonly first: number;
  readonly last: number;
  /** Undefined where the window ends before one mean serial interval has passed. */
  readonly mean: number | undefined;
  readonly sd: number | undefined;
  readonly quantiles: readonly { readonly probability: number; readonly value: number | undefined }[];
}

const DEFAULT_PROBABILITIES = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];
const DEFAULT_WINDOW = 7;

export function estimateReproduction(incidence: Incidence, control: ReproductionControl): ReproductionEstimate[] {
  const { serialInterval, priorMean = 5, priorSd = 5, probabilities = DEFAULT_PROBABILITIES } = control;
  requirePositive('control.priorMean', priorMean);
  requirePositive('control.priorSd', priorSd);
  const { local, total } = splitIncidence(incidence);
  const n = total.length;
  for (const [i, share] of serialInterval.entries()) requireWithin(`control.serialInterval[${i}]`, share, 0, 1);
  if ((serialInterval[0] ?? 0) !== 0) throw new DetectError('control-out-of-range', 'control.serialInterval[0]');
  const windows =
    control.windows ??
    Array.from({ length: Math.max(0, n - DEFAULT_WINDOW) }, (_, i) => [i + 1, i + DEFAULT_WINDOW] as const);
  const infectiousness = computeInfectiousness(total, serialInterval);
  const meanInterval = serialInterval.reduce((sum, share, s) => sum + share * s, 0);
  const shape = (priorMean / priorSd) ** 2;
  const scale = priorSd ** 2 / priorMean;
  return windows.map(([first, last], i) => {
    requireWhole(`control.windows[${i}][0]`, first, 1, last);
    requireWhole(`control.windows[${i}][1]`, last, first, n - 1);
    // Periods are counted from 1 in the paper's rule.
    if (!(last + 1 > meanInterval)) {
      const quantiles = probabilities.map((probability) => ({ probability, value: undefined }));
      return { first, last, mean: undefined, sd: undefined, quantiles };
    }
    let cases = shape;
    let pressure = 1 / scale;
    for (let t = first; t <= last; t++) {
      cases += local[t]!;
      pressure += infectiousness[t]!;
    }
    const quantiles = probabilities.map((probability) => ({
      probability,
      value: gammaQuantile(probability, cases) / pressure,
    }));
    return { first, last, mean: cases / pressure, sd: Math.sqrt(cases) / pressure, quantiles };
  });
}

/** Sum over s of w_s I_{t-s}; nothing at t = 0. */
export function computeInfectiousness(total: readonly number[], serialInterval: readonly number[]): number[] {
  return total.map((_, t) => {
    let sum = 0;
    for (let s = 1; s <= t && s < serialInterval.length; s++) sum += serialInterval[s]! * total[t - s]!;
    return sum;
  });
}

/**
 * Discretised gamma serial interval shifted by one period (Cori et al. 2013, web appendix 11), for 0..periods-1 and one zero
 * after; what lies beyond is cut off and the rest not rescaled.
 */
export function discretiseSerialInterval(mean: number, sd: number, periods: number): number[] {
  requireWithin('mean', mean, 1 + 1e-9);
  requirePositive('sd', sd);
  requireWhole('periods', periods, 1, 100_000);
  const shape = ((mean - 1) / sd) ** 2;
  const scale = sd ** 2 / (mean - 1);
  const cdf = (x: number, a: number): number => (x <= 0 ? 0 : gammaCdf(x / scale, a));
  const weights: number[] = [];
  for (let k = 0; k < periods; k++) {
    const weight =
      k * cdf(k, shape) +
      (k - 2) * cdf(k - 2, shape) -
      2 * (k - 1) * cdf(k - 1, shape) +
      shape * scale * (2 * cdf(k - 1, shape + 1) - cdf(k - 2, shape + 1) - cdf(k, shape + 1));
    weights.push(Math.max(0, weight));
  }
  weights.push(0);
  return weights;
}

function splitIncidence(incidence: Incidence): {
  readonly local: readonly number[];
  readonly total: readonly number[];
} {
  const { local, imported } = incidence;
  if (imported !== undefined && imported.length !== local.length)
    throw new DetectError('length-mismatch', 'incidence.imported', imported.length);
  for (const [i, count] of local.entries()) requireWithin(`incidence.local[${i}]`, count, 0);
  for (const [i, count] of (imported ?? []).entries()) requireWithin(`incidence.imported[${i}]`, count, 0);
  const total = local.map((count, t) => count + (imported?.[t] ?? 0));
  return { local: local.map((count, t) => (t === 0 ? 0 : count)), total };
}
