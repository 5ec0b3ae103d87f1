/**
 * Negative binomial regression with unknown theta by alternation: regression for given theta, maximum likelihood for theta
 * at given means (as MASS::glm.nb does, with its limits and tolerances, so that runaway thetas of Poisson data stop at
 * the same place).
 */
import { digamma, trigamma } from './distributions/polygamma.ts';
import { logGamma } from './distributions/stirling.ts';
import { fitGlm, type GlmFit } from './glm.ts';

export interface NegativeBinomialFit {
  readonly glm: GlmFit;
  readonly theta: number;
  readonly thetaError: number;
  readonly converged: boolean;
}

const MOST_ITERATIONS = 25;
const EPSILON = 1e-8;
const THETA_EPSILON = 2.220446049250313e-16 ** 0.25;

export function fitNegativeBinomialGlm(
  counts: Float64Array,
  columns: readonly Float64Array[],
): NegativeBinomialFit | undefined {
  let glm = fitGlm({ counts, columns });
  if (glm.fitted.some(Number.isNaN)) return undefined;
  let estimate = maximiseTheta(counts, glm.fitted);
  const df = Math.max(1, glm.residualDf);
  const likelihoodUnit = Math.sqrt(2 * df);
  let likelihood = logLikelihood(counts, glm.fitted, estimate.theta);
  let before = likelihood + 2 * likelihoodUnit;
  let change = 1;
  let iterations = 0;
  while (iterations < MOST_ITERATIONS && Math.abs(before - likelihood) / likelihoodUnit + Math.abs(change) > EPSILON) {
    iterations++;
    const previous = glm;
    glm = fitGlm({ counts, columns, theta: estimate.theta, start: previous.linearPredictor });
    const old = estimate.theta;
    // Theta is one step behind the means, as in MASS.
    estimate = maximiseTheta(counts, previous.fitted);
    change = old - estimate.theta;
    before = likelihood;
    likelihood = logLikelihood(counts, glm.fitted, estimate.theta);
    if (Number.isNaN(likelihood)) return undefined;
  }
  return { glm, theta: estimate.theta, thetaError: estimate.error, converged: glm.converged };
}

/** Newton steps from the moment estimate; a step below zero is cut at zero. */
function maximiseTheta(counts: Float64Array, fitted: Float64Array): { readonly theta: number; readonly error: number } {
  const n = counts.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (counts[i]! / fitted[i]! - 1) ** 2;
  let theta = n / squares;
  let step = 1;
  let information = 0;
  for (let iteration = 1; iteration < MOST_ITERATIONS && Math.abs(step) > THETA_EPSILON; iteration++) {
    theta = Math.abs(theta);
    let score = 0;
    information = 0;
    const [digammaTheta, trigammaTheta] = [digamma(theta), trigamma(theta)];
    for (let i = 0; i < n; i++) {
      const [y, mu] = [counts[i]!, fitted[i]!];
      const sum = mu + theta;
      score += digamma(theta + y) - digammaTheta + Math.log(theta) + 1 - Math.log(sum) - (y + theta) / sum;
      information += -trigamma(theta + y) + trigammaTheta - 1 / theta + 2 / sum - (y + theta) / (sum * sum);
    }
    step = score / information;
    theta += step;
  }
  return { theta: Math.max(0, theta), error: Math.sqrt(1 / information) };
}

function logLikelihood(counts: Float64Array, fitted: Float64Array, theta: number): number {
  let sum = 0;
  const logGammaTheta = logGamma(theta);
  for (let i = 0; i < counts.length; i++) {
    const [y, mu] = [counts[i]!, fitted[i]!];
    sum +=
      logGamma(theta + y) -
      logGammaTheta -
      logGamma(y + 1) +
      theta * Math.log(theta) +
      y * Math.log(mu + (y === 0 ? 1 : 0)) -
      (theta + y) * Math.log(theta + mu);
  }
  return sum;
}
