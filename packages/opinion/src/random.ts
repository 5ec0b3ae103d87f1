/**
 * Random numbers from a seed and nothing else: xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32. The same seed
 * gives the same numbers on every machine.
 */

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

/** `count` different whole numbers below `limit`, ascending (the first steps of Fisher and Yates' shuffle). */
export function drawSubset(random: Random, count: number, limit: number): Int32Array {
  const numbers = Int32Array.from({ length: limit }, (_, at) => at);
  for (let at = 0; at < count; at++) {
    const other = at + Math.min(limit - at - 1, Math.floor(random() * (limit - at)));
    const number = numbers[at]!;
    numbers[at] = numbers[other]!;
    numbers[other] = number;
  }
  return numbers.slice(0, count).sort();
}
