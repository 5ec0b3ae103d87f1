/**
 * Random numbers from a seed and nothing else: xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32. The same seed
 * gives the same numbers on every machine.
 */
import { poissonQuantile } from './distributions/counts.ts';

/** Uniform on the open interval (0, 1), 53 bits. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let mix = seed | 0;
  const next32 = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [next32(), next32(), next32(), next32()];
  const word = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  return () => ((word() >>> 5) * 67_108_864 + (word() >>> 6) + 0.5) / 9_007_199_254_740_992;
}

/** A generator of its own for each part of a job, whatever the order in which the parts run. */
export function splitSeed(seed: number, part: number): number {
  return Math.imul((seed ^ Math.imul(part + 1, 0x85ebca6b)) | 0, 0xc2b2ae35) ^ part;
}

export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma with scale 1 (Marsaglia & Tsang 2000). */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

export function drawBeta(random: Random, a: number, b: number): number {
  const x = drawGamma(random, a);
  const y = drawGamma(random, b);
  return x + y > 0 ? x / (x + y) : a / (a + b);
}

/** By inversion, so that a larger mean never gives fewer cases from the same numbers. */
export function drawPoisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  const u = random();
  if (mean > 30) return poissonQuantile(u, mean);
  let count = 0;
  let term = Math.exp(-mean);
  let cumulative = term;
  while (cumulative < u && count < 1000) {
    count++;
    term *= mean / count;
    cumulative += term;
  }
  return count;
}

/** Mean as given, variance dispersion times the mean; Poisson when dispersion is at most 1. */
export function drawNegativeBinomial(random: Random, mean: number, dispersion: number): number {
  if (dispersion <= 1) return drawPoisson(random, mean);
  const size = mean / (dispersion - 1);
  return drawPoisson(random, drawGamma(random, size) * (dispersion - 1));
}

/** Whole number from 0 to below `limit`. */
export function drawIndex(random: Random, limit: number): number {
  return Math.min(limit - 1, Math.floor(random() * limit));
}
