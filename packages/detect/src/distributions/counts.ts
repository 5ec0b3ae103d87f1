/**
 * Poisson and negative binomial counts. The negative binomial is given by size s and probability p (mean s(1-p)/p); q = 1 - p.
 * Quantiles are the smallest count whose distribution function reaches the level, with the same allowance for rounding
 * (64 units in the last place) that statistical packages make.
 */
import { betaCdf } from './beta.ts';
import { gammaCdf, gammaQuantile, gammaTail } from './gamma.ts';
import { normalQuantile } from './normal.ts';
import { binomialTerm, poissonTerm } from './stirling.ts';

/** Beyond this mean one case more or less is below the ninth digit, and quantiles come from a continuous approximation. */
const LARGE_MEAN = 1e8;

const ALLOWANCE = 1 - 64 * 2.220446049250313e-16;

export function poissonDensity(count: number, mean: number): number {
  return poissonTerm(count, mean);
}

/** P(Y >= count). */
export function poissonTail(count: number, mean: number): number {
  return count <= 0 ? 1 : gammaCdf(mean, count);
}

/** P(Y <= count). */
export function poissonCdf(count: number, mean: number): number {
  return count < 0 ? 0 : gammaTail(mean, Math.floor(count) + 1);
}

/** `z` is the normal quantile of the level, for callers that have it. */
export function poissonQuantile(level: number, mean: number, z = normalQuantile(level)): number {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) return Number.NaN;
  if (mean === 0) return 0;
  return searchQuantile(
    level,
    z,
    mean,
    Math.sqrt(mean),
    1 / Math.sqrt(mean),
    (count) => poissonCdf(count, mean),
    (count) => poissonTerm(count, mean),
    (count) => mean / (count + 1),
  );
}

export function negativeBinomialDensity(count: number, size: number, p: number, q: number): number {
  return count === 0 ? Math.exp(size * Math.log(p)) : (binomialTerm(size, count + size, p, q) * size) / (count + size);
}

/** P(Y >= count). */
export function negativeBinomialTail(count: number, size: number, p: number, q: number): number {
  return count <= 0 ? 1 : betaCdf(q, p, count, size);
}

/** P(Y <= count). */
export function negativeBinomialCdf(count: number, size: number, p: number, q: number): number {
  return count < 0 ? 0 : betaCdf(p, q, size, Math.floor(count) + 1);
}

/** `z` is the normal quantile of the level, for callers that have it. */
export function negativeBinomialQuantile(
  level: number,
  size: number,
  p: number,
  q: number,
  z = normalQuantile(level),
): number {
  if (!(size >= 0 && size < Number.POSITIVE_INFINITY && p > 0 && p <= 1)) return Number.NaN;
  if (size === 0 || q === 0) return 0;
  const mean = (size * q) / p;
  return searchQuantile(
    level,
    z,
    mean,
    Math.sqrt(mean / p),
    (1 + q) / Math.sqrt(size * q),
    (count) => negativeBinomialCdf(count, size, p, q),
    (count) => negativeBinomialDensity(count, size, p, q),
    (count) => ((count + size) / (count + 1)) * q,
  );
}

/** Cornish-Fisher start, one exact distribution value there, then steps by the ratio of neighbouring densities. */
function searchQuantile(
  level: number,
  z: number,
  mean: number,
  sd: number,
  skewness: number,
  cdf: (count: number) => number,
  density: (count: number) => number,
  ratio: (count: number) => number,
): number {
  if (!(level >= 0 && level < 1)) return level === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  const target = level * ALLOWANCE;
  if (mean > LARGE_MEAN) return largeQuantile(level, z, mean, sd, skewness);
  let count = Math.max(0, Math.round(mean + sd * (z + (skewness * (z * z - 1)) / 6)));
  for (let step = Math.floor(sd); step > 32; step = Math.floor(step / 8)) {
    if (cdf(count) < target) while (cdf(count + step) < target) count += step;
    else while (count > 0 && cdf(count) >= target) count = Math.max(0, count - step);
  }
  let below = cdf(count);
  let term = density(count);
  if (below >= target) {
    while (count > 0 && below - term >= target) {
      below -= term;
      count -= 1;
      term /= ratio(count);
    }
    return count;
  }
  while (below < target) {
    term *= ratio(count);
    count += 1;
    below += term;
    if (term === 0) return count;
  }
  return count;
}

/** Gamma of the same mean and variance; third-order Cornish-Fisher where that is nearly normal. */
function largeQuantile(level: number, z: number, mean: number, sd: number, skewness: number): number {
  const dispersion = (sd * sd) / mean;
  if (mean / dispersion < 1e4) return Math.round(gammaQuantile(level, mean / dispersion) * dispersion);
  const third = (skewness * skewness * (z ** 3 - 4 * z)) / 36;
  return Math.round(mean + sd * (z + (skewness * (z * z - 1)) / 6 - third));
}
