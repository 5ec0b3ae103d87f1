/**
 * The kernel of the Farrington detectors: a quasi-Poisson model with log link,
 *
 *     log mu_i = log exposure_i + a[level_i] + b * time_i,
 *
 * fitted as R's glm.fit does it (start at y + 0.1, at most 25 steps, stop when the deviance changes by less than 1e-8 of
 * itself + 0.1), but in the structure of the design instead of by QR. Each row has one level and a time, so
 *  - the levels are eliminated exactly: the slope is a regression within levels, each level then a weighted mean;
 *  - a step needs only sums of w, w t, w t^2 per level, because the score is "observed minus fitted" and its observed part
 *    never changes;
 *  - within a run of consecutive periods mu grows by the factor exp(b): one exponential a run, not one a row;
 *  - the deviance follows from the same sums.
 * A step is seven floating-point operations a row. Nothing is allocated after `createSeasonalGlm`.
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
}

export interface SeasonalGlm {
  readonly levels: number;
  rows: number;
  runs: number;
  hasExposure: boolean;
  readonly runFirst: Int32Array;
  readonly runLast: Int32Array;
  readonly runLevel: Int32Array;
  /** Position in the series of each row. */
  readonly index: Int32Array;
  readonly time: Float64Array;
  readonly count: Float64Array;
  readonly logCount: Float64Array;
  readonly firstResponse: Float64Array;
  readonly firstDeviance: Float64Array;
  readonly twoThirds: Float64Array;
  readonly exposure: Float64Array;
  readonly logExposure: Float64Array;
  readonly priorWeight: Float64Array;
  /** Prior weight times mean before the last step (the working weight), and after it. */
  previous: Float64Array;
  current: Float64Array;
  middle: number;
  unit: number;
  /** Results of the last fit. */
  converged: boolean;
  iterations: number;
  slope: number;
  residualDf: number;
  /** Pearson statistic by degree of freedom with the working weights, and with the prior weights alone. */
  dispersion: number;
  priorDispersion: number;
  /** Sums of the working weights of the last step per level, and their centres in time. */
  readonly level: Float64Array;
  readonly levelWeight: Float64Array;
  readonly levelTime: Float64Array;
  /** Weighted variation of time within levels. */
  timeVariation: number;
  readonly scratch: {
    readonly observed: Float64Array;
    readonly weight: Float64Array;
    readonly weightTime: Float64Array;
    readonly weightResponse: Float64Array;
  };
}

const MOST_ITERATIONS = 25;
const TOLERANCE = 1e-8;

export function tabulateCounts(counts: Float64Array, population: Float64Array | undefined): CountTables {
  const n = counts.length;
  const tables = {
    counts,
    logCount: new Float64Array(n),
    firstResponse: new Float64Array(n),
    firstDeviance: new Float64Array(n),
    twoThirds: new Float64Array(n),
    exposure: population,
    logExposure: population?.map(Math.log),
  };
  for (let i = 0; i < n; i++) {
    const y = counts[i]!;
    const start = y + 0.1;
    const logStart = Math.log(start);
    tables.logCount[i] = y === 0 ? 0 : Math.log(y);
    tables.firstResponse[i] = logStart - 0.1 / start;
    tables.firstDeviance[i] = y * (tables.logCount[i]! - logStart) + 0.1;
    tables.twoThirds[i] = Math.cbrt(y * y);
  }
  return tables;
}

export function createSeasonalGlm(capacity: number, levels: number): SeasonalGlm {
  const row = () => new Float64Array(capacity);
  const perLevel = () => new Float64Array(levels);
  return {
    levels,
    rows: 0,
    runs: 0,
    hasExposure: false,
    runFirst: new Int32Array(capacity),
    runLast: new Int32Array(capacity),
    runLevel: new Int32Array(capacity),
    index: new Int32Array(capacity),
    time: row(),
    count: row(),
    logCount: row(),
    firstResponse: row(),
    firstDeviance: row(),
    twoThirds: row(),
    exposure: row(),
    logExposure: row(),
    priorWeight: row(),
    previous: row(),
    current: row(),
    middle: 0,
    unit: 1,
    converged: false,
    iterations: 0,
    slope: 0,
    residualDf: 0,
    dispersion: Number.NaN,
    priorDispersion: Number.NaN,
    level: perLevel(),
    levelWeight: perLevel(),
    levelTime: perLevel(),
    timeVariation: 0,
    scratch: {
      observed: perLevel(),
      weight: perLevel(),
      weightTime: perLevel(),
      weightResponse: perLevel(),
    },
  };
}

export function clearRows(glm: SeasonalGlm): void {
  glm.rows = 0;
  glm.runs = 0;
}

/**
 * Appends the known periods first..last, which follow those appended before, all at one level. `times` gives them a clock
 * of their own, in which a period need not be one unit long; otherwise time is the position in the series.
 */
export function appendRows(
  glm: SeasonalGlm,
  tables: CountTables,
  first: number,
  last: number,
  level: number,
  times?: Float64Array,
): void {
  let row = glm.rows;
  let runOpen = false;
  glm.hasExposure = tables.exposure !== undefined;
  for (let t = first; t <= last; t++) {
    const y = tables.counts[t]!;
    const people = tables.exposure === undefined ? 1 : tables.exposure[t]!;
    if (!(y >= 0 && people > 0)) {
      runOpen = false;
      continue;
    }
    if (runOpen && times === undefined) glm.runLast[glm.runs - 1] = row;
    else {
      glm.runFirst[glm.runs] = row;
      glm.runLast[glm.runs] = row;
      glm.runLevel[glm.runs] = level;
      glm.runs++;
      runOpen = true;
    }
    glm.index[row] = t;
    glm.time[row] = times === undefined ? t : times[t]!;
    glm.count[row] = y;
    glm.logCount[row] = tables.logCount[t]!;
    glm.firstResponse[row] = tables.firstResponse[t]!;
    glm.firstDeviance[row] = tables.firstDeviance[t]!;
    glm.twoThirds[row] = tables.twoThirds[t]!;
    glm.exposure[row] = people;
    glm.logExposure[row] = tables.logExposure === undefined ? 0 : tables.logExposure[t]!;
    row++;
  }
  glm.rows = row;
}

/** After the last `appendRows`: centres time, sets the unit of the counts and all prior weights to 1. */
export function closeRows(glm: SeasonalGlm): void {
  const { rows, time, count, exposure, priorWeight } = glm;
  glm.middle = rows === 0 ? 0 : Math.round((time[0]! + time[rows - 1]!) / 2);
  let cases = 0;
  let people = 0;
  for (let i = 0; i < rows; i++) {
    time[i] = time[i]! - glm.middle;
    cases += count[i]!;
    people += exposure[i]!;
    priorWeight[i] = 1;
  }
  glm.unit = cases === 0 ? 1 : cases / people;
}

/** Fits with the present prior weights. Answers whether the stopping rule was met. */
export function fitSeasonalGlm(glm: SeasonalGlm, withTrend: boolean): boolean {
  const { levels, level, levelWeight, levelTime, scratch } = glm;
  const { observed, weight, weightTime, weightResponse } = scratch;
  observed.fill(0);
  weight.fill(0);
  weightTime.fill(0);
  weightResponse.fill(0);

  const start = sumFirstStep(glm);
  let timeSquares = start.timeSquares;
  let deviance = 2 * start.deviance;
  let present = 0;
  let observedTotal = 0;
  for (let l = 0; l < levels; l++) {
    if (weight[l]! > 0) present++;
    observedTotal += observed[l]!;
  }
  glm.residualDf = glm.rows - present - (withTrend ? 1 : 0);

  let responseTime = start.responseTime;
  let variation = timeSquares;
  for (let l = 0; l < levels; l++) {
    const sum = weight[l]!;
    levelWeight[l] = sum;
    levelTime[l] = sum > 0 ? weightTime[l]! / sum : 0;
    variation -= weightTime[l]! * levelTime[l]!;
    responseTime -= weightResponse[l]! * levelTime[l]!;
  }
  let slope = withTrend ? responseTime / variation : 0;
  for (let l = 0; l < levels; l++)
    level[l] = weight[l]! > 0 ? weightResponse[l]! / weight[l]! - slope * levelTime[l]! : 0;

  glm.converged = false;
  let iteration = 1;
  for (; iteration <= MOST_ITERATIONS; iteration++) {
    // The rows get their means under the new coefficients; what they had is the working weight of this step.
    timeSquares = sumStep(glm, slope);
    let linear = slope * start.observedTime;
    let fittedTotal = 0;
    for (let l = 0; l < levels; l++) {
      linear += level[l]! * observed[l]!;
      fittedTotal += weight[l]!;
    }
    const after = 2 * (start.logLikelihood - linear + fittedTotal - observedTotal);
    const change = Math.abs(after - deviance) / (Math.abs(after) + 0.1);
    deviance = after;
    if (change < TOLERANCE) {
      glm.converged = true;
      break;
    }
    if (iteration === MOST_ITERATIONS || Number.isNaN(after)) break;

    let score = start.observedTime;
    let centredSquares = timeSquares;
    for (let l = 0; l < levels; l++) {
      const sum = weight[l]!;
      const centre = sum > 0 ? weightTime[l]! / sum : 0;
      levelWeight[l] = sum;
      levelTime[l] = centre;
      centredSquares -= weightTime[l]! * centre;
      // Sum of w0 t (y - mu) minus centre times sum of w0 (y - mu), the first sum taken over all levels at once.
      score -= weightTime[l]! + centre * (observed[l]! - sum);
    }
    variation = centredSquares;
    const slopeStep = withTrend ? score / variation : 0;
    for (let l = 0; l < levels; l++) {
      const sum = weight[l]!;
      if (sum > 0) level[l] = level[l]! + (observed[l]! - sum) / sum - levelTime[l]! * slopeStep;
    }
    slope += slopeStep;
    const swap = glm.previous;
    glm.previous = glm.current;
    glm.current = swap;
  }
  glm.iterations = Math.min(iteration, MOST_ITERATIONS);
  glm.slope = slope;
  glm.timeVariation = withTrend ? variation : Number.POSITIVE_INFINITY;
  sumDispersion(glm);
  return glm.converged;
}

/**
 * Farrington's weights from Anscombe residuals s: rows with s > threshold get weight proportional to s^-2, all scaled to sum
 * to the number of rows. They become the prior weights of the next fit. Answers the number of rows weighted down.
 */
export function weightDownOutbreaks(glm: SeasonalGlm, threshold: number, phi: number): number {
  const { rows, runs, runFirst, runLast, runLevel, time, twoThirds, exposure, previous, priorWeight } = glm;
  const { level, levelWeight, levelTime, slope, timeVariation, unit, hasExposure } = glm;
  const limit = threshold * threshold * phi;
  const growth = Math.exp(slope);
  const root = Math.exp(-slope / 6);
  let total = 0;
  let down = 0;
  for (let r = 0; r < runs; r++) {
    const l = runLevel[r]!;
    const first = runFirst[r]!;
    const last = runLast[r]!;
    const shareOfLevel = 1 / levelWeight[l]!;
    const centre = levelTime[l]!;
    const eta = level[l]! + slope * time[first]!;
    let relative = unit * Math.exp(eta);
    // mu^(-1/6), from which mu^(1/2) and the residual follow without another power.
    let sixth = (unit * Math.exp(eta)) ** (-1 / 6);
    for (let i = first; i <= last; i++) {
      const mu = relative * exposure[i]!;
      const inverseSixth = hasExposure ? sixth * exposure[i]! ** (-1 / 6) : sixth;
      const distance = time[i]! - centre;
      const leverage = previous[i]! * (shareOfLevel + (distance * distance) / timeVariation);
      const residual = 1.5 * inverseSixth * (twoThirds[i]! - mu * inverseSixth * inverseSixth);
      const scale = 1 - leverage;
      let u = 1;
      if (residual > 0 && scale > 2.3e-15 && residual * residual > limit * scale) {
        u = (phi * scale) / (residual * residual);
        down++;
      }
      priorWeight[i] = u;
      total += u;
      relative *= growth;
      sixth *= root;
    }
  }
  const gamma = rows / total;
  for (let i = 0; i < rows; i++) priorWeight[i] = priorWeight[i]! * gamma;
  return down;
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

interface FirstStep {
  readonly timeSquares: number;
  readonly responseTime: number;
  readonly observedTime: number;
  readonly logLikelihood: number;
  readonly deviance: number;
}

function sumFirstStep(glm: SeasonalGlm): FirstStep {
  const { runs, runFirst, runLast, runLevel, time, count, logCount, firstResponse, firstDeviance } = glm;
  const { logExposure, priorWeight, previous } = glm;
  const { observed, weight, weightTime, weightResponse } = glm.scratch;
  const logUnit = Math.log(glm.unit);
  let timeSquares = 0;
  let responseTime = 0;
  let observedTime = 0;
  let logLikelihood = 0;
  let deviance = 0;
  for (let r = 0; r < runs; r++) {
    const last = runLast[r]!;
    let sum = 0;
    let sumTime = 0;
    let sumResponse = 0;
    let sumObserved = 0;
    for (let i = runFirst[r]!; i <= last; i++) {
      const prior = priorWeight[i]!;
      const y = prior * count[i]!;
      const t = time[i]!;
      const base = logUnit + logExposure[i]!;
      const w = y + 0.1 * prior;
      const wt = w * t;
      const z = firstResponse[i]! - base;
      previous[i] = w;
      sum += w;
      sumTime += wt;
      timeSquares += wt * t;
      sumResponse += w * z;
      responseTime += wt * z;
      sumObserved += y;
      observedTime += y * t;
      logLikelihood += y * (logCount[i]! - base);
      deviance += prior * firstDeviance[i]!;
    }
    const l = runLevel[r]!;
    weight[l] = weight[l]! + sum;
    weightTime[l] = weightTime[l]! + sumTime;
    weightResponse[l] = weightResponse[l]! + sumResponse;
    observed[l] = observed[l]! + sumObserved;
  }
  return { timeSquares, responseTime, observedTime, logLikelihood, deviance };
}

/** Means under the present coefficients into `current`, their sums per level into scratch; answers the sum of w t^2. */
function sumStep(glm: SeasonalGlm, slope: number): number {
  const { levels, runs, runFirst, runLast, runLevel, time, exposure, priorWeight, current, level, unit } = glm;
  const { weight, weightTime } = glm.scratch;
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
    let relative = unit * Math.exp(level[l]! + slope * time[first]!);
    let sum = 0;
    let sumTime = 0;
    for (let i = first; i <= last; i++) {
      const t = time[i]!;
      const w = priorWeight[i]! * exposure[i]! * relative;
      const wt = w * t;
      current[i] = w;
      sum += w;
      sumTime += wt;
      timeSquares += wt * t;
      relative *= growth;
    }
    weight[l] = weight[l]! + sum;
    weightTime[l] = weightTime[l]! + sumTime;
  }
  return timeSquares;
}

function sumDispersion(glm: SeasonalGlm): void {
  const { rows, count, priorWeight, previous, current, residualDf } = glm;
  let working = 0;
  let prior = 0;
  for (let i = 0; i < rows; i++) {
    const omega = priorWeight[i]!;
    const residual = (count[i]! * omega) / current[i]! - 1;
    const square = residual * residual;
    working += previous[i]! * square;
    prior += omega * square;
  }
  glm.dispersion = working / residualDf;
  glm.priorDispersion = prior / residualDf;
}
