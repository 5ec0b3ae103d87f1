import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { listRows, plant } from './conversations.fixture.ts';
import { analyseRobust, type RobustAnalysis } from './robust.ts';
import { OpinionTracker } from './tracker.ts';
import { collectVotes, type Vote, type VoteRow } from './vote-matrix.ts';

const { matrix } = plant({ people: 50, statements: 20, groups: 2, difference: 1, share: 0.5, seed: 2 });

const someVotes = fc.array(
  fc.record({
    // People and statements known and new.
    participant: fc.integer({ min: 0, max: 55 }).map((id) => `p${id}`),
    statement: fc.integer({ min: 0, max: 22 }).map((id) => `s${id}`),
    vote: fc.constantFrom<Vote>(1, 0, -1),
  }),
  { minLength: 1, maxLength: 8 },
);

const leftOut = new Set(['s3', 's21']);

function fromScratch(rows: readonly VoteRow[]): RobustAnalysis {
  const whole = collectVotes(rows);
  return analyseRobust({
    matrix: whole,
    isLeftOut: Uint8Array.from(whole.statements, (id) => (leftOut.has(id) ? 1 : 0)),
  });
}

function expectSame(ours: RobustAnalysis, theirs: RobustAnalysis): void {
  const near = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
    expect(a.length).toBe(b.length);
    for (let at = 0; at < a.length; at++) expect(Math.abs(a[at]! - b[at]!)).toBeLessThan(1e-8);
  };
  near(ours.plane.x, theirs.plane.x);
  near(ours.plane.y, theirs.plane.y);
  near(ours.plane.means, theirs.plane.means);
  expect(ours.groupOf).toEqual(theirs.groupOf);
  expect(ours.groups).toEqual(theirs.groups);
}

test('votes taken up one by one give what all of them give together', () => {
  fc.assert(
    fc.property(someVotes, (votes) => {
      const tracker = new OpinionTracker({ matrix, leftOut });
      for (const vote of votes) {
        tracker.vote(vote);
        tracker.analyse();
      }
      const theirs = fromScratch([...listRows(matrix), ...votes]);
      const ours = tracker.measure();
      expectSame(ours, theirs);
      expect(ours.stability.byNumber).toHaveLength(theirs.stability.byNumber.length);
      for (const [at, each] of ours.stability.byNumber.entries())
        expect(each).toEqual(
          Object.fromEntries(
            Object.entries(theirs.stability.byNumber[at]!).map(([key, value]) => [key, expect.closeTo(value, 6)]),
          ),
        );
    }),
    { numRuns: 12 },
  );
});

test('the sums kept from vote to vote are those of all votes, without a new count', () => {
  fc.assert(
    fc.property(someVotes, (votes) => {
      const tracker = new OpinionTracker({ matrix, leftOut });
      const measured = tracker.measure().stability;
      for (const vote of votes) tracker.vote(vote);
      const ours = tracker.analyse();
      const { plane } = fromScratch([...listRows(matrix), ...votes]);
      for (const [at, value] of plane.x.entries()) expect(Math.abs(ours.plane.x[at]! - value)).toBeLessThan(1e-8);
      expect(ours.stability).toEqual(measured);
    }),
    { numRuns: 12 },
  );
});
