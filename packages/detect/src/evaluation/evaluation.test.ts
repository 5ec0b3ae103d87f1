import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createSeries } from '../series.ts';
import { candidates } from './candidates.ts';
import { evaluateOnOwn, evaluateOnSimulated, injectOutbreak, simulateAll } from './compare.ts';
import { measureTrials } from './metrics.ts';
import { formatTableRow } from './table.ts';
import {
  drawOutbreak,
  FIRST_CURRENT_WEEK,
  scenarioMean,
  scenarios,
  SIMULATED_WEEKS,
  simulateScenario,
} from './scenarios.ts';

describe('the simulated scenarios', () => {
  it('are 42, the 14th without trend and with one wave a year', () => {
    expect(scenarios.map(({ number }) => number)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
    expect(scenarios[13]).toMatchObject({ theta: 1.5, beta: 0, waves: 1, gamma1: 0.2, gamma2: -0.4, phi: 1 });
  });

  it('have the mean and the dispersion they say, before any outbreak', () => {
    const scenario = scenarios[24]!;
    let sum = 0;
    let squares = 0;
    let expected = 0;
    let weeks = 0;
    for (let replicate = 0; replicate < 30; replicate++)
      for (const [week, count] of simulateScenario(scenario, replicate, 1).counts.slice(0, 312).entries()) {
        const mean = scenarioMean(scenario, week);
        sum += count;
        expected += mean;
        squares += (count - mean) ** 2 / mean;
        weeks++;
      }
    expect(sum / expected).toBeCloseTo(1, 1);
    expect(squares / weeks / scenario.phi).toBeCloseTo(1, 1);
  });

  it('repeat from the seed, and differ between replicates and scenarios', () => {
    const one = simulateScenario(scenarios[4]!, 2, 5);
    expect(simulateScenario(scenarios[4]!, 2, 5)).toEqual(one);
    expect(simulateScenario(scenarios[4]!, 3, 5).counts).not.toEqual(one.counts);
    expect(simulateScenario(scenarios[5]!, 2, 5).counts).not.toEqual(one.counts);
  });

  it('differ with and without the current outbreak by exactly its cases', () => {
    for (let replicate = 0; replicate < 20; replicate++) {
      const { counts, countsWithoutCurrent, current } = simulateScenario(scenarios[12]!, replicate, 3);
      expect(counts).toHaveLength(SIMULATED_WEEKS);
      const added = counts.map((count, week) => count - countsWithoutCurrent[week]!);
      expect(added.reduce((sum, count) => sum + count, 0)).toBe(current.size);
      expect(added.findIndex((count) => count > 0)).toBeGreaterThanOrEqual(current.size > 0 ? current.start : -1);
      expect(added.findLastIndex((count) => count > 0)).toBeLessThanOrEqual(current.end);
      expect(current.start).toBeGreaterThanOrEqual(FIRST_CURRENT_WEEK);
    }
  });

  it('have outbreaks of at least two cases, half of them in the first week', () => {
    const random = createRandom(4);
    const cases = Array.from({ length: 4000 }, () => drawOutbreak(random, 0, 0.01, 1000));
    expect(Math.min(...cases.map(({ length }) => length))).toBe(2);
    const all = cases.flat();
    expect(all.filter((week) => week === 0).length / all.length).toBeCloseTo(0.5, 1);
  });
});

describe('the metrics', () => {
  const trial = {
    without: [false, true, false, false],
    withOutbreak: [true, false, true, true, false],
    outbreak: { start: 1, end: 3 },
  };

  it('are what a hand count gives', () => {
    const { metrics } = measureTrials([trial], 52, 1);
    expect(metrics).toMatchObject({
      falsePositiveRate: 1 / 4,
      detected: 1,
      detectedAtOnce: 0,
      sensitivity: 2 / 3,
      specificity: 1 / 2,
      positivePredictiveValue: 2 / 3,
      negativePredictiveValue: 1 / 2,
      meanDelay: 1,
      falseAlarmsPerYear: 13,
    });
    expect(metrics.f1).toBeCloseTo(2 / 3, 12);
  });

  it('are not a number, rather than zero, where there is nothing to divide by', () => {
    expect(measureTrials([], 52, 1).metrics.detected).toBeNaN();
    const silent = { ...trial, withOutbreak: trial.withOutbreak.map(() => false) };
    expect(measureTrials([silent], 52, 1).metrics.meanDelay).toBeNaN();
    expect(measureTrials([silent], 52, 1).metrics.positivePredictiveValue).toBeNaN();
  });

  it('have an interval around them that closes with more trials', () => {
    const random = createRandom(6);
    const trials = Array.from({ length: 400 }, () => ({
      ...trial,
      withOutbreak: trial.withOutbreak.map(() => random() < 0.2),
    }));
    const width = (count: number) => {
      const { lower, upper, metrics } = measureTrials(trials.slice(0, count), 52, 1);
      expect(lower.detected).toBeLessThanOrEqual(metrics.detected);
      expect(upper.detected).toBeGreaterThanOrEqual(metrics.detected);
      return upper.detected - lower.detected;
    };
    expect(width(400)).toBeLessThan(width(25) / 2);
  });
});

describe('the comparison', () => {
  const find = (id: string) => candidates.find((candidate) => candidate.id === id)!;

  it('shows on simulated data what is known of these methods', () => {
    const simulated = simulateAll(1, 7);
    const result = (id: string) => evaluateOnSimulated(find(id), simulated, 1).metrics;
    const farrington = result('farrington-flexible-nbPlugin');
    const c1 = result('ears-c1-01');
    expect(farrington.falsePositiveRate).toBeLessThan(0.02);
    expect(c1.falsePositiveRate).toBeGreaterThan(0.04);
    expect(c1.detected).toBeGreaterThan(farrington.detected);
    // R's C3 does not test the current week.
    expect(result('ears-c3-01-r').detectedAtOnce).toBeLessThan(result('ears-c3-01').detectedAtOnce / 2);
  });

  it('runs on a series of one own, with outbreaks put in, and finds the large ones', () => {
    const base = simulateScenario(scenarios[13]!, 0, 2).countsWithoutCurrent;
    const series = createSeries({ kind: 'week', start: '2012-01-02', counts: base });
    const [large] = evaluateOnOwn([find('farrington-flexible-nbPlugin')], series, { replicates: 30, sizes: [9, 10] });
    const [small] = evaluateOnOwn([find('farrington-flexible-nbPlugin')], series, { replicates: 30, sizes: [1, 1] });
    expect(large?.metrics.detected).toBeGreaterThan(0.8);
    expect(small?.metrics.detected).toBeLessThan(large?.metrics.detected ?? 0);
    expect(large?.metrics.falsePositiveRate).toBe(small?.metrics.falsePositiveRate);
  });

  it('leaves a week that was not reported unreported', () => {
    const series = createSeries({
      kind: 'week',
      counts: Array.from({ length: 200 }, (_, t) => (t >= 150 && t % 2 === 0 ? undefined : 3)),
    });
    const injected = injectOutbreak(series, { first: 150, last: 199 }, { sizes: [8, 8] }, 3);
    expect(injected.series.values[160]).toBeNaN();
  });

  it('has one name for each candidate', () => {
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length);
  });
});

describe('a method that could not judge', () => {
  const fiveWeeks = createSeries({ kind: 'week', start: '2024-01-01', counts: [5, 3, 4, 6, 2] });
  const [farrington] = candidates.filter(({ id }) => id === 'farrington');

  it('has no false alarms, no sensitivity and no specificity, rather than none, none and all', () => {
    const [result] = evaluateOnOwn(farrington ? [farrington] : [], fiveWeeks, { replicates: 3 });
    expect(result?.judged).toBe(0);
    expect(Object.values(result?.metrics ?? {}).every(Number.isNaN)).toBe(true);
    expect(result && formatTableRow(result)).toBe(`| farrington |${' - |'.repeat(10)} 0.00 |`);
  });

  it('of some periods says of how many', () => {
    const trial = { without: [undefined, false, true, false], withOutbreak: [undefined, true, true, false] };
    const found = measureTrials([{ ...trial, outbreak: { start: 0, end: 1 } }], 52, 1);
    expect(found.judged).toBe(0.75);
    expect(found.metrics.sensitivity).toBe(0.5);
  });
});
