/**
 * Generalised linear model of counts with log link by iteratively reweighted least squares, for small dense designs. The start,
 * the stopping rule (change of deviance against 1e-8) and the limit of 25 iterations are those of R's glm.fit, so that a fit
 * that R gives up is given up here too. The seasonal detectors use the structured kernel in seasonal-glm.ts; this one is
 * its oracle in tests.
 */
import { solveLeastSquares } from './least-squares.ts';

export interface GlmInput {
  readonly counts: Float64Array;
  /** Columns of the design, each as long as the counts. */
  readonly columns: readonly Float64Array[];
  /** Added to the linear predictor. */
  readonly offset?: Float64Array | undefined;
  readonly priorWeights?: Float64Array | undefined;
  /** Negative binomial with variance mu + mu^2 / theta; Poisson when absent. */
  readonly theta?: number | undefined;
  /** Linear predictor to start from instead of the counts. */
  readonly start?: Float64Array | undefined;
}

export interface GlmFit {
  readonly converged: boolean;
  readonly iterations: number;
  readonly coefficients: Float64Array;
  readonly fitted: Float64Array;
  readonly linearPredictor: Float64Array;
  /** (X'WX)^-1 with the weights of the last iteration, by rows. */
  readonly unscaledCovariance: readonly Float64Array[];
  readonly workingWeights: Float64Array;
  readonly deviance: number;
  readonly residualDf: number;
}

/** Means are held above this, as R does. */
export const SMALLEST_MEAN = 2.220446049250313e-16;
const MOST_ITERATIONS = 25;
const TOLERANCE = 1e-8;

export function fitGlm(input: GlmInput): GlmFit {
  const { counts, columns, offset, priorWeights, theta, start } = input;
  const n = counts.length;
  const p = columns.length;
  const eta = new Float64Array(n);
  const mu = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const y = counts[i]!;
    eta[i] = start?.[i] ?? Math.log(theta === undefined ? y + 0.1 : y === 0 ? 1 / 6 : y);
    mu[i] = start === undefined ? (theta === undefined ? y + 0.1 : y === 0 ? 1 / 6 : y) : meanOf(eta[i]!);
  }
  const working = new Float64Array(n);
  const weights = new Float64Array(n);
  let coefficients = new Float64Array(p);
  let unscaledCovariance: readonly Float64Array[] = [];
  let before = deviance(counts, mu, priorWeights, theta);
  let converged = false;
  let iterations = 0;
  while (iterations < MOST_ITERATIONS && !converged) {
    iterations++;
    for (let i = 0; i < n; i++) {
      const derivative = meanOf(eta[i]!);
      const variance = theta === undefined ? mu[i]! : mu[i]! + mu[i]! ** 2 / theta;
      working[i] = eta[i]! - (offset?.[i] ?? 0) + (counts[i]! - mu[i]!) / derivative;
      weights[i] = ((priorWeights?.[i] ?? 1) * derivative ** 2) / variance;
    }
    const solution = solveLeastSquares(columns, working, weights);
    if (solution === undefined) break;
    ({ coefficients, unscaledCovariance } = solution);
    for (let i = 0; i < n; i++) {
      let value = offset?.[i] ?? 0;
      for (let j = 0; j < p; j++) value += columns[j]![i]! * coefficients[j]!;
      eta[i] = value;
      mu[i] = meanOf(value);
    }
    const after = deviance(counts, mu, priorWeights, theta);
    converged = Math.abs(after - before) / (Math.abs(after) + 0.1) < TOLERANCE;
    before = after;
  }
  let used = 0;
  for (let i = 0; i < n; i++) if ((priorWeights?.[i] ?? 1) !== 0) used++;
  return {
    converged,
    iterations,
    coefficients,
    fitted: mu,
    linearPredictor: eta,
    unscaledCovariance,
    workingWeights: weights,
    deviance: before,
    residualDf: used - p,
  };
}

function meanOf(eta: number): number {
  return Math.max(Math.exp(eta), SMALLEST_MEAN);
}

function deviance(
  counts: Float64Array,
  mu: Float64Array,
  priorWeights: Float64Array | undefined,
  theta: number | undefined,
): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const [y, m] = [counts[i]!, mu[i]!];
    const term =
      theta === undefined
        ? y === 0
          ? m
          : y * Math.log(y / m) - (y - m)
        : y * Math.log(Math.max(1, y) / m) - (y + theta) * Math.log((y + theta) / (m + theta));
    sum += (priorWeights?.[i] ?? 1) * term;
  }
  return 2 * sum;
}
