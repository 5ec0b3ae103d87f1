import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitGlm } from './glm.ts';
import { createRandom, drawPoisson } from './random.ts';
import {
  appendRows,
  closeRows,
  createSeasonalGlm,
  fitSeasonalGlm,
  forEachRow,
  openRows,
  predictLink,
  predictUnscaledVariance,
  resetWeights,
  tabulateCounts,
  weightDownOutbreaks,
} from './seasonal-glm.ts';

interface Setup {
  readonly counts: Float64Array;
  readonly people: Float64Array | undefined;
  readonly levels: readonly number[];
}

/** Blocks of periods at levels 0..k, some periods missing, with or without exposure. */
const setups = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    blocks: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2, max: 12 })), {
      minLength: 4,
      maxLength: 14,
    }),
    mean: fc.constantFrom(0.3, 4, 60, 5000),
    exposed: fc.boolean(),
  })
  .map(({ seed, blocks, mean, exposed }): Setup => {
    const random = createRandom(seed);
    const levels = blocks.flatMap(([level, length]) => Array.from({ length }, () => level));
    const counts = Float64Array.from(levels, (level, t) =>
      random() < 0.06 ? Number.NaN : drawPoisson(random, mean * (1 + level) * Math.exp(0.004 * t)),
    );
    const people = exposed ? Float64Array.from(levels, (_, t) => 900 + 3 * t) : undefined;
    return { counts, people, levels };
  });

/** The same model with a dense design and QR. */
function fitDense({ counts, people, levels }: Setup, weights: Float64Array | undefined, trend: boolean) {
  const rows = [...levels.keys()].filter((t) => !Number.isNaN(counts[t]));
  const present = [...new Set(rows.map((t) => levels[t]!))].sort((a, b) => a - b);
  const columns = present.map((level) => Float64Array.from(rows, (t) => (levels[t] === level ? 1 : 0)));
  if (trend) columns.push(Float64Array.from(rows));
  const fit = fitGlm({
    counts: Float64Array.from(rows, (t) => counts[t]!),
    columns,
    offset: people === undefined ? undefined : Float64Array.from(rows, (t) => Math.log(people[t]!)),
    priorWeights: weights,
  });
  return { fit, present };
}

function fitStructured({ counts, people, levels }: Setup) {
  const glm = createSeasonalGlm(levels.length, 4);
  openRows(glm, tabulateCounts(counts, people));
  for (let t = 0; t < levels.length;) {
    let last = t;
    while (levels[last + 1] === levels[t]) last++;
    appendRows(glm, t, last, levels[t]!);
    t = last + 1;
  }
  closeRows(glm);
  resetWeights(glm);
  return glm;
}

it.each([true, false])('the structured fit is the dense one, step by step (trend: %s)', (trend) => {
  fc.assert(
    fc.property(setups, (setup) => {
      const glm = fitStructured(setup);
      fc.pre(glm.rows > 12);
      const exposure = setup.people?.[3] ?? 1;
      const check = (weights: Float64Array | undefined): void => {
        const { fit, present } = fitDense(setup, weights, trend);
        expect(fitSeasonalGlm(glm, trend)).toBe(fit.converged);
        if (!fit.converged) return;
        expect(glm.iterations).toBe(fit.iterations);
        const slope = trend ? fit.coefficients.at(-1)! : 0;
        expect(glm.slope).toBeCloseTo(slope, 8);
        for (const [j, level] of present.entries()) {
          const link = fit.coefficients[j]! + slope * 200 + (setup.people === undefined ? 0 : Math.log(exposure));
          expect(predictLink(glm, 200, level, exposure)).toBeCloseTo(link, 6);
          const x: number[] = present.map((_, i) => (i === j ? 1 : 0));
          if (trend) x.push(200);
          let variance = 0;
          for (const [a, xa] of x.entries())
            for (const [b, xb] of x.entries()) variance += xa * xb * fit.unscaledCovariance[a]![b]!;
          expect(predictUnscaledVariance(glm, 200, level) / variance).toBeCloseTo(1, 6);
        }
      };
      check(undefined);
      if (!glm.converged || !(glm.residualDf > 0)) return;
      weightDownOutbreaks(glm, 1, Math.max(1, glm.dispersion));
      const found: number[] = [];
      forEachRow(glm, (_, weight) => found.push(weight));
      const weights = Float64Array.from(found);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(glm.rows, 8);
      check(weights);
    }),
    { numRuns: 150 },
  );
});

it('only zeros are not a fit: the mean runs away until the limit of steps', () => {
  const levels = Array.from({ length: 260 }, () => 0);
  const glm = fitStructured({ counts: new Float64Array(260), people: undefined, levels });
  expect(fitSeasonalGlm(glm, false)).toBe(false);
  expect(glm.iterations).toBe(25);
});
