import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  negativeBinomialCdf,
  negativeBinomialDensity,
  negativeBinomialQuantile,
  negativeBinomialTail,
  poissonCdf,
  poissonDensity,
  poissonQuantile,
  poissonTail,
} from './counts.ts';
import { gammaCdf, gammaQuantile, gammaTail } from './gamma.ts';
import { digamma, trigamma } from './polygamma.ts';
import { logGamma } from './stirling.ts';
import { studentTwoSided } from './student.ts';

/** Value here, value from R, name. */
const FROM_R: readonly (readonly [string, number, number])[] = [
  ['pnbinom(30, 3.3, 0.1, lower = FALSE)', negativeBinomialTail(31, 3.3, 0.1, 0.9), 0.40880847226348366],
  ['pnbinom(1200, 50, 0.1, lower = FALSE)', negativeBinomialTail(1201, 50, 0.1, 0.9), 6.184657838947755e-16],
  ['dnbinom(5000, 300, 0.05)', negativeBinomialDensity(5000, 300, 0.05, 0.95), 0.00012955830049071686],
  ['pgamma(3, 2.5)', gammaCdf(3, 2.5), 0.6937810815867216],
  ['pgamma(300, 250, lower = FALSE)', gammaTail(300, 250), 0.0013774718775282008],
  ['qgamma(0.025, 3)', gammaQuantile(0.025, 3), 0.6186721228956014],
  ['qgamma(0.975, 1e4)', gammaQuantile(0.975, 1e4), 10196.941824999883],
  ['qgamma(0.01, 0.05)', gammaQuantile(0.01, 0.05), 5.8446320572866e-41],
  ['2 * pt(-30, 200)', studentTwoSided(30, 200), 5.724161208827841e-76],
  ['2 * pt(-2, 3)', studentTwoSided(2, 3), 0.13932596855884313],
  ['lgamma(0.1)', logGamma(0.1), 2.252712651734206],
  ['lgamma(1e5)', logGamma(1e5), 1051287.7089736569],
  ['digamma(0.3)', digamma(0.3), -3.5025242222001332],
  ['trigamma(0.3)', trigamma(0.3), 12.245364546],
];

it.each(FROM_R)('%s is as in R', (_, ours, theirs) => {
  expect(ours / theirs).toBeCloseTo(1, 10);
});

it.each([
  ['qnbinom(0.99, 3.3, 0.1)', negativeBinomialQuantile(0.99, 3.3, 0.1, 0.9), 83],
  ['qnbinom(0.995, 1e4, 0.001)', negativeBinomialQuantile(0.995, 1e4, 0.001, 0.999), 10_249_331],
  ['qnbinom(0.99, 0.001, 0.3)', negativeBinomialQuantile(0.99, 0.001, 0.3, 0.7), 0],
  ['qpois(0.99, 1e5)', poissonQuantile(0.99, 1e5), 100_736],
  ['qpois(0.999, 0.3)', poissonQuantile(0.999, 0.3), 3],
])('%s is as in R', (_, ours, theirs) => {
  expect(ours).toBe(theirs);
});

const levels = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

it('a Poisson quantile is the first count whose distribution reaches the level', () => {
  fc.assert(
    fc.property(levels, fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (level, mean) => {
      const count = poissonQuantile(level, mean);
      expect(poissonCdf(count, mean)).toBeGreaterThanOrEqual(level * (1 - 1e-10));
      if (count > 0) expect(poissonCdf(count - 1, mean)).toBeLessThan(level * (1 + 1e-10));
    }),
  );
});

it('so is a negative binomial one', () => {
  fc.assert(
    fc.property(
      levels,
      fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
      fc.double({ min: 1.001, max: 500, noNaN: true }),
      (level, mean, dispersion) => {
        const [size, p, q] = [mean / (dispersion - 1), 1 / dispersion, (dispersion - 1) / dispersion];
        const count = negativeBinomialQuantile(level, size, p, q);
        expect(negativeBinomialCdf(count, size, p, q)).toBeGreaterThanOrEqual(level * (1 - 1e-10));
        if (count > 0) expect(negativeBinomialCdf(count - 1, size, p, q)).toBeLessThan(level * (1 + 1e-10));
      },
    ),
  );
});

it('densities sum to the distribution, and tails are what is left', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 40, noNaN: true }), fc.integer({ min: 0, max: 60 }), (mean, count) => {
      let poisson = 0;
      let negative = 0;
      for (let y = 0; y <= count; y++) {
        poisson += poissonDensity(y, mean);
        negative += negativeBinomialDensity(y, mean / 2, 1 / 3, 2 / 3);
      }
      expect(poissonCdf(count, mean)).toBeCloseTo(poisson, 12);
      expect(poissonTail(count + 1, mean)).toBeCloseTo(1 - poisson, 12);
      expect(negativeBinomialCdf(count, mean / 2, 1 / 3, 2 / 3)).toBeCloseTo(negative, 12);
      expect(negativeBinomialTail(count + 1, mean / 2, 1 / 3, 2 / 3)).toBeCloseTo(1 - negative, 12);
    }),
  );
});
