/**
 * Anscombe's variance-stabilising transformation of a negative binomial count with variance m + alpha m^2:
 * (H(y) - H(m)) / (m + alpha m^2)^(1/6) with H(y) = integral of (u + alpha u^2)^(-1/3) du
 * = 3/2 y^(2/3) 2F1(1/3, 2/3; 5/3; -alpha y).
 */
export function anscombeNegativeBinomial(
  y: number,
  m: number,
  alpha: number,
  hypergeometric = anscombeHypergeometric,
): number {
  const integral = (x: number) => 1.5 * Math.cbrt(x * x) * hypergeometric(-alpha * x);
  return (integral(y) - integral(m)) / (m + alpha * m * m) ** (1 / 6);
}

/** The count whose transformed value is x; 0 when even no case lies above it. */
export function inverseAnscombeNegativeBinomial(x: number, m: number, alpha: number): number {
  let low = 0;
  if (anscombeNegativeBinomial(low, m, alpha) >= x) return 0;
  let high = 2 * m + 1;
  while (anscombeNegativeBinomial(high, m, alpha) < x) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (anscombeNegativeBinomial(middle, m, alpha) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 2F1(1/3, 2/3; 5/3; x) for x <= 0. Pfaff's transformation brings the argument into [0, 1). */
export function anscombeHypergeometric(x: number): number {
  const w = x / (x - 1);
  let term = 1;
  let sum = 1;
  // 2F1(1/3, 1; 5/3; w): the ratio of neighbouring terms tends to w.
  for (let n = 0; n < 10_000_000; n++) {
    term *= ((1 / 3 + n) / (5 / 3 + n)) * w;
    sum += term;
    if (term < 1e-16 * (1 - w) * sum) break;
  }
  return sum / Math.cbrt(1 - x);
}

/** As R `surveillance` reads it from a table: to the nearest hundredth down to -10, between whole numbers from there to -100. */
export function tabulatedAnscombeHypergeometric(x: number): number {
  if (x >= -10) return anscombeHypergeometric(Math.round(x * 100) / 100);
  if (x < -100) return Number.NaN;
  const low = Math.floor(x);
  const below = anscombeHypergeometric(low);
  return below + (anscombeHypergeometric(low + 1) - below) * (x - low);
}
