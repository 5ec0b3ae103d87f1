/**
 * Farrington et al. 1996 (J R Stat Soc A 159:547-563): the same weeks of the past `b` years, a quasi-Poisson mean with a linear
 * trend when it is significant, past outbreaks weighted down, a two-sided prediction interval on the 2/3 power scale.
 *
 * Both modes follow R `surveillance` 1.20.3, which is right here; they differ in two habits: in compat 'r' too few
 * recent cases make the bound 0, and a recent period without a count leaves bound and alarm unknown.
 */
import { type Compat, requireOneOf, requireProbability, requireWhole, requireWithin, resolveRange } from './control.ts';
import { normalCdf, normalQuantile } from './distributions/normal.ts';
import { studentTwoSided } from './distributions/student.ts';
import { DetectError } from './errors.ts';
import { SMALLEST_MEAN } from './glm.ts';
import { type PowerTransformation, transform } from './power-transformation.ts';
import { cannotJudge, type Detection, type IndexRange, type ReferencePeriod, type Warning } from './result.ts';
import {
  appendRows,
  closeRows,
  createSeasonalGlm,
  fitSeasonalGlm,
  forEachRow,
  largestCount,
  openRows,
  predictLink,
  predictUnscaledVariance,
  resetWeights,
  type SeasonalGlm,
  tabulateCounts,
  weightDownOutbreaks,
} from './seasonal-glm.ts';
import { pastSeasonIndexes } from './seasonal-reference.ts';
import { countAt, type Series } from './series.ts';

export interface FarringtonControl {
  readonly b?: number;
  readonly w?: number;
  readonly reweight?: boolean;
  /** Two-sided. */
  readonly alpha?: number;
  readonly trend?: boolean;
  readonly limit54?: readonly [cases: number, periods: number];
  readonly powertrans?: PowerTransformation;
  /** Log population as offset; R's fitFun ".populationOffset". */
  readonly populationOffset?: boolean;
  readonly compat?: Compat;
}

export interface FarringtonFit {
  readonly detection: Detection;
  readonly trend: boolean;
  readonly phi: number;
  readonly standardError: number;
  /** P(Y <= observed) under the prediction. */
  readonly quantileOfObserved: number;
}

const WEIGHTS_THRESHOLD = 1;
const TREND_P_VALUE = 0.05;

export function detectFarrington(series: Series, control: FarringtonControl, range?: IndexRange): Detection[] {
  return fitFarrington(series, control, range).map(({ detection }) => detection);
}

export function fitFarrington(series: Series, control: FarringtonControl, range?: IndexRange): FarringtonFit[] {
  const plan = {
    b: control.b ?? 5,
    w: control.w ?? 3,
    reweight: control.reweight ?? true,
    alpha: control.alpha ?? 0.05,
    trend: control.trend ?? true,
    limit54: control.limit54 ?? ([5, 4] as const),
    powertrans: control.powertrans ?? '2/3',
    populationOffset: control.populationOffset ?? false,
    compat: control.compat ?? 'paper',
  };
  requireWhole('control.b', plan.b, 1, 100);
  requireWhole('control.w', plan.w, 0, 182);
  requireProbability('control.alpha', plan.alpha);
  requireWithin('control.limit54[0]', plan.limit54[0], 0);
  requireWhole('control.limit54[1]', plan.limit54[1], 1, 10_000);
  requireOneOf('control.powertrans', plan.powertrans, ['2/3', '1/2', 'none']);
  requireOneOf('control.compat', plan.compat, ['r', 'paper']);
  if (plan.populationOffset && series.population === undefined)
    throw new DetectError('population-required', 'series.population');
  const { first, last } = resolveRange(series, range);
  const quantile = normalQuantile(1 - plan.alpha / 2);
  const tables = tabulateCounts(series.values, plan.populationOffset ? series.population : undefined);
  const glm = createSeasonalGlm(series.values.length, 1);

  const judge = (k: number): FarringtonFit => {
    const observed = countAt(series, k);
    const nothing = (warnings: readonly Warning[]): FarringtonFit => ({
      detection: cannotJudge(k, observed, 'more-than', warnings),
      trend: false,
      phi: Number.NaN,
      standardError: Number.NaN,
      quantileOfObserved: Number.NaN,
    });
    const wanted = plan.b * (2 * plan.w + 1);
    const indexes = pastSeasonIndexes(series, k, plan.b, plan.w).filter((index) => index < k);
    const needs = plan.b * series.periodsPerYear + plan.w;
    // Single reference weeks before the series may be missing; a whole year may not, except in R.
    if (indexes.length <= (plan.compat === 'r' ? 0 : wanted - (2 * plan.w + 1)))
      return nothing([{ code: 'history-too-short', needs, has: k }]);
    const exposure = tables.exposure === undefined ? 1 : tables.exposure[k]!;
    if (Number.isNaN(exposure)) return nothing([{ code: 'population-missing' }]);
    openRows(glm, tables);
    for (const [start, end] of findRuns(indexes)) appendRows(glm, start, end, 0);
    closeRows(glm);
    const warnings: Warning[] = [];
    if (observed === undefined) warnings.push({ code: 'current-missing' });
    if (glm.rows < wanted) warnings.push({ code: 'reference-missing', periods: wanted - glm.rows });

    const fit = fitWithTrend(glm, plan, k, exposure);
    if (fit === undefined) return nothing([...warnings, { code: 'not-converged' }]);
    const phi = Math.max(glm.dispersion, 1);
    const mean = Math.max(Math.exp(predictLink(glm, k, 0, exposure)), SMALLEST_MEAN);
    const standardError = mean * Math.sqrt(phi * predictUnscaledVariance(glm, k, 0));
    const { power, scaledMean, scaledSd } = transform(plan.powertrans, mean, phi + standardError ** 2 / mean);
    const threshold = (scaledMean + quantile * scaledSd) ** (1 / power);
    const y = observed ?? Number.NaN;
    const score = (y - mean) / (threshold - mean);
    const z = (y ** power - scaledMean) / scaledSd;

    const recent = sumRecent(series, k, plan.limit54[1]);
    const enough =
      recent.complete || (plan.compat === 'paper' && recent.cases >= plan.limit54[0])
        ? recent.cases >= plan.limit54[0]
        : undefined;
    if (enough !== true) warnings.push({ code: 'too-few-recent-cases', needs: plan.limit54[0], has: recent.cases });
    if (fit.weightedDown > 0) warnings.push({ code: 'past-outbreaks-weighted-down', periods: fit.weightedDown });
    if (plan.trend && !fit.trend) warnings.push({ code: 'trend-dropped' });
    const reference: ReferencePeriod[] = [];
    forEachRow(glm, (index, weight) => reference.push({ index, weight }));
    if (reference.every(({ index }) => series.values[index] === 0)) warnings.push({ code: 'all-zero' });
    const isR = plan.compat === 'r';
    return {
      detection: {
        index: k,
        observed,
        alarm: isR && enough === undefined ? undefined : raise(score, enough),
        expected: mean,
        threshold: isR && enough !== true ? (enough === undefined ? undefined : 0) : threshold,
        raisedWhen: 'more-than',
        pValue: observed === undefined ? undefined : normalCdf(-z),
        score: observed === undefined ? undefined : score,
        scoreLimit: 1,
        reference,
        warnings,
      },
      trend: fit.trend,
      phi,
      standardError,
      quantileOfObserved: normalCdf(z),
    };
  };
  const fits: FarringtonFit[] = [];
  for (let k = first; k <= last; k++) fits.push(judge(k));
  return fits;
}

function raise(score: number, enough: boolean | undefined): boolean | undefined {
  if (Number.isNaN(score)) return undefined;
  return score > 1 ? enough : false;
}

interface TrendFit {
  readonly trend: boolean;
  readonly weightedDown: number;
}

function fitWithTrend(
  glm: SeasonalGlm,
  plan: { readonly b: number; readonly trend: boolean; readonly reweight: boolean },
  k: number,
  exposure: number,
): TrendFit | undefined {
  const fit = (trend: boolean): TrendFit | undefined => {
    resetWeights(glm);
    const converged = fitSeasonalGlm(glm, trend);
    if (!converged && trend) return fit(false);
    // Only zeros: the mean falls towards zero for as long as it is let. R uses where it stopped, and so do we.
    if (Number.isNaN(glm.dispersion)) return undefined;
    let weightedDown = 0;
    if (plan.reweight) {
      weightedDown = weightDownOutbreaks(glm, WEIGHTS_THRESHOLD, Math.max(glm.dispersion, 1));
      fitSeasonalGlm(glm, trend);
    }
    return { trend, weightedDown };
  };
  const first = fit(plan.trend);
  if (first === undefined || !first.trend) return first;
  const error = Math.sqrt(glm.dispersion / glm.timeVariation);
  const significant = studentTwoSided(glm.slope / error, glm.residualDf) < TREND_P_VALUE;
  const keeps = plan.b >= 3 && significant && Math.exp(predictLink(glm, k, 0, exposure)) <= largestCount(glm);
  return keeps ? first : fit(false);
}

function sumRecent(series: Series, k: number, periods: number): { readonly cases: number; readonly complete: boolean } {
  let cases = 0;
  let complete = k >= periods - 1;
  for (let i = Math.max(0, k - periods + 1); i <= k; i++) {
    const count = countAt(series, i);
    if (count === undefined) complete = false;
    else cases += count;
  }
  return { cases, complete };
}

/** Stretches of consecutive indexes; an index met again belongs to the model twice, as in R. */
function findRuns(indexes: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const index of indexes) {
    const open = runs.at(-1);
    if (open !== undefined && index === open[1] + 1) open[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}
