/** Derivatives of log Gamma for x > 0: recurrence up to 12, then the asymptotic series (Abramowitz & Stegun 6.3.18, 6.4.12). */
export function digamma(x: number): number {
  let shift = 0;
  let n = x;
  while (n < 12) {
    shift -= 1 / n;
    n += 1;
  }
  const s = 1 / (n * n);
  return (
    shift +
    Math.log(n) -
    1 / (2 * n) -
    s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - (s * 691) / 32760)))))
  );
}

export function trigamma(x: number): number {
  let shift = 0;
  let n = x;
  while (n < 12) {
    shift += 1 / (n * n);
    n += 1;
  }
  const s = 1 / (n * n);
  return shift + 1 / n + s / 2 + (s / n) * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - (s * 5) / 66))));
}
