import { normalQuantile } from './normal.ts';
import { logGamma, poissonTerm } from './stirling.ts';

/** Distribution function of the gamma distribution with the given shape and scale 1: P(shape, x). */
export function gammaCdf(x: number, shape: number): number {
  if (Number.isNaN(x + shape)) return Number.NaN;
  if (x <= 0) return 0;
  return x < shape + 1 ? lowerSeries(x, shape) : 1 - upperFraction(x, shape);
}

/** 1 - gammaCdf, with relative accuracy in the tail. */
export function gammaTail(x: number, shape: number): number {
  if (Number.isNaN(x + shape)) return Number.NaN;
  if (x <= 0) return 1;
  return x < shape + 1 ? 1 - lowerSeries(x, shape) : upperFraction(x, shape);
}

/** The x with gammaCdf(x, shape) = p; bracketed Newton from the Wilson-Hilferty approximation. */
export function gammaQuantile(p: number, shape: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  const cube = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  let x = shape * cube ** 3;
  // Near zero the distribution is x^shape / Gamma(shape + 1).
  if (!(x > 0.05 * shape)) x = Math.exp((Math.log(p) + logGamma(shape + 1)) / shape);
  for (let step = 0; step < 200; step++) {
    // The smaller of the two tails is the one that carries the digits.
    const error = p < 0.5 ? gammaCdf(x, shape) - p : 1 - p - gammaTail(x, shape);
    if (error > 0) high = x;
    else low = x;
    const density = (poissonTerm(shape, x) * shape) / x;
    let next = x - error / density;
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? 2 * x : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-15 * x) return next;
    x = next;
  }
  return x;
}

function lowerSeries(x: number, shape: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum && n < 10_000_000; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return poissonTerm(shape, x) * sum;
}

/** DLMF 8.9.2, modified Lentz. */
function upperFraction(x: number, shape: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let i = 1; i < 10_000_000; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return poissonTerm(shape, x) * shape * value;
}
