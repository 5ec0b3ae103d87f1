import { binomialTerm } from './stirling.ts';

/**
 * Regularised incomplete beta function I_x(a, b), y = 1 - x given apart so that neither tail loses digits. Continued fraction
 * DLMF 8.17.22 on the side where it converges fast.
 */
export function betaCdf(x: number, y: number, a: number, b: number): number {
  if (Number.isNaN(x + y + a + b)) return Number.NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  return x < (a + 1) / (a + b + 2) ? fraction(x, y, a, b) : 1 - fraction(y, x, b, a);
}

function fraction(x: number, y: number, a: number, b: number): number {
  const TINY = 1e-300;
  const front = (binomialTerm(a, a + b, x, y) * b) / (a + b);
  if (front === 0) return 0;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let value = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = 1 + even / c;
    if (Math.abs(c) < TINY) c = TINY;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = 1 + odd / c;
    if (Math.abs(c) < TINY) c = TINY;
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return front * value;
}
