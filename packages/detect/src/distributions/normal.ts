/**
 * Standard normal distribution to about 15 digits, tails included. The tail comes from Laplace's continued fraction
 * (Abramowitz & Stegun 26.2.14), the centre from the series of 26.2.11; quantiles by Halley steps on our own tail.
 */
const INVERSE_SQRT_2PI = 0.3989422804014327;

export function normalDensity(x: number): number {
  return INVERSE_SQRT_2PI * Math.exp(-0.5 * x * x);
}

/** P(Z > x). Relative accuracy is kept far into the tail. */
export function normalTail(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -2.5) return 1 - normalTail(-x);
  if (x > 38.6) return 0;
  if (x < 2.5) return 0.5 - centre(x);
  let fraction = 0;
  // The fraction converges more slowly near the seam; 60 + 400/x^2 terms leave less than 1e-16 from 2.5 upwards.
  for (let k = Math.ceil(60 + 400 / (x * x)); k > 0; k--) fraction = k / (x + fraction);
  return normalDensity(x) / (x + fraction);
}

export function normalCdf(x: number): number {
  return normalTail(-x);
}

/** The x with P(Z <= x) = p. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  return p < 0.5 ? -tailQuantile(p) : tailQuantile(1 - p);
}

/** The x with P(Z > x) = tail, for tail <= 1/2. */
function tailQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  // Start: Abramowitz & Stegun 26.2.23, error below 4.5e-4.
  let x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 4; step++) {
    const error = (normalTail(x) - tail) / normalDensity(x);
    const move = error / (1 - 0.5 * x * error);
    x += move;
    if (Math.abs(move) < 1e-16 * Math.abs(x)) break;
  }
  return x;
}

/** P(0 < Z <= x) for |x| < 2.5. */
function centre(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum) && odd < 400; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum * normalDensity(x);
}
