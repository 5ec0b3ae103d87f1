import { describe, expect, it } from 'vitest';
import { countAt, createSeries, parseSeries, periodStartAt } from './series.ts';

describe('a series refuses', () => {
  it.each([
    ['a negative count', [1, -1], 'count-negative', 'counts[1]'],
    ['a fractional count', [0.5], 'count-fractional', 'counts[0]'],
    ['a NaN, which is not the same as missing', [Number.NaN], 'count-not-a-number', 'counts[0]'],
    ['an infinite count', [Number.POSITIVE_INFINITY], 'count-not-finite', 'counts[0]'],
    ['more cases than there are people', [1, 2, 2e9], 'count-too-large', 'counts[2]'],
  ])('%s', (_, counts, code, field) => {
    expect(() => createSeries({ kind: 'week', counts })).toThrow(expect.objectContaining({ code, field }));
  });

  it('a start that is no calendar date', () => {
    expect(() => createSeries({ kind: 'day', start: '2023-02-29', counts: [1] })).toThrow(
      expect.objectContaining({ code: 'date-invalid', field: 'start' }),
    );
  });

  it('a population of another length, of zero or below', () => {
    const counts = [1, 2];
    expect(() => createSeries({ kind: 'week', counts, population: [5] })).toThrow(
      expect.objectContaining({ code: 'length-mismatch', field: 'population' }),
    );
    expect(() => createSeries({ kind: 'week', counts, population: [5, 0] })).toThrow(
      expect.objectContaining({ code: 'population-invalid', field: 'population[1]' }),
    );
  });

  it.each([
    ['the same period twice', ['2024-01-01', '2024-01-01'], 'periods-duplicate', 'rows[1].start'],
    ['periods out of order', ['2024-01-08', '2024-01-01'], 'periods-unsorted', 'rows[1].start'],
    ['a Sunday week after Monday weeks', ['2024-01-01', '2024-01-08', '2024-01-14'], 'periods-mixed', 'rows[2].start'],
  ])('%s', (_, starts, code, field) => {
    const rows = starts.map((start) => ({ start, count: 1 }));
    expect(() => parseSeries('week', rows)).toThrow(expect.objectContaining({ code, field }));
  });

  it('a month that starts on another day than the first', () => {
    const rows = ['2024-01-01', '2024-02-02'].map((start) => ({ start, count: 1 }));
    expect(() => parseSeries('month', rows)).toThrow(expect.objectContaining({ code: 'periods-mixed' }));
  });
});

describe('a series', () => {
  it('keeps a week without a report as missing, not as zero', () => {
    const series = parseSeries('week', [
      { start: '2020-12-21', count: 4 },
      { start: '2021-01-04', count: 0 },
    ]);
    expect([0, 1, 2].map((i) => countAt(series, i))).toEqual([4, undefined, 0]);
  });

  it('walks through week 53 and 29 February without a seam', () => {
    const weeks = createSeries({ kind: 'week', start: '2020-12-21', counts: [1, 2, 3, 4] });
    expect([0, 1, 2, 3].map((i) => periodStartAt(weeks, i))).toEqual([
      '2020-12-21',
      '2020-12-28',
      '2021-01-04',
      '2021-01-11',
    ]);
    const days = createSeries({ kind: 'day', start: '2024-02-28', counts: [1, 2, 3] });
    expect(periodStartAt(days, 2)).toBe('2024-03-01');
  });

  it('may be empty', () => {
    expect(parseSeries('week', []).values).toHaveLength(0);
  });
});
