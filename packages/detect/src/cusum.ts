/**
 * Poisson and negative binomial CUSUM of standardised counts (Rossi et al. 1999, Stat Med 18:2111-2122; Hawkins & Olwell 1998).
 * The sum is not reset after an alarm.
 *
 * `threshold` is the count that would bring the sum to h. In compat 'r' the bound of trans 'anscombe2nd' keeps R's sign error
 * (its bound and its statistic disagree) and 'none' and 'anscombeNegBin' give what is left to h; the default inverts the
 * statistic itself for every transformation.
 */
import { type Compat, requireOneOf, requirePositive, requireWithin, resolveChartRange } from './control.ts';
import {
  anscombeHypergeometric,
  anscombeNegativeBinomial,
  inverseAnscombeNegativeBinomial,
  tabulatedAnscombeHypergeometric,
} from './distributions/anscombe.ts';
import { fitHarmonicMean } from './harmonic-mean.ts';
import { cannotJudge, type Detection, type IndexRange, type Warning } from './result.ts';
import { countAt, type Series } from './series.ts';
import { describeTraining, noTraining } from './training.ts';

export const cusumTransformations = [
  'rossi',
  'standard',
  'anscombe',
  'anscombe2nd',
  'pearsonNegBin',
  'anscombeNegBin',
  'none',
] as const;
export type CusumTransformation = (typeof cusumTransformations)[number];

export interface CusumControl {
  /** Reference value and decision interval, in standard deviations. */
  readonly k?: number;
  readonly h?: number;
  /** In-control mean: a number, 'glm' for a yearly wave fitted to what lies before the range, otherwise the mean of that. */
  readonly m?: number | 'glm' | undefined;
  readonly trans?: CusumTransformation;
  /** Variance of the negative binomial transformations: m + alpha m^2. */
  readonly alpha?: number;
  /** Number of the first period within its year; sets the phase of 'glm'. */
  readonly startPeriod?: number;
  readonly compat?: Compat;
}

export interface CusumRun {
  readonly detections: readonly Detection[];
  readonly means: Float64Array;
}

export function detectCusum(series: Series, control: CusumControl, range?: IndexRange): readonly Detection[] {
  return runCusum(series, control, range).detections;
}

/** What lies before the range is taken to be in control. */
export function runCusum(series: Series, control: CusumControl, range?: IndexRange): CusumRun {
  const { k = 1.04, h = 2.26, m, trans = 'standard', alpha = 0.1, startPeriod = 1, compat = 'paper' } = control;
  requireWithin('control.k', k, 0);
  requirePositive('control.h', h);
  requireOneOf('control.trans', trans, cusumTransformations);
  requireWithin('control.alpha', alpha, 0);
  requireOneOf('control.compat', compat, ['r', 'paper']);
  if (typeof m === 'number') requireWithin('control.m', m, 0);
  const { first, last } = resolveChartRange(series, range);
  const means = inControlMeans(series, m, startPeriod, compat, first, last);
  const training = typeof m === 'number' ? noTraining : describeTraining(series, first);
  const detections: Detection[] = [];
  let sum = 0;
  for (let t = first; t <= last; t++) {
    const observed = countAt(series, t);
    const mean = means?.[t - first];
    if (mean === undefined || (compat === 'paper' && trans !== 'none' && !(mean > 0))) {
      const warning: Warning = mean === 0 ? { code: 'all-zero' } : { code: 'history-too-short', needs: 1, has: first };
      detections.push(cannotJudge(t, observed, 'at-least', [warning]));
      continue;
    }
    const before = sum;
    // R's sum stays unknown from the first missing period on; the default passes over it.
    if (observed === undefined) sum = compat === 'r' ? Number.NaN : sum;
    else sum = Math.max(0, before + standardise(observed, mean, trans, alpha, compat) - k);
    const threshold =
      compat === 'r'
        ? boundOfR(trans, mean, alpha, h, k, before, sum)
        : Math.max(0, countAtStandard(h + k - before, mean, trans, alpha));
    detections.push({
      ...cannotJudge(t, observed, 'at-least', [
        ...(observed === undefined ? [{ code: 'current-missing' } as const] : []),
        ...training.warnings,
      ]),
      reference: training.reference,
      alarm: observed === undefined || Number.isNaN(sum) ? undefined : sum >= h,
      expected: trans === 'none' ? k : mean,
      threshold,
      score: observed === undefined || Number.isNaN(sum) ? undefined : sum,
      scoreLimit: h,
    });
  }
  return { detections, means: means ?? new Float64Array(0) };
}

function inControlMeans(
  series: Series,
  m: number | 'glm' | undefined,
  startPeriod: number,
  compat: Compat,
  first: number,
  last: number,
): Float64Array | undefined {
  const length = last - first + 1;
  if (typeof m === 'number') return new Float64Array(length).fill(m);
  if (first === 0) return undefined;
  if (m === 'glm')
    return fitHarmonicMean(series, { harmonics: 1, trend: false, phase: startPeriod - 1, alpha: 0 }, first, first, last)
      ?.means;
  let cases = 0;
  let known = 0;
  for (let i = 0; i < first; i++) {
    const count = countAt(series, i);
    if (count === undefined && compat === 'paper') continue;
    cases += count ?? Number.NaN;
    known++;
  }
  return known === 0 ? undefined : new Float64Array(length).fill(cases / known);
}

function standardise(y: number, m: number, trans: CusumTransformation, alpha: number, compat: Compat): number {
  switch (trans) {
    case 'rossi':
      return (y - 3 * m + 2 * Math.sqrt(y * m)) / (2 * Math.sqrt(m));
    case 'standard':
      return (y - m) / Math.sqrt(m);
    case 'anscombe':
      return (1.5 * (twoThirds(y) - twoThirds(m))) / m ** (1 / 6);
    case 'anscombe2nd':
      return (twoThirds(y) - secondOrderCentre(m)) / ((2 / 3) * m ** (1 / 6));
    case 'pearsonNegBin':
      return (y - m) / Math.sqrt(m + alpha * m * m);
    case 'anscombeNegBin':
      return anscombeNegativeBinomial(
        y,
        m,
        alpha,
        compat === 'r' ? tabulatedAnscombeHypergeometric : anscombeHypergeometric,
      );
    case 'none':
      return y;
  }
}

/** The count whose standardised value is x; the inverse of `standardise`. */
function countAtStandard(x: number, m: number, trans: CusumTransformation, alpha: number): number {
  const root = Math.sqrt(m);
  switch (trans) {
    case 'rossi':
      // y + 2 sqrt(m y) - 3 m = 2 x sqrt(m), a square in sqrt(y).
      return Math.max(0, Math.sqrt(Math.max(0, 4 * m + 2 * x * root)) - root) ** 2;
    case 'standard':
      return m + x * root;
    case 'anscombe':
      return Math.max(0, (2 / 3) * m ** (1 / 6) * x + twoThirds(m)) ** 1.5;
    case 'anscombe2nd':
      return Math.max(0, (2 / 3) * m ** (1 / 6) * x + secondOrderCentre(m)) ** 1.5;
    case 'pearsonNegBin':
      return m + x * Math.sqrt(m + alpha * m * m);
    case 'anscombeNegBin':
      return inverseAnscombeNegativeBinomial(x, m, alpha);
    case 'none':
      return x;
  }
}

function boundOfR(
  trans: CusumTransformation,
  m: number,
  alpha: number,
  h: number,
  k: number,
  before: number,
  after: number,
): number {
  const q = h + k - before;
  const bound = ((): number => {
    switch (trans) {
      case 'rossi':
        return 2 * q * Math.sqrt(m) + 5 * m - 2 * Math.sqrt(4 * m * m + 2 * m ** 1.5 * q);
      case 'standard':
        return Math.ceil(Math.sqrt(m) * q + m);
      case 'anscombe':
        return Math.max(0, (2 / 3) * m ** (1 / 6) * q + twoThirds(m)) ** 1.5;
      case 'anscombe2nd':
        return Math.max(0, (2 / 3) * m ** (1 / 6) * q + twoThirds(m) - Math.cbrt(m) / 9) ** 1.5;
      case 'pearsonNegBin':
        return Math.sqrt(m + alpha * m * m) * q + m;
      case 'anscombeNegBin':
      case 'none':
        return h - after;
    }
  })();
  return bound > 0 ? bound : 0;
}

function twoThirds(x: number): number {
  return Math.cbrt(x * x);
}

function secondOrderCentre(m: number): number {
  return twoThirds(m) - 1 / (9 * Math.cbrt(m));
}
