import { describe, expect, it } from 'vitest';
import { createRandom, drawPoisson } from './random.ts';
import { computeInfectiousness, discretiseSerialInterval, estimateReproduction } from './reproduction-number.ts';

const interval = discretiseSerialInterval(2.6, 1.5, 20);

describe('the reproduction number is refused', () => {
  it('for a serial interval with cases on the day of infection', () => {
    expect(() => estimateReproduction({ local: [1, 2, 3] }, { serialInterval: [0.5, 0.5] })).toThrow(
      expect.objectContaining({ field: 'control.serialInterval[0]' }),
    );
  });

  it('for a window outside the data', () => {
    expect(() => estimateReproduction({ local: [1, 2, 3] }, { serialInterval: [0, 1], windows: [[1, 3]] })).toThrow(
      expect.objectContaining({ field: 'control.windows[0][1]' }),
    );
  });

  it('for negative incidence', () => {
    expect(() => estimateReproduction({ local: [1, -2] }, { serialInterval: [0, 1] })).toThrow(
      expect.objectContaining({ field: 'incidence.local[1]' }),
    );
  });
});

it('a serial interval adds up to one', () => {
  expect(discretiseSerialInterval(2.6, 1.5, 200).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8);
});

it('the estimate finds the number that the cases were made with', () => {
  const random = createRandom(2);
  const cases = [200];
  for (let t = 1; t < 60; t++) {
    const pressure = computeInfectiousness([...cases, 0], interval)[t]!;
    cases.push(drawPoisson(random, (t < 30 ? 1.4 : 0.8) * pressure));
  }
  const estimates = estimateReproduction({ local: cases }, { serialInterval: interval });
  const at = (last: number) => estimates.find((estimate) => estimate.last === last)?.mean;
  expect(at(28)).toBeCloseTo(1.4, 1);
  expect(at(55)).toBeCloseTo(0.8, 1);
});

it('imported cases infect but are not infected here', () => {
  const local = [0, 0, 0, 5, 5, 5, 5, 5, 5, 5];
  const imported = [9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
  const control = { serialInterval: interval, windows: [[3, 9]] as const };
  const [apart] = estimateReproduction({ local, imported }, control);
  const [together] = estimateReproduction({ local: local.map((count, t) => count + imported[t]!) }, control);
  expect(apart?.mean).toBeLessThan(together?.mean ?? 0);
});

it('nothing is said before one serial interval has passed', () => {
  const [early] = estimateReproduction({ local: [1, 1, 1, 1] }, { serialInterval: interval, windows: [[1, 1]] });
  expect(early?.mean).toBeUndefined();
});
