import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectEars } from './ears.ts';
import { createSeries } from './series.ts';

const weekly = (counts: (number | undefined)[]) => createSeries({ kind: 'week', counts });
const lastOf = <T>(values: readonly T[]): T | undefined => values.at(-1);

describe('EARS refuses', () => {
  it.each([
    ['baseline', { baseline: 1 }],
    ['alpha', { alpha: 0 }],
    ['minSigma', { minSigma: -1 }],
  ])('a %s out of range', (field, wrong) => {
    expect(() => detectEars(weekly([1]), { method: 'C1', ...wrong })).toThrow(
      expect.objectContaining({ code: 'control-out-of-range', field: `control.${field}` }),
    );
  });

  it('a range outside the series', () => {
    expect(() => detectEars(weekly([1]), { method: 'C1' }, { first: 0, last: 1 })).toThrow(
      expect.objectContaining({ code: 'range-outside-series', field: 'range.last' }),
    );
  });
});

describe('EARS', () => {
  // mean 3, sd sqrt(2/3)... by hand: 2,3,4,3,2,4,3 has squares about 3 summing to 4, so sd = sqrt(4/6).
  const baseline = [2, 3, 4, 3, 2, 4, 3];

  it('C1 compares with the mean of the 7 periods before plus 3.09 standard deviations', () => {
    const found = lastOf(detectEars(weekly([...baseline, 6]), { method: 'C1' }));
    expect(found?.expected).toBeCloseTo(3, 14);
    expect(found?.threshold).toBeCloseTo(3 + 3.090232306167813 * Math.sqrt(4 / 6), 12);
    expect(found?.alarm).toBe(true);
    expect(found?.reference.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('C2 leaves a gap of two periods', () => {
    const found = lastOf(detectEars(weekly([...baseline, 50, 50, 6]), { method: 'C2' }));
    expect(found?.threshold).toBeCloseTo(3 + 3.090232306167813 * Math.sqrt(4 / 6), 12);
  });

  it('C3 tests the current count by default, and in R compatibility does not', () => {
    const series = weekly([...baseline, ...baseline, 9]);
    expect(lastOf(detectEars(series, { method: 'C3' }))?.alarm).toBe(true);
    expect(lastOf(detectEars(series, { method: 'C3', compat: 'r' }))?.alarm).toBe(false);
  });

  it('C3 is the published sum: what three periods exceed their C2 means by beyond one standard deviation', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 12, maxLength: 40 }), (counts) => {
        const alpha = 0.025;
        const limit = 1.959963984540054;
        const excess = (t: number): number | undefined => {
          const window = counts.slice(t - 9, t - 2);
          const mean = window.reduce((sum, count) => sum + count, 0) / 7;
          const sd = Math.sqrt(window.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 6);
          return sd === 0 ? undefined : Math.max(0, ((counts[t] ?? 0) - mean) / sd - 1);
        };
        for (const { index, alarm } of detectEars(weekly(counts), { method: 'C3', alpha })) {
          const terms = [index, index - 1, index - 2].map(excess);
          const sum = terms.reduce<number>((total, term) => total + (term ?? Number.NaN), 0);
          if (index < 11 || Number.isNaN(sum) || Math.abs(sum - limit) < 1e-9) continue;
          // Nothing is never an alarm, whatever the weeks before it were.
          expect([index, alarm]).toEqual([index, sum > limit && (counts[index] ?? 0) > 0]);
        }
      }),
    );
  });

  it('says how much history is lacking instead of an alarm', () => {
    const found = lastOf(detectEars(weekly([0, 0, 90]), { method: 'C1' }));
    expect(found).toMatchObject({
      alarm: undefined,
      threshold: undefined,
      warnings: [{ code: 'history-too-short', needs: 7, has: 2 }],
    });
  });

  it('never alarms on a count equal to a constant past', () => {
    for (const method of ['C1', 'C2', 'C3'] as const)
      for (const level of [0, 7, 900_000_000])
        for (const { alarm } of detectEars(weekly(Array.from({ length: 30 }, () => level)), { method }).slice(11))
          expect(alarm).toBe(false);
  });

  it('goes on with half a baseline, and in R compatibility falls silent', () => {
    const series = weekly([2, undefined, 4, 3, undefined, 4, 3, 40]);
    const found = lastOf(detectEars(series, { method: 'C1' }));
    expect(found?.alarm).toBe(true);
    expect(found?.warnings).toContainEqual({ code: 'reference-missing', periods: 2 });
    expect(lastOf(detectEars(series, { method: 'C1', compat: 'r' }))?.alarm).toBeUndefined();
  });

  it('does not judge a week that has not been reported', () => {
    expect(lastOf(detectEars(weekly([...baseline, undefined]), { method: 'C1' }))?.alarm).toBeUndefined();
  });
});
