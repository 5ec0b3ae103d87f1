import { describe, expect, test } from 'vitest';
import { consequences, likelihoods, riskLevel, riskLevels, riskMatrices } from './risk-assessment.ts';

describe.each(riskMatrices)('the risk matrix $version', (matrix) => {
  const rank = (likelihood: number, consequence: number): number => {
    const [l, c] = [likelihoods[likelihood], consequences[consequence]];
    if (l === undefined || c === undefined) throw new RangeError('outside the matrix');
    return riskLevels.indexOf(riskLevel({ likelihood: l, consequence: c }, matrix));
  };

  test('is never lower for something more likely or worse', () => {
    const cells = likelihoods.flatMap((_, l) => consequences.map((__, c) => [l, c] as const));
    const falls = cells.filter(
      ([l, c]) => (l < 4 && rank(l + 1, c) < rank(l, c)) || (c < 4 && rank(l, c + 1) < rank(l, c)),
    );
    expect(falls).toEqual([]);
  });

  test('uses all four levels', () => {
    const used = new Set(likelihoods.flatMap((_, l) => consequences.map((__, c) => rank(l, c))));
    expect(used).toEqual(new Set([0, 1, 2, 3]));
  });
});
