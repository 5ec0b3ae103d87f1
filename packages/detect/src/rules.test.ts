import { describe, expect, it } from 'vitest';
import { detectRule, parseRule, type Rule } from './rules.ts';
import { createSeries } from './series.ts';

const weekly = (counts: (number | undefined)[], population?: number[]) =>
  createSeries({ kind: 'week', start: '2015-01-05', counts, population });
const lastOf = (counts: (number | undefined)[], rule: Rule, population?: number[]) =>
  detectRule(weekly(counts, population), rule).at(-1);

it.each<Rule>([
  { kind: 'times-recent-mean', compare: 'at-least', factor: 2, periods: 3 },
  { kind: 'quantile-of-past-years', compare: 'at-least', quantile: 0.75, years: 3, halfWindow: 1 },
  { kind: 'deviations-from-past-years', compare: 'at-least', deviations: 2, years: 3, halfWindow: 1 },
])('no case is never unusual: $kind', (rule) => {
  const found = detectRule(createSeries({ kind: 'week', counts: Array.from({ length: 300 }, () => 0) }), rule);
  expect(found.filter(({ alarm }) => alarm === true)).toEqual([]);
});

describe('a rule is refused', () => {
  it.each([
    ['of an unknown kind', { kind: 'gut-feeling', compare: 'at-least' }, 'control-unknown', 'rule.kind'],
    ['that leaves open whether reaching counts', { kind: 'cases', cases: 1 }, 'control-out-of-range', 'rule.compare'],
    ['without its number', { kind: 'cases', compare: 'at-least' }, 'input-malformed', 'rule.cases'],
    ['that any week fulfils', { kind: 'cases', compare: 'at-least', cases: 0 }, 'control-out-of-range', 'rule.cases'],
    [
      'with a field it does not have',
      { kind: 'cases', compare: 'at-least', cases: 1, days: 3 },
      'control-unknown',
      'rule.days',
    ],
    ['that is not an object', 'three cases', 'input-malformed', 'rule'],
  ])('%s', (_, input, code, field) => {
    expect(() => parseRule(input)).toThrow(expect.objectContaining({ code, field }));
  });

  it('when its window does not fit the weeks of the series', () => {
    const rule: Rule = { kind: 'cases-in-window', compare: 'at-least', cases: 3, windowDays: 30 };
    expect(() => lastOf([1, 2], rule)).toThrow(
      expect.objectContaining({ code: 'period-not-supported', field: 'rule.windowDays' }),
    );
  });
});

describe('"1 suspected case"', () => {
  it('is raised by one case, and "more than 1" is not', () => {
    expect(lastOf([0, 1], { kind: 'cases', compare: 'at-least', cases: 1 })?.alarm).toBe(true);
    expect(lastOf([0, 1], { kind: 'cases', compare: 'more-than', cases: 1 })?.alarm).toBe(false);
  });

  it('is not answered for a week without a report', () => {
    expect(lastOf([0, undefined], { kind: 'cases', compare: 'at-least', cases: 1 })).toMatchObject({
      alarm: undefined,
      warnings: [{ code: 'current-missing' }],
    });
  });
});

describe('"3 cases in 28 days"', () => {
  const rule: Rule = { kind: 'cases-in-window', compare: 'at-least', cases: 3, windowDays: 28 };

  it('counts the current week', () => {
    expect(lastOf([1, 0, 1, 1], rule)).toMatchObject({ alarm: true, observed: 3, threshold: 3 });
    expect(lastOf([3, 0, 0, 0, 0], rule)?.alarm).toBe(false);
  });

  it('is raised when the known weeks suffice, and not denied when one is missing', () => {
    expect(lastOf([1, undefined, 1, 1], rule)?.alarm).toBe(true);
    expect(lastOf([1, undefined, 0, 1], rule)?.alarm).toBeUndefined();
  });

  it('rolls over days as well', () => {
    const series = createSeries({ kind: 'day', counts: [1, ...Array.from({ length: 26 }, () => 0), 2] });
    expect(detectRule(series, rule).at(-1)?.alarm).toBe(true);
  });
});

describe('"at least twice the mean of the last 3 weeks"', () => {
  const rule: Rule = { kind: 'times-recent-mean', compare: 'at-least', factor: 2, periods: 3, minimumCases: 4 };

  it('leaves the current week out of the mean', () => {
    expect(lastOf([1, 2, 3, 4], rule)).toMatchObject({ alarm: true, expected: 2, threshold: 4 });
  });

  it('keeps silent below its minimum of cases', () => {
    expect(lastOf([1, 0, 0, 3], rule)).toMatchObject({
      alarm: false,
      warnings: [{ code: 'too-few-recent-cases', needs: 4, has: 3 }],
    });
  });

  it('says that it lacks history', () => {
    expect(lastOf([9, 9], rule)).toMatchObject({
      alarm: undefined,
      warnings: [{ code: 'history-too-short', needs: 3, has: 1 }],
    });
  });
});

describe('"above the 3rd quartile of the same weeks of 5 years"', () => {
  const rule: Rule = { kind: 'quantile-of-past-years', compare: 'more-than', quantile: 0.75, years: 5, halfWindow: 0 };
  // Five years before the week of 2020-12-28 (week 53) lie in week 53 or 52; 2015-12-28 is index 51.
  const counts = Array.from({ length: 313 }, () => 0);
  for (const [i, index] of [51, 103, 155, 208, 260].entries()) counts[index] = i + 1;

  it('finds the same weeks by date across years with 53 weeks', () => {
    const found = detectRule(weekly(counts), rule, { first: 312, last: 312 })[0];
    expect(found?.reference.map(({ index }) => index)).toEqual([51, 103, 155, 208, 260]);
    expect(found?.threshold).toBe(4);
  });

  it('is not raised on the quartile itself', () => {
    const at = (count: number) =>
      detectRule(weekly(counts.with(312, count)), rule, { first: 312, last: 312 })[0]?.alarm;
    expect([at(4), at(5)]).toEqual([false, true]);
  });

  it('says that it lacks history', () => {
    expect(lastOf(counts.slice(0, 200), rule)?.alarm).toBeUndefined();
  });
});

describe('"10 per 100,000 in a week"', () => {
  const rule: Rule = { kind: 'rate-per-100k', compare: 'at-least', ratePer100k: 10 };

  it('needs the people at risk', () => {
    expect(lastOf([3], rule)).toMatchObject({ alarm: undefined, warnings: [{ code: 'population-missing' }] });
  });

  it('is raised on reaching the rate', () => {
    expect(lastOf([3], rule, [30_000])).toMatchObject({ alarm: true, observed: 10 });
    expect(lastOf([3], rule, [30_001])?.alarm).toBe(false);
  });
});

describe('"doubling over 3 weeks"', () => {
  const rule: Rule = { kind: 'successive-growth', compare: 'at-least', factor: 2, periods: 3 };

  it.each([
    [[1, 2, 4], true],
    [[1, 2, 3], false],
    [[0, 0, 4], false],
    [[1, undefined, 4], undefined],
  ])('%j -> %s', (counts, alarm) => {
    expect(lastOf(counts, rule)?.alarm).toBe(alarm);
  });
});

describe('"more than 2 standard deviations above the same weeks"', () => {
  it('has a threshold of mean plus twice the spread', () => {
    const counts = Array.from({ length: 53 }, () => 0);
    counts.splice(0, 3, 2, 4, 6);
    const series = createSeries({ kind: 'week', counts });
    const rule: Rule = {
      kind: 'deviations-from-past-years',
      compare: 'more-than',
      deviations: 2,
      years: 1,
      halfWindow: 1,
    };
    expect(detectRule(series, rule, { first: 52, last: 52 })[0]?.alarm).toBeUndefined();
    const shifted = createSeries({ kind: 'week', counts: [9, ...counts] });
    expect(detectRule(shifted, rule, { first: 54, last: 54 - 1 })).toEqual([]);
    expect(detectRule(shifted, rule, { first: 53, last: 53 })[0]?.threshold).toBeCloseTo(5 + 2 * Math.sqrt(13), 12);
  });
});
