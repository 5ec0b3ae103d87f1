import { expect, it } from 'vitest';
import { normalCdf, normalQuantile, normalTail } from './normal.ts';

/** x and P(Z > x), from R's pnorm. */
const TAILS: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [1, 0.15865525393145705],
  [2.4999, 0.00621141837494459],
  [2.5001, 0.006207912714815194],
  [3, 0.001349898031630095],
  [8, 6.220960574271786e-16],
  [20, 2.7536241186062337e-89],
];

it('the normal tail keeps its relative accuracy', () => {
  for (const [x, tail] of TAILS) expect(Math.abs(normalTail(x) / tail - 1)).toBeLessThan(1e-13);
  expect(normalTail(3) / 0.001349898031630095).toBeCloseTo(1, 14);
  expect(normalTail(20) / 2.7536241186062337e-89).toBeCloseTo(1, 13);
});

it('the quantile is the inverse of the distribution', () => {
  expect(normalQuantile(0.999)).toBeCloseTo(3.090232306167813, 14);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
  for (const p of [1e-300, 1e-12, 0.003, 0.4999, 0.5, 0.6, 0.99999])
    expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 12);
});
