import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countRankedChoice, type Ballot } from './ranked-choice.ts';

/** "3 abc" is three ballots that want a, then b, then c. */
const ballots = (...lines: readonly string[]): readonly Ballot[] =>
  lines.flatMap((line) => {
    const [count = '0', ranking = ''] = line.split(' ');
    return Array.from({ length: Number(count) }, (_, at) => ({ by: `${line}${at}`, ranking: Array.from(ranking) }));
  });
const winners = (options: string, ...lines: readonly string[]) =>
  countRankedChoice(Array.from(options), ballots(...lines)).winners;

describe('ranked choice', () => {
  test('is won by more than half, at once or after others went out', () => {
    expect(winners('abc', '3 abc', '1 bca', '1 cab')).toEqual(['a']);
    expect(winners('abc', '4 abc', '3 bca', '2 cba')).toEqual(['b']);
  });
  test('passes on by the classic example: Tennessee', () => {
    // Memphis 42, Nashville 26, Chattanooga 15, Knoxville 17: Knoxville wins after Chattanooga and Nashville are out.
    const result = countRankedChoice(['m', 'n', 'c', 'k'], ballots('42 mnck', '26 nckm', '15 cknm', '17 kcnm'));
    expect(result.rounds.map(({ out }) => out)).toEqual([['c'], ['n'], []]);
    expect(result.winners).toEqual(['k']);
  });
  test('counts ballots that name nobody any more as exhausted, not against anybody', () => {
    const result = countRankedChoice(['a', 'b', 'c'], ballots('4 a', '3 b', '2 c'));
    expect(result.rounds.map(({ exhausted }) => exhausted)).toEqual([0, 2]);
    expect(result.winners).toEqual(['a']);
  });
  test('looks back where the last are equal, and leaves a tie to people', () => {
    // b and c are equal in the second round; c had fewer in the first.
    const result = countRankedChoice(['a', 'b', 'c', 'd'], ballots('5 a', '4 b', '3 c', '1 dc'));
    expect(result.rounds[1]).toMatchObject({ counts: { a: 5, b: 4, c: 4 }, out: ['c'] });
    expect(winners('ab', '2 a', '2 b')).toEqual(['a', 'b']);
    expect(winners('ab')).toEqual([]);
  });
  test('gives a whole order of votes the same winner whatever the order of options and ballots', () => {
    const ranking = fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 0 });
    fc.assert(
      fc.property(
        fc.array(ranking, { maxLength: 20 }),
        fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }),
        (rankings, options) => {
          const cast = rankings.map((each, at) => ({ by: String(at), ranking: each }));
          const one = countRankedChoice(['a', 'b', 'c', 'd'], cast);
          const other = countRankedChoice(options, cast.toReversed());
          expect(other.winners.toSorted()).toEqual(one.winners.toSorted());
          for (const { counts, exhausted } of one.rounds)
            expect(Object.values(counts).reduce((sum, count) => sum + count, exhausted)).toBe(cast.length);
        },
      ),
    );
  });
  test('never lets an option win that loses its half to a majority for one other', () => {
    const ranking = fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(ranking, { minLength: 1, maxLength: 15 }), (rankings) => {
        const firsts = (option: string) => rankings.filter(([first]) => first === option).length;
        const majority = ['a', 'b', 'c'].find((option) => firsts(option) * 2 > rankings.length);
        const { winners: found } = countRankedChoice(
          ['a', 'b', 'c'],
          rankings.map((each, at) => ({ by: String(at), ranking: each })),
        );
        if (majority !== undefined) expect(found).toEqual([majority]);
      }),
    );
  });
});
