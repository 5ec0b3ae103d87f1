import { expect, test } from 'vitest';
import { createRandom } from './random.ts';
import { chooseNext, drawByPriority, explainPriority } from './routing.ts';
import { collectVotes } from './vote-matrix.ts';

test('statements are drawn in proportion to their priority', () => {
  const random = createRandom(3);
  const candidates = [
    { statement: 'a', priority: 1 },
    { statement: 'b', priority: 3 },
    { statement: 'c', priority: 0 },
  ];
  const drawn = new Map<string, number>();
  for (let draw = 0; draw < 20_000; draw++) {
    const { statement } = drawByPriority(candidates, random)!;
    drawn.set(statement, (drawn.get(statement) ?? 0) + 1);
  }
  // Six standard deviations of a binomial count.
  expect(Math.abs(drawn.get('b')! - 15_000)).toBeLessThan(6 * Math.sqrt(20_000 * 0.75 * 0.25));
  expect(drawn.get('c')).toBeUndefined();
});

test('nobody is asked twice about a statement, nor more than allowed', () => {
  const matrix = collectVotes([
    { participant: 'amina', statement: 'a', vote: 0 },
    { participant: 'amina', statement: 'b', vote: 1 },
  ]);
  const open = ['a', 'b', 'c'].map((statement) => ({ statement, priority: 1 }));
  const random = createRandom(1);
  for (let draw = 0; draw < 50; draw++)
    expect(chooseNext(matrix, 'amina', open, random)).toMatchObject({ statement: 'c' });
  expect(chooseNext(matrix, 'amina', open, random, { votesPerPerson: 2 })).toBeUndefined();
  expect(chooseNext(matrix, 'bruno', open, random, { votesPerPerson: 2 })).toBeDefined();
  expect(chooseNext(matrix, 'amina', open.slice(0, 2), random)).toBeUndefined();
});

test('a priority is what its explanation says', () => {
  const { value, ...because } = explainPriority({
    count: { agrees: 12, disagrees: 3, seen: 20 },
    extremity: 0.7,
    isMeta: false,
  });
  const { notPassed, agreed, extremity, newness } = because;
  expect(value).toBeCloseTo((notPassed * agreed * (extremity + 1) * newness) ** 2, 12);
});
