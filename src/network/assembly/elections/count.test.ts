import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRankedChoice } from '../../../dialogue/decisions/ranked-choice.ts';
import { countElection, oneVote } from './count.ts';

const times = (count: number, ...ranking: number[]): number[][] => Array.from({ length: count }, () => ranking);
const candidates = [1, 2, 3, 4, 5];
const ballot = fc.shuffledSubarray(candidates, { minLength: 1 });
const ballots = fc.array(ballot, { minLength: 1, maxLength: 40 });

describe('an election', () => {
  it('passes on what is more than a quota at its fraction: a worked example', () => {
    // 20 ballots, 3 seats: the quota is 6. 2 has 12 of 20, and passes on 6 of 12, a half of each paper.
    const votes = [
      ...times(4, 1),
      ...times(2, 3, 1),
      ...times(8, 2, 4),
      ...times(4, 2, 5),
      ...times(1, 4),
      ...times(1, 5),
    ];
    const count = countElection(candidates, 3, votes);
    expect(count.quota).toBe(6 * oneVote);
    expect(count.rounds[0]).toMatchObject({ counts: { 1: 4 * oneVote, 2: 12 * oneVote }, elected: [2] });
    expect(count.rounds[1]?.counts).toMatchObject({ 2: 6 * oneVote, 4: 5 * oneVote, 5: 3 * oneVote });
    // 3 goes out and makes 1 reach the quota; then 5 goes out, and 4 has the last seat.
    expect(count.elected).toEqual([2, 1, 4]);
  });

  it('fills the seats, from those who stood, and no one twice', () => {
    fc.assert(
      fc.property(ballots, fc.integer({ min: 1, max: 7 }), (votes, seats) => {
        const { elected } = countElection(candidates, seats, votes);
        expect(new Set(elected).size).toBe(elected.length);
        expect(elected).toHaveLength(Math.min(seats, candidates.length));
      }),
    );
  });

  it('loses no vote: in every round, what stands and what could not be passed on are all the ballots', () => {
    fc.assert(
      fc.property(ballots, fc.integer({ min: 1, max: 4 }), (votes, seats) => {
        for (const { counts, notTransferable } of countElection(candidates, seats, votes).rounds) {
          const held = Object.values(counts).reduce((sum, value) => sum + value, 0);
          expect(held + notTransferable).toBe(votes.length * oneVote);
          expect(notTransferable).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('with one seat elects whom the run-off elects, where no lot was drawn and each goes out alone', () => {
    fc.assert(
      fc.property(ballots, (votes) => {
        const { elected, rounds } = countElection(candidates, 1, votes);
        const runOff = countRankedChoice(
          candidates.map(String),
          votes.map((ranking, by) => ({ by: String(by), ranking: ranking.map(String) })),
        );
        fc.pre(!rounds.some(({ byLot }) => byLot) && runOff.rounds.every(({ out }) => out.length <= 1));
        expect(elected.map(String)).toEqual(runOff.winners);
      }),
    );
  });

  it('gives a group that is large enough its seats, however its votes are spread (Droop)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.shuffledSubarray([1, 2], { minLength: 2 }), { minLength: 14, maxLength: 20 }),
        fc.array(fc.shuffledSubarray([3, 4, 5], { minLength: 3 }), { minLength: 0, maxLength: 6 }),
        (group, others) => {
          // More than two thirds of the votes are worth two of two seats.
          expect(new Set(countElection(candidates, 2, [...group, ...others]).elected)).toEqual(new Set([1, 2]));
        },
      ),
    );
  });

  it('is the same for whoever counts again, in whatever order the ballots lie', () => {
    fc.assert(
      fc.property(ballots, (votes) => {
        expect(countElection(candidates, 2, votes.toReversed())).toEqual(countElection(candidates, 2, votes));
      }),
    );
  });
});
