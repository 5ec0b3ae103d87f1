import { describe, expect, test } from 'vitest';
import { periodOf, shiftPeriod, startOf, type PlainDate } from '../../../period.ts';
import { estimateFinal } from './delays.ts';
import { estimateSpread } from './reproduction.ts';
import type { Version } from './versions-store.ts';

const now = new Date('2026-03-04T12:00:00Z');
const last = periodOf('iso-week', '2026-02-23' as PlainDate);

/** Of each week 10 cases are known on the Tuesday after it and `late` more a week later. */
function reportedAsItWent(weeks: number, late: number, series = 1): Version[] {
  return Array.from({ length: weeks }, (_, age) => {
    const start = startOf(shiftPeriod(last, -age));
    const tuesday = new Date(Date.parse(start) + 8 * 86_400_000);
    const weekLater = new Date(tuesday.getTime() + 7 * 86_400_000);
    return [
      { series, start, value: 10, knownAt: tuesday, replacedAt: late > 0 ? weekLater : undefined },
      ...(late > 0 ? [{ series, start, value: 10 + late, knownAt: weekLater, replacedAt: undefined }] : []),
    ].filter(({ knownAt }) => knownAt <= now);
  }).flat();
}

describe('what is still to come', () => {
  test('is not guessed from too few weeks, and how many are missing is said', () => {
    expect(estimateFinal(reportedAsItWent(10, 5), 'iso-week', now)).toEqual({ state: 'too-few', has: 4, needs: 8 });
    expect(estimateFinal([], 'iso-week', now)).toEqual({ state: 'too-few', has: 0, needs: 8 });
  });

  test('is nothing where nothing has come late', () => {
    expect(estimateFinal(reportedAsItWent(40, 0), 'iso-week', now)).toMatchObject({ state: 'nothing-late' });
  });

  test('is the half that always comes a week later', () => {
    const found = estimateFinal(reportedAsItWent(60, 10), 'iso-week', now);
    if (found.state !== 'estimated') throw new Error(found.state);
    const [newest, before] = [found.periods.at(-1), found.periods.at(-2)];
    expect(newest?.period).toEqual(last);
    expect(newest?.reported).toBe(10);
    expect(newest?.lower).toBeGreaterThanOrEqual(10);
    expect(newest?.median).toBeGreaterThan(15);
    expect(newest?.median).toBeLessThan(26);
    expect(newest?.upper).toBeGreaterThan(20);
    expect(before).toMatchObject({ reported: 20, median: 20 });
    expect(found.knownAtOnce).toBeCloseTo(0.5, 1);
  });

  test('learns nothing from history that was imported in one piece', () => {
    const imported = Array.from({ length: 300 }, (_, age): Version => ({
      series: 1,
      start: startOf(shiftPeriod(last, -age - 20)),
      value: 30,
      knownAt: new Date('2026-02-20T00:00:00Z'),
      replacedAt: undefined,
    }));
    const live = reportedAsItWent(20, 10);
    expect(estimateFinal([...imported, ...live], 'iso-week', now)).toEqual(estimateFinal(live, 'iso-week', now));
  });

  test('takes a correction downwards as if it had been so from the beginning', () => {
    const corrected = reportedAsItWent(40, 0).flatMap((version): Version[] => {
      const at = new Date(version.knownAt.getTime() + 10 * 86_400_000);
      return [
        { ...version, replacedAt: at },
        { ...version, value: 8, knownAt: at },
      ];
    });
    expect(estimateFinal(corrected, 'iso-week', now)).toMatchObject({ state: 'nothing-late' });
  });
});

describe('the reproduction number', () => {
  const measles = { meanDays: 11.7, sdDays: 2.5, source: 'a review' };

  test('needs to know the time from case to case, longer than the period, and enough periods', () => {
    expect(estimateSpread([5, 5, 5], last, undefined, 10)).toEqual({ state: 'no-interval' });
    expect(estimateSpread([5, 5, 5], last, { ...measles, meanDays: 3 }, 10)).toEqual({ state: 'interval-too-short' });
    expect(estimateSpread([5, undefined, 5, 5], last, measles, 10)).toMatchObject({ state: 'too-few' });
  });

  test('is one where cases stay as many, and more than one where they double', () => {
    const steady = estimateSpread(
      Array.from({ length: 30 }, () => 200),
      last,
      measles,
      10,
    );
    const growing = estimateSpread(
      Array.from({ length: 12 }, (_, t) => 10 * 2 ** t),
      last,
      measles,
      5,
    );
    if (steady.state !== 'estimated' || growing.state !== 'estimated') throw new Error('not estimated');
    expect(steady.points.at(-1)?.mean).toBeCloseTo(1, 1);
    expect(steady.points.at(-1)?.period).toEqual(last);
    expect(growing.points.at(-1)?.lower).toBeGreaterThan(2);
  });
});
