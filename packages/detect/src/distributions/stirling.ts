/**
 * Loader's saddle-point form of the discrete densities (C. Loader 2000, "Fast and accurate computation of binomial
 * probabilities"): the difference of large logarithms is taken analytically, so that densities of counts in the millions
 * keep 14 digits.
 */
const HALF_LOG_2PI = 0.9189385332046728;

/** log Gamma(x + 1) minus Stirling's (x + 1/2) log x - x + log sqrt(2 pi), for x > 0. */
export function stirlingError(x: number): number {
  let shift = 0;
  let n = x;
  while (n < 12) {
    shift += (n + 0.5) * Math.log1p(1 / n) - 1;
    n += 1;
  }
  const inverse = 1 / n;
  const square = inverse * inverse;
  return (
    shift + inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))))
  );
}

/** x log(x / mean) - (x - mean), without cancellation near x = mean. */
export function devianceTerm(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) < 0.1 * (x + mean)) {
    const v = difference / (x + mean);
    let sum = difference * v;
    let term = 2 * x * v;
    const square = v * v;
    for (let odd = 3; odd < 2000; odd += 2) {
      term *= square;
      const next = sum + term / odd;
      if (next === sum) break;
      sum = next;
    }
    return sum;
  }
  return x === 0 ? mean : x * Math.log(x / mean) - difference;
}

/** log Gamma(x), x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  if (x === 1 || x === 2) return 0;
  return stirlingError(x) + (x + 0.5) * Math.log(x) - x + HALF_LOG_2PI - Math.log(x);
}

/** mean^x e^-mean / Gamma(x + 1), for real x >= 0. */
export function poissonTerm(x: number, mean: number): number {
  if (mean === 0) return x === 0 ? 1 : 0;
  if (x === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(x) - devianceTerm(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/** Gamma(n+1) / (Gamma(x+1) Gamma(n-x+1)) p^x q^(n-x), for real 0 <= x <= n and q = 1 - p given apart. */
export function binomialTerm(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(n * (p < 0.1 ? Math.log1p(-p) : Math.log(q)));
  if (x === n) return Math.exp(n * (q < 0.1 ? Math.log1p(-q) : Math.log(p)));
  const rest = n - x;
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(rest) - devianceTerm(x, n * p) - devianceTerm(rest, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * rest));
}
