/**
 * Improved Farrington algorithm (Noufaily et al. 2013, Stat Med 32:1206-1222; with noPeriods = 1 close to Farrington et al.
 * 1996): the count against a quasi-Poisson prediction from the past `b` years, with a linear trend, a level per season,
 * past outbreaks weighted down, the last weeks left out.
 *
 * compat 'r' reproduces R `surveillance` 1.20.3. There the reweighted fit predicts its standard errors and tests its trend
 * with the dispersion of the Anscombe-weighted relative residuals instead of phi (too small by about the square root of the
 * mean), the exceedance score mixes the log of the mean with counts, and when recent cases are few the bound is withheld. The
 * default uses phi, and a score of (count - mean) / (threshold - mean).
 */
import { type Compat, requireOneOf, requireProbability, requireWhole, requireWithin, resolveRange } from './control.ts';
import {
  negativeBinomialQuantile,
  negativeBinomialTail,
  poissonQuantile,
  poissonTail,
} from './distributions/counts.ts';
import { normalQuantile, normalTail } from './distributions/normal.ts';
import { studentTwoSided } from './distributions/student.ts';
import { DetectError } from './errors.ts';
import { SMALLEST_MEAN } from './glm.ts';
import { measureMonths } from './period-times.ts';
import { type PowerTransformation, transform } from './power-transformation.ts';
import { labelReferences } from './reference-labels.ts';
import { cannotJudge, type Detection, type IndexRange, type ReferencePeriod, type Warning } from './result.ts';
import {
  appendRows,
  closeRows,
  type CountTables,
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
import { countAt, type Series } from './series.ts';

export type ThresholdMethod = 'delta' | 'nbPlugin' | 'muan';

export interface FarringtonFlexibleControl {
  /** Years back. */
  readonly b?: number;
  /** Half-width, in periods, of the window around the same season of each year. */
  readonly w?: number;
  /** Weight past outbreaks down, from this Anscombe residual on. */
  readonly reweight?: boolean;
  readonly weightsThreshold?: number;
  /** One-sided. */
  readonly alpha?: number;
  readonly trend?: boolean;
  /** The trend is kept below this p value; 1 keeps it always. */
  readonly pThresholdTrend?: number;
  /** [cases, periods]: no alarm with fewer cases than that in the last periods. */
  readonly limit54?: readonly [cases: number, periods: number];
  /** Scale of the threshold of method delta. */
  readonly powertrans?: PowerTransformation;
  readonly populationOffset?: boolean;
  /** Levels of the seasonal factor; 1 uses the windows only. */
  readonly noPeriods?: number;
  /** Last periods left out besides the one under test; `w` when not given. */
  readonly pastWeeksNotIncluded?: number | undefined;
  readonly thresholdMethod?: ThresholdMethod;
  readonly compat?: Compat;
}

/** The settings recommended by Noufaily et al. 2013. */
export const noufailySettings: FarringtonFlexibleControl = {
  noPeriods: 10,
  pastWeeksNotIncluded: 26,
  weightsThreshold: 2.58,
  pThresholdTrend: 1,
  thresholdMethod: 'nbPlugin',
};

export interface FlexiblePlan {
  readonly b: number;
  readonly w: number;
  readonly reweight: boolean;
  readonly weightsThreshold: number;
  readonly alpha: number;
  readonly quantile: number;
  readonly trend: boolean;
  readonly pThresholdTrend: number;
  readonly leastCases: number;
  readonly leastCasesPeriods: number;
  readonly powertrans: PowerTransformation;
  readonly populationOffset: boolean;
  readonly noPeriods: number;
  readonly pastWeeksNotIncluded: number;
  readonly thresholdMethod: ThresholdMethod;
  readonly compat: Compat;
}

/** What the model says of one period. Overwritten by the next evaluation. NaN: not known. */
export interface FlexibleOutcome {
  state: 'fitted' | 'history-too-short' | 'population-missing' | 'not-converged';
  /** Enough recent cases; undefined when missing periods leave it open. */
  enough: boolean | undefined;
  recentCases: number;
  alarm: boolean | undefined;
  expected: number;
  threshold: number;
  pValue: number;
  score: number;
  phi: number;
  trend: boolean;
  slope: number;
  /** Predicted value and standard error, on the link scale unless the method is delta. */
  fit: number;
  standardError: number;
  /** Reference periods without a count. */
  missing: number;
  weightedDown: number;
}

/** Everything a series needs while its periods are evaluated one after the other; reusable for series of the same length. */
export interface FlexibleWorkspace {
  readonly glm: SeasonalGlm;
  readonly labels: Int16Array;
  readonly references: Int32Array;
  readonly outcome: FlexibleOutcome;
}

/** A series with the powers of its counts that all its periods share. */
export interface PreparedSeries {
  readonly series: Series;
  readonly tables: CountTables;
}

export function planFarringtonFlexible(control: FarringtonFlexibleControl): FlexiblePlan {
  const plan = {
    b: control.b ?? 5,
    w: control.w ?? 3,
    reweight: control.reweight ?? true,
    weightsThreshold: control.weightsThreshold ?? 2.58,
    alpha: control.alpha ?? 0.05,
    quantile: 0,
    trend: control.trend ?? true,
    pThresholdTrend: control.pThresholdTrend ?? 0.05,
    leastCases: control.limit54?.[0] ?? 5,
    leastCasesPeriods: control.limit54?.[1] ?? 4,
    powertrans: control.powertrans ?? '2/3',
    populationOffset: control.populationOffset ?? false,
    noPeriods: control.noPeriods ?? 1,
    pastWeeksNotIncluded: control.pastWeeksNotIncluded ?? control.w ?? 3,
    thresholdMethod: control.thresholdMethod ?? 'delta',
    compat: control.compat ?? 'paper',
  } satisfies FlexiblePlan;
  requireWhole('control.b', plan.b, 1, 100);
  requireWhole('control.w', plan.w, 0, 182);
  requireWithin('control.weightsThreshold', plan.weightsThreshold, 0);
  requireProbability('control.alpha', plan.alpha);
  requireWithin('control.pThresholdTrend', plan.pThresholdTrend, 0, 1);
  requireWithin('control.limit54[0]', plan.leastCases, 0);
  requireWhole('control.limit54[1]', plan.leastCasesPeriods, 1, 10_000);
  requireOneOf('control.powertrans', plan.powertrans, ['2/3', '1/2', 'none']);
  requireWhole('control.noPeriods', plan.noPeriods, 1, 366);
  requireWhole('control.pastWeeksNotIncluded', plan.pastWeeksNotIncluded, 0, 100_000);
  requireOneOf('control.thresholdMethod', plan.thresholdMethod, ['delta', 'nbPlugin', 'muan']);
  requireOneOf('control.compat', plan.compat, ['r', 'paper']);
  return { ...plan, quantile: normalQuantile(1 - plan.alpha) };
}

/** `reuse` is a prepared series that is done with; its memory serves the next one. */
export function prepareSeries(series: Series, plan: FlexiblePlan, reuse?: PreparedSeries): PreparedSeries {
  if (plan.populationOffset && series.population === undefined)
    throw new DetectError('population-required', 'series.population');
  return {
    series,
    tables: tabulateCounts(
      series.values,
      plan.populationOffset ? series.population : undefined,
      plan.compat === 'r' && series.kind === 'month' ? measureMonths(series) : undefined,
      reuse?.tables,
    ),
  };
}

export function createFlexibleWorkspace(plan: FlexiblePlan, length: number): FlexibleWorkspace {
  return {
    glm: createSeasonalGlm(length, plan.noPeriods),
    labels: new Int16Array(length),
    references: new Int32Array(plan.b + 1),
    outcome: {
      state: 'history-too-short',
      enough: undefined,
      recentCases: 0,
      alarm: undefined,
      expected: Number.NaN,
      threshold: Number.NaN,
      pValue: Number.NaN,
      score: Number.NaN,
      phi: Number.NaN,
      trend: false,
      slope: Number.NaN,
      fit: Number.NaN,
      standardError: Number.NaN,
      missing: 0,
      weightedDown: 0,
    },
  };
}

export function detectFarringtonFlexible(
  series: Series,
  control: FarringtonFlexibleControl,
  range?: IndexRange,
): Detection[] {
  const plan = planFarringtonFlexible(control);
  const { first, last } = resolveRange(series, range);
  const prepared = prepareSeries(series, plan);
  const workspace = createFlexibleWorkspace(plan, series.values.length);
  const detections: Detection[] = [];
  for (let k = first; k <= last; k++) {
    evaluateFlexible(plan, prepared, workspace, k);
    detections.push(describe(plan, prepared, workspace, k));
  }
  return detections;
}

/** Fits and judges period k into `workspace.outcome`. Allocates nothing. */
export function evaluateFlexible(
  plan: FlexiblePlan,
  prepared: PreparedSeries,
  workspace: FlexibleWorkspace,
  k: number,
): void {
  const { glm, outcome } = workspace;
  resetOutcome(outcome);
  const firstLabelled = labelPast(plan, prepared.series, workspace, k);
  if (firstLabelled < 0) return;
  outcome.missing = collectRows(plan, prepared, workspace, firstLabelled, k);
  countRecentCases(plan, prepared.series.values, outcome, k);
  const exposure = prepared.tables.exposure === undefined ? 1 : prepared.tables.exposure[k]!;
  if (Number.isNaN(exposure)) {
    outcome.state = 'population-missing';
    return;
  }
  const season = plan.noPeriods - 1;
  const now = predictionTime(plan, prepared, workspace, firstLabelled, k);

  let trend = plan.trend;
  if (!fitReweighted(plan, glm, outcome, trend)) {
    trend = false;
    if (!plan.trend || !fitReweighted(plan, glm, outcome, false)) {
      outcome.state = 'not-converged';
      return;
    }
  }
  if (trend && !keepsTrend(plan, glm, now, season, exposure)) {
    trend = false;
    if (!fitReweighted(plan, glm, outcome, false)) {
      outcome.state = 'not-converged';
      return;
    }
  }
  outcome.state = 'fitted';
  outcome.trend = trend;
  outcome.slope = trend ? glm.slope : Number.NaN;
  outcome.phi = largerDispersion(glm);
  const link = predictLink(glm, now, season, exposure);
  const linkError = Math.sqrt(errorDispersion(plan, glm) * predictUnscaledVariance(glm, now, season));
  outcome.expected = Math.exp(link);
  const y = prepared.series.values[k]!;
  if (plan.thresholdMethod === 'delta') setDeltaThreshold(plan, outcome, linkError, y);
  else setCountThreshold(plan, outcome, link, linkError, y);
  setAlarm(plan, outcome, y);
}

/** First fit, weights from its residuals, second fit. Only the first has to converge. */
function fitReweighted(plan: FlexiblePlan, glm: SeasonalGlm, outcome: FlexibleOutcome, trend: boolean): boolean {
  resetWeights(glm);
  outcome.weightedDown = 0;
  if (!fitSeasonalGlm(glm, trend)) return false;
  if (plan.reweight) {
    outcome.weightedDown = weightDownOutbreaks(glm, plan.weightsThreshold, largerDispersion(glm));
    fitSeasonalGlm(glm, trend);
  }
  return true;
}

function largerDispersion(glm: SeasonalGlm): number {
  return Math.max(glm.dispersion, 1);
}

function errorDispersion(plan: FlexiblePlan, glm: SeasonalGlm): number {
  if (plan.compat === 'paper') return largerDispersion(glm);
  return plan.reweight ? glm.priorDispersion : glm.dispersion;
}

/** At least three years, significant, and no extrapolation beyond what was ever seen. */
function keepsTrend(plan: FlexiblePlan, glm: SeasonalGlm, now: number, season: number, exposure: number): boolean {
  if (plan.b < 3) return false;
  if (plan.pThresholdTrend < 1) {
    const error = Math.sqrt(errorDispersion(plan, glm) / glm.timeVariation);
    const pValue = studentTwoSided(glm.slope / error, glm.residualDf);
    if (!(pValue < plan.pThresholdTrend)) return false;
  }
  return Math.exp(predictLink(glm, now, season, exposure)) <= largestCount(glm);
}

function setDeltaThreshold(plan: FlexiblePlan, outcome: FlexibleOutcome, linkError: number, y: number): void {
  const mean = Math.max(outcome.expected, SMALLEST_MEAN);
  outcome.expected = mean;
  const error = linkError * mean;
  const tau = outcome.phi + (error * error) / mean;
  const { power, scaledMean, scaledSd } = transform(plan.powertrans, mean, tau);
  outcome.fit = mean;
  outcome.standardError = error;
  outcome.threshold = (scaledMean + plan.quantile * scaledSd) ** (1 / power);
  outcome.pValue = normalTail((y ** power - scaledMean) / scaledSd);
  outcome.score = (y - mean) / (outcome.threshold - mean);
}

function setCountThreshold(
  plan: FlexiblePlan,
  outcome: FlexibleOutcome,
  link: number,
  linkError: number,
  y: number,
): void {
  const { phi } = outcome;
  outcome.fit = link;
  outcome.standardError = linkError;
  const mean = plan.thresholdMethod === 'nbPlugin' ? outcome.expected : Math.exp(link + plan.quantile * linkError);
  if (!(mean < Number.POSITIVE_INFINITY)) {
    outcome.expected = Number.NaN;
    return;
  }
  if (phi > 1) {
    const size = mean / (phi - 1);
    const q = (phi - 1) / phi;
    outcome.threshold = negativeBinomialQuantile(1 - plan.alpha, size, 1 / phi, q, plan.quantile);
    outcome.pValue = negativeBinomialTail(y, size, 1 / phi, q);
  } else {
    outcome.threshold = poissonQuantile(1 - plan.alpha, mean, plan.quantile);
    outcome.pValue = poissonTail(y, mean);
  }
  const centre = plan.compat === 'r' ? link : outcome.expected;
  outcome.score = (y - centre) / (outcome.threshold - centre);
}

function setAlarm(plan: FlexiblePlan, outcome: FlexibleOutcome, y: number): void {
  if (plan.compat === 'r') {
    // R never answers "unknown" here: an unknown score is no alarm.
    outcome.alarm = outcome.enough === true && outcome.score > 1 && y !== 0;
    if (outcome.enough !== true) {
      outcome.threshold = Number.NaN;
      outcome.expected = Number.NaN;
    }
    return;
  }
  if (Number.isNaN(y) || Number.isNaN(outcome.threshold)) return;
  const above = y > outcome.threshold;
  outcome.alarm = above ? outcome.enough : false;
}

function countRecentCases(plan: FlexiblePlan, values: Float64Array, outcome: FlexibleOutcome, k: number): void {
  let cases = 0;
  let complete = true;
  for (let i = k - plan.leastCasesPeriods + 1; i <= k; i++) {
    const y = i < 0 ? Number.NaN : values[i]!;
    if (Number.isNaN(y)) complete = false;
    else cases += y;
  }
  outcome.recentCases = cases;
  if (complete) outcome.enough = cases >= plan.leastCases;
  else outcome.enough = plan.compat === 'paper' && cases >= plan.leastCases ? true : undefined;
}

/** Labels without the last weeks; answers the first labelled period, -1 when the history is too short. */
function labelPast(plan: FlexiblePlan, series: Series, { labels, references }: FlexibleWorkspace, k: number): number {
  const from = labelReferences(plan, series, labels, references, k);
  if (from < 0) return from;
  labels.fill(0, Math.max(from, k - plan.pastWeeksNotIncluded), k + 1);
  let first = from;
  while (first < k && labels[first] === 0) first++;
  return first;
}

/** Rows of the model from the labels; answers how many labelled periods have no count. */
function collectRows(
  plan: FlexiblePlan,
  prepared: PreparedSeries,
  { glm, labels }: FlexibleWorkspace,
  first: number,
  k: number,
): number {
  openRows(glm, prepared.tables);
  let labelled = 0;
  const end = k - plan.pastWeeksNotIncluded;
  for (let t = first; t < end;) {
    const label = labels[t]!;
    let last = t;
    while (last + 1 < end && labels[last + 1] === label) last++;
    if (label > 0) {
      appendRows(glm, t, last, label - 1);
      labelled += last - t + 1;
    }
    t = last + 1;
  }
  closeRows(glm);
  return labelled - glm.rows;
}

/**
 * In R, on dated series, the time of the model counts from the first reference period and the time of the prediction from the
 * first one that has a count.
 */
function predictionTime(
  plan: FlexiblePlan,
  { series, tables: { times } }: PreparedSeries,
  { glm }: FlexibleWorkspace,
  firstLabelled: number,
  k: number,
): number {
  const now = times?.[k] ?? k;
  if (plan.compat === 'paper' || series.startDays === undefined || glm.rows === 0) return now;
  const firstKnown = glm.runFirst[0]!;
  return now - ((times?.[firstKnown] ?? firstKnown) - (times?.[firstLabelled] ?? firstLabelled));
}

function resetOutcome(outcome: FlexibleOutcome): void {
  outcome.state = 'history-too-short';
  outcome.enough = undefined;
  outcome.recentCases = 0;
  outcome.alarm = undefined;
  outcome.expected = Number.NaN;
  outcome.threshold = Number.NaN;
  outcome.pValue = Number.NaN;
  outcome.score = Number.NaN;
  outcome.phi = Number.NaN;
  outcome.trend = false;
  outcome.slope = Number.NaN;
  outcome.fit = Number.NaN;
  outcome.standardError = Number.NaN;
  outcome.missing = 0;
  outcome.weightedDown = 0;
}

function describe(
  plan: FlexiblePlan,
  { series }: PreparedSeries,
  { glm, outcome }: FlexibleWorkspace,
  k: number,
): Detection {
  const observed = countAt(series, k);
  if (outcome.state === 'history-too-short')
    return cannotJudge(k, observed, 'more-than', [
      { code: 'history-too-short', needs: plan.b * series.periodsPerYear + plan.w, has: k },
    ]);
  const warnings: Warning[] = [];
  if (observed === undefined) warnings.push({ code: 'current-missing' });
  if (outcome.missing > 0) warnings.push({ code: 'reference-missing', periods: outcome.missing });
  if (outcome.state !== 'fitted') return cannotJudge(k, observed, 'more-than', [...warnings, { code: outcome.state }]);

  const reference: ReferencePeriod[] = [];
  forEachRow(glm, (index, weight) => reference.push({ index, weight }));
  if (reference.every(({ index }) => series.values[index] === 0)) warnings.push({ code: 'all-zero' });
  if (outcome.weightedDown > 0) warnings.push({ code: 'past-outbreaks-weighted-down', periods: outcome.weightedDown });
  if (plan.trend && !outcome.trend) warnings.push({ code: 'trend-dropped' });
  if (outcome.enough !== true)
    warnings.push({ code: 'too-few-recent-cases', needs: plan.leastCases, has: outcome.recentCases });
  return {
    index: k,
    observed,
    alarm: outcome.alarm,
    expected: known(outcome.expected),
    threshold: known(outcome.threshold),
    raisedWhen: 'more-than',
    pValue: known(outcome.pValue),
    score: known(outcome.score),
    scoreLimit: 1,
    reference,
    warnings,
  };
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
