import { describe, expect, test } from 'vitest';
import { readAnswers } from './answers.ts';

const read = (words: string, count = 9) =>
  readAnswers(words, count).answers.map(({ number, words: said }) => [number, said]);

describe('answers by number', () => {
  test.each(['1 yes', '1. yes', '1) yes', '(1) yes', '#1: yes', '1 - yes', ' 1= yes', '١ yes', '1.yes'])(
    'are read as people write them: %s',
    (line) => {
      expect(read(line)).toEqual([[1, 'yes']]);
    },
  );
  test('go on over lines, and several stand on one', () => {
    expect(read('1 yes, 2 no; 3 pass\n4: because, 2 weeks ago,\nwe said so\n\nand more')).toEqual([
      [1, 'yes'],
      [2, 'no'],
      [3, 'pass'],
      [4, 'because, 2 weeks ago,\nwe said so\nand more'],
    ]);
  });
  test('take no number that the digest does not have, and no number inside a word', () => {
    expect(readAnswers('12 yes\n0 yes\n1st of all', 3)).toEqual({
      answers: [],
      notUnderstood: ['12 yes', '0 yes', '1st of all'],
    });
  });
  test('give back what stands before the first number', () => {
    expect(readAnswers('Dear all,\n2 oui', 3).notUnderstood).toEqual(['Dear all,']);
  });
});
