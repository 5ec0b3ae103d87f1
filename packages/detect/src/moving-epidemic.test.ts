import { describe, expect, it } from 'vitest';
import { detectMovingEpidemic, detectMovingEpidemicInSeries, fitMovingEpidemic } from './moving-epidemic.ts';
import { createSeries } from './series.ts';

/** 30 weeks: a quiet level, and a wave of ten weeks from `start` on. */
const WAVE = [8, 20, 45, 80, 100, 90, 60, 35, 18, 9];
const season = (start: number, quiet: number): number[] =>
  Array.from({ length: 30 }, (_, week) => quiet + (week % 3) + (WAVE[week - start] ?? 0));
const seasons = [season(10, 2), season(13, 3), season(8, 1), season(15, 2), season(11, 2)];

describe('the moving epidemic method', () => {
  it('refuses a negative rate', () => {
    expect(() => fitMovingEpidemic([[1, -1]])).toThrow(
      expect.objectContaining({ code: 'count-negative', field: 'seasons[0][1]' }),
    );
  });

  it('does not judge with fewer than two seasons', () => {
    expect(fitMovingEpidemic([season(10, 2)])).toBeUndefined();
    const [week] = detectMovingEpidemic([season(10, 2)], [99]);
    expect(week).toMatchObject({ alarm: undefined, warnings: [{ code: 'history-too-short', needs: 2, has: 1 }] });
  });

  it('finds the weeks of each wave', () => {
    const model = fitMovingEpidemic(seasons);
    for (const [s, start] of [10, 13, 8, 15, 11].entries()) {
      const epidemic = model?.epidemics[s];
      expect(epidemic?.first).toBeGreaterThanOrEqual(start);
      expect(epidemic?.first).toBeLessThanOrEqual(start + 2);
      expect(epidemic?.last).toBeLessThanOrEqual(start + 9);
      expect(epidemic?.sharePercent).toBeGreaterThan(75);
    }
  });

  it('has its threshold between the quiet weeks and the wave, and rising levels of intensity', () => {
    const model = fitMovingEpidemic(seasons);
    expect(model?.startThreshold).toBeGreaterThan(5);
    expect(model?.startThreshold).toBeLessThan(40);
    const levels = model?.intensityThresholds.map(({ threshold }) => threshold) ?? [];
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    expect(levels[0]).toBeGreaterThan(model?.startThreshold ?? Infinity);
  });

  it('raises the alarm in the wave of a new season and not in its quiet weeks', () => {
    const found = detectMovingEpidemic(seasons, season(9, 2)).map(({ alarm }) => alarm);
    expect(found.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => false));
    expect(found[13]).toBe(true);
  });

  it('measures rates, so that a growing population does not raise it', () => {
    const counts = seasons.flatMap((weeks, year) =>
      [...weeks, ...Array.from({ length: 22 }, () => 0)].map((rate) => rate * (year + 1)),
    );
    const series = createSeries({
      kind: 'week',
      start: '2015-10-01',
      counts,
      population: counts.map((_, t) => 100_000 * (Math.floor(t / 52) + 1)),
    });
    const quiet = detectMovingEpidemicInSeries(series, {}, { first: 212, last: 214 });
    expect(quiet.map(({ alarm }) => alarm)).toEqual([false, false, false]);
    const wave = detectMovingEpidemicInSeries(series, {}, { first: 223, last: 223 });
    expect(wave[0]).toMatchObject({ alarm: true });
  });
});
