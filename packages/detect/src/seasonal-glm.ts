/**
 * The kernel of the Farrington detectors: a quasi-Poisson model with log link,
 *
 *     log mu_t = log exposure_t + a[level_t] + b * time_t,
 *
 * fitted as R's glm.fit does it (start at y + 0.1, at most 25 steps, stop when the deviance changes by less than 1e-8 of
 * itself + 0.1), but in the structure of the design instead of by QR:
 *  - each row has one level and a time, so the levels are eliminated exactly: the slope is a regression within levels, each
 *    level then a weighted mean;
 *  - the score is "observed minus fitted" and its observed part never changes, so a step needs only the sums of w, w t, w t^2
 *    per level; the deviance follows from the same sums;
 *  - rows come in runs of consecutive periods at one level, over which mu grows by the factor exp(b): without exposure the sums
 *    of a run are geometric and depend on its length alone, so a step costs a few operations a run and none a row;
 *  - the weights of the second fit differ from one constant in the few outbreak rows only, which are put in as corrections.
 * Nothing is allocated after `createSeasonalGlm`. All arrays by period are indexed by the position in the series.
 *
 * Time is counted from the middle of the rows and counts are measured in units of their mean (`unit`), which keeps the
 * cancellation in the sums far below the tolerance of the stopping rule.
 */

/** Powers and logarithms of the counts of one series, shared by all periods that are tested on it. */
export interface CountTables {
  readonly counts: Float64Array;
  /** log y, 0 where y = 0: it is only used times y. */
  readonly logCount: Float64Array;
  /** Working response of the first step: log(y + 0.1) - 0.1 / (y + 0.1). */
  readonly firstResponse: Float64Array;
  /** Half the deviance of the start: y log(y / (y + 0.1)) + 0.1. */
  readonly firstDeviance: Float64Array;
  /** y^(2/3) */
  readonly twoThirds: Float64Array;
  readonly exposure: Float64Array | undefined;
  readonly logExposure: Float64Array | undefined;
  /** A clock in which a period need not be one unit long; otherwise time is the position. */
  readonly times: Float64Array | undefined;
  /** No count and no exposure is missing. */
  readonly complete: boolean;
}

/** What the first step of a fit needs to know of the rows, w being y + 0.1 and z the first response. */
interface StartSums {
  /** Per level: sums of y, w, w t, w z. */
  readonly observed: Float64Array;
  readonly weight: Float64Array;
  readonly weightTime: Float64Array;
  readonly weightResponse: Float64Array;
  /** Sums over all rows of w t^2, w t z, y t, y log(y / (unit exposure)), and half the deviance. */
  timeSquares: number;
  responseTime: number;
  observedTime: number;
  logLikelihood: number;
  deviance: number;
}

export interface SeasonalGlm {
  readonly levels: number;
  tables: CountTables;
  rows: number;
  runs: number;
  longestRun: number;
  readonly runFirst: Int32Array;
  readonly runLast: Int32Array;
  readonly runLevel: Int32Array;
  /** Time of the first period of each run, and periods since the start of the run before; -1 where that is no whole number up to the longest run. */
  readonly runTime: Float64Array;
  readonly runGap: Int32Array;
  middle: number;
  unit: number;
  /** Prior weight by period: `scale`, except in the outbreak periods. */
  readonly priorWeight: Float64Array;
  scale: number;
  outbreaks: number;
  readonly outbreakTime: Int32Array;
  readonly outbreakLevel: Int32Array;
  /** Working weight of the last step, and mean after it, by period. */
  readonly working: Float64Array;
  readonly mean: Float64Array;
  /** Results of the last fit. */
  converged: boolean;
  iterations: number;
  slope: number;
  residualDf: number;
  /** Pearson statistic by degree of freedom with the working weights, and with the prior weights alone. */
  dispersion: number;
  priorDispersion: number;
  readonly level: Float64Array;
  /** Sums of the working weights of the last step per level, and their centres in time. */
  readonly levelWeight: Float64Array;
  readonly levelTime: Float64Array;
  /** Weighted variation of time within levels. */
  timeVariation: number;
  readonly start: StartSums;
  readonly weightedStart: StartSums;
  readonly scratch: Scratch;
}

interface Scratch {
  /** Coefficients before the last step; `isStart` when there were none yet. */
  readonly previousLevel: Float64Array;
  previousSlope: number;
  isStart: boolean;
  /** Sums of mu, mu t, mu t^2 per level at the present coefficients. */
  readonly weight: Float64Array;
  readonly weightTime: Float64Array;
  readonly weightSquares: Float64Array;
  /** By length L of a run: exp(b L), and the sums over j < L of exp(b j), j exp(b j), j^2 exp(b j). */
  readonly power: Float64Array;
  readonly sum0: Float64Array;
  readonly sum1: Float64Array;
  readonly sum2: Float64Array;
}

const MOST_ITERATIONS = 25;
const TOLERANCE = 1e-8;

/** Counts up to here have their powers and logarithms ready. */
const TABULATED = 1024;
const KNOWN = {
  logCount: Float64Array.from({ length: TABULATED }, (_, y) => (y === 0 ? 0 : Math.log(y))),
  firstResponse: Float64Array.from({ length: TABULATED }, (_, y) => Math.log(y + 0.1) - 0.1 / (y + 0.1)),
  firstDeviance: Float64Array.from({ length: TABULATED }, (_, y) => halfStartDeviance(y)),
  twoThirds: Float64Array.from({ length: TABULATED }, (_, y) => Math.cbrt(y * y)),
};

/** `reuse` gives its arrays away to the new tables when they are as long; nothing may read it afterwards. */
export function tabulateCounts(
  counts: Float64Array,
  population: Float64Array | undefined,
  times?: Float64Array,
  reuse?: CountTables,
): CountTables {
  const n = counts.length;
  const arrays = reuse?.counts.length === n ? reuse : undefined;
  const logCount = arrays?.logCount ?? new Float64Array(n);
  const firstResponse = arrays?.firstResponse ?? new Float64Array(n);
  const firstDeviance = arrays?.firstDeviance ?? new Float64Array(n);
  const twoThirds = arrays?.twoThirds ?? new Float64Array(n);
  let complete = true;
  for (let t = 0; t < n; t++) {
    const y = counts[t]!;
    if (y < TABULATED) {
      logCount[t] = KNOWN.logCount[y]!;
      firstResponse[t] = KNOWN.firstResponse[y]!;
      firstDeviance[t] = KNOWN.firstDeviance[y]!;
      twoThirds[t] = KNOWN.twoThirds[y]!;
    } else {
      complete &&= !Number.isNaN(y);
      logCount[t] = Math.log(y);
      firstResponse[t] = Math.log(y + 0.1) - 0.1 / (y + 0.1);
      firstDeviance[t] = halfStartDeviance(y);
      twoThirds[t] = Math.cbrt(y * y);
    }
  }
  return {
    counts,
    logCount,
    firstResponse,
    firstDeviance,
    twoThirds,
    exposure: population,
    logExposure: population?.map(Math.log),
    times,
    complete: complete && population?.some(Number.isNaN) !== true,
  };
}

function halfStartDeviance(y: number): number {
  return (y === 0 ? 0 : y * Math.log(y / (y + 0.1))) + 0.1;
}

export function createSeasonalGlm(length: number, levels: number): SeasonalGlm {
  const byPeriod = () => new Float64Array(length);
  const byLevel = () => new Float64Array(levels);
  const byRun = () => new Int32Array(length);
  const startSums = (): StartSums => ({
    observed: byLevel(),
    weight: byLevel(),
    weightTime: byLevel(),
    weightResponse: byLevel(),
    timeSquares: 0,
    responseTime: 0,
    observedTime: 0,
    logLikelihood: 0,
    deviance: 0,
  });
  return {
    levels,
    tables: tabulateCounts(new Float64Array(0), undefined),
    rows: 0,
    runs: 0,
    longestRun: 0,
    runFirst: byRun(),
    runLast: byRun(),
    runLevel: byRun(),
    runTime: byPeriod(),
    runGap: byRun(),
    middle: 0,
    unit: 1,
    priorWeight: byPeriod(),
    scale: 1,
    outbreaks: 0,
    outbreakTime: byRun(),
    outbreakLevel: byRun(),
    working: byPeriod(),
    mean: byPeriod(),
    converged: false,
    iterations: 0,
    slope: 0,
    residualDf: 0,
    dispersion: Number.NaN,
    priorDispersion: Number.NaN,
    level: byLevel(),
    levelWeight: byLevel(),
    levelTime: byLevel(),
    timeVariation: 0,
    start: startSums(),
    weightedStart: startSums(),
    scratch: {
      previousLevel: byLevel(),
      previousSlope: 0,
      isStart: true,
      weight: byLevel(),
      weightTime: byLevel(),
      weightSquares: byLevel(),
      power: new Float64Array(length + 1),
      sum0: new Float64Array(length + 1),
      sum1: new Float64Array(length + 1),
      sum2: new Float64Array(length + 1),
    },
  };
}

export function openRows(glm: SeasonalGlm, tables: CountTables): void {
  glm.tables = tables;
  glm.rows = 0;
  glm.runs = 0;
  glm.longestRun = 0;
}

/** Appends the known periods first..last at one level. */
export function appendRows(glm: SeasonalGlm, first: number, last: number, level: number): void {
  const { counts, exposure, times, complete } = glm.tables;
  if (complete && times === undefined) {
    appendRun(glm, first, last, level);
    return;
  }
  let start = -1;
  for (let t = first; t <= last; t++) {
    const isKnown = counts[t]! >= 0 && (exposure === undefined || exposure[t]! > 0);
    if (isKnown && times !== undefined) appendRun(glm, t, t, level);
    else if (isKnown && start < 0) start = t;
    else if (!isKnown && start >= 0) {
      appendRun(glm, start, t - 1, level);
      start = -1;
    }
  }
  if (start >= 0) appendRun(glm, start, last, level);
}

function appendRun(glm: SeasonalGlm, first: number, last: number, level: number): void {
  const run = glm.runs++;
  glm.runFirst[run] = first;
  glm.runLast[run] = last;
  glm.runLevel[run] = level;
  glm.rows += last - first + 1;
  if (last - first >= glm.longestRun) glm.longestRun = last - first + 1;
}

/** After the last `appendRows`: centres time, sets the unit of the counts, and sums what every fit of these rows starts from. */
export function closeRows(glm: SeasonalGlm): void {
  const { runs, runFirst, runLast } = glm;
  const { counts, exposure, times } = glm.tables;
  let cases = 0;
  let people = 0;
  for (let r = 0; r < runs; r++)
    for (let t = runFirst[r]!; t <= runLast[r]!; t++) {
      cases += counts[t]!;
      people += exposure === undefined ? 1 : exposure[t]!;
    }
  glm.unit = cases === 0 ? 1 : cases / people;
  const [oldest, newest] = runs === 0 ? [0, 0] : [runFirst[0]!, runLast[runs - 1]!];
  glm.middle = times === undefined ? Math.round((oldest + newest) / 2) : (times[oldest]! + times[newest]!) / 2;
  for (let r = 0; r < runs; r++) {
    const time = timeOf(glm, runFirst[r]!);
    const gap = r === 0 ? 0 : time - glm.runTime[r - 1]!;
    glm.runTime[r] = time;
    glm.runGap[r] = times === undefined && gap >= 0 && gap <= glm.longestRun ? gap : -1;
  }
  sumStart(glm);
}

/** All prior weights 1. */
export function resetWeights(glm: SeasonalGlm): void {
  glm.scale = 1;
  glm.outbreaks = 0;
  fillWeights(glm);
}

/** Fits with the present prior weights. Answers whether the stopping rule was met. */
export function fitSeasonalGlm(glm: SeasonalGlm, withTrend: boolean): boolean {
  const { levels, level, levelWeight, levelTime, scratch } = glm;
  const { weight, weightTime, previousLevel } = scratch;
  const start = glm.outbreaks === 0 && glm.scale === 1 ? glm.start : weightStart(glm);
  const { observed } = start;

  let present = 0;
  let observedTotal = 0;
  let variation = start.timeSquares;
  let responseTime = start.responseTime;
  for (let l = 0; l < levels; l++) {
    const sum = start.weight[l]!;
    const centre = sum > 0 ? start.weightTime[l]! / sum : 0;
    levelWeight[l] = sum;
    levelTime[l] = centre;
    if (sum > 0) present++;
    observedTotal += observed[l]!;
    variation -= start.weightTime[l]! * centre;
    responseTime -= start.weightResponse[l]! * centre;
  }
  glm.residualDf = glm.rows - present - (withTrend ? 1 : 0);
  let slope = withTrend ? responseTime / variation : 0;
  for (let l = 0; l < levels; l++) {
    const sum = start.weight[l]!;
    level[l] = sum > 0 ? start.weightResponse[l]! / sum - slope * levelTime[l]! : 0;
  }

  glm.converged = false;
  scratch.isStart = true;
  let deviance = 2 * start.deviance;
  let iteration = 1;
  for (; ; iteration++) {
    const timeSquares = glm.tables.exposure === undefined ? sumMeansByRun(glm, slope) : sumMeansByRow(glm, slope);
    let linear = slope * start.observedTime;
    let fittedTotal = 0;
    for (let l = 0; l < levels; l++) {
      linear += level[l]! * observed[l]!;
      fittedTotal += weight[l]!;
    }
    const after = 2 * (start.logLikelihood - linear + fittedTotal - observedTotal);
    const change = Math.abs(after - deviance) / (Math.abs(after) + 0.1);
    deviance = after;
    glm.converged = change < TOLERANCE;
    if (glm.converged || iteration === MOST_ITERATIONS || Number.isNaN(after)) break;

    // The means become the working weights of the next step. Its score: sums of w0 (y - mu) per level, and of
    // w0 t (y - mu), here taken about the centres of the levels.
    let score = start.observedTime;
    variation = timeSquares;
    for (let l = 0; l < levels; l++) {
      const sum = weight[l]!;
      const centre = sum > 0 ? weightTime[l]! / sum : 0;
      levelWeight[l] = sum;
      levelTime[l] = centre;
      variation -= weightTime[l]! * centre;
      score -= weightTime[l]! + centre * (observed[l]! - sum);
    }
    const slopeStep = withTrend ? score / variation : 0;
    scratch.isStart = false;
    scratch.previousSlope = slope;
    for (let l = 0; l < levels; l++) {
      const sum = weight[l]!;
      previousLevel[l] = level[l]!;
      if (sum > 0) level[l] = level[l]! + (observed[l]! - sum) / sum - levelTime[l]! * slopeStep;
    }
    slope += slopeStep;
  }
  glm.iterations = iteration;
  glm.slope = slope;
  glm.timeVariation = withTrend ? variation : Number.POSITIVE_INFINITY;
  settleRows(glm);
  return glm.converged;
}

/**
 * Farrington's weights from Anscombe residuals s: rows with s > threshold get weight proportional to s^-2, all scaled to sum
 * to the number of rows. They become the prior weights of the next fit. The last fit must have had unit weights. Answers
 * the number of rows weighted down.
 */
export function weightDownOutbreaks(glm: SeasonalGlm, threshold: number, phi: number): number {
  const { runs, runFirst, runLast, runLevel, working, mean, priorWeight } = glm;
  const { levelWeight, levelTime, timeVariation, middle, outbreakTime, outbreakLevel } = glm;
  const { counts, twoThirds, times } = glm.tables;
  const limit = threshold * threshold * phi;
  const inverseVariation = 1 / timeVariation;
  let outbreaks = 0;
  let total = glm.rows;
  for (let r = 0; r < runs; r++) {
    const l = runLevel[r]!;
    const last = runLast[r]!;
    const inverseWeight = 1 / levelWeight[l]!;
    const centre = middle + levelTime[l]!;
    for (let t = runFirst[r]!; t <= last; t++) {
      const mu = mean[t]!;
      const excess = counts[t]! - mu;
      if (!(excess > 0)) continue;
      const distance = (times === undefined ? t : times[t]!) - centre;
      const scaled = 1 - working[t]! * (inverseWeight + distance * distance * inverseVariation);
      // The residual is at most (y - mu) / mu^(1/2), which settles most rows without a root.
      if (excess * excess <= limit * scaled * mu) continue;
      const sixth = Math.sqrt(Math.cbrt(mu));
      // 3/2 (y^(2/3) mu^(-1/6) - mu^(1/2)), to be divided by the root of phi (1 - leverage).
      const residual = (1.5 * (twoThirds[t]! - sixth * sixth * sixth * sixth)) / sixth;
      if (scaled > 2.3e-15 && residual * residual > limit * scaled) {
        const weight = (phi * scaled) / (residual * residual);
        priorWeight[t] = weight;
        outbreakTime[outbreaks] = t;
        outbreakLevel[outbreaks] = l;
        outbreaks++;
        total += weight - 1;
      }
    }
  }
  glm.outbreaks = outbreaks;
  glm.scale = glm.rows / total;
  fillWeights(glm);
  return outbreaks;
}

/** Linear predictor of a period at a level, log exposure included. */
export function predictLink(glm: SeasonalGlm, time: number, level: number, exposure: number): number {
  return Math.log(glm.unit * exposure) + glm.level[level]! + glm.slope * (time - glm.middle);
}

/** Squared length of R^-T x: variance of the linear predictor before the dispersion. */
export function predictUnscaledVariance(glm: SeasonalGlm, time: number, level: number): number {
  const distance = time - glm.middle - glm.levelTime[level]!;
  return 1 / glm.levelWeight[level]! + (distance * distance) / glm.timeVariation;
}

export function largestCount(glm: SeasonalGlm): number {
  let largest = 0;
  for (let r = 0; r < glm.runs; r++)
    for (let t = glm.runFirst[r]!; t <= glm.runLast[r]!; t++) largest = Math.max(largest, glm.tables.counts[t]!);
  return largest;
}

/** Calls back for each row, oldest first. */
export function forEachRow(glm: SeasonalGlm, visit: (index: number, weight: number) => void): void {
  for (let r = 0; r < glm.runs; r++)
    for (let t = glm.runFirst[r]!; t <= glm.runLast[r]!; t++) visit(t, glm.priorWeight[t]!);
}

/** Outbreak periods hold their unscaled weight; afterwards every row has its scaled one. */
function fillWeights(glm: SeasonalGlm): void {
  const { runs, runFirst, runLast, priorWeight, outbreakTime, outbreaks, scale } = glm;
  const { power } = glm.scratch;
  for (let o = 0; o < outbreaks; o++) power[o] = priorWeight[outbreakTime[o]!]! * scale;
  for (let r = 0; r < runs; r++) {
    const last = runLast[r]!;
    for (let t = runFirst[r]!; t <= last; t++) priorWeight[t] = scale;
  }
  for (let o = 0; o < outbreaks; o++) priorWeight[outbreakTime[o]!] = power[o]!;
}

function timeOf(glm: SeasonalGlm, t: number): number {
  return (glm.tables.times === undefined ? t : glm.tables.times[t]!) - glm.middle;
}

function sumStart(glm: SeasonalGlm): void {
  const { runs, runFirst, runLast, runLevel, start } = glm;
  const { counts, logCount, firstResponse, firstDeviance, logExposure } = glm.tables;
  const { observed, weight, weightTime, weightResponse } = start;
  observed.fill(0);
  weight.fill(0);
  weightTime.fill(0);
  weightResponse.fill(0);
  const logUnit = Math.log(glm.unit);
  let timeSquares = 0;
  let responseTime = 0;
  let observedTime = 0;
  let logLikelihood = 0;
  let deviance = 0;
  for (let r = 0; r < runs; r++) {
    const first = runFirst[r]!;
    const last = runLast[r]!;
    let time = timeOf(glm, first);
    let sum = 0;
    let sumTime = 0;
    let sumResponse = 0;
    let sumObserved = 0;
    for (let t = first; t <= last; t++) {
      const y = counts[t]!;
      const base = logExposure === undefined ? logUnit : logUnit + logExposure[t]!;
      const w = y + 0.1;
      const wt = w * time;
      const z = firstResponse[t]! - base;
      sum += w;
      sumTime += wt;
      timeSquares += wt * time;
      sumResponse += w * z;
      responseTime += wt * z;
      sumObserved += y;
      observedTime += y * time;
      logLikelihood += y * (logCount[t]! - base);
      deviance += firstDeviance[t]!;
      time += 1;
    }
    const l = runLevel[r]!;
    weight[l] = weight[l]! + sum;
    weightTime[l] = weightTime[l]! + sumTime;
    weightResponse[l] = weightResponse[l]! + sumResponse;
    observed[l] = observed[l]! + sumObserved;
  }
  start.timeSquares = timeSquares;
  start.responseTime = responseTime;
  start.observedTime = observedTime;
  start.logLikelihood = logLikelihood;
  start.deviance = deviance;
}

/** The start under the present prior weights: all sums times `scale`, corrected in the outbreak rows. */
function weightStart(glm: SeasonalGlm): StartSums {
  const { levels, start, weightedStart: sums, scale, outbreaks, outbreakTime, outbreakLevel, priorWeight } = glm;
  const { counts, logCount, firstResponse, firstDeviance, logExposure } = glm.tables;
  const logUnit = Math.log(glm.unit);
  for (let l = 0; l < levels; l++) {
    sums.observed[l] = scale * start.observed[l]!;
    sums.weight[l] = scale * start.weight[l]!;
    sums.weightTime[l] = scale * start.weightTime[l]!;
    sums.weightResponse[l] = scale * start.weightResponse[l]!;
  }
  sums.timeSquares = scale * start.timeSquares;
  sums.responseTime = scale * start.responseTime;
  sums.observedTime = scale * start.observedTime;
  sums.logLikelihood = scale * start.logLikelihood;
  sums.deviance = scale * start.deviance;
  for (let o = 0; o < outbreaks; o++) {
    const t = outbreakTime[o]!;
    const l = outbreakLevel[o]!;
    const change = priorWeight[t]! - scale;
    const time = timeOf(glm, t);
    const base = logExposure === undefined ? logUnit : logUnit + logExposure[t]!;
    const y = change * counts[t]!;
    const w = y + 0.1 * change;
    const z = firstResponse[t]! - base;
    sums.observed[l] = sums.observed[l]! + y;
    sums.weight[l] = sums.weight[l]! + w;
    sums.weightTime[l] = sums.weightTime[l]! + w * time;
    sums.weightResponse[l] = sums.weightResponse[l]! + w * z;
    sums.timeSquares += w * time * time;
    sums.responseTime += w * time * z;
    sums.observedTime += y * time;
    sums.logLikelihood += y * (logCount[t]! - base);
    sums.deviance += change * firstDeviance[t]!;
  }
  return sums;
}

/** Sums of the means under the present coefficients, without exposure; answers that of mu t^2. */
function sumMeansByRun(glm: SeasonalGlm, slope: number): number {
  const { levels, runs, runFirst, runLast, runLevel, runTime, runGap, level, unit, scale, longestRun } = glm;
  const { weight, weightTime, weightSquares, power, sum0, sum1, sum2 } = glm.scratch;
  const growth = Math.exp(slope);
  power[0] = 1;
  for (let j = 0; j < longestRun; j++) {
    const p = power[j]!;
    sum0[j + 1] = sum0[j]! + p;
    sum1[j + 1] = sum1[j]! + j * p;
    sum2[j + 1] = sum2[j]! + j * j * p;
    power[j + 1] = p * growth;
  }
  for (let l = 0; l < levels; l++) {
    weight[l] = 0;
    weightTime[l] = 0;
    weightSquares[l] = 0;
  }
  let factor = runs === 0 ? 0 : Math.exp(slope * runTime[0]!);
  for (let r = 0; r < runs; r++) {
    const time = runTime[r]!;
    const gap = runGap[r]!;
    if (gap >= 0) factor *= power[gap]!;
    else factor = Math.exp(slope * time);
    const length = runLast[r]! - runFirst[r]! + 1;
    const l = runLevel[r]!;
    const s0 = factor * sum0[length]!;
    const inner = factor * sum1[length]!;
    const s1 = time * s0 + inner;
    weight[l] = weight[l]! + s0;
    weightTime[l] = weightTime[l]! + s1;
    weightSquares[l] = weightSquares[l]! + time * (s1 + inner) + factor * sum2[length]!;
  }
  let timeSquares = 0;
  for (let l = 0; l < levels; l++) {
    const height = scale * unit * Math.exp(level[l]!);
    weight[l] = weight[l]! * height;
    weightTime[l] = weightTime[l]! * height;
    timeSquares += weightSquares[l]! * height;
  }
  for (let o = 0; o < glm.outbreaks; o++) {
    const t = glm.outbreakTime[o]!;
    const l = glm.outbreakLevel[o]!;
    const time = timeOf(glm, t);
    const w = (glm.priorWeight[t]! - scale) * unit * Math.exp(level[l]! + slope * time);
    weight[l] = weight[l]! + w;
    weightTime[l] = weightTime[l]! + w * time;
    timeSquares += w * time * time;
  }
  return timeSquares;
}

/** The same with an exposure that differs from period to period. */
function sumMeansByRow(glm: SeasonalGlm, slope: number): number {
  const { levels, runs, runFirst, runLast, runLevel, level, unit, priorWeight } = glm;
  const { weight, weightTime } = glm.scratch;
  const exposure = glm.tables.exposure!;
  for (let l = 0; l < levels; l++) {
    weight[l] = 0;
    weightTime[l] = 0;
  }
  const growth = Math.exp(slope);
  let timeSquares = 0;
  for (let r = 0; r < runs; r++) {
    const first = runFirst[r]!;
    const last = runLast[r]!;
    const l = runLevel[r]!;
    let time = timeOf(glm, first);
    let relative = unit * Math.exp(level[l]! + slope * time);
    let sum = 0;
    let sumTime = 0;
    for (let t = first; t <= last; t++) {
      const w = priorWeight[t]! * exposure[t]! * relative;
      const wt = w * time;
      sum += w;
      sumTime += wt;
      timeSquares += wt * time;
      time += 1;
      relative *= growth;
    }
    weight[l] = weight[l]! + sum;
    weightTime[l] = weightTime[l]! + sumTime;
  }
  return timeSquares;
}

/** After the last step: mean and working weight of every row, and the Pearson statistics. */
function settleRows(glm: SeasonalGlm): void {
  const { runs, runFirst, runLast, runLevel, level, slope, unit, priorWeight, working, mean } = glm;
  const { counts, exposure } = glm.tables;
  const { previousLevel, previousSlope, isStart } = glm.scratch;
  const growth = Math.exp(slope);
  const previousGrowth = Math.exp(previousSlope);
  let workingSquares = 0;
  let priorSquares = 0;
  for (let r = 0; r < runs; r++) {
    const first = runFirst[r]!;
    const last = runLast[r]!;
    const l = runLevel[r]!;
    const time = timeOf(glm, first);
    let now = unit * Math.exp(level[l]! + slope * time);
    let before = isStart ? 0 : unit * Math.exp(previousLevel[l]! + previousSlope * time);
    for (let t = first; t <= last; t++) {
      const people = exposure === undefined ? 1 : exposure[t]!;
      const prior = priorWeight[t]!;
      const y = counts[t]!;
      const mu = now * people;
      const w = prior * (isStart ? y + 0.1 : before * people);
      const residual = y / mu - 1;
      const square = residual * residual;
      mean[t] = mu;
      working[t] = w;
      workingSquares += w * square;
      priorSquares += prior * square;
      now *= growth;
      before *= previousGrowth;
    }
  }
  glm.dispersion = workingSquares / glm.residualDf;
  glm.priorDispersion = priorSquares / glm.residualDf;
}
