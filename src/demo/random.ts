/** Random numbers that are the same for the same seed on every machine. For simulations only: nothing secret may come from here. */

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Gamma-distributed with this shape and scale 1. */
  gamma(shape: number): number;
  poisson(mean: number): number;
  /** Negative binomial: variance = mean + mean² / size. */
  negativeBinomial(mean: number, size: number): number;
}

/** FNV-1a, 32 bits: a name as a seed. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

export function openRandom(seed: string): Random {
  let state = hashText(seed);
  // SplitMix32: each call moves by the golden ratio and mixes.
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  // Box and Muller 1958; 1 - u, because the logarithm of zero is not a number.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    // Marsaglia and Tsang 2000.
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mean: number): number => {
    // The sum of two Poisson numbers is one: keeps exp(-mean) above the smallest double.
    if (mean > 500) return poisson(mean / 2) + poisson(mean / 2);
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > limit; product *= uniform()) count++;
    return count;
  };
  return {
    uniform,
    gamma,
    poisson,
    negativeBinomial: (mean, size) => (mean <= 0 ? 0 : poisson((gamma(size) * mean) / size)),
  };
}
