import { describe, expect, test } from 'vitest';
import { consequences, likelihoods, riskLevel, riskLevels, riskMatrices } from './risk-assessment.ts';

describe.each(riskMatrices)('the risk matrix $version', (matrix) => {
  const rank = (likelihood: number, consequence: number): number => {
    const [l, c] = [likelihoods[likelihood], consequences[consequence]];
    if (l === undefined || c === undefined) throw new RangeError('outside the matrix');
    return riskLevels.indexOf(riskLevel({ likelihood: l, consequence: c }, matrix));
  };

  test('is never lower for something more likely or worse', () => {
    for (let likelihood = 0; likelihood < 5; likelihood++)
      for (let consequence = 0; consequence < 5; consequence++) {
        if (likelihood < 4) expect(rank(likelihood + 1, consequence)).toBeGreaterThanOrEqual(rank(likelihood, consequence));
        if (consequence < 4) expect(rank(likelihood, consequence + 1)).toBeGreaterThanOrEqual(rank(likelihood, consequence));
      }
  });

  test('uses all four levels', () => {
    const used = new Set(likelihoods.flatMap((_, l) => consequences.map((__, c) => rank(l, c))));
    expect([...used].sort()).toEqual([0, 1, 2, 3]);
  });
});
